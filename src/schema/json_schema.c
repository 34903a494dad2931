/* The JSON Schema (draft-07). Text and address fields take any scalar: the rules judge their text.
 */
#include "schema/schema_int.h"

static Json *
typed(Arena *arena, const char *type)
{
	Json *schema = json_object(arena);

	json_set(arena, schema, STR("type"), json_text(arena, str_from(type)));
	return schema;
}

/* An editor's YAML reader makes a number of `007` and a boolean of `true` before it looks here.
 * Null is missing: the decoder refuses it. */
static Json *
any_scalar(Arena *arena)
{
	Json *schema = json_object(arena), *types = json_list(arena);

	json_push(arena, types, json_text(arena, STR("string")));
	json_push(arena, types, json_text(arena, STR("number")));
	json_push(arena, types, json_text(arena, STR("boolean")));
	json_set(arena, schema, STR("type"), types);
	return schema;
}

/* Both ways share `item`: it must not be changed afterwards. */
static Json *
one_or_list(Arena *arena, const Field *field, Json *item)
{
	Json *schema = json_object(arena), *ways = json_list(arena), *list = typed(arena, "array");

	json_set(arena, list, STR("items"), item);
	if ((field->flags & FIELD_NOT_EMPTY) != 0)
		json_set(arena, list, STR("minItems"), json_number(arena, 1));
	json_push(arena, ways, item);
	json_push(arena, ways, list);
	json_set(arena, schema, STR("anyOf"), ways);
	return schema;
}

static Json *
reference(Arena *arena, const FieldTable *table)
{
	Json *schema = json_object(arena);

	json_set(arena, schema, STR("$ref"), json_format(arena, "#/definitions/%s", table->name));
	return schema;
}

Json *
schema_of_text(Arena *arena, const Field *field)
{
	(void)field;
	return any_scalar(arena);
}

Json *
schema_of_flag(Arena *arena, const Field *field)
{
	(void)field;
	return typed(arena, "boolean");
}

Json *
schema_of_number(Arena *arena, const Field *field)
{
	Json *schema = typed(arena, "integer");

	json_set(arena, schema, STR("minimum"), json_number(arena, (int64_t)field->min));
	if (field->max > 0)
		json_set(arena, schema, STR("maximum"), json_number(arena, (int64_t)field->max));
	return schema;
}

/* `true` and `false` among the choices are booleans to a YAML reader. */
Json *
schema_of_choice(Arena *arena, const Field *field)
{
	Json *schema = json_object(arena), *values = json_list(arena);
	size_t i;

	for (i = 0; i < field->choices->len; i++) {
		Str text = str_from(field->choices->texts[i]);

		if (STR_EQ(text, "true") || STR_EQ(text, "false"))
			json_push(arena, values, json_bool(arena, STR_EQ(text, "true")));
		else
			json_push(arena, values, json_text(arena, text));
	}
	json_set(arena, schema, STR("enum"), values);
	return schema;
}

/* That the first word excludes the others is left to the decoder. */
Json *
schema_of_choices(Arena *arena, const Field *field)
{
	return one_or_list(arena, field, schema_of_choice(arena, field));
}

Json *
schema_of_items(Arena *arena, const Field *field)
{
	return one_or_list(arena, field, any_scalar(arena));
}

/* The item by hand, like sender_domain_map, with the same bounds of `cost`. */
Json *
schema_of_sender_domains(Arena *arena, const Field *field)
{
	Json *map = typed(arena, "object"), *properties = json_object(arena);
	Json *required = json_list(arena), *ways = json_list(arena), *item = json_object(arena);
	Field cost = {.min = 1, .max = 100};

	json_set(arena, properties, STR("domain"), any_scalar(arena));
	json_set(arena, properties, STR("cost"), schema_of_number(arena, &cost));
	json_push(arena, required, json_text(arena, STR("domain")));
	json_set(arena, map, STR("properties"), properties);
	json_set(arena, map, STR("required"), required);
	json_set(arena, map, STR("additionalProperties"), json_bool(arena, false));
	json_push(arena, ways, any_scalar(arena));
	json_push(arena, ways, map);
	json_set(arena, item, STR("anyOf"), ways);
	return one_or_list(arena, field, item);
}

Json *
schema_of_text_map(Arena *arena, const Field *field)
{
	Json *schema = typed(arena, "object");

	(void)field;
	json_set(arena, schema, STR("additionalProperties"), any_scalar(arena));
	return schema;
}

Json *
schema_of_names_by_address(Arena *arena, const Field *field)
{
	Json *schema = json_object(arena), *ways = json_list(arena);

	json_push(arena, ways, any_scalar(arena));
	json_push(arena, ways, schema_of_text_map(arena, field));
	json_set(arena, schema, STR("anyOf"), ways);
	return schema;
}

/* Objects may be left empty, see decode_field(). */
static Json *
or_null(Arena *arena, Json *schema)
{
	Json *either = json_object(arena), *ways = json_list(arena);

	json_push(arena, ways, schema);
	json_push(arena, ways, typed(arena, "null"));
	json_set(arena, either, STR("anyOf"), ways);
	return either;
}

Json *
schema_of_object(Arena *arena, const Field *field)
{
	return or_null(arena, reference(arena, field->table));
}

Json *
schema_of_object_map(Arena *arena, const Field *field)
{
	Json *schema = typed(arena, "object");

	json_set(arena, schema, STR("additionalProperties"),
		or_null(arena, reference(arena, field->table)));
	return or_null(arena, schema);
}

Json *
schema_of_object_list(Arena *arena, const Field *field)
{
	return one_or_list(arena, field, reference(arena, field->table));
}

/* No kind gives a bare $ref: draft-07 ignores what stands beside one, the description too. */
static Json *
field_schema(Arena *arena, const Field *field)
{
	Json *schema = schema_kinds[field->kind].schema(arena, field);

	json_set(arena, schema, STR("description"),
		field->fallback == NULL
			? json_text(arena, str_from(field->doc))
			: json_format(arena, "%s (default: %s)", field->doc, field->fallback));
	return schema;
}

/* `only`: the keys that may stand in an imported file; 0: all. */
static Json *
table_schema(Arena *arena, const FieldTable *table, unsigned only)
{
	Json *schema = typed(arena, "object"), *properties = json_object(arena);
	Json *required = json_list(arena);
	size_t i;

	json_set(arena, schema, STR("description"), json_text(arena, str_from(table->title)));
	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];

		if (only != 0 && (field->flags & only) == 0)
			continue;
		json_set(arena, properties, str_from(field->key), field_schema(arena, field));
		if ((field->flags & FIELD_REQUIRED) != 0)
			json_push(arena, required, json_text(arena, str_from(field->key)));
	}
	json_set(arena, schema, STR("properties"), properties);
	if (json_len(required) > 0)
		json_set(arena, schema, STR("required"), required);
	/* An unknown key is an error to the decoder too. */
	json_set(arena, schema, STR("additionalProperties"), json_bool(arena, false));
	return schema;
}

/* A definition is put in before the tables inside are visited: none is made twice. */
static void
add_definitions(Arena *arena, const FieldTable *table, Json *definitions)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		const FieldTable *inner = table->fields[i].table;

		if (inner == NULL || json_get(definitions, str_from(inner->name)) != NULL)
			continue;
		json_set(arena, definitions, str_from(inner->name), table_schema(arena, inner, 0));
		add_definitions(arena, inner, definitions);
	}
}

/* Keys that begin with `x-` hold anchors and are ignored. */
static void
allow_extensions(Arena *arena, Json *schema)
{
	Json *patterns = json_object(arena);

	json_set(arena, patterns, STR("^x-"), json_object(arena));
	json_set(arena, schema, STR("patternProperties"), patterns);
}

Json *
schema_json(Arena *arena, const FieldTable *root, Str id, Str title)
{
	Json *schema = json_object(arena), *body = table_schema(arena, root, 0);
	Json *definitions = json_object(arena), *imported;
	size_t i;

	json_set(arena, schema, STR("$schema"),
		json_text(arena, STR("http://json-schema.org/draft-07/schema#")));
	json_set(arena, schema, STR("$id"), json_text(arena, id));
	json_set(arena, schema, STR("title"), json_text(arena, title));
	/* Member by member, so that $schema and $id stand first. */
	for (i = 0; i < body->members.len; i++)
		json_set(arena, schema, body->members.items[i].key, body->members.items[i].value);
	allow_extensions(arena, schema);
	add_definitions(arena, root, definitions);
	/* For imported files: what only the main spec may hold is neither known nor required. */
	imported = table_schema(arena, root, FIELD_IMPORTABLE);
	allow_extensions(arena, imported);
	json_set(arena, definitions, STR("Imported"), imported);
	json_set(arena, schema, STR("definitions"), definitions);
	return schema;
}
