/* Enhanced filtering: what it skips, and where it is missing. */
#include "rules/rules_int.h"

/* --- CP415 ------------------------------------------------------------------------------------ */

static bool
is_microsoft(const RuleFacts *facts, NetRange range, NetSet *ret_common)
{
	NetSet set = {0};

	net_set_add_range(facts->scratch, &set, range);
	if (!net_set_overlaps(&set, &facts->microsoft))
		return false;
	*ret_common = net_set_intersect(facts->scratch, &set, &facts->microsoft);
	return true;
}

static NetRange
range_of(NetPrefix prefix)
{
	return (NetRange){
		net_prefix_first(prefix), net_prefix_last(prefix), (NetFamily)prefix.family};
}

static bool
egress_is_microsoft(const RuleFacts *facts, uint32_t egress, NetSet *ret_common)
{
	const FieldPrefixes *addresses = &facts->model->egress[egress].addresses;
	uint32_t i;

	for (i = 0; i < addresses->len; i++) {
		if (is_microsoft(facts, range_of(addresses->items[i].prefix), ret_common))
			return true;
	}
	return false;
}

static bool
gateway_is_microsoft(const RuleFacts *facts, uint32_t gateway, NetSet *ret_common)
{
	const ModelGatewayInfo *info = &facts->model->gateway_infos[gateway];
	uint32_t i;

	for (i = 0; i < info->ends_len; i++) {
		if (egress_is_microsoft(facts, info->ends[i].egress, ret_common))
			return true;
	}
	return false;
}

static bool
item_is_microsoft(const RuleFacts *facts, Str text, NetSet *ret_common)
{
	ModelRef ref = model_find_sender(facts->model, text);
	NetRange range;

	switch (ref.kind) {
	case MODEL_KIND_EGRESS: return egress_is_microsoft(facts, ref.index, ret_common);
	case MODEL_KIND_GATEWAY: return gateway_is_microsoft(facts, ref.index, ret_common);
	case MODEL_KIND_NONE:
		return net_range_parse(text, &range) == NET_ADDRESS_OK &&
		       is_microsoft(facts, range, ret_common);
	case MODEL_KIND_HOST:
	case MODEL_KIND_CONNECTOR:
	case MODEL_KIND_DOMAIN: break;
	}
	return false;
}

static void
report_skip(const RuleFacts *facts, const RuleTexts *texts, uint32_t element, const NetSet *common,
	DiagSink *sink)
{
	const FieldItem *item = &texts->items->items[element];
	Str what = STR("is Exchange Online's own"), part;
	NetPrefixVec parts = {0};
	Diag *diag;

	net_set_cover(facts->scratch, common, &parts);
	part = rules_prefix_text(facts, parts.items[0]);
	if (!str_equal(part, item->text))
		what = str_format(
			facts->arena, "holds `" STR_FMT "`, Exchange Online's own", STR_ARG(part));
	diag = diag_report(sink, DIAG_BAD_SKIP_ENTRY, item->span,
		"`" STR_FMT "` in the skip list of connector `" STR_FMT "` " STR_FMT
		", which cannot be skipped",
		STR_ARG(item->text), STR_ARG(texts->owner), STR_ARG(what));
	diag_path(diag, rules_text_path(facts, texts, element));
	diag_label(sink, diag, "Microsoft's own addresses");
	diag_help(sink, diag,
		"list the public addresses of the gateways in front of Exchange Online, and "
		"nothing behind them");
}

/* What is malformed or not public is CP101, CP103 to CP105. */
static void
visit_skip(const RuleFacts *facts, const RuleTexts *texts, DiagSink *sink)
{
	NetSet common = {0};
	uint32_t i;

	for (i = 0; i < texts->items->len; i++) {
		if (item_is_microsoft(facts, texts->items->items[i].text, &common))
			report_skip(facts, texts, i, &common, sink);
	}
}

/* Microsoft Learn, Enhanced Filtering for Connectors, EFSkipIPs. */
void
check_skip_lists(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_skip(facts, visit_skip, sink);
}

/* --- CP427 ------------------------------------------------------------------------------------ */

/* Where Internet mail of which domain enters: gateways, their egress objects, on-premises servers.
 */
typedef struct Entrance {
	uint32_t *gateways, *egress; /* a domain, or STATE_NONE */
	uint32_t on_premises;
} Entrance;

static uint32_t *
no_domains(Arena *scratch, uint32_t len)
{
	uint32_t *domains = ARENA_ARRAY(scratch, uint32_t, len), i;

	for (i = 0; i < len; i++)
		domains[i] = STATE_NONE;
	return domains;
}

static void
add_gateway(const RuleFacts *facts, Entrance *entrance, uint32_t gateway, uint32_t domain)
{
	const ModelGatewayInfo *info = &facts->model->gateway_infos[gateway];
	uint32_t i;

	if (entrance->gateways[gateway] != STATE_NONE)
		return;
	entrance->gateways[gateway] = domain;
	for (i = 0; i < info->ends_len; i++)
		entrance->egress[info->ends[i].egress] = domain;
}

static bool
find_entrance(const RuleFacts *facts, Entrance *entrance)
{
	const Model *model = facts->model;
	bool any = false;
	uint32_t i;

	entrance->on_premises = STATE_NONE;
	for (i = 0; i < model->domains_len; i++) {
		const FieldText *inbound = &model->domains[i].inbound;
		ModelRef ref;

		if (inbound->state != FIELD_SET || STR_EQ(inbound->text, "exchange"))
			continue;
		if (!any) {
			entrance->gateways = no_domains(facts->scratch, model->gateways_len);
			entrance->egress = no_domains(facts->scratch, model->egress_len);
			any = true;
		}
		ref = model_find_sender(model, inbound->text);
		if (ref.kind == MODEL_KIND_GATEWAY)
			add_gateway(facts, entrance, ref.index, i);
		else if (STR_EQ(inbound->text, "on-premises"))
			entrance->on_premises = i;
	}
	return any;
}

/* The domain whose Internet mail a connector takes, or STATE_NONE. */
static uint32_t
domain_behind(const Entrance *entrance, const StateConnector *connector)
{
	size_t i;

	if (connector->purpose == MODEL_PURPOSE_HYBRID && entrance->on_premises != STATE_NONE)
		return entrance->on_premises;
	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if (source->route != STATE_NONE)
			continue; /* that is the way out */
		if (source->last_hop != MODEL_SELF &&
			entrance->gateways[source->last_hop] != STATE_NONE)
			return entrance->gateways[source->last_hop];
		if (entrance->egress[source->egress] != STATE_NONE)
			return entrance->egress[source->egress];
	}
	return STATE_NONE;
}

static bool
is_filtered(const ModelEnhancedFiltering *filtering)
{
	return filtering->head.state == FIELD_BAD || filtering->skip.state == FIELD_BAD ||
	       filtering->skip_last.state == FIELD_BAD || filtering->skip.len > 0 ||
	       rules_is_on(&filtering->skip_last);
}

static void
report_unfiltered(const RuleFacts *facts, const StateConnector *connector,
	const ModelDomain *domain, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_NO_ENHANCED_FILTERING, connector->span,
		"Internet mail for `" STR_FMT "` enters on connector `" STR_FMT
		"` without enhanced filtering: SPF and spoof protection judge the last hop before "
		"Exchange Online, not the sender",
		STR_ARG(domain->head.name), STR_ARG(connector->name));

	diag_path(diag, rules_connector_path(facts, connector, NULL));
	diag_label(sink, diag, "`enhanced_filtering` is off");
	diag_related(sink, diag, domain->inbound.span, "MX points here");
	diag_help(sink, diag,
		"say `enhanced_filtering: { skip_last: true }` where one hop stands before "
		"Exchange Online; where mail passes several, list their public addresses under "
		"`skip`, or say `skip: route`");
}

/* Microsoft Learn, Enhanced Filtering for Connectors: where MX does not point to Microsoft 365. */
void
check_enhanced_filtering(const RuleFacts *facts, DiagSink *sink)
{
	Entrance entrance = {0};
	uint32_t i;

	if (!find_entrance(facts, &entrance))
		return;
	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];
		uint32_t domain;

		if (connector->spec == NULL || !connector->enabled || connector->broken ||
			is_filtered(&connector->spec->enhanced_filtering))
			continue;
		domain = domain_behind(&entrance, connector);
		if (domain != STATE_NONE)
			report_unfiltered(facts, connector, &facts->model->domains[domain], sink);
	}
}
