/* Columns in UTF-16 code units: a character outside the basic plane takes two. */
#include "report/report_int.h"

/* Where such characters stand in a file, ascending. */
typedef struct Wide {
	VEC(uint32_t) offsets;
	bool made;
} Wide;

struct Utf16 {
	Arena *arena;
	SourceSet *sources;
	Wide *files; /* by their numbers */
};

Utf16 *
utf16_make(Arena *arena, SourceSet *sources)
{
	Utf16 *utf16 = ARENA_NEW(arena, Utf16);

	utf16->arena = arena;
	utf16->sources = sources;
	utf16->files = ARENA_ARRAY(arena, Wide, sources->files.len + 1);
	return utf16;
}

static const Wide *
wide_of(Utf16 *utf16, uint32_t file)
{
	Wide *wide = &utf16->files[file];
	Str text = source_file(utf16->sources, file)->text;
	size_t at = 0;

	if (wide->made)
		return wide;
	wide->made = true;
	while (at < text.len) {
		size_t start = at;
		uint32_t c = utf8_next(text, &at);

		if (c != UTF8_BAD && c > 0xffff)
			VEC_PUSH(utf16->arena, &wide->offsets, (uint32_t)start);
	}
	return wide;
}

/* How many of them stand before an offset. */
static size_t
count_before(const Wide *wide, size_t offset)
{
	size_t low = 0, high = wide->offsets.len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (wide->offsets.items[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

Position
utf16_position(Utf16 *utf16, uint32_t file, uint32_t offset)
{
	const Wide *wide = wide_of(utf16, file);
	Position position = source_position(utf16->sources, file, offset);
	Str line = source_line(utf16->sources, file, position.line);
	Str text = source_file(utf16->sources, file)->text;
	size_t start = line.len > 0 ? (size_t)(line.ptr - text.ptr) : offset;

	if (offset > start)
		position.column +=
			(uint32_t)(count_before(wide, offset) - count_before(wide, start));
	return position;
}
