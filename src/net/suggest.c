/*
 * What was probably meant. A suggestion is a prefix, not a text: whatever is printed from it is an
 * address by construction, and holds nothing that the user typed.
 */
#include "net/net_int.h"

#include <string.h>

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

bool
net_address_clean(Str text, char clean[NET_ADDRESS_TEXT_MAX], Str *ret_clean)
{
	size_t at = 0, len = 0;
	uint32_t digit;
	bool after_blank = false;

	while (at < text.len) {
		uint32_t code_point = net_half_width(utf8_next(text, &at));

		if (net_is_blank(code_point))
			after_blank = true;
		if (net_is_blank(code_point) || utf8_is_invisible(code_point))
			continue;
		if (code_point > 0x7e || code_point < 0x20 || len == NET_ADDRESS_TEXT_MAX)
			return false;
		/* `192.0.2.1 5` is two things, never 192.0.2.15. */
		if (after_blank && len > 0 && net_hex_digit(clean[len - 1], &digit) &&
			net_hex_digit((char)code_point, &digit))
			return false;
		after_blank = false;
		clean[len++] = (char)code_point;
	}
	*ret_clean = (Str){clean, len};
	return true;
}

static bool
suggest_clean(Str text, NetPrefix *ret_prefix)
{
	char clean[NET_ADDRESS_TEXT_MAX];
	Str cleaned;

	return net_address_clean(text, clean, &cleaned) && net_read_prefix(cleaned, ret_prefix);
}

/* Without the leading zeros of the decimal numbers at or after `from`. */
static bool
suggest_without_zeros(Str text, size_t from, NetPrefix *ret_prefix)
{
	char clean[NET_ADDRESS_TEXT_MAX];
	size_t len = 0, i;

	if (text.len > sizeof(clean))
		return false;
	for (i = 0; i < text.len; i++) {
		bool begins = i >= from && (len == 0 || !is_digit(clean[len - 1]));
		bool zero = text.ptr[i] == '0' && i + 1 < text.len && is_digit(text.ptr[i + 1]);

		if (!begins || !zero)
			clean[len++] = text.ptr[i];
	}
	return net_read_prefix((Str){clean, len}, ret_prefix);
}

/* A decimal number below 256, or 0x and up to eight digits. */
static bool
read_number(Str part, uint32_t *ret_number)
{
	uint64_t number = 0;
	uint32_t digit;
	size_t i;

	if (part.len < 3 || part.len > 10 || (part.ptr[1] != 'x' && part.ptr[1] != 'X')) {
		if (!base_parse_number(part, 255, &number))
			return false;
		*ret_number = (uint32_t)number;
		return true;
	}
	for (i = 2; i < part.len; i++) {
		if (!net_hex_digit(part.ptr[i], &digit))
			return false;
		number = number << 4 | digit;
	}
	*ret_number = (uint32_t)number;
	return part.ptr[0] == '0';
}

/* How many numbers stand between the dots: one to four; 0 where this is no such text. */
static unsigned
read_numbers(Str text, uint32_t numbers[4])
{
	unsigned count = 0;
	size_t at = 0, dot;

	for (; count < 4; at = dot + 1) {
		dot = str_find_char(text, '.', at);
		if (!read_number(str_slice(text, at, dot), &numbers[count++]))
			return 0;
		if (dot == text.len)
			return count;
	}
	return 0;
}

/* The length after `slash`, or that of a single address at the end of the text. */
static bool
read_length(Str text, size_t slash, NetFamily family, unsigned *ret_len)
{
	uint64_t len = net_family_bits(family);

	if (slash < text.len && !base_parse_number(str_slice(text, slash + 1, text.len), len, &len))
		return false;
	*ret_len = (unsigned)len;
	return true;
}

/* 0x0a.1.1.1, 0x0a010101, and `10.1/16`, where what is missing can only be zeros. */
static bool
suggest_numbers(Str text, NetPrefix *ret_prefix)
{
	size_t slash = str_find_char(text, '/', 0);
	uint32_t numbers[4] = {0};
	unsigned count = read_numbers(str_slice(text, 0, slash), numbers), len, i;
	NetBits bits = 0;

	if (count == 0 || !read_length(text, slash, NET_IP4, &len))
		return false;
	if (count == 1 && numbers[0] > 255) {
		*ret_prefix = net_prefix_of(NET_IP4, numbers[0], len);
		return true;
	}
	for (i = 0; i < 4; i++) {
		if (numbers[i] > 255)
			return false;
		bits = bits << 8 | numbers[i];
	}
	*ret_prefix = net_prefix_of(NET_IP4, bits, len);
	return count == 4 || (slash < text.len && !net_prefix_has_host_bits(*ret_prefix));
}

/* The address before the slash, alone. */
static bool
suggest_single(Str text, NetPrefix *ret_prefix)
{
	return net_read_prefix(str_slice(text, 0, str_find_char(text, '/', 0)), ret_prefix);
}

/* The network that address and mask mean; nothing for a mask with holes. */
static bool
suggest_netmask(Str text, NetPrefix *ret_prefix)
{
	size_t slash = str_find_char(text, '/', 0);
	NetBits address, mask;
	unsigned host;

	if (!net_read_ip4(str_slice(text, 0, slash), &address) ||
		!net_read_ip4(str_slice(text, slash + 1, text.len), &mask) || mask == 0)
		return false;
	host = net_bits_trailing_zeros(mask);
	*ret_prefix = net_prefix_network(net_prefix_of(NET_IP4, address, 32 - host));
	return (uint32_t)mask == UINT32_MAX << host;
}

/* IPv6 with a dotted tail: in hexadecimal, or as the IPv4 address that it stands for. */
static bool
suggest_dotted(Str text, NetPrefix *ret_prefix)
{
	size_t slash = str_find_char(text, '/', 0);
	NetBits bits;
	unsigned len;

	if (!net_read_ip6(str_slice(text, 0, slash), true, &bits) ||
		!read_length(text, slash, NET_IP6, &len))
		return false;
	if (bits >> 32 == 0xffff && len >= 96)
		*ret_prefix = net_prefix_of(NET_IP4, (uint32_t)bits, len - 96);
	else
		*ret_prefix = net_prefix_of(NET_IP6, bits, len);
	return true;
}

/* The address without its zone; a length after it stays. */
static bool
suggest_without_zone(Str text, NetPrefix *ret_prefix)
{
	size_t percent = str_find_char(text, '%', 0);
	size_t slash = str_find_char(text, '/', percent);
	NetBits bits;
	unsigned len;

	if (!net_read_ip6(str_slice(text, 0, percent), true, &bits) ||
		!read_length(text, slash, NET_IP6, &len))
		return false;
	*ret_prefix = net_prefix_of(NET_IP6, bits, len);
	return true;
}

/* What stands in the brackets, or before the colon. */
static bool
suggest_without_port(Str text, NetPrefix *ret_prefix)
{
	size_t start = text.ptr[0] == '[', end = str_find_char(text, start ? ']' : ':', 0);

	return net_read_prefix(str_slice(text, start, end), ret_prefix);
}

/* Takes the text after the last dot off; false when nothing is left. */
static bool
take_last_label(Str *rest, Str *ret_label)
{
	size_t start = rest->len;

	if (rest->len == 0)
		return false;
	while (start > 0 && rest->ptr[start - 1] != '.')
		start--;
	*ret_label = str_slice(*rest, start, rest->len);
	*rest = str_slice(*rest, 0, start == 0 ? 0 : start - 1);
	return true;
}

/* An octet of in-addr.arpa or a nibble of ip6.arpa. */
static bool
read_label(Str label, unsigned width, NetBits *ret_value)
{
	uint64_t number;
	uint32_t digit;

	if (width == 8 ? !base_parse_number(label, 255, &number)
		       : label.len != 1 || !net_hex_digit(label.ptr[0], &digit))
		return false;
	*ret_value = width == 8 ? number : digit;
	return true;
}

/* The labels of a reverse name from the right; fewer than all make a network. */
static bool
suggest_reverse(Str text, NetPrefix *ret_prefix)
{
	NetFamily family;
	NetBits bits = 0, value;
	unsigned all, width, len = 0;
	Str label = {0};

	if (text.ptr[text.len - 1] == '.')
		text.len--;
	take_last_label(&text, &label); /* arpa */
	take_last_label(&text, &label);
	family = str_equal_nocase(label, STR("ip6")) ? NET_IP6 : NET_IP4;
	all = net_family_bits(family);
	width = family == NET_IP6 ? 4 : 8;
	for (; take_last_label(&text, &label); len += width) {
		if (len == all || !read_label(label, width, &value))
			return false;
		bits |= value << (all - width - len);
	}
	*ret_prefix = net_prefix_of(family, bits, len);
	return len > 0;
}

bool
net_address_suggest(NetAddressError error, Str text, NetPrefix *ret_prefix)
{
	switch (error) {
	case NET_ADDRESS_BLANK:
	case NET_ADDRESS_FULL_WIDTH:
	case NET_ADDRESS_INVISIBLE: return suggest_clean(text, ret_prefix);
	case NET_ADDRESS_PARTS:
	case NET_ADDRESS_HEX: return suggest_numbers(text, ret_prefix);
	case NET_ADDRESS_LEADING_ZERO: return suggest_without_zeros(text, 0, ret_prefix);
	case NET_ADDRESS_LENGTH:
		return suggest_without_zeros(text, str_find_char(text, '/', 0), ret_prefix);
	case NET_ADDRESS_LENGTH_MISSING: return suggest_single(text, ret_prefix);
	case NET_ADDRESS_NETMASK: return suggest_netmask(text, ret_prefix);
	case NET_ADDRESS_REVERSE: return suggest_reverse(text, ret_prefix);
	case NET_ADDRESS_MAPPED:
	case NET_ADDRESS_DOTTED_TAIL: return suggest_dotted(text, ret_prefix);
	case NET_ADDRESS_ZONE: return suggest_without_zone(text, ret_prefix);
	case NET_ADDRESS_PORT: return suggest_without_port(text, ret_prefix);
	case NET_ADDRESS_OK:
	case NET_ADDRESS_EMPTY:
	case NET_ADDRESS_NUMBER:
	case NET_ADDRESS_LENGTH_TWICE:
	case NET_ADDRESS_RANGE:
	case NET_ADDRESS_RANGE_LENGTH:
	case NET_ADDRESS_RANGE_FAMILY:
	case NET_ADDRESS_RANGE_ORDER:
	case NET_ADDRESS_IP6:
	case NET_ADDRESS_CHARACTER: return false;
	}
	return false;
}
