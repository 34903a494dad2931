/*
 * dns, private: the lock in memory, and how its reader speaks of a place.
 */
#ifndef DNS_DNS_INT_H
#define DNS_DNS_INT_H

#include "dns/dns.h"

/* What stands under one name. An answer that is absent was not asked for. */
typedef struct LockName {
	Str name;
	DnsAnswer *answers[DNS_TYPES];
	Json *json[DNS_TYPES]; /* the same as they are written */
	bool exists; /* some answer says so: what is absent in a closed world is DNS_NODATA */
} LockName;

/* The lock seen as open or as closed. */
typedef struct LockSource {
	DnsSource source; /* first: a pointer to it is a pointer to this */
	const struct DnsLock *lock;
} LockSource;

struct DnsLock {
	Arena *arena;
	Map index; /* of `names` */
	VEC(LockName) names;
	Str resolved_at;
	NetPrefixVec clients; /* as DnsSource has them */
	bool fails;           /* the same */
	LockSource open, closed;
};

/* The reader: stops at the first thing that is wrong. */
typedef struct LockReader {
	Arena *arena;
	Str pointer;  /* of what is read, a JSON Pointer */
	Str wrong_at; /* the same of what is wrong */
	Str message;
} LockReader;

/* Says what is wrong at the reader's place, or at `member` of it; gives false. */
bool dns_lock_wrong(LockReader *reader, Str member, const char *format, ...) BASE_PRINTF(3, 4);
/* The pointer to a member, `~` and `/` in its name written so that they divide nothing. */
Str dns_lock_member(Arena *arena, Str pointer, Str member);
/* One answer, `{"status": "ok", "data": [...]}`; false after saying why. */
bool dns_lock_answer(LockReader *reader, DnsType type, const Json *json, DnsAnswer *ret_answer);

/* Whether it says that its name exists. */
bool dns_lock_proves_existence(const DnsAnswer *answer);
/* Where the name is an alias: the name it stands for. */
bool dns_lock_alias_of(const LockName *name, Str *ret_target);
/* "nxdomain", as a lock has it. */
Str dns_lock_status(DnsStatus status);

/* The address whose PTR record would stand at this name; false for any other name. */
bool dns_reverse_address(Str name, NetPrefix *ret_address);
/* Makes both sources of a lock that has found its place in memory. */
void dns_lock_init_sources(DnsLock *lock);
/* Answers without records, one a status. */
extern const DnsAnswer dns_empty_answers[];

#endif
