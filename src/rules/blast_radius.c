/*
 * CP707: how much of what the tenant takes would go.
 *
 * What can be lost is an enabled connector, or an entry of one: an address or a certificate. On an
 * on-premises connector an entry lets relay, on a partner connector it is only accepted; so it is
 * lost with the last on-premises connector that holds it, even where a partner one holds it still.
 * An entry that stands on several connectors is one entry, at the most that any of them lets it. A
 * connector that is renamed or edited stays, whatever entries it loses: those are counted.
 */
#include "rules/rules_int.h"

#define RADIUS_PERCENT 30
#define RADIUS_LEAST   3

/* All that enabled connectors take once it is as planned. */
typedef struct Taken {
	NetSet addresses;
	Map certificates; /* names and patterns, in lower case */
} Taken;

/* What would go, of what there is. */
typedef struct Radius {
	const RuleFacts *facts;
	Taken relaying, any;                   /* on-premises connectors; those of either type */
	Map seen_addresses, seen_certificates; /* entries that are counted */
	size_t connectors, connectors_going, connectors_turning;
	size_t entries, entries_going;
	const PlanConnector *last; /* the last one that takes an entry, and goes */
	Str entry;
} Radius;

/* Connectors of the spec, then those of the tenant alone. */
static const PlanConnector *
connector_at(const Plan *plan, size_t i)
{
	return i < plan->connectors.len ? &plan->connectors.items[i]
					: &plan->others.items[i - plan->connectors.len];
}

static size_t
connector_count(const Plan *plan)
{
	return plan->connectors.len + plan->others.len;
}

static bool
is_partner(const ConnectorRecord *record)
{
	return str_equal_nocase(record->values[CONNECTOR_TYPE].text, STR("Partner"));
}

static bool
is_taking_afterwards(const PlanConnector *connector)
{
	return connector->action != PLAN_REMOVE && connector->final.values[CONNECTOR_ENABLED].on;
}

/* From an on-premises connector to a partner one: nobody relays by it afterwards. */
static bool
is_turning(const PlanConnector *connector)
{
	return is_taking_afterwards(connector) && !is_partner(&connector->before->record) &&
	       is_partner(&connector->final);
}

/* Of a connector that takes mail before: removed, disabled or of a type that takes less. */
static bool
is_going(const PlanConnector *connector)
{
	return !is_taking_afterwards(connector) || is_turning(connector);
}

static void
take(Arena *arena, const ConnectorRecord *record, Taken *taken)
{
	const StrVec *list = &record->values[CONNECTOR_SENDER_ADDRESSES].list;
	Str certificate = record->values[CONNECTOR_CERTIFICATE].text;
	NetPrefix prefix;
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (net_prefix_parse(list->items[i], &prefix) == NET_ADDRESS_OK)
			net_set_add(arena, &taken->addresses, prefix);
	}
	if (certificate.len > 0)
		map_add(arena, &taken->certificates, str_lower(arena, certificate), 0);
}

static void
find_taken(Radius *radius)
{
	const Plan *plan = radius->facts->input->plan;
	Arena *arena = radius->facts->scratch;
	size_t i;

	for (i = 0; i < connector_count(plan); i++) {
		const PlanConnector *connector = connector_at(plan, i);

		if (!is_taking_afterwards(connector))
			continue;
		take(arena, &connector->final, &radius->any);
		if (!is_partner(&connector->final))
			take(arena, &connector->final, &radius->relaying);
	}
	net_set_normalise(&radius->any.addresses);
	net_set_normalise(&radius->relaying.addresses);
}

/* By its own name, or by a pattern above it: as state_certificate_matches() compares. */
static bool
takes_certificate(Arena *scratch, const Taken *taken, Str certificate)
{
	Str rest = str_lower(scratch, certificate);
	size_t dot;

	if (map_find(&taken->certificates, rest) != MAP_NONE)
		return true;
	while ((dot = str_find_char(rest, '.', 0)) < rest.len) {
		Str pattern;

		rest = str_slice(rest, dot + 1, rest.len);
		pattern = str_format(scratch, "*." STR_FMT, STR_ARG(rest));
		if (map_find(&taken->certificates, pattern) != MAP_NONE)
			return true;
	}
	return false;
}

/* --- what is there ---------------------------------------------------------------------------- */

static void
measure_entry(Radius *radius, const PlanConnector *connector, Map *seen, Str entry, bool is_kept)
{
	Arena *scratch = radius->facts->scratch;
	Str key = str_lower(scratch, entry);

	/* Partner connectors come last, so that the most that is let is what counts. */
	if (map_find(seen, key) == MAP_NONE) {
		map_add(scratch, seen, key, 0);
		radius->entries++;
		radius->entries_going += !is_kept;
	}
	if (!is_kept && is_going(connector) && radius->last == NULL) {
		radius->last = connector;
		radius->entry = entry;
	}
}

static void
measure_entries(Radius *radius, const PlanConnector *connector)
{
	const StateConnector *before = connector->before;
	const Taken *taken = is_partner(&before->record) ? &radius->any : &radius->relaying;
	size_t i;

	for (i = 0; i < before->addresses.len; i++) {
		NetPrefix range = net_prefix_network(before->addresses.items[i].range);

		measure_entry(radius, connector, &radius->seen_addresses,
			rules_prefix_text(radius->facts, range),
			net_set_contains(&taken->addresses, range));
	}
	if (before->certificate.len > 0)
		measure_entry(radius, connector, &radius->seen_certificates, before->certificate,
			takes_certificate(radius->facts->scratch, taken, before->certificate));
}

/* The connectors of one type; a disabled one takes no mail that could be lost. */
static void
measure_type(Radius *radius, bool partner)
{
	const Plan *plan = radius->facts->input->plan;
	size_t i;

	for (i = 0; i < connector_count(plan); i++) {
		const PlanConnector *connector = connector_at(plan, i);
		const StateConnector *before = connector->before;

		if (before == NULL || !before->enabled || is_partner(&before->record) != partner)
			continue;
		radius->connectors++;
		radius->connectors_going += is_going(connector);
		radius->connectors_turning += is_turning(connector);
		measure_entries(radius, connector);
	}
}

/* --- what is told ----------------------------------------------------------------------------- */

static bool
is_over(size_t going, size_t all)
{
	return all >= RADIUS_LEAST && going * 100 > all * RADIUS_PERCENT;
}

static Diag *
report_connectors(const Radius *radius, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_BLAST_RADIUS,
		radius->facts->input->plan->before->export->span,
		"%zu of %zu enabled connectors would go", radius->connectors_going,
		radius->connectors);

	if (radius->connectors_turning > 0)
		diag_note(sink, diag,
			"%zu of them would become partner connectors, which let nobody relay",
			radius->connectors_turning);
	return diag;
}

static Diag *
report_entries(const Radius *radius, DiagSink *sink)
{
	return diag_report(sink, DIAG_BLAST_RADIUS,
		radius->facts->input->plan->before->export->span,
		"%zu of %zu addresses and certificates would not be let in or relay as before",
		radius->entries_going, radius->entries);
}

static Diag *
report_last(const Radius *radius, DiagSink *sink)
{
	const StateConnector *before = radius->last->before;
	bool partner = is_partner(&before->record);

	return diag_report(sink, DIAG_BLAST_RADIUS, before->span,
		"the connector `" STR_FMT "`, the last one that %s `" STR_FMT "`%s, would %s",
		STR_ARG(before->name), partner ? "accepts" : "lets", STR_ARG(radius->entry),
		partner ? "" : " relay",
		is_turning(radius->last) ? "become a partner connector" : "go");
}

/* The largest loss alone is told: the others follow from it. */
static void
report_radius(const Radius *radius, DiagSink *sink)
{
	Diag *diag;

	if (is_over(radius->connectors_going, radius->connectors))
		diag = report_connectors(radius, sink);
	else if (is_over(radius->entries_going, radius->entries))
		diag = report_entries(radius, sink);
	else if (radius->last != NULL)
		diag = report_last(radius, sink);
	else
		return;
	diag_path(diag, STR("connectors"));
	diag_help(sink, diag,
		"check that the export and the spec belong together; if this is meant, plan with "
		"`--allow-removals`");
}

void
check_blast_radius(const RuleFacts *facts, DiagSink *sink)
{
	const Plan *plan = facts->input->plan;
	Radius radius = {.facts = facts};

	if (plan->before == NULL || plan->options.allow_removals)
		return;
	find_taken(&radius);
	measure_type(&radius, false);
	measure_type(&radius, true);
	report_radius(&radius, sink);
}
