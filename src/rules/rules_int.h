/*
 * What the files of this room share: facts about a plan that several rules need, worked out once
 * and in linear time, and the words and paths of findings.
 */
#ifndef RULES_RULES_INT_H
#define RULES_RULES_INT_H

#include "rules/rules.h"

/* --- facts ------------------------------------------------------------------------------------ */

/*
 * Who makes use of the addresses of one egress object, or of a host that is its own egress.
 * Connectors and routes are numbers, or STATE_NONE.
 */
typedef struct RuleUse {
	uint32_t writer, source; /* the first connector that holds them, by which of its sources */
	uint32_t last_writer;
	uint32_t writers;     /* how many connectors do */
	uint32_t on_premises; /* the first on-premises one among them */
	/* Of on-premises connectors that accept what leaves here, whether they hold it or not: */
	uint32_t by_address, by_certificate, disabled;
	uint32_t route, routes; /* the first route that ends here, and how many */
	NetClass worst;         /* among the addresses */
} RuleUse;

/* What an on-premises connector tells its mail by. Only the last two are findings of their own. */
typedef enum RuleIdentity {
	RULE_IDENTITY_GOOD,
	RULE_IDENTITY_UNKNOWN,  /* something that it needs is broken and was reported */
	RULE_IDENTITY_TOO_WIDE, /* all that is left are ranges that are not written: CP114 */
	RULE_IDENTITY_SHARED,   /* ... shared addresses: CP109 */
	RULE_IDENTITY_DYNAMIC,  /* ... addresses that change: CP115 */
	RULE_IDENTITY_NO_IP4,   /* CP106 */
	RULE_IDENTITY_NONE,     /* CP401 */
} RuleIdentity;

/* Whether a record was proved to do what it was made for, so that nothing else is to be asked. */
typedef enum RulePlain { RULE_PLAIN_UNKNOWN, RULE_PLAIN_NOT, RULE_PLAIN } RulePlain;

typedef struct RuleFacts {
	const RuleInput *input;
	const Model *model;
	const State *state;
	Arena *arena;   /* of texts in findings */
	Arena *scratch; /* of this run */
	bool sample;
	RuleUse *egress, *hosts;  /* by the numbers of the model */
	RuleIdentity *identities; /* one for each of State.connectors */
	bool connectors_known;    /* of every connector: what it accepts, and whether it relays */
	/* Which show another certificate, or none, to a connector that takes them by it alone. */
	bool *missing_routes, *missing_gateways;
	Map certificates;        /* that an enabled on-premises connector takes mail by */
	NetSet microsoft;        /* Exchange Online's ranges in all clouds */
	bool *spf_failed;        /* of State.spf: a term breaks the grammar, which was reported */
	RulePlain *spf_plain;    /* of State.spf, once it was asked for */
	unsigned *suggestions;   /* of domains, made so far */
	uint64_t *witness_steps; /* of searches for who sends by a way, so far */
} RuleFacts;

void rules_find_facts(RuleFacts *facts);
void rules_find_failed_spf(RuleFacts *facts);
/* The use of the addresses that stand at the end of a route, or behind a connector's source. */
const RuleUse *rules_use_of(const RuleFacts *facts, uint32_t host, uint32_t egress);
/* Whether a class of addresses is an error: they never leave towards Microsoft 365. */
bool rules_class_fails(const RuleFacts *facts, NetClass net_class);
/* Whether something about the addresses was reported, so that nobody knows what they will be. */
bool rules_route_failed(const RuleFacts *facts, const ModelRoute *route);
/*
 * Whether a finding about addresses or a connector explains already why no on-premises connector
 * identifies a route: a connector accepts what leaves there, but cannot hold it.
 */
bool rules_miss_is_explained(const RuleFacts *facts, const ModelRoute *route);

/* Whether a host's mail is handed over for outside recipients, and its routes are known. */
bool rules_sends_outside(const ModelHostInfo *info);
/*
 * Whether a host's mail within the tenant is anybody's where no connector takes it: by
 * `method: direct-send`, or by `method: connector` for the tenant's own people alone. A host that
 * also writes to others is CP412's there.
 */
bool rules_may_be_direct(const ModelHostInfo *info);
/* Whether an enabled partner connector refuses what it does not hold of the mail of its senders. */
bool rules_is_lockdown(const StateConnector *connector);
/* Past so many questions between connectors that share addresses a rule gives up, aloud. */
#define RULES_MAX_QUESTIONS 10000000u
void rules_report_limit(const RuleFacts *facts, DiagSink *sink);
/* Whether a source leaves through an egress object whose address changes. */
bool rules_source_is_dynamic(const RuleFacts *facts, const StateSource *source);
/* Whether a host that a connector accepts has no route, which was reported. */
bool rules_accepted_host_has_failed(const RuleFacts *facts, const StateConnector *connector);
/* Why a connector cannot hold a certificate of that name; NULL: it can. */
const char *rules_certificate_problem(const RuleFacts *facts, Str name);
/* Whether a certificate's name, or a parent of it, is an accepted domain. */
bool rules_certificate_is_accepted(const RuleFacts *facts, Str name);
/* Whether one of the names and `*.domain` patterns, in lower case, takes a certificate. */
bool rules_certificate_is_taken(const RuleFacts *facts, const Map *patterns, Str certificate);

/* --- last hops -------------------------------------------------------------------------------- */

/* The gateway or host that talks to Exchange Online for a source of a connector. */
typedef struct RuleHop {
	uint32_t connector;
	const StateSource *source;
	ModelRef object;
	const FieldText *certificate; /* the keys of that object */
	const FieldChoice *tls;
} RuleHop;

/* False where an egress object is accepted by its name: who is behind it is not known. */
bool rules_hop_of(
	const RuleFacts *facts, uint32_t connector, const StateSource *source, RuleHop *ret_hop);
/* "gateway `relay-hq`" */
Str rules_hop_text(const RuleFacts *facts, const RuleHop *hop);

/* --- lists of addresses, wherever they stand -------------------------------------------------- */

typedef struct RuleList {
	ModelKind kind;  /* of the object; MODEL_KIND_NONE: an expectation */
	const char *key; /* "address", "spf/also" */
	Str owner;       /* the object's name; absent for an expectation */
	uint32_t index;  /* of the object in its section */
	const FieldPrefixes *list;
	const RuleUse *use; /* of an egress object or a host */
} RuleList;

typedef void (*RuleVisit)(const RuleFacts *facts, const RuleList *list, DiagSink *sink);
/* Every list of addresses of the spec: egress, hosts, clients of gateways, `also`, expectations. */
void rules_each_list(const RuleFacts *facts, RuleVisit visit, DiagSink *sink);
/* Those alone that mail may leave from: the addresses of egress objects and hosts. */
void rules_each_end(const RuleFacts *facts, RuleVisit visit, DiagSink *sink);
/* `also` of every domain, as far as it holds addresses. */
void rules_each_also(const RuleFacts *facts, RuleVisit visit, DiagSink *sink);
/* The path of an element, or of the field where a single value stands for the list. */
Str rules_element_path(const RuleFacts *facts, const RuleList *list, uint32_t element);
/* "egress `office`"; with its place: "in egress `office`", "of relay host `erp01`" */
Str rules_owner_text(const RuleFacts *facts, const RuleList *list);
Str rules_place_text(const RuleFacts *facts, const RuleList *list);

/* The same for lists of texts. */
typedef struct RuleTexts {
	ModelKind kind;
	const char *key;
	Str owner;
	const FieldItems *items;
} RuleTexts;

typedef void (*RuleVisitTexts)(const RuleFacts *facts, const RuleTexts *texts, DiagSink *sink);
/* SPF terms: of domains, and of gateways. */
void rules_each_terms(const RuleFacts *facts, RuleVisitTexts visit, DiagSink *sink);
/* The skip lists of enhanced filtering. */
void rules_each_skip(const RuleFacts *facts, RuleVisitTexts visit, DiagSink *sink);
Str rules_text_path(const RuleFacts *facts, const RuleTexts *texts, uint32_t element);

/* --- words ------------------------------------------------------------------------------------ */

/* What finding texts are made in: the arena of the sink. */
Str rules_prefix_text(const RuleFacts *facts, NetPrefix prefix);
/* The path `section/name/key/value`; key NULL and an absent value are left out. */
Str rules_path(const RuleFacts *facts, ModelKind kind, Str name, const char *key, Str value);
const char *rules_noun(ModelKind kind);
/* Where a connector accepts a source: an item of `accepts`; the host, where none names it. */
Str rules_accept_path(const RuleFacts *facts, uint32_t connector, const StateSource *source);
/* Whether the items stand in a list: a single value has the place of its field. */
bool rules_is_list(Span field, Span item);
/* A number with commas between thousands. */
Str rules_number(const RuleFacts *facts, uint64_t number);
/* The accepted domain nearest to a name that is none; absent for the later ones of many. */
Str rules_nearest_domain(const RuleFacts *facts, Str name);
/* " and 3 more", or nothing. */
Str rules_more(const RuleFacts *facts, uint64_t more);
Str rules_connector_name(const RuleFacts *facts, uint32_t connector);
/* `connectors/NAME/KEY` */
Str rules_connector_path(const RuleFacts *facts, const StateConnector *connector, const char *key);
/* What stands at the end of a method's route: "Exchange Online", "the Internet". */
const char *rules_method_goal(ModelMethod method);
const char *rules_method_text(ModelMethod method);
/* How far ahead an end is told of: a change needs some weeks. */
#define RULES_SOON_DAYS 30
/* "today", "in 3 days, after 2026-12-04": the last day that is valid, `left` days from today. */
Str rules_days_left(const RuleFacts *facts, int32_t left);
/* Whether mail is taken at that host without signing in: an MX host of Exchange Online. */
bool rules_is_mx_host(const Model *model, Str host);
/* Mailboxes of an accepted domain send as it, even if no host does. */
bool rules_is_accepted_sender(const ModelDomain *domain);
/* Whether who sends is told by signing in, from wherever it comes. */
bool rules_signs_in(ModelMethod method);

static inline bool
rules_is_on(const FieldFlag *flag)
{
	return flag->state == FIELD_SET && flag->on;
}

/* A `sample` that could not be read was reported: then documentation addresses pass. */
static inline bool
rules_is_sample(const Model *model)
{
	return rules_is_on(&model->spec->sample) || model->spec->sample.state == FIELD_BAD;
}

/* --- the rules; the list stands in rules.c ---------------------------------------------------- */

void check_limits(const RuleFacts *facts, DiagSink *sink);
void check_unused_objects(const RuleFacts *facts, DiagSink *sink);
void check_gateway_clients(const RuleFacts *facts, DiagSink *sink);
void check_spf_terms(const RuleFacts *facts, DiagSink *sink);
void check_host_bits(const RuleFacts *facts, DiagSink *sink);
void check_address_classes(const RuleFacts *facts, DiagSink *sink);
void check_connector_ranges(const RuleFacts *facts, DiagSink *sink);
void check_repeated_addresses(const RuleFacts *facts, DiagSink *sink);
void check_overlapping_egress(const RuleFacts *facts, DiagSink *sink);
void check_overlapping_connectors(const RuleFacts *facts, DiagSink *sink);
void check_connector_identity(const RuleFacts *facts, DiagSink *sink);
void check_certificate_tls(const RuleFacts *facts, DiagSink *sink);
void check_shared_sources(const RuleFacts *facts, DiagSink *sink);
void check_relay(const RuleFacts *facts, DiagSink *sink);
void check_domain_records(const RuleFacts *facts, DiagSink *sink);
void check_reverse(const RuleFacts *facts, DiagSink *sink);
void check_published_names(const RuleFacts *facts, DiagSink *sink);
void check_mail_exchangers(const RuleFacts *facts, DiagSink *sink);
void check_mx_host(const RuleFacts *facts, DiagSink *sink);
void check_endpoints(const RuleFacts *facts, DiagSink *sink);
void check_expiry(const RuleFacts *facts, DiagSink *sink);
void check_waivers(const RuleFacts *facts, DiagSink *sink);
void check_dynamic(const RuleFacts *facts, DiagSink *sink);
void check_vendor_ranges(const RuleFacts *facts, DiagSink *sink);
void check_relay_neighbours(const RuleFacts *facts, DiagSink *sink);
void check_idle_settings(const RuleFacts *facts, DiagSink *sink);
void check_address_only_relay(const RuleFacts *facts, DiagSink *sink);
void check_restrictions(const RuleFacts *facts, DiagSink *sink);
void check_trust(const RuleFacts *facts, DiagSink *sink);
void check_certificate_names(const RuleFacts *facts, DiagSink *sink);
void check_names_and_comments(const RuleFacts *facts, DiagSink *sink);
void check_skip_lists(const RuleFacts *facts, DiagSink *sink);
void check_enhanced_filtering(const RuleFacts *facts, DiagSink *sink);
void check_last_hops(const RuleFacts *facts, DiagSink *sink);
void check_lockout(const RuleFacts *facts, DiagSink *sink);
void check_sender_limits(const RuleFacts *facts, DiagSink *sink);
void check_accepted_domains(const RuleFacts *facts, DiagSink *sink);
void check_relay_pool(const RuleFacts *facts, DiagSink *sink);
void check_width(const RuleFacts *facts, DiagSink *sink);
void check_volumes(const RuleFacts *facts, DiagSink *sink);
void check_basic_auth(const RuleFacts *facts, DiagSink *sink);
void check_weak_tls(const RuleFacts *facts, DiagSink *sink);
void check_submission(const RuleFacts *facts, DiagSink *sink);
void check_direct_send(const RuleFacts *facts, DiagSink *sink);
void check_anonymous_ip6(const RuleFacts *facts, DiagSink *sink);
void check_third_parties(const RuleFacts *facts, DiagSink *sink);
void check_live_connectors(const RuleFacts *facts, DiagSink *sink);
void check_live_others(const RuleFacts *facts, DiagSink *sink);
void check_blast_radius(const RuleFacts *facts, DiagSink *sink);
void check_live_age(const RuleFacts *facts, DiagSink *sink);
void check_coverage(const RuleFacts *facts, DiagSink *sink);
void check_spf_limits(const RuleFacts *facts, DiagSink *sink);
void check_spf_records(const RuleFacts *facts, DiagSink *sink);
void check_spf_reach(const RuleFacts *facts, DiagSink *sink);
void check_spf_unknown(const RuleFacts *facts, DiagSink *sink);
void check_spf_published(const RuleFacts *facts, DiagSink *sink);
void check_no_lock(const RuleFacts *facts, DiagSink *sink);
void check_lock_age(const RuleFacts *facts, DiagSink *sink);
/* Last: it looks at what the others found. */
void check_live_inherited(const RuleFacts *facts, DiagSink *sink);

#endif
