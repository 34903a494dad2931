/* The judged record as text: grammar, sizes, terms that do nothing, `ptr`, what `flatten` asks. */
#include "rules/spf_int.h"

/* Records of more terms are looked at only as far as this. */
#define TERMS_MAX 200u

/* --- CP306 CP307 ------------------------------------------------------------------------------ */

static bool
check_several(const RuleFacts *facts, const StateSpf *spf, DiagSink *sink)
{
	Diag *diag;
	size_t i;

	if (!spf->is_checked || spf->published.records.len < 2)
		return false;
	diag = rules_spf_report(facts, spf, DIAG_SPF_MULTIPLE_RECORDS, sink,
		"`" STR_FMT "` publishes %zu SPF records: every receiver sees a permerror",
		STR_ARG(spf->domain), spf->published.records.len);
	for (i = 0; i < spf->published.records.len; i++)
		diag_note(sink, diag, STR_FMT,
			STR_ARG(rules_octets_text(facts, spf->published.records.items[i])));
	diag_help(sink, diag, "leave one of them, with all terms that are needed");
	return true;
}

static const SpfRecord *
check_grammar(const RuleFacts *facts, const StateSpf *spf, DiagSink *sink)
{
	Str text = state_spf_text(spf);
	SpfRecord *record;
	SpfProblem problem;
	Diag *diag;

	if (spf_parse(facts->scratch, text, &record, &problem))
		return record;
	diag = rules_spf_report(facts, spf, DIAG_SPF_SYNTAX, sink,
		"the %sSPF record of `" STR_FMT "` is broken at `" STR_FMT "`: " STR_FMT,
		spf->is_checked ? "published " : "", STR_ARG(spf->domain),
		STR_ARG(rules_octets_text(facts, str_slice(text, problem.start, problem.end))),
		STR_ARG(problem.message));
	diag_note(sink, diag, "the record: " STR_FMT, STR_ARG(rules_octets_text(facts, text)));
	diag_help(sink, diag, "receivers see a permerror for every sender until that is mended");
	return NULL;
}

/* --- CP308 CP321 ------------------------------------------------------------------------------ */

static size_t
octets_at(const StrVec *others, Str text)
{
	size_t octets = text.len, i;

	for (i = 0; i < others->len; i++)
		octets += others->items[i].len;
	return octets;
}

/* The names of one record that are too long, told as one: the worst of them. */
typedef struct Long {
	Str name;
	size_t octets, more;
	size_t answer; /* octets of all of it */
} Long;

static void
take_long(Long *worst, Str name, size_t octets, size_t answer)
{
	if (worst->name.ptr != NULL)
		worst->more++;
	if (octets <= worst->octets)
		return;
	worst->name = name;
	worst->octets = octets;
	worst->answer = answer;
}

static void
note_more(const Long *worst, Diag *diag, DiagSink *sink)
{
	if (worst->more > 0)
		diag_note(sink, diag, "the same holds for %zu more name%s of this record",
			worst->more, worst->more == 1 ? "" : "s");
}

static void
report_answer(const RuleFacts *facts, const StateSpf *spf, const Long *worst, bool in_between,
	DiagSink *sink)
{
	bool whole = spf->spec->spf.split.state == FIELD_SET &&
		     spf->spec->spf.split.value == MODEL_SPLIT_NEVER;
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_ANSWER_TOO_BIG, sink,
		"the answer to a TXT query for `" STR_FMT "` has " STR_FMT
		" octets, more than the " STR_FMT " that "
		"get through everywhere",
		STR_ARG(worst->name), STR_ARG(rules_number(facts, worst->octets)),
		STR_ARG(rules_number(facts, SPF_ANSWER_MAX)));

	note_more(worst, diag, sink);
	if (in_between)
		diag_note(sink, diag,
			"it stands there for the transition, with what is published and what is "
			"to come");
	diag_help(sink, diag, "%s",
		whole ? "let `spf.split` be auto; other texts at the name count, too"
		      : "move other texts to names of their own, or take terms out");
}

static void
report_long(const RuleFacts *facts, const StateSpf *spf, const Long *worst, DiagSink *sink)
{
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_LONG, sink,
		"there are " STR_FMT " octets of TXT at `" STR_FMT
		"`, and the answer with them has " STR_FMT ": %s the %d that plain DNS holds",
		STR_ARG(rules_number(facts, worst->octets)), STR_ARG(worst->name),
		STR_ARG(rules_number(facts, worst->answer)),
		worst->answer > SPF_ANSWER_PLAIN ? "more than" : "close to", SPF_ANSWER_PLAIN);

	note_more(worst, diag, sink);
	diag_help(sink, diag,
		"past that receivers have to ask again over TCP, and some do not: use fewer terms, "
		"or take texts away that are of no use any more");
}

static void
check_size(const RuleFacts *facts, const StateSpf *spf, const SpfNamed *named, Long *ret_big,
	Long *ret_long)
{
	static const StrVec none;
	const StrVec *others = str_equal(named->name, spf->domain) ? &spf->published.others : &none;
	StrVec all = {0};
	size_t octets = octets_at(others, named->text), size, i;

	for (i = 0; i < others->len; i++)
		VEC_PUSH(facts->scratch, &all, others->items[i]);
	VEC_PUSH(facts->scratch, &all, named->text);
	size = spf_answer_size(named->name, all.items, all.len);
	if (size > SPF_ANSWER_MAX)
		take_long(ret_big, named->name, size, size);
	else if (octets > SPF_TEXT_MAX || size > SPF_ANSWER_PLAIN)
		take_long(ret_long, named->name, octets, size);
}

static void
check_sizes(const RuleFacts *facts, const StateSpf *spf, DiagSink *sink)
{
	Long big = {0}, longish = {0}, between = {0}, ignored = {0};
	size_t i;

	for (i = 0; i < spf->records.len; i++)
		check_size(facts, spf, &spf->records.items[i], &big, &longish);
	/* For a while a long record does little harm, but one that does not arrive does. */
	for (i = 0; i < spf->transition.len; i++)
		check_size(facts, spf, &spf->transition.items[i], &between, &ignored);
	if (big.name.ptr != NULL)
		report_answer(facts, spf, &big, false, sink);
	else if (longish.name.ptr != NULL)
		report_long(facts, spf, &longish, sink);
	if (between.name.ptr != NULL && big.name.ptr == NULL)
		report_answer(facts, spf, &between, true, sink);
}

/* --- CP309 ------------------------------------------------------------------------------------ */

/* The record without one of its terms, or without its includes of others. */
static Str
without(const RuleFacts *facts, const StateSpf *spf, const SpfRecord *record, size_t left_out,
	bool third_parties)
{
	Str cloud = state_cloud_include(facts->model);
	Buf text = buf_make(facts->scratch);
	size_t i;

	buf_lit(&text, "v=spf1");
	for (i = 0; i < record->len; i++) {
		const SpfTerm *term = &record->terms[i];
		bool foreign = term->kind == SPF_TERM_INCLUDE && !str_ends(term->text, cloud) &&
			       !str_ends(term->text, spf->domain);

		if (i == left_out || (foreign && !third_parties))
			continue;
		buf_char(&text, ' ');
		buf_str(&text, term->text);
	}
	return buf_text(&text);
}

static void
expand_text(const RuleFacts *facts, const StateSpf *spf, Str text, SpfExpansion *ret_sets)
{
	SpfNamedVec records = {0};
	size_t i;

	for (i = 0; i + 1 < spf->records.len; i++)
		VEC_PUSH(facts->scratch, &records, spf->records.items[i]);
	VEC_PUSH(facts->scratch, &records, ((SpfNamed){spf->domain, text}));
	state_expand_texts(facts->state, facts->scratch, &records, ret_sets);
}

static bool
same_results(const SpfExpansion *a, const SpfExpansion *b)
{
	size_t i;

	for (i = 0; i < SPF_RESULTS; i++) {
		if (!net_set_equal(&a->results[i], &b->results[i]))
			return false;
	}
	return true;
}

/* Whether what the term does is known, and is nothing to addresses whose result is not: these would
 * seem to have the same without it. */
static bool
is_decided(
	const RuleFacts *facts, const StateSpf *spf, const SpfTerm *term, const SpfExpansion *with)
{
	const NetSet *undetermined = &with->results[SPF_UNDETERMINED];
	Str text = term->text;
	SpfExpansion alone;

	if (net_set_is_empty(undetermined))
		return true;
	if (term->qualifier != SPF_PASS)
		text = str_slice(text, 1, text.len);
	expand_text(
		facts, spf, str_format(facts->scratch, "v=spf1 " STR_FMT, STR_ARG(text)), &alone);
	return net_set_is_empty(&alone.results[SPF_UNDETERMINED]) &&
	       !net_set_overlaps(&alone.results[SPF_PASS], undetermined);
}

/* Addresses of ours are looked at without the includes of others, too: what only a third party
 * covers stays, since that may change. */
static bool
is_redundant(const RuleFacts *facts, const StateSpf *spf, const SpfRecord *record, size_t index)
{
	SpfTermKind kind = record->terms[index].kind;
	size_t rounds = kind == SPF_TERM_IP4 || kind == SPF_TERM_IP6 ? 2 : 1, round;

	for (round = 0; round < rounds; round++) {
		SpfExpansion with, less;

		expand_text(
			facts, spf, without(facts, spf, record, record->len, round == 0), &with);
		expand_text(facts, spf, without(facts, spf, record, index, round == 0), &less);
		if (!same_results(&with, &less) ||
			!is_decided(facts, spf, &record->terms[index], &with))
			return false;
	}
	return true;
}

/* A leaf holds addresses that no other does; one behind a limit would seem to change nothing. */
static bool
is_own_leaf(const StateSpf *spf, const SpfTerm *term)
{
	Str head = STR("include:");
	size_t i;

	if (!str_starts(term->text, head))
		return false;
	for (i = 0; i + 1 < spf->records.len; i++) {
		if (str_equal(str_slice(term->text, head.len, term->text.len),
			    spf->records.items[i].name))
			return true;
	}
	return false;
}

/* Addresses of ours stand as few terms as they can; the end of a record says what it means. */
static bool
is_asked_about(const StateSpf *spf, const SpfTerm *term)
{
	switch (term->kind) {
	case SPF_TERM_IP4:
	case SPF_TERM_IP6: return spf->is_checked || net_set_is_empty(&spf->composed.addresses);
	case SPF_TERM_INCLUDE: return !is_own_leaf(spf, term);
	case SPF_TERM_A:
	case SPF_TERM_MX:
	case SPF_TERM_EXISTS: return true;
	case SPF_TERM_PTR:
	case SPF_TERM_ALL:
	case SPF_TERM_REDIRECT:
	case SPF_TERM_EXP:
	case SPF_TERM_UNKNOWN:
	case SPF_TERMS: break;
	}
	return false;
}

static bool
is_cloud_include(const RuleFacts *facts, const SpfTerm *term)
{
	return term->kind == SPF_TERM_INCLUDE &&
	       str_ends(term->text, state_cloud_include(facts->model));
}

static void
check_redundant(
	const RuleFacts *facts, const StateSpf *spf, const SpfRecord *record, DiagSink *sink)
{
	size_t i;

	if (!state_has_lock(facts->state) || record->len > TERMS_MAX)
		return;
	for (i = 0; i < record->len && !diag_is_full(sink); i++) {
		const SpfTerm *term = &record->terms[i];
		Diag *diag;

		if (!is_asked_about(spf, term) || is_cloud_include(facts, term) ||
			!is_redundant(facts, spf, record, i))
			continue;
		diag = rules_spf_report(facts, spf, DIAG_SPF_REDUNDANT_TERM, sink,
			"`" STR_FMT "` in the SPF record of `" STR_FMT "` changes nothing: without "
			"it every address has the same result",
			STR_ARG(rules_octets_text(facts, term->text)), STR_ARG(spf->domain));
		diag_help(sink, diag, "take it out%s",
			term->kind == SPF_TERM_IP4 || term->kind == SPF_TERM_IP6
				? ""
				: ": each look-up counts towards the ten");
	}
}

/* --- CP310 CP311 ------------------------------------------------------------------------------ */

static void
report_unreachable(const RuleFacts *facts, const StateSpf *spf, const SpfTerm *term, bool redirect,
	DiagSink *sink)
{
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_UNREACHABLE_TERM, sink,
		"`" STR_FMT "` in the SPF record of `" STR_FMT "` is never reached: %s",
		STR_ARG(rules_octets_text(facts, term->text)), STR_ARG(spf->domain),
		redirect ? "beside `all` a redirect is ignored" : "`all` stands before it");

	diag_help(sink, diag, "%s",
		redirect ? "take one of the two out" : "move it before `all`, or take it out");
}

static void
check_order(const RuleFacts *facts, const StateSpf *spf, const SpfRecord *record, DiagSink *sink)
{
	bool ended = false;
	size_t i;

	for (i = 0; i < record->len; i++) {
		const SpfTerm *term = &record->terms[i];
		bool modifier = term->kind == SPF_TERM_EXP || term->kind == SPF_TERM_UNKNOWN ||
				term->kind == SPF_TERM_REDIRECT;

		if (ended && !modifier)
			report_unreachable(facts, spf, term, false, sink);
		ended |= term->kind == SPF_TERM_ALL;
	}
	if (ended && record->redirect != NULL)
		report_unreachable(facts, spf, record->redirect, true, sink);
}

static bool
asks_for_names(Str term)
{
	size_t at;

	for (at = 0; at + 2 < term.len; at++) {
		if (term.ptr[at] == '%' && term.ptr[at + 1] == '{' &&
			(term.ptr[at + 2] == 'p' || term.ptr[at + 2] == 'P'))
			return true;
	}
	return false;
}

static void
check_ptr(const RuleFacts *facts, const StateSpf *spf, const SpfRecord *record, DiagSink *sink)
{
	size_t i;

	for (i = 0; i < record->len; i++) {
		const SpfTerm *term = &record->terms[i];
		Diag *diag;

		if (term->kind != SPF_TERM_PTR && !asks_for_names(term->text))
			continue;
		diag = rules_spf_report(facts, spf, DIAG_SPF_PTR, sink,
			"`" STR_FMT "` in the SPF record of `" STR_FMT
			"` lets whoever owns a reverse zone decide, and should not be used",
			STR_ARG(rules_octets_text(facts, term->text)), STR_ARG(spf->domain));
		diag_help(sink, diag, "write the addresses as `ip4:` and `ip6:` instead");
	}
}

/* --- CP006 for `flatten` ---------------------------------------------------------------------- */

static void
check_flat(const RuleFacts *facts, const StateSpf *spf, const StateFlat *flat, DiagSink *sink)
{
	const FieldItems *names = &spf->spec->spf.flatten;
	const FieldItem *item = &names->items[flat->index];
	Diag *diag;

	if (flat->is_done || flat->is_missing)
		return;
	diag = diag_report(sink, DIAG_BAD_VALUE, item->span,
		flat->is_absent ? "`" STR_FMT
				  "` cannot be replaced by its addresses: the record of `" STR_FMT
				  "` does not include it" STR_FMT
				: "`" STR_FMT
				  "` cannot be replaced by its addresses in the record of `" STR_FMT
				  "`: " STR_FMT,
		STR_ARG(item->text), STR_ARG(spf->domain),
		STR_ARG(rules_octets_text(facts, flat->refusal)));
	diag_path(diag, rules_path(facts, MODEL_KIND_DOMAIN, spf->spec->head.name, "spf/flatten",
				rules_is_list(names->span, item->span) ? item->text : (Str){0}));
	diag_help(sink, diag, "%s",
		flat->is_absent
			? "name one of its includes, or take it out of `flatten`"
			: "leave it an include: only a set of addresses that is known, and "
			  "that the rest of the record does not change, can take its place");
}

/* --- all -------------------------------------------------------------------------------------- */

static void
check_domain(const RuleFacts *facts, StateSpf *spf, DiagSink *sink)
{
	const SpfRecord *record;
	size_t i;

	for (i = 0; i < spf->flats.len; i++)
		check_flat(facts, spf, &spf->flats.items[i], sink);
	if (check_several(facts, spf, sink) || spf->records.len == 0)
		return;
	check_sizes(facts, spf, sink);
	/* What connplan writes of addresses and includes is right. */
	if (rules_spf_is_plain(facts, spf))
		return;
	record = check_grammar(facts, spf, sink);
	if (record == NULL)
		return;
	check_order(facts, spf, record, sink);
	check_ptr(facts, spf, record, sink);
	check_redundant(facts, spf, record, sink);
}

void
check_spf_records(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_spf(facts, check_domain, sink);
}
