/* Shared by the files of this room. */
#ifndef VIEW_VIEW_INT_H
#define VIEW_VIEW_INT_H

#include "view/view.h"

/* Members by literal keys: SET(object, "name", value) with the arena in scope. */
#define SET(object, key, value) json_set(arena, (object), STR(key), (value))

/* Strings as nested objects, `note.shared` as note → shared. */
Json *view_strings(Arena *arena, DiagLanguage language);
/* The summary: tables for connectors and hosts, SPF of each domain, notices. */
Json *view_summary(Arena *arena, const ViewInput *input);

/* The PTR records to ask for: one member for each range and name, sorted by address. */
Json *view_pointers(Arena *arena, const Model *model);

/* The findings in an order that no line number has a part in: severity, code, path, message. */
const Diag **view_findings(Arena *arena, const DiagVerdict *verdict);

/* A table of the summary under construction. */
typedef struct SummaryTable {
	Arena *arena;
	DiagLanguage language;
	const Model *model;
	Json *rows; /* where rows go; NULL where only notes are made */
} SummaryTable;

/* Appends a row: the key of its heading, the setting as plain text, the notes. */
void summary_row(SummaryTable *table, const char *item, Str setting, Json *notes);
/* The same, with a command that Markdown shows as code. */
void summary_command_row(SummaryTable *table, const char *item, Str command, Json *notes);
/* An empty list, to be filled and handed to one row. */
Json *summary_notes(SummaryTable *table);
/* A note by its key, plain or with one value. */
void summary_note(SummaryTable *table, Json *notes, const char *key);
void summary_note_with(
	SummaryTable *table, Json *notes, const char *key, const char *name, Str value);
/* What is known about the reach of an address. */
void summary_note_reach(SummaryTable *table, Json *notes, NetPrefix prefix);
/* Whole tables of five rows; each replaces `rows` of the table it is given. */
Json *summary_host(SummaryTable *table, uint32_t host);
Json *summary_connector(SummaryTable *table, const StateConnector *connector);
/* The host that devices hand mail to, or a word for "not set". */
Str summary_mx_host(SummaryTable *table);
/* A list of addresses, cut where it gets long. */
Str summary_addresses(SummaryTable *table, const NetPrefixVec *prefixes);

#endif
