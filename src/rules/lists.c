/* Every list of addresses or terms of a spec, and how its elements are called in findings. */
#include "rules/rules_int.h"

/* --- addresses -------------------------------------------------------------------------------- */

static void
visit_egress(const RuleFacts *facts, RuleVisit visit, DiagSink *sink)
{
	RuleList list = {.kind = MODEL_KIND_EGRESS, .key = "addresses"};
	uint32_t i;

	for (i = 0; i < facts->model->egress_len; i++) {
		list.owner = facts->model->egress[i].head.name;
		list.index = i;
		list.list = &facts->model->egress[i].addresses;
		list.use = &facts->egress[i];
		visit(facts, &list, sink);
	}
}

static void
visit_hosts(const RuleFacts *facts, RuleVisit visit, DiagSink *sink)
{
	RuleList list = {.kind = MODEL_KIND_HOST};
	uint32_t i;

	for (i = 0; i < facts->model->hosts_len; i++) {
		const ModelRelayHost *host = &facts->model->hosts[i];

		list.owner = host->head.name;
		list.index = i;
		list.list = model_host_addresses(host);
		list.key = list.list == &host->address ? "address" : "addresses";
		list.use = &facts->hosts[i];
		visit(facts, &list, sink);
	}
}

static void
visit_gateways(const RuleFacts *facts, RuleVisit visit, DiagSink *sink)
{
	RuleList list = {.kind = MODEL_KIND_GATEWAY, .key = "clients"};
	uint32_t i;

	for (i = 0; i < facts->model->gateways_len; i++) {
		list.owner = facts->model->gateways[i].head.name;
		list.index = i;
		list.list = &facts->model->gateways[i].clients;
		visit(facts, &list, sink);
	}
}

static void
visit_expectations(const RuleFacts *facts, RuleVisit visit, DiagSink *sink)
{
	RuleList list = {.kind = MODEL_KIND_NONE, .key = "ip"};
	const ModelExpectation *expectations = facts->model->spec->expect.items;
	uint32_t i;

	for (i = 0; i < facts->model->spec->expect.len; i++) {
		list.index = i;
		list.list = &expectations[i].ip;
		visit(facts, &list, sink);
	}
}

/* Of the names and addresses of `also` the addresses. */
static FieldPrefixes
also_addresses(const RuleFacts *facts, const FieldItems *also)
{
	FieldPrefixes list = {.span = also->span, .state = also->state};
	uint32_t i;

	list.items = ARENA_ARRAY(facts->scratch, FieldPrefix, also->len);
	for (i = 0; i < also->len; i++) {
		FieldPrefix *item = &list.items[list.len];

		if (net_prefix_parse(also->items[i].text, &item->prefix) != NET_ADDRESS_OK)
			continue;
		item->span = also->items[i].span;
		list.len++;
	}
	return list;
}

void
rules_each_also(const RuleFacts *facts, RuleVisit visit, DiagSink *sink)
{
	RuleList list = {.kind = MODEL_KIND_DOMAIN, .key = "spf/also"};
	FieldPrefixes addresses;
	uint32_t i;

	list.list = &addresses;
	for (i = 0; i < facts->model->domains_len; i++) {
		const ModelDomain *domain = &facts->model->domains[i];

		if (domain->spf.also.len == 0)
			continue;
		addresses = also_addresses(facts, &domain->spf.also);
		list.owner = domain->head.name;
		list.index = i;
		visit(facts, &list, sink);
	}
}

void
rules_each_end(const RuleFacts *facts, RuleVisit visit, DiagSink *sink)
{
	visit_egress(facts, visit, sink);
	visit_hosts(facts, visit, sink);
}

void
rules_each_list(const RuleFacts *facts, RuleVisit visit, DiagSink *sink)
{
	rules_each_end(facts, visit, sink);
	visit_gateways(facts, visit, sink);
	rules_each_also(facts, visit, sink);
	visit_expectations(facts, visit, sink);
}

Str
rules_element_path(const RuleFacts *facts, const RuleList *list, uint32_t element)
{
	const FieldPrefix *item = &list->list->items[element];
	Str owner = list->owner, value = {0};

	if (owner.ptr == NULL)
		owner = str_format(facts->arena, "%u", (unsigned)list->index);
	if (rules_is_list(list->list->span, item->span))
		value = net_prefix_text(facts->arena, item->prefix);
	return rules_path(facts, list->kind, owner, list->key, value);
}

Str
rules_owner_text(const RuleFacts *facts, const RuleList *list)
{
	const char *noun = rules_noun(list->kind);

	if (list->owner.ptr == NULL)
		return str_format(facts->arena, "%s %u", noun, (unsigned)list->index + 1);
	return str_format(facts->arena, "%s `" STR_FMT "`", noun, STR_ARG(list->owner));
}

Str
rules_place_text(const RuleFacts *facts, const RuleList *list)
{
	const char *place = "in";

	if (list->kind == MODEL_KIND_HOST)
		place = "of";
	else if (list->kind == MODEL_KIND_GATEWAY)
		place = "among the clients of";
	return str_format(
		facts->arena, "%s " STR_FMT, place, STR_ARG(rules_owner_text(facts, list)));
}

/* --- texts ------------------------------------------------------------------------------------ */

void
rules_each_terms(const RuleFacts *facts, RuleVisitTexts visit, DiagSink *sink)
{
	const Model *model = facts->model;
	RuleTexts texts = {.kind = MODEL_KIND_DOMAIN, .key = "spf/terms"};
	uint32_t i;

	for (i = 0; i < model->domains_len; i++) {
		texts.owner = model->domains[i].head.name;
		texts.items = &model->domains[i].spf.terms;
		visit(facts, &texts, sink);
	}
	texts.kind = MODEL_KIND_GATEWAY;
	texts.key = "spf";
	for (i = 0; i < model->gateways_len; i++) {
		texts.owner = model->gateways[i].head.name;
		texts.items = &model->gateways[i].spf;
		visit(facts, &texts, sink);
	}
}

void
rules_each_skip(const RuleFacts *facts, RuleVisitTexts visit, DiagSink *sink)
{
	const Model *model = facts->model;
	RuleTexts texts = {.kind = MODEL_KIND_CONNECTOR, .key = "enhanced_filtering/skip"};
	uint32_t i;

	for (i = 0; i < model->connectors_len; i++) {
		texts.owner = model->connectors[i].head.name;
		texts.items = &model->connectors[i].enhanced_filtering.skip;
		visit(facts, &texts, sink);
	}
}

Str
rules_text_path(const RuleFacts *facts, const RuleTexts *texts, uint32_t element)
{
	const FieldItem *item = &texts->items->items[element];
	Str value = {0};

	if (rules_is_list(texts->items->span, item->span))
		value = item->text;
	return rules_path(facts, texts->kind, texts->owner, texts->key, value);
}
