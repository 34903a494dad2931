/*
 * The record between the published one and ours: it lets through whatever one of the two does.
 * Where all is known that is proved of the record that has the terms of both, or addresses stand
 * for what the published one asks others for. Where something is not known its terms stay, since
 * nobody can tell what they let through, and nothing stands in their way.
 */
#include "state/state_int.h"

/* What passes at the two ends, and what may. */
typedef struct Ends {
	const SpfRecord *record; /* the published one */
	SpfExpansion final;
	const SpfExpansion *published;
	NetSet pass, may;
	NetSet published_may;
	bool published_known, final_known; /* what each lets through is */
} Ends;

/* For certain, by what is not known, or as soon as an answer that failed is there. */
static NetSet
may_pass(Arena *arena, const SpfExpansion *sets)
{
	NetSet may = spf_may_pass(arena, sets);

	return net_set_union(arena, &may, &sets->results[SPF_TEMPERROR]);
}

static bool
is_known(const SpfExpansion *sets)
{
	return net_set_is_empty(&sets->results[SPF_UNDETERMINED]) &&
	       net_set_is_empty(&sets->results[SPF_TEMPERROR]);
}

static void
find_ends(const State *state, Arena *arena, StateSpf *spf, Ends *ret_ends)
{
	NetSet may;

	state_expand_records(state, arena, &spf->records, &ret_ends->final);
	ret_ends->published = state_spf_published(state, spf);
	ret_ends->published_known = is_known(ret_ends->published);
	ret_ends->final_known = is_known(&ret_ends->final);
	ret_ends->pass = net_set_union(
		arena, &ret_ends->published->results[SPF_PASS], &ret_ends->final.results[SPF_PASS]);
	ret_ends->published_may = may_pass(arena, ret_ends->published);
	may = may_pass(arena, &ret_ends->final);
	ret_ends->may = net_set_union(arena, &ret_ends->published_may, &may);
}

/* Passes what passes at one of the ends, may pass what may, and nothing else for certain. */
static bool
is_between(const State *state, const Ends *ends, const SpfNamedVec *records)
{
	Arena *scratch = arena_create();
	SpfExpansion sets;
	NetSet may;
	bool is;

	state_expand_records(state, scratch, records, &sets);
	may = may_pass(scratch, &sets);
	is = net_set_contains_set(&sets.results[SPF_PASS], &ends->pass) &&
	     net_set_contains_set(&may, &ends->may) &&
	     net_set_contains_set(&ends->may, &sets.results[SPF_PASS]);
	arena_destroy(scratch);
	return is;
}

/* --- what the two records consist of ---------------------------------------------------------- */

/* Mechanisms that pass; what a redirect leads to is all that is left. */
static void
find_published_terms(
	Arena *arena, const SpfRecord *record, NetSet *ret_addresses, StrVec *ret_terms)
{
	Str redirect = STR("redirect=");
	bool ended = false;
	size_t i;

	for (i = 0; i < record->len && !ended; i++) {
		const SpfTerm *term = &record->terms[i];
		bool plus = str_starts(term->text, STR("+"));

		ended = term->kind == SPF_TERM_ALL;
		if (ended || term->qualifier != SPF_PASS || term->kind == SPF_TERM_EXP ||
			term->kind == SPF_TERM_REDIRECT || term->kind == SPF_TERM_UNKNOWN)
			continue;
		if (term->kind == SPF_TERM_IP4 || term->kind == SPF_TERM_IP6)
			net_set_add(arena, ret_addresses, term->prefix);
		else
			VEC_PUSH(arena, ret_terms, str_slice(term->text, plus, term->text.len));
	}
	if (record->redirect != NULL && !ended)
		VEC_PUSH(arena, ret_terms,
			str_format(arena, "include:" STR_FMT,
				STR_ARG(str_slice(record->redirect->text, redirect.len,
					record->redirect->text.len))));
	net_set_normalise(ret_addresses);
}

static bool
may_stop(Str term)
{
	return term.len > 0 && (term.ptr[0] == '-' || term.ptr[0] == '~' || term.ptr[0] == '?');
}

/* Ours. A term that stops addresses would do so before terms of the published record that may pass
 * them, and is left out then. */
static SpfRecipe
copy_recipe(Arena *arena, const SpfRecipe *recipe, bool only_passing)
{
	SpfRecipe copy = {.known = recipe->known, .all = recipe->all};
	size_t i;

	if (recipe->never)
		return copy;
	copy.cloud_include = recipe->cloud_include;
	net_set_add_all(arena, &copy.addresses, &recipe->addresses);
	for (i = 0; i < recipe->terms.len; i++) {
		if (!only_passing || !may_stop(recipe->terms.items[i]))
			VEC_PUSH(arena, &copy.terms, recipe->terms.items[i]);
	}
	return copy;
}

static SpfAll
weaker(SpfAll a, SpfAll b)
{
	return a > b ? a : b;
}

/* --- the record between them ------------------------------------------------------------------ */

/* Adds what a term lets through: addresses, or where these are not all known the term itself. */
static void
add_term(const State *state, const StateSpf *spf, Str term, NetSet *addresses, StrVec *terms)
{
	Arena *arena = state->model->arena;
	Arena *scratch = arena_create();
	SpfNamed alone = {spf->domain, str_format(scratch, "v=spf1 " STR_FMT, STR_ARG(term))};
	SpfNamedVec records = {0};
	SpfExpansion sets;

	VEC_PUSH(scratch, &records, alone);
	state_expand_records(state, scratch, &records, &sets);
	if (is_known(&sets))
		net_set_add_all(arena, addresses, &sets.results[SPF_PASS]);
	else
		VEC_PUSH(arena, terms, term);
	arena_destroy(scratch);
}

/* Takes what terms let through out of them; those whose addresses are not all known stay. */
static void
replace_terms(const State *state, const StateSpf *spf, const StrVec *terms, NetSet *addresses,
	StrVec *kept)
{
	Arena *arena = state->model->arena;
	NetSet all = {0};
	size_t i;

	net_set_add_all(arena, &all, addresses);
	for (i = 0; i < terms->len; i++)
		add_term(state, spf, terms->items[i], &all, kept);
	net_set_normalise(&all);
	*addresses = all;
}

static SpfRecipe
begin_recipe(const State *state, const StateSpf *spf, const Ends *ends, bool only_passing)
{
	SpfRecipe recipe = copy_recipe(state->model->arena, &spf->composed, only_passing);
	SpfAll all = SPF_ALL_NEUTRAL;

	(void)state_published_all(ends->record, &all);
	recipe.all = weaker(all, spf->never ? SPF_ALL_FAIL : spf->recipe.all);
	return recipe;
}

/* The terms of both. */
static void
lay_out_terms(const State *state, const Ends *ends, StateSpf *spf, const NetSet *addresses,
	const StrVec *terms)
{
	Arena *arena = state->model->arena;
	SpfRecipe recipe = begin_recipe(state, spf, ends, !ends->published_known);
	size_t i;

	recipe.addresses = net_set_union(arena, &recipe.addresses, addresses);
	for (i = 0; i < terms->len; i++)
		VEC_PUSH(arena, &recipe.terms, terms->items[i]);
	state_lay_out_between(state, spf, &recipe);
}

/* For a while addresses stand for what the published record asks others for; of these it may stop
 * some, and ours passes others by itself. */
static void
lay_out_addresses(const State *state, const Ends *ends, StateSpf *spf, const NetSet *addresses,
	const StrVec *terms)
{
	Arena *arena = state->model->arena;
	SpfRecipe recipe = begin_recipe(state, spf, ends, !ends->published_known);
	NetSet rest = *addresses;

	replace_terms(state, spf, terms, &rest, &recipe.terms);
	rest = net_set_intersect(arena, &rest, &ends->published_may);
	rest = net_set_subtract(arena, &rest, &ends->final.results[SPF_PASS]);
	recipe.addresses = net_set_union(arena, &recipe.addresses, &rest);
	state_lay_out_between(state, spf, &recipe);
}

/* Addresses for all that is known of both, behind which nothing stands but what is not: an error in
 * a term of ours would keep a sender from a term of the published record that may pass it. */
static void
lay_out_open(const State *state, const Ends *ends, StateSpf *spf, const NetSet *addresses,
	const StrVec *terms)
{
	Arena *arena = state->model->arena;
	SpfRecipe recipe = begin_recipe(state, spf, ends, true);
	StrVec ours = recipe.terms;
	NetSet all = net_set_union(arena, &ends->pass, addresses);

	all = net_set_union(arena, &all, &recipe.addresses);
	if (recipe.cloud_include.ptr != NULL)
		VEC_PUSH(arena, &ours,
			str_format(arena, "include:" STR_FMT, STR_ARG(recipe.cloud_include)));
	recipe.cloud_include = (Str){0};
	recipe.known = (NetSet){0};
	recipe.terms = (StrVec){0};
	replace_terms(state, spf, &ours, &all, &recipe.terms);
	replace_terms(state, spf, terms, &all, &recipe.terms);
	recipe.addresses = net_set_intersect(arena, &all, &ends->may);
	state_lay_out_between(state, spf, &recipe);
}

void
state_add_transition(State *state, StateSpf *spf)
{
	NetSet addresses = {0};
	StrVec terms = {0};
	Arena *scratch;
	Ends ends = {.record = state_published_record(state, spf)};

	if (ends.record == NULL || spf->published.is_ours)
		return;
	scratch = arena_create();
	find_ends(state, scratch, spf, &ends);
	find_published_terms(state->model->arena, ends.record, &addresses, &terms);
	lay_out_terms(state, &ends, spf, &addresses, &terms);
	if (!is_between(state, &ends, &spf->transition))
		lay_out_addresses(state, &ends, spf, &addresses, &terms);
	if (!(ends.published_known && ends.final_known) &&
		!is_between(state, &ends, &spf->transition))
		lay_out_open(state, &ends, spf, &addresses, &terms);
	arena_destroy(scratch);
}
