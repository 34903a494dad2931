/*
 * The fingerprint of a live state: SHA-256 over one line for each value of each connector, values
 * as read. templates/powershell/common.ps1 computes the same; tests/vectors/fingerprint.json has
 * cases for both.
 */
#include "connector/connector_int.h"

#define SEPARATOR STR("\x1f")
#define LINE_END  STR("\n")

/* Its parts, as they stand in the export: whole lines would hold a name once for each address. */
typedef struct Line {
	Str name, property, value;
} Line;

typedef struct Lines {
	Arena *arena;
	Str name; /* of the connector */
	VEC(Line) list;
} Lines;

static void
add_line(Lines *lines, Str property, Str value)
{
	Line line = {lines->name, property, value};

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

/* What is left of a line, read across the ends of its parts. */
typedef struct LineReader {
	Str parts[6];
	size_t part;
} LineReader;

static LineReader
read_line(const Line *line)
{
	return (LineReader){
		.parts = {line->name, SEPARATOR, line->property, SEPARATOR, line->value, LINE_END}};
}

/* The rest of the part that is being read; empty at the end of the line. */
static Str
line_rest(LineReader *reader)
{
	while (reader->part < BASE_COUNT(reader->parts) && reader->parts[reader->part].len == 0)
		reader->part++;
	return reader->part < BASE_COUNT(reader->parts) ? reader->parts[reader->part] : STR("");
}

static void
skip_bytes(LineReader *reader, size_t len)
{
	Str *part = &reader->parts[reader->part];

	*part = str_slice(*part, len, part->len);
}

/* How many bytes two texts begin with alike; those of one connector have their name in one place.
 */
static size_t
common_length(Str left, Str right)
{
	size_t len = left.len < right.len ? left.len : right.len, i = 0;

	if (left.ptr == right.ptr)
		return len;
	while (i < len && left.ptr[i] == right.ptr[i])
		i++;
	return i;
}

/* As the whole lines compare: a name may hold the separator, or go on where another one ends. */
static int
line_order(const void *a, const void *b, void *context)
{
	LineReader left = read_line(a), right = read_line(b);

	(void)context;
	for (;;) {
		Str left_rest = line_rest(&left), right_rest = line_rest(&right);
		size_t common = common_length(left_rest, right_rest);

		if (left_rest.len == 0 || right_rest.len == 0)
			return (left_rest.len > 0) - (right_rest.len > 0);
		if (common < left_rest.len && common < right_rest.len)
			return byte_rank(left_rest.ptr[common]) < byte_rank(right_rest.ptr[common])
				       ? -1
				       : 1;
		skip_bytes(&left, common);
		skip_bytes(&right, common);
	}
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

static void
hash_line(Sha256 *sha256, const Line *line)
{
	LineReader reader = read_line(line);
	size_t i;

	for (i = 0; i < BASE_COUNT(reader.parts); i++)
		sha256_add(sha256, reader.parts[i]);
}

Str
connector_fingerprint(Arena *arena, const Json *const *objects, size_t len)
{
	Arena *scratch = arena_create();
	Lines lines = {.arena = scratch};
	Sha256 *sha256 = sha256_start(scratch);
	Str hash;
	size_t i;

	for (i = 0; i < len; i++)
		add_connector(&lines, objects[i]);
	base_sort(lines.list.items, lines.list.len, sizeof(Line), line_order, NULL);
	for (i = 0; i < lines.list.len; i++)
		hash_line(sha256, &lines.list.items[i]);
	hash = sha256_end(arena, sha256);
	arena_destroy(scratch);
	return hash;
}
