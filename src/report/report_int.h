/* Shared by the formats: what they are given, text for a terminal, and the excerpts of `human`. */
#ifndef REPORT_REPORT_INT_H
#define REPORT_REPORT_INT_H

#include "report/report.h"

typedef struct Utf16 Utf16;

typedef struct Report {
	const DiagVerdict *verdict;
	SourceSet *sources;
	const ReportOptions *options;
	Arena *scratch;
	Utf16 *utf16; /* of `sarif` alone */
} Report;

typedef void (*ReportWriter)(Buf *out, const Report *report);

#define FORMAT(enumerator, name, version, writer) void writer(Buf *out, const Report *report);
#include "report/formats.def"
#undef FORMAT

/* What to do: what the rule said about this place, else what the rule book says; may be absent. */
Str report_help(const Diag *diag);
/* Why a finding that was lifted does not count: "accepted until 2027-04-01: reason (SEC-77)". */
Str report_lift(Arena *arena, const Diag *diag);
/* The clauses of a finding that follow its message: notes, then help, a line each. */
Str report_remarks(Arena *arena, const Diag *diag);
/* For a terminal: hidden characters and broken bytes as escapes. */
void report_terminal(Buf *out, Str text);
/* `path:line:column` of a span that is set, for a terminal. */
void report_place(Buf *out, SourceSet *sources, Span span);

/* The same, where nothing but blanks stands before the text: it must not be a command of a log. */
void report_line_start(Buf *out, Str text);
/* A finding as `short` has it, with its line end. */
void report_line(Buf *out, const Report *report, const Diag *diag);
/* Text for a terminal as a text: whatever was broken or hidden in it is visible. */
Str report_visible(Arena *arena, Str text);

/* Where a finding is, visible and fit for the start of a line: its place, or else its path. */
Str report_where(Arena *arena, const Report *report, const Diag *diag);

/* --- formats made of JSON --------------------------------------------------------------------- */

/* JSON is UTF-8; a file name, and a value from a file that is not, may be anything. */
Json *report_text(Arena *arena, Str value);
/* One item of such a list. */
typedef Json *(*ReportMake)(Arena *arena, const Report *report, const Diag *diag);
/*
 * The first `len` findings as a list, as json_write_pretty() would write it so many blanks from the
 * left, but in parts: a hundred thousand findings as one value would take more memory than the spec
 * they are about.
 */
void report_list(Buf *out, const Report *report, size_t len, ReportMake make, size_t blanks);
/* How many findings there are to list with those that were lifted. */
size_t report_all(const Report *report);

/* Lines, and columns in UTF-16 code units; in lines of any length cheap like source_position(). */
Utf16 *utf16_make(Arena *arena, SourceSet *sources);
Position utf16_position(Utf16 *utf16, uint32_t file, uint32_t offset);

/* --- colours ---------------------------------------------------------------------------------- */

typedef enum ReportStyle {
	REPORT_STYLE_ERROR,
	REPORT_STYLE_WARNING,
	REPORT_STYLE_NOT_CHECKED,
	REPORT_STYLE_INFO,
	REPORT_STYLE_STRONG,
	REPORT_STYLE_FRAME,
} ReportStyle;

typedef struct Painter {
	Buf *out;
	Buf glyph; /* the one that was measured last */
	SourceSet *sources;
	bool color;
} Painter;

ReportStyle report_style(DiagSeverity severity);
/* What is written between the two has the style; they do not nest. */
void paint_begin(Painter *painter, ReportStyle style);
void paint_end(Painter *painter);
void paint(Painter *painter, ReportStyle style, const char *text);

/* "1 error, 2 infos in 1 file", and what was looked at where nothing was found; one line. */
void report_summary(Painter *painter, const Report *report);

/* --- one line of a source --------------------------------------------------------------------- */

/* Lines over so many columns are cut around what is marked in them. */
#define LINE_COLUMNS 160u
/* How much of a line is looked at: characters without width may be many. */
#define LINE_BYTES 1024u

/* A part of a line, and between which columns each of its bytes is shown. */
typedef struct LineView {
	Str line;
	size_t from, to;
	unsigned columns;
	uint16_t left[LINE_BYTES], right[LINE_BYTES];
} LineView;

/* Chooses the part to show so that the byte at `start` (or the line's end) is in it. */
void line_view(Painter *painter, Str line, size_t start, LineView *ret_view);
/* Writes that part and fills in its columns. */
void line_write(Painter *painter, LineView *view);
/* The columns of the bytes from start to end, at least one; past the part: its last. */
void line_columns(
	const LineView *view, size_t start, size_t end, unsigned *ret_left, unsigned *ret_right);

/* --- excerpts --------------------------------------------------------------------------------- */

/* The width of the margin with the line numbers of a finding, at least 1. */
unsigned excerpt_gutter(SourceSet *sources, const Diag *diag);
/* Every place of the finding with its lines; false if it has none. */
bool excerpt_write(Painter *painter, const Diag *diag, unsigned gutter);
/* An empty row of the margin. */
void excerpt_margin(Painter *painter, unsigned gutter);

#endif
