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

/* --- DNS -------------------------------------------------------------------------------------- */

/* What is published when. */
typedef struct ChangeDns ChangeDns;

typedef enum ChangeDnsStage {
	CHANGE_DNS_ALL,
	CHANGE_DNS_AHEAD,      /* for the transition; final ones of domains without it */
	CHANGE_DNS_AFTERWARDS, /* the final ones of domains with a transition */
} ChangeDnsStage;

typedef enum ChangeDnsRisk {
	CHANGE_DNS_FREE,    /* nobody who passes today fails */
	CHANGE_DNS_UNKNOWN, /* what is published is not known */
	CHANGE_DNS_COSTS,
} ChangeDnsRisk;

/* In the arena, pointing into the state. */
ChangeDns *change_dns(Arena *arena, const State *state);
bool change_dns_is_empty(const ChangeDns *dns);
/* Whether there are records of dns/previous; of dns/1-add; of dns/2-final without the latter. */
bool change_dns_has_previous(const ChangeDns *dns);
bool change_dns_has_transition(const ChangeDns *dns);
bool change_dns_has_direct(const ChangeDns *dns);
/* The names of a stage's records that stand there already, as the lock has them; absent: none. */
Str change_dns_published(Arena *arena, const ChangeDns *dns, ChangeDnsStage stage);
/* Commands that show what is published at each name of a stage, each once. */
Str change_dns_commands(Arena *arena, const ChangeDns *dns, ChangeDnsStage stage);
/* The seconds for which receivers may use what the records of a stage replace. */
Str change_dns_wait(Arena *arena, const ChangeDns *dns, ChangeDnsStage stage);
/* What the final records of a stage cost, also as notes unless they are NULL. */
ChangeDnsRisk change_dns_risks(
	SummaryTable *table, const ChangeDns *dns, ChangeDnsStage stage, Json *notes);
/* The rows of all records, by name in the order of time. */
Json *change_records(Arena *arena, const ViewInput *input);

/* --- steps ------------------------------------------------------------------------------------ */

/* The numbered steps, from the preparation to the checks afterwards; `request` has the tests. */
Json *change_steps(
	SummaryTable *table, const ViewInput *input, const Json *request, const Json *plan);
/* A test mail for each way of each host: who sends, to whom, what is to be seen. */
Json *change_tests(SummaryTable *table, const ViewInput *input);
/* Those for connectors: one that has to come through, one that must not. */
Json *change_connector_tests(SummaryTable *table, const ViewInput *input);
/* The names of the connectors that refuse all other mail from outside; absent: none does. */
Str change_shut_out(Arena *arena, const Plan *plan);
/* The way back, as steps. */
Json *change_backout(
	SummaryTable *table, const ViewInput *input, const Json *request, const Json *plan);

#endif
