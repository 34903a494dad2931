/*
 * connector: the managed properties of one inbound connector, in the form that Exchange Online
 * reads back, so that what is written and what is read compare equal; and the exports that a live
 * tenant is read from. Knows no spec.
 *
 * Normal form: domains as `smtp:lower;cost`; addresses as single ones or networks without host
 * bits; lists are sets, sorted (addresses by number); null, "" and absent are one. Source:
 * Microsoft's New-, Set- and Get-InboundConnector reference, 2026-08; observed records.
 * Ownership: the arena that is handed in; of an export the arena of the sink.
 */
#ifndef CONNECTOR_CONNECTOR_H
#define CONNECTOR_CONNECTOR_H

#include "net/net.h"
#include "json/json.h"

typedef enum ConnectorProperty {
#define PROPERTY(enumerator, name, kind, fold) CONNECTOR_##enumerator,
#include "connector/properties.def"
#undef PROPERTY
	CONNECTOR_PROPERTIES
} ConnectorProperty;

typedef enum ConnectorKind {
	CONNECTOR_KIND_TEXT,
	CONNECTOR_KIND_FLAG,
	CONNECTOR_KIND_TEXTS,
	CONNECTOR_KIND_DOMAINS,
	CONNECTOR_KIND_ADDRESSES,
} ConnectorKind;

/* One value; which member counts is the property's kind. */
typedef struct ConnectorValue {
	bool stated; /* by the spec, else the default that New writes; of a live one: exported */
	bool on;
	Str text;
	StrVec list;
} ConnectorValue;

typedef struct ConnectorRecord {
	Str name;
	ConnectorValue values[CONNECTOR_PROPERTIES];
} ConnectorRecord;

const char *connector_property_name(ConnectorProperty property);
ConnectorKind connector_property_kind(ConnectorProperty property);
/* By its name in Exchange; false: no property of that name is managed. */
bool connector_property_find(Str name, ConnectorProperty *ret_property);

/* `smtp:contoso.com;1` */
Str connector_domain(Arena *arena, Str domain, uint32_t cost);
/* Sorts a list into its normal form and drops what stands twice. */
void connector_normalise(ConnectorProperty property, StrVec *list);
/*
 * One text, or one element of a list, in the normal form: every spelling of a domain becomes
 * `smtp:lower;cost`; `x/32` becomes `x`, host bits are cleared, an `a-b` that is a network becomes
 * that. What does not read as a domain or an address is kept in lower case; other texts stay.
 */
Str connector_text_normal(Arena *arena, ConnectorProperty property, Str text);
/* The whole value: every element, then as a set; empty elements are dropped. */
void connector_value_normalise(Arena *arena, ConnectorProperty property, ConnectorValue *value);
/* Whether Exchange would not tell the two apart, whatever their spelling and order. */
bool connector_value_equal(
	Arena *arena, ConnectorProperty property, const ConnectorValue *a, const ConnectorValue *b);
/*
 * The elements that only `after` holds, and those that only `before` holds, in their lists' order.
 * An address inside a network of its own list is no element: the set of addresses is the same.
 */
void connector_list_difference(Arena *arena, ConnectorProperty property, const StrVec *before,
	const StrVec *after, StrVec *ret_added, StrVec *ret_removed);
/* The value as it stands in plan.json and in the data literal of a script. */
Json *connector_value_json(Arena *arena, ConnectorProperty property, const ConnectorValue *value);

/* The prefix lengths that SenderIPAddresses takes. */
#define CONNECTOR_MIN_LENGTH 24
/* Characters of a name in an export; Exchange takes 64. */
#define CONNECTOR_MAX_NAME 256

/* --- what a tenant holds ---------------------------------------------------------------------- */

/* One connector of an export. */
typedef struct ConnectorLive {
	Span span;              /* of its name in the export */
	Str source, guid;       /* ConnectorSource, with `AdminUI` as `Default`; may be absent */
	const Json *object;     /* as it was read, with all that is not managed */
	ConnectorRecord record; /* in the normal form; `stated`: the export has the property */
} ConnectorLive;

typedef enum ConnectorAnswer { CONNECTOR_UNTOLD, CONNECTOR_NO, CONNECTOR_YES } ConnectorAnswer;

typedef struct ConnectorDomain {
	Str name, type; /* DomainType: `Authoritative`, `InternalRelay`, `ExternalRelay` */
	bool with_subdomains;
} ConnectorDomain;

/* What cannot be told from the export is absent, CONNECTOR_UNTOLD or empty. */
typedef struct ConnectorExport {
	Str path;
	Span span; /* of the whole */
	VEC(ConnectorLive) connectors;
	bool is_raw; /* what Get-InboundConnector printed: no date, no organization */
	bool broken; /* an error was reported: it must not be compared */
	Str exported_at;
	bool has_date;
	int32_t exported_on; /* its UTC date, days since 1970-01-01 */
	Span exported_span;
	Str organization, organization_id;
	VEC(ConnectorDomain) domains;
	ConnectorAnswer reject_direct_send, smtp_auth_disabled;
	Str fingerprint; /* empty when broken */
} ConnectorExport;

typedef struct ConnectorExportError {
	Span span;   /* in the text that was read, which the sink's sources hold then */
	Str message; /* a clause without a full stop */
} ConnectorExportError;

/*
 * Every shape that our export.ps1, our backups and `Get-InboundConnector | ConvertTo-Json` give;
 * an empty file is a tenant without connectors. False: the text has no such shape. What is wrong
 * inside a known shape is a finding on its line (CP004, CP005, CP006, CP411), and `broken`.
 */
bool connector_export_read(DiagSink *sink, Str path, Str bytes, ConnectorExport **ret_export,
	ConnectorExportError *ret_error);
/* Made by the Hybrid wizard: never written. */
bool connector_is_hybrid_wizards(const ConnectorLive *live);
/*
 * Whether the tenant of the export is the one that is meant: an id is compared with the tenant's
 * id, anything else with its name, without case. CONNECTOR_UNTOLD: the export does not say.
 */
ConnectorAnswer connector_export_is_of(const ConnectorExport *export, Str organization);
/*
 * The UTC date of `2026-11-20T08:00:00Z` (with any fraction and offset) or `/Date(1772500523000)/`,
 * as PowerShell 7 and Windows PowerShell print one.
 */
bool connector_date_parse(Str text, int32_t *ret_days);

#endif
