/*
 * Does every address pass on which a receiver checks SPF? Sets, never samples. An address that a
 * limit ends is told by the rules on limits, one that hangs on what is not known by those on that.
 */
#include "rules/spf_int.h"

/* One demand, and what of it does not pass. */
typedef struct Gap {
	StateSpf *spf;
	StateWay way;
	NetSet missing;
} Gap;

/* --- who sends that way ----------------------------------------------------------------------- */

typedef struct Witness {
	const ModelRoute *route; /* the first; NULL: not looked for, or none */
	const FieldItem *item;   /* of `sends_as` */
	size_t hosts;            /* how many in all */
} Witness;

static const FieldItem *
sends_as(const RuleFacts *facts, uint32_t host, Str domain)
{
	const FieldItems *items = &facts->model->hosts[host].sends_as;
	uint32_t i;

	for (i = 0; i < items->len; i++) {
		if (str_equal(items->items[i].text, domain))
			return &items->items[i];
	}
	return NULL;
}

static bool
leaves_by(const RuleFacts *facts, const ModelRoute *route, const StateWay *way)
{
	bool connector = facts->model->host_infos[route->host].method == MODEL_METHOD_CONNECTOR;

	if (way->egress != MODEL_SELF ? route->egress != way->egress : route->host != way->host)
		return false;
	return connector == (way->demand == STATE_DEMAND_RELAYED) &&
	       !rules_signs_in(facts->model->host_infos[route->host].method);
}

/* Of many findings only the first are worth the search. */
static Witness
find_witness(const RuleFacts *facts, const Gap *gap)
{
	Witness witness = {0};
	size_t i;

	if (*facts->witness_steps > RULES_MAX_QUESTIONS)
		return witness;
	*facts->witness_steps += facts->model->routes.len;
	for (i = 0; i < facts->model->routes.len; i++) {
		const ModelRoute *route = &facts->model->routes.items[i];
		const FieldItem *item;

		if (!leaves_by(facts, route, &gap->way))
			continue;
		item = sends_as(facts, route->host, gap->spf->domain);
		if (item == NULL)
			continue;
		if (witness.hosts++ == 0) {
			witness.route = route;
			witness.item = item;
		}
	}
	return witness;
}

/* --- CP301 CP320 ------------------------------------------------------------------------------ */

static const char *
seen_by(const RuleFacts *facts, const Gap *gap, const Witness *witness)
{
	switch (gap->way.demand) {
	case STATE_DEMAND_RELAYED: return "on the way in Exchange Online sees";
	case STATE_DEMAND_OUTBOUND: return "receivers see";
	case STATE_DEMAND_SENT:
	case STATE_DEMAND_NONE: break;
	}
	if (witness->route != NULL &&
		facts->model->host_infos[witness->route->host].method == MODEL_METHOD_DIRECT_SEND)
		return "Exchange Online sees";
	return "receivers see";
}

static void
place_gap(
	const RuleFacts *facts, const Gap *gap, const Witness *witness, Diag *diag, DiagSink *sink)
{
	const ModelRelayHost *host;

	if (gap->way.demand == STATE_DEMAND_OUTBOUND) {
		diag->span = facts->model->spec->tenant.outbound.span;
		diag_path(diag, STR("tenant/outbound"));
		return;
	}
	if (witness->route == NULL)
		return;
	host = &facts->model->hosts[witness->route->host];
	diag->span = witness->item->span;
	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, host->head.name, "sends_as",
				rules_is_list(host->sends_as.span, witness->item->span)
					? witness->item->text
					: (Str){0}));
	diag_note(sink, diag, "route: " STR_FMT " → " STR_FMT "%s",
		STR_ARG(model_route_text(facts->arena, facts->model, witness->route)),
		STR_ARG(rules_set_route_text(facts, &gap->missing)),
		witness->hosts > 1
			? str_c(facts->arena, str_format(facts->arena, " (and %zu more like it)",
						      witness->hosts - 1))
			: "");
}

/* The gateway whose addresses they are, where others send from them too; or MODEL_SELF. */
static uint32_t
sharer_of(const RuleFacts *facts, const Gap *gap, const Witness *witness)
{
	if (gap->way.egress == MODEL_SELF || !model_egress_is_shared(facts->model, gap->way.egress))
		return MODEL_SELF;
	if (gap->way.demand == STATE_DEMAND_OUTBOUND)
		return model_find_sender(facts->model, facts->model->spec->tenant.outbound.text)
			.index;
	return witness->route == NULL ? MODEL_SELF : witness->route->last_hop;
}

static void
help_gap(const RuleFacts *facts, const Gap *gap, const Witness *witness, Diag *diag, DiagSink *sink)
{
	uint32_t sharer = sharer_of(facts, gap, witness);

	if (gap->spf->never)
		diag_help(sink, diag,
			"let the host send as another domain, or take `sends: never` away from "
			"`" STR_FMT "`",
			STR_ARG(gap->spf->domain));
	else if (sharer != MODEL_SELF && facts->model->gateways[sharer].spf.len == 0)
		diag_help(sink, diag,
			"others send from these addresses, so no `ip4:` term of ours may hold "
			"them: ask the vendor for its SPF terms, and state them as "
			"`gateways." STR_FMT ".spf`",
			STR_ARG(facts->model->gateways[sharer].head.name));
	else if (gap->spf->is_checked)
		rules_help_record(facts, gap->spf, diag, sink);
	else
		diag_help(sink, diag,
			"state what covers them: `spf.also` for addresses, `spf.includes` or "
			"`gateways.NAME.spf` for what a vendor publishes; with `spf.also` we "
			"write: " STR_FMT,
			STR_ARG(rules_record_text(facts, gap->spf, &gap->missing, (Str){0})));
}

/* What the record says of the first of some addresses. */
static void
note_record(const RuleFacts *facts, const StateSpf *spf, const NetSet *missing, Diag *diag,
	DiagSink *sink)
{
	if (spf->records.len > 0)
		rules_note_decision(facts, spf, rules_first_address(facts, missing), diag, sink);
	else
		diag_note(
			sink, diag, "`" STR_FMT "` publishes no SPF record", STR_ARG(spf->domain));
}

static void
report_gap(const RuleFacts *facts, const Gap *gap, DiagSink *sink)
{
	DiagCode code =
		gap->way.demand == STATE_DEMAND_RELAYED ? DIAG_SPF_RELAY_HOP : DIAG_SPF_NOT_COVERED;
	Witness witness = find_witness(facts, gap);
	bool many = rules_is_several(facts, &gap->missing);
	Diag *diag = rules_spf_report(facts, gap->spf, code, sink,
		STR_FMT " %s as `" STR_FMT "`, and SPF of that domain does not let %s pass: %s %s",
		STR_ARG(rules_set_text(facts, &gap->missing)), many ? "send" : "sends",
		STR_ARG(gap->spf->domain), many ? "them" : "it", seen_by(facts, gap, &witness),
		many ? "them" : "it");

	place_gap(facts, gap, &witness, diag, sink);
	note_record(facts, gap->spf, &gap->missing, diag, sink);
	diag_related(sink, diag, gap->spf->span, "the record of this domain is judged");
	help_gap(facts, gap, &witness, diag, sink);
}

/* --- what is not covered ---------------------------------------------------------------------- */

/* A pass is out of the question. */
static bool
never_passes(unsigned results)
{
	return (results & 1u << SPF_PASS) == 0;
}

/* Of the addresses asked about those that do not pass, whatever else is true. */
static NetSet
missing_of(const RuleFacts *facts, StateSpf *spf, const SpfExpansion *sets, const NetSet *asked)
{
	Arena *scratch = facts->scratch;
	NetSet missing = net_set_subtract(scratch, asked, &sets->results[SPF_PASS]);
	NetSet may, uncertain, never;

	if (net_set_is_empty(&missing))
		return missing;
	may = spf_may_pass(scratch, sets);
	uncertain = net_set_intersect(scratch, &missing, &may);
	never = rules_spf_clients(facts, spf, &uncertain, never_passes);
	missing = net_set_subtract(scratch, &missing, &uncertain);
	missing = net_set_union(scratch, &missing, &never);
	/* CP303, CP305. */
	missing = net_set_subtract(scratch, &missing, &sets->over_lookups);
	return net_set_subtract(scratch, &missing, &sets->over_voids);
}

static NetSet
asked_of(const RuleFacts *facts, const StateWay *way)
{
	NetSet asked = {0};
	uint32_t i;

	for (i = 0; i < way->addresses->len; i++)
		net_set_add(facts->scratch, &asked, way->addresses->items[i].prefix);
	net_set_normalise(&asked);
	return asked;
}

static void
check_ways(const RuleFacts *facts, StateSpf *spf, const SpfExpansion *sets, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < spf->ways.len && !diag_is_full(sink); i++) {
		ArenaMark mark = arena_mark(facts->scratch);
		Gap gap = {.spf = spf, .way = state_way(facts->model, spf->ways.items[i])};
		NetSet asked;

		if (!rules_way_is_demanded(facts, &gap.way))
			continue;
		asked = asked_of(facts, &gap.way);
		gap.missing = sets == NULL ? asked : missing_of(facts, spf, sets, &asked);
		if (!net_set_is_empty(&gap.missing))
			report_gap(facts, &gap, sink);
		arena_reset(facts->scratch, mark);
	}
}

/* --- Exchange Online's own addresses ---------------------------------------------------------- */

static bool
has_cloud_include(const RuleFacts *facts, const StateSpf *spf)
{
	Str term = str_format(
		facts->scratch, "include:" STR_FMT, STR_ARG(state_cloud_include(facts->model)));
	Str record = state_spf_text(spf);
	size_t start = 0;

	while (start < record.len) {
		size_t end = str_find_char(record, ' ', start);
		Str word = str_slice(record, start, end);

		if (str_starts(word, STR("+")))
			word = str_slice(word, 1, word.len);
		if (str_equal_nocase(word, term))
			return true;
		start = end + 1;
	}
	return false;
}

static void
report_cloud(const RuleFacts *facts, const StateSpf *spf, const NetSet *missing, DiagSink *sink)
{
	Str include = state_cloud_include(facts->model);
	Diag *diag = rules_spf_report(facts, spf, DIAG_SPF_NOT_COVERED, sink,
		"mail as `" STR_FMT "` leaves from Exchange Online, and SPF of that domain does "
		"not let Exchange Online's addresses pass",
		STR_ARG(spf->domain));

	if (missing != NULL) {
		diag_note(sink, diag, "not covered: " STR_FMT " (" STR_FMT ")",
			STR_ARG(rules_set_text(facts, missing)),
			STR_ARG(rules_count_text(facts, missing)));
		note_record(facts, spf, missing, diag, sink);
	} else if (spf->records.len == 0) {
		note_record(facts, spf, NULL, diag, sink);
	} else {
		diag_note(sink, diag, "the record: " STR_FMT,
			STR_ARG(rules_octets_text(facts, state_spf_text(spf))));
	}
	if (spf->never)
		diag_help(sink, diag, "take `sends: never` away, or let nothing send as it");
	else if (spf->is_checked)
		rules_help_record(facts, spf, diag, sink);
	else
		diag_help(sink, diag, "take `exchange_online: false` away; we then write: " STR_FMT,
			STR_ARG(rules_record_text(facts, spf, NULL, include)));
}

/* What the cloud's include passes is what Exchange sends from; without a lock the include alone
 * meets the demand. */
static void
check_cloud(const RuleFacts *facts, StateSpf *spf, const SpfExpansion *sets, DiagSink *sink)
{
	const NetSet *cloud = state_cloud_pass(facts->state);
	NetSet missing;

	if (!spf->through_exchange || has_cloud_include(facts, spf)) {
		/* Beside it a limit, or a term before it, may be in the way. */
		if (!spf->through_exchange || sets == NULL || net_set_is_empty(cloud))
			return;
	} else if (net_set_is_empty(cloud)) {
		report_cloud(facts, spf, NULL, sink);
		return;
	}
	/* A record that is not there covers nothing. */
	missing = sets == NULL ? *cloud : missing_of(facts, spf, sets, cloud);
	if (!net_set_is_empty(&missing))
		report_cloud(facts, spf, &missing, sink);
}

/* Without a lock nobody knows what the cloud's include passes; addresses of ours are none of it. */
static const SpfExpansion *
sets_without_cloud(const RuleFacts *facts, const StateSpf *spf)
{
	SpfExpansion *sets = ARENA_NEW(facts->scratch, SpfExpansion);
	SpfRecipe recipe = spf->composed;
	SpfNamedVec records = {0};
	size_t i;

	recipe.cloud_include = (Str){0};
	for (i = 0; i + 1 < spf->records.len; i++) {
		VEC_PUSH(facts->scratch, &records, spf->records.items[i]);
		VEC_PUSH(facts->scratch, &recipe.terms,
			str_format(facts->scratch, "include:" STR_FMT,
				STR_ARG(spf->records.items[i].name)));
	}
	VEC_PUSH(facts->scratch, &records,
		((SpfNamed){spf->domain, spf_compose(facts->scratch, &recipe)}));
	state_expand_texts(facts->state, facts->scratch, &records, sets);
	return sets;
}

/* --- both ------------------------------------------------------------------------------------- */

/* With `manage: check` a record that is missing covers nothing; one that is not known, or that
 * stands there twice, or is broken, has findings of its own. */
static bool
is_judged(const RuleFacts *facts, const StateSpf *spf)
{
	SpfRecord *record;
	SpfProblem problem;

	if (spf->records.len > 0)
		return spf_parse(facts->scratch, state_spf_text(spf), &record, &problem);
	return spf->published.records.len == 0 && state_knows_published(spf);
}

static void
check_domain(const RuleFacts *facts, StateSpf *spf, DiagSink *sink)
{
	const SpfExpansion *sets = rules_spf_sets(facts, spf);

	if (sets == NULL && !spf->is_checked) {
		check_cloud(facts, spf, NULL, sink);
		return;
	}
	if (!is_judged(facts, spf))
		return;
	check_ways(facts, spf,
		state_has_lock(facts->state) || sets == NULL || spf->never
			? sets
			: sets_without_cloud(facts, spf),
		sink);
	check_cloud(facts, spf, sets, sink);
}

/* RFC 7208 section 2.4: who receives mail checks the address of the client that sends it. */
void
check_coverage(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_spf(facts, check_domain, sink);
}
