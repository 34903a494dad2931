/* Generated values for laws about JSON. */
#ifndef TEST_JSON_RANDOM_H
#define TEST_JSON_RANDOM_H

#include "json/json.h"

#include "test_text_random.h"

static inline Json *
random_number(Arena *arena)
{
	static const char *const digits[] = {"-0", "1.50", "1E400", "-2.5e-7",
		"123456789012345678901234567890123456789012345678901234567890123456789"};
	int64_t number =
		(int64_t)((uint64_t)random_below(UINT32_MAX) << 32 | random_below(UINT32_MAX));
	Json *value = json_number(arena, random_below(2) == 0 ? number : number % 1000);

	if (random_below(4) == 0) {
		value->text = str_from(digits[random_below(BASE_COUNT(digits))]);
		value->is_integer = false;
	}
	return value;
}

/* Texts and keys with NUL and characters of all planes; few levels, sometimes many members. */
static inline Json *
random_value(Arena *arena, unsigned depth)
{
	uint32_t kind = random_below(depth == 0 ? 4 : 7);
	uint32_t len = random_below(random_below(4) == 0 ? 30 : 4);
	Json *value;

	if (kind == 0)
		return json_null(arena);
	if (kind == 1)
		return json_bool(arena, random_below(2) == 0);
	if (kind == 2)
		return random_number(arena);
	if (kind == 3)
		return json_text(arena, random_text(arena));
	value = kind == 4 ? json_list(arena) : json_object(arena);
	while (len-- > 0) {
		Json *part = random_value(arena, depth - 1);

		if (kind == 4)
			json_push(arena, value, part);
		else
			json_set(arena, value, random_text(arena), part);
	}
	return value;
}

static inline Json *on_demand(Arena *arena, const Json *value);

static inline Json *
make_on_demand(Arena *arena, const void *context, size_t index)
{
	return on_demand(arena, ((const Json *)context)->items.items[index]);
}

/* The same value with lists that are made on demand, their items too. */
static inline Json *
on_demand(Arena *arena, const Json *value)
{
	Json *copy = ARENA_NEW(arena, Json);
	size_t i;

	*copy = *value;
	if (value->kind == JSON_LIST)
		return json_list_on_demand(arena, value->items.len, make_on_demand, value);
	if (value->kind != JSON_OBJECT)
		return copy;
	copy = json_object(arena);
	for (i = 0; i < value->members.len; i++)
		json_set(arena, copy, value->members.items[i].key,
			on_demand(arena, value->members.items[i].value));
	return copy;
}

#endif
