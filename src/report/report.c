/* The table of formats, and what several of them need. */
#include "report/report_int.h"

#include "text/text.h"

typedef struct FormatRow {
	const char *name, *version;
	ReportWriter writer;
} FormatRow;

static const FormatRow rows[REPORT_FORMATS] = {
#define FORMAT(enumerator, name, version, writer) [REPORT_##enumerator] = {name, version, writer},
#include "report/formats.def"
#undef FORMAT
};

bool
report_format_find(Str name, ReportFormat *ret_format)
{
	size_t i;

	if (name.len == 0)
		return false;
	for (i = 0; i < REPORT_FORMATS; i++) {
		if (str_equal(name, str_from(rows[i].name)) ||
			str_equal(name, str_from(rows[i].version))) {
			*ret_format = (ReportFormat)i;
			return true;
		}
	}
	return false;
}

const char *
report_format_name(ReportFormat format)
{
	return rows[format].name;
}

void
report_write(Buf *out, ReportFormat format, const DiagVerdict *verdict, SourceSet *sources,
	const ReportOptions *options)
{
	Arena *scratch = arena_create();
	Report report = {verdict, sources, options, scratch, NULL};

	rows[format].writer(out, &report);
	arena_destroy(scratch);
}

Str
report_help(const Diag *diag)
{
	return diag->help.len > 0 ? diag->help : diag_prose(diag->code, DIAG_EN).help;
}

void
report_terminal(Buf *out, Str text)
{
	while (text.len > 0) {
		size_t valid = utf8_valid_until(text);

		text_terminal(out, str_slice(text, 0, valid));
		if (valid < text.len)
			buf_printf(out, "\\x%02x", (unsigned)(unsigned char)text.ptr[valid++]);
		text = str_slice(text, valid, text.len);
	}
}

Str
report_visible(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);

	report_terminal(&buf, text);
	return buf_text(&buf);
}

static void
add_remark(Buf *buf, const char *word, Str text)
{
	if (text.len > 0)
		buf_printf(buf, "%s%s" STR_FMT, buf->len > 0 ? "\n" : "", word, STR_ARG(text));
}

Str
report_lift(Arena *arena, const Diag *diag)
{
	const DiagWaiver *waiver = diag->waiver;
	Str ticket = {0};

	if (diag->lift != DIAG_WAIVED)
		return STR("known: it stands in the baseline");
	if (waiver->ticket.len > 0)
		ticket = str_format(arena, " (" STR_FMT ")", STR_ARG(waiver->ticket));
	return str_format(arena, "accepted until " STR_FMT ": " STR_FMT STR_FMT,
		STR_ARG(date_format(arena, waiver->until)), STR_ARG(waiver->reason),
		STR_ARG(ticket));
}

Str
report_remarks(Arena *arena, const Diag *diag)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < diag->notes_len; i++)
		add_remark(&buf, "note: ", diag->notes[i]);
	add_remark(&buf, "help: ", report_help(diag));
	return buf_text(&buf);
}

/*
 * A line of a log that begins with `::`, blanks of any script aside, is a command of GitHub
 * Actions.
 */
static bool
begins_command(Str text)
{
	bool is_blank = text.len > 0 && (text.ptr[0] == ' ' || (unsigned char)text.ptr[0] >= 0x80);

	return str_starts(text, STR("::")) || (is_blank && str_find(text, STR("::")) < text.len);
}

void
report_line_start(Buf *out, Str text)
{
	size_t colon = begins_command(text) ? str_find_char(text, ':', 0) : text.len;

	report_terminal(out, str_slice(text, 0, colon));
	if (colon == text.len)
		return;
	buf_lit(out, "\\x3a");
	report_terminal(out, str_slice(text, colon + 1, text.len));
}

void
report_place(Buf *out, SourceSet *sources, Span span)
{
	Position start = source_position(sources, span.file, span.start);

	Str path = source_file(sources, span.file)->path;

	/* A path stays a path with this before it. */
	buf_lit(out, begins_command(path) ? "./" : "");
	report_terminal(out, path);
	buf_printf(out, ":%u:%u", start.line, start.column);
}

Str
report_where(Arena *arena, const Report *report, const Diag *diag)
{
	Buf buf = buf_make(arena);

	if (span_is_set(diag->span))
		report_place(&buf, report->sources, diag->span);
	else
		report_line_start(&buf, diag->path);
	return buf_text(&buf);
}
