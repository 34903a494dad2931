/* Input that is hard on rules that compare all with all: each of these would take minutes then. */
#include "test_rules_case.h"

#define MANY 20000

static Case
case_of(Buf *text)
{
	return case_check(buf_text(text));
}

static void
one_address_in_many_egress_objects(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN "egress:\n");
	for (i = 0; i < MANY; i++)
		buf_printf(&text, "  e%d: { addresses: 25.0.0.1 }\n", i);
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_OVERLAPPING_EGRESS), MANY - 1);
	assert_int_equal(case_count(&c, DIAG_UNUSED_OBJECT), MANY);
	case_end(&c);
	arena_destroy(arena);
}

static void
many_hosts_behind_one_private_egress(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN
		"egress: { e: { addresses: 10.9.1.5 }, f: { addresses: 25.0.0.1, shared: true } }\n"
		"relay_hosts:\n");
	for (i = 0; i < MANY; i++)
		buf_printf(&text,
			"  h%d: { address: 10.1.1.1, egress: [e, f], sends_as: contoso.com }\n", i);
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_RESERVED_REFUSED), 1);
	assert_int_equal(case_count(&c, DIAG_SHARED_SOURCE), 1);
	assert_int_equal(case_count(&c, DIAG_RELAY_NOT_ACCEPTED), 0);
	assert_int_equal(c.verdict.len, 2);
	case_end(&c);
	arena_destroy(arena);
}

/* Connectors that share an address and are told apart by their domains, one each. */
static Case
disjoint_connectors(Arena *arena, int count)
{
	Buf text = buf_make(arena);
	int i;

	buf_lit(&text,
		SPEC_HEAD SPEC_DOMAIN "egress: { e: { addresses: 25.0.0.1 } }\nconnectors:\n");
	for (i = 0; i < count; i++)
		buf_printf(&text,
			"  c%d: { type: on-premises, accepts: e, require_tls: true, "
			"accepted_domains: d%d.example }\n",
			i, i);
	return case_of(&text);
}

static void
connectors_at_one_address(void **state)
{
	Arena *arena = arena_create();
	Case c = disjoint_connectors(arena, 1000);

	(void)state;
	assert_int_equal(c.verdict.len, 0);
	case_end(&c);
	/* Nobody has so many; whoever does is told that they were not compared. */
	c = disjoint_connectors(arena, 6000);
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 1);
	assert_int_equal(case_count(&c, DIAG_OVERLAPPING_CONNECTORS), 0);
	case_end(&c);
	arena_destroy(arena);
}

static void
rival_connectors_at_one_address(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text,
		SPEC_HEAD SPEC_DOMAIN "egress: { e: { addresses: 25.0.0.1 } }\nconnectors:\n");
	for (i = 0; i < MANY; i++)
		buf_printf(&text, "  c%d: { type: on-premises, accepts: e }\n", i);
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_OVERLAPPING_CONNECTORS), MANY - 1);
	case_end(&c);
	arena_destroy(arena);
}

/* Two connectors with all addresses in common and long lists of other domains each. */
static void
long_lists_of_domains(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i, j;

	(void)state;
	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN "egress:\n  e:\n    addresses:\n");
	for (i = 0; i < 4000; i++)
		buf_printf(&text, "      - 25.0.%d.%d\n", i >> 7, 2 * (i & 127));
	buf_lit(&text, "connectors:\n");
	for (j = 0; j < 2; j++) {
		buf_printf(&text,
			"  c%d:\n    type: on-premises\n    require_tls: true\n    accepts: e\n"
			"    accepted_domains:\n",
			j);
		for (i = 0; i < 4000; i++)
			buf_printf(&text, "      - d%d.%d.example\n", i, j);
	}
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_WIDE_RELAY), 2);
	assert_int_equal(c.verdict.len, 2);
	case_end(&c);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_in_many_egress_objects),
		cmocka_unit_test(many_hosts_behind_one_private_egress),
		cmocka_unit_test(connectors_at_one_address),
		cmocka_unit_test(rival_connectors_at_one_address),
		cmocka_unit_test(long_lists_of_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
