#include "json/json.h"

#include <inttypes.h>

/* Below that many members a look-up compares each key: cheaper than a table. */
#define INDEXED_FROM 40

static Json *
make(Arena *arena, JsonKind kind)
{
	Json *value = ARENA_NEW(arena, Json);

	value->kind = kind;
	return value;
}

/* Nothing about these can be changed, so one of each serves all. */
Json *
json_null(Arena *arena)
{
	static Json null = {.kind = JSON_NULL};

	(void)arena;
	return &null;
}

Json *
json_bool(Arena *arena, bool truth)
{
	static Json values[] = {
		{.kind = JSON_BOOL, .truth = false}, {.kind = JSON_BOOL, .truth = true}};

	(void)arena;
	return &values[truth];
}

Json *
json_number(Arena *arena, int64_t number)
{
	Json *value = make(arena, JSON_NUMBER);

	value->number = number;
	value->is_integer = true;
	value->text = str_format(arena, "%" PRId64, number);
	return value;
}

Json *
json_text(Arena *arena, Str text)
{
	Json *value;

	if (text.ptr == NULL)
		return json_null(arena);
	value = make(arena, JSON_TEXT);
	value->text = text;
	return value;
}

Json *
json_rendered(Arena *arena, Str text)
{
	Json *value = json_text(arena, text.ptr == NULL ? STR("") : text);

	value->rendered = true;
	return value;
}

Json *
json_format(Arena *arena, const char *format, ...)
{
	Json *value = make(arena, JSON_TEXT);
	va_list args;

	va_start(args, format);
	value->text = str_vformat(arena, format, args);
	va_end(args);
	return value;
}

Json *
json_list(Arena *arena)
{
	return make(arena, JSON_LIST);
}

Json *
json_object(Arena *arena)
{
	return make(arena, JSON_OBJECT);
}

void
json_push(Arena *arena, Json *list, Json *value)
{
	ASSERT(list->kind == JSON_LIST && list->maker == NULL);
	VEC_PUSH(arena, &list->items, value);
}

Json *
json_list_on_demand(Arena *arena, size_t len, JsonMake make_item, const void *context)
{
	Json *list = make(arena, JSON_LIST);
	JsonMaker *maker = ARENA_NEW(arena, JsonMaker);

	*maker = (JsonMaker){make_item, context};
	list->maker = maker;
	list->items.len = len;
	return list;
}

const Json *
json_item(Arena *scratch, const Json *list, size_t index)
{
	ASSERT(list->kind == JSON_LIST && index < list->items.len);
	if (list->maker == NULL)
		return list->items.items[index];
	return list->maker->make(scratch, list->maker->context, index);
}

static uint32_t
find_member(const Json *object, Str key)
{
	size_t i;

	if (object->index != NULL)
		return map_find(object->index, key);
	for (i = 0; i < object->members.len; i++) {
		if (str_equal(object->members.items[i].key, key))
			return (uint32_t)i;
	}
	return MAP_NONE;
}

/* Keeps the index complete from the moment it is worth having. */
static void
index_newest(Arena *arena, Json *object)
{
	size_t len = object->members.len, i;

	if (len < INDEXED_FROM)
		return;
	if (object->index == NULL)
		object->index = ARENA_NEW(arena, Map);
	for (i = object->index->len; i < len; i++)
		map_add(arena, object->index, object->members.items[i].key, (uint32_t)i);
}

void
json_set(Arena *arena, Json *object, Str key, Json *value)
{
	uint32_t at;

	ASSERT(object->kind == JSON_OBJECT);
	at = find_member(object, key);
	if (at != MAP_NONE) {
		object->members.items[at].value = value;
		return;
	}
	VEC_PUSH(arena, &object->members, ((JsonMember){key, value}));
	index_newest(arena, object);
}

Json *
json_get(const Json *object, Str key)
{
	uint32_t at;

	if (object == NULL || object->kind != JSON_OBJECT)
		return NULL;
	at = find_member(object, key);
	return at == MAP_NONE ? NULL : object->members.items[at].value;
}

Str
json_get_text(const Json *object, Str key)
{
	const Json *value = json_get(object, key);

	return value != NULL && value->kind == JSON_TEXT ? value->text : (Str){0};
}

bool
json_is_true(const Json *value)
{
	return value != NULL && value->kind == JSON_BOOL && value->truth;
}

size_t
json_len(const Json *value)
{
	if (value == NULL)
		return 0;
	return value->kind == JSON_LIST     ? value->items.len
	       : value->kind == JSON_OBJECT ? value->members.len
					    : 0;
}
