/* From what a connector accepts to the entries of SenderIPAddresses. */
#include "state/state_int.h"

#include <string.h>

typedef struct Entry {
	NetPrefix range, from;
	Span span;
	uint32_t source;
} Entry;

typedef struct Entries {
	VEC(Entry) list;
} Entries;

static void
add_pieces(const Model *model, StateConnector *connector, const FieldPrefix *written,
	uint32_t source, Arena *scratch, Entries *entries)
{
	NetPrefix network = net_prefix_network(written->prefix);
	uint64_t count = net_split_count(network, CONNECTOR_MIN_LENGTH), i;
	NetBits step = (NetBits)1 << (32 - CONNECTOR_MIN_LENGTH);

	if (count > STATE_MAX_PIECES) {
		VEC_PUSH(model->arena, &connector->wide,
			((StateWide){network, written->span, count}));
		return;
	}
	for (i = 0; i < count; i++) {
		NetPrefix piece = network;

		if (count > 1 || network.len < CONNECTOR_MIN_LENGTH)
			piece = net_prefix_of(NET_IP4, net_prefix_first(network) + i * step,
				CONNECTOR_MIN_LENGTH);
		VEC_PUSH(scratch, &entries->list, ((Entry){piece, network, written->span, source}));
	}
}

bool
state_source_is_written(const StateConnector *connector, const StateSource *source)
{
	return connector->type == MODEL_PARTNER || !source->shared;
}

static int
entry_order(const void *a, const void *b, void *context)
{
	const Entry *left = a, *right = b;
	int order = net_prefix_compare(left->range, right->range);

	(void)context;
	if (order != 0)
		return order;
	order = net_prefix_compare(left->from, right->from);
	if (order != 0)
		return order;
	return (left->source > right->source) - (left->source < right->source);
}

static int
number_order(const void *a, const void *b, void *context)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	(void)context;
	return (left > right) - (left < right);
}

/* A source that shows several of the merged ranges is one source. */
static void
add_sources(const Model *model, const Entry *entries, size_t len, StateAddress *address)
{
	uint32_t *sources = ARENA_ARRAY(model->arena, uint32_t, len), kept = 0;
	size_t i;

	for (i = 0; i < len; i++)
		sources[i] = entries[i].source;
	base_sort(sources, len, sizeof(*sources), number_order, NULL);
	for (i = 0; i < len; i++) {
		if (kept == 0 || sources[kept - 1] != sources[i])
			sources[kept++] = sources[i];
	}
	address->sources = sources;
	address->sources_len = kept;
}

/* The entries that begin at `from` and lie in its range become one address with all their sources.
 */
static size_t
merge_entries(const Model *model, const Entries *entries, size_t from, StateAddress *address)
{
	const Entry *first = &entries->list.items[from];
	size_t end = from;

	while (end < entries->list.len &&
		net_prefix_contains(first->range, entries->list.items[end].range))
		end++;
	address->range = first->range;
	address->split_from = first->from;
	address->span = first->span;
	add_sources(model, first, end - from, address);
	return end;
}

void
state_collect_addresses(State *state, StateConnector *connector)
{
	const Model *model = state->model;
	Arena *scratch = arena_create();
	Entries entries = {{0}};
	size_t i, j;

	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];
		const FieldPrefixes *written = state_source_addresses(model, source);

		if (written == NULL || !state_source_is_written(connector, source))
			continue;
		connector->broken = connector->broken || written->state == FIELD_BAD;
		for (j = 0; j < written->len; j++) {
			if (written->items[j].prefix.family == NET_IP6)
				VEC_PUSH(model->arena, &connector->ip6, written->items[j].prefix);
			else
				add_pieces(model, connector, &written->items[j], (uint32_t)i,
					scratch, &entries);
		}
	}
	base_sort(entries.list.items, entries.list.len, sizeof(Entry), entry_order, NULL);
	for (i = 0; i < entries.list.len;) {
		StateAddress *address = VEC_ADD(model->arena, &connector->addresses);

		i = merge_entries(model, &entries, i, address);
		net_set_add(model->arena, &connector->set, address->range);
	}
	net_set_normalise(&connector->set);
	net_prefixes_sort(&connector->ip6);
	arena_destroy(scratch);
}
