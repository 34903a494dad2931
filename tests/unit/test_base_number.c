/* Numbers and dates as text: everything that is one, and nothing that is not. */
#include "test_base_random.h"

#include <stdio.h>

/* --- numbers ---------------------------------------------------------------------------------- */

static void
written_numbers_are_read_back(void **state)
{
	Random random = {41};
	Arena *arena = arena_create();
	size_t round;

	(void)state;
	for (round = 0; round < 100000; round++) {
		uint64_t number = random_next(&random) >> random_below(&random, 64), read = 0;
		Str text = str_format(arena, "%llu", (unsigned long long)number);

		assert_true(base_parse_number(text, UINT64_MAX, &read));
		assert_true(read == number);
		assert_true(base_parse_number(text, number, &read));
		if (number > 0)
			assert_false(base_parse_number(text, number - 1, &read));
		text = str_format(arena, "0" STR_FMT, STR_ARG(text));
		assert_false(base_parse_number(text, UINT64_MAX, &read));
	}
	arena_destroy(arena);
}

/* Texts of three letters: a number is digits without a zero in front, and nothing else. */
static void
nothing_else_is_a_number(void **state)
{
	static const char letters[] = "019 +-.axe\t";
	char text[3];
	size_t a, b, c, taken = 0;

	(void)state;
	for (a = 0; a < sizeof(letters); a++) {
		for (b = 0; b < sizeof(letters); b++) {
			for (c = 0; c < sizeof(letters); c++) {
				uint64_t number = 0;

				text[0] = letters[a];
				text[1] = letters[b];
				text[2] = letters[c];
				if (!base_parse_number((Str){text, 3}, UINT64_MAX, &number))
					continue;
				assert_in_range(number, 100, 999);
				taken++;
			}
		}
	}
	assert_int_equal(taken, 2 * 3 * 3);
}

static void
numbers_at_the_edge(void **state)
{
	uint64_t number = 7;

	(void)state;
	assert_false(base_parse_number((Str){0}, UINT64_MAX, &number));
	assert_false(base_parse_number(STR("18446744073709551616"), UINT64_MAX, &number));
	assert_false(base_parse_number(STR("99999999999999999999"), UINT64_MAX, &number));
	assert_false(base_parse_number(STR("100000000000000000000"), UINT64_MAX, &number));
	assert_false(base_parse_number(STR("256"), 255, &number));
	assert_int_equal(number, 7); /* a refusal leaves it alone */
	assert_true(base_parse_number(STR("18446744073709551615"), UINT64_MAX, &number));
	assert_true(number == UINT64_MAX);
	assert_true(base_parse_number(STR("0"), 0, &number));
	assert_int_equal(number, 0);
}

/* --- dates ------------------------------------------------------------------------------------ */

static bool
naive_leap(int year)
{
	if (year % 400 == 0)
		return true;
	if (year % 100 == 0)
		return false;
	return year % 4 == 0;
}

static int
naive_month_length(int year, int month)
{
	if (month == 2)
		return naive_leap(year) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static Str
write_date(char text[16], int year, int month, int day)
{
	int len = snprintf(text, 16, "%04d-%02d-%02d", year, month, day);

	return (Str){text, (size_t)len};
}

/* Counts the days one by one from 1600 to 2400; each number has one date, each date one number. */
static void
dates_are_counted_day_by_day(void **state)
{
	Arena *arena = arena_create();
	int32_t count = -135140; /* 1600-01-01 */
	int year, month, day;

	(void)state;
	for (year = 1600; year <= 2400; year++) {
		for (month = 0; month <= 13; month++) {
			for (day = 0; day <= 32; day++) {
				char text[16];
				Str date = write_date(text, year, month, day);
				int32_t days = INT32_MIN;
				bool exists = month >= 1 && month <= 12 && day >= 1 &&
					      day <= naive_month_length(year, month);

				assert_int_equal(date_parse(date, &days), exists);
				if (!exists)
					continue;
				assert_int_equal(days, count);
				assert_true(str_equal(date_format(arena, count), date));
				count++;
			}
		}
	}
	/* 801 years: two cycles of 146,097 days and a leap year. */
	assert_int_equal(count + 135140, 2 * 146097 + 366);
	arena_destroy(arena);
}

static void
the_first_and_the_last_date(void **state)
{
	Arena *arena = arena_create();
	int32_t days;

	(void)state;
	assert_true(date_parse(STR("0001-01-01"), &days));
	assert_int_equal(days, DATE_FIRST);
	assert_true(date_parse(STR("9999-12-31"), &days));
	assert_int_equal(days, DATE_LAST);
	assert_true(date_parse(STR("1970-01-01"), &days));
	assert_int_equal(days, 0);
	assert_str(date_format(arena, DATE_FIRST), "0001-01-01");
	assert_str(date_format(arena, DATE_LAST), "9999-12-31");
	assert_true(PANICS(date_format(arena, DATE_LAST + 1)));
	assert_true(PANICS(date_format(arena, DATE_FIRST - 1)));
	assert_true(PANICS(date_format(arena, INT32_MAX)));
	assert_true(PANICS(date_format(arena, INT32_MIN)));
	arena_destroy(arena);
}

/* One byte of a good date replaced by any other that is no digit at its place. */
static void
a_date_has_one_form(void **state)
{
	static const char good[] = "2026-12-05";
	int32_t days;
	size_t at;
	int byte;

	(void)state;
	for (at = 0; at < 10; at++) {
		for (byte = 0; byte < 256; byte++) {
			char text[10];
			bool digit = byte >= '0' && byte <= '9';

			memcpy(text, good, 10);
			text[at] = (char)byte;
			if (byte == good[at])
				assert_true(date_parse((Str){text, 10}, &days));
			else if (!digit || at == 4 || at == 7)
				assert_false(date_parse((Str){text, 10}, &days));
		}
	}
	assert_false(date_parse(STR("2026-12-5"), &days));
	assert_false(date_parse(STR("2026-12-05 "), &days));
	assert_false(date_parse(STR("0000-12-05"), &days));
	assert_false(date_parse((Str){0}, &days));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_numbers_are_read_back),
		cmocka_unit_test(nothing_else_is_a_number),
		cmocka_unit_test(numbers_at_the_edge),
		cmocka_unit_test(dates_are_counted_day_by_day),
		cmocka_unit_test(the_first_and_the_last_date),
		cmocka_unit_test(a_date_has_one_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
