/* Zone files, CSV, commands in the logs of builds, URIs: one simple rule each. */
#include "text/text_int.h"

void
text_zone(Buf *buf, Str text)
{
	size_t i;

	buf_char(buf, '"');
	for (i = 0; i < text.len; i++) {
		unsigned char octet = (unsigned char)text.ptr[i];

		if (octet < 0x20 || octet > 0x7e) {
			buf_printf(buf, "\\%03u", octet);
			continue;
		}
		if (octet == '"' || octet == '\\')
			buf_char(buf, '\\');
		buf_char(buf, (char)octet);
	}
	buf_char(buf, '"');
}

/*
 * OWASP, "CSV Injection": what a spreadsheet takes for the start of a formula. Excel reads the
 * full-width forms likewise where the system's language is an East Asian one.
 */
static bool
begins_formula(Str text)
{
	size_t at = 0;
	uint32_t c = text.len > 0 ? utf8_next(text, &at) : 'a';

	return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' ||
	       c == '\n' || c == 0xff1d || c == 0xff0b || c == 0xff0d || c == 0xff20;
}

static bool
needs_csv_quotes(Str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		/* Semicolon and tab: the separators of a spreadsheet in another language. */
		if (text_is_one_of(text.ptr[i], STR("\",;\t\r\n")))
			return true;
	}
	return text.len > 0 && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ');
}

static bool
escape_csv(Buf *buf, uint32_t c)
{
	if (c == '"')
		buf_char(buf, '"');
	return c != '\t' && c != '\r' && c != '\n' && text_show_hidden(buf, c);
}

void
text_csv(Buf *buf, Str text)
{
	bool quoted = needs_csv_quotes(text);

	if (quoted)
		buf_char(buf, '"');
	if (begins_formula(text))
		buf_char(buf, '\'');
	text_each(buf, text, escape_csv);
	if (quoted)
		buf_char(buf, '"');
}

static bool
escape_message(Buf *buf, uint32_t c)
{
	if (c != '%' && c != '\r' && c != '\n')
		return false;
	buf_printf(buf, "%%%02X", (unsigned)c);
	return true;
}

void
text_workflow_message(Buf *buf, Str text)
{
	text_each(buf, text, escape_message);
}

static bool
escape_property(Buf *buf, uint32_t c)
{
	if (c != ':' && c != ',')
		return escape_message(buf, c);
	buf_printf(buf, "%%%02X", (unsigned)c);
	return true;
}

void
text_workflow_property(Buf *buf, Str text)
{
	text_each(buf, text, escape_property);
}

/* Azure Pipelines has a code of its own for the percent sign. */
static bool
escape_azure_message(Buf *buf, uint32_t c)
{
	if (c == '%')
		buf_lit(buf, "%AZP25");
	else
		return escape_message(buf, c);
	return true;
}

void
text_azure_message(Buf *buf, Str text)
{
	text_each(buf, text, escape_azure_message);
}

static bool
escape_azure_property(Buf *buf, uint32_t c)
{
	if (c != ';' && c != ']')
		return escape_azure_message(buf, c);
	buf_printf(buf, "%%%02X", (unsigned)c);
	return true;
}

void
text_azure_property(Buf *buf, Str text)
{
	text_each(buf, text, escape_azure_property);
}

static bool
is_unreserved(unsigned char octet)
{
	return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
	       (octet >= '0' && octet <= '9') || text_is_one_of((char)octet, STR("-._~"));
}

void
text_uri_path(Buf *buf, Str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		unsigned char octet = (unsigned char)text.ptr[i];

		if (is_unreserved(octet) || octet == '/')
			buf_char(buf, (char)octet);
		else
			buf_printf(buf, "%%%02X", octet);
	}
}
