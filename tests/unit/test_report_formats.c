/* The formats for machines, and what holds for every format whatever is in the findings. */
#include "test_report_case.h"
#include "test_report_random.h"

/* --- the table -------------------------------------------------------------------------------- */

static void
formats_are_found_by_name(void **state)
{
	int format;
	ReportFormat found;

	(void)state;
	for (format = 0; format < REPORT_FORMATS; format++) {
		assert_true(report_format_find(
			str_from(report_format_name((ReportFormat)format)), &found));
		assert_int_equal(found, format);
	}
	assert_true(report_format_find(STR("json-v1"), &found));
	assert_int_equal(found, REPORT_JSON);
	assert_string_equal(report_format_name(REPORT_JSON), "json");
	assert_false(report_format_find(STR(""), &found));
	assert_false(report_format_find(STR("json-v2"), &found));
	assert_false(report_format_find(STR("JSON"), &found));
}

/* --- short ------------------------------------------------------------------------------------ */

static void
one_line_a_finding(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "sites/a b.yaml", STR("x: 1\n\xe6\x9d\xb1: 2\n"));

	(void)state;
	diag_report(c.sink, DIAG_NO_MX_HOST, (Span){0}, "no MX host");
	diag_report(c.sink, DIAG_UNUSED_OBJECT, (Span){file, 3, 4}, "line\none\x1b[1m");
	diag_report(c.sink, DIAG_CYCLE, (Span){file, 10, 11}, "behind a wide character");
	diag_report(c.sink, DIAG_SPLIT_RANGE, (Span){file, 0, 1}, "info");
	diag_report(c.sink, DIAG_CYCLE, (Span){file, 12, 12}, "gone")->severity =
		DIAG_SEVERITY_NOT_CHECKED;
	c.options = (ReportOptions){.color = true, .language = DIAG_JA, .max_diagnostics = 1};
	assert_case(&c, REPORT_SHORT,
		"connplan: warning: no MX host [CP504]\n"
		"sites/a b.yaml:1:1: info: info [CP107]\n"
		"sites/a b.yaml:1:4: warning: line\\x0aone\\x1b[1m [CP009]\n"
		"sites/a b.yaml:2:4: error: behind a wide character [CP008]\n"
		"sites/a b.yaml:3:1: not-checked: gone [CP008]\n");
}

static void
nothing_found_is_nothing(void **state)
{
	Case c = case_make();

	(void)state;
	c.options.looked_at = STR("mailflow.yaml");
	assert_case(&c, REPORT_SHORT, "");
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void
json_as_documented(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(
		&c, "mailflow.yaml", STR("\xef\xbb\xbf# \xe6\x9d\xb1\r\na: 10.1.1.30\r\n"));
	uint32_t other = case_source(&c, "b.yaml", STR("b\n"));
	Diag *diag = diag_report(c.sink, DIAG_RESERVED_REFUSED, case_span(&c, file, "10.1.1.30"),
		"the service refuses `10.1.1.30`");

	(void)state;
	diag_path(diag, STR("relay_hosts/erp01/address"));
	diag_label(c.sink, diag, "private address");
	diag_note(c.sink, diag, "first\nsecond");
	diag_help(c.sink, diag, "name the public address");
	diag_related(c.sink, diag, (Span){other, 0, 2}, "over a line end");
	diag = diag_report(c.sink, DIAG_NO_MX_HOST, (Span){0}, "no \"MX\"");
	diag_help(c.sink, diag, "name it");
	diag->severity = DIAG_SEVERITY_NOT_CHECKED;
	assert_case(&c, REPORT_JSON,
		"{\n"
		"  \"format\": \"connplan-diagnostics\",\n"
		"  \"version\": 1,\n"
		"  \"summary\": {\n"
		"    \"errors\": 1,\n"
		"    \"warnings\": 0,\n"
		"    \"infos\": 0,\n"
		"    \"not_checked\": 1,\n"
		"    \"waived\": 0\n"
		"  },\n"
		"  \"diagnostics\": [\n"
		"    {\n"
		"      \"code\": \"CP504\",\n"
		"      \"name\": \"no-mx-host\",\n"
		"      \"severity\": \"not-checked\",\n"
		"      \"message\": \"no \\\"MX\\\"\",\n"
		"      \"file\": null,\n"
		"      \"path\": null,\n"
		"      \"range\": null,\n"
		"      \"label\": null,\n"
		"      \"related\": [],\n"
		"      \"notes\": [],\n"
		"      \"help\": \"name it\",\n"
		"      \"fixes\": [],\n"
		"      \"fingerprint\": \"c75e6bf02b29a86d\",\n"
		"      \"waiver\": null\n"
		"    },\n"
		"    {\n"
		"      \"code\": \"CP103\",\n"
		"      \"name\": \"reserved-refused\",\n"
		"      \"severity\": \"error\",\n"
		"      \"message\": \"the service refuses `10.1.1.30`\",\n"
		"      \"file\": \"mailflow.yaml\",\n"
		"      \"path\": \"relay_hosts/erp01/address\",\n"
		"      \"range\": {\n"
		"        \"start\": {\n"
		"          \"line\": 2,\n"
		"          \"column\": 4\n"
		"        },\n"
		"        \"end\": {\n"
		"          \"line\": 2,\n"
		"          \"column\": 13\n"
		"        }\n"
		"      },\n"
		"      \"label\": \"private address\",\n"
		"      \"related\": [\n"
		"        {\n"
		"          \"file\": \"b.yaml\",\n"
		"          \"range\": {\n"
		"            \"start\": {\n"
		"              \"line\": 1,\n"
		"              \"column\": 1\n"
		"            },\n"
		"            \"end\": {\n"
		"              \"line\": 2,\n"
		"              \"column\": 1\n"
		"            }\n"
		"          },\n"
		"          \"message\": \"over a line end\"\n"
		"        }\n"
		"      ],\n"
		"      \"notes\": [\n"
		"        \"first\\u000asecond\"\n"
		"      ],\n"
		"      \"help\": \"name the public address\",\n"
		"      \"fixes\": [],\n"
		"      \"fingerprint\": \"47bff4fbbbe7b29e\",\n"
		"      \"waiver\": null\n"
		"    }\n"
		"  ]\n"
		"}\n");
}

static void
json_of_nothing(void **state)
{
	Case c = case_make();
	DiagVerdict verdict = {0};
	Buf out = buf_make(c.arena);

	(void)state;
	report_write(&out, REPORT_JSON, &verdict, c.sources, &c.options);
	assert_str(buf_text(&out), "{\n"
				   "  \"format\": \"connplan-diagnostics\",\n"
				   "  \"version\": 1,\n"
				   "  \"summary\": {\n"
				   "    \"errors\": 0,\n"
				   "    \"warnings\": 0,\n"
				   "    \"infos\": 0,\n"
				   "    \"not_checked\": 0,\n"
				   "    \"waived\": 0\n"
				   "  },\n"
				   "  \"diagnostics\": []\n"
				   "}\n");
	arena_destroy(c.arena);
}

static void
what_is_no_text_becomes_replacement_characters(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a\xff.yaml", STR("x"));
	DiagVerdict verdict;
	Json *item;

	(void)state;
	diag_report(c.sink, DIAG_CYCLE, (Span){file, 0, 1}, "a\xe3\x81z");
	verdict = diag_verdict(c.sink);
	item = report_diagnostics(c.arena, &verdict, c.sources)->items.items[0];
	assert_str(json_get_text(item, STR("file")), "a\xef\xbf\xbd.yaml");
	assert_str(json_get_text(item, STR("message")), "a\xef\xbf\xbd\xef\xbf\xbdz");
	arena_destroy(c.arena);
}

static Str
fingerprint_of(Arena *arena, const char *before, const char *message, const char *path)
{
	SourceSet *sources = source_set(arena);
	DiagSink *sink = diag_sink(arena, sources);
	Str text = str_format(arena, "%sx: 1\n", before);
	uint32_t file = source_add(sources, STR("a.yaml"), text);
	Diag *diag = diag_report(sink, DIAG_CYCLE,
		(Span){file, (uint32_t)text.len - 2, (uint32_t)text.len - 1}, "%s", message);
	DiagVerdict verdict;

	diag_path(diag, str_from(path));
	verdict = diag_verdict(sink);
	return json_get_text(
		report_diagnostics(arena, &verdict, sources)->items.items[0], STR("fingerprint"));
}

static void
a_fingerprint_outlives_moved_lines(void **state)
{
	Arena *arena = arena_create();
	Str here = fingerprint_of(arena, "", "message", "a/b");

	(void)state;
	assert_int_equal(here.len, 16);
	assert_true(str_equal(here, fingerprint_of(arena, "\n\n# more\n", "message", "a/b")));
	assert_false(str_equal(here, fingerprint_of(arena, "", "messages", "a/b")));
	assert_false(str_equal(here, fingerprint_of(arena, "", "message", "a/c")));
	/* Where one part ends and the next begins makes a difference. */
	assert_false(str_equal(fingerprint_of(arena, "", "cmessage", "a/b"),
		fingerprint_of(arena, "", "message", "a/bc")));
	arena_destroy(arena);
}

/* --- laws over all formats -------------------------------------------------------------------- */

/* JSON may hold what does not show: whoever reads it decides how to show it. */
static bool
is_json(ReportFormat format)
{
	return format == REPORT_JSON || format == REPORT_SARIF || format == REPORT_GITLAB;
}

static void
no_control_comes_out_raw(void **state)
{
	Random random = {101};
	size_t round, format;

	(void)state;
	for (round = 0; round < 2000; round++) {
		Case c = random_case(&random);

		for (format = 0; format < REPORT_FORMATS; format++) {
			Str text = case_write(&c, (ReportFormat)format);
			size_t at = 0;

			assert_int_equal(utf8_valid_until(text), text.len);
			while (at < text.len) {
				uint32_t c_point = utf8_next(text, &at);

				assert_false(utf8_is_control(c_point) && c_point != '\n');
				assert_false(!is_json((ReportFormat)format) &&
					     (utf8_is_invisible(c_point) ||
						     utf8_is_line_separator(c_point)));
			}
		}
		arena_destroy(c.arena);
	}
}

/* One line for each finding, however many line ends are in it. */
static void
short_has_one_line_a_finding(void **state)
{
	Random random = {102};
	size_t round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		Case c = random_case(&random);
		Str rest = case_write(&c, REPORT_SHORT), line;
		size_t lines = 0;

		for (; str_next_line(&rest, &line); lines++) {
			assert_true(str_ends(line, STR("]")));
			assert_int_equal(line.ptr[line.len - 7], '[');
		}
		assert_int_equal(lines, c.sink->items.len);
		arena_destroy(c.arena);
	}
}

static Str
without_colours(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	size_t at;

	for (at = 0; at < text.len; at++) {
		if (text.ptr[at] == 0x1b)
			at = str_find_char(text, 'm', at);
		else
			buf_char(&buf, text.ptr[at]);
	}
	return buf_text(&buf);
}

static void
colours_change_nothing_else(void **state)
{
	Random random = {103};
	size_t round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		Case c = random_case(&random);
		Str plain = case_write(&c, REPORT_HUMAN), colored;

		c.options.color = true;
		colored = case_write(&c, REPORT_HUMAN);
		assert_true(str_equal(without_colours(c.arena, colored), plain));
		assert_true(c.sink->items.len == 0 || colored.len > plain.len);
		arena_destroy(c.arena);
	}
}

/* A `#` by its number is what keeps the mark of a log's command out. */
static Str
without_escaped_marks(Arena *arena, Str text)
{
	static const Str escape = STR_CONST("#\\u0023");
	Buf buf = buf_make(arena);
	size_t at = str_find(text, escape);

	while (at < text.len) {
		buf_str(&buf, str_slice(text, 0, at));
		buf_lit(&buf, "##");
		text = str_slice(text, at + escape.len, text.len);
		at = str_find(text, escape);
	}
	buf_str(&buf, text);
	return buf_text(&buf);
}

/* Written in parts, it is the same text that the whole value would be. */
static void
json_is_read_back(void **state)
{
	Random random = {104};
	size_t round;

	(void)state;
	for (round = 0; round < 1000; round++) {
		Case c = random_case(&random);
		Str text = case_write(&c, REPORT_JSON);
		Buf again = buf_make(c.arena);
		JsonError error;
		Json *value;

		assert_true(json_read(c.arena, text, &value, &error));
		json_write_pretty(&again, value);
		assert_true(str_equal(buf_text(&again), without_escaped_marks(c.arena, text)));
		assert_int_equal(json_len(json_get(value, STR("diagnostics"))), c.sink->items.len);
		arena_destroy(c.arena);
	}
}

/* More findings than share one piece of scratch memory. */
static void
many_findings(void **state)
{
	Case c = case_make();
	JsonError error;
	Json *value;
	size_t i, len;

	(void)state;
	for (i = 0; i < 1500; i++)
		diag_report(c.sink, DIAG_CYCLE, (Span){0}, "%05zu", i);
	assert_true(json_read(c.arena, case_write(&c, REPORT_JSON), &value, &error));
	value = json_get(value, STR("diagnostics"));
	len = json_len(value);
	assert_int_equal(len, 1500);
	for (i = 0; i < len; i++) {
		Str expected = str_format(c.arena, "%05zu", i);

		assert_true(
			str_equal(json_get_text(value->items.items[i], STR("message")), expected));
	}
	arena_destroy(c.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_found_by_name),
		cmocka_unit_test(one_line_a_finding),
		cmocka_unit_test(nothing_found_is_nothing),
		cmocka_unit_test(json_as_documented),
		cmocka_unit_test(json_of_nothing),
		cmocka_unit_test(what_is_no_text_becomes_replacement_characters),
		cmocka_unit_test(a_fingerprint_outlives_moved_lines),
		cmocka_unit_test(no_control_comes_out_raw),
		cmocka_unit_test(short_has_one_line_a_finding),
		cmocka_unit_test(colours_change_nothing_else),
		cmocka_unit_test(json_is_read_back),
		cmocka_unit_test(many_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
