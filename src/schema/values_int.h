/* Single values that lists are made of. */
#ifndef SCHEMA_VALUES_INT_H
#define SCHEMA_VALUES_INT_H

#include "schema/schema.h"

/* A text, checked for control characters. */
bool schema_scalar(SchemaDecoder *decoder, const Field *field, const DocNode *node, Str *ret_text);
/* The key of an entry in a map: one line, not empty. */
bool schema_name(SchemaDecoder *decoder, const DocNode *key, Str *ret_name);
/* A scalar node, checked by schema_scalar before; the result has A-labels in lower case. */
bool schema_domain(SchemaDecoder *decoder, const DocNode *node, NetNameKind kind, Str *ret_name);
/* Between the field's bounds; without an upper one up to INT64_MAX, which JSON output can hold. */
bool schema_number(
	SchemaDecoder *decoder, const Field *field, const DocNode *node, uint64_t *ret_number);
/*
 * Leads the path to an item of a list: by its text, else by its index. By nothing where a single
 * value stands for a list, so that the caller must cut the path back to the length that it had.
 */
void schema_push_item(SchemaDecoder *decoder, const DocNode *list, size_t index);

#endif
