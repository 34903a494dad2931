/* Findings for people: a sentence, the lines it is about, notes, what to do; a count at the end. */
#include "report/report_int.h"

typedef struct Words {
	const char *path, *note, *help, *detail;
} Words;

static const Words words[DIAG_LANGUAGES] = {
	[DIAG_EN] = {"at: ", "note: ", "help: ", "help: "},
	[DIAG_JA] = {"場所: ", "注: ", "対処: ", "詳細: "},
};

typedef struct Note {
	const char *word;
	Str text;
} Note;

/* Why it does not count, its path, its own, general and special help. */
typedef struct Notes {
	Note items[DIAG_NOTES_MAX + 4];
	size_t len;
} Notes;

static unsigned
text_columns(Str text)
{
	unsigned columns = 0;
	size_t at = 0;

	while (at < text.len)
		columns += utf8_width(utf8_next(text, &at));
	return columns;
}

/* Its further lines stand under its first one. */
static void
write_note(Painter *painter, unsigned gutter, const Note *note)
{
	Str rest = note->text, line;
	bool is_first = true;

	while (str_next_line(&rest, &line)) {
		buf_repeat(painter->out, ' ', gutter + 1);
		if (is_first) {
			paint(painter, REPORT_STYLE_FRAME, "=");
			buf_char(painter->out, ' ');
			paint(painter, REPORT_STYLE_STRONG, note->word);
			report_terminal(painter->out, line);
		} else {
			buf_repeat(painter->out, ' ', 2 + text_columns(str_from(note->word)));
			report_line_start(painter->out, line);
		}
		buf_char(painter->out, '\n');
		is_first = false;
	}
}

static void
write_header(Painter *painter, const Diag *diag, DiagLanguage language)
{
	paint_begin(painter, report_style(diag->severity));
	buf_printf(painter->out, "%s%s[%s]", diag->lift == DIAG_STANDS ? "" : "waived ",
		diag_severity_text(diag->severity), diag_code_text(diag->code));
	paint_end(painter);
	paint_begin(painter, REPORT_STYLE_STRONG);
	buf_lit(painter->out, ": ");
	if (language == DIAG_JA) {
		Str title = diag_prose(diag->code, DIAG_JA).title;

		if (title.len > 0)
			buf_printf(painter->out, "(" STR_FMT ") ", STR_ARG(title));
	}
	report_terminal(painter->out, diag->message);
	paint_end(painter);
	buf_char(painter->out, '\n');
}

static void
add_note(Notes *notes, const char *word, Str text)
{
	if (text.len > 0)
		notes->items[notes->len++] = (Note){word, text};
}

static Notes
notes_of(Arena *arena, const Diag *diag, DiagLanguage language)
{
	const Words *word = &words[language];
	Str general = language == DIAG_JA ? diag_prose(diag->code, DIAG_JA).help : (Str){0};
	Notes notes = {0};
	size_t i;

	if (diag->lift != DIAG_STANDS)
		add_note(&notes, "", report_lift(arena, diag));
	if (!span_is_set(diag->span))
		add_note(&notes, word->path, diag->path);
	for (i = 0; i < diag->notes_len; i++)
		add_note(&notes, word->note, diag->notes[i]);
	/* In Japanese the rule book speaks first; what the rule says of this very place follows. */
	add_note(&notes, word->help, general);
	add_note(&notes, word->detail, general.len > 0 ? diag->help : report_help(diag));
	return notes;
}

static void
write_finding(Painter *painter, const Report *report, const Diag *diag)
{
	unsigned gutter = excerpt_gutter(painter->sources, diag);
	DiagLanguage language = report->options->language;
	Notes notes = notes_of(report->scratch, diag, language);
	size_t i;

	write_header(painter, diag, language);
	if (excerpt_write(painter, diag, gutter) && notes.len > 0)
		excerpt_margin(painter, gutter);
	for (i = 0; i < notes.len; i++)
		write_note(painter, gutter, &notes.items[i]);
	buf_char(painter->out, '\n');
}

/* --- counts ----------------------------------------------------------------------------------- */

/* "2 errors, 1 info": only what is there, in the order of severities. */
static void
write_counts(Painter *painter, const size_t counts[DIAG_SEVERITIES])
{
	static const char *const one[DIAG_SEVERITIES] = {"error", "warning", "not checked", "info"};
	static const char *const many[DIAG_SEVERITIES] = {
		"errors", "warnings", "not checked", "infos"};
	const char *before = "";
	size_t i;

	for (i = 0; i < DIAG_SEVERITIES; i++) {
		if (counts[i] == 0)
			continue;
		buf_lit(painter->out, before);
		paint_begin(painter, report_style((DiagSeverity)i));
		buf_printf(painter->out, "%zu %s", counts[i], counts[i] == 1 ? one[i] : many[i]);
		paint_end(painter);
		before = ", ";
	}
}

/* In how many files the findings have their places; they are sorted by file. */
static size_t
count_files(const DiagVerdict *verdict)
{
	size_t files = 0, i;
	uint32_t last = 0;

	for (i = 0; i < verdict->len; i++) {
		files += verdict->items[i].span.file != last;
		last = verdict->items[i].span.file;
	}
	return files;
}

static void
write_more(Painter *painter, const DiagVerdict *verdict, size_t shown)
{
	size_t counts[DIAG_SEVERITIES] = {0}, i;

	if (shown == verdict->len)
		return;
	for (i = shown; i < verdict->len; i++)
		counts[verdict->items[i].severity]++;
	buf_printf(painter->out, "%zu more not shown: ", verdict->len - shown);
	write_counts(painter, counts);
	buf_char(painter->out, '\n');
}

void
report_summary(Painter *painter, const Report *report)
{
	const DiagVerdict *verdict = report->verdict;
	size_t files = count_files(verdict);

	write_counts(painter, verdict->counts);
	if (verdict->len == 0)
		buf_lit(painter->out, "no problems");
	if (files > 0)
		buf_printf(painter->out, " in %zu file%s", files, files == 1 ? "" : "s");
	if (verdict->waived > 0)
		buf_printf(painter->out, " (%zu waived)", verdict->waived);
	if (verdict->len == 0 && report->options->looked_at.len > 0) {
		buf_lit(painter->out, "; looked at ");
		report_terminal(painter->out, report->options->looked_at);
	}
	buf_char(painter->out, '\n');
}

/* After those that count, and as many at most. */
static void
write_waived(Painter *painter, const Report *report)
{
	const DiagVerdict *verdict = report->verdict;
	size_t most = report->options->max_diagnostics, shown = verdict->waived, i;

	if (!report->options->show_waived || verdict->waived == 0)
		return;
	if (most > 0 && most < shown)
		shown = most;
	for (i = 0; i < shown; i++)
		write_finding(painter, report, &verdict->items[verdict->len + i]);
	if (shown < verdict->waived)
		buf_printf(painter->out, "%zu more waived not shown\n", verdict->waived - shown);
}

void
report_human(Buf *out, const Report *report)
{
	const ReportOptions *options = report->options;
	Painter painter = {out, buf_make(report->scratch), report->sources, options->color};
	size_t shown = report->verdict->len, i;

	if (options->max_diagnostics > 0 && options->max_diagnostics < shown)
		shown = options->max_diagnostics;
	for (i = 0; i < shown; i++)
		write_finding(&painter, report, &report->verdict->items[i]);
	write_more(&painter, report->verdict, shown);
	write_waived(&painter, report);
	report_summary(&painter, report);
}
