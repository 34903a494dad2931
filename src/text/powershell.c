/*
 * Windows PowerShell 5.1 reads a script without a byte order mark in the code page of the machine,
 * and both versions take U+2018..U+201B for a single quote: so those, and what does not show, are
 * written by code point.
 */
#include "text/text_int.h"

/* A chain of `+` nests as deep as it is long, and the engine walks it by recursion. */
#define CHAIN_MAX 50

typedef struct Parts {
	Buf *buf;
	const char *joint;
	bool begun, quoted;
} Parts;

static bool
is_by_number(uint32_t c)
{
	return (c >= 0x2018 && c <= 0x201b) || utf8_is_hidden(c);
}

static size_t
count_by_number(Str text)
{
	size_t count = 0, at = 0;

	while (at < text.len) {
		uint32_t c = utf8_next(text, &at);

		if (is_by_number(c))
			count += c < 0x10000 ? 1 : 2;
	}
	return count;
}

/* Ends the literal, if one is open, and separates from what stands before. */
static void
begin_part(Parts *parts)
{
	if (parts->quoted)
		buf_char(parts->buf, '\'');
	if (parts->begun)
		buf_lit(parts->buf, parts->joint);
	parts->begun = true;
	parts->quoted = false;
}

/* One UTF-16 unit: a constant, where a call of .NET would be code in the data. */
static void
write_unit(Parts *parts, uint32_t unit)
{
	/* The first operand decides the type of a sum, and a sum of characters is a number. */
	if (!parts->begun) {
		buf_lit(parts->buf, "''");
		parts->begun = true;
	}
	begin_part(parts);
	buf_printf(parts->buf, unit < 0x100 ? "[char]0x%02x" : "[char]0x%04x", (unsigned)unit);
}

static void
write_number(Parts *parts, uint32_t c)
{
	if (c < 0x10000) {
		write_unit(parts, c);
		return;
	}
	write_unit(parts, 0xd800 + ((c - 0x10000) >> 10));
	write_unit(parts, 0xdc00 + ((c - 0x10000) & 0x3ff));
}

static void
write_literal(Parts *parts, Str character)
{
	if (!parts->quoted) {
		begin_part(parts);
		buf_char(parts->buf, '\'');
		parts->quoted = true;
	}
	if (character.ptr[0] == '\'')
		buf_char(parts->buf, '\'');
	buf_str(parts->buf, character);
}

static void
write_parts(Parts *parts, Str text)
{
	size_t at = 0;

	while (at < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		if (is_by_number(c))
			write_number(parts, c);
		else
			write_literal(parts, str_slice(text, start, at));
	}
	if (parts->quoted)
		buf_char(parts->buf, '\'');
}

void
text_powershell(Buf *buf, Str text)
{
	size_t count = count_by_number(text);
	Parts parts = {.buf = buf, .joint = count > CHAIN_MAX ? ", " : " + "};

	if (text.len == 0)
		buf_lit(buf, "''");
	if (count > 0)
		buf_lit(buf, count > CHAIN_MAX ? "(-join @(" : "(");
	write_parts(&parts, text);
	if (count > 0)
		buf_lit(buf, count > CHAIN_MAX ? "))" : ")");
}
