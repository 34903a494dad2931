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

/* --- addresses -------------------------------------------------------------------------------- */

/* Entries of connectors are /24 to /32: a network of each length is looked up by its bytes. */
typedef struct AddressKey {
	uint32_t network;
	uint8_t len;
} AddressKey;

#define ADDRESS_KEY_BYTES 5

/* Who takes the addresses of one egress object, or of a host that is its own. */
typedef struct Taker {
	uint32_t connector; /* STATE_NONE: there is an address that nobody holds, or no address */
	bool is_trusted;
	bool is_known;
} Taker;

/* What is known of the enabled connectors of one type. */
typedef struct Side {
	const State *state;
	Arena *scratch;
	NetSet *set;          /* what they hold together */
	NetSet trusted, rest; /* ... those that say it is our own, and the others */
	Certificates certificates;
	Map holders;       /* AddressKey → connector */
	uint32_t *writers; /* of each egress object: the first that takes it as it is */
	Taker *takers;     /* of each egress object, once it was asked for */
} Side;

/* Exchange Online does not judge SPF where a connector says that the mail is our own. */
static bool
trusts(const StateConnector *connector)
{
	return connector->purpose == MODEL_PURPOSE_HYBRID ||
	       connector->record.values[CONNECTOR_INTERNAL].on;
}

static Str
address_key(AddressKey *key, NetPrefix prefix, uint8_t len)
{
	key->network = (uint32_t)prefix.lo & (uint32_t)(UINT64_MAX << (32 - len));
	key->len = len;
	return (Str){(const char *)key, ADDRESS_KEY_BYTES};
}

/* The connector of the lowest number that holds the first address of a prefix. */
static uint32_t
holder_of(const Side *side, NetPrefix prefix)
{
	uint32_t found = STATE_NONE;
	uint8_t len;

	for (len = CONNECTOR_MIN_LENGTH; len <= 32; len++) {
		AddressKey key = {0};
		uint32_t holder = map_find(&side->holders, address_key(&key, prefix, len));

		if (holder != MAP_NONE && holder < found)
			found = holder;
	}
	return found;
}

/* All IPv4 addresses must be held. They are trusted if each is, whichever connector takes it. */
static Taker
find_taker(const Side *side, const FieldPrefixes *addresses, uint32_t writer)
{
	Taker taker = {.connector = STATE_NONE, .is_trusted = true, .is_known = true};
	uint32_t i, holder;

	for (i = 0; i < addresses->len; i++) {
		NetPrefix network = net_prefix_network(addresses->items[i].prefix);

		if (network.family != NET_IP4)
			continue;
		if (!net_set_contains(side->set, network))
			return (Taker){.connector = STATE_NONE, .is_known = true};
		taker.is_trusted = taker.is_trusted && net_set_contains(&side->trusted, network);
		holder = writer == STATE_NONE ? holder_of(side, network) : writer;
		if (holder < taker.connector)
			taker.connector = holder;
	}
	return taker;
}

/* Many routes end at one egress object: it is looked at once. */
static Taker
taker_of(Side *side, const ModelRoute *route)
{
	const FieldPrefixes *addresses = model_route_addresses(side->state->model, route);
	Taker *known;

	if (route->egress == MODEL_SELF)
		return find_taker(side, addresses, STATE_NONE);
	known = &side->takers[route->egress];
	if (!known->is_known)
		*known = find_taker(side, addresses, side->writers[route->egress]);
	return *known;
}

/* --- both ------------------------------------------------------------------------------------- */

static StateMatch
match_route(Side *on_premises, Side *partner, const ModelRoute *route)
{
	const State *state = on_premises->state;
	Str certificate = model_route_certificate(state->model, route);
	StateMatch match = {.on_premises = STATE_NONE, .partner = STATE_NONE};
	Taker taker;

	if (certificate.ptr != NULL) {
		match.on_premises = find_certificate(
			on_premises->scratch, &on_premises->certificates, certificate);
		match.partner =
			find_certificate(partner->scratch, &partner->certificates, certificate);
	}
	if (match.on_premises != STATE_NONE) {
		match.by_certificate = true;
		match.is_trusted = trusts(&state->connectors.items[match.on_premises]);
	} else {
		taker = taker_of(on_premises, route);
		match.on_premises = taker.connector;
		match.is_trusted = taker.connector != STATE_NONE && taker.is_trusted;
	}
	if (match.partner == STATE_NONE)
		match.partner = taker_of(partner, route).connector;
	return match;
}

static void
add_writer(Side *side, const StateConnector *connector, uint32_t index)
{
	size_t i;

	for (i = 0; connector->wide.len == 0 && i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if (source->egress != MODEL_SELF && state_source_is_written(connector, source) &&
			side->writers[source->egress] == STATE_NONE)
			side->writers[source->egress] = index;
	}
}

static void
add_connector(Side *side, uint32_t index)
{
	const StateConnector *connector = &side->state->connectors.items[index];
	AddressKey *keys = ARENA_ARRAY(side->scratch, AddressKey, connector->addresses.len);
	size_t i;

	net_set_add_all(side->state->model->arena, side->set, &connector->set);
	net_set_add_all(
		side->scratch, trusts(connector) ? &side->trusted : &side->rest, &connector->set);
	for (i = 0; i < connector->addresses.len; i++) {
		NetPrefix range = connector->addresses.items[i].range;

		map_add(side->scratch, &side->holders, address_key(&keys[i], range, range.len),
			index);
	}
	if (connector->by_address)
		add_writer(side, connector, index);
	if (connector->by_certificate && connector->certificate.ptr != NULL)
		add_certificate(side->scratch, &side->certificates, connector->certificate, index);
}

/* Where two connectors hold an address nobody knows which takes it: then it is not trusted. */
static void
fill_side(Side *side, ModelConnectorType type)
{
	const State *state = side->state;
	uint32_t i;

	side->writers = ARENA_ARRAY(side->scratch, uint32_t, state->model->egress_len);
	side->takers = ARENA_ARRAY(side->scratch, Taker, state->model->egress_len);
	for (i = 0; i < state->model->egress_len; i++)
		side->writers[i] = STATE_NONE;
	for (i = 0; i < state->connectors.len; i++) {
		if (state->connectors.items[i].enabled && state->connectors.items[i].type == type)
			add_connector(side, i);
	}
	net_set_normalise(side->set);
	net_set_normalise(&side->trusted);
	net_set_normalise(&side->rest);
	side->trusted = net_set_subtract(side->scratch, &side->trusted, &side->rest);
}

void
state_match_routes(State *state)
{
	const Model *model = state->model;
	Arena *scratch = arena_create();
	Side on_premises = {.state = state, .scratch = scratch, .set = &state->on_premises_set};
	Side partner = {.state = state, .scratch = scratch, .set = &state->partner_set};
	uint32_t i;

	fill_side(&on_premises, MODEL_ON_PREMISES);
	fill_side(&partner, MODEL_PARTNER);
	state->matches = ARENA_ARRAY(model->arena, StateMatch, model->routes.len);
	for (i = 0; i < model->routes.len; i++)
		state->matches[i] = match_route(&on_premises, &partner, &model->routes.items[i]);
	arena_destroy(scratch);
}

bool
state_takes_none(const State *state, uint32_t host)
{
	const ModelHostInfo *info = &state->model->host_infos[host];
	uint32_t i;

	if (info->method != MODEL_METHOD_CONNECTOR || info->broken)
		return false;
	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		if (state->matches[i].on_premises != STATE_NONE ||
			state->matches[i].partner != STATE_NONE)
			return false;
	}
	return true;
}
