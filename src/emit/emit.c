#include "emit/emit_int.h"

static const EmitRow rows[] = {
#define OUTPUT(enumerator, path, maker, source, language) {path, maker, source, TEXT_##language},
#include "emit/outputs.def"
#undef OUTPUT
};

void
emit_add(EmitContext *context, Str path, Str bytes)
{
	VEC_PUSH(context->arena, context->files, ((EmitFile){.path = path, .bytes = bytes}));
}

bool
emit_is_built_in(Str name)
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
	return emit_is_built_in(path) ||
	       (str_starts(path, STR("dns/")) && str_ends(path, STR(".zone")));
}

/* In the order of the rows, whoever makes an output; those that are the user's alone come last. */
bool
emit_files(Arena *arena, const EmitInput *input, EmitFiles *ret_files, EmitErrors *ret_errors)
{
	EmitContext context = {.arena = arena,
		.input = input,
		.files = ret_files,
		.errors = ret_errors,
		.templates_left = EMIT_TEMPLATES_MAX};
	size_t i;

	for (i = 0; i < BASE_COUNT(rows); i++) {
		const EmitTemplate *own = emit_find_template(input, str_from(rows[i].path));

		if (own != NULL)
			emit_user_template(&context, own);
		else
			rows[i].maker(&context, &rows[i]);
	}
	for (i = 0; i < input->templates_len; i++) {
		if (!emit_is_built_in(input->templates[i].name))
			emit_user_template(&context, &input->templates[i]);
	}
	return ret_errors->len == 0;
}

EmitFile
emit_plan(const Json *plan)
{
	return (EmitFile){.path = STR("plan.json"), .json = plan};
}

/* --- one of them onto the disk ---------------------------------------------------------------- */

typedef struct Giving {
	const Json *json;
	IoPut *put;
	void *sink;
	IoStatus status;
} Giving;

static bool
give_part(void *context, Str part)
{
	Giving *giving = context;

	giving->status = giving->put(giving->sink, part);
	return giving->status == IO_OK;
}

static IoStatus
give_json(void *context, IoPut *put, void *sink)
{
	Giving *giving = context;

	giving->put = put;
	giving->sink = sink;
	(void)json_write_pretty_parts(giving->json, give_part, giving);
	return giving->status;
}

IoStatus
emit_write_file(Io *io, Str path, const EmitFile *file)
{
	Giving giving = {.json = file->json};

	return file->json == NULL ? io->write(io, path, file->bytes)
				  : io->write_parts(io, path, give_json, &giving);
}
