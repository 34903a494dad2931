/* text_yaml, read back by libyaml in every place where a scalar may stand. */
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <yaml.h>

#include "test_text_random.h"

/* The scalars of a document, in their order; false if libyaml refuses it. */
static bool
read_scalars(Arena *arena, Str document, StrVec *ret_scalars)
{
	yaml_parser_t parser;
	yaml_event_t event = {0};
	bool good = true;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)document.ptr, document.len);
	do {
		yaml_event_delete(&event);
		good = yaml_parser_parse(&parser, &event) == 1;
		if (good && event.type == YAML_SCALAR_EVENT)
			VEC_PUSH(arena, ret_scalars,
				str_copy(arena, (Str){(const char *)event.data.scalar.value,
							event.data.scalar.length}));
	} while (good && event.type != YAML_STREAM_END_EVENT);
	yaml_event_delete(&event);
	yaml_parser_delete(&parser);
	return good;
}

static const char *const places[] = {
	"%s\n",
	"key: %s\n",
	"key: %s # comment\n",
	"- %s\n- x\n",
	"[%s]\n",
	"[x, %s, y]\n",
	"{a: %s}\n",
	"{a: %s, b: x}\n",
	"%s: x\n",
	"{%s: x}\n",
};

/* The place with a scalar at its `%s`. */
static Str
put(Arena *arena, const char *place, Str scalar)
{
	Str whole = str_from(place);
	size_t at = str_find(whole, STR("%s"));
	Buf buf = buf_make(arena);

	buf_str(&buf, str_slice(whole, 0, at));
	buf_str(&buf, scalar);
	buf_str(&buf, str_slice(whole, at + 2, whole.len));
	return buf_text(&buf);
}

static void
check_in_all_places(Arena *arena, Str text)
{
	Buf written = buf_make(arena);
	size_t i, k;

	text_yaml(&written, text);
	for (i = 0; i < BASE_COUNT(places); i++) {
		StrVec expected = {0}, read = {0};
		bool good = read_scalars(arena, put(arena, places[i], STR("z")), &expected) &&
			    read_scalars(arena, put(arena, places[i], buf_text(&written)), &read) &&
			    read.len == expected.len;

		for (k = 0; good && k < read.len; k++)
			good = str_equal(read.items[k],
				STR_EQ(expected.items[k], "z") ? text : expected.items[k]);
		if (!good)
			fail_msg("%s became %s, in %s", shown(arena, text),
				shown(arena, buf_text(&written)), places[i]);
	}
}

static void
reads_back(void **state)
{
	(void)state;
	for_random_texts(4000, check_in_all_places);
}

static bool
is_plain(Arena *arena, Str text)
{
	Buf written = buf_make(arena);

	text_yaml(&written, text);
	return str_equal(buf_text(&written), text);
}

/* What some version of YAML takes for something else than a text. */
static void
typed_words_are_quoted(void **state)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL", "true", "True",
		"FALSE", "yes", "No", "ON", "off", "y", "N", "0", "7", "+7", "-7", "007", "0o17",
		"0x1F", "0b101", "1_000", "12e3", "1.5", "1.", ".5", "+.5", "1e-3", "6.02E+23",
		".inf", "-.INF", "+.inf", ".NaN", "190:20:30", "1:2:3:4:5:6:7:8", "190:20:30.15",
		"2026-12-05", "2026-12-05T22:00:00Z", "2026-12-05 22:00:00", "<<", "=", "---",
		"...", "- a", "? a", "a: b", "a #b", "a:", "*a", "&a", "!a", "|", ">", "%a", "@a",
		"`a", "\"a", "'a", "#a", " a", "a ", "[a", "{a", "a, b", "a]", "a?b", "a:?b",
		"a\nb", "\xef\xbb\xbf"};
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(words); i++) {
		if (is_plain(arena, str_from(words[i])) && words[i][0] != '\0')
			fail_msg("%s is written plain", words[i]);
		check_in_all_places(arena, str_from(words[i]));
	}
	arena_destroy(arena);
}

static void
usual_texts_stay_plain(void **state)
{
	static const char *const texts[] = {"contoso.com", "erp01", "relay-hq", "198.51.100.10",
		"198.51.100.16/30", "2001:db8::1", "fe80::1/64", "_spf.vendor.example",
		"Relay for ERP and printers", "smtp:contoso.com;1", "Contoso (Tokyo)",
		"hr@contoso.com", "it's", "a#b", "C:\\mail", "mailto:dmarc@contoso.com",
		"\xe6\x9d\xb1\xe4\xba\xac", "v=spf1 ~all"};
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(texts); i++) {
		if (!is_plain(arena, str_from(texts[i])))
			fail_msg("%s is quoted", texts[i]);
		check_in_all_places(arena, str_from(texts[i]));
	}
	arena_destroy(arena);
}

static void
check_shows_nothing_hidden(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	Str written;
	size_t at = 0;

	text_yaml(&buf, text);
	written = buf_text(&buf);
	while (at < written.len) {
		uint32_t c = utf8_next(written, &at);

		if (utf8_is_control(c) || utf8_is_invisible(c) || utf8_is_line_separator(c))
			fail_msg("%s became %s", shown(arena, text), shown(arena, written));
	}
}

static void
hidden_characters_are_by_number(void **state)
{
	(void)state;
	for_random_texts(20000, check_shows_nothing_hidden);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back),
		cmocka_unit_test(typed_words_are_quoted),
		cmocka_unit_test(usual_texts_stay_plain),
		cmocka_unit_test(hidden_characters_are_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
