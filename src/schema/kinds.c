#include "schema/schema_int.h"

/* By FieldKind. A kind without a row would be a call through NULL: every enumerator has one. */
const FieldKindRow schema_kinds[] = {
	[FIELD_TEXT] = {"text", decode_text, encode_text, schema_of_text, value_of_text},
	[FIELD_FREE_TEXT] = {"free text", decode_text, encode_text, schema_of_text, value_of_text},
	[FIELD_DOMAIN] = {"domain name", decode_domain, encode_text, schema_of_text, value_of_text},
	[FIELD_REFERENCE] = {"name", decode_text, encode_text, schema_of_text, value_of_text},
	[FIELD_TIME] = {"date and time", decode_time, encode_text, schema_of_text, value_of_text},
	[FIELD_FLAG] = {"true or false", decode_flag, encode_flag, schema_of_flag, value_of_flag},
	[FIELD_NUMBER] = {"number", decode_number, encode_number, schema_of_number,
		value_of_number},
	[FIELD_DATE] = {"date", decode_date, encode_date, schema_of_text, value_of_date},
	[FIELD_CHOICE] = {"choice", decode_choice, encode_choice, schema_of_choice,
		value_of_choice},
	[FIELD_CHOICES] = {"choices", decode_choices, encode_choices, schema_of_choices,
		value_of_choices},
	[FIELD_TEXTS] = {"list of texts", decode_items, encode_items, schema_of_items,
		value_of_items},
	[FIELD_FREE_TEXTS] = {"list of texts", decode_items, encode_items, schema_of_items,
		value_of_items},
	[FIELD_REFERENCES] = {"list of names", decode_items, encode_items, schema_of_items,
		value_of_items},
	[FIELD_DOMAINS] = {"list of domain names", decode_items, encode_items, schema_of_items,
		value_of_items},
	[FIELD_DNS_NAMES] = {"list of DNS names", decode_items, encode_items, schema_of_items,
		value_of_items},
	[FIELD_SENDER_DOMAINS] = {"list of sender domains", decode_items, encode_items,
		schema_of_sender_domains, value_of_items},
	[FIELD_PREFIXES] = {"list of addresses", decode_prefixes, encode_prefixes, schema_of_items,
		value_of_prefixes},
	[FIELD_TEXT_MAP] = {"map of texts", decode_text_map, encode_pairs, schema_of_text_map,
		value_of_pairs},
	[FIELD_NAMES_BY_ADDRESS] = {"name, or map from address to name", decode_names_by_address,
		encode_pairs, schema_of_names_by_address, value_of_pairs},
	[FIELD_OBJECT] = {"map", decode_object, encode_object, schema_of_object, value_of_object},
	[FIELD_OBJECT_MAP] = {"map by name", decode_object_map, encode_object_map,
		schema_of_object_map, value_of_objects},
	[FIELD_OBJECT_LIST] = {"list of maps", decode_object_list, encode_object_list,
		schema_of_object_list, value_of_objects},
};

/* Where the struct of each kind keeps its state and span. */
typedef struct StateAt {
	size_t state, span;
} StateAt;

#define STATE_AT(type)                                                                             \
	{                                                                                          \
		offsetof(type, state), offsetof(type, span)                                        \
	}

/* State and span stand where each struct packs best, not in a common head. There is no default:
 * so the compiler names a kind that was forgotten. */
static StateAt
state_at(FieldKind kind)
{
	static const StateAt text = STATE_AT(FieldText), flag = STATE_AT(FieldFlag),
			     number = STATE_AT(FieldNumber), date = STATE_AT(FieldDate),
			     choice = STATE_AT(FieldChoice), items = STATE_AT(FieldItems),
			     prefixes = STATE_AT(FieldPrefixes), pairs = STATE_AT(FieldPairs),
			     object = STATE_AT(FieldObject), objects = STATE_AT(FieldObjects);

	switch (kind) {
	case FIELD_TEXT:
	case FIELD_FREE_TEXT:
	case FIELD_DOMAIN:
	case FIELD_REFERENCE:
	case FIELD_TIME: return text;
	case FIELD_FLAG: return flag;
	case FIELD_NUMBER: return number;
	case FIELD_DATE: return date;
	case FIELD_CHOICE:
	case FIELD_CHOICES: return choice;
	case FIELD_TEXTS:
	case FIELD_FREE_TEXTS:
	case FIELD_REFERENCES:
	case FIELD_DOMAINS:
	case FIELD_DNS_NAMES:
	case FIELD_SENDER_DOMAINS: return items;
	case FIELD_PREFIXES: return prefixes;
	case FIELD_TEXT_MAP:
	case FIELD_NAMES_BY_ADDRESS: return pairs;
	case FIELD_OBJECT: return object;
	case FIELD_OBJECT_MAP:
	case FIELD_OBJECT_LIST: return objects;
	}
	return text;
}

FieldState
schema_state(const Field *field, const void *value)
{
	return *(const FieldState *)(const void *)((const char *)value +
						   state_at(field->kind).state);
}

Span
schema_span(const Field *field, const void *value)
{
	return *(const Span *)(const void *)((const char *)value + state_at(field->kind).span);
}

void
schema_set_state(const Field *field, void *value, FieldState state, Span span)
{
	StateAt at = state_at(field->kind);

	*(FieldState *)(void *)((char *)value + at.state) = state;
	*(Span *)(void *)((char *)value + at.span) = span;
}
