/* Names of the reverse trees, RFC 1035 section 3.5 and RFC 3596 section 2.5, read back. */
#include "dns/dns_int.h"

/* Takes the next label off the front; false at the end. */
static bool
next_label(Str *rest, Str *ret_label)
{
	size_t dot = str_find_char(*rest, '.', 0);

	if (rest->len == 0)
		return false;
	*ret_label = str_slice(*rest, 0, dot);
	*rest = dot < rest->len ? str_slice(*rest, dot + 1, rest->len) : (Str){0};
	return true;
}

/* The lowest part comes first. */
static bool
read_ip4(Str digits, NetBits *ret_bits)
{
	uint64_t part;
	unsigned i;
	Str label;

	*ret_bits = 0;
	for (i = 0; i < 4; i++) {
		if (!next_label(&digits, &label) || !base_parse_number(label, 255, &part))
			return false;
		*ret_bits |= (NetBits)part << 8 * i;
	}
	return digits.len == 0;
}

static bool
read_ip6(Str digits, NetBits *ret_bits)
{
	unsigned i;
	Str label;

	*ret_bits = 0;
	for (i = 0; i < 32; i++) {
		size_t digit;

		if (!next_label(&digits, &label) || label.len != 1)
			return false;
		digit = str_find_char(STR("0123456789abcdef"), label.ptr[0], 0);
		if (digit == 16)
			return false;
		*ret_bits |= (NetBits)digit << 4 * i;
	}
	return digits.len == 0;
}

bool
dns_reverse_address(Str name, NetPrefix *ret_address)
{
	const Str ip4 = STR(".in-addr.arpa"), ip6 = STR(".ip6.arpa");
	NetBits bits;

	if (str_ends(name, ip4) && read_ip4(str_slice(name, 0, name.len - ip4.len), &bits))
		*ret_address = net_prefix_of(NET_IP4, bits, 32);
	else if (str_ends(name, ip6) && read_ip6(str_slice(name, 0, name.len - ip6.len), &bits))
		*ret_address = net_prefix_of(NET_IP6, bits, 128);
	else
		return false;
	return true;
}
