/* Outputs from Mustache templates: ours, or the user's in their place. */
#include "emit/emit_int.h"

const EmitTemplate *
emit_find_template(const EmitInput *input, Str name)
{
	size_t i;

	for (i = 0; i < input->templates_len; i++) {
		if (str_equal(input->templates[i].name, name))
			return &input->templates[i];
	}
	return NULL;
}

static Str
built_in_path(Arena *arena, Str name)
{
	return str_format(arena, "templates/" STR_FMT ".mustache", STR_ARG(name));
}

extern const Embedded emit_embedded[];
extern const size_t emit_embedded_len;

/* A partial, by name: the user's file, else ours. */
static bool
find_partial(void *data, Str name, MustacheSource *ret_source)
{
	const EmitContext *context = data;
	const EmitTemplate *own = emit_find_template(context->input, name);

	if (own != NULL) {
		*ret_source = (MustacheSource){own->path, own->text};
		return true;
	}
	ret_source->name = name;
	ret_source->text = embedded_find(
		emit_embedded, emit_embedded_len, built_in_path(context->arena, name));
	return ret_source->text.ptr != NULL;
}

/* Appends to `out`, whose limit bounds what a template may make. */
static bool
render(EmitContext *context, MustacheSource source, TextLanguage language, Buf *out,
	MustacheError *ret_error)
{
	const MustacheTemplate *template;
	MustachePartials partials = {find_partial, context};

	return mustache_parse(context->arena, source, partials, &template, ret_error) &&
	       mustache_render(
		       template, context->input->document, text_escape(language), out, ret_error);
}

/* In a template of ours a mistake can only come from a partial that the user put in its place. */
static void
refuse_partial(EmitContext *context, const MustacheError *error)
{
	const EmitInput *input = context->input;
	size_t i = 0;

	while (i < input->templates_len && !str_equal(input->templates[i].path, error->name))
		i++;
	if (i == input->templates_len)
		panic("template " STR_FMT ", line %u: " STR_FMT, STR_ARG(error->name),
			error->position.line, STR_ARG(error->message));
	VEC_PUSH(context->arena, context->errors, ((EmitError){&input->templates[i], *error}));
}

void
emit_template(EmitContext *context, const EmitRow *row)
{
	Str name = str_from(row->source);
	MustacheSource source = {name, emit_embedded_file(built_in_path(context->arena, name))};
	Buf text = buf_make(context->arena);
	MustacheError error;

	if (render(context, source, row->language, &text, &error))
		emit_add(context, str_from(row->path), buf_text(&text));
	else
		refuse_partial(context, &error);
}

static TextLanguage
language_of(Str name)
{
	if (str_ends(name, STR(".html")))
		return TEXT_HTML;
	return str_ends(name, STR(".csv")) ? TEXT_CSV : TEXT_MARKDOWN;
}

/* What is only put into others makes no output: its names mean something in their places alone. */
static bool
is_partial(EmitContext *context, Str name)
{
	Str ours = built_in_path(context->arena, name);

	return name.ptr[0] == '_' ||
	       (!emit_is_built_in(name) &&
		       embedded_find(emit_embedded, emit_embedded_len, ours).ptr != NULL);
}

void
emit_user_template(EmitContext *context, const EmitTemplate *template)
{
	MustacheSource source = {template->path, template->text};
	Buf text = buf_make(context->arena);
	EmitError error = {.template = template};

	if (is_partial(context, template->name))
		return;
	/* Never 0, which would be no limit. */
	text.limit = context->templates_left > 0 ? context->templates_left : 1;
	if (render(context, source, language_of(template->name), &text, &error.what))
		emit_add(context, template->name, buf_text(&text));
	else
		VEC_PUSH(context->arena, context->errors, error);
	context->templates_left -=
		text.len < context->templates_left ? text.len : context->templates_left;
}
