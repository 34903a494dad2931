/*
 * A reader of the PowerShell expressions that our texts are written as, by the rules of the
 * language's tokenizer; whatever else may be PowerShell is refused.
 */
#ifndef TEST_TEXT_SCRIPT_H
#define TEST_TEXT_SCRIPT_H

#include "source/source.h"

typedef struct ScriptReader {
	Str text;
	size_t at;
	Buf read;
} ScriptReader;

static inline bool
script_take(ScriptReader *reader, const char *expected)
{
	Str wanted = str_from(expected);

	if (!str_starts(str_slice(reader->text, reader->at, reader->text.len), wanted))
		return false;
	reader->at += wanted.len;
	return true;
}

/* The tokenizer ends a single-quoted literal at any of five quotes, and takes two for one. */
static inline bool
script_is_single_quote(uint32_t c)
{
	return c == '\'' || (c >= 0x2018 && c <= 0x201b);
}

static inline bool
script_literal(ScriptReader *reader)
{
	if (!script_take(reader, "'"))
		return false;
	while (reader->at < reader->text.len) {
		size_t start = reader->at;
		uint32_t c = utf8_next(reader->text, &reader->at);

		if (script_is_single_quote(c)) {
			size_t next = reader->at;

			if (next == reader->text.len ||
				!script_is_single_quote(utf8_next(reader->text, &next)))
				return true;
			reader->at = next;
		}
		/* What a reviewer would not see, and what an editor could change. */
		if (utf8_is_control(c) || utf8_is_invisible(c) || utf8_is_line_separator(c) ||
			(c != '\'' && script_is_single_quote(c)))
			return false;
		buf_str(&reader->read, str_slice(reader->text, start,
					       start + (c == '\'' ? 1 : reader->at - start)));
	}
	return false;
}

static inline bool
script_hex(ScriptReader *reader, uint32_t *ret_number)
{
	size_t start = reader->at;

	*ret_number = 0;
	for (; reader->at < reader->text.len; reader->at++) {
		static const Str digits = STR_CONST("0123456789abcdef");
		size_t digit = str_find_char(digits, reader->text.ptr[reader->at], 0);

		if (digit == digits.len)
			break;
		*ret_number = *ret_number * 16 + (uint32_t)digit;
	}
	return reader->at > start && reader->at - start <= 6;
}

static inline bool
script_unit(ScriptReader *reader, uint32_t *ret_unit)
{
	return script_take(reader, "[char]0x") && script_hex(reader, ret_unit) &&
	       *ret_unit <= 0xffff;
}

/* [char] holds one UTF-16 unit; whatever is longer is two of them, one after the other. */
static inline bool
script_operand(ScriptReader *reader, const char *joint)
{
	uint32_t c, low;

	if (reader->at < reader->text.len && reader->text.ptr[reader->at] != '[')
		return script_literal(reader);
	if (!script_unit(reader, &c) || (c >= 0xdc00 && c <= 0xdfff))
		return false;
	if (c >= 0xd800 && c <= 0xdbff) {
		if (!script_take(reader, joint) || !script_unit(reader, &low) || low < 0xdc00 ||
			low > 0xdfff)
			return false;
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	buf_code_point(&reader->read, c);
	return true;
}

static inline bool
script_expression(ScriptReader *reader)
{
	bool joined = script_take(reader, "(-join @(");
	const char *joint = joined ? ", " : " + ";
	bool good;

	if (!joined && !script_take(reader, "("))
		return script_literal(reader);
	/* A sum of characters would be a number, so a text has to come first. */
	good = script_literal(reader);
	while (good && script_take(reader, joint))
		good = script_operand(reader, joint);
	return good && script_take(reader, joined ? "))" : ")");
}

#endif
