/* The managed properties of a connector, and which of them the spec states. */
#include "state/state_int.h"

static ConnectorValue *
value_of(StateConnector *connector, ConnectorProperty property)
{
	return &connector->record.values[property];
}

static void
set_flag(StateConnector *connector, ConnectorProperty property, bool on, bool stated)
{
	value_of(connector, property)->on = on;
	value_of(connector, property)->stated = stated;
}

static void
set_text(StateConnector *connector, ConnectorProperty property, Str text, bool stated)
{
	value_of(connector, property)->text = text;
	value_of(connector, property)->stated = stated;
}

static void
copy_flag(
	StateConnector *connector, ConnectorProperty property, const FieldFlag *flag, bool fallback)
{
	bool stated = flag->state == FIELD_SET;

	set_flag(connector, property, stated ? flag->on : fallback, stated);
}

static void
copy_texts(State *state, StateConnector *connector, ConnectorProperty property,
	const FieldItems *items)
{
	ConnectorValue *value = value_of(connector, property);
	uint32_t i;

	for (i = 0; i < items->len; i++)
		VEC_PUSH(state->model->arena, &value->list, items->items[i].text);
	connector_normalise(property, &value->list);
	value->stated = items->state == FIELD_SET;
}

static void
fill_sender_domains(State *state, StateConnector *connector)
{
	ConnectorValue *value = value_of(connector, CONNECTOR_SENDER_DOMAINS);
	Arena *arena = state->model->arena;
	const FieldItems *items = connector->spec == NULL ? NULL : &connector->spec->sender_domains;
	uint32_t i;

	for (i = 0; items != NULL && i < items->len; i++)
		VEC_PUSH(arena, &value->list,
			connector_domain(arena, items->items[i].text, items->items[i].cost));
	if (value->list.len == 0)
		VEC_PUSH(arena, &value->list, connector_domain(arena, STR("*"), 1));
	connector_normalise(CONNECTOR_SENDER_DOMAINS, &value->list);
	value->stated = items != NULL && items->state == FIELD_SET;
}

static void
fill_addresses(State *state, StateConnector *connector)
{
	ConnectorValue *value = value_of(connector, CONNECTOR_SENDER_ADDRESSES);
	Arena *arena = state->model->arena;
	size_t len = connector->addresses.len, i;

	value->list = (StrVec){.items = ARENA_ARRAY(arena, Str, len), .len = len, .cap = len};
	for (i = 0; i < len; i++)
		value->list.items[i] = net_prefix_text(arena, connector->addresses.items[i].range);
}

/* Where the spec says how a sender is told, it says so for both ways: the other one is emptied. */
static void
fill_identity(State *state, StateConnector *connector)
{
	const ModelConnector *spec = connector->spec;
	bool chosen = spec != NULL && spec->identify_by.state == FIELD_SET;
	Str certificate = connector->by_certificate ? connector->certificate : (Str){0};

	fill_addresses(state, connector);
	value_of(connector, CONNECTOR_SENDER_ADDRESSES)->stated =
		chosen || (connector->by_address && connector->type == MODEL_ON_PREMISES) ||
		connector->addresses.len > 0;
	set_text(
		connector, CONNECTOR_CERTIFICATE, certificate, chosen || connector->by_certificate);
}

/* EFSkipIPs takes IPv4 alone, networks of any length among it. */
static void
skip_addresses(State *state, const FieldPrefixes *addresses, StrVec *list)
{
	Arena *arena = state->model->arena;
	uint32_t i;

	if (addresses == NULL)
		return;
	state->entries += (uint64_t)addresses->len + 1;
	for (i = 0; i < addresses->len && state->entries <= STATE_MAX_ENTRIES; i++) {
		NetPrefix network = net_prefix_network(addresses->items[i].prefix);

		if (network.family == NET_IP4)
			VEC_PUSH(arena, list, net_prefix_text(arena, network));
	}
}

/* `route`: the addresses that the accepted mail comes from, whatever the connector tells it by. */
static void
skip_route(State *state, const StateConnector *connector, StrVec *list)
{
	size_t i;

	for (i = 0; i < connector->sources.len && state->entries <= STATE_MAX_ENTRIES; i++)
		skip_addresses(state,
			state_source_addresses(state->model, &connector->sources.items[i]), list);
}

static void
skip_gateway(State *state, uint32_t gateway, StrVec *list)
{
	const Model *model = state->model;
	const ModelGatewayInfo *info = &model->gateway_infos[gateway];
	uint32_t i;

	for (i = 0; i < info->ends_len && state->entries <= STATE_MAX_ENTRIES; i++)
		skip_addresses(state, &model->egress[info->ends[i].egress].addresses, list);
}

/* An address without host bits; a range, as a network where it is one. */
static Str
skipped_text(const Model *model, Str text)
{
	return connector_text_normal(model->arena, CONNECTOR_SKIP, text);
}

static void
fill_skip(State *state, const StateConnector *connector, Str text, StrVec *list)
{
	const Model *model = state->model;
	ModelRef ref = model_find_sender(model, text);

	switch (ref.kind) {
	case MODEL_KIND_EGRESS:
		skip_addresses(state, &model->egress[ref.index].addresses, list);
		break;
	case MODEL_KIND_GATEWAY: skip_gateway(state, ref.index, list); break;
	case MODEL_KIND_NONE:
		if (STR_EQ(text, "route"))
			skip_route(state, connector, list);
		else
			VEC_PUSH(model->arena, list, skipped_text(model, text));
		break;
	case MODEL_KIND_HOST: /* reported: a host stands behind what is skipped */
	case MODEL_KIND_CONNECTOR:
	case MODEL_KIND_DOMAIN: break;
	}
}

static void
fill_filtering(State *state, StateConnector *connector)
{
	static const ModelEnhancedFiltering none;
	const ModelEnhancedFiltering *filtering =
		connector->spec == NULL ? &none : &connector->spec->enhanced_filtering;
	ConnectorValue *skip = value_of(connector, CONNECTOR_SKIP);
	uint32_t i;

	copy_flag(connector, CONNECTOR_SKIP_LAST, &filtering->skip_last, false);
	for (i = 0; i < filtering->skip.len; i++)
		fill_skip(state, connector, filtering->skip.items[i].text, &skip->list);
	if (state->entries > STATE_MAX_ENTRIES && filtering->skip.len > 0) {
		skip->list.len = 0;
		state_leave_out(state, connector, STATE_LIMIT_ADDRESSES);
	}
	connector_normalise(CONNECTOR_SKIP, &skip->list);
	skip->stated = filtering->skip.state == FIELD_SET;
	copy_texts(state, connector, CONNECTOR_USERS, &filtering->users);
}

static void
fill_restrictions(StateConnector *connector, const FieldChoice *restrict_to)
{
	bool stated = restrict_to->state == FIELD_SET;
	unsigned set = stated ? restrict_to->set : 0;

	set_flag(connector, CONNECTOR_RESTRICT_ADDRESSES, (set & 1u << MODEL_RESTRICT_ADDRESS) != 0,
		stated);
	set_flag(connector, CONNECTOR_RESTRICT_CERTIFICATE,
		(set & 1u << MODEL_RESTRICT_CERTIFICATE) != 0, stated);
}

void
state_fill_record(State *state, StateConnector *connector)
{
	static const ModelConnector none;
	const ModelConnector *spec = connector->spec == NULL ? &none : connector->spec;

	connector->record.name = connector->name;
	set_text(connector, CONNECTOR_TYPE,
		connector->type == MODEL_PARTNER ? STR("Partner") : STR("OnPremises"), true);
	copy_flag(connector, CONNECTOR_ENABLED, &spec->enabled, true);
	set_text(
		connector, CONNECTOR_COMMENT, spec->comment.text, spec->comment.state == FIELD_SET);
	fill_sender_domains(state, connector);
	copy_texts(state, connector, CONNECTOR_ACCEPTED_DOMAINS, &spec->accepted_domains);
	fill_identity(state, connector);
	/* A certificate needs RequireTls in the same call. */
	set_flag(connector, CONNECTOR_REQUIRE_TLS, connector->require_tls,
		spec->require_tls.state == FIELD_SET || connector->by_certificate);
	fill_restrictions(connector, &spec->restrict_to);
	copy_flag(connector, CONNECTOR_HYBRID, &spec->hybrid, false);
	copy_flag(connector, CONNECTOR_INTERNAL, &spec->treat_as_internal, false);
	fill_filtering(state, connector);
}
