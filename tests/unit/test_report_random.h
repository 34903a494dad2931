/* Findings, files and values as bad as they get, for laws over the formats. */
#ifndef TEST_REPORT_RANDOM_H
#define TEST_REPORT_RANDOM_H

#include "test_report_case.h"

static const char *const hostile[] = {"\x1b[31m", "\x1b]0;title\x07", "\x9b", "\xc2\x9b", "\n",
	"\r\n", "\t", "\x08", "\x7f", "\xe2\x80\xae", "\xe2\x80\x8b", "\xe2\x80\xa8",
	"\xef\xbb\xbf", "\xff", "\xe3\x81", "\xed\xa0\x80", "`", "\"", "\\", "plain ", "%s%n",
	"\xe6\x9d\xb1", "\xf0\x9f\x98\x80", "::error::", "%0A", ",line=1", "##[", "##vso[task.x]",
	"](y)"};

static inline Str
random_hostile(Random *random, Arena *arena)
{
	Buf buf = buf_make(arena);
	size_t parts = random_below(random, 8);

	for (; parts > 0; parts--)
		buf_lit(&buf, hostile[random_below(random, BASE_COUNT(hostile))]);
	return buf_text(&buf);
}

static inline Span
random_span(Random *random, Case *c)
{
	uint32_t file = (uint32_t)random_below(random, c->sources->files.len + 1), start;

	if (file == 0)
		return (Span){0};
	start = (uint32_t)random_below(random, source_file(c->sources, file)->text.len + 2);
	return (Span){file, start, start + (uint32_t)random_below(random, 9)};
}

static inline Case
random_case(Random *random)
{
	Case c = case_make();
	size_t i, findings = random_below(random, 6), notes;

	for (i = 0; i < 3; i++)
		source_add(c.sources, random_hostile(random, c.arena),
			random_hostile(random, c.arena));
	for (i = 0; i < findings; i++) {
		Diag *diag = diag_report(c.sink, (DiagCode)random_below(random, DIAG_CODES),
			random_span(random, &c), STR_FMT, STR_ARG(random_hostile(random, c.arena)));

		diag_path(diag, random_hostile(random, c.arena));
		diag_label(c.sink, diag, STR_FMT, STR_ARG(random_hostile(random, c.arena)));
		diag_help(c.sink, diag, STR_FMT, STR_ARG(random_hostile(random, c.arena)));
		for (notes = random_below(random, 4); notes > 0; notes--) {
			diag_note(c.sink, diag, STR_FMT, STR_ARG(random_hostile(random, c.arena)));
			diag_related(c.sink, diag, random_span(random, &c), STR_FMT,
				STR_ARG(random_hostile(random, c.arena)));
		}
	}
	c.options.looked_at = random_hostile(random, c.arena);
	c.options.language = (DiagLanguage)random_below(random, DIAG_LANGUAGES);
	c.options.max_diagnostics = random_below(random, 5);
	return c;
}

#endif
