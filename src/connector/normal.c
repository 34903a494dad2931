/* The normal form of a value, and how two of them are compared. */
#include "connector/connector_int.h"

/* --- one text --------------------------------------------------------------------------------- */

static bool
is_digits(Str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	}
	return text.len > 0;
}

/* `contoso.com`, `smtp:contoso.com`, `contoso.com;10` and `SMTP:Contoso.com;10` are such. */
static Str
domain_normal(Arena *arena, Str text)
{
	Str lower = str_lower(arena, text), name = lower, cost = STR("1");
	size_t semicolon;

	if (str_starts(name, STR("smtp:")))
		name = str_slice(name, STR("smtp:").len, name.len);
	semicolon = str_find_char(name, ';', 0);
	if (semicolon < name.len) {
		cost = str_slice(name, semicolon + 1, name.len);
		name = str_slice(name, 0, semicolon);
	}
	if (!is_digits(cost) || str_find_char(name, ':', 0) < name.len)
		return lower;
	return str_format(arena, "smtp:" STR_FMT ";" STR_FMT, STR_ARG(name), STR_ARG(cost));
}

/* The network that a range is, if it is one. */
static bool
range_is_network(NetRange range, NetPrefix *ret_network)
{
	unsigned bits = net_family_bits(range.family), len = bits;
	NetBits size = range.last - range.first;

	while (len > 0 && (size & 1) != 0) {
		size >>= 1;
		len--;
	}
	*ret_network = net_prefix_of(range.family, range.first, len);
	return size == 0 && net_prefix_last(*ret_network) == range.last &&
	       net_prefix_first(*ret_network) == range.first;
}

/* The grammar of IPv4 leaves one spelling: all but a length of 32 and host bits is normal. */
static bool
is_normal_ip4(Str text)
{
	NetPrefix prefix;

	return net_prefix_parse(text, &prefix) == NET_ADDRESS_OK && prefix.family == NET_IP4 &&
	       !net_prefix_has_host_bits(prefix) && !str_ends(text, STR("/32"));
}

static Str
address_normal(Arena *arena, Str text)
{
	NetRange range;
	NetPrefix network;
	unsigned bits;

	if (is_normal_ip4(text))
		return text;
	if (net_range_parse(text, &range) != NET_ADDRESS_OK)
		return str_lower(arena, text);
	if (range_is_network(range, &network))
		return net_prefix_text(arena, network);
	bits = net_family_bits(range.family);
	return str_format(arena, STR_FMT "-" STR_FMT,
		STR_ARG(net_prefix_text(arena, net_prefix_of(range.family, range.first, bits))),
		STR_ARG(net_prefix_text(arena, net_prefix_of(range.family, range.last, bits))));
}

Str
connector_text_normal(Arena *arena, ConnectorProperty property, Str text)
{
	switch (connector_property_kind(property)) {
	case CONNECTOR_KIND_DOMAINS: return domain_normal(arena, text);
	case CONNECTOR_KIND_ADDRESSES: return address_normal(arena, text);
	case CONNECTOR_KIND_TEXT:
	case CONNECTOR_KIND_FLAG:
	case CONNECTOR_KIND_TEXTS: break;
	}
	return text;
}

void
connector_value_normalise(Arena *arena, ConnectorProperty property, ConnectorValue *value)
{
	size_t i, len = 0;

	for (i = 0; i < value->list.len; i++) {
		Str text = connector_text_normal(arena, property, value->list.items[i]);

		if (text.len > 0)
			value->list.items[len++] = text;
	}
	value->list.len = len;
	connector_normalise(property, &value->list);
}

/* --- two values ------------------------------------------------------------------------------- */

/* What two elements are told apart by. */
static Str
element_key(Arena *arena, ConnectorProperty property, Str text)
{
	Str normal = connector_text_normal(arena, property, text);

	return connector_property_is_folded(property) ? str_lower(arena, normal) : normal;
}

/* Leaves out addresses inside a network that stands before them, as sorting brings it about. */
static StrVec
without_contained(Arena *arena, ConnectorProperty property, const StrVec *list)
{
	StrVec kept = {0};
	NetPrefix last = {0}, prefix;
	bool has_last = false;
	size_t i;

	if (connector_property_kind(property) != CONNECTOR_KIND_ADDRESSES)
		return *list;
	for (i = 0; i < list->len; i++) {
		if (net_prefix_parse(list->items[i], &prefix) == NET_ADDRESS_OK) {
			if (has_last && net_prefix_contains(last, prefix))
				continue;
			last = net_prefix_network(prefix);
			has_last = true;
		}
		VEC_PUSH(arena, &kept, list->items[i]);
	}
	return kept;
}

/* What each element is told apart by. */
static StrVec
element_keys(Arena *arena, ConnectorProperty property, const StrVec *list)
{
	StrVec keys = {0};
	size_t i;

	for (i = 0; i < list->len; i++)
		VEC_PUSH(arena, &keys, element_key(arena, property, list->items[i]));
	return keys;
}

/* The elements of `list` whose keys are not among `others`. */
static void
elements_missing(Arena *arena, const StrVec *list, const StrVec *keys, const StrVec *others,
	StrVec *ret_missing)
{
	Map known = {0};
	size_t i;

	map_reserve(arena, &known, others->len);
	for (i = 0; i < others->len; i++)
		map_add(arena, &known, others->items[i], 0);
	for (i = 0; i < list->len; i++) {
		if (map_find(&known, keys->items[i]) == MAP_NONE)
			VEC_PUSH(arena, ret_missing, list->items[i]);
	}
}

/* The common case, without a table. */
static bool
same_texts(const StrVec *a, const StrVec *b)
{
	size_t i;

	for (i = 0; i < a->len && i < b->len; i++) {
		if (!str_equal(a->items[i], b->items[i]))
			return false;
	}
	return a->len == b->len;
}

void
connector_list_difference(Arena *arena, ConnectorProperty property, const StrVec *before,
	const StrVec *after, StrVec *ret_added, StrVec *ret_removed)
{
	StrVec left, right, left_keys, right_keys;

	*ret_added = *ret_removed = (StrVec){0};
	if (same_texts(before, after))
		return;
	left = without_contained(arena, property, before);
	right = without_contained(arena, property, after);
	left_keys = element_keys(arena, property, &left);
	right_keys = element_keys(arena, property, &right);
	elements_missing(arena, &right, &right_keys, &left_keys, ret_added);
	elements_missing(arena, &left, &left_keys, &right_keys, ret_removed);
}

bool
connector_value_equal(
	Arena *arena, ConnectorProperty property, const ConnectorValue *a, const ConnectorValue *b)
{
	ArenaMark mark = arena_mark(arena);
	StrVec added, removed;
	bool equal;

	switch (connector_property_kind(property)) {
	case CONNECTOR_KIND_FLAG: return a->on == b->on;
	case CONNECTOR_KIND_TEXT:
		return connector_property_is_folded(property) ? str_equal_nocase(a->text, b->text)
							      : str_equal(a->text, b->text);
	case CONNECTOR_KIND_TEXTS:
	case CONNECTOR_KIND_DOMAINS:
	case CONNECTOR_KIND_ADDRESSES: break;
	}
	connector_list_difference(arena, property, &a->list, &b->list, &added, &removed);
	equal = added.len == 0 && removed.len == 0;
	arena_reset(arena, mark);
	return equal;
}
