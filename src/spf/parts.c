/* Sets of addresses by counters: how they are added up, ended, and counted on. */
#include "spf/expand_int.h"

/* --- parts ------------------------------------------------------------------------------------ */

void
spf_parts_add(Arena *arena, SpfParts *parts, unsigned lookups, unsigned voids, const NetSet *set)
{
	size_t i;

	if (net_set_is_empty(set))
		return;
	for (i = 0; i < parts->len; i++) {
		SpfPart *part = &parts->items[i];

		if (part->lookups == lookups && part->voids == voids) {
			net_set_add_all(arena, &part->set, set);
			return;
		}
	}
	*VEC_ADD(arena, parts) = (SpfPart){.lookups = (uint8_t)lookups, .voids = (uint8_t)voids};
	net_set_add_all(arena, &parts->items[parts->len - 1].set, set);
}

void
spf_parts_normalise(SpfParts *parts)
{
	size_t i;

	for (i = 0; i < parts->len; i++)
		net_set_normalise(&parts->items[i].set);
}

void
spf_parts_add_all(Arena *arena, SpfParts *parts, const SpfParts *more)
{
	size_t i;

	for (i = 0; i < more->len; i++)
		spf_parts_add(arena, parts, more->items[i].lookups, more->items[i].voids,
			&more->items[i].set);
}

SpfParts
spf_parts_copy(Arena *arena, const SpfParts *parts)
{
	SpfParts copy = {0};

	spf_parts_add_all(arena, &copy, parts);
	return copy;
}

/* --- ends ------------------------------------------------------------------------------------- */

void
spf_settle(SpfFrame *frame, SpfResult result, unsigned lookups, unsigned voids, const NetSet *set)
{
	SpfWalk *walk = frame->walk;

	spf_parts_add(frame->outcome_arena, &frame->outcome->by[result], lookups, voids, set);
	if (walk->depth == 0 && walk->share != NULL && result == SPF_PASS)
		net_set_add_all(walk->arena, &walk->share->pass, set);
}

void
spf_settle_parts(SpfFrame *frame, SpfResult result, const SpfParts *parts)
{
	size_t i;

	for (i = 0; i < parts->len; i++)
		spf_settle(frame, result, parts->items[i].lookups, parts->items[i].voids,
			&parts->items[i].set);
}

void
spf_settle_all(SpfFrame *frame, SpfResult result)
{
	spf_settle_parts(frame, result, &frame->undecided);
	frame->undecided.len = 0;
}

/* The one of this place in the records, with its way to it; the first reason is told. */
static SpfCause *
find_cause(const SpfFrame *frame, SpfCause *items, size_t len, const SpfTerm *term)
{
	const void *key = term != NULL ? (const void *)term : (const void *)frame->policy;
	size_t i;

	for (i = 0; i < len; i++) {
		if (items[i].key == key)
			return &items[i];
	}
	return NULL;
}

static void
fill_cause(const SpfFrame *frame, const SpfTerm *term, Str reason, SpfCause *cause)
{
	Arena *arena = frame->walk->arena;
	size_t i;

	cause->key = term != NULL ? (const void *)term : (const void *)frame->policy;
	cause->term = term != NULL ? term->text : (Str){0};
	cause->reason = str_copy(arena, reason);
	for (i = 0; i < frame->walk->depth; i++)
		VEC_PUSH(arena, &cause->path, frame->walk->trail[i]->text);
}

static void
add_undecided(const SpfFrame *frame, NetSet *set)
{
	size_t i;

	for (i = 0; i < frame->undecided.len; i++)
		net_set_add_all(frame->walk->arena, set, &frame->undecided.items[i].set);
}

void
spf_add_cause(SpfFrame *frame, const SpfTerm *term, Str reason, bool is_missing)
{
	SpfExpansion *expansion = frame->walk->expansion;
	SpfCause *cause = find_cause(frame, expansion->causes.items, expansion->causes.len, term);

	if (cause == NULL) {
		cause = VEC_ADD(frame->walk->arena, &expansion->causes);
		fill_cause(frame, term, reason, cause);
		cause->is_missing = is_missing;
	}
	add_undecided(frame, &cause->addresses);
}

void
spf_add_fault(SpfFrame *frame, const SpfTerm *term, Str reason)
{
	SpfExpansion *expansion = frame->walk->expansion;
	SpfCause *fault = find_cause(frame, expansion->faults.items, expansion->faults.len, term);

	if (fault == NULL) {
		fault = VEC_ADD(frame->walk->arena, &expansion->faults);
		fill_cause(frame, term, reason, fault);
	}
	add_undecided(frame, &fault->addresses);
}

/* --- counters --------------------------------------------------------------------------------- */

/* SpfParts keep apart: all move by one. */
void
spf_walk_lookup(SpfFrame *frame)
{
	SpfParts *parts = &frame->undecided;
	size_t len = 0, i;

	for (i = 0; i < parts->len; i++) {
		SpfPart *part = &parts->items[i];

		if (part->lookups == SPF_LOOKUPS_MAX) {
			spf_settle(
				frame, SPF_PERMERROR, SPF_LOOKUPS_MAX + 1, part->voids, &part->set);
			net_set_add_all(frame->walk->arena, &frame->walk->expansion->over_lookups,
				&part->set);
			continue;
		}
		part->lookups++;
		parts->items[len++] = *part;
	}
	parts->len = len;
}

/* Where the number is uncertain every one is taken. */
void
spf_walk_voids(SpfFrame *frame, const SpfCount counts[2])
{
	SpfCount count = counts[frame->walk->voids];
	SpfParts next = {0};
	size_t i;

	if (count.most == 0)
		return;
	for (i = 0; i < frame->undecided.len; i++) {
		const SpfPart *part = &frame->undecided.items[i];
		unsigned voids = (unsigned)part->voids + count.least;
		unsigned most = (unsigned)part->voids + count.most;

		for (; voids <= most && voids <= SPF_VOIDS_MAX; voids++)
			spf_parts_add(frame->arena, &next, part->lookups, voids, &part->set);
		if (most <= SPF_VOIDS_MAX)
			continue;
		spf_settle(frame, SPF_PERMERROR, part->lookups, SPF_VOIDS_MAX + 1, &part->set);
		net_set_add_all(
			frame->walk->arena, &frame->walk->expansion->over_voids, &part->set);
	}
	spf_parts_normalise(&next);
	frame->undecided = next;
}
