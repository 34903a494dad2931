/* What the rules find in random specs, against trying every address and every path. */
#include "test_rules_world.h"

#define TURNS 800

typedef void (*Check)(const World *world, const Case *c);

static void
each_world(uint64_t seed, Check check)
{
	Random random = {seed};
	size_t turn;

	for (turn = 0; turn < TURNS; turn++) {
		Arena *arena = arena_create();
		World world = random_world(&random);
		Case c = case_check(world_text(&world, arena));

		check(&world, &c);
		case_end(&c);
		arena_destroy(arena);
	}
}

static Str
path_of(const Case *c, const char *section, char letter, size_t number)
{
	return str_format(c->arena, "%s/%c%zu", section, letter, number);
}

/* --- lists ------------------------------------------------------------------------------------ */

/* Repeated entries of one list, and such as lie inside another of it. */
static void
count_list(const WorldList *list, size_t *duplicates, size_t *contained)
{
	size_t i, j;

	for (i = 0; i < list->count; i++) {
		bool again = false, inside = false;

		for (j = 0; j < list->count; j++) {
			bool equal = list->items[i].first == list->items[j].first &&
				     list->items[i].len == list->items[j].len;
			Bits mine = bits_of(list->items[i].first, list->items[i].len);
			Bits other = bits_of(list->items[j].first, list->items[j].len);

			again = again || (equal && j < i);
			inside = inside || (!equal && (mine & ~other) == 0);
		}
		*duplicates += again;
		*contained += inside && !again;
	}
}

static void
check_lists(const World *world, const Case *c)
{
	size_t duplicates = 0, contained = 0, i;

	for (i = 0; i < EGRESS; i++)
		count_list(&world->egress[i], &duplicates, &contained);
	for (i = 0; i < HOSTS; i++)
		count_list(&world->hosts[i].addresses, &duplicates, &contained);
	for (i = 0; i < GATEWAYS; i++)
		count_list(&world->gateways[i].clients, &duplicates, &contained);
	assert_int_equal(case_count(c, DIAG_DUPLICATE_ADDRESS), duplicates);
	assert_int_equal(case_count(c, DIAG_CONTAINED_RANGE), contained);
}

static void
repeated_addresses(void **state)
{
	(void)state;
	each_world(1, check_lists);
}

static void
check_egress(const World *world, const Case *c)
{
	bool common = false;
	size_t i, j;

	for (i = 0; i < EGRESS; i++) {
		for (j = 0; j < i; j++)
			common = common ||
				 (list_bits(&world->egress[i]) & list_bits(&world->egress[j])) != 0;
	}
	assert_int_equal(case_count(c, DIAG_OVERLAPPING_EGRESS) > 0, common);
	assert_true(case_count(c, DIAG_OVERLAPPING_EGRESS) < EGRESS);
}

static void
overlapping_egress(void **state)
{
	(void)state;
	each_world(2, check_egress);
}

/* --- references ------------------------------------------------------------------------------- */

static void
check_unused(const World *world, const Case *c)
{
	unsigned gateways = 0, egress = 0;
	size_t i;

	for (i = 0; i < HOSTS; i++) {
		const WorldNext *next = &world->hosts[i].next;

		gateways |= next->target == TO_GATEWAY ? next->set : 0;
		egress |= next->target == TO_EGRESS ? next->set : 0;
	}
	for (i = 0; i < GATEWAYS; i++) {
		const WorldNext *next = &world->gateways[i].next;

		gateways |= next->target == TO_GATEWAY ? next->set : 0;
		egress |= next->target == TO_EGRESS ? next->set : 0;
	}
	for (i = 0; i < CONNECTORS; i++) {
		gateways |= world->connectors[i].gateways;
		egress |= world->connectors[i].egress;
	}
	for (i = 0; i < GATEWAYS; i++)
		assert_int_equal(case_has(c, DIAG_UNUSED_OBJECT, path_of(c, "gateways", 'g', i)),
			(gateways >> i & 1) == 0);
	for (i = 0; i < EGRESS; i++)
		assert_int_equal(case_has(c, DIAG_UNUSED_OBJECT, path_of(c, "egress", 'e', i)),
			(egress >> i & 1) == 0);
}

static void
unused_objects(void **state)
{
	(void)state;
	each_world(3, check_unused);
}

static void
check_clients(const World *world, const Case *c)
{
	size_t expected = 0, i, j;

	for (i = 0; i < HOSTS; i++) {
		const WorldHost *host = &world->hosts[i];

		for (j = 0; host->next.target == TO_GATEWAY && j < GATEWAYS; j++) {
			const WorldList *clients = &world->gateways[j].clients;

			if ((host->next.set >> j & 1) != 0 && clients->count > 0)
				expected +=
					(list_bits(&host->addresses) & ~list_bits(clients)) != 0;
		}
	}
	assert_int_equal(case_count(c, DIAG_GATEWAY_NOT_SERVING), expected);
}

static void
clients_of_gateways(void **state)
{
	(void)state;
	each_world(4, check_clients);
}

/* --- connectors ------------------------------------------------------------------------------- */

static bool
are_rivals(const World *world, size_t a, size_t b)
{
	const WorldConnector *left = &world->connectors[a], *right = &world->connectors[b];
	unsigned domains = left->domains & right->domains;

	if (!left->enabled || !right->enabled || left->partner != right->partner ||
		(held_by(world, a) & held_by(world, b)) == 0)
		return false;
	if (left->partner)
		return (left->restricts || right->restricts) && domains != 0;
	return left->domains == 0 || right->domains == 0 || domains != 0;
}

static void
check_rivals(const World *world, const Case *c)
{
	bool expected = false;
	size_t i, j;

	for (i = 0; i < CONNECTORS; i++) {
		for (j = 0; j < i; j++)
			expected = expected || are_rivals(world, i, j);
	}
	assert_int_equal(case_count(c, DIAG_OVERLAPPING_CONNECTORS) > 0, expected);
}

static void
overlapping_connectors(void **state)
{
	(void)state;
	each_world(5, check_rivals);
}

static void
check_identities(const World *world, const Case *c)
{
	bool any_shared = false;
	size_t i;

	for (i = 0; i < CONNECTORS; i++) {
		const WorldConnector *connector = &world->connectors[i];
		Identity identity = identity_of(world, i);
		bool told = identity.own != 0 || identity.by_certificate;
		bool shared = identity.by_address && identity.shared;

		if (connector->partner)
			continue;
		any_shared = any_shared || shared;
		assert_int_equal(
			case_has(c, DIAG_CONNECTOR_NO_IDENTITY, path_of(c, "connectors", 'c', i)),
			!told && !shared);
	}
	assert_int_equal(case_count(c, DIAG_SHARED_SOURCE) > 0, any_shared);
	assert_int_equal(case_count(c, DIAG_NO_IPV4_SOURCE), 0);
}

static void
identities_of_connectors(void **state)
{
	(void)state;
	each_world(6, check_identities);
}

/* --- certificates ----------------------------------------------------------------------------- */

static bool
takes_certificate(const World *world, size_t number, unsigned certificate)
{
	return world->connectors[number].enabled && certificate > 0 &&
	       identity_of(world, number).by_certificate &&
	       world->connectors[number].certificate == certificate;
}

static bool
is_taken(const World *world, bool partner, const Way *way, bool *by_certificate)
{
	Bits held = 0;
	size_t i;

	*by_certificate = false;
	for (i = 0; i < CONNECTORS; i++) {
		if (world->connectors[i].partner != partner)
			continue;
		held |= world->connectors[i].enabled ? held_by(world, i) : 0;
		if (takes_certificate(world, i, way->certificate))
			*by_certificate = true;
	}
	return *by_certificate || (way->addresses & ~held) == 0;
}

/* Whether a connector takes its mail by certificate and by nothing else. */
static bool
is_by_certificate_alone(const World *world, size_t number)
{
	Identity identity = identity_of(world, number);

	return !world->connectors[number].partner && world->connectors[number].enabled &&
	       identity.by_certificate && !identity.by_address;
}

/* The last hops of a connector that show it another certificate, or none. */
typedef struct Missing {
	const World *world;
	unsigned certificate, all, refused; /* refused: no other connector takes them */
} Missing;

static void
add_missing(void *context, const Way *way)
{
	Missing *missing = context;
	bool ignored;

	if (way->certificate == missing->certificate)
		return;
	missing->all |= way->hop;
	if (!is_taken(missing->world, false, way, &ignored))
		missing->refused |= way->hop;
}

static void
check_presented(const World *world, const Case *c)
{
	size_t expected = 0, i;

	for (i = 0; i < CONNECTORS; i++) {
		Missing missing = {world, world->connectors[i].certificate, 0, 0};
		unsigned refused;

		if (is_by_certificate_alone(world, i))
			each_way_accepted(world, &world->connectors[i], add_missing, &missing);
		for (refused = missing.refused; refused != 0; refused &= refused - 1)
			expected++;
	}
	assert_int_equal(case_count(c, DIAG_CERTIFICATE_NOT_PRESENTED), expected);
}

static void
certificates_that_are_not_presented(void **state)
{
	(void)state;
	each_world(8, check_presented);
}

/* --- relaying --------------------------------------------------------------------------------- */

/* What becomes of a host's mail to outside recipients, over all its ways. */
typedef struct Fate {
	const World *world;
	const WorldHost *host;
	bool not_presented; /* CP419 was reported */
	bool unidentified, unaccepted;
	bool nobody, partner; /* identified by nobody, by a partner, and no other rule says why */
} Fate;

/* Whether CP419 speaks of a way: a connector accepts its host, or its last hop by a gateway's name.
 */
static bool
is_missing(const World *world, size_t host, const Way *way)
{
	size_t i;

	for (i = 0; i < CONNECTORS; i++) {
		const WorldConnector *connector = &world->connectors[i];
		WorldConnector gateways = {.gateways = connector->gateways};
		Missing missing = {world, connector->certificate, 0, 0};

		if (!is_by_certificate_alone(world, i))
			continue;
		each_way_accepted(world, &gateways, add_missing, &missing);
		if ((missing.all & way->hop) != 0 ||
			((connector->hosts >> host & 1) != 0 &&
				way->certificate != connector->certificate))
			return true;
	}
	return false;
}

/* Whether a connector was meant to hold the addresses: then they are shared, and CP109 says so. */
static bool
is_meant(const World *world, const Way *way)
{
	size_t i;

	for (i = 0; i < CONNECTORS; i++) {
		Identity identity = identity_of(world, i);

		if (!world->connectors[i].partner && world->connectors[i].enabled &&
			identity.by_address && (identity.ends & way->end) != 0)
			return true;
	}
	return false;
}

static void
judge_way(void *context, const Way *way)
{
	Fate *fate = context;
	bool by_certificate, ignored;

	if (!is_taken(fate->world, false, way, &by_certificate)) {
		fate->unidentified = true;
		if (is_missing(fate->world, (size_t)(fate->host - fate->world->hosts), way))
			assert_true(fate->not_presented);
		else if (is_meant(fate->world, way))
			assert_true(way->shared);
		else if (is_taken(fate->world, true, way, &ignored))
			fate->partner = true;
		else
			fate->nobody = true;
		return;
	}
	/* Certificate 3 lies under no accepted domain. */
	if (!fate->host->accepted_sender && (!by_certificate || way->certificate == 3))
		fate->unaccepted = true;
}

/*
 * A refusal is told only of mail that would be refused; and mail that would be refused is never
 * without an error, here or where the cause lies.
 */
static void
check_fates(const World *world, const Case *c)
{
	size_t i;

	for (i = 0; i < HOSTS; i++) {
		const WorldHost *host = &world->hosts[i];
		Fate fate = {.world = world,
			.host = host,
			.not_presented = case_count(c, DIAG_CERTIFICATE_NOT_PRESENTED) > 0};
		Str path = path_of(c, "relay_hosts", 'h', i);
		bool missing = case_has(c, DIAG_RELAY_NOT_ACCEPTED, path);
		bool partner = case_has(c, DIAG_PARTNER_CANNOT_RELAY, path);
		bool sender = case_has(c, DIAG_SENDER_NOT_ACCEPTED,
			str_format(c->arena, STR_FMT "/sends_as", STR_ARG(path)));

		if (!host->internet && !host->internal)
			each_way_of_host(world, i, judge_way, &fate);
		assert_int_equal(sender, fate.unaccepted);
		assert_false(missing && partner);
		if (missing || partner)
			assert_true(fate.unidentified);
		if (fate.unidentified && !missing && !partner)
			assert_true(fate.not_presented || case_count(c, DIAG_SHARED_SOURCE) > 0 ||
				    case_count(c, DIAG_CONNECTOR_NO_IDENTITY) > 0);
		if (case_count(c, DIAG_CONNECTOR_NO_IDENTITY) == 0) {
			assert_int_equal(missing, fate.nobody);
			assert_int_equal(partner, fate.partner && !fate.nobody);
		}
	}
}

static void
relayed_or_refused(void **state)
{
	(void)state;
	each_world(7, check_fates);
}

/* Whether a way that some on-premises connector takes is left aside by all for one domain. */
typedef struct Limits {
	const World *world;
	const WorldHost *host;
	bool outside;
} Limits;

static void
judge_limits(void *context, const Way *way)
{
	Limits *limits = context;
	const World *world = limits->world;
	unsigned domain = limits->host->accepted_sender ? 1 : 2;
	bool by_certificate, told = false;
	Bits held = 0;
	size_t i;

	/* CP413 where the sender counts, and is not accepted. */
	if (!is_taken(world, false, way, &by_certificate) ||
		(!limits->host->accepted_sender && (!by_certificate || way->certificate == 3)))
		return;
	for (i = 0; i < CONNECTORS; i++) {
		const WorldConnector *connector = &world->connectors[i];

		if (connector->partner || !connector->enabled ||
			(connector->domains != 0 && (connector->domains & domain) == 0))
			continue;
		held |= held_by(world, i);
		told = told || takes_certificate(world, i, way->certificate);
	}
	if (!told && (way->addresses & ~held) != 0)
		limits->outside = true;
}

static void
check_limits(const World *world, const Case *c)
{
	size_t i;

	for (i = 0; i < HOSTS; i++) {
		const WorldHost *host = &world->hosts[i];
		Limits limits = {world, host, false};
		Str path = str_format(
			c->arena, STR_FMT "/sends_as", STR_ARG(path_of(c, "relay_hosts", 'h', i)));

		if (!host->internet && !host->internal)
			each_way_of_host(world, i, judge_limits, &limits);
		assert_int_equal(case_has(c, DIAG_SENDER_OUTSIDE_CONNECTOR, path), limits.outside);
	}
}

static void
senders_outside_connectors(void **state)
{
	(void)state;
	each_world(9, check_limits);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeated_addresses),
		cmocka_unit_test(overlapping_egress),
		cmocka_unit_test(unused_objects),
		cmocka_unit_test(clients_of_gateways),
		cmocka_unit_test(overlapping_connectors),
		cmocka_unit_test(identities_of_connectors),
		cmocka_unit_test(certificates_that_are_not_presented),
		cmocka_unit_test(relayed_or_refused),
		cmocka_unit_test(senders_outside_connectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
