/*
 * The SPF records: which addresses and terms each domain needs, by the table of who checks what.
 * A shared address is never an ip4: term of ours; the gateway's own `spf` terms stand for it.
 */
#include "state/state_int.h"

/* What one domain's record is made from, while hosts are looked at. */
typedef struct Need {
	const ModelDomain *domain;
	NetSet addresses;
	StrVec terms;
} Need;

typedef struct Composer {
	State *state;
	Arena *arena;
	Need *needs; /* one for each domain of the model */
} Composer;

static bool
is_composed(const ModelDomain *domain)
{
	return domain->head.state != FIELD_BAD &&
	       (domain->spf.manage.state == FIELD_ABSENT ||
		       (domain->spf.manage.state == FIELD_SET &&
			       domain->spf.manage.value == MODEL_SPF_COMPOSE));
}

static bool
never_sends(const ModelDomain *domain)
{
	return domain->sends.state == FIELD_SET && domain->sends.value == MODEL_SENDS_NEVER;
}

static void
add_prefixes(Composer *composer, Need *need, const FieldPrefixes *prefixes)
{
	uint32_t i;

	for (i = 0; i < prefixes->len; i++)
		net_set_add(composer->arena, &need->addresses,
			net_prefix_network(prefixes->items[i].prefix));
}

static void
add_texts(Composer *composer, Need *need, const FieldItems *items)
{
	uint32_t i;

	for (i = 0; i < items->len; i++)
		VEC_PUSH(composer->arena, &need->terms, items->items[i].text);
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

/* The address behind one way out: ip4/ip6 terms, or the terms of the gateway that shares it. */
static void
add_way_out(Composer *composer, Need *need, uint32_t last_hop, uint32_t egress,
	const FieldPrefixes *addresses, bool shared)
{
	const Model *model = composer->state->model;
	ModelAuthorize authorize = authorize_of(model, egress);

	if (authorize == MODEL_AUTHORIZE_NEVER)
		return;
	if (last_hop != MODEL_SELF)
		add_texts(composer, need, &model->gateways[last_hop].spf);
	if (authorize == MODEL_AUTHORIZE_ALWAYS || !shared)
		add_prefixes(composer, need, addresses);
}

/* Exchange Online does not judge SPF where a connector says that the mail is our own. */
static bool
is_trusted_inbound(const State *state, const StateMatch *match)
{
	const StateConnector *connector;

	if (match->on_premises == STATE_NONE)
		return false;
	connector = &state->connectors.items[match->on_premises];
	return connector->purpose == MODEL_PURPOSE_HYBRID ||
	       connector->record.values[CONNECTOR_INTERNAL].on;
}

/* Whether a receiver judges the address that this route shows: the rows of the table. */
static bool
is_judged(const State *state, uint32_t index)
{
	const ModelRoute *route = &state->model->routes.items[index];

	switch (state->model->host_infos[route->host].method) {
	case MODEL_METHOD_CONNECTOR: return !is_trusted_inbound(state, &state->matches[index]);
	case MODEL_METHOD_DIRECT_SEND:
	case MODEL_METHOD_INTERNET: return true;
	case MODEL_METHOD_SUBMISSION:
	case MODEL_METHOD_HVE: return false;
	}
	return false;
}

static void
add_host_route(Composer *composer, Need *need, uint32_t index)
{
	const Model *model = composer->state->model;
	const ModelRoute *route = &model->routes.items[index];
	bool always = authorize_of(model, route->egress) == MODEL_AUTHORIZE_ALWAYS;
	bool dynamic =
		route->egress != MODEL_SELF && flag_is_on(&model->egress[route->egress].dynamic);

	/* An address that changes would let in whoever has it tomorrow. */
	if (always || (is_judged(composer->state, index) && !dynamic))
		add_way_out(composer, need, route->last_hop, route->egress,
			model_route_addresses(model, route), model_route_is_shared(model, route));
}

static void
add_host(Composer *composer, uint32_t host)
{
	const Model *model = composer->state->model;
	const ModelHostInfo *info = &model->host_infos[host];
	const FieldItems *sends_as = &model->hosts[host].sends_as;
	uint32_t i, j;

	for (i = 0; i < sends_as->len; i++) {
		uint32_t domain = map_find(&model->domain_names, sends_as->items[i].text);

		if (domain == MAP_NONE)
			continue;
		for (j = 0; j < info->routes_len; j++)
			add_host_route(composer, &composer->needs[domain], info->first_route + j);
	}
}

/* The tenant's mail leaves through a gateway: its addresses or terms stand for Exchange's. */
static void
add_outbound(Composer *composer, Need *need, uint32_t gateway)
{
	const Model *model = composer->state->model;
	const ModelGatewayInfo *info = &model->gateway_infos[gateway];
	uint32_t i;

	for (i = 0; i < info->ends_len; i++) {
		const ModelEnd *end = &info->ends[i];

		add_way_out(composer, need, end->last_hop, end->egress,
			&model->egress[end->egress].addresses,
			model_egress_is_shared(model, end->egress));
	}
}

static void
add_also(Composer *composer, Need *need)
{
	const Model *model = composer->state->model;
	const FieldItems *also = &need->domain->spf.also;
	uint32_t i;

	for (i = 0; i < also->len; i++) {
		ModelRef ref = model_find_sender(model, also->items[i].text);
		NetPrefix prefix;

		if (ref.kind == MODEL_KIND_EGRESS)
			add_prefixes(composer, need, &model->egress[ref.index].addresses);
		else if (net_prefix_parse(also->items[i].text, &prefix) == NET_ADDRESS_OK)
			net_set_add(composer->arena, &need->addresses, net_prefix_network(prefix));
	}
}

static Str
cloud_include(const Model *model)
{
	static const char *const includes[] = {
		[MODEL_CLOUD_WORLDWIDE] = "spf.protection.outlook.com",
		[MODEL_CLOUD_GCC] = "spf.protection.outlook.com",
		[MODEL_CLOUD_GCC_HIGH] = "spf.protection.office365.us",
		[MODEL_CLOUD_DOD] = "spf.protection.office365.us",
		[MODEL_CLOUD_CHINA] = "spf.protection.partner.outlook.cn",
	};
	const FieldChoice *cloud = &model->spec->tenant.cloud;

	return str_from(includes[cloud->state == FIELD_SET ? cloud->value : 0]);
}

/* The gateway that the tenant's mail leaves through, or MODEL_SELF for Exchange Online itself. */
static uint32_t
outbound_gateway(const Model *model)
{
	const FieldText *outbound = &model->spec->tenant.outbound;
	ModelRef ref;

	if (outbound->state != FIELD_SET)
		return MODEL_SELF;
	ref = model_find_sender(model, outbound->text);
	return ref.kind == MODEL_KIND_GATEWAY ? ref.index : MODEL_SELF;
}

/* Mailboxes of an accepted domain send through Exchange Online; so do hosts that hand mail to it.
 */
static bool
sends_through_exchange(const Model *model, const ModelDomain *domain, const bool *by_hosts)
{
	return model_domain_is_accepted(model, domain->head.name) ||
	       by_hosts[domain - model->domains];
}

/* Whether what a host sends leaves the tenant again, from Exchange Online's addresses. */
static bool
leaves_through_exchange(const ModelHostInfo *info)
{
	return info->method == MODEL_METHOD_SUBMISSION ||
	       (info->method == MODEL_METHOD_CONNECTOR &&
		       info->recipients != MODEL_RECIPIENTS_INTERNAL);
}

static void
mark_domain(const Model *model, Str name, bool *by_hosts)
{
	uint32_t domain = map_find(&model->domain_names, name);

	if (domain != MAP_NONE)
		by_hosts[domain] = true;
}

/* Who signs in and says nothing else sends as the mailbox's domain. */
static void
mark_mailbox(const Model *model, const FieldText *mailbox, bool *by_hosts)
{
	size_t at = mailbox->text.len;
	Str domain, name;

	while (at > 0 && mailbox->text.ptr[at - 1] != '@')
		at--;
	domain = str_slice(mailbox->text, at, mailbox->text.len);
	if (at > 0 && net_name_parse(model->arena, domain, NET_NAME_HOST, &name) == NET_NAME_OK)
		mark_domain(model, name, by_hosts);
}

static void
mark_exchange_senders(const Model *model, bool *by_hosts)
{
	uint32_t i, j;

	for (i = 0; i < model->hosts_len; i++) {
		const ModelRelayHost *host = &model->hosts[i];

		if (!leaves_through_exchange(&model->host_infos[i]))
			continue;
		for (j = 0; j < host->sends_as.len; j++)
			mark_domain(model, host->sends_as.items[j].text, by_hosts);
		if (host->sends_as.state == FIELD_ABSENT)
			mark_mailbox(model, &host->mailbox, by_hosts);
	}
}

static void
fill_recipe(Composer *composer, Need *need, bool through_exchange, SpfRecipe *recipe)
{
	const Model *model = composer->state->model;
	const ModelSpf *spf = &need->domain->spf;
	uint32_t gateway = outbound_gateway(model), i;

	recipe->never = never_sends(need->domain);
	if (recipe->never)
		return;
	if (through_exchange && gateway != MODEL_SELF)
		add_outbound(composer, need, gateway);
	add_also(composer, need);
	for (i = 0; i < spf->includes.len; i++)
		VEC_PUSH(composer->arena, &need->terms,
			str_format(composer->arena, "include:" STR_FMT,
				STR_ARG(spf->includes.items[i].text)));
	add_texts(composer, need, &spf->terms);
	if (spf->exchange_online.state == FIELD_SET ? spf->exchange_online.on
						    : through_exchange && gateway == MODEL_SELF)
		recipe->cloud_include = cloud_include(model);
	net_set_normalise(&need->addresses);
	recipe->addresses = need->addresses;
	recipe->terms = need->terms;
	recipe->all = spf->all.state == FIELD_SET ? (SpfAll)spf->all.value : SPF_ALL_SOFTFAIL;
}

static void
compose_domain(Composer *composer, Need *need, const bool *by_hosts)
{
	const Model *model = composer->state->model;
	const ModelSpf *spf = &need->domain->spf;
	SpfRecipe recipe = {0};
	StateRecord *record;
	StatePrice *price;

	fill_recipe(composer, need, sends_through_exchange(model, need->domain, by_hosts), &recipe);
	record = VEC_ADD(composer->arena, &composer->state->records);
	record->domain = record->name = need->domain->head.name;
	record->type = STR("TXT");
	record->ttl = spf->ttl.state == FIELD_SET ? (uint32_t)spf->ttl.number : 3600;
	record->value = spf_compose(composer->arena, &recipe);
	record->all_assumed = !recipe.never && spf->all.state != FIELD_SET;
	price = VEC_ADD(composer->arena, &composer->state->prices);
	price->domain = need->domain->head.name;
	price->own = recipe.addresses;
	price->lookup_terms = spf_lookup_terms(record->value);
}

void
state_compose_records(State *state)
{
	const Model *model = state->model;
	Composer composer = {.state = state, .arena = model->arena};
	Arena *scratch = arena_create();
	bool *by_hosts = ARENA_ARRAY(scratch, bool, model->domains_len + 1);
	uint32_t i;

	composer.needs = ARENA_ARRAY(model->arena, Need, model->domains_len);
	for (i = 0; i < model->domains_len; i++)
		composer.needs[i].domain = &model->domains[i];
	mark_exchange_senders(model, by_hosts);
	for (i = 0; i < model->hosts_len; i++)
		add_host(&composer, i);
	for (i = 0; i < model->domains_len; i++) {
		if (is_composed(&model->domains[i]))
			compose_domain(&composer, &composer.needs[i], by_hosts);
	}
	arena_destroy(scratch);
}
