/* Numbers and dates as text, strictly: nothing that the C library would be lenient about. */
#include "base/base.h"

/* No sign, no blank, no leading zero, no overflow: 010 is a mistake and not eight. */
bool
base_parse_number(Str text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t i;

	if (text.len == 0 || text.len > 20 || (text.len > 1 && text.ptr[0] == '0'))
		return false;
	for (i = 0; i < text.len; i++) {
		uint64_t digit = (uint64_t)(unsigned char)text.ptr[i] - '0';

		if (digit > 9 || number > (UINT64_MAX - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (number > max)
		return false;
	*ret_number = number;
	return true;
}

/* Two or four digits, leading zeros and all. */
static bool
parse_digits(Str text, size_t from, size_t len, int32_t *ret_number)
{
	size_t i;

	*ret_number = 0;
	for (i = from; i < from + len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		*ret_number = *ret_number * 10 + (text.ptr[i] - '0');
	}
	return true;
}

static bool
is_leap(int32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t
days_in_month(int32_t year, int32_t month)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days before 1 January of the year, counted from 1970. */
static int32_t
days_before_year(int32_t year)
{
	int32_t past = year - 1;

	return past * 365 + past / 4 - past / 100 + past / 400 - 719162;
}

bool
date_parse(Str text, int32_t *ret_days)
{
	int32_t year, month, day, m;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
		!parse_digits(text, 0, 4, &year) || !parse_digits(text, 5, 2, &month) ||
		!parse_digits(text, 8, 2, &day))
		return false;
	if (year == 0 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*ret_days = days_before_year(year) + day - 1;
	for (m = 1; m < month; m++)
		*ret_days += days_in_month(year, m);
	return true;
}

/* Two digits at `at`, below `limit`. */
static bool
parse_two(Str text, size_t at, int32_t limit, int32_t *ret_number)
{
	return at + 2 <= text.len && parse_digits(text, at, 2, ret_number) && *ret_number < limit;
}

/* `Z`, or an offset such as +09:00; no place on earth is further than 14 hours from UTC. */
static bool
parse_offset(Str text, size_t at, int32_t *ret_minutes)
{
	int32_t hours, minutes;

	*ret_minutes = 0;
	if (text.len == at + 1)
		return text.ptr[at] == 'Z';
	if (text.len != at + 6 || (text.ptr[at] != '+' && text.ptr[at] != '-') ||
		!parse_two(text, at + 1, 15, &hours) || text.ptr[at + 3] != ':' ||
		!parse_two(text, at + 4, 60, &minutes))
		return false;
	*ret_minutes = (text.ptr[at] == '-' ? -1 : 1) * (hours * 60 + minutes);
	return true;
}

bool
time_parse(Str text, int64_t *ret_seconds)
{
	int32_t days, hours, minutes, seconds = 0, offset;
	size_t at = 16;

	if (text.len < 17 || !date_parse(str_slice(text, 0, 10), &days) || text.ptr[10] != 'T' ||
		!parse_two(text, 11, 24, &hours) || text.ptr[13] != ':' ||
		!parse_two(text, 14, 60, &minutes))
		return false;
	if (text.ptr[16] == ':') {
		if (!parse_two(text, 17, 60, &seconds))
			return false;
		at = 19;
	}
	if (!parse_offset(text, at, &offset))
		return false;
	*ret_seconds = (((int64_t)days * 24 + hours) * 60 + minutes - offset) * 60 + seconds;
	return true;
}

/* Begins with a year that cannot be too late and moves on: the loops run a few times. */
Str
date_format(Arena *arena, int32_t days)
{
	int32_t year = 1970 + days / 366, month = 1;

	ASSERT(days >= DATE_FIRST && days <= DATE_LAST);
	while (days_before_year(year + 1) <= days)
		year++;
	while (year > 1 && days_before_year(year) > days)
		year--;
	days -= days_before_year(year);
	while (days >= days_in_month(year, month))
		days -= days_in_month(year, month++);
	return str_format(arena, "%04d-%02d-%02d", year, month, days + 1);
}
