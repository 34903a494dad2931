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

Str
net_reverse_name(Arena *arena, NetPrefix address)
{
	NetBits bits = net_prefix_bits(address);
	Buf buf = buf_make(arena);
	unsigned i;

	ASSERT(net_prefix_is_single(address));
	if (address.family == NET_IP4) {
		for (i = 0; i < 4; i++, bits >>= 8)
			buf_printf(&buf, "%u.", (unsigned)(bits & 0xff));
		buf_lit(&buf, "in-addr.arpa");
	} else {
		for (i = 0; i < 32; i++, bits >>= 4)
			buf_printf(&buf, "%x.", (unsigned)(bits & 0xf));
		buf_lit(&buf, "ip6.arpa");
	}
	return buf_text(&buf);
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
