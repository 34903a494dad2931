/*
 * The files of a spec: patterns against a naive matcher, roots, loops, limits, and what two files
 * say of one name. Links are tested on a disk, by the command line.
 */
#include "test_model_case.h"

#define MAIN "version: 1\nsample: true\ntenant: { name: Contoso }\n"

static void
put(ModelCase *c, const char *path, const char *text)
{
	io_memory_put(c->io, str_from(path), str_from(text));
}

/* The paths of the imported files, in the order of reading, with blanks between. */
static Str
imported(const ModelCase *c)
{
	Buf buf = buf_make(c->arena);
	size_t i;

	for (i = 1; i < c->model->files.len; i++) {
		buf_lit(&buf, i > 1 ? " " : "");
		buf_str(&buf, c->model->files.items[i].path);
	}
	return buf_text(&buf);
}

/* --- patterns --------------------------------------------------------------------------------- */

static bool
naive_match(Str pattern, Str name)
{
	size_t at = 0;

	if (pattern.len == 0)
		return name.len == 0;
	if (pattern.ptr[0] == '*')
		return naive_match(str_slice(pattern, 1, pattern.len), name) ||
		       (name.len > 0 && naive_match(pattern, str_slice(name, 1, name.len)));
	if (name.len == 0)
		return false;
	if (pattern.ptr[0] == '?')
		utf8_next(name, &at);
	else if (pattern.ptr[0] == name.ptr[0])
		at = 1;
	return at > 0 &&
	       naive_match(str_slice(pattern, 1, pattern.len), str_slice(name, at, name.len));
}

static Str
some_name(Random *random, Arena *arena)
{
	static const char *const pieces[] = {"a", "b", "ab", ".", "\xc3\xa9", "\xe6\x9d\xb1", "-"};
	Buf buf = buf_make(arena);
	size_t len = 1 + random_below(random, 4);

	while (len-- > 0)
		buf_lit(&buf, pieces[random_below(random, BASE_COUNT(pieces))]);
	return buf_text(&buf);
}

static void
patterns_match_as_a_naive_matcher_says(void **state)
{
	Random random = {91};
	size_t round, i;

	(void)state;
	for (round = 0; round < 500; round++) {
		ModelCase c = model_case();
		StrVec names = {0};
		Str pattern = random_text(&random, c.arena, "ab?*.-", 5);
		Buf expected = buf_make(c.arena);

		if (pattern.len == 0 || pattern.ptr[0] == '-')
			pattern = STR("*");
		io_memory_put(c.io, STR("/p/mailflow.yaml"),
			str_format(c.arena, MAIN "imports: 'd/" STR_FMT "'\n", STR_ARG(pattern)));
		for (i = 0; i < 8; i++) {
			Str name = some_name(&random, c.arena);

			if (STR_EQ(name, ".") || STR_EQ(name, ".."))
				continue;
			VEC_PUSH(c.arena, &names, name);
			io_memory_put(c.io, str_format(c.arena, "/p/d/" STR_FMT, STR_ARG(name)),
				STR("x-n: 1\n"));
		}
		strvec_sort(&names);
		for (i = 0; i < names.len; i++) {
			if (names.items[i].ptr[0] == '.' || !naive_match(pattern, names.items[i]) ||
				(i > 0 && str_equal(names.items[i - 1], names.items[i])))
				continue;
			buf_printf(&expected, "%s/p/d/" STR_FMT, expected.len > 0 ? " " : "",
				STR_ARG(names.items[i]));
		}
		model_case_load(&c, "/p/mailflow.yaml");
		/* Without a wildcard a dot file may be named. */
		if (str_find_char(pattern, '*', 0) < pattern.len ||
			str_find_char(pattern, '?', 0) < pattern.len) {
			assert_str(imported(&c), str_c(c.arena, buf_text(&expected)));
			assert_int_equal(
				model_case_count(&c, DIAG_IMPORT_FAILED), expected.len > 0 ? 0 : 1);
		}
		model_case_end(&c);
	}
}

typedef struct PatternCase {
	const char *pattern, *files; /* read in this order; NULL: none, and CP011 */
} PatternCase;

static void
patterns_over_folders(void **state)
{
	static const PatternCase cases[] = {
		{"sites/a.yaml", "/p/sites/a.yaml"},
		{"./sites//a.yaml", "/p/./sites/a.yaml"},
		{"sites/*.yaml", "/p/sites/B.yaml /p/sites/a.yaml /p/sites/b.yaml"},
		{"*/*.yaml", "/p/other/z.yaml /p/sites/B.yaml /p/sites/a.yaml /p/sites/b.yaml"},
		{"*/deep/?.yaml", "/p/other/deep/d.yaml /p/sites/deep/c.yaml"},
		{"sites/.hidden.yaml", "/p/sites/.hidden.yaml"},
		{"/p/sites/a.yaml", "/p/sites/a.yaml"},
		{"/p/s*/a.yaml", "/p/sites/a.yaml"},
		{"sites/../other/z.yaml", "/p/sites/../other/z.yaml"},
		{"sites/.*", NULL},
		{"sites/[ab].yaml", NULL},
		{"sites/{a,b}.yaml", NULL},
		{"**/a.yaml", "/p/sites/a.yaml"},
		{"none/*.yaml", NULL},
		{"sites", NULL},
		{"sites/a.yaml/", "/p/sites/a.yaml"},
		{"sites/A.yaml", NULL},
		{"../outside.yaml", NULL},
		{"../*.yaml", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(cases); i++) {
		ModelCase c = model_case();
		bool found = cases[i].files != NULL;

		io_memory_put(c.io, STR("/p/mailflow.yaml"),
			str_format(c.arena, MAIN "imports: ['%s']\n", cases[i].pattern));
		put(&c, "/p/sites/a.yaml", "");
		put(&c, "/p/sites/b.yaml", "");
		put(&c, "/p/sites/B.yaml", "");
		put(&c, "/p/sites/.hidden.yaml", "");
		put(&c, "/p/sites/readme.txt", "");
		put(&c, "/p/sites/deep/c.yaml", "");
		put(&c, "/p/other/deep/d.yaml", "");
		put(&c, "/p/other/z.yaml", "");
		put(&c, "/outside.yaml", "");
		put(&c, "/outside2.yaml", "");
		model_case_load(&c, "/p/mailflow.yaml");
		if (c.sink->items.len != (found ? 0 : 1))
			fail_msg("%s: %zu findings", cases[i].pattern, c.sink->items.len);
		assert_int_equal(c.model->usable, found);
		assert_str(imported(&c), found ? cases[i].files : "");
		if (!found) {
			Str value = str_from(cases[i].pattern);

			assert_int_equal(c.sink->items.items[0].code, DIAG_IMPORT_FAILED);
			assert_int_equal(c.sink->items.items[0].span.file, 1);
			assert_str(c.sink->items.items[0].path,
				str_c(c.arena, str_format(c.arena, "imports/" STR_FMT,
						       STR_ARG(schema_path(c.arena, &value, 1)))));
		}
		model_case_end(&c);
	}
}

/* A pattern that climbs up and down again may match without end. */
static void
patterns_are_limited(void **state)
{
	ModelCase c = model_case();
	size_t i;

	(void)state;
	put(&c, "/p/mailflow.yaml", MAIN "imports: '*/../*/../*/../*/../*.yaml'\n");
	for (i = 0; i < 40; i++)
		io_memory_put(c.io, str_format(c.arena, "/p/d%zu/x", i), STR(""));
	model_case_load(&c, "/p/mailflow.yaml");
	assert_int_equal(c.sink->items.len, 1);
	assert_int_equal(c.sink->items.items[0].code, DIAG_INPUT_LIMIT);
	assert_true(arena_used(c.arena) < (size_t)64 << 20);
	model_case_end(&c);
}

/* --- where imports may go --------------------------------------------------------------------- */

static void
check_root(const char *marker, const char *root, bool inside)
{
	ModelCase c = model_case();

	put(&c, "/a/b/c/mailflow.yaml", MAIN "imports: ../x.yaml\n");
	put(&c, "/a/b/x.yaml", "");
	if (marker != NULL)
		put(&c, marker, "");
	if (root != NULL)
		c.options.import_root = str_from(root);
	model_case_load(&c, "/a/b/c/mailflow.yaml");
	assert_int_equal(c.model->files.len, inside ? 2 : 1);
	assert_int_equal(model_case_count(&c, DIAG_IMPORT_FAILED), inside ? 0 : 1);
	assert_int_equal(model_is_inside_root(c.arena, &c.options, STR("/a/b/c/mailflow.yaml"),
				 STR("/a/b/x.yaml")),
		inside);
	model_case_end(&c);
}

static void
imports_stay_in_the_root(void **state)
{
	(void)state;
	check_root(NULL, NULL, false);
	check_root("/.git/HEAD", NULL, true);
	check_root("/a/b/.git", NULL, true);
	check_root("/a/.connplan", NULL, true);
	check_root("/a/b/c/.git/HEAD", NULL, false);
	check_root("/a/b/c/.connplan", NULL, false);
	check_root("/a/b/c/d/.connplan", NULL, false);
	check_root("/a/b/c/.connplan", "/a", true);
	check_root("/.git/HEAD", "/a/b/c", false);
	check_root(NULL, "/", true);
	check_root(NULL, "/a/b", true);
	check_root(NULL, "/a/bb", false);
	check_root(NULL, "/none", false);
}

/* The folder's name begins as the root's does: that is not inside. */
static void
a_neighbour_is_outside(void **state)
{
	ModelCase c = model_case();

	(void)state;
	put(&c, "/a/b/mailflow.yaml", MAIN "imports: [../bb/x.yaml, ../bb/y.yaml, '../bb/*']\n");
	put(&c, "/a/bb/x.yaml", "");
	put(&c, "/a/bb/y.yaml", "");
	model_case_load(&c, "/a/b/mailflow.yaml");
	assert_int_equal(model_case_count(&c, DIAG_IMPORT_FAILED), 3);
	assert_contains(model_case_find(&c, DIAG_IMPORT_FAILED, 0)->help, "--import-root");
	model_case_end(&c);
}

static void
from_standard_input_nothing_is_imported(void **state)
{
	ModelCase c = model_case_text(STR(MAIN "imports: [a.yaml, b.yaml]\n"));

	(void)state;
	assert_int_equal(model_case_count(&c, DIAG_IMPORT_FAILED), 2);
	model_case_end(&c);
}

/* --- loops and diamonds ----------------------------------------------------------------------- */

static void
a_file_is_read_once(void **state)
{
	ModelCase c = model_case();

	(void)state;
	put(&c, "/p/mailflow.yaml", MAIN "imports: [a.yaml, b.yaml, a.yaml, ./a.yaml, '?.yaml']\n");
	put(&c, "/p/a.yaml", "imports: c.yaml\n");
	put(&c, "/p/b.yaml", "imports: [c.yaml, sub/../c.yaml]\n");
	put(&c, "/p/c.yaml", "domains: {contoso.com: {}}\nrelay_hosts:\n");
	put(&c, "/p/sub/d.yaml", "");
	model_case_load(&c, "/p/mailflow.yaml");
	assert_no_findings(&c);
	assert_str(imported(&c), "/p/a.yaml /p/c.yaml /p/b.yaml");
	assert_int_equal(c.model->domains_len, 1);
	model_case_end(&c);
}

typedef struct LoopCase {
	const char *main, *a, *b, *loop;
} LoopCase;

static void
loops_are_shown_whole(void **state)
{
	static const LoopCase cases[] = {
		{"imports: mailflow.yaml\n", "", "", "mailflow.yaml → mailflow.yaml"},
		{"imports: '*.yaml'\n", "", "", "mailflow.yaml → mailflow.yaml"},
		{"imports: a.yaml\n", "imports: ./mailflow.yaml\n", "",
			"mailflow.yaml → a.yaml → mailflow.yaml"},
		{"imports: a.yaml\n", "imports: b.yaml\n", "imports: a.yaml\n",
			"circle: a.yaml → b.yaml → a.yaml"},
		{"imports: [a.yaml, b.yaml]\n", "imports: b.yaml\n", "imports: a.yaml\n",
			"circle: a.yaml → b.yaml → a.yaml"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(cases); i++) {
		ModelCase c = model_case();

		io_memory_put(c.io, STR("/p/mailflow.yaml"),
			str_format(c.arena, MAIN "%s", cases[i].main));
		put(&c, "/p/a.yaml", cases[i].a);
		put(&c, "/p/b.yaml", cases[i].b);
		model_case_load(&c, "/p/mailflow.yaml");
		assert_int_equal(c.sink->items.len, 1);
		assert_contains(model_case_find(&c, DIAG_CYCLE, 0)->message, cases[i].loop);
		assert_str(model_case_find(&c, DIAG_CYCLE, 0)->path, "imports");
		model_case_end(&c);
	}
}

/* --- limits ----------------------------------------------------------------------------------- */

static void
check_number(size_t files)
{
	ModelCase c = model_case();
	size_t i;

	put(&c, "/p/mailflow.yaml", MAIN "imports: [d/*, mailflow-is-no-part.yaml]\n");
	put(&c, "/p/mailflow-is-no-part.yaml", "");
	for (i = 0; i + 1 < files; i++)
		io_memory_put(c.io, str_format(c.arena, "/p/d/%04zu", i), STR(""));
	model_case_load(&c, "/p/mailflow.yaml");
	assert_int_equal(c.sink->items.len, files > 1000 ? 1 : 0);
	assert_int_equal(model_case_count(&c, DIAG_INPUT_LIMIT), files > 1000 ? 1 : 0);
	assert_int_equal(c.model->files.len, files > 1000 ? 1001 : files + 1);
	model_case_end(&c);
}

static void
a_thousand_files(void **state)
{
	(void)state;
	check_number(1000);
	check_number(1001);
	check_number(1400);
}

/* What is no UTF-8 is given up at once, but counts. */
static void
bytes_of_all_files(void **state)
{
	ModelCase c = model_case();
	size_t size = (size_t)32 << 20, i;
	char *bytes = arena_alloc(c.arena, size + 1);

	(void)state;
	memset(bytes, 0xff, size + 1);
	put(&c, "/p/mailflow.yaml", MAIN "imports: d/*\n");
	for (i = 0; i < 4; i++)
		io_memory_put(c.io, str_format(c.arena, "/p/d/%zu", i), (Str){bytes, size});
	model_case_load(&c, "/p/mailflow.yaml");
	assert_int_equal(model_case_count(&c, DIAG_YAML_SYNTAX), 2);
	assert_int_equal(model_case_count(&c, DIAG_INPUT_LIMIT), 1);
	assert_int_equal(c.sink->items.len, 3);
	model_case_end(&c);
	c = model_case();
	bytes = arena_alloc(c.arena, size + 1);
	put(&c, "/p/mailflow.yaml", MAIN "imports: x\n");
	io_memory_put(c.io, STR("/p/x"), (Str){bytes, size + 1});
	model_case_load(&c, "/p/mailflow.yaml");
	assert_contains(model_case_find(&c, DIAG_IMPORT_FAILED, 0)->message, "32 MiB");
	model_case_end(&c);
}

static void
the_spec_itself(void **state)
{
	ModelCase c = model_case();

	(void)state;
	model_case_load(&c, "/p/mailflow.yaml");
	assert_int_equal(c.status, IO_NOT_FOUND);
	put(&c, "/p/mailflow.yaml/x", "");
	model_case_load(&c, "/p/mailflow.yaml");
	assert_int_equal(c.status, IO_NOT_A_FILE);
	assert_int_equal(c.sink->items.len, 0);
	model_case_end(&c);
}

/* --- merging ---------------------------------------------------------------------------------- */

static void
check_twice(const char *section, const char *first, const char *second)
{
	ModelCase c = model_case();
	const Diag *diag;

	io_memory_put(c.io, STR("/p/mailflow.yaml"),
		str_format(c.arena, MAIN "imports: [b.yaml]\n%s: {%s: }\n", section, first));
	io_memory_put(
		c.io, STR("/p/b.yaml"), str_format(c.arena, "%s: {x: , %s: }\n", section, second));
	model_case_load(&c, "/p/mailflow.yaml");
	assert_int_equal(model_case_count(&c, DIAG_DUPLICATE_KEY), 1);
	diag = model_case_find(&c, DIAG_DUPLICATE_KEY, 0);
	assert_int_equal(diag->span.file, 2);
	assert_int_equal(diag->related[0].span.file, 1);
	assert_true(str_starts(diag->path, str_from(section)));
	assert_contains(diag->message, "in two files");
	model_case_end(&c);
}

static void
a_name_from_two_files_shows_both_places(void **state)
{
	(void)state;
	check_twice("domains", "contoso.com", "contoso.com");
	check_twice("domains", "contoso.com", "CONTOSO.com");
	check_twice("egress", "a", "a");
	check_twice("gateways", "a", "a");
	check_twice("relay_hosts", "a", "'a'");
	check_twice("connectors", "a", "a");
}

static void
one_domain_in_two_spellings(void **state)
{
	ModelCase c = model_case_text(STR(
		MAIN "domains: {contoso.com: , example.org: , CONTOSO.com: , contoso.net: }\n"));

	(void)state;
	assert_int_equal(c.sink->items.len, 1);
	assert_contains(model_case_find(&c, DIAG_DUPLICATE_KEY, 0)->message, "two spellings");
	assert_int_equal(c.model->domains_len, 3);
	model_case_end(&c);
	c = model_case_text(STR(MAIN "domains: {B.example: , B.example: , a.example: }\n"));
	assert_int_equal(c.sink->items.len, 1);
	assert_int_equal(c.model->domains_len, 2);
	model_case_end(&c);
}

static void
objects_stand_in_the_order_of_their_names(void **state)
{
	static const char *const order[] = {"A", "B", "a", "a b", "aa", "b", "\xe6\x9d\xb1"};
	ModelCase c = model_case();
	size_t i;

	(void)state;
	put(&c, "/p/mailflow.yaml", MAIN "imports: [1.yaml, 2.yaml]\negress: {b: , a b: , A: }\n");
	put(&c, "/p/1.yaml", "egress: {\xe6\x9d\xb1: , a: }\nwaivers: [{rule: CP102}]\n");
	put(&c, "/p/2.yaml", "egress: {B: , aa: }\nwaivers: {rule: CP101}\n");
	model_case_load(&c, "/p/mailflow.yaml");
	assert_int_equal(c.model->egress_len, BASE_COUNT(order));
	for (i = 0; i < BASE_COUNT(order); i++)
		assert_str(c.model->egress[i].head.name, order[i]);
	assert_int_equal(c.model->spec->waivers.len, 2);
	assert_str(((ModelWaiver *)c.model->spec->waivers.items)[0].rule.text, "CP102");
	model_case_end(&c);
}

/* With a file missing nobody knows what it would have defined. */
static void
names_of_a_missing_file_are_not_missed(void **state)
{
	static const char *const imports[] = {"none.yaml", "bad.yaml", "list.yaml"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(imports); i++) {
		ModelCase c = model_case();

		io_memory_put(c.io, STR("/p/mailflow.yaml"),
			str_format(c.arena,
				MAIN
				"imports: %s\nrelay_hosts: {a: {address: 10.1.1.1, via: relay, "
				"sends_as: contoso.com}}\n",
				imports[i]));
		put(&c, "/p/bad.yaml", "gateways: {\n");
		put(&c, "/p/list.yaml", "- gateways\n");
		model_case_load(&c, "/p/mailflow.yaml");
		assert_int_equal(c.sink->items.len, 1);
		assert_int_equal(model_case_count(&c, DIAG_UNRESOLVED_NAME), 0);
		assert_true(c.model->host_infos[0].broken);
		model_case_end(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_a_naive_matcher_says),
		cmocka_unit_test(patterns_over_folders),
		cmocka_unit_test(patterns_are_limited),
		cmocka_unit_test(imports_stay_in_the_root),
		cmocka_unit_test(a_neighbour_is_outside),
		cmocka_unit_test(from_standard_input_nothing_is_imported),
		cmocka_unit_test(a_file_is_read_once),
		cmocka_unit_test(loops_are_shown_whole),
		cmocka_unit_test(a_thousand_files),
		cmocka_unit_test(bytes_of_all_files),
		cmocka_unit_test(the_spec_itself),
		cmocka_unit_test(a_name_from_two_files_shows_both_places),
		cmocka_unit_test(one_domain_in_two_spellings),
		cmocka_unit_test(objects_stand_in_the_order_of_their_names),
		cmocka_unit_test(names_of_a_missing_file_are_not_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
