/* CP421: hosts of ours, taken by no connector, that one for all senders shuts out. */
#include "rules/rules_int.h"

/* What the connectors that lock the tenant down let in. */
typedef struct Lock {
	uint32_t first, count; /* connectors */
	NetSet addresses;      /* of those that restrict to addresses */
} Lock;

static bool
is_lock(const RuleFacts *facts, uint32_t connector)
{
	return rules_lockdown_star(&facts->state->connectors.items[connector]) != NULL;
}

static Lock
find_lock(const RuleFacts *facts)
{
	Lock lock = {0};
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		if (!is_lock(facts, i))
			continue;
		if (lock.count++ == 0)
			lock.first = i;
		if (connector->record.values[CONNECTOR_RESTRICT_ADDRESSES].on)
			net_set_add_all(facts->scratch, &lock.addresses, &connector->set);
	}
	net_set_normalise(&lock.addresses);
	return lock;
}

/* IPv6 sources are CP111's. */
static bool
holds_addresses(const NetSet *set, const FieldPrefixes *addresses)
{
	uint32_t i;

	for (i = 0; i < addresses->len; i++) {
		NetPrefix prefix = addresses->items[i].prefix;

		if (prefix.family == NET_IP4 && !net_set_contains(set, net_prefix_network(prefix)))
			return false;
	}
	return true;
}

/* Whether the certificate that a route presents opens one of the locks. */
static bool
holds_certificate(const RuleFacts *facts, uint32_t number)
{
	uint32_t partner = facts->state->matches[number].partner;
	const StateConnector *connector;
	Str certificate =
		model_route_certificate(facts->model, &facts->model->routes.items[number]);

	if (partner == STATE_NONE || certificate.ptr == NULL || !is_lock(facts, partner))
		return false;
	connector = &facts->state->connectors.items[partner];
	return connector->record.values[CONNECTOR_RESTRICT_CERTIFICATE].on &&
	       connector->certificate.ptr != NULL &&
	       state_certificate_matches(connector->certificate, certificate);
}

/* That an on-premises connector does not take what it accepts, is said by another rule. */
static bool
is_explained(const RuleFacts *facts, const ModelRoute *route)
{
	return facts->model->host_infos[route->host].method == MODEL_METHOD_CONNECTOR &&
	       rules_miss_is_explained(facts, route);
}

/* An on-premises connector takes its mail out of the restriction. */
static bool
is_locked_out(const RuleFacts *facts, const Lock *lock, uint32_t number)
{
	const ModelRoute *route = &facts->model->routes.items[number];

	return facts->state->matches[number].on_premises == STATE_NONE &&
	       !rules_route_failed(facts, route) && !is_explained(facts, route) &&
	       !holds_certificate(facts, number) &&
	       !holds_addresses(&lock->addresses, model_route_addresses(facts->model, route));
}

/* Microsoft Learn: 550 5.7.51 TenantInboundAttribution; There is a partner connector configured. */
static void
report_locked_out(
	const RuleFacts *facts, const Lock *lock, uint32_t number, uint32_t more, DiagSink *sink)
{
	const ModelRoute *route = &facts->model->routes.items[number];
	const FieldObject *head = &facts->model->hosts[route->host].head;
	const StateConnector *connector = &facts->state->connectors.items[lock->first];
	const FieldPrefixes *addresses = model_route_addresses(facts->model, route);
	bool is_direct = facts->model->host_infos[route->host].method == MODEL_METHOD_DIRECT_SEND;
	Diag *diag = diag_report(sink, DIAG_DIRECT_SEND_LOCKED_OUT, head->name_span,
		"%s `" STR_FMT "`%s is refused with 550 5.7.51: connector `" STR_FMT "`" STR_FMT
		" is restricted for all senders (`*`), and does not hold `" STR_FMT "`" STR_FMT,
		is_direct ? "direct send of" : "mail of", STR_ARG(head->name),
		is_direct ? "" : ", which no connector takes,", STR_ARG(connector->name),
		STR_ARG(rules_more(facts, lock->count - 1)),
		STR_ARG(rules_prefix_text(facts, addresses->items[0].prefix)),
		STR_ARG(rules_more(facts, addresses->len - 1)));

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, head->name, NULL, (Str){0}));
	diag_label(sink, diag, "locked out");
	diag_related(
		sink, diag, connector->spec->restrict_to.span, "refuses whatever it does not hold");
	diag_note(sink, diag, "route: " STR_FMT STR_FMT,
		STR_ARG(model_route_text(facts->scratch, facts->model, route)),
		STR_ARG(rules_more(facts, more)));
	diag_help(sink, diag,
		"accept it on an on-premises connector%s, or send it through what `" STR_FMT
		"` accepts; its address on that connector works too, but lets its mail past the "
		"filter",
		is_direct ? " and say `method: connector`" : "", STR_ARG(connector->name));
}

static void
check_host(const RuleFacts *facts, const Lock *lock, const ModelHostInfo *info, DiagSink *sink)
{
	uint32_t first = STATE_NONE, count = 0, i;

	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		if (is_locked_out(facts, lock, i) && count++ == 0)
			first = i;
	}
	if (count > 0)
		report_locked_out(facts, lock, first, count - 1, sink);
}

void
check_lockout(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Lock lock = find_lock(facts);
	uint32_t i;

	/* Of a connector that is not known nobody can say what it holds. */
	for (i = 0; lock.count > 0 && facts->connectors_known && i < model->hosts_len; i++) {
		const ModelHostInfo *info = &model->host_infos[i];

		if (rules_may_be_direct(info))
			check_host(facts, &lock, info, sink);
	}
}
