/* Reverse names of the addresses that our mail leaves from. */
#include "rules/reverse_int.h"

static void
mark_outbound(const RuleFacts *facts, RuleLeaving *leaving)
{
	const FieldText *outbound = &facts->model->spec->tenant.outbound;
	const ModelGatewayInfo *info;
	ModelRef ref;
	uint32_t i;

	if (outbound->state != FIELD_SET)
		return;
	ref = model_find_sender(facts->model, outbound->text);
	if (ref.kind != MODEL_KIND_GATEWAY)
		return;
	info = &facts->model->gateway_infos[ref.index];
	for (i = 0; i < info->ends_len; i++)
		leaving->outbound[info->ends[i].egress] = true;
}

static uint32_t *
no_routes(Arena *scratch, uint32_t len)
{
	uint32_t *routes = ARENA_ARRAY(scratch, uint32_t, len), i;

	for (i = 0; i < len; i++)
		routes[i] = STATE_NONE;
	return routes;
}

RuleLeaving
rules_find_leaving(const RuleFacts *facts)
{
	const Model *model = facts->model;
	RuleLeaving leaving = {no_routes(facts->scratch, model->egress_len),
		no_routes(facts->scratch, model->hosts_len),
		ARENA_ARRAY(facts->scratch, bool, model->egress_len)};
	uint32_t i;

	for (i = 0; i < model->routes.len; i++) {
		const ModelRoute *route = &model->routes.items[i];
		uint32_t *first = route->egress == MODEL_SELF ? &leaving.hosts[route->host]
							      : &leaving.egress[route->egress];

		if (*first == STATE_NONE && !rules_signs_in(model->host_infos[route->host].method))
			*first = i;
	}
	mark_outbound(facts, &leaving);
	return leaving;
}

/* --- CP006: names for addresses of others ----------------------------------------------------- */

static NetSet
addresses_of(const RuleFacts *facts, const ModelEgress *egress)
{
	NetSet set = {0};
	uint32_t i;

	for (i = 0; i < egress->addresses.len; i++)
		net_set_add(facts->scratch, &set, egress->addresses.items[i].prefix);
	net_set_normalise(&set);
	return set;
}

static void
report_foreign(
	const RuleFacts *facts, const ModelEgress *egress, const FieldPair *pair, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_BAD_VALUE, pair->key_span,
		"`" STR_FMT "` has a name under `ptr`, but is no address of egress `" STR_FMT "`",
		STR_ARG(pair->key), STR_ARG(egress->head.name));

	diag_path(diag, rules_path(facts, MODEL_KIND_EGRESS, egress->head.name, "ptr", pair->key));
	diag_related(sink, diag, egress->addresses.span, "its addresses");
	diag_help(sink, diag, "correct the address, or add it to `addresses`");
}

/* Of `addresses` what no name of the map is for. */
static NetSet
find_nameless(const RuleFacts *facts, const ModelEgress *egress, DiagSink *sink)
{
	NetSet addresses = addresses_of(facts, egress), named = {0};
	uint32_t i;

	for (i = 0; i < egress->ptr.len; i++) {
		const FieldPair *pair = &egress->ptr.items[i];
		NetPrefix address;

		if (net_prefix_parse(pair->key, &address) != NET_ADDRESS_OK)
			continue;
		net_set_add(facts->scratch, &named, address);
		if (!net_set_contains(&addresses, address))
			report_foreign(facts, egress, pair, sink);
	}
	net_set_normalise(&named);
	return net_set_subtract(facts->scratch, &addresses, &named);
}

/* --- CP502 ------------------------------------------------------------------------------------ */

static void
report_no_ptr(const RuleFacts *facts, uint32_t index, const NetSet *nameless, uint32_t route,
	DiagSink *sink)
{
	const ModelEgress *egress = &facts->model->egress[index];
	bool some = egress->ptr.state != FIELD_ABSENT;
	NetPrefixVec cover = {0};
	Diag *diag;

	net_set_cover(facts->scratch, nameless, &cover);
	diag = diag_report(sink, DIAG_NO_PTR, some ? egress->ptr.span : egress->head.name_span,
		"mail leaves from `" STR_FMT "`" STR_FMT " in egress `" STR_FMT
		"`, and the spec states no reverse name for %s",
		STR_ARG(rules_prefix_text(facts, cover.items[0])),
		STR_ARG(rules_more(facts, cover.len - 1)), STR_ARG(egress->head.name),
		cover.len > 1 ? "them" : "it");
	diag_path(diag, rules_path(facts, MODEL_KIND_EGRESS, egress->head.name, some ? "ptr" : NULL,
				(Str){0}));
	diag_label(sink, diag, some ? "names others alone" : "no `ptr`");
	if (route != STATE_NONE)
		diag_note(sink, diag, "route: " STR_FMT,
			STR_ARG(model_route_text(
				facts->scratch, facts->model, &facts->model->routes.items[route])));
	diag_help(sink, diag,
		"state the name as `ptr`, or as a map from address to name; `dns/ptr.zone` then "
		"holds what to ask for, usually of the provider");
}

static bool
is_judged(const RuleFacts *facts, uint32_t index)
{
	const ModelEgress *egress = &facts->model->egress[index];

	return egress->head.state == FIELD_SET && egress->addresses.state == FIELD_SET &&
	       egress->ptr.state != FIELD_BAD && egress->shared.state != FIELD_BAD &&
	       !rules_class_fails(facts, facts->egress[index].worst);
}

/* RFC 1912 section 2.1. The names of a pool that others use, or that changes, are its owner's. */
void
check_reverse(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	RuleLeaving leaving = rules_find_leaving(facts);
	uint32_t i;

	for (i = 0; i < model->egress_len; i++) {
		const ModelEgress *egress = &model->egress[i];
		bool map = egress->ptr.len > 0 && egress->ptr.items[0].key.ptr != NULL;
		NetSet nameless;

		if (!is_judged(facts, i) || (egress->ptr.state == FIELD_SET && !map))
			continue;
		nameless = map ? find_nameless(facts, egress, sink) : addresses_of(facts, egress);
		if (!net_set_is_empty(&nameless) &&
			(leaving.egress[i] != STATE_NONE || leaving.outbound[i]) &&
			!model_egress_is_shared(model, i) && !rules_is_on(&egress->dynamic))
			report_no_ptr(facts, i, &nameless, leaving.egress[i], sink);
	}
}
