#include "source/source.h"

#include <string.h>

/* The length of the sequence that this byte begins, and the smallest code point it may hold. */
static size_t
sequence(unsigned char byte, uint32_t *ret_bits, uint32_t *ret_least)
{
	if (byte >= 0xc2 && byte <= 0xdf) {
		*ret_bits = byte & 0x1fu;
		*ret_least = 0x80;
		return 2;
	}
	if (byte >= 0xe0 && byte <= 0xef) {
		*ret_bits = byte & 0x0fu;
		*ret_least = 0x800;
		return 3;
	}
	if (byte >= 0xf0 && byte <= 0xf4) {
		*ret_bits = byte & 0x07u;
		*ret_least = 0x10000;
		return 4;
	}
	return 0;
}

uint32_t
utf8_next(Str text, size_t *at)
{
	const unsigned char *bytes = (const unsigned char *)text.ptr + *at;
	uint32_t code_point = bytes[0], least = 0;
	size_t len, i;

	*at += 1;
	if (code_point < 0x80)
		return code_point;
	len = sequence(bytes[0], &code_point, &least);
	if (len == 0 || *at - 1 + len > text.len)
		return UTF8_BAD;
	for (i = 1; i < len; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return UTF8_BAD;
		code_point = code_point << 6 | (bytes[i] & 0x3f);
	}
	if (code_point < least || code_point > 0x10ffff ||
		(code_point >= 0xd800 && code_point <= 0xdfff))
		return UTF8_BAD;
	*at += len - 1;
	return code_point;
}

/* Skips what is ASCII, eight bytes at a time. */
static size_t
skip_ascii(Str text, size_t at)
{
	uint64_t word;

	while (at + sizeof(word) <= text.len) {
		memcpy(&word, text.ptr + at, sizeof(word));
		if ((word & 0x8080808080808080u) != 0)
			break;
		at += sizeof(word);
	}
	while (at < text.len && (unsigned char)text.ptr[at] < 0x80)
		at++;
	return at;
}

size_t
utf8_valid_until(Str text)
{
	size_t at = skip_ascii(text, 0);

	while (at < text.len) {
		size_t start = at;

		if (utf8_next(text, &at) == UTF8_BAD)
			return start;
		at = skip_ascii(text, at);
	}
	return text.len;
}

size_t
utf8_count(Str text)
{
	size_t count = 0, at = 0;

	while (at < text.len) {
		size_t plain = skip_ascii(text, at);

		count += plain - at;
		at = plain;
		if (at < text.len) {
			utf8_next(text, &at);
			count++;
		}
	}
	return count;
}
