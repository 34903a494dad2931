/*
 * Checks after the change: a mail for each way of each host, and for connectors what no host tests:
 * that mail comes through, and that what they are there to keep out is refused.
 */
#include "view/change_int.h"

/* --- hosts ------------------------------------------------------------------------------------ */

typedef struct TestMail {
	uint32_t host;
	uint32_t route; /* STATE_NONE: it has none */
} TestMail;

typedef struct TestMails {
	const ViewInput *input;
	VEC(TestMail) mails;
} TestMails;

/* What becomes of mail that Exchange Online cannot attribute to the tenant by a connector. */
static const char *
unattributed(const Model *model, uint32_t host)
{
	const FieldFlag *rejects = &model->spec->tenant.reject_direct_send;

	if (model->host_infos[host].recipients != MODEL_RECIPIENTS_INTERNAL)
		return "test.no_connector_relay";
	return rejects->state == FIELD_SET && rejects->on ? "test.no_connector_refused"
							  : "test.no_connector_direct";
}

/* Through which connector the mail of a route is taken. */
static Str
expected_way(Arena *arena, const ViewInput *input, TestMail mail)
{
	const State *state = input->plan->after;
	ModelMethod method = state->model->host_infos[mail.host].method;
	const StateMatch *match;
	uint32_t connector;

	if (method != MODEL_METHOD_CONNECTOR || mail.route == STATE_NONE)
		return view_string(input->language, str_from(summary_method(method)));
	match = &state->matches[mail.route];
	connector = match->on_premises != STATE_NONE ? match->on_premises : match->partner;
	if (connector == STATE_NONE)
		return view_string(
			input->language, str_from(unattributed(state->model, mail.host)));
	return view_string_with(arena, input->language, "summary.connector", "name",
		state->connectors.items[connector].name);
}

static Json *
test_row(Arena *arena, const void *context, size_t index)
{
	const TestMails *tests = context;
	const ViewInput *input = tests->input;
	const Model *model = input->plan->model;
	TestMail mail = tests->mails.items[index];
	const ModelRelayHost *host = &model->hosts[mail.host];
	const ModelHostInfo *info = &model->host_infos[mail.host];
	SummaryTable table = {arena, input->language, model, NULL, NULL};
	Str sender = summary_senders(&table, &host->sends_as);
	Json *row = json_object(arena);

	if (sender.len == 0)
		sender = change_text(&host->mailbox);
	SET(row, "host",
		json_text(arena, info->routes_len > 1 ? model_route_text(arena, model,
								&model->routes.items[mail.route])
						      : host->head.name));
	SET(row, "owner",
		json_text(arena, change_or_not_stated(&table, change_text(&host->owner))));
	SET(row, "sender", json_text(arena, change_or_not_stated(&table, sender)));
	SET(row, "recipients",
		json_text(arena, summary_text(&table, summary_recipients(info->recipients))));
	SET(row, "expected", json_text(arena, expected_way(arena, input, mail)));
	return row;
}

Json *
change_tests(SummaryTable *table, const ViewInput *input)
{
	const Model *model = input->plan->model;
	TestMails *tests = ARENA_NEW(table->arena, TestMails);
	uint32_t host, i;

	tests->input = input;
	for (host = 0; host < model->hosts_len; host++) {
		const ModelHostInfo *info = &model->host_infos[host];

		if (info->routes_len == 0)
			VEC_PUSH(table->arena, &tests->mails, ((TestMail){host, STATE_NONE}));
		for (i = 0; i < info->routes_len; i++)
			VEC_PUSH(table->arena, &tests->mails,
				((TestMail){host, info->first_route + i}));
	}
	return json_list_on_demand(table->arena, tests->mails.len, test_row, tests);
}

/* --- connectors ------------------------------------------------------------------------------- */

/* More than this are counted. */
#define LISTED 6

static bool
is_on(const PlanConnector *planned, ConnectorProperty property)
{
	return planned->final.values[property].on;
}

/* Then the trace shows one of its entries; by certificate mail may come from anywhere. */
static bool
is_known_by_address(const PlanConnector *planned)
{
	return planned->final.values[CONNECTOR_SENDER_ADDRESSES].list.len > 0 &&
	       planned->final.values[CONNECTOR_CERTIFICATE].text.len == 0;
}

/* Then the mail of those hosts tests it. */
static bool
has_hosts(const StateConnector *connector)
{
	size_t i;

	for (i = 0; i < connector->sources.len; i++) {
		if (connector->sources.items[i].host != STATE_NONE)
			return true;
	}
	return false;
}

static void
add_item(Buf *list, size_t number, Str item)
{
	if (number < LISTED) {
		buf_lit(list, number > 0 ? ", " : "");
		buf_str(list, item);
	}
}

static Str
end_list(Buf *list, size_t len)
{
	if (len > LISTED)
		buf_printf(list, " (+%zu)", len - LISTED);
	return buf_text(list);
}

/* The ways that lead to it; of one that names none, how it knows who sends. */
static Str
ways_text(SummaryTable *table, const PlanConnector *planned)
{
	const StateConnector *connector = planned->after;
	Buf list = buf_make(table->arena);
	size_t i;

	for (i = 0; i < connector->sources.len; i++)
		add_item(&list, i,
			state_source_text(
				table->arena, table->model, &connector->sources.items[i]));
	if (connector->sources.len == 0)
		buf_str(&list, planned->final.values[CONNECTOR_CERTIFICATE].text);
	return end_list(&list, connector->sources.len);
}

/* `smtp:contoso.com;1` is what the service makes of a domain; absent for all of them. */
static Str
senders_text(Arena *arena, const PlanConnector *planned)
{
	const StrVec *domains = &planned->final.values[CONNECTOR_SENDER_DOMAINS].list;
	Str prefix = STR("smtp:");
	Buf list = buf_make(arena);
	size_t i;

	for (i = 0; i < domains->len; i++) {
		Str domain = domains->items[i];

		if (str_starts(domain, prefix))
			domain = str_slice(domain, prefix.len, str_find_char(domain, ';', 0));
		if (STR_EQ(domain, "*"))
			return (Str){0};
		add_item(&list, i, domain);
	}
	return end_list(&list, domains->len);
}

static void
add_row(SummaryTable *table, Json *rows, const PlanConnector *planned, Str mail,
	const char *expected)
{
	const ModelConnector *spec = planned->after->spec;
	Str owner = spec == NULL ? (Str){0} : change_text(&spec->owner);
	Json *row = json_object(table->arena);
	Arena *arena = table->arena;

	SET(row, "connector", json_text(arena, planned->after->name));
	SET(row, "mail", json_text(arena, mail));
	SET(row, "expected", json_text(arena, summary_text(table, expected)));
	SET(row, "owner", json_text(arena, change_or_not_stated(table, owner)));
	json_push(arena, rows, row);
}

/* What it is there to take. */
static void
add_through(SummaryTable *table, Json *rows, const PlanConnector *planned)
{
	bool relays = planned->after->type == MODEL_ON_PREMISES;
	Str senders = senders_text(table->arena, planned);
	ViewValue values[] = {{"ways", ways_text(table, planned)}, {"domains", senders}};
	const char *key = senders.len > 0 ? "test.from_partner" : "test.from_outside";

	if (has_hosts(planned->after) || values[0].value.len == 0)
		return;
	add_row(table, rows, planned,
		view_string_filled(table->arena, table->language, relays ? "test.relay" : key,
			values, !relays && senders.len > 0 ? 2 : 1),
		is_known_by_address(planned) ? "test.arrives_by_address" : "test.arrives");
}

static bool
shuts_out(const PlanConnector *planned)
{
	return planned->after->type == MODEL_PARTNER && planned->action != PLAN_UNMANAGED &&
	       is_on(planned, CONNECTOR_ENABLED) &&
	       (is_on(planned, CONNECTOR_RESTRICT_ADDRESSES) ||
		       is_on(planned, CONNECTOR_RESTRICT_CERTIFICATE));
}

Str
change_shut_out(Arena *arena, const Plan *plan)
{
	Buf list = buf_make(arena);
	size_t found = 0, i;

	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *planned = &plan->connectors.items[i];

		if (planned->action != PLAN_UNCHANGED && shuts_out(planned) &&
			senders_text(arena, planned).len == 0)
			add_item(&list, found++, planned->after->name);
	}
	return end_list(&list, found);
}

/* What it is there to keep out: whoever sends as these domains and does not come that way. */
static void
add_past(SummaryTable *table, Json *rows, const PlanConnector *planned)
{
	bool by_address = is_on(planned, CONNECTOR_RESTRICT_ADDRESSES);
	Str senders = senders_text(table->arena, planned);
	bool has_server = table->model->spec->tenant.mx_host.state == FIELD_SET;
	ViewValue values[] = {{"server", has_server ? summary_mx_host(table)
						    : summary_text(table, "test.mx_host")},
		{"domains", senders.len > 0 ? senders : summary_text(table, "test.any_sender")}};

	if (!shuts_out(planned))
		return;
	add_row(table, rows, planned,
		view_string_filled(table->arena, table->language,
			by_address ? "test.past_address" : "test.past_certificate", values,
			BASE_COUNT(values)),
		"test.refused_restricted");
}

Json *
change_connector_tests(SummaryTable *table, const ViewInput *input)
{
	const Plan *plan = input->plan;
	Json *rows = json_list(table->arena);
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *planned = &plan->connectors.items[i];

		if (planned->action == PLAN_UNMANAGED || !is_on(planned, CONNECTOR_ENABLED))
			continue;
		add_through(table, rows, planned);
		add_past(table, rows, planned);
	}
	return rows;
}
