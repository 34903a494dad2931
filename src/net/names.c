/*
 * Domain names. ASCII is checked here alone: libidn2 would let blanks and `a..b` pass or, with
 * STD3 rules, delete characters. It only turns names that need it into A-labels, and what it
 * gives is checked like any other name.
 */
#include "net/net_int.h"

#include <idn2.h>

#define LABEL_MAX 63
#define WHOLE_MAX 253
/* Four octets at most for each character, of which none takes less than one octet as an A-label. */
#define UTF8_MAX ((size_t)4 * WHOLE_MAX)

static bool
is_alphanumeric(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z');
}

static NetNameError
check_label(Str label, NetNameKind kind)
{
	size_t i;

	if (label.len == 0)
		return NET_NAME_EMPTY_LABEL;
	if (label.len > LABEL_MAX)
		return NET_NAME_LABEL_TOO_LONG;
	if (kind == NET_NAME_DNS && label.ptr[0] == '_')
		label = str_slice(label, 1, label.len);
	for (i = 0; i < label.len; i++) {
		if (!is_alphanumeric(label.ptr[i]) && label.ptr[i] != '-')
			return NET_NAME_CHARACTER;
	}
	/* An underscore alone. */
	if (label.len == 0)
		return NET_NAME_CHARACTER;
	if (label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
		return NET_NAME_HYPHEN;
	return NET_NAME_OK;
}

/* Decimal, or hexadecimal with 0x: what inet_aton() would take for a part of an address. */
static bool
is_number(Str label)
{
	uint32_t digit;
	bool hex = label.len > 2 && label.ptr[0] == '0' && (label.ptr[1] | 0x20) == 'x';
	size_t i;

	for (i = hex ? 2 : 0; i < label.len; i++) {
		if (!net_hex_digit(label.ptr[i], &digit) || (!hex && digit > 9))
			return false;
	}
	return true;
}

/* Left to right: the first fault is the one that is told. */
static NetNameError
check_labels(Str name, NetNameKind kind)
{
	size_t at = 0, dot = 0;
	NetNameError error;

	for (; at <= name.len; at = dot + 1) {
		dot = str_find_char(name, '.', at);
		error = check_label(str_slice(name, at, dot), kind);
		if (error != NET_NAME_OK)
			return error;
		/* The last label. */
		if (dot == name.len && is_number(str_slice(name, at, dot)))
			return NET_NAME_ADDRESS;
	}
	return NET_NAME_OK;
}

/* A whole name in ASCII. */
static NetNameError
check_name(Arena *arena, Str name, NetNameKind kind, Str *ret_name)
{
	NetNameError error;
	NetPrefix prefix;

	if (name.len > 0 && name.ptr[name.len - 1] == '.')
		name.len--;
	if (name.len == 0)
		return NET_NAME_EMPTY;
	if (net_read_prefix(name, &prefix))
		return NET_NAME_ADDRESS;
	error = check_labels(name, kind);
	if (error != NET_NAME_OK)
		return error;
	if (name.len > WHOLE_MAX)
		return NET_NAME_TOO_LONG;
	*ret_name = str_lower(arena, name);
	return str_find_char(name, '.', 0) == name.len ? NET_NAME_SINGLE_LABEL : NET_NAME_OK;
}

/* Whether a name needs libidn2, and whether it may have it. */
static NetNameError
check_unicode(Str text, bool *ret_unicode)
{
	size_t at = 0;

	*ret_unicode = false;
	while (at < text.len) {
		unsigned char byte = (unsigned char)text.ptr[at];
		uint32_t code_point;

		if (byte >= 0x20 && byte < 0x7f) {
			at++;
			continue;
		}
		code_point = utf8_next(text, &at);
		*ret_unicode = *ret_unicode || code_point > 0x7f;
		/* It would drop what does not show. Joiners are letters of some scripts. */
		if (code_point == 0 || utf8_is_control(code_point) ||
			(utf8_is_invisible(code_point) && code_point != 0x200c &&
				code_point != 0x200d))
			return NET_NAME_CHARACTER;
	}
	return NET_NAME_OK;
}

/* Faults that ASCII names have too are told in the same words. */
static NetNameError
idna_error(int status)
{
	switch (status) {
	case IDN2_OK: return NET_NAME_OK;
	case IDN2_TOO_BIG_LABEL:
	case IDN2_PUNYCODE_BIG_OUTPUT: return NET_NAME_LABEL_TOO_LONG;
	case IDN2_TOO_BIG_DOMAIN: return NET_NAME_TOO_LONG;
	case IDN2_HYPHEN_STARTEND: return NET_NAME_HYPHEN;
	case IDN2_MALLOC: panic("out of memory (a domain name was to be converted)");
	default: return NET_NAME_IDNA;
	}
}

static NetNameError
to_ascii(Arena *arena, Str text, Str *ret_ascii)
{
	char *ascii = NULL;
	NetNameError error;

	if (text.len > UTF8_MAX)
		return NET_NAME_TOO_LONG;
	error = idna_error(idn2_to_ascii_8z(
		str_c(arena, text), &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT));
	if (error == NET_NAME_OK)
		*ret_ascii = str_copy(arena, str_from(ascii));
	idn2_free(ascii);
	return error;
}

NetNameError
net_name_parse(Arena *arena, Str text, NetNameKind kind, Str *ret_name)
{
	NetNameError error;
	bool unicode;

	error = check_unicode(text, &unicode);
	if (error == NET_NAME_OK && unicode)
		error = to_ascii(arena, text, &text);
	if (error != NET_NAME_OK)
		return error;
	return check_name(arena, text, kind, ret_name);
}

Str
net_name_unicode(Arena *arena, Str name)
{
	size_t star = str_starts(name, STR("*.")) ? 2 : 0;
	Str labels = str_slice(name, star, name.len), unicode = name, back;
	char *text = NULL;

	if (str_find(name, STR("xn--")) == name.len)
		return name;
	if (idn2_to_unicode_8z8z(str_c(arena, labels), &text, IDN2_NONTRANSITIONAL) == IDN2_OK)
		unicode = str_copy(arena, str_from(text));
	idn2_free(text);
	/* Whoever types what is shown must reach this very name. */
	if (net_name_parse(arena, unicode, NET_NAME_DNS, &back) != NET_NAME_OK ||
		!str_equal(back, labels))
		return name;
	return star == 0 ? unicode : str_format(arena, "*." STR_FMT, STR_ARG(unicode));
}

const char *
net_name_reason(NetNameError error)
{
	switch (error) {
	case NET_NAME_OK: return "it is one";
	case NET_NAME_EMPTY: return "it is empty";
	case NET_NAME_EMPTY_LABEL: return "two dots follow each other, or it begins with one";
	case NET_NAME_LABEL_TOO_LONG: return "a label is longer than 63 octets";
	case NET_NAME_TOO_LONG: return "it is longer than 253 octets";
	case NET_NAME_CHARACTER: return "labels are made of letters, digits and hyphens";
	case NET_NAME_HYPHEN: return "a label begins or ends with a hyphen";
	case NET_NAME_SINGLE_LABEL: return "it has one label only, a whole name has a dot";
	case NET_NAME_IDNA: return "it has no form in A-labels (IDNA 2008)";
	case NET_NAME_ADDRESS: return "it reads as an address";
	}
	return "";
}

bool
net_name_is_within(Str name, Str parent)
{
	if (str_equal(name, parent))
		return true;
	return name.len > parent.len && str_ends(name, parent) &&
	       name.ptr[name.len - parent.len - 1] == '.';
}

const char *
net_library_version(void)
{
	return idn2_check_version(NULL);
}
