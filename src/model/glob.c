/* Import patterns: `*` and `?` inside the names of a path, no dot files, sorted by bytes. */
#include "model/model_int.h"

/* The offset behind the character at `at`. */
static size_t
next_character(Str text, size_t at)
{
	utf8_next(text, &at);
	return at;
}

/* One name against one pattern; goes back only to the last star, so it takes linear time a star. */
static bool
name_matches(Str pattern, Str name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;

	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			resume = n;
		} else if (p < pattern.len && pattern.ptr[p] == '?') {
			p++;
			n = next_character(name, n);
		} else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = resume = next_character(name, resume);
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

static bool
has_wildcard(Str name)
{
	return str_find_char(name, '*', 0) < name.len || str_find_char(name, '?', 0) < name.len;
}

/* The entries of a folder that match and are no dot files; false: that is too much. */
static bool
expand_wildcard(ModelLoader *loader, Str dir, Str pattern, StrVec *ret_paths)
{
	Io *io = loader->options->io;
	Arena *arena = loader->model->arena;
	StrVec names;
	size_t i;

	if (++loader->listings > MODEL_MAX_LISTINGS)
		return false;
	/* What is no folder, or may not be read, holds no match. */
	if (io->list(io, arena, dir, &names) != IO_OK)
		return true;
	for (i = 0; i < names.len; i++) {
		if (names.items[i].ptr[0] != '.' && name_matches(pattern, names.items[i]))
			VEC_PUSH(arena, ret_paths, path_join(arena, dir, names.items[i]));
	}
	return ret_paths->len <= MODEL_MAX_PATHS;
}

/* Behind a wildcard a name is a condition too; without one a missing file is an error to tell. */
static void
expand_plain(ModelLoader *loader, Str dir, Str name, bool must_exist, StrVec *ret_paths)
{
	Io *io = loader->options->io;
	Str path = path_join(loader->model->arena, dir, name);
	IoKind kind;

	if (!must_exist || (io->kind(io, path, &kind) == IO_OK && kind != IO_KIND_NONE))
		VEC_PUSH(loader->model->arena, ret_paths, path);
}

/* One more name behind each of the paths. */
static bool
expand_name(ModelLoader *loader, Str name, bool *wild, StrVec *paths)
{
	StrVec next = {0};
	bool is_wild = has_wildcard(name);
	size_t i;

	for (i = 0; i < paths->len; i++) {
		if (!is_wild)
			expand_plain(loader, paths->items[i], name, *wild, &next);
		else if (!expand_wildcard(loader, paths->items[i], name, &next))
			return false;
	}
	*wild = *wild || is_wild;
	*paths = next;
	return true;
}

static bool
report_glob(ModelLoader *loader, const FieldItem *pattern)
{
	Diag *diag = diag_report(loader->model->sink, DIAG_INPUT_LIMIT, pattern->span,
		"`" STR_FMT "` looks into more than %u folders, or matches more than %u names",
		STR_ARG(pattern->text), MODEL_MAX_LISTINGS, MODEL_MAX_PATHS);

	diag_path(diag, STR("imports"));
	diag_help(loader->model->sink, diag, "name the folders");
	loader->model->usable = false;
	return false;
}

bool
model_glob(ModelLoader *loader, Str dir, const FieldItem *pattern, StrVec *ret_paths)
{
	StrVec paths = {0};
	size_t start = 0;
	bool wild = false;

	VEC_PUSH(loader->model->arena, &paths, path_is_absolute(pattern->text) ? STR("/") : dir);
	while (start < pattern->text.len) {
		size_t end = str_find_char(pattern->text, '/', start);
		Str name = str_slice(pattern->text, start, end);

		if (name.len > 0 && !expand_name(loader, name, &wild, &paths))
			return report_glob(loader, pattern);
		start = end + 1;
	}
	strvec_sort(&paths);
	*ret_paths = paths;
	return true;
}
