/*
 * net: addresses, prefixes, sets of addresses, special-purpose blocks, domain names.
 *
 * The grammar of an address is checked here, before libcidr sees a byte of it (libcidr accepts far
 * more than a mail-flow spec may). Every IPv6 text that was accepted is read by libcidr too, and
 * in builds with CONNPLAN_CHECKED every IPv4 text; a difference is our own mistake, a panic.
 * Ownership: results live in the arena that is handed in; blocks, service ranges and reasons of
 * names are static. Failure: texts are judged by an error value, never by a finding.
 * Source: RFC 4291, RFC 5952 (text of IPv6), RFC 1035, RFC 5890 (names), IANA special-purpose
 * registries (src/data/iana-*.csv), Microsoft's endpoint lists (src/data/service-ranges.csv,
 * src/data/endpoints.csv).
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "diag/diag.h"

typedef enum NetFamily { NET_IP4, NET_IP6 } NetFamily;

__extension__ typedef unsigned __int128 NetBits;

/*
 * An address with a prefix length, as written: bits past `len` may be set. IPv4 stands in the low
 * 32 bits of `lo`. A single address has len 32 or 128.
 */
typedef struct NetPrefix {
	uint64_t hi, lo;
	uint8_t family, len;
} NetPrefix;

typedef VEC(NetPrefix) NetPrefixVec;

typedef enum NetAddressError {
	NET_ADDRESS_OK,
	NET_ADDRESS_EMPTY,
	NET_ADDRESS_BLANK,
	NET_ADDRESS_FULL_WIDTH,
	NET_ADDRESS_PARTS,        /* not four numbers */
	NET_ADDRESS_LEADING_ZERO, /* 010.1.1.1 */
	NET_ADDRESS_HEX,          /* 0x0a.1.1.1 */
	NET_ADDRESS_NUMBER,       /* over 255 */
	NET_ADDRESS_LENGTH_MISSING,
	NET_ADDRESS_LENGTH,       /* /33, /-1, /024 */
	NET_ADDRESS_LENGTH_TWICE, /* 1.2.3.4/24/25 */
	NET_ADDRESS_NETMASK,      /* 1.2.3.4/255.255.255.0 */
	NET_ADDRESS_REVERSE,      /* 4.3.2.1.in-addr.arpa */
	NET_ADDRESS_RANGE,        /* a-b */
	NET_ADDRESS_MAPPED,       /* ::ffff:1.2.3.4 */
	NET_ADDRESS_DOTTED_TAIL,  /* 64:ff9b::1.2.3.4 */
	NET_ADDRESS_ZONE,         /* fe80::1%eth0 */
	NET_ADDRESS_IP6,          /* not RFC 4291 text */
	NET_ADDRESS_PORT,         /* 1.2.3.4:25, [2001:db8::1] */
	NET_ADDRESS_INVISIBLE,    /* zero-width characters and the like, pasted along */
	NET_ADDRESS_RANGE_LENGTH, /* a/24-b; this and the next two from net_range_parse() alone */
	NET_ADDRESS_RANGE_FAMILY, /* IPv4-IPv6 */
	NET_ADDRESS_RANGE_ORDER,  /* b-a */
	NET_ADDRESS_CHARACTER,    /* anything else: a host name, a list … */
} NetAddressError;

/*
 * Exactly the grammar of the spec language: four decimal numbers, or RFC 4291 text without dotted
 * tail and zone, and `/N`. `ret_prefix` is written only where the answer is NET_ADDRESS_OK.
 */
NetAddressError net_prefix_parse(Str text, NetPrefix *ret_prefix);
/*
 * Why, as a clause that can follow "`x` is not an address: ", and what to write where that can be
 * told. `error` is what a parse of this text answered.
 */
Str net_address_reason(Arena *arena, NetAddressError error, Str text);
/*
 * One address as DNS records and clients hand it over: all of RFC 4291 section 2.2, dotted tails
 * and `::ffff:1.2.3.4` among it (which stays IPv6). Never for text of a spec.
 */
bool net_address_parse_rfc4291(Str text, NetPrefix *ret_address);
/*
 * `198.51.100.10`, `198.51.100.0/24`; IPv6 by RFC 5952, but never with a dotted tail, which the
 * grammar would refuse; a single address without its length.
 */
void net_prefix_write(Buf *buf, NetPrefix prefix);
Str net_prefix_text(Arena *arena, NetPrefix prefix);
/* The name of an address's PTR record, without a final dot: `10.100.51.198.in-addr.arpa`. */
Str net_reverse_name(Arena *arena, NetPrefix address);
/*
 * Appends the names of the PTR records that give every address of a prefix a name: one for each up
 * to 256 addresses, wildcards (`*.51.198.in-addr.arpa`) for more. Never more than 256 names.
 */
#define NET_REVERSE_SINGLE_BITS 8
void net_reverse_names(Arena *arena, NetPrefix prefix, StrVec *ret_names);

NetPrefix net_prefix_of(NetFamily family, NetBits bits, unsigned len);
NetBits net_prefix_bits(NetPrefix prefix);
unsigned net_family_bits(NetFamily family);
bool net_prefix_is_single(NetPrefix prefix);
bool net_prefix_has_host_bits(NetPrefix prefix);
/* With the bits past the length cleared / the address alone, with full length. */
NetPrefix net_prefix_network(NetPrefix prefix);
NetPrefix net_prefix_address(NetPrefix prefix);
NetBits net_prefix_first(NetPrefix prefix);
NetBits net_prefix_last(NetPrefix prefix);
/* IPv4 first, then by address, then the wider one first. */
int net_prefix_compare(NetPrefix a, NetPrefix b);
bool net_prefix_contains(NetPrefix outer, NetPrefix inner);
bool net_prefix_overlaps(NetPrefix a, NetPrefix b);
void net_prefixes_sort(NetPrefixVec *prefixes);

/* --- ranges ----------------------------------------------------------------------------------- */

/* First and last address, both in it. */
typedef struct NetRange {
	NetBits first, last;
	NetFamily family;
} NetRange;

/* `a-b`, two addresses of one family, or all that net_prefix_parse() takes. */
NetAddressError net_range_parse(Str text, NetRange *ret_range);

/* --- sets ------------------------------------------------------------------------------------- */

typedef struct NetRange4 {
	uint32_t first, last;
} NetRange4;

typedef struct NetRange6 {
	NetBits first, last;
} NetRange6;

typedef VEC(NetRange4) NetRange4Vec;
typedef VEC(NetRange6) NetRange6Vec;

/*
 * Ranges of both families. Between adding and net_set_normalise() they may be in any order and
 * overlap; every other function wants, and gives, normalised sets: sorted, disjoint, not adjacent.
 * All set operations take one linear pass.
 */
typedef struct NetSet {
	NetRange4Vec ip4;
	NetRange6Vec ip6;
} NetSet;

/* Host bits of the prefix do not count. */
void net_set_add(Arena *arena, NetSet *set, NetPrefix prefix);
void net_set_add_range(Arena *arena, NetSet *set, NetRange range);
void net_set_add_all(Arena *arena, NetSet *set, const NetSet *other);
/* A radix sort: linear, in place, without memory. */
void net_set_normalise(NetSet *set);
NetSet net_set_of(Arena *arena, const NetPrefix *prefixes, size_t len);
NetSet net_set_union(Arena *arena, const NetSet *a, const NetSet *b);
NetSet net_set_intersect(Arena *arena, const NetSet *a, const NetSet *b);
NetSet net_set_subtract(Arena *arena, const NetSet *a, const NetSet *b);
/* Everything of both families that is not in the set. */
NetSet net_set_complement(Arena *arena, const NetSet *set);
bool net_set_is_empty(const NetSet *set);
bool net_set_equal(const NetSet *a, const NetSet *b);
bool net_set_overlaps(const NetSet *a, const NetSet *b);
/* Whether all addresses of the prefix are in the set: a binary search. */
bool net_set_contains(const NetSet *set, NetPrefix prefix);
bool net_set_contains_set(const NetSet *outer, const NetSet *inner);
/* The exact minimal list of prefixes, sorted; replaces what `ret_prefixes` held. */
void net_set_cover(Arena *arena, const NetSet *set, NetPrefixVec *ret_prefixes);
/* How many addresses. 2^128 does not fit: it saturates at 2^128 - 1. */
uint64_t net_set_count4(const NetSet *set);
NetBits net_set_count6(const NetSet *set);
/* A number of any size in decimal. */
Str net_bits_decimal(Arena *arena, NetBits number);
/* The same for people: 4608 is "4,608". */
Str net_bits_grouped(Arena *arena, NetBits number);

/* How many pieces of length `len` a prefix makes (one, if it is no wider); at most 2^64 - 1. */
uint64_t net_split_count(NetPrefix prefix, unsigned len);
/* Appends the pieces, without host bits. Wants net_split_count() <= NET_SPLIT_MAX. */
#define NET_SPLIT_MAX ((uint64_t)1 << 24)
void net_split(Arena *arena, NetPrefix prefix, unsigned len, NetPrefixVec *pieces);

/* --- special-purpose blocks ------------------------------------------------------------------- */

/* In the order of badness. */
typedef enum NetClass {
	NET_CLASS_GLOBAL,
	NET_CLASS_SPECIAL,       /* in a registry, but globally reachable or with no statement */
	NET_CLASS_DOCUMENTATION, /* not global, and one of RFC 5737, 3849, 9637 */
	NET_CLASS_NOT_GLOBAL,
	NET_CLASS_REFUSED, /* what the service refuses: RFC 1918, 127/8, 169.254/16, 0/8 */
} NetClass;

typedef struct NetBlock {
	NetPrefix prefix;
	Str name, rfc, note;
	NetClass net_class;
} NetBlock;

/*
 * The worst class among the addresses of a prefix, each judged by the most specific block that
 * holds it. `part` begins at the first address of that class and is the widest prefix from there
 * that lies in the prefix asked about, in one block, and has that class all through; `block` is
 * that block. NET_CLASS_GLOBAL: the whole prefix, and NULL.
 */
typedef struct NetVerdict {
	NetClass net_class;
	const NetBlock *block;
	NetPrefix part;
} NetVerdict;

NetVerdict net_classify(NetPrefix prefix);

/*
 * Exchange Online's published address ranges of a cloud ("worldwide", "gcc", "gcc-high", "dod",
 * "china"), from src/data/service-ranges.csv; an empty set for an unknown name. Never NULL.
 */
const NetSet *net_service_ranges(Str cloud);

/* A range of a mail service that many customers share, from src/data/vendor-ranges.csv: reported.
 */
typedef struct NetVendorRange {
	NetPrefix range;
	Str service; /* "Proofpoint Essentials" */
	Str as_of;   /* YYYY-MM */
} NetVendorRange;

/* The first range that has an address in common with the prefix, or NULL. */
const NetVendorRange *net_vendor_range(NetPrefix prefix);

/* What one of Exchange Online's own names is for. */
typedef enum NetEndpointUse {
	NET_ENDPOINT_MX,         /* takes mail without anybody signing in */
	NET_ENDPOINT_SUBMISSION, /* takes mail of mailboxes that sign in */
	NET_ENDPOINT_HVE,        /* the same for high volume email */
	NET_ENDPOINT_SPF,        /* the include for the service's outbound addresses */
} NetEndpointUse;

/* A row of src/data/endpoints.csv. */
typedef struct NetEndpoint {
	Str cloud;
	Str name; /* of a host or an include; of MX hosts `*.` and what they end with */
	NetEndpointUse use;
	uint16_t port; /* 0: none */
	bool documented;
	Str as_of; /* YYYY-MM or YYYY-MM-DD */
} NetEndpoint;

/* The first row of a cloud, the name to set; NULL where none is known. */
const NetEndpoint *net_endpoint(Str cloud, NetEndpointUse use);
/* What a host is, in whichever cloud; never an SPF include. NULL: none of Exchange Online's. */
const NetEndpoint *net_endpoint_of_host(Str host);
/* Whether an SPF include is Exchange Online's own, of any cloud. The name is normalised. */
bool net_is_service_include(Str name);

/* What Exchange Online takes of one mailbox: the rows of src/data/limits.csv. */
typedef enum NetLimit { NET_LIMIT_MESSAGES_PER_MINUTE, NET_LIMIT_RECIPIENTS_PER_DAY } NetLimit;

uint64_t net_limit(NetLimit limit);

typedef enum NetRetirementMeaning {
	NET_RETIREMENT_DEFAULT_OFF, /* an administrator can switch it on again */
	NET_RETIREMENT_REMOVED,     /* from this day on nobody can */
} NetRetirementMeaning;

/* A date at which basic authentication ends, from src/data/retirements.csv. */
typedef struct NetRetirement {
	Str method;   /* of a relay host, as the spec writes it: "submission", "hve" */
	Str date;     /* YYYY-MM-DD; where only a month is announced, its last day */
	int32_t days; /* the same since 1970-01-01 */
	NetRetirementMeaning meaning;
	bool documented; /* by Microsoft; else reported */
	Str as_of;       /* when it was announced: YYYY-MM or YYYY-MM-DD */
	Str source;
} NetRetirement;

/* The rows of a method, sorted by date; NULL and 0 for a method without any. */
const NetRetirement *net_basic_retirements(Str method, size_t *ret_len);

/* Revision dates of the embedded data, for --version. */
Str net_data_dates(Arena *arena);

/* --- domain names ----------------------------------------------------------------------------- */

typedef enum NetNameError {
	NET_NAME_OK,
	NET_NAME_EMPTY,
	NET_NAME_EMPTY_LABEL,
	NET_NAME_LABEL_TOO_LONG, /* over 63 octets */
	NET_NAME_TOO_LONG,       /* over 253 octets */
	NET_NAME_CHARACTER,      /* not a letter, digit, hyphen */
	NET_NAME_HYPHEN,         /* a label begins or ends with one */
	NET_NAME_SINGLE_LABEL,
	NET_NAME_IDNA,    /* libidn2 refuses it */
	NET_NAME_ADDRESS, /* it reads as one, or as one of the shorthands: its last label is a
			     number */
} NetNameError;

/* Whether labels may begin with an underscore, as those of DNS records do. */
typedef enum NetNameKind { NET_NAME_HOST, NET_NAME_DNS } NetNameKind;

/*
 * Lower-case A-labels without a final dot, in `text` itself if they stand there. `ret_name` is
 * written for NET_NAME_OK, and for NET_NAME_SINGLE_LABEL, since a name out of DNS may be one.
 */
NetNameError net_name_parse(Arena *arena, Str text, NetNameKind kind, Str *ret_name);
/*
 * A normalised name with its A-labels as people read them; the name itself where it has none, or
 * where the way back would give another name.
 */
Str net_name_unicode(Arena *arena, Str name);
/* A clause that can follow "`x` is not a domain name: ". */
const char *net_name_reason(NetNameError error);
/* Whether `name` is `parent` or lies below it; both normalised. */
bool net_name_is_within(Str name, Str parent);

/* Of libidn2, for --version. */
const char *net_library_version(void);

#endif
