/* Reading the files of a spec and merging them into one struct. */
#include "model/model_int.h"

static void load_imports(ModelLoader *loader, Str path, size_t from);

/* A section that is no map, such as a list of names, would have defined nobody knows what. */
static bool
sections_are_maps(const ModelSpec *spec)
{
	return spec->domains.state != FIELD_BAD && spec->egress.state != FIELD_BAD &&
	       spec->gateways.state != FIELD_BAD && spec->relay_hosts.state != FIELD_BAD &&
	       spec->connectors.state != FIELD_BAD;
}

/* Gives the place of the file's own list of imports. */
static Span
decode_source(ModelLoader *loader, uint32_t source, bool imported)
{
	Model *model = loader->model;
	Arena *scratch = arena_create();
	SchemaDecoder decoder = {.sink = model->sink,
		.arena = model->arena,
		.root = &model_spec_table,
		.only = imported ? FIELD_IMPORTABLE : 0};
	const DocNode *imports;
	Span span = {0};
	DocNode root;

	/* The tree is needed only until it is decoded; its texts stay in the source or the sink. */
	if (!doc_read(model->sink, scratch, source, &root)) {
		model->usable = false;
	} else {
		schema_decode(&decoder, &model_spec_table, &root, model->spec);
		model->usable = model->usable && !decoder.limited;
		imports = doc_find(&root, STR("imports"));
		span = imports == NULL ? span : imports->span;
	}
	/* What is no map defines nothing, whatever it was meant to. */
	if (model->spec->head.state == FIELD_BAD || !sections_are_maps(model->spec))
		model->usable = false;
	arena_destroy(scratch);
	return span;
}

/*
 * An imported file adds to the same struct; its own head (where it begins) must not replace that of
 * the main file, which findings about missing keys point to.
 */
static void
add_file(ModelLoader *loader, Str path, Str shown, Str text, bool imported)
{
	Model *model = loader->model;
	size_t first_import = model->spec->imports.len;
	FieldObject main_head = model->spec->head;
	ModelFile *file = VEC_ADD(model->arena, &model->files);

	file->path = path;
	file->imported = imported;
	file->source = source_add(model->sink->sources, shown, text);
	loader->list = decode_source(loader, file->source, imported);
	if (imported)
		model->spec->head = main_head;
	load_imports(loader, path, first_import);
}

/* After any of these nobody knows what the file would have defined. */
static Diag *
report_import(ModelLoader *loader, DiagCode code, const FieldItem *pattern, Str message)
{
	static const ModelOwner owner = {"imports", NULL, {0}};
	Model *model = loader->model;
	Diag *diag = model_report(model, code, &owner, pattern->span, STR_FMT, STR_ARG(message));

	model_item_path(model, diag, &owner, pattern, loader->list);
	model->usable = false;
	return diag;
}

static Diag *
import_failed(ModelLoader *loader, const FieldItem *pattern, Str path, const char *why)
{
	Str message = str_format(
		loader->model->sink->arena, "cannot import `" STR_FMT "`: %s", STR_ARG(path), why);
	Diag *diag = report_import(loader, DIAG_IMPORT_FAILED, pattern, message);

	diag_help(loader->model->sink, diag,
		"paths count from the folder of the file that imports, and name files, such as "
		"`sites/*.yaml`");
	return diag;
}

static bool
is_inside(Str path, Str root)
{
	if (STR_EQ(root, "/"))
		return true;
	return str_starts(path, root) && path.len > root.len && path.ptr[root.len] == '/';
}

static void
report_import_cycle(ModelLoader *loader, const FieldItem *pattern, Str resolved)
{
	Buf loop = buf_make(loader->model->sink->arena);
	bool within = false;
	Diag *diag;
	size_t i;

	buf_lit(&loop, "imports go round in a circle: ");
	for (i = 0; i < loader->open.len; i++) {
		within = within || str_equal(loader->open.items[i], resolved);
		if (!within)
			continue;
		buf_str(&loop, path_name(loader->open.items[i]));
		buf_lit(&loop, " → ");
	}
	buf_str(&loop, path_name(resolved));
	diag = report_import(loader, DIAG_CYCLE, pattern, buf_text(&loop));
	diag_help(loader->model->sink, diag, "take one of these imports out");
}

/* Whether the file may be read now: inside the root, not read yet, not being read. */
static bool
admit_import(ModelLoader *loader, const FieldItem *pattern, Str path, Str *ret_resolved)
{
	Model *model = loader->model;
	Io *io = loader->options->io;
	IoStatus status = io->resolve(io, model->arena, path, ret_resolved);
	size_t i;

	if (status != IO_OK) {
		import_failed(loader, pattern, path, io_status_text(status));
		return false;
	}
	if (!is_inside(*ret_resolved, loader->root)) {
		Diag *diag;

		/* One pattern that leads outside is one mistake, however many files it matches. */
		if (loader->outside++ > 0)
			return false;
		diag = import_failed(loader, pattern, path, "it lies outside the import root");
		diag_note(model->sink, diag, "the import root is `" STR_FMT "`",
			STR_ARG(path_name(loader->root)));
		diag_help(model->sink, diag,
			"move the file, or name a wider root with --import-root");
		return false;
	}
	for (i = 0; i < loader->open.len; i++) {
		if (str_equal(loader->open.items[i], *ret_resolved)) {
			report_import_cycle(loader, pattern, *ret_resolved);
			return false;
		}
	}
	return map_add(model->arena, &loader->loaded, *ret_resolved, 1) == MAP_NONE;
}

/*
 * The name in findings: without `NAME/..`, so that a file has one name whoever imports it, and code
 * hosts know it. Where a link is on the way that may be another file: then the path stays as it is.
 */
static Str
shown_path(ModelLoader *loader, Str path, Str resolved)
{
	Io *io = loader->options->io;
	Arena *arena = loader->model->arena;
	Str tidy = path_tidy(arena, path), other;

	if (str_equal(tidy, path) || io->resolve(io, arena, tidy, &other) != IO_OK)
		return path;
	return str_equal(other, resolved) ? tidy : path;
}

/* Told once: each further file would only say it again. */
static void
report_import_limit(ModelLoader *loader, const FieldItem *pattern, const char *message)
{
	Diag *diag = report_import(loader, DIAG_INPUT_LIMIT, pattern, str_from(message));

	diag_help(loader->model->sink, diag, "import fewer or smaller files");
	loader->full = true;
}

/* Limits are counted over the whole run: a thousand small files cost as much as one large one. */
static void
load_import(ModelLoader *loader, const FieldItem *pattern, Str path)
{
	Model *model = loader->model;
	Io *io = loader->options->io;
	Str resolved, text;
	IoStatus status;

	if (loader->full || !admit_import(loader, pattern, path, &resolved))
		return;
	if (model->files.len > MODEL_MAX_IMPORT_FILES) {
		report_import_limit(loader, pattern, "imports bring more than 1,000 files");
		return;
	}
	/* By the path that was looked at: a link may point elsewhere by now. */
	status = io->read(io, model->arena, resolved, DOC_MAX_FILE, &text);
	if (status != IO_OK) {
		import_failed(loader, pattern, path,
			status == IO_TOO_BIG ? "larger than 32 MiB" : io_status_text(status));
		return;
	}
	loader->bytes += text.len;
	if (loader->bytes > MODEL_MAX_IMPORT_BYTES) {
		report_import_limit(loader, pattern, "imports bring more than 64 MiB");
		return;
	}
	VEC_PUSH(model->arena, &loader->open, resolved);
	add_file(loader, path, shown_path(loader, path, resolved), text, true);
	loader->open.len--;
}

/* Whether a marker of a project's top stands in the folder. */
static bool
is_project_top(Io *io, Arena *arena, Str dir)
{
	IoKind kind;

	if (io->kind(io, path_join(arena, dir, STR(".git")), &kind) == IO_OK &&
		kind != IO_KIND_NONE)
		return true;
	return io->kind(io, path_join(arena, dir, STR(".connplan")), &kind) == IO_OK &&
	       kind != IO_KIND_NONE;
}

/* The nearest folder upwards that is the top of a project; else the spec's own. */
static bool
find_import_root(Arena *arena, const ModelOptions *options, Str spec_path, Str *ret_root)
{
	Io *io = options->io;
	Str start, dir;

	if (options->import_root.ptr != NULL)
		return io->resolve(io, arena, options->import_root, ret_root) == IO_OK;
	if (io->resolve(io, arena, path_dir(spec_path), &start) != IO_OK)
		return false;
	*ret_root = start;
	for (dir = start; !is_project_top(io, arena, dir); dir = path_dir(dir)) {
		if (dir.len <= 1)
			return true;
	}
	*ret_root = dir;
	return true;
}

static bool
find_root(ModelLoader *loader, Str spec_path)
{
	return loader->root.ptr != NULL ||
	       find_import_root(loader->model->arena, loader->options, spec_path, &loader->root);
}

bool
model_is_inside_root(Arena *arena, const ModelOptions *options, Str spec_path, Str path)
{
	Str root, resolved;

	return find_import_root(arena, options, spec_path, &root) &&
	       options->io->resolve(options->io, arena, path, &resolved) == IO_OK &&
	       (str_equal(resolved, root) || is_inside(resolved, root));
}

/* The main file is open, too: an import of it would be one of itself. */
static bool
prepare_imports(ModelLoader *loader, const FieldItem *pattern)
{
	Str spec_path = loader->model->files.items[0].path, resolved;
	Io *io = loader->options->io;
	Arena *arena = loader->model->arena;

	if (loader->options->no_imports) {
		import_failed(loader, pattern, pattern->text,
			"a spec from standard input stands in no folder");
		return false;
	}
	if (!find_root(loader, spec_path)) {
		import_failed(loader, pattern, pattern->text, "the import root cannot be read");
		return false;
	}
	if (loader->open.len == 0 && io->resolve(io, arena, spec_path, &resolved) == IO_OK)
		VEC_PUSH(arena, &loader->open, resolved);
	return true;
}

/* The patterns from index `from` on, which stand in the file at `path`. */
static void
load_imports(ModelLoader *loader, Str path, size_t from)
{
	Model *model = loader->model;
	size_t i, j, len = model->spec->imports.len;
	Span list = loader->list;

	for (i = from; i < len && !loader->full; i++) {
		FieldItem pattern = model->spec->imports.items[i];
		StrVec paths = {0};

		if (!prepare_imports(loader, &pattern) ||
			!model_glob(loader, path_dir(path), &pattern, &paths))
			continue;
		if (paths.len == 0)
			import_failed(loader, &pattern, pattern.text, "no file matches");
		loader->outside = 0;
		for (j = 0; j < paths.len; j++) {
			load_import(loader, &pattern, paths.items[j]);
			loader->list = list;
		}
	}
}

Model *
model_load_text(Arena *arena, DiagSink *sink, const ModelOptions *options, Str path, Str text)
{
	Model *model = ARENA_NEW(arena, Model);
	ModelLoader loader = {.model = model, .options = options};

	model->arena = arena;
	model->sink = sink;
	model->spec = ARENA_NEW(arena, ModelSpec);
	model->usable = true;
	add_file(&loader, path, path, text, false);
	model_sort_objects(model);
	model_build_names(model);
	model_resolve(model);
	model_build_routes(model);
	return model;
}

IoStatus
model_load(Arena *arena, DiagSink *sink, const ModelOptions *options, Str path, Model **ret_model)
{
	Str text;
	IoStatus status = options->io->read(options->io, arena, path, DOC_MAX_FILE, &text);

	if (status == IO_OK)
		*ret_model = model_load_text(arena, sink, options, path, text);
	return status;
}
