/*
 * What the rules on SPF share: when a record is worth evaluating, and the words for addresses,
 * terms and look-ups.
 */
#ifndef RULES_SPF_INT_H
#define RULES_SPF_INT_H

#include "rules/rules_int.h"

typedef void (*RuleVisitSpf)(const RuleFacts *facts, StateSpf *spf, DiagSink *sink);
/* Every SPF that the spec manages, be it composed or checked. */
void rules_each_spf(const RuleFacts *facts, RuleVisitSpf visit, DiagSink *sink);
/* The sets of the judged record; NULL where nothing more is to be proved: all that the record names
 * passes, and what others publish is not known. */
const SpfExpansion *rules_spf_sets(const RuleFacts *facts, StateSpf *spf);
/* The same without an answer: whether there is nothing in the record but that. */
bool rules_spf_is_plain(const RuleFacts *facts, const StateSpf *spf);
/* Whether the judged record can be read at all; if not, another finding tells why. */
bool rules_spf_is_sound(const StateSpf *spf);
/* Those of some addresses for which this holds of the results that are possible once the client's
 * own address is known: they are looked at one by one. None, if they are many. */
NetSet rules_spf_clients(const RuleFacts *facts, const StateSpf *spf, const NetSet *addresses,
	bool (*holds)(unsigned results));
/* All addresses that have to pass, Exchange's own among them. */
NetSet rules_spf_needed(const RuleFacts *facts, const StateSpf *spf);
/* Whether it is a demand that no other finding has made void. */
bool rules_way_is_demanded(const RuleFacts *facts, const StateWay *way);

/* Names that were expanded, be they ours or others', and what was asked of them: many routes end at
 * one egress object. */
typedef struct RuleNames {
	Map index;
	VEC(NetSet) passing; /* what passes, or may */
	Map asked;
	VEC(NetSet) refused;
} RuleNames;

typedef enum RuleFamily { RULE_FAMILY_BOTH, RULE_FAMILY_IP6 } RuleFamily;
/* Of some addresses those that SPF of a name does not let pass, whatever else is true: by the
 * record that we write, else the published one. */
NetSet rules_spf_refused(const RuleFacts *facts, RuleNames *names, Str name,
	const FieldPrefixes *addresses, RuleFamily family);

/* A finding about the SPF of a domain: at the key, or at the domain where that is absent. */
Diag *rules_spf_report(const RuleFacts *facts, const StateSpf *spf, DiagCode code, DiagSink *sink,
	const char *format, ...) BASE_PRINTF(5, 6);

/* "198.51.100.7", "198.51.100.0/28 and 2 more networks" */
Str rules_set_text(const RuleFacts *facts, const NetSet *set);
/* The same as the end of a route, which has no back-quotes. */
Str rules_set_route_text(const RuleFacts *facts, const NetSet *set);
/* "16 IPv4 addresses and 1 IPv6 address" */
Str rules_count_text(const RuleFacts *facts, const NetSet *set);
/* Whether it is one address: "passes", not "pass". */
bool rules_is_single(const NetSet *set);
/* Whether rules_set_text() names more than one network. */
bool rules_is_several(const RuleFacts *facts, const NetSet *set);
/* Octets of the DNS as text: what is not printable ASCII becomes `?`. */
Str rules_octets_text(const RuleFacts *facts, Str octets);
/* "include:a.example > ip4:192.0.2.0/24" */
Str rules_way_text(const RuleFacts *facts, const SpfCause *cause);
NetPrefix rules_first_address(const RuleFacts *facts, const NetSet *set);
/* A note: the judged record, the term that decides about an address underlined. The result. */
SpfResult rules_note_decision(
	const RuleFacts *facts, const StateSpf *spf, NetPrefix address, Diag *diag, DiagSink *sink);
/* A note: the terms that count on the way of an address, with how many were used. */
void rules_note_tree(
	const RuleFacts *facts, const StateSpf *spf, NetPrefix address, Diag *diag, DiagSink *sink);
/*
 * The record that covers what the domain needs and `more` (NULL: nothing), with the include of a
 * cloud (absent: as it is); where it is split, all of its records, one a line.
 */
Str rules_record_text(const RuleFacts *facts, const StateSpf *spf, const NetSet *more, Str cloud);
/* The same as help, for a domain whose published record is only checked. */
void rules_help_record(const RuleFacts *facts, const StateSpf *spf, Diag *diag, DiagSink *sink);

#endif
