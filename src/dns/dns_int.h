/*
 * dns, private: the lock in memory, and how its reader speaks of a place.
 */
#ifndef DNS_DNS_INT_H
#define DNS_DNS_INT_H

#include "dns/dns.h"

/* What stands under one name. An answer that is absent was not asked for. */
typedef struct LockName {
	DnsAnswer *answers[DNS_TYPES];
	bool exists; /* some answer says so: what is absent in a closed world is DNS_NODATA */
} LockName;

/* The lock seen as open or as closed. */
typedef struct LockSource {
	DnsSource source; /* first: a pointer to it is a pointer to this */
	const struct DnsLock *lock;
	bool closed;
} LockSource;

struct DnsLock {
	Map index; /* of `names` */
	VEC(LockName) names;
	Str resolved_at;
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

/* Makes both sources of a lock that has found its place in memory. */
void dns_lock_init_sources(DnsLock *lock);
/* Answers without records, one a status. */
extern const DnsAnswer dns_empty_answers[];

#endif
