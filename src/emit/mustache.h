/*
 * Mustache templates over Json values, by the published specification: interpolation, sections,
 * inverted sections, comments, partials, set delimiters. Lambdas, inheritance and dynamic names are
 * left out.
 *
 * Stricter than the specification where a document would be silently wrong:
 * - `{{x}}` is escaped for the language of the file, by the one function that is handed in;
 * - `{{{x}}}` and `{{&x}}` are for values that our own code marked as rendered, and for null;
 * - an unknown name, in any tag, and an unknown partial are errors. A null is known and empty, and
 *   so is whatever a dotted name asks of it.
 * False, null, 0, the empty text and the empty list are false; all other values are true.
 *
 * Parsing gives nodes in an arena; rendering keeps nothing but output. Both are bounded:
 * nesting, output, and steps (lists inside lists can multiply without output).
 */
#ifndef EMIT_MUSTACHE_H
#define EMIT_MUSTACHE_H

#include "text/text.h"
#include "json/json.h"

/* Sections and partials inside each other. */
#define MUSTACHE_DEPTH_MAX 200
/* Nodes that one rendering visits. */
#define MUSTACHE_STEPS_MAX 50000000u

typedef struct MustacheSource {
	Str name; /* as errors show it */
	Str text;
} MustacheSource;

/* Finds the text of a partial; false when there is none of that name. */
typedef bool (*MustacheFind)(void *context, Str name, MustacheSource *ret_source);

typedef struct MustachePartials {
	MustacheFind find; /* NULL: there are none */
	void *context;
} MustachePartials;

typedef struct MustacheError {
	Str name; /* of the template or partial */
	size_t offset;
	Position position;
	Str message; /* a clause without a full stop */
	Str help;    /* what to write instead; absent where the message says it */
} MustacheError;

/* A template with all partials that it names. */
typedef struct MustacheTemplate MustacheTemplate;

/* The texts are not copied. */
bool mustache_parse(Arena *arena, MustacheSource source, MustachePartials partials,
	const MustacheTemplate **ret_template, MustacheError *ret_error);
/*
 * Appends to `out`, whose limit bounds the output; after an error what was appended is of no use.
 * The message of the error lives in the arena of `out`.
 */
bool mustache_render(const MustacheTemplate *template, const Json *view, TextEscape escape,
	Buf *out, MustacheError *ret_error);

#endif
