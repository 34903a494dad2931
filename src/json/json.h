/*
 * json: values in an arena, strict reading, canonical writing.
 *
 * Texts are pointer and length, so NUL survives. Objects keep the order in which members were set;
 * look-ups are hashed from a few members on. cJSON does the parsing, after a strict pass of our own
 * over what it would let through (raw control characters, broken UTF-8, leading zeros, duplicate
 * keys, trailing text, depth). Source: RFC 8259; the canonical form is keys sorted by bytes, no
 * white space, `\u00xx` for controls.
 *
 * Ownership: values live in the arena they were made in, and point to texts that were handed in.
 * Failure: reading returns false with a place and a clause; writing fails only as its Buf does.
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "diag/diag.h"

/* Lists and objects inside each other that json_read takes. */
#define JSON_DEPTH_MAX 200

typedef enum JsonKind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER, /* an integer of 64 bits, or any number as its text */
	JSON_TEXT,
	JSON_LIST,
	JSON_OBJECT,
} JsonKind;

typedef struct Json Json;

/*
 * Makes the item of a list that is made on demand, in an arena that forgets it soon; gives the same
 * each time it is asked.
 */
typedef Json *(*JsonMake)(Arena *arena, const void *context, size_t index);

typedef struct JsonMaker {
	JsonMake make;
	const void *context;
} JsonMaker;

typedef struct JsonMember {
	Str key;
	Json *value;
} JsonMember;

/* Which members of the unions count is the kind's: text of texts and numbers, items, members. */
struct Json {
	JsonKind kind;
	bool is_integer; /* a number that is in `number`; not so for 1.0 or 1e3 */
	bool rendered;   /* a text made by our own code for the target language: never escaped again
			  */
	union {
		bool truth;
		int64_t number;
		Map *index;             /* of members, once there are many */
		const JsonMaker *maker; /* of a list on demand: it has a length, but no items */
	};
	union {
		Str text; /* a text, or the digits of a number as they were written */
		VEC(Json *) items;
		VEC(JsonMember) members;
	};
};

Json *json_null(Arena *arena);
Json *json_bool(Arena *arena, bool truth);
Json *json_number(Arena *arena, int64_t number);
/* The text is not copied. An absent text becomes null. */
Json *json_text(Arena *arena, Str text);
/* The same, marked as rendered. */
Json *json_rendered(Arena *arena, Str text);
Json *json_format(Arena *arena, const char *format, ...) BASE_PRINTF(2, 3);
Json *json_list(Arena *arena);
Json *json_object(Arena *arena);
void json_push(Arena *arena, Json *list, Json *value);
/*
 * A list whose items are made when someone asks for them: as many as there are egress objects would
 * not be worth their memory. Read by json_item alone; cannot be pushed to.
 */
Json *json_list_on_demand(Arena *arena, size_t len, JsonMake make, const void *context);
/* An item of a list. If it is made on demand it lives in `scratch`, until that is reset. */
const Json *json_item(Arena *scratch, const Json *list, size_t index);
/* The key is not copied; a member of that name is replaced. */
void json_set(Arena *arena, Json *object, Str key, Json *value);

/* The member, or NULL; also NULL when `object` is not an object. */
Json *json_get(const Json *object, Str key);
/* The member's text, or an absent text. */
Str json_get_text(const Json *object, Str key);
bool json_is_true(const Json *value);
/* Items of a list, members of an object, else 0. */
size_t json_len(const Json *value);
/* Whether both are written the same canonically. */
bool json_equal(const Json *a, const Json *b);

/* The members of an object by the bytes of their keys, as many as there are. */
const JsonMember *json_sorted_members(Arena *arena, const Json *object);
/* Keys sorted by bytes, no white space; every character but controls as it is: for hashes and
 * comparison, not for a reader. */
void json_write_canonical(Buf *buf, const Json *value);
/* Members in their order, two blanks a level, a final newline; what does not show, or changes how
 * others show, by its number. */
void json_write_pretty(Buf *buf, const Json *value);
/* Takes a text in parts of about a MiB, when it is too long to be held; false: no more. */
typedef bool JsonTake(void *context, Str part);
/* The same in parts; whether all of them were taken. */
bool json_write_canonical_parts(const Json *value, JsonTake *take, void *context);
bool json_write_pretty_parts(const Json *value, JsonTake *take, void *context);
/* One text as a JSON string with its quotes, as json_write_pretty() writes it. */
void json_write_text(Buf *buf, Str text);

typedef struct JsonError {
	size_t offset;
	Str message; /* a clause without a full stop */
} JsonError;

/*
 * The whole text is one value (a byte order mark may stand before it), or false and why. The value
 * does not point into `bytes`.
 */
bool json_read(Arena *arena, Str bytes, Json **ret_value, JsonError *ret_error);
/*
 * As json_read, for the value at a JSON Pointer alone: the whole text is held to the rules, but
 * only that value is made. NULL where there is none.
 */
bool json_read_at(Arena *arena, Str bytes, Str pointer, Json **ret_value, JsonError *ret_error);
/*
 * Where the value at a JSON Pointer (without leading slash) stands in a text that json_read took.
 * The empty pointer is the whole value. An element of a list is named by its text if it is one,
 * else by its index.
 */
bool json_locate(Arena *arena, Str bytes, Str pointer, size_t *ret_start, size_t *ret_end);

typedef VEC(size_t) JsonPlaces;

/*
 * Where each item of the list at a JSON Pointer begins, in one pass over such a text; nothing where
 * no list stands.
 */
void json_locate_items(Arena *arena, Str bytes, Str pointer, JsonPlaces *ret_places);

/* Of cJSON, for --version. */
const char *json_library_version(void);

#endif
