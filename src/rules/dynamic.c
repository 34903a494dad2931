/* Addresses that a provider changes, where something relies on them. */
#include "rules/rules_int.h"

/* What relies on the addresses of one egress object. */
typedef struct Reliance {
	uint32_t connector, source, connectors; /* the first, by which source, and how many */
	uint32_t internet, internets;           /* routes of `method: internet` */
	uint32_t direct, directs;               /* routes of `method: direct-send` */
} Reliance;

static void
count_first(uint32_t *first, uint32_t *count, uint32_t number)
{
	if ((*count)++ == 0)
		*first = number;
}

/* On a partner connector addresses count only with the restriction to them. */
static bool
counts_addresses(const StateConnector *connector)
{
	return connector->enabled && connector->by_address &&
	       (connector->type == MODEL_ON_PREMISES ||
		       connector->record.values[CONNECTOR_RESTRICT_ADDRESSES].on);
}

static void
add_connectors(const RuleFacts *facts, Reliance *reliances)
{
	uint32_t i, j;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		for (j = 0; counts_addresses(connector) && j < connector->sources.len; j++) {
			const StateSource *source = &connector->sources.items[j];
			Reliance *reliance;

			if (!rules_source_is_dynamic(facts, source) ||
				!state_source_is_written(connector, source))
				continue;
			reliance = &reliances[source->egress];
			if (reliance->connectors == 0)
				reliance->source = j;
			if (reliance->connectors == 0 || reliance->connector != i)
				count_first(&reliance->connector, &reliance->connectors, i);
		}
	}
}

/* SPF terms of a gateway cover its addresses by its vendor's word, whatever they are. */
static void
add_routes(const RuleFacts *facts, Reliance *reliances)
{
	const Model *model = facts->model;
	uint32_t i;

	for (i = 0; i < model->routes.len; i++) {
		const ModelRoute *route = &model->routes.items[i];
		ModelMethod method = model->host_infos[route->host].method;
		bool has_terms = route->last_hop != MODEL_SELF &&
				 model->gateways[route->last_hop].spf.len > 0;

		if (route->egress == MODEL_SELF ||
			!rules_is_on(&model->egress[route->egress].dynamic) || has_terms)
			continue;
		if (method == MODEL_METHOD_INTERNET)
			count_first(&reliances[route->egress].internet,
				&reliances[route->egress].internets, i);
		else if (method == MODEL_METHOD_DIRECT_SEND)
			count_first(&reliances[route->egress].direct,
				&reliances[route->egress].directs, i);
	}
}

static Diag *
report_dynamic(const RuleFacts *facts, DiagCode code, uint32_t egress, Str what, DiagSink *sink)
{
	const ModelEgress *object = &facts->model->egress[egress];
	Diag *diag = diag_report(sink, code, object->dynamic.span,
		"egress `" STR_FMT "` changes its address, " STR_FMT, STR_ARG(object->head.name),
		STR_ARG(what));

	diag_path(
		diag, rules_path(facts, MODEL_KIND_EGRESS, object->head.name, "dynamic", (Str){0}));
	diag_label(sink, diag, "not the same address tomorrow");
	return diag;
}

static void
relate_route(const RuleFacts *facts, uint32_t number, uint32_t more, DiagSink *sink, Diag *diag)
{
	const ModelRoute *route = &facts->model->routes.items[number];

	diag_related(sink, diag, facts->model->hosts[route->host].head.name_span, "%s",
		rules_method_text(facts->model->host_infos[route->host].method));
	diag_note(sink, diag, "route: " STR_FMT STR_FMT,
		STR_ARG(model_route_text(facts->scratch, facts->model, route)),
		STR_ARG(rules_more(facts, more)));
}

/* --- CP115 ------------------------------------------------------------------------------------ */

static void
report_on_connector(
	const RuleFacts *facts, uint32_t egress, const Reliance *reliance, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[reliance->connector];
	const StateSource *source = &connector->sources.items[reliance->source];
	bool partner = connector->type == MODEL_PARTNER;
	Diag *diag = report_dynamic(facts, DIAG_DYNAMIC_REFUSED, egress,
		str_format(facts->arena,
			"but connector `" STR_FMT "`" STR_FMT
			" tells its mail by that: one day this mail is refused, and whoever has "
			"the "
			"old address %s",
			STR_ARG(connector->name),
			STR_ARG(rules_more(facts, reliance->connectors - 1)),
			partner ? "passes the restriction" : "may relay as you"),
		sink);

	diag_related(sink, diag, source->span, "accepted here");
	diag_note(sink, diag, "route: " STR_FMT,
		STR_ARG(state_source_text(facts->scratch, facts->model, source)));
	diag_help(sink, diag,
		"identify the connector by a certificate, get a fixed address, or send through a "
		"gateway that has one; an application can sign in instead (`method: submission`)");
}

static void
report_to_internet(
	const RuleFacts *facts, uint32_t egress, const Reliance *reliance, DiagSink *sink)
{
	const ModelRoute *route = &facts->model->routes.items[reliance->internet];
	Diag *diag = report_dynamic(facts, DIAG_DYNAMIC_REFUSED, egress,
		str_format(facts->arena,
			"but `" STR_FMT
			"` delivers to the Internet from it: no SPF record can name it, and "
			"receivers refuse such senders",
			STR_ARG(facts->model->hosts[route->host].head.name)),
		sink);

	relate_route(facts, reliance->internet, reliance->internets - 1, sink, diag);
	diag_help(sink, diag,
		"get a fixed address, send through a gateway that has one, or sign in "
		"(`method: submission`)");
}

/* --- CP112 ------------------------------------------------------------------------------------ */

static void
report_direct(const RuleFacts *facts, uint32_t egress, const Reliance *reliance, DiagSink *sink)
{
	const ModelRoute *route = &facts->model->routes.items[reliance->direct];
	Diag *diag = report_dynamic(facts, DIAG_DYNAMIC_SOURCE, egress,
		str_format(facts->arena,
			"and `" STR_FMT
			"` uses direct send from it: Exchange Online judges such mail by SPF and "
			"by the reputation of the address",
			STR_ARG(facts->model->hosts[route->host].head.name)),
		sink);

	relate_route(facts, reliance->direct, reliance->directs - 1, sink, diag);
	diag_help(sink, diag,
		"get a fixed address, send through a gateway that has one, or sign in "
		"(`method: submission`), for which the address does not matter");
}

static bool
any_is_dynamic(const Model *model)
{
	uint32_t i;

	for (i = 0; i < model->egress_len; i++) {
		if (rules_is_on(&model->egress[i].dynamic))
			return true;
	}
	return false;
}

/* Whoever is given an address after us would be taken for us. */
void
check_dynamic(const RuleFacts *facts, DiagSink *sink)
{
	Reliance *reliances;
	uint32_t i;

	if (!any_is_dynamic(facts->model))
		return;
	reliances = ARENA_ARRAY(facts->scratch, Reliance, facts->model->egress_len);
	add_connectors(facts, reliances);
	add_routes(facts, reliances);
	for (i = 0; i < facts->model->egress_len; i++) {
		if (reliances[i].connectors > 0)
			report_on_connector(facts, i, &reliances[i], sink);
		else if (reliances[i].internets > 0)
			report_to_internet(facts, i, &reliances[i], sink);
		if (reliances[i].directs > 0)
			report_direct(facts, i, &reliances[i], sink);
	}
}
