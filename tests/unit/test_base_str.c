/* Text functions against their naive forms, on texts of few letters, so that matches are common. */
#include "test_base_random.h"

#include <stdlib.h>

#define ROUNDS   20000
#define ALPHABET "abAB \t\r\n."

typedef struct Pair {
	Random random;
	Arena *arena;
	Str a, b;
} Pair;

/* Two fresh texts; now and then the second one is a part of the first. */
static void
next_pair(Pair *pair)
{
	pair->a = random_text(&pair->random, pair->arena, ALPHABET, 12);
	pair->b = random_text(&pair->random, pair->arena, ALPHABET, 3);
	if (pair->a.len > 0 && random_below(&pair->random, 2) == 0) {
		size_t from = random_below(&pair->random, pair->a.len);

		pair->b = str_slice(
			pair->a, from, from + random_below(&pair->random, pair->a.len - from + 1));
	}
}

static char
naive_lower(char letter)
{
	return letter == 'A' ? 'a' : letter == 'B' ? 'b' : letter;
}

static bool
is_at(Str text, size_t at, Str part)
{
	size_t i;

	if (at + part.len > text.len)
		return false;
	for (i = 0; i < part.len; i++) {
		if (text.ptr[at + i] != part.ptr[i])
			return false;
	}
	return true;
}

static size_t
naive_find(Str text, Str part)
{
	size_t at;

	for (at = 0; at < text.len && !is_at(text, at, part); at++)
		continue;
	return at;
}

static bool
naive_equal_nocase(Str a, Str b)
{
	size_t i;

	for (i = 0; i < a.len && i < b.len; i++) {
		if (naive_lower(a.ptr[i]) != naive_lower(b.ptr[i]))
			return false;
	}
	return a.len == b.len;
}

static void
finding_and_comparing(void **state)
{
	Pair pair = {.random = {21}, .arena = arena_create()};
	size_t round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		Str a, b;

		next_pair(&pair);
		a = pair.a;
		b = pair.b;
		assert_int_equal(str_find(a, b), naive_find(a, b));
		assert_int_equal(str_find_char(a, 'a', 0), naive_find(a, STR("a")));
		assert_int_equal(str_starts(a, b), is_at(a, 0, b));
		assert_int_equal(str_ends(a, b), a.len >= b.len && is_at(a, a.len - b.len, b));
		assert_int_equal(str_equal(a, b), a.len == b.len && is_at(a, 0, b));
		assert_int_equal(str_equal_nocase(a, b), naive_equal_nocase(a, b));
		assert_true(str_equal(str_lower(pair.arena, a), str_lower(pair.arena, b)) ==
			    naive_equal_nocase(a, b));
	}
	arena_destroy(pair.arena);
}

static void
finding_from_a_place(void **state)
{
	Str text = STR("a.b.c");

	(void)state;
	assert_int_equal(str_find_char(text, '.', 0), 1);
	assert_int_equal(str_find_char(text, '.', 1), 1);
	assert_int_equal(str_find_char(text, '.', 2), 3);
	assert_int_equal(str_find_char(text, '.', 4), 5);
	assert_int_equal(str_find_char(text, '.', 99), 5);
}

static int
sign(int number)
{
	return (number > 0) - (number < 0);
}

/* A total order: it is what the first differing byte says, and reverses when sides are swapped. */
static void
the_order_of_texts(void **state)
{
	Pair pair = {.random = {22}, .arena = arena_create()};
	size_t round, i;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		int expected = 0;

		next_pair(&pair);
		for (i = 0; expected == 0 && i < pair.a.len && i < pair.b.len; i++)
			expected = sign(pair.a.ptr[i] - pair.b.ptr[i]);
		if (expected == 0)
			expected = (pair.a.len > pair.b.len) - (pair.a.len < pair.b.len);
		assert_int_equal(sign(str_compare(pair.a, pair.b)), expected);
		assert_int_equal(sign(str_compare(pair.b, pair.a)), -expected);
	}
	assert_true(str_compare(STR("\x7f"), STR("\x80")) < 0);
	arena_destroy(pair.arena);
}

/* Joined again with their line ends, the lines are the text. */
static void
lines_are_the_text(void **state)
{
	Random random = {23};
	Arena *arena = arena_create();
	size_t round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		Str text = random_text(&random, arena, "a\r\n", 10), rest = text, line;
		size_t at = 0;

		while (str_next_line(&rest, &line)) {
			assert_ptr_equal(line.ptr, text.ptr + at);
			assert_int_equal(str_find_char(line, '\n', 0), line.len);
			at += line.len;
			if (is_at(text, at, STR("\r\n")))
				at += 2;
			else if (is_at(text, at, STR("\n")))
				at += 1;
			else
				assert_int_equal(at, text.len);
			assert_false(line.len > 0 && line.ptr[line.len - 1] == '\r' && at > 0 &&
				     at < text.len && text.ptr[at - 1] == '\n' &&
				     text.ptr[at - 2] != '\r');
		}
		assert_int_equal(at, text.len);
	}
	arena_destroy(arena);
}

static void
trimming(void **state)
{
	Random random = {24};
	Arena *arena = arena_create();
	size_t round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		Str text = random_text(&random, arena, "a \t\r\n", 8), inner = str_trim(text);
		size_t at = (size_t)(inner.ptr - text.ptr), i;

		assert_true(at + inner.len <= text.len);
		for (i = 0; i < text.len; i++) {
			if (i < at || i >= at + inner.len)
				assert_int_not_equal(text.ptr[i], 'a');
		}
		if (inner.len > 0) {
			assert_int_equal(inner.ptr[0], 'a');
			assert_int_equal(inner.ptr[inner.len - 1], 'a');
		}
	}
	arena_destroy(arena);
}

/* Every length around the size that is formatted at the first try. */
static void
formatting_any_length(void **state)
{
	Arena *arena = arena_create();
	char filler[700];
	int len;

	(void)state;
	memset(filler, 'x', sizeof(filler));
	for (len = 0; len < (int)sizeof(filler); len++) {
		Str text = str_format(arena, "%.*s|%d", len, filler, len);

		assert_int_equal(text.len, (size_t)len + 1 + (len > 99 ? 3 : len > 9 ? 2 : 1));
		assert_memory_equal(text.ptr, filler, (size_t)len);
		assert_int_equal(text.ptr[len], '|');
		assert_int_equal(atoll(text.ptr + len + 1), len);
	}
	arena_destroy(arena);
}

static void
absent_texts_are_harmless(void **state)
{
	Arena *arena = arena_create();
	Str none = {0}, abc = STR("abc");

	(void)state;
	assert_null(str_from(NULL).ptr);
	assert_true(str_equal(none, STR("")));
	assert_true(str_equal_nocase(none, STR("")));
	assert_int_equal(str_compare(none, STR("")), 0);
	assert_true(str_compare(none, STR("a")) < 0);
	assert_true(
		str_starts(none, none) && str_ends(none, STR("")) && str_starts(STR("a"), none));
	assert_false(str_starts(none, STR("a")) || str_ends(none, STR("a")));
	assert_null(str_slice(none, 0, 0).ptr);
	assert_int_equal(str_find(none, STR("a")), 0);
	assert_int_equal(str_find(STR("abc"), none), 0);
	assert_int_equal(str_find_char(none, 'a', 0), 0);
	assert_null(str_copy(arena, none).ptr);
	assert_null(str_lower(arena, none).ptr);
	assert_int_equal(str_trim(none).len, 0);
	assert_string_equal(str_c(arena, none), "");
	assert_str(str_format(arena, "[" STR_FMT "]", STR_ARG(none)), "[]");
	assert_true(PANICS(str_slice(abc, 2, 1)));
	assert_true(PANICS(str_slice(abc, 0, 4)));
	arena_destroy(arena);
}

static void
copies_do_not_share(void **state)
{
	Arena *arena = arena_create();
	char text[] = "a\0b";
	Str copy = str_copy(arena, (Str){text, 3});

	(void)state;
	text[0] = 'x';
	assert_memory_equal(copy.ptr, "a\0b", 4);
	arena_destroy(arena);
}

/* --- suggestions ------------------------------------------------------------------------------ */

/* Edit distance by its definition: the cheapest way to make the ends of both texts equal. */
static size_t
naive_distance(Str a, Str b)
{
	size_t best, other;
	Str shorter_a, shorter_b;

	if (a.len == 0 || b.len == 0)
		return a.len + b.len;
	shorter_a = str_slice(a, 1, a.len);
	shorter_b = str_slice(b, 1, b.len);
	best = naive_distance(shorter_a, shorter_b) +
	       (naive_lower(a.ptr[0]) != naive_lower(b.ptr[0]));
	other = naive_distance(shorter_a, b) + 1;
	best = other < best ? other : best;
	other = naive_distance(a, shorter_b) + 1;
	best = other < best ? other : best;
	if (a.len > 1 && b.len > 1 && naive_lower(a.ptr[0]) == naive_lower(b.ptr[1]) &&
		naive_lower(a.ptr[1]) == naive_lower(b.ptr[0])) {
		other = naive_distance(str_slice(a, 2, a.len), str_slice(b, 2, b.len)) + 1;
		best = other < best ? other : best;
	}
	return best;
}

static size_t
naive_reach(size_t len)
{
	static const size_t reach[] = {0, 0, 1, 1, 1, 1, 2};

	return reach[len];
}

static void
the_nearest_is_the_first_of_the_nearest(void **state)
{
	Random random = {25};
	Arena *arena = arena_create();
	size_t round, i, met = 0;

	(void)state;
	for (round = 0; round < 3000; round++) {
		Str text = random_text(&random, arena, "abAB", 6), candidates[8], found;
		size_t best = SIZE_MAX, expected = 0;

		for (i = 0; i < BASE_COUNT(candidates); i++) {
			size_t distance;

			candidates[i] = random_text(&random, arena, "abAB", 7);
			distance = naive_distance(text, candidates[i]);
			if (text.len > 0 && distance <= naive_reach(text.len) && distance < best) {
				best = distance;
				expected = i;
			}
		}
		found = str_nearest(text, candidates, BASE_COUNT(candidates));
		assert_ptr_equal(found.ptr, best == SIZE_MAX ? NULL : candidates[expected].ptr);
		met += best != SIZE_MAX;
	}
	assert_in_range(met, 500, 2900);
	arena_destroy(arena);
}

static void
suggestions_that_people_expect(void **state)
{
	static const Str keys[] = {STR_CONST("relay_hosts"), STR_CONST("gateways"),
		STR_CONST("egress"), STR_CONST("domains"), STR_CONST("connectors")};
	char endless[200];

	(void)state;
	assert_str(str_nearest(STR("relayhosts"), keys, 5), "relay_hosts");
	assert_str(str_nearest(STR("Relay-Hosts"), keys, 5), "relay_hosts");
	assert_str(str_nearest(STR("getaways"), keys, 5), "gateways");
	assert_str(str_nearest(STR("egres"), keys, 5), "egress");
	assert_str(str_nearest(STR("EGRESS"), keys, 5), "egress");
	assert_null(str_nearest(STR("hosts"), keys, 5).ptr);
	assert_null(str_nearest(STR("x"), keys, 5).ptr);
	assert_null(str_nearest(STR(""), keys, 5).ptr);
	memset(endless, 'e', sizeof(endless));
	assert_null(str_nearest((Str){endless, sizeof(endless)}, keys, 5).ptr);
}

/* Where a path leads from a folder far below the root: the names on the way down. */
static StrVec
walk(Arena *arena, Str path)
{
	static const char *const above[] = {"1", "2", "3", "4", "5", "6", "7", "8"};
	StrVec at = {0};
	size_t i, end;

	for (i = 0; !path_is_absolute(path) && i < BASE_COUNT(above); i++)
		VEC_PUSH(arena, &at, str_from(above[i]));
	for (i = 0; i < path.len; i = end + 1) {
		Str name;

		end = str_find_char(path, '/', i);
		name = str_slice(path, i, end);
		if (STR_EQ(name, ".."))
			at.len -= at.len > 0;
		else if (name.len > 0 && !STR_EQ(name, "."))
			VEC_PUSH(arena, &at, name);
	}
	return at;
}

static bool
has_name(Arena *arena, Str path, const char *name)
{
	Str inside = str_format(arena, "/" STR_FMT "/", STR_ARG(path));

	return str_find(inside, str_format(arena, "/%s/", name)) < inside.len;
}

static void
a_tidy_path_leads_to_the_same_place(void **state)
{
	Random random = {17};
	size_t round, i;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		Arena *arena = arena_create();
		Str path = random_text(&random, arena, "a../", 12);
		Str tidy = path_tidy(arena, path);
		StrVec wanted = walk(arena, path), got = walk(arena, tidy);

		assert_true(str_equal(path_tidy(arena, tidy), tidy));
		assert_true(tidy.len > 0 && path_is_absolute(tidy) == path_is_absolute(path));
		assert_true(STR_EQ(tidy, ".") || !has_name(arena, tidy, "."));
		assert_int_equal(str_find(tidy, STR("//")), tidy.len);
		/* What is left of `..` stands in front. */
		assert_false(has_name(arena, tidy, "a/.."));
		assert_int_equal(got.len, wanted.len);
		for (i = 0; i < got.len; i++)
			assert_true(str_equal(got.items[i], wanted.items[i]));
		arena_destroy(arena);
	}
}

static void
check_alike(Arena *arena, const char *left, const char *right, bool same, bool alike)
{
	Str a = str_from(left), b = str_from(right);

	assert_int_equal(str_equal_fold(arena, a, b), same);
	assert_int_equal(str_equal_fold(arena, b, a), same);
	assert_int_equal(str_equal(str_fold_alike(arena, a), str_fold_alike(arena, b)), alike);
}

/* What is the same without case, what only looks alike, and what is neither. */
static void
names_that_are_one_or_look_alike(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	check_alike(arena, "Relay", "rELAY", true, true);
	check_alike(arena, "\xc3\x89lan", "\xc3\xa9LAN", true, true);
	check_alike(arena, "\xc3\x89lan", "Elan", false, false);
	check_alike(arena, "\xc3\x89lan", "E\xcc\x81lan", false, true);
	check_alike(arena, "Relay", " Relay\t", false, true);
	check_alike(arena, "Relay", "Relay\xc2\xa0", false, true);
	check_alike(arena, "Relay 1", "Relay1", false, false);
	check_alike(arena,
		"stra\xc3\x9f"
		"e",
		"STRASSE", false, true);
	check_alike(arena, "i", "\xc4\xb1", false, false);
	check_alike(arena, "", " ", false, true);
	/* No UTF-8: only like itself, but for letters that can be told. */
	check_alike(arena, "a\xff\xc3\xa9", "A\xff\xc3\x89", true, true);
	check_alike(arena, "\xff", "\xfe", false, false);
	check_alike(arena, "\xc3", "\xc3\x83", false, false);
	assert_int_equal(str_fold(arena, (Str){0}).len, 0);
	assert_int_equal(str_fold_alike(arena, (Str){0}).len, 0);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finding_and_comparing),
		cmocka_unit_test(finding_from_a_place),
		cmocka_unit_test(the_order_of_texts),
		cmocka_unit_test(lines_are_the_text),
		cmocka_unit_test(trimming),
		cmocka_unit_test(formatting_any_length),
		cmocka_unit_test(absent_texts_are_harmless),
		cmocka_unit_test(copies_do_not_share),
		cmocka_unit_test(the_nearest_is_the_first_of_the_nearest),
		cmocka_unit_test(suggestions_that_people_expect),
		cmocka_unit_test(names_that_are_one_or_look_alike),
		cmocka_unit_test(a_tidy_path_leads_to_the_same_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
