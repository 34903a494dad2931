/* Lines and columns against a count from the start of the file, byte by byte. */
#include "test_base_random.h"

#include "source/source.h"

#define BOM "\xef\xbb\xbf"

/* --- the model -------------------------------------------------------------------------------- */

static bool
is_at(Str text, size_t at, const char *part)
{
	Str expected = str_from(part);

	return at + expected.len <= text.len &&
	       memcmp(text.ptr + at, expected.ptr, expected.len) == 0;
}

/* What takes a column: every byte that does not go on with a character begun before the offset. */
static Position
naive_position(Str text, size_t offset)
{
	Position position = {1, 1};
	size_t at = is_at(text, 0, BOM) ? 3 : 0;

	while (at < offset && at < text.len) {
		Str before = str_slice(text, 0, offset < text.len ? offset : text.len);

		if (is_at(text, at, "\n")) {
			position = (Position){position.line + 1, 1};
			at++;
		} else if (is_at(text, at, "\r\n")) {
			at++;
		} else {
			utf8_next(before, &at);
			position.column++;
		}
	}
	return position;
}

/* The same for a line: what lies between two line ends. */
static Str
naive_line(Str text, uint32_t line)
{
	size_t start = is_at(text, 0, BOM) ? 3 : 0, end;

	for (; line > 1; line--) {
		start = str_find_char(text, '\n', start) + 1;
		if (start > text.len)
			return (Str){0};
	}
	end = str_find_char(text, '\n', start);
	if (end < text.len && end > start && text.ptr[end - 1] == '\r')
		end--;
	return str_slice(text, start, end);
}

/* --- generated texts -------------------------------------------------------------------------- */

static const char *const pieces[] = {"a", "key: value", "\n", "\n", "\r\n", "\r", "\t", "\xc3\xa9",
	"\xe3\x81\x82", "\xf0\x9f\x98\x80", "e\xcc\x81", "\xff", "\xe3\x81", "\x80",
	"\x80\x80\x80\x80\x80", BOM};

static Str
random_source(Random *random, Arena *arena, size_t parts, size_t first_piece)
{
	Buf buf = buf_make(arena);

	if (random_below(random, 3) == 0)
		buf_lit(&buf, BOM);
	for (; parts > 0; parts--)
		buf_lit(&buf, pieces[first_piece +
				      random_below(random, BASE_COUNT(pieces) - first_piece)]);
	return buf_text(&buf);
}

static void
check_position(SourceSet *set, uint32_t file, size_t offset)
{
	Str text = source_file(set, file)->text;
	Position expected = naive_position(text, offset);
	Position found = source_position(set, file, (uint32_t)offset);

	assert_int_equal(found.line, expected.line);
	assert_int_equal(found.column, expected.column);
}

static void
every_offset_of_short_texts(void **state)
{
	Random random = {71};
	size_t round, offset;
	uint32_t line;

	(void)state;
	for (round = 0; round < 4000; round++) {
		Arena *arena = arena_create();
		SourceSet *set = source_set(arena);
		Str text = random_source(&random, arena, random_below(&random, 12), 0);
		uint32_t file = source_add(set, STR("a.yaml"), text);

		for (offset = 0; offset <= text.len + 2; offset++)
			check_position(set, file, offset);
		for (line = 1; line < 16; line++) {
			Str expected = naive_line(text, line);

			assert_true(str_equal(source_line(set, file, line), expected));
			assert_int_equal(
				source_line(set, file, line).ptr == NULL, expected.ptr == NULL);
		}
		assert_null(source_line(set, file, 0).ptr);
		arena_destroy(arena);
	}
}

/* Lines of many kilobytes, with and without broken bytes in them; no piece here ends a line. */
static void
far_columns(void **state)
{
	Random random = {72};
	size_t round, i;

	(void)state;
	for (round = 0; round < 40; round++) {
		Arena *arena = arena_create();
		SourceSet *set = source_set(arena);
		Str first = random_source(&random, arena, 10, 0);
		Str rest = random_source(&random, arena, random_below(&random, 9000), 6);
		Str text =
			str_format(arena, STR_FMT STR_FMT "\nlast", STR_ARG(first), STR_ARG(rest));
		uint32_t file = source_add(set, STR("a.yaml"), text);

		for (i = 0; i < 60; i++)
			check_position(set, file, random_below(&random, text.len + 3));
		arena_destroy(arena);
	}
}

/* A file that is one line, asked at each of its words: a count from its start would take hours. */
static void
one_long_line_is_cheap(void **state)
{
	Arena *arena = arena_create();
	SourceSet *set = source_set(arena);
	size_t len = (size_t)16 << 20, offset;
	char *bytes = arena_alloc(arena, len);
	uint32_t file;

	(void)state;
	memset(bytes, 'x', len);
	file = source_add(set, STR("long.yaml"), (Str){bytes, len});
	for (offset = 0; offset < len; offset += 100)
		assert_int_equal(source_position(set, file, (uint32_t)offset).column, offset + 1);
	arena_destroy(arena);
}

/* --- spans and sets --------------------------------------------------------------------------- */

static void
files_are_numbered_from_one(void **state)
{
	Arena *arena = arena_create();
	SourceSet *set = source_set(arena);
	uint32_t i;

	(void)state;
	for (i = 1; i <= 100; i++) {
		Str name = str_format(arena, "%u.yaml", i);

		assert_int_equal(source_add(set, name, name), i);
	}
	assert_str(source_file(set, 1)->path, "1.yaml");
	assert_str(source_file(set, 100)->text, "100.yaml");
	assert_str(source_line(set, 50, 1), "50.yaml");
	assert_true(PANICS(source_file(set, 0)));
	assert_true(PANICS(source_file(set, 101)));
	assert_true(PANICS(source_line(set, 0, 1)));
	arena_destroy(arena);
}

static void
an_empty_file_has_one_empty_line(void **state)
{
	Arena *arena = arena_create();
	SourceSet *set = source_set(arena);
	uint32_t file = source_add(set, STR("empty.yaml"), (Str){0});

	(void)state;
	check_position(set, file, 0);
	check_position(set, file, 5);
	assert_int_equal(source_line(set, file, 1).len, 0);
	assert_null(source_line(set, file, 2).ptr);
	arena_destroy(arena);
}

static void
spans_are_joined(void **state)
{
	Span a = {1, 10, 20}, b = {1, 30, 40}, other = {2, 30, 40}, before = {1, 1, 5};
	Span joined = span_join(a, b);

	(void)state;
	assert_true(span_is_set(a));
	assert_false(span_is_set((Span){0}));
	assert_int_equal(joined.start, 10);
	assert_int_equal(joined.end, 40);
	assert_int_equal(span_join(a, other).end, 20);
	assert_int_equal(span_join(a, before).start, 10);
	assert_int_equal(span_join(a, before).end, 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_offset_of_short_texts),
		cmocka_unit_test(far_columns),
		cmocka_unit_test(one_long_line_is_cheap),
		cmocka_unit_test(files_are_numbered_from_one),
		cmocka_unit_test(an_empty_file_has_one_empty_line),
		cmocka_unit_test(spans_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
