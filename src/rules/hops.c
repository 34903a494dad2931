/* What the last hop brings to a connector: TLS and a certificate, or not. */
#include "rules/rules_int.h"

bool
rules_hop_of(
	const RuleFacts *facts, uint32_t connector, const StateSource *source, RuleHop *ret_hop)
{
	const Model *model = facts->model;

	ret_hop->connector = connector;
	ret_hop->source = source;
	if (source->last_hop != MODEL_SELF) {
		ret_hop->object = (ModelRef){MODEL_KIND_GATEWAY, source->last_hop};
		ret_hop->certificate = &model->gateways[source->last_hop].certificate;
		ret_hop->tls = &model->gateways[source->last_hop].tls;
		return true;
	}
	if (source->route == STATE_NONE)
		return false;
	ret_hop->object = (ModelRef){MODEL_KIND_HOST, source->host};
	ret_hop->certificate = &model->hosts[source->host].certificate;
	ret_hop->tls = &model->hosts[source->host].tls;
	return true;
}

Str
rules_hop_text(const RuleFacts *facts, const RuleHop *hop)
{
	return str_format(facts->arena, "%s `" STR_FMT "`", rules_noun(hop->object.kind),
		STR_ARG(model_ref_name(facts->model, hop->object)));
}

static const StateConnector *
connector_of(const RuleFacts *facts, const RuleHop *hop)
{
	return &facts->state->connectors.items[hop->connector];
}

static void
note_route(const RuleFacts *facts, const RuleHop *hop, DiagSink *sink, Diag *diag)
{
	diag_note(sink, diag, "route: " STR_FMT,
		STR_ARG(state_source_text(facts->scratch, facts->model, hop->source)));
}

/* --- CP419 ------------------------------------------------------------------------------------ */

/* Whether another on-premises connector takes what this source shows. */
static bool
is_taken_elsewhere(const RuleFacts *facts, const StateSource *source)
{
	Str certificate = state_source_certificate(facts->model, source);
	const FieldPrefixes *addresses;
	uint32_t i;

	if (certificate.ptr != NULL &&
		rules_certificate_is_taken(facts, &facts->certificates, certificate))
		return true;
	if (source->route != STATE_NONE)
		return facts->state->matches[source->route].on_premises != STATE_NONE;
	addresses = state_source_addresses(facts->model, source);
	for (i = 0; i < addresses->len; i++) {
		if (!net_set_contains(&facts->state->on_premises_set,
			    net_prefix_network(addresses->items[i].prefix)))
			return false;
	}
	return addresses->len > 0;
}

static void
report_not_presented(const RuleFacts *facts, const RuleHop *hop, DiagSink *sink)
{
	const StateConnector *connector = connector_of(facts, hop);
	bool presents = hop->certificate->state == FIELD_SET;
	Str object = rules_hop_text(facts, hop);
	Str shown = presents ? str_format(facts->arena, "`" STR_FMT "`",
				       STR_ARG(hop->certificate->text))
			     : STR("none");
	Diag *diag = diag_report(sink, DIAG_CERTIFICATE_NOT_PRESENTED, hop->source->span,
		"connector `" STR_FMT "` tells its mail by certificate `" STR_FMT
		"` alone, but " STR_FMT " presents " STR_FMT ": its mail matches no connector",
		STR_ARG(connector->name), STR_ARG(connector->certificate), STR_ARG(object),
		STR_ARG(shown));

	diag_path(diag, rules_accept_path(facts, hop->connector, hop->source));
	diag_label(
		sink, diag, presents ? "presents another certificate" : "presents no certificate");
	if (presents)
		diag_related(sink, diag, hop->certificate->span, "what it presents");
	else
		diag_related(sink, diag, model_ref_span(facts->model, hop->object),
			"names no `certificate`");
	diag_related(sink, diag, connector->spec->certificate.span, "what the connector takes");
	note_route(facts, hop, sink, diag);
	diag_help(sink, diag,
		"write the name that " STR_FMT
		" presents as a client as its `certificate` and on the connector; if its address "
		"is yours alone, `identify_by: either` lets that count too",
		STR_ARG(object));
}

/*
 * False: nothing to say. What presents a certificate that is not known, or speaks no TLS (CP420),
 * was reported for that.
 */
static bool
check_certificate(const RuleFacts *facts, const RuleHop *hop, DiagSink *sink)
{
	const StateConnector *connector = connector_of(facts, hop);
	Str presented = state_source_certificate(facts->model, hop->source);

	if (connector->type != MODEL_ON_PREMISES || connector->by_address ||
		facts->identities[hop->connector] != RULE_IDENTITY_GOOD ||
		hop->certificate->state == FIELD_BAD ||
		(presented.ptr != NULL &&
			state_certificate_matches(connector->certificate, presented)) ||
		state_source_tls(facts->model, hop->source) == MODEL_TLS_NONE ||
		is_taken_elsewhere(facts, hop->source))
		return false;
	report_not_presented(facts, hop, sink);
	return true;
}

/* --- CP420 CP431 ------------------------------------------------------------------------------ */

/* Where it is written, or follows from, that the connector requires TLS. */
static void
relate_requirement(const StateConnector *connector, DiagSink *sink, Diag *diag)
{
	const ModelConnector *spec = connector->spec;

	if (spec == NULL)
		return;
	if (spec->require_tls.state == FIELD_SET)
		diag_related(sink, diag, spec->require_tls.span, "TLS is required here");
	else if (connector->by_certificate)
		diag_related(
			sink, diag, spec->certificate.span, "a certificate is shown by TLS alone");
	else
		diag_related(
			sink, diag, connector->span, "a partner connector requires TLS by default");
}

static Diag *
report_tls(
	const RuleFacts *facts, DiagCode code, const RuleHop *hop, const char *what, DiagSink *sink)
{
	const StateConnector *connector = connector_of(facts, hop);
	Str name = model_ref_name(facts->model, hop->object);
	Str object = rules_hop_text(facts, hop);
	Diag *diag = diag_report(sink, code, hop->tls->span,
		"connector `" STR_FMT "` requires TLS, but " STR_FMT " %s",
		STR_ARG(connector->name), STR_ARG(object), what);

	diag_path(diag, rules_path(facts, hop->object.kind, name, "tls", (Str){0}));
	relate_requirement(connector, sink, diag);
	note_route(facts, hop, sink, diag);
	return diag;
}

/* Microsoft Learn, New-InboundConnector, RequireTls: without TLS a message is rejected. */
static void
check_tls(const RuleFacts *facts, const RuleHop *hop, DiagSink *sink)
{
	Diag *diag;

	if (!connector_of(facts, hop)->require_tls || hop->tls->state != FIELD_SET)
		return;
	switch ((ModelTls)hop->tls->value) {
	case MODEL_TLS_REQUIRED: return;
	case MODEL_TLS_NONE:
		diag = report_tls(facts, DIAG_TLS_REFUSED, hop,
			"sends to Exchange Online without it: all of its mail is refused", sink);
		diag_label(sink, diag, "sends without TLS");
		diag_help(sink, diag,
			"turn TLS on there and say `tls: required`, or send through a gateway that "
			"uses it; what can do neither needs a connector of its own with "
			"`require_tls: false`");
		return;
	case MODEL_TLS_OPPORTUNISTIC:
		diag = report_tls(facts, DIAG_TLS_OPPORTUNISTIC, hop,
			"falls back to plain text when TLS fails: its mail is then refused", sink);
		diag_label(sink, diag, "does not insist on TLS");
		diag_help(sink, diag,
			"let it require TLS towards Exchange Online, and say `tls: required`: a "
			"handshake that fails is then told as one");
		return;
	}
}

/* --- each last hop of each connector, once ---------------------------------------------------- */

/* For each object the connector, plus one, at which it was last told of. */
typedef struct Told {
	uint32_t *hosts, *gateways;
} Told;

static Told
make_told(const RuleFacts *facts)
{
	return (Told){ARENA_ARRAY(facts->scratch, uint32_t, facts->model->hosts_len),
		ARENA_ARRAY(facts->scratch, uint32_t, facts->model->gateways_len)};
}

static uint32_t *
told_of(const Told *told, const RuleHop *hop)
{
	return hop->object.kind == MODEL_KIND_HOST ? &told->hosts[hop->object.index]
						   : &told->gateways[hop->object.index];
}

static void
check_source(const RuleFacts *facts, const RuleHop *hop, const Told *tls, const Told *certificates,
	DiagSink *sink)
{
	uint32_t *told = told_of(tls, hop), mine = hop->connector + 1;

	if (*told != mine)
		check_tls(facts, hop, sink);
	*told = mine;
	told = told_of(certificates, hop);
	if (*told != mine && check_certificate(facts, hop, sink))
		*told = mine;
}

void
check_last_hops(const RuleFacts *facts, DiagSink *sink)
{
	Told tls = make_told(facts), certificates = make_told(facts);
	uint32_t i, j;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		for (j = 0; connector->enabled && !connector->broken && j < connector->sources.len;
			j++) {
			RuleHop hop;

			if (rules_hop_of(facts, i, &connector->sources.items[j], &hop))
				check_source(facts, &hop, &tls, &certificates, sink);
		}
	}
}
