/* Answers out of a lock: by name and type, aliases followed, open or closed. */
#include "dns/dns_int.h"

const DnsAnswer dns_empty_answers[] = {
	[DNS_NOT_ASKED] = {.status = DNS_NOT_ASKED},
	[DNS_NODATA] = {.status = DNS_NODATA},
	[DNS_NXDOMAIN] = {.status = DNS_NXDOMAIN},
};

const DnsAnswer *
dns_ask(const DnsSource *source, Str name, DnsType type)
{
	return source->ask(source, name, type);
}

static const LockName *
find_name(const DnsLock *lock, Str name)
{
	uint32_t index = map_find(&lock->index, name);

	return index == MAP_NONE ? NULL : &lock->names.items[index];
}

bool
dns_lock_alias_of(const LockName *name, Str *ret_target)
{
	const DnsAnswer *alias = name->answers[DNS_CNAME];

	if (alias == NULL || alias->status != DNS_OK)
		return false;
	*ret_target = alias->names.items[0];
	return true;
}

/* What is not there: in a closed world the rest of the name tells whether the name exists. */
static const DnsAnswer *
absent(const LockSource *source, const LockName *name)
{
	if (!source->source.closed)
		return &dns_empty_answers[DNS_NOT_ASKED];
	return &dns_empty_answers[name != NULL && name->exists ? DNS_NODATA : DNS_NXDOMAIN];
}

static const DnsAnswer *
ask_lock(const DnsSource *self, Str name, DnsType type)
{
	const LockSource *source = (const LockSource *)(const void *)self;
	unsigned steps;

	for (steps = 0; steps <= DNS_ALIASES_MAX; steps++) {
		const LockName *known = find_name(source->lock, name);

		if (known != NULL && known->answers[type] != NULL)
			return known->answers[type];
		if (known == NULL || !dns_lock_alias_of(known, &name))
			return absent(source, known);
	}
	/* A resolver gives up on such a chain; what it then says is not that the name is missing.
	 */
	return &dns_empty_answers[DNS_NODATA];
}

/* The sources point to the lock, which therefore never moves. */
static void
init_source(LockSource *source, const DnsLock *lock, bool closed)
{
	*source = (LockSource){
		.source = {ask_lock, closed, lock->clients, lock->fails}, .lock = lock};
}

const DnsSource *
dns_lock_source(const DnsLock *lock, bool closed)
{
	return closed ? &lock->closed.source : &lock->open.source;
}

void
dns_lock_init_sources(DnsLock *lock)
{
	init_source(&lock->open, lock, false);
	init_source(&lock->closed, lock, true);
}

Str
dns_lock_resolved_at(const DnsLock *lock)
{
	return lock->resolved_at;
}

size_t
dns_lock_len(const DnsLock *lock)
{
	return lock->names.len;
}

const char *
dns_type_text(DnsType type)
{
	static const char *const texts[] = {"A", "AAAA", "MX", "TXT", "PTR", "CNAME"};

	return texts[type];
}

const char *
dns_status_text(DnsStatus status)
{
	static const char *const texts[] = {
		[DNS_NOT_ASKED] = "not in the lock",
		[DNS_OK] = "answered",
		[DNS_NODATA] = "no such record",
		[DNS_NXDOMAIN] = "no such name",
		[DNS_SERVFAIL] = "the server failed",
		[DNS_TIMEOUT] = "no answer in time",
	};

	return texts[status];
}

Str
dns_name_form(Arena *arena, Str name)
{
	/* Behind an empty label, which no name has, it is not taken for the root: the form of a
	 * form is the same. */
	if (str_ends(name, STR(".")) && !str_ends(name, STR("..")))
		name.len--;
	return str_lower(arena, name);
}
