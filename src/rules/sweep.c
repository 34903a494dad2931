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

/* Owners in the order in which their entries lie around each other, outermost first; of the last
 * one it is known which of those before it is in conflict with it: an index in `around`. */
typedef struct Nest {
	uint32_t parent, owner, conflict;
} Nest;

#define NO_CONFLICT UINT32_MAX

/* What stands alone is the common case: its nest is its owner, with this bit, and in no list. */
#define ALONE 0x80000000u

typedef struct Stack {
	Sweep *sweep;
	Numbers around; /* entries */
	Numbers active; /* indices in `around` of those whose owner is active */
	Numbers nests;  /* of each in `around` */
	Map known;      /* parent and owner of a nest → its index */
	VEC(const Nest *) list;
	uint64_t left; /* questions */
} Stack;

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

static bool
is_active(const Sweep *sweep, uint32_t owner)
{
	return sweep->active == NULL || sweep->active[owner];
}

/* Looks outwards from an entry for the nearest one that it is in conflict with. */
static uint32_t
look_outwards(Stack *stack, const SweepEntry *entry)
{
	const Sweep *sweep = stack->sweep;
	bool all = is_active(sweep, entry->owner);
	size_t at;

	for (at = all ? stack->around.len : stack->active.len; at > 0 && stack->left > 0; at--) {
		uint32_t place = all ? (uint32_t)at - 1 : stack->active.items[at - 1];
		const SweepEntry *outer = &sweep->entries.items[stack->around.items[place]];

		stack->left--;
		if (outer->owner != entry->owner &&
			(sweep->conflict == NULL || sweep->conflict(sweep->context, outer, entry)))
			return place;
	}
	return NO_CONFLICT;
}

/* The same owners around each other are asked about once, however many addresses they share. */
static uint32_t
find_nest(Stack *stack, const SweepEntry *entry, uint32_t *ret_conflict)
{
	Arena *scratch = stack->sweep->scratch;
	Nest nest = {.owner = entry->owner}, *made;
	uint32_t found;

	*ret_conflict = NO_CONFLICT;
	if (stack->nests.len == 0)
		return ALONE | entry->owner;
	nest.parent = stack->nests.items[stack->nests.len - 1];
	found = map_find(&stack->known, (Str){(const char *)&nest, offsetof(Nest, conflict)});
	if (found == MAP_NONE) {
		made = ARENA_NEW(scratch, Nest);
		*made = nest;
		made->conflict = look_outwards(stack, entry);
		found = (uint32_t)stack->list.len;
		VEC_PUSH(scratch, &stack->list, made);
		map_add(scratch, &stack->known, (Str){(const char *)made, offsetof(Nest, conflict)},
			found);
	}
	*ret_conflict = stack->list.items[found]->conflict;
	return found;
}

static void
leave_outer(Stack *stack, const SweepEntry *entry)
{
	const SweepEntry *entries = stack->sweep->entries.items;
	Numbers *around = &stack->around;

	while (around->len > 0 &&
		!net_prefix_contains(
			entries[around->items[around->len - 1]].network, entry->network)) {
		around->len--;
		stack->nests.len--;
	}
	while (stack->active.len > 0 && stack->active.items[stack->active.len - 1] >= around->len)
		stack->active.len--;
}

static void
enter(Stack *stack, uint32_t entry, uint32_t nest)
{
	Sweep *sweep = stack->sweep;

	if (sweep->active != NULL && sweep->active[sweep->entries.items[entry].owner])
		VEC_PUSH(sweep->scratch, &stack->active, (uint32_t)stack->around.len);
	VEC_PUSH(sweep->scratch, &stack->around, entry);
	VEC_PUSH(sweep->scratch, &stack->nests, nest);
}

/* Of equal entries of one owner the first stands for all. */
static bool
is_repeated(const Stack *stack, const SweepEntry *entry)
{
	const SweepEntry *last;

	if (stack->around.len == 0)
		return false;
	last = &stack->sweep->entries.items[stack->around.items[stack->around.len - 1]];
	return last->owner == entry->owner &&
	       net_prefix_compare(last->network, entry->network) == 0;
}

bool
rules_sweep(Sweep *sweep, uint32_t owners, uint64_t limit)
{
	Stack stack = {.sweep = sweep, .left = limit};
	uint32_t i;

	sweep->overlaps = ARENA_ARRAY(sweep->scratch, SweepOverlap, owners);
	rules_sweep_sort(&sweep->entries);
	for (i = 0; i < sweep->entries.len && stack.left > 0; i++) {
		const SweepEntry *entry = &sweep->entries.items[i];
		uint32_t nest, conflict;

		leave_outer(&stack, entry);
		if (is_repeated(&stack, entry))
			continue;
		nest = find_nest(&stack, entry, &conflict);
		if (conflict != NO_CONFLICT)
			record(sweep, stack.around.items[conflict], i);
		enter(&stack, i, nest);
	}
	return stack.left > 0;
}
