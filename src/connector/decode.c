/* The encodings that an export comes in: `>` and Out-File of Windows PowerShell write UTF-16LE. */
#include "connector/connector_int.h"

#define UTF16LE_BOM STR("\xff\xfe")
#define UTF16BE_BOM STR("\xfe\xff")

static uint32_t
unit_at(Str bytes, size_t at)
{
	return (uint32_t)(unsigned char)bytes.ptr[at] | (uint32_t)(unsigned char)bytes.ptr[at + 1]
								<< 8;
}

static bool
is_lead(uint32_t unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool
is_trail(uint32_t unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* Up to the first half of a pair that stands alone, or an odd byte; false: there was one. */
static bool
from_utf16(Str bytes, Buf *text)
{
	size_t at;

	for (at = 0; at + 1 < bytes.len; at += 2) {
		uint32_t unit = unit_at(bytes, at);

		if (is_lead(unit)) {
			uint32_t next = at + 3 < bytes.len ? unit_at(bytes, at + 2) : 0;

			if (!is_trail(next))
				return false;
			unit = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00);
			at += 2;
		} else if (is_trail(unit)) {
			return false;
		}
		buf_code_point(text, unit);
	}
	return at == bytes.len;
}

bool
connector_decode(Arena *arena, Str bytes, Str *ret_text, const char **ret_why)
{
	Buf text = buf_make(arena);
	size_t valid;
	bool good;

	*ret_text = bytes;
	if (str_starts(bytes, UTF16LE_BOM)) {
		good = from_utf16(str_slice(bytes, 2, bytes.len), &text);
		*ret_text = buf_text(&text);
		*ret_why = "the UTF-16 text breaks off or is broken here";
		return good;
	}
	if (str_starts(bytes, UTF16BE_BOM)) {
		*ret_text = STR("");
		*ret_why = "the file is UTF-16 with the high byte first";
		return false;
	}
	/* A byte order mark stays: positions do not count it, and the reader skips it. */
	valid = utf8_valid_until(bytes);
	*ret_text = str_slice(bytes, 0, valid);
	*ret_why = "the file is neither UTF-8 nor UTF-16 with a byte order mark";
	return valid == bytes.len;
}
