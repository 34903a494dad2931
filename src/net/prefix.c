/* Prefixes as numbers: no text here. */
#include "net/net_int.h"

unsigned
net_family_bits(NetFamily family)
{
	return family == NET_IP4 ? 32 : 128;
}

NetPrefix
net_prefix_of(NetFamily family, NetBits bits, unsigned len)
{
	NetPrefix prefix = {0};

	ASSERT(len <= net_family_bits(family));
	ASSERT(family == NET_IP6 || bits <= UINT32_MAX);
	prefix.hi = (uint64_t)(bits >> 64);
	prefix.lo = (uint64_t)bits;
	prefix.family = (uint8_t)family;
	prefix.len = (uint8_t)len;
	return prefix;
}

NetBits
net_prefix_bits(NetPrefix prefix)
{
	return (NetBits)prefix.hi << 64 | prefix.lo;
}

/* Ones where the host part stands. */
static NetBits
host_mask(NetPrefix prefix)
{
	unsigned host = net_family_bits(prefix.family) - prefix.len;

	return host == 128 ? ~(NetBits)0 : ((NetBits)1 << host) - 1;
}

bool
net_prefix_is_single(NetPrefix prefix)
{
	return prefix.len == net_family_bits(prefix.family);
}

bool
net_prefix_has_host_bits(NetPrefix prefix)
{
	return (net_prefix_bits(prefix) & host_mask(prefix)) != 0;
}

NetBits
net_prefix_first(NetPrefix prefix)
{
	return net_prefix_bits(prefix) & ~host_mask(prefix);
}

NetBits
net_prefix_last(NetPrefix prefix)
{
	return net_prefix_bits(prefix) | host_mask(prefix);
}

NetPrefix
net_prefix_network(NetPrefix prefix)
{
	return net_prefix_of(prefix.family, net_prefix_first(prefix), prefix.len);
}

NetPrefix
net_prefix_address(NetPrefix prefix)
{
	prefix.len = (uint8_t)net_family_bits(prefix.family);
	return prefix;
}

int
net_prefix_compare(NetPrefix a, NetPrefix b)
{
	if (a.family != b.family)
		return a.family < b.family ? -1 : 1;
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	if (a.lo != b.lo)
		return a.lo < b.lo ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

bool
net_prefix_contains(NetPrefix outer, NetPrefix inner)
{
	return outer.family == inner.family && outer.len <= inner.len &&
	       ((net_prefix_bits(outer) ^ net_prefix_bits(inner)) & ~host_mask(outer)) == 0;
}

bool
net_prefix_overlaps(NetPrefix a, NetPrefix b)
{
	return net_prefix_contains(a, b) || net_prefix_contains(b, a);
}

static int
compare_items(const void *a, const void *b, void *context)
{
	(void)context;
	return net_prefix_compare(*(const NetPrefix *)a, *(const NetPrefix *)b);
}

void
net_prefixes_sort(NetPrefixVec *prefixes)
{
	base_sort(prefixes->items, prefixes->len, sizeof(NetPrefix), compare_items, NULL);
}

uint64_t
net_split_count(NetPrefix prefix, unsigned len)
{
	ASSERT(len <= net_family_bits(prefix.family));
	if (len <= prefix.len)
		return 1;
	return len - prefix.len >= 64 ? UINT64_MAX : (uint64_t)1 << (len - prefix.len);
}

void
net_split(Arena *arena, NetPrefix prefix, unsigned len, NetPrefixVec *pieces)
{
	uint64_t count = net_split_count(prefix, len), i;
	unsigned piece_len = len > prefix.len ? len : prefix.len;
	/* Of one piece nothing is added up, so the width of ::/0 need not fit. */
	NetBits width = (NetBits)1 << (count == 1 ? 0 : net_family_bits(prefix.family) - piece_len);
	NetBits first = net_prefix_first(prefix);

	ASSERT(count <= NET_SPLIT_MAX);
	for (i = 0; i < count; i++)
		VEC_PUSH(arena, pieces, net_prefix_of(prefix.family, first + i * width, piece_len));
}

unsigned
net_bits_trailing_zeros(NetBits bits)
{
	uint64_t low = (uint64_t)bits, high = (uint64_t)(bits >> 64);

	if (low != 0)
		return (unsigned)__builtin_ctzll(low);
	return high != 0 ? 64 + (unsigned)__builtin_ctzll(high) : 128;
}
