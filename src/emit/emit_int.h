/* The makers of outputs; one row of outputs.def each. */
#ifndef EMIT_EMIT_INT_H
#define EMIT_EMIT_INT_H

#include "emit/emit.h"

typedef struct EmitRow EmitRow;

typedef struct EmitContext {
	Arena *arena;
	const EmitInput *input;
	EmitFiles *files;
	EmitErrors *errors;
	size_t templates_left; /* bytes that templates of the user may still make */
} EmitContext;

typedef void (*EmitMaker)(EmitContext *context, const EmitRow *row);

struct EmitRow {
	const char *path;
	EmitMaker maker;
	const char *source;
	TextLanguage language;
};

void emit_script(EmitContext *context, const EmitRow *row);
void emit_rollback(EmitContext *context, const EmitRow *row);
void emit_commands(EmitContext *context, const EmitRow *row);
void emit_zones(EmitContext *context, const EmitRow *row);
void emit_pointers(EmitContext *context, const EmitRow *row);
void emit_template(EmitContext *context, const EmitRow *row);
void emit_summary_csv(EmitContext *context, const EmitRow *row);

/* Whether an output of that name is there without any template of the user. */
bool emit_is_built_in(Str name);
/* The user's template that makes the output of that name, or NULL. */
const EmitTemplate *emit_find_template(const EmitInput *input, Str name);
/* One template of the user; a mistake in it goes to the errors. */
void emit_user_template(EmitContext *context, const EmitTemplate *template);

/* Whether a file below the output folder has a name that an output of ours has or may have. */
bool emit_is_output(Str path);

/* How much of a file that stands in the output folder is read. */
#define EMIT_MAX_OLD_FILE ((size_t)1 << 30)

/*
 * The member `outputs` of a plan.json of ours, or NULL where there is none; fails where a file is
 * there that cannot be read. The plan itself may be large: it is not made, and gone from memory
 * when this returns.
 */
IoStatus emit_manifest_outputs(Arena *arena, Io *io, Str path, const Json **ret_outputs);

void emit_add(EmitContext *context, Str path, Str bytes);
/* PowerShell text as its file has it: CRLF, and a byte order mark where it is not ASCII or `bom`.
 */
Str emit_script_bytes(Arena *arena, Str text, bool bom);
/* Whether the spec asks for the mark in every script. */
bool emit_wants_bom(const Json *plan);
/* The embedded file of that path; an assertion fails for an unknown one. */
Str emit_embedded_file(Str path);

/* Writes a new file; JSON part by part, so that its text is never held as a whole. */
IoStatus emit_write_file(Io *io, Str path, const EmitFile *file);

#endif
