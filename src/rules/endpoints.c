/* Where hosts hand their mail over: the tenant's MX host, or the host for signed-in submission. */
#include "rules/rules_int.h"

/* The port that takes signed-in mail alone (Microsoft Learn, SMTP AUTH client submission). */
#define SUBMISSION_PORT 587

static Str
without_dot(Str name)
{
	return str_ends(name, STR(".")) ? str_slice(name, 0, name.len - 1) : name;
}

static bool
is_submission_host(Str server)
{
	const NetEndpoint *endpoint = net_endpoint_of_host(server);

	return endpoint != NULL &&
	       (endpoint->use == NET_ENDPOINT_SUBMISSION || endpoint->use == NET_ENDPOINT_HVE);
}

bool
rules_is_mx_host(const Model *model, Str server)
{
	const FieldText *mx_host = &model->spec->tenant.mx_host;
	const NetEndpoint *endpoint = net_endpoint_of_host(server);

	if (mx_host->state == FIELD_SET && str_equal_nocase(without_dot(server), mx_host->text))
		return true;
	return endpoint != NULL && endpoint->use == NET_ENDPOINT_MX;
}

/* The submission host of the tenant's cloud, as an endpoint to be set. */
static const NetEndpoint *
submission_endpoint(const Model *model)
{
	const NetEndpoint *endpoint = net_endpoint(model_cloud(model), NET_ENDPOINT_SUBMISSION);

	ASSERT(endpoint != NULL);
	return endpoint;
}

/* Whether the host itself makes the last hop, so that `server` and `port` are Microsoft's. */
static bool
makes_last_hop(const Model *model, uint32_t host)
{
	const ModelHostInfo *info = &model->host_infos[host];
	uint32_t i;

	for (i = 0; i < info->routes_len; i++) {
		if (model->routes.items[info->first_route + i].last_hop != MODEL_SELF)
			return false;
	}
	return !info->broken;
}

static bool
uses_mx_host(ModelMethod method)
{
	return method == MODEL_METHOD_CONNECTOR || method == MODEL_METHOD_DIRECT_SEND;
}

/* --- CP603 ------------------------------------------------------------------------------------ */

static Diag *
report_endpoint(const RuleFacts *facts, uint32_t host, const char *key, Str what, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	bool port = key[0] == 'p';
	Diag *diag = diag_report(sink, DIAG_WRONG_ENDPOINT,
		port ? object->port.span : object->server.span,
		"`" STR_FMT "` has `method: %s`, but is set to " STR_FMT,
		STR_ARG(object->head.name),
		rules_method_text(facts->model->host_infos[host].method), STR_ARG(what));

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, object->head.name, key, (Str){0}));
	return diag;
}

static Str
mx_host_text(const RuleFacts *facts)
{
	const FieldText *mx_host = &facts->model->spec->tenant.mx_host;

	if (mx_host->state != FIELD_SET)
		return STR("the tenant's MX host");
	return str_format(facts->arena, "`" STR_FMT "`", STR_ARG(mx_host->text));
}

/* The two ways in that are mixed up most often. */
static void
note_ways(const RuleFacts *facts, DiagSink *sink, Diag *diag)
{
	const NetEndpoint *submission = submission_endpoint(facts->model);

	diag_note(sink, diag,
		"connectors and direct send: the tenant's MX host, port 25, told by address or "
		"certificate\nsubmission: `" STR_FMT
		"`, port %u, signed in as a mailbox; it looks at no connector",
		STR_ARG(submission->name), (unsigned)submission->port);
}

static void
report_submission_endpoint(const RuleFacts *facts, uint32_t host, bool server, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	Str what = STR("port 587, where Exchange Online takes signed-in submission alone");
	Diag *diag;

	if (server)
		what = str_format(facts->arena,
			"`" STR_FMT "`, which takes signed-in submission alone",
			STR_ARG(object->server.text));
	diag = report_endpoint(facts, host, server ? "server" : "port", what, sink);
	diag_label(sink, diag, "for submission");
	if (server && object->port.state == FIELD_SET && object->port.number == SUBMISSION_PORT)
		diag_related(sink, diag, object->port.span, "for submission as well");
	note_ways(facts, sink, diag);
	diag_help(sink, diag,
		"set it to " STR_FMT
		", port 25; if it can only sign in on port 587, say `method: submission`, with "
		"`auth` and `mailbox`",
		STR_ARG(mx_host_text(facts)));
}

static void
report_mx_endpoint(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	const NetEndpoint *submission = submission_endpoint(facts->model);
	Diag *diag = report_endpoint(facts, host, "server",
		str_format(facts->arena, "`" STR_FMT "`, an MX host, where nobody can sign in",
			STR_ARG(object->server.text)),
		sink);

	diag_label(sink, diag, "for connectors and direct send");
	note_ways(facts, sink, diag);
	diag_help(sink, diag,
		"set it to the submission host of your cloud, `" STR_FMT
		"`, port %u; if it is to relay without signing in, say `method: connector`",
		STR_ARG(submission->name), (unsigned)submission->port);
}

/* Microsoft Learn, how to set up a device or application to send mail with Microsoft 365. */
void
check_endpoints(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++) {
		const ModelRelayHost *host = &model->hosts[i];
		ModelMethod method = model->host_infos[i].method;
		bool server = host->server.state == FIELD_SET;

		if ((!server && host->port.state != FIELD_SET) || !makes_last_hop(model, i))
			continue;
		if (uses_mx_host(method) && server && is_submission_host(host->server.text))
			report_submission_endpoint(facts, i, true, sink);
		else if (uses_mx_host(method) && host->port.state == FIELD_SET &&
			 host->port.number == SUBMISSION_PORT)
			report_submission_endpoint(facts, i, false, sink);
		else if (method == MODEL_METHOD_SUBMISSION && server &&
			 rules_is_mx_host(model, host->server.text))
			report_mx_endpoint(facts, i, sink);
	}
}

/* --- CP504 ------------------------------------------------------------------------------------ */

/* A host that makes the last hop and names no submission host names the MX host. */
static bool
names_mx_host(const Model *model, uint32_t host)
{
	const FieldText *server = &model->hosts[host].server;

	return server->state == FIELD_SET && makes_last_hop(model, host) &&
	       !is_submission_host(server->text);
}

/* The name is not derived: it differs between domains and clouds (Microsoft Learn, MX records). */
void
check_mx_host(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	const ModelTenant *tenant = &model->spec->tenant;
	uint32_t i, first = 0, needing = 0;
	Diag *diag;

	if (tenant->mx_host.state != FIELD_ABSENT || tenant->head.state != FIELD_SET)
		return;
	for (i = 0; i < model->hosts_len; i++) {
		if (!uses_mx_host(model->host_infos[i].method))
			continue;
		if (names_mx_host(model, i) || model->hosts[i].server.state == FIELD_BAD)
			return;
		if (needing++ == 0)
			first = i;
	}
	if (needing == 0)
		return;
	diag = diag_report(sink, DIAG_NO_MX_HOST, tenant->head.span,
		"`tenant.mx_host` is missing: where the mail of `" STR_FMT "`" STR_FMT
		" is handed over is not known",
		STR_ARG(model->hosts[first].head.name), STR_ARG(rules_more(facts, needing - 1)));
	diag_path(diag, STR("tenant"));
	diag_label(sink, diag, "no `mx_host`");
	diag_related(sink, diag, model->hosts[first].head.name_span, "needs it");
	diag_help(sink, diag,
		"set `mx_host` to the MX value that the Microsoft 365 admin centre shows for the "
		"domain, such as `contoso-com.mail.protection.outlook.com`; it is not derived, "
		"since a wrong guess would send mail to another tenant");
}
