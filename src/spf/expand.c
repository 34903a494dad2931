/*
 * check_host() for all addresses at once. Instead of one address a set of addresses that are still
 * undecided goes from term to term, and each term splits it. Two things are not as in sets of one
 * record: how many look-ups an address has used depends on the way it took, so what is undecided
 * is a list of sets by counters; and only a pass inside an include is a match outside.
 *
 * Where an answer is not known both ways are taken. An address whose ways all end in one result has
 * that result; the others are undetermined.
 */
#include "spf/expand_int.h"

/* --- records ---------------------------------------------------------------------------------- */

/* Each term leaves the sets before it behind. */
#define PAST_MAX ((size_t)96 << 10)

void
spf_forget_past(SpfFrame *frame)
{
	Arena *arena;

	if (arena_used(frame->arena) < PAST_MAX)
		return;
	arena = arena_create();
	frame->undecided = spf_parts_copy(arena, &frame->undecided);
	arena_destroy(frame->arena);
	frame->arena = arena;
}

static void
walk_rules(SpfFrame *frame, const SpfPolicy *policy)
{
	SpfWalk *walk = frame->walk;
	size_t i;

	for (i = 0; i < policy->len && frame->undecided.len > 0; i++) {
		spf_walk_rule(frame, &policy->rules[i]);
		spf_forget_past(frame);
		if (walk->depth == 0 && walk->share != NULL)
			walk->share++;
	}
	if (policy->redirect != NULL && frame->undecided.len > 0)
		spf_walk_rule(frame, policy->redirect);
	/* Section 4.7. */
	spf_settle_all(frame, SPF_NEUTRAL);
}

void
spf_walk_policy(SpfWalk *walk, SpfPolicy *policy, const SpfParts *parts, SpfOutcome *outcome,
	Arena *outcome_arena)
{
	SpfFrame frame = {.walk = walk,
		.policy = policy,
		.arena = arena_create(),
		.outcome = outcome,
		.outcome_arena = outcome_arena};

	frame.undecided = spf_parts_copy(frame.arena, parts);
	switch (policy->found) {
	case SPF_FOUND_NONE:
		spf_add_fault(&frame, NULL, policy->reason);
		spf_settle_all(&frame, SPF_NONE);
		break;
	case SPF_FOUND_BROKEN:
		spf_add_fault(&frame, NULL, policy->reason);
		spf_settle_all(&frame, SPF_PERMERROR);
		break;
	case SPF_FOUND_ERROR:
		spf_add_fault(&frame, NULL, policy->reason);
		spf_settle_all(&frame, SPF_TEMPERROR);
		break;
	case SPF_FOUND_UNKNOWN:
		spf_settle_parts(&frame, SPF_NONE, &frame.undecided);
		spf_walk_unknown(&frame, NULL, policy->reason, true);
		break;
	case SPF_FOUND_RECORD: walk_rules(&frame, policy); break;
	}
	arena_destroy(frame.arena);
}

/* --- results ---------------------------------------------------------------------------------- */

/* The addresses that can come to each result. */
static void
reach(SpfWalk *walk, const SpfOutcome *outcome, NetSet reached[SPF_UNDETERMINED])
{
	size_t i, j;

	for (i = 0; i < SPF_UNDETERMINED; i++) {
		reached[i] = (NetSet){0};
		for (j = 0; j < outcome->by[i].len; j++)
			net_set_add_all(walk->arena, &reached[i], &outcome->by[i].items[j].set);
		net_set_normalise(&reached[i]);
	}
}

/* The counters of the ways that are known; what is not known may use up any number. */
static void
count_worst(SpfWalk *walk, SpfOutcome *outcome, const NetSet *undetermined)
{
	SpfExpansion *expansion = walk->expansion;
	size_t i, j;

	for (i = 0; i < SPF_UNDETERMINED; i++) {
		spf_parts_normalise(&outcome->by[i]);
		for (j = 0; j < outcome->by[i].len; j++) {
			const SpfPart *part = &outcome->by[i].items[j];

			if (net_set_contains_set(undetermined, &part->set))
				continue;
			if (part->lookups > expansion->worst_lookups)
				expansion->worst_lookups = part->lookups;
			if (part->voids > expansion->worst_voids)
				expansion->worst_voids = part->voids;
		}
	}
}

/* Cuts every piece in two: what can come to this result, and what cannot. */
static void
refine(Arena *arena, SpfPossible *pieces, size_t *len, SpfResult result, const NetSet *reached)
{
	size_t before = *len, i;

	for (i = 0; i < before; i++) {
		NetSet in = net_set_intersect(arena, &pieces[i].addresses, reached);
		NetSet out = net_set_subtract(arena, &pieces[i].addresses, reached);

		if (net_set_is_empty(&in))
			continue;
		if (!net_set_is_empty(&out))
			pieces[(*len)++] = (SpfPossible){pieces[i].results, out};
		pieces[i] = (SpfPossible){pieces[i].results | 1u << result, in};
	}
}

static void
add_possible(Arena *arena, SpfExpansion *expansion, const SpfPossible *piece)
{
	size_t i;

	for (i = 0; i < expansion->possible.len; i++) {
		SpfPossible *known = &expansion->possible.items[i];

		if (known->results == piece->results) {
			net_set_add_all(arena, &known->addresses, &piece->addresses);
			return;
		}
	}
	VEC_PUSH(arena, &expansion->possible, *piece);
}

/* There are at most as many kinds of pieces as sets of results. */
#define PIECES_MAX (1u << SPF_UNDETERMINED)

static void
conclude(SpfWalk *walk, const NetSet *universe, SpfOutcome *outcome)
{
	NetSet reached[SPF_UNDETERMINED];
	SpfPossible pieces[PIECES_MAX] = {{0, *universe}};
	NetSet undetermined = {0};
	size_t len = 1, i;

	reach(walk, outcome, reached);
	for (i = 0; i < SPF_UNDETERMINED; i++)
		refine(walk->arena, pieces, &len, (SpfResult)i, &reached[i]);
	for (i = 0; i < len; i++) {
		unsigned results = pieces[i].results;
		unsigned result = (unsigned)__builtin_ctz(results);

		ASSERT(results != 0);
		if (results == 1u << result) {
			net_set_add_all(walk->arena, &walk->expansion->results[result],
				&pieces[i].addresses);
			continue;
		}
		net_set_add_all(walk->arena, &walk->expansion->results[SPF_UNDETERMINED],
			&pieces[i].addresses);
		net_set_add_all(walk->arena, &undetermined, &pieces[i].addresses);
		add_possible(walk->arena, walk->expansion, &pieces[i]);
	}
	net_set_normalise(&undetermined);
	count_worst(walk, outcome, &undetermined);
}

/* Only addresses that are uncertain in the end have a cause; what a term passes is certain. */
static void
finish(Arena *arena, SpfExpansion *expansion)
{
	const NetSet *uncertain = &expansion->results[SPF_UNDETERMINED];
	size_t len = 0, i;

	for (i = 0; i < SPF_RESULTS; i++)
		net_set_normalise(&expansion->results[i]);
	for (i = 0; i < expansion->terms.len; i++) {
		SpfShare *share = &expansion->terms.items[i];

		net_set_normalise(&share->pass);
		share->pass = net_set_subtract(arena, &share->pass, uncertain);
	}
	for (i = 0; i < expansion->causes.len; i++) {
		SpfCause *cause = &expansion->causes.items[i];

		net_set_normalise(&cause->addresses);
		cause->addresses = net_set_intersect(arena, &cause->addresses, uncertain);
		if (!net_set_is_empty(&cause->addresses))
			expansion->causes.items[len++] = *cause;
	}
	expansion->causes.len = len;
	net_set_normalise(&expansion->over_lookups);
	net_set_normalise(&expansion->over_voids);
	for (i = 0; i < expansion->faults.len; i++)
		net_set_normalise(&expansion->faults.items[i].addresses);
	for (i = 0; i < expansion->possible.len; i++)
		net_set_normalise(&expansion->possible.items[i].addresses);
}

/* One for each term that is evaluated, in their order. */
static void
make_shares(Arena *arena, const SpfPolicy *policy, SpfExpansion *expansion)
{
	size_t i, j;

	for (i = 0; i < policy->len; i++) {
		for (j = 0; j < policy->rules[i].len; j++)
			VEC_ADD(arena, &expansion->terms)->term = policy->rules[i].terms[j].text;
	}
	if (policy->redirect != NULL)
		VEC_ADD(arena, &expansion->terms)->term = policy->redirect->terms->text;
}

static void
walk_family(SpfWalk *walk, SpfPolicy *policy, const NetSet *universe)
{
	SpfParts parts = {0};
	SpfOutcome outcome = {0};

	if (net_set_is_empty(universe))
		return;
	walk->share = walk->expansion->terms.items;
	walk->depth = 0;
	spf_parts_add(walk->arena, &parts, 0, 0, universe);
	spf_walk_policy(walk, policy, &parts, &outcome, walk->arena);
	conclude(walk, universe, &outcome);
}

/* All of IPv4, and of IPv6 what does not carry an IPv4 address. */
static NetSet
everything(Arena *arena, NetFamily family)
{
	NetSet all = {0}, mapped = {0};
	NetPrefix prefix = {.lo = (uint64_t)0xffff << 32, .family = NET_IP6, .len = 96};

	net_set_add(arena, &all, (NetPrefix){.family = (uint8_t)family});
	net_set_add(arena, &mapped, prefix);
	return family == NET_IP4 ? all : net_set_subtract(arena, &all, &mapped);
}

static uint32_t
known_letters(const SpfScope *scope, bool one_client)
{
	uint32_t known = spf_macro_letter('d') | spf_macro_letter('v') | spf_macro_letter('o');

	if (one_client)
		known |= spf_macro_letter('i') | spf_macro_letter('p');
	if (scope->helo.len > 0)
		known |= spf_macro_letter('h');
	if (scope->mail_from.len > 0 || (scope->mail_from.ptr != NULL && scope->helo.len > 0))
		known |= spf_macro_letter('s') | spf_macro_letter('l');
	return known;
}

static SpfWalk
make_walk(Arena *arena, SpfCache *cache, const SpfScope *scope, SpfExpansion *expansion)
{
	SpfWalk walk = {
		.arena = arena, .cache = cache, .expansion = expansion, .voids = scope->voids};

	walk.identity.helo = scope->helo;
	spf_identity_set_sender(&walk.identity, scope->mail_from, scope->helo);
	if (scope->mail_from.ptr == NULL || walk.identity.sender_domain.len == 0)
		walk.identity.sender_domain =
			scope->origin.ptr != NULL ? scope->origin : scope->domain;
	walk.known = known_letters(scope, false);
	return walk;
}

void
spf_expand(Arena *arena, SpfCache *cache, const SpfScope *scope, SpfExpansion *ret_expansion)
{
	SpfWalk walk = make_walk(arena, cache, scope, ret_expansion);
	SpfPolicy *policy;
	unsigned family;

	*ret_expansion = (SpfExpansion){0};
	policy = spf_policy(cache, spf_initial_domain(arena, scope->domain));
	make_shares(arena, policy, ret_expansion);
	ret_expansion->record = policy->text;
	ret_expansion->reason = policy->reason;
	for (family = NET_IP4; family <= NET_IP6; family++) {
		NetSet all = everything(arena, (NetFamily)family);

		walk.family = (NetFamily)family;
		walk.identity.ip = (NetPrefix){.family = (uint8_t)family};
		walk_family(&walk, policy, &all);
	}
	finish(arena, ret_expansion);
}

unsigned
spf_possible_results(Arena *arena, SpfCache *cache, const SpfRequest *request, Str domain)
{
	SpfScope scope = {.domain = domain,
		.helo = request->helo,
		.mail_from = request->mail_from.ptr != NULL ? request->mail_from : STR(""),
		.voids = request->voids};
	NetPrefix client = spf_client(request->ip);
	SpfExpansion expansion = {0};
	SpfWalk walk = make_walk(arena, cache, &scope, &expansion);
	NetSet universe = net_set_of(arena, &client, 1);
	unsigned results = 0, i;

	walk.known = known_letters(&scope, true);
	walk.one_client = true;
	walk.family = (NetFamily)client.family;
	walk.identity.ip = client;
	walk_family(&walk, spf_policy(cache, domain), &universe);
	for (i = 0; i < SPF_UNDETERMINED; i++)
		results |= net_set_is_empty(&expansion.results[i]) ? 0 : 1u << i;
	for (i = 0; i < expansion.possible.len; i++)
		results |= expansion.possible.items[i].results;
	return results;
}
