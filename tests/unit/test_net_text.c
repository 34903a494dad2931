/*
 * Addresses as text, generated: the C library is the second opinion on what is one, what it is and
 * how it is printed.
 */
#include "test_net.h"

#include <stdio.h>
#include <stdlib.h>

static Arena *arena;

/* Long loops give their memory back now and then. */
static void
renew_arena(size_t round)
{
	if (round % 1000 != 0)
		return;
	arena_destroy(arena);
	arena = arena_create();
}

/* --- generated -------------------------------------------------------------------------------- */

/* The grammar once more, from the C library: inet_pton() and a length, and no dots in IPv6. */
static bool
oracle_accepts(const char *text, size_t len, NetPrefix *ret_prefix)
{
	char address[80];
	const char *slash = memchr(text, '/', len);
	size_t address_len = slash == NULL ? len : (size_t)(slash - text), i;
	bool ip6 = memchr(text, ':', len) != NULL;
	unsigned all = ip6 ? 128 : 32, value = 0;
	unsigned char octets[16];

	if (address_len >= sizeof(address) || memchr(text, 0, len) != NULL ||
		(ip6 && memchr(text, '.', len) != NULL))
		return false;
	memcpy(address, text, address_len);
	address[address_len] = '\0';
	if (inet_pton(ip6 ? AF_INET6 : AF_INET, address, octets) != 1)
		return false;
	if (slash == NULL)
		value = all;
	for (i = address_len + 1; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || i > address_len + 3 ||
			(text[i] == '0' && i == address_len + 1 && i + 1 < len))
			return false;
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	if (address_len + 1 == len || value > all)
		return false;
	*ret_prefix = net_prefix_of(ip6 ? NET_IP6 : NET_IP4, bits_of_text(address), value);
	return true;
}

/* What `; write ...` names must be addresses; nothing in a reason may break a line or a terminal.
 */
static void
check_reason(Str text, NetAddressError error)
{
	Str reason = net_address_reason(arena, error, text);
	size_t at = 0, advice = str_find(reason, STR("; write `"));
	NetPrefix prefix;

	assert_true(reason.len > 5 && reason.len < 400);
	while (at < reason.len) {
		uint32_t code_point = utf8_next(reason, &at);

		assert_true(code_point >= 0x20 && code_point < 0x7f);
	}
	for (at = advice; at < reason.len;) {
		size_t start = str_find_char(reason, '`', at) + 1;
		size_t end = str_find_char(reason, '`', start);

		assert_true(start <= end && end < reason.len);
		assert_int_equal(
			net_prefix_parse(str_slice(reason, start, end), &prefix), NET_ADDRESS_OK);
		at = end + 1;
	}
}

/* Accepted exactly where the oracle accepts, with the same value and a canonical text. */
static void
check_text(Str text)
{
	NetPrefix prefix, expected, again;
	bool accepts = oracle_accepts(text.ptr, text.len, &expected);
	NetAddressError error = net_prefix_parse(text, &prefix);
	NetAddressError range_error;
	NetRange range;
	Str printed;

	range_error = net_range_parse(text, &range);
	if (range_error != NET_ADDRESS_OK)
		check_reason(text, range_error);
	if ((error == NET_ADDRESS_OK) != accepts)
		fail_msg("`" STR_FMT "`: error %d, the oracle says %d", STR_ARG(text), (int)error,
			accepts);
	if (!accepts) {
		check_reason(text, error);
		return;
	}
	assert_int_equal(net_prefix_compare(prefix, expected), 0);
	printed = net_prefix_text(arena, prefix);
	assert_int_equal(net_prefix_parse(printed, &again), NET_ADDRESS_OK);
	assert_int_equal(net_prefix_compare(again, prefix), 0);
	/* IPv4 has one text, but for the length of a single address. */
	if (prefix.family == NET_IP4)
		assert_true(str_equal(printed, text) ||
			    (str_starts(text, printed) && str_ends(text, STR("/32"))));
}

static const char *const splinters[] = {"0", "1", "9", "255", "256", ".", "..", ":", "::", "/",
	"/24", "-", "a", "F", "x", "0x", "g", "%", "%eth0", " ", "\t", "\n", "１", "．", "：", "／",
	"　", "\xe2\x80\x8b", "\xc2\xa0", "\xff", "é", ",", "`", "[", "]", "+", "ffff:", "1.2.3.4",
	"-192.0.2.9", ".in-addr.arpa", ".ip6.arpa", "\x1b", "\x7f", "::ffff:", "_", "0000"};

/* Inserts, deletes, replaces or doubles at a random place. */
static size_t
mutate(char *text, size_t len)
{
	const char *splinter = splinters[random_below(BASE_COUNT(splinters))];
	size_t at = random_below((unsigned)len + 1), cut = random_below(4), add = strlen(splinter);
	char part[8];

	if (cut > len - at)
		cut = len - at;
	memcpy(part, text + at, cut);
	if (random_below(4) == 0) {
		splinter = part;
		add = cut;
		cut = 0;
	} else if (random_below(2) == 0) {
		cut = 0;
	} else if (random_below(2) == 0) {
		add = 0;
	}
	memmove(text + at + add, text + at + cut, len - at - cut);
	memcpy(text + at, splinter, add);
	return len + add - cut;
}

static void
test_mutations(void **state)
{
	char text[256];
	unsigned i, steps;
	size_t len, kept = 0;
	NetPrefix prefix;

	(void)state;
	random_state = 101;
	for (i = 0; i < 60000; i++) {
		Str start;

		renew_arena(i);
		start = net_prefix_text(arena, random_prefix());
		memcpy(text, start.ptr, start.len);
		len = start.len;
		for (steps = 1 + random_below(3); steps > 0; steps--)
			len = mutate(text, len);
		check_text((Str){text, len});
		kept += net_prefix_parse((Str){text, len}, &prefix) == NET_ADDRESS_OK;
	}
	/* Both sides of the border were visited. */
	assert_in_range(kept, 3000, 57000);
}

/* Every text of up to six characters from a small alphabet. */
static void
test_short_texts(void **state)
{
	static const char alphabet[] = "01:./";
	char text[6];
	size_t len, i, count, number;

	(void)state;
	for (len = 1, count = 5; len <= sizeof(text); len++, count *= 5) {
		for (number = 0; number < count; number++) {
			size_t rest = number;

			renew_arena(number);
			for (i = 0; i < len; i++, rest /= 5)
				text[i] = alphabet[rest % 5];
			check_text((Str){text, len});
		}
	}
}

static void
test_round_trip(void **state)
{
	unsigned i;

	(void)state;
	random_state = 7;
	for (i = 0; i < 100000; i++) {
		NetPrefix prefix = random_prefix(), again = {0};
		Str text;

		renew_arena(i);
		text = net_prefix_text(arena, prefix);
		assert_int_equal(net_prefix_parse(text, &again), NET_ADDRESS_OK);
		assert_int_equal(net_prefix_compare(again, prefix), 0);
	}
}

/* Against inet_ntop(), where that does not choose a dotted tail. */
static void
test_print_like_the_c_library(void **state)
{
	unsigned i, j, compared = 0;

	(void)state;
	random_state = 8;
	for (i = 0; i < 100000; i++) {
		NetBits bits = random_address(NET_IP6);
		unsigned char octets[16];
		char expected[INET6_ADDRSTRLEN];

		renew_arena(i);
		for (j = 0; j < 16; j++)
			octets[j] = (unsigned char)(bits >> (8 * (15 - j)));
		assert_non_null(inet_ntop(AF_INET6, octets, expected, sizeof(expected)));
		if (strchr(expected, '.') == NULL) {
			compared++;
			assert_text(net_prefix_text(arena, net_prefix_of(NET_IP6, bits, 128)),
				expected);
		}
	}
	assert_true(compared > 90000);
}

static size_t
write_group(char *text, size_t size, unsigned group)
{
	switch (random_below(4)) {
	case 0: return (size_t)snprintf(text, size, "%X", group);
	case 1: return (size_t)snprintf(text, size, "%04x", group);
	case 2: return (size_t)snprintf(text, size, "%03X", group);
	}
	return (size_t)snprintf(text, size, "%x", group);
}

/* One address with leading zeros, capitals, any run of zeros as the gap, perhaps a dotted tail. */
static void
write_somehow(char *text, size_t size, NetBits bits)
{
	unsigned groups[8], i, gap = 8, gap_end = 8;
	bool dotted = random_below(3) == 0;
	size_t at = 0;

	for (i = 0; i < 8; i++)
		groups[i] = (unsigned)(bits >> (16 * (7 - i))) & 0xffff;
	for (i = random_below(8); i < 8 && groups[i] == 0; i++) {
		gap = gap == 8 ? i : gap;
		gap_end = i;
	}
	for (i = 0; i < (dotted ? 6 : 8); i++) {
		if (i == gap)
			at += (size_t)snprintf(text + at, size - at, "::");
		if (i >= gap && i <= gap_end)
			continue;
		if (i > 0 && i != gap_end + 1)
			at += (size_t)snprintf(text + at, size - at, ":");
		at += write_group(text + at, size - at, groups[i]);
	}
	if (dotted)
		snprintf(text + at, size - at, "%s%u.%u.%u.%u",
			at > 0 && text[at - 1] == ':' ? "" : ":", groups[6] >> 8, groups[6] & 255,
			groups[7] >> 8, groups[7] & 255);
}

/* All of RFC 4291 for DNS; without the dotted tail for specs. */
static void
test_rfc4291(void **state)
{
	char text[64];
	unsigned i, dotted = 0;
	NetPrefix address, prefix;
	unsigned char octets[16];

	(void)state;
	random_state = 9;
	for (i = 0; i < 50000; i++) {
		write_somehow(text, sizeof(text), random_address(NET_IP6));
		if (inet_pton(AF_INET6, text, octets) != 1) {
			assert_false(net_address_parse_rfc4291(str_from(text), &address));
			continue;
		}
		assert_true(net_address_parse_rfc4291(str_from(text), &address));
		assert_int_equal(address.family, NET_IP6);
		assert_int_equal(address.len, 128);
		assert_bits_equal(net_prefix_bits(address), bits_of_text(text));
		dotted += strchr(text, '.') != NULL;
		assert_int_equal(net_prefix_parse(str_from(text), &prefix) == NET_ADDRESS_OK,
			strchr(text, '.') == NULL);
	}
	assert_true(dotted > 10000);
	assert_true(net_address_parse_rfc4291(STR("192.0.2.1"), &address));
	assert_int_equal(address.family, NET_IP4);
	assert_false(net_address_parse_rfc4291(STR("192.0.2.1/32"), &address));
	assert_false(net_address_parse_rfc4291(STR("fe80::1%1"), &address));
	assert_false(net_address_parse_rfc4291(STR("::01.2.3.4"), &address));
	assert_false(net_address_parse_rfc4291(STR("1:2:3:4:5:6:7:1.2.3.4"), &address));
	assert_true(net_address_parse_rfc4291(STR("1:2:3:4:5:6:1.2.3.4"), &address));
	assert_false(net_address_parse_rfc4291(STR(""), &address));
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
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_short_texts),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_print_like_the_c_library),
		cmocka_unit_test(test_rfc4291),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
