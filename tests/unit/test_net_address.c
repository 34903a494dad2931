/* Addresses as text, by example: the grammar, and what is said about everything else. */
#include "test_net.h"

#include "net/net_int.h"

#include <stdio.h>
#include <stdlib.h>

static Arena *arena;

typedef struct Refused {
	const char *text;
	NetAddressError error;
	const char *reason;
} Refused;

#define FOUR  "an IPv4 address is four numbers with one dot between them"
#define LEN4  "after the slash stands a whole number from 0 to 32, without sign or leading zeros"
#define LEN6  "after the slash stands a whole number from 0 to 128, without sign or leading zeros"
#define MASK  "after the slash stands a mask, not the number of its bits"
#define OCTAL "a number begins with a zero, which some programs read as octal"
#define EIGHT                                                                                      \
	"IPv6 text is eight groups of up to four hexadecimal digits, and one `::` may stand for "  \
	"groups of zeros"
#define PORT   "a port and brackets are no part of an address"
#define ZONE   "a zone (`%...`) means something on one machine only"
#define TAIL   "IPv6 is written without a dotted tail here"
#define RANGES "ranges `a-b` stand in `enhanced_filtering.skip` only"
#define WIDE   "it holds full-width characters"
#define NAME   "it reads as a name; write the address behind it"

static const Refused refused[] = {
	{"", NET_ADDRESS_EMPTY, "it is empty"},
	{"010.1.1.1", NET_ADDRESS_LEADING_ZERO, OCTAL "; write `10.1.1.1`"},
	{"192.0.02.1/24", NET_ADDRESS_LEADING_ZERO, OCTAL "; write `192.0.2.1/24`"},
	{"00.0.0.0", NET_ADDRESS_LEADING_ZERO, OCTAL "; write `0.0.0.0`"},
	{"0300.0.2.1", NET_ADDRESS_LEADING_ZERO, OCTAL},
	{"10", NET_ADDRESS_PARTS, FOUR ", this has 1"},
	{"3221225985", NET_ADDRESS_PARTS, FOUR ", this has 1"},
	{"1.2.3", NET_ADDRESS_PARTS, FOUR ", this has 3"},
	{"1.2.3.4.5", NET_ADDRESS_PARTS, FOUR ", this has 5"},
	{"1..2.3", NET_ADDRESS_PARTS, FOUR},
	{"1.2.3.4.", NET_ADDRESS_PARTS, FOUR},
	{".1.2.3.4", NET_ADDRESS_PARTS, FOUR},
	{"1.2.3./24", NET_ADDRESS_PARTS, FOUR},
	{"...", NET_ADDRESS_PARTS, FOUR},
	{"/24", NET_ADDRESS_PARTS, FOUR},
	{"/", NET_ADDRESS_PARTS, FOUR},
	{"10/8", NET_ADDRESS_PARTS, FOUR ", this has 1; write `10.0.0.0/8`"},
	{"192.0.2/24", NET_ADDRESS_PARTS, FOUR ", this has 3; write `192.0.2.0/24`"},
	{"192.0.2/16", NET_ADDRESS_PARTS, FOUR ", this has 3"},
	{"0x0a.1.1.1", NET_ADDRESS_HEX, "its numbers are hexadecimal; write `10.1.1.1`"},
	{"0xC0.0x00.2.0X01/32", NET_ADDRESS_HEX, "its numbers are hexadecimal; write `192.0.2.1`"},
	{"0xc0000201", NET_ADDRESS_HEX, "its numbers are hexadecimal; write `192.0.2.1`"},
	{"0xc000020100", NET_ADDRESS_HEX, "its numbers are hexadecimal"},
	{"0x100.1.1.1", NET_ADDRESS_HEX, "its numbers are hexadecimal"},
	{"0x0a.1.1", NET_ADDRESS_HEX, "its numbers are hexadecimal"},
	{"256.1.1.1", NET_ADDRESS_NUMBER, "`256` is over 255"},
	{"1.2.3.1000/24", NET_ADDRESS_NUMBER, "`1000` is over 255"},
	{"1.2.3.4294967300", NET_ADDRESS_NUMBER, "`4294967300` is over 255"},
	{"1.2.3.18446744073709551617", NET_ADDRESS_NUMBER, "a number is over 255"},
	{"1.2.3.4/", NET_ADDRESS_LENGTH_MISSING, "nothing follows the slash; write `1.2.3.4`"},
	{"2001:db8::/", NET_ADDRESS_LENGTH_MISSING,
		"nothing follows the slash; write `2001:db8::`"},
	{"1.2.3.4/-1", NET_ADDRESS_LENGTH, LEN4},
	{"1.2.3.4/33", NET_ADDRESS_LENGTH, LEN4},
	{"1.2.3.4/+24", NET_ADDRESS_LENGTH, LEN4},
	{"1.2.3.4/024", NET_ADDRESS_LENGTH, LEN4 "; write `1.2.3.4/24`"},
	{"1.2.3.4/00", NET_ADDRESS_LENGTH, LEN4 "; write `1.2.3.4/0`"},
	{"1.2.3.4/18446744073709551640", NET_ADDRESS_LENGTH, LEN4},
	{"1.2.3.4/0x18", NET_ADDRESS_LENGTH, LEN4},
	{"2001:db8::/129", NET_ADDRESS_LENGTH, LEN6},
	{"2001:db8::a00/0064", NET_ADDRESS_LENGTH, LEN6 "; write `2001:db8::a00/64`"},
	{"1.2.3.4/24/25", NET_ADDRESS_LENGTH_TWICE, "it has more than one slash; write one length"},
	{"1.2.3.4//24", NET_ADDRESS_LENGTH_TWICE, "it has more than one slash; write one length"},
	{"2001:db8::/32/48", NET_ADDRESS_LENGTH_TWICE,
		"it has more than one slash; write one length"},
	{"1.2.3.4/255.255.255.0", NET_ADDRESS_NETMASK, MASK "; write `1.2.3.0/24`"},
	{"1.2.3.4/255.255.255.255", NET_ADDRESS_NETMASK, MASK "; write `1.2.3.4`"},
	{"1.2.3.4/128.0.0.0", NET_ADDRESS_NETMASK, MASK "; write `0.0.0.0/1`"},
	{"1.2.3.4/0.0.0.0", NET_ADDRESS_NETMASK, MASK},
	{"1.2.3.4/0.0.0.255", NET_ADDRESS_NETMASK, MASK},
	{"1.2.3.4/255.0.255.0", NET_ADDRESS_NETMASK, MASK},
	{"2001:db8::/ffff:ffff::", NET_ADDRESS_NETMASK, MASK},
	{"4.3.2.1.in-addr.arpa", NET_ADDRESS_REVERSE,
		"it is a name of reverse DNS; write `1.2.3.4`"},
	{"2.0.192.IN-ADDR.ARPA.", NET_ADDRESS_REVERSE,
		"it is a name of reverse DNS; write `192.0.2.0/24`"},
	{"0/25.2.0.192.in-addr.arpa", NET_ADDRESS_REVERSE, "it is a name of reverse DNS"},
	{"5.4.3.2.1.in-addr.arpa", NET_ADDRESS_REVERSE, "it is a name of reverse DNS"},
	{"1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		NET_ADDRESS_REVERSE, "it is a name of reverse DNS; write `2001:db8::1`"},
	{"8.b.d.0.1.0.0.2.ip6.arpa", NET_ADDRESS_REVERSE,
		"it is a name of reverse DNS; write `2001:db8::/32`"},
	{".in-addr.arpa", NET_ADDRESS_REVERSE, "it is a name of reverse DNS"},
	{"198.51.100.0-198.51.100.255", NET_ADDRESS_RANGE, RANGES "; write `198.51.100.0/24`"},
	{"198.51.100.3-198.51.100.8", NET_ADDRESS_RANGE,
		RANGES "; write `198.51.100.3`, `198.51.100.4/30`, `198.51.100.8`"},
	{"198.51.100.1-198.51.100.254", NET_ADDRESS_RANGE,
		RANGES "; write the networks that it is made of"},
	{"198.51.100.1-9", NET_ADDRESS_RANGE, RANGES "; write the networks that it is made of"},
	{"198.51.100.9-198.51.100.1", NET_ADDRESS_RANGE,
		RANGES "; write the networks that it is made of"},
	{"2001:db8::-2001:db8::ffff", NET_ADDRESS_RANGE, RANGES "; write `2001:db8::/112`"},
	{"::ffff:1.2.3.4", NET_ADDRESS_MAPPED, "it is IPv4 written as IPv6; write `1.2.3.4`"},
	{"0:0:0:0:0:FFFF:1.2.3.4/120", NET_ADDRESS_MAPPED,
		"it is IPv4 written as IPv6; write `1.2.3.4/24`"},
	{"::ffff:1.2.3.4/24", NET_ADDRESS_MAPPED,
		"it is IPv4 written as IPv6; write `::ffff:102:304/24`"},
	{"64:ff9b::1.2.3.4", NET_ADDRESS_DOTTED_TAIL, TAIL "; write `64:ff9b::102:304`"},
	{"::1.2.3.4", NET_ADDRESS_DOTTED_TAIL, TAIL "; write `::102:304`"},
	{"64:ff9b::192.0.2.33/128", NET_ADDRESS_DOTTED_TAIL, TAIL "; write `64:ff9b::c000:221`"},
	{"64:ff9b::192.0.2", NET_ADDRESS_DOTTED_TAIL, TAIL},
	{"::ffff:999.1.2.3", NET_ADDRESS_DOTTED_TAIL, TAIL},
	{"fe80::1%eth0", NET_ADDRESS_ZONE, ZONE "; write `fe80::1`"},
	{"fe80::1%2/64", NET_ADDRESS_ZONE, ZONE "; write `fe80::1/64`"},
	{"fe80::1%", NET_ADDRESS_ZONE, ZONE "; write `fe80::1`"},
	{"1:2:3", NET_ADDRESS_IP6, EIGHT},
	{"1:2:3:4:5:6:7:8:9", NET_ADDRESS_IP6, EIGHT},
	{"1:2:3:4:5:6:7:8::", NET_ADDRESS_IP6, EIGHT},
	{"::1:2:3:4:5:6:7:8", NET_ADDRESS_IP6, EIGHT},
	{"12345::", NET_ADDRESS_IP6, EIGHT},
	{":", NET_ADDRESS_IP6, EIGHT},
	{":::", NET_ADDRESS_IP6, EIGHT},
	{":1::", NET_ADDRESS_IP6, EIGHT},
	{"1::2::3", NET_ADDRESS_IP6, EIGHT},
	{"1:2:3:4:5:6:7:", NET_ADDRESS_IP6, EIGHT},
	{"00:11:22:33:44:55", NET_ADDRESS_IP6, EIGHT},
	{"1.2.3.4:25", NET_ADDRESS_PORT, PORT "; write `1.2.3.4`"},
	{"[2001:db8::1]:25", NET_ADDRESS_PORT, PORT "; write `2001:db8::1`"},
	{"[2001:db8::1]", NET_ADDRESS_PORT, PORT "; write `2001:db8::1`"},
	{"[192.0.2.1]", NET_ADDRESS_PORT, PORT "; write `192.0.2.1`"},
	{"[::ffff:192.0.2.1]", NET_ADDRESS_PORT, PORT},
	{" 192.0.2.1", NET_ADDRESS_BLANK, "it holds blanks; write `192.0.2.1`"},
	{"192.0.2.1\n", NET_ADDRESS_BLANK, "it holds blanks; write `192.0.2.1`"},
	{"192.0.2.0 / 24", NET_ADDRESS_BLANK, "it holds blanks; write `192.0.2.0/24`"},
	{"192.0.2.1\xc2\xa0", NET_ADDRESS_BLANK, "it holds blanks; write `192.0.2.1`"},
	{"192.0.2.1 5", NET_ADDRESS_BLANK, "it holds blanks"},
	{"2001:db8::1 a", NET_ADDRESS_BLANK, "it holds blanks"},
	{" ", NET_ADDRESS_BLANK, "it holds blanks"},
	{"192.0.2.1\xe2\x80\x8b", NET_ADDRESS_INVISIBLE,
		"it holds invisible characters; write `192.0.2.1`"},
	{"\xef\xbb\xbf"
	 "192.0.2.1",
		NET_ADDRESS_INVISIBLE, "it holds invisible characters; write `192.0.2.1`"},
	{"２０３．０．１１３．１０", NET_ADDRESS_FULL_WIDTH, WIDE "; write `203.0.113.10`"},
	{"２０３．０．１１３．０／２４", NET_ADDRESS_FULL_WIDTH, WIDE "; write `203.0.113.0/24`"},
	{"２００１：ｄｂ８：：１", NET_ADDRESS_FULL_WIDTH, WIDE "; write `2001:db8::1`"},
	{"203。0。113。10", NET_ADDRESS_FULL_WIDTH, WIDE "; write `203.0.113.10`"},
	{"203.0.113.10　", NET_ADDRESS_FULL_WIDTH, WIDE "; write `203.0.113.10`"},
	{"２０３．０．１１３", NET_ADDRESS_FULL_WIDTH,
		WIDE "; in half-width it is `203.0.113`, and that is no address either: " FOUR
		     ", this has 3"},
	{"０１０．１．１．１", NET_ADDRESS_FULL_WIDTH,
		WIDE "; in half-width it is `010.1.1.1`, and that is no address either: " OCTAL
		     "; write `10.1.1.1`"},
	{"192.0.2.1,192.0.2.2", NET_ADDRESS_CHARACTER,
		"it holds more than one; write several as a list"},
	{"192.0.2.1; 192.0.2.2", NET_ADDRESS_CHARACTER,
		"it holds more than one; write several as a list"},
	{"mail.contoso.com", NET_ADDRESS_CHARACTER, NAME},
	{"localhost", NET_ADDRESS_CHARACTER, NAME},
	{"cafe", NET_ADDRESS_CHARACTER, NAME},
	{"192.0.2.*", NET_ADDRESS_CHARACTER, "`*` cannot stand in an address"},
	{"-1.2.3.4", NET_ADDRESS_CHARACTER, "`-` cannot stand in an address"},
	{"192.0.2.1-", NET_ADDRESS_CHARACTER, "`-` cannot stand in an address"},
	{"192.0.2-192.0.3", NET_ADDRESS_CHARACTER, "`-` cannot stand in an address"},
	{"https://192.0.2.1/", NET_ADDRESS_CHARACTER, "`h` cannot stand in an address"},
	{"2001:db8::g", NET_ADDRESS_CHARACTER, "`g` cannot stand in an address"},
	{"`192.0.2.1`", NET_ADDRESS_CHARACTER, "a back-quote cannot stand in an address"},
	{"192.0.2.1\x7f", NET_ADDRESS_CHARACTER, "U+007F cannot stand in an address"},
	{"\x1b[31m192.0.2.1", NET_ADDRESS_CHARACTER, "U+001B cannot stand in an address"},
	{"٢٠٣.0.113.10", NET_ADDRESS_CHARACTER, "U+0662 cannot stand in an address"},
	{"192.0.2.1\xff", NET_ADDRESS_CHARACTER, "it is not valid UTF-8"},
};

static void
test_refused(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(refused); i++) {
		Str text = str_from(refused[i].text);
		NetPrefix prefix = {7, 7, 7, 7};
		NetAddressError error = net_prefix_parse(text, &prefix);

		if (error != refused[i].error)
			fail_msg("`%s`: error %d, expected %d", refused[i].text, (int)error,
				(int)refused[i].error);
		assert_text(net_address_reason(arena, error, text), refused[i].reason);
		assert_int_equal(prefix.hi, 7);
		assert_int_equal(prefix.len, 7);
	}
}

/* A NUL ends no text. */
static void
test_nul(void **state)
{
	NetPrefix prefix;
	Str text = STR("192.0.2.1\0");

	(void)state;
	assert_int_equal(net_prefix_parse(text, &prefix), NET_ADDRESS_CHARACTER);
	assert_text(net_address_reason(arena, NET_ADDRESS_CHARACTER, text),
		"U+0000 cannot stand in an address");
}

/* Every error has its own place in the table above, or needs a range. */
static void
test_every_error_has_an_example(void **state)
{
	bool seen[NET_ADDRESS_CHARACTER + 1] = {0};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(refused); i++)
		seen[refused[i].error] = true;
	for (i = NET_ADDRESS_OK + 1; i <= NET_ADDRESS_CHARACTER; i++) {
		if (i < NET_ADDRESS_RANGE_LENGTH || i > NET_ADDRESS_RANGE_ORDER)
			assert_true(seen[i]);
	}
}

static const char *const accepted[][2] = {
	{"0.0.0.0", "0.0.0.0"},
	{"255.255.255.255", "255.255.255.255"},
	{"198.51.100.10/32", "198.51.100.10"},
	{"198.51.100.17/28", "198.51.100.17/28"},
	{"0.0.0.0/0", "0.0.0.0/0"},
	{"::", "::"},
	{"::/0", "::/0"},
	{"::1/128", "::1"},
	{"2001:DB8::1", "2001:db8::1"},
	{"2001:0db8:0000:0000:0000:0000:0000:0001/64", "2001:db8::1/64"},
	{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
	{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
	{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
	{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
	{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
	{"1:0:0:4:5:6:7:8", "1::4:5:6:7:8"},
	{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
	{"::ffff:c000:201", "::ffff:c000:201"},
	{"::ffff:0:0/96", "::ffff:0:0/96"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127"},
};

static void
test_accepted(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(accepted); i++)
		assert_text(net_prefix_text(arena, prefix_of_text(accepted[i][0])), accepted[i][1]);
}

/* --- ranges ----------------------------------------------------------------------------------- */

static void
check_range(const char *text, const char *first, const char *last)
{
	NetRange range;

	assert_int_equal(net_range_parse(str_from(text), &range), NET_ADDRESS_OK);
	assert_bits_equal(range.first, bits_of_text(first));
	assert_bits_equal(range.last, bits_of_text(last));
	assert_int_equal(range.family, strchr(first, ':') == NULL ? NET_IP4 : NET_IP6);
}

static void
check_bad_range(const char *text, NetAddressError error, const char *reason)
{
	NetRange range;

	assert_int_equal(net_range_parse(str_from(text), &range), error);
	assert_text(net_address_reason(arena, error, str_from(text)), reason);
}

static void
test_ranges(void **state)
{
	(void)state;
	check_range("198.51.100.3-198.51.100.8", "198.51.100.3", "198.51.100.8");
	check_range("198.51.100.3-198.51.100.3", "198.51.100.3", "198.51.100.3");
	check_range("0.0.0.0-255.255.255.255", "0.0.0.0", "255.255.255.255");
	check_range("2001:db8::-2001:db8::9", "2001:db8::", "2001:db8::9");
	check_range("198.51.100.17/28", "198.51.100.16", "198.51.100.31");
	check_range("198.51.100.17", "198.51.100.17", "198.51.100.17");
	check_bad_range("198.51.100.8-198.51.100.3", NET_ADDRESS_RANGE_ORDER,
		"the range ends before it begins");
	check_bad_range("198.51.100.8-2001:db8::1", NET_ADDRESS_RANGE_FAMILY,
		"a range cannot lead from IPv4 to IPv6 or back");
	check_bad_range("198.51.100.0/24-198.51.101.0", NET_ADDRESS_RANGE_LENGTH,
		"a range goes from one address to another, without `/N`");
	check_bad_range("198.51.100.0-198.51.101.0/32", NET_ADDRESS_RANGE_LENGTH,
		"a range goes from one address to another, without `/N`");
	check_bad_range("198.51.100.8-198.51.100", NET_ADDRESS_PARTS, FOUR ", this has 3");
	check_bad_range("198.51.100.8-198.51.100.300", NET_ADDRESS_NUMBER, "`300` is over 255");
	check_bad_range("198.51.100.8 - 198.51.100.9", NET_ADDRESS_BLANK, "it holds blanks");
	check_bad_range("198.51.100", NET_ADDRESS_PARTS, FOUR ", this has 3");
}

/* --- libcidr ---------------------------------------------------------------------------------- */

static jmp_buf panicked;
static char panic_text[200];

static void
catch_panic(const char *sentence)
{
	snprintf(panic_text, sizeof(panic_text), "%s", sentence);
	longjmp(panicked, 1);
}

/* The comparison can fail: it is not there for show. */
static void
test_libcidr_is_heard(void **state)
{
	static const char *const wrong[][2] = {{"192.0.2.1", "192.0.2.2"},
		{"192.0.2.0/24", "192.0.2.0/25"}, {"2001:db8::1", "2001:db8::2"},
		{"::ffff:c000:201", "192.0.2.1"}, {"10", "0.0.0.11"}};
	volatile unsigned caught = 0;
	volatile size_t i;

	(void)state;
	panic_set_handler(catch_panic);
	for (i = 0; i < BASE_COUNT(wrong); i++) {
		if (setjmp(panicked) == 0)
			net_cidr_compare(str_from(wrong[i][0]), prefix_of_text(wrong[i][1]));
		else
			caught++;
	}
	panic_set_handler(NULL);
	assert_int_equal(caught, BASE_COUNT(wrong));
	assert_string_equal(panic_text, "libcidr and the grammar of addresses disagree about `10`");
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
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_every_error_has_an_example),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_libcidr_is_heard),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
