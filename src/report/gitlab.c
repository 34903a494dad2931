/* GitLab's code quality report: a subset of the Code Climate format, as GitLab documents it. */
#include "report/report_int.h"

#define SET(object, key, value) json_set(arena, (object), STR(key), (value))

static const char *
severity_text(DiagSeverity severity)
{
	switch (severity) {
	case DIAG_SEVERITY_ERROR: return "critical";
	case DIAG_SEVERITY_WARNING: return "major";
	case DIAG_SEVERITY_NOT_CHECKED: return "minor";
	case DIAG_SEVERITY_INFO: return "info";
	}
	panic("no such severity: %d", (int)severity);
}

/* Every item has a path and a line: what has no place is put at the start of the first file. */
static Json *
location(Arena *arena, const Report *report, Span span)
{
	Json *object = json_object(arena), *lines = json_object(arena);
	Str path = STR("mailflow.yaml");
	uint32_t line = 1;

	if (!span_is_set(span) && report->sources->files.len > 0)
		span.file = 1;
	if (span_is_set(span)) {
		path = source_file(report->sources, span.file)->path;
		line = source_position(report->sources, span.file, span.start).line;
	}
	while (str_starts(path, STR("./")))
		path = str_slice(path, 2, path.len);
	SET(lines, "begin", json_number(arena, line));
	SET(object, "path", report_text(arena, path));
	SET(object, "lines", lines);
	return object;
}

/* GitLab shows the severity as a colour, and has none for what was not checked. */
static Json *
description(Arena *arena, const Diag *diag)
{
	const char *head = diag->severity == DIAG_SEVERITY_NOT_CHECKED ? "not checked: " : "";

	return report_text(arena, str_format(arena, "%s" STR_FMT, head, STR_ARG(diag->message)));
}

static Json *
issue(Arena *arena, const Report *report, const Diag *diag)
{
	Json *object = json_object(arena);

	SET(object, "description", description(arena, diag));
	SET(object, "check_name",
		json_format(
			arena, "%s %s", diag_code_text(diag->code), diag_code_name(diag->code)));
	SET(object, "fingerprint", json_text(arena, diag_fingerprint(arena, diag)));
	SET(object, "severity", json_format(arena, "%s", severity_text(diag->severity)));
	SET(object, "location", location(arena, report, diag->span));
	return object;
}

void
report_gitlab(Buf *out, const Report *report)
{
	report_list(out, report, report->verdict->len, issue, 0);
	buf_char(out, '\n');
}
