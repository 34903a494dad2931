/*
 * SPF of a state, evaluated: the records that it publishes lie over the answers of the lock. All of
 * it is worked out when it is asked for, since most of it is not: a check without a lock has little
 * to prove.
 */
#include "state/state_int.h"

static const DnsAnswer not_asked;

/* --- an overlay ------------------------------------------------------------------------------- */

static const DnsAnswer *
ask_overlay(const DnsSource *source, Str name, DnsType type)
{
	const StateOverlay *overlay = (const StateOverlay *)source;
	uint32_t index = type == DNS_TXT ? map_find(&overlay->names, name) : MAP_NONE;

	if (index != MAP_NONE)
		return overlay->answers.items[index];
	return overlay->under == NULL ? &not_asked : dns_ask(overlay->under, name, type);
}

StateOverlay *
state_overlay(Arena *arena, const DnsSource *under)
{
	StateOverlay *overlay = ARENA_NEW(arena, StateOverlay);

	overlay->source.ask = ask_overlay;
	if (under != NULL) {
		overlay->source.closed = under->closed;
		overlay->source.clients = under->clients;
		overlay->source.fails = under->fails;
	}
	overlay->under = under;
	overlay->arena = arena;
	return overlay;
}

void
state_overlay_put(StateOverlay *overlay, const SpfNamedVec *records)
{
	size_t i;

	for (i = 0; i < records->len; i++) {
		DnsAnswer *answer = ARENA_NEW(overlay->arena, DnsAnswer);
		uint32_t index = (uint32_t)overlay->answers.len;

		answer->status = DNS_OK;
		VEC_PUSH(overlay->arena, &answer->texts, records->items[i].text);
		if (map_add(overlay->arena, &overlay->names, records->items[i].name, index) ==
			MAP_NONE)
			VEC_PUSH(overlay->arena, &overlay->answers, answer);
	}
}

/* --- questions -------------------------------------------------------------------------------- */

bool
state_has_lock(const State *state)
{
	return state->dns->lock != NULL;
}

const DnsAnswer *
state_answer(const State *state, Str name, DnsType type)
{
	return state->dns->lock == NULL ? &not_asked : dns_ask(state->dns->lock, name, type);
}

Str
state_spf_text(const StateSpf *spf)
{
	return spf->records.len == 0 ? (Str){0} : spf->records.items[spf->records.len - 1].text;
}

/* All that the state publishes, domain by domain: a record of ours may include another. */
static SpfCache *
final_cache(const State *state)
{
	StateDns *dns = state->dns;
	size_t i;

	if (dns->final != NULL)
		return dns->final;
	dns->ours = state_overlay(state->model->arena, dns->lock);
	for (i = 0; i < state->spf.len; i++) {
		if (!state->spf.items[i].is_checked)
			state_overlay_put(dns->ours, &state->spf.items[i].records);
	}
	dns->final = spf_cache(state->model->arena, &dns->ours->source);
	return dns->final;
}

static SpfCache *
published_cache(const State *state)
{
	StateDns *dns = state->dns;

	if (dns->published == NULL)
		dns->published = spf_cache(state->model->arena,
			&state_overlay(state->model->arena, dns->lock)->source);
	return dns->published;
}

/* In memory of its own: the way to the sets takes far more than they do. */
static void
expand_into(Arena *arena, SpfCache *cache, const SpfScope *scope, SpfExpansion *ret_sets)
{
	Arena *scratch = arena_create();
	SpfExpansion sets;

	spf_expand(scratch, cache, scope, &sets);
	spf_expansion_copy(arena, &sets, ret_sets);
	arena_destroy(scratch);
}

static SpfExpansion *
expand(const State *state, SpfCache *cache, Str domain, SpfVoids voids)
{
	SpfExpansion *sets = ARENA_NEW(state->model->arena, SpfExpansion);
	SpfScope scope = {.domain = domain, .voids = voids};

	expand_into(state->model->arena, cache, &scope, sets);
	return sets;
}

/* The last of some records, which lie over what a source answers. */
static void
expand_over(
	Arena *arena, const DnsSource *under, const SpfNamedVec *records, SpfExpansion *ret_sets)
{
	Arena *scratch = arena_create();
	StateOverlay *overlay = state_overlay(scratch, under);
	SpfScope scope = {.domain = records->items[records->len - 1].name};

	state_overlay_put(overlay, records);
	expand_into(arena, spf_cache(scratch, &overlay->source), &scope, ret_sets);
	arena_destroy(scratch);
}

const SpfExpansion *
state_spf_sets(const State *state, StateSpf *spf)
{
	if (spf->sets == NULL)
		spf->sets = expand(state, final_cache(state), spf->domain, SPF_VOIDS_STRICT);
	return spf->sets;
}

const SpfExpansion *
state_spf_relaxed(const State *state, StateSpf *spf)
{
	if (spf->relaxed_sets == NULL)
		spf->relaxed_sets =
			expand(state, final_cache(state), spf->domain, SPF_VOIDS_RELAXED);
	return spf->relaxed_sets;
}

bool
state_knows_published(const StateSpf *spf)
{
	switch (spf->published.status) {
	case DNS_OK:
	case DNS_NODATA:
	case DNS_NXDOMAIN: return true;
	case DNS_SERVFAIL:
	case DNS_TIMEOUT:
	case DNS_NOT_ASKED: break;
	}
	return false;
}

const SpfExpansion *
state_spf_published(const State *state, StateSpf *spf)
{
	if (!state_knows_published(spf))
		return NULL;
	if (spf->published_sets == NULL)
		spf->published_sets =
			expand(state, published_cache(state), spf->domain, SPF_VOIDS_STRICT);
	return spf->published_sets;
}

const SpfExpansion *
state_spf_transition(const State *state, StateSpf *spf)
{
	if (spf->transition.len == 0)
		return NULL;
	if (spf->transition_sets == NULL) {
		spf->transition_sets = ARENA_NEW(state->model->arena, SpfExpansion);
		state_expand_records(
			state, state->model->arena, &spf->transition, spf->transition_sets);
	}
	return spf->transition_sets;
}

unsigned
state_spf_client(const State *state, const StateSpf *spf, NetPrefix address)
{
	SpfRequest request = {.ip = address};
	Arena *scratch = arena_create();
	unsigned results = spf_possible_results(scratch, final_cache(state), &request, spf->domain);

	arena_destroy(scratch);
	return results;
}

const NetSet *
state_cloud_pass(const State *state)
{
	StateDns *dns = state->dns;
	SpfScope scope = {.domain = state_cloud_include(state->model)};
	Arena *scratch;
	SpfExpansion sets;

	if (!dns->knows_cloud_pass && dns->lock != NULL) {
		scratch = arena_create();
		spf_expand(scratch, spf_cache(scratch, dns->lock), &scope, &sets);
		net_set_add_all(state->model->arena, &dns->cloud_pass, &sets.results[SPF_PASS]);
		dns->knows_cloud_pass = true;
		arena_destroy(scratch);
	}
	return &dns->cloud_pass;
}

void
state_expand_name(const State *state, Arena *arena, Str name, SpfExpansion *ret_sets)
{
	SpfScope scope = {.domain = name};

	expand_into(arena, final_cache(state), &scope, ret_sets);
}

void
state_expand_texts(
	const State *state, Arena *arena, const SpfNamedVec *records, SpfExpansion *ret_sets)
{
	(void)final_cache(state);
	expand_over(arena, &state->dns->ours->source, records, ret_sets);
}

void
state_expand_records(
	const State *state, Arena *arena, const SpfNamedVec *records, SpfExpansion *ret_sets)
{
	expand_over(arena, state->dns->lock, records, ret_sets);
}

void
state_spf_evaluate(const State *state, Arena *arena, const StateSpf *spf, NetPrefix address,
	SpfAnswer *ret_answer)
{
	SpfRequest request = {.ip = address,
		.mail_from = str_format(arena, "postmaster@" STR_FMT, STR_ARG(spf->domain)),
		.want_steps = true};
	SpfCache *cache;

	(void)final_cache(state);
	cache = spf_cache(arena, &state->dns->ours->source);
	spf_evaluate(arena, cache, &request, ret_answer);
	spf_cache_close(cache);
}
