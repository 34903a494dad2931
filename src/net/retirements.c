/* When basic authentication ends: the rows of src/data/retirements.csv. */
#include "net/net_int.h"

#define RETIREMENTS_MAX 16

static NetRetirement retirements[RETIREMENTS_MAX];
static size_t retirements_len;

static NetRetirementMeaning
meaning_of(Str text)
{
	if (STR_EQ(text, "default-off"))
		return NET_RETIREMENT_DEFAULT_OFF;
	ASSERT(STR_EQ(text, "removed"));
	return NET_RETIREMENT_REMOVED;
}

static void
load(void)
{
	enum { METHOD, DATE, MEANING, EVIDENCE, AS_OF, SOURCE, FIELDS };
	Str rest = net_data("src/data/retirements.csv"), fields[FIELDS];

	if (retirements_len > 0)
		return;
	while (net_csv_row(&rest, fields, FIELDS)) {
		NetRetirement *row = &retirements[retirements_len++];

		ASSERT(retirements_len <= RETIREMENTS_MAX);
		row->method = fields[METHOD];
		row->date = fields[DATE];
		ASSERT(date_parse(row->date, &row->days));
		row->meaning = meaning_of(fields[MEANING]);
		row->documented = net_csv_is_documented(fields[EVIDENCE]);
		row->as_of = fields[AS_OF];
		row->source = fields[SOURCE];
	}
}

const NetRetirement *
net_basic_retirements(Str method, size_t *ret_len)
{
	const NetRetirement *first = NULL;
	size_t i;

	load();
	*ret_len = 0;
	/* The rows of a method are neighbours: where another one follows, all were seen. */
	for (i = 0; i < retirements_len; i++) {
		if (!str_equal(retirements[i].method, method))
			continue;
		if (first == NULL)
			first = &retirements[i];
		*ret_len += 1;
	}
	ASSERT(first == NULL || str_equal(first[*ret_len - 1].method, method));
	return first;
}

/* Of the newest announcement that the table knows; months and days compare as text. */
Str
net_retirements_date(void)
{
	Str newest = {0};
	size_t i;

	load();
	for (i = 0; i < retirements_len; i++) {
		if (str_compare(retirements[i].as_of, newest) > 0)
			newest = retirements[i].as_of;
	}
	return newest;
}
