/*
 * What is an address: the grammar of the spec language. A text that is refused here goes to
 * diagnose.c, which finds out why; the two never meet on the way of a good text.
 */
#include "net/net_int.h"

/* libcidr is the second reader of all IPv6; of IPv4 only where time does not matter. */
#ifdef CONNPLAN_CHECKED
#	define COMPARE_IP4 true
#else
#	define COMPARE_IP4 false
#endif

/* 0 to 255 in decimal, without leading zeros. */
static bool
read_octet(Str text, size_t *at, uint32_t *ret_octet)
{
	size_t start = *at;
	uint32_t octet = 0;

	while (*at < text.len && *at - start < 3 && text.ptr[*at] >= '0' && text.ptr[*at] <= '9')
		octet = octet * 10 + (uint32_t)(text.ptr[(*at)++] - '0');
	*ret_octet = octet;
	return *at > start && octet <= 255 && !(text.ptr[start] == '0' && *at - start > 1);
}

/* Every IPv4 address has exactly one text; whatever else is refused. */
bool
net_read_ip4(Str text, NetBits *ret_bits)
{
	uint32_t bits = 0, octet, i;
	size_t at = 0;

	for (i = 0; i < 4; i++) {
		if (i > 0 && (at >= text.len || text.ptr[at++] != '.'))
			return false;
		if (!read_octet(text, &at, &octet))
			return false;
		bits = bits << 8 | octet;
	}
	if (at != text.len)
		return false;
	*ret_bits = bits;
	return true;
}

bool
net_hex_digit(char byte, uint32_t *ret_digit)
{
	if (byte >= '0' && byte <= '9')
		*ret_digit = (uint32_t)(byte - '0');
	else if (byte >= 'a' && byte <= 'f')
		*ret_digit = (uint32_t)(byte - 'a') + 10;
	else if (byte >= 'A' && byte <= 'F')
		*ret_digit = (uint32_t)(byte - 'A') + 10;
	else
		return false;
	return true;
}

/* One group: one to four hexadecimal digits. */
static bool
read_group(Str text, size_t *at, uint16_t *ret_group)
{
	size_t start = *at;
	uint32_t group = 0, digit;

	while (*at < text.len && *at - start < 4 && net_hex_digit(text.ptr[*at], &digit)) {
		group = group << 4 | digit;
		*at += 1;
	}
	*ret_group = (uint16_t)group;
	return *at > start;
}

typedef struct Groups {
	uint16_t values[8];
	unsigned len;
	unsigned gap; /* how many groups stand before the `::`; NO_GAP without one */
} Groups;

#define NO_GAP 9u

/* A dotted tail in place of the last two groups. */
static bool
read_tail(Str text, size_t *at, Groups *groups)
{
	NetBits bits;

	if (groups->len > 6 || !net_read_ip4(str_slice(text, *at, text.len), &bits))
		return false;
	groups->values[groups->len++] = (uint16_t)(bits >> 16);
	groups->values[groups->len++] = (uint16_t)bits;
	*at = text.len;
	return true;
}

/* What separates two groups: `:`, or `::` once; nothing at the end of the text. */
static bool
read_colons(Str text, size_t *at, Groups *groups)
{
	if (*at == text.len)
		return true;
	if (text.ptr[(*at)++] != ':')
		return false;
	if (*at == text.len || text.ptr[*at] != ':')
		return *at < text.len;
	if (groups->gap != NO_GAP)
		return false;
	*at += 1;
	groups->gap = groups->len;
	return true;
}

/* The groups before the gap stand at the front, those after it at the end. */
static NetBits
join_groups(const Groups *groups)
{
	unsigned gap = groups->gap == NO_GAP ? 8 : groups->gap, i;
	NetBits bits = 0;

	for (i = 0; i < groups->len; i++) {
		unsigned place = i < gap ? i : 8 - groups->len + i;

		bits |= (NetBits)groups->values[i] << (16 * (7 - place));
	}
	return bits;
}

/* One pass, group by group; what may begin the text but no group is `::` alone. */
bool
net_read_ip6(Str text, bool dotted, NetBits *ret_bits)
{
	Groups groups = {.gap = NO_GAP};
	size_t at = 0;

	if (text.len >= 2 && text.ptr[0] == ':' && !read_colons(text, &at, &groups))
		return false;
	if (text.len < 2 || at == 1)
		return false;
	while (at < text.len) {
		if (dotted && read_tail(text, &at, &groups))
			break;
		if (groups.len == 8 || !read_group(text, &at, &groups.values[groups.len]))
			return false;
		groups.len++;
		if (!read_colons(text, &at, &groups))
			return false;
	}
	/* `::` stands for one group or more. */
	if (groups.gap == NO_GAP ? groups.len != 8 : groups.len > 7)
		return false;
	*ret_bits = join_groups(&groups);
	return true;
}

bool
net_read_prefix(Str text, NetPrefix *ret_prefix)
{
	size_t slash = str_find_char(text, '/', 0);
	Str address = str_slice(text, 0, slash);
	NetFamily family = NET_IP4;
	NetBits bits;
	uint64_t len;

	if (!net_read_ip4(address, &bits)) {
		family = NET_IP6;
		if (!net_read_ip6(address, false, &bits))
			return false;
	}
	len = net_family_bits(family);
	if (slash < text.len && !base_parse_number(str_slice(text, slash + 1, text.len), len, &len))
		return false;
	*ret_prefix = net_prefix_of(family, bits, (unsigned)len);
	return true;
}

NetAddressError
net_prefix_parse(Str text, NetPrefix *ret_prefix)
{
	if (!net_read_prefix(text, ret_prefix))
		return net_address_diagnose(text);
	if (ret_prefix->family == NET_IP6 || COMPARE_IP4)
		net_cidr_compare(text, *ret_prefix);
	return NET_ADDRESS_OK;
}

bool
net_address_parse_rfc4291(Str text, NetPrefix *ret_address)
{
	NetBits bits;

	if (net_read_ip4(text, &bits))
		*ret_address = net_prefix_of(NET_IP4, bits, 32);
	else if (net_read_ip6(text, true, &bits))
		*ret_address = net_prefix_of(NET_IP6, bits, 128);
	else
		return false;
	return true;
}

static NetRange
range_of(NetPrefix from, NetPrefix to)
{
	return (NetRange){net_prefix_first(from), net_prefix_last(to), (NetFamily)from.family};
}

NetAddressError
net_range_parse(Str text, NetRange *ret_range)
{
	NetPrefix from = {0}, to = {0};
	NetAddressError error = net_prefix_parse(text, &from);
	size_t hyphen;

	if (error == NET_ADDRESS_OK)
		*ret_range = range_of(from, from);
	if (error != NET_ADDRESS_RANGE)
		return error;
	hyphen = str_find_char(text, '-', 0);
	/* The left side was read when the range was recognised; the right side says what it is. */
	error = net_prefix_parse(str_slice(text, 0, hyphen), &from);
	if (error == NET_ADDRESS_OK)
		error = net_prefix_parse(str_slice(text, hyphen + 1, text.len), &to);
	if (error != NET_ADDRESS_OK)
		return error;
	if (str_find_char(text, '/', 0) < text.len)
		return NET_ADDRESS_RANGE_LENGTH;
	if (from.family != to.family)
		return NET_ADDRESS_RANGE_FAMILY;
	if (net_prefix_bits(from) > net_prefix_bits(to))
		return NET_ADDRESS_RANGE_ORDER;
	*ret_range = range_of(from, to);
	return NET_ADDRESS_OK;
}
