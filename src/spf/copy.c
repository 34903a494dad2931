/* What is read off an expansion, and what of it outlives the memory that it was worked out in. */
#include "spf/spf_int.h"

NetSet
spf_may_pass(Arena *arena, const SpfExpansion *sets)
{
	NetSet may = {0};
	size_t i;

	net_set_add_all(arena, &may, &sets->results[SPF_PASS]);
	for (i = 0; i < sets->possible.len; i++) {
		if ((sets->possible.items[i].results & 1u << SPF_PASS) != 0)
			net_set_add_all(arena, &may, &sets->possible.items[i].addresses);
	}
	net_set_normalise(&may);
	return may;
}

static NetSet
copy_set(Arena *arena, const NetSet *set)
{
	NetSet copy = {0};

	net_set_add_all(arena, &copy, set);
	return copy;
}

static void
copy_cause(Arena *arena, const SpfCause *cause, SpfCause *ret_copy)
{
	size_t i;

	*ret_copy = (SpfCause){.term = str_copy(arena, cause->term),
		.reason = str_copy(arena, cause->reason),
		.addresses = copy_set(arena, &cause->addresses),
		.is_missing = cause->is_missing};
	for (i = 0; i < cause->path.len; i++)
		VEC_PUSH(arena, &ret_copy->path, str_copy(arena, cause->path.items[i]));
}

void
spf_expansion_copy(Arena *arena, const SpfExpansion *from, SpfExpansion *ret_copy)
{
	size_t i;

	*ret_copy = (SpfExpansion){
		.worst_lookups = from->worst_lookups, .worst_voids = from->worst_voids};
	for (i = 0; i < SPF_RESULTS; i++)
		ret_copy->results[i] = copy_set(arena, &from->results[i]);
	ret_copy->over_lookups = copy_set(arena, &from->over_lookups);
	ret_copy->over_voids = copy_set(arena, &from->over_voids);
	VEC_ROOM(arena, &ret_copy->terms, from->terms.len);
	for (i = 0; i < from->terms.len; i++)
		VEC_PUSH(arena, &ret_copy->terms,
			((SpfShare){str_copy(arena, from->terms.items[i].term),
				copy_set(arena, &from->terms.items[i].pass)}));
	for (i = 0; i < from->possible.len; i++)
		VEC_PUSH(arena, &ret_copy->possible,
			((SpfPossible){from->possible.items[i].results,
				copy_set(arena, &from->possible.items[i].addresses)}));
	for (i = 0; i < from->causes.len; i++)
		copy_cause(arena, &from->causes.items[i], VEC_ADD(arena, &ret_copy->causes));
	for (i = 0; i < from->faults.len; i++)
		copy_cause(arena, &from->faults.items[i], VEC_ADD(arena, &ret_copy->faults));
	ret_copy->record = str_copy(arena, from->record);
	ret_copy->reason = str_copy(arena, from->reason);
}
