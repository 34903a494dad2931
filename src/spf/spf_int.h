/*
 * spf, private: macros, policies and what a term does to addresses; what both evaluators share.
 */
#ifndef SPF_SPF_INT_H
#define SPF_SPF_INT_H

#include "spf/spf.h"

/* --- macros (section 7) ----------------------------------------------------------------------- */

typedef struct SpfPiece {
	Str literal; /* absent: a macro */
	char letter; /* in lower case */
	bool escape; /* written in upper case: URL escapes */
	bool reverse;
	uint8_t keep;   /* right-hand parts; 0: all */
	Str delimiters; /* never empty for a macro */
} SpfPiece;

struct SpfMacro {
	Str text;
	SpfPiece *pieces;
	size_t len;
	uint32_t letters; /* which occur, as spf_macro_letter() */
};

/* What macros stand for. An absent helo or sender is not known. */
typedef struct SpfIdentity {
	Str domain; /* %{d}: whose record it is */
	Str local, sender_domain, helo, receiver;
	Str validated; /* %{p} */
	NetPrefix ip;
	int64_t time;
} SpfIdentity;

typedef enum SpfMacroPlace { SPF_IN_DOMAIN, SPF_IN_TEXT, SPF_IN_MODIFIER } SpfMacroPlace;

/* A macro-string; as a domain-spec it must also end as one. NULL, and why not. */
const SpfMacro *spf_macro_parse(
	Arena *arena, Str text, SpfMacroPlace place, const char **ret_problem);
void spf_macro_expand(Buf *buf, const SpfMacro *macro, const SpfIdentity *identity);
/* The bit of a letter in lower case. */
uint32_t spf_macro_letter(char letter);
bool spf_macro_has(const SpfMacro *macro, const char *letters);
/* Octets of a name as text without its final dot, RFC 1035 section 2.3.4. */
#define SPF_NAME_MAX 253u
/*
 * The name that an expanded domain-spec asks for: lower-case, no final dot, labels dropped from the
 * left past 253 octets. Absent where no query can be made of it (an empty label, one over 63).
 */
Str spf_name_form(Arena *arena, Str text);
/* Whether check_host() takes it for its domain: at least two labels (section 4.3). */
bool spf_name_is_domain(Str name);

/* --- terms ------------------------------------------------------------------------------------ */

typedef enum SpfDomainRule { SPF_DOMAIN_NONE, SPF_DOMAIN_MAY, SPF_DOMAIN_MUST } SpfDomainRule;

typedef struct SpfTermRow {
	const char *name;
	bool counts, is_modifier, cidr;
	SpfDomainRule domain;
} SpfTermRow;

/* Indexed by SpfTermKind. */
extern const SpfTermRow spf_terms[];

/* --- policies: what one domain publishes ------------------------------------------------------ */

typedef enum SpfFound {
	SPF_FOUND_NONE,
	SPF_FOUND_RECORD,
	SPF_FOUND_BROKEN, /* breaks the grammar, or there are several */
	SPF_FOUND_ERROR,
	SPF_FOUND_UNKNOWN,
} SpfFound;

/* How many void look-ups; between two bounds where an answer is not known. */
typedef struct SpfCount {
	uint8_t least, most;
} SpfCount;

/* What a term with look-ups does to the addresses that reach it. */
typedef struct SpfEffect {
	SpfCount voids[2]; /* by SpfVoids */
	bool error;        /* temperror for all */
	bool refused;      /* permerror for all */
	bool may_refuse;   /* permerror is one of the ways: an answer is not known */
	bool may_match;    /* addresses beside `matches` may match, too: an answer is not known */
	bool is_dependent; /* ... an identity of the message, rather */
	bool everything;   /* matches every address */
	NetSet matches;    /* of the family asked for */
	Str reason;        /* for error, refused, may_match: which answer */
} SpfEffect;

typedef struct SpfPolicy SpfPolicy;

/* One term that is evaluated, or several address terms of one qualifier that follow each other. */
typedef struct SpfRule {
	const SpfTerm *terms;
	size_t len;                  /* of them */
	NetSet set;                  /* of address terms */
	bool fixed;                  /* what it asks for is the same for every message */
	Str target;                  /* of a fixed one; absent where no query can be made of it */
	SpfPolicy *policy;           /* of a fixed include or redirect, once it was needed */
	const SpfEffect *effects[2]; /* of a fixed one by family, once it was needed */
} SpfRule;

struct SpfPolicy {
	Str name, text;
	SpfFound found;
	SpfCount voids[2];
	Str reason; /* for all but a record */
	const SpfRecord *record;
	SpfRule *rules; /* up to `all`; terms behind it are never reached */
	size_t len;
	SpfRule *redirect; /* NULL: none, or `all` stands before it */
	uint32_t turn;     /* of SpfCache, in which it was last asked about */
	uint8_t asked;     /* ... and by how few look-ups it was reached then */
};

struct SpfCache {
	Arena *arena;
	Arena *scratch; /* for names within one evaluation; NULL until there is one */
	const DnsSource *source;
	Map index; /* of `policies` */
	VEC(SpfPolicy *) policies;
	uint32_t turn; /* of spf_ask_record() and its like */
};

/* Adds one query made for a name in a record to the void look-ups. */
void spf_count_answer(const DnsAnswer *answer, SpfCount voids[2]);
/* The policy of a name, which may be absent: a name that cannot be asked for. */
SpfPolicy *spf_policy(SpfCache *cache, Str name);
SpfPolicy *spf_rule_policy(SpfCache *cache, SpfRule *rule);
/* A policy of a record that nobody publishes. */
SpfPolicy *spf_policy_of_text(SpfCache *cache, Str name, Str text);
const SpfEffect *spf_rule_effect(SpfCache *cache, SpfRule *rule, NetFamily family);
/* What `a`, `mx` or `exists` does for a name; the set lives in the arena. */
void spf_effect(Arena *arena, const SpfCache *cache, const SpfTerm *term, Str name,
	NetFamily family, SpfEffect *ret_effect);

/* --- composition ------------------------------------------------------------------------------ */

/* The terms of a recipe's addresses, in numeric order. */
void spf_address_terms(Arena *arena, const SpfRecipe *recipe, StrVec *ret_terms);
/* The record with these in their place. */
Str spf_write(Arena *arena, const SpfRecipe *recipe, const StrVec *addresses);

/* --- initial processing (sections 4.3 and 5) -------------------------------------------------- */

/* The client as it is evaluated: an IPv4 address where an IPv6 one only carries it. */
NetPrefix spf_client(NetPrefix ip);
/* %{l} and %{o} of a sender, or of the null sender. */
void spf_identity_set_sender(SpfIdentity *identity, Str mail_from, Str helo);
/* The domain of a sender as a name; absent where check_host() says none at once. */
Str spf_initial_domain(Arena *arena, Str text);

/* --- the client's names (section 5.5) --------------------------------------------------------- */

typedef struct SpfNames {
	StrVec names; /* validated, in the order of the answer */
	SpfCount voids[2];
	bool unknown; /* an answer that is not known could add to them */
} SpfNames;

void spf_validated_names(Arena *arena, const SpfCache *cache, NetPrefix ip, SpfNames *ret_names);
/* %{p}: the domain itself, else a name below it, else any; "unknown" without one. */
Str spf_best_name(const SpfNames *names, Str domain);

#endif
