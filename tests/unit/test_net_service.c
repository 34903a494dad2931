/* Exchange Online's ranges: exactly the rows of the table, cloud by cloud. */
#include "test_net.h"

#include <stdio.h>
#include <stdlib.h>

static Arena *arena;

/* The rows of a cloud, read by the test itself. */
static NetSet
model_ranges(const char *cloud, size_t *ret_rows)
{
	FILE *file = fopen(TEST_ROOT "/src/data/service-ranges.csv", "r");
	size_t len = strlen(cloud);
	char line[256];
	NetSet set = {0};

	assert_non_null(file);
	*ret_rows = 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, cloud, len) != 0 || line[len] != ',')
			continue;
		net_set_add(arena, &set, prefix_of_text(strrchr(line, ',') + 1));
		*ret_rows += 1;
	}
	fclose(file);
	net_set_normalise(&set);
	return set;
}

static void
test_every_cloud(void **state)
{
	static const struct {
		const char *name;
		size_t rows;
	} clouds[] = {{"worldwide", 6}, {"gcc", 6}, {"gcc-high", 15}, {"dod", 9}, {"china", 13}};
	size_t i, rows;

	(void)state;
	for (i = 0; i < BASE_COUNT(clouds); i++) {
		const NetSet *ranges = net_service_ranges(str_from(clouds[i].name));
		NetSet expected = model_ranges(clouds[i].name, &rows);

		assert_int_equal(rows, clouds[i].rows);
		assert_true(net_set_equal(ranges, &expected));
		assert_true(ranges->ip4.len > 0 && ranges->ip6.len > 0);
	}
}

static void
test_known(void **state)
{
	const NetSet *worldwide = net_service_ranges(STR("worldwide"));
	const NetSet *china = net_service_ranges(STR("china"));

	(void)state;
	assert_true(net_set_contains(worldwide, prefix_of_text("40.92.0.0/15")));
	assert_true(net_set_contains(worldwide, prefix_of_text("104.47.127.255")));
	assert_false(net_set_contains(worldwide, prefix_of_text("104.47.128.0")));
	assert_true(net_set_contains(worldwide, prefix_of_text("2a01:111:f400::1")));
	assert_false(net_set_contains(worldwide, prefix_of_text("198.51.100.10")));
	assert_false(net_set_overlaps(worldwide, china));
	assert_ptr_equal(net_service_ranges(STR("worldwide")), worldwide);
}

static void
test_unknown_cloud(void **state)
{
	(void)state;
	assert_true(net_set_is_empty(net_service_ranges(STR("gcc_high"))));
	assert_true(net_set_is_empty(net_service_ranges(STR(""))));
	assert_true(net_set_is_empty(net_service_ranges((Str){0})));
}

static void
test_dates(void **state)
{
	(void)state;
	assert_text(net_data_dates(arena),
		"special-purpose registries: IPv4 2025-10-09, IPv6 2025-10-09; Exchange Online "
		"ranges: worldwide 2026-08-14, gcc 2026-08-14, gcc-high 2023-03-01, dod "
		"2020-07-28, china 2021-03-29; endpoints 2026-08-14, limits 2026-08; end of basic "
		"authentication 2026-01-29; "
		"ranges of mail services 2026-08");
}

static int
set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cloud),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unknown_cloud),
		cmocka_unit_test(test_dates),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
