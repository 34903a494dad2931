/* One line of a source as a terminal shows it, and where each byte of it ends up. */
#include "report/report_int.h"

#include "text/text.h"

/* A tab is always as wide: a line that is cut on the left has no tab stops to count from. */
#define TAB      "    "
#define ELLIPSIS "\xe2\x80\xa6"

/* What of a cut line stands before the mark: so many columns, looked for in so many bytes. */
#define COLUMNS_BEFORE 40u
#define BYTES_BEFORE   200u

/* Shows the character at *at, which moves on, in painter->glyph; gives its width. */
static unsigned
glyph(Painter *painter, Str line, size_t *at)
{
	Buf *out = &painter->glyph;
	size_t start = *at;
	uint32_t c = utf8_next(line, at);
	Str bytes = str_slice(line, start, *at);

	out->len = 0;
	if (c == '\t')
		buf_lit(out, TAB);
	else if (c == '#' && text_is_log_mark(line, start))
		buf_lit(out, "\\x23");
	else
		report_terminal(out, bytes);
	/* What shows as itself is as wide as it is; all else became ASCII. */
	return str_equal(buf_text(out), bytes) ? utf8_width(c) : (unsigned)out->len;
}

/* Columns from one byte to another, or more than `limit` as soon as that is sure. */
static unsigned
columns_between(Painter *painter, Str line, size_t from, size_t to, unsigned limit)
{
	unsigned columns = 0;

	while (from < to && columns <= limit)
		columns += glyph(painter, line, &from);
	return columns;
}

/* Where a view starts that has its mark at `start`: at a character, COLUMNS_BEFORE to its left. */
static size_t
view_from(Painter *painter, Str line, size_t start)
{
	size_t from = start > BYTES_BEFORE ? start - BYTES_BEFORE : 0, skipped;
	unsigned columns;

	/* No character has more than three continuation bytes. */
	for (skipped = 0; skipped < 3 && from > 0 && from < start; skipped++, from++) {
		if (((unsigned char)line.ptr[from] & 0xc0) != 0x80)
			break;
	}
	columns = columns_between(painter, line, from, start, UINT16_MAX);
	while (columns > COLUMNS_BEFORE)
		columns -= glyph(painter, line, &from);
	return from;
}

static size_t
view_to(Painter *painter, Str line, size_t from)
{
	unsigned columns = 2; /* an ellipsis on either side */
	size_t at = from, next = from;

	while (at < line.len) {
		columns += glyph(painter, line, &next);
		if (columns > LINE_COLUMNS || next - from > LINE_BYTES)
			break;
		at = next;
	}
	return at;
}

void
line_view(Painter *painter, Str line, size_t start, LineView *ret_view)
{
	ret_view->line = line;
	ret_view->from = 0;
	ret_view->to = line.len;
	if (line.len <= LINE_BYTES &&
		columns_between(painter, line, 0, line.len, LINE_COLUMNS) <= LINE_COLUMNS)
		return;
	ret_view->from = view_from(painter, line, start);
	ret_view->to = view_to(painter, line, ret_view->from);
}

void
line_write(Painter *painter, LineView *view)
{
	unsigned column = 0;
	size_t at = view->from;

	if (at > 0) {
		buf_lit(painter->out, ELLIPSIS);
		column = 1;
	}
	while (at < view->to) {
		size_t byte = at;
		unsigned width = glyph(painter, view->line, &at);

		buf_str(painter->out, buf_text(&painter->glyph));
		for (; byte < at; byte++) {
			view->left[byte - view->from] = (uint16_t)column;
			view->right[byte - view->from] = (uint16_t)(column + width);
		}
		column += width;
	}
	view->columns = column;
	if (at < view->line.len)
		buf_lit(painter->out, ELLIPSIS);
}

void
line_columns(
	const LineView *view, size_t start, size_t end, unsigned *ret_left, unsigned *ret_right)
{
	*ret_left = start < view->to ? view->left[start - view->from] : view->columns;
	if (end > view->to)
		*ret_right = view->columns + 1; /* under the ellipsis, too */
	else
		*ret_right = end > start ? view->right[end - 1 - view->from] : *ret_left;
	if (*ret_right == *ret_left)
		++*ret_right;
}
