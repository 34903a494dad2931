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
	int32_t today;    /* days since 1970-01-01, UTC */
	Str resolved_at;  /* of the lock; absent: none, or it does not say */
	Span lock_span;   /* of that */
	bool lock_failed; /* there is one, but it could not be read, which was told */
} RuleInput;

/* Runs every rule; findings go to the sink. */
void rules_run(const RuleInput *input, DiagSink *sink);

/* What goes into a string by its name: a text, or the string of `key`. */
typedef struct RulesValue {
	const char *name;
	Str text;
	const char *key; /* NULL: the text counts */
} RulesValue;

#define RULES_VALUES_MAX 4

/* A line of an answer, in no language yet. */
typedef struct RulesLine {
	const char *key; /* of its string */
	bool inner;      /* belongs to the line above */
	size_t len;
	RulesValue values[RULES_VALUES_MAX];
} RulesLine;

typedef VEC(RulesLine) RulesLines;

/*
 * `explain SPEC --ip ADDR`: where an address stands in the spec, and where its mail leaves. The
 * number of places found; the lines live in the arena.
 */
size_t rules_explain_address(
	Arena *arena, const RuleInput *input, NetPrefix address, RulesLines *ret_lines);

/* --- answers of the service ------------------------------------------------------------------- */

/*
 * What the service says when it refuses something: the table of src/data/service-errors.txt, known
 * again in a text that somebody pasted, and what of a spec it may be about. Rows are static, lists
 * live in the arena that is handed in. A text that holds no message known gives none, whatever else
 * is in it.
 */
#define RULES_ERROR_CODES_MAX 6

typedef struct RulesError {
	Str key; /* of its strings: reply.KEY_means, reply.KEY_todo */
	Str group, codes, words, candidates;
	Str says; /* the message as the service words it */
	Str evidence, date, source;
	DiagCode rules[RULES_ERROR_CODES_MAX]; /* that guard against it */
	size_t rules_len;
} RulesError;

typedef VEC(const RulesError *) RulesErrors;

/* All rows, in the order of the table. */
const RulesError *rules_errors(size_t *ret_len);
/* Those whose message is in a text, in the order of the table. Linear in the text. */
RulesErrors rules_find_errors(Arena *arena, Str text);
/* The addresses in a text, in its order, each once; at most 8 of them. */
NetPrefixVec rules_find_addresses(Arena *arena, Str text);

/* What of a spec a message may be about; `why` is the key of a string, `name` goes into it. */
typedef struct RulesCandidate {
	ModelKind kind;
	Str object, path, name;
	Span span;
	const char *why;
} RulesCandidate;

typedef VEC(RulesCandidate) RulesCandidates;

/* The objects that send, or stand, where such a message can come from; by the addresses that it
 * quotes where these tell, and there are some. */
RulesCandidates rules_error_candidates(
	Arena *arena, const RuleInput *input, const RulesError *error, const NetPrefixVec *quoted);

#endif
