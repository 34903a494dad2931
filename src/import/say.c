/* What a spec can say, and what not. */
#include "import/import_int.h"

const char *
import_text_problem(Str text, bool free_text)
{
	size_t at = 0;

	if (text.len > DOC_MAX_SCALAR)
		return "is longer than a text of a spec can be";
	while (at < text.len) {
		uint32_t c = utf8_next(text, &at);

		if (free_text && (c == '\n' || c == '\t' || utf8_is_line_separator(c)))
			continue;
		if (utf8_is_control(c) || utf8_is_line_separator(c))
			return "holds a control character";
	}
	return NULL;
}

bool
import_is_partner(const ConnectorLive *live)
{
	return str_equal_nocase(live->record.values[CONNECTOR_TYPE].text, STR("Partner"));
}

/* The decoder takes what is a name already, in lower case and as A-labels. */
static bool
is_normal_name(Arena *arena, Str text)
{
	Str name;

	return net_name_parse(arena, text, NET_NAME_HOST, &name) == NET_NAME_OK &&
	       str_equal_nocase(name, text);
}

bool
import_sender_domain(Arena *arena, Str text, FieldItem *ret_item)
{
	size_t semicolon = str_find_char(text, ';', 0);
	uint64_t cost;
	Str name;

	if (!str_starts(text, STR("smtp:")) || semicolon == text.len ||
		!base_parse_number(str_slice(text, semicolon + 1, text.len), 100, &cost) ||
		cost == 0)
		return false;
	name = str_slice(text, STR("smtp:").len, semicolon);
	*ret_item = (FieldItem){.text = name, .cost = (uint32_t)cost};
	if (str_starts(name, STR("*.")))
		name = str_slice(name, 2, name.len);
	return STR_EQ(ret_item->text, "*") || is_normal_name(arena, name);
}

bool
import_is_skip_entry(Str text)
{
	NetRange range;

	return net_range_parse(text, &range) == NET_ADDRESS_OK;
}

/* SenderIPAddresses as the service takes them: anything else would be split, or left out. */
static bool
is_written_address(Str text)
{
	NetPrefix prefix;

	return net_prefix_parse(text, &prefix) == NET_ADDRESS_OK && prefix.family == NET_IP4 &&
	       prefix.len >= CONNECTOR_MIN_LENGTH;
}

static const char *
lists_problem(Arena *arena, const ConnectorLive *live)
{
	const ConnectorValue *values = live->record.values;
	const StrVec *senders = &values[CONNECTOR_SENDER_DOMAINS].list;
	const StrVec *accepted = &values[CONNECTOR_ACCEPTED_DOMAINS].list;
	const StrVec *addresses = &values[CONNECTOR_SENDER_ADDRESSES].list;
	FieldItem item;
	size_t i;

	for (i = 0; i < addresses->len; i++) {
		if (!is_written_address(addresses->items[i]))
			return "`SenderIPAddresses` holds more than IPv4 addresses and networks "
			       "from /24 to /32";
	}
	for (i = 0; i < senders->len; i++) {
		if (!import_sender_domain(arena, senders->items[i], &item))
			return "`SenderDomains` holds something that is no domain with a cost "
			       "from 1 to 100";
	}
	if (senders->len == 0 && import_is_partner(live))
		return "a partner connector without `SenderDomains`";
	for (i = 0; i < accepted->len; i++) {
		if (!is_normal_name(arena, accepted->items[i]))
			return "`AssociatedAcceptedDomains` holds something that is no domain "
			       "name";
	}
	return NULL;
}

const char *
import_connector_problem(Arena *arena, const ConnectorLive *live)
{
	Str certificate = live->record.values[CONNECTOR_CERTIFICATE].text;

	if (import_text_problem(live->record.name, false) != NULL)
		return "no spec can hold its name";
	if (import_text_problem(certificate, false) != NULL)
		return "no spec can hold its `TlsSenderCertificateName`";
	return lists_problem(arena, live);
}
