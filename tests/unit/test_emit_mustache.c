/*
 * Mustache: the cases of tests/mustache, agreement with a second renderer that works on a tree
 * instead of text, hostile templates, and limits.
 */
#include "emit/mustache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "test_emit_mustache_case.h"
#include "test_json_random.h"
#include "test_json_walk.h"

/* --- tests/mustache --------------------------------------------------------------------------- */

/* { "$rendered": text } stands for a text that our own code made. */
static Json *
with_rendered(Arena *arena, Json *value)
{
	size_t i;

	if (json_get(value, STR("$rendered")) != NULL)
		return json_rendered(arena, json_get_text(value, STR("$rendered")));
	for (i = 0; i < items_of(value); i++)
		value->items.items[i] = with_rendered(arena, value->items.items[i]);
	for (i = 0; i < members_of(value); i++)
		value->members.items[i].value = with_rendered(arena, value->members.items[i].value);
	return value;
}

static TextEscape
escape_of(Str name)
{
	if (STR_EQ(name, "markdown"))
		return text_markdown;
	if (STR_EQ(name, "csv"))
		return text_csv;
	return STR_EQ(name, "plain") ? buf_str : text_html;
}

static void
check_error(Arena *arena, Str name, const Outcome *outcome, const Json *expected)
{
	Json *found = json_list(arena);
	Buf found_text = buf_make(arena), expected_text = buf_make(arena);

	if (!outcome->good) {
		json_push(arena, found, json_text(arena, outcome->error.name));
		json_push(arena, found, json_number(arena, outcome->error.position.line));
		json_push(arena, found, json_number(arena, outcome->error.position.column));
		json_push(arena, found, json_text(arena, outcome->error.message));
	}
	json_write_canonical(&found_text, found);
	json_write_canonical(&expected_text, expected);
	if (!str_equal(buf_text(&found_text), buf_text(&expected_text)))
		fail_msg(STR_FMT ": " STR_FMT " instead of " STR_FMT, STR_ARG(name),
			STR_ARG(buf_text(&found_text)), STR_ARG(buf_text(&expected_text)));
}

static void
check_case(Arena *arena, const Json *one)
{
	Str name = json_get_text(one, STR("name"));
	Outcome outcome = render(arena, json_get_text(one, STR("template")),
		json_get(one, STR("partials")), with_rendered(arena, json_get(one, STR("view"))),
		escape_of(json_get_text(one, STR("escape"))));

	if (json_get(one, STR("error")) != NULL) {
		check_error(arena, name, &outcome, json_get(one, STR("error")));
		return;
	}
	if (!outcome.good)
		fail_msg(STR_FMT ": " STR_FMT, STR_ARG(name), STR_ARG(outcome.error.message));
	if (!str_equal(outcome.output, json_get_text(one, STR("output"))))
		fail_msg(STR_FMT ": %s", STR_ARG(name), shown(arena, outcome.output));
}

static void
cases_of_a_file(const char *file, size_t least)
{
	Arena *arena = arena_create();
	Json *cases = json_get(
		read_json_file(arena, str_format(arena, TEST_ROOT "/tests/mustache/%s.json", file)),
		STR("cases"));
	size_t i;

	assert_in_range(json_len(cases), least, 1000);
	for (i = 0; i < json_len(cases); i++)
		check_case(arena, cases->items.items[i]);
	arena_destroy(arena);
}

#define CASES(file, least)                                                                         \
	static void file##_cases(void **state)                                                     \
	{                                                                                          \
		(void)state;                                                                       \
		cases_of_a_file(#file, least);                                                     \
	}

CASES(interpolation, 25)
CASES(sections, 25)
CASES(inverted, 10)
CASES(comments, 8)
CASES(delimiters, 10)
CASES(partials, 20)
CASES(errors, 35)

/* --- a second renderer ------------------------------------------------------------------------ */

/*
 * A random document is made as a tree; from the tree come the template's text and, by looking up
 * names in a stack of objects, the output. No line of it has a tag alone, so blanks stay.
 */
typedef struct Tree {
	char kind; /* `t` text, `v` value, `#`, `^` */
	Str text;  /* of a text, or the name */
	struct Tree *parts;
	size_t len;
} Tree;

static Json *
random_object(Arena *arena, unsigned depth)
{
	Json *object = json_object(arena), *list = json_list(arena);
	uint32_t len = random_below(4);

	json_set(arena, object, STR("a"), json_text(arena, random_text(arena)));
	if (random_below(2) == 0)
		json_set(arena, object, STR("b"), json_bool(arena, random_below(2) == 0));
	if (random_below(2) == 0)
		json_set(arena, object, STR("n"), json_number(arena, random_below(3)));
	if (depth == 0)
		return object;
	if (random_below(2) == 0)
		json_set(arena, object, STR("o"), random_object(arena, depth - 1));
	while (len-- > 0)
		json_push(arena, list, random_object(arena, depth - 1));
	json_set(arena, object, STR("l"), list);
	return object;
}

static Tree
random_tree(Arena *arena, unsigned depth)
{
	static const Str values[] = {
		STR_CONST("a"), STR_CONST("b"), STR_CONST("n"), STR_CONST("o.a")};
	static const Str sections[] = {STR_CONST("a"), STR_CONST("b"), STR_CONST("n"),
		STR_CONST("o"), STR_CONST("l"), STR_CONST("o.l")};
	static const Str texts[] = {STR_CONST("x"), STR_CONST(" \n."), STR_CONST("}}"),
		STR_CONST(".\r\n ."), STR_CONST("{"), STR_CONST("\xe6\x9d\xb1")};
	Tree tree = {.kind = depth == 0 ? "tv"[random_below(2)] : "tv#^"[random_below(4)]};
	size_t i;

	if (tree.kind == 't') {
		tree.text = texts[random_below(BASE_COUNT(texts))];
		return tree;
	}
	if (tree.kind == 'v') {
		tree.text = values[random_below(BASE_COUNT(values))];
		return tree;
	}
	tree.text = sections[random_below(BASE_COUNT(sections))];
	tree.len = random_below(5);
	tree.parts = ARENA_ARRAY(arena, Tree, tree.len);
	for (i = 0; i < tree.len; i++)
		tree.parts[i] = random_tree(arena, depth - 1);
	return tree;
}

static void
write_template(Buf *buf, const Tree *tree)
{
	size_t i;

	if (tree->kind == 't') {
		/* A brace would open a tag together with the next one. */
		buf_str(buf, tree->text);
		buf_char(buf, '.');
		return;
	}
	if (tree->kind == 'v') {
		buf_printf(buf, "{{" STR_FMT "}}", STR_ARG(tree->text));
		return;
	}
	buf_printf(buf, ".{{%c" STR_FMT "}}.", tree->kind, STR_ARG(tree->text));
	for (i = 0; i < tree->len; i++)
		write_template(buf, &tree->parts[i]);
	buf_printf(buf, ".{{/" STR_FMT "}}.", STR_ARG(tree->text));
}

typedef VEC(const Json *) Stack;

static const Json *
find(const Stack *stack, Str name)
{
	size_t point = str_find_char(name, '.', 0), i = stack->len;
	const Json *value = NULL;

	while (i-- > 0 && value == NULL)
		value = json_get(stack->items[i], str_slice(name, 0, point));
	if (point < name.len && value != NULL)
		value = json_get(value, str_slice(name, point + 1, name.len));
	return value;
}

static bool write_output(Arena *arena, Buf *buf, const Tree *tree, Stack *stack);

static bool
write_parts(Arena *arena, Buf *buf, const Tree *tree, Stack *stack)
{
	size_t i;

	buf_char(buf, '.');
	for (i = 0; i < tree->len; i++) {
		if (!write_output(arena, buf, &tree->parts[i], stack))
			return false;
	}
	buf_char(buf, '.');
	return true;
}

static bool
is_falsy(const Json *value)
{
	return (value->kind == JSON_BOOL && !value->truth) ||
	       (value->kind == JSON_NUMBER && value->number == 0) ||
	       (value->kind == JSON_TEXT && value->text.len == 0) ||
	       (value->kind == JSON_LIST && value->items.len == 0);
}

static bool
write_section(Arena *arena, Buf *buf, const Tree *tree, Stack *stack)
{
	const Json *value = find(stack, tree->text);
	size_t len = value != NULL && value->kind == JSON_LIST ? value->items.len : 1, i;
	bool good = true;

	if (value == NULL)
		return false;
	if (tree->kind == '^')
		return !is_falsy(value) || write_parts(arena, buf, tree, stack);
	for (i = 0; i < len && good && !is_falsy(value); i++) {
		VEC_PUSH(arena, stack, value->kind == JSON_LIST ? value->items.items[i] : value);
		good = write_parts(arena, buf, tree, stack);
		stack->len--;
	}
	return good;
}

/* False where a name is unknown. */
static bool
write_output(Arena *arena, Buf *buf, const Tree *tree, Stack *stack)
{
	const Json *value;
	bool good = true;

	if (tree->kind == 't') {
		buf_str(buf, tree->text);
		buf_char(buf, '.');
		return true;
	}
	if (tree->kind == 'v') {
		value = find(stack, tree->text);
		if (value == NULL)
			return false;
		if (value->kind == JSON_BOOL)
			buf_lit(buf, value->truth ? "true" : "false");
		else
			text_html(buf, value->text);
		return true;
	}
	buf_char(buf, '.');
	good = write_section(arena, buf, tree, stack);
	buf_char(buf, '.');
	return good;
}

/* How many of the trials knew all their names. */
static size_t known;

static void
check_second_renderer(Arena *arena)
{
	Json *view = random_object(arena, 3);
	Json *seen = random_below(2) == 0 ? view : on_demand(arena, view);
	Tree tree = random_tree(arena, 4);
	Buf text = buf_make(arena), expected = buf_make(arena);
	Stack stack = {0};
	Outcome outcome;
	bool good;

	write_template(&text, &tree);
	outcome = render(arena, buf_text(&text), NULL, seen, text_html);
	VEC_PUSH(arena, &stack, view);
	good = write_output(arena, &expected, &tree, &stack);
	known += good;
	if (good != outcome.good || (good && !str_equal(outcome.output, buf_text(&expected))))
		fail_msg("%s gave %s", shown(arena, buf_text(&text)),
			shown(arena, outcome.good ? outcome.output : outcome.error.message));
}

static void
agrees_with_a_second_renderer(void **state)
{
	(void)state;
	for_trials(5000, check_second_renderer);
	assert_in_range(known, 1000, 4900);
}

/* --- hostile templates ------------------------------------------------------------------------ */

static size_t rendered;

static Str
random_template(Arena *arena)
{
	static const Str pieces[] = {STR_CONST("{{"), STR_CONST("}}"), STR_CONST("{{{"),
		STR_CONST("}}}"), STR_CONST("#a"), STR_CONST("/a"), STR_CONST("^a"),
		STR_CONST("{{#a}}"), STR_CONST("{{/a}}"), STR_CONST("{{^n}}"), STR_CONST("{{/n}}"),
		STR_CONST("{{>p}}"), STR_CONST("{{a}}"), STR_CONST("="), STR_CONST("{{=<% %>=}}"),
		STR_CONST("<%={{ }}=%>"), STR_CONST("<%a%>"), STR_CONST("!"), STR_CONST("&"),
		STR_CONST("."), STR_CONST("a"), STR_CONST(" "), STR_CONST("\n"), STR_CONST("\r\n"),
		STR_CONST("\t"), STR_CONST("\0"), STR_CONST("\xe6\x9d\xb1"), STR_CONST("\xff")};
	Buf buf = buf_make(arena);
	uint32_t len = random_below(9);

	while (len-- > 0)
		buf_str(&buf, pieces[random_below(BASE_COUNT(pieces))]);
	return buf_text(&buf);
}

/* Whatever a template is: it is rendered, or refused at a place inside of it. */
static void
check_any_text(Arena *arena)
{
	Json *view = json_object(arena), *partials = json_object(arena);
	Str text = random_template(arena), part = random_template(arena);
	Outcome outcome;

	json_set(arena, view, STR("a"), json_rendered(arena, STR("x")));
	json_set(arena, view, STR("n"), json_null(arena));
	json_set(arena, partials, STR("p"), json_text(arena, part));
	outcome = render(arena, text, partials, view, text_html);
	rendered += outcome.good;
	if (outcome.good)
		return;
	assert_in_range(
		outcome.error.offset, 0, STR_EQ(outcome.error.name, "p") ? part.len : text.len);
	assert_true(outcome.error.message.len > 0);
}

static void
any_text_is_rendered_or_refused(void **state)
{
	(void)state;
	for_trials(50000, check_any_text);
	assert_in_range(rendered, 5000, 45000);
}

static Str
repeated(Arena *arena, const char *text, size_t times)
{
	Buf buf = buf_make(arena);

	while (times-- > 0)
		buf_lit(&buf, text);
	return buf_text(&buf);
}

static Json *
view_of(Arena *arena, const char *text)
{
	Json *view = NULL;
	JsonError error;

	assert_true(json_read(arena, str_from(text), &view, &error));
	return view;
}

static void
sections_nest_to_a_limit(void **state)
{
	Arena *arena = arena_create();
	Json *view = view_of(arena, "{\"a\":true}");
	Outcome outcome;
	size_t depth;

	(void)state;
	for (depth = MUSTACHE_DEPTH_MAX; depth <= MUSTACHE_DEPTH_MAX + 1; depth++) {
		Buf text = buf_make(arena);

		buf_str(&text, repeated(arena, "{{#a}}", depth));
		buf_char(&text, 'x');
		buf_str(&text, repeated(arena, "{{/a}}", depth));
		outcome = render(arena, buf_text(&text), NULL, view, text_html);
		assert_int_equal(outcome.good, depth == MUSTACHE_DEPTH_MAX);
	}
	assert_int_equal(outcome.error.offset, strlen("{{#a}}") * MUSTACHE_DEPTH_MAX);
	arena_destroy(arena);
}

static void
output_has_the_limit_of_its_buffer(void **state)
{
	Arena *arena = arena_create();
	Json *view = view_of(arena, "{\"l\":[1,2,3,4,5,6,7,8,9]}");
	MustacheSource source = {STR("main"), STR("{{#l}}{{#l}}{{#l}}{{.}}{{/l}}{{/l}}{{/l}}")};
	const MustacheTemplate *template = NULL;
	MustacheError error = {0};
	Buf out = buf_make(arena);

	(void)state;
	assert_true(mustache_parse(arena, source, (MustachePartials){0}, &template, &error));
	out.limit = 729;
	assert_true(mustache_render(template, view, text_html, &out, &error));
	assert_int_equal(out.len, 729);
	out = buf_make(arena);
	out.limit = 728;
	assert_false(mustache_render(template, view, text_html, &out, &error));
	assert_true(STR_EQ(error.message, "more output than is allowed"));
	arena_destroy(arena);
}

/* Lists inside each other multiply even where nothing is written. */
static void
steps_have_a_limit(void **state)
{
	Arena *arena = arena_create();
	Json *view = json_object(arena), *list = json_list(arena);
	Outcome outcome;
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		json_push(arena, list, json_bool(arena, true));
	json_set(arena, view, STR("l"), list);
	outcome = render(arena,
		STR("{{#l}}{{#l}}{{#l}}{{#l}}{{#l}}{{^l}}x{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}{{/l}}"),
		NULL, view, text_html);
	assert_false(outcome.good);
	assert_true(STR_EQ(outcome.error.message, "more steps than one document may take"));
	arena_destroy(arena);
}

static void
rendering_allocates_output_only(void **state)
{
	Arena *arena = arena_create(), *output = arena_create();
	Json *view = view_of(arena, "{\"l\":[{\"a\":\"<x>\"},{\"a\":2}],\"n\":null}");
	MustacheSource source = {
		STR("main"), STR("{{#l}}\n- {{a}} {{^n}}{{#l}}{{a}}{{/l}}{{/n}}\n{{/l}}\n")};
	const MustacheTemplate *template = NULL;
	MustacheError error = {0};
	Buf out = buf_make(output);
	size_t before;

	(void)state;
	assert_true(mustache_parse(arena, source, (MustachePartials){0}, &template, &error));
	before = arena_used(arena);
	assert_true(mustache_render(template, view, text_html, &out, &error));
	assert_int_equal(arena_used(arena), before);
	assert_int_equal(arena_used(output), out.cap);
	arena_destroy(output);
	arena_destroy(arena);
}

/* Cost grows with the text: half a megabyte of any one piece takes no noticeable time. */
static void
long_templates_are_parsed_in_one_go(void **state)
{
	static const char *const pieces[] = {
		"{{! }} ", " {{! }}", "\n", "{{a}}", "} ", "{ ", "{{#a}}\n{{/a}}\n", "{{>p}}\n"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(pieces); i++) {
		Arena *arena = arena_create();
		Outcome outcome = render(arena,
			repeated(arena, pieces[i], 500000 / strlen(pieces[i])),
			view_of(arena, "{\"p\":\"x\"}"), view_of(arena, "{\"a\":1}"), text_html);

		if (!outcome.good)
			fail_msg("%s: " STR_FMT, pieces[i], STR_ARG(outcome.error.message));
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interpolation_cases),
		cmocka_unit_test(sections_cases),
		cmocka_unit_test(inverted_cases),
		cmocka_unit_test(comments_cases),
		cmocka_unit_test(delimiters_cases),
		cmocka_unit_test(partials_cases),
		cmocka_unit_test(errors_cases),
		cmocka_unit_test(agrees_with_a_second_renderer),
		cmocka_unit_test(any_text_is_rendered_or_refused),
		cmocka_unit_test(sections_nest_to_a_limit),
		cmocka_unit_test(output_has_the_limit_of_its_buffer),
		cmocka_unit_test(steps_have_a_limit),
		cmocka_unit_test(rendering_allocates_output_only),
		cmocka_unit_test(long_templates_are_parsed_in_one_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
