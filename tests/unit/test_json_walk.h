/* Loops over the parts of any value: a value of another kind has none. */
#ifndef TEST_JSON_WALK_H
#define TEST_JSON_WALK_H

#include "json/json.h"

static inline size_t
items_of(const Json *value)
{
	return value->kind == JSON_LIST ? value->items.len : 0;
}

static inline size_t
members_of(const Json *value)
{
	return value->kind == JSON_OBJECT ? value->members.len : 0;
}

static inline bool
has_text(const Json *value)
{
	return value->kind == JSON_TEXT || value->kind == JSON_NUMBER;
}

#endif
