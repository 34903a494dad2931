/* What refers to what: objects without use, gateways and their clients, SPF terms as text. */
#include "rules/rules_int.h"

/* --- CP009 ------------------------------------------------------------------------------------ */

/* Which gateways and egress objects are referred to. */
typedef struct Used {
	const Model *model;
	bool *gateways, *egress;
	bool complete; /* false: a reference could not be read or names nothing */
} Used;

static void
use_name(Used *used, Str name)
{
	ModelRef ref = model_find_sender(used->model, name);

	if (ref.kind == MODEL_KIND_GATEWAY)
		used->gateways[ref.index] = true;
	else if (ref.kind == MODEL_KIND_EGRESS)
		used->egress[ref.index] = true;
}

/* Lists that hold more than names: `also`, `skip`. */
static void
use_names(Used *used, const FieldItems *items)
{
	uint32_t i;

	for (i = 0; i < items->len; i++)
		use_name(used, items->items[i].text);
	used->complete = used->complete && items->state != FIELD_BAD;
}

/* A list that was not resolved has no numbers: what it meant is not known. */
static void
use_next(Used *used, const ModelNext *next, const FieldItems *via, const FieldItems *egress)
{
	uint32_t i;

	for (i = 0; i < next->via_len; i++)
		used->gateways[next->via[i]] = true;
	for (i = 0; i < next->egress_len; i++)
		used->egress[next->egress[i]] = true;
	if (via->state == FIELD_BAD || egress->state == FIELD_BAD || via->len != next->via_len ||
		egress->len != next->egress_len)
		used->complete = false;
}

static void
use_direction(Used *used, const FieldText *field)
{
	if (field->state == FIELD_SET)
		use_name(used, field->text);
	used->complete = used->complete && field->state != FIELD_BAD;
}

static void
use_connector(Used *used, const ModelConnector *connector)
{
	uint32_t i;

	use_names(used, &connector->accepts);
	use_names(used, &connector->enhanced_filtering.skip);
	for (i = 0; i < connector->accepts.len; i++) {
		if (model_find_sender(used->model, connector->accepts.items[i].text).kind ==
			MODEL_KIND_NONE)
			used->complete = false;
	}
}

/* Whether every object that could refer to something was read. */
static bool
is_whole(const Model *model)
{
	const ModelSpec *spec = model->spec;
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++) {
		if (model->hosts[i].head.state == FIELD_BAD)
			return false;
	}
	for (i = 0; i < model->connectors_len; i++) {
		if (model->connectors[i].head.state == FIELD_BAD ||
			model->connectors[i].accepts.state == FIELD_BAD)
			return false;
	}
	return spec->relay_hosts.state != FIELD_BAD && spec->gateways.state != FIELD_BAD &&
	       spec->connectors.state != FIELD_BAD && spec->domains.state != FIELD_BAD;
}

static void
use_all(Used *used)
{
	const Model *model = used->model;
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++)
		use_next(used, &model->host_infos[i].next, &model->hosts[i].via,
			&model->hosts[i].egress);
	for (i = 0; i < model->gateways_len; i++)
		use_next(used, &model->gateway_infos[i].next, &model->gateways[i].via,
			&model->gateways[i].egress);
	for (i = 0; i < model->connectors_len; i++)
		use_connector(used, &model->connectors[i]);
	for (i = 0; i < model->domains_len; i++) {
		use_names(used, &model->domains[i].spf.also);
		use_direction(used, &model->domains[i].inbound);
	}
	use_direction(used, &model->spec->tenant.outbound);
}

static void
report_unused(const RuleFacts *facts, ModelKind kind, const FieldObject *head, DiagSink *sink)
{
	Diag *diag;

	if (head->state == FIELD_BAD)
		return;
	diag = diag_report(sink, DIAG_UNUSED_OBJECT, head->name_span,
		"nothing refers to %s `" STR_FMT "`: its addresses reach neither a connector nor "
		"an SPF record",
		rules_noun(kind), STR_ARG(head->name));
	diag_path(diag, rules_path(facts, kind, head->name, NULL, (Str){0}));
	diag_label(sink, diag, "not used");
	diag_help(sink, diag,
		kind == MODEL_KIND_GATEWAY
			? "name it as `via` of a host or gateway or under `accepts` of a "
			  "connector, or remove it"
			: "name it as `egress` of a host or gateway, under `accepts` of a "
			  "connector or `spf.also` of a domain, or remove it");
}

void
check_unused_objects(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Used used = {.model = model, .complete = model->usable && is_whole(model)};
	uint32_t i;

	used.gateways = ARENA_ARRAY(facts->scratch, bool, model->gateways_len);
	used.egress = ARENA_ARRAY(facts->scratch, bool, model->egress_len);
	use_all(&used);
	/* A reference that was reported may have meant any of them. */
	for (i = 0; used.complete && i < model->gateways_len; i++) {
		if (!used.gateways[i])
			report_unused(facts, MODEL_KIND_GATEWAY, &model->gateways[i].head, sink);
	}
	for (i = 0; used.complete && i < model->egress_len; i++) {
		if (!used.egress[i])
			report_unused(facts, MODEL_KIND_EGRESS, &model->egress[i].head, sink);
	}
}

/* --- CP014 ------------------------------------------------------------------------------------ */

typedef struct Clients {
	NetSet set;
	bool known, made;
} Clients;

/* Addresses of hosts, each counted with every gateway that it is looked up at. */
#define LOOKUPS_MAX 10000000u

/* The networks that a gateway serves; NULL where it does not say. */
static const NetSet *
clients_of(const RuleFacts *facts, Clients *all, uint32_t gateway)
{
	const FieldPrefixes *list = &facts->model->gateways[gateway].clients;
	Clients *clients = &all[gateway];
	uint32_t i;

	if (!clients->made) {
		clients->made = true;
		clients->known = list->state == FIELD_SET;
		for (i = 0; clients->known && i < list->len; i++)
			net_set_add(facts->scratch, &clients->set, list->items[i].prefix);
		net_set_normalise(&clients->set);
	}
	return clients->known ? &clients->set : NULL;
}

static void
report_not_serving(const RuleFacts *facts, const RuleList *list, uint32_t gateway,
	const uint32_t outside[2], DiagSink *sink)
{
	const ModelGateway *object = &facts->model->gateways[gateway];
	const FieldPrefix *item = &list->list->items[outside[0]];
	Str text = rules_prefix_text(facts, item->prefix), owner = rules_owner_text(facts, list);
	Diag *diag = diag_report(sink, DIAG_GATEWAY_NOT_SERVING, item->span,
		"`" STR_FMT "` of " STR_FMT " is outside the `clients` of gateway `" STR_FMT
		"`: it would refuse the mail",
		STR_ARG(text), STR_ARG(owner), STR_ARG(object->head.name));

	diag_path(diag, rules_element_path(facts, list, outside[0]));
	diag_label(sink, diag, "not served by `" STR_FMT "`", STR_ARG(object->head.name));
	diag_related(sink, diag, object->clients.span, "what it serves");
	if (outside[1] > 1)
		diag_note(sink, diag, STR_FMT " more addresses of " STR_FMT " are outside",
			STR_ARG(rules_number(facts, outside[1] - 1)), STR_ARG(owner));
	diag_help(sink, diag,
		"add the network to `clients` if the gateway does relay for it; else correct the "
		"address or the host's `via`");
}

static void
report_lookups(const RuleFacts *facts, const RuleList *list, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_INPUT_LIMIT,
		facts->model->hosts[list->index].head.name_span,
		"hosts have more addresses, each counted with every gateway of its `via`, than can "
		"be compared with `clients`");

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, list->owner, NULL, (Str){0}));
	diag_help(sink, diag, "write networks in place of addresses");
}

/* One finding for each host and gateway, at the first address that is outside. False past the
 * limit. */
static bool
check_served(const RuleFacts *facts, const RuleList *list, Clients *clients, uint64_t *lookups,
	DiagSink *sink)
{
	const ModelNext *next = &facts->model->host_infos[list->index].next;
	uint32_t i, j;

	for (i = 0; i < next->via_len; i++) {
		const NetSet *set = clients_of(facts, clients, next->via[i]);
		uint32_t outside[2] = {0, 0}; /* the first, and how many */

		*lookups += list->list->len;
		if (*lookups > LOOKUPS_MAX) {
			report_lookups(facts, list, sink);
			return false;
		}
		for (j = 0; set != NULL && j < list->list->len; j++) {
			if (net_set_contains(set, list->list->items[j].prefix))
				continue;
			if (outside[1]++ == 0)
				outside[0] = j;
		}
		if (outside[1] > 0)
			report_not_serving(facts, list, next->via[i], outside, sink);
	}
	return true;
}

/* The gateway that a host hands its mail to sees the host's own address. */
void
check_gateway_clients(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Clients *clients = ARENA_ARRAY(facts->scratch, Clients, model->gateways_len);
	RuleList list = {.kind = MODEL_KIND_HOST};
	uint64_t lookups = 0;
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++) {
		if (model->host_infos[i].next.via_len == 0)
			continue;
		list.owner = model->hosts[i].head.name;
		list.index = i;
		list.list = model_host_addresses(&model->hosts[i]);
		list.key = list.list == &model->hosts[i].address ? "address" : "addresses";
		if (!check_served(facts, &list, clients, &lookups, sink))
			return;
	}
}

/* --- CP006 and CP101 for SPF terms ------------------------------------------------------------ */

static void
report_term(
	const RuleFacts *facts, const RuleTexts *texts, uint32_t index, Str problem, DiagSink *sink)
{
	const FieldItem *term = &texts->items->items[index];
	Diag *diag = diag_report(sink, DIAG_BAD_VALUE, term->span,
		"`" STR_FMT "` cannot stand among the terms of an SPF record: " STR_FMT,
		STR_ARG(term->text), STR_ARG(problem));

	diag_path(diag, rules_text_path(facts, texts, index));
	diag_help(sink, diag, "write one mechanism an item, such as `a:mail.example.com`");
}

/* Addresses are held to the grammar of all others: what libraries take for one is CP101 as well. */
static void
check_address_term(const RuleFacts *facts, const RuleTexts *texts, uint32_t index, NetFamily family,
	Str text, DiagSink *sink)
{
	const FieldItem *term = &texts->items->items[index];
	NetPrefix prefix;
	NetAddressError error = net_prefix_parse(text, &prefix);
	Diag *diag;

	if (error == NET_ADDRESS_OK && prefix.family == family)
		return;
	diag = diag_report(sink, DIAG_BAD_ADDRESS, term->span,
		"`" STR_FMT "` holds no IPv%d address: " STR_FMT, STR_ARG(term->text),
		family == NET_IP4 ? 4 : 6,
		STR_ARG(error != NET_ADDRESS_OK ? net_address_reason(facts->arena, error, text)
			: family == NET_IP4     ? STR("it is an IPv6 address, which `ip6:` holds")
					    : STR("it is an IPv4 address, which `ip4:` holds")));
	diag_path(diag, rules_text_path(facts, texts, index));
	diag_help(sink, diag,
		"write `ip4:198.51.100.10`, `ip4:198.51.100.0/24`, or `ip6:2001:db8::25`");
}

static void
check_term(const RuleFacts *facts, const RuleTexts *texts, uint32_t index, DiagSink *sink)
{
	Str term = texts->items->items[index].text, text;
	const char *unfit = spf_term_problem(term);
	SpfRecord *record;
	SpfProblem problem;
	NetFamily family;

	if (unfit != NULL)
		report_term(facts, texts, index, str_from(unfit), sink);
	else if (spf_term_address(term, &text, &family))
		check_address_term(facts, texts, index, family, text, sink);
	else if (!spf_parse(facts->scratch,
			 str_format(facts->scratch, "v=spf1 " STR_FMT, STR_ARG(term)), &record,
			 &problem))
		report_term(facts, texts, index, problem.message, sink);
}

static void
visit_terms(const RuleFacts *facts, const RuleTexts *texts, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < texts->items->len && !diag_is_full(sink); i++)
		check_term(facts, texts, i, sink);
}

/* RFC 7208 section 4.6.1 and section 12. */
void
check_spf_terms(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_terms(facts, visit_terms, sink);
}
