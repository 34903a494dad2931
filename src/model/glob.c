/* Import patterns: `*` and `?` inside the names of a path, no dot files, sorted by bytes. */
#include "model/model_int.h"

/* One name against one pattern; goes back only to the last star, so it takes linear time a star. */
static bool
name_matches(Str pattern, Str name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;

	while (n < name.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			resume = n;
		} else if (p < pattern.len &&
			   (pattern.ptr[p] == '?' || pattern.ptr[p] == name.ptr[n])) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++resume;
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

/* The entries of `dirs` whose last name matches become ret_dirs. */
static bool
expand_name(ModelLoader *loader, const StrVec *dirs, Str pattern, StrVec *ret_dirs)
{
	Io *io = loader->options->io;
	Arena *arena = loader->model->arena;
	size_t i, j;

	for (i = 0; i < dirs->len; i++) {
		StrVec names;

		if (!has_wildcard(pattern)) {
			VEC_PUSH(arena, ret_dirs, path_join(arena, dirs->items[i], pattern));
			continue;
		}
		if (++loader->listings > MODEL_MAX_LISTINGS)
			return false;
		if (io->list(io, arena, dirs->items[i], &names) != IO_OK)
			continue;
		for (j = 0; j < names.len; j++) {
			if (names.items[j].ptr[0] != '.' && name_matches(pattern, names.items[j]))
				VEC_PUSH(arena, ret_dirs,
					path_join(arena, dirs->items[i], names.items[j]));
		}
	}
	return true;
}

bool
model_glob(ModelLoader *loader, Str dir, const FieldItem *pattern, StrVec *ret_paths)
{
	Arena *arena = loader->model->arena;
	StrVec dirs = {0};
	size_t start = 0;

	VEC_PUSH(arena, &dirs, path_is_absolute(pattern->text) ? STR("/") : dir);
	while (start < pattern->text.len) {
		size_t end = str_find_char(pattern->text, '/', start);
		StrVec next = {0};

		if (end > start &&
			!expand_name(loader, &dirs, str_slice(pattern->text, start, end), &next)) {
			Diag *diag = diag_report(loader->model->sink, DIAG_INPUT_LIMIT,
				pattern->span, "`" STR_FMT "` looks into more than %u folders",
				STR_ARG(pattern->text), MODEL_MAX_LISTINGS);

			diag_path(diag, STR("imports"));
			loader->model->usable = false;
			return false;
		}
		if (end > start)
			dirs = next;
		start = end + 1;
	}
	strvec_sort(&dirs);
	*ret_paths = dirs;
	return true;
}
