/* text_powershell, read back by a reader of the few PowerShell forms that it may write. */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "test_text_random.h"

typedef struct Reader {
	Str text;
	size_t at;
	Buf read;
} Reader;

static bool
take(Reader *reader, const char *expected)
{
	Str wanted = str_from(expected);

	if (!str_starts(str_slice(reader->text, reader->at, reader->text.len), wanted))
		return false;
	reader->at += wanted.len;
	return true;
}

/* The tokenizer ends a single-quoted literal at any of five quotes, and takes two for one. */
static bool
is_single_quote(uint32_t c)
{
	return c == '\'' || (c >= 0x2018 && c <= 0x201b);
}

static bool
read_literal(Reader *reader)
{
	if (!take(reader, "'"))
		return false;
	while (reader->at < reader->text.len) {
		size_t start = reader->at;
		uint32_t c = utf8_next(reader->text, &reader->at);

		if (is_single_quote(c)) {
			size_t next = reader->at;

			if (next == reader->text.len ||
				!is_single_quote(utf8_next(reader->text, &next)))
				return true;
			reader->at = next;
		}
		/* What a reviewer would not see, and what an editor could change. */
		if (utf8_is_control(c) || utf8_is_invisible(c) || utf8_is_line_separator(c) ||
			(c != '\'' && is_single_quote(c)))
			return false;
		buf_str(&reader->read, str_slice(reader->text, start,
					       start + (c == '\'' ? 1 : reader->at - start)));
	}
	return false;
}

static bool
read_hex(Reader *reader, uint32_t *ret_number)
{
	size_t start = reader->at;

	*ret_number = 0;
	for (; reader->at < reader->text.len; reader->at++) {
		static const Str digits = STR_CONST("0123456789abcdef");
		size_t digit = str_find_char(digits, reader->text.ptr[reader->at], 0);

		if (digit == digits.len)
			break;
		*ret_number = *ret_number * 16 + (uint32_t)digit;
	}
	return reader->at > start && reader->at - start <= 6;
}

/* [char] holds one UTF-16 unit; whatever is longer needs the other form. */
static bool
read_operand(Reader *reader)
{
	uint32_t c;

	if (take(reader, "[char]::ConvertFromUtf32(0x")) {
		if (!read_hex(reader, &c) || !take(reader, ")") || c < 0x10000)
			return false;
	} else if (take(reader, "[char]0x")) {
		if (!read_hex(reader, &c) || c > 0xffff)
			return false;
	} else {
		return read_literal(reader);
	}
	buf_code_point(&reader->read, c);
	return true;
}

static bool
read_expression(Reader *reader)
{
	bool joined = take(reader, "(-join @(");
	bool good;

	if (!joined && !take(reader, "("))
		return read_literal(reader);
	/* A sum of characters would be a number, so a text has to come first. */
	good = read_literal(reader);
	while (good && take(reader, joined ? ", " : " + "))
		good = read_operand(reader);
	return good && take(reader, joined ? "))" : ")");
}

static void
check_reads_back(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	Reader reader = {.read = buf_make(arena)};

	text_powershell(&buf, text);
	reader.text = buf_text(&buf);
	if (!read_expression(&reader) || reader.at != reader.text.len ||
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
		{STR_CONST("a\xf3\xa0\x81\x81"),
			STR_CONST("('a' + [char]::ConvertFromUtf32(0xe0041))")},
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
