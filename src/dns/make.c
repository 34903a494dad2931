/* A lock in the making: answers are put into it one by one, and it is written when all are there.
 */
#include "dns/dns_int.h"

DnsLock *
dns_lock_new(Arena *arena)
{
	DnsLock *lock = ARENA_NEW(arena, DnsLock);

	lock->arena = arena;
	dns_lock_init_sources(lock);
	return lock;
}

static LockName *
name_of(DnsLock *lock, Str name)
{
	uint32_t index = map_find(&lock->index, name);
	LockName *known;

	if (index != MAP_NONE)
		return &lock->names.items[index];
	known = VEC_ADD(lock->arena, &lock->names);
	known->name = str_copy(lock->arena, name);
	map_add(lock->arena, &lock->index, known->name, (uint32_t)lock->names.len - 1);
	return known;
}

void
dns_lock_put(DnsLock *lock, Str name, DnsType type, Json *answer)
{
	LockReader reader = {.arena = lock->arena};
	LockName *known = name_of(lock, name);

	known->answers[type] = ARENA_NEW(lock->arena, DnsAnswer);
	known->json[type] = answer;
	if (!dns_lock_answer(&reader, type, answer, known->answers[type]))
		panic("an answer of our own is refused: " STR_FMT, STR_ARG(reader.message));
	known->exists |= dns_lock_proves_existence(known->answers[type]);
}

static const LockName *
find_name(const DnsLock *lock, Str name)
{
	uint32_t index = map_find(&lock->index, name);

	return index == MAP_NONE ? NULL : &lock->names.items[index];
}

Json *
dns_lock_json(const DnsLock *lock, Str name, DnsType type)
{
	const LockName *known = find_name(lock, name);

	return known == NULL ? NULL : known->json[type];
}

/* By the steps of ask_lock(). */
bool
dns_lock_lacks(const DnsLock *lock, DnsQuestion question, Str *ret_name)
{
	unsigned steps;

	*ret_name = question.name;
	for (steps = 0; steps <= DNS_ALIASES_MAX; steps++) {
		const LockName *known = find_name(lock, *ret_name);

		if (known == NULL)
			return true;
		if (known->answers[question.type] != NULL)
			return false;
		if (!dns_lock_alias_of(known, ret_name))
			return true;
	}
	return false;
}

/* --- what differs ----------------------------------------------------------------------------- */

/* The records of an answer as texts, in an order of their own: a list written by hand may have any.
 */
static void
sorted_records(Arena *arena, const Json *answer, StrVec *ret_records)
{
	const Json *data = json_get(answer, STR("data"));
	size_t i;

	*ret_records = (StrVec){0};
	for (i = 0; i < json_len(data); i++) {
		Buf text = buf_make(arena);

		json_write_canonical(&text, data->items.items[i]);
		VEC_PUSH(arena, ret_records, buf_text(&text));
	}
	strvec_sort(ret_records);
}

static bool
is_same(Arena *arena, const Json *a, const Json *b)
{
	StrVec left, right;
	size_t i;

	if (!str_equal(json_get_text(a, STR("status")), json_get_text(b, STR("status"))))
		return false;
	sorted_records(arena, a, &left);
	sorted_records(arena, b, &right);
	for (i = 0; i < left.len && i < right.len; i++) {
		if (!str_equal(left.items[i], right.items[i]))
			return false;
	}
	return left.len == right.len;
}

static void
compare_name(
	Arena *arena, const DnsLock *before, const DnsLock *after, Str name, DnsChangeVec *changes)
{
	size_t type;

	for (type = 0; type < DNS_TYPES; type++) {
		const Json *old = dns_lock_json(before, name, (DnsType)type);
		const Json *new = dns_lock_json(after, name, (DnsType)type);

		if (old == new || (old != NULL && new != NULL &&is_same(arena, old, new)))
			continue;
		VEC_PUSH(arena, changes, ((DnsChange){{name, (DnsType)type}, old, new}));
	}
}

void
dns_lock_compare(
	Arena *arena, const DnsLock *before, const DnsLock *after, DnsChangeVec *ret_changes)
{
	StrVec names = {0};
	size_t i;

	*ret_changes = (DnsChangeVec){0};
	for (i = 0; i < after->names.len; i++)
		VEC_PUSH(arena, &names, after->names.items[i].name);
	for (i = 0; i < before->names.len; i++) {
		if (find_name(after, before->names.items[i].name) == NULL)
			VEC_PUSH(arena, &names, before->names.items[i].name);
	}
	strvec_sort(&names);
	for (i = 0; i < names.len; i++)
		compare_name(arena, before, after, names.items[i], ret_changes);
}

/* --- answers as JSON -------------------------------------------------------------------------- */

Json *
dns_answer_json(Arena *arena, DnsStatus status, uint32_t ttl, Json *data)
{
	Json *answer = json_object(arena);

	json_set(arena, answer, STR("status"), json_text(arena, dns_lock_status(status)));
	if (status != DNS_OK)
		return answer;
	json_set(arena, answer, STR("ttl"), json_number(arena, ttl));
	json_set(arena, answer, STR("data"), data);
	return answer;
}

static int64_t
ttl_of(const Json *answer)
{
	const Json *ttl = json_get(answer, STR("ttl"));

	return ttl == NULL ? 0 : ttl->number;
}

void
dns_lock_keep_ttls(DnsLock *lock, const DnsLock *old)
{
	size_t i, type;

	for (i = 0; i < lock->names.len; i++) {
		LockName *name = &lock->names.items[i];

		for (type = 0; type < DNS_TYPES; type++) {
			Json *before = dns_lock_json(old, name->name, (DnsType)type);

			if (before != NULL && name->json[type] != NULL &&
				ttl_of(before) > ttl_of(name->json[type]) &&
				is_same(lock->arena, before, name->json[type]))
				name->json[type] = before;
		}
	}
}

static int
name_order(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(
		(*(const LockName *const *)a)->name, (*(const LockName *const *)b)->name);
}

/* The types of a name by their names, as keys are. */
static Json *
name_json(Arena *arena, const LockName *name)
{
	static const DnsType order[] = {DNS_A, DNS_AAAA, DNS_CNAME, DNS_MX, DNS_PTR, DNS_TXT};
	Json *json = json_object(arena);
	size_t i;

	for (i = 0; i < BASE_COUNT(order); i++) {
		if (name->json[order[i]] != NULL)
			json_set(arena, json, str_from(dns_type_text(order[i])),
				name->json[order[i]]);
	}
	return json;
}

void
dns_lock_write(Arena *arena, const DnsLock *lock, Str resolved_at, Str resolver, Buf *ret_text)
{
	const LockName **sorted = ARENA_ARRAY(arena, const LockName *, lock->names.len);
	Json *root = json_object(arena), *names = json_object(arena);
	size_t i;

	for (i = 0; i < lock->names.len; i++)
		sorted[i] = &lock->names.items[i];
	base_sort(sorted, lock->names.len, sizeof(*sorted), name_order, NULL);
	for (i = 0; i < lock->names.len; i++)
		json_set(arena, names, sorted[i]->name, name_json(arena, sorted[i]));
	json_set(arena, root, STR("format"), json_text(arena, STR("connplan-lock")));
	json_set(arena, root, STR("version"), json_number(arena, 1));
	json_set(arena, root, STR("resolved_at"), json_text(arena, resolved_at));
	json_set(arena, root, STR("resolver"), json_text(arena, resolver));
	json_set(arena, root, STR("names"), names);
	json_write_pretty(ret_text, root);
}
