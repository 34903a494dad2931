/* Paths as text, and the words for what the system refused. */
#include "base/base.h"

Str
path_dir(Str path)
{
	size_t end = path.len;

	while (end > 0 && path.ptr[end - 1] != '/')
		end--;
	if (end == 0)
		return STR(".");
	while (end > 1 && path.ptr[end - 1] == '/')
		end--;
	return str_slice(path, 0, end);
}

Str
path_name(Str path)
{
	size_t start = path.len;

	while (start > 0 && path.ptr[start - 1] != '/')
		start--;
	return str_slice(path, start, path.len);
}

bool
path_is_absolute(Str path)
{
	return path.len > 0 && path.ptr[0] == '/';
}

Str
path_join(Arena *arena, Str dir, Str name)
{
	if (path_is_absolute(name) || dir.len == 0 || STR_EQ(dir, "."))
		return name;
	if (dir.ptr[dir.len - 1] == '/')
		return str_format(arena, STR_FMT STR_FMT, STR_ARG(dir), STR_ARG(name));
	return str_format(arena, STR_FMT "/" STR_FMT, STR_ARG(dir), STR_ARG(name));
}

/* The names of a path that are left when `..` has taken away the one before it. */
static StrVec
tidy_names(Arena *arena, Str path)
{
	StrVec names = {0};
	size_t start, end;

	for (start = 0; start < path.len; start = end + 1) {
		Str name;

		end = str_find_char(path, '/', start);
		name = str_slice(path, start, end);
		if (name.len == 0 || STR_EQ(name, "."))
			continue;
		if (STR_EQ(name, "..") && names.len > 0 &&
			!STR_EQ(names.items[names.len - 1], ".."))
			names.len--;
		else if (!STR_EQ(name, "..") || !path_is_absolute(path))
			VEC_PUSH(arena, &names, name);
	}
	return names;
}

Str
path_tidy(Arena *arena, Str path)
{
	StrVec names = tidy_names(arena, path);
	Str tidy = path_is_absolute(path) ? STR("/") : STR(".");
	size_t i;

	for (i = 0; i < names.len; i++)
		tidy = path_join(arena, tidy, names.items[i]);
	return tidy;
}

const char *
io_status_text(IoStatus status)
{
	switch (status) {
	case IO_OK: return "no error";
	case IO_NOT_FOUND: return "no such file or folder";
	case IO_NOT_A_FOLDER: return "a part of the path is not a folder";
	case IO_NAME_TOO_LONG: return "the name is longer than the file system takes";
	case IO_NOT_PERMITTED: return "permission denied";
	case IO_NOT_A_FILE: return "not a regular file";
	case IO_TOO_BIG: return "too big";
	case IO_NO_SPACE: return "no space left";
	case IO_EXISTS: return "something of that name is there already";
	case IO_UNSUPPORTED: return "not supported here";
	case IO_CLOSED: return "the reader has gone";
	case IO_INTERRUPTED: return "interrupted";
	case IO_FAILED: return "input or output error";
	}
	return "input or output error";
}

bool
io_is_absent(IoStatus status)
{
	return status == IO_NOT_FOUND || status == IO_NOT_A_FOLDER || status == IO_NAME_TOO_LONG;
}
