/* The limits of ten look-ups and of two without an answer (RFC 7208 section 4.6.4), per address. */
#include "rules/spf_int.h"

/* What a limit ends for certain. */
static NetSet
ended_by(const RuleFacts *facts, const SpfExpansion *sets, const NetSet *limit)
{
	return net_set_intersect(facts->scratch, limit, &sets->results[SPF_PERMERROR]);
}

/* What each include of the record would pass if it stood alone: a licence that does not work. */
static NetSet
wanted(const RuleFacts *facts, const StateSpf *spf)
{
	NetSet all = rules_spf_needed(facts, spf);
	Str head = STR("include:");
	size_t i;

	for (i = 0; i < spf->recipe.terms.len; i++) {
		Str term = spf->recipe.terms.items[i];
		SpfExpansion sets;

		if (!str_starts(term, head) || str_find_char(term, '%', 0) < term.len)
			continue;
		state_expand_name(
			facts->state, facts->scratch, str_slice(term, head.len, term.len), &sets);
		net_set_add_all(facts->scratch, &all, &sets.results[SPF_PASS]);
	}
	/* Our own leaves, too, hold nothing but what the spec names. */
	net_set_add_all(facts->scratch, &all, &spf->recipe.addresses);
	net_set_normalise(&all);
	return all;
}

static void
help_lookups(const StateSpf *spf, Diag *diag, DiagSink *sink)
{
	if (spf->records.len > 1)
		diag_help(sink, diag,
			"there %s %zu record%s below this one, each a look-up: fewer or wider "
			"ranges, fewer includes, or senders of their own subdomain help",
			spf->records.len == 2 ? "is" : "are", spf->records.len - 1,
			spf->records.len == 2 ? "" : "s");
	else
		diag_help(sink, diag,
			"replace an include by its addresses (`spf.flatten`), drop one that nobody "
			"uses, or let its mail be sent as a subdomain with a record of its own");
}

static void
report_lookups(const RuleFacts *facts, const StateSpf *spf, const NetSet *hit, DiagSink *sink)
{
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_LOOKUPS, sink,
		"SPF of `" STR_FMT "` takes more than %d look-ups: permerror for " STR_FMT
		" that should pass",
		STR_ARG(spf->domain), SPF_LOOKUPS_MAX, STR_ARG(rules_count_text(facts, hit)));

	diag_note(sink, diag, "for example " STR_FMT, STR_ARG(rules_set_text(facts, hit)));
	rules_note_tree(facts, spf, rules_first_address(facts, hit), diag, sink);
	help_lookups(spf, diag, sink);
}

static void
report_voids(const RuleFacts *facts, StateSpf *spf, const NetSet *hit, DiagSink *sink)
{
	const SpfExpansion *relaxed = state_spf_relaxed(facts->state, spf);
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_VOIDS, sink,
		"SPF of `" STR_FMT
		"` takes more than %d look-ups that find nothing: permerror for " STR_FMT
		" that should pass",
		STR_ARG(spf->domain), SPF_VOIDS_MAX, STR_ARG(rules_count_text(facts, hit)));

	diag_note(sink, diag, "for example " STR_FMT, STR_ARG(rules_set_text(facts, hit)));
	rules_note_tree(facts, spf, rules_first_address(facts, hit), diag, sink);
	if (net_set_contains_set(&relaxed->results[SPF_PASS], hit))
		diag_note(sink, diag,
			"receivers that count only names that do not exist let %s pass",
			rules_is_single(hit) ? "it" : "them");
	diag_help(sink, diag,
		"take out the terms whose names have no such records; `ip4:` instead of `a:` asks "
		"nothing");
}

/* --- CP322 ------------------------------------------------------------------------------------ */

static void
report_harmless(const RuleFacts *facts, const StateSpf *spf, const NetSet *rest, DiagSink *sink)
{
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_LIMIT_HARMLESS, sink,
		"SPF of `" STR_FMT "` ends in permerror by a limit for " STR_FMT ", %s to pass",
		STR_ARG(spf->domain), STR_ARG(rules_count_text(facts, rest)),
		rules_is_single(rest) ? "which does not have" : "none of which has");

	rules_note_tree(facts, spf, rules_first_address(facts, rest), diag, sink);
	diag_help(sink, diag,
		"some receivers refuse mail for permerror, and DMARC reports show it: shorten the "
		"way as for CP303");
}

/* --- CP304 ------------------------------------------------------------------------------------ */

/* Where a record is not known its look-ups are not, either. */
static bool
knows_lookups(const SpfExpansion *sets)
{
	return net_set_is_empty(&sets->results[SPF_UNDETERMINED]);
}

static void
check_near(const RuleFacts *facts, const StateSpf *spf, const SpfExpansion *sets, DiagSink *sink)
{
	unsigned used =
		knows_lookups(sets) ? sets->worst_lookups : spf_lookup_terms(state_spf_text(spf));
	Diag *diag;

	if (used + 1 < SPF_LOOKUPS_MAX || used > SPF_LOOKUPS_MAX)
		return;
	diag = rules_spf_report(facts, spf, DIAG_SPF_LOOKUPS_NEAR, sink,
		"SPF of `" STR_FMT "` takes %u of %d look-ups", STR_ARG(spf->domain), used,
		SPF_LOOKUPS_MAX);
	diag_help(sink, diag,
		"one more include, also one that a vendor adds to its own record, and the record "
		"is a permerror: make room before that");
}

/* --- all -------------------------------------------------------------------------------------- */

static bool
check_limit(
	const RuleFacts *facts, StateSpf *spf, const SpfExpansion *sets, bool voids, DiagSink *sink)
{
	NetSet ended = ended_by(facts, sets, voids ? &sets->over_voids : &sets->over_lookups);
	NetSet all, hit;

	if (net_set_is_empty(&ended))
		return false;
	all = wanted(facts, spf);
	hit = net_set_intersect(facts->scratch, &all, &ended);
	if (net_set_is_empty(&hit))
		report_harmless(facts, spf, &ended, sink);
	else if (voids)
		report_voids(facts, spf, &hit, sink);
	else
		report_lookups(facts, spf, &hit, sink);
	return true;
}

/* Addresses that pass or may at one end, and that a limit keeps from it in between. */
static NetSet
lost_to_limits(const RuleFacts *facts, const SpfExpansion *end, const SpfExpansion *between)
{
	NetSet over = net_set_union(facts->scratch, &between->over_lookups, &between->over_voids);
	NetSet may = spf_may_pass(facts->scratch, end);

	over = net_set_intersect(facts->scratch, &over, &between->results[SPF_PERMERROR]);
	return net_set_intersect(facts->scratch, &over, &may);
}

/* What the published record or ours passes must pass in between, too; what may, may. */
static void
check_transition(const RuleFacts *facts, StateSpf *spf, DiagSink *sink)
{
	const SpfExpansion *sets = state_spf_transition(facts->state, spf);
	const SpfExpansion *before = state_spf_published(facts->state, spf);
	const SpfExpansion *after = state_spf_sets(facts->state, spf);
	NetSet both, hit, lost;
	Diag *diag;

	if (sets == NULL || before == NULL)
		return;
	both = net_set_union(facts->scratch, &before->results[SPF_PASS], &after->results[SPF_PASS]);
	hit = net_set_intersect(facts->scratch, &both, &sets->results[SPF_PERMERROR]);
	lost = lost_to_limits(facts, before, sets);
	hit = net_set_union(facts->scratch, &hit, &lost);
	lost = lost_to_limits(facts, after, sets);
	hit = net_set_union(facts->scratch, &hit, &lost);
	if (net_set_is_empty(&hit))
		return;
	diag = rules_spf_report(facts, spf, DIAG_SPF_LOOKUPS, sink,
		"the record for the transition of `" STR_FMT "`, which passes old and new senders, "
		"meets a limit: permerror for " STR_FMT,
		STR_ARG(spf->domain), STR_ARG(rules_count_text(facts, &hit)));
	diag_note(sink, diag, "for example " STR_FMT, STR_ARG(rules_set_text(facts, &hit)));
	diag_help(sink, diag,
		"change the record in several steps, or take what is no longer used out of the "
		"published one first");
}

static void
check_domain(const RuleFacts *facts, StateSpf *spf, DiagSink *sink)
{
	const SpfExpansion *sets = rules_spf_sets(facts, spf);
	bool met;

	if (sets == NULL)
		return;
	met = check_limit(facts, spf, sets, false, sink);
	met = check_limit(facts, spf, sets, true, sink) || met;
	if (!met)
		check_near(facts, spf, sets, sink);
	check_transition(facts, spf, sink);
}

void
check_spf_limits(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_spf(facts, check_domain, sink);
}
