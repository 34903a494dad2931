/* text_powershell, read back by a reader of the few PowerShell forms that it may write. */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "test_text_random.h"
#include "test_text_script.h"

static void
check_reads_back(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	ScriptReader reader = {.read = buf_make(arena)};

	text_powershell(&buf, text);
	reader.text = buf_text(&buf);
	if (!script_expression(&reader) || reader.at != reader.text.len ||
		!str_equal(buf_text(&reader.read), text))
		fail_msg("%s became %s", shown(arena, text), shown(arena, reader.text));
}

static void
reads_back(void **state)
{
	(void)state;
	for_random_texts(50000, check_reads_back);
}

static void
check_is_ascii_where_text_is(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	Str written;
	size_t i;

	text_powershell(&buf, text);
	written = buf_text(&buf);
	if (utf8_count(text) != text.len)
		return;
	for (i = 0; i < written.len; i++) {
		if (written.ptr[i] < 0x20 || written.ptr[i] > 0x7e)
			fail_msg("%s became %s", shown(arena, text), shown(arena, written));
	}
}

static void
ascii_stays_ascii(void **state)
{
	(void)state;
	for_random_texts(20000, check_is_ascii_where_text_is);
}

static void
writes_the_documented_forms(void **state)
{
	static const struct {
		Str text, written;
	} cases[] = {
		{STR_CONST(""), STR_CONST("''")},
		{STR_CONST("erp01"), STR_CONST("'erp01'")},
		{STR_CONST("it's"), STR_CONST("'it''s'")},
		{STR_CONST("$(x) `n \""), STR_CONST("'$(x) `n \"'")},
		{STR_CONST("a\xe2\x80\x99"
			   "b"),
			STR_CONST("('a' + [char]0x2019 + 'b')")},
		{STR_CONST("\n"), STR_CONST("('' + [char]0x0a)")},
		{STR_CONST("a\0"), STR_CONST("('a' + [char]0x00)")},
		{STR_CONST("\xe2\x80\xae"), STR_CONST("('' + [char]0x202e)")},
		{STR_CONST("a\xf3\xa0\x81\x81"), STR_CONST("('a' + [char]0xdb40 + [char]0xdc41)")},
		{STR_CONST("\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x98\x80"),
			STR_CONST("'\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x98\x80'")},
	};
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(cases); i++) {
		Buf buf = buf_make(arena);

		text_powershell(&buf, cases[i].text);
		assert_string_equal(shown(arena, buf_text(&buf)), shown(arena, cases[i].written));
	}
	arena_destroy(arena);
}

static void
long_texts_are_joined(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena), written = buf_make(arena);

	(void)state;
	buf_repeat(&text, '\n', 60000);
	check_reads_back(arena, buf_text(&text));
	text_powershell(&written, buf_text(&text));
	/* A sum of that depth would end the engine by its stack. */
	assert_int_equal(str_find(buf_text(&written), STR(" + ")), written.len);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back),
		cmocka_unit_test(ascii_stays_ascii),
		cmocka_unit_test(writes_the_documented_forms),
		cmocka_unit_test(long_texts_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
