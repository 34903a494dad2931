/* Overlapping prefixes: what the sweep finds, against comparing all with all. */
#include "test_base_random.h"

#include "rules/sweep_int.h"

#define OWNERS  8
#define ENTRIES 24

typedef struct World {
	SweepEntry entries[ENTRIES];
	size_t len;
	bool conflicts[OWNERS][OWNERS];
	uint64_t questions;
} World;

/* Prefixes of a small space, so that they meet. */
static NetPrefix
random_prefix(Random *random)
{
	unsigned len = 26 + (unsigned)random_below(random, 7);
	NetBits bits = ((NetBits)198 << 24) + random_below(random, 64);

	if (random_below(random, 8) == 0)
		return net_prefix_network(net_prefix_of(
			NET_IP6, ((NetBits)0x20010db8 << 96) + random_below(random, 64), len + 96));
	return net_prefix_network(net_prefix_of(NET_IP4, bits, len));
}

static World
random_world(Random *random)
{
	World world = {.len = random_below(random, ENTRIES + 1)};
	size_t i, j;

	for (i = 0; i < world.len; i++)
		world.entries[i] = (SweepEntry){
			random_prefix(random), (uint32_t)random_below(random, OWNERS), (uint32_t)i};
	for (i = 0; i < OWNERS; i++) {
		for (j = 0; j <= i; j++)
			world.conflicts[i][j] = world.conflicts[j][i] = random_below(random, 3) > 0;
	}
	return world;
}

static bool
ask_world(void *context, const SweepEntry *outer, const SweepEntry *inner)
{
	World *world = context;

	world->questions++;
	assert_true(outer->owner != inner->owner);
	assert_true(net_prefix_contains(outer->network, inner->network));
	return world->conflicts[outer->owner][inner->owner];
}

static bool
are_in_conflict(const World *world, const SweepEntry *a, const SweepEntry *b)
{
	return a->owner != b->owner && net_prefix_overlaps(a->network, b->network) &&
	       world->conflicts[a->owner][b->owner];
}

static bool
has_conflict(const World *world)
{
	size_t i, j;

	for (i = 0; i < world->len; i++) {
		for (j = 0; j < i; j++) {
			if (are_in_conflict(world, &world->entries[i], &world->entries[j]))
				return true;
		}
	}
	return false;
}

static Sweep
sweep_world(Arena *arena, World *world)
{
	Sweep sweep = {.scratch = arena, .conflict = ask_world, .context = world};
	size_t i;

	for (i = 0; i < world->len; i++)
		VEC_PUSH(arena, &sweep.entries, world->entries[i]);
	assert_true(rules_sweep(&sweep, OWNERS, UINT64_MAX));
	return sweep;
}

/* Takes the entries of the owners away of whom something was found; how many owners. */
static size_t
resolve(World *world, const Sweep *sweep)
{
	size_t found = 0, len = 0, i;

	for (i = 0; i < OWNERS; i++) {
		const SweepOverlap *overlap = &sweep->overlaps[i];
		const SweepEntry *mine = &sweep->entries.items[overlap->mine];
		const SweepEntry *other = &sweep->entries.items[overlap->other];

		if (overlap->count == 0)
			continue;
		found++;
		assert_int_equal(mine->owner, i);
		assert_true(other->owner < mine->owner);
		assert_true(are_in_conflict(world, mine, other));
	}
	for (i = 0; i < world->len; i++) {
		if (sweep->overlaps[world->entries[i].owner].count == 0)
			world->entries[len++] = world->entries[i];
	}
	world->len = len;
	return found;
}

/* Something is found exactly as long as there is a conflict, and all that is told is true. */
static void
every_run_shows_a_conflict_while_there_is_one(void **state)
{
	Random random = {7};
	size_t turn, conflicts = 0, rounds;

	(void)state;
	for (turn = 0; turn < 4000; turn++) {
		World world = random_world(&random);

		for (rounds = 0;; rounds++) {
			Arena *arena = arena_create();
			bool expected = has_conflict(&world);
			Sweep sweep = sweep_world(arena, &world);
			size_t found = resolve(&world, &sweep);

			arena_destroy(arena);
			assert_int_equal(found > 0, expected);
			if (found == 0)
				break;
		}
		conflicts += rounds > 0;
		assert_false(has_conflict(&world));
	}
	assert_true(conflicts > 1000 && conflicts < 4000);
}

/* Ten thousand entries at one address, all of one owner or of as many: linear either way. */
static void
equal_entries_cost_one_question_each(void **state)
{
	bool many;
	uint32_t i;

	(void)state;
	for (many = false;; many = true) {
		Arena *arena = arena_create();
		Sweep sweep = {.scratch = arena};
		NetPrefix prefix = net_prefix_of(NET_IP4, 0xc6336401, 32);

		for (i = 0; i < 10000; i++)
			VEC_PUSH(arena, &sweep.entries, ((SweepEntry){prefix, many ? i : 0, i}));
		assert_true(rules_sweep(&sweep, many ? 10000 : 1, 10000));
		for (i = 0; i < (many ? 10000u : 1u); i++)
			assert_int_equal(sweep.overlaps[i].count, i > 0);
		arena_destroy(arena);
		if (many)
			return;
	}
}

static bool
never(void *context, const SweepEntry *outer, const SweepEntry *inner)
{
	(void)context;
	(void)outer;
	(void)inner;
	return false;
}

static void
the_limit_is_told(void **state)
{
	uint32_t i;
	uint64_t limit;

	(void)state;
	/* Ten equal entries that are no conflict: 0 + 1 + ... + 9 questions. */
	for (limit = 44; limit <= 46; limit++) {
		Arena *arena = arena_create();
		Sweep sweep = {.scratch = arena, .conflict = never};

		for (i = 0; i < 10; i++)
			VEC_PUSH(arena, &sweep.entries,
				((SweepEntry){net_prefix_of(NET_IP4, 1, 32), i, 0}));
		assert_int_equal(rules_sweep(&sweep, 10, limit), limit > 45);
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_run_shows_a_conflict_while_there_is_one),
		cmocka_unit_test(equal_entries_cost_one_question_each),
		cmocka_unit_test(the_limit_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
