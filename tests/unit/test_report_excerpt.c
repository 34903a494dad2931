/*
 * The law of excerpts: whatever the source and the spans, each mark stands under what it marks.
 * Sources are made of pieces whose form on a terminal and whose width is known here; the output is
 * taken apart and measured with nothing of the room's own.
 */
#include "test_report_case.h"

#include <stdlib.h>

typedef struct Piece {
	const char *bytes, *shown;
	unsigned width;
} Piece;

static const Piece pieces[] = {
	{"a", "a", 1},
	{"|", "|", 1},
	{"\t", "    ", 4},
	{"\xc3\xa9", "\xc3\xa9", 1},
	{"\xcc\x81", "\xcc\x81", 0},
	{"\xe3\x81\x82", "\xe3\x81\x82", 2},
	{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 2},
	{"\x1b", "\\x1b", 4},
	{"\xff", "\\xff", 4},
	{"\xc2\x85", "\\x85", 4},
	{"\xe2\x80\xae", "\\u202e", 6},
	{"\xf3\xa0\x81\x81", "\\U000e0041", 10},
	{"\n", "", 0},
	{"\r\n", "", 0},
};
#define LINE_ENDS  2
#define PIECES_MAX 1500

/* A source as pieces, and where each starts. */
typedef struct Source {
	const Piece *items[PIECES_MAX];
	size_t offsets[PIECES_MAX + 1];
	size_t len;
} Source;

static void
random_source(Random *random, Source *ret_source, Buf *ret_text)
{
	/* Few line ends among many pieces make lines that are cut. */
	size_t most = random_below(random, 4) == 0 ? PIECES_MAX : 40;
	size_t rarity = 1 + random_below(random, most), i;

	ret_source->len = random_below(random, most);
	for (i = 0; i < ret_source->len; i++) {
		size_t kinds = BASE_COUNT(pieces);

		if (random_below(random, rarity) != 0)
			kinds -= LINE_ENDS;
		ret_source->items[i] = &pieces[random_below(random, kinds)];
		ret_source->offsets[i] = ret_text->len;
		buf_lit(ret_text, ret_source->items[i]->bytes);
	}
	ret_source->offsets[i] = ret_text->len;
}

static bool
is_line_end(const Source *source, size_t piece)
{
	return piece == source->len || source->items[piece]->shown[0] == 0;
}

/* The piece that holds the byte, or the number of pieces. */
static size_t
piece_at(const Source *source, size_t offset)
{
	size_t piece = 0;

	while (piece < source->len && source->offsets[piece + 1] <= offset)
		piece++;
	return piece;
}

/* --- what an excerpt must say ----------------------------------------------------------------- */

typedef struct Expected {
	unsigned line;
	size_t first_of_line, first, after; /* pieces; `after` is behind the last that is marked */
} Expected;

static Expected
expect(const Source *source, Span span)
{
	Expected expected = {.line = 1};
	size_t i;

	expected.first = piece_at(source, span.start);
	for (i = 0; i < expected.first; i++) {
		if (is_line_end(source, i)) {
			expected.line++;
			expected.first_of_line = i + 1;
		}
	}
	expected.after = expected.first;
	while (span.end > span.start && !is_line_end(source, expected.after) &&
		source->offsets[expected.after] < span.end)
		expected.after++;
	return expected;
}

static unsigned
width_between(const Source *source, size_t from, size_t to)
{
	unsigned width = 0;

	for (; from < to; from++)
		width += source->items[from]->width;
	return width;
}

static Str
shown_line(Arena *arena, const Source *source, size_t piece)
{
	Buf buf = buf_make(arena);

	for (; !is_line_end(source, piece); piece++)
		buf_lit(&buf, source->items[piece]->shown);
	return buf_text(&buf);
}

/* --- what it says ----------------------------------------------------------------------------- */

#define ELLIPSIS "\xe2\x80\xa6"

/* The width of one character of the output; the pieces have no others. */
static unsigned
output_width(Str text, size_t *at)
{
	static const Piece known[] = {{ELLIPSIS, "", 1}, {"\xc3\xa9", "", 1}, {"\xcc\x81", "", 0},
		{"\xe3\x81\x82", "", 2}, {"\xf0\x9f\x98\x80", "", 2}};
	size_t i;

	for (i = 0; i < BASE_COUNT(known); i++) {
		Str bytes = str_from(known[i].bytes);

		if (str_starts(str_slice(text, *at, text.len), bytes)) {
			*at += bytes.len;
			return known[i].width;
		}
	}
	assert_in_range(text.ptr[*at], 0x20, 0x7e);
	++*at;
	return 1;
}

static unsigned
row_width(Str row)
{
	unsigned width = 0;
	size_t at = 0;

	while (at < row.len)
		width += output_width(row, &at);
	return width;
}

/* The text from a column on; what has no width and hangs on the character before is left out. */
static Str
from_column(Str row, unsigned column, bool is_hanging)
{
	size_t at = 0, next;

	while (column > 0) {
		unsigned width = output_width(row, &at);

		assert_true(width <= column); /* a mark never starts inside a character */
		column -= width;
	}
	for (next = at; !is_hanging && at < row.len && output_width(row, &next) == 0;)
		at = next;
	return str_slice(row, at, row.len);
}

typedef struct Underline {
	unsigned left, width;
	char sign;
	Str label;
} Underline;

/* Takes "  ^^^^ label" apart. */
static Underline
read_underline(Str row)
{
	Underline mark = {0};
	size_t at = 0;

	while (at < row.len && row.ptr[at] == ' ')
		at++;
	mark.left = (unsigned)at;
	mark.sign = row.ptr[at];
	while (at < row.len && row.ptr[at] == mark.sign)
		at++;
	mark.width = (unsigned)at - mark.left;
	mark.label = str_slice(row, at + 1, row.len);
	return mark;
}

static void
check_mark(const Source *source, Span span, Str row, Underline mark)
{
	Expected expected = expect(source, span);
	unsigned before = width_between(source, expected.first_of_line, expected.first);
	unsigned width = width_between(source, expected.first, expected.after);
	bool cut_left = str_starts(row, STR(ELLIPSIS)), cut_right = str_ends(row, STR(ELLIPSIS));
	Str marked = from_column(row, mark.left,
		!is_line_end(source, expected.first) && source->items[expected.first]->width == 0);

	if (!cut_left)
		assert_int_equal(mark.left, before);
	else
		assert_true(mark.left <= before);
	if (is_line_end(source, expected.first))
		assert_int_equal(marked.len, 0);
	else
		assert_true(str_starts(marked, str_from(source->items[expected.first]->shown)));
	width = width == 0 ? 1 : width;
	if (cut_right && mark.left + mark.width == row_width(row))
		assert_true(mark.width <= width + 1);
	else
		assert_int_equal(mark.width, width);
}

/* A row that shows a line shows all of it, or at most 160 columns of it. */
static void
check_line(Arena *arena, const Source *source, unsigned number, Str row)
{
	size_t piece = 0;
	Str whole;

	for (; number > 1; piece++)
		number -= is_line_end(source, piece);
	whole = shown_line(arena, source, piece);
	assert_true(row_width(row) <= 160);
	if (str_equal(row, whole))
		return;
	assert_true(str_starts(row, STR(ELLIPSIS)) || str_ends(row, STR(ELLIPSIS)));
	assert_true(row_width(whole) > 160 || whole.len > 1024);
}

/* --- the law ---------------------------------------------------------------------------------- */

#define MARKS 5

typedef struct Checked {
	Arena *arena;
	const Source *source;
	Span spans[MARKS];
	size_t seen[MARKS], len;
	unsigned line;
	Str row; /* the last one that showed a line */
} Checked;

/* The number in the label of a mark says which span it belongs to. */
static void
check_underline(Checked *checked, Underline mark)
{
	size_t number = (size_t)(mark.label.ptr[1] - '0');

	assert_true(mark.label.ptr[0] == 'm' && number < checked->len);
	assert_int_equal(mark.sign, number == 0 ? '^' : '-');
	assert_int_equal(expect(checked->source, checked->spans[number]).line, checked->line);
	check_mark(checked->source, checked->spans[number], checked->row, mark);
	checked->seen[number]++;
}

static void
check_row(Checked *checked, Str line)
{
	size_t bar = str_find(line, STR(" |"));
	Str number = str_trim(str_slice(line, 0, bar)), row;

	if (bar == line.len || bar + 2 == line.len) {
		if (number.len == 0)
			return; /* the margin alone */
		line = str_format(checked->arena, STR_FMT " ", STR_ARG(line));
	}
	row = str_slice(line, bar + 3, line.len);
	if (number.len > 0) {
		assert_true((unsigned)atoi(str_c(checked->arena, number)) >= checked->line);
		checked->line = (unsigned)atoi(str_c(checked->arena, number));
		checked->row = row;
		check_line(checked->arena, checked->source, checked->line, row);
	} else {
		check_underline(checked, read_underline(row));
	}
}

static Span
random_span(Random *random, uint32_t file, size_t len)
{
	uint32_t start = (uint32_t)random_below(random, len + 3);
	uint32_t width = (uint32_t)random_below(random, random_below(random, 3) == 0 ? 400 : 8);

	return (Span){file, start, start + width};
}

static void
report_random(Random *random, Case *c, Checked *checked, uint32_t file)
{
	size_t len = source_file(c->sources, file)->text.len, i;
	Diag *diag;

	checked->len = 1 + random_below(random, MARKS);
	for (i = 0; i < checked->len; i++)
		checked->spans[i] = random_span(random, file, len);
	diag = diag_report(c->sink, DIAG_CYCLE, checked->spans[0], "message");
	diag_label(c->sink, diag, "m0");
	diag_help(c->sink, diag, "help");
	for (i = 1; i < checked->len; i++)
		diag_related(c->sink, diag, checked->spans[i], "m%zu", i);
}

static void
marks_stand_under_what_they_mark(void **state)
{
	static Source source;
	Random random = {91};
	size_t round, i;

	(void)state;
	for (round = 0; round < 4000; round++) {
		Case c = case_make();
		Checked checked = {.arena = c.arena, .source = &source};
		Buf text = buf_make(c.arena);
		Str rest, line;

		random_source(&random, &source, &text);
		report_random(&random, &c, &checked, case_source(&c, "a.yaml", buf_text(&text)));
		rest = case_write(&c, REPORT_HUMAN);
		while (str_next_line(&rest, &line) && !str_ends(line, STR("= help: help"))) {
			if (!str_starts(line, STR("error[")) && !STR_EQ(line, "...") &&
				str_find(line, STR("-->")) == line.len)
				check_row(&checked, line);
		}
		for (i = 0; i < checked.len; i++)
			assert_int_equal(checked.seen[i], 1);
		arena_destroy(c.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_stand_under_what_they_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
