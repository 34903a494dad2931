/*
 * report: findings as text, one format a row of formats.def.
 *
 * Nothing here changes the verdict, prints, or reads a file again: lines come from the SourceSet.
 * Whatever a spec, a file name or a service put into a finding, no control character of it reaches
 * the output raw. Columns are terminal columns, East Asian wide characters take two. Ownership:
 * text goes to the caller's Buf, values to the caller's arena. Positions as in source/source.h.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "diag/diag.h"
#include "json/json.h"

typedef enum ReportFormat {
#define FORMAT(enumerator, name, version, writer) REPORT_##enumerator,
#include "report/formats.def"
#undef FORMAT
	REPORT_FORMATS
} ReportFormat;

/* All of it is for `human` alone; the other formats are the same for everyone. */
typedef struct ReportOptions {
	bool color;
	DiagLanguage language;  /* of titles and general help; messages are English */
	bool show_waived;       /* and what the baseline holds */
	size_t max_diagnostics; /* 0: all */
	Str looked_at; /* for the case that nothing was found: "mailflow.yaml: 3 relay hosts" */
} ReportOptions;

/* By its name ("json"), or by its name with a version ("json-v1"). */
bool report_format_find(Str name, ReportFormat *ret_format);
const char *report_format_name(ReportFormat format);

void report_write(Buf *out, ReportFormat format, const DiagVerdict *verdict, SourceSet *sources,
	const ReportOptions *options);

/* The findings as a list of objects, as they stand in the member `diagnostics` of any result. */
Json *report_diagnostics(Arena *arena, const DiagVerdict *verdict, SourceSet *sources);

#endif
