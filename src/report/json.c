/* The format `connplan-diagnostics`, version 1. */
#include "report/report_int.h"

#define FINGERPRINT_DIGITS 16
/* So many findings share one scratch arena. */
#define BATCH 256

/* JSON is UTF-8; a file name, and a value from a file that is not, may be anything. */
static Json *
text(Arena *arena, Str value)
{
	Buf buf;

	if (utf8_valid_until(value) == value.len)
		return json_text(arena, value);
	buf = buf_make(arena);
	while (value.len > 0) {
		size_t valid = utf8_valid_until(value);

		buf_str(&buf, str_slice(value, 0, valid));
		if (valid < value.len) {
			buf_code_point(&buf, 0xfffd);
			valid++;
		}
		value = str_slice(value, valid, value.len);
	}
	return json_text(arena, buf_text(&buf));
}

/* The same finding keeps it while lines move: code, path and message, with U+001F between. */
static Json *
fingerprint(Arena *arena, const Diag *diag)
{
	Str all = str_format(arena, "%s\x1f" STR_FMT "\x1f" STR_FMT, diag_code_text(diag->code),
		STR_ARG(diag->path), STR_ARG(diag->message));

	return json_text(arena, str_slice(sha256_hex(arena, all), 0, FINGERPRINT_DIGITS));
}

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
	json_set(arena, object, STR("file"), text(arena, source_file(sources, span.file)->path));
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
		json_set(arena, object, STR("message"), text(arena, diag->related[i].message));
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
		json_push(arena, list, text(arena, diag->notes[i]));
	return list;
}

static Json *
finding(Arena *arena, const Diag *diag, SourceSet *sources)
{
	Json *object = json_object(arena);

	json_set(arena, object, STR("code"), json_format(arena, "%s", diag_code_text(diag->code)));
	json_set(arena, object, STR("name"), json_format(arena, "%s", diag_code_name(diag->code)));
	json_set(arena, object, STR("severity"),
		json_format(arena, "%s", diag_severity_text(diag->severity)));
	json_set(arena, object, STR("message"), text(arena, diag->message));
	json_set(arena, object, STR("file"), json_null(arena));
	json_set(arena, object, STR("path"), text(arena, diag->path));
	json_set(arena, object, STR("range"), json_null(arena));
	set_place(arena, object, sources, diag->span);
	json_set(arena, object, STR("label"), text(arena, diag->label));
	json_set(arena, object, STR("related"), related(arena, diag, sources));
	json_set(arena, object, STR("notes"), notes(arena, diag));
	json_set(arena, object, STR("help"), text(arena, report_help(diag)));
	json_set(arena, object, STR("fixes"), json_list(arena));
	json_set(arena, object, STR("fingerprint"), fingerprint(arena, diag));
	json_set(arena, object, STR("waiver"), json_null(arena));
	return object;
}

Json *
report_diagnostics(Arena *arena, const DiagVerdict *verdict, SourceSet *sources)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < verdict->len; i++)
		json_push(arena, list, finding(arena, &verdict->items[i], sources));
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

/* A value two levels down, on lines of their own. */
static void
write_indented(Buf *out, Arena *arena, const Json *value)
{
	Buf lines = buf_make(arena);
	Str rest, line;

	json_write_pretty(&lines, value);
	rest = buf_text(&lines);
	while (str_next_line(&rest, &line)) {
		buf_lit(out, "\n    ");
		buf_str(out, line);
	}
}

/* A hundred thousand findings as one value would take more memory than the spec they are about. */
static void
write_findings(Buf *out, const Report *report)
{
	Arena *arena = arena_create();
	size_t i;

	for (i = 0; i < report->verdict->len; i++) {
		if (i % BATCH == BATCH - 1) {
			arena_destroy(arena);
			arena = arena_create();
		}
		if (i > 0)
			buf_char(out, ',');
		write_indented(
			out, arena, finding(arena, &report->verdict->items[i], report->sources));
	}
	arena_destroy(arena);
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
	buf_lit(out, ",\n  \"diagnostics\": [");
	write_findings(out, report);
	buf_lit(out, report->verdict->len > 0 ? "\n  ]\n}\n" : "]\n}\n");
}
