/* Reads one answer of a lock: its status, and the records of its type. */
#include "dns/dns_int.h"

#include <string.h>

static const Str statuses[] = {
	[DNS_OK] = STR_CONST("ok"),
	[DNS_NODATA] = STR_CONST("nodata"),
	[DNS_NXDOMAIN] = STR_CONST("nxdomain"),
	[DNS_SERVFAIL] = STR_CONST("servfail"),
	[DNS_TIMEOUT] = STR_CONST("timeout"),
};

Str
dns_lock_status(DnsStatus status)
{
	return statuses[status];
}

static bool
read_status(LockReader *reader, const Json *json, DnsStatus *ret_status)
{
	const Json *status = json_get(json, STR("status"));
	size_t i;

	for (i = DNS_OK; status != NULL && i < BASE_COUNT(statuses); i++) {
		if (status->kind == JSON_TEXT && str_equal(status->text, statuses[i])) {
			*ret_status = (DnsStatus)i;
			return true;
		}
	}
	return dns_lock_wrong(reader, status == NULL ? (Str){0} : STR("status"),
		"`status` must be ok, nodata, nxdomain, servfail or timeout");
}

/* RFC 2181 section 8: 31 bits. */
static bool
read_ttl(LockReader *reader, const Json *json, DnsAnswer *answer)
{
	const Json *ttl = json_get(json, STR("ttl"));

	if (ttl == NULL)
		return true;
	if (ttl->kind != JSON_NUMBER || !ttl->is_integer || ttl->number < 0 ||
		ttl->number > INT32_MAX)
		return dns_lock_wrong(
			reader, STR("ttl"), "`ttl` must be a number of seconds, below 2^31");
	answer->has_ttl = true;
	answer->ttl = (uint32_t)ttl->number;
	return true;
}

#define NOT_A_NAME                                                                                 \
	"%s holds names of visible ASCII characters, with a backslash before any "                 \
	"of " DNS_ZONE_SPECIAL

/* --- records: each reader gets one item of `data` and says what is wrong with it -------------- */

typedef bool (*RecordReader)(LockReader *reader, DnsType type, const Json *item, DnsAnswer *answer);

static bool
read_address(LockReader *reader, DnsType type, const Json *item, DnsAnswer *answer)
{
	uint8_t family = type == DNS_A ? NET_IP4 : NET_IP6;
	NetPrefix address;

	if (item->kind != JSON_TEXT || !net_address_parse_rfc4291(item->text, &address) ||
		address.family != family)
		return dns_lock_wrong(reader, (Str){0}, "%s holds IPv%d addresses",
			dns_type_text(type), type == DNS_A ? 4 : 6);
	VEC_PUSH(reader->arena, &answer->addresses, address);
	return true;
}

/* The length of one octet of a name as zone files show it: itself, \DDD, or \ before it; 0: it is
 * none. What means something in a zone file wants the backslash. */
static size_t
escaped_len(const char *text, size_t len)
{
	if (text[0] <= ' ' || text[0] > '~')
		return 0;
	if (text[0] != '\\')
		return strchr(DNS_ZONE_SPECIAL, text[0]) == NULL ? 1 : 0;
	if (len < 2 || text[1] <= ' ' || text[1] > '~')
		return 0;
	if (text[1] < '0' || text[1] > '9')
		return 2;
	return len >= 4 && text[2] >= '0' && text[2] <= '9' && text[3] >= '0' && text[3] <= '9' ? 4
												: 0;
}

/* A name goes into zone files as it stands: nothing in it may end it there. */
static bool
is_name(Str text)
{
	size_t at = 0, one;

	for (; at < text.len; at += one) {
		one = escaped_len(text.ptr + at, text.len - at);
		if (one == 0)
			return false;
	}
	return true;
}

static bool
read_host(LockReader *reader, DnsType type, const Json *item, DnsAnswer *answer)
{
	if (item->kind != JSON_TEXT)
		return dns_lock_wrong(reader, (Str){0}, "%s holds names", dns_type_text(type));
	if (!is_name(item->text))
		return dns_lock_wrong(reader, (Str){0}, NOT_A_NAME, dns_type_text(type));
	VEC_PUSH(reader->arena, &answer->names, dns_name_form(reader->arena, item->text));
	return true;
}

static bool
read_exchange(LockReader *reader, DnsType type, const Json *item, DnsAnswer *answer)
{
	const Json *preference, *host;

	if (json_len(item) != 2 || item->kind != JSON_LIST)
		return dns_lock_wrong(reader, (Str){0}, "MX holds pairs: [preference, host]");
	preference = item->items.items[0];
	host = item->items.items[1];
	if (preference->kind != JSON_NUMBER || !preference->is_integer || preference->number < 0 ||
		preference->number > UINT16_MAX || host->kind != JSON_TEXT)
		return dns_lock_wrong(reader, (Str){0},
			"MX holds pairs: a preference from 0 to 65535, and a host");
	if (!is_name(host->text))
		return dns_lock_wrong(reader, STR("1"), NOT_A_NAME, dns_type_text(type));
	VEC_PUSH(reader->arena, &answer->exchanges,
		((DnsExchange){
			dns_name_form(reader->arena, host->text), (uint16_t)preference->number}));
	return true;
}

/* Characters U+0000 to U+00FF become one octet each; false at any other. */
static bool
add_octets(Buf *octets, Str text)
{
	size_t at = 0;

	while (at < text.len) {
		uint32_t code_point = utf8_next(text, &at);

		if (code_point > 0xff)
			return false;
		buf_char(octets, (char)(unsigned char)code_point);
	}
	return true;
}

/* RFC 1035, 3.2.1: what a record holds is counted in 16 bits. Each string has a byte before it. */
#define TEXT_MAX 65535

/* The strings of one record; RFC 7208 section 3.3 joins them without a blank. */
static bool
read_text(LockReader *reader, DnsType type, const Json *item, DnsAnswer *answer)
{
	Buf octets = buf_make(reader->arena);
	size_t i;

	(void)type;
	if (item->kind != JSON_LIST)
		return dns_lock_wrong(
			reader, (Str){0}, "a TXT record is a list of character-strings");
	for (i = 0; i < item->items.len; i++) {
		size_t before = octets.len;
		const Json *string = item->items.items[i];

		if (string->kind != JSON_TEXT || !add_octets(&octets, string->text))
			return dns_lock_wrong(reader, (Str){0},
				"a character-string holds characters from U+0000 to U+00FF, one an "
				"octet");
		if (octets.len - before > 255)
			return dns_lock_wrong(
				reader, (Str){0}, "a character-string is longer than 255 octets");
	}
	if (octets.len + item->items.len > TEXT_MAX)
		return dns_lock_wrong(reader, (Str){0},
			"a TXT record is longer than 65,535 octets, the most that one can hold");
	VEC_PUSH(reader->arena, &answer->texts, buf_text(&octets));
	return true;
}

static const RecordReader record_readers[] = {
	[DNS_A] = read_address,
	[DNS_AAAA] = read_address,
	[DNS_MX] = read_exchange,
	[DNS_TXT] = read_text,
	[DNS_PTR] = read_host,
	[DNS_CNAME] = read_host,
};

static bool
read_records(LockReader *reader, DnsType type, const Json *data, DnsAnswer *answer)
{
	Str pointer = dns_lock_member(reader->arena, reader->pointer, STR("data"));
	size_t i;

	for (i = 0; i < data->items.len; i++) {
		reader->pointer = dns_lock_member(
			reader->arena, pointer, str_format(reader->arena, "%zu", i));
		if (!record_readers[type](reader, type, data->items.items[i], answer))
			return false;
	}
	return true;
}

bool
dns_lock_answer(LockReader *reader, DnsType type, const Json *json, DnsAnswer *ret_answer)
{
	const Json *data = json_get(json, STR("data"));

	if (json->kind != JSON_OBJECT)
		return dns_lock_wrong(reader, (Str){0}, "an answer is an object with a `status`");
	if (!read_status(reader, json, &ret_answer->status) || !read_ttl(reader, json, ret_answer))
		return false;
	if (ret_answer->status != DNS_OK) {
		if (data == NULL)
			return true;
		return dns_lock_wrong(reader, STR("data"), "only an answer that is ok has `data`");
	}
	if (data == NULL || data->kind != JSON_LIST || data->items.len == 0)
		return dns_lock_wrong(reader, data == NULL ? (Str){0} : STR("data"),
			"an answer that is ok has a list `data`; without records it is nodata");
	if (type == DNS_CNAME && data->items.len != 1)
		return dns_lock_wrong(reader, STR("data"), "a name is the alias of one other");
	return read_records(reader, type, data, ret_answer);
}
