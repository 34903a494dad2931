/* The steps in which a state is made from a spec. */
#ifndef STATE_STATE_INT_H
#define STATE_STATE_INT_H

#include "state/state.h"

static inline bool
flag_is_on(const FieldFlag *flag)
{
	return flag->state == FIELD_SET && flag->on;
}

/* What a connector accepts, as sources; `others` are the hosts that no connector names. */
void state_collect_sources(State *state, StateConnector *connector);
/* Addresses from sources: IPv4, split, none inside another. */
void state_collect_addresses(State *state, StateConnector *connector);
/* The managed properties. */
void state_fill_record(State *state, StateConnector *connector);
/* Which connector takes which route. */
void state_match_routes(State *state);
/* SPF records and their price. */
void state_compose_records(State *state);
/* DMARC and DKIM records, put among those of SPF. */
void state_add_mail_records(State *state);

#endif
