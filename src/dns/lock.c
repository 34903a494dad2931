/* Reads a lock. What is wrong is told with the place of the value, found again in the text. */
#include "dns/dns_int.h"

Str
dns_lock_member(Arena *arena, Str pointer, Str member)
{
	Buf buf = buf_make(arena);
	size_t i;

	buf_str(&buf, pointer);
	if (pointer.len > 0)
		buf_char(&buf, '/');
	for (i = 0; i < member.len; i++) {
		if (member.ptr[i] == '~')
			buf_lit(&buf, "~0");
		else if (member.ptr[i] == '/')
			buf_lit(&buf, "~1");
		else
			buf_char(&buf, member.ptr[i]);
	}
	return buf_text(&buf);
}

bool
dns_lock_wrong(LockReader *reader, Str member, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	reader->message = str_vformat(reader->arena, format, args);
	va_end(args);
	reader->wrong_at = member.ptr == NULL
				   ? reader->pointer
				   : dns_lock_member(reader->arena, reader->pointer, member);
	return false;
}

/* A type that is not known is of a later version, or of no use to us. */
static bool
find_type(Str text, DnsType *ret_type)
{
	size_t i;

	for (i = 0; i < DNS_TYPES; i++) {
		if (str_equal(text, str_from(dns_type_text((DnsType)i)))) {
			*ret_type = (DnsType)i;
			return true;
		}
	}
	return false;
}

bool
dns_lock_proves_existence(const DnsAnswer *answer)
{
	return answer->status == DNS_OK || answer->status == DNS_NODATA;
}

/* All answers under one name. */
static bool
read_name(LockReader *reader, const Json *json, LockName *ret_name)
{
	Str pointer = reader->pointer;
	size_t i;

	if (json->kind != JSON_OBJECT)
		return dns_lock_wrong(reader, (Str){0}, "a name holds an object of record types");
	for (i = 0; i < json->members.len; i++) {
		const JsonMember *member = &json->members.items[i];
		DnsAnswer *answer;
		DnsType type;

		if (!find_type(member->key, &type))
			continue;
		answer = ARENA_NEW(reader->arena, DnsAnswer);
		reader->pointer = dns_lock_member(reader->arena, pointer, member->key);
		if (!dns_lock_answer(reader, type, member->value, answer))
			return false;
		ret_name->answers[type] = answer;
		ret_name->json[type] = member->value;
		ret_name->exists |= dns_lock_proves_existence(answer);
	}
	return true;
}

static bool
has_failure(const LockName *name)
{
	size_t i;

	for (i = 0; i < DNS_TYPES; i++) {
		const DnsAnswer *answer = name->answers[i];

		if (answer != NULL &&
			(answer->status == DNS_SERVFAIL || answer->status == DNS_TIMEOUT))
			return true;
	}
	return false;
}

static bool
read_names(LockReader *reader, const Json *names, DnsLock *lock)
{
	size_t i;

	if (names == NULL || names->kind != JSON_OBJECT)
		return dns_lock_wrong(reader, names == NULL ? (Str){0} : STR("names"),
			"`names` must be an object of names");
	map_reserve(reader->arena, &lock->index, names->members.len);
	for (i = 0; i < names->members.len; i++) {
		const JsonMember *member = &names->members.items[i];
		Str name = dns_name_form(reader->arena, member->key);
		LockName *known = VEC_ADD(reader->arena, &lock->names);
		NetPrefix client;

		known->name = name;
		reader->pointer = dns_lock_member(reader->arena, STR("names"), member->key);
		if (map_add(reader->arena, &lock->index, name, (uint32_t)i) != MAP_NONE)
			return dns_lock_wrong(reader, (Str){0},
				"`" STR_FMT "` stands here twice: names have no case",
				STR_ARG(name));
		if (!read_name(reader, member->value, known))
			return false;
		lock->fails |= has_failure(known);
		if (dns_reverse_address(name, &client))
			VEC_PUSH(reader->arena, &lock->clients, client);
	}
	reader->pointer = (Str){0};
	return true;
}

static bool
read_head(LockReader *reader, const Json *json)
{
	const Json *version;

	if (json->kind != JSON_OBJECT ||
		!STR_EQ(json_get_text(json, STR("format")), "connplan-lock"))
		return dns_lock_wrong(
			reader, (Str){0}, "this is no lock: `format` is not `connplan-lock`");
	version = json_get(json, STR("version"));
	if (version == NULL || version->kind != JSON_NUMBER || !version->is_integer)
		return dns_lock_wrong(reader, version == NULL ? (Str){0} : STR("version"),
			"`version` must be a whole number");
	if (version->number != 1)
		return dns_lock_wrong(reader, STR("version"),
			"version %lld of the lock is not known here; this program reads version 1",
			(long long)version->number);
	return true;
}

/* As connplan writes it; a lock that was made by another program may do without. */
static bool
read_resolved_at(LockReader *reader, const Json *stamp, Str *ret_stamp)
{
	int64_t seconds;

	if (stamp == NULL)
		return true;
	if (stamp->kind != JSON_TEXT || stamp->text.len != 20 ||
		!time_parse(stamp->text, &seconds) || !str_ends(stamp->text, STR("Z")))
		return dns_lock_wrong(reader, STR("resolved_at"),
			"`resolved_at` must be a time in UTC such as 2026-11-20T06:00:00Z");
	*ret_stamp = stamp->text;
	return true;
}

static bool
read_lock(LockReader *reader, const Json *json, DnsLock *lock)
{
	return read_head(reader, json) &&
	       read_resolved_at(reader, json_get(json, STR("resolved_at")), &lock->resolved_at) &&
	       read_names(reader, json_get(json, STR("names")), lock);
}

bool
dns_lock_read(Arena *arena, Str bytes, DnsLock **ret_lock, DnsLockError *ret_error)
{
	LockReader reader = {.arena = arena};
	DnsLock *lock = ARENA_NEW(arena, DnsLock);
	JsonError error;
	Json *json;
	size_t end;

	if (!json_read(arena, bytes, &json, &error)) {
		*ret_error = (DnsLockError){error.offset, error.message};
		return false;
	}
	if (!read_lock(&reader, json, lock)) {
		*ret_error = (DnsLockError){.message = reader.message};
		(void)json_locate(arena, bytes, reader.wrong_at, &ret_error->offset, &end);
		return false;
	}
	lock->arena = arena;
	dns_lock_init_sources(lock);
	*ret_lock = lock;
	return true;
}
