/* Which enabled connectors would take the mail of which route. */
#include "state/state_int.h"

bool
state_certificate_matches(Str pattern, Str name)
{
	Str parent;

	if (str_equal_nocase(pattern, name))
		return true;
	if (!str_starts(pattern, STR("*.")))
		return false;
	parent = str_slice(pattern, 1, pattern.len);
	return name.len > parent.len &&
	       str_equal_nocase(str_slice(name, name.len - parent.len, name.len), parent);
}

typedef struct Certificates {
	Map exact;     /* name → connector */
	Map wildcards; /* the part behind `*.` → connector */
} Certificates;

static void
add_certificate(Arena *arena, Certificates *certificates, Str pattern, uint32_t connector)
{
	Str lower = str_lower(arena, pattern);

	if (str_starts(lower, STR("*.")))
		map_add(arena, &certificates->wildcards, str_slice(lower, 2, lower.len), connector);
	else
		map_add(arena, &certificates->exact, lower, connector);
}

static uint32_t
find_certificate(Arena *arena, const Certificates *certificates, Str name)
{
	Str rest = str_lower(arena, name);
	uint32_t found = map_find(&certificates->exact, rest);
	size_t dot;

	if (found != MAP_NONE)
		return found;
	while ((dot = str_find_char(rest, '.', 0)) < rest.len) {
		rest = str_slice(rest, dot + 1, rest.len);
		found = map_find(&certificates->wildcards, rest);
		if (found != MAP_NONE)
			return found;
	}
	return STATE_NONE;
}

/* Entries of connectors are /24 to /32: a network of each length is looked up by its bytes. */
typedef struct AddressKey {
	uint32_t network;
	uint8_t len;
} AddressKey;

#define ADDRESS_KEY_BYTES 5

typedef struct Matcher {
	State *state;
	Arena *scratch;
	Certificates on_premises, partner;
	Map on_premises_holders, partner_holders; /* AddressKey → connector */
} Matcher;

static Str
address_key(AddressKey *key, NetPrefix prefix, uint8_t len)
{
	key->network = (uint32_t)prefix.lo & (uint32_t)(UINT64_MAX << (32 - len));
	key->len = len;
	return (Str){(const char *)key, ADDRESS_KEY_BYTES};
}

static bool
all_in_set(const NetSet *set, const FieldPrefixes *addresses)
{
	bool any = false;
	uint32_t i;

	for (i = 0; i < addresses->len; i++) {
		if (addresses->items[i].prefix.family != NET_IP4)
			continue;
		any = true;
		if (!net_set_contains(set, net_prefix_network(addresses->items[i].prefix)))
			return false;
	}
	return any;
}

/* The connector of the lowest number that holds the first IPv4 address of a route. */
static uint32_t
holder_of(const Map *holders, const FieldPrefixes *addresses)
{
	uint32_t i, found = STATE_NONE;
	uint8_t len;

	for (i = 0; i < addresses->len && addresses->items[i].prefix.family != NET_IP4;)
		i++;
	if (i == addresses->len)
		return STATE_NONE;
	for (len = CONNECTOR_MIN_LENGTH; len <= 32; len++) {
		AddressKey key = {0};
		uint32_t holder =
			map_find(holders, address_key(&key, addresses->items[i].prefix, len));

		if (holder != MAP_NONE && holder < found)
			found = holder;
	}
	return found;
}

static StateMatch
match_route(Matcher *matcher, const ModelRoute *route)
{
	const State *state = matcher->state;
	const FieldPrefixes *addresses = model_route_addresses(state->model, route);
	Str certificate = model_route_certificate(state->model, route);
	StateMatch match = {STATE_NONE, STATE_NONE, false};

	if (certificate.ptr != NULL) {
		match.on_premises =
			find_certificate(matcher->scratch, &matcher->on_premises, certificate);
		match.partner = find_certificate(matcher->scratch, &matcher->partner, certificate);
		match.by_certificate = match.on_premises != STATE_NONE;
	}
	if (match.on_premises == STATE_NONE && all_in_set(&state->on_premises_set, addresses))
		match.on_premises = holder_of(&matcher->on_premises_holders, addresses);
	if (match.partner == STATE_NONE && all_in_set(&state->partner_set, addresses))
		match.partner = holder_of(&matcher->partner_holders, addresses);
	return match;
}

static void
add_holder(Matcher *matcher, const StateConnector *connector, uint32_t index, Map *holders)
{
	AddressKey *keys = ARENA_ARRAY(matcher->scratch, AddressKey, connector->addresses.len);
	size_t i;

	for (i = 0; i < connector->addresses.len; i++) {
		NetPrefix range = connector->addresses.items[i].range;

		map_add(matcher->scratch, holders, address_key(&keys[i], range, range.len), index);
	}
}

static void
add_to_sets(Matcher *matcher, uint32_t index)
{
	State *state = matcher->state;
	const StateConnector *connector = &state->connectors.items[index];
	bool partner = connector->type == MODEL_PARTNER;

	if (!connector->enabled)
		return;
	net_set_add_all(state->model->arena,
		partner ? &state->partner_set : &state->on_premises_set, &connector->set);
	add_holder(matcher, connector, index,
		partner ? &matcher->partner_holders : &matcher->on_premises_holders);
	if (connector->by_certificate && connector->certificate.ptr != NULL)
		add_certificate(matcher->scratch,
			partner ? &matcher->partner : &matcher->on_premises, connector->certificate,
			index);
}

void
state_match_routes(State *state)
{
	const Model *model = state->model;
	Matcher matcher = {.state = state, .scratch = arena_create()};
	uint32_t i;

	for (i = 0; i < state->connectors.len; i++)
		add_to_sets(&matcher, i);
	net_set_normalise(&state->on_premises_set);
	net_set_normalise(&state->partner_set);
	state->matches = ARENA_ARRAY(model->arena, StateMatch, model->routes.len);
	for (i = 0; i < model->routes.len; i++)
		state->matches[i] = match_route(&matcher, &model->routes.items[i]);
	arena_destroy(matcher.scratch);
}
