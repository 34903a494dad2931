/* Sets of addresses of both families: each function does its work once per family. */
#include "net/net_int.h"

void
net_set_add_range(Arena *arena, NetSet *set, NetRange range)
{
	ASSERT(range.first <= range.last);
	if (range.family == NET_IP4)
		VEC_PUSH(arena, &set->ip4,
			((NetRange4){(uint32_t)range.first, (uint32_t)range.last}));
	else
		VEC_PUSH(arena, &set->ip6, ((NetRange6){range.first, range.last}));
}

void
net_set_add(Arena *arena, NetSet *set, NetPrefix prefix)
{
	net_set_add_range(arena, set,
		(NetRange){net_prefix_first(prefix), net_prefix_last(prefix),
			(NetFamily)prefix.family});
}

void
net_set_add_all(Arena *arena, NetSet *set, const NetSet *other)
{
	const NetRange4Vec ip4 = other->ip4;
	const NetRange6Vec ip6 = other->ip6;
	size_t i;

	if (set->ip4.len == 0)
		VEC_ROOM(arena, &set->ip4, ip4.len);
	if (set->ip6.len == 0)
		VEC_ROOM(arena, &set->ip6, ip6.len);
	for (i = 0; i < ip4.len; i++)
		VEC_PUSH(arena, &set->ip4, ip4.items[i]);
	for (i = 0; i < ip6.len; i++)
		VEC_PUSH(arena, &set->ip6, ip6.items[i]);
}

void
net_set_normalise(NetSet *set)
{
	net_ranges4_normalise(&set->ip4);
	net_ranges6_normalise(&set->ip6);
}

NetSet
net_set_of(Arena *arena, const NetPrefix *prefixes, size_t len)
{
	NetSet set = {0};
	size_t i;

	for (i = 0; i < len; i++)
		net_set_add(arena, &set, prefixes[i]);
	net_set_normalise(&set);
	return set;
}

NetSet
net_set_union(Arena *arena, const NetSet *a, const NetSet *b)
{
	NetSet set = {0};

	net_ranges4_unite(arena, &a->ip4, &b->ip4, &set.ip4);
	net_ranges6_unite(arena, &a->ip6, &b->ip6, &set.ip6);
	return set;
}

NetSet
net_set_intersect(Arena *arena, const NetSet *a, const NetSet *b)
{
	NetSet set = {0};

	net_ranges4_intersect(arena, &a->ip4, &b->ip4, &set.ip4);
	net_ranges6_intersect(arena, &a->ip6, &b->ip6, &set.ip6);
	return set;
}

NetSet
net_set_subtract(Arena *arena, const NetSet *a, const NetSet *b)
{
	NetSet set = {0};

	net_ranges4_subtract(arena, &a->ip4, &b->ip4, &set.ip4);
	net_ranges6_subtract(arena, &a->ip6, &b->ip6, &set.ip6);
	return set;
}

NetSet
net_set_complement(Arena *arena, const NetSet *set)
{
	NetSet rest = {0};

	net_ranges4_complement(arena, &set->ip4, &rest.ip4);
	net_ranges6_complement(arena, &set->ip6, &rest.ip6);
	return rest;
}

bool
net_set_is_empty(const NetSet *set)
{
	return set->ip4.len == 0 && set->ip6.len == 0;
}

bool
net_set_equal(const NetSet *a, const NetSet *b)
{
	return net_ranges4_equal(&a->ip4, &b->ip4) && net_ranges6_equal(&a->ip6, &b->ip6);
}

bool
net_set_overlaps(const NetSet *a, const NetSet *b)
{
	return net_ranges4_overlap(&a->ip4, &b->ip4) || net_ranges6_overlap(&a->ip6, &b->ip6);
}

bool
net_set_contains(const NetSet *set, NetPrefix prefix)
{
	NetBits first = net_prefix_first(prefix), last = net_prefix_last(prefix);

	return prefix.family == NET_IP4
		       ? net_ranges4_contain(&set->ip4, (uint32_t)first, (uint32_t)last)
		       : net_ranges6_contain(&set->ip6, first, last);
}

bool
net_set_contains_set(const NetSet *outer, const NetSet *inner)
{
	return net_ranges4_contain_all(&outer->ip4, &inner->ip4) &&
	       net_ranges6_contain_all(&outer->ip6, &inner->ip6);
}

void
net_set_cover(Arena *arena, const NetSet *set, NetPrefixVec *ret_prefixes)
{
	NetPrefixVec prefixes = {0};

	net_ranges4_cover(arena, &set->ip4, &prefixes);
	net_ranges6_cover(arena, &set->ip6, &prefixes);
	*ret_prefixes = prefixes;
}

uint64_t
net_set_count4(const NetSet *set)
{
	return (uint64_t)net_ranges4_count(&set->ip4);
}

NetBits
net_set_count6(const NetSet *set)
{
	return net_ranges6_count(&set->ip6);
}
