/*
 * spf: SPF records as RFC 7208 has them. Knows no spec.
 */
#ifndef SPF_SPF_H
#define SPF_SPF_H

#include "net/net.h"
#include "json/json.h"

/* One character-string of a TXT record (RFC 1035 section 3.3.14). */
#define SPF_STRING_MAX 255

typedef enum SpfAll { SPF_ALL_FAIL, SPF_ALL_SOFTFAIL, SPF_ALL_NEUTRAL } SpfAll;

/* What a record is made from. */
typedef struct SpfRecipe {
	bool never;        /* a parked domain: `v=spf1 -all` and nothing else */
	NetSet addresses;  /* become ip4: and ip6: terms, as their exact minimal cover */
	Str cloud_include; /* absent: none */
	StrVec terms;      /* whole terms in the order of the spec */
	SpfAll all;
} SpfRecipe;

/*
 * The record's text: addresses in numeric order, a and mx, the cloud's include, the other terms in
 * their order, terms whose answer depends on client or sender, `all`. A term that stands twice is
 * written once.
 */
Str spf_compose(Arena *arena, const SpfRecipe *recipe);

/* Terms of the record itself that count towards the limit of ten (RFC 7208 section 4.6.4). */
unsigned spf_lookup_terms(Str record);

/* Strings of at most 255 octets, cut behind a blank where there is one: together they are the
 * value. */
void spf_strings(Arena *arena, Str value, StrVec *ret_strings);

/* A term as it may stand in a record: printable ASCII without blanks; why not, or NULL. */
const char *spf_term_problem(Str term);

#endif
