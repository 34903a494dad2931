/*
 * net, private: sorted ranges of one family, written once and compiled for 32 and for 128 bits
 * (ranges4.c, ranges6.c say RANGE, VECTOR, NUMBER, NUMBER_MAX, NUMBER_BITS, FAMILY, FN): IPv4 in
 * the code for IPv6 would take four times the memory.
 *
 * Normalised: sorted, disjoint, not adjacent. Care is needed at NUMBER_MAX, where adding one wraps.
 */
#include "net/net_int.h"

/*
 * Below this many ranges, comparing beats counting digits: lists that people write are nearly in
 * order, and each level of digits costs two tables of 256, whatever the list holds.
 */
#define SORT_SMALL 64u

/* Insertion sort. */
static void
sort_small(RANGE *items, size_t len)
{
	size_t i, j;

	for (i = 1; i < len; i++) {
		RANGE item = items[i];

		for (j = i; j > 0 && items[j - 1].first > item.first; j--)
			items[j] = items[j - 1];
		items[j] = item;
	}
}

static unsigned
digit_of(const RANGE *item, unsigned shift)
{
	return (unsigned)(item->first >> shift) & 0xff;
}

/* Brings every item into the bucket of its digit, by cycles of swaps; ends[d] is where d ends. */
static void
distribute(RANGE *items, size_t next[256], const size_t ends[256], unsigned shift)
{
	unsigned bucket, digit;

	for (bucket = 0; bucket < 256; bucket++) {
		while (next[bucket] < ends[bucket]) {
			RANGE item = items[next[bucket]];

			while ((digit = digit_of(&item, shift)) != bucket) {
				RANGE other = items[next[digit]];

				items[next[digit]++] = item;
				item = other;
			}
			items[next[bucket]++] = item;
		}
	}
}

/*
 * Where the first octet lies that is not the same in all items: the addresses of one site or one
 * record share most of theirs, and each pass that tells nothing apart would cost 256 buckets.
 */
static unsigned
first_difference(const RANGE *items, size_t len)
{
	NUMBER differs = 0;
	unsigned shift = 0;
	size_t i;

	for (i = 1; i < len; i++)
		differs |= items[i].first ^ items[0].first;
	while (differs > 0xff) {
		differs >>= 8;
		shift += 8;
	}
	return shift;
}

/*
 * Radix sort by `first`, most significant octet first, in place ("American flag sort"): one pass
 * over the whole brings random addresses into 256 parts, which soon are small. Depth: one call per
 * octet at most. Ranges that begin together stay in any order: merging does not mind.
 */
static void
sort_by_octet(RANGE *items, size_t len)
{
	size_t next[256], ends[256] = {0}, i, start = 0;
	unsigned shift;

	if (len <= SORT_SMALL) {
		sort_small(items, len);
		return;
	}
	shift = first_difference(items, len);
	for (i = 0; i < len; i++)
		ends[digit_of(&items[i], shift)]++;
	for (i = 0; i < 256; i++) {
		next[i] = start;
		start = ends[i] += start;
	}
	distribute(items, next, ends, shift);
	for (i = 0, start = 0; i < 256 && shift > 0; start = ends[i++]) {
		if (ends[i] - start > 1)
			sort_by_octet(items + start, ends[i] - start);
	}
}

/* What comes from our own operations is, and most lists that people write are nearly. */
static bool
is_normalised(const VECTOR *ranges)
{
	size_t i;

	for (i = 1; i < ranges->len; i++) {
		const RANGE *before = &ranges->items[i - 1];

		if (before->last == NUMBER_MAX || ranges->items[i].first <= before->last + 1)
			return false;
	}
	return true;
}

/* Lengthens `range` by one that begins no earlier, if the two touch. */
static bool
absorb(RANGE *range, RANGE next)
{
	if (range->last != NUMBER_MAX && next.first > range->last + 1)
		return false;
	if (next.last > range->last)
		range->last = next.last;
	return true;
}

void
FN(normalise)(VECTOR *ranges)
{
	size_t len = 0, i;

	if (is_normalised(ranges))
		return;
	sort_by_octet(ranges->items, ranges->len);
	for (i = 1; i < ranges->len; i++) {
		if (!absorb(&ranges->items[len], ranges->items[i]))
			ranges->items[++len] = ranges->items[i];
	}
	ranges->len = len + 1;
}

/* For ranges that come in order of `first`. */
static void
append(Arena *arena, VECTOR *ranges, RANGE range)
{
	if (ranges->len == 0 || !absorb(&ranges->items[ranges->len - 1], range))
		VEC_PUSH(arena, ranges, range);
}

void
FN(unite)(Arena *arena, const VECTOR *a, const VECTOR *b, VECTOR *ret)
{
	VECTOR result = {0};
	size_t i = 0, j = 0;

	while (i < a->len || j < b->len) {
		bool take_a = j == b->len || (i < a->len && a->items[i].first <= b->items[j].first);

		append(arena, &result, take_a ? a->items[i++] : b->items[j++]);
	}
	*ret = result;
}

/* The number of the first range that does not end before `first`. */
static size_t
reach(const VECTOR *ranges, NUMBER first)
{
	size_t low = 0, high = ranges->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ranges->items[middle].last < first)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What lies before the other's first range is passed over, so that a small one is cheap. */
static size_t
start_at(const VECTOR *ranges, const VECTOR *other)
{
	return other->len == 0 ? ranges->len : reach(ranges, other->items[0].first);
}

/* Of two ranges, the one that ends first meets nothing more. */
void
FN(intersect)(Arena *arena, const VECTOR *a, const VECTOR *b, VECTOR *ret)
{
	size_t i = start_at(a, b), j = start_at(b, a);
	VECTOR result = {0};

	while (i < a->len && j < b->len) {
		RANGE x = a->items[i], y = b->items[j];
		RANGE both = {
			x.first > y.first ? x.first : y.first, x.last < y.last ? x.last : y.last};

		if (both.first <= both.last)
			VEC_PUSH(arena, &result, both);
		if (x.last < y.last)
			i++;
		else
			j++;
	}
	*ret = result;
}

/* Appends what is left of `range` after the ranges of `b` from `at` on; moves past those behind. */
static void
append_rest(Arena *arena, VECTOR *result, RANGE range, const VECTOR *b, size_t *at)
{
	while (*at < b->len && b->items[*at].last < range.first)
		*at += 1;
	for (; *at < b->len && b->items[*at].first <= range.last; *at += 1) {
		RANGE hole = b->items[*at];

		if (hole.first > range.first)
			VEC_PUSH(arena, result, ((RANGE){range.first, hole.first - 1}));
		/* The hole may reach into the next range: it is not passed yet. */
		if (hole.last >= range.last)
			return;
		range.first = hole.last + 1;
	}
	VEC_PUSH(arena, result, range);
}

void
FN(subtract)(Arena *arena, const VECTOR *a, const VECTOR *b, VECTOR *ret)
{
	size_t at = start_at(b, a), i;
	VECTOR result = {0};

	for (i = 0; i < a->len; i++)
		append_rest(arena, &result, a->items[i], b, &at);
	*ret = result;
}

void
FN(complement)(Arena *arena, const VECTOR *a, VECTOR *ret)
{
	RANGE everything = {0, NUMBER_MAX};
	VECTOR result = {0};
	size_t at = 0;

	append_rest(arena, &result, everything, a, &at);
	*ret = result;
}

bool
FN(equal)(const VECTOR *a, const VECTOR *b)
{
	size_t i;

	if (a->len != b->len)
		return false;
	for (i = 0; i < a->len; i++) {
		if (a->items[i].first != b->items[i].first || a->items[i].last != b->items[i].last)
			return false;
	}
	return true;
}

bool
FN(overlap)(const VECTOR *a, const VECTOR *b)
{
	size_t i = start_at(a, b), j = start_at(b, a);

	while (i < a->len && j < b->len) {
		if (a->items[i].last < b->items[j].first)
			i++;
		else if (b->items[j].last < a->items[i].first)
			j++;
		else
			return true;
	}
	return false;
}

/* An inner range lies in one outer range or in none: outer ranges do not touch. */
bool
FN(contain_all)(const VECTOR *outer, const VECTOR *inner)
{
	size_t at = 0, i;

	for (i = 0; i < inner->len; i++) {
		while (at < outer->len && outer->items[at].last < inner->items[i].last)
			at++;
		if (at == outer->len || outer->items[at].first > inner->items[i].first)
			return false;
	}
	return true;
}

bool
FN(contain)(const VECTOR *ranges, NUMBER first, NUMBER last)
{
	size_t low = reach(ranges, first);

	return low < ranges->len && ranges->items[low].first <= first &&
	       ranges->items[low].last >= last;
}

/* How many low bits of `first` the widest prefix spans that begins there and ends by `last`. */
static unsigned
widest(NUMBER first, NUMBER last)
{
	unsigned host = net_bits_trailing_zeros(first);

	if (host > NUMBER_BITS)
		host = NUMBER_BITS;
	while (host > 0 && last - first < NUMBER_MAX >> (NUMBER_BITS - host))
		host--;
	return host;
}

/* Greedy is minimal here: ranges do not touch, and a prefix that begins at `first` ends inside. */
static void
cover_range(Arena *arena, RANGE range, NetPrefixVec *prefixes)
{
	for (;;) {
		unsigned host = widest(range.first, range.last);
		NUMBER end = range.first;

		VEC_PUSH(arena, prefixes, net_prefix_of(FAMILY, range.first, NUMBER_BITS - host));
		if (host > 0)
			end |= NUMBER_MAX >> (NUMBER_BITS - host);
		if (end == range.last)
			return;
		range.first = end + 1;
	}
}

void
FN(cover)(Arena *arena, const VECTOR *ranges, NetPrefixVec *prefixes)
{
	size_t i;

	for (i = 0; i < ranges->len; i++)
		cover_range(arena, ranges->items[i], prefixes);
}

/* The sum cannot wrap but for all of IPv6, which is one range. */
NetBits
FN(count)(const VECTOR *ranges)
{
	NetBits count = 0;
	size_t i;

	for (i = 0; i < ranges->len; i++) {
		NetBits before = (NetBits)ranges->items[i].last - ranges->items[i].first;

		count += before == ~(NetBits)0 ? before : before + 1;
	}
	return count;
}
