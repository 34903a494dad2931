/*
 * Reads an answer, RFC 1035 section 4. Anybody on the network could have sent it: every length is
 * checked, and a compression pointer must lead back, so that reading ends.
 */
#include "dns/resolve/resolve_int.h"

#include <string.h>

#define HEADER_LEN   12
#define NAME_MAX_LEN 255 /* in the form of a message, its final zero included */
#define CLASS_IN     1
#define TTL_MAX      0x7fffffffu /* RFC 2181 section 8: with the highest bit it is 0 */

enum { RCODE_OK = 0, RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3 };
enum {
	FLAG_ANSWER = 0x8000,
	FLAG_AUTHORITATIVE = 0x0400,
	FLAG_CUT = 0x0200,
	FLAG_RECURSION = 0x80
};

static const uint16_t type_numbers[] = {[DNS_A] = 1,
	[DNS_AAAA] = 28,
	[DNS_MX] = 15,
	[DNS_TXT] = 16,
	[DNS_PTR] = 12,
	[DNS_CNAME] = 5};

typedef struct MessageReader {
	Arena *arena;
	Str bytes;
	size_t at;
	const char *problem;
} MessageReader;

/* A record of the answer section; its data are octets `start` to `end` of the message. */
typedef struct Record {
	Str owner; /* as names are in messages, lower-case, without pointers */
	uint16_t type, record_class;
	uint32_t ttl;
	size_t start, end;
} Record;

typedef VEC(Record) RecordVec;

int
resolve_type_number(DnsType type)
{
	return type_numbers[type];
}

static bool
refuse(MessageReader *reader, const char *problem)
{
	reader->problem = problem;
	return false;
}

static bool
read_number(MessageReader *reader, size_t octets, uint32_t *ret_number)
{
	*ret_number = 0;
	if (reader->bytes.len - reader->at < octets)
		return refuse(reader, "it ends too early");
	for (; octets > 0; octets--)
		*ret_number = *ret_number << 8 | (unsigned char)reader->bytes.ptr[reader->at++];
	return true;
}

static bool
read_short(MessageReader *reader, uint16_t *ret_number)
{
	uint32_t number;

	if (!read_number(reader, 2, &number))
		return false;
	*ret_number = (uint16_t)number;
	return true;
}

/* --- names ------------------------------------------------------------------------------------ */

static char
lower(char octet)
{
	return octet >= 'A' && octet <= 'Z' ? (char)(octet - 'A' + 'a') : octet;
}

/* Copies a label with its length; `at` stands at the length. */
static bool
read_label(MessageReader *reader, size_t *at, Buf *name)
{
	size_t len = (unsigned char)reader->bytes.ptr[*at], i;

	if (len > RESOLVE_LABEL_MAX)
		return refuse(reader, "a name has a label of no known kind");
	if (reader->bytes.len - *at <= len || name->len + len + 1 >= NAME_MAX_LEN)
		return refuse(reader, "a name is too long");
	buf_char(name, (char)(unsigned char)len);
	for (i = 1; i <= len; i++)
		buf_char(name, lower(reader->bytes.ptr[*at + i]));
	*at += len + 1;
	return true;
}

/* Each pointer leads to before where the last one led: so there are no loops. */
static bool
follow_pointer(MessageReader *reader, size_t *at, size_t *limit)
{
	size_t target;

	if (reader->bytes.len - *at < 2)
		return refuse(reader, "a name ends in the middle of a pointer");
	target = ((size_t)(unsigned char)reader->bytes.ptr[*at] & 0x3f) << 8 |
		 (unsigned char)reader->bytes.ptr[*at + 1];
	if (target >= *limit)
		return refuse(reader, "a compression pointer does not lead back");
	*limit = *at = target;
	return true;
}

/* The reader goes on behind the name. */
static bool
read_name(MessageReader *reader, Str *ret_name)
{
	size_t at = reader->at, limit = reader->at, after = 0;
	Buf name = buf_make(reader->arena);

	for (;;) {
		unsigned char octet;

		if (at >= reader->bytes.len)
			return refuse(reader, "a name does not end");
		octet = (unsigned char)reader->bytes.ptr[at];
		if (octet == 0)
			break;
		if (octet >= 0xc0) {
			if (after == 0)
				after = at + 2;
			if (!follow_pointer(reader, &at, &limit))
				return false;
		} else if (!read_label(reader, &at, &name)) {
			return false;
		}
	}
	reader->at = after > 0 ? after : at + 1;
	*ret_name = buf_text(&name);
	return true;
}

/* Octets that would divide labels or mean something in a zone file, or are not visible, are escaped
 * (RFC 4343 section 2.1). */
static void
write_octet(Buf *text, unsigned char octet)
{
	if (octet <= ' ' || octet > '~')
		buf_printf(text, "\\%03u", octet);
	else if (strchr(".\\" DNS_ZONE_SPECIAL, octet) != NULL)
		buf_printf(text, "\\%c", octet);
	else
		buf_char(text, (char)octet);
}

static Str
name_text(Arena *arena, Str name)
{
	Buf text = buf_make(arena);
	size_t at = 0, end;

	while (at < name.len) {
		end = at + 1 + (unsigned char)name.ptr[at];
		if (at > 0)
			buf_char(&text, '.');
		for (at++; at < end; at++)
			write_octet(&text, (unsigned char)name.ptr[at]);
	}
	return buf_text(&text);
}

bool
resolve_name_octets(Arena *arena, Str text, Str *ret_name)
{
	Buf name = buf_make(arena);
	size_t start = 0, at, i;

	for (at = 0; at <= text.len; at++) {
		if (at < text.len && text.ptr[at] == '\\')
			return false;
		if (at < text.len && text.ptr[at] != '.')
			continue;
		if (at == start || at - start > RESOLVE_LABEL_MAX)
			return false;
		buf_char(&name, (char)(unsigned char)(at - start));
		for (i = start; i < at; i++)
			buf_char(&name, lower(text.ptr[i]));
		start = at + 1;
	}
	*ret_name = buf_text(&name);
	return name.len < NAME_MAX_LEN;
}

/* --- records ---------------------------------------------------------------------------------- */

/* One record as JSON, and what it is sorted by; the reader stands at its data. */
typedef bool (*DataReader)(MessageReader *reader, size_t end, Json **ret_json, Str *ret_key);

static bool
read_address(MessageReader *reader, size_t end, NetFamily family, Json **ret_json, Str *ret_key)
{
	size_t len = net_family_bits(family) / 8, i;
	NetBits bits = 0;

	if (end - reader->at != len)
		return refuse(reader, "an address has a wrong length");
	*ret_key = str_slice(reader->bytes, reader->at, end);
	for (i = 0; i < len; i++)
		bits = bits << 8 | (unsigned char)ret_key->ptr[i];
	reader->at = end;
	*ret_json = json_text(
		reader->arena, net_prefix_text(reader->arena,
				       net_prefix_of(family, bits, net_family_bits(family))));
	return true;
}

static bool
read_ip4(MessageReader *reader, size_t end, Json **ret_json, Str *ret_key)
{
	return read_address(reader, end, NET_IP4, ret_json, ret_key);
}

static bool
read_ip6(MessageReader *reader, size_t end, Json **ret_json, Str *ret_key)
{
	return read_address(reader, end, NET_IP6, ret_json, ret_key);
}

static bool
read_host(MessageReader *reader, size_t end, Json **ret_json, Str *ret_key)
{
	if (!read_name(reader, ret_key))
		return false;
	*ret_json = json_text(reader->arena, name_text(reader->arena, *ret_key));
	return reader->at == end || refuse(reader, "a name ends beside its record");
}

/* RFC 7505: the root as host says that no mail is taken. */
static bool
read_exchange(MessageReader *reader, size_t end, Json **ret_json, Str *ret_key)
{
	uint16_t preference;
	Buf key = buf_make(reader->arena);
	Str name;

	if (!read_short(reader, &preference) || !read_name(reader, &name))
		return false;
	buf_char(&key, (char)(unsigned char)(preference >> 8));
	buf_char(&key, (char)(unsigned char)preference);
	buf_str(&key, name);
	*ret_key = buf_text(&key);
	*ret_json = json_list(reader->arena);
	json_push(reader->arena, *ret_json, json_number(reader->arena, preference));
	json_push(reader->arena, *ret_json,
		json_text(reader->arena, name.len > 0 ? name_text(reader->arena, name) : STR(".")));
	return reader->at == end || refuse(reader, "a name ends beside its record");
}

/* Each octet is the character of its number. */
static Str
string_text(Arena *arena, Str octets)
{
	Buf text = buf_make(arena);
	size_t i;

	for (i = 0; i < octets.len; i++)
		buf_code_point(&text, (unsigned char)octets.ptr[i]);
	return buf_text(&text);
}

static bool
read_strings(MessageReader *reader, size_t end, Json **ret_json, Str *ret_key)
{
	*ret_key = str_slice(reader->bytes, reader->at, end);
	*ret_json = json_list(reader->arena);
	/* RFC 1035 section 3.3.14: one or more. */
	if (reader->at == end)
		return refuse(reader, "a text has no string");
	while (reader->at < end) {
		size_t start = reader->at + 1;
		size_t stop = start + (unsigned char)reader->bytes.ptr[reader->at];

		if (stop > end)
			return refuse(reader, "a character-string is longer than its record");
		json_push(reader->arena, *ret_json,
			json_text(reader->arena,
				string_text(reader->arena, str_slice(reader->bytes, start, stop))));
		reader->at = stop;
	}
	return true;
}

static const DataReader data_readers[] = {
	[DNS_A] = read_ip4,
	[DNS_AAAA] = read_ip6,
	[DNS_MX] = read_exchange,
	[DNS_TXT] = read_strings,
	[DNS_PTR] = read_host,
	[DNS_CNAME] = read_host,
};

static bool
read_record(MessageReader *reader, RecordVec *records)
{
	Record record;
	uint16_t len;

	if (!read_name(reader, &record.owner) || !read_short(reader, &record.type) ||
		!read_short(reader, &record.record_class) || !read_number(reader, 4, &record.ttl) ||
		!read_short(reader, &len))
		return false;
	if (reader->bytes.len - reader->at < len)
		return refuse(reader, "a record is longer than the message");
	if (record.ttl > TTL_MAX)
		record.ttl = 0;
	record.start = reader->at;
	record.end = reader->at += len;
	if (record.record_class == CLASS_IN)
		VEC_PUSH(reader->arena, records, record);
	return true;
}

/* --- the answer ------------------------------------------------------------------------------- */

/* What a record becomes, with what it is sorted by: a resolver turns their order round. */
typedef struct Item {
	Str key;
	Json *json;
} Item;

static int
item_order(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(((const Item *)a)->key, ((const Item *)b)->key);
}

static bool
read_alias(MessageReader *reader, const Record *record, ResolveReply *reply, Str *ret_target)
{
	ResolveAlias *alias = VEC_ADD(reader->arena, &reply->aliases);

	reader->at = record->start;
	if (!read_name(reader, ret_target))
		return false;
	if (reader->at != record->end || ret_target->len == 0)
		return refuse(reader, "an alias has no name");
	*alias = (ResolveAlias){reply->name, name_text(reader->arena, *ret_target), record->ttl};
	reply->name = alias->target;
	return true;
}

static const Record *
find_record(const RecordVec *records, Str owner, uint16_t type)
{
	size_t i;

	for (i = 0; i < records->len; i++) {
		if (records->items[i].type == type && str_equal(records->items[i].owner, owner))
			return &records->items[i];
	}
	return NULL;
}

/* From name to name; a chain that has no end is left where DNS_ALIASES_MAX are counted. */
static bool
follow_aliases(MessageReader *reader, const RecordVec *records, Str *owner, ResolveReply *reply)
{
	const Record *alias;

	while (reply->aliases.len <= DNS_ALIASES_MAX &&
		(alias = find_record(records, *owner, type_numbers[DNS_CNAME])) != NULL) {
		if (!read_alias(reader, alias, reply, owner))
			return false;
	}
	return true;
}

static bool
read_items(MessageReader *reader, const RecordVec *records, Str owner, DnsType type,
	ResolveReply *reply)
{
	VEC(Item) items = {0};
	size_t i;

	reply->ttl = TTL_MAX;
	for (i = 0; i < records->len; i++) {
		const Record *record = &records->items[i];
		Item *item;

		if (record->type != type_numbers[type] || !str_equal(record->owner, owner))
			continue;
		item = VEC_ADD(reader->arena, &items);
		reader->at = record->start;
		if (!data_readers[type](reader, record->end, &item->json, &item->key))
			return false;
		if (record->ttl < reply->ttl)
			reply->ttl = record->ttl;
	}
	if (type == DNS_CNAME && items.len > 1)
		return refuse(reader, "one name is an alias of several");
	base_sort(items.items, items.len, sizeof(Item), item_order, NULL);
	reply->data = json_list(reader->arena);
	for (i = 0; i < items.len; i++)
		json_push(reader->arena, reply->data, items.items[i].json);
	return true;
}

typedef struct Header {
	uint16_t id, flags, counts[4]; /* questions, answers, authority, additional */
} Header;

static bool
read_header(MessageReader *reader, Header *ret_header)
{
	size_t i;

	if (!read_short(reader, &ret_header->id) || !read_short(reader, &ret_header->flags))
		return false;
	for (i = 0; i < BASE_COUNT(ret_header->counts); i++) {
		if (!read_short(reader, &ret_header->counts[i]))
			return false;
	}
	return true;
}

/* The question is repeated in the answer, or it is one to something else. */
static bool
read_question(MessageReader *reader, const Header *header, Str owner, DnsType type)
{
	uint16_t asked_type, asked_class;
	Str name;

	if (header->counts[0] != 1)
		return refuse(reader, "it does not repeat the question");
	if (!read_name(reader, &name) || !read_short(reader, &asked_type) ||
		!read_short(reader, &asked_class))
		return false;
	return (str_equal(name, owner) && asked_type == type_numbers[type] &&
		       asked_class == CLASS_IN) ||
	       refuse(reader, "it answers another question");
}

static bool
refuse_code(MessageReader *reader, unsigned code)
{
	static const char *const names[] = {[1] = "the server says FORMERR",
		[2] = "the server says SERVFAIL",
		[4] = "the server says NOTIMP",
		[5] = "the server says REFUSED"};

	return refuse(reader, code < BASE_COUNT(names) && names[code] != NULL
				      ? names[code]
				      : "the server says that it failed");
}

static bool
check_header(MessageReader *reader, const Header *header)
{
	unsigned code = header->flags & 0xf;

	if ((header->flags & FLAG_ANSWER) == 0)
		return refuse(reader, "it is no answer");
	if ((header->flags & FLAG_CUT) != 0)
		return refuse(reader, "it is cut off, over TCP too");
	return code == RCODE_OK || code == RCODE_NXDOMAIN || refuse_code(reader, code);
}

/* Behind the records: what they come to. */
static bool
conclude(MessageReader *reader, const Header *header, ResolveReply *reply)
{
	bool is_final = (header->flags & (FLAG_AUTHORITATIVE | FLAG_RECURSION)) != 0;
	bool denied = (header->flags & 0xf) == RCODE_NXDOMAIN;

	if (reply->data->items.len > 0) {
		reply->status = DNS_OK;
		return !denied || refuse(reader, "it has records of a name that it denies");
	}
	/* A server that neither knows nor asks on sends one to others: that is no "no". */
	if (!is_final && !denied && reply->aliases.len == 0)
		return refuse(reader, "the server refers to others, and does not ask them");
	reply->status = denied ? DNS_NXDOMAIN : DNS_NODATA;
	/* RFC 6604: the status is that of the last name. */
	reply->is_open = !denied && reply->aliases.len > 0;
	return true;
}

static bool
read_message(MessageReader *reader, Str owner, DnsType type, ResolveReply *reply)
{
	RecordVec records = {0};
	Header header;
	unsigned i;

	if (!read_header(reader, &header) || !check_header(reader, &header) ||
		!read_question(reader, &header, owner, type))
		return false;
	for (i = 0; i < header.counts[1]; i++) {
		if (!read_record(reader, &records))
			return false;
	}
	if (type != DNS_CNAME && !follow_aliases(reader, &records, &owner, reply))
		return false;
	return read_items(reader, &records, owner, type, reply) && conclude(reader, &header, reply);
}

bool
resolve_read(Arena *arena, Str message, DnsQuestion question, ResolveReply *ret_reply)
{
	MessageReader reader = {.arena = arena, .bytes = message};
	Str owner;

	*ret_reply = (ResolveReply){.name = question.name};
	if (!resolve_name_octets(arena, question.name, &owner)) {
		ret_reply->reason = STR("the name has characters that cannot be asked for");
	} else if (read_message(&reader, owner, question.type, ret_reply)) {
		return true;
	} else {
		ret_reply->reason = str_from(reader.problem);
	}
	ret_reply->status = DNS_SERVFAIL;
	ret_reply->aliases.len = 0;
	ret_reply->name = question.name;
	return false;
}
