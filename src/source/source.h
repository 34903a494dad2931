/*
 * source: the texts that were read, and places in them.
 *
 * A Span is three numbers, copied by value, on every node and every decoded field; lines and
 * columns are worked out only when a finding is printed. Texts belong to the arena of their reader.
 * Offsets count bytes; lines and columns count from 1, columns in code points; ends are exclusive.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/base.h"

/* File 0 is "no place": a zeroed span. */
typedef struct Span {
	uint32_t file, start, end;
} Span;

typedef struct SourceFile {
	Str path; /* as the user knows it */
	Str text;
	/* Indexes, made on first use. */
	uint32_t *line_starts;
	size_t line_count;
	uint32_t *milestones; /* code points up to every so many bytes */
} SourceFile;

typedef struct SourceSet {
	Arena *arena;
	VEC(SourceFile) files;
} SourceSet;

typedef struct Position {
	uint32_t line, column;
} Position;

SourceSet *source_set(Arena *arena);
/* Its number, from 1. Texts longer than 4 GiB are refused by an assertion. */
uint32_t source_add(SourceSet *set, Str path, Str text);
/* Valid until the next file is added. */
const SourceFile *source_file(const SourceSet *set, uint32_t file);
/*
 * The line and column of an offset; one past the end counts as the end. A byte order mark and the
 * CR of a line end take no column. Cheap in lines of any length.
 */
Position source_position(SourceSet *set, uint32_t file, uint32_t offset);
/* The text of a line (from 1) without its line end; absent past the end. */
Str source_line(SourceSet *set, uint32_t file, uint32_t line);
bool span_is_set(Span span);
/* From the start of one to the end of the other. */
Span span_join(Span a, Span b);

/* --- UTF-8 ------------------------------------------------------------------------------------ */

#define UTF8_BAD UINT32_MAX

/* The code point at *at, which moves on; UTF8_BAD (one byte on) for a broken sequence. */
uint32_t utf8_next(Str text, size_t *at);
/* The offset of the first broken sequence, or text.len. */
size_t utf8_valid_until(Str text);
size_t utf8_count(Str text);
/* Columns on a terminal: 0, 1 or 2 (East Asian wide). */
unsigned utf8_width(uint32_t code_point);
/* C0 and C1 controls, DEL; TAB and LF among them. */
bool utf8_is_control(uint32_t code_point);
/* U+2028 and U+2029, which some readers take for the end of a line. */
bool utf8_is_line_separator(uint32_t code_point);
/* Characters that change how their neighbours show, or do not show: bidi controls, zero width. */
bool utf8_is_invisible(uint32_t code_point);
/* Any of the three: what a reviewer does not see as it is. */
bool utf8_is_hidden(uint32_t code_point);

#endif
