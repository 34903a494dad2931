/* Sorting, vectors and the hash map against models that are too simple to be wrong. */
#include "test_base_random.h"

/* --- sorting ---------------------------------------------------------------------------------- */

/* What is sorted: a key at the front, and the place where it stood before at the back. */
static int
compare_keys(const void *a, const void *b, void *context)
{
	size_t *calls = context;
	unsigned char left = *(const unsigned char *)a, right = *(const unsigned char *)b;

	(*calls)++;
	return (left > right) - (left < right);
}

static void
fill_items(Random *random, unsigned char *items, size_t len, size_t size)
{
	size_t kinds = 1 + random_below(random, 250), i;

	for (i = 0; i < len; i++) {
		items[i * size] = (unsigned char)random_below(random, kinds);
		if (size >= 3) {
			items[i * size + size - 2] = (unsigned char)(i >> 8);
			items[i * size + size - 1] = (unsigned char)i;
		}
	}
}

/* Picks the smallest that is left, the first among equals. */
static void
sort_simply(const unsigned char *items, size_t len, size_t size, unsigned char *ret_sorted)
{
	size_t key, at = 0, i;

	for (key = 0; key < 256; key++) {
		for (i = 0; i < len; i++) {
			if (items[i * size] == key)
				memcpy(ret_sorted + at++ * size, items + i * size, size);
		}
	}
}

static void
sorting_is_right_and_stable(void **state)
{
	static const size_t sizes[] = {1, 3, 4, 8, 24, 112, 255, 256, 257, 400};
	static unsigned char items[700 * 400], expected[700 * 400];
	Random random = {5};
	size_t round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		size_t size = sizes[round % BASE_COUNT(sizes)];
		size_t len = random_below(&random, round % 3 == 0 ? 700 : 20);
		size_t calls = 0;

		fill_items(&random, items, len, size);
		sort_simply(items, len, size, expected);
		base_sort(items, len, size, compare_keys, &calls);
		assert_memory_equal(items, expected, len * size);
		/* Sorted input costs one pass. */
		calls = 0;
		base_sort(items, len, size, compare_keys, &calls);
		assert_int_equal(calls, len < 2 ? 0 : len - 1);
	}
}

static void
texts_are_sorted_by_bytes(void **state)
{
	Random random = {6};
	Arena *arena = arena_create();
	StrVec texts = {0};
	size_t i;

	(void)state;
	for (i = 0; i < 5000; i++)
		VEC_PUSH(arena, &texts, random_text(&random, arena, "abc\xff\x01", 6));
	strvec_sort(&texts);
	for (i = 1; i < texts.len; i++)
		assert_true(str_compare(texts.items[i - 1], texts.items[i]) <= 0);
	assert_int_equal(texts.len, 5000);
	arena_destroy(arena);
}

/* --- vectors ---------------------------------------------------------------------------------- */

static void
vectors_keep_what_was_pushed(void **state)
{
	Arena *arena = arena_create();
	VEC(uint64_t) numbers = {0};
	VEC(char) letters = {0};
	uint64_t i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		VEC_PUSH(arena, &numbers, i * i);
		*VEC_ADD(arena, &letters) = (char)i;
	}
	assert_int_equal(numbers.len, 100000);
	assert_true(numbers.cap >= numbers.len);
	for (i = 0; i < 100000; i++) {
		assert_int_equal(numbers.items[i], i * i);
		assert_int_equal(letters.items[i], (char)i);
	}
	assert_int_equal(*VEC_ADD(arena, &numbers), 0);
	arena_destroy(arena);
}

static void
a_vector_too_long_is_a_panic(void **state)
{
	Arena *arena = arena_create();
	size_t cap = SIZE_MAX / 8;

	(void)state;
	assert_true(PANICS(vec_reserve(arena, NULL, cap, &cap, 64)));
	arena_destroy(arena);
}

/* --- map -------------------------------------------------------------------------------------- */

#define KEYS 100000

/* A text that no other number has: lengths vary, most bytes are NUL. */
static Str
key_of(Arena *arena, uint32_t number)
{
	size_t len = 4 + number % 37;
	char *key = arena_alloc(arena, len);

	memcpy(key + (len % 2 == 0 ? 0 : len - 4), &number, 4);
	return (Str){key, len};
}

/* The model: for each number the value under its key, or MAP_NONE. */
static void
the_map_is_a_map(void **state)
{
	Random random = {7};
	Arena *arena = arena_create();
	uint32_t *model = test_malloc(KEYS * sizeof(uint32_t));
	Map map = {0};
	size_t round, distinct = 0;

	(void)state;
	memset(model, 0xff, KEYS * sizeof(uint32_t));
	for (round = 0; round < 3 * KEYS; round++) {
		uint32_t number = (uint32_t)random_below(&random, KEYS);
		Str key = key_of(arena, number);

		assert_int_equal(map_find(&map, key), model[number]);
		if (round % 2 == 0)
			continue;
		assert_int_equal(map_add(arena, &map, key, (uint32_t)round), model[number]);
		distinct += model[number] == MAP_NONE;
		if (model[number] == MAP_NONE)
			model[number] = (uint32_t)round;
		assert_int_equal(map.len, distinct);
	}
	for (round = 0; round < KEYS; round++)
		assert_int_equal(map_find(&map, key_of(arena, (uint32_t)round)), model[round]);
	test_free(model);
	arena_destroy(arena);
}

/*
 * Short keys of two letters, so that most are met again; the model is a list. The map is made for
 * some of them, and has to grow for the others.
 */
static void
the_map_agrees_with_a_list(void **state)
{
	Random random = {8};
	Arena *arena = arena_create();
	StrVec list = {0};
	Map map = {0};
	size_t round, i;

	(void)state;
	map_reserve(arena, &map, 300);
	for (round = 0; round < 20000; round++) {
		Str key = random_text(&random, arena, "ab", 8);

		for (i = 0; i < list.len && !str_equal(list.items[i], key); i++)
			continue;
		assert_int_equal(map_find(&map, key), i < list.len ? i : MAP_NONE);
		assert_int_equal(
			map_add(arena, &map, key, (uint32_t)i), i < list.len ? i : MAP_NONE);
		if (i == list.len)
			VEC_PUSH(arena, &list, key);
	}
	assert_int_equal(map.len, list.len);
	assert_int_equal(list.len, (1 << 9) - 1); /* all texts of at most eight letters */
	arena_destroy(arena);
}

static void
the_absent_key_is_the_empty_one(void **state)
{
	Arena *arena = arena_create();
	Str key = STR("x");
	Map map = {0};

	(void)state;
	assert_int_equal(map_find(&map, (Str){0}), MAP_NONE);
	assert_int_equal(map_add(arena, &map, (Str){0}, 3), MAP_NONE);
	assert_int_equal(map_find(&map, STR("")), 3);
	assert_int_equal(map_add(arena, &map, STR(""), 4), 3);
	assert_true(PANICS(map_add(arena, &map, key, MAP_NONE)));
	arena_destroy(arena);
}

static int
compare_hashes(const void *a, const void *b, void *context)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	(void)context;
	return (left > right) - (left < right);
}

/* Keys as specs have them, counted up, and runs of one byte: 64 bits must tell them apart. */
static void
hashes_of_similar_keys_differ(void **state)
{
	static uint64_t hashes[60000];
	static char same[20000];
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < 40000; i++) {
		Str key = str_format(arena, "%s%zu", i % 2 == 0 ? "egress-" : "h", i);

		hashes[i] = base_hash(key.ptr, key.len);
	}
	for (i = 0; i < 20000; i++)
		hashes[40000 + i] = base_hash(same, i);
	base_sort(hashes, BASE_COUNT(hashes), sizeof(hashes[0]), compare_hashes, NULL);
	for (i = 1; i < BASE_COUNT(hashes); i++)
		assert_true(hashes[i - 1] != hashes[i]);
	arena_destroy(arena);
}

static void
the_seed_changes_every_hash(void **state)
{
	uint64_t first, second;

	(void)state;
	map_seed(1234);
	first = base_hash("relay_hosts", 11);
	assert_true(base_hash("relay_hosts", 11) == first);
	map_seed(99);
	second = base_hash("relay_hosts", 11);
	assert_true(first != second);
	map_seed(1234);
	assert_true(base_hash("relay_hosts", 11) == first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorting_is_right_and_stable),
		cmocka_unit_test(texts_are_sorted_by_bytes),
		cmocka_unit_test(vectors_keep_what_was_pushed),
		cmocka_unit_test(a_vector_too_long_is_a_panic),
		cmocka_unit_test(the_map_is_a_map),
		cmocka_unit_test(the_map_agrees_with_a_list),
		cmocka_unit_test(the_absent_key_is_the_empty_one),
		cmocka_unit_test(hashes_of_similar_keys_differ),
		cmocka_unit_test(the_seed_changes_every_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
