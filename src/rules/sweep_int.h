/*
 * Finding prefixes that overlap, without comparing all with all: prefixes are nested or disjoint,
 * so that in sorted order those around the present one form a stack.
 */
#ifndef RULES_SWEEP_INT_H
#define RULES_SWEEP_INT_H

#include "rules/rules_int.h"

typedef struct SweepEntry {
	NetPrefix network;       /* without host bits */
	uint32_t owner, element; /* whose, and which of its addresses */
} SweepEntry;

typedef VEC(SweepEntry) SweepEntries;

/* What was found for one owner: pairs are told at the one with the greater number. */
typedef struct SweepOverlap {
	uint32_t mine, other; /* the first pair: entries */
	uint32_t count;       /* of entries that overlap */
} SweepOverlap;

/* Whether two entries of different owners that overlap are in conflict. */
typedef bool (*SweepConflict)(void *context, const SweepEntry *outer, const SweepEntry *inner);

typedef struct Sweep {
	Arena *scratch;
	SweepEntries entries;
	SweepOverlap *overlaps; /* one for each owner */
	const bool *active;     /* by owner: of a conflict one must be; NULL: all are */
	SweepConflict conflict; /* NULL: always; it looks at the owners alone */
	void *context;
} Sweep;

/*
 * Sorts the entries and fills `overlaps`. Of each entry the nearest conflict is found, no more:
 * as long as there is one, each run shows one. False when `limit` questions were not enough.
 */
bool rules_sweep(Sweep *sweep, uint32_t owners, uint64_t limit);

/* By address, the wider one first, then by owner and element. */
void rules_sweep_sort(SweepEntries *entries);

#endif
