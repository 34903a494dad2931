/*
 * Addresses of connectors against brute force: random worlds in a network of 16,384 addresses, each
 * of which is asked about.
 */
#include "test_state_case.h"

#define BASE_ADDRESS 0xcb000000u /* 203.0.0.0/18 */
#define UNIVERSE     16384u
#define EGRESS       6u
#define GATEWAYS     3u
#define HOSTS        4u
#define CONNECTORS   4u

typedef struct Bits {
	bool at[UNIVERSE];
} Bits;

static void
mark(Bits *bits, NetPrefix prefix)
{
	NetBits first = net_prefix_first(prefix), last = net_prefix_last(prefix);

	if (prefix.family != NET_IP4)
		return;
	assert_true(first >= BASE_ADDRESS && last < BASE_ADDRESS + UNIVERSE);
	for (; first <= last; first++)
		bits->at[first - BASE_ADDRESS] = true;
}

/* --- random worlds ---------------------------------------------------------------------------- */

static void
write_prefix(Random *random, Buf *buf)
{
	static const unsigned lens[] = {32, 32, 32, 31, 30, 28, 25, 24, 24, 23, 22, 20, 18};
	unsigned len = lens[random_below(random, BASE_COUNT(lens))];
	/* A few places, so that they meet; some have bits set past their length. */
	uint32_t address = BASE_ADDRESS + (uint32_t)random_below(random, 64) * 256 +
			   (uint32_t)random_below(random, 4);

	if (random_below(random, 6) == 0)
		buf_printf(buf, "2001:db8::%zx/%zu", random_below(random, 4),
			120 + random_below(random, 9));
	else
		net_prefix_write(buf, net_prefix_of(NET_IP4, address, len));
}

static void
write_some(Random *random, Buf *buf, char letter, size_t of, size_t most)
{
	size_t len = 1 + random_below(random, most);

	buf_char(buf, '[');
	while (len-- > 0)
		buf_printf(buf, "%c%zu, ", letter, random_below(random, of));
	buf_char(buf, ']');
}

static void
write_accepts(Random *random, Buf *buf)
{
	size_t len = random_below(random, 4);

	buf_char(buf, '[');
	while (len-- > 0) {
		size_t kind = random_below(random, 3);

		buf_printf(buf, "%c%zu, ", "hge"[kind],
			random_below(random, kind == 0   ? HOSTS
					     : kind == 1 ? GATEWAYS
							 : EGRESS));
	}
	buf_char(buf, ']');
}

static Str
random_world(Random *random, Arena *arena)
{
	Buf buf = buf_make(arena);
	size_t i, j;

	buf_lit(&buf, SPEC_HEAD "egress:\n");
	for (i = 0; i < EGRESS; i++) {
		buf_printf(&buf, "  e%zu: {shared: %s, addresses: [", i,
			random_below(random, 4) == 0 ? "true" : "false");
		for (j = 1 + random_below(random, 4); j > 0; j--) {
			write_prefix(random, &buf);
			buf_lit(&buf, ", ");
		}
		buf_lit(&buf, "]}\n");
	}
	buf_lit(&buf, "gateways:\n");
	for (i = 0; i < GATEWAYS; i++) {
		buf_printf(&buf, "  g%zu: {shared: %s, egress: ", i,
			random_below(random, 5) == 0 ? "true" : "false");
		write_some(random, &buf, 'e', EGRESS, 3);
		buf_lit(&buf, "}\n");
	}
	buf_lit(&buf, "relay_hosts:\n");
	for (i = 0; i < HOSTS; i++) {
		bool via = random_below(random, 2) == 0;

		buf_printf(&buf, "  h%zu: {sends_as: contoso.com, address: ", i);
		write_prefix(random, &buf);
		if (random_below(random, 4) > 0) {
			buf_printf(&buf, ", %s: ", via ? "via" : "egress");
			write_some(random, &buf, via ? 'g' : 'e', via ? GATEWAYS : EGRESS, 2);
		}
		buf_lit(&buf, "}\n");
	}
	buf_lit(&buf, "connectors:\n");
	for (i = 0; i < CONNECTORS; i++) {
		buf_printf(&buf,
			"  c%zu: {sender_domains: '*', purpose: %s, enabled: %s, type: %s, "
			"accepts: ",
			i, random_below(random, 3) > 0 ? "hybrid" : "add-on",
			random_below(random, 4) > 0 ? "true" : "false",
			random_below(random, 3) > 0 ? "on-premises" : "partner");
		write_accepts(random, &buf);
		buf_lit(&buf, "}\n");
	}
	return buf_text(&buf);
}

/* --- what must hold --------------------------------------------------------------------------- */

/* What one source shows, by the objects of the spec. */
static void
mark_source(const StateCase *c, const StateSource *source, Bits *bits)
{
	const Model *model = c->spec.model;
	const FieldPrefixes *shown = source->egress == MODEL_SELF
					     ? &model->hosts[source->host].address
					     : &model->egress[source->egress].addresses;
	uint32_t i;

	for (i = 0; i < shown->len; i++)
		mark(bits, shown->items[i].prefix);
}

/* One source for each way out of what is accepted, in the order of the list. */
static void
check_sources(const StateCase *c, const StateConnector *connector)
{
	const Model *model = c->spec.model;
	const FieldItems *accepts = &connector->spec->accepts;
	size_t at = 0;
	uint32_t i, j;

	for (i = 0; i < accepts->len; i++) {
		ModelRef ref = model_find_sender(model, accepts->items[i].text);
		uint32_t ways = 1;

		if (ref.kind == MODEL_KIND_HOST)
			ways = model->host_infos[ref.index].routes_len;
		else if (ref.kind == MODEL_KIND_GATEWAY)
			ways = model->gateway_infos[ref.index].ends_len;
		for (j = 0; j < ways; j++, at++) {
			const StateSource *source = &connector->sources.items[at];

			assert_true(at < connector->sources.len);
			assert_int_equal(source->accept, i);
			assert_int_equal(
				source->host, ref.kind == MODEL_KIND_HOST ? ref.index : STATE_NONE);
			assert_int_equal(source->shared,
				source->egress != MODEL_SELF &&
					model_egress_is_shared(model, source->egress));
		}
	}
	assert_int_equal(at, connector->sources.len);
}

/* An entry names every source that shows one of its addresses, each once, in order. */
static void
check_behind(const StateCase *c, const StateConnector *connector, const StateAddress *address)
{
	NetBits first = net_prefix_first(address->range) - BASE_ADDRESS, i;
	NetBits last = net_prefix_last(address->range) - BASE_ADDRESS;
	uint32_t at = 0;
	size_t s;

	for (s = 0; s < connector->sources.len; s++) {
		const StateSource *source = &connector->sources.items[s];
		Bits bits = {{0}};

		if (connector->type == MODEL_ON_PREMISES && source->shared)
			continue;
		mark_source(c, source, &bits);
		for (i = first; i <= last && !bits.at[i];)
			i++;
		if (i > last)
			continue;
		assert_true(at < address->sources_len);
		assert_int_equal(address->sources[at++], s);
	}
	assert_int_equal(at, address->sources_len);
	assert_true(net_prefix_contains(address->split_from, address->range));
	assert_true(span_is_set(address->span));
}

static void
check_connector(const StateCase *c, const StateConnector *connector)
{
	Bits expected = {{0}}, found = {{0}};
	size_t i;

	check_sources(c, connector);
	for (i = 0; i < connector->sources.len; i++) {
		if (connector->type == MODEL_PARTNER || !connector->sources.items[i].shared)
			mark_source(c, &connector->sources.items[i], &expected);
	}
	for (i = 0; i < connector->addresses.len; i++) {
		const StateAddress *address = &connector->addresses.items[i];

		assert_in_range(address->range.len, 24, 32);
		assert_false(net_prefix_has_host_bits(address->range));
		if (i > 0) {
			NetPrefix before = connector->addresses.items[i - 1].range;

			assert_true(net_prefix_last(before) < net_prefix_first(address->range));
		}
		mark(&found, address->range);
		check_behind(c, connector, address);
	}
	assert_memory_equal(&expected, &found, sizeof(found));
	for (i = 0; i < UNIVERSE; i++)
		assert_int_equal(net_set_contains(&connector->set,
					 net_prefix_of(NET_IP4, BASE_ADDRESS + i, 32)),
			found.at[i]);
}

static bool
has_ip6(const StateConnector *connector, NetPrefix prefix)
{
	size_t i;

	for (i = 0; i < connector->ip6.len; i++) {
		if (net_prefix_compare(connector->ip6.items[i], prefix) == 0)
			return true;
	}
	return false;
}

/* IPv6 is left out, but known. */
static void
check_left_out(const StateCase *c, const StateConnector *connector)
{
	size_t i;
	uint32_t j;

	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];
		const FieldPrefixes *shown = state_source_addresses(c->spec.model, source);

		for (j = 0; state_source_is_written(connector, source) && j < shown->len; j++) {
			if (shown->items[j].prefix.family == NET_IP6)
				assert_true(has_ip6(connector, shown->items[j].prefix));
		}
	}
	for (i = 0; i < connector->ip6.len; i++)
		assert_int_equal(connector->ip6.items[i].family, NET_IP6);
}

static void
check_sets(const StateCase *c)
{
	const State *state = c->state;
	size_t i, j;

	for (i = 0; i < UNIVERSE; i += 7) {
		NetPrefix address = net_prefix_of(NET_IP4, BASE_ADDRESS + i, 32);
		bool in[2] = {false, false};

		for (j = 0; j < state->connectors.len; j++) {
			const StateConnector *connector = &state->connectors.items[j];

			if (connector->enabled && net_set_contains(&connector->set, address))
				in[connector->type == MODEL_PARTNER] = true;
		}
		assert_int_equal(net_set_contains(&state->on_premises_set, address), in[0]);
		assert_int_equal(net_set_contains(&state->partner_set, address), in[1]);
	}
}

static void
entries_hold_what_sources_show(void **state)
{
	Random random = {61};
	size_t round, i;

	(void)state;
	for (round = 0; round < 150; round++) {
		Arena *arena = arena_create();
		StateCase c = state_case(random_world(&random, arena));

		assert_no_findings(&c.spec);
		assert_int_equal(c.state->connectors.len, CONNECTORS);
		for (i = 0; i < CONNECTORS; i++) {
			check_connector(&c, &c.state->connectors.items[i]);
			check_left_out(&c, &c.state->connectors.items[i]);
		}
		check_sets(&c);
		state_case_end(&c);
		arena_destroy(arena);
	}
}

/* --- which connector takes which route -------------------------------------------------------- */

static bool
is_of(const StateConnector *connector, ModelConnectorType type)
{
	return connector->enabled && connector->type == type;
}

/* The first connector that takes the route's egress object as it is. */
static uint32_t
naive_writer(const StateCase *c, const ModelRoute *route, ModelConnectorType type)
{
	uint32_t i;
	size_t j;

	for (i = 0; route->egress != MODEL_SELF && i < c->state->connectors.len; i++) {
		const StateConnector *connector = &c->state->connectors.items[i];

		for (j = 0; is_of(connector, type) && connector->by_address &&
			    connector->wide.len == 0 && j < connector->sources.len;
			j++) {
			const StateSource *source = &connector->sources.items[j];

			if (source->egress == route->egress &&
				state_source_is_written(connector, source))
				return i;
		}
	}
	return STATE_NONE;
}

typedef struct Naive {
	uint32_t connector;
	bool is_trusted;
} Naive;

/* Address by address: each must be held; what holds the first of a range may be the taker. */
static Naive
naive_taker(const StateCase *c, const ModelRoute *route, ModelConnectorType type)
{
	const FieldPrefixes *shown = model_route_addresses(c->spec.model, route);
	uint32_t writer = naive_writer(c, route, type), i;
	Naive naive = {STATE_NONE, true};

	for (i = 0; i < shown->len; i++) {
		NetPrefix network = net_prefix_network(shown->items[i].prefix);
		NetBits address;

		if (network.family != NET_IP4)
			continue;
		for (address = net_prefix_first(network); address <= net_prefix_last(network);
			address++) {
			bool held = false;
			uint32_t j;

			for (j = 0; j < c->state->connectors.len; j++) {
				const StateConnector *one = &c->state->connectors.items[j];

				if (!is_of(one, type) ||
					!net_set_contains(
						&one->set, net_prefix_of(NET_IP4, address, 32)))
					continue;
				held = true;
				naive.is_trusted =
					naive.is_trusted && one->purpose == MODEL_PURPOSE_HYBRID;
				if (address == net_prefix_first(network) && j < naive.connector)
					naive.connector = j;
			}
			if (!held)
				return (Naive){STATE_NONE, false};
		}
	}
	if (naive.connector != STATE_NONE && writer != STATE_NONE)
		naive.connector = writer;
	naive.is_trusted = naive.is_trusted && naive.connector != STATE_NONE;
	return naive;
}

static void
routes_match_by_address(void **state)
{
	Random random = {67};
	size_t round, i, matched = 0, trusted = 0;

	(void)state;
	for (round = 0; round < 150; round++) {
		Arena *arena = arena_create();
		StateCase c = state_case(random_world(&random, arena));

		for (i = 0; i < c.spec.model->routes.len; i++) {
			const ModelRoute *route = &c.spec.model->routes.items[i];
			StateMatch match = c.state->matches[i];
			Naive naive = naive_taker(&c, route, MODEL_ON_PREMISES);

			assert_false(match.by_certificate);
			assert_int_equal(match.on_premises, naive.connector);
			assert_int_equal(match.is_trusted, naive.is_trusted);
			assert_int_equal(
				match.partner, naive_taker(&c, route, MODEL_PARTNER).connector);
			matched += match.on_premises != STATE_NONE;
			trusted += match.is_trusted;
		}
		state_case_end(&c);
		arena_destroy(arena);
	}
	assert_true(matched > 50);
	assert_true(trusted > 5 && trusted < matched);
}

static const char *const certificates[] = {"contoso.com", "mail.contoso.com", "a.mail.contoso.com",
	"MAIL.contoso.com", "fabrikam.example", "contoso.com.example", "xcontoso.com"};
static const char *const patterns[] = {"contoso.com", "mail.contoso.com", "'*.contoso.com'",
	"'*.mail.contoso.com'", "'*.CONTOSO.com'", "'*.com'", "fabrikam.example"};

static bool
naive_covers(Str pattern, Str name)
{
	if (pattern.ptr[0] != '*')
		return str_equal_nocase(pattern, name);
	return name.len > pattern.len - 1 &&
	       str_equal_nocase(str_slice(pattern, 1, pattern.len),
		       str_slice(name, name.len - (pattern.len - 1), name.len));
}

/* The longest pattern that covers the name, of equal ones the first connector. */
static uint32_t
naive_certificate(const State *state, Str name, ModelConnectorType type)
{
	uint32_t best = STATE_NONE, i;
	size_t longest = 0;

	for (i = 0; i < state->connectors.len; i++) {
		const StateConnector *connector = &state->connectors.items[i];
		size_t len = connector->certificate.len;

		assert_int_equal(state_certificate_matches(connector->certificate, name),
			naive_covers(connector->certificate, name));
		if (!connector->enabled || connector->type != type ||
			!naive_covers(connector->certificate, name))
			continue;
		len += connector->certificate.ptr[0] == '*' ? 0 : 1000;
		if (len > longest) {
			longest = len;
			best = i;
		}
	}
	return best;
}

static void
routes_match_by_certificate(void **state)
{
	Random random = {71};
	size_t round, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		Arena *arena = arena_create();
		Buf buf = buf_make(arena);
		StateCase c;

		buf_lit(&buf, SPEC_HEAD "egress: {e: {addresses: 198.51.100.1}}\nrelay_hosts:\n");
		for (i = 0; i < BASE_COUNT(certificates); i++)
			buf_printf(&buf,
				"  h%zu: {address: 10.1.1.1, egress: e, sends_as: contoso.com, "
				"certificate: %s}\n",
				i, certificates[i]);
		buf_lit(&buf, "connectors:\n");
		for (i = 0; i < 4; i++)
			buf_printf(&buf,
				"  c%zu: {type: %s, sender_domains: '*', accepts: [], enabled: %s, "
				"certificate: %s}\n",
				i, random_below(&random, 3) > 0 ? "on-premises" : "partner",
				random_below(&random, 4) > 0 ? "true" : "false",
				patterns[random_below(&random, BASE_COUNT(patterns))]);
		c = state_case(buf_text(&buf));
		assert_no_findings(&c.spec);
		for (i = 0; i < c.spec.model->routes.len; i++) {
			Str name = str_from(certificates[i]);
			uint32_t found = naive_certificate(c.state, name, MODEL_ON_PREMISES);

			assert_int_equal(c.state->matches[i].on_premises, found);
			assert_int_equal(c.state->matches[i].by_certificate, found != STATE_NONE);
			assert_int_equal(c.state->matches[i].partner,
				naive_certificate(c.state, name, MODEL_PARTNER));
		}
		state_case_end(&c);
		arena_destroy(arena);
	}
}

/* Thousands of connectors and of hosts: each route is looked up, not compared with all. */
static void
many_connectors_are_quick(void **state)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	double start = seconds_used();
	StateCase c;
	unsigned i;

	(void)state;
	buf_lit(&buf, SPEC_HEAD "egress:\n");
	for (i = 0; i < 10000; i++)
		buf_printf(&buf, "  e%05u: {addresses: 203.%u.%u.0/28}\n", i, i / 200, i % 200);
	buf_lit(&buf, "relay_hosts:\n");
	for (i = 0; i < 10000; i++)
		buf_printf(&buf,
			"  h%05u: {address: 10.1.1.1, egress: e%05u, sends_as: contoso.com}\n", i,
			i);
	buf_lit(&buf, "connectors:\n");
	for (i = 0; i < 10000; i++)
		buf_printf(&buf, "  c%05u: {type: on-premises, accepts: h%05u}\n", i, i);
	c = state_case(buf_text(&buf));
	assert_no_findings(&c.spec);
	for (i = 0; i < 10000; i++)
		assert_int_equal(c.state->matches[i].on_premises, i);
	assert_true(seconds_used() - start < 10);
	state_case_end(&c);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_hold_what_sources_show),
		cmocka_unit_test(routes_match_by_address),
		cmocka_unit_test(routes_match_by_certificate),
		cmocka_unit_test(many_connectors_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
