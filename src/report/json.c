/* The format `connplan-diagnostics`, version 1. */
#include "report/report_int.h"

static Json *
position(Arena *arena, SourceSet *sources, uint32_t file, uint32_t offset)
{
	Position place = source_position(sources, file, offset);
	Json *object = json_object(arena);

	json_set(arena, object, STR("line"), json_number(arena, place.line));
	json_set(arena, object, STR("column"), json_number(arena, place.column));
	return object;
}

/* The members `file` and `range`; both are null where there is no place. */
static void
set_place(Arena *arena, Json *object, SourceSet *sources, Span span)
{
	uint32_t end = span.end < span.start ? span.start : span.end;
	Json *range;

	if (!span_is_set(span))
		return;
	range = json_object(arena);
	json_set(arena, range, STR("start"), position(arena, sources, span.file, span.start));
	json_set(arena, range, STR("end"), position(arena, sources, span.file, end));
	json_set(arena, object, STR("file"),
		report_text(arena, source_file(sources, span.file)->path));
	json_set(arena, object, STR("range"), range);
}

static Json *
related(Arena *arena, const Diag *diag, SourceSet *sources)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < diag->related_len; i++) {
		Json *object = json_object(arena);

		set_place(arena, object, sources, diag->related[i].span);
		json_set(arena, object, STR("message"),
			report_text(arena, diag->related[i].message));
		json_push(arena, list, object);
	}
	return list;
}

static Json *
notes(Arena *arena, const Diag *diag)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < diag->notes_len; i++)
		json_push(arena, list, report_text(arena, diag->notes[i]));
	return list;
}

/* Why it does not count; null: it does. */
static Json *
waiver(Arena *arena, const Diag *diag)
{
	const DiagWaiver *from = diag->lift == DIAG_WAIVED ? diag->waiver : NULL;
	Json *object = json_object(arena);

	if (diag->lift == DIAG_STANDS)
		return json_null(arena);
	json_set(arena, object, STR("kind"),
		json_text(arena, from != NULL ? STR("waiver") : STR("baseline")));
	json_set(arena, object, STR("path"),
		from != NULL ? report_text(arena, from->path) : json_null(arena));
	json_set(arena, object, STR("reason"),
		from != NULL ? report_text(arena, from->reason) : json_null(arena));
	json_set(arena, object, STR("until"),
		from != NULL ? json_text(arena, date_format(arena, from->until))
			     : json_null(arena));
	json_set(arena, object, STR("ticket"),
		from != NULL ? report_text(arena, from->ticket) : json_null(arena));
	return object;
}

static Json *
finding(Arena *arena, const Report *report, const Diag *diag)
{
	SourceSet *sources = report->sources;
	Json *object = json_object(arena);

	json_set(arena, object, STR("code"), json_format(arena, "%s", diag_code_text(diag->code)));
	json_set(arena, object, STR("name"), json_format(arena, "%s", diag_code_name(diag->code)));
	json_set(arena, object, STR("severity"),
		json_format(arena, "%s", diag_severity_text(diag->severity)));
	json_set(arena, object, STR("message"), report_text(arena, diag->message));
	json_set(arena, object, STR("file"), json_null(arena));
	json_set(arena, object, STR("path"), report_text(arena, diag->path));
	json_set(arena, object, STR("range"), json_null(arena));
	set_place(arena, object, sources, diag->span);
	json_set(arena, object, STR("label"), report_text(arena, diag->label));
	json_set(arena, object, STR("related"), related(arena, diag, sources));
	json_set(arena, object, STR("notes"), notes(arena, diag));
	json_set(arena, object, STR("help"), report_text(arena, report_help(diag)));
	json_set(arena, object, STR("fixes"), json_list(arena));
	json_set(
		arena, object, STR("fingerprint"), json_text(arena, diag_fingerprint(arena, diag)));
	json_set(arena, object, STR("waiver"), waiver(arena, diag));
	return object;
}

Json *
report_diagnostics(Arena *arena, const DiagVerdict *verdict, SourceSet *sources)
{
	Report report = {.verdict = verdict, .sources = sources};
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < report_all(&report); i++)
		json_push(arena, list, finding(arena, &report, &verdict->items[i]));
	return list;
}

static Json *
summary(Arena *arena, const DiagVerdict *verdict)
{
	const size_t *counts = verdict->counts;
	Json *object = json_object(arena);

	json_set(arena, object, STR("errors"),
		json_number(arena, (int64_t)counts[DIAG_SEVERITY_ERROR]));
	json_set(arena, object, STR("warnings"),
		json_number(arena, (int64_t)counts[DIAG_SEVERITY_WARNING]));
	json_set(arena, object, STR("infos"),
		json_number(arena, (int64_t)counts[DIAG_SEVERITY_INFO]));
	json_set(arena, object, STR("not_checked"),
		json_number(arena, (int64_t)counts[DIAG_SEVERITY_NOT_CHECKED]));
	json_set(arena, object, STR("waived"), json_number(arena, (int64_t)verdict->waived));
	return object;
}

void
report_json(Buf *out, const Report *report)
{
	Arena *arena = report->scratch;
	Json *head = json_object(arena);
	Buf lines = buf_make(arena);

	json_set(arena, head, STR("format"), json_text(arena, STR("connplan-diagnostics")));
	json_set(arena, head, STR("version"), json_number(arena, 1));
	json_set(arena, head, STR("summary"), summary(arena, report->verdict));
	json_write_pretty(&lines, head);
	/* The same bytes as if `diagnostics` were a member of this object. */
	buf_str(out, str_slice(buf_text(&lines), 0, lines.len - STR("\n}\n").len));
	buf_lit(out, ",\n  \"diagnostics\": ");
	report_list(out, report, report_all(report), finding, 2);
	buf_lit(out, "\n}\n");
}
