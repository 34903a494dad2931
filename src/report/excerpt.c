/*
 * The places of a finding in their sources. Marks of one file stand in one excerpt, in the order of
 * lines, each underlined on a row of its own: `^` for the place, `-` for the related ones.
 */
#include "report/report_int.h"

#define MARKS_MAX (1 + DIAG_RELATED_MAX)

typedef struct Mark {
	Span span;
	Str text;
	bool is_primary;
	size_t group; /* of marks in one file: the first of them as reported */
	uint32_t line_number, more_lines;
	Str line;
	size_t start, end; /* in the line */
} Mark;

typedef struct Marks {
	Mark items[MARKS_MAX];
	size_t len;
} Marks;

static size_t
clamp(size_t value, size_t least, size_t most)
{
	return value < least ? least : value > most ? most : value;
}

/* A span may lie in a byte order mark or a line end, or end before it starts, or past the file. */
static void
mark_locate(SourceSet *sources, Mark *mark)
{
	Str text = source_file(sources, mark->span.file)->text;
	size_t start = clamp(mark->span.start, 0, text.len);
	size_t end = clamp(mark->span.end, start, text.len), first;

	mark->line_number = source_position(sources, mark->span.file, (uint32_t)start).line;
	mark->line = source_line(sources, mark->span.file, mark->line_number);
	first = mark->line.len > 0 ? (size_t)(mark->line.ptr - text.ptr) : start;
	mark->start = clamp(start, first, first + mark->line.len) - first;
	mark->end = clamp(end, first + mark->start, first + mark->line.len) - first;
	if (end > start)
		mark->more_lines =
			source_position(sources, mark->span.file, (uint32_t)end - 1).line -
			mark->line_number;
}

static void
mark_add(SourceSet *sources, Marks *marks, Span span, Str text)
{
	Mark *mark = &marks->items[marks->len];

	*mark = (Mark){.span = span, .text = text};
	while (marks->items[mark->group].span.file != span.file)
		mark->group++;
	mark_locate(sources, mark);
	marks->len++;
}

static int
mark_order(const void *a, const void *b, void *context)
{
	const Mark *left = a, *right = b;

	(void)context;
	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	if (left->line_number != right->line_number)
		return left->line_number < right->line_number ? -1 : 1;
	return (left->start > right->start) - (left->start < right->start);
}

static Marks
marks_of(SourceSet *sources, const Diag *diag)
{
	Marks marks = {0};
	size_t i;

	if (span_is_set(diag->span)) {
		mark_add(sources, &marks, diag->span, diag->label);
		marks.items[0].is_primary = true;
	}
	for (i = 0; i < diag->related_len; i++)
		mark_add(sources, &marks, diag->related[i].span, diag->related[i].message);
	base_sort(marks.items, marks.len, sizeof(Mark), mark_order, NULL);
	return marks;
}

unsigned
excerpt_gutter(SourceSet *sources, const Diag *diag)
{
	Marks marks = marks_of(sources, diag);
	unsigned digits = 1;
	uint32_t most = 0;
	size_t i;

	for (i = 0; i < marks.len; i++)
		most = marks.items[i].line_number > most ? marks.items[i].line_number : most;
	for (; most > 9; most /= 10)
		digits++;
	return digits;
}

/* The margin of a row, with a number if it shows a line. */
static void
write_margin(Painter *painter, unsigned gutter, uint32_t number)
{
	paint_begin(painter, REPORT_STYLE_FRAME);
	if (number > 0)
		buf_printf(painter->out, "%*u |", (int)gutter, number);
	else
		buf_printf(painter->out, "%*s |", (int)gutter, "");
	paint_end(painter);
}

void
excerpt_margin(Painter *painter, unsigned gutter)
{
	write_margin(painter, gutter, 0);
	buf_char(painter->out, '\n');
}

static void
write_label(Painter *painter, const Mark *mark)
{
	const char *before = mark->text.len > 0 ? " " : "";

	if (mark->text.len > 0)
		report_terminal(painter->out, mark->text);
	if (mark->more_lines > 0)
		buf_printf(painter->out, "%s(and %u more line%s)", before, mark->more_lines,
			mark->more_lines == 1 ? "" : "s");
}

static void
write_underline(Painter *painter, const LineView *view, const Mark *mark, ReportStyle style)
{
	unsigned left, right;

	/* What goes on in the next line is underlined to the end of this one. */
	line_columns(view, mark->start, mark->end, &left, &right);
	buf_repeat(painter->out, ' ', 1 + left);
	paint_begin(painter, mark->is_primary ? style : REPORT_STYLE_FRAME);
	buf_repeat(painter->out, mark->is_primary ? '^' : '-', right - left);
	if (mark->text.len > 0 || mark->more_lines > 0)
		buf_char(painter->out, ' ');
	write_label(painter, mark);
	paint_end(painter);
	buf_char(painter->out, '\n');
}

/* A line and the marks in it, as far as one view of a long line shows them; how many it were. */
static size_t
write_line(Painter *painter, const Mark *marks, size_t len, unsigned gutter, ReportStyle style)
{
	LineView view;
	size_t i;

	line_view(painter, marks->line, marks->start, &view);
	write_margin(painter, gutter, marks->line_number);
	if (marks->line.len > 0)
		buf_char(painter->out, ' ');
	line_write(painter, &view);
	buf_char(painter->out, '\n');
	for (i = 0; i < len && marks[i].line_number == marks->line_number; i++) {
		if (marks[i].start > view.to ||
			(marks[i].start == view.to && view.to < view.line.len))
			break;
		write_margin(painter, gutter, 0);
		write_underline(painter, &view, &marks[i], style);
	}
	return i;
}

/* Where the excerpt of one file stands: its finding's place, or else its first line shown. */
static void
write_place(Painter *painter, const Mark *marks, size_t len, unsigned gutter)
{
	const Mark *place = marks;
	size_t i;

	for (i = 0; i < len; i++) {
		if (marks[i].is_primary)
			place = &marks[i];
	}
	buf_repeat(painter->out, ' ', gutter);
	paint(painter, REPORT_STYLE_FRAME, place->is_primary ? "-->" : ":::");
	buf_char(painter->out, ' ');
	report_place(painter->out, painter->sources, place->span);
	buf_char(painter->out, '\n');
}

static void
write_file(Painter *painter, const Mark *marks, size_t len, unsigned gutter, ReportStyle style)
{
	size_t at = 0;

	write_place(painter, marks, len, gutter);
	excerpt_margin(painter, gutter);
	while (at < len) {
		uint32_t last = marks[at].line_number;

		at += write_line(painter, &marks[at], len - at, gutter, style);
		if (at < len && marks[at].line_number > last + 1) {
			paint(painter, REPORT_STYLE_FRAME, "...");
			buf_char(painter->out, '\n');
		}
	}
}

bool
excerpt_write(Painter *painter, const Diag *diag, unsigned gutter)
{
	Marks marks = marks_of(painter->sources, diag);
	size_t at = 0, end;

	for (; at < marks.len; at = end) {
		for (end = at; end < marks.len && marks.items[end].group == marks.items[at].group;)
			end++;
		if (at > 0)
			excerpt_margin(painter, gutter);
		write_file(
			painter, &marks.items[at], end - at, gutter, report_style(diag->severity));
	}
	return marks.len > 0;
}
