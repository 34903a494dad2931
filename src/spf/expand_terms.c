/* What each term does to a set of addresses, and what it may do where an answer is not known. */
#include "spf/expand_int.h"

/* --- names ------------------------------------------------------------------------------------ */

/* The name that a term asks for. False: it depends on what is not known. */
static bool
known_name(SpfFrame *frame, const SpfTerm *term, Str *ret_name)
{
	SpfWalk *walk = frame->walk;
	Buf name = buf_make(frame->arena);
	SpfNames names;

	if ((term->domain->letters & ~walk->known) != 0)
		return false;
	walk->identity.domain = frame->policy->name;
	if (spf_macro_has(term->domain, "p")) {
		spf_validated_names(frame->arena, walk->cache, walk->identity.ip, &names);
		spf_walk_voids(frame, names.voids);
		if (names.unknown)
			return false;
		walk->identity.validated = spf_best_name(&names, walk->identity.domain);
	}
	spf_macro_expand(&name, term->domain, &walk->identity);
	*ret_name = name.failed ? (Str){0} : spf_name_form(frame->arena, buf_text(&name));
	return true;
}

static Str
missing_identity(const SpfWalk *walk, const SpfTerm *term)
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

/* Takes the addresses of the set out of what is undecided; they go into the arena. */
static SpfParts
take_out(SpfFrame *frame, Arena *arena, const NetSet *set)
{
	SpfParts taken = {0}, rest = {0};
	size_t i;

	for (i = 0; i < frame->undecided.len; i++) {
		const SpfPart *part = &frame->undecided.items[i];
		NetSet in = net_set_intersect(arena, &part->set, set);
		NetSet out = net_set_subtract(frame->arena, &part->set, set);

		spf_parts_add(arena, &taken, part->lookups, part->voids, &in);
		spf_parts_add(frame->arena, &rest, part->lookups, part->voids, &out);
	}
	frame->undecided = rest;
	return taken;
}

/* The addresses of `set` match; `uncertain`: others may, too. */
static void
match(SpfFrame *frame, SpfResult result, const NetSet *set, bool uncertain)
{
	SpfParts next = {0};
	size_t i;

	for (i = 0; i < frame->undecided.len; i++) {
		const SpfPart *part = &frame->undecided.items[i];
		NetSet hit = net_set_intersect(frame->arena, &part->set, set);
		NetSet rest = net_set_subtract(frame->arena, &part->set, set);

		spf_settle(
			frame, result, part->lookups, part->voids, uncertain ? &part->set : &hit);
		if (!net_set_is_empty(&rest))
			VEC_PUSH(
				frame->arena, &next, ((SpfPart){part->lookups, part->voids, rest}));
	}
	frame->undecided = next;
}

/* How many terms are looked at together: about the root of as many as a record may hold. */
#define BLOCK 256

/*
 * Tells what each of a few terms brings. Each meets only what the block takes of the undecided
 * addresses: met one by one with all of these, a hundred thousand terms would cost their square.
 */
static void
walk_block(SpfFrame *frame, const SpfRule *rule, size_t from, size_t to)
{
	NetSet all = {0};
	SpfFrame block = *frame;
	size_t i;

	block.arena = arena_create();
	for (i = from; i < to; i++)
		net_set_add(block.arena, &all, rule->terms[i].prefix);
	net_set_normalise(&all);
	block.undecided = take_out(frame, block.arena, &all);
	for (i = from; i < to; i++, frame->walk->share++) {
		NetSet set = net_set_of(block.arena, &rule->terms[i].prefix, 1);

		match(&block, rule->terms->qualifier, &set, false);
	}
	arena_destroy(block.arena);
}

static void
walk_addresses(SpfFrame *frame, const SpfRule *rule)
{
	SpfWalk *walk = frame->walk;
	size_t i;

	if (walk->depth > 0 || walk->share == NULL) {
		match(frame, rule->terms->qualifier, &rule->set, false);
		return;
	}
	/* In the outermost record it is told what each term brings. */
	for (i = 0; i < rule->len; i += BLOCK) {
		walk_block(frame, rule, i, i + BLOCK < rule->len ? i + BLOCK : rule->len);
		spf_forget_past(frame);
	}
	walk->share--;
}

static void
apply_effect(SpfFrame *frame, const SpfTerm *term, const SpfEffect *effect)
{
	spf_walk_voids(frame, effect->voids);
	if (effect->error || effect->refused)
		spf_add_fault(frame, term, effect->reason);
	if (effect->error) {
		spf_settle_all(frame, SPF_TEMPERROR);
		return;
	}
	if (effect->may_match)
		spf_add_cause(frame, term, effect->reason, !effect->is_dependent);
	if (effect->may_refuse || effect->refused)
		spf_settle_parts(frame, SPF_PERMERROR, &frame->undecided);
	if (effect->refused)
		frame->undecided.len = 0;
	else if (effect->everything)
		spf_settle_all(frame, term->qualifier);
	else
		match(frame, term->qualifier, &effect->matches, effect->may_match);
}

/* That a question may fail is taken into account where it is known of some. */
static void
may_fail(SpfFrame *frame)
{
	if (frame->walk->cache->source->fails)
		spf_settle_parts(frame, SPF_TEMPERROR, &frame->undecided);
}

/* What a term may do whose name is not known. A failure to find names of a client is none. */
static void
apply_unknown(SpfFrame *frame, const SpfTerm *term)
{
	SpfEffect effect = {.may_match = true,
		.is_dependent = true,
		.may_refuse = term->kind == SPF_TERM_MX,
		.reason = missing_identity(frame->walk, term)};

	effect.voids[SPF_VOIDS_STRICT].most = term->kind == SPF_TERM_MX    ? 10
					      : term->kind == SPF_TERM_PTR ? 11
									   : 1;
	effect.voids[SPF_VOIDS_RELAXED].most = term->kind != SPF_TERM_PTR;
	if (term->domain != NULL && spf_macro_has(term->domain, "p"))
		effect.voids[SPF_VOIDS_STRICT].most += 11;
	if (term->kind != SPF_TERM_PTR)
		may_fail(frame);
	apply_effect(frame, term, &effect);
}

static void
walk_hosts(SpfFrame *frame, SpfRule *rule)
{
	SpfWalk *walk = frame->walk;
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

/* For the client of the walk. */
static void
ptr_of_client(SpfFrame *frame, const SpfTerm *term)
{
	SpfWalk *walk = frame->walk;
	Str target = frame->policy->name;
	SpfEffect effect = {0};
	SpfNames names;
	size_t i;

	if (term->domain != NULL && !known_name(frame, term, &target)) {
		apply_unknown(frame, term);
		return;
	}
	spf_validated_names(frame->arena, walk->cache, walk->identity.ip, &names);
	for (i = 0; target.ptr != NULL && i < names.names.len; i++)
		effect.everything |= net_name_is_within(names.names.items[i], target);
	effect.may_match = names.unknown && !effect.everything;
	effect.is_dependent = true;
	effect.reason = missing_identity(walk, term);
	effect.voids[SPF_VOIDS_STRICT] = names.voids[SPF_VOIDS_STRICT];
	apply_effect(frame, term, &effect);
}

/* What is left of one client's addresses after the term. */
static SpfParts
ptr_of_one(SpfFrame *frame, const SpfTerm *term, NetPrefix client)
{
	SpfWalk *walk = frame->walk;
	NetSet set = net_set_of(frame->arena, &client, 1);
	NetPrefix ip = walk->identity.ip;
	uint32_t known = walk->known;
	SpfFrame one = *frame;

	one.undecided = take_out(frame, frame->arena, &set);
	if (one.undecided.len == 0)
		return one.undecided;
	walk->identity.ip = client;
	walk->known |= spf_macro_letter('i') | spf_macro_letter('p');
	ptr_of_client(&one, term);
	walk->identity.ip = ip;
	walk->known = known;
	return one.undecided;
}

/*
 * The clients with names are few: each is looked at by itself. All others have no name where the
 * source is closed, which is one look-up in vain.
 */
static void
walk_ptr(SpfFrame *frame, const SpfTerm *term)
{
	static const SpfCount in_vain[2] = {[SPF_VOIDS_STRICT] = {1, 1}};
	const DnsSource *source = frame->walk->cache->source;
	SpfParts rest = {0};
	size_t i;

	if (frame->walk->one_client) {
		ptr_of_client(frame, term);
		return;
	}
	for (i = 0; i < source->clients.len; i++) {
		SpfParts left = {0};

		if (source->clients.items[i].family == frame->walk->family)
			left = ptr_of_one(frame, term, source->clients.items[i]);
		spf_parts_add_all(frame->arena, &rest, &left);
	}
	if (!source->closed || (term->domain != NULL && spf_macro_has(term->domain, "p")))
		apply_unknown(frame, term);
	else
		spf_walk_voids(frame, in_vain);
	spf_parts_add_all(frame->arena, &frame->undecided, &rest);
	spf_parts_normalise(&frame->undecided);
}

/* --- records of others ------------------------------------------------------------------------ */

/* A record that is not known may use any number of look-ups that is left. */
static void
settle_any(SpfFrame *frame, SpfResult result)
{
	size_t i;

	for (i = 0; i < frame->undecided.len; i++) {
		const SpfPart *part = &frame->undecided.items[i];
		unsigned lookups, voids;

		for (lookups = part->lookups; lookups <= SPF_LOOKUPS_MAX; lookups++) {
			for (voids = part->voids; voids <= SPF_VOIDS_MAX; voids++)
				spf_settle(frame, result, lookups, voids, &part->set);
		}
	}
}

static void
include_unknown(SpfFrame *frame, const SpfTerm *term, Str reason, bool is_missing)
{
	SpfOutcome rest = {0};
	SpfFrame both = *frame;

	spf_add_cause(frame, term, reason, is_missing);
	settle_any(frame, term->qualifier);
	spf_settle_parts(frame, SPF_PERMERROR, &frame->undecided);
	may_fail(frame);
	/* No match: the same spread of counters goes on. */
	both.outcome = &rest;
	both.outcome_arena = frame->arena;
	settle_any(&both, SPF_NEUTRAL);
	spf_parts_normalise(&rest.by[SPF_NEUTRAL]);
	frame->undecided = rest.by[SPF_NEUTRAL];
}

void
spf_walk_unknown(SpfFrame *frame, const SpfTerm *term, Str reason, bool is_missing)
{
	spf_add_cause(frame, term, reason, is_missing);
	settle_any(frame, SPF_PASS);
	settle_any(frame, SPF_FAIL);
	settle_any(frame, SPF_SOFTFAIL);
	settle_any(frame, SPF_NEUTRAL);
	may_fail(frame);
	spf_settle_all(frame, SPF_PERMERROR);
}

static void
go_on_without(SpfFrame *frame, const SpfTerm *term, Str reason, bool is_missing)
{
	if (term->kind == SPF_TERM_INCLUDE)
		include_unknown(frame, term, reason, is_missing);
	else
		spf_walk_unknown(frame, term, reason, is_missing);
}

static void
descend(SpfFrame *frame, const SpfTerm *term, SpfPolicy *policy, SpfOutcome *inner)
{
	SpfWalk *walk = frame->walk;

	walk->trail[walk->depth++] = term;
	spf_walk_policy(walk, policy, &frame->undecided, inner, frame->arena);
	walk->depth--;
	frame->undecided = (SpfParts){0};
}

/* Section 5.2. */
static void
take_include(SpfFrame *frame, const SpfTerm *term, const SpfOutcome *inner)
{
	static const SpfResult no_match[] = {SPF_NEUTRAL, SPF_FAIL, SPF_SOFTFAIL};
	size_t i;

	spf_settle_parts(frame, term->qualifier, &inner->by[SPF_PASS]);
	spf_settle_parts(frame, SPF_PERMERROR, &inner->by[SPF_PERMERROR]);
	spf_settle_parts(frame, SPF_PERMERROR, &inner->by[SPF_NONE]);
	spf_settle_parts(frame, SPF_TEMPERROR, &inner->by[SPF_TEMPERROR]);
	for (i = 0; i < BASE_COUNT(no_match); i++)
		spf_parts_add_all(frame->arena, &frame->undecided, &inner->by[no_match[i]]);
	spf_parts_normalise(&frame->undecided);
}

/* Section 6.1. */
static void
take_redirect(SpfFrame *frame, const SpfOutcome *inner)
{
	size_t i;

	for (i = 0; i < SPF_UNDETERMINED; i++)
		spf_settle_parts(
			frame, i == SPF_NONE ? SPF_PERMERROR : (SpfResult)i, &inner->by[i]);
}

static void
walk_other(SpfFrame *frame, SpfRule *rule)
{
	const SpfTerm *term = rule->terms;
	SpfPolicy *policy;
	SpfOutcome inner = {0};
	Str name;

	if (!rule->fixed && !known_name(frame, term, &name)) {
		go_on_without(frame, term, missing_identity(frame->walk, term), false);
		return;
	}
	policy = rule->fixed ? spf_rule_policy(frame->walk->cache, rule)
			     : spf_policy(frame->walk->cache, name);
	spf_walk_voids(frame, policy->voids);
	if (policy->found == SPF_FOUND_UNKNOWN) {
		go_on_without(frame, term, policy->reason, true);
		return;
	}
	descend(frame, term, policy, &inner);
	if (term->kind == SPF_TERM_INCLUDE)
		take_include(frame, term, &inner);
	else
		take_redirect(frame, &inner);
}

/* --- all of them ------------------------------------------------------------------------------ */

void
spf_walk_rule(SpfFrame *frame, SpfRule *rule)
{
	const SpfTerm *term = rule->terms;

	if (spf_terms[term->kind].counts) {
		spf_walk_lookup(frame);
		/* Past the limit nobody asks. */
		if (frame->undecided.len == 0)
			return;
	}
	switch (term->kind) {
	case SPF_TERM_ALL: spf_settle_all(frame, term->qualifier); break;
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
