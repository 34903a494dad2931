/*
 * The published specification's own examples, where a package has installed them (Debian's
 * r-cran-whisker). They pass as they stand but for two deliberate differences, which are undone
 * here: an unknown name is empty there (it is put into the view as null), and raw output is free
 * there (the view's values are marked as rendered).
 */
#include "emit/mustache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "test_emit_mustache_case.h"
#include "test_json_walk.h"

#define SPEC "/usr/lib/R/site-library/whisker/specs/"

static bool
holds(Str text, const char *part)
{
	return str_find(text, str_from(part)) < text.len;
}

static void
mark_rendered(Json *value)
{
	size_t i;

	/* Null and the booleans are shared by all views. */
	if (has_text(value))
		value->rendered = true;
	for (i = 0; i < items_of(value); i++)
		mark_rendered(value->items.items[i]);
	for (i = 0; i < members_of(value); i++)
		mark_rendered(value->members.items[i].value);
}

static StrVec
split(Arena *arena, Str name)
{
	StrVec parts = {0};
	size_t from = 0, to;

	for (; from <= name.len; from = to + 1) {
		to = str_find_char(name, '.', from);
		VEC_PUSH(arena, &parts, str_slice(name, from, to));
	}
	return parts;
}

/* Where an object of the view has the first part of the name, null is put where the chain ends. */
static bool
put_null(Arena *arena, Json *view, const StrVec *parts)
{
	Json *value = json_get(view, parts->items[0]);
	bool put = false;
	size_t i;

	for (i = 1; i < parts->len && value != NULL && value->kind == JSON_OBJECT; i++) {
		Json *inner = json_get(value, parts->items[i]);

		if (inner == NULL)
			json_set(arena, value, parts->items[i], json_null(arena));
		put = put || inner == NULL;
		value = inner;
	}
	for (i = 0; i < members_of(view); i++)
		put = put_null(arena, view->members.items[i].value, parts) || put;
	for (i = 0; i < items_of(view); i++)
		put = put_null(arena, view->items.items[i], parts) || put;
	return put;
}

/* The name between the back-quotes of a message. */
static Str
quoted(Str message)
{
	size_t start = str_find_char(message, '`', 0);

	return str_slice(message, start + 1, str_find_char(message, '`', start + 1));
}

static Outcome
render_leniently(Arena *arena, const Json *test, Json *view)
{
	Str text = json_get_text(test, STR("template"));
	Outcome outcome;
	size_t tries;

	for (tries = 0; tries < 20; tries++) {
		StrVec parts;

		outcome = render(arena, text, json_get(test, STR("partials")), view, text_html);
		if (outcome.good || !holds(outcome.error.message, "names nothing here"))
			break;
		parts = split(arena, quoted(outcome.error.message));
		if (!put_null(arena, view, &parts))
			json_set(arena, view, parts.items[0], json_null(arena));
	}
	return outcome;
}

static void
check_test(Arena *arena, const Json *test)
{
	Json *view = json_get(test, STR("data"));
	Str text = json_get_text(test, STR("template"));
	Outcome outcome;
	Buf partials = buf_make(arena);

	if (json_get(test, STR("partials")) != NULL)
		json_write_canonical(&partials, json_get(test, STR("partials")));
	if (holds(text, "{{{") || holds(text, "{{&") || holds(buf_text(&partials), "{{{"))
		mark_rendered(view);
	outcome = render_leniently(arena, test, view);
	if (!outcome.good || !str_equal(outcome.output, json_get_text(test, STR("expected"))))
		fail_msg(STR_FMT ": " STR_FMT, STR_ARG(json_get_text(test, STR("name"))),
			STR_ARG(outcome.good ? outcome.output : outcome.error.message));
}

static void
passes_the_published_examples(void **state)
{
	static const char *const files[] = {
		"comments", "delimiters", "interpolation", "inverted", "partials", "sections"};
	Arena *arena = arena_create();
	size_t count = 0, i, k;

	(void)state;
	for (i = 0; i < BASE_COUNT(files); i++) {
		Json *tests =
			json_get(read_json_file(arena, str_format(arena, SPEC "%s.json", files[i])),
				STR("tests"));

		for (k = 0; k < json_len(tests); k++)
			check_test(arena, tests->items.items[k]);
		count += json_len(tests);
	}
	arena_destroy(arena);
	if (count == 0)
		fail_msg("no examples (r-cran-whisker): script/bootstrap --tests installs them");
	print_message("%zu examples\n", count);
	assert_in_range(count, 100, 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_the_published_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
