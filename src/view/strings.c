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

Str
view_string_with(Arena *arena, DiagLanguage language, const char *key, const char *name, Str value)
{
	Str text = view_string(language, str_from(key));
	Str mark = str_format(arena, "{%s}", name);
	size_t at = str_find(text, mark);

	/* A translation that lost its placeholder would drop the value without a word. */
	ASSERT(at < text.len);
	return str_format(arena, STR_FMT STR_FMT STR_FMT, STR_ARG(str_slice(text, 0, at)),
		STR_ARG(value), STR_ARG(str_slice(text, at + mark.len, text.len)));
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
