/* Names, references, keys that need or exclude each other, accepted domains: one case a row. */
#include "test_model_case.h"

/* What every spec here begins with: one object of each kind to refer to. */
#define WORLD                                                                                      \
	SPEC_HEAD "domains: {contoso.com: }\n"                                                     \
		  "egress: {nat-tokyo: {addresses: 198.51.100.1}}\n"                               \
		  "gateways: {relay-hq: {egress: nat-tokyo}}\n"

typedef struct Row {
	const char *text; /* further lines, below WORLD; its sections stand once */
	DiagCode code;
	const char *path, *message, *help;
} Row;

/* One finding with a place, a path, and these words. */
static void
check_row(const char *head, const Row *row)
{
	Arena *arena = arena_create();
	ModelCase c = model_case_text(str_format(arena, "%s%s\n", head, row->text));
	const Diag *diag = c.sink->items.items;

	if (c.sink->items.len != 1)
		fail_msg("%zu findings for %s", c.sink->items.len, row->text);
	assert_string_equal(diag_code_text(diag->code), diag_code_text(row->code));
	assert_str(diag->path, row->path);
	assert_contains(diag->message, row->message);
	if (row->help != NULL)
		assert_contains(diag->help, row->help);
	assert_true(span_is_set(diag->span));
	model_case_end(&c);
	arena_destroy(arena);
}

static void
check_rows(const char *head, const Row *rows, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		check_row(head, &rows[i]);
}

#define HOST(keys)      "relay_hosts: {h: {address: 10.1.1.1, sends_as: contoso.com, " keys "}}"
#define CONNECTOR(keys) "connectors: {c: {type: on-premises, " keys "}}"

static void
references_that_name_nothing(void **state)
{
	static const Row rows[] = {
		{HOST("via: relay-hk"), DIAG_UNRESOLVED_NAME, "relay_hosts/h/via",
			"`relay-hk` names nothing; `via` wants a gateway", "`relay-hq`"},
		{HOST("via: [relay-hq, x/y]"), DIAG_UNRESOLVED_NAME, "relay_hosts/h/via/x~1y",
			"`x/y` names nothing", "define it"},
		{HOST("egress: nat-tokio"), DIAG_UNRESOLVED_NAME, "relay_hosts/h/egress",
			"wants an egress object", "`nat-tokyo`"},
		{HOST("via: nat-tokyo"), DIAG_UNRESOLVED_NAME, "relay_hosts/h/via",
			"`nat-tokyo` is an egress object", "use `egress`"},
		{HOST("egress: relay-hq"), DIAG_UNRESOLVED_NAME, "relay_hosts/h/egress",
			"`relay-hq` is a gateway", "use `via`"},
		{HOST("via: h"), DIAG_UNRESOLVED_NAME, "relay_hosts/h/via", "`h` is a relay host",
			NULL},
		{CONNECTOR("accepts: relay-h"), DIAG_UNRESOLVED_NAME, "connectors/c/accepts",
			"wants a relay host, a gateway or an egress object", "`relay-hq`"},
		{CONNECTOR("accepts: [relay-hq, contoso.com]"), DIAG_UNRESOLVED_NAME,
			"connectors/c/accepts/contoso.com", "names nothing", NULL},
		{CONNECTOR("accepts: [], enhanced_filtering: {skip: [relay-h]}"),
			DIAG_UNRESOLVED_NAME, "connectors/c/enhanced_filtering/skip/relay-h",
			"names nothing", "`relay-hq`"},
		{CONNECTOR("accepts: [], enhanced_filtering: {skip: rute}"), DIAG_UNRESOLVED_NAME,
			"connectors/c/enhanced_filtering/skip", "names nothing", "`route`"},
		{CONNECTOR("accepts: [], enhanced_filtering: {skip: 198.51.100.9-198.51.100.1}"),
			DIAG_BAD_ADDRESS, "connectors/c/enhanced_filtering/skip",
			"is not an address", NULL},
		{"expect: {ip: 198.51.100.1, connector: x}", DIAG_UNRESOLVED_NAME,
			"expect/0/connector", "wants a connector or `none`", NULL},
		{HOST("egress: nat-tokyo") "\nexpect: [{ip: 198.51.100.1, connector: none},"
					   " {ip: 198.51.100.1, connector: Relay for Contoze}]",
			DIAG_UNRESOLVED_NAME, "expect/1/connector", "names nothing", NULL},
		{CONNECTOR("accepts: []") "\nexpect: {ip: 198.51.100.1, connector: C}",
			DIAG_UNRESOLVED_NAME, "expect/0/connector", "names nothing", "`c`"},
	};
	static const Row domains[] = {
		{"domains: {a.example: {inbound: on-premise}}", DIAG_UNRESOLVED_NAME,
			"domains/a.example/inbound", "names nothing", "`on-premises`"},
		{"domains: {a.example: {inbound: e}}", DIAG_UNRESOLVED_NAME,
			"domains/a.example/inbound", "`e` is an egress object", NULL},
		{"domains: {a.example: {spf: {also: [e, g]}}}", DIAG_UNRESOLVED_NAME,
			"domains/a.example/spf/also/g", "`g` is a gateway", NULL},
		{"domains: {a.example: {spf: {also: 010.1.1.1}}}", DIAG_BAD_ADDRESS,
			"domains/a.example/spf/also", "not an address", NULL},
		{"domains: {a.example: {spf: {also: [f]}}}", DIAG_UNRESOLVED_NAME,
			"domains/a.example/spf/also/f", "names nothing", NULL},
	};
	static const Row tenant = {"tenant: {name: Contoso, outbound: on-premises}",
		DIAG_UNRESOLVED_NAME, "tenant/outbound", "wants `exchange` or a gateway", NULL};

	(void)state;
	check_rows(WORLD, rows, BASE_COUNT(rows));
	check_rows(SPEC_HEAD "egress: {e: {addresses: 198.51.100.1}}\ngateways: {g: {egress: e}}\n",
		domains, BASE_COUNT(domains));
	check_row("version: 1\n", &tenant);
}

static void
references_that_name_something(void **state)
{
	ModelCase c = model_case_text(
		STR("version: 1\n"
		    "tenant: {name: Contoso, outbound: relay-hq}\n"
		    "domains: {contoso.com: {inbound: relay-hq, spf: {also: [nat-tokyo, "
		    "2001:db8::/32]}}, b.example: {inbound: on-premises}}\n"
		    "egress: {nat-tokyo: {addresses: 198.51.100.1}}\n"
		    "gateways: {relay-hq: {egress: nat-tokyo}}\n" HOST(
			    "via: relay-hq") "\n"
					     "connectors: {c: {type: partner, "
					     "sender_domains: '*', accepts: "
					     "[h, relay-hq, nat-tokyo], "
					     "enhanced_filtering: {skip: [route, "
					     "nat-tokyo, relay-hq, 203.0.113.1, "
					     "203.0.113.0/24, "
					     "203.0.113.1-203.0.113.7]}}}\n"
					     "expect: {ip: 198.51.100.1, connector: "
					     "c}\n"));

	(void)state;
	assert_no_findings(&c);
	model_case_end(&c);
	c = model_case_text(STR(WORLD HOST("egress: nat-tokyo") "\nexpect: {ip: 198.51.100.1, "
								"connector: Relay for Contoso}\n"));
	assert_no_findings(&c);
	model_case_end(&c);
}

static void
keys_that_are_missing_or_too_many(void **state)
{
	static const Row rows[] = {
		{"relay_hosts: {h: {address: 10.1.1.1}}", DIAG_MISSING_KEY, "relay_hosts/h",
			"has no `sends_as`", "add `sends_as:`"},
		{HOST("via: relay-hq, egress: nat-tokyo"), DIAG_BAD_VALUE, "relay_hosts/h/egress",
			"`via` and `egress` exclude each other", NULL},
		{HOST("addresses: [10.1.1.2], egress: nat-tokyo"), DIAG_BAD_VALUE,
			"relay_hosts/h/addresses", "`address` and `addresses` exclude", NULL},
		{"relay_hosts: {h: {method: submission}}", DIAG_MISSING_KEY, "relay_hosts/h",
			"has no `auth`", NULL},
		{"relay_hosts: {h: {method: hve}}", DIAG_MISSING_KEY, "relay_hosts/h",
			"has no `auth`", NULL},
		{"relay_hosts: {h: {address: 10.1.1.1, method: direct-send}}", DIAG_MISSING_KEY,
			"relay_hosts/h", "has no `sends_as`", NULL},
		{"relay_hosts: {h: {sends_as: contoso.com, method: internet}}", DIAG_MISSING_KEY,
			"relay_hosts/h", "has no `address`", NULL},
		{HOST("via: []"), DIAG_BAD_VALUE, "relay_hosts/h/via", "`via` is an empty list",
			NULL},
		{"relay_hosts: {h: {address: 10.1.1.1, sends_as: []}}", DIAG_BAD_VALUE,
			"relay_hosts/h/sends_as", "empty list", NULL},
		{"connectors: {c: {type: partner, sender_domains: '*'}}", DIAG_MISSING_KEY,
			"connectors/c", "has no `accepts`", NULL},
		{"connectors: {c: {type: partner, accepts: []}}", DIAG_MISSING_KEY, "connectors/c",
			"has no `sender_domains`", NULL},
		{"connectors: {c: {type: partner, accepts: [], sender_domains: []}}",
			DIAG_BAD_VALUE, "connectors/c/sender_domains", "empty list", NULL},
		{"connectors: {b: {type: on-premises}, c: {type: on-premises}}", DIAG_MISSING_KEY,
			"connectors/c", "there is one already", NULL},
		{"connectors: {c: {accepts: []}}", DIAG_MISSING_KEY, "connectors/c",
			"has no `type`", NULL},
	};
	static const Row others[] = {
		{"egress: {e: {}}", DIAG_MISSING_KEY, "egress/e", "has no `addresses`", NULL},
		{"egress: {e: {dynamic: false}}", DIAG_MISSING_KEY, "egress/e", "`addresses`",
			NULL},
		{"egress: {e: {dynamic: yes}}", DIAG_WRONG_TYPE, "egress/e/dynamic", "true", NULL},
		{"gateways: {g: {}}", DIAG_MISSING_KEY, "gateways/g", "has no `egress`", NULL},
		{"gateways: {g: {egress: []}}", DIAG_BAD_VALUE, "gateways/g/egress", "empty", NULL},
		{"gateways: {g: [a]}", DIAG_WRONG_TYPE, "gateways/g", "a map is wanted", NULL},
		{"domains: {contoso..com: {}}", DIAG_BAD_VALUE, "domains/contoso..com",
			"not a domain name", NULL},
		{"egress: {e: {dynamic: true}}\ngateways: {g: {via: g2, egress: e}, g2: {egress: "
		 "e}}",
			DIAG_BAD_VALUE, "gateways/g/egress", "exclude each other", NULL},
	};

	(void)state;
	check_rows(WORLD, rows, BASE_COUNT(rows));
	check_rows(SPEC_HEAD, others, BASE_COUNT(others));
}

static void
names_that_may_not_be(void **state)
{
	static const Row rows[] = {
		{"egress: {route: {addresses: 198.51.100.1}}", DIAG_AMBIGUOUS_NAME, "egress/route",
			"the gateways on the way", "another name"},
		{"egress: {none: {addresses: 198.51.100.1}}", DIAG_AMBIGUOUS_NAME, "egress/none",
			"none of them", NULL},
		{"gateways: {exchange: {egress: e}}\negress: {e: {addresses: 198.51.100.1}}",
			DIAG_AMBIGUOUS_NAME, "gateways/exchange", "Exchange Online", NULL},
		{"relay_hosts: {on-premises: {method: hve, auth: oauth}}", DIAG_AMBIGUOUS_NAME,
			"relay_hosts/on-premises", "a server of your own", NULL},
		{"egress: {198.51.100.1: {addresses: 198.51.100.1}}", DIAG_AMBIGUOUS_NAME,
			"egress/198.51.100.1", "reads as an address", NULL},
		{"egress: {198.51.100.0/24: {addresses: 198.51.100.1}}", DIAG_AMBIGUOUS_NAME,
			"egress/198.51.100.0~124", "reads as an address", NULL},
		{"egress: {'fe80::1': {addresses: 198.51.100.1}}", DIAG_AMBIGUOUS_NAME,
			"egress/fe80::1", "reads as an address", NULL},
		{"egress: {198.51.100.1-198.51.100.9: {addresses: 198.51.100.1}}",
			DIAG_AMBIGUOUS_NAME, "egress/198.51.100.1-198.51.100.9",
			"reads as an address", NULL},
		{"egress: {a: {addresses: 198.51.100.1}}\ngateways: {a: {egress: a}}",
			DIAG_AMBIGUOUS_NAME, "gateways/a", "share their names", NULL},
		{"egress: {a: {addresses: 198.51.100.1}}\n"
		 "relay_hosts: {a: {method: hve, auth: oauth}}",
			DIAG_AMBIGUOUS_NAME, "relay_hosts/a", "share their names", NULL},
		{"egress: {\"a\\tb\": {addresses: 198.51.100.1}}", DIAG_CONTROL_CHARACTER,
			"egress/a\tb", "U+0009", NULL},
		{"egress: {'': {addresses: 198.51.100.1}}", DIAG_BAD_VALUE, "egress/", "empty",
			NULL},
	};
	static const char *const good[] = {"Route", "10", "1.2.3", "a.b", "10.1.1.1x", "nat tokyo",
		"exchange-hq", "\xe6\x9d\xb1\xe4\xba\xac", "~", "null", "-", "a/b", "198.51.100.1 ",
		"a-b"};
	size_t i;

	(void)state;
	check_rows(SPEC_HEAD, rows, BASE_COUNT(rows));
	for (i = 0; i < BASE_COUNT(good); i++) {
		Arena *arena = arena_create();
		ModelCase c = model_case_text(str_format(arena,
			SPEC_HEAD "egress: {'%s': {addresses: 198.51.100.1}}\n"
				  "connectors: {none: {type: on-premises}}\n",
			good[i]));

		assert_no_findings(&c);
		assert_int_equal(
			model_find_sender(c.model, str_from(good[i])).kind, MODEL_KIND_EGRESS);
		model_case_end(&c);
		arena_destroy(arena);
	}
}

static void
two_of_a_name_show_each_other(void **state)
{
	ModelCase c = model_case_text(STR(SPEC_HEAD "egress: {a: {addresses: 198.51.100.1}}\n"
						    "gateways: {a: {egress: a}}\n"));
	const Diag *diag = model_case_find(&c, DIAG_AMBIGUOUS_NAME, 0);

	(void)state;
	assert_int_equal(diag->related_len, 1);
	assert_true(diag->related[0].span.start < diag->span.start);
	model_case_end(&c);
}

/* Of many wrong names the first ones are helped with; a spec of nothing else stays quick. */
static void
many_wrong_names_are_quick(void **state)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	double start = seconds_used();
	ModelCase c;
	unsigned i;

	(void)state;
	buf_lit(&buf, SPEC_HEAD "egress:\n");
	for (i = 0; i < 10000; i++)
		buf_printf(
			&buf, "  an-egress-object-with-number-%u: {addresses: 198.51.100.1}\n", i);
	buf_lit(&buf, "relay_hosts:\n");
	for (i = 0; i < 10000; i++)
		buf_printf(&buf,
			"  h%u: {address: 10.1.1.1, sends_as: contoso.com, egress: "
			"an-egress-object-"
			"with-numbers-%u}\n",
			i, i);
	c = model_case_text(buf_text(&buf));
	assert_int_equal(model_case_count(&c, DIAG_UNRESOLVED_NAME), 10000);
	assert_contains(model_case_find(&c, DIAG_UNRESOLVED_NAME, 0)->help, "did you mean");
	assert_true(seconds_used() - start < 10);
	model_case_end(&c);
	arena_destroy(arena);
}

/* --- defaults --------------------------------------------------------------------------------- */

static void
hosts_by_method(void **state)
{
	static const char *const methods[] = {
		"connector", "submission", "direct-send", "hve", "internet"};
	static const ModelRecipients silent[] = {MODEL_RECIPIENTS_ANY, MODEL_RECIPIENTS_ANY,
		MODEL_RECIPIENTS_INTERNAL, MODEL_RECIPIENTS_INTERNAL, MODEL_RECIPIENTS_ANY};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(methods); i++) {
		Arena *arena = arena_create();
		ModelCase c = model_case_text(str_format(arena,
			SPEC_HEAD
			"relay_hosts:\n"
			"  a: {address: 10.1.1.1, sends_as: contoso.com, auth: oauth, method: %s}\n"
			"  b: {address: 10.1.1.1, sends_as: contoso.com, auth: oauth, method: %s,"
			" recipients: external, tls: none}\n",
			methods[i], methods[i]));

		assert_no_findings(&c);
		assert_int_equal(c.model->host_infos[0].method, i);
		assert_int_equal(c.model->host_infos[0].recipients, silent[i]);
		assert_int_equal(c.model->host_infos[0].tls, MODEL_TLS_REQUIRED);
		assert_int_equal(c.model->host_infos[1].recipients, MODEL_RECIPIENTS_EXTERNAL);
		assert_int_equal(c.model->host_infos[1].tls, MODEL_TLS_NONE);
		model_case_end(&c);
		arena_destroy(arena);
	}
}

static void
accepted_domains(void **state)
{
	static const char *const yes[] = {"contoso.com", "sub.example.org", "a.b.example.org",
		"example.org", "xn--fsq.example"};
	static const char *const no[] = {"www.contoso.com", "contoso.net", "org", "com", "",
		"notexample.org", "never.example.org", "x.contoso.net"};
	ModelCase c = model_case_text(STR(SPEC_HEAD "domains:\n"
						    "  CONTOSO.com:\n"
						    "  contoso.net: {accepted: false}\n"
						    "  example.org: {accepted: with-subdomains}\n"
						    "  never.example.org: {accepted: false}\n"
						    "  xn--fsq.example: {accepted: true}\n"));
	size_t i;

	(void)state;
	assert_no_findings(&c);
	for (i = 0; i < BASE_COUNT(yes); i++)
		assert_true(model_domain_is_accepted(c.model, str_from(yes[i])));
	for (i = 0; i < BASE_COUNT(no); i++)
		assert_false(model_domain_is_accepted(c.model, str_from(no[i])));
	assert_non_null(model_find_domain(c.model, STR("contoso.com")));
	model_case_end(&c);
}

static void
the_connector_that_nobody_wrote(void **state)
{
	static const char *const hosts =
		"relay_hosts: {h: {address: 10.1.1.1, sends_as: contoso.com}}";
	static const char *const none[] = {"connectors: {}",
		"connectors:", "connectors: {c: {type: on-premises}}",
		"relay_hosts:", "relay_hosts: {h: {method: hve, auth: oauth}}"};
	Arena *arena = arena_create();
	ModelCase c = model_case_text(str_format(arena, SPEC_HEAD "%s\n", hosts));
	size_t i;

	(void)state;
	assert_str(model_implied_connector(c.model), "Relay for Contoso");
	model_case_end(&c);
	for (i = 0; i < BASE_COUNT(none); i++) {
		c = model_case_text(
			str_format(arena, SPEC_HEAD "%s\n%s\n", i < 3 ? hosts : "", none[i]));
		assert_no_findings(&c);
		assert_null(model_implied_connector(c.model).ptr);
		model_case_end(&c);
	}
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_that_name_nothing),
		cmocka_unit_test(references_that_name_something),
		cmocka_unit_test(keys_that_are_missing_or_too_many),
		cmocka_unit_test(names_that_may_not_be),
		cmocka_unit_test(two_of_a_name_show_each_other),
		cmocka_unit_test(many_wrong_names_are_quick),
		cmocka_unit_test(hosts_by_method),
		cmocka_unit_test(accepted_domains),
		cmocka_unit_test(the_connector_that_nobody_wrote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
