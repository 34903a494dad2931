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

typedef struct Matcher {
	State *state;
	Arena *scratch;
	Certificates on_premises, partner;
} Matcher;

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

/* The first enabled connector of the type whose own list holds the route's first address. */
static uint32_t
holder_of(const State *state, ModelConnectorType type, const FieldPrefixes *addresses)
{
	size_t i, j;

	for (i = 0; i < state->connectors.len; i++) {
		const StateConnector *connector = &state->connectors.items[i];

		if (!connector->enabled || connector->type != type)
			continue;
		for (j = 0; j < addresses->len; j++) {
			if (addresses->items[j].prefix.family == NET_IP4 &&
				net_set_contains(&connector->set, addresses->items[j].prefix))
				return (uint32_t)i;
		}
	}
	return STATE_NONE;
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
		match.on_premises = holder_of(state, MODEL_ON_PREMISES, addresses);
	if (match.partner == STATE_NONE && all_in_set(&state->partner_set, addresses))
		match.partner = holder_of(state, MODEL_PARTNER, addresses);
	return match;
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
