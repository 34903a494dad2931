/*
 * GitHub-flavoured Markdown, whose spec is CommonMark plus tables, strikethrough, extended
 * autolinks, task lists; GitHub adds footnotes and `$` for formulas. Entities are used where a
 * backslash would be read differently in a table cell.
 */
#include "text/text_int.h"

/* The bar, which ends a table's cell even inside code, and what does not show. */
static bool
escape_by_entity(Buf *buf, uint32_t c)
{
	if (c == 0)
		buf_lit(buf, TEXT_REPLACEMENT); /* what every reader makes of NUL */
	else if (c == '|' || utf8_is_hidden(c))
		buf_printf(buf, "&#%u;", (unsigned)c);
	else
		return false;
	return true;
}

static bool
is_line_end(char byte)
{
	return byte == '\n' || byte == '\r';
}

/* Past one blank or line end; a CRLF is one. */
static size_t
skip_blank(Str text, size_t at)
{
	return at + 1 < text.len && text.ptr[at] == '\r' && text.ptr[at + 1] == '\n' ? at + 2
										     : at + 1;
}

/* Whether the character would begin an autolink of the extended kind, as in http:// or www. */
static bool
begins_autolink(Str text, size_t at)
{
	if (text.ptr[at] == ':')
		return at + 1 == text.len || text.ptr[at + 1] == '/';
	return text.ptr[at] == '.' && at >= 3 &&
	       str_equal_nocase(str_slice(text, at - 3, at), STR("www"));
}

static void
write_character(Buf *buf, Str text, size_t start, size_t end)
{
	size_t at = start;
	uint32_t c = utf8_next(text, &at);

	if (c == '&')
		buf_lit(buf, "&amp;");
	else if (c == '<')
		buf_lit(buf, "&lt;");
	else if (c == '>')
		buf_lit(buf, "&gt;");
	else if (!escape_by_entity(buf, c)) {
		if (text_is_one_of(text.ptr[start], STR("\\`*_[]~$#")) ||
			begins_autolink(text, start))
			buf_char(buf, '\\');
		buf_str(buf, str_slice(text, start, end));
	}
}

/* A blank at either end of a line is dropped, and four in front make a block of code. */
static void
write_blank(Buf *buf, bool is_at_edge)
{
	buf_lit(buf, is_at_edge ? "&#32;" : " ");
}

/* Whether the point at `at`, after digits, makes them the mark of a list; in 198.51.100.10 not. */
static bool
is_list_point(Str text, size_t at)
{
	return text_is_one_of(text.ptr[at], STR(".)")) &&
	       (at + 1 == text.len || text_is_one_of(text.ptr[at + 1], STR(" \t\r\n")));
}

/*
 * What at the start of a line would begin a list, a heading's underline or a table, or would
 * complete such a mark that stands before the text. Gives the offset after it.
 */
static size_t
write_start(Buf *buf, Str text)
{
	size_t at = 0;

	while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
		at++;
	if (at == text.len ||
		!(at == 0 ? text_is_one_of(text.ptr[0], STR("-+=:.)")) : is_list_point(text, at)))
		return 0;
	buf_str(buf, str_slice(text, 0, at));
	buf_char(buf, '\\');
	buf_char(buf, text.ptr[at]);
	return at + 1;
}

static bool
is_alphanumeric(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9');
}

/* The part of a text from one byte to another; the text's own edges are those of the line. */
static void
write_part(Buf *buf, Str text, size_t at, size_t end)
{
	if (at == 0 && end > 0)
		at = write_start(buf, text);
	while (at < end) {
		size_t start = at;

		while (at < end && is_alphanumeric(text.ptr[at]))
			at++;
		if (at > start) {
			buf_str(buf, str_slice(text, start, at));
			continue;
		}
		if (text.ptr[at] == ' ' || is_line_end(text.ptr[at])) {
			at = skip_blank(text, at);
			write_blank(buf, start == 0 || at == text.len);
			continue;
		}
		utf8_next(text, &at);
		write_character(buf, text, start, at);
	}
}

void
text_markdown(Buf *buf, Str text)
{
	write_part(buf, text, 0, text.len);
}

/*
 * Whether each backtick can be the end of a code span: two beside each other, as a value that holds
 * some may bring, would be a delimiter of another length.
 */
static bool
has_plain_marks(Str text)
{
	return str_find(text, STR("``")) == text.len;
}

void
text_markdown_marked(Buf *buf, Str text)
{
	size_t done = 0, open = has_plain_marks(text) ? str_find_char(text, '`', 0) : text.len;

	while (open < text.len) {
		size_t close = str_find_char(text, '`', open + 1);

		if (close == text.len)
			break;
		write_part(buf, text, done, open);
		text_markdown_code(buf, str_slice(text, open + 1, close));
		done = close + 1;
		open = str_find_char(text, '`', done);
	}
	write_part(buf, text, done, text.len);
}

static size_t
longest_run(Str text, char byte)
{
	size_t longest = 0, run = 0, i;

	for (i = 0; i < text.len; i++) {
		run = text.ptr[i] == byte ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || is_line_end(byte);
}

/*
 * One blank inside each delimiter is taken off by the reader, unless all is blank; it has to stand
 * where the code begins or ends with a blank or a backtick.
 */
static bool
needs_padding(Str code)
{
	char first = code.ptr[0], last = code.ptr[code.len - 1];
	size_t i = 0;

	while (i < code.len && is_blank(code.ptr[i]))
		i++;
	return i < code.len && (is_blank(first) || is_blank(last) || first == '`' || last == '`');
}

static void
write_code_span(Buf *buf, Str code)
{
	size_t ticks = longest_run(code, '`') + 1, at = 0;
	bool padded;

	if (code.len == 0)
		return;
	padded = needs_padding(code);
	buf_repeat(buf, '`', ticks);
	buf_repeat(buf, ' ', padded);
	while (at < code.len) {
		if (is_line_end(code.ptr[at])) {
			buf_char(buf, ' ');
			at = skip_blank(code, at);
		} else {
			buf_char(buf, code.ptr[at++]);
		}
	}
	buf_repeat(buf, ' ', padded);
	buf_repeat(buf, '`', ticks);
}

void
text_markdown_code(Buf *buf, Str text)
{
	size_t at = 0, done = 0;

	/* Nothing can be escaped inside a code span: the span is cut there, and goes on after. */
	while (at < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		if (c == '\n' || c == '\r' || (c != '|' && !utf8_is_hidden(c)))
			continue;
		write_code_span(buf, str_slice(text, done, start));
		escape_by_entity(buf, c);
		done = at;
	}
	if (done < text.len)
		write_code_span(buf, str_slice(text, done, text.len));
}

void
text_markdown_block(Buf *buf, Str text)
{
	size_t ticks = longest_run(text, '`') + 1, at = 0;

	ticks = ticks < 3 ? 3 : ticks;
	buf_repeat(buf, '`', ticks);
	buf_lit(buf, "powershell\n");
	while (at < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		/* A carriage return would be a line end, too. */
		if (c == 0 || (c != '\n' && utf8_is_hidden(c)))
			buf_lit(buf, TEXT_REPLACEMENT);
		else
			buf_str(buf, str_slice(text, start, at));
	}
	buf_char(buf, '\n');
	buf_repeat(buf, '`', ticks);
}

/* GitHub's tables take `\|` for a bar even inside a code span; a backslash before it would be
 * taken. */
static bool
fits_cell_code(Str text)
{
	size_t at = 0;

	while (at < text.len) {
		uint32_t c = utf8_next(text, &at);

		if (utf8_is_hidden(c) || (c == '\\' && at < text.len && text.ptr[at] == '|'))
			return false;
	}
	return text.len > 0;
}

void
text_markdown_cell_code(Buf *buf, Str text)
{
	size_t ticks = longest_run(text, '`') + 1, i;
	bool padded;

	if (!fits_cell_code(text)) {
		text_markdown(buf, text);
		return;
	}
	padded = needs_padding(text);
	buf_repeat(buf, '`', ticks);
	buf_repeat(buf, ' ', padded);
	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] == '|')
			buf_char(buf, '\\');
		buf_char(buf, text.ptr[i]);
	}
	buf_repeat(buf, ' ', padded);
	buf_repeat(buf, '`', ticks);
}
