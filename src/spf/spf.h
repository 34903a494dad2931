/*
 * spf: SPF records as RFC 7208 has them: parse, evaluate for one address, expand for all addresses,
 * compose. Knows no spec; answers come from a DnsSource.
 *
 * Ownership: results live in the arena that is handed in; records parsed on the way live in the
 * SpfCache, which parses each only once. Failure: a record that breaks the grammar is an
 * SpfProblem, everything that evaluation can meet is an SpfResult. Source: RFC 7208 with its
 * errata; docs/decisions.md says where they leave a choice.
 */
#ifndef SPF_SPF_H
#define SPF_SPF_H

#include "dns/dns.h"

/* --- records ---------------------------------------------------------------------------------- */

/* RFC 7208 section 2.6, and what cannot be told. */
typedef enum SpfResult {
	SPF_NONE,
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR,
	SPF_PERMERROR,
	SPF_UNDETERMINED, /* depends on an answer or an identity that is not known */
} SpfResult;
#define SPF_RESULTS 8

typedef enum SpfTermKind {
#define MECHANISM(enumerator, name, counts, domain, cidr) SPF_TERM_##enumerator,
#define MODIFIER                                          MECHANISM
#include "spf/terms.def"
#undef MODIFIER
#undef MECHANISM
	SPF_TERMS
} SpfTermKind;

typedef struct SpfMacro SpfMacro; /* a domain-spec, taken apart */

typedef struct SpfTerm {
	SpfTermKind kind;
	SpfResult qualifier;      /* of a mechanism: the result when it matches */
	Str text;                 /* as it stands in the record */
	const SpfMacro *domain;   /* NULL: none is written */
	NetPrefix prefix;         /* ip4, ip6; host bits may be set */
	uint8_t ip4_len, ip6_len; /* a, mx: how much of an address counts */
} SpfTerm;

typedef struct SpfRecord {
	SpfTerm *terms; /* in the order of the record, modifiers among them */
	size_t len;
	const SpfTerm *redirect, *exp; /* or NULL */
} SpfRecord;

/* What is wrong with a record, and where in its text. */
typedef struct SpfProblem {
	size_t start, end;
	Str message; /* a clause without a full stop */
} SpfProblem;

/* Whether a TXT record is an SPF record: `v=spf1`, then a blank or nothing (section 4.5). */
bool spf_is_record(Str text);
/* The whole text is held to the grammar; false, and the first thing that is wrong. */
bool spf_parse(Arena *arena, Str text, SpfRecord **ret_record, SpfProblem *ret_problem);
/* "softfail" */
const char *spf_result_text(SpfResult result);

/* --- evaluation ------------------------------------------------------------------------------- */

#define SPF_LOOKUPS_MAX 10
#define SPF_VOIDS_MAX   2

/*
 * Receivers differ on what a void look-up is (section 4.6.4). Strict: every query without an
 * answer, those for the hosts of an MX or PTR answer among them. Relaxed: a name in a term of the
 * record that does not exist.
 */
typedef enum SpfVoids { SPF_VOIDS_STRICT, SPF_VOIDS_RELAXED } SpfVoids;

/* The records of one source, parsed and looked up as they are needed. */
typedef struct SpfCache SpfCache;

SpfCache *spf_cache(Arena *arena, const DnsSource *source);
/* Gives back what does not live in the arena, which only spf_evaluate() makes; nothing can be
 * evaluated any more. */
void spf_cache_close(SpfCache *cache);

/* One message as its receiver sees it. */
typedef struct SpfRequest {
	NetPrefix ip; /* a single address; ::ffff:a.b.c.d counts as a.b.c.d */
	Str helo;
	Str mail_from; /* empty: the null sender, checked as postmaster@HELO */
	Str receiver;  /* %{r}; empty: "unknown" */
	int64_t time;  /* %{t}, seconds since 1970 */
	SpfVoids voids;
	bool want_steps;
} SpfRequest;

/* What became of one term, or of the record of one domain. */
typedef struct SpfStep {
	unsigned depth;
	Str domain;              /* set where a record begins: whose it is; `text` is the record */
	Str text;                /* the term */
	size_t terms;            /* how many address terms this stands for; 1 for any other term */
	unsigned lookups, voids; /* used so far, this term included */
	bool counted;            /* towards the ten */
	bool matched;
	SpfResult result; /* where it ended the evaluation of its record */
	bool ended;
} SpfStep;

typedef struct SpfAnswer {
	SpfResult result;
	Str term;        /* the term that decided; absent where none did */
	StrVec path;     /* the domain, then the terms that led to the record that decided */
	Str explanation; /* of a fail with `exp`, else absent */
	Str reason;      /* for none, the errors and what cannot be told: why */
	unsigned lookups, voids;
	VEC(SpfStep) steps; /* if they were wanted */
} SpfAnswer;

/* check_host() of RFC 7208, with the initial processing of section 4.3. */
void spf_evaluate(Arena *arena, SpfCache *cache, const SpfRequest *request, SpfAnswer *ret_answer);

/*
 * The results that one message can come to, a bit for each SpfResult: every way of what is not
 * known is taken. The domain is a name; a sender and HELO name that are absent are not known, so
 * that only the client is.
 */
unsigned spf_possible_results(Arena *arena, SpfCache *cache, const SpfRequest *request, Str domain);

/* --- all addresses at once -------------------------------------------------------------------- */

/* What is asked about a domain. Identities that are absent are not known; %{o} then is the domain.
 */
typedef struct SpfScope {
	Str domain, helo, mail_from; /* mail_from empty, but not absent: the null sender */
	SpfVoids voids;
	Str origin; /* %{o} without a sender; absent: the domain */
} SpfScope;

/* What one term of the record brings, whether by itself or by a record that it names. */
typedef struct SpfShare {
	Str term;
	NetSet pass; /* addresses that pass by it, and by none before it */
} SpfShare;

/* Why addresses are undetermined, or run into an error. */
typedef struct SpfCause {
	const void *key;
	Str term;    /* absent: the record of the domain itself */
	StrVec path; /* the terms that led to its record */
	Str reason;
	NetSet addresses; /* those that came by it */
	bool is_missing;  /* an answer that the source does not have; else an identity */
} SpfCause;

typedef struct SpfPossible {
	unsigned results; /* a bit for each SpfResult, two at least */
	NetSet addresses;
} SpfPossible;

typedef struct SpfExpansion {
	/* By SpfResult; disjoint, and together all of IPv4 and all of IPv6 but ::ffff:0:0/96, whose
	 * clients count as IPv4. */
	NetSet results[SPF_RESULTS];
	/* Of the ways that are known; one more than allowed where a limit is met. */
	unsigned worst_lookups, worst_voids;
	VEC(SpfShare) terms; /* of the record, in its order */
	/* Addresses that a limit ends, of ten look-ups and of two without an answer; of the
	 * undetermined those that it may end. */
	NetSet over_lookups, over_voids;
	VEC(SpfCause) causes;      /* of the undetermined */
	VEC(SpfCause) faults;      /* records and answers that end in an error, by no limit */
	VEC(SpfPossible) possible; /* of the undetermined */
	Str record, reason;        /* the record; for what is none, why */
} SpfExpansion;

/*
 * The result of every address, exactly: what spf_evaluate() says of each. Undetermined are those
 * whose result depends on what is not known (an answer, an identity, the client's own names).
 */
void spf_expand(Arena *arena, SpfCache *cache, const SpfScope *scope, SpfExpansion *ret_expansion);

/* The addresses that pass, and of the undetermined those for which a pass is possible. */
NetSet spf_may_pass(Arena *arena, const SpfExpansion *sets);
/* A copy that needs neither the arena nor the cache of the expansion. */
void spf_expansion_copy(Arena *arena, const SpfExpansion *from, SpfExpansion *ret_copy);

/* --- what evaluation asks for ----------------------------------------------------------------- */

/*
 * Ask the source of the cache for all that evaluation may ask for, within the limit of ten, for any
 * address and both families. Terms that depend on the client, the HELO name or the local part lead
 * nowhere. Nothing comes of it but the questions: see dns_recorder().
 */
/* The record of a domain, and where it leads. */
void spf_ask_record(SpfCache *cache, Str domain);
/* One term, as if it stood in the record of that domain; one that breaks the grammar asks nothing.
 */
void spf_ask_term(SpfCache *cache, Str domain, Str term);
/* The names of a client, and whether they lead back (section 5.5). */
void spf_ask_client(SpfCache *cache, NetPrefix ip);

/* --- composition ------------------------------------------------------------------------------ */

/* One character-string of a TXT record (RFC 1035 section 3.3.14). */
#define SPF_STRING_MAX 255
/* RFC 7208 section 3.4: with more octets of TXT at a name an answer may not fit what plain DNS
 * holds; at a long name, or in many records, fewer do. */
#define SPF_TEXT_MAX     450
#define SPF_ANSWER_PLAIN 512
/* What an answer may have without being cut off on its way (the EDNS buffer size of 2020). */
#define SPF_ANSWER_MAX 1232

typedef enum SpfAll { SPF_ALL_FAIL, SPF_ALL_SOFTFAIL, SPF_ALL_NEUTRAL } SpfAll;

/* What a record is made from. */
typedef struct SpfRecipe {
	bool never;        /* a parked domain: `v=spf1 -all` and nothing else */
	NetSet addresses;  /* become ip4: and ip6: terms, as their exact minimal cover */
	NetSet known;      /* networks of that cover that lie in here need no term */
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

/* A record and its name. */
typedef struct SpfNamed {
	Str name, text;
} SpfNamed;

typedef VEC(SpfNamed) SpfNamedVec;

/* How a record is laid out over names. */
typedef struct SpfLayout {
	Str domain;
	bool split;      /* one that is long is */
	size_t leaf_max; /* octets of a leaf: spf_text_max() or spf_leaf_max() */
	/* Whether nothing else stands at a name; NULL: at none does. */
	bool (*is_free)(const void *context, Str name);
	const void *context;
} SpfLayout;

/*
 * The record of a domain, last, and before it its leaves: past spf_text_max() octets all address
 * terms move to `_spf1.DOMAIN`, `_spf2.DOMAIN` and so on, as few as hold them in their order; the
 * record includes each, where the terms stood. A record that does not get shorter stays whole.
 */
void spf_lay_out(
	Arena *arena, const SpfRecipe *recipe, const SpfLayout *layout, SpfNamedVec *ret_records);
/* How long a record at the name may be, so that its answer fits plain DNS: SPF_TEXT_MAX at most. */
size_t spf_text_max(Str name);
/* The same for any leaf of a domain. */
size_t spf_leaf_plain(Str domain);
/* How long a leaf may be at most, so that the answer stays within SPF_ANSWER_MAX. */
size_t spf_leaf_max(Str domain);
/* Octets of the answer to a TXT query: header, question, and each text with its strings. */
size_t spf_answer_size(Str name, const Str *texts, size_t len);

/* What an include comes to when it is replaced by its addresses. */
typedef struct SpfFlat {
	NetSet pass;
	Str refusal;     /* absent: these are exactly what it passes */
	bool is_missing; /* refused for an answer that the source does not have */
} SpfFlat;

/* Of a name that a record of `origin` includes. */
void spf_flatten(Arena *arena, SpfCache *cache, Str name, Str origin, SpfFlat *ret_flat);
/* The addresses whose result differs; those that a limit ends in the first do not count. */
NetSet spf_difference(Arena *arena, const SpfExpansion *before, const SpfExpansion *after);

/* Terms of the record itself that count towards the limit of ten (RFC 7208 section 4.6.4). */
unsigned spf_lookup_terms(Str record);

/* Strings of at most 255 octets, cut behind a blank where there is one: together they are the
 * value. */
void spf_strings(Arena *arena, Str value, StrVec *ret_strings);

/* A term as it may stand beside what connplan writes itself: one, printable ASCII; why not, or
 * NULL. The grammar of records is spf_parse()'s. */
const char *spf_term_problem(Str term);
/* Whether a term is `ip4` or `ip6` (section 5.6), and what stands behind its colon. */
bool spf_term_address(Str term, Str *ret_address, NetFamily *ret_family);

#endif
