/* The small languages, each read back by a reader written from its own specification. */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "test_text_random.h"

static Str
written_by(Arena *arena, TextEscape escape, Str text)
{
	Buf buf = buf_make(arena);

	escape(&buf, text);
	return buf_text(&buf);
}

static void
expect(Arena *arena, Str text, Str written, bool good)
{
	if (!good)
		fail_msg("%s became %s", shown(arena, text), shown(arena, written));
}

/* The escape of a hidden character that people see: a backslash and its number. */
static Str
visible(Arena *arena, uint32_t c)
{
	return str_format(arena,
		c < 256     ? "\\x%02x"
		: c < 65536 ? "\\u%04x"
			    : "\\U%08x",
		(unsigned)c);
}

/* --- zone: RFC 1035 section 5.1 --------------------------------------------------------------- */

static bool
read_zone_string(Arena *arena, Str written, Str *ret_text)
{
	Buf buf = buf_make(arena);
	size_t at = 1;

	if (written.len < 2 || written.ptr[0] != '"')
		return false;
	while (at < written.len && written.ptr[at] != '"') {
		unsigned octet = (unsigned char)written.ptr[at++];

		if (octet < 0x20 || octet > 0x7e)
			return false;
		if (octet == '\\') {
			octet = (unsigned char)written.ptr[at++];
			if (octet >= '0' && octet <= '9') {
				octet = (octet - '0') * 100 +
					(unsigned)(written.ptr[at] - '0') * 10 +
					(unsigned)(written.ptr[at + 1] - '0');
				at += 2;
			}
		}
		if (octet > 255)
			return false;
		buf_char(&buf, (char)octet);
	}
	*ret_text = buf_text(&buf);
	return at == written.len - 1;
}

static void
check_zone(Arena *arena, Str text)
{
	Str written = written_by(arena, text_zone, text), read = {0};

	expect(arena, text, written,
		read_zone_string(arena, written, &read) && str_equal(read, text));
}

static void
zone_reads_back(void **state)
{
	(void)state;
	for_random_texts(20000, check_zone);
}

/* --- CSV: RFC 4180, and what a spreadsheet runs ---------------------------------------------- */

/* The first field of a line of fields; false if a quote stands where none may. The separator is
 * a semicolon to a spreadsheet in many a language. */
static bool
read_csv_field(Arena *arena, char separator, Str line, Str *ret_field, size_t *ret_end)
{
	Buf buf = buf_make(arena);
	bool quoted = line.len > 0 && line.ptr[0] == '"';
	size_t at = quoted;

	for (; at < line.len; at++) {
		char byte = line.ptr[at];

		if (!quoted && (byte == separator || byte == '\r' || byte == '\n'))
			break;
		if (!quoted && byte == '"')
			return false;
		if (quoted && byte == '"') {
			at++;
			if (at == line.len || line.ptr[at] != '"')
				break;
		}
		buf_char(&buf, byte);
	}
	*ret_field = buf_text(&buf);
	*ret_end = at;
	return true;
}

static bool
is_formula(Str field)
{
	size_t at = 0;
	uint32_t c = field.len == 0 ? 0 : utf8_next(field, &at);

	/* Full-width = + - @ too: Excel reads them so where the system's language is East Asian. */
	return c != 0 && (c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' ||
				 c == 0xff1d || c == 0xff0b || c == 0xff0d || c == 0xff20);
}

/* The text as a cell shows it: hidden characters by number, but for line ends and tabs. */
static Str
shown_in_cell(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	size_t at = 0;

	while (at < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);
		bool is_kept = c == '\t' || c == '\r' || c == '\n';

		if (!is_kept &&
			(utf8_is_control(c) || utf8_is_invisible(c) || utf8_is_line_separator(c)))
			buf_str(&buf, visible(arena, c));
		else
			buf_str(&buf, str_slice(text, start, at));
	}
	return buf_text(&buf);
}

static void
check_csv_of(Arena *arena, char separator, Str text)
{
	Str written = written_by(arena, text_csv, text), field = {0};
	Str cell = shown_in_cell(arena, text);
	Buf row = buf_make(arena);
	size_t end = 0;
	bool good;

	buf_str(&row, written);
	buf_char(&row, separator);
	buf_lit(&row, "next\r\n");
	good = read_csv_field(arena, separator, buf_text(&row), &field, &end) && end == written.len;
	if (good && field.len == cell.len + 1 && field.ptr[0] == '\'')
		field = str_slice(field, 1, field.len);
	else
		good = good && !is_formula(field);
	expect(arena, text, written, good && str_equal(field, cell));
}

static void
check_csv(Arena *arena, Str text)
{
	check_csv_of(arena, ',', text);
	check_csv_of(arena, ';', text);
}

static void
csv_reads_as_shown_and_is_no_formula(void **state)
{
	(void)state;
	for_random_texts(50000, check_csv);
}

/* --- workflow commands ------------------------------------------------------------------------ */

/* What a runner replaces, and by what. */
typedef struct Codes {
	const char *const *codes;
	const char *bytes;
} Codes;

static const char *const github_codes[] = {"%0D", "%0A", "%3A", "%2C", "%25", NULL};
static const char *const azure_codes[] = {"%0D", "%0A", "%3B", "%5D", "%AZP25", NULL};
static const Codes github = {github_codes, "\r\n:,%"}, azure = {azure_codes, "\r\n;]%"};

static Str
read_workflow(Arena *arena, const Codes *codes, Str written)
{
	Buf buf = buf_make(arena);
	size_t at = 0, i;

	while (at < written.len) {
		for (i = 0; codes->codes[i] != NULL; i++) {
			if (str_starts(
				    str_slice(written, at, written.len), str_from(codes->codes[i])))
				break;
		}
		buf_char(&buf, codes->codes[i] != NULL ? codes->bytes[i] : written.ptr[at]);
		at += codes->codes[i] != NULL ? strlen(codes->codes[i]) : 1;
	}
	return buf_text(&buf);
}

static bool
has_any(Str text, const char *bytes)
{
	size_t i;

	for (i = 0; bytes[i] != '\0'; i++) {
		if (str_find_char(text, bytes[i], 0) < text.len)
			return true;
	}
	return false;
}

static void
check_command(Arena *arena, Str text, const Codes *codes, TextEscape escape, const char *forbidden)
{
	Str written = written_by(arena, escape, text);

	expect(arena, text, written,
		!has_any(written, forbidden) &&
			str_equal(read_workflow(arena, codes, written), text));
}

static void
check_workflow(Arena *arena, Str text)
{
	check_command(arena, text, &github, text_workflow_message, "\r\n");
	check_command(arena, text, &github, text_workflow_property, "\r\n:,");
	check_command(arena, text, &azure, text_azure_message, "\r\n");
	check_command(arena, text, &azure, text_azure_property, "\r\n;]");
}

static void
workflow_reads_back_on_one_line(void **state)
{
	(void)state;
	for_random_texts(20000, check_workflow);
}

/* --- URI references --------------------------------------------------------------------------- */

static void
check_uri(Arena *arena, Str text)
{
	Str written = written_by(arena, text_uri_path, text);
	Buf read = buf_make(arena);
	size_t at;

	for (at = 0; at < written.len; at++) {
		char digits[3] = {0};

		if (written.ptr[at] != '%') {
			buf_char(&read, written.ptr[at]);
			continue;
		}
		if (written.len - at < 3)
			break;
		digits[0] = written.ptr[at + 1];
		digits[1] = written.ptr[at + 2];
		buf_char(&read, (char)strtoul(digits, NULL, 16));
		at += 2;
	}
	expect(arena, text, written,
		!has_any(written, " :?#[]@!$&'()*+,;=\"<>\\^`{|}\x7f") &&
			str_equal(buf_text(&read), text));
}

static void
uri_reads_back_and_is_one_path(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	for_random_texts(20000, check_uri);
	assert_string_equal(
		shown(arena, written_by(arena, text_uri_path, STR("a b/\xe6\x9d\xb1~1.yaml"))),
		"a%20b/%E6%9D%B1~1.yaml");
	arena_destroy(arena);
}

/* --- terminal --------------------------------------------------------------------------------- */

/* The text with every hidden character, and a `#` that would make a command, by its number. */
static Str
shown_on_terminal(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	size_t at = 0;

	while (at < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		if (utf8_is_control(c) || utf8_is_invisible(c) || utf8_is_line_separator(c) ||
			text_is_log_mark(text, start))
			buf_str(&buf, visible(arena, c));
		else
			buf_str(&buf, str_slice(text, start, at));
	}
	return buf_text(&buf);
}

static void
check_terminal(Arena *arena, Str text)
{
	Str written = written_by(arena, text_terminal, text);

	expect(arena, text, written, str_equal(written, shown_on_terminal(arena, text)));
}

static void
terminal_shows_what_is_hidden(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	for_random_texts(20000, check_terminal);
	assert_string_equal(shown(arena, written_by(arena, text_terminal,
						 STR("a\x1b[1m\xe2\x80\xae\xf3\xa0\x81\x81\n"))),
		"a\\x1b[1m\\u202e\\U000e0041\\x0a");
	arena_destroy(arena);
}

/* Nothing that was shown starts a command in the log of a build. */
static void
check_no_command(Arena *arena, Str text)
{
	Str written = str_lower(arena, written_by(arena, text_terminal, text));

	expect(arena, text, written,
		str_find(written, STR("##[")) == written.len &&
			str_find(written, STR("##vso[")) == written.len);
}

static void
no_command_for_a_log_is_shown(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	for_random_texts(20000, check_no_command);
	assert_string_equal(shown(arena, written_by(arena, text_terminal,
						 STR("###[x ##vSo[ ## [ ##vso ##vs #[ [##"))),
		"##\\x23[x #\\x23vSo[ ## [ ##vso ##vs #[ [##");
	assert_false(text_is_log_mark(STR("#["), 0));
	assert_false(text_is_log_mark(STR("##"), 1));
	assert_false(text_is_log_mark(STR("##["), 3));
	arena_destroy(arena);
}

/* --- the table of languages ------------------------------------------------------------------- */

static void
every_language_has_its_function(void **state)
{
	Arena *arena = arena_create();

	(void)state;
	assert_string_equal(
		shown(arena, written_by(arena, text_escape(TEXT_PLAIN), STR("a\"<"))), "a\"<");
	assert_ptr_equal(text_escape(TEXT_POWERSHELL), text_powershell);
	assert_ptr_equal(text_escape(TEXT_ZONE), text_zone);
	assert_ptr_equal(text_escape(TEXT_MARKDOWN), text_markdown);
	assert_ptr_equal(text_escape(TEXT_HTML), text_html);
	assert_ptr_equal(text_escape(TEXT_XML), text_xml);
	assert_ptr_equal(text_escape(TEXT_CSV), text_csv);
	assert_ptr_equal(text_escape(TEXT_YAML), text_yaml);
	assert_ptr_equal(text_escape(TEXT_WORKFLOW), text_workflow_message);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zone_reads_back),
		cmocka_unit_test(csv_reads_as_shown_and_is_no_formula),
		cmocka_unit_test(workflow_reads_back_on_one_line),
		cmocka_unit_test(uri_reads_back_and_is_one_path),
		cmocka_unit_test(terminal_shows_what_is_hidden),
		cmocka_unit_test(no_command_for_a_log_is_shown),
		cmocka_unit_test(every_language_has_its_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
