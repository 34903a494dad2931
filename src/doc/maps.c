/* Keys of a map: scalars, none twice, merge keys applied. */
#include "doc/doc_int.h"

#include <string.h>

/* Up to here comparing all pairs is cheaper than a table. */
#define SMALL_MAP 12

static bool
same_key(const DocNode *a, const DocNode *b)
{
	return a->count == b->count && memcmp(a->text, b->text, a->count) == 0;
}

static void
report_duplicate(DocReader *reader, const DocNode *first, const DocNode *second)
{
	Str key = doc_text(second);
	Diag *diag = doc_report(reader, DIAG_DUPLICATE_KEY, second->span, second,
		"`" STR_FMT "` stands twice in one map", STR_ARG(key));

	diag_label(reader->sink, diag, "second");
	diag_related(reader->sink, diag, first->span, "first");
	diag_help(reader->sink, diag, "keep one of them");
}

/* Where a key was seen first, among the pairs before `index`; `index` itself if nowhere. */
static size_t
first_of_small(const DocNode *pairs, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++) {
		if (same_key(&pairs[2 * i], &pairs[2 * index]))
			return i;
	}
	return index;
}

/*
 * Every repetition is reported with the first one. All pairs stay: what a second section of one
 * name holds is still there, so that references to it resolve.
 */
static void
check_different(DocReader *reader, const DocNode *pairs, size_t count)
{
	Arena *scratch = count > SMALL_MAP ? arena_create() : NULL;
	Map seen = {0};
	size_t i;

	for (i = 0; i < count; i++) {
		size_t first = scratch == NULL ? first_of_small(pairs, i)
					       : map_add(scratch, &seen, doc_text(&pairs[2 * i]),
							 (uint32_t)i);

		if (first < i)
			report_duplicate(reader, &pairs[2 * first], &pairs[2 * i]);
	}
	if (scratch != NULL)
		arena_destroy(scratch);
}

/* Of YAML 1.1 (yaml.org/type/merge.html), not of 1.2 core; quoted, it is a key like any other. */
static bool
is_merge_key(const DocNode *key)
{
	return key->plain && STR_EQ(doc_text(key), "<<");
}

/* YAML allows lists and maps as keys; here a key is looked up by its text. */
static bool
check_keys(DocReader *reader, const DocNode *pairs, size_t count, bool *ret_merges)
{
	bool good = true;
	size_t i;

	*ret_merges = false;
	for (i = 0; i < count; i++) {
		const DocNode *key = &pairs[2 * i];

		if (key->kind != DOC_SCALAR) {
			Diag *diag = doc_report(reader, DIAG_WRONG_TYPE, key->span, NULL,
				"a key must be a text, not a %s",
				key->kind == DOC_LIST ? "list" : "map");

			diag_help(reader->sink, diag,
				"write a name, and what belongs to it behind `:`");
			good = false;
		} else if (is_merge_key(key)) {
			*ret_merges = true;
		}
	}
	return good;
}

/* The result is gathered aside: `pending` is read until the last pair is taken over. */
typedef struct Merge {
	DocReader *reader;
	Arena *scratch;
	Map seen;
	VEC(DocNode) pairs;
} Merge;

static void
merge_pair(Merge *merge, const DocNode *key, const DocNode *value)
{
	if (map_add(merge->scratch, &merge->seen, doc_text(key), 0) != MAP_NONE)
		return;
	VEC_PUSH(merge->scratch, &merge->pairs, *key);
	VEC_PUSH(merge->scratch, &merge->pairs, *value);
}

static bool
merge_map(Merge *merge, const DocNode *map)
{
	size_t i;

	if (map->kind != DOC_MAP) {
		Diag *diag = doc_report(merge->reader, DIAG_WRONG_TYPE, map->span, NULL,
			"`<<` merges maps, and this is none");

		diag_help(merge->reader->sink, diag,
			"give an alias to a map, or a list of such aliases");
		return false;
	}
	for (i = 0; i < map->count; i++)
		merge_pair(merge, doc_key(map, i), doc_value(map, i));
	return true;
}

/* A list is merged in its order, so that an earlier map goes before a later one, as YAML has it. */
static bool
merge_value(Merge *merge, const DocNode *value)
{
	size_t i;
	bool good = true;

	if (value->kind != DOC_LIST)
		return merge_map(merge, value);
	for (i = 0; i < value->count; i++)
		good = merge_map(merge, doc_item(value, i)) && good;
	return good;
}

/* The map's own pairs first, then what is merged in; the first one of a key wins. */
static bool
apply_merges(DocReader *reader, const DocOpen *open, size_t count)
{
	Merge merge = {.reader = reader, .scratch = arena_create()};
	const DocNode *pairs = &reader->pending.items[open->first];
	bool good = true;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!is_merge_key(&pairs[2 * i]))
			merge_pair(&merge, &pairs[2 * i], &pairs[2 * i + 1]);
	}
	for (i = 0; i < count; i++) {
		if (is_merge_key(&pairs[2 * i]))
			good = merge_value(&merge, &pairs[2 * i + 1]) && good;
	}
	reader->pending.len = open->first;
	for (i = 0; i < merge.pairs.len; i++)
		VEC_PUSH(reader->scratch, &reader->pending, merge.pairs.items[i]);
	arena_destroy(merge.scratch);
	return good;
}

/* Duplicates are reported but fail nothing: the rest of the document still gets its findings. */
bool
doc_finish_map(DocReader *reader, const DocOpen *open)
{
	const DocNode *pairs = &reader->pending.items[open->first];
	size_t count = (reader->pending.len - open->first) / 2;
	bool merges;

	if (!check_keys(reader, pairs, count, &merges))
		return false;
	check_different(reader, pairs, count);
	return !merges || apply_merges(reader, open, count);
}
