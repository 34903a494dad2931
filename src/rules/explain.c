/* Where an address stands in a spec, and what becomes of the mail behind it. */
#include "rules/classes_int.h"

/* Of what belongs to one place no more lines than this are shown. */
#define SHOWN 10

typedef struct Explain {
	RuleFacts facts;
	NetPrefix address;
	RulesLines *lines;
	size_t places;
	bool *leaves; /* which egress objects mail from the address leaves through */
	bool direct;  /* a host that holds it shows it to Microsoft 365 itself */
} Explain;

/* --- lines ------------------------------------------------------------------------------------ */

static RulesLine *
add_line(Explain *explain, const char *key, bool inner)
{
	RulesLine line = {.key = key, .inner = inner};

	VEC_PUSH(explain->facts.arena, explain->lines, line);
	return &explain->lines->items[explain->lines->len - 1];
}

static void
set_value(RulesLine *line, const char *name, Str text)
{
	ASSERT(line->len < RULES_VALUES_MAX);
	line->values[line->len++] = (RulesValue){.name = name, .text = text};
}

static void
set_prefix(const Explain *explain, RulesLine *line, const char *name, NetPrefix prefix)
{
	set_value(line, name, net_prefix_text(explain->facts.arena, prefix));
}

static RulesLine *
begin_place(Explain *explain, const char *key, Str name)
{
	RulesLine *line = add_line(explain, key, false);

	explain->places++;
	set_value(line, "name", name);
	return line;
}

/* A fact about the place above, where the spec states it. */
static void
add_field(Explain *explain, const char *key, const FieldText *field)
{
	if (field->state == FIELD_SET)
		set_value(add_line(explain, key, true), "value", field->text);
}

static void
add_more(Explain *explain, const char *key, size_t more)
{
	if (more > 0)
		set_value(add_line(explain, key, true), "count",
			str_format(explain->facts.arena, "%zu", more));
}

/* "198.51.100.10, 198.51.100.16/30 (+3)"; where there are none a word for "unknown". */
static void
set_addresses(const Explain *explain, RulesLine *line, const FieldPrefixes *list)
{
	Buf buf = buf_make(explain->facts.arena);
	uint32_t i;

	for (i = 0; i < list->len && i < SHOWN; i++) {
		buf_lit(&buf, i > 0 ? ", " : "");
		net_prefix_write(&buf, list->items[i].prefix);
	}
	if (list->len > SHOWN)
		buf_printf(&buf, " (+%u)", (unsigned)(list->len - SHOWN));
	set_value(line, "addresses", buf_text(&buf));
	if (list->len == 0)
		line->values[line->len - 1].key = "value.unknown";
}

static void
add_route(Explain *explain, uint32_t number)
{
	const Model *model = explain->facts.model;
	const ModelRoute *route = &model->routes.items[number];
	const StateMatch *match = &explain->facts.state->matches[number];
	uint32_t taker = match->on_premises != STATE_NONE ? match->on_premises : match->partner;
	bool taken = taker != STATE_NONE &&
		     model->host_infos[route->host].method == MODEL_METHOD_CONNECTOR;
	RulesLine *line = add_line(explain, taken ? "place.route_taken" : "place.route", true);

	set_value(line, "route", model_route_text(explain->facts.arena, model, route));
	set_addresses(explain, line, model_route_addresses(model, route));
	if (taken)
		set_value(line, "connector", rules_connector_name(&explain->facts, taker));
}

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

/* --- the kinds of places ---------------------------------------------------------------------- */

static void
explain_routes(Explain *explain, const ModelHostInfo *info)
{
	uint32_t i;

	for (i = 0; i < info->routes_len; i++) {
		const ModelRoute *route =
			&explain->facts.model->routes.items[info->first_route + i];

		if (i < SHOWN)
			add_route(explain, info->first_route + i);
		if (route->egress == MODEL_SELF)
			explain->direct = true;
		else
			explain->leaves[route->egress] = true;
	}
	add_more(explain, "place.more_routes", i > SHOWN ? i - SHOWN : 0);
}

static void
explain_host(Explain *explain, uint32_t index)
{
	const Model *model = explain->facts.model;
	const ModelRelayHost *host = &model->hosts[index];
	const ModelHostInfo *info = &model->host_infos[index];
	const FieldPrefix *element = find_element(explain, model_host_addresses(host));
	RulesLine *line;

	if (element == NULL)
		return;
	line = begin_place(explain, "place.host", host->head.name);
	set_value(line, "method", str_from(rules_method_text(info->method)));
	set_prefix(explain, line, "range", element->prefix);
	add_field(explain, "place.owner", &host->owner);
	add_field(explain, "place.ticket", &host->ticket);
	if (info->broken)
		add_line(explain, "place.route_unknown", true);
	explain_routes(explain, info);
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
	set_prefix(explain, begin_place(explain, "place.gateway", gateway->head.name), "range",
		element->prefix);
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
	set_prefix(explain, begin_place(explain, "place.egress", egress->head.name), "range",
		element->prefix);
	add_field(explain, "place.site", &egress->site);
	add_field(explain, "place.owner", &egress->owner);
	if (model_egress_is_shared(model, index))
		add_line(explain, "place.shared", true);
	if (use->routes == 0)
		return;
	add_route(explain, use->route);
	add_more(explain, "place.more_routes", use->routes - 1);
}

static void
add_source(Explain *explain, const StateSource *source)
{
	const Model *model = explain->facts.model;
	const FieldText *owner =
		source->host == STATE_NONE ? NULL : &model->hosts[source->host].owner;
	bool owned = owner != NULL && owner->state == FIELD_SET;
	RulesLine *line = add_line(explain, owned ? "place.for_owner" : "place.for", true);

	set_value(line, "way", state_source_text(explain->facts.arena, model, source));
	if (owned)
		set_value(line, "owner", owner->text);
}

static void
explain_entry(Explain *explain, const StateConnector *connector, const StateAddress *address)
{
	RulesLine *line = begin_place(explain,
		connector->enabled ? "place.connector" : "place.connector_disabled",
		connector->name);
	uint32_t i;

	set_value(line, "type",
		connector->type == MODEL_PARTNER ? STR("partner") : STR("on-premises"));
	set_prefix(explain, line, "range", address->range);
	if (net_prefix_compare(address->range, address->split_from) != 0)
		set_prefix(explain, add_line(explain, "place.split_from", true), "range",
			address->split_from);
	if (connector->spec != NULL)
		add_field(explain, "place.owner", &connector->spec->owner);
	for (i = 0; i < address->sources_len && i < SHOWN; i++)
		add_source(explain, &connector->sources.items[address->sources[i]]);
	add_more(explain, "place.more", address->sources_len - i);
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
		RulesLine *line;

		if (!net_prefix_overlaps(cover.items[i], explain->address))
			continue;
		line = begin_place(explain, "place.record", price->domain);
		set_value(line, "term",
			str_format(explain->facts.arena, "%s:" STR_FMT,
				cover.items[i].family == NET_IP4 ? "ip4" : "ip6",
				STR_ARG(net_prefix_text(explain->facts.arena, cover.items[i]))));
	}
}

/* --- the whole -------------------------------------------------------------------------------- */

static const char *
class_key(const NetBlock *block)
{
	if (STR_EQ(block->name, "Private-Use"))
		return "place.private";
	switch (block->net_class) {
	case NET_CLASS_REFUSED: return "place.reserved";
	case NET_CLASS_NOT_GLOBAL: return "place.not_reachable";
	case NET_CLASS_DOCUMENTATION: return "place.documentation";
	case NET_CLASS_SPECIAL:
	case NET_CLASS_GLOBAL: break;
	}
	return "place.special";
}

/* What the address is; of a range, the part that is the worst of it. */
static void
explain_class(Explain *explain)
{
	NetVerdict verdict = net_classify(explain->address);
	RulesLine *line;

	if (verdict.net_class == NET_CLASS_GLOBAL) {
		line = add_line(explain, "place.public", false);
		set_prefix(explain, line, "address", explain->address);
		return;
	}
	if (net_prefix_compare(verdict.part, explain->address) != 0) {
		line = add_line(explain, "place.holds", false);
		set_prefix(explain, line, "address", explain->address);
		set_prefix(explain, line, "part", verdict.part);
	}
	line = add_line(explain, class_key(verdict.block), false);
	set_prefix(explain, line, "address", verdict.part);
	set_value(line, "rfc", rules_rfc_text(&explain->facts, verdict.block));
	if (!STR_EQ(verdict.block->name, "Private-Use") &&
		verdict.net_class != NET_CLASS_DOCUMENTATION)
		set_value(line, "block", verdict.block->name);
}

/* The public side of an address that hosts or clients of gateways have. */
static void
explain_leaving(Explain *explain)
{
	const Model *model = explain->facts.model;
	size_t found = 0;
	uint32_t i;

	for (i = 0; i < model->egress_len; i++) {
		RulesLine *line;

		if (!explain->leaves[i])
			continue;
		if (found++ == 0)
			add_line(explain, "place.leaves", false);
		if (found > SHOWN)
			continue;
		line = add_line(explain, "place.leaves_egress", true);
		set_value(line, "name", model->egress[i].head.name);
		set_addresses(explain, line, &model->egress[i].addresses);
	}
	add_more(explain, "place.more", found > SHOWN ? found - SHOWN : 0);
	if (explain->direct)
		add_line(explain, "place.as_it_is", false);
}

size_t
rules_explain_address(
	Arena *arena, const RuleInput *input, NetPrefix address, RulesLines *ret_lines)
{
	Explain explain = {.address = net_prefix_network(address), .lines = ret_lines};
	uint32_t i;

	explain.facts = (RuleFacts){.input = input,
		.model = input->model,
		.state = input->state,
		.arena = arena,
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
		add_line(&explain, "place.nowhere", false);
	explain_leaving(&explain);
	arena_destroy(explain.facts.scratch);
	return explain.places;
}
