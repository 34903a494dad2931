/*
 * net: addresses, prefixes, sets of addresses, special-purpose blocks, domain names.
 *
 * The grammar of an address is checked here, before libcidr sees a byte of it (libcidr accepts far
 * more than a mail-flow spec may). Ownership: results live in the arena that is handed in.
 * Source: RFC 4291, RFC 5952 (text of IPv6), IANA special-purpose registries (src/data/iana-*.csv).
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
	NET_ADDRESS_CHARACTER,    /* anything else: a host name, a port … */
} NetAddressError;

/* Exactly the grammar of the spec language. */
NetAddressError net_prefix_parse(Str text, NetPrefix *ret_prefix);
/* Why, as a clause that can follow "`x` is not an address: "; may suggest what was meant. */
Str net_address_reason(Arena *arena, NetAddressError error, Str text);
/* `198.51.100.10`, `198.51.100.0/24`; IPv6 by RFC 5952; a single address without its length. */
void net_prefix_write(Buf *buf, NetPrefix prefix);
Str net_prefix_text(Arena *arena, NetPrefix prefix);

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

/* --- sets ---------------------------------------------------------------------------------------
 */

typedef struct NetRange4 {
	uint32_t first, last;
} NetRange4;

typedef struct NetRange6 {
	NetBits first, last;
} NetRange6;

/*
 * Ranges of both families. Between adding and net_set_normalise() they may be in any order and
 * overlap; every other function wants, and gives, normalised sets: sorted, disjoint, not adjacent.
 * All set operations take one linear pass.
 */
typedef struct NetSet {
	VEC(NetRange4) ip4;
	VEC(NetRange6) ip6;
} NetSet;

void net_set_add(Arena *arena, NetSet *set, NetPrefix prefix);
void net_set_add_all(Arena *arena, NetSet *set, const NetSet *other);
/* n log n (a radix sort for large sets); in place. */
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
/* The exact minimal list of prefixes, sorted. */
void net_set_cover(Arena *arena, const NetSet *set, NetPrefixVec *ret_prefixes);
/* How many addresses. 2^128 does not fit: it saturates at 2^128 - 1. */
uint64_t net_set_count4(const NetSet *set);
NetBits net_set_count6(const NetSet *set);
/* A number of any size in decimal. */
Str net_bits_decimal(Arena *arena, NetBits number);

/* How many pieces of length `len` (or one, if it is not shorter) a prefix makes; the pieces. */
uint64_t net_split_count(NetPrefix prefix, unsigned len);
void net_split(Arena *arena, NetPrefix prefix, unsigned len, NetPrefixVec *pieces);

/* --- special-purpose blocks
 * ------------------------------------------------------------------------ */

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
 * holds it, and the first part (a prefix inside) that has that class. `block` is NULL for
 * NET_CLASS_GLOBAL.
 */
typedef struct NetVerdict {
	NetClass net_class;
	const NetBlock *block;
	NetPrefix part;
} NetVerdict;

NetVerdict net_classify(NetPrefix prefix);

/* Exchange Online's published address ranges of a cloud ("worldwide", "gcc", "gcc-high", "dod",
 * "china"), from src/data/service-ranges.csv; an empty set for an unknown name. */
const NetSet *net_service_ranges(Str cloud);
/* Revision dates of the embedded data, for --version. */
Str net_data_dates(Arena *arena);

/* --- domain names
 * ------------------------------------------------------------------------------------- */

typedef enum NetNameError {
	NET_NAME_OK,
	NET_NAME_EMPTY,
	NET_NAME_EMPTY_LABEL,
	NET_NAME_LABEL_TOO_LONG, /* over 63 octets */
	NET_NAME_TOO_LONG,       /* over 253 octets */
	NET_NAME_CHARACTER,      /* not a letter, digit, hyphen */
	NET_NAME_HYPHEN,         /* a label begins or ends with one */
	NET_NAME_SINGLE_LABEL,
	NET_NAME_IDNA, /* libidn2 refuses it */
	NET_NAME_ADDRESS,
} NetNameError;

/* Whether labels may begin with an underscore, as those of DNS records do. */
typedef enum NetNameKind { NET_NAME_HOST, NET_NAME_DNS } NetNameKind;

/* Lower-case A-labels without a final dot. */
NetNameError net_name_parse(Arena *arena, Str text, NetNameKind kind, Str *ret_name);
const char *net_name_reason(NetNameError error);
/* Whether `name` is `parent` or lies below it; both normalised. */
bool net_name_is_within(Str name, Str parent);

#endif
