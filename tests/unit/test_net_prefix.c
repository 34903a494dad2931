/* Prefixes as numbers: order, containment, splitting, reverse names, decimal text. */
#include "test_net.h"

#include <stdio.h>
#include <stdlib.h>

static Arena *arena;

static void
test_parts(void **state)
{
	NetPrefix prefix = prefix_of_text("198.51.100.17/28");

	(void)state;
	assert_int_equal(prefix.family, NET_IP4);
	assert_int_equal(prefix.len, 28);
	assert_true(net_prefix_has_host_bits(prefix));
	assert_false(net_prefix_is_single(prefix));
	assert_text(net_prefix_text(arena, net_prefix_network(prefix)), "198.51.100.16/28");
	assert_text(net_prefix_text(arena, net_prefix_address(prefix)), "198.51.100.17");
	assert_bits_equal(net_prefix_first(prefix), bits_of_text("198.51.100.16"));
	assert_bits_equal(net_prefix_last(prefix), bits_of_text("198.51.100.31"));
	assert_true(net_prefix_is_single(prefix_of_text("2001:db8::1")));
	assert_false(net_prefix_has_host_bits(prefix_of_text("2001:db8::1")));
	assert_true(net_prefix_has_host_bits(prefix_of_text("0.0.0.1/0")));
	assert_bits_equal(net_prefix_last(prefix_of_text("::/0")), ~(NetBits)0);
	assert_bits_equal(net_prefix_last(prefix_of_text("0.0.0.0/0")), UINT32_MAX);
}

/* Containment and overlap are those of the ranges; the order is total. */
static void
test_pairs(void **state)
{
	unsigned i, contained = 0;

	(void)state;
	random_state = 21;
	for (i = 0; i < 50000; i++) {
		NetPrefix a = random_prefix(), b = random_prefix();
		bool same = a.family == b.family;
		NetBits a1, a2, b1, b2;

		if (random_below(2) == 0)
			b = net_prefix_of(a.family, net_prefix_bits(a) ^ random_below(16),
				random_below(net_family_bits(a.family) + 1));
		same = a.family == b.family;
		a1 = net_prefix_first(a);
		a2 = net_prefix_last(a);
		b1 = net_prefix_first(b);
		b2 = net_prefix_last(b);
		assert_int_equal(net_prefix_contains(a, b), same && a1 <= b1 && b2 <= a2);
		assert_int_equal(net_prefix_overlaps(a, b), same && a1 <= b2 && b1 <= a2);
		assert_int_equal(net_prefix_compare(a, b), -net_prefix_compare(b, a));
		assert_int_equal(net_prefix_compare(a, b) == 0,
			same && a.len == b.len && net_prefix_bits(a) == net_prefix_bits(b));
		contained += net_prefix_contains(a, b);
	}
	assert_true(contained > 1000);
}

static void
test_sort(void **state)
{
	static const char *const sorted[] = {"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.0",
		"10.0.0.1/8", "255.255.255.255", "::/0", "::", "::1", "2001:db8::/32",
		"2001:db8::/33", "8000::", "ffff::"};
	NetPrefixVec prefixes = {0};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(sorted); i++)
		VEC_PUSH(arena, &prefixes, prefix_of_text(sorted[i * 5 % BASE_COUNT(sorted)]));
	net_prefixes_sort(&prefixes);
	for (i = 0; i < BASE_COUNT(sorted); i++)
		assert_int_equal(
			net_prefix_compare(prefixes.items[i], prefix_of_text(sorted[i])), 0);
	for (i = 1; i < BASE_COUNT(sorted); i++)
		assert_true(net_prefix_compare(prefixes.items[i - 1], prefixes.items[i]) < 0);
}

/* --- splitting -------------------------------------------------------------------------------- */

/* The pieces, one after the other, are the network. */
static void
check_split(const char *text, unsigned len, uint64_t count)
{
	NetPrefix prefix = prefix_of_text(text);
	NetPrefixVec pieces = {0};
	NetBits next = net_prefix_first(prefix);
	size_t i;

	assert_int_equal(net_split_count(prefix, len), count);
	net_split(arena, prefix, len, &pieces);
	assert_int_equal(pieces.len, count);
	for (i = 0; i < pieces.len; i++) {
		assert_bits_equal(net_prefix_bits(pieces.items[i]), next);
		assert_int_equal(pieces.items[i].len, len > prefix.len ? len : prefix.len);
		assert_int_equal(pieces.items[i].family, prefix.family);
		next = net_prefix_last(pieces.items[i]) + 1;
	}
	assert_bits_equal(next, net_prefix_last(prefix) + 1);
}

static void
test_split(void **state)
{
	NetPrefixVec pieces = {0};

	(void)state;
	check_split("198.51.100.0/24", 24, 1);
	check_split("198.51.100.17/28", 24, 1);
	check_split("198.51.100.17", 24, 1);
	check_split("198.18.0.0/15", 24, 512);
	check_split("198.19.77.1/19", 24, 32);
	check_split("0.0.0.0/0", 0, 1);
	check_split("0.0.0.0/0", 12, 4096);
	check_split("255.255.0.0/16", 32, 65536);
	check_split("::/0", 0, 1);
	check_split("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120", 128, 256);
	check_split("2001:db8::/32", 44, 4096);
	assert_int_equal(net_split_count(prefix_of_text("0.0.0.0/0"), 24), NET_SPLIT_MAX);
	assert_int_equal(net_split_count(prefix_of_text("::/0"), 63), (uint64_t)1 << 63);
	assert_int_equal(net_split_count(prefix_of_text("::/0"), 64), UINT64_MAX);
	assert_int_equal(net_split_count(prefix_of_text("::/0"), 128), UINT64_MAX);
	/* Appends. */
	net_split(arena, prefix_of_text("198.51.100.0/23"), 24, &pieces);
	net_split(arena, prefix_of_text("203.0.113.7"), 24, &pieces);
	assert_int_equal(pieces.len, 3);
	assert_text(net_prefix_text(arena, pieces.items[2]), "203.0.113.7");
}

static jmp_buf panicked;

static void
catch_panic(const char *sentence)
{
	(void)sentence;
	longjmp(panicked, 1);
}

/* Whoever would split without counting first is stopped, not the machine's memory. */
static void
test_split_has_a_limit(void **state)
{
	volatile bool caught = false;

	(void)state;
	panic_set_handler(catch_panic);
	if (setjmp(panicked) == 0) {
		NetPrefixVec pieces = {0};

		net_split(arena, prefix_of_text("::/0"), 64, &pieces);
	} else {
		caught = true;
	}
	panic_set_handler(NULL);
	assert_true(caught);
}

/* --- text of numbers -------------------------------------------------------------------------- */

static void
test_reverse_names(void **state)
{
	unsigned i;

	(void)state;
	assert_text(net_reverse_name(arena, prefix_of_text("198.51.100.17")),
		"17.100.51.198.in-addr.arpa");
	assert_text(net_reverse_name(arena, prefix_of_text("2001:db8::567:89ab")),
		"b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
	/* The grammar, which refuses reverse names, reads out of them what they were made from. */
	random_state = 23;
	for (i = 0; i < 5000; i++) {
		NetPrefix address = net_prefix_address(random_prefix()), prefix;
		Str name = net_reverse_name(arena, address), reason;

		assert_int_equal(net_prefix_parse(name, &prefix), NET_ADDRESS_REVERSE);
		reason = net_address_reason(arena, NET_ADDRESS_REVERSE, name);
		assert_true(str_ends(reason, str_format(arena, "; write `" STR_FMT "`",
						     STR_ARG(net_prefix_text(arena, address)))));
	}
}

/* How many of the names are met by the name of an address, as a server of DNS meets them. */
static size_t
names_met(const StrVec *names, NetPrefix address)
{
	Str name = net_reverse_name(arena, address);
	size_t met = 0, i;

	for (i = 0; i < names->len; i++) {
		Str one = names->items[i];

		if (str_starts(one, STR("*.")))
			met += str_ends(name, str_slice(one, 1, one.len));
		else
			met += str_equal(name, one);
	}
	return met;
}

static size_t
names_of(const StrVec *names, NetPrefix prefix, NetBits bits)
{
	NetFamily family = (NetFamily)prefix.family;

	return names_met(names, net_prefix_of(family, bits, net_family_bits(family)));
}

static void
check_reverse_names(NetFamily family, unsigned len)
{
	NetPrefix prefix = net_prefix_of(family, random_address(family), len);
	NetBits first = net_prefix_first(prefix), last = net_prefix_last(prefix);
	NetBits all = net_prefix_last(net_prefix_of(family, 0, 0));
	StrVec names = {0};
	unsigned i;

	net_reverse_names(arena, prefix, &names);
	assert_in_range(names.len, 1, 256);
	for (i = 0; i < 20; i++) {
		NetBits inside = first | (random_address(family) & (first ^ last));

		assert_int_equal(names_of(&names, prefix, inside), 1);
	}
	assert_int_equal(names_of(&names, prefix, first), 1);
	assert_int_equal(names_of(&names, prefix, last), 1);
	if (first > 0)
		assert_int_equal(names_of(&names, prefix, first - 1), 0);
	if (last < all)
		assert_int_equal(names_of(&names, prefix, last + 1), 0);
}

/* Every address of a prefix has a name, no other has, and none has two. */
static void
test_reverse_names_of_prefixes(void **state)
{
	StrVec names = {0};
	unsigned i, j;

	(void)state;
	net_reverse_names(arena, prefix_of_text("198.51.100.18/31"), &names);
	net_reverse_names(arena, prefix_of_text("198.51.102.0/23"), &names);
	net_reverse_names(arena, prefix_of_text("2001:db8::/31"), &names);
	assert_int_equal(names.len, 6);
	assert_text(names.items[0], "18.100.51.198.in-addr.arpa");
	assert_text(names.items[1], "19.100.51.198.in-addr.arpa");
	assert_text(names.items[2], "*.102.51.198.in-addr.arpa");
	assert_text(names.items[3], "*.103.51.198.in-addr.arpa");
	assert_text(names.items[4], "*.8.b.d.0.1.0.0.2.ip6.arpa");
	assert_text(names.items[5], "*.9.b.d.0.1.0.0.2.ip6.arpa");
	random_state = 24;
	for (i = 0; i <= 128; i++) {
		for (j = 0; j < 3; j++) {
			check_reverse_names(NET_IP6, i);
			if (i <= 32)
				check_reverse_names(NET_IP4, i);
		}
	}
}

static void
test_decimal(void **state)
{
	unsigned i;
	char expected[24];

	(void)state;
	assert_text(net_bits_thousands(arena, 0), "0");
	assert_text(net_bits_thousands(arena, 999), "999");
	assert_text(net_bits_thousands(arena, 1000), "1,000");
	assert_text(net_bits_thousands(arena, 131072), "131,072");
	assert_text(net_bits_thousands(arena, 1000000), "1,000,000");
	assert_text(net_bits_thousands(arena, ~(NetBits)0),
		"340,282,366,920,938,463,463,374,607,431,768,211,455");
	assert_text(net_bits_decimal(arena, 0), "0");
	assert_text(net_bits_decimal(arena, (NetBits)1 << 64), "18446744073709551616");
	assert_text(
		net_bits_decimal(arena, ~(NetBits)0), "340282366920938463463374607431768211455");
	random_state = 22;
	for (i = 0; i < 2000; i++) {
		uint64_t number = random_bits() >> random_below(64);

		snprintf(expected, sizeof(expected), "%llu", (unsigned long long)number);
		assert_text(net_bits_decimal(arena, number), expected);
	}
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
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_has_a_limit),
		cmocka_unit_test(test_reverse_names),
		cmocka_unit_test(test_reverse_names_of_prefixes),
		cmocka_unit_test(test_decimal),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
