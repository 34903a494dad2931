/* Writing: canonical for hashes and comparison, pretty for people. */
#include "json/json.h"

#include <string.h>

#define SMALL_OBJECT 16

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

/* Most objects are small: for them base_sort's own scratch memory would be most of the work. */
static void
sort_small(JsonMember *members, size_t len)
{
	size_t i, at;

	for (i = 1; i < len; i++) {
		JsonMember moving = members[i];

		for (at = i; at > 0 && member_order(&moving, &members[at - 1], NULL) < 0; at--)
			members[at] = members[at - 1];
		members[at] = moving;
	}
}

const JsonMember *
json_sorted_members(Arena *arena, const Json *object)
{
	size_t len = object->members.len;
	JsonMember *members = ARENA_ARRAY(arena, JsonMember, len);

	if (len == 0)
		return members;
	memcpy(members, object->members.items, len * sizeof(JsonMember));
	if (len <= SMALL_OBJECT)
		sort_small(members, len);
	else
		base_sort(members, len, sizeof(JsonMember), member_order, NULL);
	return members;
}

static void write_canonical(Buf *buf, const Json *value, Arena *scratch);

static void
write_canonical_list(Buf *buf, const Json *list, Arena *scratch)
{
	size_t i;

	for (i = 0; i < list->items.len; i++) {
		ArenaMark mark = arena_mark(scratch);

		buf_char(buf, i == 0 ? '[' : ',');
		write_canonical(buf, json_item(scratch, list, i), scratch);
		arena_reset(scratch, mark);
	}
	buf_lit(buf, i == 0 ? "[]" : "]");
}

static void
write_canonical_object(Buf *buf, const Json *object, Arena *scratch)
{
	ArenaMark mark = arena_mark(scratch);
	const JsonMember *members = json_sorted_members(scratch, object);
	size_t i;

	for (i = 0; i < object->members.len; i++) {
		buf_char(buf, i == 0 ? '{' : ',');
		write_text(buf, members[i].key, utf8_is_control);
		buf_char(buf, ':');
		write_canonical(buf, members[i].value, scratch);
	}
	buf_lit(buf, i == 0 ? "{}" : "}");
	arena_reset(scratch, mark);
}

static void
write_canonical(Buf *buf, const Json *value, Arena *scratch)
{
	if (value->kind == JSON_LIST)
		write_canonical_list(buf, value, scratch);
	else if (value->kind == JSON_OBJECT)
		write_canonical_object(buf, value, scratch);
	else
		write_scalar(buf, value, utf8_is_control);
}

void
json_write_canonical(Buf *buf, const Json *value)
{
	/* Not the Buf's arena: what is taken back would be the text. */
	Arena *scratch = arena_create();

	write_canonical(buf, value, scratch);
	arena_destroy(scratch);
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

static void
new_line(Buf *buf, size_t level)
{
	buf_char(buf, '\n');
	buf_repeat(buf, ' ', 2 * level);
}

/* --- for people ------------------------------------------------------------------------------- */

/* From where on a part is given away. */
#define PART ((size_t)1 << 20)

/* A list's items may be made on demand in `scratch`, which is not the Buf's arena. */
typedef struct Pretty {
	Buf *buf;
	Arena *scratch;
	JsonTake *take; /* NULL: all stays in the Buf */
	void *context;
	bool refused;
} Pretty;

static void
give_part(Pretty *pretty)
{
	if (!pretty->refused)
		pretty->refused = !pretty->take(pretty->context, buf_text(pretty->buf));
	pretty->buf->len = 0;
}

static void write_pretty(Pretty *pretty, const Json *value, size_t level);

/* An item of a list, or a member of an object, on a line of its own. */
static void
write_pretty_child(Pretty *pretty, const Json *parent, size_t index, size_t level)
{
	ArenaMark mark = arena_mark(pretty->scratch);

	if (index > 0)
		buf_char(pretty->buf, ',');
	new_line(pretty->buf, level);
	if (parent->kind == JSON_LIST) {
		write_pretty(pretty, json_item(pretty->scratch, parent, index), level);
	} else {
		json_write_text(pretty->buf, parent->members.items[index].key);
		buf_lit(pretty->buf, ": ");
		write_pretty(pretty, parent->members.items[index].value, level);
	}
	arena_reset(pretty->scratch, mark);
	if (pretty->take != NULL && pretty->buf->len >= PART)
		give_part(pretty);
}

static void
write_pretty(Pretty *pretty, const Json *value, size_t level)
{
	bool is_list = value->kind == JSON_LIST;
	size_t len = json_len(value), i;

	if (!is_list && value->kind != JSON_OBJECT) {
		write_scalar(pretty->buf, value, utf8_is_hidden);
		return;
	}
	buf_char(pretty->buf, is_list ? '[' : '{');
	for (i = 0; i < len && !pretty->refused; i++)
		write_pretty_child(pretty, value, i, level + 1);
	if (len > 0)
		new_line(pretty->buf, level);
	buf_char(pretty->buf, is_list ? ']' : '}');
}

void
json_write_pretty(Buf *buf, const Json *value)
{
	Pretty pretty = {.buf = buf, .scratch = arena_create()};

	write_pretty(&pretty, value, 0);
	buf_char(buf, '\n');
	arena_destroy(pretty.scratch);
}

bool
json_write_pretty_parts(const Json *value, JsonTake *take, void *context)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	Pretty pretty = {.buf = &buf, .scratch = arena_create(), .take = take, .context = context};

	write_pretty(&pretty, value, 0);
	buf_char(&buf, '\n');
	give_part(&pretty);
	arena_destroy(pretty.scratch);
	arena_destroy(arena);
	return !pretty.refused;
}
