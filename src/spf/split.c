/* A record that is too long for one name: a star of leaves under the root, each one look-up. */
#include "spf/spf_int.h"

#define LEAF_HEAD STR("v=spf1")
#define LEAF_TAIL STR(" -all")
/* Names that are looked at for one that is free. */
#define NUMBERS_MAX 1000u

/* RFC 1035 section 4.1: header, question; of each record a pointer to the name, 10 octets, strings
 * with their lengths. */
#define ANSWER_HEAD   (12u + 4u)
#define RECORD_HEAD   12u
#define NAME_OVERHEAD 2u

static size_t
text_octets(Str text)
{
	return text.len + (text.len == 0 ? 1 : (text.len + SPF_STRING_MAX - 1) / SPF_STRING_MAX);
}

size_t
spf_answer_size(Str name, const Str *texts, size_t len)
{
	size_t size = ANSWER_HEAD + name.len + NAME_OVERHEAD, i;

	for (i = 0; i < len; i++)
		size += RECORD_HEAD + text_octets(texts[i]);
	return size;
}

/* The longest name that is tried. */
static size_t
leaf_name_max(Str domain)
{
	return domain.len + STR("_spf1000.").len;
}

/* The text of one record whose answer has so many octets: each string begins with its length. */
static size_t
text_within(size_t answer, size_t name)
{
	size_t left = answer - ANSWER_HEAD - NAME_OVERHEAD - RECORD_HEAD - name;

	return left - (left + SPF_STRING_MAX) / (SPF_STRING_MAX + 1);
}

static size_t
plain_text(size_t name)
{
	size_t max = text_within(SPF_ANSWER_PLAIN, name);

	return max < SPF_TEXT_MAX ? max : SPF_TEXT_MAX;
}

size_t
spf_text_max(Str name)
{
	return plain_text(name.len);
}

size_t
spf_leaf_plain(Str domain)
{
	return plain_text(leaf_name_max(domain));
}

size_t
spf_leaf_max(Str domain)
{
	return text_within(SPF_ANSWER_MAX, leaf_name_max(domain));
}

/* The next `_spfN.DOMAIN` that is a name, and free; absent when there is none. */
static Str
next_name(Arena *arena, const SpfLayout *layout, unsigned *number)
{
	while (++*number <= NUMBERS_MAX) {
		Str name = str_format(arena, "_spf%u." STR_FMT, *number, STR_ARG(layout->domain)),
		    parsed;

		if (net_name_parse(arena, name, NET_NAME_DNS, &parsed) != NET_NAME_OK)
			return (Str){0};
		if (layout->is_free == NULL || layout->is_free(layout->context, name))
			return name;
	}
	return (Str){0};
}

/* Takes the terms that fit from *at on. */
static Str
fill_leaf(Arena *arena, const StrVec *terms, size_t max, size_t *at)
{
	Buf leaf = buf_make(arena);

	buf_str(&leaf, LEAF_HEAD);
	while (*at < terms->len && leaf.len + 1 + terms->items[*at].len + LEAF_TAIL.len <= max) {
		buf_char(&leaf, ' ');
		buf_str(&leaf, terms->items[(*at)++]);
	}
	buf_str(&leaf, LEAF_TAIL);
	return buf_text(&leaf);
}

/* False where a name or a term does not fit. */
static bool
fill_leaves(Arena *arena, const StrVec *terms, const SpfLayout *layout, SpfNamedVec *leaves)
{
	unsigned number = 0;
	size_t at = 0;

	while (at < terms->len) {
		size_t before = at;
		SpfNamed leaf = {.name = next_name(arena, layout, &number)};

		if (leaf.name.ptr == NULL)
			return false;
		leaf.text = fill_leaf(arena, terms, layout->leaf_max, &at);
		if (at == before)
			return false;
		VEC_PUSH(arena, leaves, leaf);
	}
	return true;
}

static Str
root_over(Arena *arena, const SpfRecipe *recipe, const SpfNamedVec *leaves)
{
	StrVec includes = {0};
	size_t i;

	for (i = 0; i < leaves->len; i++)
		VEC_PUSH(arena, &includes,
			str_format(arena, "include:" STR_FMT, STR_ARG(leaves->items[i].name)));
	return spf_write(arena, recipe, &includes);
}

void
spf_lay_out(
	Arena *arena, const SpfRecipe *recipe, const SpfLayout *layout, SpfNamedVec *ret_records)
{
	Arena *scratch = arena_create();
	StrVec terms = {0};
	SpfNamedVec leaves = {0};
	Str whole, root;
	size_t i;

	if (!recipe->never)
		spf_address_terms(scratch, recipe, &terms);
	whole = spf_write(scratch, recipe, &terms);
	*ret_records = (SpfNamedVec){0};
	if (layout->split && whole.len > spf_text_max(layout->domain) &&
		fill_leaves(scratch, &terms, layout, &leaves)) {
		root = root_over(scratch, recipe, &leaves);
		for (i = 0; root.len < whole.len && i < leaves.len; i++)
			VEC_PUSH(arena, ret_records,
				((SpfNamed){str_copy(arena, leaves.items[i].name),
					str_copy(arena, leaves.items[i].text)}));
		whole = root.len < whole.len ? root : whole;
	}
	VEC_PUSH(arena, ret_records, ((SpfNamed){layout->domain, str_copy(arena, whole)}));
	arena_destroy(scratch);
}
