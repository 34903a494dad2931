/*
 * plan: the difference between two states, and the order in which it is made. `before` is nothing
 * for `build`, so that every action is PLAN_UNKNOWN: the scripts find out by themselves what is
 * there. With a live `before` every property that the spec states is compared, and the calls are
 * known, with the state of the connector after each.
 *
 * Ownership: the arena of the model of `after`; a plan points into both states. The time is linear
 * in the size of both. What is decided here for a live tenant is decided once more, by the same
 * rules, in templates/powershell/connectors.body.ps1 when the change is made.
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
	PLAN_UNMANAGED, /* `managed: false`, the wizard's, or not in the spec: never written */
	PLAN_UNKNOWN,   /* without the live state nobody knows */
} PlanAction;

/* One property of a connector that becomes another value. */
typedef struct PlanChange {
	ConnectorProperty property;
	const ConnectorValue *before, *after;
	StrVec added, removed; /* of a list */
} PlanChange;

typedef struct PlanConnector {
	const StateConnector *after;  /* NULL only in Plan.others */
	const StateConnector *before; /* what the tenant holds under its name; NULL: nothing */
	PlanAction action;
	Str was;               /* the name that it is renamed from; absent: none */
	ConnectorRecord final; /* what it becomes: the spec's, and what stays of the tenant's */
	VEC(PlanChange) changes;
} PlanConnector;

/* The phases of a change: DNS first, then what only adds, then what takes away. */
typedef enum PlanPhase { PLAN_PHASE_DNS, PLAN_PHASE_ADD, PLAN_PHASE_REMOVE } PlanPhase;

typedef enum PlanCommand { PLAN_NEW, PLAN_SET, PLAN_REMOVE_CALL } PlanCommand;

/* One call of the scripts, with what the connector is before and after it. */
typedef struct PlanCall {
	PlanPhase phase;
	PlanCommand command;
	const PlanConnector *connector;
	const ConnectorRecord *from; /* NULL: it is new */
	const ConnectorRecord *to;   /* NULL: it is gone */
} PlanCall;

typedef struct PlanStep {
	PlanPhase phase;
	Str object; /* a record's name, or a connector's */
	PlanAction action;
	const PlanCall *call; /* NULL: a record, or nobody knows which call it takes */
} PlanStep;

typedef struct PlanOptions {
	bool strict;         /* compare what the spec does not state, too */
	bool prune;          /* remove what the spec does not name */
	bool allow_removals; /* CP707 is silent */
} PlanOptions;

typedef struct Plan {
	const Model *model;
	const State *before; /* NULL: no live state */
	const State *after;
	PlanOptions options;
	VEC(PlanConnector) connectors; /* of the spec, in the order of their names */
	VEC(PlanConnector) others;     /* in the tenant alone */
	VEC(PlanStep) order;
	VEC(PlanCall) calls; /* only with a live state */
	bool has_gap; /* certificates or TLS change hands in a circle: no order keeps all mail */
	/* Addresses that on-premises connectors let relay, those that are left alone among them.
	 * Without a live state there is no `before`, and `after` is what the spec says. */
	NetSet relay_before, relay_after;
	size_t differences;                   /* properties, creations, renames, removals */
	size_t compared_connectors, compared; /* both sides there; their properties */
} Plan;

Plan *plan_build(const State *after);
/* The difference to what a tenant holds. */
Plan *plan_compare(const State *before, const State *after, const PlanOptions *options);
const char *plan_action_text(PlanAction action);
const char *plan_phase_text(PlanPhase phase);
const char *plan_command_text(PlanCommand command); /* "Set-InboundConnector" */
/* The certificate whose holder may relay once all is as planned; absent: none. */
Str plan_relay_certificate(const PlanConnector *connector);
/* What a call is given, one bit each: what differs, and what Exchange judges together with it. */
uint32_t plan_call_properties(Arena *scratch, const PlanCall *call);
/* Whether a property of both sides would be compared, and differs. */
bool plan_property_differs(
	const Plan *plan, const PlanConnector *connector, ConnectorProperty property);

#endif
