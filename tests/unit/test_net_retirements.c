/* When basic authentication ends: exactly the rows of the table, method by method, by date. */
#include "test_net.h"

#include <stdio.h>

/* The rows of the file that begin with a method, as the test itself reads them. */
static size_t
count_rows(const char *method)
{
	FILE *file = fopen(TEST_ROOT "/src/data/retirements.csv", "r");
	size_t len = strlen(method), rows = 0;
	char line[512];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		rows += strncmp(line, method, len) == 0 && line[len] == ',';
	fclose(file);
	return rows;
}

static void
test_rows(void **state)
{
	static const char *const methods[] = {"submission", "hve"};
	size_t i, k, len;

	(void)state;
	for (i = 0; i < BASE_COUNT(methods); i++) {
		const NetRetirement *rows = net_basic_retirements(str_from(methods[i]), &len);

		assert_true(len > 0);
		assert_int_equal(len, count_rows(methods[i]));
		for (k = 0; k < len; k++) {
			assert_true(str_equal(rows[k].method, str_from(methods[i])));
			assert_true(rows[k].source.len > 0);
			assert_true(rows[k].as_of.len == 7 || rows[k].as_of.len == 10);
			/* Announced before it happens, and sorted. */
			assert_true(str_compare(rows[k].as_of, rows[k].date) < 0);
			assert_true(k == 0 || rows[k - 1].days <= rows[k].days);
		}
	}
}

static void
test_known(void **state)
{
	size_t len;
	const NetRetirement *rows = net_basic_retirements(STR("submission"), &len);

	(void)state;
	assert_int_equal(rows[0].meaning, NET_RETIREMENT_DEFAULT_OFF);
	assert_true(STR_EQ(rows[0].date, "2026-12-31"));
	assert_int_equal(rows[0].days, 20818);
	assert_true(rows[0].documented);
	rows = net_basic_retirements(STR("hve"), &len);
	assert_int_equal(rows[0].meaning, NET_RETIREMENT_REMOVED);
	assert_false(rows[0].documented);
}

static void
test_other_methods(void **state)
{
	size_t len = 1;

	(void)state;
	assert_null(net_basic_retirements(STR("connector"), &len));
	assert_int_equal(len, 0);
	assert_null(net_basic_retirements((Str){0}, &len));
	/* The heading is no row. */
	assert_null(net_basic_retirements(STR("method"), &len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_other_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
