#include "emit/powershell.h"

#include <string.h>

#define LEVEL 4
/* A list of scalars up to this many bytes stands on one line. */
#define SHORT_LIST 60

typedef struct Writer {
	Buf *buf;
	Arena *scratch;
} Writer;

static void write_value(const Writer *writer, const Json *value, unsigned indent);

static void
new_line(Buf *buf, unsigned indent)
{
	buf_char(buf, '\n');
	buf_repeat(buf, ' ', (size_t)indent * LEVEL);
}

/* --- hash tables ------------------------------------------------------------------------------ */

static bool
is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool
is_bare_key(Str key)
{
	size_t i;

	for (i = 0; i < key.len; i++) {
		bool digit = key.ptr[i] >= '0' && key.ptr[i] <= '9';

		if (!is_letter(key.ptr[i]) && (i == 0 || !digit))
			return false;
	}
	return key.len > 0;
}

/* A hash table of PowerShell takes `name` and `Name` for one key, and refuses the script. */
static void
check_keys(const Writer *writer, const Json *object)
{
	Map seen = {0};
	size_t i;

	for (i = 0; i < object->members.len; i++) {
		Str key = str_lower(writer->scratch, object->members.items[i].key);
		uint32_t twin = map_add(writer->scratch, &seen, key, 0);

		ASSERT(twin == MAP_NONE);
	}
}

static void
write_object(const Writer *writer, const Json *object, unsigned indent)
{
	const JsonMember *members = json_sorted_members(writer->scratch, object);
	size_t i;

	check_keys(writer, object);
	buf_lit(writer->buf, "@{");
	for (i = 0; i < object->members.len; i++) {
		new_line(writer->buf, indent + 1);
		if (is_bare_key(members[i].key))
			buf_str(writer->buf, members[i].key);
		else
			text_powershell(writer->buf, members[i].key);
		buf_lit(writer->buf, " = ");
		write_value(writer, members[i].value, indent + 1);
	}
	if (i > 0)
		new_line(writer->buf, indent);
	buf_char(writer->buf, '}');
}

/* --- lists ------------------------------------------------------------------------------------ */

static bool
is_short(const Json *list)
{
	size_t len = 0, i;

	for (i = 0; i < list->items.len && len <= SHORT_LIST; i++) {
		const Json *item = list->items.items[i];

		if (item->kind == JSON_LIST || item->kind == JSON_OBJECT)
			return false;
		len += item->text.len + strlen("'', ");
	}
	return len <= SHORT_LIST;
}

static void
write_list(const Writer *writer, const Json *list, unsigned indent)
{
	bool short_list = is_short(list);
	size_t len = list->items.len, i;

	buf_lit(writer->buf, "@(");
	for (i = 0; i < len; i++) {
		if (i > 0)
			buf_lit(writer->buf, short_list ? ", " : ",");
		if (!short_list)
			new_line(writer->buf, indent + 1);
		/* `@(@(1))` is `@(1)`; a comma in front keeps the inner list. */
		if (len == 1 && list->items.items[i]->kind == JSON_LIST)
			buf_char(writer->buf, ',');
		write_value(writer, list->items.items[i], indent + 1);
	}
	if (!short_list)
		new_line(writer->buf, indent);
	buf_char(writer->buf, ')');
}

/* ------------------------------------------------------------------------------------------------
 */

static void
write_value(const Writer *writer, const Json *value, unsigned indent)
{
	switch (value->kind) {
	case JSON_NULL: buf_lit(writer->buf, "$null"); break;
	case JSON_BOOL: buf_lit(writer->buf, value->truth ? "$true" : "$false"); break;
	case JSON_NUMBER:
		if (value->is_integer)
			buf_str(writer->buf, value->text);
		else
			text_powershell(writer->buf, value->text);
		break;
	case JSON_TEXT: text_powershell(writer->buf, value->text); break;
	case JSON_LIST: write_list(writer, value, indent); break;
	case JSON_OBJECT: write_object(writer, value, indent); break;
	}
}

void
emit_powershell_literal(Buf *buf, const Json *value, unsigned indent)
{
	Writer writer = {buf, arena_create()};

	write_value(&writer, value, indent);
	arena_destroy(writer.scratch);
}
