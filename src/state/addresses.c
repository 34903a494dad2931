/*
 * From what a connector accepts to the entries of SenderIPAddresses. Sources that show the same
 * addresses (hosts behind one egress object) are one end: its addresses are looked at once, and
 * entries share the list of its sources.
 */
#include "state/state_int.h"

#include <string.h>

/* An egress object, or a host that is its own, with the sources that show it. */
typedef struct End {
	const FieldPrefixes *written;
	uint32_t *sources, len;
} End;

typedef struct Entry {
	NetPrefix range, from;
	Span span;
	uint32_t end;
} Entry;

typedef struct Collector {
	State *state;
	StateConnector *connector;
	Arena *scratch;
	End *ends;
	uint32_t ends_len;
	Entry *entries;
	uint64_t len;
} Collector;

bool
state_source_is_written(const StateConnector *connector, const StateSource *source)
{
	return connector->type == MODEL_PARTNER || !source->shared;
}

/* --- ends ------------------------------------------------------------------------------------- */

/* A source that is written, with what it shows. */
typedef struct Shown {
	uint32_t egress, host, source;
} Shown;

static int
shown_order(const void *a, const void *b, void *context)
{
	const Shown *left = a, *right = b;

	(void)context;
	if (left->egress != right->egress)
		return left->egress < right->egress ? -1 : 1;
	if (left->host != right->host)
		return left->host < right->host ? -1 : 1;
	return (left->source > right->source) - (left->source < right->source);
}

static uint32_t
list_shown(const Collector *collector, Shown *shown)
{
	const StateConnector *connector = collector->connector;
	uint32_t i, len = 0;

	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if (state_source_addresses(collector->state->model, source) == NULL ||
			!state_source_is_written(connector, source))
			continue;
		/* Whose egress object it is does not matter. */
		shown[len++] = (Shown){source->egress,
			source->egress == MODEL_SELF ? source->host : STATE_NONE, i};
	}
	base_sort(shown, len, sizeof(Shown), shown_order, NULL);
	return len;
}

static void
find_ends(Collector *collector)
{
	const StateConnector *connector = collector->connector;
	Shown *shown = ARENA_ARRAY(collector->scratch, Shown, connector->sources.len);
	uint32_t len = list_shown(collector, shown), i;
	uint32_t *sources = ARENA_ARRAY(collector->state->model->arena, uint32_t, len);

	collector->ends = ARENA_ARRAY(collector->scratch, End, len);
	for (i = 0; i < len; i++) {
		const StateSource *source = &connector->sources.items[shown[i].source];
		End *end;

		sources[i] = shown[i].source;
		if (i == 0 || shown[i].egress != shown[i - 1].egress ||
			shown[i].host != shown[i - 1].host)
			collector->ends[collector->ends_len++] =
				(End){state_source_addresses(collector->state->model, source),
					&sources[i], 0};
		end = &collector->ends[collector->ends_len - 1];
		end->len++;
	}
}

/* --- entries ---------------------------------------------------------------------------------- */

/* False when the connectors hold too much: then this one and those after it are left out. */
static bool
count_entries(Collector *collector, uint64_t count)
{
	collector->state->entries += count;
	return collector->state->entries <= STATE_MAX_ENTRIES;
}

static bool
count_pieces(Collector *collector)
{
	uint64_t total = 0;
	uint32_t i, j;

	for (i = 0; i < collector->ends_len; i++) {
		const FieldPrefixes *written = collector->ends[i].written;

		for (j = 0; j < written->len; j++) {
			NetPrefix prefix = written->items[j].prefix;
			uint64_t pieces = prefix.family == NET_IP6
						  ? 1
						  : net_split_count(prefix, CONNECTOR_MIN_LENGTH);

			total += pieces > STATE_MAX_PIECES ? 1 : pieces;
		}
	}
	if (!count_entries(collector, total))
		return false;
	collector->entries = ARENA_ARRAY(collector->scratch, Entry, total);
	return true;
}

static void
add_pieces(Collector *collector, const FieldPrefix *written, uint32_t end)
{
	NetPrefix network = net_prefix_network(written->prefix);
	uint64_t count = net_split_count(network, CONNECTOR_MIN_LENGTH), i;
	NetBits step = (NetBits)1 << (32 - CONNECTOR_MIN_LENGTH);

	if (count > STATE_MAX_PIECES) {
		VEC_PUSH(collector->state->model->arena, &collector->connector->wide,
			((StateWide){network, written->span, count}));
		return;
	}
	for (i = 0; i < count; i++) {
		NetPrefix piece = network;

		if (count > 1 || network.len < CONNECTOR_MIN_LENGTH)
			piece = net_prefix_of(NET_IP4, net_prefix_first(network) + i * step,
				CONNECTOR_MIN_LENGTH);
		collector->entries[collector->len++] = (Entry){piece, network, written->span, end};
	}
}

static void
add_end(Collector *collector, uint32_t number)
{
	const FieldPrefixes *written = collector->ends[number].written;
	StateConnector *connector = collector->connector;
	uint32_t i;

	connector->broken = connector->broken || written->state == FIELD_BAD;
	for (i = 0; i < written->len; i++) {
		if (written->items[i].prefix.family == NET_IP6)
			VEC_PUSH(collector->state->model->arena, &connector->ip6,
				written->items[i].prefix);
		else
			add_pieces(collector, &written->items[i], number);
	}
}

static int
entry_order(const void *a, const void *b, void *context)
{
	const Entry *left = a, *right = b;
	const End *ends = context;
	int order = net_prefix_compare(left->range, right->range);

	if (order == 0)
		order = net_prefix_compare(left->from, right->from);
	if (order != 0 || left->end == right->end)
		return order;
	/* No two ends have a source in common. */
	return ends[left->end].sources[0] < ends[right->end].sources[0] ? -1 : 1;
}

/* --- addresses -------------------------------------------------------------------------------- */

static int
number_order(const void *a, const void *b, void *context)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	(void)context;
	return (left > right) - (left < right);
}

/* The ends of the entries that are merged, each once, sorted; their number. */
static uint32_t
list_ends(const Entry *entries, size_t len, uint32_t *ends)
{
	uint32_t kept = 0;
	size_t i;

	for (i = 0; i < len; i++)
		ends[i] = entries[i].end;
	base_sort(ends, len, sizeof(*ends), number_order, NULL);
	for (i = 0; i < len; i++) {
		if (kept == 0 || ends[kept - 1] != ends[i])
			ends[kept++] = ends[i];
	}
	return kept;
}

static bool
join_sources(Collector *collector, const uint32_t *ends, uint32_t len, StateAddress *address)
{
	uint32_t *sources, total = 0, i;

	for (i = 0; i < len; i++)
		total += collector->ends[ends[i]].len;
	if (!count_entries(collector, total))
		return false;
	sources = ARENA_ARRAY(collector->state->model->arena, uint32_t, total);
	address->sources_len = 0;
	for (i = 0; i < len; i++) {
		const End *end = &collector->ends[ends[i]];

		memcpy(&sources[address->sources_len], end->sources, end->len * sizeof(*sources));
		address->sources_len += end->len;
	}
	base_sort(sources, total, sizeof(*sources), number_order, NULL);
	address->sources = sources;
	return true;
}

/* Neighbours mostly have the same ends: then they have the same list. */
typedef struct Joined {
	uint32_t *ends, len;
	const StateAddress *address;
} Joined;

static bool
set_sources(Collector *collector, Joined *joined, const uint32_t *ends, uint32_t len,
	StateAddress *address)
{
	if (len == 1) {
		address->sources = collector->ends[ends[0]].sources;
		address->sources_len = collector->ends[ends[0]].len;
		return true;
	}
	if (joined->address != NULL && joined->len == len &&
		memcmp(joined->ends, ends, len * sizeof(*ends)) == 0) {
		address->sources = joined->address->sources;
		address->sources_len = joined->address->sources_len;
		return true;
	}
	joined->len = len;
	memcpy(joined->ends, ends, len * sizeof(*ends));
	joined->address = address;
	return join_sources(collector, ends, len, address);
}

static size_t
count_addresses(const Collector *collector)
{
	const Entry *widest = NULL;
	size_t i, count = 0;

	for (i = 0; i < collector->len; i++) {
		if (widest != NULL &&
			net_prefix_contains(widest->range, collector->entries[i].range))
			continue;
		widest = &collector->entries[i];
		count++;
	}
	return count;
}

/* The entries that lie in the range of a first one become one address with all their sources. */
static bool
merge_entries(Collector *collector)
{
	StateConnector *connector = collector->connector;
	uint32_t *ends = ARENA_ARRAY(collector->scratch, uint32_t, collector->len);
	Joined joined = {.ends = ARENA_ARRAY(collector->scratch, uint32_t, collector->len)};
	Arena *arena = collector->state->model->arena;
	size_t from, to, count = count_addresses(collector);

	connector->addresses.cap = connector->set.ip4.cap = count;
	connector->addresses.items = ARENA_ARRAY(arena, StateAddress, count);
	connector->set.ip4.items = ARENA_ARRAY(arena, NetRange4, count);
	for (from = 0; from < collector->len; from = to) {
		const Entry *first = &collector->entries[from];
		StateAddress *address = &connector->addresses.items[connector->addresses.len++];

		for (to = from; to < collector->len &&
				net_prefix_contains(first->range, collector->entries[to].range);)
			to++;
		*address = (StateAddress){
			.range = first->range, .split_from = first->from, .span = first->span};
		if (!set_sources(
			    collector, &joined, ends, list_ends(first, to - from, ends), address))
			return false;
		net_set_add(arena, &connector->set, address->range);
	}
	return true;
}

static bool
collect(Collector *collector)
{
	uint32_t i;

	find_ends(collector);
	if (!count_pieces(collector))
		return false;
	for (i = 0; i < collector->ends_len; i++)
		add_end(collector, i);
	base_sort(collector->entries, collector->len, sizeof(Entry), entry_order, collector->ends);
	return merge_entries(collector);
}

void
state_collect_addresses(State *state, StateConnector *connector)
{
	Collector collector = {.state = state, .connector = connector, .scratch = arena_create()};

	if (!collect(&collector)) {
		state_leave_out(state, connector, STATE_LIMIT_ADDRESSES);
	} else {
		net_set_normalise(&connector->set);
		net_prefixes_sort(&connector->ip6);
	}
	arena_destroy(collector.scratch);
}
