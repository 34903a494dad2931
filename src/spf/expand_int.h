/*
 * spf, private: the walk over all addresses. What is undecided is a list of sets by counters; what
 * is decided is gathered by result.
 */
#ifndef SPF_EXPAND_INT_H
#define SPF_EXPAND_INT_H

#include "spf/spf_int.h"

/* Addresses with the same counters: all have the same future. */
typedef struct SpfPart {
	uint8_t lookups, voids;
	NetSet set;
} SpfPart;

typedef VEC(SpfPart) SpfParts;

/* Where addresses ended, by result. Sets grow by appending: normalised when they are read. */
typedef struct SpfOutcome {
	SpfParts by[SPF_UNDETERMINED];
} SpfOutcome;

typedef struct SpfWalk {
	Arena *arena; /* of the results */
	SpfCache *cache;
	SpfExpansion *expansion;
	SpfIdentity identity;
	uint32_t known;  /* letters of macros that have a value */
	bool one_client; /* the client's address is known: the universe is that one */
	SpfVoids voids;
	NetFamily family;
	const SpfTerm *trail[SPF_LOOKUPS_MAX + 1];
	size_t depth;
	SpfShare *share; /* of the term of the outermost record that is at work */
} SpfWalk;

/* One record that is being walked. */
typedef struct SpfFrame {
	SpfWalk *walk;
	const SpfPolicy *policy;
	Arena *arena; /* of what is undecided; made anew when it holds too much of the past */
	SpfParts undecided;
	SpfOutcome *outcome;
	Arena *outcome_arena;
} SpfFrame;

/* --- parts.c ---------------------------------------------------------------------------------- */

/* Adds a set to the part of these counters; the part is to be normalised. */
void spf_parts_add(
	Arena *arena, SpfParts *parts, unsigned lookups, unsigned voids, const NetSet *set);
void spf_parts_add_all(Arena *arena, SpfParts *parts, const SpfParts *more);
void spf_parts_normalise(SpfParts *parts);
SpfParts spf_parts_copy(Arena *arena, const SpfParts *parts);
/* Ends addresses, parts, or all that is undecided, with a result. */
void spf_settle(
	SpfFrame *frame, SpfResult result, unsigned lookups, unsigned voids, const NetSet *set);
void spf_settle_parts(SpfFrame *frame, SpfResult result, const SpfParts *parts);
void spf_settle_all(SpfFrame *frame, SpfResult result);
/* Remembers what made the undecided addresses uncertain; the first reason of a term is told. A term
 * that is NULL: the record of the domain itself. */
void spf_add_cause(SpfFrame *frame, const SpfTerm *term, Str reason, bool is_missing);
/* The same for what ends all that is undecided in an error. */
void spf_add_fault(SpfFrame *frame, const SpfTerm *term, Str reason);
/* The limits of section 4.6.4: who meets one ends here. */
void spf_walk_lookup(SpfFrame *frame);
void spf_walk_voids(SpfFrame *frame, const SpfCount counts[2]);

/* --- expand_terms.c --------------------------------------------------------------------------- */

void spf_walk_rule(SpfFrame *frame, SpfRule *rule);
/* Every result that a record may give which nobody knows; `term` as in spf_add_cause(). */
void spf_walk_unknown(SpfFrame *frame, const SpfTerm *term, Str reason, bool is_missing);

/* --- expand.c --------------------------------------------------------------------------------- */

/* Makes the frame's arena anew where it holds much that is no longer needed. */
void spf_forget_past(SpfFrame *frame);
/* Walks a record with these parts; where they end goes into the outcome. */
void spf_walk_policy(SpfWalk *walk, SpfPolicy *policy, const SpfParts *parts, SpfOutcome *outcome,
	Arena *outcome_arena);

#endif
