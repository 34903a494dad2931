/* What could not be proved, and why: no lock, an answer that it lacks, a term that depends on the
 * message, a record of others that is broken. */
#include "rules/spf_int.h"

#define LOCK_DAYS 30

/* --- CP316 ------------------------------------------------------------------------------------ */

static bool
wants_answers(const StateSpf *spf)
{
	return spf->is_checked ||
	       (spf->records.len > 0 && spf_lookup_terms(state_spf_text(spf)) > 0);
}

static void
report_no_lock(const RuleFacts *facts, const StateSpf *spf, size_t more, DiagSink *sink)
{
	Diag *diag = rules_spf_report(facts, spf, DIAG_NO_LOCK, sink,
		spf->is_checked
			? "there is no mailflow.lock.json, so that the published SPF record "
			  "of `" STR_FMT "` is not known%s"
			: "there is no mailflow.lock.json, so that what the includes of "
			  "`" STR_FMT "` let pass is not known%s",
		STR_ARG(spf->domain), "");

	if (more > 0)
		diag_note(sink, diag, "the same holds for " STR_FMT " more domain%s",
			STR_ARG(rules_number(facts, more)), more == 1 ? "" : "s");
	diag_help(sink, diag,
		"run `connplan lock SPEC` once, and commit the file: the records are then proved "
		"without the network");
}

/* Once for the whole spec: one file is missing. */
void
check_no_lock(const RuleFacts *facts, DiagSink *sink)
{
	const StateSpf *first = NULL;
	size_t more = 0, i;

	if (state_has_lock(facts->state) || facts->input->lock_failed)
		return;
	for (i = 0; i < facts->state->spf.len; i++) {
		if (!wants_answers(&facts->state->spf.items[i]))
			continue;
		if (first == NULL)
			first = &facts->state->spf.items[i];
		else
			more++;
	}
	if (first != NULL)
		report_no_lock(facts, first, more, sink);
}

/* --- CP315 ------------------------------------------------------------------------------------ */

void
check_lock_age(const RuleFacts *facts, DiagSink *sink)
{
	Str stamp = facts->input->resolved_at;
	int32_t day, age;
	Diag *diag;

	if (stamp.len < 10 || !date_parse(str_slice(stamp, 0, 10), &day))
		return;
	age = facts->input->today - day;
	if (age <= LOCK_DAYS)
		return;
	diag = diag_report(sink, DIAG_LOCK_STALE, facts->input->lock_span,
		"the DNS answers in the lock are " STR_FMT " days old",
		STR_ARG(rules_number(facts, (uint64_t)age)));
	diag_path(diag, STR("resolved_at"));
	diag_help(sink, diag,
		"run `connplan lock SPEC --diff`: it says what vendors have changed since");
}

/* --- CP313 CP314 ------------------------------------------------------------------------------ */

/* One result alone: the address was decided by itself. */
static bool
is_decided(unsigned results)
{
	return (results & (results - 1)) == 0;
}

static void
note_hanging(const RuleFacts *facts, const StateSpf *spf, const SpfCause *cause, Diag *diag,
	DiagSink *sink)
{
	NetSet needed = rules_spf_needed(facts, spf);
	NetSet hanging = net_set_intersect(facts->scratch, &needed, &cause->addresses);
	NetSet decided = rules_spf_clients(facts, spf, &hanging, is_decided);
	bool one;

	hanging = net_set_subtract(facts->scratch, &hanging, &decided);
	one = rules_is_single(&hanging);
	if (net_set_is_empty(&hanging))
		diag_note(sink, diag,
			"no address that has to pass hangs on it; who else passes is not known");
	else
		diag_note(sink, diag, "on it %s " STR_FMT " that %s to pass: " STR_FMT,
			one ? "hangs" : "hang", STR_ARG(rules_count_text(facts, &hanging)),
			one ? "has" : "have", STR_ARG(rules_set_text(facts, &hanging)));
}

/* Who passes for certain today, by what is published, and will only by what is not known. */
static void
note_step(const RuleFacts *facts, StateSpf *spf, const SpfCause *cause, Diag *diag, DiagSink *sink)
{
	const SpfExpansion *published =
		spf->is_checked ? NULL : state_spf_published(facts->state, spf);
	NetSet doubtful;

	if (published == NULL)
		return;
	doubtful =
		net_set_intersect(facts->scratch, &published->results[SPF_PASS], &cause->addresses);
	if (!net_set_is_empty(&doubtful))
		diag_note(sink, diag,
			STR_FMT
			" that %s by the published record today may do so no more: " STR_FMT,
			STR_ARG(rules_count_text(facts, &doubtful)),
			rules_is_single(&doubtful) ? "passes" : "pass",
			STR_ARG(rules_set_text(facts, &doubtful)));
}

static void
report_cause(const RuleFacts *facts, StateSpf *spf, const SpfCause *cause, DiagSink *sink)
{
	Str way = rules_way_text(facts, cause);
	Diag *diag = rules_spf_report(facts, spf,
		cause->is_missing ? DIAG_SPF_NOT_IN_LOCK : DIAG_SPF_UNDETERMINED, sink,
		"SPF of `" STR_FMT "` is decided only in part%s" STR_FMT "%s: " STR_FMT,
		STR_ARG(spf->domain), way.len > 0 ? ", up to `" : "", STR_ARG(way),
		way.len > 0 ? "`" : "", STR_ARG(rules_octets_text(facts, cause->reason)));

	note_hanging(facts, spf, cause, diag, sink);
	note_step(facts, spf, cause, diag, sink);
	if (cause->is_missing)
		diag_help(sink, diag, "run `connplan lock SPEC`: it asks for what is missing");
	else
		diag_help(sink, diag,
			"ask the vendor for a record with addresses; or send a test mail and look "
			"at "
			"the result that the receiver notes");
}

static bool
has_missing(const SpfExpansion *sets)
{
	size_t i;

	for (i = 0; i < sets->causes.len; i++) {
		if (sets->causes.items[i].is_missing)
			return true;
	}
	return false;
}

/* What is to be replaced by addresses that are not known stays an include. Mostly the record is
 * decided only in part, then, and says so; but terms before it may decide all. */
static void
check_flats(const RuleFacts *facts, const StateSpf *spf, const SpfExpansion *sets, DiagSink *sink)
{
	size_t i;

	for (i = 0; i < spf->flats.len && !has_missing(sets); i++) {
		const StateFlat *flat = &spf->flats.items[i];
		Diag *diag;

		if (!flat->is_missing)
			continue;
		diag = rules_spf_report(facts, spf, DIAG_SPF_NOT_IN_LOCK, sink,
			"`" STR_FMT "` stays an include in the SPF record of `" STR_FMT
			"`, since its addresses are not known: " STR_FMT,
			STR_ARG(spf->spec->spf.flatten.items[flat->index].text),
			STR_ARG(spf->domain), STR_ARG(rules_octets_text(facts, flat->refusal)));
		diag_help(sink, diag, "run `connplan lock SPEC`: it asks for what is missing");
	}
}

/* --- CP323 ------------------------------------------------------------------------------------ */

static void
report_fault(const RuleFacts *facts, const StateSpf *spf, const SpfExpansion *sets,
	const SpfCause *fault, DiagSink *sink)
{
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_VENDOR_RECORD, sink,
		"a record that SPF of `" STR_FMT "` asks for ends in an error: " STR_FMT,
		STR_ARG(spf->domain), STR_ARG(rules_octets_text(facts, fault->reason)));

	diag_note(sink, diag, "the way there: " STR_FMT, STR_ARG(rules_way_text(facts, fault)));
	diag_note(sink, diag, "with " STR_FMT " evaluation gets there, and ends in %s",
		STR_ARG(rules_count_text(facts, &fault->addresses)),
		net_set_overlaps(&fault->addresses, &sets->results[SPF_PERMERROR])
			? "permerror, whatever `all` says"
			: "an error, whatever `all` says");
	diag_help(sink, diag,
		"see whether the name is right, and tell its owner; until it is mended, take the "
		"term out");
}

/* What the domain publishes is judged, or replaced: either way it has to be known. */
static void
report_unread(const RuleFacts *facts, const StateSpf *spf, DiagSink *sink)
{
	DnsStatus status = spf->published.status;
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_NOT_IN_LOCK, sink,
		"the lock does not have the published SPF record of `" STR_FMT "`%s%s",
		STR_ARG(spf->domain), status == DNS_NOT_ASKED ? "" : ": ",
		status == DNS_NOT_ASKED ? "" : dns_status_text(status));

	if (!spf->is_checked)
		diag_note(sink, diag,
			"whom the record of the spec shuts out that may send today is not known");
	diag_help(sink, diag, "run `connplan lock SPEC`: it asks for what is missing");
}

static void
check_domain(const RuleFacts *facts, StateSpf *spf, DiagSink *sink)
{
	const SpfExpansion *sets = rules_spf_sets(facts, spf);
	bool silent = !state_has_lock(facts->state);
	size_t i;

	if (!silent && !state_knows_published(spf))
		report_unread(facts, spf, sink);
	if (sets == NULL)
		return;
	for (i = 0; i < sets->causes.len; i++) {
		if (!silent || !sets->causes.items[i].is_missing)
			report_cause(facts, spf, &sets->causes.items[i], sink);
	}
	if (!silent)
		check_flats(facts, spf, sets, sink);
	for (i = 0; i < sets->faults.len; i++) {
		if (sets->faults.items[i].path.len > 0)
			report_fault(facts, spf, sets, &sets->faults.items[i], sink);
	}
}

void
check_spf_unknown(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_spf(facts, check_domain, sink);
}
