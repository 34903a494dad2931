/* The name of the certificate that a connector tells its mail by. */
#include "rules/rules_int.h"

const char *
rules_certificate_problem(const RuleFacts *facts, Str name)
{
	Str host = name, parsed;
	NetNameError error;

	if (STR_EQ(name, "*"))
		return "a bare `*` would take the certificate of anybody";
	if (str_starts(name, STR("*.")))
		host = str_slice(name, 2, name.len);
	if (str_find_char(host, '*', 0) < host.len)
		return "a wildcard can only be the whole first label";
	error = net_name_parse(facts->scratch, host, NET_NAME_HOST, &parsed);
	return error == NET_NAME_OK ? NULL : net_name_reason(error);
}

bool
rules_certificate_is_accepted(const RuleFacts *facts, Str certificate)
{
	Str name = str_lower(facts->scratch, certificate);
	size_t dot;

	for (;;) {
		if (model_domain_is_accepted(facts->model, name))
			return true;
		dot = str_find_char(name, '.', 0);
		if (dot == name.len)
			return false;
		name = str_slice(name, dot + 1, name.len);
	}
}

/* The name itself, then `*.parent` for each of its parents. */
bool
rules_certificate_is_taken(const RuleFacts *facts, const Map *patterns, Str certificate)
{
	Str rest = str_lower(facts->scratch, certificate), name = rest;
	size_t dot;

	for (;;) {
		if (map_find(patterns, name) != MAP_NONE)
			return true;
		dot = str_find_char(rest, '.', 0);
		if (dot == rest.len)
			return false;
		rest = str_slice(rest, dot + 1, rest.len);
		name = str_format(facts->scratch, "*." STR_FMT, STR_ARG(rest));
	}
}

static Diag *
report_certificate(const RuleFacts *facts, DiagCode code, const StateConnector *connector,
	const char *what, DiagSink *sink)
{
	Diag *diag = diag_report(sink, code, connector->spec->certificate.span,
		"certificate `" STR_FMT "` of connector `" STR_FMT "` %s",
		STR_ARG(connector->certificate), STR_ARG(connector->name), what);

	diag_path(diag, rules_connector_path(facts, connector, "certificate"));
	return diag;
}

/* Microsoft Learn, New-InboundConnector, TlsSenderCertificateName: domain or *.domain. */
static void
report_bad_name(const RuleFacts *facts, const StateConnector *connector, const char *problem,
	DiagSink *sink)
{
	Str what = str_format(facts->arena, "is no name that a connector takes: %s", problem);
	Diag *diag = report_certificate(
		facts, DIAG_BAD_CERTIFICATE_NAME, connector, str_c(facts->arena, what), sink);

	diag_label(sink, diag, "not a host name or `*.domain`");
	diag_help(sink, diag,
		"take the name from the certificate that the last hop presents: its subject or "
		"one of its alternative names, such as `mail.contoso.com` or `*.contoso.com`");
}

/* Message center MC1226222: a certificate is tied to a tenant by an accepted domain. */
static void
report_not_accepted(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	Diag *diag = report_certificate(facts, DIAG_CERTIFICATE_NOT_ACCEPTED_DOMAIN, connector,
		"lies under no accepted domain: it does not show that the mail is yours", sink);

	diag_label(sink, diag, "neither it nor a parent is accepted");
	diag_note(sink, diag,
		"mail is then relayed only if its envelope sender is in an accepted domain, so "
		"that bounces and forwards are refused");
	diag_help(sink, diag,
		"let the last hop present a certificate under an accepted domain; if the tenant "
		"has accepted the certificate's domain, add it to `domains`");
}

void
check_certificate_names(const RuleFacts *facts, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];
		const char *problem;

		/* One that is not written is CP405. */
		if (!connector->by_certificate || connector->broken ||
			connector->certificate.ptr == NULL)
			continue;
		problem = rules_certificate_problem(facts, connector->certificate);
		if (problem != NULL)
			report_bad_name(facts, connector, problem, sink);
		else if (connector->type == MODEL_ON_PREMISES && facts->model->usable &&
			 !rules_certificate_is_accepted(facts, connector->certificate))
			report_not_accepted(facts, connector, sink);
	}
}
