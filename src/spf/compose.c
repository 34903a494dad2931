/* The text of one record. */
#include "spf/spf_int.h"

/* In the order in which they stand in a record. */
typedef enum TermClass { TERM_HOSTS, TERM_FIXED, TERM_DEPENDENT, TERM_CLASSES } TermClass;

static Str
without_qualifier(Str term)
{
	if (term.len > 0 && (term.ptr[0] == '+' || term.ptr[0] == '-' || term.ptr[0] == '~' ||
				    term.ptr[0] == '?'))
		return str_slice(term, 1, term.len);
	return term;
}

/* The mechanism's or modifier's name. */
static Str
term_name(Str term)
{
	Str rest = without_qualifier(term);
	size_t end = 0;

	while (end < rest.len && rest.ptr[end] != ':' && rest.ptr[end] != '/' &&
		rest.ptr[end] != '=')
		end++;
	return str_slice(rest, 0, end);
}

static bool
is_named(Str term, const char *name)
{
	return str_equal_nocase(term_name(term), str_from(name));
}

/* Every macro but %{d}, the domain itself, stands for something of the client or the sender; what
 * follows another `%` is none (RFC 7208 section 7.1 and 7.2). */
static bool
depends_on_message(Str term)
{
	size_t at;

	if (is_named(term, "ptr"))
		return true;
	for (at = 0; at + 2 < term.len; at++) {
		if (term.ptr[at] != '%')
			continue;
		at++;
		if (term.ptr[at] == '{' && term.ptr[at + 1] != 'd' && term.ptr[at + 1] != 'D')
			return true;
	}
	return false;
}

static TermClass
class_of(Str term)
{
	if (depends_on_message(term))
		return TERM_DEPENDENT;
	return is_named(term, "a") || is_named(term, "mx") ? TERM_HOSTS : TERM_FIXED;
}

typedef struct Writer {
	Arena *scratch;
	Buf record;
	Map written;
} Writer;

/* Lower-case but for macros, where an upper-case letter asks for URL escapes. */
static Str
normal_term(Arena *arena, Str term)
{
	Buf buf = buf_make(arena);
	size_t at = 0;

	while (at < term.len) {
		size_t macro = at + str_find(str_slice(term, at, term.len), STR("%{"));
		size_t end = str_find_char(term, '}', macro);

		buf_str(&buf, str_lower(arena, str_slice(term, at, macro)));
		buf_str(&buf, str_slice(term, macro, end));
		at = end;
	}
	return buf_text(&buf);
}

static void
add_term(Writer *writer, Str term)
{
	Str normal = normal_term(writer->scratch, term);

	if (map_add(writer->scratch, &writer->written, normal, 1) != MAP_NONE)
		return;
	buf_char(&writer->record, ' ');
	buf_str(&writer->record, normal);
}

static void
add_class(Writer *writer, const SpfRecipe *recipe, TermClass term_class)
{
	size_t i;

	for (i = 0; i < recipe->terms.len; i++) {
		if (class_of(recipe->terms.items[i]) == term_class)
			add_term(writer, recipe->terms.items[i]);
	}
}

void
spf_address_terms(Arena *arena, const SpfRecipe *recipe, StrVec *ret_terms)
{
	NetPrefixVec cover = {0};
	size_t i;

	net_set_cover(arena, &recipe->addresses, &cover);
	for (i = 0; i < cover.len; i++) {
		Buf term = buf_make(arena);

		if (net_set_contains(&recipe->known, cover.items[i]))
			continue;
		buf_lit(&term, cover.items[i].family == NET_IP4 ? "ip4:" : "ip6:");
		net_prefix_write(&term, cover.items[i]);
		VEC_PUSH(arena, ret_terms, buf_text(&term));
	}
}

Str
spf_compose(Arena *arena, const SpfRecipe *recipe)
{
	Arena *scratch = arena_create();
	StrVec addresses = {0};
	Str record;

	spf_address_terms(scratch, recipe, &addresses);
	record = spf_write(arena, recipe, &addresses);
	arena_destroy(scratch);
	return record;
}

Str
spf_write(Arena *arena, const SpfRecipe *recipe, const StrVec *addresses)
{
	static const char *const all[] = {
		[SPF_ALL_FAIL] = "-all", [SPF_ALL_SOFTFAIL] = "~all", [SPF_ALL_NEUTRAL] = "?all"};
	Writer writer = {.scratch = arena_create(), .record = buf_make(arena)};
	size_t i;

	buf_lit(&writer.record, "v=spf1");
	if (!recipe->never) {
		for (i = 0; i < addresses->len; i++)
			add_term(&writer, addresses->items[i]);
		add_class(&writer, recipe, TERM_HOSTS);
		if (recipe->cloud_include.ptr != NULL)
			add_term(&writer, str_format(writer.scratch, "include:" STR_FMT,
						  STR_ARG(recipe->cloud_include)));
		add_class(&writer, recipe, TERM_FIXED);
		add_class(&writer, recipe, TERM_DEPENDENT);
	}
	buf_char(&writer.record, ' ');
	buf_lit(&writer.record, recipe->never ? "-all" : all[recipe->all]);
	arena_destroy(writer.scratch);
	return buf_text(&writer.record);
}

unsigned
spf_lookup_terms(Str record)
{
	static const char *const counted[] = {"include", "a", "mx", "ptr", "exists", "redirect"};
	unsigned count = 0;
	size_t start = 0, i;

	while (start < record.len) {
		size_t end = str_find_char(record, ' ', start);
		Str name = term_name(str_slice(record, start, end));

		/* Most of a long record is addresses. */
		for (i = 0; !STR_EQ(name, "ip4") && i < BASE_COUNT(counted); i++)
			count += str_equal_nocase(name, str_from(counted[i]));
		start = end + 1;
	}
	return count;
}

void
spf_strings(Arena *arena, Str value, StrVec *ret_strings)
{
	while (value.len > SPF_STRING_MAX) {
		size_t cut = SPF_STRING_MAX;

		while (cut > 0 && value.ptr[cut - 1] != ' ')
			cut--;
		if (cut == 0)
			cut = SPF_STRING_MAX;
		VEC_PUSH(arena, ret_strings, str_slice(value, 0, cut));
		value = str_slice(value, cut, value.len);
	}
	VEC_PUSH(arena, ret_strings, value);
}

bool
spf_term_address(Str term, Str *ret_address, NetFamily *ret_family)
{
	Str name = term_name(term);
	size_t at = str_find_char(term, ':', 0);

	*ret_family = str_equal_nocase(name, STR("ip6")) ? NET_IP6 : NET_IP4;
	if (*ret_family == NET_IP4 && !str_equal_nocase(name, STR("ip4")))
		return false;
	*ret_address = str_slice(term, at < term.len ? at + 1 : at, term.len);
	return true;
}

const char *
spf_term_problem(Str term)
{
	size_t i;

	for (i = 0; i < term.len; i++) {
		if (term.ptr[i] == ' ')
			return "it holds a blank; each term is an item of its own";
		if (term.ptr[i] < 0x21 || term.ptr[i] > 0x7e)
			return "it holds a character that is not printable ASCII";
	}
	if (term.len == 0)
		return "it is empty";
	if (str_equal_nocase(term_name(term), STR("v")))
		return "the version is written by connplan";
	if (str_equal_nocase(term_name(term), STR("all")))
		return "`all` has a key of its own";
	if (str_equal_nocase(term_name(term), STR("redirect")))
		return "`all`, which ends the record, makes it useless";
	return NULL;
}
