/*
 * text_markdown, text_markdown_code and the blocks, read back twice: by a small reader that knows
 * backslashes, entities and code spans and takes any other mark for a break-out, and by cmark-gfm,
 * the reference implementation, in every kind of place where a template may put a text.
 */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#ifdef TEST_CMARK
#	include <cmark-gfm-core-extensions.h>
#	include <string.h>
#endif

#include "test_text_random.h"

static Str
written_by(Arena *arena, TextEscape escape, Str text)
{
	Buf buf = buf_make(arena);

	escape(&buf, text);
	return buf_text(&buf);
}

/* What a text on one line can hold: a line end is a blank, NUL is U+FFFD. */
static Str
on_one_line(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	size_t at = 0;

	while (at < text.len) {
		uint32_t c = utf8_next(text, &at);

		if (c == '\r' && at < text.len && text.ptr[at] == '\n')
			continue;
		buf_code_point(&buf, c == '\r' || c == '\n' ? ' ' : c == 0 ? 0xfffd : c);
	}
	return buf_text(&buf);
}

/* --- a small reader --------------------------------------------------------------------------- */

typedef struct Reader {
	Str text;
	size_t at;
	Buf read;
} Reader;

static bool
read_entity(Reader *reader)
{
	static const Str names[] = {STR_CONST("&lt;"), STR_CONST("&gt;"), STR_CONST("&amp;")};
	Str rest = str_slice(reader->text, reader->at, reader->text.len);
	size_t end = str_find_char(rest, ';', 0), i;

	for (i = 0; i < BASE_COUNT(names); i++) {
		if (str_starts(rest, names[i])) {
			buf_char(&reader->read, "<>&"[i]);
			reader->at += names[i].len;
			return true;
		}
	}
	if (end == rest.len || end < 3 || rest.ptr[1] != '#')
		return false;
	buf_code_point(&reader->read, (uint32_t)strtoul(rest.ptr + 2, NULL, 10));
	reader->at += end + 1;
	return true;
}

/* Text without a mark that could mean anything. */
static bool
read_inline(Reader *reader)
{
	while (reader->at < reader->text.len) {
		char byte = reader->text.ptr[reader->at];

		if (byte == '&') {
			if (!read_entity(reader))
				return false;
			continue;
		}
		if (byte == '\\') {
			reader->at++;
			if (reader->at == reader->text.len)
				return false;
			byte = reader->text.ptr[reader->at];
		} else if (str_find_char(STR("`*_[]~$#<>|\r\n"), byte, 0) < 13) {
			return false;
		}
		buf_char(&reader->read, byte);
		reader->at++;
	}
	return true;
}

static size_t
count_ticks(Str text, size_t at)
{
	size_t start = at;

	while (at < text.len && text.ptr[at] == '`')
		at++;
	return at - start;
}

/* CommonMark 6.1: to the next run of as many backticks; one blank inside each end is taken off. */
static bool
read_code_span(Reader *reader)
{
	size_t ticks = count_ticks(reader->text, reader->at), run;
	size_t start = reader->at + ticks, end = start;
	Str code;

	for (;; end += run > 0 ? run : 1) {
		if (end >= reader->text.len)
			return false;
		run = count_ticks(reader->text, end);
		if (run == ticks)
			break;
	}
	code = str_slice(reader->text, start, end);
	reader->at = end + ticks;
	if (code.len >= 2 && code.ptr[0] == ' ' && code.ptr[code.len - 1] == ' ' &&
		str_trim(code).len > 0)
		code = str_slice(code, 1, code.len - 1);
	buf_str(&reader->read, code);
	return str_find_char(code, '\n', 0) == code.len;
}

static bool
read_code(Reader *reader)
{
	while (reader->at < reader->text.len) {
		char byte = reader->text.ptr[reader->at];

		if (byte != '`' && byte != '&' && (unsigned char)byte != 0xef)
			return false;
		if (byte == '`' && !read_code_span(reader))
			return false;
		if (byte == '&' && !read_entity(reader))
			return false;
		/* U+FFFD for NUL is the only other thing between two spans. */
		if ((unsigned char)byte == 0xef) {
			buf_code_point(&reader->read, utf8_next(reader->text, &reader->at));
		}
	}
	return true;
}

static void
check_small(Arena *arena, TextEscape escape, bool (*read)(Reader *reader), Str text)
{
	Reader reader = {.text = written_by(arena, escape, text), .read = buf_make(arena)};

	if (!read(&reader) || !str_equal(buf_text(&reader.read), on_one_line(arena, text)))
		fail_msg("%s became %s", shown(arena, text), shown(arena, reader.text));
}

static void
check_inline(Arena *arena, Str text)
{
	check_small(arena, text_markdown, read_inline, text);
}

static void
check_code(Arena *arena, Str text)
{
	Str written = written_by(arena, text_markdown_code, text);

	check_small(arena, text_markdown_code, read_code, text);
	if (str_find_char(written, '|', 0) < written.len)
		fail_msg("%s became %s", shown(arena, text), shown(arena, written));
}

/* In a cell, the table's reader first takes the backslash off every bar. */
static void
check_cell_code(Arena *arena, Str text)
{
	Str written = written_by(arena, text_markdown_cell_code, text);
	Buf cell = buf_make(arena);
	Reader reader = {.read = buf_make(arena)};
	size_t i;
	bool good;

	for (i = 0; i < written.len; i++) {
		bool escaped =
			written.ptr[i] == '\\' && i + 1 < written.len && written.ptr[i + 1] == '|';

		if (written.ptr[i] == '|')
			fail_msg("%s ends a cell: %s", shown(arena, text), shown(arena, written));
		i += escaped;
		buf_char(&cell, written.ptr[i]);
	}
	reader.text = buf_text(&cell);
	good = text.len > 0 && reader.text.ptr[0] == '`' ? read_code_span(&reader)
							 : read_inline(&reader);
	if (!good || reader.at != reader.text.len ||
		!str_equal(buf_text(&reader.read), on_one_line(arena, text)))
		fail_msg("%s became %s", shown(arena, text), shown(arena, written));
}

static void
cell_code_reads_back(void **state)
{
	(void)state;
	for_random_texts(50000, check_cell_code);
}

static void
text_has_no_unescaped_mark(void **state)
{
	(void)state;
	for_random_texts(50000, check_inline);
}

static void
code_reads_back(void **state)
{
	(void)state;
	for_random_texts(50000, check_code);
}

/* What is left of a text whose backticks have become marks, or stand for themselves. */
static Str
without_ticks(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] != '`')
			buf_char(&buf, text.ptr[i]);
	}
	return buf_text(&buf);
}

static void
writes_the_documented_forms(void **state)
{
	static const char *const texts[][2] = {{"198.51.100.10", "198.51.100.10"},
		{"erp01 (Tokyo)", "erp01 (Tokyo)"}, {"1. a", "1\\. a"}, {"1.5", "1.5"},
		{"- a", "\\- a"}, {"a - b", "a - b"}, {"a|b", "a&#124;b"}, {"a\nb", "a b"},
		{"*a*", "\\*a\\*"}, {"<b>&", "&lt;b&gt;&amp;"},
		{"https://x.example", "https\\://x.example"}, {"www.x.example", "www\\.x.example"},
		{" a ", "&#32;a&#32;"}};
	static const char *const cells[][2] = {
		{"a|b", "`a\\|b`"}, {"a\\|b", "a\\\\&#124;b"}, {"", ""}, {"`|`", "`` `\\|` ``"}};
	static const char *const codes[][2] = {{"a", "`a`"}, {"", ""}, {"a`b", "``a`b``"},
		{"`", "`` ` ``"}, {" ", "` `"}, {" a", "`  a `"}, {"a|b", "`a`&#124;`b`"}};
	static const char *const marked[][2] = {{"`a_b` of *c*", "`a_b` of \\*c\\*"},
		{"one ` alone", "one \\` alone"}, {"`a` and ``b``", "\\`a\\` and \\`\\`b\\`\\`"},
		{"`a|b` `<i>`", "`a`&#124;`b` `<i>`"}, {"a `b` `c", "a `b` \\`c"},
		{"` ` `- a`", "` ` `- a`"}, {"- `a`", "\\- `a`"}};
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(marked); i++)
		assert_string_equal(shown(arena, written_by(arena, text_markdown_marked,
							 str_from(marked[i][0]))),
			marked[i][1]);
	for (i = 0; i < BASE_COUNT(texts); i++)
		assert_string_equal(
			shown(arena, written_by(arena, text_markdown, str_from(texts[i][0]))),
			texts[i][1]);
	for (i = 0; i < BASE_COUNT(codes); i++)
		assert_string_equal(
			shown(arena, written_by(arena, text_markdown_code, str_from(codes[i][0]))),
			codes[i][1]);
	for (i = 0; i < BASE_COUNT(cells); i++)
		assert_string_equal(shown(arena, written_by(arena, text_markdown_cell_code,
							 str_from(cells[i][0]))),
			cells[i][1]);
	arena_destroy(arena);
}

/* --- cmark-gfm -------------------------------------------------------------------------------- */

#ifdef TEST_CMARK

#	define MARK "Q7Q"

/* Where templates put texts; MARK is the text. */
static const char *const places[] = {
	MARK "\n",
	"before " MARK " after\n",
	"before\n" MARK "\n",
	"- " MARK "\n",
	"> " MARK "\n",
	"# " MARK "\n",
	"# before " MARK "\n",
	"| a | b |\n| --- | --- |\n| " MARK " | c |\n| d | " MARK " |\n",
	"| " MARK " | b |\n| --- | --- |\n| c | d |\n",
	"[link](https://x.example)" MARK "\n\n[^1]: note\n\n[y]: /z\n",
};

static cmark_node *
parse(Str document)
{
	static const char *const extensions[] = {
		"table", "strikethrough", "autolink", "tagfilter", "tasklist"};
	cmark_parser *parser = cmark_parser_new(CMARK_OPT_FOOTNOTES);
	cmark_node *root;
	size_t i;

	for (i = 0; i < BASE_COUNT(extensions); i++)
		cmark_parser_attach_syntax_extension(
			parser, cmark_find_syntax_extension(extensions[i]));
	cmark_parser_feed(parser, document.ptr, document.len);
	root = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	return root;
}

/* Links of e-mail addresses are found in the finished text; nothing can be escaped from that. */
static bool
is_mail_link(cmark_node *node)
{
	return cmark_node_get_type(node) == CMARK_NODE_LINK &&
	       str_starts(str_from(cmark_node_get_url(node)), STR("mailto:"));
}

/* The document as one text: the kinds of its nodes, and what they say. */
static Str
outline(Arena *arena, Str document)
{
	cmark_node *root = parse(document);
	cmark_iter *iter = cmark_iter_new(root);
	cmark_event_type event;
	Buf buf = buf_make(arena);

	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (cmark_node_get_type(node) == CMARK_NODE_TEXT ||
			cmark_node_get_type(node) == CMARK_NODE_CODE)
			buf_lit(&buf, cmark_node_get_literal(node));
		else if (!is_mail_link(node))
			buf_printf(&buf, "\n%c%s\n", event == CMARK_EVENT_ENTER ? '+' : '-',
				cmark_node_get_type_string(node));
	}
	cmark_iter_free(iter);
	cmark_node_free(root);
	return buf_text(&buf);
}

static Str
replace_marks(Arena *arena, Str text, Str by)
{
	Buf buf = buf_make(arena);

	while (text.len > 0) {
		size_t at = str_find(text, STR(MARK));

		buf_str(&buf, str_slice(text, 0, at));
		if (at < text.len) {
			buf_str(&buf, by);
			at += strlen(MARK);
		}
		text = str_slice(text, at, text.len);
	}
	return buf_text(&buf);
}

/* A text in its place changes what is said there and nothing else of the document. */
static void
check_places(Arena *arena, TextEscape escape, Str text, bool only_cells)
{
	Str written = written_by(arena, escape, text);
	size_t i;

	for (i = 0; i < BASE_COUNT(places) && text.len > 0; i++) {
		Str place = str_from(places[i]);
		Str expected =
			replace_marks(arena, outline(arena, place), on_one_line(arena, text));
		Str found = outline(arena, replace_marks(arena, place, written));

		if ((!only_cells || place.ptr[0] == '|') && !str_equal(expected, found))
			fail_msg("%s became %s, in %s:\n%s", shown(arena, text),
				shown(arena, written), places[i], shown(arena, found));
	}
}

static void
check_text_places(Arena *arena, Str text)
{
	check_places(arena, text_markdown, text, false);
}

static void
check_code_places(Arena *arena, Str text)
{
	check_places(arena, text_markdown_code, text, false);
}

static void
check_cell_code_places(Arena *arena, Str text)
{
	check_places(arena, text_markdown_cell_code, text, true);
}

/* Marks are not said, so both sides are compared without them. */
static void
check_marked_places(Arena *arena, Str text)
{
	Str written = written_by(arena, text_markdown_marked, text);
	Str said = without_ticks(arena, on_one_line(arena, text));
	size_t i;

	for (i = 0; i < BASE_COUNT(places) && said.len > 0; i++) {
		Str place = str_from(places[i]);
		Str expected = replace_marks(arena, outline(arena, place), said);
		Str found =
			without_ticks(arena, outline(arena, replace_marks(arena, place, written)));

		if (!str_equal(expected, found))
			fail_msg("%s became %s, in %s:\n%s", shown(arena, text),
				shown(arena, written), places[i], shown(arena, found));
	}
}

/* What a block can hold: lines; all else that does not show is U+FFFD. */
static Str
as_lines(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	size_t at = 0;

	while (at < text.len) {
		uint32_t c = utf8_next(text, &at);
		bool hidden = c < ' ' || c == 0x7f || utf8_is_control(c) ||
			      utf8_is_line_separator(c) || utf8_is_invisible(c);

		buf_code_point(&buf, c != '\n' && hidden ? 0xfffd : c);
	}
	buf_char(&buf, '\n');
	return buf_text(&buf);
}

/* One block between two paragraphs, whatever is in it, and every line of it. */
static void
check_block(Arena *arena, Str text)
{
	Str written = written_by(arena, text_markdown_block, text);
	cmark_node *root =
		parse(str_format(arena, "before\n\n" STR_FMT "\n\nafter\n", STR_ARG(written)));
	cmark_node *block = cmark_node_next(cmark_node_first_child(root));
	cmark_node *after = cmark_node_next(block);

	if (cmark_node_get_type(block) != CMARK_NODE_CODE_BLOCK ||
		!str_equal(str_from(cmark_node_get_literal(block)), as_lines(arena, text)) ||
		after == NULL || cmark_node_get_type(after) != CMARK_NODE_PARAGRAPH ||
		cmark_node_next(after) != NULL)
		fail_msg("%s became %s", shown(arena, text), shown(arena, written));
	assert_string_equal(cmark_node_get_fence_info(block), "powershell");
	cmark_node_free(root);
}

static void
cmark_reads_blocks_back(void **state)
{
	(void)state;
	cmark_gfm_core_extensions_ensure_registered();
	for_random_texts(2000, check_block);
}

static void
cmark_reads_cell_code_back(void **state)
{
	(void)state;
	cmark_gfm_core_extensions_ensure_registered();
	for_random_texts(2000, check_cell_code_places);
}

static void
cmark_reads_marked_text_back(void **state)
{
	(void)state;
	cmark_gfm_core_extensions_ensure_registered();
	for_random_texts(4000, check_marked_places);
}

static void
cmark_reads_text_back(void **state)
{
	(void)state;
	cmark_gfm_core_extensions_ensure_registered();
	for_random_texts(2000, check_text_places);
}

static void
cmark_reads_code_back(void **state)
{
	(void)state;
	cmark_gfm_core_extensions_ensure_registered();
	for_random_texts(2000, check_code_places);
}

#else

static void
cmark_reads_text_back(void **state)
{
	(void)state;
	fail_msg("cmark-gfm is not installed: script/bootstrap --tests does it");
}

static void
cmark_reads_code_back(void **state)
{
	cmark_reads_text_back(state);
}

static void
cmark_reads_cell_code_back(void **state)
{
	cmark_reads_text_back(state);
}

static void
cmark_reads_blocks_back(void **state)
{
	cmark_reads_text_back(state);
}

static void
cmark_reads_marked_text_back(void **state)
{
	cmark_reads_text_back(state);
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_has_no_unescaped_mark),
		cmocka_unit_test(code_reads_back),
		cmocka_unit_test(cell_code_reads_back),
		cmocka_unit_test(writes_the_documented_forms),
		cmocka_unit_test(cmark_reads_text_back),
		cmocka_unit_test(cmark_reads_marked_text_back),
		cmocka_unit_test(cmark_reads_code_back),
		cmocka_unit_test(cmark_reads_cell_code_back),
		cmocka_unit_test(cmark_reads_blocks_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
