/*
 * dns: answers of the DNS as data, and the lock that keeps them.
 *
 * Whoever needs an answer asks a DnsSource and cannot tell where it comes from. The lock,
 * `mailflow.lock.json`, is the one that all commands use but the one that writes it; nothing here
 * touches the network. Texts of TXT records are octets: each JSON character U+0000 to U+00FF of the
 * lock is one, NUL among them.
 *
 * Ownership: answers live in the arena that the lock was read into. Failure: a malformed lock is
 * told with a place and a clause; an answer says itself why it holds nothing.
 * Source: RFC 1035 (answers), RFC 8020 and RFC 2308 (what no answer means).
 */
#ifndef DNS_DNS_H
#define DNS_DNS_H

#include "net/net.h"
#include "json/json.h"

typedef enum DnsType { DNS_A, DNS_AAAA, DNS_MX, DNS_TXT, DNS_PTR, DNS_CNAME } DnsType;
#define DNS_TYPES 6

typedef enum DnsStatus {
	DNS_NOT_ASKED, /* nobody knows: never the same as "does not exist" */
	DNS_OK,        /* at least one record */
	DNS_NODATA,    /* the name exists, without records of this type */
	DNS_NXDOMAIN,
	DNS_SERVFAIL,
	DNS_TIMEOUT,
} DnsStatus;

typedef struct DnsExchange {
	Str host; /* as names are; empty for the root, which means "no mail" (RFC 7505) */
	uint16_t preference;
} DnsExchange;

typedef VEC(DnsExchange) DnsExchangeVec;

/* The records of one type at one name. Which list counts is the type's; empty unless DNS_OK. */
typedef struct DnsAnswer {
	DnsStatus status;
	bool has_ttl;
	uint32_t ttl; /* seconds */
	union {
		NetPrefixVec addresses; /* A, AAAA: single addresses, in the order of the answer */
		DnsExchangeVec exchanges; /* MX */
		StrVec texts;             /* TXT: the strings of each record joined */
		StrVec names;             /* PTR, CNAME: lower-case, without a final dot */
	};
} DnsAnswer;

/* Where answers come from. */
typedef struct DnsSource DnsSource;
struct DnsSource {
	/* Never NULL; aliases are followed. The name is lower-case, without a final dot. */
	const DnsAnswer *(*ask)(const DnsSource *source, Str name, DnsType type);
	/* It holds all there is: DNS_NOT_ASKED is never its answer. */
	bool closed;
	/* Addresses with something at the name of their PTR record. Of all others it knows nothing,
	 * or, if it is closed, that they have none. */
	NetPrefixVec clients;
	/* Some of its answers are failures, DNS_SERVFAIL or DNS_TIMEOUT: a name that is not known
	 * beforehand may lead to one of these. */
	bool fails;
};

const DnsAnswer *dns_ask(const DnsSource *source, Str name, DnsType type);
/* "AAAA", "not in the lock", "no such name": for people. */
const char *dns_type_text(DnsType type);
const char *dns_status_text(DnsStatus status);
/* In names, what means something in a zone file: each has a backslash before it. */
#define DNS_ZONE_SPECIAL "\"();@$"
/* Lower-case and without a final dot, as all names here are. */
Str dns_name_form(Arena *arena, Str name);

/* --- what is asked ---------------------------------------------------------------------------- */

typedef struct DnsQuestion {
	Str name;
	DnsType type;
} DnsQuestion;

typedef VEC(DnsQuestion) DnsQuestionVec;

/*
 * Answers as `inner` does, and appends to the list every question, each once, in the order in which
 * they came. Whoever asks by way of it tells what it depends on.
 */
const DnsSource *dns_recorder(Arena *arena, const DnsSource *inner, DnsQuestionVec *ret_questions);

/* --- the lock --------------------------------------------------------------------------------- */

/* Aliases (CNAME) that are followed one after another; past that, and in a loop, is no answer. */
#define DNS_ALIASES_MAX 8
/* The largest file that is read as a lock. */
#define DNS_LOCK_MAX ((size_t)64 << 20)

typedef struct DnsLock DnsLock;

typedef struct DnsLockError {
	size_t offset;
	Str message; /* a clause without a full stop */
} DnsLockError;

/* The text of a lock of version 1; or false, and where and why. Members it does not know are passed
 * over, as a later version may add some. */
bool dns_lock_read(Arena *arena, Str bytes, DnsLock **ret_lock, DnsLockError *ret_error);
/*
 * The lock's answers. `closed`: it holds all there is, so that a name that is absent does not
 * exist; else that is DNS_NOT_ASKED.
 */
const DnsSource *dns_lock_source(const DnsLock *lock, bool closed);
/* `2026-11-24T09:00:00Z` as it stands there, or absent. */
Str dns_lock_resolved_at(const DnsLock *lock);
/* How many names it has answers for. */
size_t dns_lock_len(const DnsLock *lock);

/* --- a lock in the making --------------------------------------------------------------------- */

/* Answers are JSON as the lock has them: `{"status": "ok", "ttl": 3600, "data": [...]}`. */

/* Without any answer. */
DnsLock *dns_lock_new(Arena *arena);
/* An answer of that form, in place of the one that stood there; its sources have it at once. */
void dns_lock_put(DnsLock *lock, Str name, DnsType type, Json *answer);
/* What stands there, aliases not followed; NULL: nothing. */
Json *dns_lock_json(const DnsLock *lock, Str name, DnsType type);
/*
 * Whether the lock has no answer to a question; then the name that has to be asked for, which is
 * the end of the aliases that are known. A chain without an end is an answer.
 */
bool dns_lock_lacks(const DnsLock *lock, DnsQuestion question, Str *ret_name);
/* Without time to live and data unless it is DNS_OK. */
Json *dns_answer_json(Arena *arena, DnsStatus status, uint32_t ttl, Json *data);

/* One answer that differs; NULL: that side has none. */
typedef struct DnsChange {
	DnsQuestion question;
	const Json *before, *after;
} DnsChange;

typedef VEC(DnsChange) DnsChangeVec;

/* By name, then type. Times to live and the order of records are no difference. */
void dns_lock_compare(
	Arena *arena, const DnsLock *before, const DnsLock *after, DnsChangeVec *ret_changes);
/*
 * Where an answer is the same, the longer time to live stays: a resolver counts it down, so that
 * the longest that was seen is nearest to what is published.
 */
void dns_lock_keep_ttls(DnsLock *lock, const DnsLock *old);
/* The text of the file: names and types sorted by bytes, one value a line. */
void dns_lock_write(
	Arena *arena, const DnsLock *lock, Str resolved_at, Str resolver, Buf *ret_text);

#endif
