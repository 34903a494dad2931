/* The walk over objects; the values are in decode_values.c and decode_lists.c. */
#include "schema/schema_int.h"
#include "schema/values_int.h"

/* Texts go into the sink's arena, since findings outlive what is decoded. */
Diag *
schema_report(SchemaDecoder *decoder, DiagCode code, Span span, const char *format, ...)
{
	Diag *diag;
	va_list args;
	Str message;

	va_start(args, format);
	message = str_vformat(decoder->sink->arena, format, args);
	va_end(args);
	diag = diag_report(decoder->sink, code, span, STR_FMT, STR_ARG(message));
	diag_path(diag, schema_path(decoder->sink->arena, decoder->path.items, decoder->path.len));
	return diag;
}

/* For a sentence. Numbers and booleans are texts here: no scalar has a type before its field. */
static const char *
kind_of(const DocNode *node)
{
	switch ((DocKind)node->kind) {
	case DOC_LIST: return "a list";
	case DOC_MAP: return "a map";
	case DOC_SCALAR: return doc_is_null(node) ? "nothing" : "a text";
	}
	return "a text";
}

bool
schema_wrong_type(SchemaDecoder *decoder, const DocNode *node, const char *wanted)
{
	Diag *diag = schema_report(decoder, DIAG_WRONG_TYPE, node->span,
		"%s is wanted here, not %s", wanted, kind_of(node));

	if (doc_is_null(node))
		diag_help(decoder->sink, diag, "give a value, or remove the key");
	return false;
}

void
schema_push(SchemaDecoder *decoder, Str part)
{
	VEC_PUSH(decoder->arena, &decoder->path, part);
}

void
schema_pop(SchemaDecoder *decoder)
{
	decoder->path.len--;
}

Str
schema_path(Arena *arena, const Str *parts, size_t len)
{
	return doc_path(arena, parts, len);
}

/* Keys usually come in the order of the table: the search begins after the last hit. */
static const Field *
find_field(const FieldTable *table, Str key, size_t *hint)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		size_t at = (*hint + i) % table->len;
		const char *text = table->fields[at].key;

		/* By length and bytes: a key may hold a NUL. */
		if (str_equal(str_from(text), key)) {
			*hint = at + 1;
			return &table->fields[at];
		}
	}
	return NULL;
}

/* What may be imported is decided at the top: inside an importable object all keys are good. */
static bool
is_allowed(const SchemaDecoder *decoder, const FieldTable *table, const Field *field)
{
	return decoder->only == 0 || table != decoder->root || (field->flags & decoder->only) != 0;
}

/* Only keys that may stand in this file are known: following the help must not end in another
 * finding. Gives also the one that was probably meant, or an absent text. */
static StrVec
known_keys(const SchemaDecoder *decoder, const FieldTable *table, Str key, Str *ret_nearest)
{
	StrVec known = {0};
	size_t i;

	for (i = 0; i < table->len; i++) {
		if (is_allowed(decoder, table, &table->fields[i]))
			VEC_PUSH(decoder->arena, &known, str_from(table->fields[i].key));
	}
	*ret_nearest = str_nearest(key, known.items, known.len);
	return known;
}

static void
report_unknown(SchemaDecoder *decoder, const FieldTable *table, const DocNode *key)
{
	Str nearest;
	StrVec known = known_keys(decoder, table, doc_text(key), &nearest);
	Diag *diag = schema_report(decoder, DIAG_UNKNOWN_KEY, key->span,
		"unknown key `" STR_FMT "` in %s", STR_ARG(doc_text(key)), table->title);
	Buf list = buf_make(decoder->sink->arena);
	size_t i;

	if (nearest.ptr != NULL) {
		diag_help(decoder->sink, diag, "did you mean `" STR_FMT "`?", STR_ARG(nearest));
		return;
	}
	for (i = 0; i < known.len; i++)
		buf_printf(&list, "%s" STR_FMT, i > 0 ? ", " : "", STR_ARG(known.items[i]));
	diag_help(decoder->sink, diag, "known keys: " STR_FMT, STR_ARG(buf_text(&list)));
}

/* A key that was mistyped is there, with a value that nobody knows: rules that ask for it stay
 * silent, as the finding about the key has been made. */
static void
mark_mistyped(SchemaDecoder *decoder, const FieldTable *table, const DocNode *node, char *object)
{
	size_t i, hint = 0;
	Str nearest;

	for (i = 0; i < node->count; i++) {
		const DocNode *key = doc_key(node, i);
		const Field *field = find_field(table, doc_text(key), &hint);

		if (field != NULL)
			continue;
		(void)known_keys(decoder, table, doc_text(key), &nearest);
		field = nearest.ptr == NULL ? NULL : find_field(table, nearest, &hint);
		if (field != NULL && schema_state(field, object + field->offset) == FIELD_ABSENT)
			schema_set_state(field, object + field->offset, FIELD_BAD, key->span);
	}
}

static void
report_not_importable(SchemaDecoder *decoder, const DocNode *key)
{
	Diag *diag = schema_report(decoder, DIAG_UNKNOWN_KEY, key->span,
		"`" STR_FMT "` belongs in the main spec, not in an imported file",
		STR_ARG(doc_text(key)));

	diag_help(decoder->sink, diag, "move it there");
}

/* Several files may each bring their part of a list or map: one bad part makes the whole bad. */
static FieldState
joined_state(FieldState before, FieldState now)
{
	if (before == FIELD_BAD || now == FIELD_BAD)
		return FIELD_BAD;
	return before == FIELD_SET ? before : now;
}

/* Empty objects make sense (`contoso.com:` with all defaults); any other key without a value is
 * one that somebody forgot to fill in. */
static void
decode_field(SchemaDecoder *decoder, const Field *field, const DocNode *node, char *object)
{
	void *value = object + field->offset;
	FieldState before = schema_state(field, value);
	bool is_null = doc_is_null(node);
	FieldState state = is_null ? FIELD_NULL : FIELD_SET;

	if (is_null && field->kind != FIELD_OBJECT && field->kind != FIELD_OBJECT_MAP) {
		schema_wrong_type(decoder, node, "a value");
		state = FIELD_BAD;
	} else if (!schema_kinds[field->kind].decode(decoder, field, node, value)) {
		state = FIELD_BAD;
	}
	schema_set_state(field, value, joined_state(before, state),
		before == FIELD_ABSENT ? node->span : schema_span(field, value));
}

/* Several files may each bring their part of a map or list of the root; of any other key that
 * stands twice the first value counts. */
static bool
is_taken(const SchemaDecoder *decoder, const FieldTable *table, const Field *field,
	const char *object)
{
	bool grows = table == decoder->root &&
		     (field->kind == FIELD_OBJECT_MAP || field->kind == FIELD_OBJECT_LIST ||
			     field->kind == FIELD_TEXTS);

	return !grows && schema_state(field, object + field->offset) != FIELD_ABSENT;
}

static void
decode_pair(SchemaDecoder *decoder, const FieldTable *table, const DocNode *pair, size_t *hint,
	char *object)
{
	const DocNode *key = &pair[0], *node = &pair[1];
	const Field *field = find_field(table, doc_text(key), hint);
	Str name;

	/* At the top alone: the place for anchors, as Compose files have it. */
	if (field == NULL && decoder->path.len == 0 && str_starts(doc_text(key), STR("x-")))
		return;
	schema_push(decoder, doc_text(key));
	if (field == NULL) {
		if (schema_name(decoder, key, &name)) {
			report_unknown(decoder, table, key);
			decoder->mistyped = true;
		}
	} else if (!is_allowed(decoder, table, field)) {
		report_not_importable(decoder, key);
	} else if (!is_taken(decoder, table, field, object)) {
		decode_field(decoder, field, node, object);
	}
	schema_pop(decoder);
}

/* A required key with a bad value is not missing: that finding has been made. */
static void
check_required(SchemaDecoder *decoder, const FieldTable *table, const FieldObject *head)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];
		const void *value = (const char *)head + field->offset;
		Span span = span_is_set(head->name_span) ? head->name_span : head->span;
		Diag *diag;

		if ((field->flags & FIELD_REQUIRED) == 0 || !is_allowed(decoder, table, field) ||
			schema_state(field, value) != FIELD_ABSENT)
			continue;
		/* The whole text of a long map would be underlined: its beginning is enough. */
		if (!span_is_set(head->name_span) && span.end > span.start + 1)
			span.end = span.start + 1;
		diag = schema_report(decoder, DIAG_MISSING_KEY, span, "%s has no `%s`",
			table->title, field->key);
		diag_help(decoder->sink, diag, "add `%s:` — %s", field->key, field->doc);
	}
}

void
schema_decode(SchemaDecoder *decoder, const FieldTable *table, const DocNode *node, void *object)
{
	FieldObject *head = object;
	bool outer = decoder->mistyped;
	size_t i, hint = 0;

	decoder->mistyped = false;
	head->span = node->span;
	if (doc_is_null(node)) {
		head->state = FIELD_NULL;
	} else if (node->kind != DOC_MAP) {
		/* What is no map has no keys to miss: one finding is enough. */
		head->state = FIELD_BAD;
		schema_wrong_type(decoder, node, "a map");
		decoder->mistyped = outer;
		return;
	} else {
		head->state = FIELD_SET;
		for (i = 0; i < node->count && !diag_is_full(decoder->sink); i++)
			decode_pair(decoder, table, &node->items[2 * i], &hint, object);
		if (decoder->mistyped)
			mark_mistyped(decoder, table, node, object);
	}
	decoder->mistyped = outer;
	check_required(decoder, table, head);
}

bool
decode_object(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldObject *head = value;

	schema_decode(decoder, field->table, node, value);
	return head->state != FIELD_BAD;
}

/* Room for `more` structs behind those that an earlier file brought. */
static char *
more_objects(SchemaDecoder *decoder, const Field *field, FieldObjects *objects, size_t more)
{
	size_t size = field->table->size, old = objects->len * size;

	objects->items = arena_grow(decoder->arena, objects->items, old, old + more * size);
	return (char *)objects->items + old;
}

/* How many of `count` entries there is room for. Each costs memory, and little text makes one. */
static size_t
admitted(SchemaDecoder *decoder, const Field *field, const FieldObjects *objects,
	const DocNode *node, size_t count)
{
	size_t room = field->most - objects->len;
	Span span = node->span;
	Diag *diag;

	if (field->most == 0 || count <= room)
		return count;
	if (node->kind == DOC_MAP)
		span = doc_key(node, room)->span;
	else if (node->kind == DOC_LIST)
		span = node->items[room].span;
	diag = schema_report(decoder, DIAG_INPUT_LIMIT, span, "`%s` has more than %zu entries",
		field->key, field->most);
	diag_help(decoder->sink, diag, "take out what is not used");
	decoder->limited = true;
	return room;
}

bool
decode_object_map(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldObjects *objects = value;
	size_t count, i;
	char *at;

	if (doc_is_null(node))
		return true;
	if (node->kind != DOC_MAP)
		return schema_wrong_type(decoder, node, "a map from names");
	count = admitted(decoder, field, objects, node, node->count);
	at = more_objects(decoder, field, objects, count);
	for (i = 0; i < count && !diag_is_full(decoder->sink); i++, at += field->table->size) {
		const DocNode *key = doc_key(node, i);
		FieldObject *head = (FieldObject *)(void *)at;

		/* Set first: a missing key is reported at the name of its entry. */
		head->name_span = key->span;
		schema_push(decoder, doc_text(key));
		schema_decode(decoder, field->table, doc_value(node, i), head);
		/* After schema_decode, which sets the state anew. */
		if (!schema_name(decoder, key, &head->name))
			head->state = FIELD_BAD;
		schema_pop(decoder);
	}
	objects->len += (uint32_t)i;
	return true;
}

bool
decode_object_list(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value)
{
	FieldObjects *objects = value;
	const DocNode *items = node->kind == DOC_LIST ? node->items : node;
	size_t count = node->kind == DOC_LIST ? node->count : 1, i;
	char *at;

	count = admitted(decoder, field, objects, node, count);
	at = more_objects(decoder, field, objects, count);
	for (i = 0; i < count && !diag_is_full(decoder->sink); i++, at += field->table->size) {
		/* The index counts on over the files of a spec. */
		schema_push(decoder, str_format(decoder->arena, "%zu", (size_t)objects->len + i));
		schema_decode(decoder, field->table, &items[i], at);
		schema_pop(decoder);
	}
	objects->len += (uint32_t)i;
	return true;
}
