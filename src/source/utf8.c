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

	for (; at < text.len; count++)
		utf8_next(text, &at);
	return count;
}

typedef struct Range {
	uint32_t first, last;
} Range;

/* Unicode 15 East_Asian_Width W and F, gathered into blocks. */
static const Range wide[] = {{0x1100, 0x115f}, {0x231a, 0x231b}, {0x23e9, 0x23ec}, {0x2614, 0x2615},
	{0x26aa, 0x26ab}, {0x26bd, 0x26be}, {0x2705, 0x2705}, {0x274c, 0x274c}, {0x2753, 0x2755},
	{0x2795, 0x2797}, {0x2b1b, 0x2b1c}, {0x2b50, 0x2b50}, {0x2e80, 0x303e}, {0x3041, 0x33ff},
	{0x3400, 0x4dbf}, {0x4e00, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
	{0xfe10, 0xfe19}, {0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x16fe0, 0x18cff},
	{0x1b000, 0x1b2ff}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e},
	{0x1f191, 0x1f19a}, {0x1f200, 0x1f320}, {0x1f32d, 0x1f335}, {0x1f337, 0x1f37c},
	{0x1f37e, 0x1f393}, {0x1f3a0, 0x1f3ca}, {0x1f3cf, 0x1f3d3}, {0x1f3e0, 0x1f3f0},
	{0x1f3f4, 0x1f3f4}, {0x1f3f8, 0x1f43e}, {0x1f440, 0x1f440}, {0x1f442, 0x1f4fc},
	{0x1f4ff, 0x1f53d}, {0x1f54b, 0x1f567}, {0x1f57a, 0x1f57a}, {0x1f595, 0x1f596},
	{0x1f5a4, 0x1f5a4}, {0x1f5fb, 0x1f64f}, {0x1f680, 0x1f6c5}, {0x1f6cc, 0x1f6cc},
	{0x1f6d0, 0x1f6d2}, {0x1f6d5, 0x1f6d7}, {0x1f6dc, 0x1f6df}, {0x1f6eb, 0x1f6ec},
	{0x1f6f4, 0x1f6fc}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f93a}, {0x1f93c, 0x1f945},
	{0x1f947, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};

/* Combining marks and format characters, gathered into blocks. */
static const Range zero[] = {{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a},
	{0x064b, 0x065f}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
	{0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f}, {0x20d0, 0x20f0}, {0x302a, 0x302d},
	{0x3099, 0x309a}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff},
	{0xe0100, 0xe01ef}};

static const Range invisible[] = {{0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x180e, 0x180e},
	{0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb},
	{0xe0000, 0xe007f}};

static bool
in_ranges(uint32_t code_point, const Range *ranges, size_t len)
{
	size_t low = 0, high = len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code_point > ranges[middle].last)
			low = middle + 1;
		else if (code_point < ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

unsigned
utf8_width(uint32_t code_point)
{
	if (code_point < 0x300)
		return 1;
	if (in_ranges(code_point, zero, BASE_COUNT(zero)))
		return 0;
	return in_ranges(code_point, wide, BASE_COUNT(wide)) ? 2 : 1;
}

bool
utf8_is_control(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

bool
utf8_is_line_separator(uint32_t code_point)
{
	return code_point == 0x2028 || code_point == 0x2029;
}

bool
utf8_is_invisible(uint32_t code_point)
{
	return in_ranges(code_point, invisible, BASE_COUNT(invisible));
}
