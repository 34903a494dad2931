/*
 * Workflow commands of GitHub Actions, one line a finding: they become annotations of the files.
 * Source: GitHub's "Workflow commands", and how its runner reads them.
 */
#include "report/report_int.h"

#include "text/text.h"

static const char *
command_of(DiagSeverity severity)
{
	switch (severity) {
	case DIAG_SEVERITY_ERROR: return "error";
	case DIAG_SEVERITY_WARNING:
	case DIAG_SEVERITY_NOT_CHECKED: return "warning";
	case DIAG_SEVERITY_INFO: return "notice";
	}
	panic("no such severity: %d", (int)severity);
}

/* An annotation of a file that does not say where is put on its first line. */
static void
write_place(Buf *out, const Report *report, Arena *arena, Span span)
{
	uint32_t last = span.end > span.start ? span.end - 1 : span.start;
	Position from, to;

	if (!span_is_set(span))
		return;
	from = source_position(report->sources, span.file, span.start);
	to = source_position(report->sources, span.file, last);
	buf_lit(out, "file=");
	text_workflow_property(
		out, report_visible(arena, source_file(report->sources, span.file)->path));
	buf_printf(out, ",line=%u,endLine=%u,col=%u,", from.line, to.line, from.column);
}

static void
write_finding(Buf *out, const Report *report, Arena *arena, const Diag *diag)
{
	Str remarks = report_remarks(arena, diag), line;

	buf_printf(out, "::%s ", command_of(diag->severity));
	write_place(out, report, arena, diag->span);
	buf_printf(out, "title=%s %s::%s", diag_code_text(diag->code), diag_code_name(diag->code),
		diag->severity == DIAG_SEVERITY_NOT_CHECKED ? "not checked: " : "");
	text_workflow_message(out, report_visible(arena, diag->message));
	while (str_next_line(&remarks, &line)) {
		text_workflow_message(out, STR("\n"));
		text_workflow_message(out, report_visible(arena, line));
	}
	buf_char(out, '\n');
}

void
report_github(Buf *out, const Report *report)
{
	size_t i;

	for (i = 0; i < report->verdict->len; i++) {
		Arena *arena = report->scratch;
		ArenaMark mark = arena_mark(arena);

		write_finding(out, report, arena, &report->verdict->items[i]);
		arena_reset(arena, mark);
	}
}
