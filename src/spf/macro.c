/* Macro-strings: taken apart once, expanded for each message. RFC 7208 section 7. */
#include "spf/spf_int.h"

/* Past this an expansion is nobody's name or explanation. */
#define EXPANSION_MAX ((size_t)1 << 20)
#define LABEL_MAX     63

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_alpha(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* Section 7.2; the last three are for explanations. */
#define LETTERS           STR("slodiphvcrt")
#define FIRST_EXPLANATORY 8

uint32_t
spf_macro_letter(char letter)
{
	return 1u << str_find_char(LETTERS, letter, 0);
}

/* Reads one text from left to right. */
typedef struct MacroReader {
	Arena *arena;
	Str text;
	size_t at;
	SpfMacroPlace place;
	SpfMacro *macro;
	size_t cap;
	const char *problem;
} MacroReader;

static SpfPiece *
add_piece(MacroReader *reader)
{
	SpfMacro *macro = reader->macro;

	macro->pieces = vec_reserve(
		reader->arena, macro->pieces, macro->len, &reader->cap, sizeof(*macro->pieces));
	return &macro->pieces[macro->len++];
}

static bool
refuse(MacroReader *reader, const char *problem)
{
	reader->problem = problem;
	return false;
}

static char
peek(const MacroReader *reader)
{
	return reader->at < reader->text.len ? reader->text.ptr[reader->at] : '\0';
}

/* The digits: how many right-hand parts are kept. None is all, and 0 is illegal. More parts than a
 * name has labels are all of them. */
static bool
read_keep(MacroReader *reader, SpfPiece *piece)
{
	unsigned keep = 0;
	size_t start = reader->at;

	for (; is_digit(peek(reader)); reader->at++) {
		if (keep < 200)
			keep = keep * 10 + (unsigned)(peek(reader) - '0');
	}
	if (reader->at > start && keep == 0)
		return refuse(reader, "a macro cannot keep 0 parts");
	piece->keep = (uint8_t)(keep > 200 ? 200 : keep);
	return true;
}

static bool
read_letter(MacroReader *reader, SpfPiece *piece)
{
	char letter = peek(reader);
	size_t index;

	piece->escape = letter >= 'A' && letter <= 'Z';
	piece->letter = (char)(piece->escape ? letter - 'A' + 'a' : letter);
	index = str_find_char(LETTERS, piece->letter, 0);
	if (index == LETTERS.len)
		return refuse(reader, "no macro has this letter");
	if (reader->place != SPF_IN_TEXT && index >= FIRST_EXPLANATORY)
		return refuse(reader, "the macros c, r and t are for explanations alone");
	reader->macro->letters |= 1u << index;
	reader->at++;
	return true;
}

/* Behind `%{`. */
static bool
read_expansion(MacroReader *reader)
{
	SpfPiece *piece = add_piece(reader);
	size_t start;

	if (!read_letter(reader, piece) || !read_keep(reader, piece))
		return false;
	if (peek(reader) == 'r' || peek(reader) == 'R') {
		piece->reverse = true;
		reader->at++;
	}
	start = reader->at;
	while (str_find_char(STR(".-+,/_="), peek(reader), 0) < 7)
		reader->at++;
	piece->delimiters =
		reader->at > start ? str_slice(reader->text, start, reader->at) : STR(".");
	if (peek(reader) != '}')
		return refuse(reader, "a macro is not closed by `}`");
	reader->at++;
	return true;
}

/* At a `%`. */
static bool
read_percent(MacroReader *reader)
{
	static const Str stands_for[] = {STR_CONST("%"), STR_CONST(" "), STR_CONST("%20")};
	size_t index;

	reader->at++;
	if (peek(reader) == '{') {
		reader->at++;
		return read_expansion(reader);
	}
	index = str_find_char(STR("%_-"), peek(reader), 0);
	if (index == 3)
		return refuse(reader, "`%` begins no macro; it is written `%%`");
	add_piece(reader)->literal = stands_for[index];
	reader->at++;
	return true;
}

/* %x21-24 / %x26-7E; an explanation has blanks besides. */
static bool
is_literal(const MacroReader *reader, char byte)
{
	if (byte == ' ')
		return reader->place == SPF_IN_TEXT;
	return byte >= 0x21 && byte <= 0x7e && byte != '%';
}

static bool
read_literal(MacroReader *reader)
{
	size_t start = reader->at;

	while (reader->at < reader->text.len && is_literal(reader, reader->text.ptr[reader->at]))
		reader->at++;
	if (reader->at == start)
		return refuse(reader, "a character that is not visible ASCII");
	add_piece(reader)->literal = str_slice(reader->text, start, reader->at);
	return true;
}

/* A top label is alphanumeric with hyphens inside, and has a letter or a hyphen: no address ends in
 * one. */
static bool
is_top_label(Str label)
{
	bool named = false;
	size_t i;

	for (i = 0; i < label.len; i++) {
		char byte = label.ptr[i];
		bool hyphen = byte == '-' && i > 0 && i + 1 < label.len;

		if (!is_alpha(byte) && !is_digit(byte) && !hyphen)
			return false;
		named |= !is_digit(byte);
	}
	return named;
}

/* domain-end: a macro, or a dot and a top label and maybe a last dot. */
static bool
ends_as_domain(const SpfMacro *macro)
{
	const SpfPiece *last = &macro->pieces[macro->len - 1];
	Str text = last->literal;
	size_t dot;

	/* `%%`, `%_` and `%-` are macro-expand, too: their literals are not of the text. */
	if (text.ptr == NULL || text.ptr < macro->text.ptr ||
		text.ptr > macro->text.ptr + macro->text.len)
		return true;
	if (text.ptr[text.len - 1] == '.')
		text.len--;
	for (dot = text.len; dot > 0 && text.ptr[dot - 1] != '.'; dot--)
		;
	return dot > 0 && is_top_label(str_slice(text, dot, text.len));
}

const SpfMacro *
spf_macro_parse(Arena *arena, Str text, SpfMacroPlace place, const char **ret_problem)
{
	MacroReader reader = {.arena = arena, .text = text, .place = place};

	reader.macro = ARENA_NEW(arena, SpfMacro);
	reader.macro->text = text;
	while (reader.at < text.len) {
		if (!(peek(&reader) == '%' ? read_percent(&reader) : read_literal(&reader))) {
			*ret_problem = reader.problem;
			return NULL;
		}
	}
	if (place == SPF_IN_DOMAIN && (reader.macro->len == 0 || !ends_as_domain(reader.macro))) {
		*ret_problem = text.len == 0 ? "the domain is empty"
					     : "the domain does not end in a top-level label";
		return NULL;
	}
	return reader.macro;
}

bool
spf_macro_has(const SpfMacro *macro, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		if ((macro->letters & spf_macro_letter(*letters)) != 0)
			return true;
	}
	return false;
}

/* --- expansion -------------------------------------------------------------------------------- */

/* Section 7.3: dotted for IPv4; for IPv6 the 32 hexadecimal digits with dots between. */
static Str
dotted_address(Arena *arena, NetPrefix ip)
{
	NetBits bits = net_prefix_bits(ip);
	Buf buf = buf_make(arena);
	unsigned i;

	if (ip.family == NET_IP4)
		return net_prefix_text(arena, ip);
	for (i = 0; i < 32; i++)
		buf_printf(&buf, "%s%X", i > 0 ? "." : "", (unsigned)(bits >> (124 - 4 * i)) & 0xf);
	return buf_text(&buf);
}

static Str
value_of(Arena *arena, char letter, const SpfIdentity *identity)
{
	switch (letter) {
	case 's':
		return str_format(arena, STR_FMT "@" STR_FMT, STR_ARG(identity->local),
			STR_ARG(identity->sender_domain));
	case 'l': return identity->local;
	case 'o': return identity->sender_domain;
	case 'd': return identity->domain;
	case 'i': return dotted_address(arena, identity->ip);
	case 'p': return identity->validated;
	case 'v': return identity->ip.family == NET_IP4 ? STR("in-addr") : STR("ip6");
	case 'h': return identity->helo;
	case 'c': return net_prefix_text(arena, identity->ip);
	case 'r': return identity->receiver.len > 0 ? identity->receiver : STR("unknown");
	default: return str_format(arena, "%lld", (long long)identity->time);
	}
}

/* RFC 3986 section 2.3: what is not unreserved is written as %XX. */
static void
add_escaped(Buf *buf, Str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		if (is_alpha(byte) || is_digit(byte) || byte == '-' || byte == '.' || byte == '_' ||
			byte == '~')
			buf_char(buf, byte);
		else
			buf_printf(buf, "%%%02X", (unsigned)(unsigned char)byte);
	}
}

static void
split_parts(Arena *arena, Str value, Str delimiters, StrVec *parts)
{
	size_t start = 0, at;

	for (at = 0; at <= value.len; at++) {
		if (at < value.len && str_find_char(delimiters, value.ptr[at], 0) == delimiters.len)
			continue;
		VEC_PUSH(arena, parts, str_slice(value, start, at));
		start = at + 1;
	}
}

/* Split, reverse, keep the right-hand parts, join by dots: in this order. */
static void
expand_piece(Buf *buf, const SpfPiece *piece, const SpfIdentity *identity)
{
	Buf joined = buf_make(buf->arena);
	StrVec parts = {0};
	size_t from, i;

	split_parts(buf->arena, value_of(buf->arena, piece->letter, identity), piece->delimiters,
		&parts);
	from = piece->keep > 0 && piece->keep < parts.len ? parts.len - piece->keep : 0;
	for (i = from; i < parts.len; i++) {
		if (i > from)
			buf_char(&joined, '.');
		buf_str(&joined, parts.items[piece->reverse ? parts.len - 1 - i : i]);
	}
	if (piece->escape)
		add_escaped(buf, buf_text(&joined));
	else
		buf_str(buf, buf_text(&joined));
}

void
spf_macro_expand(Buf *buf, const SpfMacro *macro, const SpfIdentity *identity)
{
	size_t i;

	buf->limit = EXPANSION_MAX;
	for (i = 0; i < macro->len && !buf->failed; i++) {
		if (macro->pieces[i].literal.ptr != NULL)
			buf_str(buf, macro->pieces[i].literal);
		else
			expand_piece(buf, &macro->pieces[i], identity);
	}
}

/* --- names ------------------------------------------------------------------------------------ */

static bool
labels_fit(Str name)
{
	size_t start = 0, at;

	for (at = 0; at <= name.len; at++) {
		if (at < name.len && name.ptr[at] != '.')
			continue;
		if (at == start || at - start > LABEL_MAX)
			return false;
		start = at + 1;
	}
	return true;
}

Str
spf_name_form(Arena *arena, Str text)
{
	if (text.len > 0 && text.ptr[text.len - 1] == '.')
		text.len--;
	while (text.len > SPF_NAME_MAX) {
		size_t dot = str_find_char(text, '.', 0);

		if (dot == text.len)
			return (Str){0};
		text = str_slice(text, dot + 1, text.len);
	}
	return labels_fit(text) ? str_lower(arena, text) : (Str){0};
}

bool
spf_name_is_domain(Str name)
{
	return name.ptr != NULL && str_find_char(name, '.', 0) < name.len;
}
