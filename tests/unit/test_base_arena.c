/* The arena: zeroed, aligned, disjoint blocks; growth keeps what was there; failure is a panic. */
#include "test_base_random.h"

#define BLOCKS 3000

typedef struct Block {
	unsigned char *bytes;
	size_t len;
	unsigned char fill;
} Block;

static bool
is_filled(const unsigned char *bytes, size_t from, size_t to, unsigned char fill)
{
	size_t i;

	for (i = from; i < to; i++) {
		if (bytes[i] != fill)
			return false;
	}
	return true;
}

/* Mostly small; now and then around the size of a chunk, or over it. */
static size_t
random_size(Random *random)
{
	switch (random_below(random, 500)) {
	case 0: return ((size_t)8 << 20) - random_below(random, 64);
	case 1: return ((size_t)8 << 20) + random_below(random, 70000);
	case 2: return ((size_t)128 << 10) - random_below(random, 64);
	default: return random_below(random, 300);
	}
}

static void
grow(Random *random, Arena *arena, Block *block)
{
	size_t more = block->len + random_below(random, 600);

	block->bytes = arena_grow(arena, block->bytes, block->len, more);
	assert_true(is_filled(block->bytes, 0, block->len, block->fill));
	assert_true(is_filled(block->bytes, block->len, more, 0));
	memset(block->bytes, block->fill, more);
	block->len = more;
}

static void
blocks_are_zeroed_aligned_and_disjoint(void **state)
{
	Random random = {11};
	Arena *arena = arena_create();
	Block *blocks = test_calloc(BLOCKS, sizeof(Block));
	size_t i;

	(void)state;
	for (i = 0; i < BLOCKS; i++) {
		Block *block = &blocks[i];
		size_t used = arena_used(arena);

		block->len = random_size(&random);
		block->bytes = arena_alloc(arena, block->len);
		block->fill = (unsigned char)(1 + i % 255);
		assert_true((uintptr_t)block->bytes % 16 == 0);
		assert_true(is_filled(block->bytes, 0, block->len, 0));
		assert_true(arena_used(arena) >= used + block->len);
		memset(block->bytes, block->fill, block->len);
		/* The newest one grows often, an older one now and then. */
		if (random_below(&random, 2) == 0)
			grow(&random, arena, block);
		else if (random_below(&random, 4) == 0)
			grow(&random, arena, &blocks[random_below(&random, i + 1)]);
	}
	for (i = 0; i < BLOCKS; i++)
		assert_true(is_filled(blocks[i].bytes, 0, blocks[i].len, blocks[i].fill));
	arena_destroy(arena);
	test_free(blocks);
}

static void
the_newest_block_grows_in_place(void **state)
{
	Arena *arena = arena_create();
	char *block, *other;
	size_t len;

	(void)state;
	arena_alloc(arena, (size_t)1 << 20); /* what follows has room behind it */
	block = arena_alloc(arena, 10);
	for (len = 10; len < 100000; len += 777)
		assert_ptr_equal(arena_grow(arena, block, len, len + 777), block);
	other = arena_alloc(arena, 1);
	assert_ptr_not_equal(arena_grow(arena, block, len, len + 777), block);
	assert_ptr_not_equal(other, block);
	assert_non_null(arena_grow(arena, NULL, 0, 100));
	arena_destroy(arena);
}

/* Also where growing moves the chunk that the block has for itself. */
static void
a_large_block_grows_and_keeps_its_bytes(void **state)
{
	Arena *arena = arena_create();
	size_t len = (size_t)8 << 20, used;
	char *block = arena_alloc(arena, len);

	(void)state;
	memset(block, 7, len);
	used = arena_used(arena);
	block = arena_grow(arena, block, len, 5 * len);
	assert_int_equal((uintptr_t)block % 16, 0);
	assert_true(is_filled((unsigned char *)block, 0, len, 7));
	assert_true(is_filled((unsigned char *)block, len, 5 * len, 0));
	assert_true(arena_used(arena) >= used + 4 * len);
	memset(block, 8, 5 * len);
	assert_true(is_filled(arena_alloc(arena, len), 0, len, 0));
	assert_true(is_filled((unsigned char *)block, 0, 5 * len, 8));
	arena_destroy(arena);
}

/* A stack of marks with random blocks between them: the older blocks stay, the newer are clean. */
static void
what_is_taken_back_is_zeroed_again(void **state)
{
	Random random = {12};
	Arena *arena = arena_create();
	ArenaMark marks[8];
	Block below[8] = {{0}};
	size_t round, depth = 0, i;

	(void)state;
	for (round = 0; round < 4000; round++) {
		if (depth > 0 && (depth == BASE_COUNT(marks) || random_below(&random, 2) == 0)) {
			depth -= 1 + random_below(&random, depth);
			arena_reset(arena, marks[depth]);
			assert_int_equal(arena_used(arena), marks[depth].used);
		}
		for (i = 0; i < depth; i++)
			assert_true(
				is_filled(below[i].bytes, 0, below[i].len, (unsigned char)(i + 1)));
		marks[depth] = arena_mark(arena);
		below[depth].len = random_size(&random);
		below[depth].bytes = arena_alloc(arena, below[depth].len);
		assert_true(is_filled(below[depth].bytes, 0, below[depth].len, 0));
		memset(below[depth].bytes, (int)depth + 1, below[depth].len);
		depth++;
	}
	arena_destroy(arena);
}

/* Arenas come and go, small and large ones, some at the same time; what they give is always clean.
 */
static void
the_memory_of_a_gone_arena_comes_back_clean(void **state)
{
	Random random = {12};
	size_t round, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		Arena *arenas[3];

		for (i = 0; i < 3; i++) {
			size_t len = random_below(&random, (size_t)200 << 10);
			unsigned char *bytes;

			arenas[i] = arena_create();
			assert_int_equal(arena_used(arenas[i]), 0);
			bytes = arena_alloc(arenas[i], len);
			assert_true(is_filled(bytes, 0, len, 0));
			memset(bytes, 0xa5, len);
			len = random_below(&random, 3000);
			bytes = arena_alloc(arenas[i], len);
			assert_true(is_filled(bytes, 0, len, 0));
			memset(bytes, 0x5a, len);
		}
		for (i = 0; i < 3; i++)
			arena_destroy(arenas[i]);
	}
}

static void
sizes_that_cannot_be_end_in_a_sentence(void **state)
{
	Arena *arena = arena_create();
	char *block = arena_alloc(arena, 16);

	(void)state;
	assert_true(PANICS(arena_alloc(arena, SIZE_MAX)));
	assert_non_null(strstr(panic_sentence, "out of memory"));
	assert_true(PANICS(arena_alloc(arena, SIZE_MAX - 15)));
	assert_true(PANICS(arena_alloc(arena, SIZE_MAX / 2)));
	assert_true(PANICS(arena_grow(arena, block, 16, SIZE_MAX - 3)));
	assert_true(PANICS(arena_array(arena, SIZE_MAX / 8, 16)));
	assert_true(PANICS(arena_array(arena, (size_t)1 << 60, 16)));
	assert_true(PANICS(arena_grow(arena, block, 16, 15)));
	assert_non_null(strstr(panic_sentence, "does not hold"));
	arena_destroy(arena);
}

/* Asks the system for memory three times. */
static void
work(Arena **ret_arena)
{
	*ret_arena = arena_create();
	arena_alloc(*ret_arena, (size_t)1 << 20);
	arena_alloc(*ret_arena, (size_t)20 << 20);
}

static void
every_refusal_of_the_system_is_told(void **state)
{
	static Arena *arena; /* both live through the jump out of a panic */
	volatile size_t k;

	(void)state;
	for (k = 1; k <= 3; k++) {
		arena = NULL;
		arena_fail_at(k);
		assert_true(PANICS(work(&arena)));
		assert_non_null(strstr(panic_sentence, "out of memory"));
		if (arena != NULL)
			arena_destroy(arena);
	}
	arena_fail_at(4);
	assert_true(!PANICS(work(&arena)));
	arena_destroy(arena);
	arena_fail_at(0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_zeroed_aligned_and_disjoint),
		cmocka_unit_test(the_newest_block_grows_in_place),
		cmocka_unit_test(a_large_block_grows_and_keeps_its_bytes),
		cmocka_unit_test(what_is_taken_back_is_zeroed_again),
		cmocka_unit_test(the_memory_of_a_gone_arena_comes_back_clean),
		cmocka_unit_test(sizes_that_cannot_be_end_in_a_sentence),
		cmocka_unit_test(every_refusal_of_the_system_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
