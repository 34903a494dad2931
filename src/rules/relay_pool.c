/*
 * Relayed mail whose sender's domain is not the tenant's leaves from the relay pool, whose
 * addresses many receivers distrust, unless SPF or DKIM of that domain passes on the way in
 * (Microsoft Learn, outbound delivery pools).
 */
#include "rules/spf_int.h"

/* The routes by which one host sends as one domain into that pool. */
typedef struct Pooled {
	const ModelRoute *first;
	uint32_t number, len;
	NetSet refused; /* of the first */
} Pooled;

/* Behind a skip list Exchange Online judges an address that no route shows. */
static bool
judges_route(const RuleFacts *facts, uint32_t number)
{
	const StateMatch *match = &facts->state->matches[number];
	const ModelRoute *route = &facts->model->routes.items[number];
	const ConnectorValue *values;

	if (match->on_premises == STATE_NONE || !match->by_certificate || match->is_trusted ||
		!rules_certificate_is_accepted(facts, model_route_certificate(facts->model, route)))
		return false;
	values = facts->state->connectors.items[match->on_premises].record.values;
	return !values[CONNECTOR_SKIP_LAST].on && values[CONNECTOR_SKIP].list.len == 0 &&
	       !rules_route_failed(facts, route);
}

static void
report_pool(const RuleFacts *facts, const Pooled *pooled, const FieldItem *sender, DiagSink *sink)
{
	const ModelRelayHost *host = &facts->model->hosts[pooled->first->host];
	Str value = rules_is_list(host->sends_as.span, sender->span) ? sender->text : (Str){0};
	Diag *diag = diag_report(sink, DIAG_RELAY_POOL, sender->span,
		"what `" STR_FMT "` relays as `" STR_FMT
		"` leaves from the relay pool: the domain is not accepted, and its SPF does not "
		"let " STR_FMT " pass",
		STR_ARG(host->head.name), STR_ARG(sender->text),
		STR_ARG(rules_set_text(facts, &pooled->refused)));

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, host->head.name, "sends_as", value));
	diag_label(sink, diag, "not an accepted domain");
	diag_note(sink, diag, "route: " STR_FMT STR_FMT,
		STR_ARG(model_route_text(facts->scratch, facts->model, pooled->first)),
		STR_ARG(rules_more(facts, pooled->len - 1)));
	diag_note(sink, diag, "connector `" STR_FMT "` relays it by certificate",
		STR_ARG(rules_connector_name(
			facts, facts->state->matches[pooled->number].on_premises)));
	diag_help(sink, diag,
		"send as an accepted domain; or ask the owner of `" STR_FMT
		"` to let these addresses pass; or sign with DKIM of that domain",
		STR_ARG(sender->text));
}

static void
check_sender(const RuleFacts *facts, RuleNames *names, uint32_t host, const FieldItem *sender,
	DiagSink *sink)
{
	const ModelHostInfo *info = &facts->model->host_infos[host];
	Pooled pooled = {0};
	uint32_t i;

	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		const ModelRoute *route = &facts->model->routes.items[i];
		NetSet refused;

		if (!judges_route(facts, i))
			continue;
		refused = rules_spf_refused(facts, names, sender->text,
			model_route_addresses(facts->model, route), RULE_FAMILY_BOTH);
		if (net_set_is_empty(&refused))
			continue;
		if (pooled.len++ == 0)
			pooled = (Pooled){route, i, 1, refused};
	}
	if (pooled.len > 0)
		report_pool(facts, &pooled, sender, sink);
}

void
check_relay_pool(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	RuleNames names = {0};
	uint32_t i, j;

	if (!state_has_lock(facts->state) || !model->usable || !facts->connectors_known)
		return;
	for (i = 0; i < model->hosts_len && !diag_is_full(sink); i++) {
		const FieldItems *sends_as = &model->hosts[i].sends_as;

		if (!rules_sends_outside(&model->host_infos[i]))
			continue;
		for (j = 0; j < sends_as->len; j++) {
			if (!model_domain_is_accepted(model, sends_as->items[j].text))
				check_sender(facts, &names, i, &sends_as->items[j], sink);
		}
	}
}
