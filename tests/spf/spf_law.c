/*
 * Holds both evaluators against each other: spf_law reads worlds from standard input, one a line: a
 * lock, and after a TAB maybe a second one, which is the first with answers left out; locks after
 * that have other answers in their place. It expands d0.example.com and evaluates at the first and
 * last address of every range of every set.
 *
 * What spf_ask_record() asks for is all that the sets ask for, no identity being known.
 *
 * The law, closed: the sets are disjoint and cover everything; each address has the result of the
 * set it lies in, or one of those that are possible. With answers left out: what is decided is what
 * the full lock says, and every other that the answers may make of it; what is possible holds it.
 *
 * Prints `ok IP=RESULT ...` with some of the addresses, for a third opinion, or `bad` and why.
 */
#include <stdio.h>
#include <stdlib.h>

#include "spf/spf.h"

#define DOMAIN STR("d0.example.com")
#define HELO   STR("mx.example.org")
#define SENDER STR("user@d0.example.com")
#define SHOWN  24

typedef struct World {
	Arena *arena;
	SpfVoids voids;
	const DnsSource *source;
	SpfCache *cache;
	SpfExpansion expansion;
} World;

static World
open_world(Arena *arena, Str text, bool closed, SpfVoids voids)
{
	SpfScope scope = {.domain = DOMAIN, .helo = HELO, .mail_from = SENDER, .voids = voids};
	World world = {.arena = arena, .voids = voids};
	DnsLockError error;
	DnsLock *lock;

	if (!dns_lock_read(arena, text, &lock, &error)) {
		printf("bad lock, offset %zu: " STR_FMT "\n", error.offset, STR_ARG(error.message));
		exit(1);
	}
	world.source = dns_lock_source(lock, closed);
	world.cache = spf_cache(arena, world.source);
	spf_expand(arena, world.cache, &scope, &world.expansion);
	return world;
}

/* A bit for each result that the sets allow for an address. */
static unsigned
allowed(const World *world, NetPrefix ip)
{
	const SpfExpansion *expansion = &world->expansion;
	size_t i;

	for (i = 0; i < SPF_UNDETERMINED; i++) {
		if (net_set_contains(&expansion->results[i], ip))
			return 1u << i;
	}
	for (i = 0; i < expansion->possible.len; i++) {
		if (net_set_contains(&expansion->possible.items[i].addresses, ip))
			return expansion->possible.items[i].results;
	}
	return 0;
}

static SpfResult
evaluate(const World *world, NetPrefix ip)
{
	SpfRequest request = {.ip = ip, .helo = HELO, .mail_from = SENDER, .voids = world->voids};
	SpfAnswer answer;

	spf_evaluate(world->arena, world->cache, &request, &answer);
	return answer.result;
}

static bool
is_partition(const World *world)
{
	NetPrefix mapped = {.lo = (uint64_t)0xffff << 32, .family = NET_IP6, .len = 96};
	NetSet seen = net_set_of(world->arena, &mapped, 1), rest;
	size_t i;

	for (i = 0; i < SPF_RESULTS; i++) {
		const NetSet *set = &world->expansion.results[i];

		if (net_set_overlaps(&seen, set))
			return false;
		seen = net_set_union(world->arena, &seen, set);
	}
	rest = net_set_complement(world->arena, &seen);
	return net_set_is_empty(&rest);
}

/* The first and last address of every range. */
static void
add_edges(const World *world, NetPrefixVec *edges)
{
	size_t i, j;

	for (i = 0; i < SPF_RESULTS; i++) {
		const NetSet *set = &world->expansion.results[i];

		for (j = 0; j < set->ip4.len; j++) {
			VEC_PUSH(world->arena, edges,
				net_prefix_of(NET_IP4, set->ip4.items[j].first, 32));
			VEC_PUSH(world->arena, edges,
				net_prefix_of(NET_IP4, set->ip4.items[j].last, 32));
		}
		for (j = 0; j < set->ip6.len; j++) {
			VEC_PUSH(world->arena, edges,
				net_prefix_of(NET_IP6, set->ip6.items[j].first, 128));
			VEC_PUSH(world->arena, edges,
				net_prefix_of(NET_IP6, set->ip6.items[j].last, 128));
		}
	}
}

static bool
complain(const World *world, NetPrefix ip, const char *what, SpfResult result)
{
	Str text = net_prefix_text(world->arena, ip);

	printf("bad %s: " STR_FMT " %s, sets allow %#x, voids %s\n", what, STR_ARG(text),
		spf_result_text(result), allowed(world, ip),
		world->voids == SPF_VOIDS_STRICT ? "strict" : "relaxed");
	return false;
}

/* Point-wise, in the same world: the client being known, it may tell more than the sets. */
static bool
agrees(const World *world, NetPrefix ip)
{
	SpfResult result = evaluate(world, ip);
	unsigned results = allowed(world, ip);
	bool decided = results != 0 && (results & (results - 1)) == 0;

	if (result == SPF_UNDETERMINED ? decided : (results & 1u << result) == 0)
		return complain(world, ip, "point-wise", result);
	return true;
}

/* Answers as another source does, but knows no client. */
typedef struct Clientless {
	DnsSource source; /* first: a pointer to it is a pointer to this */
	const DnsSource *inner;
} Clientless;

static const DnsAnswer *
ask_clientless(const DnsSource *self, Str name, DnsType type)
{
	return dns_ask(((const Clientless *)(const void *)self)->inner, name, type);
}

static bool
was_asked(const DnsQuestionVec *questions, DnsQuestion wanted)
{
	size_t i;

	for (i = 0; i < questions->len; i++) {
		if (questions->items[i].type == wanted.type &&
			str_equal(questions->items[i].name, wanted.name))
			return true;
	}
	return false;
}

static bool
asks_enough(Arena *arena, const DnsSource *inner, SpfVoids voids)
{
	Clientless world = {{ask_clientless, inner->closed, {0}, inner->fails}, inner};
	SpfScope scope = {.domain = DOMAIN, .voids = voids};
	DnsQuestionVec asked = {0}, needed = {0};
	SpfExpansion expansion;
	SpfCache *cache;
	size_t i;

	cache = spf_cache(arena, dns_recorder(arena, &world.source, &asked));
	spf_ask_record(cache, DOMAIN);
	spf_cache_close(cache);
	cache = spf_cache(arena, dns_recorder(arena, &world.source, &needed));
	spf_expand(arena, cache, &scope, &expansion);
	spf_cache_close(cache);
	for (i = 0; i < needed.len; i++) {
		if (was_asked(&asked, needed.items[i]))
			continue;
		printf("bad: %s of " STR_FMT " is needed, but not asked for\n",
			dns_type_text(needed.items[i].type), STR_ARG(needed.items[i].name));
		return false;
	}
	return true;
}

/* What a world with holes says of each address holds in one where they are filled. */
static bool
holds_in(const World *part, const World *full, const NetPrefixVec *edges)
{
	size_t i;

	for (i = 0; i < edges->len; i++) {
		SpfResult result = evaluate(full, edges->items[i]);

		/* What is not known is never taken for an error, which could be anywhere. */
		if (result != SPF_TEMPERROR && (allowed(part, edges->items[i]) & 1u << result) == 0)
			return complain(part, edges->items[i], "with answers left out", result);
	}
	return true;
}

static bool
agrees_at(const World *world, const NetPrefixVec *edges)
{
	size_t i;

	for (i = 0; i < edges->len; i++) {
		if (!agrees(world, edges->items[i]))
			return false;
	}
	return true;
}

static bool
has_partition(const World *world)
{
	if (is_partition(world))
		return true;
	printf("bad: the sets overlap, or leave something out\n");
	return false;
}

static bool
check(const World *full, const World *part, NetPrefixVec *edges)
{
	if (!has_partition(full) || (part != NULL && !has_partition(part)))
		return false;
	add_edges(full, edges);
	if (part != NULL)
		add_edges(part, edges);
	return agrees_at(full, edges) &&
	       (part == NULL || (agrees_at(part, edges) && holds_in(part, full, edges)));
}

/* Another world that the one with holes may be. */
static bool
check_completion(Arena *arena, const World *part, Str text)
{
	World full = open_world(arena, text, true, part->voids);
	NetPrefixVec edges = {0};
	bool good;

	add_edges(&full, &edges);
	add_edges(part, &edges);
	good = has_partition(&full) && agrees_at(&full, &edges) && holds_in(part, &full, &edges);
	spf_cache_close(full.cache);
	return good;
}

static void
show_results(const World *full, const NetPrefixVec *edges)
{
	size_t step = edges->len / SHOWN + 1, i;

	printf("ok %zu", edges->len);
	for (i = 0; i < edges->len; i += step)
		printf(" " STR_FMT "=%s", STR_ARG(net_prefix_text(full->arena, edges->items[i])),
			spf_result_text(evaluate(full, edges->items[i])));
	printf("\n");
}

/* The next lock of a line; absent behind the last. */
static Str
next_lock(Str line, size_t *at)
{
	size_t start = *at, tab;

	if (start > line.len)
		return (Str){0};
	tab = str_find_char(line, '\t', start);
	*at = tab + 1;
	return str_slice(line, start, tab);
}

static bool
check_line(Arena *arena, Str line, SpfVoids voids, bool show)
{
	size_t at = 0;
	World full = open_world(arena, next_lock(line, &at), true, voids), part;
	Str holes = next_lock(line, &at), other;
	NetPrefixVec edges = {0};
	bool good;

	if (holes.ptr != NULL)
		part = open_world(arena, holes, false, voids);
	good = asks_enough(arena, full.source, voids) &&
	       check(&full, holes.ptr != NULL ? &part : NULL, &edges);
	while (good && (other = next_lock(line, &at)).ptr != NULL)
		good = check_completion(arena, &part, other);
	if (good && show)
		show_results(&full, &edges);
	spf_cache_close(full.cache);
	if (holes.ptr != NULL)
		spf_cache_close(part.cache);
	return good;
}

int
main(void)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	while ((len = getline(&line, &cap, stdin)) > 0) {
		Arena *arena = arena_create();
		Str text = {line, (size_t)len - (line[len - 1] == '\n')};

		if (check_line(arena, text, SPF_VOIDS_RELAXED, false))
			(void)check_line(arena, text, SPF_VOIDS_STRICT, true);
		arena_destroy(arena);
	}
	free(line);
	return 0;
}
