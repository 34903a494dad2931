/*
 * view: a plan and its verdict as one JSON value. plan.json is that value; the templates see it
 * together with the strings of a language and the tables of the summary, all as plain text.
 *
 * Nothing in it depends on the day, the machine or the order of maps in the spec. Ownership: the
 * arena; long lists are made on demand from the input, which stays until the values are written.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "plan/plan.h"

/* The DNS answers that the plan relies on. */
typedef struct ViewLock {
	Str path, text;  /* of the file */
	Str resolved_at; /* as it stands there; absent: it does not say */
} ViewLock;

typedef struct ViewInput {
	const Plan *plan;
	const DiagVerdict *verdict;
	DiagLanguage language;
	Str version;          /* of the tool */
	const ViewLock *lock; /* NULL: none */
} ViewInput;

/* plan.json without the hashes of the outputs, which are not made yet. */
Json *view_plan(Arena *arena, const ViewInput *input);
/* Adds one output's path and SHA-256. */
void view_add_output(Arena *arena, Json *plan, Str path, Str sha256);
/*
 * The difference to a live state, as text for people: each connector with what changes on it, and
 * behind each address that is new its routes and who answers for it; then the price and a count.
 */
void view_difference(Buf *out, const Plan *plan, bool markdown);
/*
 * What the SPF records let in, as text for people: the addresses that may send as each domain, by
 * term and thanks to whom, and what receivers ask the DNS for.
 */
void view_spf_price(Buf *out, const State *state, bool markdown);
/* What a template sees: the members of the plan, `text` (the strings), `summary`,
 * `change_request`. */
Json *view_document(Arena *arena, const ViewInput *input, const Json *plan);

/* The language that the documents of a spec are written in. */
DiagLanguage view_language(const Model *model);

/* A string of the documents by its key; an assertion fails for an unknown one. */
Str view_string(DiagLanguage language, Str key);
/* The same with `{name}` replaced by a value. */
Str view_string_with(
	Arena *arena, DiagLanguage language, const char *key, const char *name, Str value);

typedef struct ViewValue {
	const char *name;
	Str value;
} ViewValue;

/* The same for several; each has to stand in the string. */
Str view_string_filled(
	Arena *arena, DiagLanguage language, const char *key, const ViewValue *values, size_t len);

/*
 * One sentence for each part of the language that the spec states and that this version reads but
 * does not evaluate. Nobody may take it for checked.
 */
void view_unevaluated(
	Arena *arena, const State *state, DiagLanguage language, StrVec *ret_sentences);

#endif
