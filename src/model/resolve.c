/* Keys that need or exclude each other, defaults of hosts. Names are resolved in references.c. */
#include "model/model_int.h"

static void
report_both(Model *model, ModelOwner owner, const char *first, const char *second, Span span)
{
	Diag *diag;

	owner.key = second;
	diag = model_report(model, DIAG_BAD_VALUE, &owner, span, "`%s` and `%s` exclude each other",
		first, second);
	diag_help(model->sink, diag, "keep one of them");
}

static Diag *
report_missing(Model *model, const ModelOwner *owner, const FieldObject *head, const char *key,
	const char *why)
{
	Diag *diag = model_report(model, DIAG_MISSING_KEY, owner, head->name_span,
		"`" STR_FMT "` has no `%s`: %s", STR_ARG(head->name), key, why);

	diag_help(model->sink, diag, "add `%s:`", key);
	return diag;
}

/* Exactly one of via and egress: with both the way out is ambiguous, with none there is no way. */
static void
resolve_gateway(Model *model, uint32_t index)
{
	const ModelGateway *gateway = &model->gateways[index];
	ModelGatewayInfo *info = &model->gateway_infos[index];
	ModelOwner owner = {"gateways", NULL, gateway->head.name};
	bool has_via = gateway->via.state != FIELD_ABSENT;
	bool has_egress = gateway->egress.state != FIELD_ABSENT;

	info->broken =
		gateway->head.state == FIELD_BAD ||
		!model_resolve_next(model, owner, &gateway->via, &gateway->egress, &info->next);
	if (has_via && has_egress) {
		report_both(model, owner, "via", "egress", gateway->egress.span);
		info->broken = true;
	} else if (!has_via && !has_egress && gateway->head.state != FIELD_BAD) {
		report_missing(model, &owner, &gateway->head, "egress",
			"where its mail leaves is not known (`egress`, or `via` for the next "
			"gateway)");
		info->broken = true;
	}
}

static ModelMethod
host_method(const ModelRelayHost *host)
{
	return host->method.state == FIELD_SET ? (ModelMethod)host->method.value
					       : MODEL_METHOD_CONNECTOR;
}

/* Direct send and HVE reach internal recipients alone, so that is what silence means there. */
static ModelRecipients
host_recipients(const ModelRelayHost *host, ModelMethod method)
{
	if (host->recipients.state == FIELD_SET)
		return (ModelRecipients)host->recipients.value;
	return method == MODEL_METHOD_DIRECT_SEND || method == MODEL_METHOD_HVE
		       ? MODEL_RECIPIENTS_INTERNAL
		       : MODEL_RECIPIENTS_ANY;
}

const FieldPrefixes *
model_host_addresses(const ModelRelayHost *host)
{
	return host->address.state != FIELD_ABSENT ? &host->address : &host->addresses;
}

/*
 * Keys that the way of sending makes necessary. Hosts that sign in are known by their mailbox: an
 * address of theirs is documentation, and the mailbox's domain is the sender's.
 */
static void
check_host_keys(Model *model, const ModelRelayHost *host, ModelMethod method)
{
	ModelOwner owner = {"relay_hosts", NULL, host->head.name};
	bool signs_in = method == MODEL_METHOD_SUBMISSION || method == MODEL_METHOD_HVE;

	if (host->method.state == FIELD_BAD)
		return;
	if (signs_in && host->auth.state == FIELD_ABSENT)
		report_missing(
			model, &owner, &host->head, "auth", "it signs in, by oauth or basic");
	if (!signs_in && host->sends_as.state == FIELD_ABSENT)
		report_missing(model, &owner, &host->head, "sends_as",
			"the domain of its envelope sender is not known");
	if (!signs_in && model_host_addresses(host)->state == FIELD_ABSENT)
		report_missing(
			model, &owner, &host->head, "address", "it is told by its source address");
}

static void
resolve_host(Model *model, uint32_t index)
{
	const ModelRelayHost *host = &model->hosts[index];
	ModelHostInfo *info = &model->host_infos[index];
	ModelOwner owner = {"relay_hosts", NULL, host->head.name};

	info->method = host_method(host);
	info->recipients = host_recipients(host, info->method);
	info->tls = host->tls.state == FIELD_SET ? (ModelTls)host->tls.value : MODEL_TLS_REQUIRED;
	info->broken = host->head.state == FIELD_BAD || host->method.state == FIELD_BAD ||
		       !model_resolve_next(model, owner, &host->via, &host->egress, &info->next);
	if (host->head.state == FIELD_BAD)
		return;
	if (host->via.state != FIELD_ABSENT && host->egress.state != FIELD_ABSENT) {
		report_both(model, owner, "via", "egress", host->egress.span);
		info->broken = true;
	}
	if (host->address.state != FIELD_ABSENT && host->addresses.state != FIELD_ABSENT)
		report_both(model, owner, "address", "addresses", host->addresses.span);
	check_host_keys(model, host, info->method);
}

/* A dynamic address is not known when the spec is written; every other one is. */
static void
check_egress(Model *model, const ModelEgress *egress)
{
	ModelOwner owner = {"egress", NULL, egress->head.name};
	bool dynamic = egress->dynamic.state == FIELD_SET && egress->dynamic.on;

	if (egress->head.state == FIELD_BAD || egress->dynamic.state == FIELD_BAD || dynamic)
		return;
	if (egress->addresses.state == FIELD_ABSENT)
		report_missing(model, &owner, &egress->head, "addresses",
			"only a `dynamic` one may leave them out");
}

/* One on-premises connector takes what no other accepts; `*by_default` is it, once it is met. */
static void
check_accepts(Model *model, const ModelConnector *connector, const ModelConnector **by_default)
{
	ModelOwner owner = {"connectors", NULL, connector->head.name};
	Diag *diag;

	if (connector->accepts.state != FIELD_ABSENT || connector->head.state == FIELD_BAD ||
		connector->type.state != FIELD_SET)
		return;
	if (connector->type.value != MODEL_ON_PREMISES) {
		diag = report_missing(model, &owner, &connector->head, "accepts",
			"a partner connector says whose mail it takes");
		diag_help(model->sink, diag,
			"it names gateways or egress objects of the partner; `[]` where nothing is "
			"known of them but the certificate");
	} else if (*by_default != NULL) {
		diag = report_missing(model, &owner, &connector->head, "accepts",
			"one on-premises connector may leave it out, and there is one already");
		diag_related(model->sink, diag, (*by_default)->head.name_span, "this one");
	} else {
		*by_default = connector;
	}
}

static void
check_connector(Model *model, const ModelConnector *connector, const ModelConnector **by_default)
{
	ModelOwner owner = {"connectors", NULL, connector->head.name};

	check_accepts(model, connector, by_default);
	if (connector->type.state == FIELD_SET && connector->type.value == MODEL_PARTNER &&
		connector->sender_domains.state == FIELD_ABSENT)
		report_missing(model, &owner, &connector->head, "sender_domains",
			"a partner connector says whose domains it is for");
}

Str
model_cloud(const Model *model)
{
	const FieldChoice *cloud = &model->spec->tenant.cloud;
	uint8_t value = cloud->state == FIELD_SET ? cloud->value : (uint8_t)MODEL_CLOUD_WORLDWIDE;

	return str_from(model_cloud_choices.texts[value]);
}

Str
model_implied_connector(const Model *model)
{
	const FieldText *tenant = &model->spec->tenant.name;
	uint32_t i;

	if (model->spec->connectors.state != FIELD_ABSENT)
		return (Str){0};
	for (i = 0; i < model->hosts_len; i++) {
		if (model->host_infos[i].method == MODEL_METHOD_CONNECTOR)
			return str_format(model->arena, "Relay for " STR_FMT,
				STR_ARG(tenant->state == FIELD_SET ? tenant->text : STR("tenant")));
	}
	return (Str){0};
}

void
model_resolve(Model *model)
{
	const ModelConnector *by_default = NULL;
	uint32_t i;

	model->gateway_infos = ARENA_ARRAY(model->arena, ModelGatewayInfo, model->gateways_len);
	model->host_infos = ARENA_ARRAY(model->arena, ModelHostInfo, model->hosts_len);
	for (i = 0; i < model->egress_len; i++)
		check_egress(model, &model->egress[i]);
	for (i = 0; i < model->gateways_len; i++)
		resolve_gateway(model, i);
	for (i = 0; i < model->hosts_len; i++)
		resolve_host(model, i);
	for (i = 0; i < model->connectors_len; i++)
		check_connector(model, &model->connectors[i], &by_default);
	model_check_references(model);
	model_check_values(model);
}
