/*
 * check_host() for all addresses at once. Instead of one address a set of addresses that are still
 * undecided goes from term to term, and each term splits it. Two things are not as in sets of one
 * record: how many look-ups an address has used depends on the way it took, so what is undecided
 * is a list of sets by counters; and only a pass inside an include is a match outside.
 *
 * Where an answer is not known both ways are taken. An address whose ways all end in one result has
 * that result; the others are undetermined.
 */
#include "spf/spf_int.h"

/* Addresses with the same counters: all have the same future. */
typedef struct Part {
	uint8_t lookups, voids;
	NetSet set;
} Part;

typedef VEC(Part) Parts;

/* Where addresses ended, by result. Sets grow by appending: normalised when they are read. */
typedef struct Outcome {
	Parts by[SPF_UNDETERMINED];
} Outcome;

typedef struct Walk {
	Arena *arena; /* of the results */
	SpfCache *cache;
	SpfExpansion *expansion;
	SpfIdentity identity;
	uint32_t known;  /* letters of macros that have a value */
	bool one_client; /* the client's address is known: the universe is that one */
	SpfVoids voids;
	NetFamily family;
	const SpfTerm *trail[SPF_LOOKUPS_MAX + 1];
	size_t depth;
	SpfShare *share; /* of the term of the outermost record that is at work */
} Walk;

/* One record that is being walked. */
typedef struct Frame {
	Walk *walk;
	const SpfPolicy *policy;
	Arena *arena; /* of what is undecided; made anew when it holds too much of the past */
	Parts undecided;
	Outcome *outcome;
	Arena *outcome_arena;
} Frame;

static void walk_policy(
	Walk *walk, SpfPolicy *policy, const Parts *parts, Outcome *outcome, Arena *outcome_arena);

/* --- parts ------------------------------------------------------------------------------------ */

static void
parts_add(Arena *arena, Parts *parts, unsigned lookups, unsigned voids, const NetSet *set)
{
	size_t i;

	if (net_set_is_empty(set))
		return;
	for (i = 0; i < parts->len; i++) {
		Part *part = &parts->items[i];

		if (part->lookups == lookups && part->voids == voids) {
			net_set_add_all(arena, &part->set, set);
			return;
		}
	}
	*VEC_ADD(arena, parts) = (Part){.lookups = (uint8_t)lookups, .voids = (uint8_t)voids};
	net_set_add_all(arena, &parts->items[parts->len - 1].set, set);
}

static void
parts_normalise(Parts *parts)
{
	size_t i;

	for (i = 0; i < parts->len; i++)
		net_set_normalise(&parts->items[i].set);
}

static Parts
parts_copy(Arena *arena, const Parts *parts)
{
	Parts copy = {0};
	size_t i;

	for (i = 0; i < parts->len; i++) {
		const Part *part = &parts->items[i];

		parts_add(arena, &copy, part->lookups, part->voids, &part->set);
	}
	return copy;
}

/* --- ends ------------------------------------------------------------------------------------- */

static void
settle(Frame *frame, SpfResult result, unsigned lookups, unsigned voids, const NetSet *set)
{
	Walk *walk = frame->walk;

	parts_add(frame->outcome_arena, &frame->outcome->by[result], lookups, voids, set);
	if (walk->depth == 0 && walk->share != NULL && result == SPF_PASS)
		net_set_add_all(walk->arena, &walk->share->pass, set);
}

static void
settle_parts(Frame *frame, SpfResult result, const Parts *parts)
{
	size_t i;

	for (i = 0; i < parts->len; i++)
		settle(frame, result, parts->items[i].lookups, parts->items[i].voids,
			&parts->items[i].set);
}

static void
settle_all(Frame *frame, SpfResult result)
{
	settle_parts(frame, result, &frame->undecided);
	frame->undecided.len = 0;
}

/* Remembers what made these addresses uncertain; the first reason of a term is told. */
static void
add_cause(Frame *frame, const SpfTerm *term, Str reason)
{
	SpfExpansion *expansion = frame->walk->expansion;
	Arena *arena = frame->walk->arena;
	SpfCause *cause = NULL;
	size_t i;

	for (i = 0; i < expansion->causes.len && cause == NULL; i++) {
		if (expansion->causes.items[i].key ==
			(term != NULL ? (const void *)term : (const void *)frame->policy))
			cause = &expansion->causes.items[i];
	}
	if (cause == NULL) {
		cause = VEC_ADD(arena, &expansion->causes);
		cause->key = term != NULL ? (const void *)term : (const void *)frame->policy;
		cause->term = term != NULL ? term->text : (Str){0};
		cause->reason = str_copy(arena, reason);
		for (i = 0; i < frame->walk->depth; i++)
			VEC_PUSH(arena, &cause->path, frame->walk->trail[i]->text);
	}
	for (i = 0; i < frame->undecided.len; i++)
		net_set_add_all(arena, &cause->addresses, &frame->undecided.items[i].set);
}

/* --- counters --------------------------------------------------------------------------------- */

/* Parts keep apart: all move by one. */
static void
count_lookup(Frame *frame)
{
	Parts *parts = &frame->undecided;
	size_t len = 0, i;

	for (i = 0; i < parts->len; i++) {
		Part *part = &parts->items[i];

		if (part->lookups == SPF_LOOKUPS_MAX) {
			settle(frame, SPF_PERMERROR, SPF_LOOKUPS_MAX + 1, part->voids, &part->set);
			continue;
		}
		part->lookups++;
		parts->items[len++] = *part;
	}
	parts->len = len;
}

/* Where the number is uncertain every one is taken. */
static void
count_voids(Frame *frame, const SpfCount counts[2])
{
	SpfCount count = counts[frame->walk->voids];
	Parts next = {0};
	size_t i;

	if (count.most == 0)
		return;
	for (i = 0; i < frame->undecided.len; i++) {
		const Part *part = &frame->undecided.items[i];
		unsigned voids = (unsigned)part->voids + count.least;
		unsigned most = (unsigned)part->voids + count.most;

		for (; voids <= most && voids <= SPF_VOIDS_MAX; voids++)
			parts_add(frame->arena, &next, part->lookups, voids, &part->set);
		if (most > SPF_VOIDS_MAX)
			settle(frame, SPF_PERMERROR, part->lookups, SPF_VOIDS_MAX + 1, &part->set);
	}
	parts_normalise(&next);
	frame->undecided = next;
}

/* --- names ------------------------------------------------------------------------------------ */

/* The name that a term asks for. False: it depends on what is not known. */
static bool
known_name(Frame *frame, const SpfTerm *term, Str *ret_name)
{
	Walk *walk = frame->walk;
	Buf name = buf_make(frame->arena);
	SpfNames names;

	if ((term->domain->letters & ~walk->known) != 0)
		return false;
	walk->identity.domain = frame->policy->name;
	if (spf_macro_has(term->domain, "p")) {
		spf_validated_names(frame->arena, walk->cache, walk->identity.ip, &names);
		count_voids(frame, names.voids);
		if (names.unknown)
			return false;
		walk->identity.validated = spf_best_name(&names, walk->identity.domain);
	}
	spf_macro_expand(&name, term->domain, &walk->identity);
	*ret_name = name.failed ? (Str){0} : spf_name_form(frame->arena, buf_text(&name));
	return true;
}

static Str
missing_identity(const Walk *walk, const SpfTerm *term)
{
	uint32_t missing = term->domain == NULL ? 0 : term->domain->letters & ~walk->known;

	if (term->kind == SPF_TERM_PTR || (missing & spf_macro_letter('p')) != 0)
		return STR("it depends on names of the client");
	if ((missing & spf_macro_letter('i')) != 0)
		return STR("it depends on the client's address");
	if ((missing & spf_macro_letter('h')) != 0)
		return STR("it depends on the HELO name");
	if (missing != 0)
		return STR("it depends on the sender");
	return STR("the lock lacks names of the client");
}

/* --- terms ------------------------------------------------------------------------------------ */

/* The addresses of `set` match; `uncertain`: others may, too. */
static void
match(Frame *frame, SpfResult result, const NetSet *set, bool uncertain)
{
	Parts next = {0};
	size_t i;

	for (i = 0; i < frame->undecided.len; i++) {
		const Part *part = &frame->undecided.items[i];
		NetSet hit = net_set_intersect(frame->arena, &part->set, set);
		NetSet rest = net_set_subtract(frame->arena, &part->set, set);

		settle(frame, result, part->lookups, part->voids, uncertain ? &part->set : &hit);
		if (!net_set_is_empty(&rest))
			VEC_PUSH(frame->arena, &next, ((Part){part->lookups, part->voids, rest}));
	}
	frame->undecided = next;
}

static void
walk_addresses(Frame *frame, const SpfRule *rule)
{
	Walk *walk = frame->walk;
	size_t i;

	if (walk->depth > 0 || walk->share == NULL) {
		match(frame, rule->terms->qualifier, &rule->set, false);
		return;
	}
	/* In the outermost record it is told what each term brings. */
	for (i = 0; i < rule->len; i++, walk->share++) {
		NetSet set = net_set_of(frame->arena, &rule->terms[i].prefix, 1);

		match(frame, rule->terms->qualifier, &set, false);
	}
	walk->share--;
}

static void
apply_effect(Frame *frame, const SpfTerm *term, const SpfEffect *effect)
{
	count_voids(frame, effect->voids);
	if (effect->error) {
		settle_all(frame, SPF_TEMPERROR);
		return;
	}
	if (effect->may_match)
		add_cause(frame, term, effect->reason);
	if (effect->may_refuse || effect->refused)
		settle_parts(frame, SPF_PERMERROR, &frame->undecided);
	if (effect->refused)
		frame->undecided.len = 0;
	else if (effect->everything)
		settle_all(frame, term->qualifier);
	else
		match(frame, term->qualifier, &effect->matches, effect->may_match);
}

/* What a term may do whose name is not known. */
static void
apply_unknown(Frame *frame, const SpfTerm *term)
{
	SpfEffect effect = {.may_match = true,
		.may_refuse = term->kind == SPF_TERM_MX,
		.reason = missing_identity(frame->walk, term)};

	effect.voids[SPF_VOIDS_STRICT].most = term->kind == SPF_TERM_MX    ? 10
					      : term->kind == SPF_TERM_PTR ? 11
									   : 1;
	effect.voids[SPF_VOIDS_RELAXED].most = term->kind != SPF_TERM_PTR;
	if (term->domain != NULL && spf_macro_has(term->domain, "p"))
		effect.voids[SPF_VOIDS_STRICT].most += 11;
	apply_effect(frame, term, &effect);
}

static void
walk_hosts(Frame *frame, SpfRule *rule)
{
	Walk *walk = frame->walk;
	SpfEffect effect;
	Str name;

	if (rule->fixed) {
		apply_effect(frame, rule->terms, spf_rule_effect(walk->cache, rule, walk->family));
	} else if (known_name(frame, rule->terms, &name)) {
		spf_effect(frame->arena, walk->cache, rule->terms, name, walk->family, &effect);
		apply_effect(frame, rule->terms, &effect);
	} else {
		apply_unknown(frame, rule->terms);
	}
}

/* Without a client nobody's names are known. */
static void
walk_ptr(Frame *frame, const SpfTerm *term)
{
	Walk *walk = frame->walk;
	Str target = frame->policy->name;
	SpfEffect effect = {0};
	SpfNames names;
	size_t i;

	if (!walk->one_client || (term->domain != NULL && !known_name(frame, term, &target))) {
		apply_unknown(frame, term);
		return;
	}
	spf_validated_names(frame->arena, walk->cache, walk->identity.ip, &names);
	for (i = 0; target.ptr != NULL && i < names.names.len; i++)
		effect.everything |= net_name_is_within(names.names.items[i], target);
	effect.may_match = names.unknown && !effect.everything;
	effect.reason = missing_identity(walk, term);
	effect.voids[SPF_VOIDS_STRICT] = names.voids[SPF_VOIDS_STRICT];
	apply_effect(frame, term, &effect);
}

/* --- records of others ------------------------------------------------------------------------ */

/* A record that is not known may use any number of look-ups that is left. */
static void
settle_any(Frame *frame, SpfResult result)
{
	size_t i;

	for (i = 0; i < frame->undecided.len; i++) {
		const Part *part = &frame->undecided.items[i];
		unsigned lookups, voids;

		for (lookups = part->lookups; lookups <= SPF_LOOKUPS_MAX; lookups++) {
			for (voids = part->voids; voids <= SPF_VOIDS_MAX; voids++)
				settle(frame, result, lookups, voids, &part->set);
		}
	}
}

static void
include_unknown(Frame *frame, const SpfTerm *term, Str reason)
{
	Outcome rest = {0};
	Frame both = *frame;

	add_cause(frame, term, reason);
	settle_any(frame, term->qualifier);
	settle_parts(frame, SPF_PERMERROR, &frame->undecided);
	/* No match: the same spread of counters goes on. */
	both.outcome = &rest;
	both.outcome_arena = frame->arena;
	settle_any(&both, SPF_NEUTRAL);
	parts_normalise(&rest.by[SPF_NEUTRAL]);
	frame->undecided = rest.by[SPF_NEUTRAL];
}

static void
redirect_unknown(Frame *frame, const SpfTerm *term, Str reason)
{
	add_cause(frame, term, reason);
	settle_any(frame, SPF_PASS);
	settle_any(frame, SPF_FAIL);
	settle_any(frame, SPF_SOFTFAIL);
	settle_any(frame, SPF_NEUTRAL);
	settle_all(frame, SPF_PERMERROR);
}

static void
go_on_without(Frame *frame, const SpfTerm *term, Str reason)
{
	if (term->kind == SPF_TERM_INCLUDE)
		include_unknown(frame, term, reason);
	else
		redirect_unknown(frame, term, reason);
}

static void
descend(Frame *frame, const SpfTerm *term, SpfPolicy *policy, Outcome *inner)
{
	Walk *walk = frame->walk;

	walk->trail[walk->depth++] = term;
	walk_policy(walk, policy, &frame->undecided, inner, frame->arena);
	walk->depth--;
	frame->undecided = (Parts){0};
}

/* Section 5.2. */
static void
take_include(Frame *frame, const SpfTerm *term, const Outcome *inner)
{
	static const SpfResult no_match[] = {SPF_NEUTRAL, SPF_FAIL, SPF_SOFTFAIL};
	size_t i, j;

	settle_parts(frame, term->qualifier, &inner->by[SPF_PASS]);
	settle_parts(frame, SPF_PERMERROR, &inner->by[SPF_PERMERROR]);
	settle_parts(frame, SPF_PERMERROR, &inner->by[SPF_NONE]);
	settle_parts(frame, SPF_TEMPERROR, &inner->by[SPF_TEMPERROR]);
	for (i = 0; i < BASE_COUNT(no_match); i++) {
		const Parts *parts = &inner->by[no_match[i]];

		for (j = 0; j < parts->len; j++)
			parts_add(frame->arena, &frame->undecided, parts->items[j].lookups,
				parts->items[j].voids, &parts->items[j].set);
	}
	parts_normalise(&frame->undecided);
}

/* Section 6.1. */
static void
take_redirect(Frame *frame, const Outcome *inner)
{
	size_t i;

	for (i = 0; i < SPF_UNDETERMINED; i++)
		settle_parts(frame, i == SPF_NONE ? SPF_PERMERROR : (SpfResult)i, &inner->by[i]);
}

static void
walk_other(Frame *frame, SpfRule *rule)
{
	const SpfTerm *term = rule->terms;
	SpfPolicy *policy;
	Outcome inner = {0};
	Str name;

	if (!rule->fixed && !known_name(frame, term, &name)) {
		go_on_without(frame, term, missing_identity(frame->walk, term));
		return;
	}
	policy = rule->fixed ? spf_rule_policy(frame->walk->cache, rule)
			     : spf_policy(frame->walk->cache, name);
	count_voids(frame, policy->voids);
	if (policy->found == SPF_FOUND_UNKNOWN) {
		go_on_without(frame, term, policy->reason);
		return;
	}
	descend(frame, term, policy, &inner);
	if (term->kind == SPF_TERM_INCLUDE)
		take_include(frame, term, &inner);
	else
		take_redirect(frame, &inner);
}

/* --- records ---------------------------------------------------------------------------------- */

static void
walk_rule(Frame *frame, SpfRule *rule)
{
	const SpfTerm *term = rule->terms;

	if (spf_terms[term->kind].counts)
		count_lookup(frame);
	switch (term->kind) {
	case SPF_TERM_ALL: settle_all(frame, term->qualifier); break;
	case SPF_TERM_IP4:
	case SPF_TERM_IP6: walk_addresses(frame, rule); break;
	case SPF_TERM_INCLUDE:
	case SPF_TERM_REDIRECT: walk_other(frame, rule); break;
	case SPF_TERM_PTR: walk_ptr(frame, term); break;
	case SPF_TERM_A:
	case SPF_TERM_MX:
	case SPF_TERM_EXISTS: walk_hosts(frame, rule); break;
	case SPF_TERM_EXP:
	case SPF_TERM_UNKNOWN:
	case SPF_TERMS: break;
	}
}

/* Each term leaves the sets before it behind. */
#define PAST_MAX ((size_t)96 << 10)

static void
forget_past(Frame *frame)
{
	Arena *arena;

	if (arena_used(frame->arena) < PAST_MAX)
		return;
	arena = arena_create();
	frame->undecided = parts_copy(arena, &frame->undecided);
	arena_destroy(frame->arena);
	frame->arena = arena;
}

static void
walk_rules(Frame *frame, const SpfPolicy *policy)
{
	Walk *walk = frame->walk;
	size_t i;

	for (i = 0; i < policy->len && frame->undecided.len > 0; i++) {
		walk_rule(frame, &policy->rules[i]);
		forget_past(frame);
		if (walk->depth == 0 && walk->share != NULL)
			walk->share++;
	}
	if (policy->redirect != NULL && frame->undecided.len > 0)
		walk_rule(frame, policy->redirect);
	/* Section 4.7. */
	settle_all(frame, SPF_NEUTRAL);
}

static void
walk_policy(
	Walk *walk, SpfPolicy *policy, const Parts *parts, Outcome *outcome, Arena *outcome_arena)
{
	Frame frame = {.walk = walk,
		.policy = policy,
		.arena = arena_create(),
		.outcome = outcome,
		.outcome_arena = outcome_arena};

	frame.undecided = parts_copy(frame.arena, parts);
	switch (policy->found) {
	case SPF_FOUND_NONE: settle_all(&frame, SPF_NONE); break;
	case SPF_FOUND_BROKEN: settle_all(&frame, SPF_PERMERROR); break;
	case SPF_FOUND_ERROR: settle_all(&frame, SPF_TEMPERROR); break;
	case SPF_FOUND_UNKNOWN:
		settle_any(&frame, SPF_NONE);
		redirect_unknown(&frame, NULL, policy->reason);
		break;
	case SPF_FOUND_RECORD: walk_rules(&frame, policy); break;
	}
	arena_destroy(frame.arena);
}

/* --- results ---------------------------------------------------------------------------------- */

/* The addresses that can come to each result; the counters have done their work. */
static void
reach(Walk *walk, const Outcome *outcome, NetSet reached[SPF_UNDETERMINED])
{
	SpfExpansion *expansion = walk->expansion;
	size_t i, j;

	for (i = 0; i < SPF_UNDETERMINED; i++) {
		reached[i] = (NetSet){0};
		for (j = 0; j < outcome->by[i].len; j++) {
			const Part *part = &outcome->by[i].items[j];

			net_set_add_all(walk->arena, &reached[i], &part->set);
			if (part->lookups > expansion->worst_lookups)
				expansion->worst_lookups = part->lookups;
			if (part->voids > expansion->worst_voids)
				expansion->worst_voids = part->voids;
		}
		net_set_normalise(&reached[i]);
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
conclude(Walk *walk, const NetSet *universe, const Outcome *outcome)
{
	NetSet reached[SPF_UNDETERMINED];
	SpfPossible pieces[PIECES_MAX] = {{0, *universe}};
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
		add_possible(walk->arena, walk->expansion, &pieces[i]);
	}
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
walk_family(Walk *walk, SpfPolicy *policy, const NetSet *universe)
{
	Parts parts = {0};
	Outcome outcome = {0};

	if (net_set_is_empty(universe))
		return;
	walk->share = walk->expansion->terms.items;
	walk->depth = 0;
	parts_add(walk->arena, &parts, 0, 0, universe);
	walk_policy(walk, policy, &parts, &outcome, walk->arena);
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

static Walk
make_walk(Arena *arena, SpfCache *cache, const SpfScope *scope, SpfExpansion *expansion)
{
	Walk walk = {.arena = arena, .cache = cache, .expansion = expansion, .voids = scope->voids};

	walk.identity.helo = scope->helo;
	spf_identity_set_sender(&walk.identity, scope->mail_from, scope->helo);
	if (scope->mail_from.ptr == NULL || walk.identity.sender_domain.len == 0)
		walk.identity.sender_domain = scope->domain;
	walk.known = known_letters(scope, false);
	return walk;
}

void
spf_expand(Arena *arena, SpfCache *cache, const SpfScope *scope, SpfExpansion *ret_expansion)
{
	Walk walk = make_walk(arena, cache, scope, ret_expansion);
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
	Walk walk = make_walk(arena, cache, &scope, &expansion);
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
