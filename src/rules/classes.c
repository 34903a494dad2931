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

Str
rules_rfc_text(const RuleFacts *facts, const NetBlock *block)
{
	if (!str_starts(block->rfc, STR("RFC")))
		return block->rfc;
	return str_format(
		facts->arena, "RFC " STR_FMT, STR_ARG(str_slice(block->rfc, 3, block->rfc.len)));
}

Str
rules_class_text(const RuleFacts *facts, const NetBlock *block)
{
	Str rfc = rules_rfc_text(facts, block);

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
			facts->arena, "a documentation address (" STR_FMT ")", STR_ARG(rfc));
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
	Str text = rules_class_text(facts, verdict->block);

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

/* The way to the address as far as the spec tells it; absent where nothing leads there. */
static Str
way_text(const RuleFacts *facts, const RuleUse *use, ModelMethod *ret_method)
{
	const StateConnector *connector;

	if (use->routes > 0) {
		const ModelRoute *route = &facts->model->routes.items[use->route];

		*ret_method = facts->model->host_infos[route->host].method;
		return model_route_text(facts->scratch, facts->model, route);
	}
	*ret_method = MODEL_METHOD_CONNECTOR;
	if (use->writer == STATE_NONE)
		return (Str){0};
	connector = &facts->state->connectors.items[use->writer];
	return state_source_text(
		facts->scratch, facts->model, &connector->sources.items[use->source]);
}

/* The route, and at its end the hop that the spec lacks: the one with the public address. */
static Str
missing_hop_text(const RuleFacts *facts, const RuleHolding *holding)
{
	ModelMethod method;
	Str way = way_text(facts, holding->use, &method);
	const char *goal = rules_method_goal(method);

	if (way.ptr == NULL)
		return STR("an egress holds what the Internet sees");
	return str_format(facts->arena,
		"%s sees another address, that of a hop that the spec lacks (" STR_FMT " → ? → %s)",
		goal, STR_ARG(way), goal);
}

/* What follows from an address that nobody outside can see. */
static Str
hidden_text(const RuleFacts *facts, const RuleHolding *holding, const NetVerdict *verdict)
{
	Str text;

	if (holding->place == RULE_PLACE_SPF)
		return STR("no receiver ever meets it");
	if (holding->place == RULE_PLACE_SKIP)
		return STR("Exchange Online takes public addresses there");
	text = missing_hop_text(facts, holding);
	if (verdict->net_class != NET_CLASS_REFUSED || holding->use->writer == STATE_NONE)
		return text;
	return str_format(facts->arena,
		STR_FMT ", and refuses this one on connector `" STR_FMT
			"`: \"The IP range '" STR_FMT "' contains reserved IP addresses.\"",
		STR_ARG(text), STR_ARG(rules_connector_name(facts, holding->use->writer)),
		STR_ARG(refused_entry(facts, holding, verdict->part)));
}

static bool
is_mapped(const RuleHolding *holding, const NetVerdict *verdict)
{
	return STR_EQ(verdict->block->name, "IPv4-mapped Address") && holding->network.len >= 96;
}

/* The IPv4 address or network in `::ffff:c633:640a` (RFC 4291 section 2.5.5.2). */
static Str
mapped_text(const RuleFacts *facts, const RuleHolding *holding)
{
	return rules_prefix_text(facts,
		net_prefix_of(NET_IP4, (uint32_t)holding->network.lo, holding->network.len - 96u));
}

static Str
consequence_text(const RuleFacts *facts, const RuleHolding *holding, const NetVerdict *verdict)
{
	switch (verdict->net_class) {
	case NET_CLASS_NOT_GLOBAL:
		if (is_mapped(holding, verdict))
			return str_format(facts->arena, "it is `" STR_FMT "`, written as IPv6",
				STR_ARG(mapped_text(facts, holding)));
		return hidden_text(facts, holding, verdict);
	case NET_CLASS_REFUSED: return hidden_text(facts, holding, verdict);
	case NET_CLASS_DOCUMENTATION:
		return facts->sample ? STR("allowed by `sample: true`")
				     : STR("no mail comes from it");
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

/* Who else is concerned: the message shows the first route and connector. */
static void
note_others(const RuleFacts *facts, const RuleUse *use, DiagSink *sink, Diag *diag)
{
	if (use->routes > 1)
		diag_note(sink, diag, "more routes that end here: " STR_FMT,
			STR_ARG(rules_number(facts, use->routes - 1)));
	if (use->writers > 1)
		diag_note(sink, diag, "more connectors that hold it: " STR_FMT,
			STR_ARG(rules_number(facts, use->writers - 1)));
}

#define FIND_IT                                                                                    \
	"\nto find it, send a test mail and read FromIP with Get-MessageTraceV2, or read the NAT " \
	"log, or the `Received:` lines of a mail that arrived; `connplan explain CP103` shows how"

static void
help_public_address(const RuleHolding *holding, DiagSink *sink, Diag *diag)
{
	switch (holding->place) {
	case RULE_PLACE_EGRESS:
		diag_help(sink, diag,
			"write the public address that mail has behind the last NAT" FIND_IT);
		return;
	case RULE_PLACE_HOST:
		diag_help(sink, diag,
			"keep it, define the public address under `egress`, and set `egress: NAME` "
			"on `" STR_FMT "`, or `via: NAME` for a gateway" FIND_IT,
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
help_class(const RuleFacts *facts, const RuleHolding *holding, const NetVerdict *verdict,
	DiagSink *sink, Diag *diag)
{
	switch (verdict->net_class) {
	case NET_CLASS_NOT_GLOBAL:
		if (is_mapped(holding, verdict)) {
			diag_help(sink, diag, "write `" STR_FMT "`",
				STR_ARG(mapped_text(facts, holding)));
			return;
		}
		help_public_address(holding, sink, diag);
		return;
	case NET_CLASS_REFUSED: help_public_address(holding, sink, diag); return;
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
	Diag *diag;

	/* A `sample` that could not be read was reported: it may have meant either. */
	if (verdict->net_class == NET_CLASS_DOCUMENTATION &&
		facts->model->spec->sample.state == FIELD_BAD)
		return;
	diag = diag_report(sink, code, holding->span, STR_FMT ": " STR_FMT, STR_ARG(subject),
		STR_ARG(consequence));
	diag_path(diag, holding->path);
	diag_label(sink, diag, "%s", class_label(verdict->net_class));
	if (holding->use != NULL && rules_class_fails(facts, verdict->net_class))
		note_others(facts, holding->use, sink, diag);
	help_class(facts, holding, verdict, sink, diag);
}
