/* The embedded tables: comma separated, one row a line, no quotes; ours, so faults are panics. */
#include "net/net_int.h"

Str
net_data(const char *name)
{
	Str text = embedded_find(net_embedded, net_embedded_len, str_from(name));

	if (text.ptr == NULL)
		panic("%s was not embedded", name);
	return text;
}

static void
split_fields(Str line, Str *fields, size_t len)
{
	size_t at = 0, i;

	for (i = 0; i < len; i++) {
		size_t comma = str_find_char(line, ',', at);

		ASSERT(at <= line.len);
		fields[i] = str_slice(line, at, comma);
		at = comma + 1;
	}
	ASSERT(at == line.len + 1);
}

/* The headings begin with these words; no row of data does. */
static bool
is_heading(Str line)
{
	return str_starts(line, STR("prefix,")) || str_starts(line, STR("cloud,")) ||
	       str_starts(line, STR("method,")) || str_starts(line, STR("limit,"));
}

bool
net_csv_is_documented(Str evidence)
{
	ASSERT(STR_EQ(evidence, "documented") || STR_EQ(evidence, "reported"));
	return STR_EQ(evidence, "documented");
}

bool
net_csv_row(Str *rest, Str *fields, size_t len)
{
	Str line;

	while (str_next_line(rest, &line)) {
		if (line.len == 0 || line.ptr[0] == '#' || is_heading(line))
			continue;
		split_fields(line, fields, len);
		return true;
	}
	return false;
}
