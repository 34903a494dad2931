/*
 * The sentence behind an error of net_prefix_parse(): the cause, then what to write. Of the user's
 * text it repeats only short pieces of ASCII that can do no harm where they are printed.
 */
#include "net/net_int.h"

static Str
address_part(Str text)
{
	return str_slice(text, 0, str_find_char(text, '/', 0));
}

/* Of a range whose second end is at fault, that end. */
static Str
faulty_part(Str text, NetAddressError error)
{
	size_t hyphen = str_find_char(text, '-', 0);
	NetPrefix prefix;
	Str end;

	if (hyphen == text.len || !net_read_prefix(str_slice(text, 0, hyphen), &prefix))
		return text;
	end = str_slice(text, hyphen + 1, text.len);
	return !net_read_prefix(end, &prefix) && net_address_diagnose(end) == error ? end : text;
}

/* How many numbers there are says most, unless some of them are missing between dots. */
static void
write_parts(Buf *buf, Str text)
{
	Str address = address_part(text);
	size_t count = 0, at, dot;
	bool empty = false;

	for (at = 0; at <= address.len; at = dot + 1, count++) {
		dot = str_find_char(address, '.', at);
		empty = empty || dot == at;
	}
	buf_lit(buf, "an IPv4 address is four numbers with one dot between them");
	if (!empty)
		buf_printf(buf, ", this has %zu", count);
}

/* Which number is over 255. */
static void
write_number(Buf *buf, Str text)
{
	Str address = address_part(text), part;
	size_t at, dot;
	uint64_t number;

	for (at = 0; at < address.len; at = dot + 1) {
		dot = str_find_char(address, '.', at);
		part = str_slice(address, at, dot);
		if (!base_parse_number(part, 255, &number) && part.len <= 10) {
			buf_printf(buf, "`" STR_FMT "` is over 255", STR_ARG(part));
			return;
		}
	}
	buf_lit(buf, "a number is over 255");
}

static void
write_length(Buf *buf, Str text)
{
	bool ip6 = str_find_char(text, ':', 0) < text.len;

	buf_printf(buf,
		"after the slash stands a whole number from 0 to %u, without sign or "
		"leading zeros",
		ip6 ? 128u : 32u);
}

/* The commonest mistake: a host name where the address behind it is wanted. */
static bool
is_name(Arena *arena, Str text)
{
	NetNameError error;
	Str name;

	error = net_name_parse(arena, text, NET_NAME_DNS, &name);
	return error == NET_NAME_OK || error == NET_NAME_SINGLE_LABEL;
}

/* The first character that no address of this family holds, or UTF8_BAD. */
static uint32_t
strange_character(Str text)
{
	bool ip6 = str_find_char(text, ':', 0) < text.len;
	uint32_t code_point = UTF8_BAD, digit;
	size_t at = 0;

	while (at < text.len) {
		code_point = utf8_next(text, &at);
		if (code_point > 0x7e)
			return code_point;
		if (str_find_char(STR(".:/"), (char)code_point, 0) == 3 &&
			(!net_hex_digit((char)code_point, &digit) || (digit > 9 && !ip6)))
			return code_point;
	}
	return code_point;
}

static void
write_character(Buf *buf, Str text)
{
	uint32_t code_point = strange_character(text);

	if (str_find_char(text, ',', 0) < text.len || str_find_char(text, ';', 0) < text.len)
		buf_lit(buf, "it holds more than one; write several as a list");
	else if (code_point == UTF8_BAD)
		buf_lit(buf, "it is not valid UTF-8");
	else if (code_point > 0x7e || code_point < 0x20)
		buf_printf(buf, "U+%04X cannot stand in an address", code_point);
	else if (is_name(buf->arena, text))
		buf_lit(buf, "it reads as a name; write the address behind it");
	else if (code_point == '`')
		buf_lit(buf, "a back-quote cannot stand in an address");
	else
		buf_printf(buf, "`%c` cannot stand in an address", (int)code_point);
}

static void
write_cause(Buf *buf, NetAddressError error, Str text)
{
	switch (error) {
	case NET_ADDRESS_PARTS: write_parts(buf, text); return;
	case NET_ADDRESS_NUMBER: write_number(buf, text); return;
	case NET_ADDRESS_LENGTH: write_length(buf, text); return;
	case NET_ADDRESS_CHARACTER: write_character(buf, text); return;
	case NET_ADDRESS_OK: buf_lit(buf, "it is one"); return;
	case NET_ADDRESS_EMPTY: buf_lit(buf, "it is empty"); return;
	case NET_ADDRESS_BLANK: buf_lit(buf, "it holds blanks"); return;
	case NET_ADDRESS_FULL_WIDTH: buf_lit(buf, "it holds full-width characters"); return;
	case NET_ADDRESS_INVISIBLE: buf_lit(buf, "it holds invisible characters"); return;
	case NET_ADDRESS_LEADING_ZERO:
		buf_lit(buf, "a number begins with a zero, which some programs read as octal");
		return;
	case NET_ADDRESS_HEX: buf_lit(buf, "its numbers are hexadecimal"); return;
	case NET_ADDRESS_LENGTH_MISSING: buf_lit(buf, "nothing follows the slash"); return;
	case NET_ADDRESS_LENGTH_TWICE:
		buf_lit(buf, "it has more than one slash; write one length");
		return;
	case NET_ADDRESS_NETMASK:
		buf_lit(buf, "after the slash stands a mask, not the number of its bits");
		return;
	case NET_ADDRESS_REVERSE: buf_lit(buf, "it is a name of reverse DNS"); return;
	case NET_ADDRESS_RANGE:
		buf_lit(buf, "ranges `a-b` stand in `enhanced_filtering.skip` only");
		return;
	case NET_ADDRESS_MAPPED: buf_lit(buf, "it is IPv4 written as IPv6"); return;
	case NET_ADDRESS_DOTTED_TAIL:
		buf_lit(buf, "IPv6 is written without a dotted tail here");
		return;
	case NET_ADDRESS_ZONE:
		buf_lit(buf, "a zone (`%...`) means something on one machine only");
		return;
	case NET_ADDRESS_IP6:
		buf_lit(buf, "IPv6 text is eight groups of up to four hexadecimal digits, and one "
			     "`::` may stand for groups of zeros");
		return;
	case NET_ADDRESS_PORT:
		buf_lit(buf, "a port and brackets are no part of an address");
		return;
	case NET_ADDRESS_RANGE_LENGTH:
		buf_lit(buf, "a range goes from one address to another, without `/N`");
		return;
	case NET_ADDRESS_RANGE_FAMILY:
		buf_lit(buf, "a range cannot lead from IPv4 to IPv6 or back");
		return;
	case NET_ADDRESS_RANGE_ORDER: buf_lit(buf, "the range ends before it begins"); return;
	}
}

/* The networks that a range is made of, if they are few. */
static void
write_pieces(Buf *buf, Str text)
{
	NetPrefixVec pieces = {0};
	NetSet set = {0};
	NetRange range;
	size_t i;

	if (net_range_parse(text, &range) == NET_ADDRESS_OK) {
		net_set_add_range(buf->arena, &set, range);
		net_set_cover(buf->arena, &set, &pieces);
	}
	if (pieces.len == 0 || pieces.len > 4)
		buf_lit(buf, "; write the networks that it is made of");
	for (i = 0; i < pieces.len && pieces.len <= 4; i++) {
		buf_lit(buf, i == 0 ? "; write `" : ", `");
		net_prefix_write(buf, pieces.items[i]);
		buf_char(buf, '`');
	}
}

/* Whether the advice says what to write. */
static bool
write_advice(Buf *buf, NetAddressError error, Str text)
{
	NetPrefix meant;

	if (error == NET_ADDRESS_RANGE) {
		write_pieces(buf, text);
		return true;
	}
	if (!net_address_suggest(error, text, &meant))
		return false;
	buf_lit(buf, "; write `");
	net_prefix_write(buf, meant);
	buf_char(buf, '`');
	return true;
}

/* The half-width form is shown even where it is no address: it is what the reader must look at. */
static void
write_half_width(Buf *buf, Str text)
{
	char clean[NET_ADDRESS_TEXT_MAX];
	NetAddressError error;
	NetPrefix prefix;
	Str half;

	if (!net_address_clean(text, clean, &half) || str_find_char(half, '`', 0) < half.len)
		return;
	error = net_prefix_parse(half, &prefix);
	buf_printf(buf, "; in half-width it is `" STR_FMT "`, and that is no address either: ",
		STR_ARG(half));
	write_cause(buf, error, half);
	write_advice(buf, error, half);
}

Str
net_address_reason(Arena *arena, NetAddressError error, Str text)
{
	Buf buf = buf_make(arena);

	text = faulty_part(text, error);
	write_cause(&buf, error, text);
	if (!write_advice(&buf, error, text) && error == NET_ADDRESS_FULL_WIDTH)
		write_half_width(&buf, text);
	return buf_text(&buf);
}
