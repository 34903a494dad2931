/* The PTR records that the spec wants: who holds the reverse zone of an address publishes them. */
#include "view/view_int.h"

typedef struct Pointer {
	NetPrefix prefix;
	Str name, egress;
} Pointer;

typedef VEC(Pointer) Pointers;

static Json *
pointer_json(Arena *arena, const void *context, size_t index)
{
	const Pointer *pointer = &((const Pointer *)context)[index];
	Json *item = json_object(arena), *records = json_list(arena);
	StrVec names = {0};
	size_t i;

	net_reverse_names(arena, pointer->prefix, &names);
	for (i = 0; i < names.len; i++)
		json_push(arena, records, json_text(arena, names.items[i]));
	SET(item, "address", json_text(arena, net_prefix_text(arena, pointer->prefix)));
	SET(item, "name", json_text(arena, pointer->name));
	SET(item, "egress", json_text(arena, pointer->egress));
	SET(item, "records", records);
	return item;
}

/* One name for all addresses of an egress object, or a name for each. */
static void
add_pointers(Arena *arena, const ModelEgress *egress, Pointers *pointers)
{
	uint32_t i, k;

	for (i = 0; i < egress->ptr.len; i++) {
		const FieldPair *pair = &egress->ptr.items[i];
		Pointer pointer = {.name = pair->text, .egress = egress->head.name};

		if (pair->key.ptr != NULL) {
			if (net_prefix_parse(pair->key, &pointer.prefix) == NET_ADDRESS_OK)
				VEC_PUSH(arena, pointers, pointer);
			continue;
		}
		for (k = 0; k < egress->addresses.len; k++) {
			pointer.prefix = net_prefix_network(egress->addresses.items[k].prefix);
			VEC_PUSH(arena, pointers, pointer);
		}
	}
}

static int
pointer_order(const void *a, const void *b, void *context)
{
	const Pointer *left = a, *right = b;
	int order = net_prefix_compare(left->prefix, right->prefix);

	(void)context;
	if (order == 0)
		order = str_compare(left->name, right->name);
	return order != 0 ? order : str_compare(left->egress, right->egress);
}

Json *
view_pointers(Arena *arena, const Model *model)
{
	Pointers pointers = {0};
	uint32_t i;

	for (i = 0; i < model->egress_len; i++)
		add_pointers(arena, &model->egress[i], &pointers);
	base_sort(pointers.items, pointers.len, sizeof(Pointer), pointer_order, NULL);
	return json_list_on_demand(arena, pointers.len, pointer_json, pointers.items);
}
