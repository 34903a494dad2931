/* What the files of this room share: the spec while it is made. */
#ifndef IMPORT_IMPORT_INT_H
#define IMPORT_IMPORT_INT_H

#include "import/import.h"
#include "text/text.h"

/* A connector that can be said. */
typedef struct ImportRow {
	const ConnectorLive *live;
	NetPrefixVec addresses; /* sorted, none inside another */
	VEC(uint32_t) groups;   /* in Importer.groups: what it accepts */
} ImportRow;

/* Addresses that the same connectors hold: they become one egress object. */
typedef struct ImportGroup {
	const uint32_t *holders; /* numbers of rows, ascending */
	size_t holders_len;
	NetPrefixVec prefixes;
	Str name;
} ImportGroup;

typedef struct Importer {
	Arena *arena;
	const ConnectorExport *export;
	const DnsSource *dns; /* or NULL */
	ModelSpec *spec;
	SchemaNotes notes;
	VEC(ImportRow) rows;     /* by name */
	VEC(ImportGroup) groups; /* by holders */
	Buf left_out;            /* a line for each connector that cannot be said */
} Importer;

/* A comment above a field of the spec, or above an object. */
void import_note(Importer *importer, const void *at, const Buf *text);

/* --- fields ----------------------------------------------------------------------------------- */

void import_set_text(FieldText *field, Str text);
void import_set_flag(FieldFlag *field, bool on);
void import_set_choice(FieldChoice *field, unsigned value);
/* An empty list is set, too. */
void import_set_items(Importer *importer, FieldItems *field, const StrVec *texts);

/* --- what a spec can say ---------------------------------------------------------------------- */

/* Why no text of a spec can be this one, as a clause that follows the text's name; NULL: one can.
 * `free_text`: with LF and TAB. */
const char *import_text_problem(Str text, bool free_text);
/* The same of a whole connector: of what it is told by. */
const char *import_connector_problem(Arena *arena, const ConnectorLive *live);
/* `smtp:contoso.com;1` taken apart; false: no sender domain of a spec. */
bool import_sender_domain(Arena *arena, Str text, FieldItem *ret_item);
/* Whether `enhanced_filtering.skip` can hold the text. */
bool import_is_skip_entry(Str text);
bool import_is_partner(const ConnectorLive *live);

/* --- the parts of a spec ---------------------------------------------------------------------- */

/* Importer.groups, their names, and what each row accepts; then spec.egress. */
void import_egress(Importer *importer);
void import_connectors(Importer *importer);
/* Keys for what has none: `unmanaged`. */
void import_unmanaged(Importer *importer, const ConnectorLive *live, ModelConnector *connector);
void import_domains(Importer *importer);

#endif
