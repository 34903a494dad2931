/* One row per field kind: what its values look like going in, coming out, and in a JSON Schema. */
#ifndef SCHEMA_SCHEMA_INT_H
#define SCHEMA_SCHEMA_INT_H

#include "schema/schema.h"

/* Fills the value; false if it is bad, which has been reported then. */
typedef bool (*FieldDecode)(
	SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
/* Appends the value after `key:`, at the indentation of the key. */
typedef struct SchemaWriter {
	Arena *arena;
	Buf *buf;
	unsigned indent;
	const SchemaNotes *notes; /* NULL: none */
	Map places;               /* bytes of SchemaNote.at → its number in `notes` */
} SchemaWriter;
typedef void (*FieldEncode)(SchemaWriter *writer, const Field *field, const void *value);
typedef Json *(*FieldSchema)(Arena *arena, const Field *field);
/* The value as it stands in plan.json. */
typedef Json *(*FieldValue)(Arena *arena, const Field *field, const void *value);

typedef struct FieldKindRow {
	const char *name; /* for the reference page */
	FieldDecode decode;
	FieldEncode encode;
	FieldSchema schema;
	FieldValue value;
} FieldKindRow;

extern const FieldKindRow schema_kinds[];

/* The state and place that every field value has, wherever its struct keeps them. */
FieldState schema_state(const Field *field, const void *value);
Span schema_span(const Field *field, const void *value);
void schema_set_state(const Field *field, void *value, FieldState state, Span span);

/* Findings of the decoder; the path comes from the decoder. */
Diag *schema_report(SchemaDecoder *decoder, DiagCode code, Span span, const char *format, ...)
	BASE_PRINTF(4, 5);
/* Always false, so that a decoder can return it; `wanted` begins with an article. */
bool schema_wrong_type(SchemaDecoder *decoder, const DocNode *node, const char *wanted);
/* Every push needs its pop, also on the way out after a finding. Parts are not copied. */
void schema_push(SchemaDecoder *decoder, Str part);
void schema_pop(SchemaDecoder *decoder);

/* `value` is what the kind becomes in a struct; its state and span are set by the caller. */
bool decode_text(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_domain(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_time(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_flag(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_number(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_date(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_choice(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_choices(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_items(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_prefixes(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_text_map(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_names_by_address(
	SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_object(SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_object_map(
	SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);
bool decode_object_list(
	SchemaDecoder *decoder, const Field *field, const DocNode *node, void *value);

/* These begin with the blank or line end behind the colon and end with a line end. */
void encode_text(SchemaWriter *writer, const Field *field, const void *value);
void encode_flag(SchemaWriter *writer, const Field *field, const void *value);
void encode_number(SchemaWriter *writer, const Field *field, const void *value);
void encode_date(SchemaWriter *writer, const Field *field, const void *value);
void encode_choice(SchemaWriter *writer, const Field *field, const void *value);
void encode_choices(SchemaWriter *writer, const Field *field, const void *value);
void encode_items(SchemaWriter *writer, const Field *field, const void *value);
void encode_prefixes(SchemaWriter *writer, const Field *field, const void *value);
void encode_pairs(SchemaWriter *writer, const Field *field, const void *value);
void encode_object(SchemaWriter *writer, const Field *field, const void *value);
void encode_object_map(SchemaWriter *writer, const Field *field, const void *value);
void encode_object_list(SchemaWriter *writer, const Field *field, const void *value);

/* A fresh object each time: the caller adds the description to it. */
Json *schema_of_text(Arena *arena, const Field *field);
Json *schema_of_flag(Arena *arena, const Field *field);
Json *schema_of_number(Arena *arena, const Field *field);
Json *schema_of_choice(Arena *arena, const Field *field);
Json *schema_of_choices(Arena *arena, const Field *field);
Json *schema_of_items(Arena *arena, const Field *field);
Json *schema_of_sender_domains(Arena *arena, const Field *field);
Json *schema_of_text_map(Arena *arena, const Field *field);
Json *schema_of_names_by_address(Arena *arena, const Field *field);
Json *schema_of_object(Arena *arena, const Field *field);
Json *schema_of_object_map(Arena *arena, const Field *field);
Json *schema_of_object_list(Arena *arena, const Field *field);

Json *value_of_text(Arena *arena, const Field *field, const void *value);
Json *value_of_flag(Arena *arena, const Field *field, const void *value);
Json *value_of_number(Arena *arena, const Field *field, const void *value);
Json *value_of_date(Arena *arena, const Field *field, const void *value);
Json *value_of_choice(Arena *arena, const Field *field, const void *value);
Json *value_of_choices(Arena *arena, const Field *field, const void *value);
Json *value_of_items(Arena *arena, const Field *field, const void *value);
Json *value_of_prefixes(Arena *arena, const Field *field, const void *value);
Json *value_of_pairs(Arena *arena, const Field *field, const void *value);
Json *value_of_object(Arena *arena, const Field *field, const void *value);
Json *value_of_objects(Arena *arena, const Field *field, const void *value);

#endif
