/* Laws of writing and of places, over generated values. */
#include "json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "test_json_random.h"
#include "test_json_walk.h"

static bool
is_same(const Json *a, const Json *b)
{
	size_t i;

	if (a->kind != b->kind || json_len(a) != json_len(b) ||
		(has_text(a) && !str_equal(a->text, b->text)) ||
		(a->kind == JSON_BOOL && a->truth != b->truth))
		return false;
	for (i = 0; i < items_of(a); i++) {
		if (!is_same(a->items.items[i], b->items.items[i]))
			return false;
	}
	for (i = 0; i < members_of(a); i++) {
		const Json *other = json_get(b, a->members.items[i].key);

		if (other == NULL || !is_same(a->members.items[i].value, other))
			return false;
	}
	return true;
}

static Json *
read_good(Arena *arena, Str text)
{
	Json *value = NULL;
	JsonError error;

	if (!json_read(arena, text, &value, &error))
		fail_msg("%s: offset %zu: " STR_FMT, shown(arena, text), error.offset,
			STR_ARG(error.message));
	return value;
}

/* Whether all of it shows as it is, but for the line ends between the values. */
static bool
is_visible(Str text)
{
	size_t at = 0;

	while (at < text.len) {
		uint32_t c = utf8_next(text, &at);

		if (c != '\n' &&
			(utf8_is_control(c) || utf8_is_invisible(c) || utf8_is_line_separator(c)))
			return false;
	}
	return true;
}

static void
check_reads_back(Arena *arena)
{
	Json *value = random_value(arena, 3);
	Buf pretty = buf_make(arena), canonical = buf_make(arena);

	json_write_pretty(&pretty, value);
	json_write_canonical(&canonical, value);
	if (!is_same(value, read_good(arena, buf_text(&pretty))))
		fail_msg("%s", shown(arena, buf_text(&pretty)));
	if (!is_visible(buf_text(&pretty)))
		fail_msg("hidden: %s", shown(arena, buf_text(&pretty)));
	if (!is_same(value, read_good(arena, buf_text(&canonical))))
		fail_msg("%s", shown(arena, buf_text(&canonical)));
}

static void
read_gives_back_what_was_written(void **state)
{
	(void)state;
	for_trials(2000, check_reads_back);
}

static void
lists_on_demand_are_written_like_lists(void **state)
{
	size_t times;

	(void)state;
	for (times = 0; times < 1000; times++) {
		Arena *arena = arena_create(), *other = arena_create();
		const Json *value = random_value(arena, 4);
		const Json *lazy = on_demand(other, value);
		size_t used = arena_used(other);
		Buf pretty = buf_make(arena), same = buf_make(arena);

		json_write_pretty(&pretty, value);
		json_write_pretty(&same, lazy);
		assert_true(str_equal(buf_text(&pretty), buf_text(&same)));
		assert_true(json_equal(value, lazy));
		/* What was made has gone. */
		assert_int_equal(arena_used(other), used);
		arena_destroy(other);
		arena_destroy(arena);
	}
}

/* The same value with the members of every object set in another order. */
static Json *
shuffled(Arena *arena, const Json *value)
{
	Json *copy = ARENA_NEW(arena, Json);
	size_t len = members_of(value), first = len == 0 ? 0 : random_below((uint32_t)len), i;

	*copy = *value;
	if (value->kind == JSON_LIST)
		copy = json_list(arena);
	if (value->kind == JSON_OBJECT)
		copy = json_object(arena);
	for (i = 0; i < items_of(value); i++)
		json_push(arena, copy, shuffled(arena, value->items.items[i]));
	for (i = 0; i < len; i++) {
		const JsonMember *member = &value->members.items[(first + i) % len];

		json_set(arena, copy, member->key, shuffled(arena, member->value));
	}
	return copy;
}

/* Keys in the order of their bytes. */
static void
check_order(Arena *arena, const Json *value)
{
	Str last = {0};
	size_t i;

	for (i = 0; i < items_of(value); i++)
		check_order(arena, value->items.items[i]);
	for (i = 0; i < members_of(value); i++) {
		Str key = value->members.items[i].key;

		if (i > 0 && str_compare(last, key) >= 0)
			fail_msg("%s before %s", shown(arena, last), shown(arena, key));
		last = key;
		check_order(arena, value->members.items[i].value);
	}
}

static void
check_canonical(Arena *arena)
{
	Json *value = random_value(arena, 3);
	Buf first = buf_make(arena), second = buf_make(arena);
	size_t i;

	json_write_canonical(&first, value);
	json_write_canonical(&second, shuffled(arena, value));
	assert_string_equal(shown(arena, buf_text(&first)), shown(arena, buf_text(&second)));
	assert_true(json_equal(value, shuffled(arena, value)));
	check_order(arena, read_good(arena, buf_text(&first)));
	for (i = 0; i < first.len; i++)
		assert_in_range((unsigned char)first.data[i], 0x20, 0xff);
}

static void
canonical_form_is_one(void **state)
{
	(void)state;
	for_trials(1000, check_canonical);
}

static void
writes_the_documented_forms(void **state)
{
	Arena *arena = arena_create();
	Json *value = read_good(arena, STR("{\"b\":[1,\"\\t\\u009b\\\"\\\\\\/"
					   "\xc3\xa9\"],\"a\":{},\"\":[],\"B\":[{\"x\":null}]}"));
	Buf canonical = buf_make(arena), pretty = buf_make(arena);

	(void)state;
	json_write_canonical(&canonical, value);
	assert_string_equal(str_c(arena, buf_text(&canonical)),
		"{\"\":[],\"B\":[{\"x\":null}],\"a\":{},"
		"\"b\":[1,\"\\u0009\\u009b\\\"\\\\/\xc3\xa9\"]}");
	json_write_pretty(&pretty, value);
	assert_string_equal(str_c(arena, buf_text(&pretty)),
		"{\n  \"b\": [\n    1,\n    \"\\u0009\\u009b\\\"\\\\/\xc3\xa9\"\n  ],\n"
		"  \"a\": {},\n  \"\": [],\n  \"B\": [\n    {\n      \"x\": null\n    }\n  ]\n}\n");
	assert_false(json_equal(value, json_get(value, STR("b"))));
	arena_destroy(arena);
}

/* A reader sees by its number what would not show; the canonical form, which hashes rely on, has
 * the characters. */
static void
writes_hidden_characters_by_number(void **state)
{
	Arena *arena = arena_create();
	Str text = STR("\xe2\x80\xae"
		       "a\xe2\x80\xa8\xef\xbb\xbf\xf3\xa0\x81\x81\xe6\x9d\xb1");
	Buf canonical = buf_make(arena), pretty = buf_make(arena);

	(void)state;
	json_write_canonical(&canonical, json_text(arena, text));
	assert_string_equal(shown(arena, buf_text(&canonical)),
		shown(arena, str_format(arena, "\"" STR_FMT "\"", STR_ARG(text))));
	json_write_pretty(&pretty, json_text(arena, text));
	assert_string_equal(str_c(arena, buf_text(&pretty)),
		"\"\\u202ea\\u2028\\ufeff\\udb40\\udc41\xe6\x9d\xb1\"\n");
	arena_destroy(arena);
}

/* --- in parts --------------------------------------------------------------------------------- */

typedef struct Taking {
	Buf text;
	size_t parts, most, until;
} Taking;

static bool
take(void *context, Str part)
{
	Taking *taking = context;

	taking->parts++;
	taking->most = part.len > taking->most ? part.len : taking->most;
	buf_str(&taking->text, part);
	return taking->parts < taking->until;
}

static void
parts_make_the_whole(void **state)
{
	Arena *arena = arena_create();
	Json *list = json_list(arena), *root = json_object(arena);
	Buf whole = buf_make(arena);
	Taking all = {.text = buf_make(arena), .until = SIZE_MAX};
	Taking two = {.text = buf_make(arena), .until = 2};
	int i;

	(void)state;
	for (i = 0; i < 300000; i++)
		json_push(arena, list, json_number(arena, i));
	json_set(arena, root, STR("numbers"), list);
	json_write_pretty(&whole, root);
	assert_true(json_write_pretty_parts(root, take, &all));
	assert_true(str_equal(buf_text(&all.text), buf_text(&whole)));
	assert_true(all.parts > 3);
	assert_true(all.most < (1 << 20) + 100);
	/* Who refuses one is given no more. */
	assert_false(json_write_pretty_parts(root, take, &two));
	assert_int_equal(two.parts, 2);
	assert_true(str_starts(buf_text(&whole), buf_text(&two.text)));
	arena_destroy(arena);
}

/* --- objects against a plain list of pairs ---------------------------------------------------- */

static void
check_object(Arena *arena)
{
	Json *object = json_object(arena);
	VEC(JsonMember) model = {0};
	uint32_t keys = 1 + random_below(120), sets = random_below(300);
	size_t i;

	while (sets-- > 0) {
		Str key = str_format(arena, "%u", random_below(keys));
		Json *value = json_number(arena, sets);

		for (i = 0; i < model.len && !str_equal(model.items[i].key, key); i++)
			continue;
		if (i == model.len)
			VEC_PUSH(arena, &model, ((JsonMember){key, value}));
		model.items[i].value = value;
		json_set(arena, object, key, value);
	}
	assert_int_equal(json_len(object), model.len);
	for (i = 0; i < model.len; i++) {
		assert_true(str_equal(object->members.items[i].key, model.items[i].key));
		assert_ptr_equal(json_get(object, model.items[i].key), model.items[i].value);
	}
	assert_null(json_get(object, STR("120")));
}

static void
objects_agree_with_a_list_of_pairs(void **state)
{
	(void)state;
	for_trials(300, check_object);
}

static void
getters_take_anything(void **state)
{
	Arena *arena = arena_create();
	Json *object = json_object(arena);

	(void)state;
	json_set(arena, object, STR("text"), json_format(arena, "%d%%", 7));
	json_set(arena, object, STR("absent"), json_text(arena, (Str){0}));
	assert_true(STR_EQ(json_get_text(object, STR("text")), "7%"));
	assert_int_equal(json_get(object, STR("absent"))->kind, JSON_NULL);
	assert_null(json_get_text(object, STR("absent")).ptr);
	assert_null(json_get_text(object, STR("none")).ptr);
	assert_null(json_get(NULL, STR("a")));
	assert_null(json_get(json_list(arena), STR("a")));
	assert_false(json_is_true(NULL));
	assert_false(json_is_true(json_number(arena, 1)));
	assert_int_equal(json_len(NULL), 0);
	assert_int_equal(json_len(json_text(arena, STR("abc"))), 0);
	assert_true(json_rendered(arena, STR("<svg/>"))->rendered);
	assert_false(json_text(arena, STR("<svg/>"))->rendered);
	arena_destroy(arena);
}

/* --- places ----------------------------------------------------------------------------------- */

static Str
pointer_name(Arena *arena, Str name)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < name.len; i++) {
		if (name.ptr[i] == '~' || name.ptr[i] == '/')
			buf_lit(&buf, name.ptr[i] == '~' ? "~0" : "~1");
		else
			buf_char(&buf, name.ptr[i]);
	}
	return buf_text(&buf);
}

static Str
below(Arena *arena, Str pointer, bool is_root, Str name)
{
	Buf buf = buf_make(arena);

	buf_str(&buf, pointer);
	if (!is_root)
		buf_char(&buf, '/');
	buf_str(&buf, pointer_name(arena, name));
	return buf_text(&buf);
}

/* Where an item of a list is looked for: by its text, of which the first counts, else by index. */
static Str
item_name(Arena *arena, const Json *list, size_t index)
{
	const Json *item = list->items.items[index];

	return item->kind == JSON_TEXT ? item->text : str_format(arena, "%zu", index);
}

static void
check_place(Arena *arena, Str text, const Json *value, Str pointer, bool is_root)
{
	size_t start = 0, end = 0, i;

	if (!json_locate(arena, text, pointer, &start, &end) || end > text.len ||
		!json_equal(value, read_good(arena, str_slice(text, start, end))))
		fail_msg("%s in %s: %zu to %zu", shown(arena, pointer), shown(arena, text), start,
			end);
	/* An empty name below the root cannot be told from the root. */
	for (i = 0; i < items_of(value); i++) {
		Str name = item_name(arena, value, i);

		if (!is_root || name.len > 0)
			check_place(arena, text, value->items.items[i],
				below(arena, pointer, is_root, name), false);
	}
	for (i = 0; i < members_of(value); i++) {
		Str name = value->members.items[i].key;

		if (!is_root || name.len > 0)
			check_place(arena, text, value->members.items[i].value,
				below(arena, pointer, is_root, name), false);
	}
}

static bool
has_text_like_an_index(const Json *value)
{
	size_t i;
	uint64_t number;

	for (i = 0; i < items_of(value); i++) {
		const Json *item = value->items.items[i];

		if (item->kind == JSON_TEXT && base_parse_number(item->text, UINT64_MAX, &number))
			return true;
		if (has_text_like_an_index(item))
			return true;
	}
	for (i = 0; i < members_of(value); i++) {
		if (has_text_like_an_index(value->members.items[i].value))
			return true;
	}
	return false;
}

static void
check_places(Arena *arena)
{
	Json *value = random_value(arena, 3);
	Buf text = buf_make(arena);

	if (random_below(2) == 0)
		json_write_pretty(&text, value);
	else
		json_write_canonical(&text, value);
	if (!has_text_like_an_index(value))
		check_place(arena, buf_text(&text), value, STR(""), true);
}

static void
every_value_is_found_again(void **state)
{
	(void)state;
	for_trials(200, check_places);
}

static void
places_are_exact(void **state)
{
	static const Str text = STR_CONST("\xef\xbb\xbf { \"a/b\" : [ 10, \"x]\", {\"\\u007e\": "
					  "true} ], \"0\": [\"1\",\"0\"], "
					  "\"\": -1.5e3}\n");
	static const struct {
		const char *pointer, *found;
	} cases[] = {
		{"a~1b", "[ 10, \"x]\", {\"\\u007e\": true} ]"},
		{"a~1b/0", "10"},
		{"a~1b/x]", "\"x]\""},
		{"a~1b/1", "\"x]\""},
		{"a~1b/2/~0", "true"},
		{"0/0", "\"0\""},
		{"0/1", "\"1\""},
		{"a/b", NULL},
		{"a~1b/3", NULL},
		{"a~1b/00", NULL},
		{"a~1b/-", NULL},
		{"a~1b/0/0", NULL},
		{"A~1b", NULL},
		{"/", NULL},
	};
	Arena *arena = arena_create();
	size_t i, start, end;

	(void)state;
	read_good(arena, text);
	for (i = 0; i < BASE_COUNT(cases); i++) {
		bool found = json_locate(arena, text, str_from(cases[i].pointer), &start, &end);

		if (found != (cases[i].found != NULL) ||
			(found &&
				!str_equal(str_slice(text, start, end), str_from(cases[i].found))))
			fail_msg("%s", cases[i].pointer);
	}
	assert_true(json_locate(arena, STR(" \"a\" "), STR(""), &start, &end));
	assert_int_equal(start, 1);
	assert_int_equal(end, 4);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_gives_back_what_was_written),
		cmocka_unit_test(lists_on_demand_are_written_like_lists),
		cmocka_unit_test(canonical_form_is_one),
		cmocka_unit_test(writes_the_documented_forms),
		cmocka_unit_test(writes_hidden_characters_by_number),
		cmocka_unit_test(parts_make_the_whole),
		cmocka_unit_test(objects_agree_with_a_list_of_pairs),
		cmocka_unit_test(getters_take_anything),
		cmocka_unit_test(every_value_is_found_again),
		cmocka_unit_test(places_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
