/*
 * rules: small pure functions that look at a plan and report. One file per family, one function per
 * rule or per group that looks at the same thing; the list stands in rules.c. A rule whose input is
 * FIELD_BAD or `broken` stays silent: that finding has been made.
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "plan/plan.h"

typedef struct RuleInput {
	const Model *model;
	const State *state;
	const Plan *plan;
	int32_t today; /* days since 1970-01-01, UTC */
} RuleInput;

/* Runs every rule; findings go to the sink. */
void rules_run(const RuleInput *input, DiagSink *sink);

/*
 * `explain SPEC --ip ADDR`: where an address stands in the spec, as text of several lines. The
 * number of places found.
 */
size_t rules_explain_address(const RuleInput *input, NetPrefix address, Buf *out);

#endif
