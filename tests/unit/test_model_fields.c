/* The field tables of the language, row by row: decoding, encoding, and what is derived. */
#include "test_model_case.h"
#include "test_model_random.h"

/* --- decoding and comparing ------------------------------------------------------------------- */

typedef struct Decoded {
	Arena *arena;
	DiagSink *sink;
	char *object;
} Decoded;

static Decoded
decoded_start(const FieldTable *table)
{
	Decoded d = {.arena = arena_create()};

	d.sink = diag_sink(d.arena, source_set(d.arena));
	d.object = arena_alloc(d.arena, table->size);
	return d;
}

static void
decode_more(Decoded *d, const FieldTable *table, Str text, bool imported)
{
	uint32_t file = source_add(d->sink->sources, STR("spec.yaml"), text);
	SchemaDecoder decoder = {.sink = d->sink,
		.arena = d->arena,
		.root = table,
		.only = imported ? FIELD_IMPORTABLE : 0};
	DocNode root;

	if (doc_read(d->sink, d->arena, file, &root))
		schema_decode(&decoder, table, &root, d->object);
}

static Decoded
decode(const FieldTable *table, Str text)
{
	Decoded d = decoded_start(table);

	decode_more(&d, table, text, false);
	return d;
}

static FieldState
state_of(const FieldTable *table, const char *object, const char *key)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];
		const char *value = object + field->offset;

		if (strcmp(field->key, key) != 0)
			continue;
		switch (field->kind) {
		case FIELD_TEXT:
		case FIELD_FREE_TEXT:
		case FIELD_DOMAIN:
		case FIELD_REFERENCE:
		case FIELD_TIME: return ((const FieldText *)(const void *)value)->state;
		case FIELD_FLAG: return ((const FieldFlag *)(const void *)value)->state;
		case FIELD_NUMBER: return ((const FieldNumber *)(const void *)value)->state;
		case FIELD_DATE: return ((const FieldDate *)(const void *)value)->state;
		case FIELD_CHOICE:
		case FIELD_CHOICES: return ((const FieldChoice *)(const void *)value)->state;
		case FIELD_TEXTS:
		case FIELD_FREE_TEXTS:
		case FIELD_REFERENCES:
		case FIELD_DOMAINS:
		case FIELD_DNS_NAMES:
		case FIELD_SENDER_DOMAINS: return ((const FieldItems *)(const void *)value)->state;
		case FIELD_PREFIXES: return ((const FieldPrefixes *)(const void *)value)->state;
		case FIELD_TEXT_MAP:
		case FIELD_NAMES_BY_ADDRESS:
			return ((const FieldPairs *)(const void *)value)->state;
		case FIELD_OBJECT: return ((const FieldObject *)(const void *)value)->state;
		case FIELD_OBJECT_MAP:
		case FIELD_OBJECT_LIST: return ((const FieldObjects *)(const void *)value)->state;
		}
	}
	fail_msg("no key `%s`", key);
	return FIELD_BAD;
}

static void
check_items(const FieldItems *a, const FieldItems *b)
{
	uint32_t i;

	assert_int_equal(a->len, b->len);
	for (i = 0; i < a->len; i++) {
		assert_true(str_equal(a->items[i].text, b->items[i].text));
		assert_int_equal(a->items[i].cost, b->items[i].cost);
	}
}

static void
check_prefixes(const FieldPrefixes *a, const FieldPrefixes *b)
{
	uint32_t i;

	assert_int_equal(a->len, b->len);
	for (i = 0; i < a->len; i++)
		assert_int_equal(net_prefix_compare(a->items[i].prefix, b->items[i].prefix), 0);
}

static void
check_pairs(const FieldPairs *a, const FieldPairs *b)
{
	uint32_t i;

	assert_int_equal(a->len, b->len);
	for (i = 0; i < a->len; i++) {
		assert_int_equal(a->items[i].key.ptr == NULL, b->items[i].key.ptr == NULL);
		assert_true(str_equal(a->items[i].key, b->items[i].key));
		assert_true(str_equal(a->items[i].text, b->items[i].text));
		assert_true(i == 0 || str_compare(a->items[i - 1].key, a->items[i].key) < 0);
	}
}

static void check_same(const FieldTable *table, const char *a, const char *b);

static void
check_objects(const FieldTable *table, const FieldObjects *a, const FieldObjects *b)
{
	uint32_t i;

	assert_int_equal(a->len, b->len);
	for (i = 0; i < a->len; i++)
		check_same(table, (const char *)a->items + i * table->size,
			(const char *)b->items + i * table->size);
}

static void
check_same_value(const Field *field, const void *a, const void *b)
{
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_FREE_TEXT:
	case FIELD_DOMAIN:
	case FIELD_REFERENCE:
	case FIELD_TIME:
		assert_true(str_equal(((const FieldText *)a)->text, ((const FieldText *)b)->text));
		return;
	case FIELD_FLAG:
		assert_int_equal(((const FieldFlag *)a)->on, ((const FieldFlag *)b)->on);
		return;
	case FIELD_NUMBER:
		assert_true(((const FieldNumber *)a)->number == ((const FieldNumber *)b)->number);
		return;
	case FIELD_DATE:
		assert_int_equal(((const FieldDate *)a)->days, ((const FieldDate *)b)->days);
		return;
	case FIELD_CHOICE:
	case FIELD_CHOICES:
		assert_int_equal(((const FieldChoice *)a)->value, ((const FieldChoice *)b)->value);
		assert_int_equal(((const FieldChoice *)a)->set, ((const FieldChoice *)b)->set);
		return;
	case FIELD_TEXTS:
	case FIELD_FREE_TEXTS:
	case FIELD_REFERENCES:
	case FIELD_DOMAINS:
	case FIELD_DNS_NAMES:
	case FIELD_SENDER_DOMAINS: check_items(a, b); return;
	case FIELD_PREFIXES: check_prefixes(a, b); return;
	case FIELD_TEXT_MAP:
	case FIELD_NAMES_BY_ADDRESS: check_pairs(a, b); return;
	case FIELD_OBJECT: check_same(field->table, a, b); return;
	case FIELD_OBJECT_MAP:
	case FIELD_OBJECT_LIST: check_objects(field->table, a, b); return;
	}
}

/* Same states, same values; places differ. */
static void
check_same(const FieldTable *table, const char *a, const char *b)
{
	const FieldObject *left = (const FieldObject *)(const void *)a;
	const FieldObject *right = (const FieldObject *)(const void *)b;
	size_t i;

	assert_true(str_equal(left->name, right->name));
	assert_int_equal(left->state, right->state);
	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];

		assert_int_equal(state_of(table, a, field->key), state_of(table, b, field->key));
		check_same_value(field, a + field->offset, b + field->offset);
	}
}

static Str
encoded(Arena *arena, const FieldTable *table, const char *object)
{
	Buf buf = buf_make(arena);

	schema_encode(arena, &buf, table, object, NULL);
	return buf_text(&buf);
}

static void
check_good(const Decoded *d, Str text)
{
	if (d->sink->items.len > 0)
		fail_msg("%s: " STR_FMT " in\n" STR_FMT,
			diag_code_text(d->sink->items.items[0].code),
			STR_ARG(d->sink->items.items[0].message), STR_ARG(text));
}

/* --- laws ------------------------------------------------------------------------------------ */

static void
what_is_encoded_decodes_to_the_same(void **state)
{
	Arena *arena = arena_create();
	Pen pen = {.arena = arena, .random = {4711}};
	StrVec keys = {0};
	size_t round, i;

	(void)state;
	for (round = 0; round < 400; round++) {
		Decoded first, second, third;
		Str text, again;

		pen.buf = buf_make(arena);
		write_object(&pen, &model_spec_table);
		text = buf_text(&pen.buf);
		first = decode(&model_spec_table, text);
		check_good(&first, text);
		again = encoded(arena, &model_spec_table, first.object);
		second = decode(&model_spec_table, again);
		check_good(&second, again);
		check_same(&model_spec_table, first.object, second.object);
		third = decode(&model_spec_table, again);
		assert_true(str_equal(again, encoded(arena, &model_spec_table, third.object)));
		arena_destroy(first.arena);
		arena_destroy(second.arena);
		arena_destroy(third.arena);
	}
	schema_keys(arena, &model_spec_table, &keys);
	for (i = 0; i < keys.len; i++) {
		if (map_find(&pen.seen, keys.items[i]) == MAP_NONE)
			fail_msg("no document had `" STR_FMT "`", STR_ARG(keys.items[i]));
	}
	arena_destroy(arena);
}

/* Notes for every field of the root and every egress object, with what a comment could break at. */
static SchemaNotes
notes_of(Arena *arena, ModelSpec *spec)
{
	SchemaNotes notes = {0};
	ModelEgress *egress = spec->egress.items;
	size_t i;

	for (i = 0; i < model_spec_table.len; i++)
		VEC_PUSH(arena, &notes,
			((SchemaNote){(char *)spec + model_spec_table.fields[i].offset,
				STR("\nkey: [ 'a' \"b: # c\n")}));
	for (i = 0; i < spec->egress.len; i++)
		VEC_PUSH(arena, &notes, ((SchemaNote){&egress[i], STR("- one\n{ two")}));
	return notes;
}

/* Those whose place is written, in lines. */
static size_t
count_notes(const char *object)
{
	size_t count = 2 * (size_t)((const ModelSpec *)(const void *)object)->egress.len, i;

	for (i = 0; i < model_spec_table.len; i++) {
		FieldState state =
			state_of(&model_spec_table, object, model_spec_table.fields[i].key);

		count += state == FIELD_SET || state == FIELD_NULL;
	}
	return count;
}

static void
notes_are_comments(void **state)
{
	Arena *arena = arena_create();
	Pen pen = {.arena = arena, .random = {815}};
	size_t round;

	(void)state;
	for (round = 0; round < 50; round++) {
		Decoded first, second;
		Buf noted = buf_make(arena);
		SchemaNotes notes;
		size_t comments = 0;
		Str rest, line;

		pen.buf = buf_make(arena);
		write_object(&pen, &model_spec_table);
		first = decode(&model_spec_table, buf_text(&pen.buf));
		notes = notes_of(arena, (ModelSpec *)(void *)first.object);
		schema_encode(arena, &noted, &model_spec_table, first.object, &notes);
		second = decode(&model_spec_table, buf_text(&noted));
		check_good(&second, buf_text(&noted));
		check_same(&model_spec_table, first.object, second.object);
		for (rest = buf_text(&noted); str_next_line(&rest, &line);)
			comments += str_starts(str_trim(line), STR("# key:")) ||
				    str_starts(str_trim(line), STR("# - one")) ||
				    str_starts(str_trim(line), STR("# { two"));
		assert_int_equal(comments, count_notes(first.object));
		arena_destroy(first.arena);
		arena_destroy(second.arena);
	}
	arena_destroy(arena);
}

typedef void (*TableCheck)(const FieldTable *table);

/* Every table of the language once. */
static void
for_all_tables(TableCheck check)
{
	const FieldTable *tables[64] = {&model_spec_table};
	size_t len = 1, at, i, j;

	for (at = 0; at < len; at++) {
		check(tables[at]);
		for (i = 0; i < tables[at]->len; i++) {
			const FieldTable *inner = tables[at]->fields[i].table;

			for (j = 0; inner != NULL && j < len && tables[j] != inner;)
				j++;
			if (inner != NULL && j == len)
				tables[len++] = inner;
		}
	}
	assert_true(len >= 15);
}

/* The text as the value of one key, in an object that has nothing else. */
static Decoded
decode_one(const FieldTable *table, const char *key, const char *value)
{
	Decoded d = decoded_start(table);

	decode_more(&d, table, str_format(d.arena, "? %s\n: %s\n", key, value), false);
	return d;
}

/* Findings about the key itself; others say what is required beside it. */
static size_t
count_at(const Decoded *d, DiagCode code, const char *path)
{
	size_t count = 0, i;

	for (i = 0; i < d->sink->items.len; i++) {
		const Diag *diag = &d->sink->items.items[i];

		count += diag->code == code && str_equal(diag->path, str_from(path));
		assert_true(diag->code == code || diag->code == DIAG_MISSING_KEY);
	}
	return count;
}

static void
check_three_states(const FieldTable *table)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];
		bool may_be_null = field->kind == FIELD_OBJECT || field->kind == FIELD_OBJECT_MAP;
		Decoded d = decode_one(table, "x-nothing", "");

		assert_int_equal(state_of(table, d.object, field->key), FIELD_ABSENT);
		arena_destroy(d.arena);
		d = decode_one(table, field->key, "");
		assert_int_equal(state_of(table, d.object, field->key),
			may_be_null ? FIELD_NULL : FIELD_BAD);
		assert_int_equal(count_at(&d, DIAG_WRONG_TYPE, field->key), may_be_null ? 0 : 1);
		arena_destroy(d.arena);
		if (field->kind != FIELD_FLAG)
			continue;
		d = decode_one(table, field->key, "false");
		assert_int_equal(state_of(table, d.object, field->key), FIELD_SET);
		assert_false(((const FieldFlag *)(const void *)(d.object + field->offset))->on);
		arena_destroy(d.arena);
	}
}

static void
absent_null_and_false_are_three_things(void **state)
{
	(void)state;
	for_all_tables(check_three_states);
}

static bool
takes_list(FieldKind kind)
{
	return kind >= FIELD_CHOICES && kind <= FIELD_PREFIXES;
}

/* One finding, at the key, and a field that rules know to be bad. */
static void
check_wrong_value(const FieldTable *table, const Field *field, const char *value, const char *path)
{
	Decoded d = decode_one(table, field->key, value);
	Str whole = str_format(d.arena, "%s%s", field->key, path);

	if (count_at(&d, DIAG_WRONG_TYPE, str_c(d.arena, whole)) != 1)
		fail_msg("no finding at " STR_FMT " for %s", STR_ARG(whole), value);
	if (path[0] == 0 || takes_list(field->kind))
		assert_int_equal(state_of(table, d.object, field->key), FIELD_BAD);
	arena_destroy(d.arena);
}

static void
check_wrong_types(const FieldTable *table)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];
		bool map = field->kind == FIELD_OBJECT || field->kind == FIELD_OBJECT_MAP ||
			   field->kind == FIELD_TEXT_MAP;

		if (map) {
			check_wrong_value(table, field, "[a]", "");
			check_wrong_value(table, field, "a", "");
		} else if (takes_list(field->kind)) {
			check_wrong_value(table, field, "[[a]]", "/0");
			check_wrong_value(table, field, "[null]", "/0");
			if (field->kind != FIELD_SENDER_DOMAINS)
				check_wrong_value(table, field, "{a: b}", "");
		} else if (field->kind == FIELD_OBJECT_LIST) {
			check_wrong_value(table, field, "[a]", "/0");
			check_wrong_value(table, field, "a", "/0");
		} else if (field->kind != FIELD_NAMES_BY_ADDRESS) {
			check_wrong_value(table, field, "[a]", "");
			check_wrong_value(table, field, "{a: b}", "");
		}
	}
}

static void
wrong_types_are_found_at_their_key(void **state)
{
	(void)state;
	for_all_tables(check_wrong_types);
}

static void
check_emptiness(const FieldTable *table)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[i];
		bool refused = (field->flags & FIELD_NOT_EMPTY) != 0;
		Decoded d;

		if (!takes_list(field->kind))
			continue;
		d = decode_one(table, field->key, "[]");
		assert_int_equal(
			state_of(table, d.object, field->key), refused ? FIELD_BAD : FIELD_SET);
		assert_int_equal(count_at(&d, DIAG_BAD_VALUE, field->key), refused ? 1 : 0);
		arena_destroy(d.arena);
	}
}

static void
empty_lists_are_lists_where_they_make_sense(void **state)
{
	(void)state;
	for_all_tables(check_emptiness);
}

/* --- keys that nobody knows ------------------------------------------------------------------- */

static size_t
distance(Str a, Str b)
{
	size_t row[64], i, j;

	assert_true(b.len < BASE_COUNT(row));
	for (j = 0; j <= b.len; j++)
		row[j] = j;
	for (i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (j = 1; j <= b.len; j++) {
			size_t best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);

			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[b.len];
}

/* The key that the help proposes is as near as any. */
static void
check_suggestion(const FieldTable *table, Str typed)
{
	Decoded d = decoded_start(table);
	Str text = str_format(d.arena, STR_FMT ": x\n", STR_ARG(typed)), help = {0};
	size_t nearest = SIZE_MAX, i, len = sizeof("did you mean `") - 1;

	decode_more(&d, table, text, false);
	for (i = 0; i < d.sink->items.len; i++) {
		if (d.sink->items.items[i].code == DIAG_UNKNOWN_KEY)
			help = d.sink->items.items[i].help;
	}
	for (i = 0; i < table->len; i++) {
		size_t apart = distance(typed, str_from(table->fields[i].key));

		nearest = apart < nearest ? apart : nearest;
	}
	if (!str_starts(help, STR("did you mean `")))
		fail_msg("`" STR_FMT "`: " STR_FMT, STR_ARG(typed), STR_ARG(help));
	help = str_slice(help, len, str_find_char(help, '`', len));
	if (distance(typed, help) > nearest)
		fail_msg("`" STR_FMT "` is not the nearest to `" STR_FMT "`", STR_ARG(help),
			STR_ARG(typed));
	arena_destroy(d.arena);
}

static bool
is_key(const FieldTable *table, Str text)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		if (str_equal(str_from(table->fields[i].key), text))
			return true;
	}
	return false;
}

static void
check_misspelt(const FieldTable *table)
{
	Arena *arena = arena_create();
	size_t i;

	for (i = 0; i < table->len; i++) {
		Str key = str_from(table->fields[i].key);
		size_t cut = 1 + i % (key.len - 1);
		Str typed[3] = {str_format(arena, STR_FMT "q", STR_ARG(key)),
			str_format(arena, STR_FMT STR_FMT, STR_ARG(str_slice(key, 0, cut)),
				STR_ARG(str_slice(key, cut + 1, key.len))),
			str_format(arena, STR_FMT "q" STR_FMT, STR_ARG(str_slice(key, 0, cut)),
				STR_ARG(str_slice(key, cut, key.len)))};
		size_t j;

		/* Of three letters too little is left to guess from. */
		for (j = 0; j < 3 && key.len > 4; j++) {
			if (!is_key(table, typed[j]))
				check_suggestion(table, typed[j]);
		}
	}
	arena_destroy(arena);
}

static void
misspelt_keys_are_recognised(void **state)
{
	(void)state;
	for_all_tables(check_misspelt);
}

static void
keys_that_only_begin_as_one(void **state)
{
	static const char *const keys[] = {"\"version\\0x\"", "\"version\\0\"", "\"\\0version\"",
		"v", "versio", "versions", "Version", "\"\"", "x_anchor", "X-anchor"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(keys); i++) {
		Decoded d = decode_one(&model_spec_table, keys[i], "1");
		size_t j, about = 0;

		for (j = 0; j < d.sink->items.len; j++)
			about += d.sink->items.items[j].code != DIAG_MISSING_KEY;
		assert_int_equal(about, 1);
		/* What resembles a key counts as that key with a value that nobody knows. */
		assert_int_not_equal(state_of(&model_spec_table, d.object, "version"), FIELD_SET);
		arena_destroy(d.arena);
	}
}

static void
extension_keys_are_for_the_top(void **state)
{
	Decoded d = decode(&model_spec_table,
		STR("version: 1\ntenant: {name: Contoso, x-y: 1}\nx-y: {z: [\"\\a\"]}\n"));

	(void)state;
	assert_int_equal(d.sink->items.len, 1);
	assert_str(d.sink->items.items[0].path, "tenant/x-y");
	arena_destroy(d.arena);
}

static void
of_two_values_the_first_counts(void **state)
{
	Decoded d = decode(&model_spec_table,
		STR("version: 1\ntenant: {name: Contoso, name: Other}\n"
		    "egress: {a: {addresses: [192.0.2.1, 192.0.2.2], ptr: {192.0.2.1: a.example},\n"
		    "  addresses: 192.0.2.3, ptr: {192.0.2.2: b.example, 192.0.2.3: c.example}}}\n"
		    "egress: {b: {addresses: 192.0.2.4}}\n"));
	const ModelSpec *spec = (const ModelSpec *)(const void *)d.object;
	const ModelEgress *egress = spec->egress.items;

	(void)state;
	assert_int_equal(count_at(&d, DIAG_DUPLICATE_KEY, "tenant/name"), 1);
	assert_int_equal(count_at(&d, DIAG_DUPLICATE_KEY, "egress"), 1);
	assert_int_equal(d.sink->items.len, 4);
	assert_str(spec->tenant.name.text, "Contoso");
	assert_int_equal(egress[0].addresses.len, 2);
	assert_int_equal(egress[0].ptr.len, 1);
	assert_int_equal(spec->egress.len, 2);
	arena_destroy(d.arena);
}

static void
one_address_in_two_spellings(void **state)
{
	Decoded d = decode(&model_spec_table,
		STR("version: 1\ntenant: {name: Contoso}\negress: {a: {addresses: 2001:db8::1,\n"
		    "  ptr: {\"2001:db8::1\": a.example, 2001:DB8:0::1: b.example}}}\n"));

	(void)state;
	assert_int_equal(d.sink->items.len, 1);
	assert_int_equal(count_at(&d, DIAG_DUPLICATE_KEY, "egress/a/ptr"), 1);
	arena_destroy(d.arena);
}

/* --- several files ---------------------------------------------------------------------------- */

static void
one_bad_part_makes_a_map_bad(void **state)
{
	static const char *const parts[] = {"{}", "", "{a: {}}", "[]"};
	static const FieldState states[] = {FIELD_SET, FIELD_NULL, FIELD_SET, FIELD_BAD};
	size_t i, j;

	(void)state;
	for (i = 0; i < BASE_COUNT(parts); i++) {
		for (j = 0; j < BASE_COUNT(parts); j++) {
			Decoded d = decoded_start(&model_spec_table);
			FieldState wanted = states[i];

			if (states[j] == FIELD_BAD ||
				(states[j] == FIELD_SET && wanted == FIELD_NULL))
				wanted = states[j];
			decode_more(&d, &model_spec_table,
				str_format(d.arena,
					"version: 1\ntenant: {name: C}\nrelay_hosts: %s\n",
					parts[i]),
				false);
			decode_more(&d, &model_spec_table,
				str_format(d.arena, "relay_hosts: %s\n", parts[j]), true);
			assert_int_equal(
				state_of(&model_spec_table, d.object, "relay_hosts"), wanted);
			assert_int_equal(
				((const ModelSpec *)(const void *)d.object)->relay_hosts.span.file,
				1);
			arena_destroy(d.arena);
		}
	}
}

static void
imported_files_hold_less(void **state)
{
	Decoded d = decoded_start(&model_spec_table);
	size_t i, refused = 0;

	(void)state;
	decode_more(&d, &model_spec_table,
		STR("version: 1\nsample: true\ntenant: {}\ndocuments: {}\nchange: {}\n"
		    "domains:\negress:\ngateways:\nrelay_hosts:\nconnectors:\nwaivers: []\n"
		    "expect: []\nimports: []\nx-y: 1\n"),
		true);
	for (i = 0; i < d.sink->items.len; i++) {
		assert_int_equal(d.sink->items.items[i].code, DIAG_UNKNOWN_KEY);
		refused++;
	}
	assert_int_equal(refused, 5);
	arena_destroy(d.arena);
}

/* --- what is derived -------------------------------------------------------------------------- */

static const Json *
definition_of(const Json *schema, const FieldTable *table)
{
	return table == &model_spec_table
		       ? schema
		       : json_get(json_get(schema, STR("definitions")), str_from(table->name));
}

static const Json *json_schema;
static Str reference_page;

static void
check_described(const FieldTable *table)
{
	const Json *definition = definition_of(json_schema, table);
	Arena *arena = arena_create();
	size_t i;

	assert_non_null(definition);
	assert_int_equal(json_len(json_get(definition, STR("properties"))), table->len);
	assert_contains(reference_page, str_c(arena, str_format(arena, "\n## %s\n", table->name)));
	for (i = 0; i < table->len; i++) {
		Str key = str_from(table->fields[i].key);
		const Json *property = json_get(json_get(definition, STR("properties")), key);

		assert_true(json_get_text(property, STR("description")).len > 0);
		assert_contains(reference_page,
			str_c(arena, str_format(arena, "\n| `" STR_FMT "` | ", STR_ARG(key))));
	}
	arena_destroy(arena);
}

static void
schema_and_page_hold_every_key(void **state)
{
	Arena *arena = arena_create();
	Buf page = buf_make(arena);

	(void)state;
	model_reference(&page);
	reference_page = buf_text(&page);
	json_schema = model_json_schema(arena);
	for_all_tables(check_described);
	arena_destroy(arena);
}

static void
the_starter_is_a_good_spec(void **state)
{
	Arena *arena = arena_create();
	Buf starter = buf_make(arena);
	ModelCase c;

	(void)state;
	model_starter(arena, &starter);
	c = model_case_text(buf_text(&starter));
	assert_no_findings(&c);
	assert_int_equal(c.model->hosts_len, 1);
	assert_int_equal(c.model->routes.len, 1);
	assert_int_equal(c.model->connectors_len, 1);
	model_case_end(&c);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_decodes_to_the_same),
		cmocka_unit_test(notes_are_comments),
		cmocka_unit_test(absent_null_and_false_are_three_things),
		cmocka_unit_test(wrong_types_are_found_at_their_key),
		cmocka_unit_test(empty_lists_are_lists_where_they_make_sense),
		cmocka_unit_test(misspelt_keys_are_recognised),
		cmocka_unit_test(keys_that_only_begin_as_one),
		cmocka_unit_test(extension_keys_are_for_the_top),
		cmocka_unit_test(of_two_values_the_first_counts),
		cmocka_unit_test(one_address_in_two_spellings),
		cmocka_unit_test(one_bad_part_makes_a_map_bad),
		cmocka_unit_test(imported_files_hold_less),
		cmocka_unit_test(schema_and_page_hold_every_key),
		cmocka_unit_test(the_starter_is_a_good_spec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
