/* The text of an SPF record: order, what stands twice, strings; terms that may not stand in it. */
#include "test_base_random.h"

#include "spf/spf.h"

static NetPrefix
prefix(const char *text)
{
	NetPrefix parsed;

	assert_int_equal(net_prefix_parse(str_from(text), &parsed), NET_ADDRESS_OK);
	return parsed;
}

/* Terms with blanks between; addresses likewise. */
static Str
compose(Arena *arena, const char *addresses, const char *cloud, const char *terms, SpfAll all)
{
	SpfRecipe recipe = {.all = all, .cloud_include = str_from(cloud)};
	Str rest;
	size_t at;

	for (rest = str_from(addresses); rest.len > 0;) {
		at = str_find_char(rest, ' ', 0);
		net_set_add(arena, &recipe.addresses, prefix(str_c(arena, str_slice(rest, 0, at))));
		rest = str_slice(rest, at < rest.len ? at + 1 : at, rest.len);
	}
	net_set_normalise(&recipe.addresses);
	for (rest = str_from(terms); rest.len > 0;) {
		at = str_find_char(rest, ' ', 0);
		VEC_PUSH(arena, &recipe.terms, str_slice(rest, 0, at));
		rest = str_slice(rest, at < rest.len ? at + 1 : at, rest.len);
	}
	return spf_compose(arena, &recipe);
}

typedef struct Row {
	const char *addresses, *cloud, *terms;
	const char *record;
} Row;

static void
the_order_of_terms(void **state)
{
	static const Row rows[] = {
		{"", NULL, "", "v=spf1 -all"},
		{"203.0.113.9 192.0.2.1", NULL, "", "v=spf1 ip4:192.0.2.1 ip4:203.0.113.9 -all"},
		{"2001:db8::/32 192.0.2.1", NULL, "",
			"v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 -all"},
		/* The exact cover, not what was written. */
		{"192.0.2.0/25 192.0.2.128/25 192.0.2.7", NULL, "", "v=spf1 ip4:192.0.2.0/24 -all"},
		{"192.0.2.1 192.0.2.2 192.0.2.3", NULL, "",
			"v=spf1 ip4:192.0.2.1 ip4:192.0.2.2/31 -all"},
		{"192.0.2.1", "spf.example", "include:b.example a include:a.example mx:x.example",
			"v=spf1 ip4:192.0.2.1 a mx:x.example include:spf.example include:b.example "
			"include:a.example -all"},
		/* What depends on the message comes last, in its own order. */
		{"", "spf.example",
			"ptr exists:%{ir}.x.example include:a.example a:%{d}.example "
			"include:%{d2}.example exists:%{l}.y.example ptr:z.example",
			"v=spf1 a:%{d}.example include:spf.example include:a.example "
			"include:%{d2}.example ptr exists:%{ir}.x.example exists:%{l}.y.example "
			"ptr:z.example -all"},
		{"", NULL, "exists:%{v}.example include:a.example exists:%{o}.example",
			"v=spf1 include:a.example exists:%{v}.example exists:%{o}.example -all"},
		/* `%%`, `%_` and `%-` are no macros. */
		{"", NULL, "exists:%%{i.example include:a.example exists:%_.example",
			"v=spf1 exists:%%{i.example include:a.example exists:%_.example -all"},
		/* Twice is once, in whatever case; but a macro's case means something. */
		{"192.0.2.1", "spf.example",
			"include:SPF.example ip4:192.0.2.1 INCLUDE:a.example "
			"include:A.example",
			"v=spf1 ip4:192.0.2.1 include:spf.example include:a.example -all"},
		{"", NULL, "exists:%{S}.A.example exists:%{s}.a.example exists:%{S}.a.EXAMPLE",
			"v=spf1 exists:%{S}.a.example exists:%{s}.a.example -all"},
		/* Another qualifier is another term. */
		{"", NULL, "?include:a.example include:a.example ~a -mx +a",
			"v=spf1 ~a -mx +a ?include:a.example include:a.example -all"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		Arena *arena = arena_create();

		assert_str(compose(arena, rows[i].addresses, rows[i].cloud, rows[i].terms,
				   SPF_ALL_FAIL),
			rows[i].record);
		arena_destroy(arena);
	}
}

static void
the_end_of_a_record(void **state)
{
	Arena *arena = arena_create();
	SpfRecipe parked = {.never = true, .cloud_include = STR("spf.example")};

	(void)state;
	assert_str(compose(arena, "", NULL, "a", SPF_ALL_SOFTFAIL), "v=spf1 a ~all");
	assert_str(compose(arena, "", NULL, "a", SPF_ALL_NEUTRAL), "v=spf1 a ?all");
	net_set_add(arena, &parked.addresses, prefix("192.0.2.1"));
	VEC_PUSH(arena, &parked.terms, STR("a"));
	assert_str(spf_compose(arena, &parked), "v=spf1 -all");
	arena_destroy(arena);
}

/* The addresses of the record are those of the recipe, each in one term. */
static void
addresses_are_covered_exactly(void **state)
{
	Random random = {83};
	size_t round;

	(void)state;
	for (round = 0; round < 300; round++) {
		Arena *arena = arena_create();
		SpfRecipe recipe = {.all = SPF_ALL_FAIL};
		NetSet found = {0};
		size_t len = random_below(&random, 40), start, i;
		Str record;

		for (i = 0; i < len; i++) {
			bool six = random_below(&random, 4) == 0;
			NetBits bits = six ? (NetBits)0x20010db8 << 96 | random_below(&random, 64)
					   : 0xc0000200 + random_below(&random, 256);

			net_set_add(arena, &recipe.addresses,
				net_prefix_of(six ? NET_IP6 : NET_IP4, bits,
					(six ? 120u : 24u) + (unsigned)random_below(&random, 9)));
		}
		net_set_normalise(&recipe.addresses);
		record = spf_compose(arena, &recipe);
		for (start = 7; start + 4 < record.len;) {
			size_t end = str_find_char(record, ' ', start);
			NetPrefix parsed = prefix(str_c(arena, str_slice(record, start + 4, end)));

			assert_int_equal(
				record.ptr[start + 2], parsed.family == NET_IP4 ? '4' : '6');
			assert_false(net_set_contains(&found, parsed));
			net_set_add(arena, &found, parsed);
			net_set_normalise(&found);
			start = end + 1;
		}
		assert_true(net_set_equal(&found, &recipe.addresses));
		arena_destroy(arena);
	}
}

/* --- strings ---------------------------------------------------------------------------------- */

/* At most 255 octets each, together the value; cut behind a blank wherever one is in reach. */
static void
check_strings(Arena *arena, Str value)
{
	StrVec strings = {0};
	size_t at = 0, i;

	spf_strings(arena, value, &strings);
	assert_true(strings.len >= 1);
	for (i = 0; i < strings.len; i++) {
		Str part = strings.items[i];
		Str rest = str_slice(value, at, value.len);

		assert_in_range(part.len, value.len == 0 ? 0 : 1, SPF_STRING_MAX);
		assert_true(str_starts(rest, part));
		at += part.len;
		if (i + 1 == strings.len)
			break;
		/* No later cut would do: the next word does not fit. */
		assert_true(rest.len > SPF_STRING_MAX);
		if (str_find_char(str_slice(rest, 0, SPF_STRING_MAX), ' ', 0) < SPF_STRING_MAX) {
			assert_int_equal(part.ptr[part.len - 1], ' ');
			assert_int_equal(
				str_find_char(str_slice(rest, part.len, SPF_STRING_MAX), ' ', 0),
				SPF_STRING_MAX - part.len);
		} else {
			assert_int_equal(part.len, SPF_STRING_MAX);
		}
	}
	assert_int_equal(at, value.len);
}

static void
strings_are_the_value(void **state)
{
	Random random = {89};
	Arena *arena = arena_create();
	size_t round, len;

	(void)state;
	for (len = 250; len < 520; len++) {
		Buf buf = buf_make(arena);

		buf_repeat(&buf, 'a', len);
		check_strings(arena, buf_text(&buf));
	}
	for (round = 0; round < 500; round++) {
		Buf buf = buf_make(arena);
		size_t words = random_below(&random, 60);

		while (words-- > 0) {
			buf_repeat(&buf, 'b',
				random_below(&random, 12) == 0 ? 200 + random_below(&random, 120)
							       : random_below(&random, 30));
			buf_char(&buf, ' ');
		}
		check_strings(arena, buf_text(&buf));
	}
	check_strings(arena, STR(""));
	arena_destroy(arena);
}

/* --- terms ------------------------------------------------------------------------------------ */

static void
look_ups(void **state)
{
	(void)state;
	assert_int_equal(spf_lookup_terms(STR("v=spf1 -all")), 0);
	assert_int_equal(spf_lookup_terms(STR("v=spf1 a mx ptr include:x exists:y ip4:192.0.2.1 "
					      "ip6:2001:db8::1 exp=z redirect=w -all")),
		6);
	assert_int_equal(spf_lookup_terms(STR("v=spf1 A/24 ?MX:x ~include:y amx:z a:x//64")), 4);
	assert_int_equal(spf_lookup_terms(STR("")), 0);
}

static void
terms_that_may_not_stand(void **state)
{
	static const char *const good[] = {"a", "mx/24", "include:x.example", "?all.example", "ptr",
		"exists:%{i}.x.example", "ip4:192.0.2.1", "exp=x.example", "-ip6:2001:db8::/32",
		"all.example", "vendor:x", "\"quoted\""};
	static const char *const bad[] = {"", "a b", "a ", " a", "all", "+all", "-ALL", "?all",
		"v=spf1", "V=x", "a\t", "a\nb", "\xc3\xa9", "a\x7f", "redirect=x.example",
		"~all:x"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(good); i++) {
		if (spf_term_problem(str_from(good[i])) != NULL)
			fail_msg("%s: %s", good[i], spf_term_problem(str_from(good[i])));
	}
	for (i = 0; i < BASE_COUNT(bad); i++) {
		if (spf_term_problem(str_from(bad[i])) == NULL)
			fail_msg("`%s` passed", bad[i]);
	}
	assert_non_null(spf_term_problem((Str){"a\0b", 3}));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_terms),
		cmocka_unit_test(the_end_of_a_record),
		cmocka_unit_test(addresses_are_covered_exactly),
		cmocka_unit_test(strings_are_the_value),
		cmocka_unit_test(look_ups),
		cmocka_unit_test(terms_that_may_not_stand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
