/* Single findings in full: text, place, path, notes, help; and how many there are of one cause. */
#include "test_rules_case.h"

#include <stdio.h>

static void
the_private_address_of_the_article(void **state)
{
	Case c = case_check(STR(SPEC_HEAD SPEC_DOMAIN
		"relay_hosts: { erp01: { address: 10.1.1.30, sends_as: contoso.com } }\n"));
	const Diag *diag = case_find(&c, DIAG_RESERVED_REFUSED, 0);

	(void)state;
	assert_int_equal(c.verdict.len, 1);
	assert_str(diag->message,
		"`10.1.1.30` of relay host `erp01` is private (RFC 1918): Exchange Online sees "
		"another address, that of a hop that the spec lacks (erp01 \xe2\x86\x92 ? "
		"\xe2\x86\x92 Exchange Online), and refuses this one on connector `Relay for "
		"Contoso`: \"The IP range "
		"'10.1.1.30' contains reserved IP addresses.\"");
	assert_str(diag->path, "relay_hosts/erp01/address");
	assert_contains(diag->help, "set `egress: NAME` on `erp01`");
	assert_contains(diag->help, "Get-MessageTraceV2");
	case_end(&c);
}

/* A value stands in the path where it is an element of a list, and only there. */
static void
paths_of_elements(void **state)
{
	Case c = case_check(STR(SPEC_HEAD "domains: { contoso.com: { spf: { also: [10.9.1.7], "
					  "terms: [\"ip4:10.0.0.0/8\"] } } }\n"
					  "egress:\n"
					  "  a/b: { addresses: [198.51.100.0/24, 10.9.1.5/32] }\n"
					  "  one: { addresses: 10.9.1.6 }\n"
					  "relay_hosts: { erp01: { address: 10.1.1.1/8, egress: "
					  "[a/b, one], sends_as: contoso.com } }\n"
					  "expect: [ { ip: 198.51.100.1/24 } ]\n"));

	(void)state;
	assert_true(case_has(
		&c, DIAG_DOCUMENTATION_ADDRESS, STR("egress/a~1b/addresses/198.51.100.0~124")));
	assert_true(case_has(&c, DIAG_RESERVED_REFUSED, STR("egress/a~1b/addresses/10.9.1.5")));
	assert_true(case_has(&c, DIAG_RESERVED_REFUSED, STR("egress/one/addresses")));
	assert_true(
		case_has(&c, DIAG_RESERVED_REFUSED, STR("domains/contoso.com/spf/also/10.9.1.7")));
	assert_true(case_has(
		&c, DIAG_RESERVED_REFUSED, STR("domains/contoso.com/spf/terms/ip4:10.0.0.0~18")));
	assert_true(case_has(&c, DIAG_HOST_BITS_SET, STR("relay_hosts/erp01/address")));
	assert_true(case_has(&c, DIAG_HOST_BITS_SET, STR("expect/0/ip")));
	case_end(&c);
}

static void
paths_of_what_a_connector_accepts(void **state)
{
	Case c = case_check(STR(SPEC_HEAD SPEC_DOMAIN
		"egress: { pool: { addresses: 203.0.113.0/28, shared: true } }\n"
		"relay_hosts: { erp01: { address: 10.1.1.1, egress: pool, sends_as: contoso.com } "
		"}\n"
		"connectors:\n"
		"  A/B: { type: on-premises, accepts: [erp01] }\n"
		"  One: { type: on-premises, accepts: pool }\n"));

	(void)state;
	assert_int_equal(case_count(&c, DIAG_SHARED_SOURCE), 2);
	assert_true(case_has(&c, DIAG_SHARED_SOURCE, STR("connectors/A~1B/accepts/erp01")));
	assert_true(case_has(&c, DIAG_SHARED_SOURCE, STR("connectors/One/accepts")));
	case_end(&c);
	c = case_check(STR(SPEC_HEAD SPEC_DOMAIN
		"egress: { pool: { addresses: 203.0.113.0/28, shared: true } }\n"
		"relay_hosts: { erp01: { address: 10.1.1.1, egress: pool, sends_as: contoso.com } "
		"}\n"));
	assert_true(case_has(&c, DIAG_SHARED_SOURCE, STR("relay_hosts/erp01")));
	case_end(&c);
}

static void
others_are_counted_at_the_address(void **state)
{
	Case c = case_check(STR(SPEC_HEAD SPEC_DOMAIN
		"egress: { office: { addresses: 10.9.1.5 } }\n"
		"relay_hosts:\n"
		"  h1: { address: 10.1.1.1, egress: office, sends_as: contoso.com }\n"
		"  h2: { address: 10.1.1.2, egress: office, sends_as: contoso.com }\n"
		"  h3: { address: 10.1.1.3, egress: office, sends_as: contoso.com }\n"
		"connectors:\n"
		"  Relay: { type: on-premises, accepts: [h1, h2, h3] }\n"
		"  Other: { type: partner, accepts: [office, h1], sender_domains: contoso.com, "
		"restrict_to: address }\n"));
	const Diag *diag = case_find(&c, DIAG_RESERVED_REFUSED, 0);

	(void)state;
	assert_int_equal(c.verdict.len, 1);
	assert_int_equal(diag->notes_len, 2);
	assert_str(diag->notes[0], "more routes that end here: 2");
	assert_str(diag->notes[1], "more connectors that hold it: 1");
	case_end(&c);
}

static void
four_ways_out_of_a_shared_address(void **state)
{
	Case c = case_check(STR(SPEC_HEAD SPEC_DOMAIN
		"egress: { pool: { addresses: 203.0.113.0/28 } }\n"
		"gateways: { filter: { egress: pool, shared: true } }\n"
		"relay_hosts:\n"
		"  h1: { address: 10.1.1.1, via: filter, sends_as: contoso.com }\n"
		"  h2: { address: 10.1.1.2, via: filter, sends_as: contoso.com }\n"));
	const Diag *diag = case_find(&c, DIAG_SHARED_SOURCE, 0);

	(void)state;
	assert_int_equal(case_count(&c, DIAG_SHARED_SOURCE), 1);
	assert_str(diag->notes[0], "route: h1 \xe2\x86\x92 filter \xe2\x86\x92 pool and 1 more");
	assert_contains(diag->notes[1], "a partner connector is no way out");
	assert_contains(diag->help, "1. leave past gateway `filter`");
	assert_contains(diag->help, "2. let it deliver to the Internet itself");
	assert_contains(diag->help, "3. identify the connector by a client certificate");
	assert_contains(diag->help, "4. say `shared: false`");
	assert_int_equal(diag->related_len, 1);
	case_end(&c);
}

static void
near_misses_of_a_refused_relay(void **state)
{
	Case c = case_check(STR(SPEC_HEAD SPEC_DOMAIN
		"egress: { office: { addresses: [198.51.100.10, 198.51.100.12] }, dc2: { "
		"addresses: 198.51.100.11 } }\n"
		"relay_hosts:\n"
		"  erp01: { address: 10.1.1.1, egress: [office, dc2], sends_as: contoso.com }\n"
		"  crm01: { address: 10.1.1.2, egress: [office, dc2], sends_as: contoso.com, "
		"certificate: relay.contoso.com }\n"
		"connectors:\n"
		"  Old: { type: on-premises, accepts: erp01, enabled: false }\n"
		"  New: { type: on-premises, accepts: crm01, identify_by: certificate, "
		"certificate: relay.contoso.com }\n"));
	const Diag *diag = case_find(&c, DIAG_RELAY_NOT_ACCEPTED, 0);

	(void)state;
	assert_int_equal(case_count(&c, DIAG_RELAY_NOT_ACCEPTED), 1);
	assert_str(diag->notes[0], "route: erp01 \xe2\x86\x92 dc2 and 1 more");
	assert_str(diag->notes[1],
		"connector `New` takes it by certificate `relay.contoso.com` alone; the last hop "
		"presents none");
	assert_str(diag->notes[2], "connector `Old` accepts it, but is disabled");
	assert_contains(diag->help, "enable that connector");
	case_end(&c);
}

/* Three tell where more would only repeat it. */
static void
a_long_list_is_told_in_short(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	const Diag *last;
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN "egress: { office: { addresses: [198.51.100.1");
	for (i = 0; i < 1200; i++)
		buf_lit(&text, ", 198.51.100.1");
	buf_lit(&text, "] } }\nrelay_hosts: { erp01: { address: 10.1.1.1, egress: office, "
		       "sends_as: contoso.com } }\n");
	c = case_check(buf_text(&text));
	assert_int_equal(case_count(&c, DIAG_DUPLICATE_ADDRESS), 10);
	last = case_find(&c, DIAG_DUPLICATE_ADDRESS, 9);
	assert_int_equal(last->notes_len, 1);
	assert_str(last->notes[0], "1,190 more in this list");
	assert_int_equal(case_find(&c, DIAG_DUPLICATE_ADDRESS, 8)->notes_len, 0);
	case_end(&c);
	arena_destroy(arena);
}

/* What could not be read is reported once; no rule guesses about it. */
static void
silent_about_what_failed(void **state)
{
	static const char *const tails[] = {
		"egress: { office: { addresses: 198.51.100.300 } }\n"
		"relay_hosts: { erp01: { address: 10.1.1.1, egress: office, sends_as: contoso.com "
		"} }\n",
		"relay_hosts: { erp01: { sends_as: contoso.com } }\n",
		"egress: { office: { addresses: 198.51.100.3, ptr: a.contoso.com }, dc2: { "
		"addresses: 198.51.100.4 } "
		"}\n"
		"relay_hosts: { erp01: { address: 10.1.1.1, egress: ofice, sends_as: contoso.com } "
		"}\n",
		"egress: { office: { addresses: 198.51.100.3, ptr: a.contoso.com } }\n"
		"relay_hosts: { erp01: { address: 10.1.1.1, egress: office, sends_as: contoso.com "
		"} }\n"
		"connectors: { Relay: { accepts: erp01 } }\n",
		"egress: { office: { addresses: 198.51.100.3, ptr: a.contoso.com } }\n"
		"relay_hosts: { erp01: { address: 10.1.1.1, egress: office, sends_as: contoso.com "
		"} }\n"
		"connectors: { Relay: { type: on-premises, accepts: erp01, identify_by: x } }\n",
		"egress: { office: { addresses: 198.51.100.3, ptr: a.contoso.com } }\n"
		"relay_hosts: { erp01: { address: 10.1.1.1, egress: office, sends_as: contoso.com "
		"} }\n"
		"connectors: { Relay: { type: on-premises, accepts: erp02 } }\n",
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < BASE_COUNT(tails); i++) {
		Arena *arena = arena_create();
		Case c = case_check(str_format(arena, "%s%s%s", SPEC_HEAD, SPEC_DOMAIN, tails[i]));

		for (j = 0; j < c.verdict.len; j++) {
			DiagCode code = c.verdict.items[j].code;

			if (code != DIAG_DOCUMENTATION_ADDRESS && code > DIAG_AMBIGUOUS_NAME &&
				code != DIAG_BAD_ADDRESS)
				fail_msg("%zu: " STR_FMT " [%s]", i,
					STR_ARG(c.verdict.items[j].message), diag_code_text(code));
		}
		assert_true(c.verdict.failed);
		case_end(&c);
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_private_address_of_the_article),
		cmocka_unit_test(paths_of_elements),
		cmocka_unit_test(paths_of_what_a_connector_accepts),
		cmocka_unit_test(others_are_counted_at_the_address),
		cmocka_unit_test(four_ways_out_of_a_shared_address),
		cmocka_unit_test(near_misses_of_a_refused_relay),
		cmocka_unit_test(a_long_list_is_told_in_short),
		cmocka_unit_test(silent_about_what_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
