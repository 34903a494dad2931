/* The strings of the documents: `key = text` lines of two embedded files. */
#include "view/view_int.h"

extern const Embedded view_embedded[];
extern const size_t view_embedded_len;

/* Both files are part of the program: no document depends on what is installed. */
static Str
strings_file(DiagLanguage language)
{
	return embedded_find(view_embedded, view_embedded_len,
		language == DIAG_JA ? STR("src/data/strings.ja") : STR("src/data/strings.en"));
}

/* The next `key = text` of a file; comments and empty lines are passed over. */
static bool
next_string(Str *rest, Str *ret_key, Str *ret_text)
{
	Str line;

	while (str_next_line(rest, &line)) {
		size_t equals = str_find(line, STR(" = "));

		if (line.len == 0 || line.ptr[0] == '#' || equals == line.len)
			continue;
		*ret_key = str_slice(line, 0, equals);
		*ret_text = str_slice(line, equals + 3, line.len);
		return true;
	}
	return false;
}

/* More strings than the documents have; an assertion tells when it no longer is. */
#define MAX_STRINGS 512

typedef struct StringEntry {
	Str key, text;
} StringEntry;

typedef struct StringTable {
	StringEntry entries[MAX_STRINGS];
	size_t len;
} StringTable;

/* By bytes, as the search in view_string() compares. */
static int
by_key(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(((const StringEntry *)a)->key, ((const StringEntry *)b)->key);
}

/* Read on first use and never changed: a summary asks for strings a million times. */
static const StringTable *
string_table(DiagLanguage language)
{
	static StringTable tables[DIAG_LANGUAGES];
	StringTable *table = &tables[language];
	Str rest = strings_file(language);
	StringEntry entry;

	if (table->len > 0)
		return table;
	while (next_string(&rest, &entry.key, &entry.text)) {
		ASSERT(table->len < MAX_STRINGS);
		table->entries[table->len++] = entry;
	}
	base_sort(table->entries, table->len, sizeof(StringEntry), by_key, NULL);
	return table;
}

Str
view_string(DiagLanguage language, Str key)
{
	const StringTable *table = string_table(language);
	size_t low = 0, high = table->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_compare(table->entries[middle].key, key);

		if (order == 0)
			return table->entries[middle].text;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* Keys are written in our code alone: an unknown one is our own mistake. */
	panic("no string `" STR_FMT "`", STR_ARG(key));
}

/* The value whose `{name}` stands at `at`, or NULL; its length with the braces. */
static const ViewValue *
value_at(Str text, size_t at, const ViewValue *values, size_t len, size_t *ret_len)
{
	size_t end = str_find_char(text, '}', at), i;

	for (i = 0; end < text.len && i < len; i++) {
		if (!str_equal(str_slice(text, at + 1, end), str_from(values[i].name)))
			continue;
		*ret_len = end + 1 - at;
		return &values[i];
	}
	return NULL;
}

Str
view_string_filled(
	Arena *arena, DiagLanguage language, const char *key, const ViewValue *values, size_t len)
{
	Str text = view_string(language, str_from(key));
	Buf filled = buf_make(arena);
	size_t at = 0, found = 0, mark;

	/* In one pass, so that a value that looks like a placeholder stays as it is. */
	while (at < text.len) {
		const ViewValue *value = NULL;

		if (text.ptr[at] == '{')
			value = value_at(text, at, values, len, &mark);
		if (value == NULL) {
			buf_char(&filled, text.ptr[at++]);
			continue;
		}
		buf_str(&filled, value->value);
		at += mark;
		found++;
	}
	/* A translation that lost its placeholder would drop the value without a word. */
	ASSERT(found >= len);
	return buf_text(&filled);
}

Str
view_string_with(Arena *arena, DiagLanguage language, const char *key, const char *name, Str value)
{
	ViewValue one = {name, value};

	return view_string_filled(arena, language, key, &one, 1);
}

/* In groups by what stands before the first dot, since templates reach into objects by dots. */
Json *
view_strings(Arena *arena, DiagLanguage language)
{
	Json *strings = json_object(arena);
	Str rest = strings_file(language), key, text;

	while (next_string(&rest, &key, &text)) {
		size_t dot = str_find_char(key, '.', 0);
		Str group = str_slice(key, 0, dot);

		if (json_get(strings, group) == NULL)
			json_set(arena, strings, group, json_object(arena));
		json_set(arena, json_get(strings, group), str_slice(key, dot + 1, key.len),
			json_text(arena, text));
	}
	return strings;
}

/* English where the spec asks for nothing. */
DiagLanguage
view_language(const Model *model)
{
	const FieldChoice *language = &model->spec->documents.language;

	return language->state == FIELD_SET && language->value == MODEL_LANGUAGE_JA ? DIAG_JA
										    : DIAG_EN;
}
