/*
 * From a recipe to the records of a domain: what the cloud passes is left out, includes are
 * replaced by their addresses where the spec says so, a long record is split, and every step is
 * evaluated before it is taken.
 */
#include "state/state_int.h"

/* --- what is published ------------------------------------------------------------------------ */

void
state_find_published(State *state, StateSpf *spf)
{
	const DnsAnswer *answer = state_answer(state, spf->domain, DNS_TXT);
	StatePublished *published = &spf->published;
	size_t i;

	published->status = answer->status;
	published->has_ttl = answer->status == DNS_OK && answer->has_ttl;
	published->ttl = published->has_ttl ? answer->ttl : 0;
	for (i = 0; answer->status == DNS_OK && i < answer->texts.len; i++) {
		Str text = answer->texts.items[i];

		VEC_PUSH(state->model->arena,
			spf_is_record(text) ? &published->records : &published->others, text);
	}
}

const SpfRecord *
state_published_record(const State *state, const StateSpf *spf)
{
	SpfRecord *record;
	SpfProblem problem;

	if (spf->published.records.len != 1 ||
		!spf_parse(state->model->arena, spf->published.records.items[0], &record, &problem))
		return NULL;
	return record;
}

static bool
has_term(const SpfRecord *record, SpfTermKind kind, Str text)
{
	size_t i;

	for (i = 0; i < record->len; i++) {
		if (record->terms[i].kind == kind &&
			(text.ptr == NULL || str_equal_nocase(record->terms[i].text, text)))
			return true;
	}
	return false;
}

/* --- `all` ------------------------------------------------------------------------------------ */

bool
state_published_all(const SpfRecord *record, SpfAll *ret_all)
{
	size_t i;

	*ret_all = SPF_ALL_NEUTRAL;
	for (i = 0; i < record->len; i++) {
		if (record->terms[i].kind != SPF_TERM_ALL)
			continue;
		if (record->terms[i].qualifier == SPF_FAIL)
			*ret_all = SPF_ALL_FAIL;
		else if (record->terms[i].qualifier == SPF_SOFTFAIL)
			*ret_all = SPF_ALL_SOFTFAIL;
		return record->terms[i].qualifier != SPF_PASS;
	}
	return record->redirect == NULL;
}

void
state_choose_all(State *state, StateSpf *spf)
{
	const FieldChoice *all = &spf->spec->spf.all;
	const SpfRecord *record;

	if (all->state == FIELD_SET) {
		spf->recipe.all = (SpfAll)all->value;
		return;
	}
	record = state_published_record(state, spf);
	if (record != NULL && state_published_all(record, &spf->recipe.all))
		return;
	spf->recipe.all = SPF_ALL_SOFTFAIL;
	spf->is_assumed = !spf->never;
}

/* --- names of leaves -------------------------------------------------------------------------- */

typedef struct Names {
	const State *state;
	const SpfRecord *published; /* NULL: none */
	bool reuse;                 /* names that the published record includes may be ours */
	const SpfNamedVec *beside;  /* NULL: nothing; else whose names are for nothing else */
} Names;

static const SpfNamed *
find_named(const SpfNamedVec *records, Str name)
{
	size_t i;

	for (i = 0; i < records->len; i++) {
		if (str_equal(records->items[i].name, name))
			return &records->items[i];
	}
	return NULL;
}

static Str
include_term(Arena *arena, Str name)
{
	return str_format(arena, "include:" STR_FMT, STR_ARG(name));
}

/* A leaf that stands there belongs to the record that is published: as long as that may be in use,
 * its names are not for others. */
static bool
is_free_name(const void *context, Str name)
{
	static const DnsType types[] = {DNS_TXT, DNS_CNAME, DNS_A, DNS_AAAA, DNS_MX};
	const Names *names = context;
	const State *state = names->state;
	size_t i;

	if (names->reuse && names->published != NULL &&
		has_term(names->published, SPF_TERM_INCLUDE,
			include_term(state->model->arena, name)))
		return true;
	if (model_find_domain(state->model, name) != NULL ||
		(names->beside != NULL && find_named(names->beside, name) != NULL))
		return false;
	for (i = 0; i < BASE_COUNT(types); i++) {
		DnsStatus status = state_answer(state, name, types[i])->status;

		if (status == DNS_OK || status == DNS_SERVFAIL || status == DNS_TIMEOUT)
			return false;
	}
	return true;
}

bool
state_spf_stands(const State *state, SpfNamed record)
{
	const DnsAnswer *answer = state_answer(state, record.name, DNS_TXT);
	size_t found = 0, equal = 0, i;

	for (i = 0; answer->status == DNS_OK && i < answer->texts.len; i++) {
		found += spf_is_record(answer->texts.items[i]);
		equal += str_equal(answer->texts.items[i], record.text);
	}
	return found == 1 && equal == 1;
}

/* Whether these are what stands there now. */
static bool
is_published(const State *state, const SpfNamedVec *records)
{
	size_t i;

	for (i = 0; i < records->len; i++) {
		if (!state_spf_stands(state, records->items[i]))
			return false;
	}
	return true;
}

/* --- layout ----------------------------------------------------------------------------------- */

/* Without a lock the look-ups of the record itself are all that is known. */
static bool
meets_limit(const State *state, const SpfNamedVec *records)
{
	Arena *scratch;
	SpfExpansion sets;
	bool met;

	if (spf_lookup_terms(records->items[records->len - 1].text) > SPF_LOOKUPS_MAX)
		return true;
	if (!state_has_lock(state))
		return false;
	scratch = arena_create();
	state_expand_records(state, scratch, records, &sets);
	met = !net_set_is_empty(&sets.over_lookups);
	arena_destroy(scratch);
	return met;
}

/* Leaves as short as the root; where so many of them are too many look-ups, as long as an answer
 * may be. */
static void
lay_out_at(const State *state, const StateSpf *spf, const SpfRecipe *recipe, const Names *names,
	SpfNamedVec *ret_records)
{
	const FieldChoice *split = &spf->spec->spf.split;
	SpfLayout layout = {.domain = spf->domain,
		.split = split->state != FIELD_SET || split->value != MODEL_SPLIT_NEVER,
		.leaf_max = spf_leaf_plain(spf->domain),
		.is_free = is_free_name,
		.context = names};

	spf_lay_out(state->model->arena, recipe, &layout, ret_records);
	if (ret_records->len == 1 || !meets_limit(state, ret_records))
		return;
	layout.leaf_max = spf_leaf_max(spf->domain);
	spf_lay_out(state->model->arena, recipe, &layout, ret_records);
}

static void
lay_out_recipe(
	const State *state, const StateSpf *spf, const SpfRecipe *recipe, SpfNamedVec *ret_records)
{
	Names names = {
		.state = state, .published = state_published_record(state, spf), .reuse = true};

	lay_out_at(state, spf, recipe, &names, ret_records);
	if (ret_records->len == 1 || names.published == NULL || is_published(state, ret_records))
		return;
	names.reuse = false;
	lay_out_at(state, spf, recipe, &names, ret_records);
}

/* Whether leaves of one name are one leaf. */
static bool
share_leaves(const SpfNamedVec *records, const SpfNamedVec *others)
{
	size_t i;

	for (i = 0; i + 1 < records->len; i++) {
		const SpfNamed *other = find_named(others, records->items[i].name);

		if (other != NULL && !str_equal(other->text, records->items[i].text))
			return false;
	}
	return true;
}

void
state_lay_out_between(const State *state, StateSpf *spf, const SpfRecipe *recipe)
{
	Names names = {.state = state,
		.published = state_published_record(state, spf),
		.beside = &spf->records};

	lay_out_recipe(state, spf, recipe, &spf->transition);
	if (!share_leaves(&spf->transition, &spf->records))
		lay_out_at(state, spf, recipe, &names, &spf->transition);
}

/* --- what the cloud passes -------------------------------------------------------------------- */

/* Whether all addresses of the recipe pass. */
static bool
covers(const State *state, const StateSpf *spf, const SpfRecipe *recipe)
{
	SpfNamedVec records = {0};
	Arena *scratch = arena_create();
	SpfExpansion sets;
	bool covered;

	lay_out_recipe(state, spf, recipe, &records);
	state_expand_records(state, scratch, &records, &sets);
	covered = net_set_contains_set(&sets.results[SPF_PASS], &recipe->addresses);
	arena_destroy(scratch);
	return covered;
}

/* An address that our own cloud's include passes needs no term, unless a term before the include,
 * or a limit, keeps it from there. */
static void
leave_to_cloud(State *state, const StateSpf *spf, SpfRecipe *recipe)
{
	const NetSet *pass;

	if (recipe->cloud_include.ptr == NULL || !state_has_lock(state))
		return;
	pass = state_cloud_pass(state);
	if (!net_set_overlaps(pass, &recipe->addresses))
		return;
	recipe->known = *pass;
	if (!covers(state, spf, recipe))
		recipe->known = (NetSet){0};
}

/* --- flattening ------------------------------------------------------------------------------- */

static bool
includes_name(Str term, Str name, Str *ret_qualifier)
{
	size_t at = term.len > 0 && str_find_char(STR("+-~?"), term.ptr[0], 0) < 4 ? 1 : 0;
	Str head = STR("include:");

	*ret_qualifier = at == 1 && term.ptr[0] != '+' ? str_slice(term, 0, 1) : STR("");
	term = str_slice(term, at, term.len);
	return term.len > head.len && str_equal_nocase(str_slice(term, 0, head.len), head) &&
	       str_equal_nocase(str_slice(term, head.len, term.len), name);
}

/* The address terms of a set, each with the include's own qualifier. */
static void
push_cover(Arena *arena, StrVec *terms, const NetSet *set, Str qualifier)
{
	NetPrefixVec cover = {0};
	size_t i;

	net_set_cover(arena, set, &cover);
	for (i = 0; i < cover.len; i++)
		VEC_PUSH(arena, terms,
			str_format(arena, STR_FMT "%s:" STR_FMT, STR_ARG(qualifier),
				cover.items[i].family == NET_IP4 ? "ip4" : "ip6",
				STR_ARG(net_prefix_text(arena, cover.items[i]))));
}

/* Takes one include out of the recipe: its addresses go among our own, which stand first, or stay
 * where it stood. */
static void
replace_include(Arena *arena, SpfRecipe *recipe, Str name, const NetSet *pass, bool in_front)
{
	StrVec terms = {0};
	Str qualifier;
	size_t i;

	if (str_equal_nocase(recipe->cloud_include, name)) {
		recipe->cloud_include = (Str){0};
		if (in_front)
			recipe->addresses = net_set_union(arena, &recipe->addresses, pass);
		else
			push_cover(arena, &terms, pass, STR(""));
	}
	for (i = 0; i < recipe->terms.len; i++) {
		if (!includes_name(recipe->terms.items[i], name, &qualifier))
			VEC_PUSH(arena, &terms, recipe->terms.items[i]);
		else if (in_front && qualifier.len == 0)
			recipe->addresses = net_set_union(arena, &recipe->addresses, pass);
		else
			push_cover(arena, &terms, pass, qualifier);
	}
	recipe->terms = terms;
}

static bool
has_include(const SpfRecipe *recipe, Str name)
{
	Str qualifier;
	size_t i;

	if (str_equal_nocase(recipe->cloud_include, name))
		return true;
	for (i = 0; i < recipe->terms.len; i++) {
		if (includes_name(recipe->terms.items[i], name, &qualifier))
			return true;
	}
	return false;
}

static StateFlat
flatten_name(State *state, const StateSpf *spf, uint32_t index)
{
	Str name = spf->spec->spf.flatten.items[index].text;
	StateFlat flat = {.index = index};
	SpfFlat found;

	flat.is_absent = !has_include(&spf->recipe, name);
	flat.is_missing = !state_has_lock(state);
	if (flat.is_absent || flat.is_missing)
		return flat;
	spf_flatten(state->model->arena, spf_cache(state->model->arena, state->dns->lock), name,
		spf->domain, &found);
	flat.is_missing = found.is_missing;
	flat.refusal = found.refusal;
	flat.is_done = found.refusal.ptr == NULL;
	flat.pass = found.pass;
	return flat;
}

static SpfRecipe
with_replaced(State *state, const StateSpf *spf, bool in_front)
{
	SpfRecipe recipe = spf->recipe;
	size_t i;

	for (i = 0; i < spf->flats.len; i++) {
		const StateFlat *flat = &spf->flats.items[i];

		if (flat->is_done)
			replace_include(state->model->arena, &recipe,
				spf->spec->spf.flatten.items[flat->index].text, &flat->pass,
				in_front);
	}
	return recipe;
}

/* Every address keeps its result, unless a limit gave it one. */
static bool
keeps_results(const State *state, const StateSpf *spf, const SpfRecipe *flat)
{
	Arena *scratch = arena_create();
	SpfNamedVec one = {0}, other = {0};
	SpfExpansion before, after;
	NetSet changed;
	bool kept;

	VEC_PUSH(scratch, &one, ((SpfNamed){spf->domain, spf_compose(scratch, &spf->recipe)}));
	VEC_PUSH(scratch, &other, ((SpfNamed){spf->domain, spf_compose(scratch, flat)}));
	state_expand_records(state, scratch, &one, &before);
	state_expand_records(state, scratch, &other, &after);
	changed = spf_difference(scratch, &before, &after);
	kept = net_set_is_empty(&changed);
	arena_destroy(scratch);
	return kept;
}

static void
refuse_all(StateSpf *spf)
{
	size_t i;

	for (i = 0; i < spf->flats.len; i++) {
		StateFlat *flat = &spf->flats.items[i];

		if (!flat->is_done)
			continue;
		flat->is_done = false;
		flat->refusal = STR("beside the other terms some addresses would get another "
				    "result");
	}
}

static SpfRecipe
flattened(State *state, StateSpf *spf)
{
	const FieldItems *names = &spf->spec->spf.flatten;
	bool any = false;
	SpfRecipe recipe;
	uint32_t i;

	for (i = 0; !spf->is_below && !spf->never && i < names->len; i++) {
		StateFlat flat = flatten_name(state, spf, i);

		any |= flat.is_done;
		VEC_PUSH(state->model->arena, &spf->flats, flat);
	}
	if (!any)
		return spf->recipe;
	recipe = with_replaced(state, spf, true);
	if (keeps_results(state, spf, &recipe))
		return recipe;
	recipe = with_replaced(state, spf, false);
	if (keeps_results(state, spf, &recipe))
		return recipe;
	refuse_all(spf);
	return spf->recipe;
}

void
state_lay_out(State *state, StateSpf *spf)
{
	spf->composed = flattened(state, spf);
	leave_to_cloud(state, spf, &spf->composed);
	lay_out_recipe(state, spf, &spf->composed, &spf->records);
	spf->published.is_ours = state_has_lock(state) && is_published(state, &spf->records);
}
