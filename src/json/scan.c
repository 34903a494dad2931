#include "json/scan_int.h"

/* Below that many keys an object's duplicates are found by comparing each with each. */
#define FEW_KEYS 8

static bool scan_value(JsonScan *scan);

static bool
refuse(JsonScan *scan, size_t offset, const char *clause)
{
	scan->error = (JsonError){offset, str_from(clause)};
	return false;
}

/* The byte at the cursor; NUL at the end, where no grammar wants one. */
static char
peek(const JsonScan *scan)
{
	return scan->at < scan->text.len ? scan->text.ptr[scan->at] : '\0';
}

static bool
take(JsonScan *scan, char byte)
{
	if (scan->at >= scan->text.len || scan->text.ptr[scan->at] != byte)
		return false;
	scan->at++;
	return true;
}

size_t
json_skip_space(Str text, size_t at)
{
	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\n' ||
					text.ptr[at] == '\t' || text.ptr[at] == '\r'))
		at++;
	return at;
}

static void
skip_space(JsonScan *scan)
{
	scan->at = json_skip_space(scan->text, scan->at);
}

/* --- strings -------------------------------------------------------------------------------- */

static int
hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* The code unit of `\uXXXX` at an offset, or UTF8_BAD. */
static uint32_t
code_unit(Str text, size_t at)
{
	uint32_t unit = 0;
	size_t i;

	if (text.len - at < 6 || text.ptr[at] != '\\' || text.ptr[at + 1] != 'u')
		return UTF8_BAD;
	for (i = at + 2; i < at + 6; i++) {
		int digit = hex_digit(text.ptr[i]);

		if (digit < 0)
			return UTF8_BAD;
		unit = unit << 4 | (uint32_t)digit;
	}
	return unit;
}

/* The code point of one or two `\uXXXX` at *at, which moves past them; UTF8_BAD for a lone half. */
static uint32_t
unicode_escape(Str text, size_t *at)
{
	uint32_t high = code_unit(text, *at), low;

	*at += 6;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	low = code_unit(text, *at);
	if (high > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return UTF8_BAD;
	*at += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static bool
scan_escape(JsonScan *scan)
{
	static const Str kinds = STR_CONST("\"\\/bfnrt");
	size_t start = scan->at;
	uint32_t code_point;

	if (start + 1 < scan->text.len &&
		str_find_char(kinds, scan->text.ptr[start + 1], 0) < kinds.len) {
		scan->at += 2;
		return true;
	}
	if (code_unit(scan->text, start) == UTF8_BAD)
		return refuse(scan, start, "a backslash that begins no escape");
	code_point = unicode_escape(scan->text, &scan->at);
	if (code_point == UTF8_BAD)
		return refuse(scan, start, "half of a surrogate pair");
	scan->has_nul = scan->has_nul || code_point == 0;
	return true;
}

/* Leaves what stands between the quotes in *ret_raw. */
static bool
scan_string(JsonScan *scan, Str *ret_raw)
{
	size_t start = scan->at++;

	while (scan->at < scan->text.len) {
		unsigned char byte = (unsigned char)scan->text.ptr[scan->at];

		if (byte == '"') {
			*ret_raw = str_slice(scan->text, start + 1, scan->at++);
			return true;
		}
		if (byte < 0x20)
			return refuse(scan, scan->at, "a control character inside a text");
		if (byte != '\\')
			scan->at++;
		else if (!scan_escape(scan))
			return false;
	}
	return refuse(scan, start, "a text without its closing quote");
}

size_t
json_string_end(Str text, size_t at)
{
	at++;
	while (text.ptr[at] != '"')
		at += text.ptr[at] == '\\' ? 2 : 1;
	return at + 1;
}

Buf
json_buf(Arena *arena, size_t cap)
{
	return (Buf){.arena = arena, .data = arena_alloc(arena, cap), .cap = cap};
}

/* What a backslash and this letter stand for. */
static char
escaped_byte(char letter)
{
	static const Str letters = STR_CONST("bfnrt");
	size_t at = str_find_char(letters, letter, 0);

	return at < letters.len ? "\b\f\n\r\t"[at] : letter;
}

Str
json_unescape(Arena *arena, Str raw)
{
	size_t at = str_find_char(raw, '\\', 0), done = 0;
	Buf buf;

	if (at == raw.len)
		return raw;
	buf = json_buf(arena, raw.len);
	for (; at < raw.len; at = str_find_char(raw, '\\', done)) {
		buf_str(&buf, str_slice(raw, done, at));
		done = at;
		if (raw.ptr[at + 1] == 'u') {
			buf_code_point(&buf, unicode_escape(raw, &done));
		} else {
			buf_char(&buf, escaped_byte(raw.ptr[at + 1]));
			done += 2;
		}
	}
	buf_str(&buf, str_slice(raw, done, raw.len));
	return buf_text(&buf);
}

/* --- numbers and words ------------------------------------------------------------------------ */

static bool
scan_digits(JsonScan *scan)
{
	size_t start = scan->at;

	while (peek(scan) >= '0' && peek(scan) <= '9')
		scan->at++;
	return scan->at > start;
}

static bool
scan_number(JsonScan *scan)
{
	size_t start = scan->at, first;

	take(scan, '-');
	first = scan->at;
	if (!scan_digits(scan))
		return refuse(scan, start, "a minus sign without digits");
	if (scan->text.ptr[first] == '0' && scan->at > first + 1)
		return refuse(scan, start, "a number with a leading zero");
	if (take(scan, '.') && !scan_digits(scan))
		return refuse(scan, start, "a number without digits after its point");
	if (take(scan, 'e') || take(scan, 'E')) {
		if (!take(scan, '+'))
			take(scan, '-');
		if (!scan_digits(scan))
			return refuse(scan, start, "a number without digits in its exponent");
	}
	VEC_PUSH(scan->scratch, &scan->numbers, str_slice(scan->text, start, scan->at));
	scan->has_long_number = scan->has_long_number || scan->at - start > JSON_CJSON_DIGITS;
	return true;
}

static bool
scan_word(JsonScan *scan)
{
	static const Str words[] = {STR_CONST("true"), STR_CONST("false"), STR_CONST("null")};
	Str rest = str_slice(scan->text, scan->at, scan->text.len);
	size_t i;

	for (i = 0; i < BASE_COUNT(words); i++) {
		if (str_starts(rest, words[i])) {
			scan->at += words[i].len;
			return true;
		}
	}
	return refuse(scan, scan->at,
		rest.len == 0 ? "the end where a value is expected" : "no JSON value begins here");
}

/* --- lists and objects ------------------------------------------------------------------------ */

static bool
scan_list(JsonScan *scan)
{
	scan->at++;
	skip_space(scan);
	if (take(scan, ']'))
		return true;
	for (;;) {
		if (!scan_value(scan))
			return false;
		skip_space(scan);
		if (take(scan, ']'))
			return true;
		if (!take(scan, ','))
			return refuse(scan, scan->at, "a list needs `,` or `]` here");
	}
}

/* Notes a key of the object whose keys begin at `first`; false if it stands there already. */
static bool
add_key(JsonScan *scan, Map *map, size_t first, Str key)
{
	size_t i = first;

	VEC_PUSH(scan->scratch, &scan->keys, key);
	if (scan->keys.len - first <= FEW_KEYS) {
		while (!str_equal(scan->keys.items[i], key))
			i++;
		return i == scan->keys.len - 1;
	}
	for (i = map->len; i < scan->keys.len - first; i++) {
		if (map_add(scan->scratch, map, scan->keys.items[first + i], 0) != MAP_NONE)
			return false;
	}
	return true;
}

static bool
scan_key(JsonScan *scan, Map *map, size_t first)
{
	size_t start = scan->at;
	Str raw;

	if (peek(scan) != '"')
		return refuse(scan, start, "an object needs a key in double quotes here");
	if (!scan_string(scan, &raw))
		return false;
	if (!add_key(scan, map, first, json_unescape(scan->scratch, raw)))
		return refuse(scan, start, "a key that stands in its object already");
	skip_space(scan);
	if (!take(scan, ':'))
		return refuse(scan, scan->at, "a key needs `:` after it");
	return true;
}

static bool
scan_object(JsonScan *scan)
{
	size_t first = scan->keys.len;
	Map map = {0};

	scan->at++;
	skip_space(scan);
	if (take(scan, '}'))
		return true;
	for (;;) {
		skip_space(scan);
		if (!scan_key(scan, &map, first) || !scan_value(scan))
			return false;
		skip_space(scan);
		if (take(scan, '}'))
			break;
		if (!take(scan, ','))
			return refuse(scan, scan->at, "an object needs `,` or `}` here");
	}
	scan->keys.len = first;
	return true;
}

static bool
scan_nested(JsonScan *scan)
{
	bool good;

	if (scan->depth == JSON_DEPTH_MAX)
		return refuse(scan, scan->at, "more than 200 levels of lists and objects");
	scan->depth++;
	good = peek(scan) == '[' ? scan_list(scan) : scan_object(scan);
	scan->depth--;
	return good;
}

static bool
scan_value(JsonScan *scan)
{
	Str raw;
	char byte;

	skip_space(scan);
	byte = peek(scan);
	if (byte == '[' || byte == '{')
		return scan_nested(scan);
	if (byte == '"')
		return scan_string(scan, &raw);
	if (byte == '-' || (byte >= '0' && byte <= '9'))
		return scan_number(scan);
	return scan_word(scan);
}

bool
json_scan(JsonScan *scan)
{
	size_t valid = utf8_valid_until(scan->text);

	if (valid < scan->text.len)
		return refuse(scan, valid, "bytes that are not UTF-8");
	if (str_starts(scan->text, STR(JSON_BOM)))
		scan->at = 3;
	if (!scan_value(scan))
		return false;
	skip_space(scan);
	if (scan->at < scan->text.len)
		return refuse(scan, scan->at, "text after the end of the value");
	return true;
}
