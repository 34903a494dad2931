/* What a connector is identified by. */
#include "rules/rules_int.h"

/* The place of a connector, or of what it came from where no spec names it. */
static Diag *
report_connector(
	const RuleFacts *facts, DiagSink *sink, DiagCode code, uint32_t index, const char *what)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	const StateSource *source = NULL;
	Span span = connector->span;
	Diag *diag;

	if (connector->spec == NULL && connector->sources.len > 0) {
		source = &connector->sources.items[0];
		span = source->span;
	}
	diag = diag_report(
		sink, code, span, "connector `" STR_FMT "` %s", STR_ARG(connector->name), what);
	diag_path(diag, source != NULL ? rules_accept_path(facts, index, source)
				       : rules_path(facts, MODEL_KIND_CONNECTOR, connector->name,
						 NULL, (Str){0}));
	return diag;
}

/* --- CP106 ------------------------------------------------------------------------------------ */

/* Microsoft Learn, New-InboundConnector, parameter SenderIPAddresses: IPv6 is not taken. */
static void
report_no_ip4(const RuleFacts *facts, uint32_t index, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	const StateSource *source = &connector->sources.items[0];
	const FieldPrefixes *addresses = state_source_addresses(facts->model, source);
	Str text = rules_prefix_text(facts, connector->ip6.items[0]);
	Str more = rules_more(facts, connector->ip6.len - 1);
	Str what = str_format(facts->arena,
		"is left without an IPv4 source: connectors take IPv4 alone, and `" STR_FMT
		"`" STR_FMT " cannot be written",
		STR_ARG(text), STR_ARG(more));
	Diag *diag = report_connector(
		facts, sink, DIAG_NO_IPV4_SOURCE, index, str_c(facts->arena, what));

	diag_label(sink, diag, "no IPv4 address behind it");
	if (addresses != NULL && addresses->len > 0)
		diag_related(sink, diag, addresses->items[0].span, "an IPv6 source");
	diag_note(sink, diag, "route: " STR_FMT,
		STR_ARG(state_source_text(facts->scratch, facts->model, source)));
	diag_help(sink, diag,
		"give the route an egress with an IPv4 address, or identify the connector by "
		"certificate, which counts over IPv4 and IPv6");
}

/* --- CP401 ------------------------------------------------------------------------------------ */

/* Why a connector has neither: what was accepted brings no address. */
static Str
no_identity_text(const RuleFacts *facts, const StateConnector *connector)
{
	const Model *model = facts->model;
	const FieldItems *accepts;
	ModelRef ref;

	if (connector->by_default)
		return STR("no host is left for it to take");
	if (!connector->by_address)
		return STR("`identify_by: certificate` leaves the addresses out, and no "
			   "`certificate` is named");
	accepts = &connector->spec->accepts;
	if (accepts->len == 0)
		return STR("`accepts` is empty");
	ref = model_find_sender(model, accepts->items[0].text);
	if (ref.kind == MODEL_KIND_HOST && model->host_infos[ref.index].routes_len == 0)
		return str_format(facts->arena,
			"`" STR_FMT "` sends by %s, which uses no connector and shows no address",
			STR_ARG(accepts->items[0].text),
			rules_method_text(model->host_infos[ref.index].method));
	return str_format(facts->arena, "the addresses behind `" STR_FMT "` are not known",
		STR_ARG(accepts->items[0].text));
}

/* Reported by users; the admin centre asks for an address or a certificate. */
static void
report_no_identity(const RuleFacts *facts, uint32_t index, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	Str why = no_identity_text(facts, connector);
	Str what = str_format(facts->arena,
		"has neither an address nor a certificate to tell its mail by: " STR_FMT,
		STR_ARG(why));
	Diag *diag = report_connector(
		facts, sink, DIAG_CONNECTOR_NO_IDENTITY, index, str_c(facts->arena, what));

	diag_label(sink, diag, "matches no message");
	diag_help(sink, diag,
		"accept a host, gateway or egress with a public address, or name the "
		"`certificate` that the last hop presents; remove the connector if nothing uses "
		"it");
}

void
check_connector_identity(const RuleFacts *facts, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		if (facts->identities[i] == RULE_IDENTITY_NO_IP4)
			report_no_ip4(facts, i, sink);
		else if (facts->identities[i] == RULE_IDENTITY_NONE)
			report_no_identity(facts, i, sink);
	}
}

/* --- CP402 ------------------------------------------------------------------------------------ */

/* Microsoft Learn, New-InboundConnector, TlsSenderCertificateName: needs RequireTls $true. */
void
check_certificate_tls(const RuleFacts *facts, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];
		Diag *diag;

		if (connector->spec == NULL || !connector->by_certificate ||
			connector->require_tls || connector->spec->require_tls.state != FIELD_SET)
			continue;
		diag = diag_report(sink, DIAG_CERTIFICATE_NEEDS_TLS,
			connector->spec->require_tls.span,
			"connector `" STR_FMT "` tells its mail by certificate `" STR_FMT
			"`, which TLS alone shows, but does not require TLS",
			STR_ARG(connector->name), STR_ARG(connector->certificate));
		diag_path(diag, rules_path(facts, MODEL_KIND_CONNECTOR, connector->name,
					"require_tls", (Str){0}));
		diag_label(sink, diag, "no TLS, no certificate");
		diag_related(sink, diag, connector->spec->certificate.span, "the certificate");
		diag_help(sink, diag,
			"remove `require_tls: false`, or say `identify_by: address` and drop the "
			"certificate");
	}
}
