/*
 * Special-purpose blocks against a model that knows nothing of the code under test: it reads both
 * registries itself, keeps a flat list and looks for the longest prefix one address at a time.
 */
#include "test_net.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Row {
	char text[64], reachable[16], rfc[16], name[80];
	NetFamily family;
	NetBits first, last;
	unsigned len;
	NetClass net_class;
} Row;

static Row rows[80];
static size_t rows_len;

static void
add_row(const char *text, const char *name, const char *rfc, const char *reachable)
{
	Row *row = &rows[rows_len++];
	char address[64];
	const char *slash = strchr(text, '/');
	NetBits hosts;

	assert_true(rows_len <= BASE_COUNT(rows) && slash != NULL);
	snprintf(row->text, sizeof(row->text), "%s", text);
	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(row->rfc, sizeof(row->rfc), "%s", rfc);
	snprintf(row->reachable, sizeof(row->reachable), "%s", reachable);
	snprintf(address, sizeof(address), "%.*s", (int)(slash - text), text);
	row->family = strchr(text, ':') == NULL ? NET_IP4 : NET_IP6;
	row->first = bits_of_text(address);
	row->len = (unsigned)strtoul(slash + 1, NULL, 10);
	hosts = row->len == 0 ? 0 : (NetBits)1 << ((row->family == NET_IP4 ? 32 : 128) - row->len);
	row->last = row->first + (hosts - 1);
}

/* By the names in the registries: those that the specification of the rules names. */
static NetClass
model_class(const Row *row)
{
	static const char *const refused[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
		"127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8", "0.0.0.0/32"};
	static const char *const documentation[] = {
		"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"};
	size_t i;

	if (strcmp(row->reachable, "false") != 0)
		return NET_CLASS_SPECIAL;
	for (i = 0; i < BASE_COUNT(refused); i++) {
		if (strcmp(row->text, refused[i]) == 0)
			return NET_CLASS_REFUSED;
	}
	for (i = 0; i < BASE_COUNT(documentation); i++) {
		if (strcmp(row->text, documentation[i]) == 0)
			return NET_CLASS_DOCUMENTATION;
	}
	return NET_CLASS_NOT_GLOBAL;
}

/* Cuts the line at its commas, in place. */
static size_t
split(char *line, char *fields[8])
{
	size_t len = 0;
	char *comma;

	line[strcspn(line, "\n")] = '\0';
	for (; len < 8; line = comma + 1) {
		fields[len++] = line;
		comma = strchr(line, ',');
		if (comma == NULL)
			break;
		*comma = '\0';
	}
	return len;
}

static size_t
read_registry(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[512], *fields[8];
	size_t before = rows_len;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		if (line[0] < '0' || strncmp(line, "prefix,", 7) == 0)
			continue;
		assert_int_equal(split(line, fields), 5);
		add_row(fields[0], fields[1], fields[2], fields[3]);
	}
	fclose(file);
	return rows_len - before;
}

static int
set_up(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(read_registry(TEST_ROOT "/src/data/iana-ipv4-special.csv"), 26);
	assert_int_equal(read_registry(TEST_ROOT "/src/data/iana-ipv6-special.csv"), 25);
	add_row("224.0.0.0/4", "Multicast", "RFC5771", "false");
	add_row("ff00::/8", "Multicast", "RFC4291", "false");
	for (i = 0; i < rows_len; i++)
		rows[i].net_class = model_class(&rows[i]);
	return 0;
}

/* --- the model -------------------------------------------------------------------------------- */

static const Row *
model_row(NetFamily family, NetBits address)
{
	const Row *best = NULL;
	size_t i;

	for (i = 0; i < rows_len; i++) {
		if (rows[i].family == family && rows[i].first <= address &&
			address <= rows[i].last && (best == NULL || rows[i].len > best->len))
			best = &rows[i];
	}
	return best;
}

static NetClass
model_class_at(NetFamily family, NetBits address)
{
	const Row *row = model_row(family, address);

	return row == NULL ? NET_CLASS_GLOBAL : row->net_class;
}

/*
 * Class changes happen only where a row begins or just after one ends, so these points and the
 * first address speak for a whole range. Gives the worst class and the first address that has it.
 */
static NetClass
model_worst(NetFamily family, NetBits first, NetBits last, NetBits *ret_at)
{
	NetClass worst = model_class_at(family, first);
	size_t i, side;

	*ret_at = first;
	for (i = 0; i < rows_len; i++) {
		for (side = 0; side < 2 && rows[i].family == family; side++) {
			NetBits at = side == 0 ? rows[i].first : rows[i].last + 1;
			NetClass found;

			if (at <= first || at > last)
				continue;
			found = model_class_at(family, at);
			if (found > worst || (found == worst && at < *ret_at)) {
				worst = found;
				*ret_at = at;
			}
		}
	}
	return worst;
}

/* Whether every address of the range has the class. */
static bool
model_has_class(NetFamily family, NetBits first, NetBits last, NetClass net_class)
{
	size_t i, side;

	if (model_class_at(family, first) != net_class)
		return false;
	for (i = 0; i < rows_len; i++) {
		for (side = 0; side < 2 && rows[i].family == family; side++) {
			NetBits at = side == 0 ? rows[i].first : rows[i].last + 1;

			if (at > first && at <= last && model_class_at(family, at) != net_class)
				return false;
		}
	}
	return true;
}

/* The most specific row of the class that holds the prefix, if all of it has the class. */
static const Row *
model_part_row(NetPrefix part, NetClass net_class)
{
	NetBits first = net_prefix_first(part), last = net_prefix_last(part);
	const Row *best = NULL;
	size_t i;

	if (!model_has_class(part.family, first, last, net_class))
		return NULL;
	for (i = 0; i < rows_len; i++) {
		if (rows[i].family == part.family && rows[i].first <= first &&
			last <= rows[i].last && (best == NULL || rows[i].len > best->len))
			best = &rows[i];
	}
	return best != NULL && best->net_class == net_class ? best : NULL;
}

static void
check_block(const NetBlock *block, const Row *row)
{
	assert_non_null(block);
	assert_bits_equal(net_prefix_bits(block->prefix), row->first);
	assert_int_equal(block->prefix.family, row->family);
	assert_int_equal(block->prefix.len, row->len);
	assert_int_equal(block->net_class, row->net_class);
	assert_text(block->name, row->name);
	assert_text(block->rfc, row->rfc);
}

static void
check_prefix(NetPrefix prefix)
{
	NetVerdict verdict = net_classify(prefix);
	NetBits first = net_prefix_first(prefix), last = net_prefix_last(prefix), at;
	NetClass worst = model_worst(prefix.family, first, last, &at);
	NetPrefix wider;

	assert_int_equal(verdict.net_class, worst);
	assert_true(net_prefix_contains(prefix, verdict.part));
	assert_false(net_prefix_has_host_bits(verdict.part));
	if (worst == NET_CLASS_GLOBAL) {
		assert_null(verdict.block);
		assert_int_equal(net_prefix_compare(verdict.part, net_prefix_network(prefix)), 0);
		return;
	}
	assert_bits_equal(net_prefix_first(verdict.part), at);
	assert_non_null(model_part_row(verdict.part, worst));
	check_block(verdict.block, model_part_row(verdict.part, worst));
	/* It could not be wider. */
	for (wider = verdict.part; wider.len > prefix.len;) {
		wider.len--;
		assert_true(net_prefix_first(wider) != at || model_part_row(wider, worst) == NULL);
	}
}

static void
check_address(NetFamily family, NetBits address)
{
	NetPrefix single = net_prefix_of(family, address, net_family_bits(family));
	NetVerdict verdict = net_classify(single);
	const Row *row = model_row(family, address);

	assert_int_equal(verdict.net_class, row == NULL ? NET_CLASS_GLOBAL : row->net_class);
	assert_int_equal(net_prefix_compare(verdict.part, single), 0);
	if (row == NULL)
		assert_null(verdict.block);
	else
		check_block(verdict.block, row);
}

/* --- tests ------------------------------------------------------------------------------------ */

static void
test_every_row_and_boundary(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < rows_len; i++) {
		const Row *row = &rows[i];
		NetBits end = net_prefix_last(net_prefix_of(row->family, 0, 0));

		check_address(row->family, row->first);
		check_address(row->family, row->first + (row->last - row->first) / 2);
		check_address(row->family, row->last);
		if (row->first > 0)
			check_address(row->family, row->first - 1);
		if (row->last < end)
			check_address(row->family, row->last + 1);
	}
}

/* Prefixes of every length on both sides of every boundary, as written: with host bits. */
static void
test_every_length_at_every_boundary(void **state)
{
	size_t i, side;
	unsigned len;

	(void)state;
	for (i = 0; i < rows_len; i++) {
		for (side = 0; side < 4; side++) {
			NetBits near[4] = {
				rows[i].first, rows[i].last, rows[i].first - 1, rows[i].last + 1};
			NetBits address = near[side];

			if (rows[i].family == NET_IP4)
				address = (uint32_t)address;
			for (len = 0; len <= net_family_bits(rows[i].family); len++)
				check_prefix(net_prefix_of(rows[i].family, address, len));
		}
	}
}

static void
test_random_prefixes(void **state)
{
	unsigned i;

	(void)state;
	random_state = 5;
	for (i = 0; i < 20000; i++)
		check_prefix(random_prefix());
}

typedef struct Known {
	const char *text;
	NetClass net_class;
	const char *part, *block; /* NULL where global */
} Known;

/* By hand: guards against the same mistake in the model and in the code. */
static const Known known[] = {
	{"10.1.1.30", NET_CLASS_REFUSED, "10.1.1.30", "10.0.0.0/8"},
	{"172.15.255.255", NET_CLASS_GLOBAL, NULL, NULL},
	{"172.16.0.0/12", NET_CLASS_REFUSED, "172.16.0.0/12", "172.16.0.0/12"},
	{"172.32.0.0", NET_CLASS_GLOBAL, NULL, NULL},
	{"192.168.0.1/25", NET_CLASS_REFUSED, "192.168.0.0/25", "192.168.0.0/16"},
	{"127.0.0.1", NET_CLASS_REFUSED, "127.0.0.1", "127.0.0.0/8"},
	{"169.254.1.1", NET_CLASS_REFUSED, "169.254.1.1", "169.254.0.0/16"},
	{"0.0.0.0", NET_CLASS_REFUSED, "0.0.0.0", "0.0.0.0/32"},
	{"0.0.0.1", NET_CLASS_REFUSED, "0.0.0.1", "0.0.0.0/8"},
	{"0.0.0.0/0", NET_CLASS_REFUSED, "0.0.0.0/8", "0.0.0.0/8"},
	{"8.0.0.0/5", NET_CLASS_REFUSED, "10.0.0.0/8", "10.0.0.0/8"},
	{"11.0.0.0/8", NET_CLASS_GLOBAL, NULL, NULL},
	{"100.64.0.1", NET_CLASS_NOT_GLOBAL, "100.64.0.1", "100.64.0.0/10"},
	{"100.0.0.0/8", NET_CLASS_NOT_GLOBAL, "100.64.0.0/10", "100.64.0.0/10"},
	{"192.0.0.0/24", NET_CLASS_NOT_GLOBAL, "192.0.0.0/29", "192.0.0.0/29"},
	{"192.0.0.8/29", NET_CLASS_NOT_GLOBAL, "192.0.0.8", "192.0.0.8/32"},
	{"192.0.0.9", NET_CLASS_SPECIAL, "192.0.0.9", "192.0.0.9/32"},
	{"192.0.0.10/31", NET_CLASS_NOT_GLOBAL, "192.0.0.11", "192.0.0.0/24"},
	{"192.0.0.170/31", NET_CLASS_NOT_GLOBAL, "192.0.0.170/31", "192.0.0.0/24"},
	{"192.88.99.0/24", NET_CLASS_NOT_GLOBAL, "192.88.99.2", "192.88.99.2/32"},
	{"192.88.99.128/25", NET_CLASS_SPECIAL, "192.88.99.128/25", "192.88.99.0/24"},
	{"198.51.100.10", NET_CLASS_DOCUMENTATION, "198.51.100.10", "198.51.100.0/24"},
	{"198.0.0.0/8", NET_CLASS_NOT_GLOBAL, "198.18.0.0/15", "198.18.0.0/15"},
	{"203.0.112.0/23", NET_CLASS_DOCUMENTATION, "203.0.113.0/24", "203.0.113.0/24"},
	{"224.0.0.251", NET_CLASS_NOT_GLOBAL, "224.0.0.251", "224.0.0.0/4"},
	{"224.0.0.0/3", NET_CLASS_NOT_GLOBAL, "224.0.0.0/4", "224.0.0.0/4"},
	{"255.255.255.255", NET_CLASS_NOT_GLOBAL, "255.255.255.255", "255.255.255.255/32"},
	{"::", NET_CLASS_NOT_GLOBAL, "::", "::/128"},
	{"::/127", NET_CLASS_NOT_GLOBAL, "::", "::/128"},
	{"::/0", NET_CLASS_NOT_GLOBAL, "::", "::/128"},
	{"::ffff:a01:11e", NET_CLASS_NOT_GLOBAL, "::ffff:a01:11e", "::ffff:0:0/96"},
	{"64:ff9b::102:304", NET_CLASS_SPECIAL, "64:ff9b::102:304", "64:ff9b::/96"},
	{"2001::1", NET_CLASS_SPECIAL, "2001::1", "2001::/32"},
	{"2001:5::1", NET_CLASS_NOT_GLOBAL, "2001:5::1", "2001::/23"},
	{"2001:20::/27", NET_CLASS_SPECIAL, "2001:20::/28", "2001:20::/28"},
	{"2001:db8::1", NET_CLASS_DOCUMENTATION, "2001:db8::1", "2001:db8::/32"},
	{"3fff:fff::/32", NET_CLASS_DOCUMENTATION, "3fff:fff::/32", "3fff::/20"},
	{"3fff:1000::", NET_CLASS_GLOBAL, NULL, NULL},
	{"2002:c000:201::1", NET_CLASS_SPECIAL, "2002:c000:201::1", "2002::/16"},
	{"fc00::/7", NET_CLASS_NOT_GLOBAL, "fc00::/7", "fc00::/7"},
	{"fe80::/9", NET_CLASS_NOT_GLOBAL, "fe80::/10", "fe80::/10"},
	{"fec0::1", NET_CLASS_GLOBAL, NULL, NULL},
	{"ff02::1", NET_CLASS_NOT_GLOBAL, "ff02::1", "ff00::/8"},
	{"2620:1ec::1", NET_CLASS_GLOBAL, NULL, NULL},
};

static void
test_known(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(known); i++) {
		NetVerdict verdict = net_classify(prefix_of_text(known[i].text));

		if (verdict.net_class != known[i].net_class)
			fail_msg("%s: class %d", known[i].text, (int)verdict.net_class);
		if (known[i].part == NULL) {
			assert_null(verdict.block);
			continue;
		}
		assert_int_equal(
			net_prefix_compare(verdict.part, prefix_of_text(known[i].part)), 0);
		assert_int_equal(
			net_prefix_compare(verdict.block->prefix, prefix_of_text(known[i].block)),
			0);
	}
}

/* A verdict says what it means to a reader, too. */
static void
test_block_has_its_words(void **state)
{
	NetVerdict verdict = net_classify(prefix_of_text("100.64.0.1"));

	(void)state;
	assert_text(verdict.block->name, "Shared Address Space");
	assert_text(verdict.block->rfc, "RFC6598");
	assert_text(verdict.block->note, "CGNAT");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_every_row_and_boundary),
		cmocka_unit_test(test_every_length_at_every_boundary),
		cmocka_unit_test(test_random_prefixes),
		cmocka_unit_test(test_block_has_its_words),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
