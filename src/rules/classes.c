/* What the special-purpose registries say of an address, in the words of who typed it. */
#include "rules/classes_int.h"

static DiagCode
code_of(const RuleFacts *facts, NetClass net_class)
{
	switch (net_class) {
	case NET_CLASS_REFUSED: return DIAG_RESERVED_REFUSED;
	case NET_CLASS_NOT_GLOBAL: return DIAG_NOT_GLOBAL;
	case NET_CLASS_DOCUMENTATION:
		return facts->sample ? DIAG_DOCUMENTATION_ADDRESS : DIAG_NOT_GLOBAL;
	case NET_CLASS_SPECIAL:
	case NET_CLASS_GLOBAL: return DIAG_SPECIAL_PURPOSE;
	}
	return DIAG_SPECIAL_PURPOSE;
}

/* The registry's "RFC1918" as people write it. */
static Str
rfc_text(const RuleFacts *facts, const NetBlock *block)
{
	if (!str_starts(block->rfc, STR("RFC")))
		return block->rfc;
	return str_format(
		facts->arena, "RFC " STR_FMT, STR_ARG(str_slice(block->rfc, 3, block->rfc.len)));
}

/* "private (RFC 1918)": can follow "is" and "which is". */
static Str
class_text(const RuleFacts *facts, const NetBlock *block)
{
	Str rfc = rfc_text(facts, block);

	if (STR_EQ(block->name, "Private-Use"))
		return str_format(facts->arena, "private (" STR_FMT ")", STR_ARG(rfc));
	switch (block->net_class) {
	case NET_CLASS_REFUSED:
		return str_format(facts->arena, "reserved (" STR_FMT ", " STR_FMT ")",
			STR_ARG(block->name), STR_ARG(rfc));
	case NET_CLASS_NOT_GLOBAL:
		return str_format(facts->arena,
			"not reachable on the Internet (" STR_FMT ", " STR_FMT ")",
			STR_ARG(block->name), STR_ARG(rfc));
	case NET_CLASS_DOCUMENTATION:
		return str_format(
			facts->arena, "for documentation alone (" STR_FMT ")", STR_ARG(rfc));
	case NET_CLASS_SPECIAL:
	case NET_CLASS_GLOBAL: break;
	}
	return str_format(facts->arena,
		"set aside for a special purpose (" STR_FMT ", " STR_FMT ")", STR_ARG(block->name),
		STR_ARG(rfc));
}

/* "`10.1.1.30` of relay host `erp01` is private (RFC 1918)", or names the part that is. */
static Str
subject_text(const RuleFacts *facts, const RuleHolding *holding, const NetVerdict *verdict)
{
	Str text = class_text(facts, verdict->block);

	if (!holding->pieces && net_prefix_compare(verdict->part, holding->network) == 0)
		return str_format(facts->arena, "`" STR_FMT "` " STR_FMT " is " STR_FMT,
			STR_ARG(holding->text), STR_ARG(holding->owner), STR_ARG(text));
	return str_format(facts->arena,
		"`" STR_FMT "` " STR_FMT " holds `" STR_FMT "`, which is " STR_FMT,
		STR_ARG(holding->text), STR_ARG(holding->owner),
		STR_ARG(rules_prefix_text(facts, verdict->part)), STR_ARG(text));
}

/* The entry of SenderIPAddresses that the service would meet first: wide ranges are split. */
static Str
refused_entry(const RuleFacts *facts, const RuleHolding *holding, NetPrefix part)
{
	if (holding->network.len >= CONNECTOR_MIN_LENGTH)
		return rules_prefix_text(facts, holding->network);
	if (part.len > CONNECTOR_MIN_LENGTH)
		part.len = CONNECTOR_MIN_LENGTH;
	return rules_prefix_text(facts, net_prefix_of((NetFamily)part.family,
						net_prefix_first(part), CONNECTOR_MIN_LENGTH));
}

/* What follows from a reserved address; the wording of the service where it would be met. */
static Str
refused_text(const RuleFacts *facts, const RuleHolding *holding, NetPrefix part)
{
	if (holding->use != NULL && holding->use->writer != STATE_NONE)
		return str_format(facts->arena,
			"Exchange Online never sees it, and refuses it on connector `" STR_FMT
			"`: \"The IP range '" STR_FMT "' contains reserved IP addresses.\"",
			STR_ARG(rules_connector_name(facts, holding->use->writer)),
			STR_ARG(refused_entry(facts, holding, part)));
	switch (holding->place) {
	case RULE_PLACE_EGRESS: return STR("an egress holds what the Internet sees");
	case RULE_PLACE_HOST:
		return STR("its mail arrives from another address, which the spec does not name");
	case RULE_PLACE_SPF: return STR("no receiver ever meets it");
	case RULE_PLACE_SKIP: break;
	}
	return STR("Exchange Online takes public addresses there");
}

static Str
consequence_text(const RuleFacts *facts, const RuleHolding *holding, const NetVerdict *verdict)
{
	switch (verdict->net_class) {
	case NET_CLASS_REFUSED: return refused_text(facts, holding, verdict->part);
	case NET_CLASS_NOT_GLOBAL: return STR("no mail arrives from it");
	case NET_CLASS_DOCUMENTATION:
		return facts->sample ? STR("allowed by `sample: true`")
				     : STR("no mail arrives from it");
	case NET_CLASS_SPECIAL:
	case NET_CLASS_GLOBAL: break;
	}
	return STR("no mail server sends from it");
}

static const char *
class_label(NetClass net_class)
{
	switch (net_class) {
	case NET_CLASS_REFUSED: return "not a public address";
	case NET_CLASS_NOT_GLOBAL: return "not reachable on the Internet";
	case NET_CLASS_DOCUMENTATION: return "an example address";
	case NET_CLASS_SPECIAL:
	case NET_CLASS_GLOBAL: break;
	}
	return "not a mail source";
}

/* The route up to the address, and behind it the hop that the spec lacks. */
static void
note_route(const RuleFacts *facts, const RuleHolding *holding, DiagSink *sink, Diag *diag)
{
	const RuleUse *use = holding->use;
	const char *goal = rules_method_goal(MODEL_METHOD_CONNECTOR);
	Str route;

	if (use->routes > 0) {
		const ModelRoute *first = &facts->model->routes.items[use->route];

		goal = rules_method_goal(facts->model->host_infos[first->host].method);
		route = model_route_text(facts->scratch, facts->model, first);
	} else if (use->writer != STATE_NONE) {
		route = state_source_text(facts->scratch, facts->model,
			&facts->state->connectors.items[use->writer].sources.items[use->source]);
	} else {
		return;
	}
	diag_note(sink, diag,
		"route: " STR_FMT " (" STR_FMT ") → ? → %s; at `?` stands the hop whose public "
		"address is missing",
		STR_ARG(route), STR_ARG(holding->text), goal);
	if (use->routes > 1)
		diag_note(sink, diag, STR_FMT " more routes end here",
			STR_ARG(rules_number(facts, use->routes - 1)));
	if (use->writers > 1)
		diag_note(sink, diag, STR_FMT " more connectors hold it",
			STR_ARG(rules_number(facts, use->writers - 1)));
}

#define FIND_IT                                                                                    \
	"to find it, send a test mail and read FromIP with Get-MessageTraceV2, or look into the "  \
	"NAT log or the `Received:` lines; `connplan explain CP103` shows how"

static void
help_public_address(const RuleHolding *holding, DiagSink *sink, Diag *diag)
{
	switch (holding->place) {
	case RULE_PLACE_EGRESS:
		diag_help(sink, diag,
			"write the public address that mail has behind the last NAT; " FIND_IT);
		return;
	case RULE_PLACE_HOST:
		diag_help(sink, diag,
			"keep it, define the public address behind `" STR_FMT
			"` under `egress`, and refer to it with `egress:`, or with `via:` for a "
			"gateway; " FIND_IT,
			STR_ARG(holding->name));
		return;
	case RULE_PLACE_SPF:
		diag_help(sink, diag, "name the public address that the mail leaves from");
		return;
	case RULE_PLACE_SKIP:
		diag_help(
			sink, diag, "list the public addresses of the hops before Exchange Online");
		return;
	}
}

static void
help_class(const RuleFacts *facts, const RuleHolding *holding, NetClass net_class, DiagSink *sink,
	Diag *diag)
{
	switch (net_class) {
	case NET_CLASS_REFUSED:
	case NET_CLASS_NOT_GLOBAL: help_public_address(holding, sink, diag); return;
	case NET_CLASS_DOCUMENTATION:
		diag_help(sink, diag, "%s",
			facts->sample ? "for a real tenant write the real address, and remove "
					"`sample: true`"
				      : "write the real address; in an example say `sample: true`");
		return;
	case NET_CLASS_SPECIAL:
	case NET_CLASS_GLOBAL:
		diag_help(sink, diag,
			"compare it with the address that Exchange Online saw, and correct it; "
			"`connplan explain CP103` shows how");
		return;
	}
}

void
rules_report_class(const RuleFacts *facts, const RuleHolding *holding, const NetVerdict *verdict,
	DiagSink *sink)
{
	DiagCode code = code_of(facts, verdict->net_class);
	Str subject = subject_text(facts, holding, verdict);
	Str consequence = consequence_text(facts, holding, verdict);
	Diag *diag = diag_report(sink, code, holding->span, STR_FMT ": " STR_FMT, STR_ARG(subject),
		STR_ARG(consequence));

	diag_path(diag, holding->path);
	diag_label(sink, diag, "%s", class_label(verdict->net_class));
	if (holding->use != NULL && rules_class_fails(facts, verdict->net_class) &&
		verdict->net_class != NET_CLASS_DOCUMENTATION)
		note_route(facts, holding, sink, diag);
	help_class(facts, holding, verdict->net_class, sink, diag);
}
