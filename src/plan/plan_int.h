/* The steps in which a plan is made. */
#ifndef PLAN_PLAN_INT_H
#define PLAN_PLAN_INT_H

#include "plan/plan.h"

static inline bool
plan_flag(const ConnectorRecord *record, ConnectorProperty property)
{
	return record->values[property].on;
}

static inline bool
plan_is_on_premises(const ConnectorRecord *record)
{
	return str_equal_nocase(record->values[CONNECTOR_TYPE].text, STR("OnPremises"));
}

/*
 * What an existing connector becomes: what is stated, and of the rest what is there, unless
 * Exchange would refuse it beside what is stated.
 */
ConnectorRecord plan_final_record(
	Arena *arena, const ConnectorRecord *before, const ConnectorRecord *wanted, bool strict);
/* The properties in which two records differ, one bit each. */
uint32_t plan_record_difference(Arena *arena, const ConnectorRecord *a, const ConnectorRecord *b);
/* The calls in their order; Plan.has_gap where none keeps everything accepted. */
void plan_order_calls(Plan *plan);
/* Plan.order: records, then the calls. */
void plan_add_steps(Plan *plan);

#endif
