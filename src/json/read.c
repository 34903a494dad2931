/* From cJSON's tree to ours. The strict pass in scan.c has already judged the text. */
#include "json/scan_int.h"

#include <cjson/cJSON.h>
#include <string.h>

typedef struct Reader {
	Arena *arena;
	const Str *numbers; /* the next one's digits; both trees are walked in the text's order */
	bool carries_nul;
} Reader;

/* What an escape for NUL, or for the carrier itself, becomes; absent for any other. */
static Str
carried_escape(Str escape)
{
	if (str_equal(escape, STR("\\u0000")))
		return STR(JSON_CARRIER_ESCAPE "0");
	return str_equal_nocase(escape, STR(JSON_CARRIER_ESCAPE)) ? STR(JSON_CARRIER_ESCAPE "1")
								  : (Str){0};
}

/* A copy in which no text holds NUL. */
static Str
carry_nuls(Arena *scratch, Str text)
{
	Buf buf = buf_make(scratch);
	size_t at = 0, done = 0;

	while (at < text.len) {
		Str rest = str_slice(text, at, text.len), changed = {0};
		size_t len = 1;

		if (text.ptr[at] == '\\') {
			/* In a valid text a backslash begins an escape, of 6 bytes or 2. */
			len = text.ptr[at + 1] == 'u' ? 6 : 2;
			changed = carried_escape(str_slice(rest, 0, len));
		} else if (str_starts(rest, STR(JSON_CARRIER))) {
			len = 3;
			changed = STR(JSON_CARRIER_ESCAPE "1");
		}
		if (changed.ptr != NULL) {
			buf_str(&buf, str_slice(text, done, at));
			buf_str(&buf, changed);
			done = at + len;
		}
		at += len;
	}
	buf_str(&buf, str_slice(text, done, text.len));
	return buf_text(&buf);
}

/* A copy in which every number is 0: their digits are taken from the scan anyway. */
static Str
shorten_numbers(Arena *scratch, const JsonScan *scan)
{
	Buf buf = buf_make(scratch);
	size_t done = 0, i;

	for (i = 0; i < scan->numbers.len; i++) {
		Str number = scan->numbers.items[i];
		size_t start = (size_t)(number.ptr - scan->text.ptr);

		buf_str(&buf, str_slice(scan->text, done, start));
		buf_char(&buf, '0');
		done = start + number.len;
	}
	buf_str(&buf, str_slice(scan->text, done, scan->text.len));
	return buf_text(&buf);
}

static Str
restore_nuls(Arena *arena, Str text)
{
	Buf buf = json_buf(arena, text.len);
	size_t at = str_find(text, STR(JSON_CARRIER));

	while (at < text.len) {
		buf_str(&buf, str_slice(text, 0, at));
		if (text.ptr[at + 3] == '0')
			buf_char(&buf, '\0');
		else
			buf_lit(&buf, JSON_CARRIER);
		text = str_slice(text, at + 4, text.len);
		at = str_find(text, STR(JSON_CARRIER));
	}
	buf_str(&buf, text);
	return buf_text(&buf);
}

static Str
convert_text(const Reader *reader, const char *text)
{
	Str whole = str_from(text);

	if (reader->carries_nul && str_find(whole, STR(JSON_CARRIER)) < whole.len)
		return restore_nuls(reader->arena, whole);
	return str_copy(reader->arena, whole);
}

static bool
parse_integer(Str digits, int64_t *ret_number)
{
	bool negative = digits.ptr[0] == '-';
	uint64_t size;

	if (!base_parse_number(
		    str_slice(digits, negative, digits.len), (uint64_t)INT64_MAX + negative, &size))
		return false;
	/* The smallest number has no positive counterpart. */
	*ret_number = negative && size > 0 ? -(int64_t)(size - 1) - 1 : (int64_t)size;
	return true;
}

static Json *
convert_number(Reader *reader)
{
	Json *value = ARENA_NEW(reader->arena, Json);

	value->kind = JSON_NUMBER;
	value->text = str_copy(reader->arena, *reader->numbers++);
	value->is_integer = parse_integer(value->text, &value->number);
	return value;
}

static Json *
convert(Reader *reader, const cJSON *item)
{
	const cJSON *child;
	Json *value;

	if (cJSON_IsString(item))
		return json_text(reader->arena, convert_text(reader, item->valuestring));
	if (cJSON_IsNumber(item))
		return convert_number(reader);
	if (cJSON_IsBool(item))
		return json_bool(reader->arena, cJSON_IsTrue(item));
	if (cJSON_IsNull(item))
		return json_null(reader->arena);
	value = cJSON_IsArray(item) ? json_list(reader->arena) : json_object(reader->arena);
	cJSON_ArrayForEach(child, item)
	{
		if (value->kind == JSON_LIST)
			json_push(reader->arena, value, convert(reader, child));
		else
			json_set(reader->arena, value, convert_text(reader, child->string),
				convert(reader, child));
	}
	return value;
}

static Json *
parse(Arena *arena, JsonScan *scan)
{
	Reader reader = {arena, scan->numbers.items, scan->has_nul};
	Str text = scan->text;
	cJSON *tree;
	Json *value;

	if (scan->has_long_number)
		text = shorten_numbers(scan->scratch, scan);
	if (scan->has_nul)
		text = carry_nuls(scan->scratch, text);
	if (str_starts(text, STR(JSON_BOM)))
		text = str_slice(text, 3, text.len);
	tree = cJSON_ParseWithLength(text.ptr, text.len);
	/* It refuses nothing that the strict pass took, so memory is the only reason left. */
	if (tree == NULL)
		panic("out of memory (a JSON text of %zu bytes)", text.len);
	value = convert(&reader, tree);
	cJSON_Delete(tree);
	return value;
}

bool
json_read(Arena *arena, Str bytes, Json **ret_value, JsonError *ret_error)
{
	JsonScan scan = {.scratch = arena_create(), .text = bytes};
	bool good = json_scan(&scan);

	if (good)
		*ret_value = parse(arena, &scan);
	else
		*ret_error = scan.error;
	arena_destroy(scan.scratch);
	return good;
}

bool
json_read_at(Arena *arena, Str bytes, Str pointer, Json **ret_value, JsonError *ret_error)
{
	JsonScan scan = {.scratch = arena_create(), .text = bytes};
	bool good = json_scan(&scan);
	size_t start, end;

	*ret_value = NULL;
	if (!good)
		*ret_error = scan.error;
	else if (json_locate(scan.scratch, bytes, pointer, &start, &end))
		good = json_read(arena, str_slice(bytes, start, end), ret_value, ret_error);
	arena_destroy(scan.scratch);
	return good;
}

const char *
json_library_version(void)
{
	return cJSON_Version();
}
