/*
 * resolve: asks a resolver on the network, over c-ares. `connplan lock` alone uses it; every other
 * command reads what it wrote.
 *
 * Search lists, HOSTALIASES and the hosts file play no part: a name is asked for as it stands.
 * c-ares sends, repeats, checks who answers and turns to TCP; what the answer says is read here,
 * since c-ares would lose times to live, aliases and NUL octets. Ownership: replies live in the
 * arena that the resolver was opened with. Failure: a question without an answer is a reply that
 * says why. Source: RFC 1035, RFC 2181, RFC 6604 (status behind aliases), RFC 6891 (EDNS).
 */
#ifndef RESOLVE_RESOLVE_H
#define RESOLVE_RESOLVE_H

#include "dns/dns.h"

/* One name that stands for another. */
typedef struct ResolveAlias {
	Str name, target;
	uint32_t ttl;
} ResolveAlias;

typedef struct ResolveReply {
	DnsStatus status;
	VEC(ResolveAlias) aliases; /* that were followed, in their order */
	Str name;                  /* whose answer it is: the one asked for, or the last target */
	/* The answer ends with an alias: nothing is known of its target, and status says nothing.
	 */
	bool is_open;
	uint32_t ttl; /* seconds */
	Json *data;   /* DNS_OK: the records as a lock has them, sorted */
	Str reason;   /* DNS_SERVFAIL, DNS_TIMEOUT: a clause without a full stop */
} ResolveReply;

/*
 * What a message says to a question; false, and why, for one that is none of an answer: malformed,
 * to another question, cut off, or the refusal of a server.
 */
bool resolve_read(Arena *arena, Str message, DnsQuestion question, ResolveReply *ret_reply);

/* --- the network ------------------------------------------------------------------------------ */

/* Questions that wait for an answer at the same time. */
#define RESOLVE_IN_FLIGHT 16

typedef struct ResolveOptions {
	NetPrefix server; /* a single address, where has_server; else those of the system */
	bool has_server;
	uint16_t port;         /* 0: 53 */
	unsigned milliseconds; /* that the first try of a question may take; each further one twice
				*/
	unsigned tries;
	/* Called now and then with how many of the questions are answered; false: stop. */
	bool (*go_on)(void *context, size_t done, size_t len);
	void *context;
} ResolveOptions;

typedef struct Resolver Resolver;

/* NULL, and why: a clause. */
Resolver *resolve_open(Arena *arena, const ResolveOptions *options, Str *ret_problem);
void resolve_close(Resolver *resolver);
/* Who is asked: "192.0.2.53:53", several with a comma between. */
Str resolve_servers(const Resolver *resolver);
/*
 * Asks all questions, several at a time, and fills a reply for each. When nobody answers any more
 * the rest counts as timed out, without being asked: is_lost() tells. False: go_on() said stop.
 */
bool resolve_ask(
	Resolver *resolver, const DnsQuestion *questions, size_t len, ResolveReply *ret_replies);
bool resolve_is_lost(const Resolver *resolver);

/* Of c-ares, for --version. */
const char *resolve_library_version(void);

#endif
