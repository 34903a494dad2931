/* Facts about a plan that several rules need: who uses which addresses, and what for. */
#include "rules/rules_int.h"

#include <string.h>

static RuleUse *
make_uses(Arena *arena, uint32_t len)
{
	static const RuleUse nobody = {
		.writer = STATE_NONE,
		.source = STATE_NONE,
		.last_writer = STATE_NONE,
		.on_premises = STATE_NONE,
		.by_address = STATE_NONE,
		.by_certificate = STATE_NONE,
		.disabled = STATE_NONE,
		.route = STATE_NONE,
	};
	RuleUse *uses = ARENA_ARRAY(arena, RuleUse, len);
	uint32_t i;

	for (i = 0; i < len; i++)
		uses[i] = nobody;
	return uses;
}

static RuleUse *
find_use(const RuleFacts *facts, uint32_t host, uint32_t egress)
{
	return egress == MODEL_SELF ? &facts->hosts[host] : &facts->egress[egress];
}

const RuleUse *
rules_use_of(const RuleFacts *facts, uint32_t host, uint32_t egress)
{
	return find_use(facts, host, egress);
}

/* --- classes of addresses --------------------------------------------------------------------- */

bool
rules_class_fails(const RuleFacts *facts, NetClass net_class)
{
	return net_class > NET_CLASS_DOCUMENTATION ||
	       (net_class == NET_CLASS_DOCUMENTATION && !facts->sample);
}

static NetClass
find_worst(const FieldPrefixes *list)
{
	NetClass worst = NET_CLASS_GLOBAL;
	uint32_t i;

	for (i = 0; i < list->len; i++) {
		NetClass net_class = net_classify(list->items[i].prefix).net_class;

		if (net_class > worst)
			worst = net_class;
	}
	return worst;
}

/* A host's own addresses count where they are what the last hop shows. */
static void
add_routes(RuleFacts *facts)
{
	const Model *model = facts->model;
	uint32_t i;

	for (i = 0; i < model->egress_len; i++)
		facts->egress[i].worst = find_worst(&model->egress[i].addresses);
	for (i = 0; i < model->routes.len; i++) {
		const ModelRoute *route = &model->routes.items[i];
		RuleUse *use = find_use(facts, route->host, route->egress);

		if (use->routes++ == 0)
			use->route = i;
		if (route->egress == MODEL_SELF)
			use->worst = find_worst(model_route_addresses(model, route));
	}
}

bool
rules_route_failed(const RuleFacts *facts, const ModelRoute *route)
{
	return model_route_addresses(facts->model, route)->state == FIELD_BAD ||
	       rules_class_fails(facts, rules_use_of(facts, route->host, route->egress)->worst);
}

/* Every cloud counts: mail of a tenant in another cloud is no more ours than that of a neighbour.
 */
static void
add_microsoft_ranges(RuleFacts *facts)
{
	size_t i;

	for (i = 0; i < model_cloud_choices.len; i++)
		net_set_add_all(facts->scratch, &facts->microsoft,
			net_service_ranges(str_from(model_cloud_choices.texts[i])));
	net_set_normalise(&facts->microsoft);
}

/* --- connectors ------------------------------------------------------------------------------- */

static void
set_first(uint32_t *number, uint32_t value)
{
	if (*number == STATE_NONE)
		*number = value;
}

static void
add_writer(RuleUse *use, const StateConnector *connector, uint32_t index, uint32_t source)
{
	if (connector->type == MODEL_ON_PREMISES)
		set_first(&use->on_premises, index);
	if (use->last_writer == index)
		return;
	use->last_writer = index;
	if (use->writers++ == 0) {
		use->writer = index;
		use->source = source;
	}
}

static void
add_source(RuleFacts *facts, uint32_t index, uint32_t number)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	const StateSource *source = &connector->sources.items[number];
	RuleUse *use = find_use(facts, source->host, source->egress);

	if (connector->type == MODEL_ON_PREMISES && !connector->enabled)
		set_first(&use->disabled, index);
	else if (connector->type == MODEL_ON_PREMISES && connector->by_address)
		set_first(&use->by_address, index);
	else if (connector->type == MODEL_ON_PREMISES)
		set_first(&use->by_certificate, index);
	if (connector->by_address && state_source_is_written(connector, source))
		add_writer(use, connector, index, number);
}

static bool
type_is_known(const StateConnector *connector)
{
	return connector->spec == NULL || connector->spec->type.state == FIELD_SET;
}

/* A host with a connector in mind and without a route lacks its address: that was reported. */
static bool
host_has_failed(const Model *model, uint32_t host)
{
	return model->host_infos[host].method == MODEL_METHOD_CONNECTOR &&
	       model->host_infos[host].routes_len == 0;
}

bool
rules_accepted_host_has_failed(const RuleFacts *facts, const StateConnector *connector)
{
	const Model *model = facts->model;
	uint32_t i;

	for (i = 0; connector->by_default && i < model->hosts_len; i++) {
		if (host_has_failed(model, i))
			return true;
	}
	for (i = 0; connector->spec != NULL && i < connector->spec->accepts.len; i++) {
		ModelRef ref = model_find_sender(model, connector->spec->accepts.items[i].text);

		if (ref.kind == MODEL_KIND_HOST && host_has_failed(model, ref.index))
			return true;
	}
	return false;
}

/* An egress that is not dynamic has addresses, or it was reported that it lacks them. */
static bool
source_has_failed(const Model *model, const StateSource *source)
{
	const FieldPrefixes *addresses = state_source_addresses(model, source);

	return addresses != NULL && addresses->state != FIELD_SET;
}

/* Why a connector that is told by address alone holds none. */
static RuleIdentity
why_no_address(const RuleFacts *facts, const StateConnector *connector)
{
	size_t i;

	if (connector->wide.len > 0)
		return RULE_IDENTITY_TOO_WIDE;
	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];
		const RuleUse *use = rules_use_of(facts, source->host, source->egress);

		if (!state_source_is_written(connector, source))
			return RULE_IDENTITY_SHARED;
		if (rules_source_is_dynamic(facts, source))
			return RULE_IDENTITY_DYNAMIC;
		if (source_has_failed(facts->model, source))
			return RULE_IDENTITY_UNKNOWN;
		if (rules_class_fails(facts, use->worst))
			return RULE_IDENTITY_UNKNOWN;
	}
	if (connector->ip6.len > 0)
		return RULE_IDENTITY_NO_IP4;
	return rules_accepted_host_has_failed(facts, connector) ? RULE_IDENTITY_UNKNOWN
								: RULE_IDENTITY_NONE;
}

bool
rules_source_is_dynamic(const RuleFacts *facts, const StateSource *source)
{
	return source->egress != MODEL_SELF &&
	       rules_is_on(&facts->model->egress[source->egress].dynamic);
}

static RuleIdentity
find_identity(const RuleFacts *facts, const StateConnector *connector)
{
	if (connector->broken || !type_is_known(connector))
		return RULE_IDENTITY_UNKNOWN;
	if (connector->type == MODEL_PARTNER || connector->addresses.len > 0)
		return RULE_IDENTITY_GOOD;
	if (connector->by_certificate && connector->certificate.ptr != NULL)
		return rules_certificate_problem(facts, connector->certificate) == NULL
			       ? RULE_IDENTITY_GOOD
			       : RULE_IDENTITY_UNKNOWN;
	return connector->by_address ? why_no_address(facts, connector) : RULE_IDENTITY_NONE;
}

/* --- certificates ----------------------------------------------------------------------------- */

static bool
presents(const Model *model, const StateConnector *connector, const StateSource *source)
{
	Str certificate = state_source_certificate(model, source);

	return certificate.ptr != NULL &&
	       state_certificate_matches(connector->certificate, certificate);
}

/* What is accepted by certificate alone, and does not present it: CP419, or CP420. */
static void
find_missing(RuleFacts *facts, const StateConnector *connector)
{
	size_t i;

	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if ((source->route == STATE_NONE && source->last_hop == MODEL_SELF) ||
			presents(facts->model, connector, source))
			continue;
		if (source->route != STATE_NONE)
			facts->missing_routes[source->route] = true;
		else
			facts->missing_gateways[source->last_hop] = true;
	}
}

static void
find_identities(RuleFacts *facts)
{
	size_t len = facts->state->connectors.len, i;

	facts->identities = ARENA_ARRAY(facts->scratch, RuleIdentity, len);
	facts->missing_routes = ARENA_ARRAY(facts->scratch, bool, facts->model->routes.len);
	facts->missing_gateways = ARENA_ARRAY(facts->scratch, bool, facts->model->gateways_len);
	for (i = 0; i < len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		facts->identities[i] = find_identity(facts, connector);
		if (connector->enabled && connector->type == MODEL_ON_PREMISES &&
			connector->by_certificate && connector->certificate.ptr != NULL)
			map_add(facts->scratch, &facts->certificates,
				str_lower(facts->scratch, connector->certificate), 1);
		if (facts->identities[i] == RULE_IDENTITY_GOOD && connector->enabled &&
			connector->type == MODEL_ON_PREMISES && !connector->by_address)
			find_missing(facts, connector);
	}
}

/* Whether it is known of every connector what it accepts, and whether it relays at all. */
static bool
all_connectors_are_known(const Model *model)
{
	uint32_t i, j;

	for (i = 0; i < model->connectors_len; i++) {
		const ModelConnector *connector = &model->connectors[i];

		if (connector->type.state != FIELD_SET || connector->accepts.state == FIELD_BAD ||
			connector->certificate.state == FIELD_BAD ||
			connector->identify_by.state == FIELD_BAD ||
			connector->enabled.state == FIELD_BAD)
			return false;
		for (j = 0; j < connector->accepts.len; j++) {
			if (model_find_sender(model, connector->accepts.items[j].text).kind ==
				MODEL_KIND_NONE)
				return false;
		}
	}
	return true;
}

void
rules_find_facts(RuleFacts *facts)
{
	const Model *model = facts->model;
	const State *state = facts->state;
	uint32_t i, j;

	facts->egress = make_uses(facts->scratch, model->egress_len);
	facts->hosts = make_uses(facts->scratch, model->hosts_len);
	add_routes(facts);
	add_microsoft_ranges(facts);
	for (i = 0; i < state->connectors.len; i++) {
		const StateConnector *connector = &state->connectors.items[i];

		for (j = 0; type_is_known(connector) && j < connector->sources.len; j++)
			add_source(facts, i, j);
	}
	find_identities(facts);
	facts->connectors_known =
		model->usable && state->limits.len == 0 && all_connectors_are_known(model);
}
