#include "plan/plan_int.h"

static const char *const action_texts[] = {
	[PLAN_CREATE] = "create",
	[PLAN_UPDATE] = "update",
	[PLAN_RENAME] = "rename",
	[PLAN_REMOVE] = "remove",
	[PLAN_UNCHANGED] = "unchanged",
	[PLAN_UNMANAGED] = "unmanaged",
	[PLAN_UNKNOWN] = "unknown",
};

static const char *const phase_texts[] = {
	[PLAN_PHASE_DNS] = "dns",
	[PLAN_PHASE_ADD] = "add",
	[PLAN_PHASE_REMOVE] = "remove",
};

static const char *const command_texts[] = {
	[PLAN_NEW] = "New-InboundConnector",
	[PLAN_SET] = "Set-InboundConnector",
	[PLAN_REMOVE_CALL] = "Remove-InboundConnector",
};

const char *
plan_action_text(PlanAction action)
{
	return action_texts[action];
}

const char *
plan_phase_text(PlanPhase phase)
{
	return phase_texts[phase];
}

const char *
plan_command_text(PlanCommand command)
{
	return command_texts[command];
}

static void
add_step(Plan *plan, PlanPhase phase, Str object, PlanAction action)
{
	VEC_PUSH(plan->model->arena, &plan->order, ((PlanStep){phase, object, action, NULL}));
}

/* One connector's part of a plan that knows nothing of the tenant. */
static PlanConnector
without_live(const StateConnector *after)
{
	PlanConnector connector = {.after = after,
		.action = after->managed ? PLAN_UNKNOWN : PLAN_UNMANAGED,
		.final = after->record};

	if (after->spec != NULL && after->spec->was.state == FIELD_SET)
		connector.was = after->spec->was.text;
	return connector;
}

static void
add_connector_steps(Plan *plan, PlanPhase phase)
{
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *connector = &plan->connectors.items[i];

		if (connector->action != PLAN_UNMANAGED)
			add_step(plan, phase, connector->after->name, connector->action);
	}
}

static void
add_record_steps(Plan *plan)
{
	size_t i;

	for (i = 0; i < plan->after->records.len; i++) {
		if (plan->after->records.items[i].phase == STATE_PHASE_FINAL)
			add_step(plan, PLAN_PHASE_DNS, plan->after->records.items[i].name,
				PLAN_UNKNOWN);
	}
}

void
plan_add_steps(Plan *plan)
{
	size_t i;

	add_record_steps(plan);
	for (i = 0; i < plan->calls.len; i++) {
		const PlanCall *call = &plan->calls.items[i];
		const ConnectorRecord *record = call->to == NULL ? call->from : call->to;

		VEC_PUSH(plan->model->arena, &plan->order,
			((PlanStep){call->phase, record->name, call->connector->action, call}));
	}
}

Plan *
plan_build(const State *after)
{
	Plan *plan = ARENA_NEW(after->model->arena, Plan);
	size_t i;

	plan->model = after->model;
	plan->after = after;
	plan->relay_after = after->on_premises_set;
	for (i = 0; i < after->connectors.len; i++)
		VEC_PUSH(after->model->arena, &plan->connectors,
			without_live(&after->connectors.items[i]));
	add_record_steps(plan);
	/* What is to be taken away nobody knows: the scripts find out, and have a phase for it. */
	add_connector_steps(plan, PLAN_PHASE_ADD);
	return plan;
}
