/* Domain names: ASCII against a regular expression, the rest by example. */
#include "test_net.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

static Arena *arena;

typedef struct Example {
	const char *text;
	NetNameKind kind;
	NetNameError error;
	const char *name; /* where there is one */
} Example;

#define L63  "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabc"
#define HOST NET_NAME_HOST
#define DNS  NET_NAME_DNS

static const Example examples[] = {
	{"contoso.com", HOST, NET_NAME_OK, "contoso.com"},
	{"Mail.CONTOSO.com", HOST, NET_NAME_OK, "mail.contoso.com"},
	{"contoso.com.", HOST, NET_NAME_OK, "contoso.com"},
	{"a-b.c--d.example", HOST, NET_NAME_OK, "a-b.c--d.example"},
	{"3com.example", HOST, NET_NAME_OK, "3com.example"},
	{"1.2.3.4.example", HOST, NET_NAME_OK, "1.2.3.4.example"},
	{"xn--r8jz45g.example", HOST, NET_NAME_OK, "xn--r8jz45g.example"},
	{L63 ".example", HOST, NET_NAME_OK, L63 ".example"},
	{L63 "." L63 "." L63 "."
	     "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija",
		HOST, NET_NAME_OK,
		L63 "." L63 "." L63 "."
		    "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghija"},
	{"", HOST, NET_NAME_EMPTY, NULL},
	{".", HOST, NET_NAME_EMPTY, NULL},
	{"..", HOST, NET_NAME_EMPTY_LABEL, NULL},
	{"a..b", HOST, NET_NAME_EMPTY_LABEL, NULL},
	{".contoso.com", HOST, NET_NAME_EMPTY_LABEL, NULL},
	{"contoso.com..", HOST, NET_NAME_EMPTY_LABEL, NULL},
	{L63 "d.example", HOST, NET_NAME_LABEL_TOO_LONG, NULL},
	{L63 "." L63 "." L63 "."
	     "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijab",
		HOST, NET_NAME_TOO_LONG, NULL},
	{"con toso.com", HOST, NET_NAME_CHARACTER, NULL},
	{" contoso.com", HOST, NET_NAME_CHARACTER, NULL},
	{"contoso.com\n", HOST, NET_NAME_CHARACTER, NULL},
	{"*.contoso.com", HOST, NET_NAME_CHARACTER, NULL},
	{"con_toso.com", HOST, NET_NAME_CHARACTER, NULL},
	{"con_toso.com", DNS, NET_NAME_CHARACTER, NULL},
	{"user@contoso.com", HOST, NET_NAME_CHARACTER, NULL},
	{"contoso.com:25", HOST, NET_NAME_CHARACTER, NULL},
	{"con'toso.com", HOST, NET_NAME_CHARACTER, NULL},
	{"-contoso.com", HOST, NET_NAME_HYPHEN, NULL},
	{"contoso-.com", HOST, NET_NAME_HYPHEN, NULL},
	{"contoso.-", HOST, NET_NAME_HYPHEN, NULL},
	{"_spf.contoso.com", HOST, NET_NAME_CHARACTER, NULL},
	{"_spf.contoso.com", DNS, NET_NAME_OK, "_spf.contoso.com"},
	{"S1._DomainKey.contoso.com", DNS, NET_NAME_OK, "s1._domainkey.contoso.com"},
	{"_.contoso.com", DNS, NET_NAME_CHARACTER, NULL},
	{"__spf.contoso.com", DNS, NET_NAME_CHARACTER, NULL},
	{"_-spf.contoso.com", DNS, NET_NAME_HYPHEN, NULL},
	{"17.100.51.198.in-addr.arpa", DNS, NET_NAME_OK, "17.100.51.198.in-addr.arpa"},
	{"localhost", HOST, NET_NAME_SINGLE_LABEL, "localhost"},
	{"COM.", DNS, NET_NAME_SINGLE_LABEL, "com"},
	{"192.0.2.1", HOST, NET_NAME_ADDRESS, NULL},
	{"192.0.2.1.", HOST, NET_NAME_ADDRESS, NULL},
	{"192.0.2.0/24", HOST, NET_NAME_ADDRESS, NULL},
	{"010.1.1.1", HOST, NET_NAME_ADDRESS, NULL},
	{"10", HOST, NET_NAME_ADDRESS, NULL},
	{"10.1", DNS, NET_NAME_ADDRESS, NULL},
	{"0x0a.0x1", HOST, NET_NAME_ADDRESS, NULL},
	{"contoso.0X7f", HOST, NET_NAME_ADDRESS, NULL},
	{"contoso.0x", HOST, NET_NAME_OK, "contoso.0x"},
	{"contoso.256", HOST, NET_NAME_ADDRESS, NULL},
	{"2001:db8::1", HOST, NET_NAME_ADDRESS, NULL},
	{"::", DNS, NET_NAME_ADDRESS, NULL},
	/* What libidn2 makes of the others, and what it must not get to see. */
	{"例え.example", HOST, NET_NAME_OK, "xn--r8jz45g.example"},
	{"ＣＯＮＴＯＳＯ．ｃｏｍ", HOST, NET_NAME_OK, "contoso.com"},
	{"例え。example。", HOST, NET_NAME_OK, "xn--r8jz45g.example"},
	{"straße.example", HOST, NET_NAME_OK, "xn--strae-oqa.example"},
	{"BÜCHER.example", HOST, NET_NAME_OK, "xn--bcher-kva.example"},
	{"bu\xcc\x88"
	 "cher.example",
		HOST, NET_NAME_OK, "xn--bcher-kva.example"},
	{"例え", HOST, NET_NAME_SINGLE_LABEL, "xn--r8jz45g"},
	{"_spf.例え.example", DNS, NET_NAME_OK, "_spf.xn--r8jz45g.example"},
	{"_spf.例え.example", HOST, NET_NAME_CHARACTER, NULL},
	{"a b.例え.example", HOST, NET_NAME_CHARACTER, NULL},
	{"１９２．０．２．１", HOST, NET_NAME_ADDRESS, NULL},
	{"con\xc2\xad"
	 "toso.com",
		HOST, NET_NAME_CHARACTER, NULL},
	{"con\xe2\x80\x8b"
	 "toso.com",
		HOST, NET_NAME_CHARACTER, NULL},
	{"con\xe2\x80\xae"
	 "toso.com",
		HOST, NET_NAME_CHARACTER, NULL},
	{"例え\n.example", HOST, NET_NAME_CHARACTER, NULL},
	{"😀.example", HOST, NET_NAME_IDNA, NULL},
	{"例え.xn--0.example", HOST, NET_NAME_IDNA, NULL},
	{"\xff.example", HOST, NET_NAME_IDNA, NULL},
};

static void
test_examples(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(examples); i++) {
		Str name = {0};
		NetNameError error =
			net_name_parse(arena, str_from(examples[i].text), examples[i].kind, &name);

		if (error != examples[i].error)
			fail_msg("`%s`: error %d, expected %d", examples[i].text, (int)error,
				(int)examples[i].error);
		if (examples[i].name == NULL)
			assert_null(name.ptr);
		else
			assert_text(name, examples[i].name);
	}
}

/* Longer than any name, in any script: refused before libidn2 works on it. */
static void
test_long(void **state)
{
	Buf buf = buf_make(arena);
	unsigned i;
	Str name;

	(void)state;
	for (i = 0; i < 20000; i++)
		buf_lit(&buf, "例");
	assert_int_equal(
		net_name_parse(arena, buf_text(&buf), NET_NAME_HOST, &name), NET_NAME_TOO_LONG);
	buf = buf_make(arena);
	for (i = 0; i < 62; i++)
		buf_lit(&buf, "例");
	buf_lit(&buf, ".example");
	assert_int_equal(net_name_parse(arena, buf_text(&buf), NET_NAME_HOST, &name),
		NET_NAME_LABEL_TOO_LONG);
	assert_int_equal(net_name_parse(arena, STR("contoso\0.com"), NET_NAME_HOST, &name),
		NET_NAME_CHARACTER);
	assert_int_equal(
		net_name_parse(arena, STR("例え\0.com"), NET_NAME_HOST, &name), NET_NAME_CHARACTER);
}

/* --- generated -------------------------------------------------------------------------------- */

#define LABEL "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

static regex_t host_pattern, dns_pattern, number_pattern;

static bool
matches(const regex_t *pattern, const char *text)
{
	return regexec(pattern, text, 0, NULL, 0) == 0;
}

/* Texts from few characters, so that dots, hyphens and underscores meet in all ways. */
static void
random_text(char text[300])
{
	static const char alphabet[] = "ab1-_.Z0x. /";
	unsigned rare = random_below(4) != 0 ? 6 : sizeof(alphabet) - 1;
	unsigned len = random_below(8) == 0 ? 200 + random_below(99) : random_below(14), i;
	unsigned run = 1 + random_below(3) * 31;

	for (i = 0; i < len; i++) {
		text[i] = alphabet[random_below(rare)];
		if (len >= 200)
			text[i] = (i + 1) % (run + 1) == 0 ? '.' : 'a';
	}
	if (len >= 200 && random_below(4) == 0)
		text[random_below(len)] = '-';
	text[len] = '\0';
}

static void
check_text(const char *text, NetNameKind kind, unsigned counts[2])
{
	Str name = {0}, again;
	NetNameError error = net_name_parse(arena, str_from(text), kind, &name);
	size_t len = strlen(text);
	NetPrefix prefix;
	bool expected = matches(kind == NET_NAME_DNS ? &dns_pattern : &host_pattern, text) &&
			len <= 253u + (len > 0 && text[len - 1] == '.') &&
			!matches(&number_pattern, text) &&
			net_prefix_parse(str_from(text), &prefix) != NET_ADDRESS_OK;

	if ((error == NET_NAME_OK || error == NET_NAME_SINGLE_LABEL) != expected)
		fail_msg("`%s`: error %d, the pattern says %d", text, (int)error, expected);
	counts[expected]++;
	if (!expected)
		return;
	assert_int_equal(error == NET_NAME_SINGLE_LABEL, str_find_char(name, '.', 0) == name.len);
	assert_true(str_equal_nocase(name, str_slice(str_from(text), 0, name.len)));
	assert_true(name.len + 1 >= len);
	assert_int_equal(net_name_parse(arena, name, kind, &again), error);
	assert_true(str_equal(again, name));
}

static void
test_against_the_pattern(void **state)
{
	unsigned counts[2] = {0}, i;
	char text[300];

	(void)state;
	random_state = 31;
	for (i = 0; i < 12000; i++) {
		random_text(text);
		check_text(text, NET_NAME_HOST, counts);
		check_text(text, NET_NAME_DNS, counts);
	}
	assert_true(counts[false] > 3000);
	assert_true(counts[true] > 3000);
}

/* Whatever a name in any script becomes, it is a name that stands by itself. */
static void
test_unicode_results_stand(void **state)
{
	static const char *const pieces[] = {"例", "え", "ü", "ß", "É", "a", "B", "1", "-", "_",
		".", "。", "．", "ａ", "９", " ", "　", "\xe2\x80\x8d", "\xcc\x88", "א", "ا", "७",
		"ǆ", "ﬀ", "Ⅷ", "½", "／", "＿", "xn--", "´", "≠", "⒈"};
	unsigned i, j, good = 0;

	(void)state;
	random_state = 32;
	for (i = 0; i < 10000; i++) {
		Buf buf = buf_make(arena);
		unsigned counts[2] = {0};
		NetNameError error;
		Str name;

		for (j = 1 + random_below(8); j > 0; j--)
			buf_lit(&buf, pieces[random_below(BASE_COUNT(pieces))]);
		error = net_name_parse(arena, buf_text(&buf), NET_NAME_DNS, &name);
		if (error == NET_NAME_OK || error == NET_NAME_SINGLE_LABEL) {
			check_text(str_c(arena, name), NET_NAME_DNS, counts);
			assert_int_equal(counts[true], 1);
			good++;
		}
	}
	assert_in_range(good, 1000, 9000);
}

/* --- the rest --------------------------------------------------------------------------------- */

static void
test_within(void **state)
{
	(void)state;
	assert_true(net_name_is_within(STR("contoso.com"), STR("contoso.com")));
	assert_true(net_name_is_within(STR("a.contoso.com"), STR("contoso.com")));
	assert_true(net_name_is_within(STR("a.b.contoso.com"), STR("contoso.com")));
	assert_false(net_name_is_within(STR("notcontoso.com"), STR("contoso.com")));
	assert_false(net_name_is_within(STR("contoso.com"), STR("a.contoso.com")));
	assert_false(net_name_is_within(STR("contoso.com.example"), STR("contoso.com")));
	assert_false(net_name_is_within(STR("com"), STR("contoso.com")));
}

static void
test_reasons(void **state)
{
	NetNameError a, b;

	(void)state;
	for (a = NET_NAME_OK; a <= NET_NAME_ADDRESS; a++) {
		assert_true(strlen(net_name_reason(a)) > 5);
		for (b = NET_NAME_OK; b < a; b++)
			assert_string_not_equal(net_name_reason(a), net_name_reason(b));
	}
}

static int
set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return regcomp(&host_pattern, "^(" LABEL "\\.)*" LABEL "\\.?$", REG_EXTENDED | REG_ICASE) |
	       regcomp(&dns_pattern, "^(_?" LABEL "\\.)*_?" LABEL "\\.?$",
		       REG_EXTENDED | REG_ICASE) |
	       regcomp(&number_pattern, "(^|\\.)([0-9]+|0x[0-9a-f]+)\\.?$",
		       REG_EXTENDED | REG_ICASE);
}

static int
tear_down(void **state)
{
	(void)state;
	regfree(&host_pattern);
	regfree(&dns_pattern);
	regfree(&number_pattern);
	arena_destroy(arena);
	return 0;
}

/* What people read, and only what leads back to the name. */
static void
test_unicode_forms(void **state)
{
	static const struct {
		const char *name, *unicode;
	} cases[] = {
		{"contoso.com", "contoso.com"},
		{"xn--r8jz45g.example", "例え.example"},
		{"mail.xn--bcher-kva.example", "mail.bücher.example"},
		{"*.xn--r8jz45g.example", "*.例え.example"},
		{"_spf.xn--r8jz45g.example", "_spf.例え.example"},
		{"a-xn--b.example", "a-xn--b.example"},
		{"xn--0.example", "xn--0.example"},               /* no punycode */
		{"xn--contoso-.example", "xn--contoso-.example"}, /* ASCII in disguise */
		{"xn--a.xn--r8jz45g", "xn--a.xn--r8jz45g"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(cases); i++) {
		Str unicode = net_name_unicode(arena, str_from(cases[i].name)), back;

		assert_text(unicode, cases[i].unicode);
		if (str_starts(unicode, STR("*.")))
			unicode = str_slice(unicode, 2, unicode.len);
		if (net_name_parse(arena, unicode, NET_NAME_DNS, &back) == NET_NAME_OK)
			assert_true(str_ends(str_from(cases[i].name), back));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_against_the_pattern),
		cmocka_unit_test(test_unicode_results_stand),
		cmocka_unit_test(test_unicode_forms),
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
