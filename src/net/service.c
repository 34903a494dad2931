/* Exchange Online's published ranges per cloud, and the dates of all data of this room. */
#include "net/net_int.h"

#define CLOUDS_MAX 8
#define RANGES_MAX 32

typedef struct Cloud {
	Str name, version;
	NetSet ranges;
	NetRange4 ip4[RANGES_MAX];
	NetRange6 ip6[RANGES_MAX];
} Cloud;

static Cloud clouds[CLOUDS_MAX];
static size_t clouds_len;

static Cloud *
find_cloud(Str name)
{
	size_t i;

	for (i = 0; i < clouds_len; i++) {
		if (str_equal(clouds[i].name, name))
			return &clouds[i];
	}
	return NULL;
}

static Cloud *
add_cloud(Str name, Str version)
{
	Cloud *cloud = &clouds[clouds_len++];

	ASSERT(clouds_len <= CLOUDS_MAX);
	cloud->name = name;
	cloud->version = version;
	cloud->ranges.ip4.items = cloud->ip4;
	cloud->ranges.ip6.items = cloud->ip6;
	return cloud;
}

/* The ranges stand in the table itself: no arena lives long enough. */
static void
add_range(Cloud *cloud, NetPrefix prefix)
{
	NetBits first = net_prefix_first(prefix), last = net_prefix_last(prefix);
	NetSet *set = &cloud->ranges;

	ASSERT(set->ip4.len < RANGES_MAX && set->ip6.len < RANGES_MAX);
	if (prefix.family == NET_IP4)
		set->ip4.items[set->ip4.len++] = (NetRange4){(uint32_t)first, (uint32_t)last};
	else
		set->ip6.items[set->ip6.len++] = (NetRange6){first, last};
}

static void
load(void)
{
	enum { CLOUD, VERSION, PREFIX, FIELDS };
	Str rest = net_data("src/data/service-ranges.csv"), fields[FIELDS];
	NetPrefix prefix;
	size_t i;

	if (clouds_len > 0)
		return;
	while (net_csv_row(&rest, fields, FIELDS)) {
		Cloud *cloud = find_cloud(fields[CLOUD]);

		if (cloud == NULL)
			cloud = add_cloud(fields[CLOUD], fields[VERSION]);
		if (!net_read_prefix(fields[PREFIX], &prefix))
			panic("service ranges: `" STR_FMT "` is no prefix",
				STR_ARG(fields[PREFIX]));
		add_range(cloud, prefix);
	}
	for (i = 0; i < clouds_len; i++)
		net_set_normalise(&clouds[i].ranges);
}

const NetSet *
net_service_ranges(Str cloud)
{
	static const NetSet nothing;
	const Cloud *found;

	load();
	found = find_cloud(cloud);
	return found == NULL ? &nothing : &found->ranges;
}

/* The date after the word "revision" in the first line of a registry. */
static Str
registry_date(const char *file)
{
	Str text = net_data(file), word = STR("revision ");
	size_t at = str_find(text, word) + word.len;
	int32_t days;
	Str date;

	ASSERT(at + 10 <= text.len);
	date = str_slice(text, at, at + 10);
	ASSERT(date_parse(date, &days));
	return date;
}

Str
net_data_dates(Arena *arena)
{
	Buf buf = buf_make(arena);
	size_t i;

	load();
	buf_printf(&buf, "special-purpose registries: IPv4 " STR_FMT ", IPv6 " STR_FMT,
		STR_ARG(registry_date("src/data/iana-ipv4-special.csv")),
		STR_ARG(registry_date("src/data/iana-ipv6-special.csv")));
	buf_lit(&buf, "; Exchange Online ranges:");
	for (i = 0; i < clouds_len; i++) {
		Str version = clouds[i].version; /* YYYYMMDDNN */

		ASSERT(version.len == 10);
		buf_printf(&buf, "%s " STR_FMT " %.4s-%.2s-%.2s", i == 0 ? "" : ",",
			STR_ARG(clouds[i].name), version.ptr, version.ptr + 4, version.ptr + 6);
	}
	buf_printf(&buf, "; endpoints " STR_FMT ", limits " STR_FMT, STR_ARG(net_endpoints_date()),
		STR_ARG(net_limits_date()));
	buf_printf(&buf, "; end of basic authentication " STR_FMT, STR_ARG(net_retirements_date()));
	buf_printf(&buf, "; ranges of mail services " STR_FMT, STR_ARG(net_vendors_date()));
	return buf_text(&buf);
}
