/* A run in small for the tests of report: sources, findings, options, and what a format makes of
 * it. */
#ifndef TEST_REPORT_CASE_H
#define TEST_REPORT_CASE_H

#include "test_base_random.h"

#include "report/report.h"

typedef struct Case {
	Arena *arena;
	SourceSet *sources;
	DiagSink *sink;
	ReportOptions options;
} Case;

static inline Case
case_make(void)
{
	Case c = {.arena = arena_create()};

	c.sources = source_set(c.arena);
	c.sink = diag_sink(c.arena, c.sources);
	return c;
}

static inline uint32_t
case_source(Case *c, const char *path, Str text)
{
	return source_add(c->sources, str_from(path), text);
}

/* Where a text stands for the first time in a file. */
static inline Span
case_span(const Case *c, uint32_t file, const char *needle)
{
	Str text = source_file(c->sources, file)->text, part = str_from(needle);
	size_t at = str_find(text, part);

	assert_true(at < text.len);
	return (Span){file, (uint32_t)at, (uint32_t)(at + part.len)};
}

static inline Str
case_write(Case *c, ReportFormat format)
{
	DiagVerdict verdict = diag_verdict(c->sink);
	Buf out = buf_make(c->arena);

	report_write(&out, format, &verdict, c->sources, &c->options);
	return buf_text(&out);
}

/* What the case is in a format, and the end of the case. */
#define assert_case(c, format, expected)                                                           \
	do {                                                                                       \
		assert_str(case_write((c), (format)), (expected));                                 \
		arena_destroy((c)->arena);                                                         \
	} while (0)

#endif
