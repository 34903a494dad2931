/* What a connector is told by, and what it says: one case a row. */
#include "test_state_case.h"

/* Hosts and gateways of every sort to accept. */
#define WORLD                                                                                      \
	SPEC_HEAD "domains: {contoso.com: , contoso.net: }\n"                                      \
		  "egress:\n"                                                                      \
		  "  ours: {addresses: 198.51.100.1}\n"                                            \
		  "  ours6: {addresses: '2001:db8::1'}\n"                                          \
		  "  mixed: {addresses: ['2001:db8::2', 198.51.100.8/30]}\n"                       \
		  "  pool: {addresses: 203.0.113.0/25, shared: true}\n"                            \
		  "  moving: {dynamic: true}\n"                                                    \
		  "gateways:\n"                                                                    \
		  "  strict: {egress: ours, tls: required, certificate: relay.contoso.com}\n"      \
		  "  lax: {egress: ours, tls: opportunistic}\n"                                    \
		  "  open: {egress: ours, tls: none}\n"                                            \
		  "  filter: {egress: pool, shared: true}\n"                                       \
		  "relay_hosts:\n"                                                                 \
		  "  shared: {address: 10.1.1.1, via: filter, sends_as: contoso.com}\n"            \
		  "  own: {address: 10.1.1.2, via: strict, sends_as: contoso.com}\n"               \
		  "  plain: {address: 10.1.1.3, egress: ours, tls: none, sends_as: contoso.com}\n" \
		  "  six: {address: 10.1.1.4, egress: ours6, sends_as: contoso.com}\n"             \
		  "  away: {address: 10.1.1.5, egress: moving, sends_as: contoso.com}\n"           \
		  "  both: {address: 10.1.1.6, via: [strict, filter], sends_as: contoso.com}\n"

static StateCase
connector_case(const char *keys)
{
	Arena *arena = arena_create();
	StateCase c = state_case(str_format(arena, WORLD "connectors: {c: {%s}}\n", keys));

	assert_no_findings(&c.spec);
	arena_destroy(arena);
	return c;
}

/* --- identity --------------------------------------------------------------------------------- */

typedef struct IdentityRow {
	const char *keys;
	bool by_address, by_certificate;
	const char *addresses, *certificate; /* as they are written */
} IdentityRow;

#define ON_PREMISES "type: on-premises, "
#define PARTNER     "type: partner, sender_domains: '*', "
#define CERTIFICATE "certificate: relay.contoso.com, "

static void
who_is_told_by_what(void **state)
{
	static const IdentityRow rows[] = {
		{ON_PREMISES "accepts: own", true, false, "198.51.100.1", ""},
		{ON_PREMISES "accepts: [own, shared]", true, false, "198.51.100.1", ""},
		{ON_PREMISES "accepts: shared", true, false, "", ""},
		{ON_PREMISES "accepts: []", true, false, "", ""},
		/* A certificate beside an address of ours is no reason to drop the address. */
		{ON_PREMISES CERTIFICATE "accepts: own", true, false, "198.51.100.1", ""},
		{ON_PREMISES CERTIFICATE "accepts: both", true, false, "198.51.100.1", ""},
		{ON_PREMISES CERTIFICATE "accepts: mixed", true, false, "198.51.100.8/30", ""},
		{ON_PREMISES CERTIFICATE "accepts: shared", false, true, "", "relay.contoso.com"},
		{ON_PREMISES CERTIFICATE "accepts: filter", false, true, "", "relay.contoso.com"},
		{ON_PREMISES CERTIFICATE "accepts: pool", false, true, "", "relay.contoso.com"},
		{ON_PREMISES CERTIFICATE "accepts: six", false, true, "", "relay.contoso.com"},
		{ON_PREMISES CERTIFICATE "accepts: away", false, true, "", "relay.contoso.com"},
		{ON_PREMISES CERTIFICATE "accepts: []", false, true, "", "relay.contoso.com"},
		{ON_PREMISES CERTIFICATE "identify_by: address, accepts: shared", true, false, "",
			""},
		{ON_PREMISES CERTIFICATE "identify_by: address, accepts: own", true, false,
			"198.51.100.1", ""},
		{ON_PREMISES CERTIFICATE "identify_by: certificate, accepts: own", false, true, "",
			"relay.contoso.com"},
		{ON_PREMISES "identify_by: certificate, accepts: own", false, false, "", ""},
		{ON_PREMISES CERTIFICATE "identify_by: either, accepts: own", true, true,
			"198.51.100.1", "relay.contoso.com"},
		{ON_PREMISES "identify_by: either, accepts: own", true, false, "198.51.100.1", ""},
		{PARTNER "accepts: own", true, false, "198.51.100.1", ""},
		{PARTNER "accepts: [shared, own]", true, false, "198.51.100.1 203.0.113.0/25", ""},
		{PARTNER CERTIFICATE "accepts: shared", true, true, "203.0.113.0/25",
			"relay.contoso.com"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		StateCase c = connector_case(rows[i].keys);
		const StateConnector *connector = state_case_connector(&c, "c");
		Str addresses = state_case_list(&c, connector, CONNECTOR_SENDER_ADDRESSES);

		if (connector->by_address != rows[i].by_address ||
			connector->by_certificate != rows[i].by_certificate)
			fail_msg("%s: %d %d", rows[i].keys, connector->by_address,
				connector->by_certificate);
		assert_str(addresses, rows[i].addresses);
		assert_str(
			connector->record.values[CONNECTOR_CERTIFICATE].text, rows[i].certificate);
		assert_false(connector->broken);
		state_case_end(&c);
	}
}

typedef struct TlsRow {
	const char *keys;
	bool require_tls, stated;
} TlsRow;

static void
when_tls_is_required(void **state)
{
	static const TlsRow rows[] = {
		{ON_PREMISES "accepts: own", true, false},
		{ON_PREMISES "accepts: strict", true, false},
		{ON_PREMISES "accepts: []", true, false},
		{ON_PREMISES "accepts: lax", false, false},
		{ON_PREMISES "accepts: open", false, false},
		{ON_PREMISES "accepts: [own, plain]", false, false},
		/* An egress object says nothing of who sends through it. */
		{ON_PREMISES "accepts: ours", false, false},
		{ON_PREMISES "accepts: lax, require_tls: true", true, true},
		{ON_PREMISES "accepts: own, require_tls: false", false, true},
		{ON_PREMISES CERTIFICATE "accepts: shared", true, true},
		{ON_PREMISES CERTIFICATE "identify_by: either, accepts: lax", true, true},
		{ON_PREMISES CERTIFICATE "identify_by: certificate, accepts: open", true, true},
		{PARTNER "accepts: lax", true, false},
		{PARTNER "accepts: lax, require_tls: false", false, true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		StateCase c = connector_case(rows[i].keys);
		const StateConnector *connector = state_case_connector(&c, "c");
		const ConnectorValue *value = &connector->record.values[CONNECTOR_REQUIRE_TLS];

		if (connector->require_tls != rows[i].require_tls ||
			value->stated != rows[i].stated)
			fail_msg("%s: %d %d", rows[i].keys, connector->require_tls, value->stated);
		assert_int_equal(value->on, rows[i].require_tls);
		state_case_end(&c);
	}
}

/* --- what nobody else takes ------------------------------------------------------------------- */

static void
by_default_what_is_left(void **state)
{
	StateCase c = state_case(
		STR(WORLD "  signs-in: {method: submission, auth: oauth, egress: ours}\n"
			  "  direct: {address: 10.1.1.9, egress: ours, sends_as: contoso.com, "
			  "method: direct-send}\n"
			  "connectors:\n"
			  "  a: {type: on-premises, accepts: plain}\n"
			  "  b: {type: on-premises}\n"
			  "  c: {type: partner, sender_domains: '*', accepts: [filter, ours6]}\n"));
	const StateConnector *connector = state_case_connector(&c, "b");
	static const char *const expected[] = {"away → moving", "both → strict → ours",
		"both → filter → pool", "own → strict → ours"};
	Str texts = {0};
	size_t i;

	(void)state;
	assert_no_findings(&c.spec);
	assert_true(connector->by_default);
	assert_int_equal(connector->sources.len, BASE_COUNT(expected));
	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		assert_int_equal(source->accept, STATE_NONE);
		assert_int_equal(
			source->span.start, c.spec.model->hosts[source->host].head.name_span.start);
		texts = state_source_text(c.spec.model->arena, c.spec.model, source);
		assert_true(str_equal(texts, str_from(expected[i])) ||
			    str_starts(texts, STR("both → ")));
	}
	assert_false(state_case_connector(&c, "a")->by_default);
	state_case_end(&c);
}

static void
the_implied_connector(void **state)
{
	StateCase c = state_case(STR(WORLD));
	const StateConnector *connector = state_case_connector(&c, "Relay for Contoso");

	(void)state;
	assert_int_equal(c.state->connectors.len, 1);
	assert_null(connector->spec);
	assert_int_equal(connector->type, MODEL_ON_PREMISES);
	assert_true(connector->by_default && connector->managed && connector->enabled);
	assert_int_equal(connector->sources.len, 7);
	assert_str(state_case_list(&c, connector, CONNECTOR_SENDER_DOMAINS), "smtp:*;1");
	state_case_end(&c);
	c = state_case(STR(WORLD "connectors: {}\n"));
	assert_int_equal(c.state->connectors.len, 0);
	state_case_end(&c);
}

/* --- wide ranges ------------------------------------------------------------------------------ */

static void
ranges_are_split_up_to_a_number(void **state)
{
	StateCase c = state_case(
		STR(SPEC_HEAD "egress: {a: {addresses: [203.0.0.0/14, 198.51.100.77/25]}, b: "
			      "{addresses: 20.0.0.0/13}}\n"
			      "connectors: {c: {type: on-premises, accepts: [a, b]}}\n"));
	const StateConnector *connector = state_case_connector(&c, "c");
	size_t i;

	(void)state;
	assert_int_equal(connector->addresses.len, 1025);
	for (i = 1; i < 1025; i++) {
		const StateAddress *address = &connector->addresses.items[i];

		assert_int_equal(address->range.len, 24);
		assert_true(net_prefix_first(address->range) == 0xcb000000 + (i - 1) * 256);
		assert_int_equal(address->split_from.len, 14);
	}
	assert_int_equal(net_prefix_compare(connector->addresses.items[0].range,
				 connector->addresses.items[0].split_from),
		0);
	assert_int_equal(connector->wide.len, 1);
	assert_int_equal(connector->wide.items[0].pieces, 2048);
	assert_false(net_set_contains(&connector->set, net_prefix_of(NET_IP4, 0x14000000, 32)));
	state_case_end(&c);
}

/* --- properties ------------------------------------------------------------------------------- */

static const char *
flag_text(const ConnectorValue *value)
{
	return value->on       ? value->stated ? "true stated" : "true"
	       : value->stated ? "false stated"
			       : "false";
}

static void
what_new_writes_where_the_spec_says_nothing(void **state)
{
	StateCase c = connector_case(ON_PREMISES "accepts: own");
	const StateConnector *connector = state_case_connector(&c, "c");
	const ConnectorValue *values = connector->record.values;

	(void)state;
	assert_str(connector->record.name, "c");
	assert_str(values[CONNECTOR_TYPE].text, "OnPremises");
	assert_true(values[CONNECTOR_TYPE].stated);
	assert_string_equal(flag_text(&values[CONNECTOR_ENABLED]), "true");
	assert_string_equal(flag_text(&values[CONNECTOR_RESTRICT_ADDRESSES]), "false");
	assert_string_equal(flag_text(&values[CONNECTOR_RESTRICT_CERTIFICATE]), "false");
	assert_string_equal(flag_text(&values[CONNECTOR_HYBRID]), "false");
	assert_string_equal(flag_text(&values[CONNECTOR_INTERNAL]), "false");
	assert_string_equal(flag_text(&values[CONNECTOR_SKIP_LAST]), "false");
	assert_str(state_case_list(&c, connector, CONNECTOR_SENDER_DOMAINS), "smtp:*;1");
	assert_false(values[CONNECTOR_SENDER_DOMAINS].stated);
	assert_true(values[CONNECTOR_SENDER_ADDRESSES].stated);
	assert_false(values[CONNECTOR_COMMENT].stated || values[CONNECTOR_CERTIFICATE].stated ||
		     values[CONNECTOR_ACCEPTED_DOMAINS].stated || values[CONNECTOR_SKIP].stated ||
		     values[CONNECTOR_USERS].stated);
	assert_int_equal(connector->purpose, MODEL_PURPOSE_RELAY);
	state_case_end(&c);
}

static void
what_the_spec_says(void **state)
{
	StateCase c = connector_case(PARTNER
		"accepts: filter, restrict_to: [address, certificate], certificate: "
		"'*.contoso.com', "
		"enabled: false, managed: false, comment: \"a\\nb\", hybrid: true, "
		"treat_as_internal: true, accepted_domains: [contoso.net, CONTOSO.com, "
		"contoso.net], "
		"enhanced_filtering: {skip_last: true, users: [b@contoso.com, a@contoso.com]}");
	const StateConnector *connector = state_case_connector(&c, "c");
	const ConnectorValue *values = connector->record.values;

	(void)state;
	assert_str(values[CONNECTOR_TYPE].text, "Partner");
	assert_string_equal(flag_text(&values[CONNECTOR_ENABLED]), "false stated");
	assert_string_equal(flag_text(&values[CONNECTOR_RESTRICT_ADDRESSES]), "true stated");
	assert_string_equal(flag_text(&values[CONNECTOR_RESTRICT_CERTIFICATE]), "true stated");
	assert_string_equal(flag_text(&values[CONNECTOR_HYBRID]), "true stated");
	assert_string_equal(flag_text(&values[CONNECTOR_INTERNAL]), "true stated");
	assert_string_equal(flag_text(&values[CONNECTOR_SKIP_LAST]), "true stated");
	assert_str(values[CONNECTOR_COMMENT].text, "a\nb");
	assert_str(values[CONNECTOR_CERTIFICATE].text, "*.contoso.com");
	assert_str(state_case_list(&c, connector, CONNECTOR_ACCEPTED_DOMAINS),
		"contoso.com contoso.net");
	assert_str(state_case_list(&c, connector, CONNECTOR_USERS), "a@contoso.com b@contoso.com");
	assert_int_equal(connector->purpose, MODEL_PURPOSE_PARTNER);
	assert_false(connector->managed || connector->enabled);
	assert_true(net_set_is_empty(&c.state->partner_set));
	state_case_end(&c);
}

static void
sender_domains_with_costs(void **state)
{
	StateCase c = connector_case(
		"type: partner, accepts: [], sender_domains: [{domain: B.example, cost: 10}, "
		"'*.A.example', '*', b.example, {domain: B.example, cost: 10}]");

	(void)state;
	assert_str(state_case_list(&c, state_case_connector(&c, "c"), CONNECTOR_SENDER_DOMAINS),
		"smtp:*.a.example;1 smtp:*;1 smtp:b.example;1 smtp:b.example;10");
	state_case_end(&c);
}

typedef struct SkipRow {
	const char *keys, *skip;
} SkipRow;

static void
what_is_skipped(void **state)
{
	static const SkipRow rows[] = {
		{ON_PREMISES "accepts: own, enhanced_filtering: {skip: route}", "198.51.100.1"},
		{ON_PREMISES CERTIFICATE "accepts: shared, enhanced_filtering: {skip: [route]}",
			"203.0.113.0/25"},
		{PARTNER "accepts: [filter, own], enhanced_filtering: {skip: route}",
			"198.51.100.1 203.0.113.0/25"},
		{ON_PREMISES "accepts: [], enhanced_filtering: {skip: [filter, ours, mixed]}",
			"198.51.100.1 198.51.100.8/30 203.0.113.0/25"},
		{ON_PREMISES "accepts: [], enhanced_filtering: {skip: [203.0.113.9/24, 203.0.113.7-"
			     "203.0.113.9, 203.0.113.2, ours, 198.51.100.1]}",
			"198.51.100.1 203.0.113.0/24 203.0.113.2 203.0.113.7-203.0.113.9"},
		{ON_PREMISES "accepts: [], enhanced_filtering: {skip: []}", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		StateCase c = connector_case(rows[i].keys);
		const StateConnector *connector = state_case_connector(&c, "c");

		assert_str(state_case_list(&c, connector, CONNECTOR_SKIP), rows[i].skip);
		assert_true(connector->record.values[CONNECTOR_SKIP].stated);
		state_case_end(&c);
	}
}

/* --- what rules must not judge ---------------------------------------------------------------- */

static void
broken_connectors_say_so(void **state)
{
	static const char *const keys[] = {"accepts: nobody", "accepts: [own, [x]]",
		"accepts: own, type: x", "accepts: own, certificate: [a, b]",
		"accepts: own, identify_by: name", "accepts: bad", "accepts: round"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(keys); i++) {
		Arena *arena = arena_create();
		StateCase c = state_case(str_format(arena,
			WORLD "  bad: {address: 10.1.1.7, egress: nowhere, sends_as: contoso.com}\n"
			      "  round: {address: 010.1.1.7, sends_as: contoso.com}\n"
			      "connectors: {c: {%s%s}}\n",
			i == 2 ? "" : ON_PREMISES, keys[i]));

		if (!state_case_connector(&c, "c")->broken)
			fail_msg("%s", keys[i]);
		state_case_end(&c);
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_told_by_what),
		cmocka_unit_test(when_tls_is_required),
		cmocka_unit_test(by_default_what_is_left),
		cmocka_unit_test(the_implied_connector),
		cmocka_unit_test(ranges_are_split_up_to_a_number),
		cmocka_unit_test(what_new_writes_where_the_spec_says_nothing),
		cmocka_unit_test(what_the_spec_says),
		cmocka_unit_test(sender_domains_with_costs),
		cmocka_unit_test(what_is_skipped),
		cmocka_unit_test(broken_connectors_say_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
