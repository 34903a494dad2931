/*
 * How fast SPF is on a domain with 3 includes of 20 networks each: messages a second whose client
 * matches first, last and nowhere, and microseconds for all addresses at once.
 */
#include <stdio.h>
#include <time.h>

#include "spf/spf.h"

#define MESSAGES   400000
#define EXPANSIONS 500

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Networks that do not touch, so that nothing merges. */
static Str
lock_text(Arena *arena)
{
	Buf text = buf_make(arena);
	unsigned i, j;

	buf_lit(&text,
		"{\"format\":\"connplan-lock\",\"version\":1,\"names\":{\"contoso.com\":{\"TXT\":"
		"{\"status\":\"ok\",\"data\":[[\"v=spf1 include:i0.example.com "
		"include:i1.example.com "
		"include:i2.example.com -all\"]]}}");
	for (i = 0; i < 3; i++) {
		buf_printf(
			&text, ",\"i%u.example.com\":{\"TXT\":{\"status\":\"ok\",\"data\":[[", i);
		buf_lit(&text, "\"v=spf1");
		for (j = 0; j < 20; j++)
			buf_printf(&text, "%s ip4:198.%u.%u.0/24", j % 7 == 6 ? "\",\"" : "",
				18 + i, 2 * j);
		buf_lit(&text, " -all\"]]}}");
	}
	buf_lit(&text, "}}");
	return buf_text(&text);
}

static void
bench_messages(SpfCache *cache, const char *what, const char *client)
{
	Arena *arena = arena_create(); /* of the answers: what is parsed stays in the cache's */
	SpfRequest request = {.helo = STR("mx.contoso.com"), .mail_from = STR("a@contoso.com")};
	SpfAnswer answer = {0};
	double begin;
	unsigned i;

	ASSERT(net_address_parse_rfc4291(str_from(client), &request.ip));
	begin = seconds();
	for (i = 0; i < MESSAGES; i++) {
		ArenaMark mark = arena_mark(arena);

		spf_evaluate(arena, cache, &request, &answer);
		arena_reset(arena, mark);
	}
	printf("%s: %s, %.0f messages a second\n", what, spf_result_text(answer.result),
		MESSAGES / (seconds() - begin));
	arena_destroy(arena);
}

int
main(void)
{
	Arena *arena = arena_create();
	SpfScope scope = {.domain = STR("contoso.com")};
	SpfExpansion expansion;
	DnsLockError error;
	DnsLock *lock;
	SpfCache *cache;
	uint64_t passing = 0;
	double begin;
	unsigned i;

	if (!dns_lock_read(arena, lock_text(arena), &lock, &error))
		return 1;
	cache = spf_cache(arena, dns_lock_source(lock, true));
	bench_messages(cache, "first of 60", "198.18.0.1");
	bench_messages(cache, "last of 60", "198.20.38.1");
	bench_messages(cache, "no match", "203.0.113.1");
	begin = seconds();
	for (i = 0; i < EXPANSIONS; i++) {
		Arena *run = arena_create();
		SpfCache *fresh = spf_cache(run, dns_lock_source(lock, true));

		spf_expand(run, fresh, &scope, &expansion);
		passing = net_set_count4(&expansion.results[SPF_PASS]);
		spf_cache_close(fresh);
		arena_destroy(run);
	}
	printf("all addresses, parsing included: %llu pass, %.0f microseconds\n",
		(unsigned long long)passing, (seconds() - begin) / EXPANSIONS * 1e6);
	spf_cache_close(cache);
	arena_destroy(arena);
	return 0;
}
