/*
 * What was not checked: findings that say so, what a run without tenant and DNS cannot know, and
 * what the spec states but this version does not evaluate yet.
 */
#include "view/view_int.h"

/* --- stated, read, not evaluated -----------------------------------------------------------------
 */

/* What the questions below are asked of. */
typedef struct Stated {
	const Model *model;
} Stated;

static bool
states_expectation(const Stated *stated, uint32_t index)
{
	(void)index;
	return stated->model->spec->expect.len > 0;
}

typedef bool (*States)(const Stated *stated, uint32_t index);

/*
 * A part of the language. Its row goes when the part is evaluated; until somebody takes it out, it
 * is silent as soon as there is the rule that does so.
 */
typedef struct Part {
	ModelKind kind; /* of the objects that hold it; MODEL_KIND_NONE: the spec itself */
	const char *key;
	const char *code; /* of the rule that evaluates it; NULL: `states` tells by the records */
	States states;
} Part;

static const Part parts[] = {
	{MODEL_KIND_NONE, "expect", "CP805", states_expectation},
};

static uint32_t
count_objects(const Model *model, ModelKind kind)
{
	switch (kind) {
	case MODEL_KIND_NONE: return 1;
	case MODEL_KIND_HOST: return model->hosts_len;
	case MODEL_KIND_GATEWAY: return model->gateways_len;
	case MODEL_KIND_EGRESS: return model->egress_len;
	case MODEL_KIND_CONNECTOR: return model->connectors_len;
	case MODEL_KIND_DOMAIN: return model->domains_len;
	}
	return 0;
}

static Str
part_path(const Model *model, const Part *part, uint32_t index)
{
	static const char *const sections[] = {
		[MODEL_KIND_NONE] = "",
		[MODEL_KIND_HOST] = "relay_hosts",
		[MODEL_KIND_GATEWAY] = "gateways",
		[MODEL_KIND_EGRESS] = "egress",
		[MODEL_KIND_CONNECTOR] = "connectors",
		[MODEL_KIND_DOMAIN] = "domains",
	};

	if (part->kind == MODEL_KIND_NONE)
		return str_from(part->key);
	return model_path(model, sections[part->kind],
		model_ref_name(model, (ModelRef){part->kind, index}), part->key);
}

/* The first place, and how many more there are; false for none. */
static bool
find_part(const Stated *stated, const Part *part, uint32_t *ret_first, size_t *ret_more)
{
	uint32_t len = count_objects(stated->model, part->kind), i;
	size_t found = 0;
	DiagCode code;

	if (part->code != NULL && diag_code_find(str_from(part->code), &code))
		return false;
	for (i = 0; i < len; i++) {
		if (!part->states(stated, i))
			continue;
		if (found++ == 0)
			*ret_first = i;
	}
	*ret_more = found - 1;
	return found > 0;
}

static void
add_parts(Arena *arena, const State *state, DiagLanguage language, UncheckedVec *unchecked)
{
	Stated stated = {.model = state->model};
	uint32_t first = 0;
	size_t more = 0, i;

	for (i = 0; i < BASE_COUNT(parts); i++) {
		Unchecked item = {0};

		if (!find_part(&stated, &parts[i], &first, &more))
			continue;
		item.path = part_path(state->model, &parts[i], first);
		if (more == 0) {
			item.message = view_string_with(
				arena, language, "unchecked.stated", "path", item.path);
		} else {
			ViewValue values[] = {
				{"path", item.path}, {"count", str_format(arena, "%zu", more)}};

			item.message = view_string_filled(arena, language, "unchecked.stated_more",
				values, BASE_COUNT(values));
		}
		VEC_PUSH(arena, unchecked, item);
	}
}

void
view_unevaluated(Arena *arena, const State *state, DiagLanguage language, StrVec *ret_sentences)
{
	UncheckedVec unchecked = {0};
	size_t i;

	add_parts(arena, state, language, &unchecked);
	for (i = 0; i < unchecked.len; i++)
		VEC_PUSH(arena, ret_sentences, unchecked.items[i].message);
}

/* --- the whole list
 * ------------------------------------------------------------------------------- */

static void
add_unknown(Arena *arena, DiagLanguage language, const char *key, UncheckedVec *unchecked)
{
	Unchecked item = {.message = view_string(language, str_from(key))};

	VEC_PUSH(arena, unchecked, item);
}

/* What no rule can know in this run. */
static void
add_unknowns(Arena *arena, const State *state, DiagLanguage language, UncheckedVec *unchecked)
{
	size_t i;

	for (i = 0; i < state->prices.len && !state_has_lock(state); i++) {
		if (state->prices.items[i].lookup_terms == 0)
			continue;
		add_unknown(arena, language, "notice.no_lock", unchecked);
		break;
	}
}

void
view_unchecked(
	Arena *arena, const ViewInput *input, DiagLanguage language, UncheckedVec *ret_unchecked)
{
	const Diag **sorted = view_findings(arena, input->verdict);
	size_t i;

	for (i = 0; i < input->verdict->len; i++) {
		if (sorted[i]->severity == DIAG_SEVERITY_NOT_CHECKED)
			VEC_PUSH(arena, ret_unchecked,
				((Unchecked){sorted[i], sorted[i]->path, sorted[i]->message}));
	}
	add_parts(arena, input->plan->after, language, ret_unchecked);
	if (input->plan->before == NULL)
		add_unknown(arena, language, "notice.no_live", ret_unchecked);
	add_unknowns(arena, input->plan->after, language, ret_unchecked);
}
