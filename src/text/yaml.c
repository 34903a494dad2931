/*
 * YAML scalars. Plain only where the core schema of 1.2 and the types of 1.1 both leave the text a
 * text, in block and in flow context; many readers still go by 1.1, whose `no` is a boolean.
 */
#include "text/text_int.h"

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_word_of_yaml(Str text)
{
	static const Str words[] = {STR_CONST("null"), STR_CONST("true"), STR_CONST("false"),
		STR_CONST("yes"), STR_CONST("no"), STR_CONST("on"), STR_CONST("off"),
		STR_CONST("y"), STR_CONST("n"), STR_CONST(".inf"), STR_CONST("+.inf"),
		STR_CONST(".nan"), STR_CONST("~"), STR_CONST("<<"), STR_CONST("=")};
	size_t i;

	for (i = 0; i < BASE_COUNT(words); i++) {
		if (str_equal_nocase(text, words[i]))
			return true;
	}
	return false;
}

/*
 * Numbers of every base, 1_000, 12:30:45, 2026-12-05 and 2026-12-05T22:00+09:00; not an address,
 * which has three points, a slash, or letters.
 */
static bool
is_number_like(Str text)
{
	size_t at = text.ptr[0] == '+', dots = 0, i;

	if (text.len - at >= 2 && text.ptr[at] == '0' &&
		text_is_one_of(text.ptr[at + 1], STR("xXoObB")))
		return true;
	for (i = at; i < text.len && text_is_one_of(text.ptr[i], STR("0123456789_.eE+-:")); i++)
		dots += text.ptr[i] == '.';
	if (i > at + 4 && text_is_one_of(text.ptr[at + 4], STR("-")) && is_digit(text.ptr[at]))
		return true;
	return i == text.len && i > at && dots <= 1 && (is_digit(text.ptr[at]) || dots == 1);
}

/* Whether every character may stand in a plain scalar on one line, wherever that is. */
static bool
has_plain_characters(Str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		char next = i + 1 < text.len ? text.ptr[i + 1] : ' ';

		/* In flow context many readers take `?` for a key's mark anywhere. */
		if (text_is_one_of(text.ptr[i], STR(",[]{}?")))
			return false;
		/* `: ` is a key, ` #` a comment. */
		if (text.ptr[i] == ':' && next == ' ')
			return false;
		if (text.ptr[i] == ' ' && text_is_one_of(next, STR("# ")))
			return false;
	}
	return true;
}

static bool
is_plain(Str text)
{
	if (text.len == 0 || text_is_one_of(text.ptr[0], STR(" -?:,[]{}#&*!|>'\"%@`")))
		return false;
	/* The marks of a document's end and start. */
	if (str_starts(text, STR("...")) || str_starts(text, STR("---")))
		return false;
	return has_plain_characters(text) && !is_word_of_yaml(text) && !is_number_like(text);
}

/* What must be written by number: the printable set of YAML, less what does not show. */
static bool
is_by_number(uint32_t c)
{
	return utf8_is_hidden(c) || c == 0xfffe || c == 0xffff;
}

static bool
needs_numbers(Str text)
{
	size_t at = 0;

	while (at < text.len) {
		if (is_by_number(utf8_next(text, &at)))
			return true;
	}
	return false;
}

static bool
escape_double(Buf *buf, uint32_t c)
{
	if (c == '"' || c == '\\')
		buf_printf(buf, "\\%c", (char)c);
	else if (c == '\n')
		buf_lit(buf, "\\n");
	else if (c == '\t')
		buf_lit(buf, "\\t");
	else if (!is_by_number(c))
		return false;
	else if (c < 0x100)
		buf_printf(buf, "\\x%02x", (unsigned)c);
	else
		buf_printf(buf, c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
	return true;
}

static bool
escape_single(Buf *buf, uint32_t c)
{
	if (c == '\'')
		buf_char(buf, '\'');
	return false;
}

void
text_yaml(Buf *buf, Str text)
{
	if (needs_numbers(text)) {
		buf_char(buf, '"');
		text_each(buf, text, escape_double);
		buf_char(buf, '"');
	} else if (is_plain(text)) {
		buf_str(buf, text);
	} else {
		buf_char(buf, '\'');
		text_each(buf, text, escape_single);
		buf_char(buf, '\'');
	}
}
