#include "text/text_int.h"

TextEscape
text_escape(TextLanguage language)
{
	switch (language) {
	case TEXT_PLAIN: return buf_str;
	case TEXT_POWERSHELL: return text_powershell;
	case TEXT_ZONE: return text_zone;
	case TEXT_MARKDOWN: return text_markdown;
	case TEXT_HTML: return text_html;
	case TEXT_XML: return text_xml;
	case TEXT_CSV: return text_csv;
	case TEXT_YAML: return text_yaml;
	case TEXT_WORKFLOW: return text_workflow_message;
	}
	panic("no such language: %d", (int)language);
}

void
text_each(Buf *buf, Str text, TextEscapeOne escape)
{
	size_t at = 0;

	while (at < text.len) {
		size_t start = at;
		uint32_t code_point = utf8_next(text, &at);

		if (!escape(buf, code_point))
			buf_bytes(buf, text.ptr + start, at - start);
	}
}

bool
text_is_one_of(char byte, Str bytes)
{
	return str_find_char(bytes, byte, 0) < bytes.len;
}

bool
text_show_hidden(Buf *buf, uint32_t c)
{
	if (!utf8_is_hidden(c))
		return false;
	if (c < 0x100)
		buf_printf(buf, "\\x%02x", (unsigned)c);
	else
		buf_printf(buf, c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
	return true;
}

bool
text_is_log_mark(Str text, size_t at)
{
	Str rest;

	if (at == 0 || at >= text.len || text.ptr[at] != '#' || text.ptr[at - 1] != '#')
		return false;
	rest = str_slice(text, at + 1, text.len);
	return str_starts(rest, STR("[")) ||
	       (rest.len >= 4 && str_equal_nocase(str_slice(rest, 0, 4), STR("vso[")));
}

void
text_terminal(Buf *buf, Str text)
{
	size_t at = 0;

	while (at < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		if (c == '#' && text_is_log_mark(text, start))
			buf_lit(buf, "\\x23");
		else if (!text_show_hidden(buf, c))
			buf_bytes(buf, text.ptr + start, at - start);
	}
}
