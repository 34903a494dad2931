/* Lists and maps of texts, names, domains and addresses. A single value may stand for a list. */
#include "schema/schema_int.h"
#include "schema/values_int.h"

static const DocNode *
list_items(const DocNode *node, size_t *ret_count)
{
	*ret_count = node->kind == DOC_LIST ? node->count : 1;
	return node->kind == DOC_LIST ? node->items : node;
}

static bool
check_not_empty(SchemaDecoder *decoder, const Field *field, const DocNode *node, size_t count)
{
	Diag *diag;

	if (count > 0 || (field->flags & FIELD_NOT_EMPTY) == 0)
		return true;
	diag = schema_report(
		decoder, DIAG_BAD_VALUE, node->span, "`%s` is an empty list", field->key);
	diag_help(decoder->sink, diag, "put something into it, or remove the key");
	return false;
}

static const char *
sender_domain_reason(Str name, NetNameError error)
{
	if (str_find_char(name, '*', 0) < name.len)
		return "a wildcard can only be the whole first label";
	return net_name_reason(error);
}

/* `contoso.com`, `*.contoso.com`, `*`. */
static bool
sender_domain_name(SchemaDecoder *decoder, const DocNode *node, Str *ret_name)
{
	Str text = doc_text(node), name = text;
	bool below = str_starts(text, STR("*."));
	NetNameError error;
	Diag *diag;

	if (STR_EQ(text, "*")) {
		*ret_name = text;
		return true;
	}
	if (below)
		name = str_slice(text, 2, text.len);
	error = net_name_parse(decoder->arena, name, NET_NAME_HOST, ret_name);
	if (error != NET_NAME_OK) {
		diag = schema_report(decoder, DIAG_BAD_SENDER_DOMAIN, node->span,
			"`" STR_FMT "` is no sender domain of a connector: %s", STR_ARG(text),
			sender_domain_reason(name, error));
		diag_label(decoder->sink, diag, "not a domain, `*.domain` or `*`");
		diag_help(decoder->sink, diag,
			"write the domain of the envelope sender; where subdomains send as well, "
			"name both: `[vendor.example, \"*.vendor.example\"]`");
		return false;
	}
	if (below)
		*ret_name = str_format(decoder->arena, "*." STR_FMT, STR_ARG(*ret_name));
	return true;
}

static bool
sender_domain_cost(SchemaDecoder *decoder, const DocNode *node, uint64_t *ret_cost)
{
	static const Field field = {.kind = FIELD_NUMBER, .key = "cost"};
	Diag *diag;
	Str text;

	if (!schema_scalar(decoder, &field, node, &text))
		return false;
	if (base_parse_number(text, 100, ret_cost) && *ret_cost > 0)
		return true;
	diag = schema_report(decoder, DIAG_BAD_SENDER_DOMAIN, node->span,
		"`" STR_FMT "` is no cost of a sender domain: it is a whole number from 1 to 100",
		STR_ARG(text));
	diag_help(
		decoder->sink, diag, "of two connectors the one with the lower cost is preferred");
	return false;
}

/* By hand, because an item is a text or a map and no table says both. The bounds of `cost` stand in
 * schema_of_sender_domains too. */
static bool
sender_domain_map(SchemaDecoder *decoder, const DocNode *node, FieldItem *item)
{
	static const Field domain_field = {.kind = FIELD_TEXT, .key = "domain"};
	const DocNode *domain = doc_find(node, STR("domain")), *cost = doc_find(node, STR("cost"));
	uint64_t number = 1;
	size_t i;
	Str text;

	for (i = 0; i < node->count; i++) {
		Str key = doc_text(doc_key(node, i));

		if (!STR_EQ(key, "domain") && !STR_EQ(key, "cost")) {
			Diag *diag = schema_report(decoder, DIAG_UNKNOWN_KEY,
				doc_key(node, i)->span,
				"unknown key `" STR_FMT "` in a sender domain", STR_ARG(key));

			diag_help(decoder->sink, diag, "known keys: domain, cost");
			return false;
		}
	}
	if (domain == NULL) {
		schema_report(
			decoder, DIAG_MISSING_KEY, node->span, "a sender domain has no `domain`");
		return false;
	}
	if (cost != NULL && !sender_domain_cost(decoder, cost, &number))
		return false;
	item->cost = (uint32_t)number;
	return schema_scalar(decoder, &domain_field, domain, &text) &&
	       sender_domain_name(decoder, domain, &item->text);
}

/* Emptiness is asked for last: the grammar of names has a better reason to give. */
static bool
decode_item(SchemaDecoder *decoder, const Field *field, const DocNode *node, FieldItem *item)
{
	item->span = node->span;
	item->cost = 1;
	if (field->kind == FIELD_SENDER_DOMAINS && node->kind == DOC_MAP)
		return sender_domain_map(decoder, node, item);
	if (!schema_scalar(decoder, field, node, &item->text))
		return false;
	if (field->kind == FIELD_SENDER_DOMAINS)
		return sender_domain_name(decoder, node, &item->text);
	if (field->kind == FIELD_DOMAINS)
		return schema_domain(decoder, node, NET_NAME_HOST, &item->text);
	if (field->kind == FIELD_DNS_NAMES)
		return schema_domain(decoder, node, NET_NAME_DNS, &item->text);
	if (item->text.len == 0) {
		schema_report(
			decoder, DIAG_BAD_VALUE, node->span, "an empty text in `%s`", field->key);
		return false;
	}
	return true;
}

bool
decode_items(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldItems *list = value;
	size_t count, i, depth = decoder->path.len;
	const DocNode *nodes = list_items(node, &count);
	bool good = check_not_empty(decoder, field, node, count);

	/* Files that are merged each bring their part of a list. */
	list->items = arena_grow(decoder->arena, list->items, list->len * sizeof(FieldItem),
		(list->len + count) * sizeof(FieldItem));
	for (i = 0; i < count && !diag_is_full(decoder->sink); i++) {
		schema_push_item(decoder, node, i);
		if (decode_item(decoder, field, &nodes[i], &list->items[list->len]))
			list->len++;
		else
			good = false;
		decoder->path.len = depth;
	}
	return good;
}

/* Lists have no keys: the path of the finding ends in the address as it is written. */
static bool
decode_prefix(SchemaDecoder *decoder, const Field *field, const DocNode *node, FieldPrefix *item)
{
	NetAddressError error;
	Str text;
	Diag *diag;

	item->span = node->span;
	if (!schema_scalar(decoder, field, node, &text))
		return false;
	error = net_prefix_parse(text, &item->prefix);
	if (error == NET_ADDRESS_OK)
		return true;
	diag = schema_report(decoder, DIAG_BAD_ADDRESS, node->span,
		"`" STR_FMT "` is not an address: " STR_FMT, STR_ARG(text),
		STR_ARG(net_address_reason(decoder->sink->arena, error, text)));
	diag_help(decoder->sink, diag,
		"write an address like 198.51.100.10, or a network like 198.51.100.0/24");
	return false;
}

/* A bad member is left out, the good ones stay; the state of the field tells of it. */
bool
decode_prefixes(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldPrefixes *list = value;
	size_t count, i, depth = decoder->path.len;
	const DocNode *nodes = list_items(node, &count);
	bool good = check_not_empty(decoder, field, node, count);

	list->items = ARENA_ARRAY(decoder->arena, FieldPrefix, count);
	list->len = 0;
	for (i = 0; i < count && !diag_is_full(decoder->sink); i++) {
		schema_push_item(decoder, node, i);
		if (decode_prefix(decoder, field, &nodes[i], &list->items[list->len]))
			list->len++;
		else
			good = false;
		decoder->path.len = depth;
	}
	return good;
}

/* Reverse DNS is asked for one address; a name for a network would say nothing of it. */
static bool
decode_address_key(SchemaDecoder *decoder, FieldPair *pair)
{
	NetPrefix prefix;
	NetAddressError error = net_prefix_parse(pair->key, &prefix);

	if (error != NET_ADDRESS_OK) {
		schema_report(decoder, DIAG_BAD_ADDRESS, pair->key_span,
			"`" STR_FMT "` is not an address: " STR_FMT, STR_ARG(pair->key),
			STR_ARG(net_address_reason(decoder->sink->arena, error, pair->key)));
		return false;
	}
	if (!net_prefix_is_single(prefix)) {
		schema_report(decoder, DIAG_BAD_VALUE, pair->key_span,
			"`" STR_FMT "` is a network; a name belongs to one address",
			STR_ARG(pair->key));
		return false;
	}
	pair->key = net_prefix_text(decoder->arena, prefix);
	return true;
}

/* Keys are texts like values: free of control characters, and not `~` or plain `null`. */
static bool
decode_pair_text(SchemaDecoder *decoder, const Field *field, const DocNode *map, size_t index,
	FieldPair *pair)
{
	static const Field text_field = {.kind = FIELD_TEXT, .key = "text"};
	const DocNode *node = doc_value(map, index);
	bool good;

	pair->key = doc_text(doc_key(map, index));
	pair->key_span = doc_key(map, index)->span;
	pair->span = node->span;
	schema_push(decoder, pair->key);
	good = schema_scalar(decoder, &text_field, doc_key(map, index), &pair->key) &&
	       schema_scalar(decoder, &text_field, node, &pair->text);
	if (good && field->kind == FIELD_NAMES_BY_ADDRESS)
		good = decode_address_key(decoder, pair) &&
		       schema_domain(decoder, node, NET_NAME_HOST, &pair->text);
	schema_pop(decoder);
	return good;
}

static int
by_key(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(((const FieldPair *)a)->key, ((const FieldPair *)b)->key);
}

/* The document has no key twice, but one address may be written in two ways. */
static bool
check_different(SchemaDecoder *decoder, const FieldPairs *pairs)
{
	bool good = true;
	size_t i;

	for (i = 1; i < pairs->len; i++) {
		const FieldPair *first = &pairs->items[i - 1], *second = &pairs->items[i];
		Diag *diag;

		if (!str_equal(first->key, second->key))
			continue;
		diag = schema_report(decoder, DIAG_DUPLICATE_KEY, second->key_span,
			"`" STR_FMT "` stands twice in one map", STR_ARG(second->key));
		diag_related(decoder->sink, diag, first->key_span, "first");
		good = false;
	}
	return good;
}

/* Sorted by key: no output depends on the order in the file. */
static bool
decode_pairs(SchemaDecoder *decoder, const Field *field, const DocNode *node, FieldPairs *pairs)
{
	bool good = true;
	size_t i;

	pairs->items = ARENA_ARRAY(decoder->arena, FieldPair, node->count);
	pairs->len = 0;
	for (i = 0; i < node->count && !diag_is_full(decoder->sink); i++) {
		if (decode_pair_text(decoder, field, node, i, &pairs->items[pairs->len]))
			pairs->len++;
		else
			good = false;
	}
	base_sort(pairs->items, pairs->len, sizeof(FieldPair), by_key, NULL);
	return check_different(decoder, pairs) && good;
}

bool
decode_text_map(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	if (node->kind != DOC_MAP)
		return schema_wrong_type(
			decoder, node, "a map of texts", "write `NAME: TEXT` for each one");
	return decode_pairs(decoder, field, node, value);
}

bool
decode_names_by_address(
	SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	static const Field text_field = {.kind = FIELD_TEXT, .key = "ptr"};
	FieldPairs *pairs = value;

	if (node->kind == DOC_MAP)
		return decode_pairs(decoder, field, node, pairs);
	/* The key stays absent: the encoder tells by it that there was no map. */
	pairs->items = ARENA_NEW(decoder->arena, FieldPair);
	pairs->items->span = node->span;
	if (!schema_scalar(decoder, &text_field, node, &pairs->items->text) ||
		!schema_domain(decoder, node, NET_NAME_HOST, &pairs->items->text))
		return false;
	pairs->len = 1;
	return true;
}
