/*
 * Routes against all paths of small random graphs, cycles against reachability, and what large
 * graphs may cost.
 */
#include "test_model_case.h"

#define GATEWAYS 7u
#define EGRESS   4u
#define HOSTS    3u
#define NOTHING  UINT32_MAX

/* A bit for each gateway or egress object. */
typedef struct Way {
	unsigned via, egress;
} Way;

typedef struct Graph {
	Way gateways[GATEWAYS], hosts[HOSTS];
	bool transparent[GATEWAYS], shared[GATEWAYS], egress_shared[EGRESS];
} Graph;

static Way
random_way(Random *random, unsigned allowed)
{
	unsigned via = (unsigned)random_next(random) & (unsigned)random_next(random) & allowed;

	if (via != 0)
		return (Way){via, 0};
	return (Way){0, 1u + (unsigned)random_below(random, (1u << EGRESS) - 1)};
}

/* Without cycles each gateway sends to later ones alone. */
static Graph
random_graph(Random *random, bool cycles)
{
	Graph graph = {0};
	unsigned i, all = (1u << GATEWAYS) - 1;

	for (i = 0; i < GATEWAYS; i++) {
		unsigned later = all & ~((2u << i) - 1);

		graph.gateways[i] = random_way(random, cycles ? all : later);
		graph.transparent[i] = random_below(random, 2) == 0;
		graph.shared[i] = random_below(random, 4) == 0;
	}
	for (i = 0; i < EGRESS; i++)
		graph.egress_shared[i] = random_below(random, 5) == 0;
	for (i = 0; i < HOSTS; i++) {
		graph.hosts[i] = random_way(random, all);
		if (random_below(random, 8) == 0)
			graph.hosts[i] = (Way){0, 0};
	}
	return graph;
}

/* --- as a spec: names sort as numbers do ------------------------------------------------------ */

static void
write_names(Buf *buf, const char *key, char letter, unsigned set)
{
	unsigned i;

	if (set == 0)
		return;
	buf_printf(buf, ", %s: [", key);
	/* Backwards, and the first one twice: neither order nor number may count. */
	for (i = 32; i-- > 0;) {
		if ((set & 1u << i) != 0)
			buf_printf(buf, "%c%u, ", letter, i);
	}
	buf_printf(buf, "%c%u]", letter, (unsigned)__builtin_ctz(set));
}

static Str
spec_of(Arena *arena, const Graph *graph)
{
	Buf buf = buf_make(arena);
	unsigned i;

	buf_lit(&buf, SPEC_HEAD "egress:\n");
	for (i = 0; i < EGRESS; i++)
		buf_printf(&buf, "  e%u: {addresses: 192.0.2.%u, shared: %s}\n", i, i + 1,
			graph->egress_shared[i] ? "true" : "false");
	buf_lit(&buf, "gateways:\n");
	for (i = GATEWAYS; i-- > 0;) {
		buf_printf(&buf, "  g%u: {kind: %s, shared: %s", i,
			graph->transparent[i] ? "nat" : "postfix",
			graph->shared[i] ? "true" : "false");
		write_names(&buf, "via", 'g', graph->gateways[i].via);
		write_names(&buf, "egress", 'e', graph->gateways[i].egress);
		buf_lit(&buf, "}\n");
	}
	buf_lit(&buf, "relay_hosts:\n");
	for (i = 0; i < HOSTS; i++) {
		buf_printf(&buf, "  h%u: {address: 10.1.1.%u, sends_as: contoso.com", i, i);
		write_names(&buf, "via", 'g', graph->hosts[i].via);
		write_names(&buf, "egress", 'e', graph->hosts[i].egress);
		buf_lit(&buf, "}\n");
	}
	return buf_text(&buf);
}

/* --- all paths -------------------------------------------------------------------------------- */

/* Of one host: the fewest hops for each (last hop, egress); the last index stands for the host. */
typedef struct Found {
	unsigned hops[GATEWAYS + 1][EGRESS];
} Found;

static void
follow(const Graph *graph, Way way, uint32_t last_hop, unsigned hops, Found *found)
{
	uint32_t i;

	for (i = 0; i < EGRESS; i++) {
		if ((way.egress & 1u << i) != 0 && hops < found->hops[last_hop][i])
			found->hops[last_hop][i] = hops;
	}
	for (i = 0; i < GATEWAYS; i++) {
		if ((way.via & 1u << i) != 0)
			follow(graph, graph->gateways[i], graph->transparent[i] ? last_hop : i,
				hops + 1, found);
	}
}

/* The path that the model tells is one, and ends as the route says. */
static void
check_witness(const Graph *graph, const ModelCase *c, const ModelRoute *route)
{
	uint32_t gateways[GATEWAYS + 1], last_hop = MODEL_SELF;
	size_t len = model_route_gateways(c->model, route, gateways, GATEWAYS + 1), i;
	Way way = graph->hosts[route->host];

	assert_int_equal(len, route->hops);
	for (i = 0; i < len; i++) {
		assert_true((way.via & 1u << gateways[i]) != 0);
		way = graph->gateways[gateways[i]];
		if (!graph->transparent[gateways[i]])
			last_hop = gateways[i];
	}
	assert_int_equal(last_hop, route->last_hop);
	if (route->egress != MODEL_SELF)
		assert_true((way.egress & 1u << route->egress) != 0);
}

static void
check_host(const Graph *graph, const ModelCase *c, uint32_t host)
{
	const ModelHostInfo *info = &c->model->host_infos[host];
	const ModelRoute *routes = &c->model->routes.items[info->first_route];
	uint32_t last_hop, egress, at = 0;
	Found found;

	assert_false(info->broken);
	memset(&found, 0xff, sizeof(found));
	follow(graph, graph->hosts[host], GATEWAYS, 0, &found);
	if (graph->hosts[host].via == 0 && graph->hosts[host].egress == 0) {
		assert_int_equal(info->routes_len, 1);
		assert_int_equal(routes[0].egress, MODEL_SELF);
		return;
	}
	for (last_hop = 0; last_hop <= GATEWAYS; last_hop++) {
		for (egress = 0; egress < EGRESS; egress++) {
			if (found.hops[last_hop][egress] == NOTHING)
				continue;
			assert_true(at < info->routes_len);
			assert_int_equal(routes[at].host, host);
			assert_int_equal(
				routes[at].last_hop, last_hop == GATEWAYS ? MODEL_SELF : last_hop);
			assert_int_equal(routes[at].egress, egress);
			assert_int_equal(routes[at].hops, found.hops[last_hop][egress]);
			check_witness(graph, c, &routes[at++]);
		}
	}
	assert_int_equal(at, info->routes_len);
}

/* Whether mail of a gateway may show an egress object's address without another gateway's SMTP. */
static bool
shows(const Graph *graph, uint32_t gateway, uint32_t egress)
{
	uint32_t i;

	if ((graph->gateways[gateway].egress & 1u << egress) != 0)
		return true;
	for (i = 0; i < GATEWAYS; i++) {
		if ((graph->gateways[gateway].via & 1u << i) != 0 && graph->transparent[i] &&
			shows(graph, i, egress))
			return true;
	}
	return false;
}

static void
check_shared(const Graph *graph, const ModelCase *c)
{
	uint32_t gateway, egress;

	for (egress = 0; egress < EGRESS; egress++) {
		bool shared = graph->egress_shared[egress];

		for (gateway = 0; gateway < GATEWAYS; gateway++)
			shared =
				shared || (graph->shared[gateway] && shows(graph, gateway, egress));
		assert_int_equal(model_egress_is_shared(c->model, egress), shared);
	}
}

static void
routes_are_what_all_paths_give(void **state)
{
	Random random = {31};
	size_t round;
	uint32_t i;

	(void)state;
	for (round = 0; round < 1000; round++) {
		Graph graph = random_graph(&random, false);
		Arena *arena = arena_create();
		ModelCase c = model_case_text(spec_of(arena, &graph));

		assert_no_findings(&c);
		for (i = 0; i < HOSTS; i++)
			check_host(&graph, &c, i);
		check_shared(&graph, &c);
		model_case_end(&c);
		arena_destroy(arena);
	}
}

/* --- cycles ----------------------------------------------------------------------------------- */

/* All that can be reached in one step or more. */
static void
closure(const Graph *graph, unsigned reached[GATEWAYS])
{
	unsigned i, j, k;

	for (i = 0; i < GATEWAYS; i++)
		reached[i] = graph->gateways[i].via;
	for (k = 0; k < GATEWAYS; k++) {
		for (i = 0; i < GATEWAYS; i++) {
			for (j = 0; j < GATEWAYS; j++) {
				if ((reached[i] & 1u << j) != 0)
					reached[i] |= reached[j];
			}
		}
	}
}

/* "… circle: g1 → g3 → g1": each step is one, the last name is the first. Its gateways. */
static unsigned
check_loop(const Graph *graph, Str message)
{
	size_t at = str_find(message, STR(": ")) + 2;
	unsigned loop = 0, first = NOTHING, last = NOTHING;

	for (; at < message.len; at++) {
		unsigned gateway;

		if (message.ptr[at] != 'g')
			continue;
		gateway = (unsigned)(message.ptr[at + 1] - '0');
		if (first == NOTHING)
			first = gateway;
		else
			assert_true((graph->gateways[last].via & 1u << gateway) != 0);
		loop |= 1u << gateway;
		last = gateway;
	}
	assert_true(first != NOTHING && first == last);
	return loop;
}

static void
check_cycles(const Graph *graph, const ModelCase *c)
{
	unsigned reached[GATEWAYS], reported = 0, broken = 0, i;
	size_t count = model_case_count(c, DIAG_CYCLE), n;

	closure(graph, reached);
	assert_int_equal(count, c->sink->items.len);
	for (n = 0; n < count; n++)
		reported |= check_loop(graph, c->sink->items.items[n].message);
	for (i = 0; i < GATEWAYS; i++) {
		bool on_cycle = (reached[i] & 1u << i) != 0;
		unsigned j;

		/* Of the gateways that go round together at least one loop is shown. */
		for (j = 0; on_cycle && j < GATEWAYS; j++) {
			if ((reached[i] & 1u << j) != 0 && (reached[j] & 1u << i) != 0 &&
				(reported & 1u << j) != 0)
				break;
		}
		assert_true(!on_cycle || j < GATEWAYS);
		assert_true(on_cycle || (reported & 1u << i) == 0);
	}
	for (i = 0; i < GATEWAYS; i++) {
		unsigned j;
		bool bad = false;

		for (j = 0; j < GATEWAYS; j++)
			bad = bad || (((reached[i] | 1u << i) & 1u << j) != 0 &&
					     (reached[j] & 1u << j) != 0);
		assert_int_equal(c->model->gateway_infos[i].broken, bad);
		broken |= bad ? 1u << i : 0;
	}
	for (i = 0; i < HOSTS; i++) {
		if ((graph->hosts[i].via & broken) != 0) {
			assert_true(c->model->host_infos[i].broken);
			assert_int_equal(c->model->host_infos[i].routes_len, 0);
		} else {
			check_host(graph, c, i);
		}
	}
}

static void
cycles_are_found_and_harm_no_others(void **state)
{
	Random random = {37};
	size_t round, with = 0;

	(void)state;
	for (round = 0; round < 1000; round++) {
		Graph graph = random_graph(&random, true);
		Arena *arena = arena_create();
		ModelCase c = model_case_text(spec_of(arena, &graph));

		check_cycles(&graph, &c);
		with += c.sink->items.len > 0;
		model_case_end(&c);
		arena_destroy(arena);
	}
	assert_in_range(with, 300, 1000);
}

static void
a_cycle_shows_its_places(void **state)
{
	ModelCase c = model_case_text(STR(SPEC_HEAD "gateways:\n"
						    "  a/b: {via: c}\n"
						    "  c: {via: d}\n"
						    "  d: {via: a/b}\n"));
	const Diag *diag = model_case_find(&c, DIAG_CYCLE, 0);

	(void)state;
	assert_str(diag->path, "gateways/a~1b/via");
	assert_contains(diag->message, "a/b → c → d → a/b");
	assert_int_equal(diag->related_len, 2);
	assert_true(diag->help.len > 0);
	model_case_end(&c);
}

/* --- what a route says of itself -------------------------------------------------------------- */

static void
routes_in_words(void **state)
{
	ModelCase c = model_case_text(STR(SPEC_HEAD
		"egress: {nat/tokyo: {addresses: 198.51.100.16/30}, '~': {addresses: "
		"198.51.100.9}}\n"
		"gateways:\n"
		"  '-': {egress: '~', tls: none, certificate: relay.contoso.com}\n"
		"  nat: {kind: nat, egress: nat/tokyo}\n"
		"  relay: {via: nat, tls: opportunistic}\n"
		"relay_hosts:\n"
		"  a: {address: 10.1.1.1, via: relay, sends_as: contoso.com, certificate: "
		"a.contoso.com}\n"
		"  b: {address: 10.1.1.2, via: nat, sends_as: contoso.com, certificate: "
		"b.contoso.com}\n"
		"  c: {address: 10.1.1.3, via: '-', sends_as: contoso.com, tls: opportunistic}\n"
		"  d: {address: 198.51.100.7, sends_as: contoso.com, tls: opportunistic}\n"
		"  e: {address: 10.1.1.5, egress: '~', sends_as: contoso.com}\n"));
	static const char *const texts[] = {
		"a → relay → nat → nat/tokyo", "b → nat → nat/tokyo", "c → - → ~", "d", "e → ~"};
	static const char *const ids[] = {
		"a/relay/nat~1tokyo", "b/-/nat~1tokyo", "c/~-/~0", "d/-/-", "e/-/~0"};
	static const ModelTls tls[] = {MODEL_TLS_OPPORTUNISTIC, MODEL_TLS_REQUIRED, MODEL_TLS_NONE,
		MODEL_TLS_OPPORTUNISTIC, MODEL_TLS_REQUIRED};
	static const char *const certificates[] = {
		"", "b.contoso.com", "relay.contoso.com", "", ""};
	size_t i;

	(void)state;
	assert_no_findings(&c);
	assert_int_equal(c.model->routes.len, BASE_COUNT(texts));
	for (i = 0; i < BASE_COUNT(texts); i++) {
		const ModelRoute *route = &c.model->routes.items[i];

		assert_str(model_route_text(c.model->arena, c.model, route), texts[i]);
		assert_str(model_route_id(c.model->arena, c.model, route), ids[i]);
		assert_int_equal(model_route_tls(c.model, route), tls[i]);
		assert_str(model_route_certificate(c.model, route), certificates[i]);
		assert_int_equal(model_route_addresses(c.model, route)->len, 1);
	}
	model_case_end(&c);
}

/* Hosts that sign in need no address; one that has a way out has routes all the same. */
static void
hosts_that_sign_in(void **state)
{
	ModelCase c = model_case_text(
		STR(SPEC_HEAD "egress: {out: {addresses: 198.51.100.9}}\n"
			      "relay_hosts:\n"
			      "  a: {method: submission, auth: oauth, mailbox: a@contoso.com}\n"
			      "  b: {method: hve, auth: basic, address: 10.1.1.2}\n"
			      "  c: {method: submission, auth: oauth, egress: out}\n"));

	(void)state;
	assert_no_findings(&c);
	assert_int_equal(c.model->host_infos[0].routes_len, 0);
	assert_int_equal(c.model->host_infos[1].routes_len, 0);
	assert_int_equal(c.model->host_infos[2].routes_len, 1);
	model_case_end(&c);
}

/* --- large graphs ----------------------------------------------------------------------------- */

static void
thirty_levels_of_forks(void **state)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	double start = seconds_used();
	ModelCase c;
	unsigned i;

	(void)state;
	buf_lit(&buf, SPEC_HEAD "egress: {e: {addresses: 198.51.100.1}}\ngateways:\n");
	for (i = 0; i < 29; i++)
		buf_printf(&buf, "  a%u: {via: [a%u, b%u]}\n  b%u: {via: [a%u, b%u]}\n", i, i + 1,
			i + 1, i, i + 1, i + 1);
	buf_lit(&buf, "  a29: {egress: e}\n  b29: {kind: nat, egress: e}\nrelay_hosts:\n"
		      "  h: {address: 10.1.1.1, via: [a0, b0], sends_as: contoso.com}\n");
	c = model_case_text(buf_text(&buf));
	assert_no_findings(&c);
	/* Mail ends at a29, or through b29 at a28 or b28. */
	assert_int_equal(c.model->routes.len, 3);
	assert_int_equal(c.model->routes.items[0].hops, 30);
	assert_true(seconds_used() - start < 1);
	model_case_end(&c);
	arena_destroy(arena);
}

static Str
chain(Arena *arena, unsigned len, bool closed)
{
	Buf buf = buf_make(arena);
	unsigned i;

	buf_lit(&buf, SPEC_HEAD "egress: {e: {addresses: 198.51.100.1}}\ngateways:\n");
	for (i = 0; i + 1 < len; i++)
		buf_printf(&buf, "  g%06u: {via: g%06u}\n", i, i + 1);
	buf_printf(&buf, closed ? "  g%06u: {via: g000000}\n" : "  g%06u: {egress: e}\n", i);
	buf_lit(&buf, "relay_hosts:\n"
		      "  h: {address: 10.1.1.1, via: g000000, sends_as: contoso.com}\n");
	return buf_text(&buf);
}

static void
a_chain_of_100000_gateways(void **state)
{
	Arena *arena = arena_create();
	double start = seconds_used();
	ModelCase c = model_case_text(chain(arena, 100000, false));

	(void)state;
	assert_no_findings(&c);
	assert_int_equal(c.model->routes.len, 1);
	assert_int_equal(c.model->routes.items[0].hops, 100000);
	assert_int_equal(c.model->routes.items[0].last_hop, 99999);
	assert_contains(
		model_route_text(c.model->arena, c.model, &c.model->routes.items[0]), " → … → e");
	model_case_end(&c);
	c = model_case_text(chain(arena, 100000, true));
	assert_int_equal(c.sink->items.len, 1);
	assert_contains(model_case_find(&c, DIAG_CYCLE, 0)->message, "… (99950 more) → ");
	assert_true(c.model->host_infos[0].broken);
	model_case_end(&c);
	assert_true(seconds_used() - start < 10);
	arena_destroy(arena);
}

/* Every gateway leads back to all before it: as many loops as there are pairs. */
static void
loops_without_number(void **state)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	double start = seconds_used();
	ModelCase c;
	unsigned i, len = 20000;

	(void)state;
	buf_lit(&buf, SPEC_HEAD "gateways:\n");
	for (i = 0; i < len; i++)
		buf_printf(&buf, "  g%06u: {via: [g%06u, g%06u]}\n", i, i + 1 < len ? i + 1 : 0,
			i / 2);
	c = model_case_text(buf_text(&buf));
	assert_in_range(model_case_count(&c, DIAG_CYCLE), 1, 100);
	for (i = 0; i < len; i++)
		assert_true(c.model->gateway_infos[i].broken);
	assert_true(seconds_used() - start < 5);
	model_case_end(&c);
	arena_destroy(arena);
}

static Str
many_routes(Arena *arena, unsigned hosts, unsigned egress, bool one_more)
{
	Buf buf = buf_make(arena);
	unsigned i;

	buf_lit(&buf, SPEC_HEAD "egress:\n");
	for (i = 0; i < egress; i++)
		buf_printf(&buf, "  e%u: {addresses: 198.51.100.1}\n", i);
	buf_lit(&buf, "gateways:\n  g:\n    egress: [");
	for (i = 0; i < egress; i++)
		buf_printf(&buf, "e%u, ", i);
	buf_lit(&buf, "]\nrelay_hosts:\n");
	for (i = 0; i < hosts; i++)
		buf_printf(&buf, "  h%u: {address: 10.1.1.1, via: g, sends_as: contoso.com}\n", i);
	if (one_more)
		buf_lit(&buf, "  x: {address: 10.1.1.1, sends_as: contoso.com}\n");
	return buf_text(&buf);
}

static void
a_million_routes_and_no_more(void **state)
{
	Arena *arena = arena_create();
	ModelCase c = model_case_text(many_routes(arena, 1000, 1000, false));

	(void)state;
	assert_no_findings(&c);
	assert_int_equal(c.model->routes.len, 1000000);
	model_case_end(&c);
	c = model_case_text(many_routes(arena, 1000, 1000, true));
	assert_int_equal(c.sink->items.len, 1);
	assert_str(model_case_find(&c, DIAG_INPUT_LIMIT, 0)->path, "relay_hosts");
	assert_int_equal(c.model->routes.len, 0);
	assert_true(c.model->host_infos[0].broken);
	model_case_end(&c);
	arena_destroy(arena);
}

/* Few routes, but each is found in hundreds of ways by every host. */
static void
ways_are_limited_too(void **state)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	double start = seconds_used();
	ModelCase c;
	unsigned i;

	(void)state;
	buf_lit(&buf, SPEC_HEAD "egress:\n");
	for (i = 0; i < 500; i++)
		buf_printf(&buf, "  e%u: {addresses: 198.51.100.1}\n", i);
	buf_lit(&buf, "gateways:\n  g: &g {kind: nat, egress: [");
	for (i = 0; i < 500; i++)
		buf_printf(&buf, "e%u, ", i);
	buf_lit(&buf, "]}\n");
	for (i = 0; i < 1000; i++)
		buf_printf(&buf, "  m%u: {kind: nat, via: g}\n", i);
	buf_lit(&buf, "relay_hosts:\n  h: {address: 10.1.1.1, sends_as: contoso.com, via: &all [");
	for (i = 0; i < 1000; i++)
		buf_printf(&buf, "m%u, ", i);
	buf_lit(&buf, "]}\n");
	for (i = 0; i < 500; i++)
		buf_printf(
			&buf, "  h%u: {address: 10.1.1.1, sends_as: contoso.com, via: *all}\n", i);
	c = model_case_text(buf_text(&buf));
	assert_int_equal(c.sink->items.len, 1);
	assert_contains(model_case_find(&c, DIAG_INPUT_LIMIT, 0)->message, "ways");
	assert_int_equal(c.model->routes.len, 0);
	assert_true(seconds_used() - start < 20);
	model_case_end(&c);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(routes_are_what_all_paths_give),
		cmocka_unit_test(cycles_are_found_and_harm_no_others),
		cmocka_unit_test(a_cycle_shows_its_places),
		cmocka_unit_test(routes_in_words),
		cmocka_unit_test(hosts_that_sign_in),
		cmocka_unit_test(thirty_levels_of_forks),
		cmocka_unit_test(a_chain_of_100000_gateways),
		cmocka_unit_test(loops_without_number),
		cmocka_unit_test(a_million_routes_and_no_more),
		cmocka_unit_test(ways_are_limited_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
