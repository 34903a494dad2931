/*
 * emit: from the view's JSON to files in memory, and from there to a folder, all or none.
 *
 * Each output is a row of outputs.def. Text of the user reaches a file only through the escaping
 * function of that file's language. Ownership: the arena. Failure: a template's mistake is an
 * EmitError with a place; what the disk refuses is an IoStatus.
 */
#ifndef EMIT_EMIT_H
#define EMIT_EMIT_H

#include "emit/mustache.h"
#include "emit/powershell.h"
#include "text/text.h"
#include "json/json.h"

typedef struct EmitFile {
	Str path; /* below the output folder, with `/` */
	Str bytes;
	const Json *json; /* in place of bytes, for what is too long to be held as text */
} EmitFile;

typedef VEC(EmitFile) EmitFiles;

/* A template of the user: its file name without `.mustache` is the output that it makes. */
typedef struct EmitTemplate {
	Str name, path, text;
} EmitTemplate;

typedef struct EmitInput {
	const Json *plan;     /* of the view */
	const Json *document; /* the plan with strings and summary, for templates */
	const EmitTemplate *templates;
	size_t templates_len;
} EmitInput;

/* What was wrong with a template of the user, and where in it or in a partial of it. */
typedef struct EmitError {
	const EmitTemplate *template;
	MustacheError what;
} EmitError;

typedef VEC(EmitError) EmitErrors;

/* What all templates of the user together may make. */
#define EMIT_TEMPLATES_MAX ((size_t)64 << 20)

/* Every file but plan.json. Goes on after a template with a mistake, so that one run tells of all;
 * true when there was none. */
bool emit_files(Arena *arena, const EmitInput *input, EmitFiles *ret_files, EmitErrors *ret_errors);
/* plan.json, which is written as json_write_pretty() does. */
EmitFile emit_plan(const Json *plan);
/* export.ps1 alone, which `init` writes too. */
EmitFile emit_export_script(Arena *arena);

/* --- publishing ------------------------------------------------------------------------------- */

/* A file that was in the way of ours, or stale, and was not what an earlier run had written. */
typedef struct EmitLoss {
	Str path;         /* below the folder */
	const char *how;  /* "replaced", "removed" */
	const char *what; /* "which had been edited since the last build" */
} EmitLoss;

typedef VEC(EmitLoss) EmitLosses;

typedef struct EmitTarget {
	Io *io;
	Str dir;
	bool (*stop)(void); /* asked before each step; may be NULL */
	EmitLosses *losses; /* is told of each, also by a run that fails later; may be NULL */
} EmitTarget;

typedef struct EmitTrouble {
	Str path;         /* that the system refused */
	const char *step; /* "cannot write" */
} EmitTrouble;

/*
 * Makes the folder hold these files, plan.json last in the list: everything is written beside it,
 * then swapped in at once where the folder holds nothing that is not ours, else file by file. Files
 * that the old plan.json lists and the new one does not are removed; no other file is. A link is
 * replaced. After a failure every file is whole, an old or a new one.
 */
IoStatus emit_publish(
	Arena *arena, const EmitTarget *target, const EmitFiles *files, EmitTrouble *ret_trouble);

#endif
