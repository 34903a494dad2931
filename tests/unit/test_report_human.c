/* The format for people, as it looks. Every finding has a help of its own, so that none is lent. */
#include "test_report_case.h"

static Diag *
report(Case *c, DiagCode code, Span span, const char *label)
{
	Diag *diag = diag_report(c->sink, code, span, "message");

	if (label != NULL)
		diag_label(c->sink, diag, "%s", label);
	diag_help(c->sink, diag, "help");
	return diag;
}

#define HELP    "  |\n  = help: help\n\n"
#define ONE_ERR "1 error in 1 file\n"

static void
one_finding(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "mailflow.yaml",
		STR("version: 1\n\n\n\n\n\n\n\n\n\nrelay_hosts:\n  erp01: { address: 10.1.1.30 "
		    "}\n"));
	Diag *diag = diag_report(c.sink, DIAG_RESERVED_REFUSED, case_span(&c, file, "10.1.1.30"),
		"the service refuses `%s`", "10.1.1.30");

	(void)state;
	diag_label(c.sink, diag, "private address");
	diag_note(c.sink, diag, "route: erp01 \xe2\x86\x92 nat-tokyo\n(one hop)");
	diag_note(c.sink, diag, "another note");
	diag_help(c.sink, diag, "say which public address the mail leaves from");
	assert_case(&c, REPORT_HUMAN,
		"error[CP103]: the service refuses `10.1.1.30`\n"
		"  --> mailflow.yaml:12:21\n"
		"   |\n"
		"12 |   erp01: { address: 10.1.1.30 }\n"
		"   |                     ^^^^^^^^^ private address\n"
		"   |\n"
		"   = note: route: erp01 \xe2\x86\x92 nat-tokyo\n"
		"           (one hop)\n"
		"   = note: another note\n"
		"   = help: say which public address the mail leaves from\n"
		"\n"
		"1 error in 1 file\n");
}

static void
places_in_one_file_share_an_excerpt(void **state)
{
	Case c = case_make();
	uint32_t file =
		case_source(&c, "a.yaml", STR("one: 1\ntwo: 2\nthree: 3\nfour: 4\nfive: 5 5"));
	Diag *diag = report(&c, DIAG_CYCLE, case_span(&c, file, "two"), "here");

	(void)state;
	diag_related(c.sink, diag, case_span(&c, file, "5 5"), "then here");
	diag_related(c.sink, diag, case_span(&c, file, "three"), "and %s", "here");
	diag_related(c.sink, diag, case_span(&c, file, "five"), "first on its line");
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: message\n"
		" --> a.yaml:2:1\n"
		"  |\n"
		"2 | two: 2\n"
		"  | ^^^ here\n"
		"3 | three: 3\n"
		"  | ----- and here\n"
		"...\n"
		"5 | five: 5 5\n"
		"  | ---- first on its line\n"
		"  |       --- then here\n" HELP ONE_ERR);
}

static void
other_files_have_excerpts_of_their_own(void **state)
{
	Case c = case_make();
	uint32_t main_file = case_source(&c, "mailflow.yaml", STR("egress:\n  office: {}\n"));
	uint32_t site =
		case_source(&c, "sites/tokyo.yaml", STR("egress:\n\n\n\n\n\n\n\n\n  office: {}\n"));
	Diag *diag = report(&c, DIAG_DUPLICATE_KEY, case_span(&c, site, "office"), "again");

	(void)state;
	diag_related(c.sink, diag, case_span(&c, main_file, "office"), "first");
	diag_related(c.sink, diag, case_span(&c, site, "egress"), "in this map");
	assert_case(&c, REPORT_HUMAN,
		"error[CP002]: message\n"
		"  --> sites/tokyo.yaml:10:3\n"
		"   |\n"
		" 1 | egress:\n"
		"   | ------ in this map\n"
		"...\n"
		"10 |   office: {}\n"
		"   |   ^^^^^^ again\n"
		"   |\n"
		"  ::: mailflow.yaml:2:3\n"
		"   |\n"
		" 2 |   office: {}\n"
		"   |   ------ first\n"
		"   |\n"
		"   = help: help\n"
		"\n" ONE_ERR);
}

static void
a_span_over_lines_shows_the_first(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a.yaml", STR("a:\n  b: 1\n  c: 2\nd: 3\n"));

	(void)state;
	report(&c, DIAG_CYCLE, (Span){file, 5, 16}, "this map");
	report(&c, DIAG_CYCLE, (Span){file, 3, 16}, NULL);
	report(&c, DIAG_CYCLE, (Span){file, 0, 3}, "with its line end");
	report(&c, DIAG_CYCLE, (Span){file, 2, 22}, NULL);
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: message\n"
		" --> a.yaml:1:1\n"
		"  |\n"
		"1 | a:\n"
		"  | ^^ with its line end\n" HELP "error[CP008]: message\n"
		" --> a.yaml:1:3\n"
		"  |\n"
		"1 | a:\n"
		"  |   ^ (and 3 more lines)\n" HELP "error[CP008]: message\n"
		" --> a.yaml:2:1\n"
		"  |\n"
		"2 |   b: 1\n"
		"  | ^^^^^^ (and 1 more line)\n" HELP "error[CP008]: message\n"
		" --> a.yaml:2:3\n"
		"  |\n"
		"2 |   b: 1\n"
		"  |   ^^^^ this map (and 1 more line)\n" HELP "4 errors in 1 file\n");
}

static void
ends_of_files_and_empty_spans(void **state)
{
	Case c = case_make();
	uint32_t ended = case_source(&c, "ended.yaml", STR("a: 1\n"));
	uint32_t open = case_source(&c, "open.yaml", STR("a: 1"));
	uint32_t empty = case_source(&c, "empty.yaml", (Str){0});

	(void)state;
	report(&c, DIAG_CYCLE, (Span){ended, 3, 3}, "empty");
	report(&c, DIAG_CYCLE, (Span){ended, 5, 5}, "end");
	report(&c, DIAG_CYCLE, (Span){open, 3, 900}, "past the end");
	report(&c, DIAG_CYCLE, (Span){open, 4, 4}, "end");
	report(&c, DIAG_CYCLE, (Span){open, 700, 600}, "far away");
	report(&c, DIAG_CYCLE, (Span){empty, 0, 0}, NULL);
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: message\n"
		" --> ended.yaml:1:4\n"
		"  |\n"
		"1 | a: 1\n"
		"  |    ^ empty\n" HELP "error[CP008]: message\n"
		" --> ended.yaml:2:1\n"
		"  |\n"
		"2 |\n"
		"  | ^ end\n" HELP "error[CP008]: message\n"
		" --> open.yaml:1:4\n"
		"  |\n"
		"1 | a: 1\n"
		"  |    ^ past the end\n" HELP "error[CP008]: message\n"
		" --> open.yaml:1:5\n"
		"  |\n"
		"1 | a: 1\n"
		"  |     ^ end\n" HELP "error[CP008]: message\n"
		" --> open.yaml:1:5\n"
		"  |\n"
		"1 | a: 1\n"
		"  |     ^ far away\n" HELP "error[CP008]: message\n"
		" --> empty.yaml:1:1\n"
		"  |\n"
		"1 |\n"
		"  | ^\n" HELP "6 errors in 3 files\n");
}

#define WIDE_ROW "  |\n1 |     name:    東京 ＤＣ１ # ﾊﾝｶｸ e\xcc\x81 \xf0\x9f\x98\x80 x\n"

static void
tabs_and_wide_characters(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(
		&c, "a.yaml", STR("\tname:\t東京 ＤＣ１ # ﾊﾝｶｸ e\xcc\x81 \xf0\x9f\x98\x80 x\n"));

	(void)state;
	report(&c, DIAG_CYCLE, case_span(&c, file, "name"), "after a tab");
	report(&c, DIAG_CYCLE, case_span(&c, file, "\t東京"), "a tab and wide ones");
	report(&c, DIAG_CYCLE, case_span(&c, file, "ＤＣ１"), "full width");
	report(&c, DIAG_CYCLE, case_span(&c, file, "ﾊﾝｶｸ"), "half width");
	report(&c, DIAG_CYCLE, case_span(&c, file, "\xf0\x9f\x98\x80"), "emoji");
	report(&c, DIAG_CYCLE, case_span(&c, file, "x"), "behind an accent");
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: message\n --> a.yaml:1:2\n" WIDE_ROW
		"  |     ^^^^ after a tab\n" HELP
		"error[CP008]: message\n --> a.yaml:1:7\n" WIDE_ROW
		"  |          ^^^^^^^^ a tab and wide ones\n" HELP
		"error[CP008]: message\n --> a.yaml:1:11\n" WIDE_ROW
		"  |                   ^^^^^^ full width\n" HELP
		"error[CP008]: message\n --> a.yaml:1:17\n" WIDE_ROW
		"  |                            ^^^^ half width\n" HELP
		"error[CP008]: message\n --> a.yaml:1:25\n" WIDE_ROW
		"  |                                   ^^ emoji\n" HELP
		"error[CP008]: message\n --> a.yaml:1:27\n" WIDE_ROW
		"  |                                      ^ behind an accent\n" HELP
		"6 errors in 1 file\n");
}

static void
line_ends_and_byte_order_marks(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a.yaml",
		STR("\xef\xbb\xbf"
		    "a: 1\r\nb: 2\r\n"));

	(void)state;
	report(&c, DIAG_CYCLE, (Span){file, 0, 0}, "the mark has no column");
	report(&c, DIAG_CYCLE, (Span){file, 3, 9}, "with CR and LF");
	report(&c, DIAG_CYCLE, (Span){file, 8, 9}, "between CR and LF");
	report(&c, DIAG_CYCLE, case_span(&c, file, "b"), "second");
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: message\n --> a.yaml:1:1\n"
		"  |\n1 | a: 1\n"
		"  | ^ the mark has no column\n" HELP "error[CP008]: message\n --> a.yaml:1:1\n"
		"  |\n1 | a: 1\n"
		"  | ^^^^ with CR and LF\n" HELP "error[CP008]: message\n --> a.yaml:1:5\n"
		"  |\n1 | a: 1\n"
		"  |     ^ between CR and LF\n" HELP "error[CP008]: message\n --> a.yaml:2:1\n"
		"  |\n2 | b: 2\n"
		"  | ^ second\n" HELP "4 errors in 1 file\n");
}

#define BYTES_ROW "  |\n1 | name: \\x93\\x8c\\x8b\\x9e # \\x1b[31m\\u202e\\xe3\\x81\n"

static void
what_is_not_text_is_shown_as_bytes(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(
		&c, "sjis.yaml", STR("name: \x93\x8c\x8b\x9e # \x1b[31m\xe2\x80\xae\xe3\x81\n"));

	(void)state;
	report(&c, DIAG_YAML_SYNTAX, (Span){file, 6, 7}, "this is not UTF-8");
	report(&c, DIAG_YAML_SYNTAX, case_span(&c, file, "["), "after an escape");
	report(&c, DIAG_YAML_SYNTAX, case_span(&c, file, "\xe3\x81"), "cut short");
	assert_case(&c, REPORT_HUMAN,
		"error[CP001]: message\n --> sjis.yaml:1:7\n" BYTES_ROW
		"  |       ^^^^ this is not UTF-8\n" HELP
		"error[CP001]: message\n --> sjis.yaml:1:15\n" BYTES_ROW
		"  |                              ^ after an escape\n" HELP
		"error[CP001]: message\n --> sjis.yaml:1:20\n" BYTES_ROW
		"  |                                        ^^^^^^^^ cut short\n" HELP
		"3 errors in 1 file\n");
}

static void
nothing_hidden_comes_out(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a\x1b]0;x\x07\n.yaml", STR("x\n"));
	Diag *diag = diag_report(c.sink, DIAG_CYCLE, (Span){file, 0, 1}, "a\nb\x1b[2J");

	(void)state;
	diag_label(c.sink, diag, "l\re\x7f");
	diag_note(c.sink, diag,
		"n\x9b"
		"1\nm\xe2\x80\x8b");
	diag_help(c.sink, diag, "h\xc2\x9b");
	diag_related(c.sink, diag, (Span){file, 1, 1}, "r\x08");
	c.options.looked_at = STR("never shown");
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: a\\x0ab\\x1b[2J\n"
		" --> a\\x1b]0;x\\x07\\x0a.yaml:1:1\n"
		"  |\n"
		"1 | x\n"
		"  | ^ l\\x0de\\x7f\n"
		"  |  - r\\x08\n"
		"  |\n"
		"  = note: n\\x9b1\n"
		"          m\\u200b\n"
		"  = help: h\\x9b\n"
		"\n" ONE_ERR);
}

/* --- long lines ------------------------------------------------------------------------------- */

#define TEN    "0123456789"
#define FIFTY  TEN TEN TEN TEN TEN
#define CARETS "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"

static void
long_lines_are_cut_around_the_mark(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(
		&c, "a.yaml", STR("<" FIFTY FIFTY "{" FIFTY FIFTY "}" FIFTY FIFTY ">\n"));

	(void)state;
	report(&c, DIAG_CYCLE, case_span(&c, file, "<"), "at the start");
	report(&c, DIAG_CYCLE, case_span(&c, file, "}"), "in the middle");
	report(&c, DIAG_CYCLE, case_span(&c, file, ">"), "at the end");
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: message\n --> a.yaml:1:1\n"
		"  |\n"
		"1 | <" FIFTY FIFTY "{" FIFTY "012345\xe2\x80\xa6\n"
		"  | ^ at the start\n" HELP "error[CP008]: message\n --> a.yaml:1:203\n"
		"  |\n"
		"1 | \xe2\x80\xa6" TEN TEN TEN TEN "}" FIFTY FIFTY ">\n"
		"  |                                          ^ in the middle\n" HELP
		"error[CP008]: message\n --> a.yaml:1:304\n"
		"  |\n"
		"1 | \xe2\x80\xa6" TEN TEN TEN TEN ">\n"
		"  |                                          ^ at the end\n" HELP
		"3 errors in 1 file\n");
}

static void
marks_that_are_far_apart_have_views_of_their_own(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a.yaml", STR("<+" FIFTY FIFTY FIFTY FIFTY FIFTY ">\n"));
	Diag *diag = report(&c, DIAG_CYCLE, case_span(&c, file, ">"), "last");

	(void)state;
	diag_related(c.sink, diag, case_span(&c, file, "<"), "first");
	diag_related(c.sink, diag, case_span(&c, file, "+"), "second");
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: message\n --> a.yaml:1:253\n"
		"  |\n"
		"1 | <+" FIFTY FIFTY FIFTY "012345\xe2\x80\xa6\n"
		"  | - first\n"
		"  |  - second\n"
		"1 | \xe2\x80\xa6" TEN TEN TEN TEN ">\n"
		"  |                                          ^ last\n" HELP ONE_ERR);
}

static void
a_mark_over_the_cut_goes_to_the_ellipsis(void **state)
{
	Case c = case_make();
	uint32_t file =
		case_source(&c, "a.yaml", STR("{" FIFTY FIFTY FIFTY "," FIFTY FIFTY FIFTY "}"));

	(void)state;
	report(&c, DIAG_CYCLE, (Span){file, 151, 303}, "long");
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: message\n --> a.yaml:1:152\n"
		"  |\n"
		"1 | \xe2\x80\xa6" TEN TEN TEN TEN "," FIFTY FIFTY TEN "0123456\xe2\x80\xa6\n"
		"  |                                          ^" CARETS CARETS
		"^^^^^^^^^^^^^^^^^^ long\n" HELP ONE_ERR);
}

/* A line of many megabytes costs no more than a short one. */
static void
endless_lines_are_cheap(void **state)
{
	Case c = case_make();
	size_t len = (size_t)16 << 20;
	char *bytes = arena_alloc(c.arena, len);
	uint32_t file, i;

	(void)state;
	memset(bytes, 'x', len);
	file = case_source(&c, "a.yaml", (Str){bytes, len});
	for (i = 0; i < 5000; i++)
		report(&c, DIAG_CYCLE, (Span){file, i * 3000, (uint32_t)len}, "here");
	assert_in_range(case_write(&c, REPORT_HUMAN).len, 5000 * 400, 5000 * 500);
	arena_destroy(c.arena);
}

/* --- the end ---------------------------------------------------------------------------------- */

static void
a_finding_without_a_place(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a.yaml", STR("a: 1\n"));
	Diag *diag = report(&c, DIAG_NO_MX_HOST, (Span){0}, NULL);

	(void)state;
	diag_path(diag, STR("tenant"));
	diag_note(c.sink, diag, "note");
	diag_related(c.sink, diag, case_span(&c, file, "1"), "because of this");
	assert_case(&c, REPORT_HUMAN,
		"warning[CP504]: message\n"
		" ::: a.yaml:1:4\n"
		"  |\n"
		"1 | a: 1\n"
		"  |    - because of this\n"
		"  |\n"
		"  = at: tenant\n"
		"  = note: note\n"
		"  = help: help\n"
		"\n"
		"1 warning\n");
}

static void
nothing_found(void **state)
{
	Case c = case_make();
	DiagVerdict verdict = diag_verdict(c.sink);
	Buf out = buf_make(c.arena);

	(void)state;
	assert_str(case_write(&c, REPORT_HUMAN), "no problems\n");
	c.options.looked_at = STR("mailflow.yaml: 3 relay hosts, 1 connector\x1b");
	assert_str(case_write(&c, REPORT_HUMAN),
		"no problems; looked at mailflow.yaml: 3 relay hosts, 1 connector\\x1b\n");
	verdict.waived = 2;
	report_write(&out, REPORT_HUMAN, &verdict, c.sources, &c.options);
	assert_str(buf_text(&out), "no problems (2 waived); looked at mailflow.yaml: 3 relay "
				   "hosts, 1 connector\\x1b\n");
	arena_destroy(c.arena);
}

/* Findings of each severity, all without a place and in one sentence each. */
static void
report_some(Case *c, size_t errors, size_t warnings, size_t not_checked, size_t infos)
{
	const size_t wanted[DIAG_SEVERITIES] = {errors, warnings, not_checked, infos};
	size_t severity, i;

	for (severity = 0; severity < DIAG_SEVERITIES; severity++) {
		for (i = 0; i < wanted[severity]; i++) {
			Diag *diag = diag_report(
				c->sink, DIAG_CYCLE, (Span){0}, "%zu of %zu", i, severity);

			diag->severity = (DiagSeverity)severity;
		}
	}
}

static Str
last_line(Str text)
{
	Str line = {0};

	while (str_next_line(&text, &line))
		continue;
	return line;
}

static void
the_summary_counts_what_is_there(void **state)
{
	static const struct {
		size_t errors, warnings, not_checked, infos;
		const char *expected;
	} rows[] = {
		{1, 0, 0, 0, "1 error"},
		{2, 0, 0, 0, "2 errors"},
		{0, 1, 0, 0, "1 warning"},
		{0, 3, 0, 1, "3 warnings, 1 info"},
		{0, 0, 1, 0, "1 not checked"},
		{2, 2, 2, 2, "2 errors, 2 warnings, 2 not checked, 2 infos"},
		{1, 1, 1, 1, "1 error, 1 warning, 1 not checked, 1 info"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		Case c = case_make();

		report_some(
			&c, rows[i].errors, rows[i].warnings, rows[i].not_checked, rows[i].infos);
		assert_str(last_line(case_write(&c, REPORT_HUMAN)), rows[i].expected);
		arena_destroy(c.arena);
	}
}

static void
waived_ones_are_counted_behind(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a.yaml", STR("x"));
	Buf out = buf_make(c.arena);
	DiagVerdict verdict;

	(void)state;
	report(&c, DIAG_CYCLE, (Span){file, 0, 1}, NULL);
	verdict = diag_verdict(c.sink);
	verdict.waived = 1;
	report_write(&out, REPORT_HUMAN, &verdict, c.sources, &c.options);
	assert_str(last_line(buf_text(&out)), "1 error in 1 file (1 waived)");
	arena_destroy(c.arena);
}

static size_t
count_of(Str text, const char *part)
{
	size_t count = 0, at;

	while ((at = str_find(text, str_from(part))) < text.len) {
		text = str_slice(text, at + 1, text.len);
		count++;
	}
	return count;
}

static void
it_stops_after_the_greatest_number(void **state)
{
	size_t most;

	(void)state;
	for (most = 0; most <= 8; most++) {
		Case c = case_make();
		size_t shown = most == 0 || most > 6 ? 6 : most;
		Str text, expected;

		report_some(&c, 3, 0, 0, 3);
		c.options.max_diagnostics = most;
		text = case_write(&c, REPORT_HUMAN);
		assert_int_equal(count_of(text, "[CP008]"), shown);
		assert_str(last_line(text), "3 errors, 3 infos");
		assert_int_equal(count_of(text, "more not shown"), shown < 6 ? 1 : 0);
		expected = str_format(c.arena, "\n%zu more not shown: ", 6 - shown);
		assert_int_equal(count_of(text, str_c(c.arena, expected)), shown < 6 ? 1 : 0);
		arena_destroy(c.arena);
	}
}

static void
what_is_not_shown_is_counted_by_severity(void **state)
{
	Case c = case_make();
	size_t i;

	(void)state;
	report_some(&c, 2, 1, 0, 0);
	for (i = 0; i < 3; i++)
		diag_help(c.sink, &c.sink->items.items[i], "help");
	c.options.max_diagnostics = 1;
	assert_case(&c, REPORT_HUMAN,
		"error[CP008]: 0 of 0\n"
		"  = help: help\n"
		"\n"
		"2 more not shown: 1 error, 1 warning\n"
		"2 errors, 1 warning\n");
}

/* --- colours and languages -------------------------------------------------------------------- */

static void
colours(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a.yaml", STR("x y\n"));
	Diag *diag = report(&c, DIAG_UNUSED_OBJECT, (Span){file, 0, 1}, "label");

	(void)state;
	diag_related(c.sink, diag, (Span){file, 2, 3}, "related");
	c.options.color = true;
	assert_case(&c, REPORT_HUMAN,
		"\x1b[1;33mwarning[CP009]\x1b[0m\x1b[1m: message\x1b[0m\n"
		" \x1b[1;34m-->\x1b[0m a.yaml:1:1\n"
		"\x1b[1;34m  |\x1b[0m\n"
		"\x1b[1;34m1 |\x1b[0m x y\n"
		"\x1b[1;34m  |\x1b[0m \x1b[1;33m^ label\x1b[0m\n"
		"\x1b[1;34m  |\x1b[0m   \x1b[1;34m- related\x1b[0m\n"
		"\x1b[1;34m  |\x1b[0m\n"
		"  \x1b[1;34m=\x1b[0m \x1b[1mhelp: \x1b[0mhelp\n"
		"\n"
		"\x1b[1;33m1 warning\x1b[0m in 1 file\n");
}

static void
each_severity_has_its_colour(void **state)
{
	static const char *const expected[DIAG_SEVERITIES] = {
		[DIAG_SEVERITY_ERROR] = "\x1b[1;31merror[",
		[DIAG_SEVERITY_WARNING] = "\x1b[1;33mwarning[",
		[DIAG_SEVERITY_NOT_CHECKED] = "\x1b[1;35mnot-checked[",
		[DIAG_SEVERITY_INFO] = "\x1b[1;36minfo[",
	};
	size_t severity;

	(void)state;
	for (severity = 0; severity < DIAG_SEVERITIES; severity++) {
		Case c = case_make();

		report(&c, DIAG_CYCLE, (Span){0}, NULL)->severity = (DiagSeverity)severity;
		c.options.color = true;
		assert_true(str_starts(case_write(&c, REPORT_HUMAN), str_from(expected[severity])));
		arena_destroy(c.arena);
	}
}

/* The title and the general help are those of the rule book, where it has them. */
static void
in_japanese(void **state)
{
	DiagProse prose = diag_prose(DIAG_RESERVED_REFUSED, DIAG_JA);
	bool is_there = prose.title.len > 0;
	Case c = case_make();
	uint32_t file = case_source(&c, "a.yaml", STR("住所: 10.1.1.30\n"));
	Diag *diag = report(&c, DIAG_RESERVED_REFUSED, case_span(&c, file, "10.1.1.30"), "private");
	Str expected;

	(void)state;
	diag_note(c.sink, diag, "one\ntwo");
	c.options.language = DIAG_JA;
	expected = str_format(c.arena,
		"error[CP103]: %s" STR_FMT "%smessage\n"
		" --> a.yaml:1:5\n"
		"  |\n"
		"1 | 住所: 10.1.1.30\n"
		"  |       ^^^^^^^^^ private\n"
		"  |\n"
		"  = 注: one\n"
		"        two\n"
		"%s" STR_FMT "%s"
		"  = 詳細: help\n\n" ONE_ERR,
		is_there ? "(" : "", STR_ARG(prose.title), is_there ? ") " : "",
		is_there ? "  = 対処: " : "", STR_ARG(prose.help), is_there ? "\n" : "");
	assert_str(case_write(&c, REPORT_HUMAN), str_c(c.arena, expected));
	arena_destroy(c.arena);
}

/* Where the rule said nothing of what to do, the rule book does. */
static void
help_is_lent_by_the_rule_book(void **state)
{
	Str help = diag_prose(DIAG_CYCLE, DIAG_EN).help;
	Case c = case_make();
	Str expected = str_format(c.arena, "error[CP008]: message\n%s" STR_FMT "%s\n1 error\n",
		help.len > 0 ? "  = help: " : "", STR_ARG(help), help.len > 0 ? "\n" : "");

	(void)state;
	diag_report(c.sink, DIAG_CYCLE, (Span){0}, "message");
	assert_str(case_write(&c, REPORT_HUMAN), str_c(c.arena, expected));
	arena_destroy(c.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_finding),
		cmocka_unit_test(places_in_one_file_share_an_excerpt),
		cmocka_unit_test(other_files_have_excerpts_of_their_own),
		cmocka_unit_test(a_span_over_lines_shows_the_first),
		cmocka_unit_test(ends_of_files_and_empty_spans),
		cmocka_unit_test(tabs_and_wide_characters),
		cmocka_unit_test(line_ends_and_byte_order_marks),
		cmocka_unit_test(what_is_not_text_is_shown_as_bytes),
		cmocka_unit_test(nothing_hidden_comes_out),
		cmocka_unit_test(long_lines_are_cut_around_the_mark),
		cmocka_unit_test(marks_that_are_far_apart_have_views_of_their_own),
		cmocka_unit_test(a_mark_over_the_cut_goes_to_the_ellipsis),
		cmocka_unit_test(endless_lines_are_cheap),
		cmocka_unit_test(a_finding_without_a_place),
		cmocka_unit_test(nothing_found),
		cmocka_unit_test(the_summary_counts_what_is_there),
		cmocka_unit_test(waived_ones_are_counted_behind),
		cmocka_unit_test(it_stops_after_the_greatest_number),
		cmocka_unit_test(what_is_not_shown_is_counted_by_severity),
		cmocka_unit_test(colours),
		cmocka_unit_test(each_severity_has_its_colour),
		cmocka_unit_test(in_japanese),
		cmocka_unit_test(help_is_lent_by_the_rule_book),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
