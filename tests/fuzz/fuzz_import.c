/*
 * The bytes of an export to a spec and back: what is imported reads without an error, and a plan
 * against the same export has no difference, unless a spec cannot hold so much.
 */
#include "import/import.h"
#include "plan/plan.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
has_limit(const DiagSink *sink, const State *state)
{
	size_t i;

	for (i = 0; i < sink->items.len; i++) {
		if (sink->items.items[i].code == DIAG_INPUT_LIMIT)
			return true;
	}
	return state->limits.len > 0;
}

static void
check_law(Arena *arena, DiagSink *sink, const ConnectorExport *export)
{
	ModelOptions options = {.io = io_memory(arena), .no_imports = true};
	const PlanOptions plan_options = {0};
	Str text = import_spec(arena, export, NULL);
	Model *model = model_load_text(arena, sink, &options, STR("fuzz.yaml"), text);
	State *state = state_of_spec(model);
	Plan *plan = plan_compare(state_of_live(arena, export), state, &plan_options);

	if (has_limit(sink, state))
		return;
	ASSERT(!diag_has_errors(sink, 0));
	ASSERT(plan->differences == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	DiagSink *sink = diag_sink(arena, source_set(arena));
	Str bytes = str_copy(arena, (Str){(const char *)data, size});
	ConnectorExportError error;
	ConnectorExport *export;

	if (!connector_export_read(sink, STR("fuzz.json"), bytes, &export, &error))
		ASSERT(error.message.len > 0);
	else if (!export->broken)
		check_law(arena, sink, export);
	arena_destroy(arena);
	return 0;
}
