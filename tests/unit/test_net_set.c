/*
 * Sets of addresses against a model of one bit per address. The model covers 1,024 addresses; it is
 * laid over five places, among them both ends of both families, where adding one wraps.
 */
#include "test_net.h"

#include <stdlib.h>

#define BITS 1024u

typedef struct Universe {
	const char *first;
	NetFamily family;
} Universe;

static const Universe universes[] = {
	{"10.0.0.0", NET_IP4},
	{"0.0.0.0", NET_IP4},
	{"255.255.252.0", NET_IP4},
	{"::", NET_IP6},
	{"2001:db8:0:1:ffff:ffff:ffff:fc00", NET_IP6},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fc00", NET_IP6},
};

typedef struct Model {
	bool bits[BITS];
} Model;

static Arena *arena;
static NetFamily family;
static NetBits origin;

static void
lay(const Universe *universe)
{
	family = universe->family;
	origin = bits_of_text(universe->first);
}

/* --- between the two worlds ------------------------------------------------------------------- */

static void
model_read_range(Model *model, NetBits first, NetBits last)
{
	assert_true(first >= origin && first <= last && last - origin < BITS);
	for (first -= origin, last -= origin; first <= last; first++)
		model->bits[first] = true;
}

/* Wants a normalised set inside the universe. */
static Model
model_of(const NetSet *set)
{
	Model model = {0};
	size_t i;

	assert_int_equal(family == NET_IP4 ? set->ip6.len : set->ip4.len, 0);
	for (i = 0; i < set->ip4.len; i++) {
		assert_true(i == 0 ||
			    set->ip4.items[i - 1].last + (NetBits)1 < set->ip4.items[i].first);
		model_read_range(&model, set->ip4.items[i].first, set->ip4.items[i].last);
	}
	for (i = 0; i < set->ip6.len; i++) {
		assert_true(i == 0 || set->ip6.items[i].first - set->ip6.items[i - 1].last > 1);
		assert_true(i == 0 || set->ip6.items[i].first > set->ip6.items[i - 1].last);
		model_read_range(&model, set->ip6.items[i].first, set->ip6.items[i].last);
	}
	return model;
}

static NetRange
range_at(unsigned first, unsigned last)
{
	return (NetRange){origin + first, origin + last, family};
}

/* One range for each bit, from the end: normalising has everything to do. */
static NetSet
set_of(const Model *model)
{
	NetSet set = {0};
	unsigned i;

	for (i = BITS; i-- > 0;) {
		if (model->bits[i])
			net_set_add_range(arena, &set, range_at(i, i));
	}
	net_set_normalise(&set);
	return set;
}

static void
assert_model(const NetSet *set, const Model *expected)
{
	Model found = model_of(set);

	assert_memory_equal(&found, expected, sizeof(found));
}

/* Prefixes and ranges in any order, overlapping, touching, twice; the model marks the same. */
static NetSet
random_set(Model *ret_model)
{
	static const unsigned sizes[] = {0, 1, 3, 12, 60};
	unsigned count = sizes[random_below(BASE_COUNT(sizes))], i, j;
	NetSet set = {0};

	*ret_model = (Model){0};
	for (i = 0; i < count; i++) {
		unsigned first = random_below(BITS), last = first;
		unsigned host = random_below(11);

		if (random_below(2) == 0) {
			NetPrefix prefix = net_prefix_of(
				family, origin + first, net_family_bits(family) - host);

			first &= ~((1u << host) - 1);
			last = first + (1u << host) - 1;
			net_set_add(arena, &set, prefix);
		} else {
			last = first + random_below(BITS - first < 40 ? BITS - first : 40);
			net_set_add_range(arena, &set, range_at(first, last));
		}
		for (j = first; j <= last; j++)
			ret_model->bits[j] = true;
	}
	net_set_normalise(&set);
	return set;
}

/* --- the laws --------------------------------------------------------------------------------- */

static unsigned
model_count(const Model *model)
{
	unsigned count = 0, i;

	for (i = 0; i < BITS; i++)
		count += model->bits[i];
	return count;
}

static void
check_operations(const NetSet *a, const Model *ma, const NetSet *b, const Model *mb)
{
	Model either, both, only_a;
	NetSet set;
	unsigned i;

	for (i = 0; i < BITS; i++) {
		either.bits[i] = ma->bits[i] || mb->bits[i];
		both.bits[i] = ma->bits[i] && mb->bits[i];
		only_a.bits[i] = ma->bits[i] && !mb->bits[i];
	}
	set = net_set_union(arena, a, b);
	assert_model(&set, &either);
	set = net_set_intersect(arena, a, b);
	assert_model(&set, &both);
	set = net_set_subtract(arena, a, b);
	assert_model(&set, &only_a);
	assert_int_equal(net_set_overlaps(a, b), model_count(&both) > 0);
	assert_int_equal(net_set_contains_set(a, b), model_count(&either) == model_count(ma));
	assert_int_equal(net_set_equal(a, b), memcmp(ma, mb, sizeof(*ma)) == 0);
	assert_int_equal(net_set_is_empty(a), model_count(ma) == 0);
}

/* Inside the universe the complement is the model's, outside it is everything. */
static void
check_complement(const NetSet *set, const Model *model)
{
	NetSet rest = net_set_complement(arena, set), nothing = {0}, universe = {0}, joined, inside;
	NetSet everything = net_set_complement(arena, &nothing);
	Model expected;
	unsigned i;

	for (i = 0; i < BITS; i++)
		expected.bits[i] = !model->bits[i];
	net_set_add_range(arena, &universe, range_at(0, BITS - 1));
	inside = net_set_intersect(arena, &rest, &universe);
	assert_model(&inside, &expected);
	joined = net_set_union(arena, &rest, set);
	assert_true(net_set_equal(&joined, &everything));
	assert_false(net_set_overlaps(&rest, set));
	inside = net_set_complement(arena, &rest);
	assert_true(net_set_equal(&inside, set));
}

/* Every prefix that fits into the universe. */
static void
check_contains(const NetSet *set, const Model *model)
{
	unsigned host, first, i;

	for (host = 0; host <= 10; host++) {
		for (first = 0; first < BITS; first += 1u << host) {
			bool all = true;

			for (i = first; i < first + (1u << host); i++)
				all = all && model->bits[i];
			assert_int_equal(
				net_set_contains(set, net_prefix_of(family, origin + first,
							      net_family_bits(family) - host)),
				all);
		}
	}
}

/*
 * How few prefixes make exactly the block of these bits. Prefixes are nested or disjoint, so a
 * block that is not full must be made from its halves.
 */
static size_t
fewest(const bool *bits, unsigned len)
{
	unsigned set = 0, i;

	for (i = 0; i < len; i++)
		set += bits[i];
	if (set == 0 || set == len)
		return set > 0;
	return fewest(bits, len / 2) + fewest(bits + len / 2, len / 2);
}

/* Sorted, disjoint, exactly the set. */
static void
check_cover(const NetSet *set, size_t fewest_prefixes)
{
	NetPrefixVec cover;
	NetSet again;
	size_t i;

	net_set_cover(arena, set, &cover);
	assert_int_equal(cover.len, fewest_prefixes);
	for (i = 0; i < cover.len; i++) {
		assert_false(net_prefix_has_host_bits(cover.items[i]));
		assert_true(i == 0 || net_prefix_compare(cover.items[i - 1], cover.items[i]) < 0);
		assert_false(i > 0 && net_prefix_overlaps(cover.items[i - 1], cover.items[i]));
	}
	again = net_set_of(arena, cover.items, cover.len);
	assert_true(net_set_equal(&again, set));
}

static void
check_count(const NetSet *set, unsigned count)
{
	assert_int_equal(net_set_count4(set), family == NET_IP4 ? count : 0);
	assert_bits_equal(net_set_count6(set), family == NET_IP6 ? (NetBits)count : 0);
}

static void
test_against_the_model(void **state)
{
	size_t u, round;

	(void)state;
	random_state = 11;
	for (u = 0; u < BASE_COUNT(universes); u++) {
		lay(&universes[u]);
		for (round = 0; round < 150; round++) {
			Arena *outer = arena;
			Model ma, mb;
			NetSet a, b;

			arena = arena_create();
			a = random_set(&ma);
			b = round % 10 == 0 ? a : random_set(&mb);
			if (round % 10 == 0)
				mb = ma;
			assert_model(&a, &ma);
			check_operations(&a, &ma, &b, &mb);
			check_operations(&b, &mb, &a, &ma);
			check_complement(&a, &ma);
			check_contains(&a, &ma);
			check_cover(&a, fewest(ma.bits, BITS));
			check_count(&a, model_count(&ma));
			arena_destroy(arena);
			arena = outer;
		}
	}
}

#define TINY 16u

/*
 * The fewest prefixes for every one of the 65,536 sets of 16 addresses, by trying all prefixes
 * that hold the lowest address and lie in the set.
 */
static void
fill_fewest(unsigned char fewest_of[1u << TINY])
{
	unsigned mask, host;

	fewest_of[0] = 0;
	for (mask = 1; mask < 1u << TINY; mask++) {
		unsigned low = (unsigned)__builtin_ctz(mask), best = TINY + 1;

		for (host = 0; host <= 4; host++) {
			unsigned start = low & ~((1u << host) - 1);
			unsigned prefix = ((1u << (1u << host)) - 1) << start;

			if ((mask & prefix) == prefix && fewest_of[mask & ~prefix] + 1u < best)
				best = fewest_of[mask & ~prefix] + 1u;
		}
		fewest_of[mask] = (unsigned char)best;
	}
}

static void
test_cover_is_minimal(void **state)
{
	static unsigned char fewest_of[1u << TINY];
	unsigned mask, i;
	size_t u;

	(void)state;
	fill_fewest(fewest_of);
	for (u = 0; u < BASE_COUNT(universes); u++) {
		Arena *outer = arena;

		lay(&universes[u]);
		/* At the upper ends the last 16 addresses are the ones that matter. */
		if (u == 2 || u == 5)
			origin += BITS - TINY;
		arena = arena_create();
		for (mask = 0; mask < 1u << TINY; mask++) {
			NetSet set = {0};

			for (i = 0; i < TINY; i++) {
				if (mask >> i & 1)
					net_set_add_range(arena, &set, range_at(i, i));
			}
			net_set_normalise(&set);
			check_cover(&set, fewest_of[mask]);
		}
		arena_destroy(arena);
		arena = outer;
	}
}

/* --- sorting ---------------------------------------------------------------------------------- */

static int
compare_range4(const void *a, const void *b)
{
	const NetRange4 *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static int
compare_range6(const void *a, const void *b)
{
	const NetRange6 *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* qsort() and the plainest merging. */
static NetSet
model_normalise(const NetSet *set)
{
	NetSet sorted = {0}, merged = {0};
	size_t i;

	net_set_add_all(arena, &sorted, set);
	if (sorted.ip4.len > 0)
		qsort(sorted.ip4.items, sorted.ip4.len, sizeof(NetRange4), compare_range4);
	if (sorted.ip6.len > 0)
		qsort(sorted.ip6.items, sorted.ip6.len, sizeof(NetRange6), compare_range6);
	for (i = 0; i < sorted.ip4.len; i++) {
		NetRange4 next = sorted.ip4.items[i];
		NetRange4 *last = merged.ip4.len > 0 ? &merged.ip4.items[merged.ip4.len - 1] : NULL;

		if (last == NULL || (uint64_t)next.first > (uint64_t)last->last + 1)
			VEC_PUSH(arena, &merged.ip4, next);
		else if (next.last > last->last)
			last->last = next.last;
	}
	for (i = 0; i < sorted.ip6.len; i++) {
		NetRange6 next = sorted.ip6.items[i];
		NetRange6 *last = merged.ip6.len > 0 ? &merged.ip6.items[merged.ip6.len - 1] : NULL;

		if (last == NULL || (next.first > last->last && next.first - last->last > 1))
			VEC_PUSH(arena, &merged.ip6, next);
		else if (next.last > last->last)
			last->last = next.last;
	}
	return merged;
}

/* The i-th of n prefixes, in shapes that a radix sort could trip over. */
static NetPrefix
shaped_prefix(unsigned shape, unsigned i, unsigned n)
{
	NetFamily which = i % 2 == 0 ? NET_IP4 : NET_IP6;
	unsigned all = net_family_bits(which);

	switch (shape) {
	case 0: return net_prefix_of(which, random_address(which), all - random_below(8));
	case 1: return net_prefix_of(which, (NetBits)i * 3, all);               /* ascending */
	case 2: return net_prefix_of(which, (NetBits)(n - i) * 3, all);         /* descending */
	case 3: return net_prefix_of(which, 0xc6336400, all - random_below(8)); /* one address */
	case 4: return net_prefix_of(which, random_below(2), all - random_below(2));
	case 5: /* only the first octet differs */
		return net_prefix_of(which, (NetBits)random_below(256) << (all - 8), all);
	}
	return net_prefix_of(which, random_address(which), random_below(all + 1));
}

static void
test_normalise(void **state)
{
	static const unsigned sizes[] = {0, 1, 2, 25, 126, 128, 130, 132, 300, 20000};
	unsigned shape, i;
	size_t s;

	(void)state;
	random_state = 12;
	for (shape = 0; shape <= 6; shape++) {
		for (s = 0; s < BASE_COUNT(sizes); s++) {
			NetSet set = {0}, expected;

			for (i = 0; i < sizes[s]; i++)
				net_set_add(arena, &set, shaped_prefix(shape, i, sizes[s]));
			expected = model_normalise(&set);
			net_set_normalise(&set);
			assert_true(net_set_equal(&set, &expected));
			net_set_normalise(&set);
			assert_true(net_set_equal(&set, &expected));
		}
	}
}

/* In place, and without a single request for memory. */
static void
test_normalise_takes_no_memory(void **state)
{
	NetSet set = {0};
	unsigned i;
	size_t used;
	const NetRange4 *items;

	(void)state;
	random_state = 13;
	for (i = 0; i < 10000; i++)
		net_set_add(arena, &set, random_prefix());
	used = arena_used(arena);
	items = set.ip4.items;
	arena_fail_at(1);
	net_set_normalise(&set);
	arena_fail_at(0);
	assert_int_equal(arena_used(arena), used);
	assert_ptr_equal(set.ip4.items, items);
}

/* --- everything, nothing, both families ------------------------------------------------------- */

static void
test_everything(void **state)
{
	NetSet nothing = {0}, everything = net_set_complement(arena, &nothing), set;
	NetPrefix halves[] = {prefix_of_text("128.0.0.0/1"), prefix_of_text("8000::/1"),
		prefix_of_text("0.0.0.0/1"), prefix_of_text("::/1")};
	NetPrefixVec cover;

	(void)state;
	assert_true(net_set_is_empty(&nothing));
	assert_int_equal(net_set_count4(&everything), (uint64_t)1 << 32);
	assert_bits_equal(net_set_count6(&everything), ~(NetBits)0);
	set = net_set_of(arena, halves, BASE_COUNT(halves));
	assert_true(net_set_equal(&set, &everything));
	net_set_cover(arena, &set, &cover);
	assert_int_equal(cover.len, 2);
	assert_int_equal(net_prefix_compare(cover.items[0], prefix_of_text("0.0.0.0/0")), 0);
	assert_int_equal(net_prefix_compare(cover.items[1], prefix_of_text("::/0")), 0);
	set = net_set_complement(arena, &everything);
	assert_true(net_set_is_empty(&set));
	set = net_set_subtract(arena, &everything, &everything);
	assert_true(net_set_is_empty(&set));
	net_set_cover(arena, &nothing, &cover);
	assert_int_equal(cover.len, 0);
	assert_true(net_set_contains_set(&everything, &nothing));
	assert_false(net_set_contains_set(&nothing, &everything));
	assert_false(net_set_contains(&nothing, prefix_of_text("::/0")));
	assert_true(net_set_contains(&everything, prefix_of_text("::/0")));
	set = net_set_of(arena, halves, 2);
	assert_int_equal(net_set_count4(&set), (uint64_t)1 << 31);
	assert_bits_equal(net_set_count6(&set), (NetBits)1 << 127);
}

/* 192.0.2.1 is not ::c000:201. */
static void
test_families_are_apart(void **state)
{
	NetPrefix both[] = {prefix_of_text("192.0.2.0/24"), prefix_of_text("::c000:200/120")};
	NetSet ip4 = net_set_of(arena, both, 1), ip6 = net_set_of(arena, both + 1, 1), set;

	(void)state;
	assert_false(net_set_overlaps(&ip4, &ip6));
	assert_false(net_set_contains_set(&ip4, &ip6));
	assert_false(net_set_equal(&ip4, &ip6));
	assert_false(net_set_contains(&ip4, prefix_of_text("::c000:201")));
	assert_false(net_set_contains(&ip6, prefix_of_text("192.0.2.1")));
	set = net_set_subtract(arena, &ip4, &ip6);
	assert_true(net_set_equal(&set, &ip4));
	set = net_set_union(arena, &ip4, &ip6);
	assert_int_equal(net_set_count4(&set), 256);
	assert_bits_equal(net_set_count6(&set), 256);
	set = net_set_of(arena, both, 2);
	net_set_add_all(arena, &set, &set);
	assert_int_equal(set.ip4.len, 2);
	assert_int_equal(set.ip6.len, 2);
	net_set_normalise(&set);
	assert_int_equal(set.ip4.len, 1);
	assert_int_equal(set.ip6.len, 1);
}

static void
test_model_and_set_agree_to_begin_with(void **state)
{
	Model model = {0};
	NetSet set;

	(void)state;
	lay(&universes[2]);
	model.bits[0] = model.bits[1] = model.bits[BITS - 1] = true;
	set = set_of(&model);
	assert_int_equal(set.ip4.len, 2);
	assert_int_equal(set.ip4.items[0].first, 0xfffffc00);
	assert_int_equal(set.ip4.items[0].last, 0xfffffc01);
	assert_int_equal(set.ip4.items[1].first, 0xffffffff);
	assert_model(&set, &model);
}

static int
set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model_and_set_agree_to_begin_with),
		cmocka_unit_test(test_against_the_model),
		cmocka_unit_test(test_cover_is_minimal),
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_normalise_takes_no_memory),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_families_are_apart),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
