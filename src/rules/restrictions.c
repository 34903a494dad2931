/* Partner connectors that refuse other mail: what they need, and whom they lock out. */
#include "rules/rules_int.h"

static bool
is_partner(const StateConnector *connector)
{
	return connector->spec != NULL && connector->type == MODEL_PARTNER && !connector->broken;
}

static bool
restricts(const StateConnector *connector, ConnectorProperty property)
{
	return connector->record.values[property].on;
}

static Diag *
report_restriction(const RuleFacts *facts, DiagCode code, const StateConnector *connector,
	const char *what, DiagSink *sink)
{
	Diag *diag = diag_report(sink, code, connector->spec->restrict_to.span,
		"connector `" STR_FMT "` %s", STR_ARG(connector->name), what);

	diag_path(diag, rules_connector_path(facts, connector, "restrict_to"));
	return diag;
}

/* --- CP403 ------------------------------------------------------------------------------------ */

/* Whether another finding says why no address is known. */
static bool
lack_is_explained(const RuleFacts *facts, const StateConnector *connector)
{
	size_t i;

	if (connector->wide.len > 0 || rules_accepted_host_has_failed(facts, connector))
		return true;
	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if (rules_source_is_dynamic(facts, source) ||
			rules_class_fails(
				facts, rules_use_of(facts, source->host, source->egress)->worst))
			return true;
	}
	return false;
}

/* Reported by users: RestrictDomainsToIPAddresses wants SenderIPAddresses, which is IPv4. */
static bool
check_address(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	const FieldItems *accepts = &connector->spec->accepts;
	Diag *diag;

	if (!restricts(connector, CONNECTOR_RESTRICT_ADDRESSES) || connector->addresses.len > 0)
		return true;
	if (lack_is_explained(facts, connector))
		return false;
	diag = report_restriction(facts, DIAG_RESTRICT_NEEDS_ADDRESS, connector,
		connector->ip6.len > 0 ? "is restricted to addresses, but has IPv6 alone, which "
					 "connectors do not take"
				       : "is restricted to addresses, but nothing that it accepts "
					 "gives one",
		sink);
	diag_label(sink, diag, "no IPv4 address behind it");
	diag_related(sink, diag, accepts->span, "what it accepts");
	diag_note(sink, diag,
		"all mail from its sender domains would be refused, from wherever it comes");
	diag_help(sink, diag,
		"accept an egress or gateway with the partner's IPv4 addresses, or say "
		"`restrict_to: certificate` and name the partner's `certificate`");
	return false;
}

/* --- CP404 ------------------------------------------------------------------------------------ */

/* Reported by users: RestrictDomainsToCertificate wants TlsSenderCertificateName. */
static bool
check_certificate(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	Diag *diag;

	if (!restricts(connector, CONNECTOR_RESTRICT_CERTIFICATE) ||
		connector->spec->certificate.state != FIELD_ABSENT)
		return true;
	diag = report_restriction(facts, DIAG_RESTRICT_NEEDS_CERTIFICATE, connector,
		"is restricted to a certificate, but names none", sink);
	diag_label(sink, diag, "which certificate?");
	diag_note(sink, diag,
		"all mail from its sender domains would be refused, from wherever it comes");
	diag_help(sink, diag,
		"write the name in the certificate that the partner's servers present as "
		"`certificate`, such as `mx.vendor.example`, or say `restrict_to: address`");
	return false;
}

/* --- CP430 ------------------------------------------------------------------------------------ */

static void
report_both(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	Diag *diag = report_restriction(facts, DIAG_BOTH_RESTRICTIONS, connector,
		"restricts to addresses and to a certificate: whether a message needs both or one "
		"of them is not settled",
		sink);

	diag_label(sink, diag, "both at once");
	diag_help(sink, diag,
		"keep `certificate` if the partner has a certificate of its own, else `address`; "
		"if its instructions ask for both, test with a message that meets only one, and "
		"waive this with the result");
}

/* --- CP416 ------------------------------------------------------------------------------------ */

/* Microsoft Learn, connectors that lock a tenant down: 550 5.7.51 TenantInboundAttribution. */
static void
report_lockdown(const RuleFacts *facts, const StateConnector *connector, const FieldItem *star,
	DiagSink *sink)
{
	Diag *diag = report_restriction(facts, DIAG_LOCKDOWN, connector,
		"is restricted for all senders (`*`): Exchange Online refuses all Internet mail "
		"that "
		"comes another way with 550 5.7.51",
		sink);

	diag_label(sink, diag, "shuts out whatever comes another way");
	diag_related(sink, diag, star->span, "all senders");
	diag_help(sink, diag,
		"check that MX of every domain points to what it accepts, that the list of "
		"addresses is complete, and that no device delivers straight to the tenant; then "
		"waive this with a date");
}

bool
rules_is_lockdown(const StateConnector *connector)
{
	return connector->enabled && is_partner(connector) &&
	       (restricts(connector, CONNECTOR_RESTRICT_ADDRESSES) ||
		       restricts(connector, CONNECTOR_RESTRICT_CERTIFICATE));
}

/* Where a lockdown says that it is for all senders, or NULL. */
static const FieldItem *
lockdown_star(const StateConnector *connector)
{
	uint32_t i;

	if (!rules_is_lockdown(connector))
		return NULL;
	for (i = 0; i < connector->spec->sender_domains.len; i++) {
		if (STR_EQ(connector->spec->sender_domains.items[i].text, "*"))
			return &connector->spec->sender_domains.items[i];
	}
	return NULL;
}

void
check_restrictions(const RuleFacts *facts, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];
		const FieldItem *star = lockdown_star(connector);
		bool address, certificate;

		if (!is_partner(connector))
			continue;
		address = check_address(facts, connector, sink);
		certificate = check_certificate(facts, connector, sink);
		if (!address || !certificate)
			continue; /* what it would do is told */
		if (restricts(connector, CONNECTOR_RESTRICT_ADDRESSES) &&
			restricts(connector, CONNECTOR_RESTRICT_CERTIFICATE))
			report_both(facts, connector, sink);
		if (star != NULL)
			report_lockdown(facts, connector, star, sink);
	}
}
