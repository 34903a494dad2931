/*
 * The strict pass: what RFC 8259 says, over the text itself, before cJSON sees it. It also gathers
 * what cJSON cannot carry: the digits of numbers, and whether NULs have to be carried for it.
 */
#ifndef JSON_SCAN_INT_H
#define JSON_SCAN_INT_H

#include "json/json.h"

/*
 * cJSON ends a text at NUL. A text for it says JSON_CARRIER and `0` instead of NUL, and
 * JSON_CARRIER and `1` for a JSON_CARRIER that was there. The code point is private use: U+F8FF.
 */
#define JSON_CARRIER        "\xef\xa3\xbf"
#define JSON_CARRIER_ESCAPE "\\uf8ff"
#define JSON_BOM            "\xef\xbb\xbf"

/* cJSON copies a number into a buffer of 64 bytes. */
#define JSON_CJSON_DIGITS 60

typedef struct JsonScan {
	Arena *scratch;
	Str text;
	size_t at;
	unsigned depth;
	VEC(Str) keys;    /* of the objects that are open, the innermost last */
	VEC(Str) numbers; /* every number of the text in its order */
	bool has_nul;
	bool has_long_number;
	JsonError error; /* its message is in the scratch arena or constant */
} JsonScan;

/* One value and nothing after it, or false and scan->error. */
bool json_scan(JsonScan *scan);

/* A Buf that has room already; 256 bytes for every short text would let a small file grow large. */
Buf json_buf(Arena *arena, size_t cap);
/* The text of a string token (without its quotes) that a scan took; a slice where it can be one. */
Str json_unescape(Arena *arena, Str raw);
/* The offset past the closing quote of the string token at `at`, which is known to be right. */
size_t json_string_end(Str text, size_t at);
size_t json_skip_space(Str text, size_t at);

#endif
