/* From structs back to YAML; and the starter spec, which has no struct. */
#include "schema/schema_int.h"

#include "text/text.h"

static void
indent(SchemaWriter *writer)
{
	buf_repeat(writer->buf, ' ', writer->indent);
}

/* A key of over 1,024 characters is one to libyaml only where `?` says so. */
#define LONG_KEY 1000

static void
key_and_colon(Buf *buf, Str key, unsigned indent_of_key)
{
	size_t start = buf->len;

	text_yaml(buf, key);
	if (buf->len - start > LONG_KEY) {
		buf->len = start;
		buf_lit(buf, "? ");
		text_yaml(buf, key);
		buf_char(buf, '\n');
		buf_repeat(buf, ' ', indent_of_key);
	}
	buf_char(buf, ':');
}

/* Follows a colon or a dash, hence the blank; text_yaml quotes whatever would not read back. */
static void
scalar_line(SchemaWriter *writer, Str text)
{
	buf_char(writer->buf, ' ');
	text_yaml(writer->buf, text);
	buf_char(writer->buf, '\n');
}

void
encode_text(SchemaWriter *writer, const Field *field, const void *value)
{
	(void)field;
	scalar_line(writer, ((const FieldText *)value)->text);
}

void
encode_flag(SchemaWriter *writer, const Field *field, const void *value)
{
	(void)field;
	buf_lit(writer->buf, ((const FieldFlag *)value)->on ? " true\n" : " false\n");
}

void
encode_number(SchemaWriter *writer, const Field *field, const void *value)
{
	(void)field;
	buf_char(writer->buf, ' ');
	buf_number(writer->buf, ((const FieldNumber *)value)->number);
	buf_char(writer->buf, '\n');
}

void
encode_date(SchemaWriter *writer, const Field *field, const void *value)
{
	(void)field;
	buf_char(writer->buf, ' ');
	buf_str(writer->buf, date_format(writer->arena, ((const FieldDate *)value)->days));
	buf_char(writer->buf, '\n');
}

/* Without quotes: words of a table need none, and the JSON Schema takes `true` as a boolean. */
void
encode_choice(SchemaWriter *writer, const Field *field, const void *value)
{
	buf_printf(
		writer->buf, " %s\n", field->choices->texts[((const FieldChoice *)value)->value]);
}

/* No bit set means the first word, which excludes the others. */
void
encode_choices(SchemaWriter *writer, const Field *field, const void *value)
{
	unsigned set = ((const FieldChoice *)value)->set;
	const char *between = "";
	size_t i;

	if (set == 0) {
		buf_printf(writer->buf, " %s\n", field->choices->texts[0]);
		return;
	}
	buf_lit(writer->buf, " [");
	for (i = 0; i < field->choices->len; i++) {
		if ((set & 1u << i) == 0)
			continue;
		buf_printf(writer->buf, "%s%s", between, field->choices->texts[i]);
		between = ", ";
	}
	buf_lit(writer->buf, "]\n");
}

/* A cost of 1 is the default: the short form reads back the same. */
static void
encode_item(SchemaWriter *writer, const Field *field, const FieldItem *item)
{
	if (field->kind != FIELD_SENDER_DOMAINS || item->cost == 1) {
		scalar_line(writer, item->text);
		return;
	}
	buf_lit(writer->buf, " { domain: ");
	text_yaml(writer->buf, item->text);
	buf_printf(writer->buf, ", cost: %u }\n", (unsigned)item->cost);
}

/* `[]` and not nothing: a key without a value would be null, which the decoder refuses. */
void
encode_items(SchemaWriter *writer, const Field *field, const void *value)
{
	const FieldItems *list = value;
	size_t i;

	if (list->len == 0) {
		buf_lit(writer->buf, " []\n");
		return;
	}
	if (list->len == 1) {
		encode_item(writer, field, &list->items[0]);
		return;
	}
	buf_char(writer->buf, '\n');
	for (i = 0; i < list->len; i++) {
		indent(writer);
		buf_lit(writer->buf, "  -");
		encode_item(writer, field, &list->items[i]);
	}
}

void
encode_prefixes(SchemaWriter *writer, const Field *field, const void *value)
{
	const FieldPrefixes *list = value;
	size_t i;

	(void)field;
	if (list->len == 0) {
		buf_lit(writer->buf, " []\n");
		return;
	}
	buf_lit(writer->buf, list->len == 1 ? "" : "\n");
	for (i = 0; i < list->len; i++) {
		if (list->len > 1) {
			indent(writer);
			buf_lit(writer->buf, "  -");
		}
		scalar_line(writer, net_prefix_text(writer->arena, list->items[i].prefix));
	}
}

/* An absent key is the single text that stands for a map. */
void
encode_pairs(SchemaWriter *writer, const Field *field, const void *value)
{
	const FieldPairs *pairs = value;
	size_t i;

	(void)field;
	if (pairs->len == 1 && pairs->items[0].key.ptr == NULL) {
		scalar_line(writer, pairs->items[0].text);
		return;
	}
	buf_lit(writer->buf, pairs->len == 0 ? " {}\n" : "\n");
	for (i = 0; i < pairs->len; i++) {
		indent(writer);
		buf_lit(writer->buf, "  ");
		key_and_colon(writer->buf, pairs->items[i].key, writer->indent + 2);
		scalar_line(writer, pairs->items[i].text);
	}
}

static Str
place_key(const SchemaNote *note)
{
	return (Str){(const char *)&note->at, sizeof(note->at)};
}

/* The comment that belongs to a value, if it has one. */
static void
write_note(SchemaWriter *writer, const void *at)
{
	const SchemaNote wanted = {.at = at};
	uint32_t number;
	Str rest, line;

	if (writer->notes == NULL)
		return;
	number = map_find(&writer->places, place_key(&wanted));
	if (number == MAP_NONE)
		return;
	rest = writer->notes->items[number].text;
	while (str_next_line(&rest, &line)) {
		if (line.len > 0) {
			indent(writer);
			buf_lit(writer->buf, "# ");
			buf_str(writer->buf, line);
		}
		buf_char(writer->buf, '\n');
	}
}

/* Empty maps are written too: `connectors: {}` says something else than no such key. */
static bool
is_written(const Field *field, const char *object)
{
	FieldState state = schema_state(field, object + field->offset);

	return state == FIELD_SET || state == FIELD_NULL;
}

/* The fields of one struct at the writer's indentation; the number of them. */
static size_t
encode_fields(SchemaWriter *writer, const FieldTable *table, const char *object)
{
	size_t i, count = 0;

	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];

		if (!is_written(field, object))
			continue;
		write_note(writer, object + field->offset);
		/* The first field of a list item stands behind its dash. */
		if (count++ > 0 || writer->buf->len == 0 ||
			writer->buf->data[writer->buf->len - 1] == '\n')
			indent(writer);
		buf_printf(writer->buf, "%s:", field->key);
		schema_kinds[field->kind].encode(writer, field, object + field->offset);
	}
	return count;
}

/* Nothing stays nothing; a map without keys is said aloud, on the same line. */
void
encode_object(SchemaWriter *writer, const Field *field, const void *value)
{
	size_t start = writer->buf->len;

	buf_char(writer->buf, '\n');
	writer->indent += 2;
	if (encode_fields(writer, field->table, value) == 0 &&
		((const FieldObject *)value)->state != FIELD_NULL) {
		writer->buf->len = start;
		buf_lit(writer->buf, " {}\n");
	}
	writer->indent -= 2;
}

/* Behind a key whose value has no parts; false: it has some. */
static bool
encode_empty(SchemaWriter *writer, const FieldObjects *objects, const char *empty)
{
	if (objects->len == 0)
		buf_lit(writer->buf, objects->state == FIELD_NULL ? "" : empty);
	buf_char(writer->buf, '\n');
	return objects->len == 0;
}

void
encode_object_map(SchemaWriter *writer, const Field *field, const void *value)
{
	const FieldObjects *objects = value;
	const char *at = objects->items;
	size_t i;

	if (encode_empty(writer, objects, " {}"))
		return;
	writer->indent += 2;
	for (i = 0; i < objects->len; i++, at += field->table->size) {
		write_note(writer, at);
		indent(writer);
		key_and_colon(
			writer->buf, ((const FieldObject *)(const void *)at)->name, writer->indent);
		encode_object(writer, field, at);
	}
	writer->indent -= 2;
}

void
encode_object_list(SchemaWriter *writer, const Field *field, const void *value)
{
	const FieldObjects *objects = value;
	const char *at = objects->items;
	size_t i;

	if (encode_empty(writer, objects, " []"))
		return;
	for (i = 0; i < objects->len; i++, at += field->table->size) {
		indent(writer);
		buf_lit(writer->buf, "  - ");
		/* Further keys stand below the first one: two for the list, two for the dash. */
		writer->indent += 4;
		if (encode_fields(writer, field->table, at) == 0)
			buf_lit(writer->buf, "{}\n");
		writer->indent -= 4;
	}
}

void
schema_encode(Arena *arena, Buf *buf, const FieldTable *table, const void *object,
	const SchemaNotes *notes)
{
	SchemaWriter writer = {.arena = arena, .buf = buf, .notes = notes};
	size_t i;

	for (i = 0; notes != NULL && i < notes->len; i++)
		map_add(arena, &writer.places, place_key(&notes->items[i]), (uint32_t)i);
	encode_fields(&writer, table, object);
}

/* Where the descriptions begin; longer lines put two blanks before theirs. */
#define STARTER_COLUMN 56

static void
starter_line(SchemaWriter *writer, const char *key, const char *value, const char *doc)
{
	size_t start = writer->buf->len, width;

	indent(writer);
	buf_printf(writer->buf, "%s:%s%s", key, value[0] != 0 ? " " : "", value);
	width = writer->buf->len - start;
	if (doc != NULL) {
		buf_repeat(writer->buf, ' ', width < STARTER_COLUMN ? STARTER_COLUMN - width : 2);
		buf_printf(writer->buf, "# %s", doc);
	}
	buf_char(writer->buf, '\n');
}

/* Starter values are YAML already and are not quoted. Lists of objects have none: of the fields
 * with a table inside, only maps by name need a line more. */
static void
starter_fields(SchemaWriter *writer, const FieldTable *table)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];

		if (field->starter == NULL)
			continue;
		if (field->table == NULL) {
			starter_line(writer, field->key, field->starter, field->doc);
			continue;
		}
		starter_line(writer, field->key, "", field->doc);
		writer->indent += 2;
		if (field->kind == FIELD_OBJECT_MAP) {
			starter_line(writer, field->starter, "", NULL);
			writer->indent += 2;
		}
		starter_fields(writer, field->table);
		writer->indent -= field->kind == FIELD_OBJECT_MAP ? 4 : 2;
	}
}

void
schema_starter(Arena *arena, Buf *buf, const FieldTable *table)
{
	SchemaWriter writer = {.arena = arena, .buf = buf};

	starter_fields(&writer, table);
}
