/* The sink and the verdict: findings come out sorted, once each, whatever the order of reporting.
 */
#include "test_base_random.h"

#include "diag/diag.h"

/* --- the table -------------------------------------------------------------------------------- */

static void
codes_are_found_by_number_and_name(void **state)
{
	Arena *arena = arena_create();
	DiagCode code, found;

	(void)state;
	for (code = (DiagCode)0; code < DIAG_CODES; code++) {
		Str text = str_from(diag_code_text(code)), name = str_from(diag_code_name(code));

		assert_int_equal(text.len, 5);
		assert_true(str_starts(text, STR("CP")));
		/* Nothing else has this number or this name. */
		assert_true(diag_code_find(text, &found));
		assert_int_equal(found, code);
		assert_true(diag_code_find(name, &found));
		assert_int_equal(found, code);
		assert_true(diag_code_find(str_lower(arena, text), &found));
		assert_int_equal(found, code);
		assert_true(str_equal(name, str_lower(arena, name)));
		assert_in_range(diag_code_severity(code), 0, DIAG_SEVERITIES - 1);
	}
	assert_false(diag_code_find(STR("CP"), &found));
	assert_false(diag_code_find(STR("CP9999"), &found));
	assert_false(diag_code_find((Str){0}, &found));
	arena_destroy(arena);
}

static void
codes_stand_in_the_order_of_their_numbers(void **state)
{
	DiagCode code;

	(void)state;
	for (code = (DiagCode)1; code < DIAG_CODES; code++)
		assert_true(strcmp(diag_code_text(code - 1), diag_code_text(code)) < 0);
}

static void
rows_say_what_the_language_says(void **state)
{
	(void)state;
	assert_string_equal(diag_code_text(DIAG_RESERVED_REFUSED), "CP103");
	assert_string_equal(diag_code_name(DIAG_RESERVED_REFUSED), "reserved-refused");
	assert_int_equal(diag_code_severity(DIAG_RESERVED_REFUSED), DIAG_SEVERITY_ERROR);
	assert_false(diag_code_waivable(DIAG_RESERVED_REFUSED));
	assert_true(diag_code_waivable(DIAG_NOT_GLOBAL));
	assert_int_equal(diag_code_severity(DIAG_SPLIT_RANGE), DIAG_SEVERITY_INFO);
	assert_int_equal(diag_code_severity(DIAG_UNUSED_OBJECT), DIAG_SEVERITY_WARNING);
}

static void
severities_have_one_name_each(void **state)
{
	DiagSeverity severity, found;

	(void)state;
	for (severity = DIAG_SEVERITY_ERROR; severity <= DIAG_SEVERITY_INFO; severity++) {
		assert_true(diag_severity_find(str_from(diag_severity_text(severity)), &found));
		assert_int_equal(found, severity);
	}
	assert_string_equal(diag_severity_text(DIAG_SEVERITY_NOT_CHECKED), "not-checked");
	assert_false(diag_severity_find(STR("never"), &found));
}

/* Prose of a code is there in whole, or not at all. */
/* An example has nothing but specs, each without its fences. */
static size_t
specs_in(Str example)
{
	size_t count = 0;
	Str spec;

	while (diag_next_spec(&example, &spec)) {
		assert_true(str_starts(spec, STR("version: 1")) || str_starts(spec, STR("#")));
		assert_int_equal(str_find(spec, STR("```")), spec.len);
		assert_true(str_ends(spec, STR("\n")));
		count++;
	}
	return count;
}

static void
prose_is_whole(void **state)
{
	int code;
	int language;

	(void)state;
	for (code = 0; code < DIAG_CODES; code++) {
		for (language = 0; language < DIAG_LANGUAGES; language++) {
			DiagProse prose = diag_prose((DiagCode)code, (DiagLanguage)language);
			bool is_there = prose.title.len > 0;

			assert_int_equal(prose.help.len > 0, is_there);
			assert_int_equal(prose.source.len > 0, is_there);
			assert_int_equal(prose.date.len > 0, is_there);
			assert_int_equal(prose.why.len > 0, is_there);
			assert_int_equal(prose.what_to_do.len > 0, is_there);
			assert_int_equal(prose.fires.len > 0, is_there);
			assert_int_equal(prose.quiet.len > 0, is_there);
			assert_false(str_find(prose.why, STR("\n## ")) < prose.why.len);
			assert_int_equal(specs_in(prose.fires) > 0, is_there);
			assert_int_equal(specs_in(prose.quiet) > 0, is_there);
		}
	}
}

/* --- one finding ------------------------------------------------------------------------------ */

static void
a_finding_holds_what_was_said(void **state)
{
	Arena *arena = arena_create();
	DiagSink *sink = diag_sink(arena, source_set(arena));
	Span span = {1, 4, 9}, other = {1, 1, 2};
	Diag *diag = diag_report(sink, DIAG_NOT_GLOBAL, span, "`%s` is not %s", "x", "y");

	(void)state;
	diag_path(diag, STR("egress/x"));
	diag_label(sink, diag, "label %d", 1);
	diag_help(sink, diag, "help %d", 2);
	diag_note(sink, diag, "note %d", 3);
	diag_related(sink, diag, other, "other %d", 4);
	assert_str(diag->message, "`x` is not y");
	assert_str(diag->path, "egress/x");
	assert_str(diag->label, "label 1");
	assert_str(diag->help, "help 2");
	assert_str(diag->notes[0], "note 3");
	assert_str(diag->related[0].message, "other 4");
	assert_int_equal(diag->related[0].span.start, 1);
	assert_int_equal(diag->severity, DIAG_SEVERITY_ERROR);
	assert_int_equal(diag->span.end, 9);
	assert_true(diag_has_errors(sink, 0));
	assert_false(diag_has_errors(sink, 1));
	arena_destroy(arena);
}

static void
what_is_too_much_is_left_out(void **state)
{
	Arena *arena = arena_create();
	DiagSink *sink = diag_sink(arena, source_set(arena));
	Diag *diag = diag_report(sink, DIAG_CYCLE, (Span){1, 0, 0}, "loop");
	int i;

	(void)state;
	diag_related(sink, diag, (Span){0}, "no place");
	assert_int_equal(diag->related_len, 0);
	for (i = 0; i < 20; i++) {
		diag_note(sink, diag, "note %d", i);
		diag_related(sink, diag, (Span){1, 0, 1}, "place %d", i);
	}
	assert_int_equal(diag->notes_len, DIAG_NOTES_MAX);
	assert_int_equal(diag->related_len, DIAG_RELATED_MAX);
	assert_str(diag->notes[DIAG_NOTES_MAX - 1], "note 5");
	assert_str(diag->related[DIAG_RELATED_MAX - 1].message, "place 3");
	arena_destroy(arena);
}

/* --- the verdict ------------------------------------------------------------------------------ */

#define FINDINGS 40

typedef struct Finding {
	Span span;
	DiagCode code;
	char message[2], path[2];
} Finding;

static bool
same_finding(const Finding *a, const Finding *b)
{
	return a->span.file == b->span.file && a->span.start == b->span.start &&
	       a->span.end == b->span.end && a->code == b->code && a->message[0] == b->message[0] &&
	       a->path[0] == b->path[0];
}

static Finding
random_finding(Random *random)
{
	Finding finding = {.code = (DiagCode)(8 + random_below(random, 6))};

	finding.span.file = (uint32_t)random_below(random, 3);
	finding.span.start = (uint32_t)random_below(random, 3);
	finding.span.end = finding.span.start + (uint32_t)random_below(random, 2);
	finding.message[0] = (char)('a' + random_below(random, 2));
	finding.path[0] = (char)('p' + random_below(random, 2));
	return finding;
}

static void
shuffle(Random *random, Finding *findings)
{
	size_t i;

	for (i = FINDINGS - 1; i > 0; i--) {
		size_t other = random_below(random, i + 1);
		Finding swap = findings[i];

		findings[i] = findings[other];
		findings[other] = swap;
	}
}

static DiagVerdict
report_all(Arena *arena, const Finding *findings)
{
	DiagSink *sink = diag_sink(arena, source_set(arena));
	size_t i;

	for (i = 0; i < FINDINGS; i++) {
		Diag *diag = diag_report(
			sink, findings[i].code, findings[i].span, "%s", findings[i].message);

		diag_path(diag, str_copy(arena, str_from(findings[i].path)));
		diag_note(sink, diag, "n");
	}
	return diag_verdict(sink);
}

static bool
same_diag(const Diag *a, const Diag *b)
{
	return a->code == b->code && a->severity == b->severity && a->notes_len == b->notes_len &&
	       memcmp(&a->span, &b->span, sizeof(Span)) == 0 && str_equal(a->message, b->message) &&
	       str_equal(a->path, b->path);
}

static void
check_counts(const DiagVerdict *verdict, const Finding *findings)
{
	size_t counts[DIAG_SEVERITIES] = {0}, distinct = 0, i, j;

	for (i = 0; i < FINDINGS; i++) {
		for (j = 0; j < i && !same_finding(&findings[i], &findings[j]); j++)
			continue;
		if (j < i)
			continue;
		distinct++;
		counts[diag_code_severity(findings[i].code)]++;
	}
	assert_int_equal(verdict->len, distinct);
	assert_memory_equal(verdict->counts, counts, sizeof(counts));
	assert_int_equal(verdict->failed, counts[DIAG_SEVERITY_ERROR] > 0);
}

static void
the_order_of_reporting_does_not_matter(void **state)
{
	Random random = {81};
	size_t round, i;

	(void)state;
	for (round = 0; round < 500; round++) {
		Arena *arena = arena_create();
		Finding findings[FINDINGS];
		DiagVerdict first, second;

		for (i = 0; i < FINDINGS; i++)
			findings[i] = random_finding(&random);
		first = report_all(arena, findings);
		check_counts(&first, findings);
		shuffle(&random, findings);
		second = report_all(arena, findings);
		assert_int_equal(first.len, second.len);
		for (i = 0; i < first.len; i++)
			assert_true(same_diag(&first.items[i], &second.items[i]));
		for (i = 1; i < first.len; i++) {
			const Span *a = &first.items[i - 1].span, *b = &first.items[i].span;

			assert_true(
				a->file < b->file || (a->file == b->file && a->start <= b->start));
		}
		arena_destroy(arena);
	}
}

static void
a_report_after_a_verdict_starts_clean(void **state)
{
	Arena *arena = arena_create();
	DiagSink *sink = diag_sink(arena, source_set(arena));
	Diag *diag;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		diag = diag_report(sink, DIAG_CYCLE, (Span){1, 0, 0}, "same");
		diag_note(sink, diag, "note");
		diag_label(sink, diag, "label");
	}
	assert_int_equal(diag_verdict(sink).len, 1);
	diag = diag_report(sink, DIAG_CYCLE, (Span){1, 5, 5}, "another");
	assert_int_equal(diag->notes_len, 0);
	assert_null(diag->label.ptr);
	assert_int_equal(diag_verdict(sink).len, 2);
	arena_destroy(arena);
}

static void
thresholds(void **state)
{
	unsigned present, i;
	DiagSeverity threshold;

	(void)state;
	/* Every set of severities, against what stands at or before the threshold in this order. */
	for (present = 0; present < 16; present++) {
		static const DiagSeverity order[] = {DIAG_SEVERITY_ERROR, DIAG_SEVERITY_WARNING,
			DIAG_SEVERITY_NOT_CHECKED, DIAG_SEVERITY_INFO};
		DiagVerdict verdict = {0};

		for (i = 0; i < 4; i++)
			verdict.counts[order[i]] = present >> i & 1;
		for (i = 0; i < 4; i++) {
			threshold = order[i];
			assert_int_equal(diag_at_least(&verdict, threshold),
				(present & ((2u << i) - 1)) != 0);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_are_found_by_number_and_name),
		cmocka_unit_test(codes_stand_in_the_order_of_their_numbers),
		cmocka_unit_test(rows_say_what_the_language_says),
		cmocka_unit_test(severities_have_one_name_each),
		cmocka_unit_test(prose_is_whole),
		cmocka_unit_test(a_finding_holds_what_was_said),
		cmocka_unit_test(what_is_too_much_is_left_out),
		cmocka_unit_test(the_order_of_reporting_does_not_matter),
		cmocka_unit_test(a_report_after_a_verdict_starts_clean),
		cmocka_unit_test(thresholds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
