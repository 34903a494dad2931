/* Finds a place in a text again: values keep none, since only a finding ever asks. */
#include "json/scan_int.h"

#define NOWHERE SIZE_MAX

/* Names are decoded into the scratch arena. The text is one that the strict pass took. */
typedef struct Locator {
	Arena *scratch;
	Str text;
} Locator;

static char
byte_at(const Locator *locator, size_t at)
{
	return locator->text.ptr[at];
}

static size_t
scalar_end(Str text, size_t at)
{
	while (at < text.len && str_find_char(STR(",]} \t\r\n"), text.ptr[at], 0) == 7)
		at++;
	return at;
}

/* The offset past the value at `at`; brackets inside strings are skipped with them. */
static size_t
value_end(Str text, size_t at)
{
	size_t level = 0;

	if (text.ptr[at] != '[' && text.ptr[at] != '{' && text.ptr[at] != '"')
		return scalar_end(text, at);
	do {
		char byte = text.ptr[at];

		if (byte == '[' || byte == '{')
			level++;
		else if (byte == ']' || byte == '}')
			level--;
		at = byte == '"' ? json_string_end(text, at) : at + 1;
	} while (level > 0);
	return at;
}

static Str
string_at(const Locator *locator, size_t at)
{
	size_t end = json_string_end(locator->text, at);

	return json_unescape(locator->scratch, str_slice(locator->text, at + 1, end - 1));
}

/* The first element after the bracket at `at`. */
static size_t
first_element(const Locator *locator, size_t at)
{
	at = json_skip_space(locator->text, at + 1);
	return byte_at(locator, at) == ']' || byte_at(locator, at) == '}' ? NOWHERE : at;
}

/* The element after the value at `at`. */
static size_t
next_element(const Locator *locator, size_t at)
{
	at = json_skip_space(locator->text, value_end(locator->text, at));
	return byte_at(locator, at) == ',' ? json_skip_space(locator->text, at + 1) : NOWHERE;
}

static size_t
find_member(const Locator *locator, size_t at, Str name)
{
	at = first_element(locator, at);
	while (at != NOWHERE) {
		Str key = string_at(locator, at);

		at = json_skip_space(locator->text, json_string_end(locator->text, at));
		at = json_skip_space(locator->text, at + 1); /* the colon */
		if (str_equal(key, name))
			return at;
		at = next_element(locator, at);
	}
	return NOWHERE;
}

static size_t
find_item(const Locator *locator, size_t at, Str name)
{
	uint64_t wanted = UINT64_MAX, i = 0;
	size_t by_index = NOWHERE;

	base_parse_number(name, UINT64_MAX, &wanted);
	at = first_element(locator, at);
	for (; at != NOWHERE; i++) {
		if (byte_at(locator, at) == '"' && str_equal(string_at(locator, at), name))
			return at;
		if (i == wanted)
			by_index = at;
		at = next_element(locator, at);
	}
	return by_index;
}

/* One name of the pointer, `~1` and `~0` undone. */
static Str
pointer_name(Arena *scratch, Str name)
{
	Buf buf = json_buf(scratch, name.len);
	size_t i;

	for (i = 0; i < name.len; i++) {
		char next = i + 1 < name.len ? name.ptr[i + 1] : '\0';
		bool escaped = name.ptr[i] == '~' && (next == '0' || next == '1');

		buf_char(&buf, !escaped ? name.ptr[i] : next == '0' ? '~' : '/');
		i += escaped;
	}
	return buf_text(&buf);
}

static size_t
follow(const Locator *locator, size_t at, Str pointer)
{
	size_t from = 0;

	while (at != NOWHERE && from <= pointer.len) {
		size_t slash = str_find_char(pointer, '/', from);
		Str name = pointer_name(locator->scratch, str_slice(pointer, from, slash));

		if (byte_at(locator, at) == '{')
			at = find_member(locator, at, name);
		else
			at = byte_at(locator, at) == '[' ? find_item(locator, at, name) : NOWHERE;
		from = slash + 1;
	}
	return at;
}

bool
json_locate(Arena *arena, Str bytes, Str pointer, size_t *ret_start, size_t *ret_end)
{
	Locator locator = {arena, bytes};
	size_t at = json_skip_space(bytes, str_starts(bytes, STR(JSON_BOM)) ? 3 : 0);

	if (pointer.len > 0)
		at = follow(&locator, at, pointer);
	if (at == NOWHERE)
		return false;
	*ret_start = at;
	*ret_end = value_end(bytes, at);
	return true;
}

void
json_locate_items(Arena *arena, Str bytes, Str pointer, JsonPlaces *ret_places)
{
	Locator locator = {arena, bytes};
	size_t at, end;

	if (!json_locate(arena, bytes, pointer, &at, &end) || byte_at(&locator, at) != '[')
		return;
	for (at = first_element(&locator, at); at != NOWHERE; at = next_element(&locator, at))
		VEC_PUSH(arena, ret_places, at);
}
