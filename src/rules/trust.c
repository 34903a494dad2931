/* Whom a connector makes Exchange Online believe: its hybrid flag, and mail as internal. */
#include "rules/rules_int.h"

static Diag *
report_flag(const RuleFacts *facts, DiagCode code, const StateConnector *connector, const char *key,
	const char *what, DiagSink *sink)
{
	const FieldFlag *flag = str_equal(str_from(key), STR("hybrid"))
					? &connector->spec->hybrid
					: &connector->spec->treat_as_internal;
	Diag *diag = diag_report(sink, code, flag->span, "connector `" STR_FMT "` %s",
		STR_ARG(connector->name), what);

	diag_path(diag, rules_connector_path(facts, connector, key));
	return diag;
}

/* --- CP406 CP426 ------------------------------------------------------------------------------ */

static void
report_refused(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	bool partner = connector->type == MODEL_PARTNER;
	Diag *diag = report_flag(facts, DIAG_INTERNAL_TRUST_REFUSED, connector, "treat_as_internal",
		partner ? "is a partner connector, whose mail Exchange Online does not take as "
			  "internal"
			: "is hybrid, and Exchange Online refuses `treat_as_internal` beside it",
		sink);

	diag_label(sink, diag, "refused here");
	if (partner)
		diag_related(sink, diag, connector->spec->type.span, "a partner connector");
	else
		diag_related(sink, diag, connector->spec->hybrid.span, "hybrid");
	diag_help(sink, diag, "%s",
		partner ? "remove it; mail of an application of your own belongs on an on-premises "
			  "connector"
			: "remove it: the hybrid headers carry that trust already");
}

static void
report_trust(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	Diag *diag = report_flag(facts, DIAG_INTERNAL_TRUST, connector, "treat_as_internal",
		"takes whatever arrives on it as internal mail: it is filtered less, and can claim "
		"to be from anybody in the organization",
		sink);

	diag_label(sink, diag, "believed like mail from inside");
	diag_help(sink, diag,
		"keep such a connector to hosts that you control completely, by certificate and "
		"with `accepted_domains`, and waive this with the reason; for plain relay remove "
		"it");
}

/* Microsoft Learn, New-InboundConnector, TreatMessagesAsInternal. */
static void
check_internal(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	if (!rules_is_on(&connector->spec->treat_as_internal))
		return;
	if (connector->type == MODEL_PARTNER || rules_is_on(&connector->spec->hybrid))
		report_refused(facts, connector, sink);
	else
		report_trust(facts, connector, sink);
}

/* --- CP407 ------------------------------------------------------------------------------------ */

static bool
may_be_hybrid(const StateConnector *connector)
{
	if (connector->type == MODEL_PARTNER)
		return false;
	switch (connector->purpose) {
	case MODEL_PURPOSE_HYBRID: return true;
	case MODEL_PURPOSE_ADD_ON: return connector->by_certificate;
	case MODEL_PURPOSE_RELAY:
	case MODEL_PURPOSE_INBOUND_GATEWAY:
	case MODEL_PURPOSE_PARTNER: return false;
	}
	return false;
}

/* Microsoft Learn, New-InboundConnector, CloudServicesMailEnabled: hybrid organizations alone. */
static void
check_hybrid(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	bool partner = connector->type == MODEL_PARTNER;
	bool add_on = connector->purpose == MODEL_PURPOSE_ADD_ON;
	Diag *diag;

	if (!rules_is_on(&connector->spec->hybrid) || may_be_hybrid(connector))
		return;
	diag = report_flag(facts, DIAG_HYBRID_FLAG, connector, "hybrid",
		partner  ? "is a partner connector with the hybrid flag, which is for on-premises "
			   "ones"
		: add_on ? "has the hybrid flag, but no certificate: whatever reaches its "
			   "addresses can bring forged internal headers"
			 : "has the hybrid flag, but is for no hybrid organization: what sends "
			   "through it can bring forged internal headers",
		sink);
	diag_label(sink, diag, "CloudServicesMailEnabled");
	diag_help(sink, diag, "%s",
		partner ? "remove it; reports say that the service refuses it here"
		: add_on
			? "identify the add-on by the certificate that its vendor names, or remove "
			  "the flag"
			: "remove it; if Exchange servers of your own send here, say `purpose: "
			  "hybrid`");
}

void
check_trust(const RuleFacts *facts, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		if (connector->spec == NULL || connector->spec->type.state != FIELD_SET)
			continue;
		check_internal(facts, connector, sink);
		if (connector->spec->purpose.state != FIELD_BAD)
			check_hybrid(facts, connector, sink);
	}
}
