#include "source/source.h"

/* How many bytes lie between two places whose count of code points is remembered. */
#define MILESTONE_BYTES 2048u

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

/*
 * The first place at or after a milestone's where a character starts. What is no continuation byte
 * starts one; and so does whatever follows three of them, since no character has more.
 */
static size_t
milestone_offset(Str text, size_t milestone)
{
	size_t at = milestone * MILESTONE_BYTES, skipped;

	for (skipped = 0; skipped < 3 && at < text.len; skipped++, at++) {
		if (((unsigned char)text.ptr[at] & 0xc0) != 0x80)
			break;
	}
	return at < text.len ? at : text.len;
}

static void
set_milestones(SourceSet *set, SourceFile *file)
{
	size_t count = file->text.len / MILESTONE_BYTES + 1, at = 0, i;

	file->milestones = ARENA_ARRAY(set->arena, uint32_t, count);
	for (i = 1; i < count; i++) {
		size_t next = milestone_offset(file->text, i);
		size_t more = utf8_count(str_slice(file->text, at, next));

		file->milestones[i] = file->milestones[i - 1] + (uint32_t)more;
		at = next;
	}
}

/* The code points from the start of the file. */
static size_t
count_to(const SourceFile *file, size_t offset)
{
	size_t milestone = offset / MILESTONE_BYTES, from;

	if (milestone > 0 && milestone_offset(file->text, milestone) > offset)
		milestone--;
	from = milestone == 0 ? 0 : milestone_offset(file->text, milestone);
	return file->milestones[milestone] + utf8_count(str_slice(file->text, from, offset));
}

/* The code points from a line's start. A file may be one line, and have a finding on every word. */
static size_t
count_in_line(SourceSet *set, SourceFile *file, size_t start, size_t offset)
{
	if (offset - start <= MILESTONE_BYTES)
		return utf8_count(str_slice(file->text, start, offset));
	if (file->milestones == NULL)
		set_milestones(set, file);
	return count_to(file, offset) - count_to(file, start);
}

/* Where the text of a line (from 0) starts: a byte order mark is no part of it. */
static size_t
line_start(const SourceFile *file, size_t line)
{
	if (line == 0 && str_starts(file->text, STR("\xef\xbb\xbf")))
		return 3;
	return file->line_starts[line];
}

/* Where it ends: before LF or CRLF. */
static size_t
line_end(const SourceFile *file, size_t line)
{
	size_t end;

	if (line + 1 == file->line_count)
		return file->text.len;
	end = file->line_starts[line + 1] - 1;
	return end > file->line_starts[line] && file->text.ptr[end - 1] == '\r' ? end - 1 : end;
}

Position
source_position(SourceSet *set, uint32_t file, uint32_t offset)
{
	SourceFile *found = indexed_file(set, file);
	size_t line = line_of(found, offset);
	size_t start = line_start(found, line), end = line_end(found, line), at = offset;

	if (at > end)
		at = end;
	if (at < start)
		at = start;
	return (Position){(uint32_t)line + 1, (uint32_t)count_in_line(set, found, start, at) + 1};
}

Str
source_line(SourceSet *set, uint32_t file, uint32_t line)
{
	SourceFile *found = indexed_file(set, file);

	if (line == 0 || line > found->line_count)
		return (Str){0};
	return str_slice(found->text, line_start(found, line - 1), line_end(found, line - 1));
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
