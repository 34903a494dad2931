/* Ranges of mail services that many customers share: the rows of src/data/vendor-ranges.csv. */
#include "net/net_int.h"

#define VENDORS_MAX 64

static NetVendorRange vendors[VENDORS_MAX];
static size_t vendors_len;
/* Whether a range begins with these eight bits: most addresses are told by them. */
static bool first_octets[256];

static void
load(void)
{
	enum { PREFIX, SERVICE, AS_OF, SOURCE, FIELDS };
	Str rest, fields[FIELDS];

	if (vendors_len > 0)
		return;
	rest = net_data("src/data/vendor-ranges.csv");
	while (net_csv_row(&rest, fields, FIELDS)) {
		NetVendorRange *row = &vendors[vendors_len++];

		ASSERT(vendors_len <= VENDORS_MAX);
		ASSERT(net_read_prefix(fields[PREFIX], &row->range));
		ASSERT(row->range.family == NET_IP4 && row->range.len >= 8);
		row->service = fields[SERVICE];
		row->as_of = fields[AS_OF];
		first_octets[row->range.lo >> 24] = true;
	}
}

const NetVendorRange *
net_vendor_range(NetPrefix prefix)
{
	size_t i;

	load();
	if (prefix.family != NET_IP4 || (prefix.len >= 8 && !first_octets[prefix.lo >> 24]))
		return NULL;
	for (i = 0; i < vendors_len; i++) {
		if (net_prefix_overlaps(vendors[i].range, prefix))
			return &vendors[i];
	}
	return NULL;
}

Str
net_vendors_date(void)
{
	Str newest = {0};
	size_t i;

	load();
	for (i = 0; i < vendors_len; i++) {
		if (newest.ptr == NULL || str_compare(vendors[i].as_of, newest) > 0)
			newest = vendors[i].as_of;
	}
	return newest;
}
