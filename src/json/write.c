/* Writing: canonical for hashes and comparison, pretty for people. */
#include "json/json.h"

#include <string.h>

#define SMALL_OBJECT 16

void
json_write_text(Buf *buf, Str text)
{
	size_t at = 0, done = 0;

	buf_char(buf, '"');
	while (at < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		if (c != '"' && c != '\\' && !utf8_is_control(c))
			continue;
		buf_str(buf, str_slice(text, done, start));
		if (utf8_is_control(c))
			buf_printf(buf, "\\u%04x", (unsigned)c);
		else
			buf_printf(buf, "\\%c", (char)c);
		done = at;
	}
	if (done < text.len)
		buf_str(buf, str_slice(text, done, text.len));
	buf_char(buf, '"');
}

/* What is written alike in both forms. */
static void
write_scalar(Buf *buf, const Json *value)
{
	if (value->kind == JSON_NULL)
		buf_lit(buf, "null");
	else if (value->kind == JSON_BOOL)
		buf_lit(buf, value->truth ? "true" : "false");
	else if (value->kind == JSON_NUMBER)
		buf_str(buf, value->text);
	else
		json_write_text(buf, value->text);
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

static void
write_canonical(Buf *buf, const Json *value, Arena *scratch)
{
	size_t i;

	if (value->kind == JSON_LIST) {
		for (i = 0; i < value->items.len; i++) {
			buf_char(buf, i == 0 ? '[' : ',');
			write_canonical(buf, value->items.items[i], scratch);
		}
		buf_lit(buf, i == 0 ? "[]" : "]");
	} else if (value->kind == JSON_OBJECT) {
		const JsonMember *members = json_sorted_members(scratch, value);

		for (i = 0; i < value->members.len; i++) {
			buf_char(buf, i == 0 ? '{' : ',');
			json_write_text(buf, members[i].key);
			buf_char(buf, ':');
			write_canonical(buf, members[i].value, scratch);
		}
		buf_lit(buf, i == 0 ? "{}" : "}");
	} else {
		write_scalar(buf, value);
	}
}

void
json_write_canonical(Buf *buf, const Json *value)
{
	/* Not the Buf's arena: its data could then no longer grow in place. */
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

	write_canonical(&text_a, a, scratch);
	write_canonical(&text_b, b, scratch);
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

static void
write_pretty(Buf *buf, const Json *value, size_t level)
{
	bool is_list = value->kind == JSON_LIST;
	size_t len = json_len(value), i;

	if (!is_list && value->kind != JSON_OBJECT) {
		write_scalar(buf, value);
		return;
	}
	buf_char(buf, is_list ? '[' : '{');
	for (i = 0; i < len; i++) {
		if (i > 0)
			buf_char(buf, ',');
		new_line(buf, level + 1);
		if (!is_list) {
			json_write_text(buf, value->members.items[i].key);
			buf_lit(buf, ": ");
		}
		write_pretty(buf, is_list ? value->items.items[i] : value->members.items[i].value,
			level + 1);
	}
	if (len > 0)
		new_line(buf, level);
	buf_char(buf, is_list ? ']' : '}');
}

void
json_write_pretty(Buf *buf, const Json *value)
{
	write_pretty(buf, value, 0);
	buf_char(buf, '\n');
}
