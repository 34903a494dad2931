/*
 * Why a text is no address. Nothing here decides whether it is one: parse.c did. From the outside
 * in: characters, then forms that mean something else, then the address, then its length.
 */
#include "net/net_int.h"

uint32_t
net_half_width(uint32_t code_point)
{
	if (code_point >= 0xff01 && code_point <= 0xff5e)
		return code_point - 0xff01 + '!';
	if (code_point == 0x3000)
		return ' ';
	/* The full stops of Japanese text, wide and narrow. */
	return code_point == 0x3002 || code_point == 0xff61 ? '.' : code_point;
}

bool
net_is_blank(uint32_t code_point)
{
	return code_point == ' ' || (code_point >= '\t' && code_point <= '\r') ||
	       code_point == 0x85 || code_point == 0xa0 || code_point == 0x1680 ||
	       (code_point >= 0x2000 && code_point <= 0x200a) || code_point == 0x202f ||
	       code_point == 0x205f || code_point == 0x3000 || utf8_is_line_separator(code_point);
}

static NetAddressError
diagnose_character(uint32_t code_point)
{
	/* A list in one text: what else is wrong with it does not matter. */
	if (code_point == ',' || code_point == ';')
		return NET_ADDRESS_CHARACTER;
	if (net_half_width(code_point) != code_point)
		return NET_ADDRESS_FULL_WIDTH;
	if (net_is_blank(code_point))
		return NET_ADDRESS_BLANK;
	if (utf8_is_invisible(code_point))
		return NET_ADDRESS_INVISIBLE;
	if (code_point > 0x7e || code_point < 0x20)
		return NET_ADDRESS_CHARACTER;
	return NET_ADDRESS_OK;
}

/* Full-width forms speak for the whole text, other scripts and controls before all. */
static NetAddressError
diagnose_characters(Str text)
{
	static const NetAddressError order[] = {NET_ADDRESS_CHARACTER, NET_ADDRESS_FULL_WIDTH,
		NET_ADDRESS_INVISIBLE, NET_ADDRESS_BLANK};
	bool seen[NET_ADDRESS_CHARACTER + 1] = {0};
	size_t at = 0, i;

	while (at < text.len)
		seen[diagnose_character(utf8_next(text, &at))] = true;
	for (i = 0; i < BASE_COUNT(order); i++) {
		if (seen[order[i]])
			return order[i];
	}
	return NET_ADDRESS_OK;
}

static bool
consists_of(Str text, const char *characters)
{
	Str set = str_from(characters);
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (str_find_char(set, text.ptr[i], 0) == set.len)
			return false;
	}
	return true;
}

#define DIGITS     "0123456789"
#define HEX_DIGITS DIGITS "abcdefABCDEF"

static bool
ends_nocase(Str text, Str end)
{
	return text.len >= end.len &&
	       str_equal_nocase(str_slice(text, text.len - end.len, text.len), end);
}

static bool
is_reverse(Str text)
{
	if (text.ptr[text.len - 1] == '.')
		text.len--;
	return ends_nocase(text, STR(".in-addr.arpa")) || ends_nocase(text, STR(".ip6.arpa"));
}

/*
 * Something that begins with an address. The right side need not be one, as in 192.0.2.1-9; but a
 * host name such as 192.0.2.1-nat is no range.
 */
static bool
is_range(Str text)
{
	size_t hyphen = str_find_char(text, '-', 0);
	NetPrefix from;

	return hyphen + 1 < text.len && net_read_prefix(str_slice(text, 0, hyphen), &from) &&
	       consists_of(str_slice(text, hyphen + 1, text.len), HEX_DIGITS ".:/");
}

/* RFC 4007 text, with anything as the zone. */
static bool
is_zone(Str text)
{
	size_t percent = str_find_char(text, '%', 0);
	NetBits bits;

	return percent < text.len && net_read_ip6(str_slice(text, 0, percent), true, &bits);
}

/* `[2001:db8::1]`, `[2001:db8::1]:25`, `198.51.100.10:25`. */
static bool
is_port(Str text)
{
	size_t end = str_find_char(text, text.ptr[0] == '[' ? ']' : ':', 0);
	size_t start = text.ptr[0] == '[';
	NetPrefix address;
	Str port;

	if (end == text.len || !net_address_parse_rfc4291(str_slice(text, start, end), &address))
		return false;
	port = str_slice(text, end + start, text.len);
	if (port.len > 0 && port.ptr[0] == ':')
		port = str_slice(port, 1, port.len);
	return consists_of(port, DIGITS);
}

/* Texts that mean an address, or addresses, in another notation. */
static NetAddressError
diagnose_form(Str text)
{
	if (is_reverse(text))
		return NET_ADDRESS_REVERSE;
	if (is_range(text))
		return NET_ADDRESS_RANGE;
	if (is_zone(text))
		return NET_ADDRESS_ZONE;
	return is_port(text) ? NET_ADDRESS_PORT : NET_ADDRESS_OK;
}

/* NET_ADDRESS_OK: the address is one, the fault lies after it. */
static NetAddressError
diagnose_ip6(Str address)
{
	size_t dot = str_find_char(address, '.', 0);
	NetBits bits;

	if (!consists_of(address, HEX_DIGITS ".:"))
		return NET_ADDRESS_CHARACTER;
	if (net_read_ip6(address, false, &bits))
		return NET_ADDRESS_OK;
	if (!net_read_ip6(address, true, &bits))
		return str_find_char(address, ':', dot) == address.len && dot < address.len
			       ? NET_ADDRESS_DOTTED_TAIL
			       : NET_ADDRESS_IP6;
	return bits >> 32 == 0xffff ? NET_ADDRESS_MAPPED : NET_ADDRESS_DOTTED_TAIL;
}

/* Takes the text up to the next dot off; after the last part `rest` is absent. */
static bool
next_part(Str *rest, Str *ret_part)
{
	size_t dot = str_find_char(*rest, '.', 0);

	if (rest->ptr == NULL)
		return false;
	*ret_part = str_slice(*rest, 0, dot);
	*rest = dot < rest->len ? str_slice(*rest, dot + 1, rest->len) : (Str){0};
	return true;
}

/* One number of an IPv4 address. */
static NetAddressError
diagnose_number(Str part)
{
	uint64_t number;

	if (part.len > 2 && part.ptr[0] == '0' && (part.ptr[1] == 'x' || part.ptr[1] == 'X') &&
		consists_of(str_slice(part, 2, part.len), HEX_DIGITS))
		return NET_ADDRESS_HEX;
	if (!consists_of(part, DIGITS))
		return NET_ADDRESS_CHARACTER;
	if (part.len == 0)
		return NET_ADDRESS_PARTS;
	if (part.len > 1 && part.ptr[0] == '0')
		return NET_ADDRESS_LEADING_ZERO;
	return base_parse_number(part, 255, &number) ? NET_ADDRESS_OK : NET_ADDRESS_NUMBER;
}

/* Strange characters first, then hexadecimal, then how many there are, then each number. */
static NetAddressError
diagnose_ip4(Str address)
{
	static const NetAddressError order[] = {NET_ADDRESS_CHARACTER, NET_ADDRESS_HEX,
		NET_ADDRESS_PARTS, NET_ADDRESS_LEADING_ZERO, NET_ADDRESS_NUMBER};
	bool seen[NET_ADDRESS_CHARACTER + 1] = {0};
	size_t count = 0, i;
	Str part;

	for (; next_part(&address, &part); count++)
		seen[diagnose_number(part)] = true;
	if (count != 4)
		seen[NET_ADDRESS_PARTS] = true;
	for (i = 0; i < BASE_COUNT(order); i++) {
		if (seen[order[i]])
			return order[i];
	}
	return NET_ADDRESS_OK;
}

/* What is wrong with the text after the slash. */
static NetAddressError
diagnose_length(Str len)
{
	if (len.len == 0)
		return NET_ADDRESS_LENGTH_MISSING;
	if (str_find_char(len, '/', 0) < len.len)
		return NET_ADDRESS_LENGTH_TWICE;
	if (str_find_char(len, '.', 0) < len.len || str_find_char(len, ':', 0) < len.len)
		return NET_ADDRESS_NETMASK;
	return NET_ADDRESS_LENGTH;
}

NetAddressError
net_address_diagnose(Str text)
{
	NetAddressError error;
	size_t slash;
	Str address;

	if (text.len == 0)
		return NET_ADDRESS_EMPTY;
	error = diagnose_characters(text);
	if (error == NET_ADDRESS_OK)
		error = diagnose_form(text);
	if (error != NET_ADDRESS_OK)
		return error;
	slash = str_find_char(text, '/', 0);
	address = str_slice(text, 0, slash);
	error = str_find_char(address, ':', 0) < address.len ? diagnose_ip6(address)
							     : diagnose_ip4(address);
	if (error != NET_ADDRESS_OK)
		return error;
	/* A good address alone would have been accepted. */
	ASSERT(slash < text.len);
	return diagnose_length(str_slice(text, slash + 1, text.len));
}
