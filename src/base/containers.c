#include "base/base.h"

#include <string.h>

void *
vec_reserve(Arena *arena, void *items, size_t len, size_t *cap, size_t item_size)
{
	size_t old_cap = *cap;

	if (len < old_cap)
		return items;
	*cap = old_cap == 0 ? 4 : old_cap * 2;
	if (*cap > SIZE_MAX / 2 / item_size)
		panic("out of memory (%zu items were asked for)", *cap);
	return arena_grow(arena, items, old_cap * item_size, *cap * item_size);
}

static int
str_order(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(*(const Str *)a, *(const Str *)b);
}

void
strvec_sort(StrVec *vec)
{
	base_sort(vec->items, vec->len, sizeof(Str), str_order, NULL);
}

/* Merges two sorted neighbours of `from` into `to`. */
static void
merge(char *to, const char *from, const size_t bounds[3], size_t item_size, SortCompare compare,
	void *context)
{
	size_t left = bounds[0], right = bounds[1], at;

	for (at = bounds[0]; at < bounds[2]; at++) {
		bool take_left =
			right >= bounds[2] ||
			(left < bounds[1] && compare(from + left * item_size,
						     from + right * item_size, context) <= 0);
		const char *item = from + (take_left ? left++ : right++) * item_size;

		memcpy(to + at * item_size, item, item_size);
	}
}

static bool
is_sorted(const char *items, size_t len, size_t item_size, SortCompare compare, void *context)
{
	size_t i;

	for (i = 1; i < len; i++) {
		if (compare(items + (i - 1) * item_size, items + i * item_size, context) > 0)
			return false;
	}
	return true;
}

void
base_sort(void *items, size_t len, size_t item_size, SortCompare compare, void *context)
{
	Arena *scratch;
	char *from = items, *to, *spare;
	size_t width, at;

	/* Input is usually sorted already: one pass of comparisons, no memory. */
	if (len < 2 || is_sorted(items, len, item_size, compare, context))
		return;
	scratch = arena_create();
	spare = arena_array(scratch, len, item_size);
	to = spare;
	for (width = 1; width < len; width *= 2) {
		char *swap = from;

		for (at = 0; at < len; at += 2 * width) {
			size_t middle = at + width < len ? at + width : len;
			size_t end = at + 2 * width < len ? at + 2 * width : len;

			merge(to, from, (size_t[3]){at, middle, end}, item_size, compare, context);
		}
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, len * item_size);
	arena_destroy(scratch);
}

struct MapSlot {
	Str key;
	uint32_t hash, value;
};

static uint64_t seed = 0x9e3779b97f4a7c15u;

void
map_seed(uint64_t new_seed)
{
	seed = new_seed | 1;
}

static uint64_t
mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes a step, folded by a 128-bit multiplication with the secret seed. */
uint64_t
base_hash(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t hash = seed ^ len, word;
	size_t left;

	for (left = len; left >= 8; left -= 8, at += 8) {
		memcpy(&word, at, 8);
		hash = mix(hash ^ word, seed ^ 0xa0761d6478bd642fu);
	}
	word = 0;
	if (left > 0)
		memcpy(&word, at, left);
	return mix(hash ^ word, seed ^ 0xe7037ed1a0b428dbu);
}

static void
map_insert(Map *map, struct MapSlot slot)
{
	size_t mask = map->cap - 1, at = slot.hash & mask;

	while (map->slots[at].key.ptr != NULL)
		at = (at + 1) & mask;
	map->slots[at] = slot;
	map->len++;
}

static void
map_grow(Arena *arena, Map *map)
{
	Map bigger = {0};
	size_t i;

	bigger.cap = map->cap == 0 ? 8 : map->cap * 2;
	bigger.slots = ARENA_ARRAY(arena, struct MapSlot, bigger.cap);
	for (i = 0; i < map->cap; i++) {
		if (map->slots[i].key.ptr != NULL)
			map_insert(&bigger, map->slots[i]);
	}
	*map = bigger;
}

static uint32_t
map_find_hashed(const Map *map, Str key, uint32_t hash)
{
	size_t mask = map->cap - 1, at = hash & mask;

	for (; map->slots[at].key.ptr != NULL; at = (at + 1) & mask) {
		if (map->slots[at].hash == hash && str_equal(map->slots[at].key, key))
			return map->slots[at].value;
	}
	return MAP_NONE;
}

uint32_t
map_find(const Map *map, Str key)
{
	if (map->len == 0)
		return MAP_NONE;
	return map_find_hashed(map, key, (uint32_t)base_hash(key.ptr, key.len));
}

uint32_t
map_add(Arena *arena, Map *map, Str key, uint32_t value)
{
	uint32_t hash = (uint32_t)base_hash(key.ptr, key.len), found;

	if (key.ptr == NULL)
		key.ptr = "";
	if (map->len > 0) {
		found = map_find_hashed(map, key, hash);
		if (found != MAP_NONE)
			return found;
	}
	if (map->len * 2 >= map->cap)
		map_grow(arena, map);
	map_insert(map, (struct MapSlot){key, hash, value});
	return MAP_NONE;
}
