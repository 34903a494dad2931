/* The cases of tests/vectors, which the scripts' own code has to pass, too. */
#include "test_base_random.h"

#include "connector/connector.h"

static Json *
read_vectors(Arena *arena, const char *name)
{
	Str path = str_format(arena, "%s/tests/vectors/%s", TEST_ROOT, name), text;
	Io *io = io_system(arena);
	JsonError error;
	Json *value;

	assert_int_equal(io->read(io, arena, path, 1 << 20, &text), IO_OK);
	assert_true(json_read(arena, text, &value, &error));
	assert_true(json_len(value) > 0);
	return value;
}

static ConnectorValue
value_of(Arena *arena, ConnectorProperty property, const Json *json)
{
	ConnectorValue value = {0};
	size_t i;

	value.on = json_is_true(json);
	if (json->kind == JSON_TEXT)
		value.text = json->text;
	for (i = 0; json->kind == JSON_LIST && i < json->items.len; i++)
		VEC_PUSH(arena, &value.list, json->items.items[i]->text);
	connector_value_normalise(arena, property, &value);
	return value;
}

static void
check_normal_forms(const char *name)
{
	Arena *arena = arena_create();
	const Json *cases = read_vectors(arena, name);
	size_t i;

	for (i = 0; i < cases->items.len; i++) {
		const Json *one = cases->items.items[i];
		ConnectorProperty property;
		ConnectorValue left, right;
		bool wanted = json_is_true(json_get(one, STR("equal")));

		assert_true(
			connector_property_find(json_get_text(one, STR("property")), &property));
		left = value_of(arena, property, json_get(one, STR("left")));
		right = value_of(arena, property, json_get(one, STR("right")));
		if (connector_value_equal(arena, property, &left, &right) != wanted ||
			connector_value_equal(arena, property, &right, &left) != wanted)
			fail_msg("case %zu of %s", i, name);
		assert_true(connector_value_equal(arena, property, &left, &left));
	}
	arena_destroy(arena);
}

static void
normal_forms(void **state)
{
	(void)state;
	check_normal_forms("normal.json");
	check_normal_forms("generated-normal.json");
}

static void
check_fingerprints(const char *name)
{
	Arena *arena = arena_create();
	const Json *cases = read_vectors(arena, name);
	size_t i;

	for (i = 0; i < cases->items.len; i++) {
		const Json *one = cases->items.items[i];
		DiagSink *sink = diag_sink(arena, source_set(arena));
		ConnectorExportError error;
		ConnectorExport *export;
		Buf text = buf_make(arena);

		json_write_canonical(&text, json_get(one, STR("connectors")));
		assert_true(connector_export_read(
			sink, STR("live.json"), buf_text(&text), &export, &error));
		if (!str_equal(export->fingerprint, json_get_text(one, STR("fingerprint"))))
			fail_msg(STR_FMT, STR_ARG(json_get_text(one, STR("case"))));
	}
	arena_destroy(arena);
}

static void
fingerprints(void **state)
{
	(void)state;
	check_fingerprints("fingerprint.json");
	check_fingerprints("generated-tenants.json");
}

/* --- letters without case --------------------------------------------------------------------- */

#define LETTERS_END 0x20000

/* Each letter of a group → the lowest of its group. */
static void
read_groups(Arena *arena, Map *lowest)
{
	const Json *groups = read_vectors(arena, "letters.json");
	size_t i, j;

	for (i = 0; i < groups->items.len; i++) {
		const Json *group = groups->items.items[i];
		size_t at = 0;
		uint32_t first = utf8_next(group->items.items[0]->text, &at);

		for (j = 0; j < group->items.len; j++)
			assert_int_equal(map_add(arena, lowest, group->items.items[j]->text, first),
				MAP_NONE);
	}
}

/* Two letters are one name iff they stand in one group; those look alike, too. */
static void
letters_without_case(void **state)
{
	Arena *arena = arena_create();
	Map lowest = {0}, folded = {0}, alike = {0};
	uint32_t code;

	(void)state;
	read_groups(arena, &lowest);
	for (code = 1; code < LETTERS_END; code++) {
		Buf buf = buf_make(arena);
		uint32_t wanted, found, like;
		Str letter;

		if (code >= 0xd800 && code < 0xe000)
			continue;
		buf_code_point(&buf, code);
		letter = buf_text(&buf);
		wanted = map_find(&lowest, letter);
		found = map_add(arena, &folded, str_fold(arena, letter), code);
		like = map_add(arena, &alike, str_fold_alike(arena, letter), code);
		if ((found == MAP_NONE ? code : found) != (wanted == MAP_NONE ? code : wanted))
			fail_msg("U+%04X is taken for U+%04X, not U+%04X", code, found, wanted);
		if (found != MAP_NONE && (like == MAP_NONE || like > found))
			fail_msg("U+%04X is U+%04X, but does not look like it", code, found);
	}
	arena_destroy(arena);
}

/* --- lists against a model: sets of keys ------------------------------------------------------ */

static StrVec
random_addresses(Random *random, Arena *arena)
{
	static const char *const texts[] = {"198.51.100.0/24", "198.51.100.0/25",
		"198.51.100.128/25", "198.51.100.7", "198.51.100.7/32", "203.0.113.9",
		"203.0.113.8/31", "203.0.113.10"};
	StrVec list = {0};
	size_t len = random_below(random, 6);

	while (len-- > 0)
		VEC_PUSH(arena, &list, str_from(texts[random_below(random, BASE_COUNT(texts))]));
	return list;
}

static NetSet
set_of(Arena *arena, const StrVec *list)
{
	NetSet set = {0};
	NetPrefix prefix;
	size_t i;

	for (i = 0; i < list->len; i++) {
		assert_int_equal(net_prefix_parse(list->items[i], &prefix), NET_ADDRESS_OK);
		net_set_add(arena, &set, prefix);
	}
	net_set_normalise(&set);
	return set;
}

/* Equal lists let the same in; and what is added and removed leads from one to the other. */
static void
differences_of_addresses(void **state)
{
	Random random = {7};
	size_t round, i, equal = 0;

	(void)state;
	for (round = 0; round < 3000; round++) {
		Arena *arena = arena_create();
		ConnectorValue before = {.list = random_addresses(&random, arena)};
		ConnectorValue after = {.list = random_addresses(&random, arena)};
		StrVec added, removed, result = {0};
		NetSet left, right;

		connector_value_normalise(arena, CONNECTOR_SENDER_ADDRESSES, &before);
		connector_value_normalise(arena, CONNECTOR_SENDER_ADDRESSES, &after);
		connector_list_difference(arena, CONNECTOR_SENDER_ADDRESSES, &before.list,
			&after.list, &added, &removed);
		for (i = 0; i < before.list.len + added.len; i++) {
			Str text = i < before.list.len ? before.list.items[i]
						       : added.items[i - before.list.len];
			StrVec one = {&text, 1, 1}, gone, ignored;

			connector_list_difference(
				arena, CONNECTOR_SENDER_ADDRESSES, &one, &removed, &ignored, &gone);
			if (gone.len > 0)
				VEC_PUSH(arena, &result, text);
		}
		left = set_of(arena, &result);
		right = set_of(arena, &after.list);
		assert_true(net_set_contains_set(&left, &right));
		left = set_of(arena, &before.list);
		if (added.len + removed.len == 0) {
			equal++;
			assert_true(net_set_equal(&left, &right));
		}
		arena_destroy(arena);
	}
	assert_true(equal > 50);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_forms),
		cmocka_unit_test(fingerprints),
		cmocka_unit_test(letters_without_case),
		cmocka_unit_test(differences_of_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
