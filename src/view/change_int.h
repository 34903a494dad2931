/* Shared by the files that make the change request. */
#ifndef VIEW_CHANGE_INT_H
#define VIEW_CHANGE_INT_H

#include "view/view_int.h"

/* Appends a pair of a heading's key and a value; an empty value is said to be not stated. */
void change_fact(SummaryTable *table, Json *facts, const char *item, Str value);
/* The same of a key of the spec, which is named where it is missing. */
void change_stated(SummaryTable *table, Json *facts, const char *item, const FieldText *field,
	const char *key);
/* The text of a field, or an absent one. */
Str change_text(const FieldText *field);
/* What stands for a value that nobody stated. */
Str change_or_not_stated(SummaryTable *table, Str value);

/* Connectors that change, each with its properties and with what stands behind its addresses. */
Json *change_connectors(SummaryTable *table, const ViewInput *input);
/* Connectors that do not, each with the reason, as texts. */
Json *change_left_alone(SummaryTable *table, const Plan *plan);
/* The calls of the script in their order, as texts; an empty list without a live state. */
Json *change_calls(Arena *arena, const ViewInput *input);
/* How many are created, updated …; an empty list without a live state. */
Json *change_counts(SummaryTable *table, const Plan *plan);

/* The numbered steps, from the preparation to the checks afterwards. */
Json *change_steps(SummaryTable *table, const ViewInput *input, const Json *plan);
/* A test mail for each host: who sends, to whom, what is to be seen. */
Json *change_tests(SummaryTable *table, const ViewInput *input);
/* The way back, as steps. */
Json *change_backout(SummaryTable *table, const ViewInput *input, const Json *plan);

#endif
