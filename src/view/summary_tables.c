/* The five rows: of a connector, and of a host that uses none. */
#include "view/view_int.h"

#include "text/text.h"

/* Makes the new table's rows the ones that are added to. */
static Json *
make_table(SummaryTable *table, const char *key, Str name)
{
	Json *object = json_object(table->arena);

	table->rows = json_list(table->arena);
	json_set(table->arena, object, STR("title"),
		json_text(table->arena,
			view_string_with(table->arena, table->language, key, "name", name)));
	json_set(table->arena, object, STR("rows"), table->rows);
	return object;
}

/* --- connectors
 * --------------------------------------------------------------------------------------- */

/* What a connector by certificate is reached from, though it names no address. */
static void
source_ranges(SummaryTable *table, const StateConnector *connector, NetPrefixVec *ret_ranges)
{
	size_t i, len = 0;
	uint32_t j;

	for (i = 0; i < connector->sources.len; i++) {
		const FieldPrefixes *addresses =
			state_source_addresses(table->model, &connector->sources.items[i]);

		for (j = 0; addresses != NULL && j < addresses->len; j++)
			VEC_PUSH(table->arena, ret_ranges, addresses->items[j].prefix);
	}
	/* Several sources may leave through one address: sorted, equal ones are neighbours. */
	net_prefixes_sort(ret_ranges);
	for (i = 0; i < ret_ranges->len; i++) {
		if (len == 0 ||
			net_prefix_compare(ret_ranges->items[len - 1], ret_ranges->items[i]) != 0)
			ret_ranges->items[len++] = ret_ranges->items[i];
	}
	ret_ranges->len = len;
}

/* The ranges as they were written: a /19 is one entry here, and 32 on the connector. */
static void
written_ranges(SummaryTable *table, const StateConnector *connector, NetPrefixVec *ret_ranges)
{
	size_t i;

	if (!connector->by_address) {
		source_ranges(table, connector, ret_ranges);
		return;
	}
	for (i = 0; i < connector->addresses.len; i++) {
		NetPrefix from = connector->addresses.items[i].split_from;

		if (ret_ranges->len == 0 ||
			net_prefix_compare(ret_ranges->items[ret_ranges->len - 1], from) != 0)
			VEC_PUSH(table->arena, ret_ranges, from);
	}
}

/* Each distinct class of addresses is said once. */
static void
note_reaches(SummaryTable *table, Json *notes, const NetPrefixVec *ranges)
{
	unsigned said = 0;
	size_t i;

	for (i = 0; i < ranges->len; i++) {
		NetVerdict verdict = net_classify(ranges->items[i]);

		if ((said & 1u << verdict.net_class) == 0)
			summary_note_reach(table, notes, ranges->items[i]);
		said |= 1u << verdict.net_class;
	}
}

/* More routes than this are counted instead of listed; plan.json has them all. */
#define LISTED_ROUTES 8

static void
note_routes(SummaryTable *table, Json *notes, const StateConnector *connector)
{
	size_t i;

	for (i = 0; i < connector->sources.len && i < LISTED_ROUTES; i++)
		summary_note_with(table, notes, "note.address_from", "route",
			state_source_text(table->model, &connector->sources.items[i]));
	if (connector->sources.len > LISTED_ROUTES)
		json_push(table->arena, notes,
			json_format(
				table->arena, "… (+%zu)", connector->sources.len - LISTED_ROUTES));
}

static void
source_row(SummaryTable *table, const StateConnector *connector)
{
	Json *notes = summary_notes(table);
	NetPrefixVec ranges = {0}, left_out = connector->ip6;

	written_ranges(table, connector, &ranges);
	note_reaches(table, notes, &ranges);
	note_routes(table, notes, connector);
	if (connector->by_default)
		summary_note(table, notes, "note.by_default");
	if (!connector->by_address)
		summary_note(table, notes, "note.source_by_certificate");
	if (left_out.len > 0)
		summary_note_with(table, notes, "note.ipv6_left_out", "addresses",
			summary_addresses(table, &left_out));
	/* The number of entries that an administrator sees, where it is not that of the ranges. */
	if (connector->by_address && ranges.len != connector->addresses.len)
		json_push(table->arena, notes,
			json_text(table->arena, view_string_with(table->arena, table->language,
							"value.ip_addresses", "count",
							str_format(table->arena, "%zu × /24 …/32",
								connector->addresses.len))));
	summary_row(table, "item.source", summary_addresses(table, &ranges), notes);
}

/* Port 25 in either case: relay through a connector has no other. */
static void
destination_row(SummaryTable *table, bool tls)
{
	Json *notes = summary_notes(table);

	summary_note(table, notes, tls ? "note.port_25_tls" : "note.port_25_opportunistic");
	summary_row(table, "item.destination", summary_mx_host(table), notes);
}

/* A connector may know its senders by address, by certificate, or by either one. */
static Str
authentication_of(SummaryTable *table, const StateConnector *connector)
{
	if (!connector->by_certificate)
		return view_string(table->language, STR("auth.address"));
	if (!connector->by_address || connector->addresses.len == 0)
		return view_string_with(table->arena, table->language, "auth.certificate_name",
			"name", connector->certificate);
	return view_string(table->language, STR("auth.address_or_certificate"));
}

static void
authentication_row(SummaryTable *table, const StateConnector *connector)
{
	Json *notes = summary_notes(table);

	if (connector->by_certificate && connector->by_address && connector->addresses.len > 0)
		summary_note_with(
			table, notes, "auth.certificate_name", "name", connector->certificate);
	/* Easily mistaken for a relay: only an on-premises connector is one. */
	if (connector->type == MODEL_PARTNER)
		summary_note(table, notes, "note.relay_none");
	summary_row(table, "item.authentication", authentication_of(table, connector), notes);
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
		const ConnectorValue *value = &connector->record.values[flags[i]];

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
	Json *notes = summary_notes(table);

	summary_note_with(table, notes, "note.type", "type",
		view_string(table->language, connector->type == MODEL_PARTNER
						     ? STR("type.partner")
						     : STR("type.on_premises")));
	summary_note_with(table, notes, "note.key_flags", "flags", key_flags(table, connector));
	if (!connector->enabled)
		summary_note(table, notes, "note.disabled");
	if (!connector->managed)
		summary_note(table, notes, "note.unmanaged");
	summary_row(table, "item.connector_name", connector->name, notes);
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

	buf_lit(&command, "Get-InboundConnector | Where-Object Name -eq ");
	text_powershell(&command, connector->name);
	buf_lit(&command, " | Format-List Name, ConnectorType, Enabled, SenderIPAddresses, "
			  "TlsSenderCertificateName, RequireTls");
	summary_note_with(table, notes, "note.admin_path", "name", connector->name);
	summary_command_row(table, "item.check", buf_text(&command), notes);
}

Json *
summary_connector(SummaryTable *table, const StateConnector *connector)
{
	Json *object = make_table(table, "summary.connector", connector->name);

	source_row(table, connector);
	destination_row(table, connector->require_tls);
	authentication_row(table, connector);
	name_row(table, connector);
	check_row(table, connector);
	return object;
}

/* --- hosts
 * ---------------------------------------------------------------------------------------------- */

/* Exchange Online's own submission endpoints, by cloud. */
static Str
submission_host(const Model *model)
{
	static const char *const hosts[] = {
		[MODEL_CLOUD_WORLDWIDE] = "smtp.office365.com",
		[MODEL_CLOUD_GCC] = "smtp.office365.com",
		[MODEL_CLOUD_GCC_HIGH] = "smtp.office365.us",
		[MODEL_CLOUD_DOD] = "smtp-dod.office365.us",
		[MODEL_CLOUD_CHINA] = "smtp.partner.outlook.cn",
	};
	const FieldChoice *cloud = &model->spec->tenant.cloud;

	/* Worldwide, the first, is the default. */
	return str_from(hosts[cloud->state == FIELD_SET ? cloud->value : 0]);
}

static void
host_source_row(SummaryTable *table, uint32_t host)
{
	const Model *model = table->model;
	const ModelHostInfo *info = &model->host_infos[host];
	const FieldPrefixes *own = model_host_addresses(&model->hosts[host]);
	Json *notes = summary_notes(table);
	NetPrefixVec shown = {0};
	uint32_t i, j;

	for (i = 0; i < info->routes_len; i++) {
		const ModelRoute *route = &model->routes.items[info->first_route + i];
		const FieldPrefixes *addresses = model_route_addresses(model, route);

		for (j = 0; j < addresses->len; j++)
			VEC_PUSH(table->arena, &shown, addresses->items[j].prefix);
		summary_note_with(
			table, notes, "note.address_from", "route", model_route_text(model, route));
	}
	note_reaches(table, notes, &shown);
	/* Without a route it is not known what is seen outside: no word on reach for these. */
	for (j = 0; info->routes_len == 0 && j < own->len; j++)
		VEC_PUSH(table->arena, &shown, own->items[j].prefix);
	/* Both log in: the address they come from decides nothing. */
	if (info->method == MODEL_METHOD_SUBMISSION || info->method == MODEL_METHOD_HVE)
		summary_row(table, "item.source",
			view_string(table->language, STR("note.source_any")), notes);
	else
		summary_row(table, "item.source", summary_addresses(table, &shown), notes);
}

static void
host_destination_row(SummaryTable *table, uint32_t host)
{
	const ModelHostInfo *info = &table->model->host_infos[host];
	Json *notes = summary_notes(table);
	Str setting = {0};

	switch (info->method) {
	case MODEL_METHOD_SUBMISSION:
		setting = submission_host(table->model);
		summary_note(table, notes, "note.port_587_starttls");
		break;
	case MODEL_METHOD_HVE:
		setting = STR("smtp-hve.office365.com");
		summary_note(table, notes, "note.port_587_starttls");
		summary_note(table, notes, "note.hve_internal");
		break;
	case MODEL_METHOD_INTERNET:
		setting = view_string(table->language, STR("diagram.internet"));
		summary_note(table, notes, "note.port_25_opportunistic");
		break;
	case MODEL_METHOD_CONNECTOR:
	case MODEL_METHOD_DIRECT_SEND:
		setting = summary_mx_host(table);
		summary_note(table, notes,
			info->tls == MODEL_TLS_REQUIRED ? "note.port_25_tls"
			: info->tls == MODEL_TLS_NONE   ? "note.port_25_no_tls"
							: "note.port_25_opportunistic");
		break;
	}
	summary_row(table, "item.destination", setting, notes);
}

static void
host_authentication_row(SummaryTable *table, uint32_t host)
{
	const ModelRelayHost *object = &table->model->hosts[host];
	Json *notes = summary_notes(table);
	Str setting = view_string(table->language, STR("auth.none"));

	if (object->auth.state == FIELD_SET)
		setting = view_string(table->language, object->auth.value == MODEL_AUTH_OAUTH
							       ? STR("auth.oauth")
							       : STR("auth.basic"));
	if (object->mailbox.state == FIELD_SET)
		json_push(table->arena, notes, json_text(table->arena, object->mailbox.text));
	summary_row(table, "item.authentication", setting, notes);
}

/* The row stays, with "none", so that every table has the same five. */
static void
host_connector_row(SummaryTable *table, ModelMethod method)
{
	static const char *const methods[] = {
		[MODEL_METHOD_CONNECTOR] = "method.connector",
		[MODEL_METHOD_SUBMISSION] = "method.submission",
		[MODEL_METHOD_DIRECT_SEND] = "method.direct_send",
		[MODEL_METHOD_HVE] = "method.hve",
		[MODEL_METHOD_INTERNET] = "method.internet",
	};
	Json *notes = summary_notes(table);

	summary_note(table, notes, methods[method]);
	summary_row(table, "item.connector_name",
		view_string(table->language, STR("note.connector_none")), notes);
}

/* A command that only reads. A mailbox has its own switch for SMTP AUTH; without a mailbox the one
 * of the tenant is asked for. For mail straight to the Internet the tenant has nothing to show. */
static void
host_check_row(SummaryTable *table, uint32_t host)
{
	const ModelRelayHost *object = &table->model->hosts[host];
	ModelMethod method = table->model->host_infos[host].method;
	Json *notes = summary_notes(table);
	Buf command = buf_make(table->arena);

	if (method == MODEL_METHOD_DIRECT_SEND) {
		buf_lit(&command, "Get-OrganizationConfig | Format-List RejectDirectSend");
	} else if (method == MODEL_METHOD_HVE) {
		buf_lit(&command, "Get-MailUser -HVEAccount");
	} else if (method == MODEL_METHOD_SUBMISSION && object->mailbox.state == FIELD_SET) {
		buf_lit(&command, "Get-CASMailbox -Identity ");
		text_powershell(&command, object->mailbox.text);
		buf_lit(&command, " | Format-List SmtpClientAuthenticationDisabled");
		summary_note_with(
			table, notes, "note.admin_path_mailbox", "mailbox", object->mailbox.text);
	} else if (method == MODEL_METHOD_SUBMISSION) {
		buf_lit(&command,
			"Get-TransportConfig | Format-List SmtpClientAuthenticationDisabled");
	} else {
		buf_str(&command, view_string(table->language, STR("value.none")));
	}
	summary_command_row(table, "item.check", buf_text(&command), notes);
}

Json *
summary_host(SummaryTable *table, uint32_t host)
{
	ModelMethod method = table->model->host_infos[host].method;
	Json *object = make_table(table, "summary.host", table->model->hosts[host].head.name);

	host_source_row(table, host);
	host_destination_row(table, host);
	host_authentication_row(table, host);
	host_connector_row(table, method);
	host_check_row(table, host);
	return object;
}
