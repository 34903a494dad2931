/*
 * An include replaced by its addresses. Only a pass inside is a match outside (RFC 7208 section
 * 5.2), so that the set of what passes is all there is to it, as long as no address ends in an
 * error there, and none in something that is not known.
 */
#include "spf/spf_int.h"

static Str
way_text(Arena *arena, const SpfCause *cause)
{
	Buf text = buf_make(arena);
	size_t i;

	for (i = 0; i < cause->path.len; i++) {
		buf_str(&text, cause->path.items[i]);
		buf_lit(&text, " > ");
	}
	buf_str(&text, cause->term.ptr != NULL ? cause->term : STR("its record"));
	buf_lit(&text, ": ");
	buf_str(&text, cause->reason);
	return buf_text(&text);
}

static void
refuse(SpfFlat *flat, Str refusal)
{
	if (flat->refusal.ptr == NULL)
		flat->refusal = refusal;
}

/* What is missing can be looked up; all else stays as it is. */
static void
refuse_unknown(Arena *arena, const SpfExpansion *expansion, SpfFlat *flat)
{
	size_t i;

	for (i = 0; i < expansion->causes.len; i++) {
		const SpfCause *cause = &expansion->causes.items[i];

		if (cause->is_missing)
			continue;
		refuse(flat, way_text(arena, cause));
	}
	if (flat->refusal.ptr != NULL || expansion->causes.len == 0)
		return;
	flat->is_missing = true;
	refuse(flat, way_text(arena, &expansion->causes.items[0]));
}

void
spf_flatten(Arena *arena, SpfCache *cache, Str name, Str origin, SpfFlat *ret_flat)
{
	SpfScope scope = {.domain = name, .origin = origin};
	SpfExpansion expansion;

	*ret_flat = (SpfFlat){0};
	spf_expand(arena, cache, &scope, &expansion);
	ret_flat->pass = expansion.results[SPF_PASS];
	if (!net_set_is_empty(&expansion.results[SPF_UNDETERMINED]))
		refuse_unknown(arena, &expansion, ret_flat);
	if (!net_set_is_empty(&expansion.results[SPF_NONE]))
		refuse(ret_flat, expansion.reason);
	if (expansion.faults.len > 0)
		refuse(ret_flat, way_text(arena, &expansion.faults.items[0]));
	if (!net_set_is_empty(&expansion.over_lookups))
		refuse(ret_flat, STR("addresses run into the limit of ten look-ups in it"));
	if (!net_set_is_empty(&expansion.over_voids))
		refuse(ret_flat,
			STR("addresses run into the limit of two look-ups without an answer in "
			    "it"));
	/* A loop ends by its look-ups, so that there is no other way to an error. */
	ASSERT(ret_flat->refusal.ptr != NULL ||
		(net_set_is_empty(&expansion.results[SPF_PERMERROR]) &&
			net_set_is_empty(&expansion.results[SPF_TEMPERROR])));
}

NetSet
spf_difference(Arena *arena, const SpfExpansion *before, const SpfExpansion *after)
{
	NetSet changed = {0}, ended;
	size_t i;

	/* Results are disjoint and cover all: what moved is missing where it was. */
	for (i = 0; i < SPF_RESULTS; i++) {
		NetSet moved = net_set_subtract(arena, &before->results[i], &after->results[i]);

		net_set_add_all(arena, &changed, &moved);
	}
	net_set_normalise(&changed);
	/* Of what is undetermined a limit is but one way to end. */
	ended = net_set_union(arena, &before->over_lookups, &before->over_voids);
	ended = net_set_intersect(arena, &ended, &before->results[SPF_PERMERROR]);
	return net_set_subtract(arena, &changed, &ended);
}
