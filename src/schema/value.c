/* From structs to JSON: what plan.json and the templates see of the spec. */
#include "schema/schema_int.h"

Json *
value_of_text(Arena *arena, const Field *field, const void *value)
{
	(void)field;
	return json_text(arena, ((const FieldText *)value)->text);
}

Json *
value_of_flag(Arena *arena, const Field *field, const void *value)
{
	(void)field;
	return json_bool(arena, ((const FieldFlag *)value)->on);
}

/* The cast keeps the value: schema_number admits nothing above INT64_MAX. */
Json *
value_of_number(Arena *arena, const Field *field, const void *value)
{
	(void)field;
	return json_number(arena, (int64_t)((const FieldNumber *)value)->number);
}

Json *
value_of_date(Arena *arena, const Field *field, const void *value)
{
	(void)field;
	return json_text(arena, date_format(arena, ((const FieldDate *)value)->days));
}

Json *
value_of_choice(Arena *arena, const Field *field, const void *value)
{
	return json_text(
		arena, str_from(field->choices->texts[((const FieldChoice *)value)->value]));
}

/* In the order of the table, whatever the text had; the first word is an empty list. */
Json *
value_of_choices(Arena *arena, const Field *field, const void *value)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < field->choices->len; i++) {
		if ((((const FieldChoice *)value)->set & 1u << i) != 0)
			json_push(
				arena, list, json_text(arena, str_from(field->choices->texts[i])));
	}
	return list;
}

/* Costs of sender domains are left out: the list is of texts, whatever the kind. */
Json *
value_of_items(Arena *arena, const Field *field, const void *value)
{
	const FieldItems *items = value;
	Json *list = json_list(arena);
	uint32_t i;

	(void)field;
	for (i = 0; i < items->len; i++)
		json_push(arena, list, json_text(arena, items->items[i].text));
	return list;
}

Json *
value_of_prefixes(Arena *arena, const Field *field, const void *value)
{
	const FieldPrefixes *prefixes = value;
	Json *list = json_list(arena);
	uint32_t i;

	(void)field;
	for (i = 0; i < prefixes->len; i++)
		json_push(arena, list,
			json_text(arena, net_prefix_text(arena, prefixes->items[i].prefix)));
	return list;
}

/* One text that stands for a map has the key "". */
Json *
value_of_pairs(Arena *arena, const Field *field, const void *value)
{
	const FieldPairs *pairs = value;
	Json *object = json_object(arena);
	uint32_t i;

	(void)field;
	for (i = 0; i < pairs->len; i++) {
		Str key = pairs->items[i].key;

		json_set(arena, object, key.ptr == NULL ? STR("") : key,
			json_text(arena, pairs->items[i].text));
	}
	return object;
}

Json *
value_of_object(Arena *arena, const Field *field, const void *value)
{
	return schema_value(arena, field->table, value);
}

/* A map becomes a list too: each object carries its name. */
Json *
value_of_objects(Arena *arena, const Field *field, const void *value)
{
	const FieldObjects *objects = value;
	const char *at = objects->items;
	Json *list = json_list(arena);
	uint32_t i;

	for (i = 0; i < objects->len; i++, at += field->table->size)
		json_push(arena, list, schema_value(arena, field->table, at));
	return list;
}

Json *
schema_value(Arena *arena, const FieldTable *table, const void *object)
{
	const FieldObject *head = object;
	Json *value = json_object(arena);
	size_t i;

	if (head->name.ptr != NULL)
		json_set(arena, value, STR("name"), json_text(arena, head->name));
	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];
		const void *member = (const char *)object + field->offset;
		FieldState state = schema_state(field, member);

		/* Objects are shown even if absent: whoever reads a key inside one need not ask for
		 * it first. */
		json_set(arena, value, str_from(field->key),
			state == FIELD_SET || field->kind == FIELD_OBJECT
				? schema_kinds[field->kind].value(arena, field, member)
				: json_null(arena));
	}
	return value;
}
