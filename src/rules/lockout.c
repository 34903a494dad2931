/* CP421: hosts of ours, taken by no connector, that one for their senders shuts out. */
#include "rules/rules_int.h"

/* What the connectors let in that restrict the mail of some senders. */
typedef struct Lock {
	Str senders;           /* as `sender_domains` says it */
	uint32_t first, count; /* connectors */
	NetSet addresses;      /* of those that restrict to addresses */
	uint32_t seen_by;      /* number of the host that has counted it last, plus 1 */
} Lock;

typedef struct Locks {
	const RuleFacts *facts;
	VEC(Lock) items;
	Map by_senders; /* `*`, `contoso.com`, `*.contoso.com` → number in `items` */
	Map below;      /* the same of `*.contoso.com` by `contoso.com` */
} Locks;

/* All that restrict the mail of one host. */
typedef struct HostLocks {
	const Lock *first;      /* NULL: none does */
	uint32_t count;         /* connectors */
	const NetSet *star;     /* what those for all senders let in; NULL: there are none */
	const NetSet *specific; /* the same of those for its domains */
	NetSet several;         /* is `specific` where more than one is */
} HostLocks;

static void
add_lock(Locks *locks, Str senders, uint32_t connector)
{
	const StateConnector *held = &locks->facts->state->connectors.items[connector];
	Arena *scratch = locks->facts->scratch;
	uint32_t number = (uint32_t)locks->items.len;
	uint32_t known = map_add(scratch, &locks->by_senders, senders, number);
	Lock *lock;

	if (known == MAP_NONE) {
		VEC_PUSH(scratch, &locks->items, ((Lock){.senders = senders, .first = connector}));
		if (str_starts(senders, STR("*.")))
			map_add(scratch, &locks->below, str_slice(senders, 2, senders.len), number);
	}
	lock = &locks->items.items[known == MAP_NONE ? number : known];
	lock->count++;
	if (held->record.values[CONNECTOR_RESTRICT_ADDRESSES].on)
		net_set_add_all(scratch, &lock->addresses, &held->set);
}

static void
find_locks(Locks *locks)
{
	const State *state = locks->facts->state;
	uint32_t i, j;

	for (i = 0; i < state->connectors.len; i++) {
		const StateConnector *connector = &state->connectors.items[i];

		for (j = 0; rules_is_lockdown(connector) && j < connector->spec->sender_domains.len;
			j++)
			add_lock(locks, connector->spec->sender_domains.items[j].text, i);
	}
	for (i = 0; i < locks->items.len; i++)
		net_set_normalise(&locks->items.items[i].addresses);
}

/* --- of a host -------------------------------------------------------------------------------- */

static void
add_host_lock(Locks *locks, uint32_t host, uint32_t number, HostLocks *found)
{
	Arena *scratch = locks->facts->scratch;
	Lock *lock;

	if (number == MAP_NONE || locks->items.items[number].seen_by == host + 1)
		return;
	lock = &locks->items.items[number];
	lock->seen_by = host + 1;
	found->count += lock->count;
	if (found->first == NULL)
		found->first = lock;
	if (found->specific == NULL) {
		found->specific = &lock->addresses;
		return;
	}
	if (found->specific != &found->several)
		net_set_add_all(scratch, &found->several, found->specific);
	net_set_add_all(scratch, &found->several, &lock->addresses);
	found->specific = &found->several;
}

/* Mail of a domain meets the locks of the domain, of those above it, and of all senders. */
static void
find_host_locks(Locks *locks, uint32_t host, HostLocks *found)
{
	const FieldItems *sends_as = &locks->facts->model->hosts[host].sends_as;
	uint32_t star = map_find(&locks->by_senders, STR("*")), i;

	*found = (HostLocks){0};
	if (star != MAP_NONE) {
		found->first = &locks->items.items[star];
		found->count = found->first->count;
		found->star = &found->first->addresses;
	}
	for (i = 0; i < sends_as->len; i++) {
		Str domain = sends_as->items[i].text;
		size_t dot;

		add_host_lock(locks, host, map_find(&locks->by_senders, domain), found);
		for (dot = str_find_char(domain, '.', 0); dot < domain.len;
			dot = str_find_char(domain, '.', dot + 1))
			add_host_lock(locks, host,
				map_find(&locks->below, str_slice(domain, dot + 1, domain.len)),
				found);
	}
	net_set_normalise(&found->several);
}

/* IPv6 sources are CP111's. */
static bool
holds_addresses(const HostLocks *locks, const FieldPrefixes *addresses)
{
	uint32_t i;

	for (i = 0; i < addresses->len; i++) {
		NetPrefix prefix = net_prefix_network(addresses->items[i].prefix);

		if (prefix.family == NET_IP4 &&
			(locks->star == NULL || !net_set_contains(locks->star, prefix)) &&
			(locks->specific == NULL || !net_set_contains(locks->specific, prefix)))
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

	if (partner == STATE_NONE || certificate.ptr == NULL)
		return false;
	connector = &facts->state->connectors.items[partner];
	return rules_is_lockdown(connector) &&
	       connector->record.values[CONNECTOR_RESTRICT_CERTIFICATE].on &&
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
is_locked_out(const RuleFacts *facts, const HostLocks *locks, uint32_t number)
{
	const ModelRoute *route = &facts->model->routes.items[number];

	return facts->state->matches[number].on_premises == STATE_NONE &&
	       !rules_route_failed(facts, route) && !is_explained(facts, route) &&
	       !holds_certificate(facts, number) &&
	       !holds_addresses(locks, model_route_addresses(facts->model, route));
}

/* Microsoft Learn: 550 5.7.51 TenantInboundAttribution; There is a partner connector configured. */
static void
report_locked_out(const RuleFacts *facts, const HostLocks *locks, uint32_t number, uint32_t more,
	DiagSink *sink)
{
	const ModelRoute *route = &facts->model->routes.items[number];
	const FieldObject *head = &facts->model->hosts[route->host].head;
	const StateConnector *connector = &facts->state->connectors.items[locks->first->first];
	const FieldPrefixes *addresses = model_route_addresses(facts->model, route);
	bool is_direct = facts->model->host_infos[route->host].method == MODEL_METHOD_DIRECT_SEND;
	bool is_star = locks->star != NULL;
	Diag *diag = diag_report(sink, DIAG_DIRECT_SEND_LOCKED_OUT, head->name_span,
		"%s `" STR_FMT "`%s is refused with 550 5.7.51: connector `" STR_FMT "`" STR_FMT
		" is restricted for %s`" STR_FMT "`%s, and does not hold `" STR_FMT "`" STR_FMT,
		is_direct ? "direct send of" : "mail of", STR_ARG(head->name),
		is_direct ? "" : ", which no connector takes,", STR_ARG(connector->name),
		STR_ARG(rules_more(facts, locks->count - 1)),
		is_star ? "all senders (" : "senders of ", STR_ARG(locks->first->senders),
		is_star ? ")" : "", STR_ARG(rules_prefix_text(facts, addresses->items[0].prefix)),
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
check_host(Locks *locks, uint32_t host, DiagSink *sink)
{
	const RuleFacts *facts = locks->facts;
	const ModelHostInfo *info = &facts->model->host_infos[host];
	HostLocks found;
	uint32_t first = STATE_NONE, count = 0, i;

	find_host_locks(locks, host, &found);
	if (found.first == NULL)
		return;
	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		if (is_locked_out(facts, &found, i) && count++ == 0)
			first = i;
	}
	if (count > 0)
		report_locked_out(facts, &found, first, count - 1, sink);
}

void
check_lockout(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Locks locks = {.facts = facts};
	uint32_t i;

	find_locks(&locks);
	/* Of a connector that is not known nobody can say what it holds. */
	for (i = 0; locks.items.len > 0 && facts->connectors_known && i < model->hosts_len; i++) {
		if (rules_may_be_direct(&model->host_infos[i]))
			check_host(&locks, i, sink);
	}
}
