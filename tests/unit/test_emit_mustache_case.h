/* One rendering of a text with an object of partials, for the tests of the template engine. */
#ifndef TEST_EMIT_MUSTACHE_CASE_H
#define TEST_EMIT_MUSTACHE_CASE_H

#include "emit/mustache.h"

typedef struct Outcome {
	bool good;
	Str output;
	MustacheError error;
} Outcome;

/* Partials are the members of an object. */
static inline bool
find_partial(void *context, Str name, MustacheSource *ret_source)
{
	const Json *text = json_get(context, name);

	if (text == NULL)
		return false;
	*ret_source = (MustacheSource){name, text->text};
	return true;
}

static inline Outcome
render(Arena *arena, Str text, Json *partials, const Json *view, TextEscape escape)
{
	MustachePartials finder = {find_partial, partials};
	MustacheSource source = {STR("main"), text};
	const MustacheTemplate *template = NULL;
	Outcome outcome = {0};
	Buf out = buf_make(arena);

	outcome.good = mustache_parse(arena, source, finder, &template, &outcome.error) &&
		       mustache_render(template, view, escape, &out, &outcome.error);
	outcome.output = buf_text(&out);
	return outcome;
}

/* The value of a JSON file, or NULL if there is no such file; a broken one fails the test. */
static inline Json *
read_json_file(Arena *arena, Str path)
{
	Io *io = io_system(arena);
	Json *value = NULL;
	JsonError error;
	Str bytes;

	if (io->read(io, arena, path, 1 << 20, &bytes) != IO_OK)
		return NULL;
	if (!json_read(arena, bytes, &value, &error))
		fail_msg(STR_FMT ": offset %zu: " STR_FMT, STR_ARG(path), error.offset,
			STR_ARG(error.message));
	return value;
}

#endif
