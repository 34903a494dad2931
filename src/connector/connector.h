/*
 * connector: the managed properties of one inbound connector, in the form that Exchange Online
 * reads back, so that what is written and what is read compare equal. Knows no spec.
 *
 * Normal form: domains as `smtp:lower;cost`; addresses as single ones or networks without host
 * bits; lists are sets, sorted (addresses by number); null, "" and absent are one. Source:
 * Microsoft's New-, Set- and Get-InboundConnector reference, 2026-08; observed records.
 */
#ifndef CONNECTOR_CONNECTOR_H
#define CONNECTOR_CONNECTOR_H

#include "net/net.h"
#include "json/json.h"

typedef enum ConnectorProperty {
#define PROPERTY(enumerator, name, kind) CONNECTOR_##enumerator,
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
	bool stated; /* by the spec; else the default that New writes */
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

/* `smtp:contoso.com;1` */
Str connector_domain(Arena *arena, Str domain, uint32_t cost);
/* Sorts a list into its normal form and drops what stands twice. */
void connector_normalise(ConnectorProperty property, StrVec *list);
/* The value as it stands in plan.json and in the data literal of a script. */
Json *connector_value_json(Arena *arena, ConnectorProperty property, const ConnectorValue *value);

/* The prefix lengths that SenderIPAddresses takes. */
#define CONNECTOR_MIN_LENGTH 24

#endif
