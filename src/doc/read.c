/* What must hold before libyaml sees the text, and the loop over its events. */
#include "doc/doc_int.h"

/* After so many bad characters in one file the rest is not listed. */
#define MAX_BAD_CHARACTERS 20

/* The first one alone: behind a broken sequence, the others say nothing new. */
static bool
refuse_encoding(DocReader *reader, size_t at)
{
	Span span = {reader->file, (uint32_t)at, (uint32_t)at + 1};
	Diag *diag = diag_report(reader->sink, DIAG_YAML_SYNTAX, span, "byte 0x%02x is not UTF-8",
		(unsigned)(unsigned char)reader->text.ptr[at]);

	diag_help(reader->sink, diag, "save the file as UTF-8");
	return doc_fail(reader);
}

static void
refuse_character(DocReader *reader, uint32_t code_point, size_t start, size_t end)
{
	Span span = {reader->file, (uint32_t)start, (uint32_t)end};
	Diag *diag = diag_report(reader->sink, DIAG_CONTROL_CHARACTER, span,
		"control character U+%04X in the file", (unsigned)code_point);

	diag_help(reader->sink, diag,
		utf8_is_line_separator(code_point)
			? "remove it, or write it as an escape in double quotes"
			: "remove it");
}

/* libyaml ends a line at NEL, U+2028 and U+2029 (YAML 1.1); YAML 1.2 and editors do not.
 * A byte order mark inside the text would be invisible. */
static bool
is_refused(uint32_t code_point)
{
	if (code_point == '\n' || code_point == '\t')
		return false;
	return utf8_is_control(code_point) || utf8_is_line_separator(code_point) ||
	       code_point == 0xfeff || code_point == 0xfffe || code_point == 0xffff;
}

/* Control characters, and whether all is ASCII. A CR is good only before an LF. */
static bool
scan_characters(DocReader *reader)
{
	size_t at = reader->start, bad = 0;

	reader->is_ascii = true;
	while (at < reader->text.len && bad < MAX_BAD_CHARACTERS) {
		size_t start = at;
		unsigned char byte = (unsigned char)reader->text.ptr[at];
		uint32_t code_point;

		if (byte >= 0x20 && byte < 0x7f) {
			at++;
			continue;
		}
		code_point = utf8_next(reader->text, &at);
		reader->is_ascii = reader->is_ascii && code_point < 0x80;
		if (code_point == '\r' && at < reader->text.len && reader->text.ptr[at] == '\n')
			continue;
		if (is_refused(code_point)) {
			refuse_character(reader, code_point, start, at);
			bad++;
		}
	}
	return bad == 0 || doc_fail(reader);
}

/* libyaml is quadratic in directives, and a spec needs none. */
static bool
scan_directives(DocReader *reader)
{
	size_t at = reader->start;
	Diag *diag;

	while (at < reader->text.len) {
		if (reader->text.ptr[at] == '%') {
			Span span = {reader->file, (uint32_t)at, (uint32_t)at + 1};

			diag = diag_report(
				reader->sink, DIAG_YAML_SYNTAX, span, "a line begins with `%%`");
			diag_help(reader->sink, diag,
				"a spec has no YAML directives; indent the line if it is text");
			return doc_fail(reader);
		}
		at = str_find_char(reader->text, '\n', at) + 1;
	}
	return true;
}

/* The offset of a reader error counts bytes, the marks of all others count code points. */
static void
report_parser(DocReader *reader, yaml_parser_t *parser)
{
	Span span = {reader->file, 0, 0};
	const char *problem = parser->problem != NULL ? parser->problem : "cannot be read";
	Diag *diag;

	if (parser->error == YAML_MEMORY_ERROR)
		panic("out of memory (in the YAML parser)");
	if (parser->error == YAML_READER_ERROR) {
		span.start = (uint32_t)(reader->start + parser->problem_offset);
		span.end = span.start + 1;
		diag_report(reader->sink, DIAG_CONTROL_CHARACTER, span,
			"character U+%04X is not allowed in YAML", (unsigned)parser->problem_value);
		return;
	}
	span = doc_span(reader, parser->problem_mark, parser->problem_mark);
	diag = diag_report(reader->sink, DIAG_YAML_SYNTAX, span, "not YAML: %s", problem);
	if (parser->context != NULL)
		diag_related(reader->sink, diag,
			doc_span(reader, parser->context_mark, parser->context_mark), "%s",
			parser->context);
	if (str_find(str_from(problem), STR("cannot start any token")) < str_from(problem).len)
		diag_help(reader->sink, diag,
			"put the text into quotes; indent with blanks, not tabs");
	else
		diag_help(reader->sink, diag,
			"look here and in the lines before for a bracket or quote that is not "
			"closed, a missing blank after `:`, or another indent than the line above");
}

static bool
pull_events(DocReader *reader, yaml_parser_t *parser)
{
	yaml_event_t event;
	bool done = false;

	while (!done) {
		if (!yaml_parser_parse(parser, &event)) {
			report_parser(reader, parser);
			return doc_fail(reader);
		}
		done = event.type == YAML_STREAM_END_EVENT || !doc_take_event(reader, &event);
		yaml_event_delete(&event);
	}
	return !reader->failed;
}

static bool
parse(DocReader *reader)
{
	yaml_parser_t parser;
	bool good;

	if (!yaml_parser_initialize(&parser))
		panic("out of memory (in the YAML parser)");
	yaml_parser_set_input_string(&parser,
		(const unsigned char *)reader->text.ptr + reader->start,
		reader->text.len - reader->start);
	/* The bytes have been checked: libyaml need not guess between UTF-8 and UTF-16. */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	reader->cursor_byte = reader->start;
	good = pull_events(reader, &parser);
	yaml_parser_delete(&parser);
	return good;
}

static bool
read_text(DocReader *reader)
{
	size_t valid = utf8_valid_until(reader->text);

	if (valid < reader->text.len)
		return refuse_encoding(reader, valid);
	if (str_starts(reader->text, STR("\xef\xbb\xbf")))
		reader->start = 3;
	if (!scan_characters(reader) || !scan_directives(reader) || !parse(reader))
		return false;
	/* Nothing, or comments alone, is no document to libyaml. It reads as null here, so that the
	 * findings speak of the missing keys. */
	if (!reader->has_root)
		reader->root = (DocNode){.kind = DOC_SCALAR,
			.plain = true,
			.text = "",
			.span = {reader->file, (uint32_t)reader->start, (uint32_t)reader->start}};
	return true;
}

bool
doc_read(DiagSink *sink, Arena *arena, uint32_t file, DocNode *ret_root)
{
	DocReader *reader;
	Arena *scratch = arena_create();
	bool good;

	reader = ARENA_NEW(scratch, DocReader);
	reader->sink = sink;
	reader->arena = arena;
	reader->scratch = scratch;
	reader->file = file;
	reader->text = source_file(sink->sources, file)->text;
	good = read_text(reader);
	*ret_root = reader->root;
	arena_destroy(scratch);
	return good;
}

const char *
doc_library_version(void)
{
	return yaml_get_version_string();
}
