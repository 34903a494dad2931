/*
 * The price of an SPF record: how many addresses may send as the domain, by which term and thanks
 * to whom, and what receivers have to ask for it. Counts are texts, since IPv6 has more than JSON's
 * numbers hold.
 */
#include "view/view_int.h"

static Json *
count_json(Arena *arena, const NetSet *set, NetFamily family)
{
	NetBits count = family == NET_IP4 ? net_set_count4(set) : net_set_count6(set);

	return json_text(arena, net_bits_decimal(arena, count));
}

/* --- thanks to whom --------------------------------------------------------------------------- */

static Str
way_name(const Model *model, const StateWay *way)
{
	if (way->egress != MODEL_SELF)
		return model->egress[way->egress].head.name;
	if (way->host != MODEL_SELF)
		return model->hosts[way->host].head.name;
	return model->gateways[way->gateway].head.name;
}

static bool
has_address_in(const StateWay *way, const NetSet *set)
{
	uint32_t i;

	for (i = 0; way->addresses != NULL && i < way->addresses->len; i++) {
		if (net_set_contains(set, net_prefix_network(way->addresses->items[i].prefix)))
			return true;
	}
	return false;
}

static bool
states_term(const StateWay *way, Str term)
{
	uint32_t i;

	for (i = 0; way->terms != NULL && i < way->terms->len; i++) {
		if (str_equal_nocase(way->terms->items[i].text, term))
			return true;
	}
	return false;
}

void
view_term_names(Arena *arena, const State *state, const StateSpf *spf, const SpfShare *share,
	StrVec *ret_names)
{
	Str cloud =
		str_format(arena, "include:" STR_FMT, STR_ARG(state_cloud_include(state->model)));
	Map named = {0};
	uint32_t i;

	*ret_names = (StrVec){0};
	if (str_equal_nocase(share->term, cloud)) {
		VEC_PUSH(arena, ret_names, STR("Exchange Online"));
		return;
	}
	for (i = 0; i < spf->ways.len; i++) {
		StateWay way = state_way(state->model, spf->ways.items[i]);

		if (way.demand == STATE_DEMAND_NONE &&
			(has_address_in(&way, &share->pass) || states_term(&way, share->term)) &&
			map_add(arena, &named, way_name(state->model, &way), 1) == MAP_NONE)
			VEC_PUSH(arena, ret_names, way_name(state->model, &way));
	}
}

/* --- plan.json -------------------------------------------------------------------------------- */

static Json *
term_json(Arena *arena, const State *state, const StateSpf *spf, const SpfShare *share)
{
	Json *item = json_object(arena), *by = json_list(arena);
	StrVec names;
	size_t i;

	view_term_names(arena, state, spf, share, &names);
	for (i = 0; i < names.len; i++)
		json_push(arena, by, json_text(arena, names.items[i]));
	SET(item, "term", json_text(arena, view_octets(arena, share->term)));
	SET(item, "ip4", count_json(arena, &share->pass, NET_IP4));
	SET(item, "ip6", count_json(arena, &share->pass, NET_IP6));
	SET(item, "by", by);
	return item;
}

/* What no answer is known for may pass more; then counts of look-ups are those of the record. */
bool
view_spf_is_known(const SpfExpansion *sets)
{
	return net_set_is_empty(&sets->results[SPF_UNDETERMINED]);
}

static Json *
domain_json(Arena *arena, const void *context, size_t index)
{
	const State *state = context;
	const StatePrice *price = &state->prices.items[index];
	StateSpf *spf = &state->spf.items[price->spf];
	const SpfExpansion *sets = state_spf_sets(state, spf);
	const NetSet *pass = &sets->results[SPF_PASS];
	bool known = view_spf_is_known(sets);
	Json *item = json_object(arena), *terms = json_list(arena);
	size_t i;

	for (i = 0; i < sets->terms.len; i++)
		json_push(arena, terms, term_json(arena, state, spf, &sets->terms.items[i]));
	SET(item, "domain", json_text(arena, price->domain));
	SET(item, "own_ip4", count_json(arena, &price->own, NET_IP4));
	SET(item, "own_ip6", count_json(arena, &price->own, NET_IP6));
	SET(item, "lookup_terms", json_number(arena, price->lookup_terms));
	SET(item, "known", json_bool(arena, known));
	SET(item, "ip4", count_json(arena, pass, NET_IP4));
	SET(item, "ip6", count_json(arena, pass, NET_IP6));
	SET(item, "lookups", known ? json_number(arena, sets->worst_lookups) : json_null(arena));
	SET(item, "voids", known ? json_number(arena, sets->worst_voids) : json_null(arena));
	SET(item, "octets", json_number(arena, (int64_t)state_spf_text(spf).len));
	SET(item, "terms", terms);
	return item;
}

/* `relay_ip4` is what may relay: the addresses of all enabled on-premises connectors, those that
 * only the tenant has among them. */
Json *
view_price(Arena *arena, const Plan *plan)
{
	const State *state = plan->after;
	Json *price = json_object(arena);

	SET(price, "relay_ip4",
		json_text(arena, net_bits_decimal(arena, net_set_count4(&plan->relay_after))));
	SET(price, "domains", json_list_on_demand(arena, state->prices.len, domain_json, state));
	return price;
}
