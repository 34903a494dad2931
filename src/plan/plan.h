/*
 * plan: the difference between two states, and the order in which it is made. `before` is nothing
 * for `build`, so that every action is PLAN_UNKNOWN: the scripts find out by themselves what is
 * there.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "state/state.h"

typedef enum PlanAction {
	PLAN_CREATE,
	PLAN_UPDATE,
	PLAN_RENAME,
	PLAN_REMOVE,
	PLAN_UNCHANGED,
	PLAN_UNMANAGED, /* `managed: false`: never written */
	PLAN_UNKNOWN,   /* without the live state nobody knows */
} PlanAction;

typedef struct PlanConnector {
	const StateConnector *after;
	PlanAction action;
	Str was; /* the name that it is renamed from; absent: none */
} PlanConnector;

/* The phases of a change: DNS first, then what only adds, then what takes away. */
typedef enum PlanPhase { PLAN_PHASE_DNS, PLAN_PHASE_ADD, PLAN_PHASE_REMOVE } PlanPhase;

typedef struct PlanStep {
	PlanPhase phase;
	Str object; /* a record's name, or a connector's */
	PlanAction action;
} PlanStep;

typedef struct Plan {
	const Model *model;
	const State *after;
	VEC(PlanConnector) connectors; /* in the order of their names */
	VEC(PlanStep) order;
} Plan;

Plan *plan_build(const State *after);
const char *plan_action_text(PlanAction action);
const char *plan_phase_text(PlanPhase phase);

#endif
