/* The five rows of a host that uses no connector. */
#include "view/view_int.h"

/* Exchange Online's own name for signing in; of some clouds none for high volume email is known. */
static Str
service_host(SummaryTable *table, NetEndpointUse use)
{
	const NetEndpoint *endpoint = net_endpoint(model_cloud(table->model), use);

	return endpoint == NULL ? summary_text(table, "value.unknown") : endpoint->name;
}

static bool
signs_in(ModelMethod method)
{
	return method == MODEL_METHOD_SUBMISSION || method == MODEL_METHOD_HVE;
}

/* --- the source ------------------------------------------------------------------------------- */

static void
add_addresses(SummaryTable *table, NetPrefixVec *prefixes, const FieldPrefixes *addresses)
{
	uint32_t i;

	for (i = 0; i < addresses->len; i++)
		VEC_PUSH(table->arena, prefixes, addresses->items[i].prefix);
}

/* Routes share addresses: each is told once, in the order of the numbers. */
static void
add_sorted(SummaryTable *table, SummarySource *source, NetPrefixVec *prefixes)
{
	size_t i;

	net_prefixes_sort(prefixes);
	for (i = 0; i < prefixes->len; i++) {
		if (i == 0 || net_prefix_compare(prefixes->items[i - 1], prefixes->items[i]) != 0)
			VEC_PUSH(table->arena, &source->ranges,
				((SummaryRange){prefixes->items[i], 0}));
	}
}

/* More routes than this are counted instead of listed; plan.json has them all. */
#define LISTED_ROUTES 8

static void
note_routes(SummaryTable *table, Json *notes, const ModelHostInfo *info)
{
	uint32_t i;

	for (i = 0; i < info->routes_len && i < LISTED_ROUTES; i++)
		summary_note_with(table, notes, "note.address_from", "route",
			model_route_text(table->arena, table->model,
				&table->model->routes.items[info->first_route + i]));
	if (info->routes_len > LISTED_ROUTES)
		summary_note_with(table, notes, "note.more_routes", "count",
			net_bits_thousands(table->arena, info->routes_len - LISTED_ROUTES));
}

/* What Microsoft 365 or the Internet sees. */
static SummarySource
source_of(SummaryTable *table, const ModelHostInfo *info)
{
	SummarySource source = {0};
	NetPrefixVec prefixes = {0};
	uint32_t i;

	for (i = 0; i < info->routes_len; i++) {
		const ModelRoute *route = &table->model->routes.items[info->first_route + i];

		add_addresses(table, &prefixes, model_route_addresses(table->model, route));
		if (route->egress != MODEL_SELF)
			summary_add_egress(table, &source, route->egress);
	}
	add_sorted(table, &source, &prefixes);
	return source;
}

static void
source_row(SummaryTable *table, uint32_t host)
{
	const ModelHostInfo *info = &table->model->host_infos[host];
	const FieldPrefixes *own = model_host_addresses(&table->model->hosts[host]);
	SummarySource source = source_of(table, info);
	NetPrefixVec prefixes = {0};
	Json *notes = summary_notes(table);

	/* The address that a sender comes from decides nothing where it signs in. */
	if (signs_in(info->method)) {
		note_routes(table, notes, info);
		summary_row(table, "item.source", summary_text(table, "note.source_any"), notes);
		return;
	}
	summary_note_reaches(table, notes, &source);
	note_routes(table, notes, info);
	/* Without a route it is not known what is seen outside: no word on reach for these. */
	if (info->routes_len == 0) {
		add_addresses(table, &prefixes, own);
		add_sorted(table, &source, &prefixes);
		summary_note(table, notes, "note.private_only");
	}
	summary_source_row(table, &source, notes);
}

/* --- the destination -------------------------------------------------------------------------- */

/* Of the last hops, which talk to Microsoft 365 or the Internet: the weakest. */
static ModelTls
weakest_tls(const Model *model, const ModelHostInfo *info)
{
	ModelTls weakest = info->routes_len > 0 ? MODEL_TLS_REQUIRED : info->tls;
	uint32_t i;

	for (i = 0; i < info->routes_len; i++) {
		ModelTls tls = model_route_tls(model, &model->routes.items[info->first_route + i]);

		weakest = tls > weakest ? tls : weakest;
	}
	return weakest;
}

static void
note_port_25(SummaryTable *table, Json *notes, const ModelHostInfo *info)
{
	static const char *const keys[] = {
		[MODEL_TLS_REQUIRED] = "note.port_25_tls",
		[MODEL_TLS_OPPORTUNISTIC] = "note.port_25_opportunistic",
		[MODEL_TLS_NONE] = "note.port_25_no_tls",
	};

	summary_note(table, notes, keys[weakest_tls(table->model, info)]);
}

/* What is set on the device itself, where the spec says it: its own first hop. */
static void
note_first_hop(SummaryTable *table, Json *notes, const ModelRelayHost *host)
{
	if (host->server.state == FIELD_SET && host->port.state == FIELD_SET) {
		ViewValue values[] = {{"server", summary_domain(table, host->server.text)},
			{"port", str_format(table->arena, "%u", (unsigned)host->port.number)}};

		json_push(table->arena, notes,
			json_text(table->arena,
				view_string_filled(table->arena, table->language,
					"note.set_server_port", values, BASE_COUNT(values))));
	} else if (host->server.state == FIELD_SET) {
		summary_note_with(table, notes, "note.set_server", "server",
			summary_domain(table, host->server.text));
	}
}

static void
destination_row(SummaryTable *table, uint32_t host)
{
	const ModelHostInfo *info = &table->model->host_infos[host];
	Json *notes = summary_notes(table);
	Str setting = {0};

	switch (info->method) {
	case MODEL_METHOD_SUBMISSION:
		setting = service_host(table, NET_ENDPOINT_SUBMISSION);
		summary_note(table, notes, "note.port_587_starttls");
		break;
	case MODEL_METHOD_HVE:
		setting = service_host(table, NET_ENDPOINT_HVE);
		summary_note(table, notes, "note.port_587_starttls");
		summary_note(table, notes, "note.hve_internal");
		break;
	case MODEL_METHOD_INTERNET:
		setting = summary_text(table, "value.recipients_mx");
		note_port_25(table, notes, info);
		summary_note(table, notes, "note.not_through_exchange");
		break;
	case MODEL_METHOD_CONNECTOR:
	case MODEL_METHOD_DIRECT_SEND:
		setting = summary_mx_host(table);
		note_port_25(table, notes, info);
		summary_note(table, notes, "note.direct_send_internal");
		break;
	}
	note_first_hop(table, notes, &table->model->hosts[host]);
	summary_row(table, "item.destination", setting, notes);
}

/* --- authentication --------------------------------------------------------------------------- */

/* The dates themselves, whatever the day is: a document has no date of its own. */
static void
note_retirements(SummaryTable *table, Json *notes, ModelMethod method)
{
	size_t len, i;
	const NetRetirement *rows =
		net_basic_retirements(str_from(model_method_choices.texts[method]), &len);

	for (i = 0; i < len; i++) {
		summary_note_with(table, notes,
			rows[i].meaning == NET_RETIREMENT_REMOVED ? "note.basic_removed"
								  : "note.basic_default_off",
			"date", rows[i].date);
		summary_note_with(table, notes,
			rows[i].documented ? "note.fact_documented" : "note.fact_reported", "date",
			rows[i].as_of);
	}
	if (len > 0 && rows[len - 1].meaning != NET_RETIREMENT_REMOVED)
		summary_note(table, notes, "note.basic_no_removal");
}

static void
authentication_row(SummaryTable *table, uint32_t host)
{
	const ModelRelayHost *object = &table->model->hosts[host];
	ModelMethod method = table->model->host_infos[host].method;
	Json *notes = summary_notes(table);
	const char *setting = "auth.none";

	if (object->auth.state == FIELD_SET)
		setting = object->auth.value == MODEL_AUTH_OAUTH ? "auth.oauth" : "auth.basic";
	if (object->mailbox.state == FIELD_SET)
		summary_note_with(table, notes, "note.mailbox", "mailbox", object->mailbox.text);
	if (object->auth.state == FIELD_SET && object->auth.value == MODEL_AUTH_BASIC)
		note_retirements(table, notes, method);
	summary_row(table, "item.authentication", summary_text(table, setting), notes);
}

/* --- the connector, and the check ------------------------------------------------------------- */

static void
note_sender(SummaryTable *table, Json *notes, uint32_t host)
{
	Str domains = summary_senders(table, &table->model->hosts[host].sends_as);

	if (domains.len > 0)
		summary_note_with(table, notes, "note.sends_as", "domains", domains);
	summary_note_with(table, notes, "note.recipients", "recipients",
		summary_text(table, summary_recipients(table->model->host_infos[host].recipients)));
}

/* The row stays, with "none", so that every table has the same five. */
static void
connector_row(SummaryTable *table, uint32_t host)
{
	Json *notes = summary_notes(table);

	summary_note(table, notes, summary_method(table->model->host_infos[host].method));
	note_sender(table, notes, host);
	summary_row(table, "item.connector_name",
		summary_text(table, table->model->host_infos[host].method == MODEL_METHOD_CONNECTOR
					    ? "note.connector_untaken"
					    : "note.connector_none"),
		notes);
}

/* A mailbox has its own switch for SMTP AUTH; without a mailbox there is that of the tenant. */
static void
check_submission(SummaryTable *table, const FieldText *mailbox, Json *notes)
{
	Buf command = buf_make(table->arena);

	if (mailbox->state != FIELD_SET) {
		summary_note(table, notes, "note.check_tenant_smtp_auth");
		summary_command_row(table, "item.check",
			STR("Get-TransportConfig | Format-List SmtpClientAuthenticationDisabled"),
			notes);
		return;
	}
	buf_lit(&command, "Get-CASMailbox -Identity ");
	text_powershell(&command, mailbox->text);
	buf_lit(&command,
		" | Format-List Name, PrimarySmtpAddress, SmtpClientAuthenticationDisabled");
	summary_note(table, notes, "note.check_mailbox_smtp_auth");
	summary_note_with(table, notes, "note.admin_path_mailbox", "mailbox", mailbox->text);
	summary_command_row(table, "item.check", buf_text(&command), notes);
}

static void
check_hve(SummaryTable *table, const FieldText *mailbox, Json *notes)
{
	Buf command = buf_make(table->arena);

	buf_lit(&command, "Get-MailUser -HVEAccount -ResultSize Unlimited");
	if (mailbox->state == FIELD_SET) {
		buf_lit(&command, " | Where-Object PrimarySmtpAddress -eq ");
		text_powershell(&command, mailbox->text);
	}
	buf_lit(&command, " | Format-List Name, PrimarySmtpAddress");
	summary_note(table, notes,
		mailbox->state == FIELD_SET ? "note.check_hve" : "note.check_hve_all");
	summary_command_row(table, "item.check", buf_text(&command), notes);
}

/* Commands that only read. For mail straight to the Internet the tenant has nothing to show. */
static void
check_row(SummaryTable *table, uint32_t host)
{
	const FieldText *mailbox = &table->model->hosts[host].mailbox;
	Json *notes = summary_notes(table);

	switch (table->model->host_infos[host].method) {
	case MODEL_METHOD_SUBMISSION: check_submission(table, mailbox, notes); break;
	case MODEL_METHOD_HVE: check_hve(table, mailbox, notes); break;
	case MODEL_METHOD_CONNECTOR:
	case MODEL_METHOD_DIRECT_SEND:
		summary_note(table, notes, "note.check_direct_send");
		summary_command_row(table, "item.check",
			STR("Get-OrganizationConfig | Format-List Name, RejectDirectSend"), notes);
		break;
	case MODEL_METHOD_INTERNET:
		summary_note(table, notes, "note.check_headers");
		summary_row(
			table, "item.check", summary_text(table, "value.nothing_to_check"), notes);
		break;
	}
}

Json *
summary_host(SummaryTable *table, uint32_t host)
{
	Json *object = summary_table(table, "summary.host", table->model->hosts[host].head.name);

	source_row(table, host);
	destination_row(table, host);
	authentication_row(table, host);
	connector_row(table, host);
	check_row(table, host);
	return object;
}
