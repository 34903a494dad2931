/*
 * What "Reading YAML" refuses: each with its code and its place; texts that would take long; limits
 * on both sides; keys that stand twice, against a model.
 */
#include "test_doc_case.h"

#include <stdio.h>

/* The `[` and `]` in a text mark the span that a finding must have; they are taken out. */
typedef struct Refusal {
	const char *marked;
	DiagCode code;
	const char *message;
	const char *path;
} Refusal;

/* The marks are bytes that no YAML text may hold. */
#define FROM "\x01"
#define TO   "\x02"

static Str
unmark(Arena *arena, Str marked, Span *ret_span)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < marked.len; i++) {
		if (marked.ptr[i] == FROM[0])
			ret_span->start = (uint32_t)buf.len;
		else if (marked.ptr[i] == TO[0])
			ret_span->end = (uint32_t)buf.len;
		else
			buf_char(&buf, marked.ptr[i]);
	}
	return buf_text(&buf);
}

static void
check_refusal(const Refusal *refusal)
{
	Arena *arena = arena_create();
	Span span = {0};
	Str text = unmark(arena, str_from(refusal->marked), &span);
	DocCase c = doc_case(text);
	const Diag *diag = c.sink->items.items;

	if (c.sink->items.len != 1)
		fail_msg("%zu findings in\n" STR_FMT, c.sink->items.len, STR_ARG(text));
	if (str_find(diag->message, str_from(refusal->message)) == diag->message.len)
		fail_msg("`" STR_FMT "` for\n" STR_FMT, STR_ARG(diag->message), STR_ARG(text));
	assert_string_equal(diag_code_text(diag->code), diag_code_text(refusal->code));
	if (diag->span.start != span.start || diag->span.end != span.end)
		fail_msg("%u-%u, not %u-%u: " STR_FMT " in\n" STR_FMT, diag->span.start,
			diag->span.end, span.start, span.end, STR_ARG(diag->message),
			STR_ARG(text));
	assert_int_equal(diag->span.file, 1);
	assert_str(diag->path, refusal->path);
	assert_int_equal(c.good, refusal->code == DIAG_DUPLICATE_KEY);
	doc_case_end(&c);
	arena_destroy(arena);
}

static void
refusals_have_a_code_and_a_place(void **state)
{
	static const Refusal refusals[] = {
		{"a: " FROM "\xff" TO "\n", DIAG_YAML_SYNTAX, "byte 0xff is not UTF-8", ""},
		{"\xe6\x9d\xb1: " FROM "\xc3" TO "(\n", DIAG_YAML_SYNTAX, "byte 0xc3", ""},
		{"a: " FROM "\xed" TO "\xa0\x80\n", DIAG_YAML_SYNTAX, "byte 0xed", ""},
		{"a: " FROM "\xc0" TO "\xaf\n", DIAG_YAML_SYNTAX, "byte 0xc0", ""},
		{FROM "\xff" TO "\xfe"
		      "a",
			DIAG_YAML_SYNTAX, "byte 0xff", ""},
		{"a: b" FROM "\x07" TO "\n", DIAG_CONTROL_CHARACTER, "U+0007", ""},
		{"a: b" FROM "\x1b" TO "[0m\n", DIAG_CONTROL_CHARACTER, "U+001B", ""},
		{"# \xc3\xa9 " FROM "\x7f" TO "\n", DIAG_CONTROL_CHARACTER, "U+007F", ""},
		{"a: b" FROM "\xc2\x85" TO "c\n", DIAG_CONTROL_CHARACTER, "U+0085", ""},
		{"a: b" FROM "\xc2\x9b" TO "c\n", DIAG_CONTROL_CHARACTER, "U+009B", ""},
		{"a: b" FROM "\xe2\x80\xa8" TO "c\n", DIAG_CONTROL_CHARACTER, "U+2028", ""},
		{"a: b" FROM "\xe2\x80\xa9" TO "c\n", DIAG_CONTROL_CHARACTER, "U+2029", ""},
		{"a: b" FROM "\r" TO "c: d\n", DIAG_CONTROL_CHARACTER, "U+000D", ""},
		{"a: b" FROM "\r" TO "", DIAG_CONTROL_CHARACTER, "U+000D", ""},
		{"a: " FROM "\xef\xbb\xbf" TO "b\n", DIAG_CONTROL_CHARACTER, "U+FEFF", ""},
		{"a: " FROM "\xef\xbf\xbf" TO "b\n", DIAG_CONTROL_CHARACTER, "U+FFFF", ""},
		{FROM "%" TO "YAML 1.2\n---\na: b\n", DIAG_YAML_SYNTAX, "begins with `%`", ""},
		{"\xef\xbb\xbf" FROM "%" TO "TAG ! x:\n", DIAG_YAML_SYNTAX, "begins with `%`", ""},
		{"a: |\r\n  x\r\n" FROM "%" TO "b\r\n", DIAG_YAML_SYNTAX, "begins with `%`", ""},
		{"a: " FROM "!mine b" TO "\n", DIAG_YAML_SYNTAX, "custom tag `!mine`", "a"},
		{"a: [x, " FROM "!!omap [" TO "]]\n", DIAG_YAML_SYNTAX, "omap", "a/1"},
		{"a: " FROM "!<tag:example.com,2026:x> b" TO "\n", DIAG_YAML_SYNTAX, "example",
			"a"},
		{"a: {c~/d: " FROM "!!merge x" TO "}\n", DIAG_YAML_SYNTAX, "merge", "a/c~0~1d"},
		{"a: b\n" FROM "---" TO "\nc: d\n", DIAG_YAML_SYNTAX, "a second document", ""},
		{"a: b\n...\n" FROM "---" TO "\n", DIAG_YAML_SYNTAX, "a second document", ""},
		{"a: " FROM "*b" TO "\n", DIAG_YAML_SYNTAX, "`*b` has no anchor", "a"},
		{"a: " FROM "*b" TO "\nc: &b 1\n", DIAG_YAML_SYNTAX, "`*b` has no anchor", "a"},
		{"a: &b [c, " FROM "*b" TO "]\n", DIAG_YAML_SYNTAX, "inside its own anchor", "a/1"},
		{"a: &b 1\nc: &b {d: " FROM "*b" TO "}\n", DIAG_YAML_SYNTAX, "its own anchor",
			"c/d"},
		{"{" FROM "[a, b]" TO ": c}\n", DIAG_WRONG_TYPE, "a key must be a text, not a list",
			""},
		{"d: {? " FROM "{a: b}" TO " : c}\n", DIAG_WRONG_TYPE, "not a map", "d"},
		{"a: {<<: " FROM "b" TO "}\n", DIAG_WRONG_TYPE, "`<<` merges maps", "a"},
		{"a: {<<: [{}, " FROM "[]" TO "]}\n", DIAG_WRONG_TYPE, "`<<` merges maps", "a"},
		{"a: 1\nb: 2\n" FROM "a" TO ": 3\n", DIAG_DUPLICATE_KEY, "`a` stands twice", "a"},
		{"x: [{a: 1, " FROM "'a'" TO ": 3}]\n", DIAG_DUPLICATE_KEY, "`a` stands twice",
			"x/0/a"},
		{"b: &b {}\nc:\n  <<: *b\n  " FROM "<<" TO ": *b\n", DIAG_DUPLICATE_KEY, "`<<`",
			"c/<<"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(refusals); i++)
		check_refusal(&refusals[i]);
}

/* Where libyaml gives up, in bytes, behind characters of several bytes. */
static void
places_of_the_parser(void **state)
{
	static const Refusal refusals[] = {
		{"a: [1, 2\n" FROM TO "", DIAG_YAML_SYNTAX, "not YAML: ", ""},
		{"\xe6\x9d\xb1: b" FROM TO ": c\n", DIAG_YAML_SYNTAX, "mapping values", ""},
		{"# \xf0\x9f\x93\xae\na:\n" FROM TO "\tb: c\n", DIAG_YAML_SYNTAX, "start any token",
			""},
		{"a: \"\xc3\xa9" FROM TO "\\q\"\n", DIAG_YAML_SYNTAX, "escape", ""},
		{"\xef\xbb\xbf"
		 "a: '\xc3\xa9\n" FROM TO "",
			DIAG_YAML_SYNTAX, "end of stream", ""},
		{"a:\r\n  - \xc3\xa9\r\n " FROM TO "b: c\r\n", DIAG_YAML_SYNTAX, "not YAML: ", ""},
		{"a: " FROM TO "@b\n", DIAG_YAML_SYNTAX, "start any token", ""},
		{"a: [b, c" FROM TO "}\n", DIAG_YAML_SYNTAX, "not YAML: ", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(refusals); i++)
		check_refusal(&refusals[i]);
}

/* A syntax error points to what it belongs to as well; every finding says what to do. */
static void
findings_help(void **state)
{
	static const char *const texts[] = {"a: \xff", "a: \x07", "%a", "a: !b c", "a: *b",
		"a: 1\na: 2", "{[a]: b}", "{<<: 1}", "a: 1\n---\nb: 2", "a:\n\tb: c",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["};
	DocCase c = doc_case(STR("a: [1,\nb: 2\n"));
	size_t i;

	(void)state;
	assert_int_equal(c.sink->items.items[0].related_len, 1);
	assert_int_equal(c.sink->items.items[0].related[0].span.start, 3);
	doc_case_end(&c);
	for (i = 0; i < BASE_COUNT(texts); i++) {
		c = doc_case(str_from(texts[i]));
		if (c.sink->items.len != 1 || c.sink->items.items[0].help.len == 0)
			fail_msg("%zu findings, or no help, for\n%s", c.sink->items.len, texts[i]);
		doc_case_end(&c);
	}
}

static void
many_bad_characters_are_listed_up_to_a_number(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	DocCase c;

	(void)state;
	buf_repeat(&text, '\a', 30000000);
	c = doc_case(buf_text(&text));
	assert_false(c.good);
	assert_in_range(c.sink->items.len, 20, 21);
	doc_case_end(&c);
	arena_destroy(arena);
}

/* --- what is no error ------------------------------------------------------------------------ */

static void
texts_without_anything(void **state)
{
	static const char *const texts[] = {
		"", "\n", "# only this", "---\n", "\xef\xbb\xbf", "~", "---\n...\n", "\r\n\r\n"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(texts); i++) {
		DocCase c = doc_case(str_from(texts[i]));

		assert_true(c.good);
		assert_true(doc_is_null(&c.root));
		assert_int_equal(c.root.span.file, 1);
		assert_true(c.root.span.end <= c.text.len);
		doc_case_end(&c);
	}
}

static void
nulls_are_plain_words(void **state)
{
	DocCase c = doc_case(
		STR("[ null, Null, NULL, ~, 'null', \"~\", !!str null, ! null, nil, '', n]"));
	size_t i;

	(void)state;
	assert_true(c.good);
	for (i = 0; i < c.root.count; i++)
		assert_int_equal(doc_is_null(doc_item(&c.root, i)), i < 4);
	doc_case_end(&c);
	c = doc_case(STR("a:\nb: {c: , d}\n"));
	assert_true(c.good);
	assert_true(doc_is_null(doc_find(&c.root, STR("a"))));
	assert_true(doc_is_null(doc_find(doc_find(&c.root, STR("b")), STR("d"))));
	assert_false(doc_is_null(doc_find(&c.root, STR("b"))));
	doc_case_end(&c);
}

/* Pairs without braces in a list, explicit keys, folded texts: the rest of YAML is read too. */
static void
other_forms(void **state)
{
	DocCase c = doc_case(STR("? a\n: - b: c\n    d: e\n  - [f: g, h]\n? i\n"
				 "j: >\n  k\n  l\n\n\nm: plain\n  text\nn: !!int '5'\n"));
	const DocNode *list;

	(void)state;
	assert_true(c.good);
	assert_int_equal(c.root.count, 5);
	list = doc_find(&c.root, STR("a"));
	assert_str(doc_text(doc_value(doc_item(list, 0), 1)), "e");
	assert_int_equal(doc_item(doc_item(list, 1), 0)->kind, DOC_MAP);
	assert_str(str_slice(c.text, doc_item(doc_item(list, 1), 0)->span.start,
			   doc_item(doc_item(list, 1), 0)->span.end),
		"f: g");
	assert_true(doc_is_null(doc_find(&c.root, STR("i"))));
	assert_str(doc_text(doc_find(&c.root, STR("j"))), "k l\n");
	assert_str(str_slice(c.text, doc_find(&c.root, STR("j"))->span.start,
			   doc_find(&c.root, STR("j"))->span.end),
		">\n  k\n  l");
	assert_str(doc_text(doc_find(&c.root, STR("m"))), "plain text");
	assert_false(doc_find(&c.root, STR("n"))->plain);
	doc_case_end(&c);
}

/* --- limits ---------------------------------------------------------------------------------- */

/* One finding of CP010 past the limit, none at it; and no time to speak of. */
static void
check_limit(Str text, bool over)
{
	double start = seconds_used();
	DocCase c = doc_case(text);

	assert_int_equal(c.good, !over);
	assert_int_equal(c.sink->items.len, over ? 1 : 0);
	if (over)
		assert_int_equal(c.sink->items.items[0].code, DIAG_INPUT_LIMIT);
	assert_true(seconds_used() - start < 5);
	doc_case_end(&c);
}

static Str
nested(Arena *arena, const char *open, const char *inside, const char *close, size_t depth)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < depth; i++)
		buf_lit(&buf, open);
	buf_lit(&buf, inside);
	for (i = 0; i < depth; i++)
		buf_lit(&buf, close);
	return buf_text(&buf);
}

static void
depth_is_limited(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	check_limit(nested(arena, "[", "", "]", 64), false);
	check_limit(nested(arena, "[", "", "]", 65), true);
	check_limit(nested(arena, "{a: ", "b", "}", 64), false);
	check_limit(nested(arena, "{a: ", "b", "}", 65), true);
	check_limit(nested(arena, "- ", "b", "", 64), false);
	check_limit(nested(arena, "- ", "b", "", 65), true);
	check_limit(nested(arena, "[{a: ", "b", "}]", 32), false);
	check_limit(nested(arena, "[{a: ", "b", "}]", 33), true);
	check_limit(nested(arena, "[", "", "", 200000), true);
	check_limit(nested(arena, "? ", "b", "", 20000), true);
	arena_destroy(arena);
}

static void
directives_end_at_once(void **state)
{
	Arena *arena = arena_create();
	double start = seconds_used();
	DocCase c = doc_case(nested(arena, "%TAG !a! tag:example.com,2026:\n", "---\n", "", 80000));

	(void)state;
	assert_false(c.good);
	assert_int_equal(c.sink->items.len, 1);
	assert_true(seconds_used() - start < 2);
	doc_case_end(&c);
	arena_destroy(arena);
}

/* `a0` has ten values, each further anchor ten aliases to the one before. */
static Str
bomb(Arena *arena, unsigned levels)
{
	Buf buf = buf_make(arena);
	unsigned i;

	buf_lit(&buf, "x0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
	for (i = 1; i < levels; i++)
		buf_str(&buf, str_format(arena,
				      "x%u: &a%u [*a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u, "
				      "*a%u]\n",
				      i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1,
				      i - 1));
	return buf_text(&buf);
}

static void
alias_bombs_stop(void **state)
{
	Arena *arena = arena_create();
	Buf merges = buf_make(arena);
	unsigned i;

	(void)state;
	check_limit(bomb(arena, 5), false);
	check_limit(bomb(arena, 9), true);
	check_limit(bomb(arena, 60), true);
	buf_lit(&merges, "x0: &a0 {k0: v}\n");
	for (i = 1; i < 64; i++)
		buf_printf(
			&merges, "x%u: &a%u {<<: *a%u, m: *a%u, k%u: v}\n", i, i, i - 1, i - 1, i);
	check_limit(buf_text(&merges), true);
	arena_destroy(arena);
}

/* A list of `len` scalars is one node more; an alias to it adds as many. */
static void
alias_limits_are_exact(void **state)
{
	Arena *arena = arena_create();
	Str list = nested(arena, "1,", "", "", 9999);
	Str text = nested(arena, "x,", "", "", 0);
	size_t over;

	(void)state;
	for (over = 0; over < 2; over++) {
		Buf buf = buf_make(arena);
		size_t i;

		buf_printf(&buf, "a: &a [" STR_FMT "]\nb: &b x\nc:\n", STR_ARG(list));
		for (i = 0; i < 100; i++)
			buf_lit(&buf, "- *a\n");
		buf_lit(&buf, over ? "- *b\n" : "");
		check_limit(buf_text(&buf), over == 1);
	}
	text = nested(arena, "x", "", "", 65536);
	for (over = 0; over < 2; over++) {
		Buf buf = buf_make(arena);
		size_t i;

		buf_printf(&buf, "a: &a " STR_FMT "\nb: &b x\nc:\n", STR_ARG(text));
		for (i = 0; i < 256; i++)
			buf_lit(&buf, "- *a\n");
		buf_lit(&buf, over ? "- *b\n" : "");
		check_limit(buf_text(&buf), over == 1);
	}
	arena_destroy(arena);
}

static void
texts_are_limited(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	check_limit(nested(arena, "a", "", "", 65536), false);
	check_limit(nested(arena, "a", "", "", 65537), true);
	check_limit(str_format(arena, "- x\n- '" STR_FMT "'\n",
			    STR_ARG(nested(arena, "\xc3\xa9", "", "", 32768))),
		false);
	check_limit(str_format(arena, "- x\n- '" STR_FMT "z'\n",
			    STR_ARG(nested(arena, "\xc3\xa9", "", "", 32768))),
		true);
	arena_destroy(arena);
}

/* --- keys that stand twice ------------------------------------------------------------------- */

/* Every later one is reported with the place of the first, which is the one that is found. */
static void
check_duplicates(Random *random, size_t len)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	size_t keys[64], starts[64], i, reported = 0;
	DocCase c;

	for (i = 0; i < len; i++) {
		keys[i] = random_below(random, len + len / 2);
		starts[i] = buf.len;
		buf_printf(&buf, "k%zu: v%zu\n", keys[i], i);
	}
	c = doc_case(buf_text(&buf));
	assert_true(c.good);
	assert_int_equal(c.root.count, len);
	for (i = 0; i < len; i++) {
		Str key = str_format(arena, "k%zu", keys[i]);
		const Diag *diag = &c.sink->items.items[reported];
		size_t first = 0;

		while (keys[first] != keys[i])
			first++;
		assert_ptr_equal(doc_find(&c.root, key), doc_value(&c.root, first));
		if (first == i)
			continue;
		assert_true(reported++ < c.sink->items.len);
		assert_int_equal(diag->code, DIAG_DUPLICATE_KEY);
		assert_int_equal(diag->span.start, starts[i]);
		assert_int_equal(diag->related[0].span.start, starts[first]);
	}
	assert_int_equal(c.sink->items.len, reported);
	doc_case_end(&c);
	arena_destroy(arena);
}

static void
duplicate_keys_in_maps_of_all_sizes(void **state)
{
	Random random = {5};
	size_t round;

	(void)state;
	for (round = 0; round < 300; round++)
		check_duplicates(&random, 1 + random_below(&random, 63));
}

/* A large map costs little more than its bytes. */
static void
large_maps_are_quick(void **state)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	double start = seconds_used();
	DocCase c;
	size_t i;

	(void)state;
	for (i = 0; i < 100000; i++)
		buf_printf(&buf, "k%zu: v\n", i);
	buf_lit(&buf, "k0: v\n");
	c = doc_case(buf_text(&buf));
	assert_int_equal(c.sink->items.len, 1);
	assert_int_equal(c.root.count, 100001);
	assert_true(seconds_used() - start < 5);
	doc_case_end(&c);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_have_a_code_and_a_place),
		cmocka_unit_test(places_of_the_parser),
		cmocka_unit_test(findings_help),
		cmocka_unit_test(many_bad_characters_are_listed_up_to_a_number),
		cmocka_unit_test(texts_without_anything),
		cmocka_unit_test(nulls_are_plain_words),
		cmocka_unit_test(other_forms),
		cmocka_unit_test(depth_is_limited),
		cmocka_unit_test(directives_end_at_once),
		cmocka_unit_test(alias_bombs_stop),
		cmocka_unit_test(alias_limits_are_exact),
		cmocka_unit_test(texts_are_limited),
		cmocka_unit_test(duplicate_keys_in_maps_of_all_sizes),
		cmocka_unit_test(large_maps_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
