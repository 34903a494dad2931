/* Findings as a table of GitHub-flavoured Markdown, for the comment on a pull request. */
#include "report/report_int.h"

#include "text/text.h"

/* Text that is visible, as one cell. */
static void
write_cell(Buf *out, Arena *arena, Str text)
{
	text_markdown_marked(out, report_visible(arena, text));
	buf_lit(out, " |");
}

/* A table has no lines in its cells: those of a help text follow each other. */
static void
write_lines(Buf *out, Arena *arena, Str text)
{
	Str line;
	bool is_first = true;

	while (str_next_line(&text, &line)) {
		buf_lit(out, is_first ? "" : "<br>");
		text_markdown_marked(out, report_visible(arena, line));
		is_first = false;
	}
	buf_lit(out, " |\n");
}

static void
write_row(Buf *out, const Report *report, const Diag *diag)
{
	Arena *arena = report->scratch;
	ArenaMark mark = arena_mark(arena);

	buf_printf(out, "| %s | %s | ", diag_severity_text(diag->severity),
		diag_code_text(diag->code));
	text_markdown(out, report_where(arena, report, diag));
	buf_lit(out, " | ");
	write_cell(out, arena, diag->message);
	buf_char(out, ' ');
	write_lines(out, arena, report_remarks(arena, diag));
	arena_reset(arena, mark);
}

void
report_markdown(Buf *out, const Report *report)
{
	Buf summary = buf_make(report->scratch);
	Painter plain = {&summary, buf_make(report->scratch), report->sources, false};
	size_t i;

	report_summary(&plain, report);
	text_markdown(out, str_trim(buf_text(&summary)));
	buf_char(out, '\n');
	if (report->verdict->len == 0)
		return;
	buf_lit(out, "\n| severity | rule | where | what | what to do |\n"
		     "| --- | --- | --- | --- | --- |\n");
	for (i = 0; i < report->verdict->len; i++)
		write_row(out, report, &report->verdict->items[i]);
}
