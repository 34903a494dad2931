/*
 * Who sends as which domain, and by which ways. Hosts, domains and routes are never multiplied out:
 * hosts with the same ways form a group, and domains with the same groups share what those come to.
 */
#include "state/state_int.h"

#include <string.h>

/* Lists of numbers, each kept once. */
typedef struct Lists {
	Map by_bytes;
	VEC(StateNumbers) all;
} Lists;

typedef VEC(uint32_t) NumberVec;

struct StateNeeds {
	const State *state;
	Arena *arena;
	StateNeedVec list;
	Map subdomains;   /* names that `domains` does not hold → index in `list` */
	NumberVec *named; /* of each need: the groups of the hosts that send as it */
	Lists groups;     /* the ways of hosts */
	Lists unions;     /* the groups of needs; `ways` holds what those come to */
	VEC(StateNumbers) ways;
	uint32_t outbound;    /* the group of what the tenant's mail leaves through */
	uint32_t *seen, turn; /* of each way: the turn in which it was last seen */
	NumberVec found;
	uint64_t looked_at;
};

/* An empty vector has no items, which memcpy may not be given. */
static const uint32_t *
copy_numbers(Arena *arena, const NumberVec *numbers)
{
	uint32_t *copy = ARENA_ARRAY(arena, uint32_t, numbers->len);

	if (numbers->len > 0)
		memcpy(copy, numbers->items, numbers->len * sizeof(*copy));
	return copy;
}

static uint32_t
intern(Arena *arena, Lists *lists, const NumberVec *numbers)
{
	Str key = {(const char *)numbers->items, numbers->len * sizeof(uint32_t)};
	uint32_t found = map_find(&lists->by_bytes, key);
	const uint32_t *copy;

	if (found != MAP_NONE)
		return found;
	copy = copy_numbers(arena, numbers);
	key.ptr = (const char *)copy;
	found = (uint32_t)lists->all.len;
	map_add(arena, &lists->by_bytes, key, found);
	VEC_PUSH(arena, &lists->all, ((StateNumbers){copy, (uint32_t)numbers->len}));
	return found;
}

static int
number_order(const void *a, const void *b, void *context)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	(void)context;
	return (left > right) - (left < right);
}

static void
sort_once_each(NumberVec *numbers)
{
	size_t i, len = 0;

	base_sort(numbers->items, numbers->len, sizeof(uint32_t), number_order, NULL);
	for (i = 0; i < numbers->len; i++) {
		if (len == 0 || numbers->items[len - 1] != numbers->items[i])
			numbers->items[len++] = numbers->items[i];
	}
	numbers->len = len;
}

/* --- ways ------------------------------------------------------------------------------------- */

/*
 * Ways are numbered, section by section: what a record names (addresses of egress objects, of
 * hosts, terms of gateways), then the addresses that have to pass, for each reason.
 */
typedef enum WaySection {
	WAY_EGRESS,
	WAY_HOST,
	WAY_GATEWAY,
	WAY_EGRESS_SENT,
	WAY_HOST_SENT,
	WAY_EGRESS_RELAYED,
	WAY_HOST_RELAYED,
	WAY_EGRESS_OUTBOUND,
	WAY_SECTIONS
} WaySection;

typedef struct WayRow {
	ModelKind kind;
	StateDemand demand;
} WayRow;

static const WayRow way_rows[WAY_SECTIONS] = {
	[WAY_EGRESS] = {MODEL_KIND_EGRESS, STATE_DEMAND_NONE},
	[WAY_HOST] = {MODEL_KIND_HOST, STATE_DEMAND_NONE},
	[WAY_GATEWAY] = {MODEL_KIND_GATEWAY, STATE_DEMAND_NONE},
	[WAY_EGRESS_SENT] = {MODEL_KIND_EGRESS, STATE_DEMAND_SENT},
	[WAY_HOST_SENT] = {MODEL_KIND_HOST, STATE_DEMAND_SENT},
	[WAY_EGRESS_RELAYED] = {MODEL_KIND_EGRESS, STATE_DEMAND_RELAYED},
	[WAY_HOST_RELAYED] = {MODEL_KIND_HOST, STATE_DEMAND_RELAYED},
	[WAY_EGRESS_OUTBOUND] = {MODEL_KIND_EGRESS, STATE_DEMAND_OUTBOUND},
};

static uint32_t
section_len(const Model *model, size_t section)
{
	if (way_rows[section].kind == MODEL_KIND_EGRESS)
		return model->egress_len;
	return way_rows[section].kind == MODEL_KIND_HOST ? model->hosts_len : model->gateways_len;
}

static uint32_t
way_number(const Model *model, WaySection section, uint32_t index)
{
	size_t i;

	for (i = 0; i < section; i++)
		index += section_len(model, i);
	return index;
}

StateWay
state_way(const Model *model, uint32_t number)
{
	StateWay way = {.egress = MODEL_SELF, .host = MODEL_SELF, .gateway = MODEL_SELF};
	size_t section = 0;

	while (number >= section_len(model, section))
		number -= section_len(model, section++);
	way.demand = way_rows[section].demand;
	if (way_rows[section].kind == MODEL_KIND_EGRESS) {
		way.egress = number;
		way.addresses = &model->egress[number].addresses;
	} else if (way_rows[section].kind == MODEL_KIND_HOST) {
		way.host = number;
		way.addresses = model_host_addresses(&model->hosts[number]);
	} else {
		way.gateway = number;
		way.terms = &model->gateways[number].spf;
	}
	return way;
}

static void
find_way(StateNeeds *needs, uint32_t way)
{
	if (needs->seen[way] == needs->turn)
		return;
	needs->seen[way] = needs->turn;
	VEC_PUSH(needs->arena, &needs->found, way);
}

static void
begin_turn(StateNeeds *needs)
{
	needs->turn++;
	needs->found.len = 0;
}

static ModelAuthorize
authorize_of(const Model *model, uint32_t egress)
{
	const FieldChoice *choice;

	if (egress == MODEL_SELF)
		return MODEL_AUTHORIZE_AUTO;
	choice = &model->egress[egress].authorize;
	return choice->state == FIELD_SET ? (ModelAuthorize)choice->value : MODEL_AUTHORIZE_AUTO;
}

/* One way out: the last hop, and where the addresses stand. */
typedef struct WayOut {
	uint32_t last_hop;
	uint32_t egress, host; /* MODEL_SELF: the host's own addresses */
	bool is_shared;
	StateDemand demand;
} WayOut;

/* Addresses that have to pass, whoever names them. */
static void
find_demand(StateNeeds *needs, const WayOut *out)
{
	const Model *model = needs->state->model;
	bool own = out->egress == MODEL_SELF;
	uint32_t index = own ? out->host : out->egress;

	switch (out->demand) {
	case STATE_DEMAND_NONE: break;
	case STATE_DEMAND_SENT:
		find_way(needs, way_number(model, own ? WAY_HOST_SENT : WAY_EGRESS_SENT, index));
		break;
	case STATE_DEMAND_RELAYED:
		find_way(needs,
			way_number(model, own ? WAY_HOST_RELAYED : WAY_EGRESS_RELAYED, index));
		break;
	case STATE_DEMAND_OUTBOUND:
		find_way(needs, way_number(model, WAY_EGRESS_OUTBOUND, index));
		break;
	}
}

/* What stands behind one way out: its addresses, or the terms of the gateway that shares them. */
static void
find_way_out(StateNeeds *needs, const WayOut *out)
{
	const Model *model = needs->state->model;
	ModelAuthorize authorize = authorize_of(model, out->egress);
	bool own = out->egress == MODEL_SELF;

	if (authorize == MODEL_AUTHORIZE_NEVER)
		return;
	if (out->last_hop != MODEL_SELF && model->gateways[out->last_hop].spf.len > 0)
		find_way(needs, way_number(model, WAY_GATEWAY, out->last_hop));
	if (authorize == MODEL_AUTHORIZE_ALWAYS || !out->is_shared)
		find_way(needs, way_number(model, own ? WAY_HOST : WAY_EGRESS,
					own ? out->host : out->egress));
	find_demand(needs, out);
}

/* Enhanced filtering judges an address before the last hop, which no route shows. */
static bool
is_skipped(const State *state, uint32_t connector)
{
	const ConnectorValue *values;

	if (connector == STATE_NONE)
		return false;
	values = state->connectors.items[connector].record.values;
	return values[CONNECTOR_SKIP_LAST].on || values[CONNECTOR_SKIP].list.len > 0;
}

/* Whether the address that this route shows has a part in a record: the rows of the table. */
static bool
is_judged(const State *state, uint32_t index)
{
	const ModelRoute *route = &state->model->routes.items[index];

	switch (state->model->host_infos[route->host].method) {
	case MODEL_METHOD_CONNECTOR: return !state->matches[index].is_trusted;
	case MODEL_METHOD_DIRECT_SEND:
	case MODEL_METHOD_INTERNET: return true;
	case MODEL_METHOD_SUBMISSION:
	case MODEL_METHOD_HVE: return false;
	}
	return false;
}

static StateDemand
demand_of(const State *state, uint32_t index)
{
	const ModelRoute *route = &state->model->routes.items[index];
	const StateMatch *match = &state->matches[index];

	if (state->model->host_infos[route->host].method != MODEL_METHOD_CONNECTOR)
		return STATE_DEMAND_SENT;
	return is_skipped(state, match->on_premises) || is_skipped(state, match->partner)
		       ? STATE_DEMAND_NONE
		       : STATE_DEMAND_RELAYED;
}

static void
find_route(StateNeeds *needs, uint32_t index)
{
	const Model *model = needs->state->model;
	const ModelRoute *route = &model->routes.items[index];
	bool always = authorize_of(model, route->egress) == MODEL_AUTHORIZE_ALWAYS;
	bool dynamic =
		route->egress != MODEL_SELF && flag_is_on(&model->egress[route->egress].dynamic);
	bool judged = is_judged(needs->state, index) && !dynamic;

	/* An address that changes would let in whoever has it tomorrow. */
	if (always || judged)
		find_way_out(needs,
			&(WayOut){route->last_hop, route->egress, route->host,
				model_route_is_shared(model, route),
				judged ? demand_of(needs->state, index) : STATE_DEMAND_NONE});
}

static uint32_t
group_of_host(StateNeeds *needs, uint32_t host)
{
	const ModelHostInfo *info = &needs->state->model->host_infos[host];
	uint32_t i;

	begin_turn(needs);
	for (i = 0; i < info->routes_len; i++)
		find_route(needs, info->first_route + i);
	sort_once_each(&needs->found);
	return intern(needs->arena, &needs->groups, &needs->found);
}

uint32_t
state_outbound_gateway(const Model *model)
{
	const FieldText *outbound = &model->spec->tenant.outbound;
	ModelRef ref;

	if (outbound->state != FIELD_SET)
		return MODEL_SELF;
	ref = model_find_sender(model, outbound->text);
	return ref.kind == MODEL_KIND_GATEWAY ? ref.index : MODEL_SELF;
}

/* The tenant's mail leaves through a gateway: its addresses or terms stand for Exchange's. */
static uint32_t
group_of_outbound(StateNeeds *needs)
{
	const Model *model = needs->state->model;
	uint32_t gateway = state_outbound_gateway(model), i;
	const ModelGatewayInfo *info;

	begin_turn(needs);
	if (gateway != MODEL_SELF) {
		info = &model->gateway_infos[gateway];
		for (i = 0; i < info->ends_len; i++)
			find_way_out(needs,
				&(WayOut){info->ends[i].last_hop, info->ends[i].egress, MODEL_SELF,
					model_egress_is_shared(model, info->ends[i].egress),
					STATE_DEMAND_OUTBOUND});
	}
	sort_once_each(&needs->found);
	return intern(needs->arena, &needs->groups, &needs->found);
}

/* --- senders ---------------------------------------------------------------------------------- */

/* The need of a domain that `domains` holds, or of one below an accepted domain that stands for its
 * subdomains too: SPF is asked of the name itself. Else STATE_NONE. */
static uint32_t
need_of(StateNeeds *needs, Str name, Span span)
{
	const Model *model = needs->state->model;
	uint32_t found = map_find(&model->domain_names, name);
	const ModelDomain *above;

	if (found == MAP_NONE)
		found = map_find(&needs->subdomains, name);
	if (found != MAP_NONE)
		return found;
	above = model_domain_above(model, name);
	if (above == NULL)
		return STATE_NONE;
	found = (uint32_t)needs->list.len;
	map_add(needs->arena, &needs->subdomains, name, found);
	VEC_PUSH(needs->arena, &needs->list,
		((StateNeed){.domain = name, .span = span, .spec = above, .is_below = true}));
	return found;
}

/* Whether what a host sends leaves the tenant again, from Exchange Online's addresses. */
static bool
leaves_through_exchange(const ModelHostInfo *info)
{
	return info->method == MODEL_METHOD_SUBMISSION ||
	       (info->method == MODEL_METHOD_CONNECTOR &&
		       info->recipients != MODEL_RECIPIENTS_INTERNAL);
}

typedef struct Sender {
	uint32_t host, group;
	uint32_t need;
} Sender;

typedef VEC(Sender) Senders;

static void
add_sender(StateNeeds *needs, Senders *senders, Sender sender, Str name, Span span)
{
	sender.need = need_of(needs, name, span);
	if (sender.need == STATE_NONE)
		return;
	needs->list.items[sender.need].sends = true;
	if (leaves_through_exchange(&needs->state->model->host_infos[sender.host]))
		needs->list.items[sender.need].through_exchange = true;
	VEC_PUSH(needs->arena, senders, sender);
}

/* Who signs in and says nothing else sends as the mailbox's domain. */
static void
add_mailbox(StateNeeds *needs, Senders *senders, Sender sender)
{
	const ModelRelayHost *host = &needs->state->model->hosts[sender.host];
	size_t at = host->mailbox.text.len;
	Str domain, name;

	while (at > 0 && host->mailbox.text.ptr[at - 1] != '@')
		at--;
	domain = str_slice(host->mailbox.text, at, host->mailbox.text.len);
	if (at > 0 && net_name_parse(needs->state->model->arena, domain, NET_NAME_HOST, &name) ==
			      NET_NAME_OK)
		add_sender(needs, senders, sender, name, host->mailbox.span);
}

static void
add_host(StateNeeds *needs, uint32_t host, Senders *senders)
{
	const ModelRelayHost *object = &needs->state->model->hosts[host];
	Sender sender = {.host = host, .group = group_of_host(needs, host)};
	uint32_t i;

	for (i = 0; i < object->sends_as.len; i++)
		add_sender(needs, senders, sender, object->sends_as.items[i].text,
			object->sends_as.items[i].span);
	if (object->sends_as.state == FIELD_ABSENT)
		add_mailbox(needs, senders, sender);
}

/* Hosts of one group mostly follow each other: what is the same as the last is left out at once. */
static void
share_out(StateNeeds *needs, const Senders *senders)
{
	size_t i;

	needs->named = ARENA_ARRAY(needs->arena, NumberVec, needs->list.len);
	for (i = 0; i < senders->len; i++) {
		NumberVec *groups = &needs->named[senders->items[i].need];
		uint32_t group = senders->items[i].group;

		if (groups->len == 0 || groups->items[groups->len - 1] != group)
			VEC_PUSH(needs->arena, groups, group);
	}
}

StateNeeds *
state_collect_needs(const State *state, Arena *arena)
{
	StateNeeds *needs = ARENA_NEW(arena, StateNeeds);
	const Model *model = state->model;
	Senders senders = {0};
	uint32_t i;

	needs->state = state;
	needs->arena = arena;
	needs->seen = ARENA_ARRAY(arena, uint32_t, way_number(model, WAY_SECTIONS, 0));
	for (i = 0; i < model->domains_len; i++)
		VEC_PUSH(arena, &needs->list,
			((StateNeed){.domain = model->domains[i].head.name,
				.span = model->domains[i].head.name_span,
				.spec = &model->domains[i]}));
	for (i = 0; i < model->hosts_len; i++)
		add_host(needs, i, &senders);
	needs->outbound = group_of_outbound(needs);
	share_out(needs, &senders);
	for (i = 0; i < needs->list.len; i++)
		needs->list.items[i].number = i;
	return needs;
}

const StateNeedVec *
state_needs(const StateNeeds *needs)
{
	return &needs->list;
}

static StateNumbers
unite_groups(StateNeeds *needs, const NumberVec *groups)
{
	size_t i, j;

	begin_turn(needs);
	for (i = 0; i < groups->len && needs->looked_at <= STATE_MAX_LOOKED_AT; i++) {
		const StateNumbers *group = &needs->groups.all.items[groups->items[i]];

		needs->looked_at += group->len + 1;
		for (j = 0; j < group->len; j++)
			find_way(needs, group->items[j]);
	}
	sort_once_each(&needs->found);
	/* The state keeps them. */
	return (StateNumbers){copy_numbers(needs->state->model->arena, &needs->found),
		(uint32_t)needs->found.len};
}

bool
state_find_ways(StateNeeds *needs, const StateNeed *need, bool outbound, StateNumbers *ret_ways)
{
	NumberVec *groups = &needs->named[need->number];
	uint32_t number;

	*ret_ways = (StateNumbers){0};
	if (outbound)
		VEC_PUSH(needs->arena, groups, needs->outbound);
	if (groups->len == 0)
		return true;
	sort_once_each(groups);
	number = intern(needs->arena, &needs->unions, groups);
	if (number == needs->ways.len)
		VEC_PUSH(needs->arena, &needs->ways, unite_groups(needs, groups));
	*ret_ways = needs->ways.items[number];
	return needs->looked_at <= STATE_MAX_LOOKED_AT;
}
