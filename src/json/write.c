/* Writing: canonical for hashes and comparison, pretty for people. */
#include "json/json.h"

#include <string.h>

/* Past ASCII that stands for itself: nearly all that is written. */
static size_t
skip_plain(Str text, size_t at)
{
	while (at < text.len && text.ptr[at] >= ' ' && text.ptr[at] < 0x7f && text.ptr[at] != '"' &&
		text.ptr[at] != '\\')
		at++;
	return at;
}

/* Which characters, besides the quote and the backslash, are written by number. */
typedef bool ByNumber(uint32_t code_point);

/* As UTF-16, two units for what is beyond the basic plane. */
static void
write_number(Buf *buf, uint32_t c)
{
	if (c < 0x10000) {
		buf_printf(buf, "\\u%04x", (unsigned)c);
		return;
	}
	c -= 0x10000;
	buf_printf(buf, "\\u%04x\\u%04x", (unsigned)(0xd800 + (c >> 10)),
		(unsigned)(0xdc00 + (c & 0x3ff)));
}

static void
write_text(Buf *buf, Str text, ByNumber *by_number)
{
	size_t at = 0, done = 0;

	buf_char(buf, '"');
	while ((at = skip_plain(text, at)) < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);
		bool numbered = by_number(c);

		if (c != '"' && c != '\\' && !numbered)
			continue;
		buf_str(buf, str_slice(text, done, start));
		if (numbered)
			write_number(buf, c);
		else
			buf_printf(buf, "\\%c", (char)c);
		done = at;
	}
	if (done < text.len)
		buf_str(buf, str_slice(text, done, text.len));
	buf_char(buf, '"');
}

void
json_write_text(Buf *buf, Str text)
{
	write_text(buf, text, utf8_is_hidden);
}

/* What is written alike in both forms. */
static void
write_scalar(Buf *buf, const Json *value, ByNumber *by_number)
{
	if (value->kind == JSON_NULL)
		buf_lit(buf, "null");
	else if (value->kind == JSON_BOOL)
		buf_lit(buf, value->truth ? "true" : "false");
	else if (value->kind == JSON_NUMBER)
		buf_str(buf, value->text);
	else
		write_text(buf, value->text, by_number);
}

static int
member_order(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(((const JsonMember *)a)->key, ((const JsonMember *)b)->key);
}

const JsonMember *
json_sorted_members(Arena *arena, const Json *object)
{
	size_t len = object->members.len;
	JsonMember *members = ARENA_ARRAY(arena, JsonMember, len);

	if (len == 0)
		return members;
	memcpy(members, object->members.items, len * sizeof(JsonMember));
	base_sort(members, len, sizeof(JsonMember), member_order, NULL);
	return members;
}

/* --- in parts --------------------------------------------------------------------------------- */

/* From where on a part is given away. */
#define PART ((size_t)1 << 20)

/* A list's items may be made on demand in `scratch`, which is not the Buf's arena: what is taken
 * back would be the text. */
typedef struct Writer {
	Buf *buf;
	Arena *scratch;
	JsonTake *take; /* NULL: all stays in the Buf */
	void *context;
	bool refused;
} Writer;

static void
give_part(Writer *writer)
{
	if (!writer->refused)
		writer->refused = !writer->take(writer->context, buf_text(writer->buf));
	writer->buf->len = 0;
}

/* Between two values. */
static void
give_full_part(Writer *writer)
{
	if (writer->take != NULL && writer->buf->len >= PART)
		give_part(writer);
}

typedef void WriteForm(Writer *writer, const Json *value);

static void
write_all(Buf *buf, const Json *value, WriteForm *form)
{
	Writer writer = {.buf = buf, .scratch = arena_create()};

	form(&writer, value);
	arena_destroy(writer.scratch);
}

static bool
write_parts(const Json *value, WriteForm *form, JsonTake *take, void *context)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	Writer writer = {.buf = &buf, .scratch = arena_create(), .take = take, .context = context};

	form(&writer, value);
	give_part(&writer);
	arena_destroy(writer.scratch);
	arena_destroy(arena);
	return !writer.refused;
}

/* --- for hashes ------------------------------------------------------------------------------- */

static void write_canonical(Writer *writer, const Json *value);

static void
write_canonical_list(Writer *writer, const Json *list)
{
	size_t len = json_len(list), i;

	for (i = 0; i < len && !writer->refused; i++) {
		ArenaMark mark = arena_mark(writer->scratch);

		buf_char(writer->buf, i == 0 ? '[' : ',');
		write_canonical(writer, json_item(writer->scratch, list, i));
		arena_reset(writer->scratch, mark);
		give_full_part(writer);
	}
	buf_lit(writer->buf, len == 0 ? "[]" : "]");
}

static void
write_canonical_object(Writer *writer, const Json *object)
{
	ArenaMark mark = arena_mark(writer->scratch);
	const JsonMember *members = json_sorted_members(writer->scratch, object);
	size_t i;

	for (i = 0; i < object->members.len; i++) {
		buf_char(writer->buf, i == 0 ? '{' : ',');
		write_text(writer->buf, members[i].key, utf8_is_control);
		buf_char(writer->buf, ':');
		write_canonical(writer, members[i].value);
	}
	buf_lit(writer->buf, i == 0 ? "{}" : "}");
	arena_reset(writer->scratch, mark);
}

static void
write_canonical(Writer *writer, const Json *value)
{
	if (value->kind == JSON_LIST)
		write_canonical_list(writer, value);
	else if (value->kind == JSON_OBJECT)
		write_canonical_object(writer, value);
	else
		write_scalar(writer->buf, value, utf8_is_control);
}

void
json_write_canonical(Buf *buf, const Json *value)
{
	write_all(buf, value, write_canonical);
}

bool
json_write_canonical_parts(const Json *value, JsonTake *take, void *context)
{
	return write_parts(value, write_canonical, take, context);
}

bool
json_equal(const Json *a, const Json *b)
{
	Arena *scratch = arena_create();
	Buf text_a = buf_make(scratch), text_b = buf_make(scratch);
	bool equal;

	json_write_canonical(&text_a, a);
	json_write_canonical(&text_b, b);
	equal = str_equal(buf_text(&text_a), buf_text(&text_b));
	arena_destroy(scratch);
	return equal;
}

/* --- for people ------------------------------------------------------------------------------- */

static void
new_line(Buf *buf, size_t level)
{
	buf_char(buf, '\n');
	buf_repeat(buf, ' ', 2 * level);
}

static void write_pretty(Writer *writer, const Json *value, size_t level);

/* An item of a list, or a member of an object, on a line of its own. */
static void
write_pretty_child(Writer *writer, const Json *parent, size_t index, size_t level)
{
	ArenaMark mark = arena_mark(writer->scratch);

	if (index > 0)
		buf_char(writer->buf, ',');
	new_line(writer->buf, level);
	if (parent->kind == JSON_LIST) {
		write_pretty(writer, json_item(writer->scratch, parent, index), level);
	} else {
		json_write_text(writer->buf, parent->members.items[index].key);
		buf_lit(writer->buf, ": ");
		write_pretty(writer, parent->members.items[index].value, level);
	}
	arena_reset(writer->scratch, mark);
	give_full_part(writer);
}

static void
write_pretty(Writer *writer, const Json *value, size_t level)
{
	bool is_list = value->kind == JSON_LIST;
	size_t len = json_len(value), i;

	if (!is_list && value->kind != JSON_OBJECT) {
		write_scalar(writer->buf, value, utf8_is_hidden);
		return;
	}
	buf_char(writer->buf, is_list ? '[' : '{');
	for (i = 0; i < len && !writer->refused; i++)
		write_pretty_child(writer, value, i, level + 1);
	if (len > 0)
		new_line(writer->buf, level);
	buf_char(writer->buf, is_list ? ']' : '}');
}

static void
write_pretty_document(Writer *writer, const Json *value)
{
	write_pretty(writer, value, 0);
	buf_char(writer->buf, '\n');
}

void
json_write_pretty(Buf *buf, const Json *value)
{
	write_all(buf, value, write_pretty_document);
}

bool
json_write_pretty_parts(const Json *value, JsonTake *take, void *context)
{
	return write_parts(value, write_pretty_document, take, context);
}
