#include "emit/emit_int.h"

static const EmitRow rows[] = {
#define OUTPUT(enumerator, path, maker, source, language) {path, maker, source, TEXT_##language},
#include "emit/outputs.def"
#undef OUTPUT
};

void
emit_add(EmitContext *context, Str path, Str bytes)
{
	VEC_PUSH(context->arena, context->files, ((EmitFile){path, bytes}));
}

static bool
is_built_in(Str name)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(rows); i++) {
		if (str_equal(name, str_from(rows[i].path)))
			return true;
	}
	return false;
}

bool
emit_is_output(Str path)
{
	return is_built_in(path) || (str_starts(path, STR("dns/")) && str_ends(path, STR(".zone")));
}

bool
emit_files(Arena *arena, const EmitInput *input, EmitFiles *ret_files, EmitError *ret_error)
{
	EmitContext context = {arena, input, ret_files, ret_error};
	size_t i;

	for (i = 0; i < BASE_COUNT(rows); i++) {
		if (!rows[i].maker(&context, &rows[i]))
			return false;
	}
	for (i = 0; i < input->templates_len; i++) {
		if (!is_built_in(input->templates[i].name) &&
			!emit_user_template(&context, &input->templates[i]))
			return false;
	}
	return true;
}

EmitFile
emit_plan(Arena *arena, const Json *plan)
{
	Buf text = buf_make(arena);

	json_write_pretty(&text, plan);
	return (EmitFile){STR("plan.json"), buf_text(&text)};
}
