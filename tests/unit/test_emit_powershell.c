/*
 * The data literal, read back by a reader that does to it what PowerShell does: hash tables without
 * regard to case, `@(...)` that spreads a list which stands in it alone.
 */
#include "emit/powershell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test_json_random.h"
#include "test_json_walk.h"
#include "test_text_script.h"

static Json *read_value(Arena *arena, ScriptReader *reader);

static void
skip_blanks(ScriptReader *reader)
{
	while (script_take(reader, " ") || script_take(reader, "\n"))
		continue;
}

static bool
at_any(const ScriptReader *reader, Str bytes)
{
	return reader->at < reader->text.len &&
	       str_find_char(bytes, reader->text.ptr[reader->at], 0) < bytes.len;
}

static Json *
read_text(Arena *arena, ScriptReader *reader)
{
	reader->read = buf_make(arena);
	return script_expression(reader) ? json_text(arena, buf_text(&reader->read)) : NULL;
}

static Json *
read_integer(Arena *arena, ScriptReader *reader)
{
	bool negative = script_take(reader, "-");
	size_t start = reader->at;
	uint64_t number;

	while (at_any(reader, STR("0123456789")))
		reader->at++;
	if (!base_parse_number(str_slice(reader->text, start, reader->at),
		    (uint64_t)INT64_MAX + negative, &number))
		return NULL;
	return json_number(arena, negative ? (int64_t)(0 - number) : (int64_t)number);
}

static Json *
read_list(Arena *arena, ScriptReader *reader)
{
	Json *list = json_list(arena), *item;
	bool kept;

	skip_blanks(reader);
	if (script_take(reader, ")"))
		return list;
	kept = script_take(reader, ",");
	do {
		skip_blanks(reader);
		item = read_value(arena, reader);
		if (item == NULL)
			return NULL;
		json_push(arena, list, item);
	} while (script_take(reader, ","));
	skip_blanks(reader);
	if (!script_take(reader, ")"))
		return NULL;
	return json_len(list) == 1 && !kept && item->kind == JSON_LIST ? item : list;
}

static Json *
read_key(Arena *arena, ScriptReader *reader)
{
	size_t start = reader->at;

	if (at_any(reader, STR("'(")))
		return read_text(arena, reader);
	while (reader->at < reader->text.len && !at_any(reader, STR(" =\n")))
		reader->at++;
	return json_text(arena, str_slice(reader->text, start, reader->at));
}

static Json *
read_object(Arena *arena, ScriptReader *reader)
{
	Json *object = json_object(arena);

	skip_blanks(reader);
	while (!script_take(reader, "}")) {
		Json *key = read_key(arena, reader), *value;

		if (key == NULL || !script_take(reader, " = "))
			return NULL;
		value = read_value(arena, reader);
		if (value == NULL || !script_take(reader, "\n"))
			return NULL;
		json_set(arena, object, key->text, value);
		skip_blanks(reader);
	}
	return object;
}

static Json *
read_value(Arena *arena, ScriptReader *reader)
{
	if (script_take(reader, "@{"))
		return read_object(arena, reader);
	if (script_take(reader, "@("))
		return read_list(arena, reader);
	if (script_take(reader, "$null"))
		return json_null(arena);
	if (script_take(reader, "$true"))
		return json_bool(arena, true);
	if (script_take(reader, "$false"))
		return json_bool(arena, false);
	return at_any(reader, STR("'(")) ? read_text(arena, reader) : read_integer(arena, reader);
}

/* What the literal can hold: keys that differ in more than case; other numbers are texts. */
static Json *
holdable(Arena *arena, const Json *value)
{
	Json *copy;
	Map seen = {0};
	size_t i;

	if (value->kind == JSON_NUMBER)
		return value->is_integer ? json_number(arena, value->number)
					 : json_text(arena, value->text);
	copy = ARENA_NEW(arena, Json);
	*copy = *value;
	if (value->kind == JSON_LIST)
		copy = json_list(arena);
	if (value->kind == JSON_OBJECT)
		copy = json_object(arena);
	for (i = 0; i < items_of(value); i++)
		json_push(arena, copy, holdable(arena, value->items.items[i]));
	for (i = 0; i < members_of(value); i++) {
		Str key = value->members.items[i].key;

		if (map_add(arena, &seen, str_lower(arena, key), 0) == MAP_NONE)
			json_set(arena, copy, key, holdable(arena, value->members.items[i].value));
	}
	return copy;
}

static Str
literal(Arena *arena, const Json *value, unsigned indent)
{
	Buf buf = buf_make(arena);

	emit_powershell_literal(&buf, value, indent);
	return buf_text(&buf);
}

static void
check_reads_back(Arena *arena)
{
	Json *value = holdable(arena, random_value(arena, 3));
	ScriptReader reader = {.text = literal(arena, value, 0)};
	Json *read = read_value(arena, &reader);

	if (read == NULL || reader.at != reader.text.len || !json_equal(value, read))
		fail_msg("%s at %zu", shown(arena, reader.text), reader.at);
}

static void
reads_back(void **state)
{
	(void)state;
	for_trials(2000, check_reads_back);
}

static Json *
read_json(Arena *arena, const char *text)
{
	Json *value = NULL;
	JsonError error;

	assert_true(json_read(arena, str_from(text), &value, &error));
	return value;
}

static void
writes_the_documented_forms(void **state)
{
	static const char *const cases[][2] = {
		{"null", "$null"},
		{"true", "$true"},
		{"false", "$false"},
		{"-9223372036854775808", "-9223372036854775808"},
		{"1.50", "'1.50'"},
		{"\"it's\"", "'it''s'"},
		{"[]", "@()"},
		{"{}", "@{}"},
		{"[\"a\"]", "@('a')"},
		{"[1,true,null,\"a\"]", "@(1, $true, $null, 'a')"},
		{"[[]]", "@(\n    ,@()\n)"},
		{"[[1]]", "@(\n    ,@(1)\n)"},
		{"[[1],[2]]", "@(\n    @(1),\n    @(2)\n)"},
		{"[{\"a\":1}]", "@(\n    @{\n        a = 1\n    }\n)"},
		{"{\"b\":1,\"a\":{\"z\":[]},\"B9\":\"x\",\"9\":2,\"\":3,\"a-b\":4}",
			"@{\n    '' = 3\n    '9' = 2\n    B9 = 'x'\n    a = @{\n        z = @()\n  "
			"  }\n"
			"    'a-b' = 4\n    b = 1\n}"},
		{"[\"198.51.100.10\",\"198.51.100.11\",\"198.51.100.12\",\"198.51.100.13\"]",
			"@(\n    '198.51.100.10',\n    '198.51.100.11',\n    '198.51.100.12',\n"
			"    '198.51.100.13'\n)"},
	};
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(cases); i++) {
		Json *value = read_json(arena, cases[i][0]);

		assert_string_equal(str_c(arena, literal(arena, value, 0)), cases[i][1]);
	}
	assert_string_equal(
		str_c(arena, literal(arena, read_json(arena, "{\"a\":{\"b\":[[1],2]}}"), 2)),
		"@{\n            a = @{\n                b = @(\n                    @(1),\n"
		"                    2\n                )\n            }\n        }");
	arena_destroy(arena);
}

/* --- keys that PowerShell would take for one -------------------------------------------------- */

/* Through a child, which the assertion ends. */
static void
equal_keys_without_case_are_a_mistake(void **state)
{
	Arena *arena = arena_create();
	Json *value = read_json(arena, "{\"name\":1,\"Name\":2}");
	pid_t child = fork();
	int status = 0;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		fclose(stderr);
		literal(arena, value, 0);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 70);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back),
		cmocka_unit_test(writes_the_documented_forms),
		cmocka_unit_test(equal_keys_without_case_are_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
