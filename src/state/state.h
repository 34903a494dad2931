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

/* When a record is published: what stands there now, for the transition, and in the end. */
typedef enum StatePhase { STATE_PHASE_PREVIOUS, STATE_PHASE_ADD, STATE_PHASE_FINAL } StatePhase;

typedef struct StateRecord {
	StateRecordKind kind;
	StatePhase phase;
	Str domain, name, type;
	uint32_t ttl; /* of what stands there now: as the lock saw it, where it says so */
	Str value;    /* of TXT without quotes, not yet cut into strings; a name ends with a dot */
	bool all_assumed;
	bool stands; /* in the lock, as it is to be, and alone of its kind at the name */
} StateRecord;

/* --- who must pass SPF ------------------------------------------------------------------------ */

/* Why a receiver judges addresses: the rows of the table of who checks what. */
typedef enum StateDemand {
	STATE_DEMAND_NONE,     /* nobody does: what a record names, be it needed or not */
	STATE_DEMAND_SENT,     /* the address that Exchange Online or a receiver sees */
	STATE_DEMAND_RELAYED,  /* the same on the way in, through a connector */
	STATE_DEMAND_OUTBOUND, /* the gateway that the tenant's mail leaves through */
} StateDemand;

/* One way of a domain's mail out: addresses of an egress object or a host, or the terms of a
 * gateway. */
typedef struct StateWay {
	StateDemand demand;
	uint32_t egress, host, gateway; /* which of the three; MODEL_SELF for the others */
	const FieldPrefixes *addresses; /* NULL for a gateway */
	const FieldItems *terms;        /* of a gateway */
} StateWay;

typedef struct StateNumbers {
	const uint32_t *items;
	uint32_t len;
} StateNumbers;

StateWay state_way(const Model *model, uint32_t number);

/* What a domain publishes today, as far as the lock knows it. */
typedef struct StatePublished {
	DnsStatus status; /* of the question; DNS_NOT_ASKED: nobody knows */
	StrVec records;   /* the SPF records among its texts */
	StrVec others;    /* all other texts */
	bool has_ttl;     /* the lock has a time to live */
	uint32_t ttl;     /* seconds */
	bool is_ours;     /* the records that are composed stand there already */
} StatePublished;

/* What became of a name under `flatten`. */
typedef struct StateFlat {
	uint32_t index; /* in ModelSpf.flatten */
	bool is_done, is_missing;
	bool is_absent; /* the record does not include it */
	Str refusal;    /* why it stays an include */
	NetSet pass;
} StateFlat;

/* The SPF of one name. */
typedef struct StateSpf {
	Str domain, path; /* path: of the object that decides about it */
	Span span;
	const ModelDomain *spec; /* its own, or that of the domain above */
	bool is_below;           /* ... which it then is */
	bool is_checked;         /* `manage: check`: the published record is judged */
	bool never;              /* nothing may send as it */
	bool through_exchange;   /* mail leaves from Exchange Online's addresses */
	bool is_assumed;         /* nothing states or publishes an `all` */
	StateNumbers ways;       /* for state_way() */
	SpfRecipe recipe;        /* of what the domain needs */
	SpfRecipe composed;      /* ... of what is written: flattened, less what the cloud passes */
	VEC(StateFlat) flats;
	SpfNamedVec records;    /* that are judged: leaves, the root last; empty: none there */
	SpfNamedVec transition; /* what stands between the published record and ours */
	StatePublished published;
	/* Worked out when they are asked for. */
	SpfExpansion *sets, *relaxed_sets, *published_sets, *transition_sets;
} StateSpf;

/* Answers of the DNS beside the records of a state. */
typedef struct StateDns StateDns;

/* What an SPF record of ours lets in, as far as it is known without DNS. */
typedef struct StatePrice {
	Str domain;
	uint32_t record;       /* in State.records; STATE_NONE: the published one is judged */
	uint32_t spf;          /* in State.spf */
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
	VEC(StateRecord) records;       /* by domain, of each by kind, then by phase */
	VEC(StateSpf) spf;              /* by domain */
	VEC(StatePrice) prices;         /* of those with a record, in their order */
	StateDns *dns;
	StateMatch *matches;                 /* for each of Model.routes */
	NetSet on_premises_set, partner_set; /* of all enabled connectors of the type */
	bool has_default;                    /* one connector takes what no other accepts */
	uint64_t sources, entries;           /* of all connectors so far */
	VEC(StateLimit) limits;              /* CP010 tells each */
} State;

State *state_of_spec(const Model *model);
/* The same with the answers of a lock; NULL: there is none. */
State *state_with_dns(const Model *model, const DnsSource *lock);
/* What a tenant holds; in the arena, pointing into the export. */
State *state_of_live(Arena *arena, const ConnectorExport *export);

/* --- SPF, worked out when it is asked for ----------------------------------------------------- */

/* Whether there is a lock. */
bool state_has_lock(const State *state);
/* An answer of the lock; DNS_NOT_ASKED without one. */
const DnsAnswer *state_answer(const State *state, Str name, DnsType type);
/* Every address by the result that the judged record gives it; by what strict receivers count, or
 * relaxed ones. Never NULL: without a record all is `none`. */
const SpfExpansion *state_spf_sets(const State *state, StateSpf *spf);
const SpfExpansion *state_spf_relaxed(const State *state, StateSpf *spf);
/* Whether the lock says what is published at the name, be it nothing. */
bool state_knows_published(const StateSpf *spf);
/* The same of what is published; NULL where that is not known. */
const SpfExpansion *state_spf_published(const State *state, StateSpf *spf);
/* ... and of what stands between the two; NULL where there is none. */
const SpfExpansion *state_spf_transition(const State *state, StateSpf *spf);
/* What any other name publishes, or would once the records stand: by the final records. */
void state_expand_name(const State *state, Arena *arena, Str name, SpfExpansion *ret_sets);
/* The results that one client may come to whose sender is not known: a bit for each. */
unsigned state_spf_client(const State *state, const StateSpf *spf, NetPrefix address);
/* What the cloud's include passes for certain; an empty set where that is not known. */
const NetSet *state_cloud_pass(const State *state);
/* The record of the last of these names, beside the lock's answers and the state's own records. */
void state_expand_texts(
	const State *state, Arena *arena, const SpfNamedVec *records, SpfExpansion *ret_sets);
/* One message by the final records, with its steps. */
void state_spf_evaluate(const State *state, Arena *arena, const StateSpf *spf, NetPrefix address,
	SpfAnswer *ret_answer);
/* The include of the tenant's cloud. */
Str state_cloud_include(const Model *model);
/* The root record that is judged, or an absent text. */
Str state_spf_text(const StateSpf *spf);

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

/* Whether no enabled connector takes any mail of a host that is for one. */
bool state_takes_none(const State *state, uint32_t host);

/* Whether a certificate of that name is one that a connector with this name or pattern takes. */
bool state_certificate_matches(Str pattern, Str name);

#endif
