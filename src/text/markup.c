/* HTML by the WHATWG's parsing rules, XML by XML 1.0. */
#include "text/text_int.h"

static void
write_entity(Buf *buf, uint32_t c)
{
	buf_printf(buf, c < 0x80 ? "&#%u;" : "&#x%x;", (unsigned)c);
}

static bool
escape_special(Buf *buf, uint32_t c)
{
	switch (c) {
	case '<': buf_lit(buf, "&lt;"); return true;
	case '>': buf_lit(buf, "&gt;"); return true;
	case '&': buf_lit(buf, "&amp;"); return true;
	case '"': buf_lit(buf, "&quot;"); return true;
	case '\'': buf_lit(buf, "&#39;"); return true;
	}
	return false;
}

static bool
escape_html(Buf *buf, uint32_t c)
{
	if (escape_special(buf, c))
		return true;
	/* The C1 controls cannot be written by number: HTML reads those as Windows-1252. */
	if (!utf8_is_hidden(c) || c == '\n' || c == '\t' || (c >= 0x80 && c < 0xa0))
		return false;
	/* HTML has no NUL: a parser drops it, or puts this. */
	if (c == 0)
		buf_lit(buf, TEXT_REPLACEMENT);
	else
		write_entity(buf, c);
	return true;
}

void
text_html(Buf *buf, Str text)
{
	text_each(buf, text, escape_html);
}

static bool
is_forbidden_in_xml(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe || c == 0xffff;
}

static bool
escape_xml(Buf *buf, uint32_t c)
{
	if (escape_special(buf, c))
		return true;
	if (is_forbidden_in_xml(c))
		buf_lit(buf, TEXT_REPLACEMENT);
	else if (utf8_is_hidden(c))
		/* Line ends and tabs too: in an attribute they would be read as blanks. */
		write_entity(buf, c);
	else
		return false;
	return true;
}

void
text_xml(Buf *buf, Str text)
{
	text_each(buf, text, escape_xml);
}
