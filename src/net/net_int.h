/*
 * net, private: what the files of this room share.
 */
#ifndef NET_NET_INT_H
#define NET_NET_INT_H

#include "net/net.h"

/* --- reading text: true, or nothing written --------------------------------------------------- */

bool net_hex_digit(char byte, uint32_t *ret_digit);
bool net_read_ip4(Str text, NetBits *ret_bits);
/* `dotted`: the last 32 bits may be written as an IPv4 address. */
bool net_read_ip6(Str text, bool dotted, NetBits *ret_bits);
/* The grammar of the spec language. */
bool net_read_prefix(Str text, NetPrefix *ret_prefix);
/* Why net_read_prefix() refused a text; never NET_ADDRESS_OK. */
NetAddressError net_address_diagnose(Str text);
/* What was probably meant: a prefix that can be written instead. */
bool net_address_suggest(NetAddressError error, Str text, NetPrefix *ret_prefix);

/* The longest text that anyone could have meant as an address; suggestions go no further. */
#define NET_ADDRESS_TEXT_MAX 96

/* ASCII for a full-width form, else the code point itself. */
uint32_t net_half_width(uint32_t code_point);
/* A blank of any script. */
bool net_is_blank(uint32_t code_point);
/* The text in half-width forms, without blanks and invisible characters; false if it is too long.
 */
bool net_address_clean(Str text, char clean[NET_ADDRESS_TEXT_MAX], Str *ret_clean);

/* Panics if libcidr reads an accepted text as anything but this prefix. */
void net_cidr_compare(Str text, NetPrefix prefix);

/* --- embedded data ---------------------------------------------------------------------------- */

extern const Embedded net_embedded[];
extern const size_t net_embedded_len;

/* The embedded file of that name, whole. */
Str net_data(const char *name);
/*
 * The next row of `len` fields, which point into the text; false at the end. Lines that begin with
 * `#` and the heading are passed over. Fields are never quoted.
 */
bool net_csv_row(Str *rest, Str *fields, size_t len);
/* The column `evidence`: documented, or else reported. */
bool net_csv_is_documented(Str evidence);
/* When the newest row of src/data/retirements.csv was announced. */
Str net_retirements_date(void);
/* The same of src/data/vendor-ranges.csv. */
Str net_vendors_date(void);
/* And of src/data/endpoints.csv and limits.csv. */
Str net_endpoints_date(void);
Str net_limits_date(void);

/* --- sorted ranges of one family; ranges4.c and ranges6.c ------------------------------------- */

/* As the functions of net_set_... without the family; results replace what stood in `ret`. */
#define NET_RANGES_DECLARE(FN, VECTOR, NUMBER)                                                     \
	void FN(normalise)(VECTOR * ranges);                                                       \
	void FN(unite)(Arena * arena, const VECTOR *a, const VECTOR *b, VECTOR *ret);              \
	void FN(intersect)(Arena * arena, const VECTOR *a, const VECTOR *b, VECTOR *ret);          \
	void FN(subtract)(Arena * arena, const VECTOR *a, const VECTOR *b, VECTOR *ret);           \
	void FN(complement)(Arena * arena, const VECTOR *a, VECTOR *ret);                          \
	bool FN(equal)(const VECTOR *a, const VECTOR *b);                                          \
	bool FN(overlap)(const VECTOR *a, const VECTOR *b);                                        \
	bool FN(contain_all)(const VECTOR *outer, const VECTOR *inner);                            \
	bool FN(contain)(const VECTOR *ranges, NUMBER first, NUMBER last);                         \
	void FN(cover)(Arena * arena, const VECTOR *ranges, NetPrefixVec *prefixes);               \
	NetBits FN(count)(const VECTOR *ranges);

#define NET_RANGES4(name) net_ranges4_##name
#define NET_RANGES6(name) net_ranges6_##name
NET_RANGES_DECLARE(NET_RANGES4, NetRange4Vec, uint32_t)
NET_RANGES_DECLARE(NET_RANGES6, NetRange6Vec, NetBits)

/* How many low bits are zero; 128 for zero. */
unsigned net_bits_trailing_zeros(NetBits bits);

#endif
