/* Text of addresses and of large numbers. */
#include "net/net_int.h"

static void
write_ip4(Buf *buf, uint32_t bits)
{
	unsigned shift;

	for (shift = 24;; shift -= 8) {
		buf_number(buf, bits >> shift & 0xff);
		if (shift == 0)
			return;
		buf_char(buf, '.');
	}
}

typedef struct Run {
	unsigned start, len;
} Run;

/* The longest run of zero groups, the first of equals; one group alone is no run (RFC 5952 4.2). */
static Run
longest_zeros(const uint16_t groups[8])
{
	Run best = {8, 0}, run = {0, 0};
	unsigned i;

	for (i = 0; i < 8; i++) {
		if (groups[i] != 0) {
			run.len = 0;
			continue;
		}
		if (run.len++ == 0)
			run.start = i;
		if (run.len > best.len)
			best = run;
	}
	return best.len > 1 ? best : (Run){8, 0};
}

static void
write_ip6(Buf *buf, NetBits bits)
{
	uint16_t groups[8];
	Run zeros;
	unsigned i;

	for (i = 0; i < 8; i++)
		groups[i] = (uint16_t)(bits >> (16 * (7 - i)));
	zeros = longest_zeros(groups);
	for (i = 0; i < 8; i++) {
		if (i == zeros.start) {
			buf_lit(buf, "::");
			i += zeros.len - 1;
			continue;
		}
		if (i > 0 && i != zeros.start + zeros.len)
			buf_char(buf, ':');
		buf_printf(buf, "%x", groups[i]);
	}
}

void
net_prefix_write(Buf *buf, NetPrefix prefix)
{
	if (prefix.family == NET_IP4)
		write_ip4(buf, (uint32_t)prefix.lo);
	else
		write_ip6(buf, net_prefix_bits(prefix));
	if (net_prefix_is_single(prefix))
		return;
	buf_char(buf, '/');
	buf_number(buf, prefix.len);
}

Str
net_prefix_text(Arena *arena, NetPrefix prefix)
{
	Buf buf = buf_make(arena);

	net_prefix_write(&buf, prefix);
	return buf_text(&buf);
}

/* The labels of an address below the root of its family, but for the `skip` first ones. */
static void
write_reverse(Buf *buf, NetPrefix address, unsigned skip)
{
	NetBits bits = net_prefix_bits(address);
	unsigned width = address.family == NET_IP4 ? 8 : 4,
		 labels = address.family == NET_IP4 ? 4 : 32;
	unsigned i;

	for (i = 0; i < labels; i++, bits >>= width) {
		if (i >= skip)
			buf_printf(buf, address.family == NET_IP4 ? "%u." : "%x.",
				(unsigned)(bits & ((1u << width) - 1)));
	}
	buf_lit(buf, address.family == NET_IP4 ? "in-addr.arpa" : "ip6.arpa");
}

Str
net_reverse_name(Arena *arena, NetPrefix address)
{
	Buf buf = buf_make(arena);

	ASSERT(net_prefix_is_single(address));
	write_reverse(&buf, address, 0);
	return buf_text(&buf);
}

void
net_reverse_names(Arena *arena, NetPrefix prefix, StrVec *ret_names)
{
	unsigned all = net_family_bits(prefix.family), width = prefix.family == NET_IP4 ? 8 : 4;
	bool single = all - prefix.len <= NET_REVERSE_SINGLE_BITS;
	/* The next boundary between labels: below it a wildcard stands for everything. */
	unsigned len = single ? all : (prefix.len + width - 1) / width * width;
	NetPrefixVec pieces = {0};
	size_t i;

	net_split(arena, prefix, len, &pieces);
	for (i = 0; i < pieces.len; i++) {
		Buf buf = buf_make(arena);

		buf_lit(&buf, single ? "" : "*.");
		write_reverse(&buf, pieces.items[i], (all - len) / width);
		VEC_PUSH(arena, ret_names, buf_text(&buf));
	}
}

Str
net_bits_decimal(Arena *arena, NetBits number)
{
	char digits[40]; /* 2^128 - 1 has 39 */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + (int)(number % 10));
		number /= 10;
	} while (number != 0);
	return str_copy(arena, (Str){digits + at, sizeof(digits) - at});
}

Str
net_bits_grouped(Arena *arena, NetBits number)
{
	Str digits = net_bits_decimal(arena, number);
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < digits.len; i++) {
		if (i > 0 && (digits.len - i) % 3 == 0)
			buf_char(&buf, ',');
		buf_char(&buf, digits.ptr[i]);
	}
	return buf_text(&buf);
}
