/*
 * diag: findings as data. A rule reports one; report/ prints them; cli/ turns the verdict into an
 * exit status. Nothing here prints.
 *
 * Text: lower case, no full stop, values in back-quotes. `message` says what is wrong, `label`
 * names the place and can be read alone, notes give context, `help` says what to do. Notes and help
 * may have several lines, divided by LF; message and label are one line each. Ownership: everything
 * lives in the sink's arena. One cause, one finding: a rule whose input already failed
 * stays silent.
 */
#ifndef DIAG_DIAG_H
#define DIAG_DIAG_H

#include "source/source.h"

typedef enum DiagSeverity {
	DIAG_SEVERITY_ERROR,
	DIAG_SEVERITY_WARNING,
	DIAG_SEVERITY_NOT_CHECKED,
	DIAG_SEVERITY_INFO,
} DiagSeverity;
#define DIAG_SEVERITIES 4

typedef enum DiagCode {
#define CODE(number, enumerator, name, severity, waivable) DIAG_##enumerator,
#include "diag/codes.def"
#undef CODE
	DIAG_CODES
} DiagCode;

typedef enum DiagLanguage { DIAG_EN, DIAG_JA } DiagLanguage;
#define DIAG_LANGUAGES 2

#define DIAG_RELATED_MAX 4
#define DIAG_NOTES_MAX   6

typedef struct DiagRelated {
	Span span;
	Str message;
} DiagRelated;

typedef struct Diag {
	DiagCode code;
	DiagSeverity severity;
	uint8_t related_len, notes_len;
	uint32_t order; /* of reporting */
	Span span;
	Str path; /* JSON Pointer without its leading slash; absent where there is none */
	Str message, label, help;
	DiagRelated *related;
	Str *notes;
} Diag;

typedef struct DiagSink {
	Arena *arena;
	SourceSet *sources;
	VEC(Diag) items;
} DiagSink;

DiagSink *diag_sink(Arena *arena, SourceSet *sources);

/*
 * Reports a finding; what is returned stays valid until the next report, and is completed with the
 * calls below. `span` may be unset (a finding about no place).
 */
Diag *diag_report(DiagSink *sink, DiagCode code, Span span, const char *format, ...)
	BASE_PRINTF(4, 5);
void diag_path(Diag *diag, Str path);
void diag_label(DiagSink *sink, Diag *diag, const char *format, ...) BASE_PRINTF(3, 4);
void diag_note(DiagSink *sink, Diag *diag, const char *format, ...) BASE_PRINTF(3, 4);
void diag_help(DiagSink *sink, Diag *diag, const char *format, ...) BASE_PRINTF(3, 4);
/* A second place; past DIAG_RELATED_MAX it is left out. */
void diag_related(DiagSink *sink, Diag *diag, Span span, const char *format, ...) BASE_PRINTF(4, 5);

/* Whether an error stands among the findings from index `from` on. */
bool diag_has_errors(const DiagSink *sink, size_t from);

/* --- the verdict: once, last ------------------------------------------------------------------ */

typedef struct DiagVerdict {
	Diag *items; /* sorted by file, position, code; equal ones once */
	size_t len;
	size_t counts[DIAG_SEVERITIES];
	size_t waived; /* findings that a waiver lifted; they are not among the items */
	bool failed;   /* an unwaived error stands: no file is written */
} DiagVerdict;

DiagVerdict diag_verdict(DiagSink *sink);
/* The same finding keeps it while lines move: of code, path and message, 16 hexadecimal digits. */
Str diag_fingerprint(Arena *arena, const Diag *diag);
/* Whether anything is at or above the threshold, in the order error, warning, not-checked, info. */
bool diag_at_least(const DiagVerdict *verdict, DiagSeverity threshold);

/* --- the table of codes ----------------------------------------------------------------------- */

const char *diag_code_text(DiagCode code); /* "CP103" */
const char *diag_code_name(DiagCode code); /* "reserved-refused" */
DiagSeverity diag_code_severity(DiagCode code);
bool diag_code_waivable(DiagCode code);
/* By "CP103" or "reserved-refused", without regard to case. */
bool diag_code_find(Str text, DiagCode *ret_code);
const char *diag_severity_text(DiagSeverity severity); /* "not-checked" */
bool diag_severity_find(Str text, DiagSeverity *ret_severity);

/* The prose of a code, from src/data/rules. */
typedef struct DiagProse {
	Str title, help, source, date;
	Str why, what_to_do, fires, quiet; /* Markdown of the sections; the examples as YAML */
} DiagProse;

DiagProse diag_prose(DiagCode code, DiagLanguage language);

#endif
