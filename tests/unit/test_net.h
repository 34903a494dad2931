/*
 * What the tests of net share: random numbers that are the same on every run, and addresses in the
 * C library's reading, which is the second opinion wherever text is concerned.
 */
#ifndef TEST_NET_H
#define TEST_NET_H

#include "net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>

static uint64_t random_state = 1;

static inline uint64_t
random_bits(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static inline unsigned
random_below(unsigned limit)
{
	return (unsigned)(random_bits() % limit);
}

/* Zero groups, small groups and all-ones are frequent, as they are where mistakes are. */
static inline NetBits
random_address(NetFamily family)
{
	NetBits bits = 0;
	unsigned group, groups = family == NET_IP4 ? 2 : 8;

	for (group = 0; group < groups; group++) {
		unsigned kind = random_below(6);
		uint64_t value = kind < 2 ? 0 : kind == 2 ? 0xffff : random_bits() & 0xffff;

		bits = bits << 16 | (kind == 3 ? value & 0xf : value);
	}
	return bits;
}

static inline NetPrefix
random_prefix(void)
{
	NetFamily family = random_below(2) == 0 ? NET_IP4 : NET_IP6;
	unsigned bits = net_family_bits(family);

	return net_prefix_of(family, random_address(family),
		random_below(3) == 0 ? bits : random_below(bits + 1));
}

/* By inet_pton(); the text must be one. */
static inline NetBits
bits_of_text(const char *text)
{
	unsigned char octets[16] = {0};
	size_t len = strchr(text, ':') == NULL ? 4 : 16, i;
	NetBits bits = 0;

	assert_int_equal(inet_pton(len == 4 ? AF_INET : AF_INET6, text, octets), 1);
	for (i = 0; i < len; i++)
		bits = bits << 8 | octets[i];
	return bits;
}

static inline NetPrefix
prefix_of_text(const char *text)
{
	NetPrefix prefix = {0};

	if (net_prefix_parse(str_from(text), &prefix) != NET_ADDRESS_OK)
		fail_msg("`%s` should be an address", text);
	return prefix;
}

static inline void
assert_text(Str text, const char *expected)
{
	if (!str_equal(text, str_from(expected)))
		fail_msg("got `" STR_FMT "`, expected `%s`", STR_ARG(text), expected);
}

#define assert_bits_equal(a, b) assert_true((a) == (b))

#endif
