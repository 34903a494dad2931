/* The steps in which a state is made from a spec. */
#ifndef STATE_STATE_INT_H
#define STATE_STATE_INT_H

#include "state/state.h"

static inline bool
flag_is_on(const FieldFlag *flag)
{
	return flag->state == FIELD_SET && flag->on;
}

/* Sources and entries of all connectors together, each counted with every connector. */
#define STATE_MAX_SOURCES 500000u
#define STATE_MAX_ENTRIES 500000u

/* Addresses from sources: IPv4, split, none inside another. */
void state_collect_addresses(State *state, StateConnector *connector);
/* The managed properties. */
void state_fill_record(State *state, StateConnector *connector);
/* Which connector takes which route. */
void state_match_routes(State *state);
/* SPF records and their price. */
void state_compose_records(State *state);
/* The TTL of records that a domain states none for. */
#define STATE_TTL 3600u
/*
 * What the lock knows to stand at the name, instead of the texts that are to come there: those
 * texts, or the alias that leads to them, as records of STATE_PHASE_PREVIOUS. They are for the way
 * back, so each has the TTL that was seen.
 */
typedef VEC(StateRecord) StateRecordVec;
void state_add_previous(const State *state, const StateRecord *wanted, const StrVec *texts,
	StateRecordVec *records);
/* DMARC and DKIM records, put among those of SPF. */
void state_add_mail_records(State *state);
/* A connector for which there is no room any more: it keeps nothing, and is broken. */
void state_leave_out(State *state, StateConnector *connector, StateLimitKind kind);
/* Says that a spec asks for more than can be worked out. */
void state_add_limit(State *state, StateLimitKind kind, Span span, Str path);

/* --- what records need ------------------------------------------------------------------------ */

/* Ways are looked at so often before we give up, aloud. */
#define STATE_MAX_LOOKED_AT 10000000u

/* A name that may need a record. */
typedef struct StateNeed {
	Str domain;
	Span span;
	const ModelDomain *spec; /* its own, or that of the domain above */
	uint32_t number;
	bool is_below;         /* `domains` has only the one above, `accepted: with-subdomains` */
	bool sends;            /* a host sends as it */
	bool through_exchange; /* ... and its mail leaves from Exchange Online's addresses */
} StateNeed;

typedef VEC(StateNeed) StateNeedVec;
typedef struct StateNeeds StateNeeds;

/* The domains of the spec in their order, then those below them that hosts send as. */
StateNeeds *state_collect_needs(const State *state, Arena *arena);
const StateNeedVec *state_needs(const StateNeeds *needs);
/* The gateway that the tenant's mail leaves through, or MODEL_SELF for Exchange Online itself. */
uint32_t state_outbound_gateway(const Model *model);
/* What Exchange Online's own addresses pass by, in the tenant's cloud. */
Str state_cloud_include(const Model *model);
/*
 * The ways by which mail of a domain leaves, with those behind that gateway where `outbound`; to be
 * asked once. False when there is too much to look at.
 */
bool state_find_ways(
	StateNeeds *needs, const StateNeed *need, bool outbound, StateNumbers *ret_ways);

/* --- SPF -------------------------------------------------------------------------------------- */

/* The answers of a lock, and over them what the state itself publishes. */
typedef struct StateOverlay {
	DnsSource source;
	const DnsSource *under; /* NULL: nothing is known */
	Arena *arena;
	Map names;
	VEC(const DnsAnswer *) answers;
} StateOverlay;

struct StateDns {
	const DnsSource *lock;       /* NULL: there is none */
	StateOverlay *ours;          /* made with the first question */
	SpfCache *final, *published; /* the same */
	NetSet cloud_pass;           /* what the cloud's include passes for certain */
	bool knows_cloud_pass;
};

StateOverlay *state_overlay(Arena *arena, const DnsSource *under);
void state_overlay_put(StateOverlay *overlay, const SpfNamedVec *records);
/* Expands the last of these records, beside all that the lock has. */
void state_expand_records(
	const State *state, Arena *arena, const SpfNamedVec *records, SpfExpansion *ret_sets);
/* What is published at the name. */
void state_find_published(State *state, StateSpf *spf);
/* The record that receivers go by, parsed; NULL where there is none that they can use. */
const SpfRecord *state_published_record(const State *state, const StateSpf *spf);
/*
 * How it ends. RFC 7208 section 4.7: without `all` what is left is neutral. False: a record that
 * passes everything is nothing to go by, and where a redirect leads is another record's word.
 */
bool state_published_all(const SpfRecord *record, SpfAll *ret_all);
/* How the record ends: as stated, as published, or softfail. */
void state_choose_all(State *state, StateSpf *spf);
/* Fills `records` from the recipe: flattened, laid out, within the limits if there is a way. */
void state_lay_out(State *state, StateSpf *spf);
/*
 * Fills `transition` from a recipe. A leaf that changed under its name would be cached beside the
 * final root, where some address has no other term: it gets another name.
 */
void state_lay_out_between(const State *state, StateSpf *spf, const SpfRecipe *recipe);
/* Whether the lock has it at its name, and no other SPF record there. */
bool state_spf_stands(const State *state, SpfNamed record);
/* Fills `transition`, where something else is published. */
void state_add_transition(State *state, StateSpf *spf);

#endif
