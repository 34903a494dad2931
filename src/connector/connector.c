#include "connector/connector_int.h"

typedef struct PropertyRow {
	const char *name;
	ConnectorKind kind;
	bool folded;
} PropertyRow;

enum { EXACT = false, FOLDED = true };

static const PropertyRow rows[CONNECTOR_PROPERTIES] = {
#define PROPERTY(enumerator, name, kind, fold)                                                     \
	[CONNECTOR_##enumerator] = {name, CONNECTOR_KIND_##kind, fold},
#include "connector/properties.def"
#undef PROPERTY
};

const char *
connector_property_name(ConnectorProperty property)
{
	return rows[property].name;
}

ConnectorKind
connector_property_kind(ConnectorProperty property)
{
	return rows[property].kind;
}

bool
connector_property_is_folded(ConnectorProperty property)
{
	return rows[property].folded;
}

bool
connector_property_find(Str name, ConnectorProperty *ret_property)
{
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		if (str_equal(name, str_from(rows[i].name))) {
			*ret_property = (ConnectorProperty)i;
			return true;
		}
	}
	return false;
}

Str
connector_domain(Arena *arena, Str domain, uint32_t cost)
{
	return str_format(arena, "smtp:" STR_FMT ";%u", STR_ARG(domain), (unsigned)cost);
}

/* Ranges `a-b`, which only EFSkipIPs takes, come after the addresses that parse. */
static int
address_order(const void *a, const void *b, void *context)
{
	const Str *left = a, *right = b;
	NetPrefix left_prefix, right_prefix;
	bool left_good = net_prefix_parse(*left, &left_prefix) == NET_ADDRESS_OK;
	bool right_good = net_prefix_parse(*right, &right_prefix) == NET_ADDRESS_OK;
	int order;

	(void)context;
	if (left_good != right_good)
		return left_good ? -1 : 1;
	order = left_good ? net_prefix_compare(left_prefix, right_prefix) : 0;
	return order != 0 ? order : str_compare(*left, *right);
}

static int
text_order(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(*(const Str *)a, *(const Str *)b);
}

void
connector_normalise(ConnectorProperty property, StrVec *list)
{
	bool addresses = rows[property].kind == CONNECTOR_KIND_ADDRESSES;
	size_t i, len = 0;

	base_sort(
		list->items, list->len, sizeof(Str), addresses ? address_order : text_order, NULL);
	for (i = 0; i < list->len; i++) {
		if (len == 0 || !str_equal(list->items[len - 1], list->items[i]))
			list->items[len++] = list->items[i];
	}
	list->len = len;
}

Json *
connector_value_json(Arena *arena, ConnectorProperty property, const ConnectorValue *value)
{
	Json *list;
	size_t i;

	switch (rows[property].kind) {
	case CONNECTOR_KIND_FLAG: return json_bool(arena, value->on);
	case CONNECTOR_KIND_TEXT:
		return value->text.len == 0 ? json_null(arena) : json_text(arena, value->text);
	case CONNECTOR_KIND_TEXTS:
	case CONNECTOR_KIND_DOMAINS:
	case CONNECTOR_KIND_ADDRESSES: break;
	}
	list = json_list(arena);
	for (i = 0; i < value->list.len; i++)
		json_push(arena, list, json_text(arena, value->list.items[i]));
	return list;
}
