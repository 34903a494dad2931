/*
 * schema: the mechanism behind the spec language. A table of fields describes a struct; from it
 * come the decoder (document → struct, with findings), the encoder (struct → YAML), the JSON
 * Schema, the reference page and the starter spec. It knows no key of the language: those stand in
 * model/fields.
 *
 * Every decoded value carries its place and one of four states; a rule that meets FIELD_BAD stays
 * silent, because the finding has been made. Ownership: everything lives in the decoder's arena.
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include "doc/doc.h"
#include "net/net.h"
#include "json/json.h"

/* Not written; an object with nothing under its name; written, but reported; good.
 * A zeroed struct is absent. */
typedef enum FieldState { FIELD_ABSENT, FIELD_NULL, FIELD_BAD, FIELD_SET } FieldState;

/* --- what a field becomes in a struct: FIELD_TYPE_kind ---------------------------------------- */

typedef struct FieldText {
	Str text;
	Span span;
	FieldState state;
} FieldText;

typedef struct FieldFlag {
	Span span;
	FieldState state;
	bool on;
} FieldFlag;

typedef struct FieldNumber {
	uint64_t number;
	Span span;
	FieldState state;
} FieldNumber;

/* Days since 1970-01-01, as base counts them. */
typedef struct FieldDate {
	Span span;
	int32_t days;
	FieldState state;
} FieldDate;

/* One of a fixed list (its index), or several of it (a bit each). */
typedef struct FieldChoice {
	Span span;
	uint8_t value, set;
	FieldState state;
} FieldChoice;

/* One member of a list. The cost is 1 where the text gives none. */
typedef struct FieldItem {
	Str text;
	Span span;
	uint32_t cost; /* of a sender domain */
} FieldItem;

typedef struct FieldItems {
	FieldItem *items;
	uint32_t len;
	Span span;
	FieldState state;
} FieldItems;

typedef struct FieldPrefix {
	NetPrefix prefix;
	Span span;
} FieldPrefix;

typedef struct FieldPrefixes {
	FieldPrefix *items;
	uint32_t len;
	Span span;
	FieldState state;
} FieldPrefixes;

/* Places of key and value apart, so that a finding underlines the one that is wrong. */
typedef struct FieldPair {
	Str key, text;
	Span key_span, span;
} FieldPair;

/* A map of texts; a single text where the field allows one has an absent key. */
typedef struct FieldPairs {
	FieldPair *items;
	uint32_t len;
	Span span;
	FieldState state;
} FieldPairs;

/* What every struct that a table describes begins with. */
typedef struct FieldObject {
	Str name; /* of an entry in a map of objects */
	Span name_span, span;
	FieldState state;
} FieldObject;

/* Structs of one type in a row; from a map of objects or a list of objects. */
typedef struct FieldObjects {
	void *items;
	uint32_t len;
	Span span;
	FieldState state;
} FieldObjects;

#define FIELD_TYPE_TEXT             FieldText
#define FIELD_TYPE_FREE_TEXT        FieldText
#define FIELD_TYPE_DOMAIN           FieldText
#define FIELD_TYPE_REFERENCE        FieldText
#define FIELD_TYPE_TIME             FieldText
#define FIELD_TYPE_FLAG             FieldFlag
#define FIELD_TYPE_NUMBER           FieldNumber
#define FIELD_TYPE_DATE             FieldDate
#define FIELD_TYPE_CHOICE           FieldChoice
#define FIELD_TYPE_CHOICES          FieldChoice
#define FIELD_TYPE_TEXTS            FieldItems
#define FIELD_TYPE_FREE_TEXTS       FieldItems
#define FIELD_TYPE_REFERENCES       FieldItems
#define FIELD_TYPE_DOMAINS          FieldItems
#define FIELD_TYPE_DNS_NAMES        FieldItems
#define FIELD_TYPE_SENDER_DOMAINS   FieldItems
#define FIELD_TYPE_PREFIXES         FieldPrefixes
#define FIELD_TYPE_TEXT_MAP         FieldPairs
#define FIELD_TYPE_NAMES_BY_ADDRESS FieldPairs
#define FIELD_TYPE_OBJECT_MAP       FieldObjects
#define FIELD_TYPE_OBJECT_LIST      FieldObjects

typedef enum FieldKind {
	FIELD_TEXT,      /* one line */
	FIELD_FREE_TEXT, /* LF and TAB allowed */
	FIELD_DOMAIN,    /* a domain name; becomes A-labels in lower case */
	FIELD_REFERENCE, /* the name of an object or a word; the model resolves it */
	FIELD_TIME,      /* YYYY-MM-DDThh:mm±hh:mm */
	FIELD_FLAG,
	FIELD_NUMBER,
	FIELD_DATE,
	FIELD_CHOICE,
	FIELD_CHOICES,
	FIELD_TEXTS,
	FIELD_FREE_TEXTS,
	FIELD_REFERENCES,
	FIELD_DOMAINS,
	FIELD_DNS_NAMES,      /* labels may begin with an underscore */
	FIELD_SENDER_DOMAINS, /* D, *.D, * or { domain: D, cost: N } */
	FIELD_PREFIXES,
	FIELD_TEXT_MAP,
	FIELD_NAMES_BY_ADDRESS, /* one name, or a map address → name */
	FIELD_OBJECT,           /* a struct inside the struct */
	FIELD_OBJECT_MAP,
	FIELD_OBJECT_LIST,
} FieldKind;

/* At most eight where several may be chosen: FieldChoice has a bit for each. */
typedef struct FieldChoices {
	const char *const *texts;
	size_t len;
} FieldChoices;

typedef enum FieldFlags {
	FIELD_REQUIRED = 1,
	FIELD_IMPORTABLE = 2, /* may stand in an imported file */
	FIELD_NOT_EMPTY = 4,  /* a list that holds something */
} FieldFlags;

struct FieldTable;

/* One row; everything but kind, offset and key may be left out. */
typedef struct Field {
	FieldKind kind;
	size_t offset;
	const char *key;
	unsigned flags;
	const FieldChoices *choices;
	const struct FieldTable *table; /* of the objects inside */
	uint64_t min, max;              /* of a number; max 0: no bound */
	size_t most;                    /* entries of a map or list of objects; 0: no bound */
	const char *fallback;           /* the default, as the reference page says it */
	const char *starter; /* the value it has in the starter spec; of a map: the entry's name */
	const char *doc;
} Field;

/* Fields in the order in which they are written, shown and explained. */
typedef struct FieldTable {
	const char *name; /* of the JSON Schema definition, "RelayHost" */
	const char *title;
	size_t size; /* of the struct */
	const Field *fields;
	size_t len;
} FieldTable;

/* --- decoding --------------------------------------------------------------------------------- */

/*
 * Where one struct is made from several files, `only` tells which keys of the root table may stand
 * in the present one: those with that flag; 0: all. It says nothing of the tables inside.
 */
typedef struct SchemaDecoder {
	DiagSink *sink;
	Arena *arena;
	const FieldTable *root;
	unsigned only;
	StrVec path;   /* keys from the root to where it is */
	bool limited;  /* a map or list held more than `most`, and is known in part */
	bool mistyped; /* the map in hand has an unknown key */
} SchemaDecoder;

/* Fills a zeroed struct; entries of a map are appended to those that stand there already. */
void schema_decode(
	SchemaDecoder *decoder, const FieldTable *table, const DocNode *node, void *object);
/* A JSON Pointer without leading slash: `/` as ~1, `~` as ~0. */
Str schema_path(Arena *arena, const Str *parts, size_t len);

/* --- the other ways --------------------------------------------------------------------------- */

/*
 * A comment above the key of a field, or above an entry of a map. Lines without `#`; an empty line
 * stays one. What a user typed must have been escaped: no line end or control may be left of it.
 */
typedef struct SchemaNote {
	const void *at; /* the field's value in its struct, or the entry's struct; each once */
	Str text;
} SchemaNote;

typedef VEC(SchemaNote) SchemaNotes;

/* The struct as YAML; decoding it again gives the same values. `notes` NULL: no comments. */
void schema_encode(Arena *arena, Buf *buf, const FieldTable *table, const void *object,
	const SchemaNotes *notes);
/*
 * The struct as JSON: every key of the table, null where it is absent; lists are lists even if one
 * value stood for them. `name` comes first where the object has one.
 */
Json *schema_value(Arena *arena, const FieldTable *table, const void *object);
/* The starter spec: fields that have a starter value, each with its description. */
void schema_starter(Arena *arena, Buf *buf, const FieldTable *table);
/* draft-07, with one definition per table. */
Json *schema_json(Arena *arena, const FieldTable *root, Str id, Str title);
/* The reference page, in Markdown. */
void schema_reference(Buf *buf, const FieldTable *root);
/* All keys of a table and of those inside, each once; for the fuzzing dictionary and its test. */
void schema_keys(Arena *arena, const FieldTable *root, StrVec *ret_keys);

#endif
