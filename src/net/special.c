/*
 * Special-purpose blocks. The registries are read once into static tables: first the blocks, the
 * wider before those inside it; then the whole address space as stretches, each with the most
 * specific block that holds it, so that a prefix is judged by one binary search.
 */
#include "net/net_int.h"

#define BLOCKS_MAX    64
#define STRETCHES_MAX (2 * BLOCKS_MAX + 1)

typedef struct Stretch {
	NetBits first, last;
	const NetBlock *block; /* NULL: plain global addresses */
} Stretch;

typedef struct Stretches {
	Stretch items[STRETCHES_MAX];
	size_t len;
} Stretches;

static NetBlock blocks[BLOCKS_MAX];
static size_t blocks_len;
static Stretches stretches[2]; /* by family */

/* --- reading ---------------------------------------------------------------------------------- */

static NetPrefix
prefix_of_text(const char *text)
{
	NetPrefix prefix;

	if (!net_read_prefix(str_from(text), &prefix))
		panic("`%s` is no prefix", text);
	return prefix;
}

/* What Exchange Online answers with "contains reserved IP addresses". */
static bool
is_refused(NetPrefix prefix)
{
	static const char *const refused[] = {"0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8",
		"169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"};
	size_t i;

	for (i = 0; i < BASE_COUNT(refused); i++) {
		if (net_prefix_contains(prefix_of_text(refused[i]), prefix))
			return true;
	}
	return false;
}

/* RFC 5737 (IPv4), 3849 and 9637 (IPv6): allowed in samples. */
static bool
is_documentation(Str rfc)
{
	return STR_EQ(rfc, "RFC5737") || STR_EQ(rfc, "RFC3849") || STR_EQ(rfc, "RFC9637");
}

/* `reachable` is the registry's column: a blank or N/A promises nothing, but is no "false". */
static NetClass
class_of(NetPrefix prefix, Str rfc, Str reachable)
{
	if (!STR_EQ(reachable, "false")) {
		ASSERT(STR_EQ(reachable, "true") || STR_EQ(reachable, "N/A") || reachable.len == 0);
		return NET_CLASS_SPECIAL;
	}
	if (is_refused(prefix))
		return NET_CLASS_REFUSED;
	return is_documentation(rfc) ? NET_CLASS_DOCUMENTATION : NET_CLASS_NOT_GLOBAL;
}

/* Keeps the order of net_prefix_compare(): what holds a block stands before it. */
static void
insert_block(NetBlock block)
{
	size_t at = blocks_len++;

	ASSERT(blocks_len <= BLOCKS_MAX);
	for (; at > 0 && net_prefix_compare(blocks[at - 1].prefix, block.prefix) > 0; at--)
		blocks[at] = blocks[at - 1];
	blocks[at] = block;
}

static void
load_registry(const char *file)
{
	enum { PREFIX, NAME, RFC, REACHABLE, NOTE, FIELDS };
	Str rest = net_data(file), fields[FIELDS];

	while (net_csv_row(&rest, fields, FIELDS)) {
		NetBlock block = {.name = fields[NAME], .rfc = fields[RFC], .note = fields[NOTE]};

		if (!net_read_prefix(fields[PREFIX], &block.prefix))
			panic("%s: `" STR_FMT "` is no prefix", file, STR_ARG(fields[PREFIX]));
		block.net_class = class_of(block.prefix, block.rfc, fields[REACHABLE]);
		insert_block(block);
	}
}

/* Multicast has registries of its own. */
static void
load_multicast(const char *prefix, Str rfc)
{
	insert_block((NetBlock){
		prefix_of_text(prefix), STR("Multicast"), rfc, STR(""), NET_CLASS_NOT_GLOBAL});
}

/* The most specific block that holds a whole prefix: the last one in order. */
static const NetBlock *
find_block(NetPrefix prefix)
{
	const NetBlock *found = NULL;
	size_t i;

	for (i = 0; i < blocks_len; i++) {
		if (net_prefix_contains(blocks[i].prefix, prefix))
			found = &blocks[i];
	}
	return found;
}

/* The first address past `from` where a block begins or has ended; 0 if there is none. */
static NetBits
next_edge(NetFamily family, NetBits from)
{
	NetBits edge = 0;
	size_t i;

	for (i = 0; i < blocks_len; i++) {
		NetBits first = net_prefix_first(blocks[i].prefix);
		NetBits past = net_prefix_last(blocks[i].prefix) + 1;

		if (blocks[i].prefix.family != family)
			continue;
		if (first > from && (edge == 0 || first < edge))
			edge = first;
		if (past > from && (edge == 0 || past < edge))
			edge = past;
	}
	return edge;
}

/* From edge to edge: between two of them one block is the most specific throughout. */
static void
load_stretches(NetFamily family)
{
	unsigned bits = net_family_bits(family);
	NetBits end = net_prefix_last(net_prefix_of(family, 0, 0)), first = 0, edge;
	Stretches *all = &stretches[family];

	do {
		const NetBlock *block = find_block(net_prefix_of(family, first, bits));

		edge = next_edge(family, first);
		if (edge > end)
			edge = 0;
		ASSERT(all->len < STRETCHES_MAX);
		all->items[all->len++] = (Stretch){first, edge == 0 ? end : edge - 1, block};
		first = edge;
	} while (edge != 0);
}

/* Once; the data cannot change and nothing is handed back. */
static void
load(void)
{
	if (blocks_len > 0)
		return;
	load_registry("src/data/iana-ipv4-special.csv");
	load_registry("src/data/iana-ipv6-special.csv");
	load_multicast("224.0.0.0/4", STR("RFC5771"));
	load_multicast("ff00::/8", STR("RFC4291"));
	load_stretches(NET_IP4);
	load_stretches(NET_IP6);
}

/* --- judging ---------------------------------------------------------------------------------- */

static NetClass
stretch_class(const Stretch *stretch)
{
	return stretch->block == NULL ? NET_CLASS_GLOBAL : stretch->block->net_class;
}

/* The index of the stretch that holds an address. */
static size_t
find_stretch(const Stretches *all, NetBits address)
{
	size_t low = 0, high = all->len - 1;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->items[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first stretch of the worst class between two addresses. */
static const Stretch *
find_worst(const Stretches *all, NetBits first, NetBits last)
{
	size_t at = find_stretch(all, first);
	const Stretch *worst = &all->items[at];

	for (at++; at < all->len && all->items[at].first <= last; at++) {
		if (stretch_class(&all->items[at]) > stretch_class(worst))
			worst = &all->items[at];
	}
	return worst;
}

static bool
has_class_throughout(const Stretches *all, NetPrefix prefix, NetClass net_class)
{
	NetBits last = net_prefix_last(prefix);
	size_t at = find_stretch(all, net_prefix_first(prefix));

	for (; at < all->len && all->items[at].first <= last; at++) {
		if (stretch_class(&all->items[at]) != net_class)
			return false;
	}
	return true;
}

/* The widest prefix from `first` on, inside `whole` and one block, that has the class throughout.
 */
static NetPrefix
find_part(NetPrefix whole, NetBits first, NetClass net_class, const NetBlock **ret_block)
{
	const Stretches *all = &stretches[whole.family];
	NetPrefix part = net_prefix_of(whole.family, first, whole.len);

	/* A single address always passes: it lies in one stretch, hence in that one's block. */
	for (;; part.len++) {
		*ret_block = find_block(part);
		if (!net_prefix_has_host_bits(part) && *ret_block != NULL &&
			(*ret_block)->net_class == net_class &&
			has_class_throughout(all, part, net_class))
			return part;
	}
}

NetVerdict
net_classify(NetPrefix prefix)
{
	NetVerdict verdict = {.part = net_prefix_network(prefix)};
	NetBits first = net_prefix_first(prefix);
	const Stretch *worst;

	load();
	worst = find_worst(&stretches[prefix.family], first, net_prefix_last(prefix));
	verdict.net_class = stretch_class(worst);
	if (verdict.net_class == NET_CLASS_GLOBAL)
		return verdict;
	if (worst->first > first)
		first = worst->first;
	verdict.part = find_part(prefix, first, verdict.net_class, &verdict.block);
	return verdict;
}
