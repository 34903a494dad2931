/*
 * state: what one side says. From a spec: the connectors with their properties and the addresses
 * behind each (with the routes that need them), and the DNS records. The live tenant and a base
 * spec become the same struct, so that one difference serves all. A live state has no model, no
 * sources, no records and no matches.
 *
 * Ownership: everything lives in the model's arena. Nothing here is a finding: what a rule needs to
 * know (shared sources, IPv6 that was left out, ranges that were split) is kept as data.
 */
#ifndef STATE_STATE_H
#define STATE_STATE_H

#include "connector/connector.h"
#include "model/model.h"
#include "spf/spf.h"

#define STATE_NONE UINT32_MAX

/* One thing that a connector accepts, resolved as far as it goes. */
typedef struct StateSource {
	Span span;         /* of the item in `accepts`; of the host's name for "by default" */
	uint32_t accept;   /* which item of `accepts`; STATE_NONE: by default */
	uint32_t host;     /* STATE_NONE for a gateway or an egress object */
	uint32_t route;    /* in Model.routes; STATE_NONE for a gateway or an egress object */
	uint32_t last_hop; /* a gateway, or MODEL_SELF; MODEL_SELF too for an egress object */
	uint32_t egress;   /* or MODEL_SELF: the host's own address */
	bool shared;
} StateSource;

/* One entry of SenderIPAddresses. */
typedef struct StateAddress {
	NetPrefix range;
	NetPrefix split_from; /* equal to `range` where nothing was split */
	Span span;            /* of the address in the spec */
	uint32_t *sources;    /* numbers in StateConnector.sources */
	uint32_t sources_len;
} StateAddress;

/* A range of more pieces than this is not written. */
#define STATE_MAX_PIECES 1024

typedef struct StateWide {
	NetPrefix range;
	Span span;
	uint64_t pieces;
} StateWide;

typedef struct StateConnector {
	const ModelConnector *spec; /* NULL: the one that no spec names, `Relay for NAME` */
	const ConnectorLive *live;  /* NULL: of a spec */
	Str name;
	Span span;
	ModelConnectorType type;
	ModelPurpose purpose;
	bool managed, enabled;
	bool by_default;                 /* takes what no other connector accepts */
	bool by_address, by_certificate; /* what it is identified by */
	bool require_tls;
	bool broken; /* a field that its identity needs is bad: rules stay silent */
	Str certificate;
	VEC(StateSource) sources;
	VEC(StateAddress) addresses; /* sorted, none inside another */
	NetPrefixVec ip6;            /* sources that were left out: connectors take IPv4 alone */
	VEC(StateWide) wide;
	NetSet set; /* what SenderIPAddresses lets in */
	ConnectorRecord record;
} StateConnector;

/*
 * Which enabled connectors would take a route's mail: by certificate, or because they hold all its
 * IPv4 addresses, several connectors together if need be.
 */
typedef struct StateMatch {
	uint32_t on_premises; /* one that identifies it, or STATE_NONE */
	uint32_t partner;     /* the same for partner connectors */
	bool by_certificate;  /* the on-premises one does so by certificate */
	bool is_trusted;      /* every on-premises one says that the mail is our own */
} StateMatch;

typedef enum StateRecordKind {
	STATE_RECORD_SPF,
	STATE_RECORD_DMARC,
	STATE_RECORD_DKIM,
} StateRecordKind;

typedef struct StateRecord {
	StateRecordKind kind;
	Str domain, name, type;
	uint32_t ttl;
	Str value; /* of TXT without quotes, not yet cut into strings; a name ends with a dot */
	bool all_assumed;
} StateRecord;

/* What an SPF record of ours lets in, as far as it is known without DNS. */
typedef struct StatePrice {
	Str domain;
	uint32_t record;       /* in State.records */
	NetSet own;            /* addresses that the record itself names */
	unsigned lookup_terms; /* in the record itself */
} StatePrice;

/* What a spec may ask too much of: products of what it lists. */
typedef enum StateLimitKind {
	STATE_LIMIT_SOURCES,   /* connectors times what each accepts */
	STATE_LIMIT_ADDRESSES, /* entries of all connectors */
	STATE_LIMIT_RECORDS,   /* terms of all records */
} StateLimitKind;

/* Where a limit was met: what comes after it is left out. */
typedef struct StateLimit {
	StateLimitKind kind;
	Span span;
	Str path;
} StateLimit;

typedef struct State {
	const Model *model;             /* NULL: a live state */
	const ConnectorExport *export;  /* NULL: a spec's */
	VEC(StateConnector) connectors; /* sorted by name */
	VEC(StateRecord) records;       /* by domain, of each by kind */
	VEC(StatePrice) prices;
	StateMatch *matches;                 /* for each of Model.routes */
	NetSet on_premises_set, partner_set; /* of all enabled connectors of the type */
	bool has_default;                    /* one connector takes what no other accepts */
	uint64_t sources, entries;           /* of all connectors so far */
	VEC(StateLimit) limits;              /* CP010 tells each */
} State;

State *state_of_spec(const Model *model);
/* What a tenant holds; in the arena, pointing into the export. */
State *state_of_live(Arena *arena, const ConnectorExport *export);

/* The prefixes that a source shows to Exchange Online; NULL when they are not known. */
const FieldPrefixes *state_source_addresses(const Model *model, const StateSource *source);
/*
 * Whether the addresses of a source become entries of the connector. Shared ones never go onto an
 * on-premises connector: everybody behind them could relay.
 */
bool state_source_is_written(const StateConnector *connector, const StateSource *source);
/* The certificate and TLS of its last hop; absent / opportunistic where there is no last hop. */
Str state_source_certificate(const Model *model, const StateSource *source);
ModelTls state_source_tls(const Model *model, const StateSource *source);
/* "erp01 → relay-hq → nat-tokyo", "filter → filter-pool", "nat-tokyo" */
Str state_source_text(Arena *arena, const Model *model, const StateSource *source);
/*
 * Why a text is no place for DMARC reports, a `mailto:` URI with or without a size (RFC 7489
 * section 6.2), as a clause; NULL: it is one.
 */
const char *state_report_uri_problem(Arena *arena, Str uri);
/* `SELECTOR._domainkey.DOMAIN`, as a name of DNS. */
NetNameError state_dkim_name(Arena *arena, Str domain, Str selector, Str *ret_name);
/*
 * Asks for every DNS answer that the spec relies on: of its domains, and of all that hosts send as,
 * SPF with all it leads to, MX (without one A and AAAA) and DMARC; the DKIM selectors; the includes
 * and terms that the spec names; the reverse names of its own sending addresses and where they
 * lead, for ranges of up to 256 addresses. `connplan lock` records the questions to know what to
 * resolve, rules to know what a lock lacks: nobody else decides what belongs there. False: the spec
 * names more than STATE_MAX_QUESTIONS, and the rest was left out.
 */
#define STATE_MAX_QUESTIONS 200000u
bool state_ask(const Model *model, const DnsSource *source);
/* The names whose SPF the spec speaks of: its domains, and the includes that it names. */
void state_policies(Arena *arena, const Model *model, StrVec *ret_names);

/* Whether a certificate of that name is one that a connector with this name or pattern takes. */
bool state_certificate_matches(Str pattern, Str name);

#endif
