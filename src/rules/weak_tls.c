/* Mail that crosses the Internet without TLS, and connectors that take it so. */
#include "rules/rules_int.h"

/* A last hop that says `tls: none`, by its first route. */
typedef struct Weak {
	uint32_t route, len; /* routes that it is the last hop of */
} Weak;

typedef struct WeakHops {
	Weak *hosts, *gateways;
} WeakHops;

static Weak *
weak_of(const WeakHops *weak, uint32_t host, uint32_t last_hop)
{
	return last_hop == MODEL_SELF ? &weak->hosts[host] : &weak->gateways[last_hop];
}

/* Where a connector demands TLS such mail is refused: another finding, CP420. */
static bool
is_refused(const RuleFacts *facts, uint32_t route)
{
	uint32_t taker = facts->state->matches[route].on_premises;

	return facts->missing_routes[route] ||
	       (taker != STATE_NONE && facts->state->connectors.items[taker].require_tls);
}

static WeakHops
find_weak_hops(const RuleFacts *facts)
{
	const Model *model = facts->model;
	WeakHops weak = {ARENA_ARRAY(facts->scratch, Weak, model->hosts_len),
		ARENA_ARRAY(facts->scratch, Weak, model->gateways_len)};
	uint32_t i;

	for (i = 0; i < model->routes.len; i++) {
		const ModelRoute *route = &model->routes.items[i];
		Weak *hop = weak_of(&weak, route->host, route->last_hop);

		if (model_route_tls(model, route) != MODEL_TLS_NONE || is_refused(facts, i) ||
			rules_signs_in(model->host_infos[route->host].method))
			continue;
		if (hop->len++ == 0)
			hop->route = i;
	}
	return weak;
}

/* --- last hops -------------------------------------------------------------------------------- */

static void
report_hop(const RuleFacts *facts, ModelKind kind, const FieldObject *head, const FieldChoice *tls,
	const Weak *weak, DiagSink *sink)
{
	const Model *model = facts->model;
	const ModelRoute *route = &model->routes.items[weak->route];
	ModelMethod method = model->host_infos[route->host].method;
	uint32_t taker = facts->state->matches[weak->route].on_premises;
	Diag *diag = diag_report(sink, DIAG_WEAK_TLS, tls->span,
		"%s `" STR_FMT "` sends mail to %s without TLS: anybody on the way can read and "
		"change it",
		rules_noun(kind), STR_ARG(head->name), rules_method_goal(method));

	diag_path(diag, rules_path(facts, kind, head->name, "tls", (Str){0}));
	diag_label(sink, diag, "no TLS");
	if (method == MODEL_METHOD_CONNECTOR && taker != STATE_NONE)
		diag_related(sink, diag, facts->state->connectors.items[taker].span,
			"does not require it");
	diag_note(sink, diag, "route: " STR_FMT STR_FMT,
		STR_ARG(model_route_text(facts->scratch, model, route)),
		STR_ARG(rules_more(facts, weak->len - 1)));
	diag_help(sink, diag,
		"turn TLS on there and say `tls: required`, or send through a gateway that uses "
		"it; keep what cannot on a connector of its own");
}

/* Microsoft Learn, SMTP AUTH client submission: TLS 1.2 or newer. */
static void
report_sign_in(const RuleFacts *facts, const ModelRelayHost *host, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_WEAK_TLS, host->tls.span,
		"relay host `" STR_FMT "` is to sign in without TLS, which Exchange Online refuses",
		STR_ARG(host->head.name));

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, host->head.name, "tls", (Str){0}));
	diag_label(sink, diag, "no TLS");
	diag_help(sink, diag,
		"turn STARTTLS on at the device and say `tls: required`, or send through a gateway "
		"that uses it");
}

static bool
signs_in_openly(const Model *model, uint32_t host)
{
	const ModelHostInfo *info = &model->host_infos[host];

	return rules_signs_in(info->method) && info->tls == MODEL_TLS_NONE &&
	       info->next.via_len == 0 && !info->broken;
}

static void
check_hops(const RuleFacts *facts, const WeakHops *weak, DiagSink *sink)
{
	const Model *model = facts->model;
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++) {
		if (weak->hosts[i].len > 0)
			report_hop(facts, MODEL_KIND_HOST, &model->hosts[i].head,
				&model->hosts[i].tls, &weak->hosts[i], sink);
		else if (signs_in_openly(model, i))
			report_sign_in(facts, &model->hosts[i], sink);
	}
	for (i = 0; i < model->gateways_len; i++) {
		if (weak->gateways[i].len > 0)
			report_hop(facts, MODEL_KIND_GATEWAY, &model->gateways[i].head,
				&model->gateways[i].tls, &weak->gateways[i], sink);
	}
}

/* --- connectors ------------------------------------------------------------------------------- */

static void
report_stated(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_WEAK_TLS, connector->spec->require_tls.span,
		"connector `" STR_FMT
		"` takes mail without TLS: anybody on the way can read and change it",
		STR_ARG(connector->name));

	diag_path(diag,
		rules_path(facts, MODEL_KIND_CONNECTOR, connector->name, "require_tls", (Str){0}));
	diag_label(sink, diag, "TLS is not required");
	diag_help(sink, diag,
		"say `tls: required` of every last hop behind it, and remove `require_tls: false`; "
		"keep what cannot use TLS on a connector of its own");
}

/* Why a last hop keeps a connector from requiring TLS. */
static Str
doubt_text(const RuleFacts *facts, const StateSource *source)
{
	const Model *model = facts->model;
	const char *said = model_tls_choices.texts[state_source_tls(model, source)];

	if (source->last_hop != MODEL_SELF)
		return str_format(facts->arena, "gateway `" STR_FMT "` says `tls: %s`",
			STR_ARG(model->gateways[source->last_hop].head.name), said);
	if (source->host != STATE_NONE)
		return str_format(facts->arena, "relay host `" STR_FMT "` says `tls: %s`",
			STR_ARG(model->hosts[source->host].head.name), said);
	return str_format(facts->arena,
		"nothing says whether what leaves through egress `" STR_FMT "` uses it",
		STR_ARG(model->egress[source->egress].head.name));
}

static void
report_assumed(const RuleFacts *facts, uint32_t index, const StateSource *source, uint32_t more,
	DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	Diag *diag = diag_report(sink, DIAG_WEAK_TLS, source->span,
		"connector `" STR_FMT "` does not require TLS: " STR_FMT STR_FMT,
		STR_ARG(connector->name), STR_ARG(doubt_text(facts, source)),
		STR_ARG(rules_more(facts, more)));

	diag_path(diag, rules_accept_path(facts, index, source));
	diag_label(sink, diag, "may send without TLS");
	diag_help(sink, diag,
		"say `tls: required` of every last hop that it accepts, or `require_tls: true` on "
		"the connector if all of them use TLS");
}

/* Whether the last hop itself was reported, which is the cause then. */
static bool
is_reported(const WeakHops *weak, const StateSource *source)
{
	if (source->last_hop != MODEL_SELF)
		return weak->gateways[source->last_hop].len > 0;
	return source->host != STATE_NONE && weak->hosts[source->host].len > 0;
}

static void
check_connector(const RuleFacts *facts, uint32_t index, const WeakHops *weak, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	const StateSource *doubtful = NULL;
	bool reported = false;
	uint32_t more = 0;
	size_t i;

	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if (state_source_tls(facts->model, source) == MODEL_TLS_REQUIRED)
			continue;
		if (is_reported(weak, source))
			reported = true;
		else if (doubtful != NULL)
			more++;
		else
			doubtful = source;
	}
	if (connector->spec == NULL || connector->spec->require_tls.state != FIELD_SET) {
		/* What is not written is as the tenant has it. */
		if (doubtful != NULL && connector->managed)
			report_assumed(facts, index, doubtful, more, sink);
	} else if (!reported) {
		report_stated(facts, connector, sink);
	}
}

/* RFC 8314 asks for TLS; by address nothing else protects what a device sends. */
void
check_weak_tls(const RuleFacts *facts, DiagSink *sink)
{
	WeakHops weak = find_weak_hops(facts);
	uint32_t i;

	check_hops(facts, &weak, sink);
	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		/* By certificate that is an error: CP402. */
		if (!connector->require_tls && connector->enabled && !connector->broken &&
			!connector->by_certificate)
			check_connector(facts, i, &weak, sink);
	}
}
