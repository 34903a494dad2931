/*
 * Small random specs, and what is true of them by trying every address and every path: written
 * apart from the program, with the words of the spec language alone.
 */
#ifndef TEST_RULES_WORLD_H
#define TEST_RULES_WORLD_H

#include "test_rules_case.h"

/* Public addresses are 25.0.0.0 to 25.0.0.63, private ones 10.0.0.0 to 10.0.0.63: bits of a set. */
typedef uint64_t Bits;

typedef struct WorldList {
	struct {
		unsigned first, len; /* 25.0.0.FIRST/LEN */
	} items[3];
	size_t count;
} WorldList;

#define EGRESS     3
#define GATEWAYS   3
#define HOSTS      4
#define CONNECTORS 3

typedef enum Target { TO_NOTHING, TO_GATEWAY, TO_EGRESS } Target;

/* Where mail goes next: gateways or egress objects, as a set of bits. */
typedef struct WorldNext {
	Target target;
	unsigned set;
} WorldNext;

typedef struct WorldGateway {
	WorldNext next;
	WorldList clients;
	bool nat, shared;
	unsigned certificate; /* 0: none; see world_certificates */
} WorldGateway;

typedef struct WorldHost {
	WorldNext next;
	WorldList addresses; /* public where the host is its own egress, private else */
	unsigned certificate;
	bool internet, internal, accepted_sender;
} WorldHost;

typedef struct WorldConnector {
	bool partner, enabled, restricts;
	unsigned hosts, gateways, egress; /* what it accepts */
	unsigned identify_by;             /* 0 not said, 1 address, 2 certificate, 3 either */
	unsigned certificate, domains; /* domains: 0 all, else bits of contoso.com, contoso.net */
} WorldConnector;

typedef struct World {
	WorldList egress[EGRESS];
	bool egress_shared[EGRESS];
	WorldGateway gateways[GATEWAYS];
	WorldHost hosts[HOSTS];
	WorldConnector connectors[CONNECTORS];
} World;

/* The last one lies under no accepted domain. */
static const char *const world_certificates[] = {
	"", "a.contoso.com", "b.contoso.com", "c.vendor.example"};

/* --- making one ------------------------------------------------------------------------------- */

static inline bool
one_in(Random *random, size_t n)
{
	return random_below(random, n) == 0;
}

static inline WorldList
random_list(Random *random, size_t max)
{
	WorldList list = {.count = 1 + random_below(random, max)};
	size_t i;

	for (i = 0; i < list.count; i++) {
		unsigned len = one_in(random, 2) ? 32 : 28 + (unsigned)random_below(random, 4);
		unsigned first = (unsigned)random_below(random, 64);

		list.items[i].len = len;
		list.items[i].first = first & ~((1u << (32 - len)) - 1);
	}
	return list;
}

static inline unsigned
random_set(Random *random, unsigned from, unsigned end)
{
	unsigned set = 0, i;

	for (i = from; i < end; i++)
		set |= one_in(random, 2) ? 1u << i : 0;
	return set;
}

static inline WorldNext
random_next_hop(Random *random, unsigned from_gateway, bool needed)
{
	WorldNext next = {TO_GATEWAY, random_set(random, from_gateway, GATEWAYS)};

	if (next.set == 0 || one_in(random, 2))
		next = (WorldNext){TO_EGRESS, random_set(random, 0, EGRESS)};
	if (next.set == 0)
		next = needed ? (WorldNext){TO_EGRESS, 1} : (WorldNext){TO_NOTHING, 0};
	return next;
}

static inline void
random_hosts(Random *random, World *world)
{
	size_t i;

	for (i = 0; i < GATEWAYS; i++) {
		WorldGateway *gateway = &world->gateways[i];

		gateway->next = random_next_hop(random, (unsigned)i + 1, true);
		gateway->nat = one_in(random, 4);
		gateway->shared = one_in(random, 6);
		gateway->certificate = (unsigned)random_below(random, 4);
		if (one_in(random, 2))
			gateway->clients = random_list(random, 3);
	}
	for (i = 0; i < HOSTS; i++) {
		WorldHost *host = &world->hosts[i];

		host->next = random_next_hop(random, 0, false);
		host->addresses = random_list(random, 2);
		host->certificate = one_in(random, 2) ? (unsigned)random_below(random, 4) : 0;
		host->internet = one_in(random, 5);
		host->internal = one_in(random, 4);
		host->accepted_sender = !one_in(random, 3);
	}
}

static inline void
random_connectors(Random *random, World *world)
{
	size_t i;

	for (i = 0; i < CONNECTORS; i++) {
		WorldConnector *connector = &world->connectors[i];

		connector->partner = one_in(random, 4);
		connector->enabled = !one_in(random, 6);
		connector->restricts = one_in(random, 2);
		connector->hosts = random_set(random, 0, HOSTS) & random_set(random, 0, HOSTS);
		connector->gateways = one_in(random, 3) ? 1u << random_below(random, GATEWAYS) : 0;
		connector->egress = one_in(random, 3) ? 1u << random_below(random, EGRESS) : 0;
		connector->identify_by = connector->partner ? 0 : (unsigned)random_below(random, 4);
		connector->certificate = one_in(random, 2) ? (unsigned)random_below(random, 4) : 0;
		connector->domains = (unsigned)random_below(random, 4);
		if (connector->partner && connector->domains == 0)
			connector->domains = 1;
	}
}

static inline World
random_world(Random *random)
{
	World world = {0};
	size_t i;

	for (i = 0; i < EGRESS; i++) {
		world.egress[i] = random_list(random, 3);
		world.egress_shared[i] = one_in(random, 6);
	}
	random_hosts(random, &world);
	random_connectors(random, &world);
	return world;
}

/* --- writing it ------------------------------------------------------------------------------- */

static inline void
write_list(Buf *buf, const char *network, const WorldList *list)
{
	size_t i;

	buf_char(buf, '[');
	for (i = 0; i < list->count; i++)
		buf_printf(buf, "%s%s%u/%u", i > 0 ? ", " : "", network, list->items[i].first,
			list->items[i].len);
	buf_char(buf, ']');
}

static inline void
write_set(Buf *buf, char letter, unsigned set, bool *first)
{
	unsigned i;

	for (i = 0; set >> i != 0; i++) {
		if ((set >> i & 1) != 0)
			buf_printf(buf, "%s%c%u", *first ? "" : ", ", letter, i);
		*first = *first && (set >> i & 1) == 0;
	}
}

static inline void
write_next(Buf *buf, const WorldNext *next)
{
	bool first = true;

	if (next->target == TO_NOTHING)
		return;
	buf_lit(buf, next->target == TO_GATEWAY ? ", via: [" : ", egress: [");
	write_set(buf, next->target == TO_GATEWAY ? 'g' : 'e', next->set, &first);
	buf_char(buf, ']');
}

static inline void
write_certificate(Buf *buf, unsigned certificate)
{
	if (world_certificates[certificate][0] != 0)
		buf_printf(buf, ", certificate: %s", world_certificates[certificate]);
}

static inline void
write_hosts(Buf *buf, const World *world)
{
	size_t i;

	buf_lit(buf, "gateways:\n");
	for (i = 0; i < GATEWAYS; i++) {
		const WorldGateway *gateway = &world->gateways[i];

		buf_printf(buf, "  g%zu: { kind: %s, shared: %s", i,
			gateway->nat ? "nat" : "postfix", gateway->shared ? "true" : "false");
		if (gateway->clients.count > 0) {
			buf_lit(buf, ", clients: ");
			write_list(buf, "10.0.0.", &gateway->clients);
		}
		write_next(buf, &gateway->next);
		write_certificate(buf, gateway->certificate);
		buf_lit(buf, " }\n");
	}
	buf_lit(buf, "relay_hosts:\n");
	for (i = 0; i < HOSTS; i++) {
		const WorldHost *host = &world->hosts[i];

		buf_printf(buf, "  h%zu: { addresses: ", i);
		write_list(buf, host->next.target == TO_NOTHING ? "25.0.0." : "10.0.0.",
			&host->addresses);
		buf_printf(buf, ", method: %s, recipients: %s, sends_as: contoso.%s",
			host->internet ? "internet" : "connector",
			host->internal ? "internal" : "any", host->accepted_sender ? "com" : "net");
		write_next(buf, &host->next);
		write_certificate(buf, host->certificate);
		buf_lit(buf, " }\n");
	}
}

static inline void
write_connector(Buf *buf, size_t number, const WorldConnector *connector)
{
	static const char *const identities[] = {"", "address", "certificate", "either"};
	bool first = true;

	buf_printf(buf, "  c%zu: { type: %s, enabled: %s, accepts: [", number,
		connector->partner ? "partner" : "on-premises",
		connector->enabled ? "true" : "false");
	write_set(buf, 'h', connector->hosts, &first);
	write_set(buf, 'g', connector->gateways, &first);
	write_set(buf, 'e', connector->egress, &first);
	buf_char(buf, ']');
	if (connector->identify_by > 0)
		buf_printf(buf, ", identify_by: %s", identities[connector->identify_by]);
	if (connector->partner && connector->restricts)
		buf_lit(buf, ", restrict_to: address");
	if (connector->domains > 0)
		buf_printf(buf, ", %s: [%s%s%s]",
			connector->partner ? "sender_domains" : "accepted_domains",
			(connector->domains & 1) != 0 ? "contoso.com" : "",
			connector->domains == 3 ? ", " : "",
			(connector->domains & 2) != 0 ? "contoso.net" : "");
	write_certificate(buf, connector->certificate);
	buf_lit(buf, " }\n");
}

static inline Str
world_text(const World *world, Arena *arena)
{
	Buf buf = buf_make(arena);
	size_t i;

	buf_lit(&buf, "version: 1\ntenant: { name: Contoso, mx_host: mx.example.com }\n"
		      "domains:\n  contoso.com: { spf: { manage: off } }\n"
		      "  contoso.net: { accepted: false, spf: { manage: off } }\negress:\n");
	for (i = 0; i < EGRESS; i++) {
		buf_printf(&buf, "  e%zu: { shared: %s, addresses: ", i,
			world->egress_shared[i] ? "true" : "false");
		write_list(&buf, "25.0.0.", &world->egress[i]);
		buf_lit(&buf, " }\n");
	}
	write_hosts(&buf, world);
	buf_lit(&buf, "connectors:\n");
	for (i = 0; i < CONNECTORS; i++)
		write_connector(&buf, i, &world->connectors[i]);
	return buf_text(&buf);
}

/* --- what is true of it ----------------------------------------------------------------------- */

static inline Bits
bits_of(unsigned first, unsigned len)
{
	Bits ones = len == 32 ? 1 : ((Bits)1 << (1u << (32 - len))) - 1;

	return ones << first;
}

static inline Bits
list_bits(const WorldList *list)
{
	Bits bits = 0;
	size_t i;

	for (i = 0; i < list->count; i++)
		bits |= bits_of(list->items[i].first, list->items[i].len);
	return bits;
}

/* One way out: what the next hop sees. */
typedef struct Way {
	Bits addresses;
	unsigned certificate;
	bool shared;
	unsigned end; /* a bit: the egress object, or the host that is its own */
	unsigned hop; /* a bit: the last hop, a gateway or after those a host; 0: not known */
} Way;

/* Told of each way by the shortest means: every path is walked. */
typedef void (*WayVisit)(void *context, const Way *way);

/* Whether mail of others leaves through an egress object as well. */
static inline bool
gateway_leads_to(const World *world, size_t gateway, size_t egress)
{
	const WorldNext *next = &world->gateways[gateway].next;
	size_t i;

	if (next->target == TO_EGRESS)
		return (next->set >> egress & 1) != 0;
	for (i = 0; i < GATEWAYS; i++) {
		/* Behind another gateway that ends SMTP the addresses are that one's. */
		if ((next->set >> i & 1) != 0 && world->gateways[i].nat &&
			gateway_leads_to(world, i, egress))
			return true;
	}
	return false;
}

static inline bool
egress_is_shared(const World *world, size_t egress)
{
	size_t i;

	for (i = 0; i < GATEWAYS; i++) {
		if (world->gateways[i].shared && gateway_leads_to(world, i, egress))
			return true;
	}
	return world->egress_shared[egress];
}

static inline void
each_way(const World *world, const WorldNext *next, const Way *from, WayVisit visit, void *context)
{
	size_t i;

	for (i = 0; next->target == TO_EGRESS && i < EGRESS; i++) {
		Way way = {list_bits(&world->egress[i]), from->certificate,
			egress_is_shared(world, i), 1u << i, from->hop};

		if ((next->set >> i & 1) != 0)
			visit(context, &way);
	}
	for (i = 0; next->target == TO_GATEWAY && i < GATEWAYS; i++) {
		const WorldGateway *gateway = &world->gateways[i];
		Way here = {.certificate = gateway->certificate, .hop = 1u << i};

		if ((next->set >> i & 1) != 0)
			each_way(
				world, &gateway->next, gateway->nat ? from : &here, visit, context);
	}
}

static inline void
each_way_of_host(const World *world, size_t host, WayVisit visit, void *context)
{
	const WorldHost *object = &world->hosts[host];
	Way way = {list_bits(&object->addresses), object->certificate, false, 1u << (EGRESS + host),
		1u << (GATEWAYS + host)};

	if (object->next.target == TO_NOTHING)
		visit(context, &way);
	else
		each_way(world, &object->next, &way, visit, context);
}

/* What a connector identifies mail by, gathered from the ways that it accepts. */
typedef struct Identity {
	Bits own, all; /* addresses that are not shared; all of them */
	unsigned ends;
	bool shared, any_own, by_address, by_certificate;
} Identity;

static inline void
add_way(void *context, const Way *way)
{
	Identity *identity = context;

	identity->all |= way->addresses;
	identity->ends |= way->end;
	identity->own |= way->shared ? 0 : way->addresses;
	identity->shared = identity->shared || way->shared;
	identity->any_own = identity->any_own || !way->shared;
}

/* All ways that a connector accepts, by hosts, gateways and egress objects. */
static inline void
each_way_accepted(
	const World *world, const WorldConnector *connector, WayVisit visit, void *context)
{
	static const Way nobody;
	size_t i;

	for (i = 0; i < HOSTS; i++) {
		if ((connector->hosts >> i & 1) != 0)
			each_way_of_host(world, i, visit, context);
	}
	for (i = 0; i < GATEWAYS; i++) {
		WorldNext next = {TO_GATEWAY, connector->gateways & 1u << i};

		each_way(world, &next, &nobody, visit, context);
	}
	for (i = 0; i < EGRESS; i++) {
		WorldNext next = {TO_EGRESS, connector->egress & 1u << i};

		each_way(world, &next, &nobody, visit, context);
	}
}

static inline Identity
identity_of(const World *world, size_t number)
{
	const WorldConnector *connector = &world->connectors[number];
	Identity identity = {0};

	each_way_accepted(world, connector, add_way, &identity);
	switch (connector->identify_by) {
	case 0: identity.by_certificate = connector->certificate > 0 && !identity.any_own; break;
	case 1: identity.by_certificate = false; break;
	default: identity.by_certificate = connector->certificate > 0; break;
	}
	identity.by_address = connector->identify_by == 0 ? !identity.by_certificate
							  : connector->identify_by != 2;
	if (connector->partner) {
		identity.by_address = true;
		identity.by_certificate = connector->certificate > 0;
	}
	if (!identity.by_address)
		identity.own = identity.all = 0;
	return identity;
}

/* What a connector holds. */
static inline Bits
held_by(const World *world, size_t number)
{
	Identity identity = identity_of(world, number);

	return world->connectors[number].partner ? identity.all : identity.own;
}

#endif
