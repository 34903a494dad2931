/* What a spec wants against what a tenant holds. */
#include "plan/plan_int.h"

typedef struct Comparison {
	Plan *plan;
	Arena *arena, *scratch;
	Map live_names, wanted_names; /* without case → number in `before`, in `after` */
	bool *taken;                  /* which of `before` some connector of the spec stands for */
} Comparison;

static uint32_t
find_name(Comparison *comparison, const Map *names, Str name)
{
	return map_find(names, str_fold(comparison->scratch, name));
}

static void
add_names(Comparison *comparison, const State *state, Map *names)
{
	uint32_t i;

	for (i = 0; i < state->connectors.len; i++)
		map_add(comparison->scratch, names,
			str_fold(comparison->scratch, state->connectors.items[i].name), i);
}

/*
 * By name; else by the former name, unless another connector of the spec has that one, or had it
 * first: no two stand for one.
 */
static uint32_t
find_counterpart(Comparison *comparison, const StateConnector *after)
{
	uint32_t found = find_name(comparison, &comparison->live_names, after->name);

	if (found != MAP_NONE || after->spec == NULL || after->spec->was.state != FIELD_SET ||
		find_name(comparison, &comparison->wanted_names, after->spec->was.text) != MAP_NONE)
		return found;
	found = find_name(comparison, &comparison->live_names, after->spec->was.text);
	return found != MAP_NONE && comparison->taken[found] ? MAP_NONE : found;
}

bool
plan_property_differs(const Plan *plan, const PlanConnector *connector, ConnectorProperty property)
{
	return !connector_value_equal(plan->model->arena, property,
		&connector->before->record.values[property],
		&connector->after->record.values[property]);
}

static void
find_changes(Comparison *comparison, PlanConnector *connector)
{
	const ConnectorRecord *before = &connector->before->record;
	uint32_t different = plan_record_difference(comparison->scratch, before, &connector->final);
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		PlanChange change = {.property = (ConnectorProperty)i,
			.before = &before->values[i],
			.after = &connector->final.values[i]};

		if ((different & 1u << i) == 0)
			continue;
		connector_list_difference(comparison->arena, change.property, &change.before->list,
			&change.after->list, &change.added, &change.removed);
		VEC_PUSH(comparison->arena, &connector->changes, change);
	}
}

static void
count_compared(Plan *plan, const PlanConnector *connector)
{
	size_t i;

	plan->compared_connectors++;
	for (i = 0; i < CONNECTOR_PROPERTIES; i++)
		plan->compared += plan->options.strict || connector->after->record.values[i].stated;
}

static void
compare_existing(Comparison *comparison, PlanConnector *connector)
{
	Plan *plan = comparison->plan;
	bool renamed = !str_equal_fold(
		comparison->scratch, connector->before->name, connector->after->name);

	count_compared(plan, connector);
	connector->final = plan_final_record(comparison->scratch, &connector->before->record,
		&connector->after->record, plan->options.strict);
	find_changes(comparison, connector);
	plan->differences += connector->changes.len + renamed;
	if (renamed) {
		connector->was = connector->before->name;
		connector->action = PLAN_RENAME;
	} else {
		connector->action = connector->changes.len > 0 ? PLAN_UPDATE : PLAN_UNCHANGED;
	}
}

static void
compare_one(Comparison *comparison, const StateConnector *after)
{
	Plan *plan = comparison->plan;
	PlanConnector *connector = VEC_ADD(comparison->arena, &plan->connectors);
	uint32_t found = find_counterpart(comparison, after);

	connector->after = after;
	connector->final = after->record;
	if (found != MAP_NONE) {
		connector->before = &plan->before->connectors.items[found];
		comparison->taken[found] = true;
	}
	if (!after->managed || (connector->before != NULL && !connector->before->managed)) {
		/* The tenant's values stand: nothing writes over them. */
		connector->action = PLAN_UNMANAGED;
		if (connector->before != NULL)
			connector->final = connector->before->record;
	} else if (connector->before == NULL) {
		connector->action = PLAN_CREATE;
		plan->differences++;
	} else {
		compare_existing(comparison, connector);
	}
}

/* What the spec does not name. The wizard's connectors stay in any case. */
static void
add_others(Comparison *comparison)
{
	Plan *plan = comparison->plan;
	size_t i;

	for (i = 0; i < plan->before->connectors.len; i++) {
		const StateConnector *before = &plan->before->connectors.items[i];
		PlanConnector other = {.before = before, .final = before->record};

		if (comparison->taken[i])
			continue;
		other.action =
			plan->options.prune && before->managed ? PLAN_REMOVE : PLAN_UNMANAGED;
		plan->differences += other.action == PLAN_REMOVE;
		VEC_PUSH(comparison->arena, &plan->others, other);
	}
}

static bool
lets_relay(const PlanConnector *connector)
{
	return plan_flag(&connector->final, CONNECTOR_ENABLED) &&
	       plan_is_on_premises(&connector->final) && connector->action != PLAN_REMOVE;
}

Str
plan_relay_certificate(const PlanConnector *connector)
{
	return lets_relay(connector) ? connector->final.values[CONNECTOR_CERTIFICATE].text
				     : (Str){0};
}

/* Addresses that a connector lets relay once it is as planned. */
static void
add_relay(Arena *arena, const PlanConnector *connector, NetSet *set)
{
	const StrVec *list = &connector->final.values[CONNECTOR_SENDER_ADDRESSES].list;
	NetPrefix prefix;
	size_t i;

	if (!lets_relay(connector))
		return;
	for (i = 0; i < list->len; i++) {
		if (net_prefix_parse(list->items[i], &prefix) == NET_ADDRESS_OK)
			net_set_add(arena, set, prefix);
	}
}

static void
count_relay(Comparison *comparison)
{
	Plan *plan = comparison->plan;
	size_t i;

	plan->relay_before = plan->before->on_premises_set;
	for (i = 0; i < plan->connectors.len; i++)
		add_relay(comparison->arena, &plan->connectors.items[i], &plan->relay_after);
	for (i = 0; i < plan->others.len; i++)
		add_relay(comparison->arena, &plan->others.items[i], &plan->relay_after);
	net_set_normalise(&plan->relay_after);
}

Plan *
plan_compare(const State *before, const State *after, const PlanOptions *options)
{
	Arena *arena = after->model->arena;
	Plan *plan = ARENA_NEW(arena, Plan);
	Comparison comparison = {.plan = plan, .arena = arena, .scratch = arena_create()};
	size_t i;

	plan->model = after->model;
	plan->before = before;
	plan->after = after;
	plan->options = *options;
	comparison.taken = ARENA_ARRAY(comparison.scratch, bool, before->connectors.len + 1);
	add_names(&comparison, before, &comparison.live_names);
	add_names(&comparison, after, &comparison.wanted_names);
	for (i = 0; i < after->connectors.len; i++)
		compare_one(&comparison, &after->connectors.items[i]);
	add_others(&comparison);
	count_relay(&comparison);
	arena_destroy(comparison.scratch);
	plan_order_calls(plan);
	plan_add_steps(plan);
	return plan;
}
