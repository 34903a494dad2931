/* The normal form of a connector's properties: lists are sets, in one order. */
#include "test_base_random.h"

#include "connector/connector.h"

static const ConnectorProperty lists[] = {CONNECTOR_SENDER_DOMAINS, CONNECTOR_SENDER_ADDRESSES,
	CONNECTOR_ACCEPTED_DOMAINS, CONNECTOR_SKIP, CONNECTOR_USERS};

static void
shuffle(Random *random, StrVec *list)
{
	size_t i;

	for (i = list->len; i > 1; i--) {
		size_t other = random_below(random, i);
		Str swap = list->items[i - 1];

		list->items[i - 1] = list->items[other];
		list->items[other] = swap;
	}
}

static bool
holds(const StrVec *list, Str text)
{
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (str_equal(list->items[i], text))
			return true;
	}
	return false;
}

static void
random_list(Random *random, Arena *arena, StrVec *ret_list)
{
	static const char *const texts[] = {"198.51.100.9", "198.51.100.10", "198.51.100.0/24",
		"198.51.100.0/25", "9.9.9.9", "203.0.113.1-203.0.113.9", "2001:db8::1", "smtp:*;1",
		"smtp:contoso.com;1", "smtp:contoso.com;10", "contoso.com", "a", "B", "b", "",
		"zz"};
	size_t len = random_below(random, 12);

	while (len-- > 0)
		VEC_PUSH(arena, ret_list, str_from(texts[random_below(random, BASE_COUNT(texts))]));
}

/* The same set gives the same list, whatever its order; normalising again changes nothing. */
static void
lists_are_sets(void **state)
{
	Random random = {97};
	size_t round, i;

	(void)state;
	for (round = 0; round < 1000; round++) {
		Arena *arena = arena_create();
		ConnectorProperty property = lists[random_below(&random, BASE_COUNT(lists))];
		StrVec first = {0}, second = {0}, before = {0};

		random_list(&random, arena, &first);
		for (i = 0; i < first.len; i++) {
			VEC_PUSH(arena, &before, first.items[i]);
			VEC_PUSH(arena, &second, first.items[i]);
			if (random_below(&random, 2) == 0)
				VEC_PUSH(arena, &second, first.items[i]);
		}
		shuffle(&random, &second);
		connector_normalise(property, &first);
		connector_normalise(property, &second);
		assert_int_equal(first.len, second.len);
		for (i = 0; i < first.len; i++) {
			assert_true(str_equal(first.items[i], second.items[i]));
			assert_true(holds(&before, first.items[i]));
			assert_true(i == 0 || !str_equal(first.items[i - 1], first.items[i]));
		}
		for (i = 0; i < before.len; i++)
			assert_true(holds(&first, before.items[i]));
		connector_normalise(property, &second);
		assert_int_equal(first.len, second.len);
		arena_destroy(arena);
	}
}

/* By number, the wider network first; what is no address behind all that are. */
static void
the_order_of_addresses(void **state)
{
	static const char *const ordered[] = {"9.9.9.9", "198.51.100.0/24", "198.51.100.0/25",
		"198.51.100.9", "198.51.100.10", "203.0.113.0/25", "2001:db8::1",
		"198.51.100.1-198.51.100.9", "9.9.9.1-9.9.9.9"};
	Random random = {101};
	Arena *arena = arena_create();
	StrVec list = {0};
	size_t round, i;

	(void)state;
	for (i = 0; i < BASE_COUNT(ordered); i++)
		VEC_PUSH(arena, &list, str_from(ordered[i]));
	for (round = 0; round < 50; round++) {
		shuffle(&random, &list);
		connector_normalise(CONNECTOR_SKIP, &list);
		for (i = 0; i < BASE_COUNT(ordered); i++)
			assert_str(list.items[i], ordered[i]);
	}
	arena_destroy(arena);
}

static void
values_as_json(void **state)
{
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		ConnectorProperty property = (ConnectorProperty)i;
		ConnectorValue value = {.on = true, .text = STR("t")}, empty = {0};
		JsonKind full = JSON_LIST, none = JSON_LIST;

		VEC_PUSH(arena, &value.list, STR("x"));
		switch (connector_property_kind(property)) {
		case CONNECTOR_KIND_FLAG: full = none = JSON_BOOL; break;
		case CONNECTOR_KIND_TEXT:
			full = JSON_TEXT;
			none = JSON_NULL;
			break;
		case CONNECTOR_KIND_TEXTS:
		case CONNECTOR_KIND_DOMAINS:
		case CONNECTOR_KIND_ADDRESSES: break;
		}
		assert_int_equal(connector_value_json(arena, property, &value)->kind, full);
		assert_int_equal(connector_value_json(arena, property, &empty)->kind, none);
		assert_true(json_len(connector_value_json(arena, property, &empty)) == 0);
	}
	assert_str(connector_domain(arena, STR("*.contoso.com"), 10), "smtp:*.contoso.com;10");
	arena_destroy(arena);
}

/* The names that Exchange has, each once. */
static void
names_of_properties(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		const char *name = connector_property_name((ConnectorProperty)i);

		assert_in_range(name[0], 'A', 'Z');
		for (j = 0; j < i; j++)
			assert_string_not_equal(
				name, connector_property_name((ConnectorProperty)j));
	}
	assert_string_equal(
		connector_property_name(CONNECTOR_SENDER_ADDRESSES), "SenderIPAddresses");
	assert_int_equal(connector_property_kind(CONNECTOR_SKIP), CONNECTOR_KIND_ADDRESSES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_sets),
		cmocka_unit_test(the_order_of_addresses),
		cmocka_unit_test(values_as_json),
		cmocka_unit_test(names_of_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
