#include "source/source.h"

#include <string.h>

SourceSet *
source_set(Arena *arena)
{
	SourceSet *set = ARENA_NEW(arena, SourceSet);

	set->arena = arena;
	return set;
}

uint32_t
source_add(SourceSet *set, Str path, Str text)
{
	SourceFile *file = VEC_ADD(set->arena, &set->files);

	ASSERT(text.len < UINT32_MAX);
	file->path = path;
	file->text = text;
	return (uint32_t)set->files.len;
}

const SourceFile *
source_file(const SourceSet *set, uint32_t file)
{
	ASSERT(file >= 1 && file <= set->files.len);
	return &set->files.items[file - 1];
}

static void
index_lines(SourceSet *set, SourceFile *file)
{
	VEC(uint32_t) starts = {0};
	size_t at = 0;

	while (at <= file->text.len) {
		VEC_PUSH(set->arena, &starts, (uint32_t)at);
		at = str_find_char(file->text, '\n', at) + 1;
	}
	file->line_starts = starts.items;
	file->line_count = starts.len;
}

static SourceFile *
indexed_file(SourceSet *set, uint32_t file)
{
	SourceFile *found;

	ASSERT(file >= 1 && file <= set->files.len);
	found = &set->files.items[file - 1];
	if (found->line_starts == NULL)
		index_lines(set, found);
	return found;
}

/* The index of the last line that starts at or before the offset. */
static size_t
line_of(const SourceFile *file, uint32_t offset)
{
	size_t low = 0, high = file->line_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (file->line_starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

Position
source_position(SourceSet *set, uint32_t file, uint32_t offset)
{
	SourceFile *found = indexed_file(set, file);
	uint32_t end = offset > found->text.len ? (uint32_t)found->text.len : offset;
	size_t line = line_of(found, end);
	Str before = str_slice(found->text, found->line_starts[line], end);

	/* A byte order mark at the start of the file has no column. */
	if (line == 0 && str_starts(before, STR("\xef\xbb\xbf")))
		before = str_slice(before, 3, before.len);
	return (Position){(uint32_t)line + 1, (uint32_t)utf8_count(before) + 1};
}

Str
source_line(SourceSet *set, uint32_t file, uint32_t line)
{
	SourceFile *found = indexed_file(set, file);
	size_t start, end;
	Str text;

	if (line == 0 || line > found->line_count)
		return (Str){0};
	start = found->line_starts[line - 1];
	end = str_find_char(found->text, '\n', start);
	text = str_slice(found->text, start, end);
	if (text.len > 0 && text.ptr[text.len - 1] == '\r')
		text.len--;
	if (line == 1 && str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	return text;
}

bool
span_is_set(Span span)
{
	return span.file != 0;
}

Span
span_join(Span a, Span b)
{
	if (a.file != b.file || b.end < a.start)
		return a;
	return (Span){a.file, a.start, b.end};
}
