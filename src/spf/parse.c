/* The grammar of a record, RFC 7208 section 12: the whole text, before anything is evaluated. */
#include "spf/spf_int.h"

const SpfTermRow spf_terms[] = {
#define MECHANISM(enumerator, name, counts, domain, cidr)                                          \
	[SPF_TERM_##enumerator] = {name, counts, false, cidr, SPF_DOMAIN_##domain},
#define MODIFIER(enumerator, name, counts, domain, cidr)                                           \
	[SPF_TERM_##enumerator] = {name, counts, true, cidr, SPF_DOMAIN_##domain},
#include "spf/terms.def"
#undef MODIFIER
#undef MECHANISM
};

#define VERSION STR("v=spf1")

bool
spf_is_record(Str text)
{
	return text.len >= VERSION.len &&
	       str_equal_nocase(str_slice(text, 0, VERSION.len), VERSION) &&
	       (text.len == VERSION.len || text.ptr[VERSION.len] == ' ');
}

const char *
spf_result_text(SpfResult result)
{
	static const char *const texts[] = {"none", "neutral", "pass", "fail", "softfail",
		"temperror", "permerror", "undetermined"};

	return texts[result];
}

typedef struct RecordReader {
	Arena *arena;
	Str text;
	SpfRecord *record;
	size_t cap;
	SpfProblem *problem;
} RecordReader;

/* `part` is a slice of the record. */
static bool
refuse(RecordReader *reader, Str part, const char *message)
{
	size_t start = (size_t)(part.ptr - reader->text.ptr);

	*reader->problem = (SpfProblem){start, start + part.len, str_from(message)};
	return false;
}

/* --- the arguments of mechanisms -------------------------------------------------------------- */

/*
 * Takes `/N` off the end, N as RFC 7208 has it: decimal, no leading zero. What only looks like one
 * stays, and the domain is refused for it.
 */
static bool
take_length(Str *argument, Str slashes, uint64_t *ret_length)
{
	size_t digits = argument->len;
	Str number;

	while (digits > 0 && argument->ptr[digits - 1] >= '0' && argument->ptr[digits - 1] <= '9')
		digits--;
	number = str_slice(*argument, digits, argument->len);
	if (!str_ends(str_slice(*argument, 0, digits), slashes) ||
		!base_parse_number(number, UINT32_MAX, ret_length))
		return false;
	argument->len = digits - slashes.len;
	return true;
}

/* [ "/" ip4-cidr-length ] [ "//" ip6-cidr-length ], read from the end: a domain may hold slashes.
 */
static bool
read_dual_cidr(RecordReader *reader, SpfTerm *term, Str *argument)
{
	uint64_t ip4 = 32, ip6 = 128;

	(void)take_length(argument, STR("//"), &ip6);
	(void)take_length(argument, STR("/"), &ip4);
	if (ip4 > 32)
		return refuse(reader, term->text, "an IPv4 prefix length is at most 32");
	if (ip6 > 128)
		return refuse(reader, term->text, "an IPv6 prefix length is at most 128");
	term->ip4_len = (uint8_t)ip4;
	term->ip6_len = (uint8_t)ip6;
	return true;
}

static bool
read_domain(RecordReader *reader, SpfTerm *term, Str text)
{
	const char *problem;

	term->domain = spf_macro_parse(reader->arena, text, SPF_IN_DOMAIN, &problem);
	return term->domain != NULL || refuse(reader, term->text, problem);
}

static bool
read_ip4(RecordReader *reader, SpfTerm *term, Str text)
{
	if (net_prefix_parse(text, &term->prefix) == NET_ADDRESS_OK &&
		term->prefix.family == NET_IP4)
		return true;
	return refuse(reader, term->text, "`ip4` wants four numbers, and a length of at most 32");
}

static bool
read_ip6(RecordReader *reader, SpfTerm *term, Str text)
{
	uint64_t length = 128;

	(void)take_length(&text, STR("/"), &length);
	if (length <= 128 && net_address_parse_rfc4291(text, &term->prefix) &&
		term->prefix.family == NET_IP6) {
		term->prefix.len = (uint8_t)length;
		return true;
	}
	return refuse(
		reader, term->text, "`ip6` wants an IPv6 address, and a length of at most 128");
}

/* `argument` begins with the `:` or `/` behind the name, or is empty. */
static bool
read_argument(RecordReader *reader, SpfTerm *term, Str argument)
{
	const SpfTermRow *row = &spf_terms[term->kind];
	bool given;

	if (row->cidr && !read_dual_cidr(reader, term, &argument))
		return false;
	given = argument.len > 0 && argument.ptr[0] == ':';
	if (given)
		argument = str_slice(argument, 1, argument.len);
	else if (argument.len > 0)
		return refuse(
			reader, term->text, "this mechanism takes no prefix length like that");
	if (term->kind == SPF_TERM_IP4)
		return read_ip4(reader, term, argument);
	if (term->kind == SPF_TERM_IP6)
		return read_ip6(reader, term, argument);
	if (given && row->domain == SPF_DOMAIN_NONE)
		return refuse(reader, term->text, "`all` takes no argument");
	if (!given && row->domain == SPF_DOMAIN_MUST)
		return refuse(reader, term->text, "this mechanism wants a domain");
	return !given || read_domain(reader, term, argument);
}

/* --- terms ------------------------------------------------------------------------------------ */

static bool
find_term(Str name, bool is_modifier, SpfTermKind *ret_kind)
{
	size_t i;

	for (i = 0; i < SPF_TERM_UNKNOWN; i++) {
		if (spf_terms[i].is_modifier == is_modifier &&
			str_equal_nocase(name, str_from(spf_terms[i].name))) {
			*ret_kind = (SpfTermKind)i;
			return true;
		}
	}
	return false;
}

static SpfResult
take_qualifier(Str *text)
{
	static const SpfResult results[] = {SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_NEUTRAL};
	size_t index = str_find_char(STR("+-~?"), text->ptr[0], 0);

	if (index == BASE_COUNT(results))
		return SPF_PASS;
	*text = str_slice(*text, 1, text->len);
	return results[index];
}

static bool
read_mechanism(RecordReader *reader, SpfTerm *term)
{
	Str rest = term->text;
	size_t end = 0;

	term->qualifier = take_qualifier(&rest);
	while (end < rest.len && rest.ptr[end] != ':' && rest.ptr[end] != '/')
		end++;
	if (!find_term(str_slice(rest, 0, end), false, &term->kind))
		return refuse(reader, term->text, "no mechanism has this name");
	return read_argument(reader, term, str_slice(rest, end, rest.len));
}

/* Modifiers of a name that is not known are passed over, but their macros must be right. */
static bool
read_modifier(RecordReader *reader, SpfTerm *term, size_t equals)
{
	Str value = str_slice(term->text, equals + 1, term->text.len);
	const SpfTerm *twin;
	const char *problem;

	if (!find_term(str_slice(term->text, 0, equals), true, &term->kind)) {
		term->kind = SPF_TERM_UNKNOWN;
		return spf_macro_parse(reader->arena, value, SPF_IN_MODIFIER, &problem) != NULL ||
		       refuse(reader, term->text, problem);
	}
	twin = term->kind == SPF_TERM_EXP ? reader->record->exp : reader->record->redirect;
	if (twin != NULL)
		return refuse(reader, term->text, "this modifier stands here twice");
	if (term->kind == SPF_TERM_EXP)
		reader->record->exp = term;
	else
		reader->record->redirect = term;
	return read_domain(reader, term, value);
}

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ), right before a `=`; 0 where there is none. */
static size_t
modifier_equals(Str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		char byte = text.ptr[i];
		bool alpha = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');

		if (byte == '=')
			return i;
		if (!alpha && (i == 0 || byte == '\0' ||
				      str_find_char(STR("0123456789-_."), byte, 0) == 13))
			return 0;
	}
	return 0;
}

static bool
read_term(RecordReader *reader, Str text)
{
	SpfTerm *term = &reader->record->terms[reader->record->len++];
	size_t equals = modifier_equals(text);

	term->text = text;
	return equals > 0 ? read_modifier(reader, term, equals) : read_mechanism(reader, term);
}

/* How many terms there are at most, so that none of them moves. */
static size_t
count_blanks(Str text)
{
	size_t count = 0, i;

	for (i = 0; i < text.len; i++)
		count += text.ptr[i] == ' ';
	return count;
}

bool
spf_parse(Arena *arena, Str text, SpfRecord **ret_record, SpfProblem *ret_problem)
{
	RecordReader reader = {.arena = arena, .text = text, .problem = ret_problem};
	size_t at = VERSION.len;

	reader.record = ARENA_NEW(arena, SpfRecord);
	reader.record->terms = ARENA_ARRAY(arena, SpfTerm, count_blanks(text));
	if (!spf_is_record(text))
		return refuse(&reader, str_slice(text, 0, 0), "the record does not begin `v=spf1`");
	while (at < text.len) {
		size_t end;

		if (text.ptr[at] == ' ') {
			at++;
			continue;
		}
		end = str_find_char(text, ' ', at);
		if (!read_term(&reader, str_slice(text, at, end)))
			return false;
		at = end;
	}
	*ret_record = reader.record;
	return true;
}
