/* The table of codes, and their prose from the embedded files. */
#include "diag/diag.h"

extern const Embedded diag_embedded[];
extern const size_t diag_embedded_len;

typedef struct CodeRow {
	const char *text, *name;
	DiagSeverity severity;
	unsigned traits;
} CodeRow;

enum { FREE = 0, FINAL = 1, DATED = 2 };

static const CodeRow rows[DIAG_CODES] = {
#define CODE(code, enumerator, name, severity, traits)                                             \
	[DIAG_##enumerator] = {#code, name, DIAG_SEVERITY_##severity, traits},
#include "diag/codes.def"
#undef CODE
};

static const char *const severity_texts[DIAG_SEVERITIES] = {
	[DIAG_SEVERITY_ERROR] = "error",
	[DIAG_SEVERITY_WARNING] = "warning",
	[DIAG_SEVERITY_NOT_CHECKED] = "not-checked",
	[DIAG_SEVERITY_INFO] = "info",
};

const char *
diag_code_text(DiagCode code)
{
	return rows[code].text;
}

const char *
diag_code_name(DiagCode code)
{
	return rows[code].name;
}

DiagSeverity
diag_code_severity(DiagCode code)
{
	return rows[code].severity;
}

bool
diag_code_waivable(DiagCode code)
{
	return (rows[code].traits & FINAL) == 0;
}

bool
diag_code_is_dated(DiagCode code)
{
	return (rows[code].traits & DATED) != 0;
}

bool
diag_code_find(Str text, DiagCode *ret_code)
{
	size_t i;

	for (i = 0; i < DIAG_CODES; i++) {
		if (str_equal_nocase(text, str_from(rows[i].text)) ||
			str_equal_nocase(text, str_from(rows[i].name))) {
			*ret_code = (DiagCode)i;
			return true;
		}
	}
	return false;
}

const char *
diag_severity_text(DiagSeverity severity)
{
	return severity_texts[severity];
}

bool
diag_severity_find(Str text, DiagSeverity *ret_severity)
{
	size_t i;

	for (i = 0; i < DIAG_SEVERITIES; i++) {
		if (str_equal(text, str_from(severity_texts[i]))) {
			*ret_severity = (DiagSeverity)i;
			return true;
		}
	}
	return false;
}

/* `text` is five characters long, as in "CP103". */
static Str
prose_file(const char *text, DiagLanguage language)
{
	char name[64] = "src/data/rules/CP000.en.md";
	size_t i;

	for (i = 0; i < 5; i++)
		name[15 + i] = text[i];
	name[21] = language == DIAG_JA ? 'j' : 'e';
	name[22] = language == DIAG_JA ? 'a' : 'n';
	return embedded_find(diag_embedded, diag_embedded_len, str_from(name));
}

bool
diag_code_is_in_book(Str text)
{
	return text.len == 5 && prose_file(text.ptr, DIAG_EN).ptr != NULL;
}

static void
prose_header(DiagProse *prose, Str line)
{
	size_t colon = str_find_char(line, ':', 0);
	Str key = str_slice(line, 0, colon);
	Str value = colon < line.len ? str_trim(str_slice(line, colon + 1, line.len)) : (Str){0};

	if (STR_EQ(key, "title"))
		prose->title = value;
	else if (STR_EQ(key, "help"))
		prose->help = value;
	else if (STR_EQ(key, "source"))
		prose->source = value;
	else if (STR_EQ(key, "date"))
		prose->date = value;
}

/* The text of a section up to the next one. */
static Str
prose_section(Str file, Str heading)
{
	size_t start = str_find(file, heading), len;
	Str rest;

	if (start == file.len)
		return (Str){0};
	rest = str_slice(file, start + heading.len, file.len);
	len = str_find(rest, STR("\n## "));
	return str_trim(str_slice(rest, 0, len));
}

bool
diag_next_spec(Str *example, Str *ret_spec)
{
	Str fence = STR("```yaml\n");
	size_t start = str_find(*example, fence), end;

	if (start == example->len)
		return false;
	*example = str_slice(*example, start + fence.len, example->len);
	end = str_find(*example, STR("```"));
	*ret_spec = str_slice(*example, 0, end);
	*example = str_slice(*example, end, example->len);
	return true;
}

DiagProse
diag_prose(DiagCode code, DiagLanguage language)
{
	Str file = prose_file(rows[code].text, language), rest = file, line;
	DiagProse prose = {0};

	while (str_next_line(&rest, &line) && line.len > 0)
		prose_header(&prose, line);
	prose.why = prose_section(file, STR("\n## Why\n"));
	prose.what_to_do = prose_section(file, STR("\n## What to do\n"));
	prose.fires = prose_section(file, STR("\n## Fires\n"));
	prose.quiet = prose_section(file, STR("\n## Does not fire\n"));
	return prose;
}
