/*
 * Logging commands of Azure Pipelines, one line a finding. There are two kinds of issues, errors
 * and warnings; an info is a plain line of the log.
 * Source: Microsoft's "Logging commands", and how its agent reads them.
 */
#include "report/report_int.h"

#include "text/text.h"

static void
write_place(Buf *out, const Report *report, Arena *arena, Span span)
{
	Position from;

	if (!span_is_set(span))
		return;
	from = source_position(report->sources, span.file, span.start);
	buf_lit(out, "sourcepath=");
	text_azure_property(
		out, report_visible(arena, source_file(report->sources, span.file)->path));
	buf_printf(out, ";linenumber=%u;columnnumber=%u;", from.line, from.column);
}

static void
write_issue(Buf *out, const Report *report, Arena *arena, const Diag *diag)
{
	Str remarks = report_remarks(arena, diag), line;

	buf_printf(out, "##vso[task.logissue type=%s;",
		diag->severity == DIAG_SEVERITY_ERROR ? "error" : "warning");
	write_place(out, report, arena, diag->span);
	buf_printf(out, "code=%s;]%s", diag_code_text(diag->code),
		diag->severity == DIAG_SEVERITY_NOT_CHECKED ? "not checked: " : "");
	text_azure_message(out, report_visible(arena, diag->message));
	while (str_next_line(&remarks, &line)) {
		text_azure_message(out, STR("\n"));
		text_azure_message(out, report_visible(arena, line));
	}
	buf_char(out, '\n');
}

void
report_azure(Buf *out, const Report *report)
{
	size_t i;

	for (i = 0; i < report->verdict->len; i++) {
		const Diag *diag = &report->verdict->items[i];
		ArenaMark mark = arena_mark(report->scratch);

		if (diag->severity == DIAG_SEVERITY_INFO)
			report_line(out, report, diag);
		else
			write_issue(out, report, report->scratch, diag);
		arena_reset(report->scratch, mark);
	}
}
