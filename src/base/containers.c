#include "base/base.h"

#include <string.h>

/* Doubles, so that adding n items costs n; in place while the vector is the newest block. */
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

void *
vec_room(Arena *arena, void *items, size_t len, size_t *cap, size_t item_size)
{
	size_t old_cap = *cap;

	if (len <= old_cap)
		return items;
	if (len > SIZE_MAX / 2 / item_size)
		panic("out of memory (%zu items were asked for)", len);
	*cap = len;
	return arena_grow(arena, items, old_cap * item_size, len * item_size);
}

static int
str_order(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(*(const Str *)a, *(const Str *)b);
}

/* Names from a folder, keys of a report: whatever order they came in, they go out in this one. */
void
strvec_sort(StrVec *vec)
{
	base_sort(vec->items, vec->len, sizeof(Str), str_order, NULL);
}

#define SORT_FEW   16u
#define SORT_SPARE 256u

typedef struct Order {
	SortCompare compare;
	void *context;
} Order;

/* Merges two sorted neighbours of `from` into `to`. */
static void
merge(char *to, const char *from, const size_t bounds[3], size_t item_size, const Order *order)
{
	size_t left = bounds[0], right = bounds[1], at;

	for (at = bounds[0]; at < bounds[2]; at++) {
		bool take_left = right >= bounds[2] ||
				 (left < bounds[1] &&
					 order->compare(from + left * item_size,
						 from + right * item_size, order->context) <= 0);
		const char *item = from + (take_left ? left++ : right++) * item_size;

		memcpy(to + at * item_size, item, item_size);
	}
}

static bool
is_sorted(const char *items, size_t len, size_t item_size, const Order *order)
{
	size_t i;

	for (i = 1; i < len; i++) {
		if (order->compare(
			    items + (i - 1) * item_size, items + i * item_size, order->context) > 0)
			return false;
	}
	return true;
}

/* Few items, by insertion; `spare` holds one. */
static void
sort_few(char *items, size_t len, size_t item_size, char *spare, const Order *order)
{
	size_t i, at;

	for (i = 1; i < len; i++) {
		for (at = i; at > 0; at--) {
			if (order->compare(items + (at - 1) * item_size, items + i * item_size,
				    order->context) <= 0)
				break;
		}
		if (at == i)
			continue;
		memcpy(spare, items + i * item_size, item_size);
		memmove(items + (at + 1) * item_size, items + at * item_size, (i - at) * item_size);
		memcpy(items + at * item_size, spare, item_size);
	}
}

static void
sort_many(char *items, size_t len, size_t item_size, const Order *order)
{
	Arena *scratch = arena_create();
	char *from = items, *to = arena_array(scratch, len, item_size);
	size_t width, at;

	for (at = 0; at < len; at += SORT_FEW)
		sort_few(from + at * item_size, len - at < SORT_FEW ? len - at : SORT_FEW,
			item_size, to, order);
	for (width = SORT_FEW; width < len; width *= 2) {
		char *swap = from;

		for (at = 0; at < len; at += 2 * width) {
			size_t middle = len - at > width ? at + width : len;
			size_t end = len - middle > width ? middle + width : len;

			merge(to, from, (size_t[3]){at, middle, end}, item_size, order);
		}
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, len * item_size);
	arena_destroy(scratch);
}

void
base_sort(void *items, size_t len, size_t item_size, SortCompare compare, void *context)
{
	Order order = {compare, context};
	char spare[SORT_SPARE];

	/* Input is usually sorted already: one pass of comparisons, no memory. */
	if (len < 2 || is_sorted(items, len, item_size, &order))
		return;
	if (len <= SORT_FEW && item_size <= sizeof(spare))
		sort_few(items, len, item_size, spare, &order);
	else
		sort_many(items, len, item_size, &order);
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

static uint64_t
load(const unsigned char *at, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, at, len);
	return word;
}

/* The last one to seven bytes as a word; `len` tells words of different lengths apart. */
static uint64_t
load_tail(const unsigned char *at, size_t len)
{
	if (len >= 4)
		return load(at, 4) | load(at + len - 4, 4) << 32;
	return len == 0 ? 0 : at[0] | (uint64_t)at[len / 2] << 8 | (uint64_t)at[len - 1] << 16;
}

/* Eight bytes a step, folded by a 128-bit multiplication with the secret seed. */
uint64_t
base_hash(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t hash = seed ^ len;
	size_t left;

	for (left = len; left >= 8; left -= 8, at += 8)
		hash = mix(hash ^ load(at, 8), seed ^ 0xa0761d6478bd642fu);
	return mix(hash ^ load_tail(at, left), seed ^ 0xe7037ed1a0b428dbu);
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

/* Five eighths full at the most: chains of linear probing stay short. */
static bool
map_is_roomy(size_t len, size_t cap)
{
	return len <= cap / 8 * 5;
}

void
map_reserve(Arena *arena, Map *map, size_t len)
{
	ASSERT(map->len == 0);
	map->cap = 8;
	while (!map_is_roomy(len, map->cap))
		map->cap *= 2;
	map->slots = ARENA_ARRAY(arena, struct MapSlot, map->cap);
}

/* The old table is left to the arena. */
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

	ASSERT(value != MAP_NONE);
	if (key.ptr == NULL)
		key.ptr = "";
	if (map->len > 0) {
		found = map_find_hashed(map, key, hash);
		if (found != MAP_NONE)
			return found;
	}
	if (!map_is_roomy(map->len + 1, map->cap))
		map_grow(arena, map);
	map_insert(map, (struct MapSlot){key, hash, value});
	return MAP_NONE;
}
