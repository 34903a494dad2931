/* Which DNS answers a spec relies on: the one place that says so, for the lock and for rules. */
#include "state/state_int.h"

/* Wider ranges are named by wildcards, which cannot be asked for. */
#define ADDRESSES_MAX 256

typedef struct Asker {
	const Model *model;
	Arena *arena;
	const DnsSource *source;
	SpfCache *cache;
	Map names, terms; /* asked already */
	uint32_t asked;
} Asker;

/* False when there is no room for another. */
static bool
take_room(Asker *asker)
{
	return asker->asked < STATE_MAX_QUESTIONS && asker->asked++ < STATE_MAX_QUESTIONS;
}

static bool
is_empty(const DnsAnswer *answer)
{
	return answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN;
}

/* --- domains ---------------------------------------------------------------------------------- */

/* A name that mail is sent as; RFC 5321 section 5.1: without MX its own address takes mail. */
static void
ask_sender(Asker *asker, Str name)
{
	if (map_find(&asker->names, name) != MAP_NONE || !take_room(asker))
		return;
	map_add(asker->arena, &asker->names, name, 0);
	spf_ask_record(asker->cache, name);
	if (is_empty(dns_ask(asker->source, name, DNS_MX))) {
		(void)dns_ask(asker->source, name, DNS_A);
		(void)dns_ask(asker->source, name, DNS_AAAA);
	}
}

/* DMARC of the name itself, and the CNAME of each selector: the keys behind those are Microsoft's.
 */
static void
ask_mail_records(Asker *asker, const ModelDomain *domain)
{
	Str name = str_format(asker->arena, "_dmarc." STR_FMT, STR_ARG(domain->head.name));
	uint32_t i;

	(void)dns_ask(asker->source, name, DNS_TXT);
	for (i = 0; i < domain->dkim.len && take_room(asker); i++) {
		if (state_dkim_name(asker->arena, domain->head.name, domain->dkim.items[i].key,
			    &name) == NET_NAME_OK)
			(void)dns_ask(asker->source, name, DNS_CNAME);
	}
}

static void
ask_includes(Asker *asker, const FieldItems *includes)
{
	uint32_t i;

	for (i = 0; i < includes->len && take_room(asker); i++)
		spf_ask_record(asker->cache, includes->items[i].text);
}

/*
 * The records below one that was split stand at `_spf1.DOMAIN` and so on. Those that are published
 * but not included any more are still in the way: as far as there are some, the next is asked for.
 * No record includes more than ten; a wildcard has them all.
 */
static void
ask_leaves(Asker *asker, const ModelDomain *domain)
{
	const FieldChoice *manage = &domain->spf.manage, *split = &domain->spf.split;
	unsigned number = 0;
	Str name;

	if ((manage->state == FIELD_SET && manage->value != MODEL_SPF_COMPOSE) ||
		(split->state == FIELD_SET && split->value == MODEL_SPLIT_NEVER) ||
		(domain->sends.state == FIELD_SET && domain->sends.value == MODEL_SENDS_NEVER))
		return;
	do {
		name = str_format(
			asker->arena, "_spf%u." STR_FMT, ++number, STR_ARG(domain->head.name));
	} while (take_room(asker) && dns_ask(asker->source, name, DNS_TXT)->status == DNS_OK &&
		 number < SPF_LOOKUPS_MAX);
}

static void
ask_domain(Asker *asker, const ModelDomain *domain)
{
	uint32_t i;

	if (domain->head.state != FIELD_SET)
		return;
	ask_sender(asker, domain->head.name);
	ask_leaves(asker, domain);
	ask_mail_records(asker, domain);
	ask_includes(asker, &domain->spf.includes);
	ask_includes(asker, &domain->spf.flatten);
	for (i = 0; i < domain->spf.terms.len && take_room(asker); i++)
		spf_ask_term(asker->cache, domain->head.name, domain->spf.terms.items[i].text);
}

/* --- hosts and gateways ----------------------------------------------------------------------- */

static void
ask_host(Asker *asker, const ModelRelayHost *host)
{
	Str mailbox = host->mailbox.text, name;
	size_t at = str_find_char(mailbox, '@', 0);
	uint32_t i;

	for (i = 0; i < host->sends_as.len; i++)
		ask_sender(asker, host->sends_as.items[i].text);
	if (host->sends_as.state == FIELD_ABSENT && at < mailbox.len &&
		net_name_parse(asker->arena, str_slice(mailbox, at + 1, mailbox.len), NET_NAME_HOST,
			&name) == NET_NAME_OK)
		ask_sender(asker, name);
}

static void
ask_expectations(Asker *asker)
{
	const FieldObjects *expect = &asker->model->spec->expect;
	uint32_t i;

	for (i = 0; i < expect->len && take_room(asker); i++) {
		const ModelExpectation *expectation = (const ModelExpectation *)expect->items + i;

		if (expectation->as.state == FIELD_SET)
			spf_ask_record(asker->cache, expectation->as.text);
	}
}

/* Whether a term asks for the same names in whatever record it stands. */
static bool
names_its_target(Str term)
{
	return str_find_char(term, ':', 0) < term.len && str_find(term, STR("%{")) == term.len;
}

/* The terms of a gateway stand in the record of any domain whose mail leaves by it. */
static void
ask_gateway_term(Asker *asker, Str term)
{
	uint32_t i;

	if (map_add(asker->arena, &asker->terms, term, 0) != MAP_NONE)
		return;
	for (i = 0; i < asker->model->domains_len && take_room(asker); i++) {
		spf_ask_term(asker->cache, asker->model->domains[i].head.name, term);
		if (names_its_target(term))
			return;
	}
}

/* --- reverse names ---------------------------------------------------------------------------- */

/* Nobody outside has a name for a private address. */
static bool
has_public_names(NetPrefix prefix)
{
	NetClass net_class = net_classify(prefix).net_class;

	return net_class < NET_CLASS_NOT_GLOBAL &&
	       net_split_count(prefix, net_family_bits((NetFamily)prefix.family)) <= ADDRESSES_MAX;
}

static void
ask_addresses(Asker *asker, const FieldPrefixes *addresses)
{
	uint32_t i;
	size_t j;

	for (i = 0; i < addresses->len; i++) {
		NetPrefix prefix = net_prefix_network(addresses->items[i].prefix);
		NetPrefixVec pieces = {0};

		if (!has_public_names(prefix))
			continue;
		net_split(asker->arena, prefix, net_family_bits((NetFamily)prefix.family), &pieces);
		for (j = 0; j < pieces.len && take_room(asker); j++)
			spf_ask_client(asker->cache, pieces.items[j]);
	}
}

/* Where the names that the spec states lead, be they published or not. */
static void
ask_stated_names(Asker *asker, const ModelEgress *egress)
{
	uint32_t i;

	for (i = 0; i < egress->ptr.len && take_room(asker); i++) {
		(void)dns_ask(asker->source, egress->ptr.items[i].text, DNS_A);
		(void)dns_ask(asker->source, egress->ptr.items[i].text, DNS_AAAA);
	}
}

static void
ask_egress(Asker *asker, uint32_t index)
{
	const ModelEgress *egress = &asker->model->egress[index];

	if (egress->head.state != FIELD_SET || flag_is_on(&egress->dynamic) ||
		model_egress_is_shared(asker->model, index))
		return;
	ask_addresses(asker, &egress->addresses);
	ask_stated_names(asker, egress);
}

/* Of who signs in nobody looks at the address. */
static bool
shows_address(const Model *model, const ModelRoute *route)
{
	ModelMethod method = model->host_infos[route->host].method;

	return method != MODEL_METHOD_SUBMISSION && method != MODEL_METHOD_HVE;
}

static void
mark_outbound(const Model *model, bool *leaving)
{
	uint32_t gateway = state_outbound_gateway(model), i;

	for (i = 0; gateway != MODEL_SELF && i < model->gateway_infos[gateway].ends_len; i++)
		leaving[model->gateway_infos[gateway].ends[i].egress] = true;
}

static void
ask_reverse_names(Asker *asker)
{
	const Model *model = asker->model;
	bool *leaving = ARENA_ARRAY(asker->arena, bool, model->egress_len);
	uint32_t i;

	mark_outbound(model, leaving);
	for (i = 0; i < model->routes.len; i++) {
		const ModelRoute *route = &model->routes.items[i];

		if (!shows_address(model, route))
			continue;
		if (route->egress == MODEL_SELF)
			ask_addresses(asker, model_route_addresses(model, route));
		else
			leaving[route->egress] = true;
	}
	for (i = 0; i < model->egress_len; i++) {
		if (leaving[i])
			ask_egress(asker, i);
	}
}

/* --- all of it -------------------------------------------------------------------------------- */

static void
ask_spec(Asker *asker)
{
	const Model *model = asker->model;
	uint32_t i, j;

	for (i = 0; i < model->domains_len; i++)
		ask_domain(asker, &model->domains[i]);
	for (i = 0; i < model->hosts_len; i++)
		ask_host(asker, &model->hosts[i]);
	for (i = 0; i < model->gateways_len; i++) {
		for (j = 0; j < model->gateways[i].spf.len; j++)
			ask_gateway_term(asker, model->gateways[i].spf.items[j].text);
	}
	/* What Exchange sends from is what this passes, not the list of its endpoints. */
	if (model->domains_len > 0 && state_outbound_gateway(model) == MODEL_SELF)
		spf_ask_record(asker->cache, state_cloud_include(model));
	ask_expectations(asker);
	ask_reverse_names(asker);
}

bool
state_ask(const Model *model, const DnsSource *source)
{
	Arena *arena = arena_create();
	Asker asker = {.model = model, .arena = arena, .source = source};

	asker.cache = spf_cache(arena, source);
	ask_spec(&asker);
	spf_cache_close(asker.cache);
	arena_destroy(arena);
	return asker.asked < STATE_MAX_QUESTIONS;
}

static void
add_policy(Arena *arena, Map *seen, Str name, StrVec *policies)
{
	if (map_add(arena, seen, name, 0) == MAP_NONE)
		VEC_PUSH(arena, policies, name);
}

static void
add_policies(Arena *arena, Map *seen, const FieldItems *names, StrVec *policies)
{
	uint32_t i;

	for (i = 0; i < names->len; i++)
		add_policy(arena, seen, names->items[i].text, policies);
}

void
state_policies(Arena *arena, const Model *model, StrVec *ret_names)
{
	Map seen = {0};
	uint32_t i;

	*ret_names = (StrVec){0};
	for (i = 0; i < model->domains_len; i++)
		add_policy(arena, &seen, model->domains[i].head.name, ret_names);
	for (i = 0; i < model->domains_len; i++) {
		add_policies(arena, &seen, &model->domains[i].spf.includes, ret_names);
		add_policies(arena, &seen, &model->domains[i].spf.flatten, ret_names);
	}
	add_policy(arena, &seen, state_cloud_include(model), ret_names);
}
