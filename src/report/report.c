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
	Report report = {verdict, sources, options, scratch};

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

void
report_place(Buf *out, SourceSet *sources, Span span)
{
	Position start = source_position(sources, span.file, span.start);

	report_terminal(out, source_file(sources, span.file)->path);
	buf_printf(out, ":%u:%u", start.line, start.column);
}
