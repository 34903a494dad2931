/* json_read: what RFC 8259 allows is taken, all else refused with its place. */
#include "json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static Json *
read_good(Arena *arena, Str text)
{
	Json *value = NULL;
	JsonError error;

	if (!json_read(arena, text, &value, &error))
		fail_msg(STR_FMT ": offset %zu: " STR_FMT, STR_ARG(text), error.offset,
			STR_ARG(error.message));
	return value;
}

typedef struct Refusal {
	Str text;
	size_t offset;
	const char *message;
} Refusal;

#define CONTROL  "a control character inside a text"
#define NO_VALUE "no JSON value begins here"
#define END      "the end where a value is expected"
#define HALF     "half of a surrogate pair"
#define ESCAPE   "a backslash that begins no escape"
#define ZERO     "a number with a leading zero"
#define UTF8     "bytes that are not UTF-8"
#define AFTER    "text after the end of the value"
#define TWICE    "a key that stands in its object already"
#define KEY      "an object needs a key in double quotes here"
#define LIST     "a list needs `,` or `]` here"
#define OBJECT   "an object needs `,` or `}` here"
#define OPEN     "a text without its closing quote"

static const Refusal refusals[] = {
	{STR_CONST(""), 0, END},
	{STR_CONST(" \n"), 2, END},
	{STR_CONST("\xef\xbb\xbf"), 3, END},
	{STR_CONST("[1,"), 3, END},
	{STR_CONST("[1,]"), 3, NO_VALUE},
	{STR_CONST("[,1]"), 1, NO_VALUE},
	{STR_CONST("[1 2]"), 3, LIST},
	{STR_CONST("[1"), 2, LIST},
	{STR_CONST("{\"a\":1,}"), 7, KEY},
	{STR_CONST("{a:1}"), 1, KEY},
	{STR_CONST("{'a':1}"), 1, KEY},
	{STR_CONST("{1:1}"), 1, KEY},
	{STR_CONST("{\"a\" 1}"), 5, "a key needs `:` after it"},
	{STR_CONST("{\"a\":1 \"b\":2}"), 7, OBJECT},
	{STR_CONST("{\"a\":}"), 5, NO_VALUE},
	{STR_CONST("{\"a\":1"), 6, OBJECT},
	{STR_CONST("{\"a\":1]"), 6, OBJECT},
	{STR_CONST("{\"a\":1,\"a\":2}"), 7, TWICE},
	{STR_CONST("{\"a\":1,\"\\u0061\":2}"), 7, TWICE},
	{STR_CONST("{\"\\u0000\":1,\"\\u0000\":2}"), 12, TWICE},
	{STR_CONST("{\"a\":{\"b\":1,\"b\":2}}"), 12, TWICE},
	{STR_CONST("{\"\":{},\"\":2}"), 7, TWICE},
	{STR_CONST("{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,"
		   "\"9\":0,\"3\":0}"),
		61, TWICE},
	{STR_CONST("{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"0\":0}"), 49,
		TWICE},
	{STR_CONST("1 2"), 2, AFTER},
	{STR_CONST("{} x"), 3, AFTER},
	{STR_CONST("null\0"), 4, AFTER},
	{STR_CONST("truefalse"), 4, AFTER},
	{STR_CONST("\xef\xbb\xbf\xef\xbb\xbf"
		   "1"),
		3, NO_VALUE},
	{STR_CONST("1\xef\xbb\xbf"), 1, AFTER},
	{STR_CONST("\xc2\xa0"
		   "1"),
		0, NO_VALUE},
	{STR_CONST("\f1"), 0, NO_VALUE},
	{STR_CONST("[1,\v2]"), 3, NO_VALUE},
	{STR_CONST("True"), 0, NO_VALUE},
	{STR_CONST("nul"), 0, NO_VALUE},
	{STR_CONST("NaN"), 0, NO_VALUE},
	{STR_CONST("Infinity"), 0, NO_VALUE},
	{STR_CONST("-Infinity"), 0, "a minus sign without digits"},
	{STR_CONST("// x\n1"), 0, NO_VALUE},
	{STR_CONST("1/**/"), 1, AFTER},
	{STR_CONST("+1"), 0, NO_VALUE},
	{STR_CONST(".5"), 0, NO_VALUE},
	{STR_CONST("-"), 0, "a minus sign without digits"},
	{STR_CONST("--1"), 0, "a minus sign without digits"},
	{STR_CONST("012"), 0, ZERO},
	{STR_CONST("-00"), 0, ZERO},
	{STR_CONST("[1, 007]"), 4, ZERO},
	{STR_CONST("1."), 0, "a number without digits after its point"},
	{STR_CONST("1.e3"), 0, "a number without digits after its point"},
	{STR_CONST("1e"), 0, "a number without digits in its exponent"},
	{STR_CONST("1e+"), 0, "a number without digits in its exponent"},
	{STR_CONST("1e-+1"), 0, "a number without digits in its exponent"},
	{STR_CONST("0x10"), 1, AFTER},
	{STR_CONST("1_000"), 1, AFTER},
	{STR_CONST("\""), 0, OPEN},
	{STR_CONST("[\"a]"), 1, OPEN},
	{STR_CONST("\"a\\\""), 0, OPEN},
	{STR_CONST("\"\\"), 1, ESCAPE},
	{STR_CONST("\"a\nb\""), 2, CONTROL},
	{STR_CONST("\"a\tb\""), 2, CONTROL},
	{STR_CONST("\"\0\""), 1, CONTROL},
	{STR_CONST("{\"a\x1f\":1}"), 3, CONTROL},
	{STR_CONST("\"\\x41\""), 1, ESCAPE},
	{STR_CONST("\"\\'\""), 1, ESCAPE},
	{STR_CONST("\"\\\0\""), 1, ESCAPE},
	{STR_CONST("\"\\u12\""), 1, ESCAPE},
	{STR_CONST("\"\\u12g4\""), 1, ESCAPE},
	{STR_CONST("\"\\u 123\""), 1, ESCAPE},
	{STR_CONST("\"\\U0041\""), 1, ESCAPE},
	{STR_CONST("\"\\ud800\""), 1, HALF},
	{STR_CONST("\"\\udc00\""), 1, HALF},
	{STR_CONST("\"\\ud800\\u0041\""), 1, HALF},
	{STR_CONST("\"\\ud800\\ud800\""), 1, HALF},
	{STR_CONST("\"\\udc00\\ud800\""), 1, HALF},
	{STR_CONST("\"\\ud83d\\n\""), 1, HALF},
	{STR_CONST("\"\x80\""), 1, UTF8},
	{STR_CONST("\"\xc0\x80\""), 1, UTF8},
	{STR_CONST("\"ab\xe2\x82\""), 3, UTF8},
	{STR_CONST("\"\xed\xa0\x80\""), 1, UTF8},
	{STR_CONST("\"\xf4\x90\x80\x80\""), 1, UTF8},
	{STR_CONST("1\xff"), 1, UTF8},
};

static void
refuses_with_place(void **state)
{
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(refusals); i++) {
		const Refusal *refusal = &refusals[i];
		JsonError error = {0};
		Json *value;

		if (json_read(arena, refusal->text, &value, &error))
			fail_msg("taken: " STR_FMT, STR_ARG(refusal->text));
		if (error.offset != refusal->offset ||
			!str_equal(error.message, str_from(refusal->message)))
			fail_msg(STR_FMT ": offset %zu: " STR_FMT, STR_ARG(refusal->text),
				error.offset, STR_ARG(error.message));
	}
	arena_destroy(arena);
}

/* Every beginning of a text that is one closed value is refused, and never read past its end. */
static void
refuses_every_beginning(void **state)
{
	static const Str text =
		STR_CONST("{\"a\\u00e9\":[1.5e-3,true,\"\\ud83d\\ude00\",{\"b\":null}]}");
	size_t len;

	(void)state;
	for (len = 0; len < text.len; len++) {
		Arena *arena = arena_create();
		Str part = {str_copy(arena, str_slice(text, 0, len)).ptr, len};
		JsonError error = {0};
		Json *value;

		if (json_read(arena, part, &value, &error))
			fail_msg("taken: " STR_FMT, STR_ARG(part));
		assert_true(error.offset <= len);
		arena_destroy(arena);
	}
}

static void
takes_what_the_grammar_allows(void **state)
{
	Arena *arena = arena_create();
	Json *value;

	(void)state;
	value = read_good(arena, STR("\xef\xbb\xbf"
				     "1"));
	assert_int_equal(value->number, 1);
	value = read_good(arena, STR("\xef\xbb\xbf \t\r\n[ ] \n"));
	assert_int_equal(value->kind, JSON_LIST);
	assert_int_equal(json_len(value), 0);
	value = read_good(arena, STR("{\"b\" : [true , false,null],\"a\":{ }}"));
	assert_true(STR_EQ(value->members.items[0].key, "b"));
	assert_true(json_is_true(json_get(value, STR("b"))->items.items[0]));
	assert_int_equal(json_get(value, STR("b"))->items.items[1]->kind, JSON_BOOL);
	assert_int_equal(json_get(value, STR("b"))->items.items[2]->kind, JSON_NULL);
	assert_null(json_get(value, STR("B")));
	value = read_good(arena, STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uD83D\\uDE00\x7f\""));
	assert_true(STR_EQ(value->text, "\"\\/\b\f\n\r\tA\xf0\x9f\x98\x80\x7f"));
	arena_destroy(arena);
}

static void
nul_and_its_carrier_survive(void **state)
{
	static const Str text =
		STR_CONST("{\"a\\u0000\\uf8ff\":[\"\\u0000\",\"\\uF8FF\\\\u0000\xef\xa3\xbf\","
			  "\"\xef\xa3\xbf"
			  "0\\uf8ff1\",\"\\u0000\\u0000z\",\"\\\\\"]}");
	Arena *arena = arena_create();
	Json *value = read_good(arena, text), *list;

	(void)state;
	list = json_get(value, STR("a\0\xef\xa3\xbf"));
	assert_non_null(list);
	assert_true(STR_EQ(list->items.items[0]->text, "\0"));
	assert_true(STR_EQ(list->items.items[1]->text, "\xef\xa3\xbf\\u0000\xef\xa3\xbf"));
	assert_true(STR_EQ(list->items.items[2]->text, "\xef\xa3\xbf"
						       "0\xef\xa3\xbf"
						       "1"));
	assert_true(STR_EQ(list->items.items[3]->text, "\0\0z"));
	assert_true(STR_EQ(list->items.items[4]->text, "\\"));
	/* The same without any NUL: nothing is carried then. */
	value = read_good(arena, STR("\"\\uf8ff0\xef\xa3\xbf"
				     "1\""));
	assert_true(STR_EQ(value->text, "\xef\xa3\xbf"
					"0\xef\xa3\xbf"
					"1"));
	arena_destroy(arena);
}

static void
numbers_keep_their_digits(void **state)
{
	static const struct {
		Str text;
		bool is_integer;
		int64_t number;
	} cases[] = {
		{STR_CONST("0"), true, 0},
		{STR_CONST("-0"), true, 0},
		{STR_CONST("42"), true, 42},
		{STR_CONST("9007199254740993"), true, 9007199254740993},
		{STR_CONST("9223372036854775807"), true, INT64_MAX},
		{STR_CONST("-9223372036854775808"), true, INT64_MIN},
		{STR_CONST("9223372036854775808"), false, 0},
		{STR_CONST("-9223372036854775809"), false, 0},
		{STR_CONST("18446744073709551616"), false, 0},
		{STR_CONST("1.0"), false, 0},
		{STR_CONST("1E400"), false, 0},
		{STR_CONST("-1.5e+10"), false, 0},
		/* Longer than the buffer of the parser below. */
		{STR_CONST("0.1234567890123456789012345678901234567890123456789012345678901234567"),
			false, 0},
		{STR_CONST("123456789012345678901234567890123456789012345678901234567890123"),
			false, 0},
	};
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(cases); i++) {
		Buf text = buf_make(arena);
		Json *value;

		buf_lit(&text, "[1,");
		buf_str(&text, cases[i].text);
		buf_lit(&text, ",\"x\",2]");
		value = read_good(arena, buf_text(&text));
		assert_int_equal(json_len(value), 4);
		assert_true(str_equal(value->items.items[1]->text, cases[i].text));
		assert_int_equal(value->items.items[1]->is_integer, cases[i].is_integer);
		assert_true(value->items.items[1]->number == cases[i].number);
		assert_int_equal(value->items.items[3]->number, 2);
	}
	arena_destroy(arena);
}

/* Nested to a depth, alternating lists and objects. */
static Str
nested(Arena *arena, size_t depth)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < depth; i++)
		buf_lit(&buf, i % 2 == 0 ? "[" : "{\"a\":");
	buf_lit(&buf, "1");
	while (i-- > 0)
		buf_lit(&buf, i % 2 == 0 ? "]" : "}");
	return buf_text(&buf);
}

static void
nests_to_the_limit(void **state)
{
	Arena *arena = arena_create();
	JsonError error = {0};
	Json *value = read_good(arena, nested(arena, JSON_DEPTH_MAX));

	(void)state;
	assert_int_equal(value->kind, JSON_LIST);
	assert_false(json_read(arena, nested(arena, JSON_DEPTH_MAX + 1), &value, &error));
	assert_true(STR_EQ(error.message, "more than 200 levels of lists and objects"));
	assert_int_equal(error.offset, 100 * strlen("[{\"a\":"));
	/* Unclosed brackets: refused at the limit, not at the end of the text. */
	{
		Buf buf = buf_make(arena);

		buf_repeat(&buf, '[', 1000000);
		assert_false(json_read(arena, buf_text(&buf), &value, &error));
		assert_int_equal(error.offset, JSON_DEPTH_MAX);
	}
	arena_destroy(arena);
}

/* A quadratic step anywhere would take hours here. */
static void
large_texts_are_read_in_one_go(void **state)
{
	const size_t len = 1000000;
	Arena *arena = arena_create();
	Buf list = buf_make(arena), object = buf_make(arena);
	Json *value;
	size_t i;

	(void)state;
	for (i = 0; i < len; i++) {
		buf_printf(&list, "%c%zu", i == 0 ? '[' : ',', i);
		if (i < len / 5)
			buf_printf(&object, "%c\"k%zu\":%zu", i == 0 ? '{' : ',', i, i);
	}
	buf_char(&list, ']');
	buf_char(&object, '}');
	value = read_good(arena, buf_text(&list));
	assert_int_equal(json_len(value), len);
	assert_int_equal(value->items.items[len - 1]->number, len - 1);
	value = read_good(arena, buf_text(&object));
	assert_int_equal(json_len(value), len / 5);
	assert_int_equal(json_get(value, STR("k154321"))->number, 154321);
	arena_destroy(arena);
}

/* A text of n short strings with escapes may not need hundreds of bytes for each. */
static void
memory_is_bounded_by_the_text(void **state)
{
	const size_t len = 100000;
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	size_t i, before;

	(void)state;
	for (i = 0; i < len; i++)
		buf_printf(&text, "%s\"\\u0000\"", i == 0 ? "[" : ",");
	buf_char(&text, ']');
	before = arena_used(arena);
	read_good(arena, buf_text(&text));
	assert_in_range(arena_used(arena) - before, 1, 20 * text.len);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_with_place),
		cmocka_unit_test(refuses_every_beginning),
		cmocka_unit_test(takes_what_the_grammar_allows),
		cmocka_unit_test(nul_and_its_carrier_survive),
		cmocka_unit_test(numbers_keep_their_digits),
		cmocka_unit_test(nests_to_the_limit),
		cmocka_unit_test(large_texts_are_read_in_one_go),
		cmocka_unit_test(memory_is_bounded_by_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
