/* What the files of this room share: the state of a load. */
#ifndef MODEL_MODEL_INT_H
#define MODEL_MODEL_INT_H

#include "model/model.h"

#define MODEL_MAX_IMPORT_BYTES ((size_t)64 << 20)
#define MODEL_MAX_IMPORT_FILES 1000u
#define MODEL_MAX_LISTINGS     10000u
#define MODEL_MAX_PATHS        10000u
#define MODEL_MAX_ROUTES       1000000u
#define MODEL_MAX_LOOKED_AT    10000000u

typedef struct ModelLoader {
	Model *model;
	const ModelOptions *options;
	Str root;    /* imports may not leave it; absent until the first import */
	Map loaded;  /* resolved paths of the files that were read */
	StrVec open; /* resolved paths of the files being read, outermost first */
	size_t bytes, listings;
	Span list;      /* the imports of the file that is being read */
	bool full;      /* a limit was met and told: nothing more is read */
	size_t outside; /* files outside the root that the present pattern matched */
} ModelLoader;

/* The files that a pattern names, sorted; false when something was reported. */
bool model_glob(ModelLoader *loader, Str dir, const FieldItem *pattern, StrVec *ret_paths);

/* After decoding: sort and merge the maps, build the namespaces, resolve names, follow routes. */
void model_sort_objects(Model *model);
void model_build_names(Model *model);
void model_resolve(Model *model);
void model_build_routes(Model *model);

/* What a finding is about: `key` absent: the object; `name` absent: the section is the object. */
typedef struct ModelOwner {
	const char *section, *key;
	Str name;
} ModelOwner;

typedef struct ModelNumbers {
	uint32_t *items, len;
} ModelNumbers;

Diag *model_report(Model *model, DiagCode code, const ModelOwner *owner, Span span,
	const char *format, ...) BASE_PRINTF(5, 6);
/* An element of a list is named by its value; one that is all there is, by nothing. */
void model_item_path(
	const Model *model, Diag *diag, const ModelOwner *owner, const FieldItem *item, Span list);
/* What `via` and `egress` name, each once; false, and nothing, when a name is wrong. */
bool model_resolve_next(Model *model, ModelOwner owner, const FieldItems *via,
	const FieldItems *egress, ModelNext *ret_next);
/* Every reference that is no way on: only that it names something. */
void model_check_references(Model *model);
/* What no kind of field says: mail addresses, servers, the window of the change. */
void model_check_values(Model *model);

/*
 * The nearest name of the kinds (a bit for each ModelKind) or word, or an absent text; only for the
 * first findings, so that it costs little.
 */
Str model_suggest(Model *model, Str name, unsigned kinds, const char *const words[2]);

/* "a relay host", as it stands in a sentence. */
const char *model_kind_text(ModelKind kind);

#endif
