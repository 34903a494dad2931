/* What a tenant holds, in the same shape as what a spec wants. */
#include "state/state_int.h"

/* Only addresses: a range `a-b`, or text that is none, is no entry of SenderIPAddresses. */
static void
add_live_address(Arena *arena, StateConnector *connector, Str text)
{
	StateAddress address = {.span = connector->span};

	if (net_prefix_parse(text, &address.range) != NET_ADDRESS_OK)
		return;
	address.split_from = address.range;
	VEC_PUSH(arena, &connector->addresses, address);
	net_set_add(arena, &connector->set, address.range);
}

static StateConnector
live_connector(Arena *arena, const ConnectorLive *live)
{
	const ConnectorValue *values = live->record.values;
	const StrVec *addresses = &values[CONNECTOR_SENDER_ADDRESSES].list;
	StateConnector connector = {.live = live,
		.name = live->record.name,
		.span = live->span,
		.managed = !connector_is_hybrid_wizards(live),
		.enabled = values[CONNECTOR_ENABLED].on,
		.require_tls = values[CONNECTOR_REQUIRE_TLS].on,
		.certificate = values[CONNECTOR_CERTIFICATE].text,
		.record = live->record};
	size_t i;

	connector.type = str_equal_nocase(values[CONNECTOR_TYPE].text, STR("Partner"))
				 ? MODEL_PARTNER
				 : MODEL_ON_PREMISES;
	connector.purpose = connector.type == MODEL_PARTNER ? MODEL_PURPOSE_PARTNER
			    : connector.managed             ? MODEL_PURPOSE_RELAY
							    : MODEL_PURPOSE_HYBRID;
	connector.by_address = addresses->len > 0;
	connector.by_certificate = connector.certificate.len > 0;
	for (i = 0; i < addresses->len; i++)
		add_live_address(arena, &connector, addresses->items[i]);
	net_set_normalise(&connector.set);
	return connector;
}

static int
name_order(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(((const StateConnector *)a)->name, ((const StateConnector *)b)->name);
}

State *
state_of_live(Arena *arena, const ConnectorExport *export)
{
	State *state = ARENA_NEW(arena, State);
	size_t i;

	state->export = export;
	for (i = 0; i < export->connectors.len; i++)
		VEC_PUSH(arena, &state->connectors,
			live_connector(arena, &export->connectors.items[i]));
	base_sort(state->connectors.items, state->connectors.len, sizeof(StateConnector),
		name_order, NULL);
	for (i = 0; i < state->connectors.len; i++) {
		const StateConnector *connector = &state->connectors.items[i];

		if (connector->enabled)
			net_set_add_all(arena,
				connector->type == MODEL_PARTNER ? &state->partner_set
								 : &state->on_premises_set,
				&connector->set);
	}
	net_set_normalise(&state->on_premises_set);
	net_set_normalise(&state->partner_set);
	return state;
}
