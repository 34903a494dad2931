/* The formats that services read: SARIF, and the commands in the logs of builds. */
#include "test_report_case.h"
#include "test_report_random.h"

/* --- SARIF ------------------------------------------------------------------------------------ */

static const Json *
at(const Json *value, const char *key)
{
	const Json *member = json_get(value, str_from(key));

	assert_non_null(member);
	return member;
}

static const Json *
item(const Json *list, size_t index)
{
	assert_true(index < json_len(list));
	return list->items.items[index];
}

static const Json *
sarif_run(Case *c)
{
	JsonError error;
	Json *value = NULL;

	assert_true(json_read(c->arena, case_write(c, REPORT_SARIF), &value, &error));
	assert_str(json_get_text(value, STR("version")), "2.1.0");
	return item(at(value, "runs"), 0);
}

static int64_t
number_at(const Json *value, const char *key)
{
	const Json *member = at(value, key);

	assert_true(member->is_integer);
	return member->number;
}

static void
sarif_says_what_was_found(void **state)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "./sites/a b#.yaml",
		STR("\xef\xbb\xbf# \xf0\x9f\x98\x80\r\nx: \xf0\x9f\x98\x80 \xe6\x9d\xb1 y\n"));
	Diag *diag = diag_report(c.sink, DIAG_CYCLE, case_span(&c, file, "y"), "round [and](1) on");
	const Json *run, *result, *place;

	(void)state;
	diag_path(diag, STR("gateways/a"));
	diag_note(c.sink, diag, "first\nsecond");
	diag_help(c.sink, diag, "break it");
	diag_related(c.sink, diag, case_span(&c, file, "x"), "here");
	run = sarif_run(&c);
	assert_str(json_get_text(run, STR("columnKind")), "utf16CodeUnits");
	result = item(at(run, "results"), 0);
	assert_str(json_get_text(result, STR("ruleId")), "CP008");
	assert_str(json_get_text(result, STR("level")), "error");
	assert_str(json_get_text(at(result, "message"), STR("text")),
		"round [and] (1) on\n\nnote: first\nsecond\nhelp: break it");
	place = item(at(result, "locations"), 0);
	assert_str(json_get_text(item(at(place, "logicalLocations"), 0), STR("fullyQualifiedName")),
		"gateways/a");
	place = at(place, "physicalLocation");
	assert_str(json_get_text(at(place, "artifactLocation"), STR("uri")), "sites/a%20b%23.yaml");
	place = at(place, "region");
	assert_int_equal(number_at(place, "startLine"), 2);
	assert_int_equal(number_at(place, "startColumn"), 9);
	assert_int_equal(number_at(place, "endLine"), 2);
	assert_int_equal(number_at(place, "endColumn"), 10);
	place = item(at(result, "relatedLocations"), 0);
	assert_str(json_get_text(at(place, "message"), STR("text")), "here");
	assert_true(str_equal(json_get_text(at(result, "partialFingerprints"), STR("connplan/v1")),
		diag_fingerprint(c.arena, &c.sink->items.items[0])));
	arena_destroy(c.arena);
}

static void
sarif_of_no_place(void **state)
{
	Case c = case_make();
	const Json *result;

	(void)state;
	diag_report(c.sink, DIAG_NO_MX_HOST, (Span){0}, "none");
	diag_report(c.sink, DIAG_CYCLE, (Span){case_source(&c, "/a/b.yaml", STR("x")), 0, 9}, "x")
		->severity = DIAG_SEVERITY_NOT_CHECKED;
	result = item(at(sarif_run(&c), "results"), 0);
	assert_int_equal(json_len(at(result, "locations")), 0);
	assert_null(json_get(result, STR("kind")));
	/* Not checked is neither passed nor failed. */
	result = item(at(sarif_run(&c), "results"), 1);
	assert_str(json_get_text(result, STR("kind")), "open");
	assert_str(json_get_text(result, STR("level")), "none");
	result = at(item(at(result, "locations"), 0), "physicalLocation");
	assert_str(json_get_text(at(result, "artifactLocation"), STR("uri")), "file:///a/b.yaml");
	arena_destroy(c.arena);
}

/* What a reader of UTF-16 counts from the start of the line, one character after the other. */
static Position
slow_position(Str text, uint32_t offset)
{
	Position position = {1, 1};
	size_t place = str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;

	while (place < offset && place < text.len) {
		size_t start = place;
		uint32_t c = utf8_next(text, &place);

		if (c == '\n') {
			position.line++;
			position.column = 1;
		} else if (c != '\r' || place == text.len || text.ptr[place] != '\n') {
			/* Counted once the offset is past it. */
			if (place <= offset || start < offset)
				position.column += c != UTF8_BAD && c > 0xffff ? 2 : 1;
		}
	}
	return position;
}

static Str
random_lines(Random *random, Arena *arena)
{
	static const char *const parts[] = {"a", "\xe6\x9d\xb1", "\xf0\x9f\x98\x80",
		"\xf0\x90\x80\x80", "\n", "\xc3\xa4", "bcd"};
	size_t left = random_below(random, 400);
	Buf buf = buf_make(arena);

	for (; left > 0; left--)
		buf_lit(&buf, parts[random_below(random, BASE_COUNT(parts))]);
	return buf_text(&buf);
}

static void
sarif_counts_in_utf16(void **state)
{
	Random random = {201};
	size_t round, i;

	(void)state;
	for (round = 0; round < 60; round++) {
		Case c = case_make();
		Str text = random_lines(&random, c.arena);
		uint32_t file = case_source(&c, "a.yaml", text), offset = 0;
		const Json *results;
		size_t place = 0;

		while (place < text.len && c.sink->items.len < 50) {
			offset = (uint32_t)place;
			diag_report(c.sink, DIAG_CYCLE, (Span){file, offset, offset}, "%u", offset);
			utf8_next(text, &place);
		}
		results = at(sarif_run(&c), "results");
		for (i = 0; i < json_len(results); i++) {
			const Json *region = item(at(item(results, i), "locations"), 0);
			Position expected = slow_position(text, c.sink->items.items[i].span.start);

			region = at(at(region, "physicalLocation"), "region");
			assert_int_equal(number_at(region, "startLine"), expected.line);
			assert_int_equal(number_at(region, "startColumn"), expected.column);
		}
		arena_destroy(c.arena);
	}
}

static void
sarif_rules_are_the_table(void **state)
{
	Case c = case_make();
	const Json *rules = at(at(at(sarif_run(&c), "tool"), "driver"), "rules");
	size_t i;

	(void)state;
	assert_int_equal(json_len(rules), DIAG_CODES);
	for (i = 0; i < DIAG_CODES; i++) {
		const Json *rule = item(rules, i);

		assert_str(json_get_text(rule, STR("id")), diag_code_text((DiagCode)i));
		assert_true(json_get_text(at(rule, "help"), STR("markdown")).len > 0);
		assert_true(json_get_text(at(rule, "help"), STR("text")).len > 0);
		assert_true(json_get_text(at(rule, "fullDescription"), STR("text")).len > 0);
	}
	arena_destroy(c.arena);
}

/* Findings come in any number, and each is one result that points to its own rule. */
static void
sarif_has_one_result_a_finding(void **state)
{
	Random random = {202};
	size_t round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		Case c = random_case(&random);
		const Json *run = sarif_run(&c), *results = at(run, "results");
		const Json *rules = at(at(at(run, "tool"), "driver"), "rules");

		assert_int_equal(json_len(results), c.sink->items.len);
		for (i = 0; i < json_len(results); i++) {
			const Json *result = item(results, i), *rule;

			rule = item(rules, (size_t)number_at(result, "ruleIndex"));
			assert_true(str_equal(json_get_text(rule, STR("id")),
				json_get_text(result, STR("ruleId"))));
			assert_int_equal(
				number_at(result, "ruleIndex"), c.sink->items.items[i].code);
		}
		arena_destroy(c.arena);
	}
}

/* --- the logs of builds ----------------------------------------------------------------------- */

static Case
case_of_logs(void)
{
	Case c = case_make();
	uint32_t file = case_source(&c, "a,b:c;d].yaml", STR("x: 1\n\xe6\x9d\xb1: 2\n"));
	Diag *diag = diag_report(c.sink, DIAG_CYCLE, (Span){file, 8, 11}, "100 %%, ::x::\nno");

	diag_note(c.sink, diag, "first\nsecond");
	diag_help(c.sink, diag, "##vso[task.setvariable variable=a]b");
	diag_report(c.sink, DIAG_SPLIT_RANGE, (Span){file, 0, 1}, "info");
	diag_report(c.sink, DIAG_NO_MX_HOST, (Span){0}, "nowhere");
	diag = diag_report(c.sink, DIAG_UNUSED_OBJECT, (Span){file, 5, 8}, "open");
	diag->severity = DIAG_SEVERITY_NOT_CHECKED;
	diag_help(c.sink, diag, "look");
	return c;
}

static void
github_has_annotations(void **state)
{
	Case c = case_of_logs();

	(void)state;
	assert_case(&c, REPORT_GITHUB,
		"::warning title=CP504 no-mx-host::nowhere%0Ahelp: Set tenant.mx_host to the MX "
		"value that the Microsoft 365 admin centre shows for the domain\n"
		"::notice file=a%2Cb%3Ac;d].yaml,line=1,endLine=1,col=1,title=CP107 "
		"split-range::info%0Ahelp: Nothing has to be done; narrow the range if only part "
		"of it "
		"sends\n"
		"::warning file=a%2Cb%3Ac;d].yaml,line=2,endLine=2,col=1,title=CP009 "
		"unused-object::not checked: open%0Ahelp: look\n"
		"::error file=a%2Cb%3Ac;d].yaml,line=2,endLine=2,col=2,title=CP008 cycle::100 %25, "
		"::x::\\x0ano%0Anote: first%0Asecond%0Ahelp: #\\x23vso[task.setvariable "
		"variable=a]b\n");
}

static void
azure_has_issues(void **state)
{
	Case c = case_of_logs();

	(void)state;
	assert_case(&c, REPORT_AZURE,
		"##vso[task.logissue type=warning;code=CP504;]nowhere%0Ahelp: Set tenant.mx_host "
		"to the MX value that the Microsoft 365 admin centre shows for the domain\n"
		"a,b:c;d].yaml:1:1: info: info [CP107]\n"
		"##vso[task.logissue type=warning;sourcepath=a,b:c%3Bd%5D.yaml;linenumber=2;"
		"columnnumber=1;code=CP009;]not checked: open%0Ahelp: look\n"
		"##vso[task.logissue type=error;sourcepath=a,b:c%3Bd%5D.yaml;linenumber=2;"
		"columnnumber=2;code=CP008;]100 %AZP25, ::x::\\x0ano%0Anote: first%0Asecond%0A"
		"help: #\\x23vso[task.setvariable variable=a]b\n");
}

static void
a_path_begins_no_command(void **state)
{
	static const char *const paths[] = {"::error::.yaml", " ::x", "\xe3\x80\x80::x"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(paths); i++) {
		Case c = case_make();
		uint32_t file = case_source(&c, paths[i], STR("x"));

		diag_report(c.sink, DIAG_CYCLE, (Span){file, 0, 1}, "m");
		assert_str(case_write(&c, REPORT_SHORT),
			str_format(c.arena, "./%s:1:1: error: m [CP008]\n", paths[i]).ptr);
		arena_destroy(c.arena);
	}
}

/* GitHub's runner drops blanks before it looks for `::`; our `:::` before a place names none. */
static bool
is_github_command(Str line)
{
	Str text = str_trim(line);

	return str_starts(text, STR("::")) && !str_starts(text, STR("::: "));
}

/* Whatever a value holds, a log gets the commands that are meant, and no other. */
static void
values_run_no_command(void **state)
{
	Random random = {203};
	size_t round, format;

	(void)state;
	for (round = 0; round < 1000; round++) {
		Case c = random_case(&random);

		for (format = 0; format < REPORT_FORMATS; format++) {
			Str rest = case_write(&c, (ReportFormat)format), line;
			size_t issues = 0, commands = 0;

			while (str_next_line(&rest, &line)) {
				size_t mark = str_find(line, STR("##vso[")), own = line.len;

				if (format == REPORT_AZURE &&
					str_starts(line, STR("##vso[task.logissue type="))) {
					own = 0;
					line = str_slice(line, 6, line.len);
					mark = str_find(line, STR("##vso["));
					issues++;
				}
				assert_int_equal(mark, line.len);
				assert_int_equal(str_find(line, STR("##[")), line.len);
				commands += own > 0 && is_github_command(line);
			}
			assert_int_equal(commands, format == REPORT_GITHUB ? c.sink->items.len : 0);
			assert_true(issues <= c.sink->items.len);
		}
		arena_destroy(c.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sarif_says_what_was_found),
		cmocka_unit_test(sarif_of_no_place),
		cmocka_unit_test(sarif_counts_in_utf16),
		cmocka_unit_test(sarif_rules_are_the_table),
		cmocka_unit_test(sarif_has_one_result_a_finding),
		cmocka_unit_test(github_has_annotations),
		cmocka_unit_test(azure_has_issues),
		cmocka_unit_test(a_path_begins_no_command),
		cmocka_unit_test(values_run_no_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
