/*
 * SARIF 2.1.0 (OASIS), with what GitHub's code scanning reads: one run, all rules with their help.
 * Columns count UTF-16 code units from 1, ends are exclusive.
 */
#include "report/report_int.h"

#include "text/text.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

#define SET(object, key, value) json_set(arena, (object), STR(key), (value))

static Json *
literal(Arena *arena, const char *text)
{
	return json_text(arena, str_from(text));
}

/* Plain text of SARIF has links, `[text](target)`: a value must not make one (section 3.11.6). */
static Str
without_links(Arena *arena, Str text)
{
	size_t at = str_find(text, STR("]("));
	Buf buf = buf_make(arena);

	while (at < text.len) {
		buf_str(&buf, str_slice(text, 0, at + 1));
		buf_char(&buf, ' ');
		text = str_slice(text, at + 1, text.len);
		at = str_find(text, STR("]("));
	}
	buf_str(&buf, text);
	return buf_text(&buf);
}

static Json *
message_object(Arena *arena, Str text)
{
	Json *object = json_object(arena);

	SET(object, "text", report_text(arena, without_links(arena, text)));
	return object;
}

/* What could not be checked is no failure: its kind is `open`, which has no level. */
static const char *
level_text(DiagSeverity severity)
{
	switch (severity) {
	case DIAG_SEVERITY_ERROR: return "error";
	case DIAG_SEVERITY_WARNING: return "warning";
	case DIAG_SEVERITY_NOT_CHECKED: return "none";
	case DIAG_SEVERITY_INFO: return "note";
	}
	panic("no such severity: %d", (int)severity);
}

/* --- rules ------------------------------------------------------------------------------------ */

/* Prose stands in lines of a file; a sentence is one line. */
static Str
first_paragraph(Arena *arena, Str prose)
{
	Str rest = str_slice(prose, 0, str_find(prose, STR("\n\n"))), line;
	Buf buf = buf_make(arena);

	while (str_next_line(&rest, &line)) {
		buf_lit(&buf, buf.len > 0 ? " " : "");
		buf_str(&buf, line);
	}
	return buf_text(&buf);
}

static Json *
rule_help(Arena *arena, const DiagProse *prose)
{
	Json *help = json_object(arena);
	Str text = str_format(arena, STR_FMT "\n\n" STR_FMT "\n\n" STR_FMT, STR_ARG(prose->help),
		STR_ARG(prose->why), STR_ARG(prose->what_to_do));
	Str markdown = str_format(arena,
		STR_FMT "\n\n## Why\n\n" STR_FMT "\n\n## What to do\n\n" STR_FMT "\n",
		STR_ARG(prose->help), STR_ARG(prose->why), STR_ARG(prose->what_to_do));

	SET(help, "text", json_text(arena, text));
	SET(help, "markdown", json_text(arena, markdown));
	return help;
}

static Json *
rule(Arena *arena, DiagCode code)
{
	DiagProse prose = diag_prose(code, DIAG_EN);
	Json *object = json_object(arena), *configuration = json_object(arena);

	SET(object, "id", literal(arena, diag_code_text(code)));
	SET(object, "name", literal(arena, diag_code_name(code)));
	SET(object, "shortDescription", message_object(arena, prose.title));
	SET(object, "fullDescription", message_object(arena, first_paragraph(arena, prose.why)));
	SET(object, "help", rule_help(arena, &prose));
	SET(configuration, "level", literal(arena, level_text(diag_code_severity(code))));
	SET(object, "defaultConfiguration", configuration);
	return object;
}

/* The place in the list is the code, so that results can point to it. */
static Json *
driver(Arena *arena)
{
	Json *object = json_object(arena), *rules = json_list(arena);
	size_t code;

	for (code = 0; code < DIAG_CODES; code++)
		json_push(arena, rules, rule(arena, (DiagCode)code));
	SET(object, "name", literal(arena, "connplan"));
	SET(object, "version", literal(arena, CONNPLAN_VERSION));
	SET(object, "rules", rules);
	return object;
}

/* --- places ----------------------------------------------------------------------------------- */

/* A relative reference, as the user named the file; one that is absolute becomes a file URI. */
static Json *
uri(Arena *arena, Str path)
{
	Buf buf = buf_make(arena);

	while (str_starts(path, STR("./")))
		path = str_slice(path, 2, path.len);
	if (path_is_absolute(path))
		buf_lit(&buf, "file://");
	text_uri_path(&buf, path);
	return json_text(arena, buf_text(&buf));
}

static Json *
artifact(Arena *arena, Str path)
{
	Json *object = json_object(arena);

	SET(object, "uri", uri(arena, path));
	return object;
}

static Json *
physical_location(Arena *arena, const Report *report, Span span)
{
	uint32_t end = span.end < span.start ? span.start : span.end;
	Position from = utf16_position(report->utf16, span.file, span.start);
	Position to = utf16_position(report->utf16, span.file, end);
	Json *object = json_object(arena), *region = json_object(arena);

	SET(region, "startLine", json_number(arena, from.line));
	SET(region, "startColumn", json_number(arena, from.column));
	SET(region, "endLine", json_number(arena, to.line));
	SET(region, "endColumn", json_number(arena, to.column));
	SET(object, "artifactLocation",
		artifact(arena, source_file(report->sources, span.file)->path));
	SET(object, "region", region);
	return object;
}

static Json *
logical_locations(Arena *arena, Str path)
{
	Json *list = json_list(arena), *object = json_object(arena);

	SET(object, "fullyQualifiedName", report_text(arena, path));
	json_push(arena, list, object);
	return list;
}

static Json *
locations(Arena *arena, const Report *report, const Diag *diag)
{
	Json *list = json_list(arena), *object = json_object(arena);

	if (span_is_set(diag->span))
		SET(object, "physicalLocation", physical_location(arena, report, diag->span));
	if (diag->path.len > 0)
		SET(object, "logicalLocations", logical_locations(arena, diag->path));
	if (json_len(object) > 0)
		json_push(arena, list, object);
	return list;
}

static Json *
related_locations(Arena *arena, const Report *report, const Diag *diag)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < diag->related_len; i++) {
		const DiagRelated *related = &diag->related[i];
		Json *object = json_object(arena);

		SET(object, "id", json_number(arena, (int64_t)i + 1));
		SET(object, "physicalLocation", physical_location(arena, report, related->span));
		SET(object, "message", message_object(arena, related->message));
		json_push(arena, list, object);
	}
	return list;
}

/* --- results ---------------------------------------------------------------------------------- */

static Str
message(Arena *arena, const Diag *diag)
{
	Str remarks = report_remarks(arena, diag);

	return str_format(arena, STR_FMT "%s" STR_FMT, STR_ARG(diag->message),
		remarks.len > 0 ? "\n\n" : "", STR_ARG(remarks));
}

static Json *
fingerprints(Arena *arena, const Diag *diag)
{
	Json *object = json_object(arena);

	SET(object, "connplan/v1", json_text(arena, diag_fingerprint(arena, diag)));
	return object;
}

/* A waiver stands in the spec, a baseline beside it. An empty list: asked, and not suppressed. */
static Json *
suppressions(Arena *arena, const Diag *diag)
{
	Json *list = json_list(arena), *object = json_object(arena);

	if (diag->lift == DIAG_STANDS)
		return list;
	SET(object, "kind", literal(arena, diag->lift == DIAG_WAIVED ? "inSource" : "external"));
	SET(object, "status", literal(arena, "accepted"));
	SET(object, "justification", report_text(arena, report_lift(arena, diag)));
	json_push(arena, list, object);
	return list;
}

static Json *
result(Arena *arena, const Report *report, const Diag *diag)
{
	Json *object = json_object(arena);

	SET(object, "ruleId", literal(arena, diag_code_text(diag->code)));
	SET(object, "ruleIndex", json_number(arena, (int64_t)diag->code));
	if (diag->severity == DIAG_SEVERITY_NOT_CHECKED)
		SET(object, "kind", literal(arena, "open"));
	SET(object, "level", literal(arena, level_text(diag->severity)));
	SET(object, "message", message_object(arena, message(arena, diag)));
	SET(object, "locations", locations(arena, report, diag));
	if (diag->related_len > 0)
		SET(object, "relatedLocations", related_locations(arena, report, diag));
	SET(object, "partialFingerprints", fingerprints(arena, diag));
	SET(object, "suppressions", suppressions(arena, diag));
	return object;
}

/* Everything but the results, which follow as the last member of the only run. */
static Json *
log_head(Arena *arena)
{
	Json *log = json_object(arena), *runs = json_list(arena), *run = json_object(arena);
	Json *tool = json_object(arena);

	SET(tool, "driver", driver(arena));
	SET(run, "tool", tool);
	SET(run, "columnKind", literal(arena, "utf16CodeUnits"));
	json_push(arena, runs, run);
	SET(log, "$schema", literal(arena, SCHEMA));
	SET(log, "version", literal(arena, "2.1.0"));
	SET(log, "runs", runs);
	return log;
}

void
report_sarif(Buf *out, const Report *report)
{
	Report own = *report;
	Buf head = buf_make(report->scratch);

	own.utf16 = utf16_make(report->scratch, report->sources);
	json_write_pretty(&head, log_head(report->scratch));
	buf_str(out, str_slice(buf_text(&head), 0, head.len - STR("\n    }\n  ]\n}\n").len));
	buf_lit(out, ",\n      \"results\": ");
	report_list(out, &own, report_all(report), result, 6);
	buf_lit(out, "\n    }\n  ]\n}\n");
}
