/* What lifts a finding: waivers, baseline and selection against a model that looks at all of them.
 */
#include "test_base_random.h"

#include "diag/diag.h"

/* Codes of every kind: final, free, of two families, and not a word of what they mean. */
static const DiagCode codes[] = {DIAG_CYCLE, DIAG_UNUSED_OBJECT, DIAG_HOST_BITS_SET,
	DIAG_SPLIT_RANGE, DIAG_OVERLAPPING_EGRESS, DIAG_RESERVED_REFUSED};
static const char *const paths[] = {
	"", "a", "a/b", "a/b/c", "a/bc", "a~1b/c", "b", "b/a", "b/a/c", "a/b/c/d"};

#define FINDINGS 12
#define WAIVERS  6

typedef struct World {
	Arena *arena;
	DiagSink *sink;
	DiagPolicy policy;
	Map baseline;
	/* As made, before the verdict moves them. */
	Diag findings[FINDINGS];
	DiagWaiver waivers[WAIVERS];
} World;

static DiagCode
random_code(Random *random)
{
	return codes[random_below(random, BASE_COUNT(codes))];
}

static Str
random_path(Random *random)
{
	return str_from(paths[random_below(random, BASE_COUNT(paths))]);
}

static void
make_findings(World *world, Random *random, uint32_t scope)
{
	size_t i;

	for (i = scope * FINDINGS / 2; i < (scope + 1) * FINDINGS / 2; i++) {
		Diag *diag = diag_report(world->sink, random_code(random),
			(Span){1, (uint32_t)i, (uint32_t)i + 1}, "%zu", random_below(random, 2));

		diag_path(diag, random_path(random));
		world->findings[i] = *diag;
	}
}

static void
make_waivers(World *world, Random *random, uint32_t scope)
{
	size_t i;

	for (i = scope * WAIVERS / 2; i < (scope + 1) * WAIVERS / 2; i++) {
		DiagWaiver waiver = {.code = random_code(random), .at = random_path(random)};

		waiver.span = (Span){1, (uint32_t)(100 + i), (uint32_t)(100 + i)};
		waiver.path = str_format(world->arena, "waivers/%zu", i);
		diag_waive(world->sink, &waiver);
		world->waivers[i] = waiver;
		world->waivers[i].scope = scope;
	}
}

static void
make_policy(World *world, Random *random)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(codes); i++)
		world->policy.ignored[codes[i]] = random_below(random, 4) == 0;
	for (i = 0; i < FINDINGS; i++) {
		if (random_below(random, 4) != 0)
			continue;
		map_add(world->arena, &world->baseline,
			diag_baseline_key(world->arena, STR("a.yaml"),
				diag_fingerprint(world->arena, &world->findings[i])),
			0);
	}
	world->policy.baseline = &world->baseline;
	world->sink->policy = random_below(random, 3) == 0 ? NULL : &world->policy;
}

static void
make_world(World *world, Random *random)
{
	SourceSet *sources;
	uint32_t scope;

	*world = (World){.arena = arena_create()};
	sources = source_set(world->arena);
	source_add(sources, STR("a.yaml"), STR("x"));
	world->sink = diag_sink(world->arena, sources);
	for (scope = 0; scope < 2; scope++) {
		if (scope > 0)
			diag_begin_spec(world->sink);
		make_waivers(world, random, scope);
		make_findings(world, random, scope);
	}
	make_policy(world, random);
}

static bool
covers(const DiagWaiver *waiver, const Diag *diag)
{
	return waiver->scope == diag->scope && waiver->code == diag->code && waiver->at.len > 0 &&
	       str_starts(diag->path, waiver->at) &&
	       (diag->path.len == waiver->at.len || diag->path.ptr[waiver->at.len] == '/');
}

static DiagLift
expected_lift(World *world, const Diag *diag)
{
	const DiagPolicy *policy = world->sink->policy;
	Str key = diag_baseline_key(
		world->arena, STR("a.yaml"), diag_fingerprint(world->arena, diag));
	size_t i;

	if (!diag_code_waivable(diag->code))
		return DIAG_STANDS;
	for (i = 0; i < WAIVERS; i++) {
		if (covers(&world->waivers[i], diag))
			return DIAG_WAIVED;
	}
	if (policy == NULL)
		return DIAG_STANDS;
	if (map_find(&world->baseline, key) != MAP_NONE)
		return DIAG_BASELINE;
	return policy->ignored[diag->code] ? DIAG_NOT_SELECTED : DIAG_STANDS;
}

static const Diag *
find_in(const DiagVerdict *verdict, size_t from, size_t to, const Diag *diag)
{
	size_t i;

	for (i = from; i < to; i++) {
		if (verdict->items[i].span.start == diag->span.start)
			return &verdict->items[i];
	}
	return NULL;
}

static void
check_lifts(World *world, const DiagVerdict *verdict)
{
	size_t i, waived = 0, counts[DIAG_SEVERITIES] = {0};

	for (i = 0; i < FINDINGS; i++) {
		const Diag *diag = &world->findings[i];
		DiagLift lift = expected_lift(world, diag);
		const Diag *standing = find_in(verdict, 0, verdict->len, diag);
		const Diag *lifted =
			find_in(verdict, verdict->len, verdict->len + verdict->waived, diag);

		assert_int_equal(standing != NULL, lift == DIAG_STANDS);
		assert_int_equal(lifted != NULL, lift == DIAG_WAIVED || lift == DIAG_BASELINE);
		if (lifted != NULL) {
			assert_int_equal(lifted->lift, lift);
			assert_int_equal(lift == DIAG_WAIVED, lifted->waiver != NULL);
			assert_true(lift != DIAG_WAIVED || covers(lifted->waiver, diag));
			waived++;
		}
	}
	assert_int_equal(verdict->waived, waived);
	for (i = 0; i < verdict->len; i++)
		counts[verdict->items[i].severity]++;
	assert_memory_equal(counts, verdict->counts, sizeof(counts));
	assert_int_equal(verdict->failed, counts[DIAG_SEVERITY_ERROR] > 0);
}

/* Told of as unused are exactly those that could have lifted something and did not. */
static void
check_unused(World *world, const DiagVerdict *verdict)
{
	size_t i, j, told = 0, expected = 0;

	for (i = 0; i < verdict->len; i++)
		told += verdict->items[i].code == DIAG_WAIVER_UNUSED;
	for (i = 0; i < WAIVERS; i++) {
		bool final = false, used = false;

		for (j = 0; j < FINDINGS; j++) {
			const Diag *diag = &world->findings[j];

			final = final || (diag->scope == world->waivers[i].scope &&
						 !diag_code_waivable(diag->code));
			used = used ||
			       (diag_code_waivable(diag->code) && covers(&world->waivers[i], diag));
		}
		expected += !final && !used;
	}
	/* Of two that cover the same the nearer, or the first, is the one that is used. */
	assert_true(told >= expected);
	for (i = 0; i < verdict->len; i++) {
		const Diag *diag = &verdict->items[i];

		assert_true(diag->code != DIAG_WAIVER_UNUSED || diag->span.start >= 100);
	}
}

static void
waivers_baseline_and_selection_lift(void **state)
{
	Random random = {301};
	size_t round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		World world;
		DiagVerdict verdict, again;

		make_world(&world, &random);
		verdict = diag_verdict(world.sink);
		check_lifts(&world, &verdict);
		check_unused(&world, &verdict);
		/* A second verdict over the same findings is the same. */
		again = diag_verdict(world.sink);
		assert_int_equal(again.len, verdict.len);
		check_lifts(&world, &again);
		arena_destroy(world.arena);
	}
}

static void
unused_only_where_everything_is_known(void **state)
{
	static const struct Row {
		DiagCode beside;
		DiagSeverity severity;
		bool told;
	} rows[] = {
		{DIAG_UNUSED_OBJECT, DIAG_SEVERITY_WARNING, true},
		{DIAG_CYCLE, DIAG_SEVERITY_ERROR, false},
		{DIAG_HOST_BITS_SET, DIAG_SEVERITY_ERROR, true},
		{DIAG_WAIVER_EXPIRED, DIAG_SEVERITY_ERROR, true},
		/* Not checked, in the family of the waiver's rule and in another one. */
		{DIAG_DUPLICATE_ADDRESS, DIAG_SEVERITY_NOT_CHECKED, false},
		{DIAG_UNUSED_OBJECT, DIAG_SEVERITY_NOT_CHECKED, true},
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		Arena *arena = arena_create();
		DiagSink *sink = diag_sink(arena, source_set(arena));
		DiagWaiver waiver = {.code = DIAG_OVERLAPPING_EGRESS,
			.at = STR("egress/a"),
			.path = STR("waivers/0")};
		DiagVerdict verdict;
		bool told = false;

		diag_waive(sink, &waiver);
		diag_report(sink, rows[i].beside, (Span){0}, "x")->severity = rows[i].severity;
		verdict = diag_verdict(sink);
		for (j = 0; j < verdict.len; j++)
			told = told || verdict.items[j].code == DIAG_WAIVER_UNUSED;
		if (told != rows[i].told)
			fail_msg("row %zu", i);
		arena_destroy(arena);
	}
}

static void
documents_hold_nothing_of_the_day(void **state)
{
	Arena *arena = arena_create();
	DiagSink *sink = diag_sink(arena, source_set(arena));
	DiagVerdict verdict, undated;

	(void)state;
	diag_report(sink, DIAG_EXPIRED, (Span){0}, "x");
	diag_report(sink, DIAG_EXPIRED_IN_CONNECTOR, (Span){0}, "x");
	diag_report(sink, DIAG_EXPIRES_SOON, (Span){0}, "x");
	diag_report(sink, DIAG_WAIVER_EXPIRED, (Span){0}, "x");
	diag_report(sink, DIAG_WAIVER_ENDS_SOON, (Span){0}, "x");
	diag_report(sink, DIAG_UNUSED_OBJECT, (Span){0}, "x");
	verdict = diag_verdict(sink);
	undated = diag_verdict_undated(arena, &verdict);
	assert_int_equal(verdict.len, 6);
	assert_int_equal(undated.len, 1);
	assert_int_equal(undated.items[0].code, DIAG_UNUSED_OBJECT);
	assert_int_equal(undated.counts[DIAG_SEVERITY_WARNING], 1);
	assert_false(undated.failed);
	arena_destroy(arena);
}

static void
levels_are_set_last(void **state)
{
	Arena *arena = arena_create();
	DiagSink *sink = diag_sink(arena, source_set(arena));
	DiagPolicy policy = {0};
	DiagVerdict verdict;

	(void)state;
	policy.has_level[DIAG_UNUSED_OBJECT] = true;
	policy.levels[DIAG_UNUSED_OBJECT] = DIAG_SEVERITY_ERROR;
	sink->policy = &policy;
	diag_report(sink, DIAG_UNUSED_OBJECT, (Span){0}, "x");
	diag_report(sink, DIAG_OVERLAPPING_EGRESS, (Span){0}, "x");
	verdict = diag_verdict(sink);
	assert_int_equal(verdict.counts[DIAG_SEVERITY_ERROR], 1);
	assert_int_equal(verdict.counts[DIAG_SEVERITY_WARNING], 1);
	assert_true(verdict.failed);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waivers_baseline_and_selection_lift),
		cmocka_unit_test(unused_only_where_everything_is_known),
		cmocka_unit_test(documents_hold_nothing_of_the_day),
		cmocka_unit_test(levels_are_set_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
