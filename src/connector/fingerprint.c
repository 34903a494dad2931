/*
 * The fingerprint of a live state: SHA-256 over one line for each value of each connector, values
 * as read. templates/powershell/common.ps1 computes the same; tests/vectors/fingerprint.json has
 * cases for both.
 */
#include "connector/connector_int.h"

#define UNIT_SEPARATOR '\x1f'

/* Where a line stands in the text of all: a place, since the text moves while it grows. */
typedef struct Line {
	size_t start, end;
} Line;

typedef struct Lines {
	Arena *arena;
	Buf text;
	Str name; /* of the connector */
	VEC(Line) list;
} Lines;

static void
add_line(Lines *lines, Str property, Str value)
{
	Line line = {.start = lines->text.len};

	buf_str(&lines->text, lines->name);
	buf_char(&lines->text, UNIT_SEPARATOR);
	buf_str(&lines->text, property);
	buf_char(&lines->text, UNIT_SEPARATOR);
	buf_str(&lines->text, value);
	buf_char(&lines->text, '\n');
	line.end = lines->text.len;
	VEC_PUSH(lines->arena, &lines->list, line);
}

/* As PowerShell makes a text of it. */
static Str
scalar_text(const Json *value)
{
	if (value->kind == JSON_BOOL)
		return value->truth ? STR("True") : STR("False");
	return value->kind == JSON_TEXT || value->kind == JSON_NUMBER ? value->text : STR("");
}

/* One line an element; nothing at all is one line with an empty value. */
static void
add_property(Lines *lines, Str property, const Json *value)
{
	const Json *list = value == NULL ? NULL : connector_unwrap(value);
	size_t before = lines->list.len, i;

	for (i = 0; list != NULL && i < list->items.len; i++) {
		if (list->items.items[i]->kind != JSON_NULL)
			add_line(lines, property, scalar_text(list->items.items[i]));
	}
	if (list == NULL && value != NULL && value->kind != JSON_NULL)
		add_line(lines, property, scalar_text(value));
	if (lines->list.len == before)
		add_line(lines, property, STR(""));
}

/*
 * By UTF-16 code units, as .NET sorts: characters past U+FFFF, whose UTF-8 begins with F0 to F4,
 * are written with surrogates there and come before U+E000 to U+FFFF, which begin with EE and EF.
 */
static unsigned
byte_rank(char byte)
{
	unsigned value = (unsigned char)byte;

	if (value >= 0xf0)
		return value - 2;
	return value >= 0xee ? value + 8 : value;
}

static int
line_order(const void *a, const void *b, void *context)
{
	const Line *first = a, *second = b;
	Str text = buf_text(context);
	Str left = str_slice(text, first->start, first->end);
	Str right = str_slice(text, second->start, second->end);
	size_t i = 0;

	while (i < left.len && i < right.len && left.ptr[i] == right.ptr[i])
		i++;
	if (i == left.len || i == right.len)
		return (left.len > right.len) - (left.len < right.len);
	return byte_rank(left.ptr[i]) < byte_rank(right.ptr[i]) ? -1 : 1;
}

static void
add_connector(Lines *lines, const Json *object)
{
	size_t i;

	lines->name = json_get_text(object, STR("Name"));
	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		Str name = str_from(connector_property_name((ConnectorProperty)i));

		add_property(lines, name, json_get(object, name));
	}
	add_property(lines, STR("ConnectorSource"), json_get(object, STR("ConnectorSource")));
	add_property(lines, STR("Guid"), json_get(object, STR("Guid")));
}

Str
connector_fingerprint(Arena *arena, const Json *const *objects, size_t len)
{
	Arena *scratch = arena_create();
	Lines lines = {.arena = scratch, .text = buf_make(scratch)};
	Buf all = buf_make(scratch);
	Str hash;
	size_t i;

	for (i = 0; i < len; i++)
		add_connector(&lines, objects[i]);
	base_sort(lines.list.items, lines.list.len, sizeof(Line), line_order, &lines.text);
	for (i = 0; i < lines.list.len; i++)
		buf_str(&all, str_slice(buf_text(&lines.text), lines.list.items[i].start,
				      lines.list.items[i].end));
	hash = sha256_hex(arena, buf_text(&all));
	arena_destroy(scratch);
	return hash;
}
