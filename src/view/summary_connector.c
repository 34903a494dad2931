/* The five rows of a connector. */
#include "view/view_int.h"

static const ConnectorValue *
value_of(const StateConnector *connector, ConnectorProperty property)
{
	return &connector->record.values[property];
}

/* Whether SenderIPAddresses holds anything that a sender is told by. */
static bool
has_addresses(const StateConnector *connector)
{
	return connector->by_address && connector->addresses.len > 0;
}

/* --- the source ------------------------------------------------------------------------------- */

static void
add_range(SummaryTable *table, SummarySource *source, NetPrefix range, bool split)
{
	SummaryRange *last;

	if (source->ranges.len > 0) {
		last = &source->ranges.items[source->ranges.len - 1];
		if (net_prefix_compare(last->range, range) == 0) {
			last->pieces += split;
			return;
		}
	}
	VEC_PUSH(table->arena, &source->ranges, ((SummaryRange){range, split}));
}

/* What a connector by certificate is reached from, though it names no address. */
static void
source_ranges(SummaryTable *table, const StateConnector *connector, SummarySource *source)
{
	NetPrefixVec ranges = {0};
	size_t i;
	uint32_t j;

	for (i = 0; i < connector->sources.len; i++) {
		const FieldPrefixes *addresses =
			state_source_addresses(table->model, &connector->sources.items[i]);

		for (j = 0; addresses != NULL && j < addresses->len; j++)
			VEC_PUSH(table->arena, &ranges, addresses->items[j].prefix);
	}
	/* Several sources may leave through one address: sorted, equal ones are neighbours. */
	net_prefixes_sort(&ranges);
	for (i = 0; i < ranges.len; i++)
		add_range(table, source, ranges.items[i], false);
}

/* The ranges as they were written: a /19 is one entry here, and 32 on the connector. */
static SummarySource
source_of(SummaryTable *table, const StateConnector *connector)
{
	SummarySource source = {0};
	size_t i;

	if (!connector->by_address)
		source_ranges(table, connector, &source);
	for (i = 0; connector->by_address && i < connector->addresses.len; i++) {
		const StateAddress *address = &connector->addresses.items[i];

		add_range(table, &source, address->split_from,
			net_prefix_compare(address->range, address->split_from) != 0);
	}
	for (i = 0; i < connector->sources.len; i++) {
		if (connector->sources.items[i].egress != MODEL_SELF)
			summary_add_egress(table, &source, connector->sources.items[i].egress);
	}
	return source;
}

/* More routes than this are counted instead of listed; plan.json has them all. */
#define LISTED_ROUTES 8

static void
note_routes(SummaryTable *table, Json *notes, const StateConnector *connector)
{
	size_t i;

	for (i = 0; i < connector->sources.len && i < LISTED_ROUTES; i++)
		summary_note_with(table, notes, "note.address_from", "route",
			state_source_text(
				table->arena, table->model, &connector->sources.items[i]));
	if (connector->sources.len > LISTED_ROUTES)
		summary_note_with(table, notes, "note.more_routes", "count",
			net_bits_thousands(table->arena, connector->sources.len - LISTED_ROUTES));
}

static Str
address_texts(SummaryTable *table, const NetPrefixVec *prefixes)
{
	Buf buf = buf_make(table->arena);
	size_t i;

	for (i = 0; i < prefixes->len; i++) {
		buf_lit(&buf, i > 0 ? ", " : "");
		net_prefix_write(&buf, prefixes->items[i]);
	}
	return buf_text(&buf);
}

/* Reach, origin, what is different from what a reader expects: in this order in every table. */
static void
source_row(SummaryTable *table, const StateConnector *connector)
{
	Json *notes = summary_notes(table);
	SummarySource source = source_of(table, connector);
	NetPrefixVec left_out = connector->ip6;

	summary_note_reaches(table, notes, &source);
	note_routes(table, notes, connector);
	if (connector->by_default)
		summary_note(table, notes, "note.by_default");
	if (!connector->by_address)
		summary_note(table, notes, "note.source_by_certificate");
	if (left_out.len > 0)
		summary_note_with(table, notes, "note.ipv6_left_out", "addresses",
			address_texts(table, &left_out));
	/* The number of entries that an administrator sees, where it is not that of the ranges. */
	if (connector->by_address && source.ranges.len != connector->addresses.len)
		summary_note_with(table, notes, "note.entries", "count",
			net_bits_thousands(table->arena, connector->addresses.len));
	summary_source_row(table, &source, notes);
}

/* Port 25 in either case: relay through a connector has no other. */
static void
destination_row(SummaryTable *table, const StateConnector *connector)
{
	Json *notes = summary_notes(table);

	summary_note(table, notes,
		connector->require_tls ? "note.port_25_tls" : "note.port_25_opportunistic");
	summary_row(table, "item.destination", summary_mx_host(table), notes);
}

/* --- authentication --------------------------------------------------------------------------- */

static bool
is_for_all_senders(const StateConnector *connector)
{
	const StrVec *list = &value_of(connector, CONNECTOR_SENDER_DOMAINS)->list;
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (str_starts(list->items[i], STR("smtp:*;")))
			return true;
	}
	return false;
}

/* A partner connector is chosen by the sender's domain; what it then refuses is `restrict_to`. */
static void
partner_authentication(SummaryTable *table, const StateConnector *connector, Json *notes)
{
	static const struct {
		const char *setting, *note;
	} texts[2][2] = {
		{{"auth.sender_domain", "restrict.none"},
			{"auth.certificate", "restrict.certificate"}},
		{{"auth.address", "restrict.address"},
			{"auth.address_and_certificate", "restrict.both"}},
	};
	bool address = value_of(connector, CONNECTOR_RESTRICT_ADDRESSES)->on;
	bool certificate = value_of(connector, CONNECTOR_RESTRICT_CERTIFICATE)->on;
	Str setting = summary_text(table, texts[address][certificate].setting);

	if (certificate)
		setting = str_format(table->arena, STR_FMT ": " STR_FMT, STR_ARG(setting),
			STR_ARG(summary_domain(table, connector->certificate)));
	summary_note(table, notes, texts[address][certificate].note);
	if ((address || certificate) && is_for_all_senders(connector))
		summary_note(table, notes, "restrict.all_senders");
	summary_note(table, notes, "note.relay_none");
	summary_row(table, "item.authentication", setting, notes);
}

static void
authentication_row(SummaryTable *table, const StateConnector *connector)
{
	Json *notes = summary_notes(table);
	Str setting;

	if (connector->type == MODEL_PARTNER) {
		partner_authentication(table, connector, notes);
		return;
	}
	setting = summary_text(table, "auth.address");
	if (connector->by_certificate)
		setting = summary_text_with(table,
			has_addresses(connector) ? "auth.address_or_certificate"
						 : "auth.certificate_name",
			"name", summary_domain(table, connector->certificate));
	summary_row(table, "item.authentication", setting, notes);
}

/* --- the name and what is set ----------------------------------------------------------------- */

/* `contoso.com` for `smtp:contoso.com;1`, with the cost where it is not the usual one. */
static Str
sender_domain(SummaryTable *table, Str value)
{
	size_t semicolon = str_find_char(value, ';', 0);
	Str name = str_slice(value, STR("smtp:").len, semicolon);
	Str cost = str_slice(value, semicolon + 1, value.len);

	name = summary_domain(table, name);
	if (STR_EQ(cost, "1"))
		return name;
	return str_format(table->arena, STR_FMT ";" STR_FMT, STR_ARG(name), STR_ARG(cost));
}

static Str
list_item(SummaryTable *table, ConnectorProperty property, Str value)
{
	switch (connector_property_kind(property)) {
	case CONNECTOR_KIND_DOMAINS: return sender_domain(table, value);
	case CONNECTOR_KIND_TEXTS: return summary_domain(table, value);
	case CONNECTOR_KIND_TEXT:
	case CONNECTOR_KIND_FLAG:
	case CONNECTOR_KIND_ADDRESSES: break;
	}
	return value;
}

/* More values than this are counted; the scripts hold them all. */
#define LISTED_VALUES 24

/* "EFUsers = a@contoso.com, b@contoso.com" */
static void
note_list(SummaryTable *table, Json *notes, const StateConnector *connector,
	ConnectorProperty property)
{
	const StrVec *list = &value_of(connector, property)->list;
	Buf buf = buf_make(table->arena);
	size_t i;

	buf_printf(&buf, "%s = ", connector_property_name(property));
	for (i = 0; i < list->len && i < LISTED_VALUES; i++) {
		buf_lit(&buf, i > 0 ? ", " : "");
		buf_str(&buf, list_item(table, property, list->items[i]));
	}
	if (list->len > LISTED_VALUES)
		buf_printf(&buf, ", … (+%zu)", list->len - LISTED_VALUES);
	json_push(table->arena, notes, json_text(table->arena, buf_text(&buf)));
}

/* RequireTls is always said, on or off; the others only where they are on. */
static Str
key_flags(SummaryTable *table, const StateConnector *connector)
{
	static const ConnectorProperty flags[] = {CONNECTOR_REQUIRE_TLS,
		CONNECTOR_RESTRICT_ADDRESSES, CONNECTOR_RESTRICT_CERTIFICATE, CONNECTOR_HYBRID,
		CONNECTOR_INTERNAL, CONNECTOR_SKIP_LAST};
	Buf buf = buf_make(table->arena);
	size_t i;

	for (i = 0; i < BASE_COUNT(flags); i++) {
		const ConnectorValue *value = value_of(connector, flags[i]);

		if (i > 0 && !value->on)
			continue;
		buf_printf(&buf, "%s%s = %s", buf.len > 0 ? ", " : "",
			connector_property_name(flags[i]), value->on ? "True" : "False");
	}
	return buf_text(&buf);
}

static void
name_row(SummaryTable *table, const StateConnector *connector)
{
	static const ConnectorProperty lists[] = {CONNECTOR_SENDER_DOMAINS,
		CONNECTOR_ACCEPTED_DOMAINS, CONNECTOR_SKIP, CONNECTOR_USERS};
	bool partner = connector->type == MODEL_PARTNER;
	Json *notes = summary_notes(table);
	size_t i;

	summary_note_with(table, notes, "note.type", "type",
		summary_text(table, partner ? "type.partner" : "type.on_premises"));
	if (!connector->enabled)
		summary_note(table, notes, "note.disabled");
	if (!connector->managed)
		summary_note(table, notes, "note.unmanaged");
	summary_note_with(table, notes, "note.key_flags", "flags", key_flags(table, connector));
	for (i = 0; i < BASE_COUNT(lists); i++) {
		const ConnectorValue *value = value_of(connector, lists[i]);

		if (value->list.len > 0 &&
			(value->stated || (partner && lists[i] == CONNECTOR_SENDER_DOMAINS)))
			note_list(table, notes, connector, lists[i]);
	}
	summary_row(table, "item.connector_name", connector->name, notes);
}

/* --- the check -------------------------------------------------------------------------------- */

/* What tells this connector from one that works otherwise: what it always has, and what the spec
 * states or what is not as Exchange Online sets it by itself. */
static bool
is_worth_checking(const StateConnector *connector, ConnectorProperty property)
{
	const ConnectorValue *value = value_of(connector, property);
	bool partner = connector->type == MODEL_PARTNER;

	switch (property) {
	case CONNECTOR_TYPE:
	case CONNECTOR_ENABLED:
	case CONNECTOR_REQUIRE_TLS: return true;
	case CONNECTOR_COMMENT: return false;
	case CONNECTOR_SENDER_DOMAINS:
	case CONNECTOR_RESTRICT_ADDRESSES:
	case CONNECTOR_RESTRICT_CERTIFICATE: return partner || value->stated;
	case CONNECTOR_SENDER_ADDRESSES:
	case CONNECTOR_ACCEPTED_DOMAINS:
	case CONNECTOR_CERTIFICATE:
	case CONNECTOR_HYBRID:
	case CONNECTOR_INTERNAL:
	case CONNECTOR_SKIP_LAST:
	case CONNECTOR_SKIP:
	case CONNECTOR_USERS:
	case CONNECTOR_PROPERTIES: break;
	}
	return value->stated || value->on || value->text.len > 0 || value->list.len > 0;
}

/*
 * All connectors, filtered by name: with -Identity Exchange gives every connector when the name is
 * unknown. The name is a literal, as it may hold anything.
 */
static void
check_row(SummaryTable *table, const StateConnector *connector)
{
	Json *notes = summary_notes(table);
	Buf command = buf_make(table->arena);
	size_t i;

	buf_lit(&command, "Get-InboundConnector | Where-Object Name -eq ");
	text_powershell(&command, connector->name);
	buf_lit(&command, " | Format-List Name");
	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		if (is_worth_checking(connector, (ConnectorProperty)i))
			buf_printf(&command, ", %s", connector_property_name((ConnectorProperty)i));
	}
	summary_note_with(table, notes, "note.admin_path", "name", connector->name);
	summary_command_row(table, "item.check", buf_text(&command), notes);
}

Json *
summary_connector(SummaryTable *table, const StateConnector *connector)
{
	Json *object = summary_table(table, "summary.connector", connector->name);

	source_row(table, connector);
	destination_row(table, connector);
	authentication_row(table, connector);
	name_row(table, connector);
	check_row(table, connector);
	return object;
}
