/* Input that is hard on rules that compare all with all: each of these would take minutes then. */
#include "test_rules_case.h"

/* Whatever is below it is accepted, too. */
#define WIDE_DOMAIN                                                                                \
	"domains: { contoso.com: { accepted: with-subdomains, spf: { manage: off }, "              \
	"dmarc: { policy: reject }, dkim: { s1: s1.contoso.onmicrosoft.com } } }\n"

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
		SPEC_HEAD WIDE_DOMAIN "egress: { e: { addresses: 25.0.0.1 } }\nconnectors:\n");
	for (i = 0; i < count; i++)
		buf_printf(&text,
			"  c%d: { type: on-premises, accepts: e, require_tls: true, "
			"accepted_domains: d%d.contoso.com }\n",
			i, i);
	return case_of(&text);
}

static void
connectors_at_one_address(void **state)
{
	Arena *arena = arena_create();
	Case c = disjoint_connectors(arena, 1000);

	(void)state;
	assert_int_equal(case_count(&c, DIAG_ADDRESS_ONLY_RELAY), 1000);
	assert_int_equal(c.verdict.len, 1000);
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
	buf_lit(&text, SPEC_HEAD WIDE_DOMAIN "egress:\n  e:\n    addresses:\n");
	for (i = 0; i < 4000; i++)
		buf_printf(&text, "      - 25.0.%d.%d\n", i >> 7, 2 * (i & 127));
	buf_lit(&text, "connectors:\n");
	for (j = 0; j < 2; j++) {
		buf_printf(&text,
			"  c%d:\n    type: on-premises\n    require_tls: true\n    accepts: e\n"
			"    accepted_domains:\n",
			j);
		for (i = 0; i < 4000; i++)
			buf_printf(&text, "      - d%d.%d.contoso.com\n", i, j);
	}
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_WIDE_RELAY), 2);
	assert_int_equal(case_count(&c, DIAG_ADDRESS_ONLY_RELAY), 2);
	assert_int_equal(c.verdict.len, 4);
	case_end(&c);
	arena_destroy(arena);
}

/* Partner connectors that restrict nothing are no rivals, however many share an address. */
static void
partners_without_restriction(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text,
		SPEC_HEAD SPEC_DOMAIN "egress: { e: { addresses: 25.0.0.1 } }\nconnectors:\n");
	for (i = 0; i < MANY; i++)
		buf_printf(&text,
			"  c%d: { type: partner, accepts: e, sender_domains: d%d.example%s }\n", i,
			i, i % 5000 == 0 ? ", restrict_to: address" : "");
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_OVERLAPPING_CONNECTORS), 0);
	assert_int_equal(c.verdict.counts[DIAG_SEVERITY_ERROR], 0);
	case_end(&c);
	arena_destroy(arena);
}

/* A gateway with many ends, on many connectors that are told apart by their domains. */
static Case
connectors_of_a_gateway(Arena *arena, int connectors, int ends)
{
	Buf text = buf_make(arena);
	int i;

	buf_lit(&text, SPEC_HEAD WIDE_DOMAIN "egress:\n");
	for (i = 0; i < ends; i++)
		buf_printf(&text, "  e%d: { addresses: 25.0.%d.%d }\n", i, i >> 7, 2 * (i & 127));
	buf_lit(&text, "gateways: { g: { egress: [");
	for (i = 0; i < ends; i++)
		buf_printf(&text, "e%d, ", i);
	buf_lit(&text, "] } }\nconnectors:\n");
	for (i = 0; i < connectors; i++)
		buf_printf(&text,
			"  c%d: { type: on-premises, accepts: g, accepted_domains: d%d.contoso.com "
			"}\n",
			i, i);
	return case_of(&text);
}

static void
many_connectors_of_many_ends(void **state)
{
	Arena *arena = arena_create();
	Case c = connectors_of_a_gateway(arena, 200, 2000);

	(void)state;
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 0);
	assert_int_equal(case_count(&c, DIAG_OVERLAPPING_CONNECTORS), 0);
	case_end(&c);
	/* 500,000 sources are the most; the connector that is one too many is named. */
	c = connectors_of_a_gateway(arena, 2000, 2000);
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 1);
	assert_int_equal(c.verdict.counts[DIAG_SEVERITY_ERROR], 1);
	assert_true(str_starts(case_find(&c, DIAG_INPUT_LIMIT, 0)->path, STR("connectors/c")));
	case_end(&c);
	arena_destroy(arena);
}

static void
wide_ranges_of_many_egress_objects(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN "egress:\n");
	for (i = 0; i < 600; i++)
		buf_printf(&text, "  e%d: { addresses: %d.%d.0.0/14 }\n", i, 20 + (i >> 6),
			4 * (i & 63));
	buf_lit(&text, "connectors:\n  c: { type: partner, sender_domains: '*', accepts: [");
	for (i = 0; i < 600; i++)
		buf_printf(&text, "e%d, ", i);
	buf_lit(&text, "] }\n");
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 1);
	case_end(&c);
	arena_destroy(arena);
}

/* One host with `ways` egress objects that sends as `domains` domains. */
static Case
domains_times_ways(Arena *arena, int domains, int ways)
{
	Buf text = buf_make(arena);
	int i;

	buf_lit(&text, SPEC_HEAD "domains:\n");
	for (i = 0; i < domains; i++)
		buf_printf(&text, "  d%d.example: { spf: { split: never } }\n", i);
	buf_lit(&text, "egress:\n");
	for (i = 0; i < ways; i++)
		buf_printf(&text, "  e%d: { addresses: 25.0.%d.%d }\n", i, i >> 7, 2 * (i & 127));
	buf_lit(&text, "relay_hosts: { h: { method: internet, egress: [");
	for (i = 0; i < ways; i++)
		buf_printf(&text, "e%d, ", i);
	buf_lit(&text, "], sends_as: [");
	for (i = 0; i < domains; i++)
		buf_printf(&text, "d%d.example, ", i);
	buf_lit(&text, "] } }\n");
	return case_of(&text);
}

static void
many_domains_of_many_ways(void **state)
{
	Arena *arena = arena_create();
	Case c = domains_times_ways(arena, 600, 600);

	(void)state;
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 0);
	case_end(&c);
	c = domains_times_ways(arena, 12000, 12000);
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 1);
	case_end(&c);
	arena_destroy(arena);
}

/* Hosts and domains alone are no product: all hosts may send as all domains. */
static void
many_hosts_of_many_domains(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD "domains:\n");
	for (i = 0; i < 400; i++)
		buf_printf(&text, "  d%d.example: { spf: { split: never } }\n", i);
	buf_lit(&text, "x-all: &all [");
	for (i = 0; i < 400; i++)
		buf_printf(&text, "d%d.example, ", i);
	buf_lit(&text, "]\negress:\n");
	for (i = 0; i < 1000; i++)
		buf_printf(&text, "  e%d: { addresses: 25.0.%d.%d }\n", i, i >> 7, 2 * (i & 127));
	buf_lit(&text, "relay_hosts:\n");
	for (i = 0; i < 2000; i++)
		buf_printf(&text,
			"  h%d: { address: 10.1.1.1, egress: e%d, sends_as: *all, "
			"method: internet }\n",
			i, i / 2);
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 0);
	/* No record holds a thousand addresses that do not adjoin. */
	assert_int_equal(case_count(&c, DIAG_SPF_ANSWER_TOO_BIG), 400);
	assert_int_equal(c.input.state->prices.len, 400);
	assert_int_equal(net_set_count4(&c.input.state->prices.items[399].own), 1000);
	case_end(&c);
	arena_destroy(arena);
}

/* Past a number that nobody reads findings are told as one. */
static void
a_million_findings(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN "egress: { e: { addresses: [");
	for (i = 0; i < 1000000; i++)
		buf_lit(&text, "x,");
	buf_lit(&text, "] } }\n");
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_BAD_ADDRESS), DIAG_MAX);
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 1);
	assert_int_equal(c.verdict.len, DIAG_MAX + 1);
	assert_true(arena_used(c.sink->arena) < (size_t)128 << 20);
	case_end(&c);
	arena_destroy(arena);
}

static void
more_domains_than_anybody_has(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD "domains:\n");
	for (i = 0; i <= 100000; i++)
		buf_printf(&text, "  d%d.example:\n", i);
	buf_lit(&text, "egress: { e: { addresses: 25.0.0.1 } }\n"
		       "relay_hosts: { h: { address: 10.1.1.1, egress: e, sends_as: "
		       "d100000.example } }\n");
	/* What is known in part is not judged. */
	c = case_load(buf_text(&text));
	c.verdict = diag_verdict(c.sink);
	assert_false(c.input.model->usable);
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 1);
	assert_int_equal(c.verdict.len, 1);
	case_end(&c);
	arena_destroy(arena);
}

static void
addresses_times_gateways(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN "egress: { e: { addresses: 25.0.0.1 } }\n"
					     "gateways:\n");
	for (i = 0; i < 4000; i++)
		buf_printf(&text, "  g%d: { clients: 10.0.0.0/8, egress: e }\n", i);
	buf_lit(&text, "relay_hosts: { h: { sends_as: contoso.com, addresses: [");
	for (i = 0; i < 4000; i++)
		buf_printf(&text, "10.1.%d.%d, ", i >> 7, 2 * (i & 127));
	buf_lit(&text, "], via: [");
	for (i = 0; i < 4000; i++)
		buf_printf(&text, "g%d, ", i);
	buf_lit(&text, "] } }\n");
	c = case_of(&text);
	assert_int_equal(case_count(&c, DIAG_INPUT_LIMIT), 1);
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
		cmocka_unit_test(partners_without_restriction),
		cmocka_unit_test(many_connectors_of_many_ends),
		cmocka_unit_test(wide_ranges_of_many_egress_objects),
		cmocka_unit_test(many_domains_of_many_ways),
		cmocka_unit_test(many_hosts_of_many_domains),
		cmocka_unit_test(a_million_findings),
		cmocka_unit_test(more_domains_than_anybody_has),
		cmocka_unit_test(addresses_times_gateways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
