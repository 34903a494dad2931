/* Whom a record lets in beyond what the spec knows of: by term, by number, all of the Internet. */
#include "rules/spf_int.h"

/* Terms that a note names one by one. */
#define TERMS_TOLD 5u

/* --- CP302 ------------------------------------------------------------------------------------ */

/* Includes that the spec declares, terms of gateways, leaves of ours: what they pass is theirs. */
static bool
is_declared(const RuleFacts *facts, const StateSpf *spf, Str term)
{
	Str head = STR("include:"), name;
	size_t i;
	uint32_t j;

	if (str_starts(term, STR("+")))
		term = str_slice(term, 1, term.len);
	for (i = 0; i < spf->ways.len; i++) {
		StateWay way = state_way(facts->model, spf->ways.items[i]);

		for (j = 0; way.terms != NULL && j < way.terms->len; j++) {
			if (str_equal_nocase(way.terms->items[j].text, term))
				return true;
		}
	}
	if (!str_starts(str_lower(facts->scratch, term), head))
		return false;
	name = str_slice(term, head.len, term.len);
	if (str_equal_nocase(name, spf->recipe.cloud_include))
		return true;
	for (i = 0; i + 1 < spf->records.len; i++) {
		if (str_equal_nocase(spf->records.items[i].name, name))
			return true;
	}
	for (i = 0; i < spf->recipe.terms.len; i++) {
		Str own = spf->recipe.terms.items[i];

		if (str_starts(own, head) && str_equal_nocase(own, term))
			return true;
	}
	return false;
}

/* What the spec itself sends from, or has been told to let pass. */
static NetSet
explained(const RuleFacts *facts, const StateSpf *spf)
{
	NetSet all = rules_spf_needed(facts, spf);
	size_t i;

	net_set_add_all(facts->scratch, &all, &spf->recipe.addresses);
	for (i = 0; i < spf->flats.len; i++)
		net_set_add_all(facts->scratch, &all, &spf->flats.items[i].pass);
	net_set_normalise(&all);
	return all;
}

static void
add_term(const RuleFacts *facts, Buf *text, const SpfShare *share, const NetSet *extra, size_t told)
{
	buf_printf(text, "%s`" STR_FMT "`: " STR_FMT, told > 0 ? "\n" : "",
		STR_ARG(rules_octets_text(facts, share->term)),
		STR_ARG(rules_count_text(facts, extra)));
}

static void
report_over(
	const RuleFacts *facts, const StateSpf *spf, const NetSet *over, Str terms, DiagSink *sink)
{
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_OVER_AUTHORIZED, sink,
		"SPF of `" STR_FMT "` lets " STR_FMT " pass that nothing in the spec sends from",
		STR_ARG(spf->domain), STR_ARG(rules_count_text(facts, over)));

	diag_note(sink, diag, STR_FMT, STR_ARG(terms));
	diag_help(sink, diag,
		"take the term out; or say who sends from there: a host with its egress, "
		"`spf.also` "
		"for addresses, `spf.includes` for a third party");
}

static void
check_over(const RuleFacts *facts, const StateSpf *spf, const SpfExpansion *sets, DiagSink *sink)
{
	NetSet known = explained(facts, spf), over = {0};
	Buf terms = buf_make(facts->arena);
	size_t told = 0, i;

	for (i = 0; i < sets->terms.len; i++) {
		const SpfShare *share = &sets->terms.items[i];
		NetSet extra = net_set_subtract(facts->scratch, &share->pass, &known);

		if (net_set_is_empty(&extra) || is_declared(facts, spf, share->term))
			continue;
		net_set_add_all(facts->scratch, &over, &extra);
		if (told < TERMS_TOLD)
			add_term(facts, &terms, share, &extra, told);
		told++;
	}
	if (told > TERMS_TOLD)
		buf_printf(&terms, "\nand %zu more term%s", told - TERMS_TOLD,
			told == TERMS_TOLD + 1 ? "" : "s");
	net_set_normalise(&over);
	if (told > 0)
		report_over(facts, spf, &over, buf_text(&terms), sink);
}

/* --- CP312 CP317 ------------------------------------------------------------------------------ */

static Str
widest_term(const RuleFacts *facts, const SpfExpansion *sets)
{
	uint64_t most = 0;
	Str term = {0};
	size_t i;

	for (i = 0; i < sets->terms.len; i++) {
		uint64_t count = net_set_count4(&sets->terms.items[i].pass);

		if (count > most) {
			most = count;
			term = sets->terms.items[i].term;
		}
	}
	return rules_octets_text(facts, term);
}

static void
report_all(const RuleFacts *facts, const StateSpf *spf, const SpfExpansion *sets, DiagSink *sink)
{
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_PASS_ALL, sink,
		"SPF of `" STR_FMT "` lets every IPv4 address of the Internet pass",
		STR_ARG(spf->domain));

	diag_note(sink, diag, "most of them by `" STR_FMT "`", STR_ARG(widest_term(facts, sets)));
	diag_help(sink, diag, "take that term out: with it anybody sends as this domain");
}

static void
check_budget(const RuleFacts *facts, const StateSpf *spf, const SpfExpansion *sets, DiagSink *sink)
{
	const FieldNumber *budget = &spf->spec->spf.max_authorized;
	uint64_t count = net_set_count4(&sets->results[SPF_PASS]);
	Diag *diag;

	if (budget->state != FIELD_SET || spf->is_below || count <= budget->number)
		return;
	diag = diag_report(sink, DIAG_SPF_BUDGET, budget->span,
		"SPF of `" STR_FMT "` lets " STR_FMT " IPv4 address%s pass, more than the budget "
		"of " STR_FMT,
		STR_ARG(spf->domain), STR_ARG(rules_number(facts, count)), count == 1 ? "" : "es",
		STR_ARG(rules_number(facts, budget->number)));
	diag_path(
		diag, str_format(facts->arena, STR_FMT "/spf/max_authorized", STR_ARG(spf->path)));
	diag_note(sink, diag, "most of them by `" STR_FMT "`", STR_ARG(widest_term(facts, sets)));
	diag_help(sink, diag, "narrow that term, or raise the budget and say why in the review");
}

static bool
passes_all(const SpfExpansion *sets)
{
	return net_set_count4(&sets->results[SPF_PASS]) == (uint64_t)1 << 32;
}

static void
check_domain(const RuleFacts *facts, StateSpf *spf, DiagSink *sink)
{
	const SpfExpansion *sets = rules_spf_sets(facts, spf);

	/* A budget is kept by counting, whatever else is plain. */
	if (sets == NULL && spf->spec->spf.max_authorized.state == FIELD_SET &&
		rules_spf_is_sound(spf))
		sets = state_spf_sets(facts->state, spf);
	if (sets == NULL)
		return;
	if (passes_all(sets)) {
		report_all(facts, spf, sets, sink);
		return;
	}
	check_over(facts, spf, sets, sink);
	check_budget(facts, spf, sets, sink);
}

void
check_spf_reach(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_spf(facts, check_domain, sink);
}
