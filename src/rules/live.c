/* What the tenant holds beside what the spec says; silent without a live state. */
#include "rules/rules_int.h"

static Str
connector_path(const RuleFacts *facts, Str name)
{
	return rules_path(facts, MODEL_KIND_CONNECTOR, name, NULL, (Str){0});
}

/* --- CP701 CP702 CP703 CP704: each connector of the spec -------------------------------------- */

/* New, or gone: of a connector that is never written the second is a mistake of the spec. */
static void
report_missing(const RuleFacts *facts, const StateConnector *after, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_LIVE_MISSING, after->span,
		"the tenant has no connector `" STR_FMT "`", STR_ARG(after->name));

	diag_path(diag, connector_path(facts, after->name));
	diag_label(sink, diag, "%s", after->managed ? "will be created" : "not in the export");
	if (!after->managed)
		diag_help(sink, diag, "remove it from the spec, or export the tenant again");
}

/* "RequireTls, Comment" of those properties, one bit each. */
static Str
property_names(const RuleFacts *facts, uint32_t properties)
{
	Buf names = buf_make(facts->arena);
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		if ((properties & 1u << i) != 0)
			buf_printf(&names, "%s`%s`", names.len > 0 ? ", " : "",
				connector_property_name((ConnectorProperty)i));
	}
	return buf_text(&names);
}

/* Those that the plan would write; of an unmanaged connector those that the spec states. */
static uint32_t
differing_properties(const Plan *plan, const PlanConnector *connector)
{
	uint32_t different = 0;
	size_t i;

	for (i = 0; i < connector->changes.len; i++)
		different |= 1u << connector->changes.items[i].property;
	/* That one is told by itself: CP703. */
	if (connector->after->enabled && !connector->before->enabled)
		different &= ~(1u << CONNECTOR_ENABLED);
	/* Nothing is written over it, but proofs rest on what the spec says of it. */
	for (i = 0; connector->action == PLAN_UNMANAGED && i < CONNECTOR_PROPERTIES; i++) {
		if (i != CONNECTOR_ENABLED && connector->after->record.values[i].stated &&
			plan_property_differs(plan, connector, (ConnectorProperty)i))
			different |= 1u << i;
	}
	return different;
}

/* One finding a connector: `plan` shows each property with both values. */
static void
report_difference(const RuleFacts *facts, const PlanConnector *connector, DiagSink *sink)
{
	const StateConnector *after = connector->after;
	uint32_t different = differing_properties(facts->input->plan, connector);
	Diag *diag;

	if (different == 0)
		return;
	diag = diag_report(sink, DIAG_LIVE_DIFFERS, after->span,
		"the tenant's connector `" STR_FMT "` differs in " STR_FMT,
		STR_ARG(connector->before->name), STR_ARG(property_names(facts, different)));
	diag_path(diag, connector_path(facts, after->name));
	diag_label(sink, diag, "%s",
		after->managed ? "will be brought to this" : "is not written: `managed: false`");
	diag_related(sink, diag, connector->before->span, "in the export");
}

/* A tenant without the right subscription creates on-premises connectors disabled. */
static void
report_disabled(const RuleFacts *facts, const PlanConnector *connector, DiagSink *sink)
{
	const StateConnector *after = connector->after;
	Diag *diag;

	if (!after->enabled || connector->before->enabled)
		return;
	diag = diag_report(sink, DIAG_LIVE_DISABLED, after->span,
		"the connector `" STR_FMT "` is disabled in the tenant", STR_ARG(after->name));
	diag_path(diag, connector_path(facts, after->name));
	diag_label(sink, diag, "enabled in the spec");
	diag_related(sink, diag, connector->before->span, "disabled in the export");
	diag_help(sink, diag,
		"if the service keeps it disabled, ask Microsoft support to enable it; if it is "
		"meant, write `enabled: false`");
}

/* The wizard writes its connectors anew whenever it runs, and hybrid mail depends on them. */
static void
report_hybrid(const RuleFacts *facts, const PlanConnector *connector, DiagSink *sink)
{
	const StateConnector *after = connector->after;
	Diag *diag;

	if (!after->managed || connector->before->managed)
		return;
	diag = diag_report(sink, DIAG_LIVE_HYBRID, after->span,
		"the connector `" STR_FMT "` was made by the Hybrid wizard and is never written",
		STR_ARG(after->name));
	diag_path(diag, connector_path(facts, after->name));
	diag_related(sink, diag, connector->before->span, "ConnectorSource is HybridWizard");
	diag_help(
		sink, diag, "write `managed: false`, so that it is used in proofs and left alone");
}

void
check_live_connectors(const RuleFacts *facts, DiagSink *sink)
{
	const Plan *plan = facts->input->plan;
	size_t i;

	for (i = 0; plan->before != NULL && i < plan->connectors.len; i++) {
		const PlanConnector *connector = &plan->connectors.items[i];

		if (connector->before == NULL) {
			report_missing(facts, connector->after, sink);
			continue;
		}
		report_difference(facts, connector, sink);
		report_disabled(facts, connector, sink);
		report_hybrid(facts, connector, sink);
	}
}

/* --- CP705 CP709: each connector that the spec does not name ---------------------------------- */

/* What is proved about the spec may not hold for a tenant that has more than it. */
static void
report_unmanaged(const RuleFacts *facts, const StateConnector *before, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_LIVE_UNMANAGED, before->span,
		"the tenant's connector `" STR_FMT "` is not in the spec", STR_ARG(before->name));

	diag_path(diag, connector_path(facts, before->name));
	diag_label(sink, diag, "%s",
		before->managed ? "left alone" : "made by the Hybrid wizard: left alone");
	diag_help(sink, diag, "%s",
		before->managed ? "add it, with `managed: false` if it stays as it is; or remove "
				  "it with `plan --prune`"
				: "add it with `managed: false`, so that proofs know of it");
}

/* The first enabled connector of the spec that holds a part of the set. */
static const StateConnector *
find_sharer(const Plan *plan, const NetSet *set)
{
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		const StateConnector *after = plan->connectors.items[i].after;

		if (after->enabled && net_set_overlaps(&after->set, set))
			return after;
	}
	return NULL;
}

/* One finding a connector, with the first address that both hold. */
static void
report_overlap(
	const RuleFacts *facts, const StateConnector *before, const NetSet *planned, DiagSink *sink)
{
	NetSet common = net_set_intersect(facts->scratch, &before->set, planned);
	const StateConnector *after;
	NetPrefixVec cover = {0};
	Diag *diag;

	if (net_set_is_empty(&common))
		return;
	net_set_cover(facts->scratch, &common, &cover);
	after = find_sharer(facts->input->plan, &common);
	ASSERT(after != NULL);
	diag = diag_report(sink, DIAG_LIVE_OVERLAP, before->span,
		"the tenant's connector `" STR_FMT
		"`, which the spec does not name, holds `" STR_FMT "`" STR_FMT ", as `" STR_FMT
		"` does",
		STR_ARG(before->name), STR_ARG(rules_prefix_text(facts, cover.items[0])),
		STR_ARG(rules_more(facts, cover.len - 1)), STR_ARG(after->name));
	diag_path(diag, connector_path(facts, before->name));
	diag_related(sink, diag, after->span, "the connector of the spec");
	diag_help(sink, diag,
		"bring it into the spec, or remove it: which of them takes the mail is "
		"undocumented");
}

void
check_live_others(const RuleFacts *facts, DiagSink *sink)
{
	const Plan *plan = facts->input->plan;
	NetSet planned;
	size_t i;

	if (plan->before == NULL)
		return;
	planned = net_set_union(
		facts->scratch, &facts->state->on_premises_set, &facts->state->partner_set);
	for (i = 0; i < plan->others.len; i++) {
		const PlanConnector *other = &plan->others.items[i];

		if (other->action == PLAN_REMOVE)
			continue;
		report_unmanaged(facts, other->before, sink);
		if (other->before->enabled)
			report_overlap(facts, other->before, &planned, sink);
	}
}

/* --- CP708 CP710 ------------------------------------------------------------------------------ */

/* By dates in UTC, not hours: the day is all that --today says. */
void
check_live_age(const RuleFacts *facts, DiagSink *sink)
{
	const Plan *plan = facts->input->plan;
	const ConnectorExport *export;
	Diag *diag;

	if (plan->before == NULL)
		return;
	export = plan->before->export;
	if (!export->has_date) {
		diag = diag_report(sink, DIAG_LIVE_AGE_UNKNOWN, export->span,
			"the export has no date: how old it is cannot be told");
		diag_help(sink, diag, "export with export.ps1, which writes the date");
	} else if ((int64_t) export->exported_on + 1 < facts->input->today) {
		diag = diag_report(sink, DIAG_LIVE_STALE, export->exported_span,
			"the export was made on " STR_FMT ", more than a day before " STR_FMT,
			STR_ARG(date_format(facts->arena, export->exported_on)),
			STR_ARG(date_format(facts->arena, facts->input->today)));
		diag_help(sink, diag, "export the tenant again");
	}
}
