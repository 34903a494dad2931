/* CP405: settings that Exchange Online keeps and does not use, or that are not written. */
#include "rules/rules_int.h"

/* A key that does nothing where it stands, and what to do about it. */
typedef struct Idle {
	const char *key;
	Span span;
	const char *why, *help;
} Idle;

static void
report_idle(
	const RuleFacts *facts, const StateConnector *connector, const Idle *idle, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_SETTING_WITHOUT_EFFECT, idle->span,
		"`%s` of connector `" STR_FMT "` has no effect: %s", idle->key,
		STR_ARG(connector->name), idle->why);

	diag_path(diag, rules_connector_path(facts, connector, idle->key));
	diag_label(sink, diag, "changes nothing");
	diag_help(sink, diag, "%s", idle->help);
}

/* --- partner connectors ----------------------------------------------------------------------- */

/* SenderIPAddresses: used on a partner connector only with RestrictDomainsToIPAddresses. */
static void
check_partner(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	const ModelConnector *spec = connector->spec;

	if (connector->addresses.len > 0 && spec->restrict_to.state != FIELD_BAD &&
		!connector->record.values[CONNECTOR_RESTRICT_ADDRESSES].on &&
		!connector->record.values[CONNECTOR_RESTRICT_CERTIFICATE].on)
		report_idle(facts, connector,
			&(Idle){"accepts", spec->accepts.span,
				"addresses on a partner connector count only with `restrict_to: "
				"address`, and other addresses are not refused",
				"add `restrict_to: address` if mail of these senders may come from "
				"nowhere else; else say `accepts: []`"},
			sink);
	if (spec->identify_by.state == FIELD_SET)
		report_idle(facts, connector,
			&(Idle){"identify_by", spec->identify_by.span,
				"a partner connector is told by its `sender_domains`",
				"remove it; what a partner connector insists on is `restrict_to`"},
			sink);
}

/* --- on-premises connectors ------------------------------------------------------------------- */

static const FieldItem *
find_scope(const FieldItems *domains)
{
	uint32_t i;

	for (i = 0; i < domains->len; i++) {
		if (!STR_EQ(domains->items[i].text, "*"))
			return &domains->items[i];
	}
	return NULL;
}

/* Restrict…, SenderDomains: for connectors of type Partner; TlsSenderCertificateName: not written.
 */
static void
check_on_premises(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	const ModelConnector *spec = connector->spec;

	if (spec->restrict_to.state == FIELD_SET &&
		(spec->restrict_to.set & ~(1u << MODEL_RESTRICT_NONE)) != 0)
		report_idle(facts, connector,
			&(Idle){"restrict_to", spec->restrict_to.span,
				"restrictions are for partner connectors, an on-premises one "
				"refuses nothing",
				"remove it; to refuse mail that comes another way, use a partner "
				"connector"},
			sink);
	if (find_scope(&spec->sender_domains) != NULL)
		report_idle(facts, connector,
			&(Idle){"sender_domains", spec->sender_domains.span,
				"it is for partner connectors, an on-premises one takes all "
				"senders",
				"remove it; to limit the senders to accepted domains, use "
				"`accepted_domains`"},
			sink);
	if (spec->certificate.state == FIELD_SET && !connector->by_certificate)
		report_idle(facts, connector,
			&(Idle){"certificate", spec->certificate.span,
				"the connector is identified by address, and the certificate is "
				"not "
				"written",
				"say `identify_by: certificate`, or `either` to keep the addresses "
				"beside it, or remove it"},
			sink);
}

/* --- enhanced filtering ----------------------------------------------------------------------- */

/* EFSkipLastIP, EFSkipIPs, EFUsers. */
static void
check_filtering(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	const ModelEnhancedFiltering *filtering = &connector->spec->enhanced_filtering;
	bool last = rules_is_on(&filtering->skip_last);

	if (last && filtering->skip.len > 0)
		report_idle(facts, connector,
			&(Idle){"enhanced_filtering/skip", filtering->skip.span,
				"with `skip_last: true` the list is not looked at",
				"remove one of the two: `skip_last` for a single hop before "
				"Exchange "
				"Online, `skip` for several"},
			sink);
	if (filtering->users.len > 0 && !last && filtering->skip_last.state != FIELD_BAD &&
		filtering->skip.state == FIELD_ABSENT)
		report_idle(facts, connector,
			&(Idle){"enhanced_filtering/users", filtering->users.span,
				"without `skip_last` or `skip` enhanced filtering is off",
				"add `skip_last: true`, or remove it"},
			sink);
}

/* Microsoft Learn, New-InboundConnector, each parameter. */
void
check_idle_settings(const RuleFacts *facts, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		if (connector->spec == NULL || connector->broken)
			continue;
		if (connector->type == MODEL_PARTNER)
			check_partner(facts, connector, sink);
		else
			check_on_premises(facts, connector, sink);
		check_filtering(facts, connector, sink);
	}
}
