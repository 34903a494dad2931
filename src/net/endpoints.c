/* Exchange Online's own names and limits: the rows of src/data/endpoints.csv and limits.csv. */
#include "net/net_int.h"

#define ENDPOINTS_MAX 64

static NetEndpoint endpoints[ENDPOINTS_MAX];
static size_t endpoints_len;

static NetEndpointUse
use_of(Str text)
{
	static const char *const texts[] = {
		[NET_ENDPOINT_MX] = "mx",
		[NET_ENDPOINT_SUBMISSION] = "submission",
		[NET_ENDPOINT_HVE] = "hve",
		[NET_ENDPOINT_SPF] = "spf",
	};
	size_t i;

	for (i = 0; i < BASE_COUNT(texts); i++) {
		if (str_equal(text, str_from(texts[i])))
			return (NetEndpointUse)i;
	}
	panic("endpoints: `" STR_FMT "` is no use", STR_ARG(text));
}

/* An SPF include is asked for, not connected to: it has none. */
static uint16_t
port_of(Str text)
{
	uint64_t port = 0;

	if (!STR_EQ(text, "-") && !base_parse_number(text, UINT16_MAX, &port))
		panic("endpoints: `" STR_FMT "` is no port", STR_ARG(text));
	return (uint16_t)port;
}

static void
load(void)
{
	enum { CLOUD, USE, NAME, PORT, EVIDENCE, AS_OF, SOURCE, FIELDS };
	Str rest, fields[FIELDS];

	if (endpoints_len > 0)
		return;
	rest = net_data("src/data/endpoints.csv");
	while (net_csv_row(&rest, fields, FIELDS)) {
		NetEndpoint *row = &endpoints[endpoints_len++];

		ASSERT(endpoints_len <= ENDPOINTS_MAX);
		row->cloud = fields[CLOUD];
		row->use = use_of(fields[USE]);
		row->name = fields[NAME];
		row->port = port_of(fields[PORT]);
		row->documented = net_csv_is_documented(fields[EVIDENCE]);
		row->as_of = fields[AS_OF];
	}
}

const NetEndpoint *
net_endpoint(Str cloud, NetEndpointUse use)
{
	size_t i;

	load();
	for (i = 0; i < endpoints_len; i++) {
		if (endpoints[i].use == use && str_equal(endpoints[i].cloud, cloud))
			return &endpoints[i];
	}
	return NULL;
}

/* `*.d` covers what has something before the dot. */
static bool
is_named(const NetEndpoint *endpoint, Str host)
{
	Str name = endpoint->name;

	if (!str_starts(name, STR("*")))
		return str_equal_nocase(host, name);
	name = str_slice(name, 1, name.len);
	return host.len > name.len &&
	       str_equal_nocase(str_slice(host, host.len - name.len, host.len), name);
}

/* A whole name says more than an asterisk: `smtp.hve.mx.microsoft` is no MX host. */
const NetEndpoint *
net_endpoint_of_host(Str host)
{
	const NetEndpoint *found = NULL;
	size_t i;

	load();
	if (str_ends(host, STR(".")))
		host = str_slice(host, 0, host.len - 1);
	for (i = 0; i < endpoints_len; i++) {
		if (endpoints[i].use == NET_ENDPOINT_SPF || !is_named(&endpoints[i], host))
			continue;
		if (!str_starts(endpoints[i].name, STR("*")))
			return &endpoints[i];
		if (found == NULL)
			found = &endpoints[i];
	}
	return found;
}

/* The published names are `spf.` and the domain that all includes of the cloud lie in. */
bool
net_is_service_include(Str name)
{
	size_t i;

	load();
	for (i = 0; i < endpoints_len; i++) {
		Str include = endpoints[i].name;

		if (endpoints[i].use != NET_ENDPOINT_SPF)
			continue;
		include = str_slice(include, str_find_char(include, '.', 0) + 1, include.len);
		if (net_name_is_within(name, include))
			return true;
	}
	return false;
}

Str
net_endpoints_date(void)
{
	Str newest = {0};
	size_t i;

	load();
	for (i = 0; i < endpoints_len; i++) {
		if (str_compare(endpoints[i].as_of, newest) > 0)
			newest = endpoints[i].as_of;
	}
	return newest;
}

/* --- limits ----------------------------------------------------------------------------------- */

/* The table is short and asked a few times in a run: it is read anew each time. */
static bool
find_limit(Str name, uint64_t *ret_most, Str *ret_as_of)
{
	enum { LIMIT, MOST, EVIDENCE, AS_OF, SOURCE, FIELDS };
	Str rest = net_data("src/data/limits.csv"), fields[FIELDS];

	while (net_csv_row(&rest, fields, FIELDS)) {
		if (!str_equal(fields[LIMIT], name))
			continue;
		*ret_as_of = fields[AS_OF];
		return base_parse_number(fields[MOST], UINT64_MAX, ret_most);
	}
	return false;
}

static const char *const limit_names[] = {
	[NET_LIMIT_MESSAGES_PER_MINUTE] = "messages-per-minute",
	[NET_LIMIT_RECIPIENTS_PER_DAY] = "recipients-per-day",
};

uint64_t
net_limit(NetLimit limit)
{
	uint64_t most;
	Str as_of;

	if (!find_limit(str_from(limit_names[limit]), &most, &as_of))
		panic("limits: no good row `%s`", limit_names[limit]);
	return most;
}

Str
net_limits_date(void)
{
	Str newest = {0}, as_of;
	uint64_t most;
	size_t i;

	for (i = 0; i < BASE_COUNT(limit_names); i++) {
		if (find_limit(str_from(limit_names[i]), &most, &as_of) &&
			str_compare(as_of, newest) > 0)
			newest = as_of;
	}
	return newest;
}
