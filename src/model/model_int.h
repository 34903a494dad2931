/* What the files of this room share: the state of a load. */
#ifndef MODEL_MODEL_INT_H
#define MODEL_MODEL_INT_H

#include "model/model.h"

#define MODEL_MAX_IMPORT_BYTES ((size_t)64 << 20)
#define MODEL_MAX_IMPORT_FILES 1000u
#define MODEL_MAX_LISTINGS     10000u
#define MODEL_MAX_ROUTES       1000000u

typedef struct ModelLoader {
	Model *model;
	const ModelOptions *options;
	Str root;    /* imports may not leave it; absent until the first import */
	Map loaded;  /* resolved paths of the files that were read */
	StrVec open; /* resolved paths of the files being read, outermost first */
	size_t bytes, listings;
	size_t outside; /* files outside the root that the present pattern matched */
} ModelLoader;

/* The files that a pattern names, sorted; false when something was reported. */
bool model_glob(ModelLoader *loader, Str dir, const FieldItem *pattern, StrVec *ret_paths);

/* After decoding: sort and merge the maps, build the namespaces, resolve names, follow routes. */
void model_sort_objects(Model *model);
void model_build_names(Model *model);
void model_resolve(Model *model);
void model_build_routes(Model *model);

/* The nearest name, or an absent text; only for the first findings, so that it costs little. */
Str model_suggest_sender(Model *model, Str name);

#endif
