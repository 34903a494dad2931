/* UTF-8 against a model that tries what it reads by writing it again. */
#include "test_base_random.h"

#include <locale.h>
#include <wchar.h>

#include "source/source.h"

/* --- the model -------------------------------------------------------------------------------- */

static const size_t limits[] = {0x80, 0x800, 0x10000, 0x110000};

/* RFC 3629: the bits of a code point, six in each byte but the first. */
static size_t
model_encode(uint32_t code_point, unsigned char ret_bytes[4])
{
	static const unsigned char leads[] = {0x00, 0xc0, 0xe0, 0xf0};
	size_t len = 1, i;

	while (code_point >= limits[len - 1])
		len++;
	for (i = len; i-- > 1; code_point >>= 6)
		ret_bytes[i] = (unsigned char)(0x80 + code_point % 64);
	ret_bytes[0] = (unsigned char)(leads[len - 1] + code_point);
	return len;
}

/* The code point whose encoding stands at the front, or UTF8_BAD. */
static uint32_t
model_decode(const unsigned char *bytes, size_t len, size_t *ret_len)
{
	unsigned char written[4];
	uint32_t code_point;
	size_t i;

	for (*ret_len = 1; *ret_len <= 4 && *ret_len <= len; (*ret_len)++) {
		code_point = *ret_len == 1 ? bytes[0] : bytes[0] & (0x7fu >> *ret_len);
		for (i = 1; i < *ret_len; i++)
			code_point = code_point * 64 + bytes[i] % 64;
		if (code_point < 0x110000 && code_point / 0x800 != 0x1b &&
			model_encode(code_point, written) == *ret_len &&
			memcmp(written, bytes, *ret_len) == 0)
			return code_point;
	}
	*ret_len = 1;
	return UTF8_BAD;
}

static void
agrees_with_the_model(const unsigned char *bytes, size_t len)
{
	size_t at = 0, taken;
	uint32_t expected = model_decode(bytes, len, &taken);

	if (utf8_next((Str){(const char *)bytes, len}, &at) != expected || at != taken)
		fail_msg("%02x %02x %02x %02x of %zu", bytes[0], bytes[1], bytes[2], bytes[3], len);
}

/* --- sequences -------------------------------------------------------------------------------- */

static void
every_code_point(void **state)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	unsigned char bytes[4];
	uint32_t code_point;

	(void)state;
	for (code_point = 0; code_point < 0x110000; code_point++) {
		size_t len = model_encode(code_point, bytes), at = 0;
		bool surrogate = code_point >= 0xd800 && code_point < 0xe000;

		buf.len = 0;
		buf_code_point(&buf, code_point);
		assert_int_equal(buf.len, len);
		assert_memory_equal(buf.data, bytes, len);
		assert_int_equal(utf8_next(buf_text(&buf), &at), surrogate ? UTF8_BAD : code_point);
		assert_int_equal(at, surrogate ? 1 : len);
		assert_int_equal(utf8_valid_until(buf_text(&buf)), surrogate ? 0 : len);
	}
	arena_destroy(arena);
}

static void
every_pair_of_bytes(void **state)
{
	unsigned char bytes[4] = {0};
	unsigned pair;

	(void)state;
	for (pair = 0; pair < 0x10000; pair++) {
		bytes[0] = (unsigned char)(pair >> 8);
		bytes[1] = (unsigned char)pair;
		agrees_with_the_model(bytes, 1);
		agrees_with_the_model(bytes, 2);
	}
}

/* Three and four bytes whose first is at least a lead, and whose others are near continuation. */
static void
random_broken_sequences(void **state)
{
	static const unsigned char edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
		0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff};
	Random random = {61};
	unsigned char bytes[4];
	size_t round, i;

	(void)state;
	for (round = 0; round < 500000; round++) {
		for (i = 0; i < 4; i++) {
			if (random_below(&random, 2) == 0)
				bytes[i] = edges[random_below(&random, BASE_COUNT(edges))];
			else
				bytes[i] = (unsigned char)(0x80 + random_below(&random, 0x80));
		}
		agrees_with_the_model(bytes, 3);
		agrees_with_the_model(bytes, 4);
	}
}

/* --- texts ------------------------------------------------------------------------------------ */

/* ASCII in runs of all lengths, so that every way into and out of the fast path is taken. */
static void
texts_are_counted_and_checked(void **state)
{
	static const char *const pieces[] = {"\xc3\xa9", "\xe3\x81\x82", "\xf0\x9f\x98\x80",
		"\xe3\x81", "\xff", "\x80", "\xed\xa0\x80", "plain"};
	Random random = {62};
	Arena *arena = arena_create();
	size_t round;

	(void)state;
	for (round = 0; round < 30000; round++) {
		Buf buf = buf_make(arena);
		size_t parts = random_below(&random, 6), at = 0, count = 0, bad = SIZE_MAX, len;
		Str text;

		for (; parts > 0; parts--) {
			buf_repeat(&buf, 'x', random_below(&random, 20));
			buf_lit(&buf, pieces[random_below(&random, BASE_COUNT(pieces))]);
		}
		text = buf_text(&buf);
		for (; at < text.len; at += len, count++) {
			const unsigned char *bytes = (const unsigned char *)text.ptr + at;

			if (model_decode(bytes, text.len - at, &len) == UTF8_BAD && bad == SIZE_MAX)
				bad = at;
		}
		assert_int_equal(utf8_count(text), count);
		assert_int_equal(utf8_valid_until(text), bad == SIZE_MAX ? text.len : bad);
	}
	arena_destroy(arena);
	assert_int_equal(utf8_count((Str){0}), 0);
	assert_int_equal(utf8_valid_until((Str){0}), 0);
}

/* --- kinds of characters ---------------------------------------------------------------------- */

/* The C library counts two blocks of narrow or ambiguous characters as wide. */
static bool
library_differs(uint32_t code_point)
{
	return (code_point >= 0x3248 && code_point <= 0x324f) ||
	       (code_point >= 0x4dc0 && code_point <= 0x4dff);
}

static void
widths_are_those_of_the_c_library(void **state)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), old;
	uint32_t code_point;
	size_t compared = 0;

	(void)state;
	assert_true(utf8 != (locale_t)0);
	old = uselocale(utf8);
	for (code_point = 0x20; code_point < 0x110000; code_point++) {
		int width = wcwidth((wchar_t)code_point);

		/* -1: a control, or not known to the library. */
		if (width < 0 || library_differs(code_point))
			continue;
		if (utf8_width(code_point) != (unsigned)width)
			fail_msg("U+%04X: %u, the library says %d", code_point,
				utf8_width(code_point), width);
		compared++;
	}
	uselocale(old);
	freelocale(utf8);
	assert_in_range(compared, 200000, 0x110000);
}

static void
widths_that_people_expect(void **state)
{
	(void)state;
	assert_int_equal(utf8_width('a'), 1);
	assert_int_equal(utf8_width(0x3042), 2);  /* あ */
	assert_int_equal(utf8_width(0xff11), 2);  /* full-width 1 */
	assert_int_equal(utf8_width(0xff71), 1);  /* half-width katakana */
	assert_int_equal(utf8_width(0x3099), 0);  /* combining voiced sound mark */
	assert_int_equal(utf8_width(0x0301), 0);  /* combining acute */
	assert_int_equal(utf8_width(0x1f600), 2); /* an emoji */
	assert_int_equal(utf8_width(0x10ffff), 1);
}

static void
characters_that_hide(void **state)
{
	static const uint32_t hidden[] = {0xad, 0x61c, 0x200b, 0x200d, 0x200e, 0x200f, 0x202a,
		0x202e, 0x2060, 0x2066, 0x2069, 0x3164, 0xfeff, 0xffa0, 0xe0041};
	static const uint32_t shown[] = {' ', 'a', 0xa0, 0xac, 0xae, 0x3000, 0x3042, 0xfe0f,
		0xe0100, 0x2028, 0x1f600, 0x10ffff};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(hidden); i++)
		assert_true(utf8_is_invisible(hidden[i]));
	for (i = 0; i < BASE_COUNT(shown); i++)
		assert_false(utf8_is_invisible(shown[i]));
}

static void
controls_and_separators(void **state)
{
	uint32_t code_point;

	(void)state;
	for (code_point = 0; code_point < 0x3000; code_point++) {
		bool control = code_point <= 31 || (code_point >= 127 && code_point <= 159);

		assert_int_equal(utf8_is_control(code_point), control);
		assert_int_equal(utf8_is_line_separator(code_point),
			code_point == 0x2028 || code_point == 0x2029);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(every_pair_of_bytes),
		cmocka_unit_test(random_broken_sequences),
		cmocka_unit_test(texts_are_counted_and_checked),
		cmocka_unit_test(widths_are_those_of_the_c_library),
		cmocka_unit_test(widths_that_people_expect),
		cmocka_unit_test(characters_that_hide),
		cmocka_unit_test(controls_and_separators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
