/* Shared by the files of this room. */
#ifndef VIEW_VIEW_INT_H
#define VIEW_VIEW_INT_H

#include "view/view.h"

#include "text/text.h"

/* Members by literal keys: SET(object, "name", value) with the arena in scope. */
#define SET(object, key, value) json_set(arena, (object), STR(key), (value))

/* The change request, from the finished plan. */
Json *view_change(Arena *arena, const ViewInput *input, const Json *plan);
/* Strings as nested objects, `note.shared` as note → shared. */
Json *view_strings(Arena *arena, DiagLanguage language);
/* The summary: tables for connectors and hosts, SPF of each domain, notices. */
Json *view_summary(Arena *arena, const ViewInput *input);

/* What connectors and records let in, and what the records ask of receivers. */
Json *view_price(Arena *arena, const Plan *plan);
/* Whose mail a term of a record lets pass: all names of the spec, or Exchange Online; none for a
 * third party. */
void view_term_names(Arena *arena, const State *state, const StateSpf *spf, const SpfShare *share,
	StrVec *ret_names);
/* Whether every address has a certain result. */
bool view_spf_is_known(const SpfExpansion *sets);
/* Octets of the DNS as text: what is not printable ASCII becomes `?`. */
/* The networks of a set, with commas; the first ones of many. */
Str view_networks(Arena *arena, const NetSet *set);
Str view_octets(Arena *arena, Str octets);

/* The PTR records to ask for: one member for each range and name, sorted by address. */
Json *view_pointers(Arena *arena, const Model *model);

/* Something that was not checked, and why: a finding, or what no rule can know in this run. */
typedef struct Unchecked {
	const Diag *diag; /* or NULL */
	Str path;         /* absent: no place */
	Str message;
} Unchecked;

typedef VEC(Unchecked) UncheckedVec;

/* All of it, in the order of the documents: plan.json and the summary render this one list. */
void view_unchecked(
	Arena *arena, const ViewInput *input, DiagLanguage language, UncheckedVec *ret_unchecked);

/* The findings in an order that no line number has a part in: severity, code, path, message. */
const Diag **view_findings(Arena *arena, const DiagVerdict *verdict);

/* One of them as a document tells it. */
Json *view_finding(Arena *arena, DiagLanguage language, const Diag *diag);
/* Who answers for a source: the host's owner, else that of the egress object; else absent. */
Str view_source_owner(const Model *model, const StateSource *source);

/* A text in Markdown, marked as rendered. */
Json *view_rendered(Arena *arena, Str text, TextEscape escape);

/* --- tables of the summary -------------------------------------------------------------------- */

/* A table of the summary under construction. */
typedef struct SummaryTable {
	Arena *arena;
	DiagLanguage language;
	const Model *model;
	Json *rows;   /* where rows go; NULL where only notes are made */
	Json *object; /* the table itself */
} SummaryTable;

/* An address range that a reader is told, and the entries that it makes on a connector. */
typedef struct SummaryRange {
	NetPrefix range;
	size_t pieces; /* 0: it is not split */
} SummaryRange;

/* What a sender is seen as: ranges, and egress objects whose address changes. */
typedef struct SummarySource {
	VEC(SummaryRange) ranges;
	StrVec dynamic; /* names */
} SummarySource;

/* More addresses than this stand in a list of their own. */
#define SUMMARY_ADDRESSES 24

/* Begins a table: its rows are the ones that are added to. */
Json *summary_table(SummaryTable *table, const char *title, Str name);
/* Appends a row: the key of its heading, the setting as plain text, the notes. */
void summary_row(SummaryTable *table, const char *item, Str setting, Json *notes);
/* The same, with a command that Markdown shows as code. */
void summary_command_row(SummaryTable *table, const char *item, Str command, Json *notes);
/* The row of the source address; where there are many, the list of them too. */
void summary_source_row(SummaryTable *table, const SummarySource *source, Json *notes);
/* Adds what an egress object shows. */
void summary_add_egress(SummaryTable *table, SummarySource *source, uint32_t egress);
/* An empty list, to be filled and handed to one row. */
Json *summary_notes(SummaryTable *table);
/* A note by its key, plain or with one value. */
void summary_note(SummaryTable *table, Json *notes, const char *key);
void summary_note_with(
	SummaryTable *table, Json *notes, const char *key, const char *name, Str value);
/* What is known about the reach of addresses; each class once. */
void summary_note_reaches(SummaryTable *table, Json *notes, const SummarySource *source);
/* A string by its key, plain or with one value. */
Str summary_text(SummaryTable *table, const char *key);
Str summary_text_with(SummaryTable *table, const char *key, const char *name, Str value);
/* A name of DNS as people read it, with its A-labels beside it. */
Str summary_domain(SummaryTable *table, Str name);
/* How many addresses of each family, IPv6 in networks where there are that many. */
Str summary_counts(SummaryTable *table, const NetSet *set);
/* The same for a list of them. */
Str summary_senders(SummaryTable *table, const FieldItems *domains);
/* The keys of the strings for what the model knows by number. */
const char *summary_method(ModelMethod method);
const char *summary_recipients(ModelRecipients recipients);
const char *summary_purpose(ModelPurpose purpose);
/* Whole tables of five rows; each replaces `rows` of the table it is given. */
Json *summary_host(SummaryTable *table, uint32_t host);
Json *summary_connector(SummaryTable *table, const StateConnector *connector);
/* The host that devices hand mail to, or a word for "not set". */
Str summary_mx_host(SummaryTable *table);

#endif
