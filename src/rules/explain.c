/* Where an address stands in a spec, and what becomes of the mail behind it. */
#include "rules/classes_int.h"

/* Of what belongs to one place no more lines than this are shown. */
#define SHOWN 10

typedef struct Explain {
	RuleFacts facts;
	NetPrefix address;
	Buf *out;
	size_t places;
	bool *leaves; /* which egress objects mail from the address leaves through */
	bool direct;  /* a host that holds it shows it to Microsoft 365 itself */
} Explain;

/* The element of a list that shares addresses with what was asked for, or NULL. */
static const FieldPrefix *
find_element(const Explain *explain, const FieldPrefixes *list)
{
	uint32_t i;

	for (i = 0; i < list->len; i++) {
		if (net_prefix_overlaps(
			    net_prefix_network(list->items[i].prefix), explain->address))
			return &list->items[i];
	}
	return NULL;
}

static void
write_addresses(Explain *explain, const FieldPrefixes *list)
{
	uint32_t i;

	for (i = 0; i < list->len && i < SHOWN; i++) {
		buf_lit(explain->out, i > 0 ? ", " : "");
		net_prefix_write(explain->out, list->items[i].prefix);
	}
	if (list->len == 0)
		buf_lit(explain->out, "not known");
	else if (list->len > SHOWN)
		buf_printf(explain->out, " and %u more", (unsigned)(list->len - SHOWN));
}

static void
write_field(Explain *explain, const char *what, const FieldText *field)
{
	if (field->state == FIELD_SET)
		buf_printf(explain->out, ", %s " STR_FMT, what, STR_ARG(field->text));
}

static void
begin_place(Explain *explain, ModelKind kind, Str name)
{
	explain->places++;
	buf_printf(explain->out, "%s `" STR_FMT "`", rules_noun(kind), STR_ARG(name));
}

static void
write_route(Explain *explain, uint32_t number)
{
	const Model *model = explain->facts.model;
	const ModelRoute *route = &model->routes.items[number];
	const StateMatch *match = &explain->facts.state->matches[number];
	uint32_t taker = match->on_premises != STATE_NONE ? match->on_premises : match->partner;

	buf_printf(explain->out, "  route: " STR_FMT " → ",
		STR_ARG(model_route_text(explain->out->arena, model, route)));
	write_addresses(explain, model_route_addresses(model, route));
	if (taker != STATE_NONE && model->host_infos[route->host].method == MODEL_METHOD_CONNECTOR)
		buf_printf(explain->out, ", taken by connector `" STR_FMT "`",
			STR_ARG(rules_connector_name(&explain->facts, taker)));
	buf_char(explain->out, '\n');
}

static void
write_more(Explain *explain, size_t more, const char *noun)
{
	if (more > 0)
		buf_printf(explain->out, "  and %zu more%s\n", more, noun);
}

/* --- the kinds of places ---------------------------------------------------------------------- */

static void
explain_host(Explain *explain, uint32_t index)
{
	const Model *model = explain->facts.model;
	const ModelRelayHost *host = &model->hosts[index];
	const ModelHostInfo *info = &model->host_infos[index];
	const FieldPrefix *element = find_element(explain, model_host_addresses(host));
	uint32_t i;

	if (element == NULL)
		return;
	begin_place(explain, MODEL_KIND_HOST, host->head.name);
	buf_printf(explain->out, " (%s): ", rules_method_text(info->method));
	net_prefix_write(explain->out, element->prefix);
	write_field(explain, "owner", &host->owner);
	write_field(explain, "ticket", &host->ticket);
	buf_char(explain->out, '\n');
	if (info->broken)
		buf_lit(explain->out, "  route: not known, `connplan check` says why\n");
	for (i = 0; i < info->routes_len; i++) {
		const ModelRoute *route = &model->routes.items[info->first_route + i];

		if (i < SHOWN)
			write_route(explain, info->first_route + i);
		if (route->egress == MODEL_SELF)
			explain->direct = true;
		else
			explain->leaves[route->egress] = true;
	}
	write_more(explain, i > SHOWN ? i - SHOWN : 0, " routes");
}

static void
explain_gateway(Explain *explain, uint32_t index)
{
	const Model *model = explain->facts.model;
	const ModelGateway *gateway = &model->gateways[index];
	const ModelGatewayInfo *info = &model->gateway_infos[index];
	const FieldPrefix *element = find_element(explain, &gateway->clients);
	uint32_t i;

	if (element == NULL)
		return;
	begin_place(explain, MODEL_KIND_GATEWAY, gateway->head.name);
	buf_lit(explain->out, ": among its clients, in ");
	net_prefix_write(explain->out, element->prefix);
	buf_char(explain->out, '\n');
	for (i = 0; i < info->ends_len; i++)
		explain->leaves[info->ends[i].egress] = true;
}

static void
explain_egress(Explain *explain, uint32_t index)
{
	const Model *model = explain->facts.model;
	const ModelEgress *egress = &model->egress[index];
	const RuleUse *use = &explain->facts.egress[index];
	const FieldPrefix *element = find_element(explain, &egress->addresses);

	if (element == NULL)
		return;
	begin_place(explain, MODEL_KIND_EGRESS, egress->head.name);
	buf_lit(explain->out, ": ");
	net_prefix_write(explain->out, element->prefix);
	write_field(explain, "site", &egress->site);
	write_field(explain, "owner", &egress->owner);
	buf_lit(explain->out,
		model_egress_is_shared(model, index) ? ", shared with others\n" : "\n");
	if (use->routes == 0)
		return;
	write_route(explain, use->route);
	write_more(explain, use->routes - 1, " routes");
}

static void
write_source(Explain *explain, const StateSource *source)
{
	const Model *model = explain->facts.model;

	buf_printf(explain->out, "  for " STR_FMT,
		STR_ARG(state_source_text(explain->out->arena, model, source)));
	if (source->host != STATE_NONE)
		write_field(explain, "owner", &model->hosts[source->host].owner);
	buf_char(explain->out, '\n');
}

static void
explain_entry(Explain *explain, const StateConnector *connector, const StateAddress *address)
{
	uint32_t i;

	begin_place(explain, MODEL_KIND_CONNECTOR, connector->name);
	buf_printf(explain->out, " (%s%s): entry ",
		connector->type == MODEL_PARTNER ? "partner" : "on-premises",
		connector->enabled ? "" : ", disabled");
	net_prefix_write(explain->out, address->range);
	if (net_prefix_compare(address->range, address->split_from) != 0) {
		buf_lit(explain->out, ", split from ");
		net_prefix_write(explain->out, address->split_from);
	}
	if (connector->spec != NULL)
		write_field(explain, "owner", &connector->spec->owner);
	buf_char(explain->out, '\n');
	for (i = 0; i < address->sources_len && i < SHOWN; i++)
		write_source(explain, &connector->sources.items[address->sources[i]]);
	write_more(explain, address->sources_len - i, "");
}

static void
explain_connectors(Explain *explain)
{
	size_t i, j;

	for (i = 0; i < explain->facts.state->connectors.len; i++) {
		const StateConnector *connector = &explain->facts.state->connectors.items[i];

		for (j = 0; j < connector->addresses.len; j++) {
			if (net_prefix_overlaps(
				    connector->addresses.items[j].range, explain->address))
				explain_entry(explain, connector, &connector->addresses.items[j]);
		}
	}
}

/* The terms of a record are the minimal cover of its own addresses. */
static void
explain_record(Explain *explain, const StatePrice *price)
{
	NetPrefixVec cover = {0};
	size_t i;

	net_set_cover(explain->facts.scratch, &price->own, &cover);
	for (i = 0; i < cover.len; i++) {
		if (!net_prefix_overlaps(cover.items[i], explain->address))
			continue;
		begin_place(explain, MODEL_KIND_DOMAIN, price->domain);
		buf_lit(explain->out, cover.items[i].family == NET_IP4 ? ": ip4:" : ": ip6:");
		net_prefix_write(explain->out, cover.items[i]);
		buf_char(explain->out, '\n');
	}
}

/* --- the whole -------------------------------------------------------------------------------- */

static void
explain_class(Explain *explain)
{
	NetVerdict verdict = net_classify(explain->address);
	Buf *out = explain->out;

	net_prefix_write(out, explain->address);
	if (verdict.net_class == NET_CLASS_GLOBAL) {
		buf_lit(out, " is public: it can be what Exchange Online sees\n");
		return;
	}
	if (net_prefix_compare(verdict.part, explain->address) != 0) {
		buf_lit(out, " holds ");
		net_prefix_write(out, verdict.part);
		buf_lit(out, ", which");
	}
	buf_printf(out, " is " STR_FMT, STR_ARG(rules_class_text(&explain->facts, verdict.block)));
	buf_lit(out, verdict.net_class >= NET_CLASS_NOT_GLOBAL
			     ? ": Exchange Online never sees it, only the address behind it\n"
			     : "\n");
}

/* The public side of an address that hosts or clients of gateways have. */
static void
explain_leaving(Explain *explain)
{
	const Model *model = explain->facts.model;
	size_t shown = 0, more = 0;
	uint32_t i;

	for (i = 0; i < model->egress_len; i++) {
		if (!explain->leaves[i])
			continue;
		if (shown++ == 0)
			buf_lit(explain->out, "mail from it leaves through\n");
		if (shown > SHOWN) {
			more++;
			continue;
		}
		buf_printf(explain->out,
			"  egress `" STR_FMT "`: ", STR_ARG(model->egress[i].head.name));
		write_addresses(explain, &model->egress[i].addresses);
		buf_char(explain->out, '\n');
	}
	write_more(explain, more, "");
	if (explain->direct)
		buf_lit(explain->out, "mail from it is shown to the next hop as it is: no NAT or "
				      "gateway is named behind it\n");
}

size_t
rules_explain_address(const RuleInput *input, NetPrefix address, Buf *out)
{
	Explain explain = {.address = net_prefix_network(address), .out = out};
	uint32_t i;

	explain.facts = (RuleFacts){.input = input,
		.model = input->model,
		.state = input->state,
		.arena = out->arena,
		.scratch = arena_create(),
		.sample = rules_is_sample(input->model)};
	rules_find_facts(&explain.facts);
	explain.leaves = ARENA_ARRAY(explain.facts.scratch, bool, input->model->egress_len);
	explain_class(&explain);
	for (i = 0; i < input->model->hosts_len; i++)
		explain_host(&explain, i);
	for (i = 0; i < input->model->gateways_len; i++)
		explain_gateway(&explain, i);
	for (i = 0; i < input->model->egress_len; i++)
		explain_egress(&explain, i);
	explain_connectors(&explain);
	for (i = 0; i < input->state->prices.len; i++)
		explain_record(&explain, &input->state->prices.items[i]);
	if (explain.places == 0)
		buf_lit(out, "no place in the spec holds it\n");
	explain_leaving(&explain);
	arena_destroy(explain.facts.scratch);
	return explain.places;
}
