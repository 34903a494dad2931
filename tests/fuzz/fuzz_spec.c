/*
 * A spec from bytes to every output, in memory. Whatever the bytes are, there is a verdict; where
 * no error stands, everything renders.
 */
#include "emit/emit.h"
#include "rules/rules.h"
#include "view/view.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
pass_by(void *files, Str part)
{
	(void)files;
	return part.len > 0;
}

static void
render(Arena *arena, const Plan *plan, const DiagVerdict *verdict)
{
	ViewInput input = {.plan = plan,
		.verdict = verdict,
		.language = view_language(plan->model),
		.version = STR("0")};
	Json *json = view_plan(arena, &input);
	EmitInput emit = {.plan = json, .document = view_document(arena, &input, json)};
	EmitFiles files = {0};
	EmitErrors errors = {0};

	ASSERT(emit_files(arena, &emit, &files, &errors));
	ASSERT(json_write_pretty_parts(emit_plan(json).json, pass_by, &files));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	DiagSink *sink = diag_sink(arena, source_set(arena));
	ModelOptions options = {.io = io_memory(arena), .no_imports = true};
	Str text = str_copy(arena, (Str){(const char *)data, size});
	Model *model = model_load_text(arena, sink, &options, STR("fuzz.yaml"), text);
	State *state = state_of_spec(model);
	Plan *plan = plan_build(state);
	RuleInput input = {.model = model, .state = state, .plan = plan, .today = 20000};
	DiagVerdict verdict;

	if (model->usable)
		rules_run(&input, sink);
	verdict = diag_verdict(sink);
	if (!verdict.failed)
		render(arena, plan, &verdict);
	arena_destroy(arena);
	return 0;
}
