#include "rules/sweep_int.h"

static int
entry_order(const void *a, const void *b, void *context)
{
	const SweepEntry *left = a, *right = b;
	int order = net_prefix_compare(left->network, right->network);

	(void)context;
	if (order != 0)
		return order;
	if (left->owner != right->owner)
		return left->owner < right->owner ? -1 : 1;
	return (left->element > right->element) - (left->element < right->element);
}

void
rules_sweep_sort(SweepEntries *entries)
{
	base_sort(entries->items, entries->len, sizeof(SweepEntry), entry_order, NULL);
}

typedef VEC(uint32_t) Numbers;

static void
record(Sweep *sweep, uint32_t outer, uint32_t inner)
{
	bool at_inner = sweep->entries.items[inner].owner > sweep->entries.items[outer].owner;
	uint32_t mine = at_inner ? inner : outer;
	SweepOverlap *overlap = &sweep->overlaps[sweep->entries.items[mine].owner];

	if (overlap->count++ > 0)
		return;
	overlap->mine = mine;
	overlap->other = at_inner ? outer : inner;
}

/* Looks outwards from an entry for the nearest one that it is in conflict with. */
static void
look_outwards(Sweep *sweep, const Numbers *around, uint32_t inner, uint64_t *left)
{
	const SweepEntry *entry = &sweep->entries.items[inner];
	size_t at;

	for (at = around->len; at > 0 && *left > 0; at--) {
		const SweepEntry *outer = &sweep->entries.items[around->items[at - 1]];

		(*left)--;
		if (outer->owner == entry->owner ||
			(sweep->conflict != NULL && !sweep->conflict(sweep->context, outer, entry)))
			continue;
		record(sweep, around->items[at - 1], inner);
		return;
	}
}

/* Of equal entries of one owner the first stands for all. */
static bool
is_repeated(const Sweep *sweep, const Numbers *around, const SweepEntry *entry)
{
	const SweepEntry *last;

	if (around->len == 0)
		return false;
	last = &sweep->entries.items[around->items[around->len - 1]];
	return last->owner == entry->owner &&
	       net_prefix_compare(last->network, entry->network) == 0;
}

bool
rules_sweep(Sweep *sweep, uint32_t owners, uint64_t limit)
{
	Numbers around = {0};
	uint64_t left = limit;
	uint32_t i;

	sweep->overlaps = ARENA_ARRAY(sweep->scratch, SweepOverlap, owners);
	rules_sweep_sort(&sweep->entries);
	for (i = 0; i < sweep->entries.len && left > 0; i++) {
		const SweepEntry *entry = &sweep->entries.items[i];

		while (around.len > 0 &&
			!net_prefix_contains(
				sweep->entries.items[around.items[around.len - 1]].network,
				entry->network))
			around.len--;
		if (is_repeated(sweep, &around, entry))
			continue;
		look_outwards(sweep, &around, i, &left);
		VEC_PUSH(sweep->scratch, &around, i);
	}
	return left > 0;
}
