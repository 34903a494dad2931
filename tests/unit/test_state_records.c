/* The SPF records that a spec needs: the table of who checks what, one case a row. */
#include "test_state_case.h"

#define WORLD                                                                                      \
	"egress:\n"                                                                                \
	"  ours: {addresses: [198.51.100.16/30, '2001:db8::1']}\n"                                 \
	"  pool: {addresses: 203.0.113.0/25, shared: true}\n"                                      \
	"  moving: {addresses: 198.51.100.99, dynamic: true}\n"                                    \
	"  always: {addresses: 198.51.100.50, authorize: always, shared: true}\n"                  \
	"  never: {addresses: 198.51.100.60, authorize: never}\n"                                  \
	"gateways:\n"                                                                              \
	"  relay: {egress: ours}\n"                                                                \
	"  filter: {egress: pool, shared: true, spf: ['a:dispatch.vendor.example']}\n"             \
	"  mute: {egress: pool, shared: true}\n"                                                   \
	"  fixed: {egress: always, spf: ['a:fixed.vendor.example']}\n"                             \
	"  closed: {egress: never, spf: ['a:closed.vendor.example']}\n"                            \
	"  both: {egress: [ours, pool]}\n"

#define OWN    "ip4:198.51.100.16/30 ip6:2001:db8::1"
#define CLOUD  "include:spf.protection.outlook.com"
#define VENDOR "a:dispatch.vendor.example"

typedef struct NeedRow {
	const char *host;   /* its keys */
	const char *record; /* between `v=spf1` and `~all`; NULL: nobody sends as the domain */
} NeedRow;

/* The record of a domain that is not accepted: so it holds only what the host needs. */
static void
check_need(const char *more, const NeedRow *row)
{
	Arena *arena = arena_create();
	StateCase c = state_case(str_format(arena,
		SPEC_HEAD "domains: {contoso.com: {accepted: false}}\n" WORLD
			  "relay_hosts: {h: {%s}}\n%s",
		row->host, more));
	Str expected = {0};

	assert_no_findings(&c.spec);
	assert_int_equal(c.state->records.len, row->record != NULL ? 1 : 0);
	if (row->record != NULL)
		expected = str_format(
			arena, "v=spf1%s%s ~all", row->record[0] != 0 ? " " : "", row->record);
	if (row->record != NULL && !str_equal(c.state->records.items[0].value, expected))
		fail_msg("%s: " STR_FMT, row->host, STR_ARG(c.state->records.items[0].value));
	state_case_end(&c);
	arena_destroy(arena);
}

#define HOST "address: 10.1.1.1, sends_as: contoso.com, "

static void
who_checks_what(void **state)
{
	static const NeedRow rows[] = {
		/* A connector, on the way in; and to outside recipients Exchange's own addresses.
		 */
		{HOST "via: relay, recipients: internal", OWN},
		{HOST "via: relay, recipients: external", OWN " " CLOUD},
		{HOST "via: relay", OWN " " CLOUD},
		{HOST "via: filter, recipients: internal", VENDOR},
		{HOST "via: filter, recipients: any", VENDOR " " CLOUD},
		{HOST "via: mute, recipients: internal", ""},
		{HOST "via: both, recipients: internal", OWN},
		{"address: 198.51.100.7, sends_as: contoso.com, recipients: internal",
			"ip4:198.51.100.7"},
		/* Direct send: the address that Exchange sees. */
		{HOST "method: direct-send, via: relay", OWN},
		{HOST "method: direct-send, via: filter", VENDOR},
		{HOST "method: direct-send, egress: moving", ""},
		/* Submission: Exchange's outbound addresses, never the client's. */
		{HOST "method: submission, auth: oauth, via: relay", CLOUD},
		{"method: submission, auth: oauth, mailbox: hr@CONTOSO.com", CLOUD},
		{"method: submission, auth: oauth, mailbox: hr@other.example", NULL},
		{"method: submission, auth: oauth", NULL},
		/* High volume email stays inside. */
		{HOST "method: hve, auth: oauth, via: relay", ""},
		/* Past Exchange: the egress of the last hop. */
		{HOST "method: internet, via: relay", OWN},
		{HOST "method: internet, via: filter", VENDOR},
		{HOST "method: internet, egress: moving", ""},
		/* `authorize` on an egress object overrides. */
		{HOST "method: internet, egress: always", "ip4:198.51.100.50"},
		{HOST "method: internet, via: fixed", "ip4:198.51.100.50 a:fixed.vendor.example"},
		{HOST "method: hve, auth: oauth, egress: always", "ip4:198.51.100.50"},
		{HOST "method: internet, egress: never", ""},
		{HOST "method: internet, via: closed", ""},
	};
	static const NeedRow outbound[] = {
		{HOST "via: relay", OWN " " VENDOR},
		{HOST "via: relay, recipients: internal", OWN},
		{HOST "method: submission, auth: oauth", VENDOR},
		{HOST "method: hve, auth: oauth", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++)
		check_need("", &rows[i]);
	for (i = 0; i < BASE_COUNT(outbound); i++) {
		Arena *arena = arena_create();
		StateCase c = state_case(str_format(arena,
			"version: 1\ntenant: {name: Contoso, outbound: filter}\n"
			"domains: {contoso.com: {accepted: false}}\n" WORLD
			"relay_hosts: {h: {%s}}\n",
			outbound[i].host));
		Str expected = str_format(arena, "v=spf1%s%s ~all",
			outbound[i].record[0] != 0 ? " " : "", outbound[i].record);

		assert_str(c.state->records.items[0].value, str_c(arena, expected));
		state_case_end(&c);
		arena_destroy(arena);
	}
}

/* Exchange does not judge mail that a connector says is the organisation's own. */
static void
trusted_on_the_way_in(void **state)
{
	static const NeedRow rows[] = {
		{HOST "via: relay, recipients: internal", ""},
		{HOST "via: relay", CLOUD},
		{HOST "method: direct-send, via: relay", OWN},
		{HOST "egress: always, recipients: internal", "ip4:198.51.100.50"},
	};
	static const NeedRow partner = {HOST "via: relay, recipients: internal", OWN};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		check_need("connectors: {c: {type: on-premises, purpose: hybrid, "
			   "accepts: [relay, h]}}\n",
			&rows[i]);
		check_need("connectors: {c: {type: on-premises, treat_as_internal: true, "
			   "accepts: [relay, h]}}\n",
			&rows[i]);
	}
	check_need("connectors: {c: {type: partner, purpose: hybrid, sender_domains: '*', "
		   "accepts: relay}}\n",
		&partner);
	check_need("connectors: {c: {type: on-premises, purpose: hybrid, enabled: false, "
		   "accepts: relay}}\n",
		&partner);
}

/* --- what a domain itself says ---------------------------------------------------------------- */

typedef struct DomainRow {
	const char *tenant, *keys;
	const char *record; /* NULL: none */
	bool assumed;
} DomainRow;

static void
what_the_domain_says(void **state)
{
	static const DomainRow rows[] = {
		{"", "", "v=spf1 " CLOUD " ~all", true},
		/* Not ours, and nobody sends as it: unless it says what it wants, it has none. */
		{"", "accepted: false", NULL, false},
		{"", "accepted: false, sends: never", "v=spf1 -all", false},
		{"", "accepted: false, spf: {all: fail}", "v=spf1 -all", false},
		{"", "accepted: with-subdomains", "v=spf1 " CLOUD " ~all", true},
		{"", "sends: never", "v=spf1 -all", false},
		{"", "sends: never, spf: {includes: [x.example], also: [ours]}", "v=spf1 -all",
			false},
		{"", "spf: {all: fail}", "v=spf1 " CLOUD " -all", false},
		{"", "spf: {all: softfail}", "v=spf1 " CLOUD " ~all", false},
		{"", "spf: {all: neutral}", "v=spf1 " CLOUD " ?all", false},
		{"", "spf: {exchange_online: false}", "v=spf1 ~all", true},
		{"", "accepted: false, spf: {exchange_online: true}", "v=spf1 " CLOUD " ~all",
			true},
		{"", "spf: {manage: off}", NULL, false},
		{"", "spf: {manage: check}", NULL, false},
		{"", "spf: {also: [ours, 192.0.2.0/29, pool]}",
			"v=spf1 ip4:192.0.2.0/29 ip4:198.51.100.16/30 ip4:203.0.113.0/25 "
			"ip6:2001:db8::1 " CLOUD " ~all",
			true},
		{"",
			"spf: {includes: [B.example, _a.example], terms: ['exists:%{i}.x.example', "
			"'mx', '?ip4:192.0.2.1', 'A:Y.Example/24']}",
			"v=spf1 mx a:y.example/24 " CLOUD
			" include:b.example include:_a.example ?ip4:192.0.2.1 "
			"exists:%{i}.x.example ~all",
			true},
		{"cloud: gcc", "", "v=spf1 " CLOUD " ~all", true},
		{"cloud: gcc-high", "", "v=spf1 include:spf.protection.office365.us ~all", true},
		{"cloud: dod", "", "v=spf1 include:spf.protection.office365.us ~all", true},
		{"cloud: china", "", "v=spf1 include:spf.protection.partner.outlook.cn ~all", true},
		{"outbound: exchange", "", "v=spf1 " CLOUD " ~all", true},
		{"outbound: filter", "", "v=spf1 " VENDOR " ~all", true},
		{"outbound: relay", "", "v=spf1 " OWN " ~all", true},
		{"outbound: mute", "", "v=spf1 ~all", true},
		{"outbound: filter", "accepted: false", NULL, false},
		{"outbound: relay", "spf: {exchange_online: true}", "v=spf1 " OWN " " CLOUD " ~all",
			true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		Arena *arena = arena_create();
		StateCase c = state_case(str_format(arena,
			"version: 1\ntenant: {name: Contoso, %s}\ndomains: {contoso.com: "
			"{%s}}\n" WORLD,
			rows[i].tenant, rows[i].keys));

		assert_no_findings(&c.spec);
		assert_int_equal(c.state->records.len, rows[i].record == NULL ? 0 : 1);
		assert_int_equal(c.state->prices.len, c.state->records.len);
		if (rows[i].record != NULL) {
			const StateRecord *record = c.state->records.items;

			assert_str(record->value, rows[i].record);
			assert_int_equal(record->all_assumed, rows[i].assumed);
			assert_int_equal(record->ttl, 3600);
			assert_str(record->name, "contoso.com");
			assert_str(record->type, "TXT");
		}
		state_case_end(&c);
		arena_destroy(arena);
	}
}

/* Each domain has what its own senders need, in the order of names. */
static void
records_of_several_domains(void **state)
{
	StateCase c = state_case(STR(SPEC_HEAD
		"domains:\n"
		"  b.example: {accepted: false, spf: {ttl: 600}}\n"
		"  a.example: {accepted: false}\n"
		"  c.example: {accepted: false}\n" WORLD "relay_hosts:\n"
		"  x: {address: 10.1.1.1, method: internet, egress: ours, sends_as: [a.example, "
		"B.example]}\n"
		"  y: {address: 192.0.2.1/31, method: internet, sends_as: [b.example, d.example]}\n"
		"  z: {address: 192.0.2.2/31, method: internet, sends_as: b.example}\n"));

	(void)state;
	assert_no_findings(&c.spec);
	assert_int_equal(c.state->records.len, 2);
	assert_str(c.state->records.items[0].value, "v=spf1 " OWN " ~all");
	assert_str(c.state->records.items[1].value,
		"v=spf1 ip4:192.0.2.0/30 ip4:198.51.100.16/30 ip6:2001:db8::1 ~all");
	assert_int_equal(c.state->records.items[1].ttl, 600);
	assert_int_equal(net_set_count4(&c.state->prices.items[1].own), 8);
	assert_true(net_set_count6(&c.state->prices.items[1].own) == 1);
	assert_int_equal(c.state->prices.items[1].lookup_terms, 0);
	state_case_end(&c);
}

/* SPF is asked of the very name: what is sent as a name below an accepted domain has its own. */
static void
records_of_subdomains(void **state)
{
	StateCase c = state_case(STR(SPEC_HEAD
		"domains:\n"
		"  contoso.com: {accepted: with-subdomains, spf: {all: fail, ttl: 600, includes: "
		"[x.example], also: [always]}}\n"
		"  contoso.net: {}\n"
		"  off.example: {accepted: with-subdomains, spf: {manage: off}}\n"
		"  listed.contoso.com: {accepted: false}\n" WORLD "relay_hosts:\n"
		"  h: {address: 10.1.1.1, method: internet, egress: ours, sends_as: "
		"[a.b.contoso.com, a.contoso.net, a.off.example]}\n"
		"  i: {address: 192.0.2.1, method: internet, sends_as: A.B.Contoso.com}\n"
		"  j: {address: 10.1.1.1, via: filter, sends_as: app.contoso.com}\n"
		"  k: {method: submission, auth: oauth, mailbox: x@mail.contoso.com}\n"));
	static const char *const expected[][2] = {
		{"a.b.contoso.com", "v=spf1 ip4:192.0.2.1 " OWN " -all"},
		{"app.contoso.com", "v=spf1 " VENDOR " " CLOUD " -all"},
		{"contoso.com", "v=spf1 ip4:198.51.100.50 " CLOUD " include:x.example -all"},
		{"contoso.net", "v=spf1 " CLOUD " ~all"},
		{"mail.contoso.com", "v=spf1 " CLOUD " -all"},
	};
	size_t i;

	(void)state;
	assert_no_findings(&c.spec);
	assert_int_equal(c.state->records.len, BASE_COUNT(expected));
	for (i = 0; i < BASE_COUNT(expected); i++) {
		assert_str(c.state->records.items[i].name, expected[i][0]);
		assert_str(c.state->records.items[i].domain, expected[i][0]);
		assert_str(c.state->records.items[i].value, expected[i][1]);
	}
	assert_int_equal(c.state->records.items[0].ttl, 600);
	assert_int_equal(c.state->records.items[3].ttl, 3600);
	state_case_end(&c);
}

static void
look_ups_are_counted(void **state)
{
	StateCase c = state_case(
		STR(SPEC_HEAD "domains: {contoso.com: {spf: {includes: [a.example, b.example], "
			      "terms: [mx, 'exists:x.example', 'ip4:192.0.2.1']}}}\n"));

	(void)state;
	assert_int_equal(c.state->prices.items[0].lookup_terms, 5);
	state_case_end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_checks_what),
		cmocka_unit_test(trusted_on_the_way_in),
		cmocka_unit_test(what_the_domain_says),
		cmocka_unit_test(records_of_several_domains),
		cmocka_unit_test(records_of_subdomains),
		cmocka_unit_test(look_ups_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
