/* Outputs from Mustache templates: ours, or the user's in their place. */
#include "emit/emit_int.h"

static const EmitTemplate *
find_user_template(const EmitInput *input, Str name)
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
	const EmitTemplate *own = find_user_template(context->input, name);

	if (own != NULL) {
		*ret_source = (MustacheSource){own->path, own->text};
		return true;
	}
	ret_source->name = name;
	ret_source->text = embedded_find(
		emit_embedded, emit_embedded_len, built_in_path(context->arena, name));
	return ret_source->text.ptr != NULL;
}

static bool
render(EmitContext *context, MustacheSource source, Str output, TextLanguage language)
{
	const MustacheTemplate *template;
	MustachePartials partials = {find_partial, context};
	Buf text = buf_make(context->arena);

	if (!mustache_parse(context->arena, source, partials, &template, context->error) ||
		!mustache_render(template, context->input->document, text_escape(language), &text,
			context->error))
		return false;
	emit_add(context, output, buf_text(&text));
	return true;
}

bool
emit_template(EmitContext *context, const EmitRow *row)
{
	Str name = str_from(row->source);
	const EmitTemplate *own = find_user_template(context->input, name);
	MustacheSource source;

	if (own != NULL)
		source = (MustacheSource){own->path, own->text};
	else
		source = (MustacheSource){
			name, emit_embedded_file(built_in_path(context->arena, name))};
	return render(context, source, str_from(row->path), row->language);
}

bool
emit_user_template(EmitContext *context, const EmitTemplate *template)
{
	MustacheSource source = {template->path, template->text};
	TextLanguage language = TEXT_MARKDOWN;

	if (str_ends(template->name, STR(".html")))
		language = TEXT_HTML;
	else if (str_ends(template->name, STR(".csv")))
		language = TEXT_CSV;
	return render(context, source, template->name, language);
}
