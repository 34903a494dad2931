/*
 * The step from what is published to what we would publish. None of it keeps a file back: the file
 * is what cures it.
 */
#include "rules/spf_int.h"

/* --- CP318 ------------------------------------------------------------------------------------ */

static void
check_gap(const RuleFacts *facts, StateSpf *spf, const SpfExpansion *published, DiagSink *sink)
{
	NetSet needed = rules_spf_needed(facts, spf);
	NetSet pass = spf_may_pass(facts->scratch, published);
	NetSet gap = net_set_subtract(facts->scratch, &needed, &pass);
	NetSet ours = state_spf_sets(facts->state, spf)->results[SPF_PASS];
	Diag *diag;

	/* What our own record does not let pass either has a finding. */
	gap = net_set_intersect(facts->scratch, &gap, &ours);
	if (net_set_is_empty(&gap))
		return;
	diag = rules_spf_report(facts, spf, DIAG_SPF_PUBLISHED_GAP, sink,
		spf->published.records.len > 0
			? "the published SPF record of `" STR_FMT "` does not let " STR_FMT
			  " pass that %s as it"
			: "`" STR_FMT "` publishes no SPF record, so that none of " STR_FMT
			  " passes that %s as it",
		STR_ARG(spf->domain), STR_ARG(rules_count_text(facts, &gap)),
		rules_is_single(&gap) ? "sends" : "send");
	diag_note(sink, diag, "for example " STR_FMT, STR_ARG(rules_set_text(facts, &gap)));
	if (spf->published.records.len > 0)
		diag_note(sink, diag, "published: " STR_FMT,
			STR_ARG(rules_octets_text(facts, spf->published.records.items[0])));
	diag_help(sink, diag,
		"publish the record first%s, wait for the TTL of the old one, refresh the lock, "
		"then "
		"apply the change",
		spf->transition.len > 0 ? " (`dns/1-add`)" : "");
}

/* --- CP319 ------------------------------------------------------------------------------------ */

/* What the address says that no term knows of: the last of IPv4. */
static const NetPrefix unknown_address = {.lo = 0xfffffffe, .family = NET_IP4, .len = 32};

/* The results that it may have, a bit for each. */
static unsigned
results_at(const SpfExpansion *sets, NetPrefix address)
{
	size_t i;

	for (i = 0; i < sets->possible.len; i++) {
		if (net_set_contains(&sets->possible.items[i].addresses, address))
			return sets->possible.items[i].results;
	}
	for (i = 0; i < SPF_UNDETERMINED; i++) {
		if (net_set_contains(&sets->results[i], address))
			return 1u << i;
	}
	return 0;
}

/* How the step ends for addresses that no term of either record passes. */
typedef struct End {
	SpfResult result;
	bool is_known;
} End;

static unsigned
strictness(SpfResult result)
{
	switch (result) {
	case SPF_FAIL: return 2;
	case SPF_SOFTFAIL: return 1;
	case SPF_NONE:
	case SPF_NEUTRAL:
	case SPF_PASS:
	case SPF_TEMPERROR:
	case SPF_PERMERROR:
	case SPF_UNDETERMINED: break;
	}
	return 0;
}

/* A term that may pass the address or end in an error before is not the end, if there is another;
 * of several ends none is known. */
static End
end_of(const SpfExpansion *sets)
{
	static const SpfResult ends[] = {SPF_NONE, SPF_NEUTRAL, SPF_SOFTFAIL, SPF_FAIL, SPF_PASS};
	unsigned results = results_at(sets, unknown_address);
	End end = {SPF_NEUTRAL, false};
	size_t i;

	for (i = 0; i < BASE_COUNT(ends); i++) {
		if ((results & 1u << ends[i]) == 0 || (end.is_known && ends[i] == SPF_PASS))
			continue;
		if (end.is_known)
			return (End){SPF_NEUTRAL, false};
		end = (End){ends[i], true};
	}
	return end;
}

static bool
is_stricter(End after, End before)
{
	return after.is_known && before.is_known &&
	       strictness(after.result) > strictness(before.result);
}

/* What receivers will see of the change, as one sentence. */
static Str
change_text(const RuleFacts *facts, const StateSpf *spf, const NetSet *dropped, End after,
	bool stricter)
{
	Buf text = buf_make(facts->arena);

	if (spf->published.records.len == 0) {
		buf_printf(&text,
			"`" STR_FMT "` publishes no SPF record yet: with ours all addresses that "
			"it does not let pass get %s",
			STR_ARG(spf->domain), spf_result_text(after.result));
		return buf_text(&text);
	}
	buf_printf(
		&text, "against the published SPF record of `" STR_FMT "` ", STR_ARG(spf->domain));
	if (!net_set_is_empty(dropped))
		buf_printf(&text, STR_FMT " no longer %s%s",
			STR_ARG(rules_count_text(facts, dropped)),
			rules_is_single(dropped) ? "passes" : "pass", stricter ? ", and " : "");
	if (stricter)
		buf_printf(&text, "addresses that no term lets pass get a stricter result: %s",
			spf_result_text(after.result));
	return buf_text(&text);
}

static void
check_drops(const RuleFacts *facts, StateSpf *spf, const SpfExpansion *published, DiagSink *sink)
{
	const SpfExpansion *ours = state_spf_sets(facts->state, spf);
	NetSet kept = spf_may_pass(facts->scratch, ours);
	NetSet dropped = net_set_subtract(facts->scratch, &published->results[SPF_PASS], &kept);
	End after = end_of(ours), before = end_of(published);
	bool stricter = is_stricter(after, before), drops = !net_set_is_empty(&dropped);
	Diag *diag;

	if (!drops && !stricter)
		return;
	diag = rules_spf_report(facts, spf, DIAG_SPF_DROPS_SENDERS, sink, STR_FMT,
		STR_ARG(change_text(facts, spf, &dropped, after, stricter)));
	if (drops)
		diag_note(sink, diag, "for example " STR_FMT,
			STR_ARG(rules_set_text(facts, &dropped)));
	if (stricter && before.result != SPF_NONE)
		diag_note(sink, diag, "until now it is %s", spf_result_text(before.result));
	diag_help(sink, diag, "%s",
		drops ? "make sure that nobody sends from there any more; DMARC reports show who "
			"does"
		      : "make sure that all who send as it are in the record; DMARC reports show "
			"who does");
}

/* --- CP313 CP314 for what is published -------------------------------------------------------- */

static void
report_published_cause(const RuleFacts *facts, const StateSpf *spf, const SpfCause *cause,
	const NetSet *waiting, bool is_lost, DiagSink *sink)
{
	Str way = rules_way_text(facts, cause);
	Diag *diag = rules_spf_report(facts, spf,
		cause->is_missing ? DIAG_SPF_NOT_IN_LOCK : DIAG_SPF_UNDETERMINED, sink,
		"whom the published SPF record of `" STR_FMT
		"` lets pass is known only in part%s" STR_FMT "%s: " STR_FMT,
		STR_ARG(spf->domain), way.len > 0 ? ", up to `" : "", STR_ARG(way),
		way.len > 0 ? "`" : "", STR_ARG(rules_octets_text(facts, cause->reason)));

	if (is_lost)
		diag_note(sink, diag, "who passes by it today will not by the record of the spec");
	if (!net_set_is_empty(waiting))
		diag_note(sink, diag,
			"whether " STR_FMT " that %s as it %s today is not known: " STR_FMT,
			STR_ARG(rules_count_text(facts, waiting)),
			rules_is_single(waiting) ? "sends" : "send",
			rules_is_single(waiting) ? "passes" : "pass",
			STR_ARG(rules_set_text(facts, waiting)));
	if (cause->is_missing)
		diag_help(sink, diag, "run `connplan lock SPEC`: it asks for what is missing");
	else
		diag_help(sink, diag,
			"find out who passes by it before the record is replaced: DMARC reports "
			"show who sends");
}

/* What depends on an unknown is no loss, and no gap, for certain: it is told as not checked. */
static void
check_unknown(const RuleFacts *facts, StateSpf *spf, const SpfExpansion *published, DiagSink *sink)
{
	const SpfExpansion *ours = state_spf_sets(facts->state, spf);
	const NetSet *unknown = &published->results[SPF_UNDETERMINED];
	NetSet needed = rules_spf_needed(facts, spf), kept = spf_may_pass(facts->scratch, ours);
	NetSet lost = spf_may_pass(facts->scratch, published);
	size_t i;

	lost = net_set_intersect(facts->scratch, &lost, unknown);
	needed = net_set_intersect(facts->scratch, &needed, &lost);
	needed = net_set_intersect(facts->scratch, &needed, &ours->results[SPF_PASS]);
	lost = net_set_subtract(facts->scratch, &lost, &kept);
	for (i = 0; i < published->causes.len; i++) {
		const SpfCause *cause = &published->causes.items[i];
		NetSet by_it = net_set_intersect(facts->scratch, &cause->addresses, &lost);
		NetSet waiting = net_set_intersect(facts->scratch, &cause->addresses, &needed);

		if (!net_set_is_empty(&by_it) || !net_set_is_empty(&waiting))
			report_published_cause(
				facts, spf, cause, &waiting, !net_set_is_empty(&by_it), sink);
	}
}

/* --- CP324 ------------------------------------------------------------------------------------ */

static bool
check_fault(const RuleFacts *facts, const StateSpf *spf, DiagSink *sink)
{
	const StrVec *records = &spf->published.records;
	SpfRecord *record;
	SpfProblem problem;
	Diag *diag;

	if (records->len > 1) {
		diag = rules_spf_report(facts, spf, DIAG_SPF_PUBLISHED_FAULT, sink,
			"`" STR_FMT "` publishes %zu SPF records: receivers see a permerror",
			STR_ARG(spf->domain), records->len);
		diag_help(sink, diag, "publish ours in place of all of them");
		return true;
	}
	if (records->len == 0 || spf_parse(facts->scratch, records->items[0], &record, &problem))
		return false;
	diag = rules_spf_report(facts, spf, DIAG_SPF_PUBLISHED_FAULT, sink,
		"the published SPF record of `" STR_FMT "` is broken at `" STR_FMT "`: " STR_FMT,
		STR_ARG(spf->domain),
		STR_ARG(rules_octets_text(
			facts, str_slice(records->items[0], problem.start, problem.end))),
		STR_ARG(problem.message));
	diag_note(sink, diag, "published: " STR_FMT,
		STR_ARG(rules_octets_text(facts, records->items[0])));
	diag_help(sink, diag, "receivers see a permerror for every sender: publish ours soon");
	return true;
}

static void
check_domain(const RuleFacts *facts, StateSpf *spf, DiagSink *sink)
{
	const SpfExpansion *published;

	if (spf->is_checked || spf->published.is_ours)
		return;
	published = state_spf_published(facts->state, spf);
	if (published == NULL)
		return;
	/* Of a broken record nothing is dropped: it lets nobody pass. */
	if (!check_fault(facts, spf, sink))
		check_drops(facts, spf, published, sink);
	check_unknown(facts, spf, published, sink);
	check_gap(facts, spf, published, sink);
}

void
check_spf_published(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_spf(facts, check_domain, sink);
}
