/* CP205: who else is behind an egress that a connector lets relay. */
#include "rules/rules_int.h"

#define SHOWN 3

/* One egress object that an on-premises connector holds. */
typedef struct Behind {
	uint32_t egress, connector, source; /* by whom it is held first, and by which source */
	bool all; /* accepted by its own name: whoever is behind it is meant */
	uint32_t hosts[SHOWN], len, last; /* not accepted: the first ones, how many, the last */
	uint32_t gateway, gateways;       /* that serve others: the first, and how many */
} Behind;

typedef struct Neighbours {
	const RuleFacts *facts;
	VEC(Behind) list;
	uint32_t *slots;         /* of each egress object its place in the list, plus one */
	bool *routes, *gateways; /* accepted */
	NetSet hosts;            /* addresses of accepted hosts */
} Neighbours;

static void
accept_source(Neighbours *neighbours, const StateSource *source, Behind *behind)
{
	const Model *model = neighbours->facts->model;
	const FieldPrefixes *addresses;
	uint32_t i;

	if (source->route == STATE_NONE && source->last_hop == MODEL_SELF) {
		behind->all = true;
		return;
	}
	if (source->route == STATE_NONE) {
		neighbours->gateways[source->last_hop] = true;
		return;
	}
	neighbours->routes[source->route] = true;
	addresses = model_host_addresses(&model->hosts[source->host]);
	for (i = 0; i < addresses->len; i++)
		net_set_add(
			neighbours->facts->scratch, &neighbours->hosts, addresses->items[i].prefix);
}

static Behind *
behind_of(Neighbours *neighbours, uint32_t egress, uint32_t connector, uint32_t source)
{
	uint32_t *slot = &neighbours->slots[egress];

	if (*slot == 0) {
		*VEC_ADD(neighbours->facts->scratch, &neighbours->list) =
			(Behind){.egress = egress, .connector = connector, .source = source};
		*slot = (uint32_t)neighbours->list.len;
	}
	return &neighbours->list.items[*slot - 1];
}

static void
add_connectors(Neighbours *neighbours)
{
	const RuleFacts *facts = neighbours->facts;
	uint32_t i, j;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		if (!connector->enabled || !connector->by_address || connector->broken ||
			connector->type != MODEL_ON_PREMISES)
			continue;
		for (j = 0; j < connector->sources.len; j++) {
			const StateSource *source = &connector->sources.items[j];

			if (source->egress != MODEL_SELF &&
				state_source_is_written(connector, source))
				accept_source(neighbours, source,
					behind_of(neighbours, source->egress, i, j));
		}
	}
	net_set_normalise(&neighbours->hosts);
}

/* Routes are sorted by host: one that leaves by several last hops counts once. */
static void
add_hosts(Neighbours *neighbours)
{
	const Model *model = neighbours->facts->model;
	uint32_t i;

	for (i = 0; i < model->routes.len; i++) {
		const ModelRoute *route = &model->routes.items[i];
		uint32_t slot = route->egress == MODEL_SELF ? 0 : neighbours->slots[route->egress];
		Behind *behind;

		if (slot == 0 || neighbours->routes[i] ||
			(route->last_hop != MODEL_SELF && neighbours->gateways[route->last_hop]))
			continue;
		behind = &neighbours->list.items[slot - 1];
		if (behind->len > 0 && behind->last == route->host)
			continue;
		if (behind->len < SHOWN)
			behind->hosts[behind->len] = route->host;
		behind->last = route->host;
		behind->len++;
	}
}

/* Whoever a gateway serves leaves by its ways. */
static void
add_gateways(Neighbours *neighbours)
{
	const Model *model = neighbours->facts->model;
	Arena *scratch = neighbours->facts->scratch;
	uint32_t i, j;

	for (i = 0; i < model->gateways_len; i++) {
		const ModelGatewayInfo *info = &model->gateway_infos[i];
		const FieldPrefixes *clients = &model->gateways[i].clients;
		NetSet served = {0};

		for (j = 0; j < clients->len; j++)
			net_set_add(scratch, &served, clients->items[j].prefix);
		net_set_normalise(&served);
		if (neighbours->gateways[i] || net_set_contains_set(&neighbours->hosts, &served))
			continue;
		for (j = 0; j < info->ends_len; j++) {
			const ModelEnd *end = &info->ends[j];
			uint32_t slot = neighbours->slots[end->egress];

			if (end->last_hop != MODEL_SELF && neighbours->gateways[end->last_hop])
				continue;
			if (slot > 0 && neighbours->list.items[slot - 1].gateways++ == 0)
				neighbours->list.items[slot - 1].gateway = i;
		}
	}
}

/* "`scanner`, `crm01` and 2 more" */
static Str
hosts_text(const RuleFacts *facts, const Behind *behind)
{
	Buf buf = buf_make(facts->arena);
	uint32_t shown = behind->len < SHOWN ? behind->len : SHOWN, i;

	for (i = 0; i < shown; i++)
		buf_printf(&buf, "%s`" STR_FMT "`", i == 0 ? "" : ", ",
			STR_ARG(facts->model->hosts[behind->hosts[i]].head.name));
	buf_str(&buf, rules_more(facts, behind->len - shown));
	return buf_text(&buf);
}

/* "whoever is served by gateway `relay-hq`" */
static Str
clients_text(const RuleFacts *facts, const Behind *behind)
{
	return str_format(facts->arena, "whoever is served by gateway `" STR_FMT "`" STR_FMT,
		STR_ARG(facts->model->gateways[behind->gateway].head.name),
		STR_ARG(rules_more(facts, behind->gateways - 1)));
}

static void
relate_neighbours(const RuleFacts *facts, const Behind *behind, DiagSink *sink, Diag *diag)
{
	uint32_t i;

	for (i = 0; i < behind->len && i < SHOWN; i++)
		diag_related(sink, diag, facts->model->hosts[behind->hosts[i]].head.name_span,
			"behind `" STR_FMT "` too",
			STR_ARG(facts->model->egress[behind->egress].head.name));
	if (behind->gateways > 0)
		diag_related(sink, diag, facts->model->gateways[behind->gateway].clients.span,
			"served here");
}

static void
report_neighbours(const RuleFacts *facts, const Behind *behind, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[behind->connector];
	const StateSource *source = &connector->sources.items[behind->source];
	bool both = behind->len > 0 && behind->gateways > 0;
	Str hosts = behind->len > 0 ? hosts_text(facts, behind) : STR("");
	Str clients = behind->gateways > 0 ? clients_text(facts, behind) : STR("");
	Diag *diag = diag_report(sink, DIAG_RELAY_NEIGHBOURS, source->span,
		"connector `" STR_FMT "` lets whatever leaves through egress `" STR_FMT
		"` relay: also " STR_FMT "%s" STR_FMT,
		STR_ARG(connector->name), STR_ARG(facts->model->egress[behind->egress].head.name),
		STR_ARG(hosts), both ? ", and " : "", STR_ARG(clients));

	diag_path(diag, rules_accept_path(facts, behind->connector, source));
	diag_label(sink, diag, "has neighbours behind its address");
	relate_neighbours(facts, behind, sink, diag);
	diag_help(sink, diag,
		"if they may send as you, nothing has to be done; else give the host an address of "
		"its own, let the firewall pass port 25 from it alone, or identify the connector "
		"by certificate");
}

void
check_relay_neighbours(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Neighbours neighbours = {.facts = facts};
	size_t i;

	neighbours.slots = ARENA_ARRAY(facts->scratch, uint32_t, model->egress_len);
	neighbours.routes = ARENA_ARRAY(facts->scratch, bool, model->routes.len);
	neighbours.gateways = ARENA_ARRAY(facts->scratch, bool, model->gateways_len);
	add_connectors(&neighbours);
	if (neighbours.list.len == 0)
		return;
	add_hosts(&neighbours);
	add_gateways(&neighbours);
	for (i = 0; i < neighbours.list.len; i++) {
		const Behind *behind = &neighbours.list.items[i];

		if (!behind->all && behind->len + behind->gateways > 0)
			report_neighbours(facts, behind, sink);
	}
}
