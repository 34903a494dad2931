/* Shared by the files of this room. */
#ifndef CONNECTOR_CONNECTOR_INT_H
#define CONNECTOR_CONNECTOR_INT_H

#include "connector/connector.h"

/* Whether case does not count when two values of it are compared. */
bool connector_property_is_folded(ConnectorProperty property);

/* --- the text of an export -------------------------------------------------------------------- */

/*
 * UTF-8 from what PowerShell writes: UTF-8 with or without a byte order mark, UTF-16LE with one.
 * `ret_text` holds what could be read, also where the answer is false: its end is the place.
 */
bool connector_decode(Arena *arena, Str bytes, Str *ret_text, const char **ret_why);

/* --- one export ------------------------------------------------------------------------------- */

/* The text, and where each connector begins in it. */
typedef struct ExportReader {
	DiagSink *sink;
	Arena *arena, *scratch;
	uint32_t file;
	Str text;
	Str pointer;              /* of the list of connectors; empty: the whole value */
	const JsonPlaces *places; /* of its items; NULL: one bare object */
	ConnectorExport *export;
} ExportReader;

/* One connector, at its index in the list: findings for what is wrong with it. */
void connector_read_live(ExportReader *reader, const Json *object, size_t index);
/* A finding about a member of an object that begins at `base`; an absent member: the object. */
Diag *connector_report(ExportReader *reader, DiagCode code, size_t base, Str member,
	const char *format, ...) BASE_PRINTF(5, 6);
Span connector_span(const ExportReader *reader, size_t base, Str pointer);
/* The list itself, or the one in `{"value": …, "Count": …}`; NULL: no list. */
const Json *connector_unwrap(const Json *value);

/* --- the fingerprint -------------------------------------------------------------------------- */

/* Of the objects of an export, values as read. */
Str connector_fingerprint(Arena *arena, const Json *const *objects, size_t len);

#endif
