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
#define CODE(code, enumerator, name, severity, waivable) DIAG_##enumerator,
#include "diag/codes.def"
#undef CODE
	DIAG_CODES
} DiagCode;

typedef enum DiagLanguage { DIAG_EN, DIAG_JA } DiagLanguage;
#define DIAG_LANGUAGES 2

/* Findings of a run; one more, CP010, says that there are others. */
#define DIAG_MAX 50000

#define DIAG_RELATED_MAX 4
#define DIAG_NOTES_MAX   6

typedef struct DiagRelated {
	Span span;
	Str message;
} DiagRelated;

/* Why a finding does not count, in the order in which the verdict asks. */
typedef enum DiagLift {
	DIAG_STANDS,
	DIAG_WAIVED,       /* by the spec */
	DIAG_BASELINE,     /* it was there when the baseline was written */
	DIAG_NOT_SELECTED, /* by the command line */
} DiagLift;

/* One that may lift findings: complete, and not past its last day. */
typedef struct DiagWaiver {
	DiagCode code;
	uint32_t scope;
	Span span;
	Str path; /* of the waiver itself */
	Str at;   /* covers this path and what lies below it */
	Str reason, ticket;
	int32_t until;
	bool used, told;
} DiagWaiver;

typedef struct Diag {
	DiagCode code;
	DiagSeverity severity;
	DiagLift lift;
	uint8_t related_len, notes_len;
	uint32_t order; /* of reporting */
	uint32_t scope; /* of which spec, where one run reads several */
	Span span;
	Str path; /* JSON Pointer without its leading slash; absent where there is none */
	Str message, label, help;
	DiagRelated *related;
	Str *notes;
	const DiagWaiver *waiver; /* of DIAG_WAIVED */
} Diag;

/* What the command line says about findings. */
typedef struct DiagPolicy {
	const Map *baseline; /* of diag_baseline_key(); NULL: none */
	bool ignored[DIAG_CODES], has_level[DIAG_CODES];
	DiagSeverity levels[DIAG_CODES];
} DiagPolicy;

typedef struct DiagSink {
	Arena *arena;
	SourceSet *sources;
	VEC(Diag) items;
	Diag left_out; /* what is returned past DIAG_MAX */
	VEC(DiagWaiver *) waivers;
	uint32_t scope;
	const DiagPolicy *policy; /* NULL: every finding counts, as severe as it is */
} DiagSink;

DiagSink *diag_sink(Arena *arena, SourceSet *sources);

/*
 * Reports a finding; what is returned stays valid until the next report, and is completed with the
 * calls below. `span` may be unset (a finding about no place).
 */
Diag *diag_report(DiagSink *sink, DiagCode code, Span span, const char *format, ...)
	BASE_PRINTF(4, 5);
/* Whether further findings would be left out: loops over long lists need not go on. */
bool diag_is_full(const DiagSink *sink);
void diag_path(Diag *diag, Str path);
void diag_label(DiagSink *sink, Diag *diag, const char *format, ...) BASE_PRINTF(3, 4);
void diag_note(DiagSink *sink, Diag *diag, const char *format, ...) BASE_PRINTF(3, 4);
void diag_help(DiagSink *sink, Diag *diag, const char *format, ...) BASE_PRINTF(3, 4);
/* A second place; past DIAG_RELATED_MAX it is left out. */
void diag_related(DiagSink *sink, Diag *diag, Span span, const char *format, ...) BASE_PRINTF(4, 5);

/* Whether an error stands among the findings from index `from` on. */
bool diag_has_errors(const DiagSink *sink, size_t from);

/* What is reported from now on belongs to another spec. */
void diag_begin_spec(DiagSink *sink);
/* A waiver of the present spec; `used` and `told` are the verdict's. */
void diag_waive(DiagSink *sink, const DiagWaiver *waiver);

/* --- the verdict: once, last ------------------------------------------------------------------ */

typedef struct DiagVerdict {
	/* Sorted by file, position, code, equal ones once: `len` that count, and behind them
	 * `waived` that a waiver or the baseline lifted. */
	Diag *items;
	size_t len, waived;
	size_t counts[DIAG_SEVERITIES]; /* of the first `len` */
	bool failed;                    /* an error counts: no file is written */
} DiagVerdict;

/*
 * Waivers, then the baseline, then the selection, then severities, then counts. A waiver that lifts
 * nothing is a finding here (CP803), unless what it could have lifted is not known. Codes that no
 * waiver may lift are lifted by nothing.
 */
DiagVerdict diag_verdict(DiagSink *sink);
/* The findings that count, without those that hang on the day: what documents may hold. */
DiagVerdict diag_verdict_undated(Arena *arena, const DiagVerdict *verdict);
/* The same finding keeps it while lines move: of code, path and message, 16 hexadecimal digits. */
Str diag_fingerprint(Arena *arena, const Diag *diag);
/* What a baseline knows a finding by: its file and its fingerprint. */
Str diag_baseline_key(Arena *arena, Str file, Str fingerprint);
/* Whether anything is at or above the threshold, in the order error, warning, not-checked, info. */
bool diag_at_least(const DiagVerdict *verdict, DiagSeverity threshold);

/* --- the table of codes ----------------------------------------------------------------------- */

const char *diag_code_text(DiagCode code); /* "CP103" */
const char *diag_code_name(DiagCode code); /* "reserved-refused" */
DiagSeverity diag_code_severity(DiagCode code);
bool diag_code_waivable(DiagCode code);
/* Whether the day decides about it. */
bool diag_code_is_dated(DiagCode code);
/* Whether the rule book has a rule of that code, be it one that this version does not check yet. */
bool diag_code_is_in_book(Str text);
/* By "CP103" or "reserved-refused", without regard to case. */
bool diag_code_find(Str text, DiagCode *ret_code);
const char *diag_severity_text(DiagSeverity severity); /* "not-checked" */
bool diag_severity_find(Str text, DiagSeverity *ret_severity);

/* The prose of a code, from src/data/rules. */
typedef struct DiagProse {
	Str title, help, source, date;
	Str why, what_to_do, fires, quiet; /* Markdown of the sections */
} DiagProse;

DiagProse diag_prose(DiagCode code, DiagLanguage language);
/* The next spec of an example: `fires` or `quiet`, of which it takes the spec off. One run of
 * several specs is an example of some rules. */
bool diag_next_spec(Str *example, Str *ret_spec);

#endif
