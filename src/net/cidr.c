/*
 * libcidr as the second reader. It takes far more than addresses (`10`, `1..2.3`, `1.2.3.4/-1`,
 * octal, reverse names), so only text that our grammar accepted ever reaches it.
 */
#include "net/net_int.h"

#include <libcidr.h>
#include <string.h>

/* 39 octets of IPv6, a slash, three of a length. */
#define ACCEPTED_MAX 43

/* It compares the last eight octets with a name, reading in front of texts that are shorter. */
#define BEFORE 8

static NetBits
bits_of(const CIDR *cidr)
{
	NetBits bits = 0;
	size_t i;

	/* IPv4 stands at the end, after the ffff of a mapped address. */
	for (i = cidr_get_proto(cidr) == CIDR_IPV4 ? 12 : 0; i < sizeof(cidr->addr); i++)
		bits = bits << 8 | cidr->addr[i];
	return bits;
}

static bool
is_same(const CIDR *cidr, NetPrefix prefix)
{
	int proto = prefix.family == NET_IP4 ? CIDR_IPV4 : CIDR_IPV6;

	return cidr_get_proto(cidr) == proto && cidr_get_pflen(cidr) == prefix.len &&
	       bits_of(cidr) == net_prefix_bits(prefix);
}

void
net_cidr_compare(Str text, NetPrefix prefix)
{
	char buffer[BEFORE + ACCEPTED_MAX + 1] = {0}, *terminated = buffer + BEFORE;
	CIDR *cidr;
	bool same;

	ASSERT(text.len <= ACCEPTED_MAX);
	memcpy(terminated, text.ptr, text.len);
	cidr = cidr_from_str(terminated);
	same = cidr != NULL && is_same(cidr, prefix);
	cidr_free(cidr);
	if (!same)
		panic("libcidr and the grammar of addresses disagree about `%s`", terminated);
}
