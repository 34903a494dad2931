/* HTML and XML, read back by their own rules for character references. */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "test_text_random.h"

typedef struct Language {
	bool is_xml;
	TextEscape escape;
} Language;

static const Language html = {false, text_html}, xml = {true, text_xml};

/* The number of a reference such as `#39` or `#x202e`. */
static bool
read_number(Str name, uint32_t *ret_number)
{
	bool hex = name.len > 1 && name.ptr[1] == 'x';
	size_t i;

	*ret_number = 0;
	for (i = hex ? 2 : 1; i < name.len; i++) {
		static const Str digits = STR_CONST("0123456789abcdef");
		size_t digit = str_find_char(digits, name.ptr[i], 0);

		if (digit >= (hex ? 16u : 10u))
			return false;
		*ret_number = *ret_number * (hex ? 16 : 10) + (uint32_t)digit;
	}
	return i > 1;
}

static bool
read_reference(const Language *language, Str name, uint32_t *ret_number)
{
	static const Str names[] = {
		STR_CONST("lt"), STR_CONST("gt"), STR_CONST("amp"), STR_CONST("quot")};
	size_t i;

	for (i = 0; i < BASE_COUNT(names); i++) {
		if (str_equal(name, names[i])) {
			*ret_number = (uint32_t) "<>&\""[i];
			return true;
		}
	}
	if (name.len < 2 || name.ptr[0] != '#' || !read_number(name, ret_number))
		return false;
	/* HTML reads these as Windows-1252 and 0 as U+FFFD; XML allows 9, 10, 13 below 32. */
	if (language->is_xml)
		return *ret_number >= 0x20 || *ret_number == '\t' || *ret_number == '\n' ||
		       *ret_number == '\r';
	return *ret_number > 0 && (*ret_number < 0x80 || *ret_number > 0x9f);
}

/* As the value of a quoted attribute, which may hold less than text may. */
static bool
read_markup(const Language *language, Str written, Buf *read)
{
	size_t at = 0;

	while (at < written.len) {
		size_t start = at, end;
		uint32_t c = utf8_next(written, &at);

		if (c == '&') {
			end = str_find_char(written, ';', at);
			if (end == written.len ||
				!read_reference(language, str_slice(written, at, end), &c))
				return false;
			buf_code_point(read, c);
			at = end + 1;
			continue;
		}
		/* CR, and in an attribute of XML any blank, would be read as something else. */
		if (c == '<' || c == '>' || c == '"' || c == '\'' || c == '\r' || c == 0 ||
			(language->is_xml && c < 0x20))
			return false;
		buf_str(read, str_slice(written, start, at));
	}
	return true;
}

/* What the language can hold of a text. */
static Str
holdable(Arena *arena, const Language *language, Str text)
{
	Buf buf = buf_make(arena);
	size_t at = 0;

	while (at < text.len) {
		uint32_t c = utf8_next(text, &at);
		bool refused = language->is_xml
				       ? (c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
						 c == 0xfffe || c == 0xffff
				       : c == 0;

		buf_code_point(&buf, refused ? 0xfffd : c);
	}
	return buf_text(&buf);
}

static void
check(Arena *arena, const Language *language, Str text)
{
	Buf written = buf_make(arena), read = buf_make(arena);

	language->escape(&written, text);
	if (!read_markup(language, buf_text(&written), &read) ||
		!str_equal(buf_text(&read), holdable(arena, language, text)))
		fail_msg("%s became %s", shown(arena, text), shown(arena, buf_text(&written)));
}

static void
check_html(Arena *arena, Str text)
{
	check(arena, &html, text);
}

static void
check_xml(Arena *arena, Str text)
{
	check(arena, &xml, text);
}

static void
html_reads_back(void **state)
{
	(void)state;
	for_random_texts(50000, check_html);
}

static void
xml_reads_back(void **state)
{
	(void)state;
	for_random_texts(50000, check_xml);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html_reads_back),
		cmocka_unit_test(xml_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
