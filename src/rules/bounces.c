/* CP414: relay that hangs on the source address, where a certificate would carry further. */
#include "rules/rules_int.h"

/*
 * Whether mail to outside recipients arrives by a source that bounces or forwards: a gateway does,
 * and what an egress stands for may; a host that is its own last hop only sends.
 */
static bool
may_bounce(const RuleFacts *facts, const StateSource *source)
{
	if (rules_class_fails(facts, rules_use_of(facts, source->host, source->egress)->worst))
		return false;
	return source->route == STATE_NONE ||
	       (source->last_hop != MODEL_SELF &&
		       rules_sends_outside(&facts->model->host_infos[source->host]));
}

/* A last hop that presents a certificate under an accepted domain already. */
static bool
find_certificate(const RuleFacts *facts, uint32_t index, RuleHop *ret_hop)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	size_t i;

	for (i = 0; i < connector->sources.len; i++) {
		if (rules_hop_of(facts, index, &connector->sources.items[i], ret_hop) &&
			ret_hop->certificate->state == FIELD_SET &&
			rules_certificate_is_accepted(facts, ret_hop->certificate->text))
			return true;
	}
	return false;
}

static void
report_address_only(
	const RuleFacts *facts, uint32_t index, const StateSource *source, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	bool implied = connector->spec == NULL;
	RuleHop hop;
	Diag *diag = diag_report(sink, DIAG_ADDRESS_ONLY_RELAY,
		implied ? source->span : connector->span,
		"connector `" STR_FMT
		"` relays by source address alone: bounces and forwarded mail, whose envelope "
		"sender is in no accepted domain, are refused with 550 5.7.64",
		STR_ARG(connector->name));

	diag_path(diag, implied ? rules_accept_path(facts, index, source)
				: rules_connector_path(facts, connector, NULL));
	diag_label(sink, diag, "told by address alone");
	if (find_certificate(facts, index, &hop)) {
		diag_related(sink, diag, hop.certificate->span, "this one could be used");
		diag_help(sink, diag,
			"say `identify_by: certificate` and `certificate: " STR_FMT
			"`, which " STR_FMT " presents; `either` keeps the addresses beside it",
			STR_ARG(hop.certificate->text), STR_ARG(rules_hop_text(facts, &hop)));
		return;
	}
	diag_help(sink, diag,
		"if the last hop never bounces or forwards to outside recipients, nothing has to "
		"be "
		"done; else let it present a certificate under an accepted domain, and identify "
		"the connector by that");
}

/* Microsoft Learn, relay through Exchange Online, conditions since 2023-11. */
void
check_address_only_relay(const RuleFacts *facts, DiagSink *sink)
{
	uint32_t i, j;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		if (facts->identities[i] != RULE_IDENTITY_GOOD || !connector->enabled ||
			connector->type != MODEL_ON_PREMISES || connector->by_certificate)
			continue;
		for (j = 0; j < connector->sources.len; j++) {
			const StateSource *source = &connector->sources.items[j];

			if (state_source_is_written(connector, source) &&
				may_bounce(facts, source)) {
				report_address_only(facts, i, source, sink);
				break;
			}
		}
	}
}
