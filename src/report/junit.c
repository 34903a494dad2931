/*
 * JUnit XML, as Jenkins reads it: a test case a finding, that fails for an error and is skipped for
 * what could not be checked; warnings and infos pass, and say so on their output.
 */
#include "report/report_int.h"

#include "text/text.h"

/* Text or the value of an attribute, without what would be a command in a log. */
static void
write_text(Buf *out, Arena *arena, Str text)
{
	text_xml(out, report_visible(arena, text));
}

static void
write_place(Buf *out, const Report *report, Arena *arena, const Diag *diag)
{
	text_xml(out, report_where(arena, report, diag));
}

/* Place, and each line of notes and help. */
static void
write_details(Buf *out, const Report *report, Arena *arena, const Diag *diag)
{
	Str remarks = report_remarks(arena, diag), line;

	write_place(out, report, arena, diag);
	while (str_next_line(&remarks, &line)) {
		Buf shown = buf_make(arena);

		report_line_start(&shown, line);
		buf_char(out, '\n');
		text_xml(out, buf_text(&shown));
	}
}

static void
write_outcome(Buf *out, const Report *report, Arena *arena, const Diag *diag)
{
	bool failed = diag->severity == DIAG_SEVERITY_ERROR;
	bool skipped = diag->severity == DIAG_SEVERITY_NOT_CHECKED;
	const char *element = failed ? "failure" : skipped ? "skipped" : "system-out";

	buf_printf(out, "      <%s", element);
	if (failed) {
		buf_printf(out, " type=\"%s\" message=\"", diag_code_text(diag->code));
		write_text(out, arena, diag->message);
		buf_char(out, '"');
	}
	buf_char(out, '>');
	/* The schema has no attribute for why something was skipped. */
	if (!failed) {
		if (!skipped)
			buf_printf(out, "%s: ", diag_severity_text(diag->severity));
		write_text(out, arena, diag->message);
		buf_char(out, '\n');
	}
	write_details(out, report, arena, diag);
	buf_printf(out, "</%s>\n", element);
}

static void
write_case(Buf *out, const Report *report, const Diag *diag)
{
	Arena *arena = report->scratch;
	ArenaMark mark = arena_mark(arena);
	Str file = span_is_set(diag->span) ? source_file(report->sources, diag->span.file)->path
					   : STR("connplan");

	buf_lit(out, "    <testcase classname=\"");
	write_text(out, arena, file);
	buf_printf(
		out, "\" name=\"%s %s: ", diag_code_text(diag->code), diag_code_name(diag->code));
	write_place(out, report, arena, diag);
	buf_lit(out, "\">\n");
	write_outcome(out, report, arena, diag);
	buf_lit(out, "    </testcase>\n");
	arena_reset(arena, mark);
}

/* A suite without a case would count as one that did not run. */
void
report_junit(Buf *out, const Report *report)
{
	const DiagVerdict *verdict = report->verdict;
	size_t i;

	buf_lit(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
	buf_printf(out,
		"  <testsuite name=\"connplan\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"skipped=\"%zu\">\n",
		verdict->len > 0 ? verdict->len : 1, verdict->counts[DIAG_SEVERITY_ERROR],
		verdict->counts[DIAG_SEVERITY_NOT_CHECKED]);
	for (i = 0; i < verdict->len; i++)
		write_case(out, report, &verdict->items[i]);
	if (verdict->len == 0)
		buf_lit(out, "    <testcase classname=\"connplan\" name=\"no problems\"/>\n");
	buf_lit(out, "  </testsuite>\n</testsuites>\n");
}
