/* From the connectors of a spec to what each accepts. */
#include "state/state_int.h"

const FieldPrefixes *
state_source_addresses(const Model *model, const StateSource *source)
{
	if (source->route != STATE_NONE)
		return model_route_addresses(model, &model->routes.items[source->route]);
	return source->egress == MODEL_SELF ? NULL : &model->egress[source->egress].addresses;
}

Str
state_source_certificate(const Model *model, const StateSource *source)
{
	if (source->route != STATE_NONE)
		return model_route_certificate(model, &model->routes.items[source->route]);
	if (source->last_hop == MODEL_SELF ||
		model->gateways[source->last_hop].certificate.state != FIELD_SET)
		return (Str){0};
	return model->gateways[source->last_hop].certificate.text;
}

ModelTls
state_source_tls(const Model *model, const StateSource *source)
{
	const FieldChoice *tls;

	if (source->route != STATE_NONE)
		return model_route_tls(model, &model->routes.items[source->route]);
	if (source->last_hop == MODEL_SELF)
		return MODEL_TLS_OPPORTUNISTIC;
	tls = &model->gateways[source->last_hop].tls;
	return tls->state == FIELD_SET ? (ModelTls)tls->value : MODEL_TLS_REQUIRED;
}

Str
state_source_text(Arena *arena, const Model *model, const StateSource *source)
{
	Str egress;

	if (source->route != STATE_NONE)
		return model_route_text(arena, model, &model->routes.items[source->route]);
	egress = model->egress[source->egress].head.name;
	if (source->last_hop == MODEL_SELF)
		return egress;
	return str_format(arena, STR_FMT " → " STR_FMT,
		STR_ARG(model->gateways[source->last_hop].head.name), STR_ARG(egress));
}

/* False when all connectors accept too much: then this one and those after it are left out. Many
 * sources of one item get their room at once. */
static bool
count_sources(State *state, StateConnector *connector, uint32_t count)
{
	size_t len = connector->sources.len + count;

	state->sources += count;
	if (state->sources > STATE_MAX_SOURCES)
		return false;
	if (len > 2 * connector->sources.cap) {
		connector->sources.items = arena_grow(state->model->arena, connector->sources.items,
			connector->sources.cap * sizeof(StateSource), len * sizeof(StateSource));
		connector->sources.cap = len;
	}
	return true;
}

static void
add_host(State *state, StateConnector *connector, uint32_t host, StateSource source)
{
	const Model *model = state->model;
	const ModelHostInfo *info = &model->host_infos[host];
	uint32_t i;

	connector->broken = connector->broken || info->broken;
	if (!count_sources(state, connector, info->routes_len))
		return;
	for (i = 0; i < info->routes_len; i++) {
		const ModelRoute *route = &model->routes.items[info->first_route + i];

		source.host = host;
		source.route = info->first_route + i;
		source.last_hop = route->last_hop;
		source.egress = route->egress;
		source.shared = model_route_is_shared(model, route);
		VEC_PUSH(model->arena, &connector->sources, source);
	}
}

static void
add_egress(State *state, StateConnector *connector, uint32_t egress, StateSource source)
{
	const ModelEgress *object = &state->model->egress[egress];

	connector->broken = connector->broken || object->head.state == FIELD_BAD;
	if (!count_sources(state, connector, 1))
		return;
	source.egress = egress;
	source.shared = model_egress_is_shared(state->model, egress);
	VEC_PUSH(state->model->arena, &connector->sources, source);
}

static void
add_gateway(State *state, StateConnector *connector, uint32_t gateway, StateSource source)
{
	const Model *model = state->model;
	const ModelGatewayInfo *info = &model->gateway_infos[gateway];
	uint32_t i;

	connector->broken = connector->broken || info->broken;
	if (!count_sources(state, connector, info->ends_len))
		return;
	for (i = 0; i < info->ends_len; i++) {
		const ModelEnd *end = &info->ends[i];

		source.last_hop = end->last_hop;
		source.egress = end->egress;
		source.shared = model_egress_is_shared(model, end->egress);
		VEC_PUSH(model->arena, &connector->sources, source);
	}
}

static void
add_accepted(State *state, StateConnector *connector, const FieldItem *item, uint32_t index)
{
	ModelRef ref = model_find_sender(state->model, item->text);
	StateSource source = {.span = item->span,
		.accept = index,
		.host = STATE_NONE,
		.route = STATE_NONE,
		.last_hop = MODEL_SELF,
		.egress = MODEL_SELF};

	switch (ref.kind) {
	case MODEL_KIND_HOST: add_host(state, connector, ref.index, source); break;
	case MODEL_KIND_GATEWAY: add_gateway(state, connector, ref.index, source); break;
	case MODEL_KIND_EGRESS: add_egress(state, connector, ref.index, source); break;
	case MODEL_KIND_NONE:
	case MODEL_KIND_CONNECTOR:
	case MODEL_KIND_DOMAIN: connector->broken = true; break;
	}
}

/* --- "by default": the hosts that no other connector accepts ---------------------------------- */

typedef struct Named {
	bool *hosts, *gateways, *egress;
} Named;

static void
mark_named(const Model *model, Named *named)
{
	uint32_t i, j;

	for (i = 0; i < model->connectors_len; i++) {
		for (j = 0; j < model->connectors[i].accepts.len; j++) {
			ModelRef ref = model_find_sender(
				model, model->connectors[i].accepts.items[j].text);

			if (ref.kind == MODEL_KIND_HOST)
				named->hosts[ref.index] = true;
			else if (ref.kind == MODEL_KIND_GATEWAY)
				named->gateways[ref.index] = true;
			else if (ref.kind == MODEL_KIND_EGRESS)
				named->egress[ref.index] = true;
		}
	}
}

/* Whether a connector names the gateway that a route ends SMTP at, or its egress. */
static bool
route_is_named(const Named *named, const ModelRoute *route)
{
	return (route->last_hop != MODEL_SELF && named->gateways[route->last_hop]) ||
	       (route->egress != MODEL_SELF && named->egress[route->egress]);
}

static bool
host_is_left(const Model *model, const Named *named, uint32_t host)
{
	const ModelHostInfo *info = &model->host_infos[host];
	bool all_named = info->routes_len > 0;
	uint32_t i;

	if (info->method != MODEL_METHOD_CONNECTOR || named->hosts[host])
		return false;
	for (i = 0; i < info->routes_len; i++)
		all_named = all_named &&
			    route_is_named(named, &model->routes.items[info->first_route + i]);
	return !all_named;
}

static void
add_default_hosts(State *state, StateConnector *connector)
{
	const Model *model = state->model;
	Arena *scratch = arena_create();
	Named named;
	uint32_t i;

	named.hosts = ARENA_ARRAY(scratch, bool, model->hosts_len + 1);
	named.gateways = ARENA_ARRAY(scratch, bool, model->gateways_len + 1);
	named.egress = ARENA_ARRAY(scratch, bool, model->egress_len + 1);
	mark_named(model, &named);
	for (i = 0; i < model->hosts_len; i++) {
		StateSource source = {.span = model->hosts[i].head.name_span, .accept = STATE_NONE};

		if (host_is_left(model, &named, i))
			add_host(state, connector, i, source);
	}
	arena_destroy(scratch);
}

static void
collect_sources(State *state, StateConnector *connector)
{
	uint32_t i;

	if (connector->by_default)
		add_default_hosts(state, connector);
	else
		for (i = 0; i < connector->spec->accepts.len; i++)
			add_accepted(state, connector, &connector->spec->accepts.items[i], i);
	if (state->sources > STATE_MAX_SOURCES)
		state_leave_out(state, connector, STATE_LIMIT_SOURCES);
}

/* --- identity --------------------------------------------------------------------------------- */

static bool
has_ip4(const FieldPrefixes *addresses)
{
	uint32_t i;

	for (i = 0; addresses != NULL && i < addresses->len; i++) {
		if (addresses->items[i].prefix.family == NET_IP4)
			return true;
	}
	return false;
}

/* One that others do not share and that a connector takes: there may be IPv6 alone, or none yet. */
static bool
shows_own_address(const Model *model, const StateConnector *connector)
{
	size_t i;

	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if (!source->shared && has_ip4(state_source_addresses(model, source)))
			return true;
	}
	return false;
}

static void
choose_identity(const Model *model, StateConnector *connector)
{
	const ModelConnector *spec = connector->spec;
	bool has_certificate = spec != NULL && spec->certificate.state == FIELD_SET;

	if (has_certificate)
		connector->certificate = spec->certificate.text;
	if (connector->type == MODEL_PARTNER) {
		connector->by_address = true;
		connector->by_certificate = has_certificate;
	} else if (spec != NULL && spec->identify_by.state == FIELD_SET) {
		connector->by_address = spec->identify_by.value != MODEL_BY_CERTIFICATE;
		connector->by_certificate =
			spec->identify_by.value != MODEL_BY_ADDRESS && has_certificate;
	} else {
		connector->by_certificate = has_certificate && !shows_own_address(model, connector);
		connector->by_address = !connector->by_certificate;
	}
}

/* By address, TLS is demanded only where every accepted last hop brings it. */
static void
choose_tls(State *state, StateConnector *connector)
{
	const ModelConnector *spec = connector->spec;
	size_t i;

	connector->require_tls = true;
	if (spec != NULL && spec->require_tls.state == FIELD_SET) {
		connector->require_tls = spec->require_tls.on;
		return;
	}
	if (connector->type == MODEL_PARTNER || connector->by_certificate)
		return;
	for (i = 0; i < connector->sources.len; i++) {
		if (state_source_tls(state->model, &connector->sources.items[i]) !=
			MODEL_TLS_REQUIRED)
			connector->require_tls = false;
	}
}

static bool
fields_are_bad(const ModelConnector *spec)
{
	return spec->head.state == FIELD_BAD || spec->type.state != FIELD_SET ||
	       spec->accepts.state == FIELD_BAD || spec->certificate.state == FIELD_BAD ||
	       spec->identify_by.state == FIELD_BAD;
}

/*
 * The first on-premises connector without `accepts` takes what is left. Of every other one that was
 * reported, and nobody knows what it should take.
 */
static void
choose_default(State *state, StateConnector *connector)
{
	const ModelConnector *spec = connector->spec;

	connector->by_default = false;
	if (spec->accepts.state != FIELD_ABSENT)
		return;
	connector->by_default = !state->has_default && spec->head.state != FIELD_BAD &&
				spec->type.state == FIELD_SET &&
				connector->type == MODEL_ON_PREMISES;
	state->has_default = state->has_default || connector->by_default;
	connector->broken = connector->broken || !connector->by_default;
}

static void
add_connector(State *state, const ModelConnector *spec, Str name)
{
	StateConnector *connector = VEC_ADD(state->model->arena, &state->connectors);

	connector->spec = spec;
	connector->name = name;
	connector->managed = connector->enabled = true;
	connector->by_default = true;
	if (spec != NULL) {
		connector->span = spec->head.name_span;
		connector->type = (ModelConnectorType)spec->type.value;
		connector->managed = spec->managed.state != FIELD_SET || spec->managed.on;
		connector->enabled = spec->enabled.state != FIELD_SET || spec->enabled.on;
		connector->broken = fields_are_bad(spec);
		choose_default(state, connector);
	}
	connector->purpose =
		connector->type == MODEL_PARTNER ? MODEL_PURPOSE_PARTNER : MODEL_PURPOSE_RELAY;
	if (spec != NULL && spec->purpose.state == FIELD_SET)
		connector->purpose = (ModelPurpose)spec->purpose.value;
	collect_sources(state, connector);
	choose_identity(state->model, connector);
	choose_tls(state, connector);
	if (connector->by_address)
		state_collect_addresses(state, connector);
	state_fill_record(state, connector);
}

void
state_add_limit(State *state, StateLimitKind kind, Span span, Str path)
{
	VEC_PUSH(state->model->arena, &state->limits, ((StateLimit){kind, span, path}));
}

/* Each kind is told once, where it was met. */
void
state_leave_out(State *state, StateConnector *connector, StateLimitKind kind)
{
	Span span = connector->span;
	size_t i;

	if (connector->spec == NULL && connector->sources.len > 0)
		span = connector->sources.items[0].span;
	connector->broken = true;
	connector->sources.len = connector->addresses.len = 0;
	connector->ip6.len = connector->wide.len = 0;
	connector->set = (NetSet){0};
	for (i = 0; i < state->limits.len; i++) {
		if (state->limits.items[i].kind == kind)
			return;
	}
	state_add_limit(state, kind, span,
		connector->spec == NULL
			? STR("relay_hosts")
			: model_path(state->model, "connectors", connector->name, NULL));
}

State *
state_of_spec(const Model *model)
{
	return state_with_dns(model, NULL);
}

State *
state_with_dns(const Model *model, const DnsSource *lock)
{
	State *state = ARENA_NEW(model->arena, State);
	Str implied = model_implied_connector(model);
	uint32_t i;

	state->model = model;
	state->dns = ARENA_NEW(model->arena, StateDns);
	state->dns->lock = lock;
	for (i = 0; i < model->connectors_len; i++)
		add_connector(state, &model->connectors[i], model->connectors[i].head.name);
	if (implied.ptr != NULL)
		add_connector(state, NULL, implied);
	state_match_routes(state);
	state_compose_records(state);
	state_add_mail_records(state);
	return state;
}
