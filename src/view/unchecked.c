/*
 * What was not checked: findings that say so, what a run without tenant and DNS cannot know, and
 * what the spec states but this version does not evaluate yet.
 */
#include "view/view_int.h"

/* --- stated, read, not evaluated -------------------------------------------------------------- */

static bool
states_expectation(const Model *model)
{
	return model->spec->expect.len > 0;
}

/*
 * A part of the language. Its row goes when the part is evaluated; until somebody takes it out, it
 * is silent as soon as there is the rule that does so.
 */
typedef struct Part {
	const char *key;  /* of the spec */
	const char *code; /* of the rule that evaluates it */
	bool (*is_stated)(const Model *model);
} Part;

static const Part parts[] = {
	{"expect", "CP805", states_expectation},
};

static void
add_parts(Arena *arena, const State *state, DiagLanguage language, UncheckedVec *unchecked)
{
	DiagCode code;
	size_t i;

	for (i = 0; i < BASE_COUNT(parts); i++) {
		Unchecked item = {.path = str_from(parts[i].key)};

		if (diag_code_find(str_from(parts[i].code), &code) ||
			!parts[i].is_stated(state->model))
			continue;
		item.message =
			view_string_with(arena, language, "unchecked.stated", "path", item.path);
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

/* --- the whole list --------------------------------------------------------------------------- */

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
