/* Names to objects, keys that need or exclude each other, defaults of hosts. */
#include "model/model_int.h"

/* Which object a list belongs to, for findings. */
typedef struct Owner {
	const char *section, *key;
	Str name;
} Owner;

static const char *
kind_name(ModelKind kind)
{
	switch (kind) {
	case MODEL_KIND_HOST: return "a relay host";
	case MODEL_KIND_GATEWAY: return "a gateway";
	case MODEL_KIND_EGRESS: return "an egress object";
	case MODEL_KIND_CONNECTOR: return "a connector";
	case MODEL_KIND_DOMAIN: return "a domain";
	case MODEL_KIND_NONE: return "nothing";
	}
	return "nothing";
}

static Diag *
report_at(Model *model, DiagCode code, Owner owner, Span span, const char *text)
{
	Diag *diag = diag_report(model->sink, code, span, "%s", text);

	diag_path(diag, model_path(model, owner.section, owner.name, owner.key));
	return diag;
}

static void
report_unresolved(Model *model, Owner owner, const FieldItem *item, const char *wanted)
{
	Diag *diag;
	Str nearest;

	/* With a file missing nobody knows what it would have defined. */
	if (!model->usable)
		return;
	diag = report_at(model, DIAG_UNRESOLVED_NAME, owner, item->span,
		str_c(model->sink->arena,
			str_format(model->sink->arena, "`" STR_FMT "` names nothing; `%s` wants %s",
				STR_ARG(item->text), owner.key, wanted)));
	nearest = model_suggest_sender(model, item->text);
	if (nearest.ptr != NULL)
		diag_help(model->sink, diag, "did you mean `" STR_FMT "`?", STR_ARG(nearest));
	else
		diag_help(model->sink, diag, "define it, or correct the name");
}

static void
report_wrong_kind(
	Model *model, Owner owner, const FieldItem *item, ModelRef ref, const char *wanted)
{
	Diag *diag = report_at(model, DIAG_UNRESOLVED_NAME, owner, item->span,
		str_c(model->sink->arena,
			str_format(model->sink->arena, "`" STR_FMT "` is %s; `%s` wants %s",
				STR_ARG(item->text), kind_name(ref.kind), owner.key, wanted)));

	diag_related(model->sink, diag, model_ref_span(model, ref), "defined here");
	if (ref.kind == MODEL_KIND_GATEWAY && str_equal(str_from(owner.key), STR("egress")))
		diag_help(model->sink, diag, "use `via` for a gateway");
	else if (ref.kind == MODEL_KIND_EGRESS && str_equal(str_from(owner.key), STR("via")))
		diag_help(model->sink, diag, "use `egress` for an egress object");
}

/* The numbers of the objects that a list names, all of one kind; false when one is wrong. */
static bool
resolve_list(
	Model *model, Owner owner, const FieldItems *list, ModelKind kind, uint32_t **ret_numbers)
{
	bool good = list->state == FIELD_SET;
	uint32_t i, *numbers;

	if (list->state == FIELD_ABSENT)
		return true;
	numbers = ARENA_ARRAY(model->arena, uint32_t, list->len);
	for (i = 0; i < list->len; i++) {
		ModelRef ref = model_find_sender(model, list->items[i].text);

		if (ref.kind == kind) {
			numbers[i] = ref.index;
			continue;
		}
		good = false;
		if (ref.kind == MODEL_KIND_NONE)
			report_unresolved(model, owner, &list->items[i], kind_name(kind));
		else
			report_wrong_kind(model, owner, &list->items[i], ref, kind_name(kind));
	}
	*ret_numbers = numbers;
	return good;
}

static bool
resolve_next(
	Model *model, Owner owner, const FieldItems *via, const FieldItems *egress, ModelNext *next)
{
	bool good;

	owner.key = "via";
	good = resolve_list(model, owner, via, MODEL_KIND_GATEWAY, &next->via);
	owner.key = "egress";
	good = resolve_list(model, owner, egress, MODEL_KIND_EGRESS, &next->egress) && good;
	next->via_len = good ? via->len : 0;
	next->egress_len = good ? egress->len : 0;
	return good;
}

static void
report_both(Model *model, Owner owner, const char *first, const char *second, Span span)
{
	Str text =
		str_format(model->sink->arena, "`%s` and `%s` exclude each other", first, second);
	Diag *diag;

	owner.key = second;
	diag = report_at(model, DIAG_BAD_VALUE, owner, span, str_c(model->sink->arena, text));
	diag_help(model->sink, diag, "keep one of them");
}

static void
report_missing(Model *model, Owner owner, const FieldObject *head, const char *key, const char *why)
{
	Str text = str_format(
		model->sink->arena, "`" STR_FMT "` has no `%s`: %s", STR_ARG(head->name), key, why);
	Diag *diag;

	owner.key = NULL;
	diag = report_at(
		model, DIAG_MISSING_KEY, owner, head->name_span, str_c(model->sink->arena, text));
	diag_help(model->sink, diag, "add `%s:`", key);
}

/* Exactly one of via and egress: with both the way out is ambiguous, with none there is no way. */
static void
resolve_gateway(Model *model, uint32_t index)
{
	const ModelGateway *gateway = &model->gateways[index];
	ModelGatewayInfo *info = &model->gateway_infos[index];
	Owner owner = {"gateways", NULL, gateway->head.name};
	bool has_via = gateway->via.state != FIELD_ABSENT;
	bool has_egress = gateway->egress.state != FIELD_ABSENT;

	info->broken = gateway->head.state == FIELD_BAD ||
		       !resolve_next(model, owner, &gateway->via, &gateway->egress, &info->next);
	if (has_via && has_egress) {
		report_both(model, owner, "via", "egress", gateway->egress.span);
		info->broken = true;
	} else if (!has_via && !has_egress && gateway->head.state != FIELD_BAD) {
		report_missing(model, owner, &gateway->head, "egress",
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
	Owner owner = {"relay_hosts", NULL, host->head.name};
	bool signs_in = method == MODEL_METHOD_SUBMISSION || method == MODEL_METHOD_HVE;

	if (host->method.state == FIELD_BAD)
		return;
	if (signs_in && host->auth.state == FIELD_ABSENT)
		report_missing(model, owner, &host->head, "auth", "it signs in, by oauth or basic");
	if (!signs_in && host->sends_as.state == FIELD_ABSENT)
		report_missing(model, owner, &host->head, "sends_as",
			"the domain of its envelope sender is not known");
	if (!signs_in && model_host_addresses(host)->state == FIELD_ABSENT)
		report_missing(
			model, owner, &host->head, "address", "it is told by its source address");
}

static void
resolve_host(Model *model, uint32_t index)
{
	const ModelRelayHost *host = &model->hosts[index];
	ModelHostInfo *info = &model->host_infos[index];
	Owner owner = {"relay_hosts", NULL, host->head.name};

	info->method = host_method(host);
	info->recipients = host_recipients(host, info->method);
	info->tls = host->tls.state == FIELD_SET ? (ModelTls)host->tls.value : MODEL_TLS_REQUIRED;
	info->broken = host->head.state == FIELD_BAD || host->method.state == FIELD_BAD ||
		       !resolve_next(model, owner, &host->via, &host->egress, &info->next);
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
	Owner owner = {"egress", NULL, egress->head.name};
	bool dynamic = egress->dynamic.state == FIELD_SET && egress->dynamic.on;

	if (egress->head.state == FIELD_BAD || dynamic)
		return;
	if (egress->addresses.state == FIELD_ABSENT)
		report_missing(model, owner, &egress->head, "addresses",
			"only a `dynamic` one may leave them out");
}

static void
check_accepts(Model *model, const ModelConnector *connector, const ModelConnector **by_default)
{
	Owner owner = {"connectors", "accepts", connector->head.name};
	bool on_premises =
		connector->type.state == FIELD_SET && connector->type.value == MODEL_ON_PREMISES;
	uint32_t i;

	for (i = 0; i < connector->accepts.len; i++) {
		const FieldItem *item = &connector->accepts.items[i];

		if (model_find_sender(model, item->text).kind == MODEL_KIND_NONE)
			report_unresolved(
				model, owner, item, "a relay host, a gateway or an egress object");
	}
	if (connector->accepts.state != FIELD_ABSENT || connector->head.state == FIELD_BAD ||
		connector->type.state != FIELD_SET)
		return;
	if (!on_premises) {
		report_missing(model, owner, &connector->head, "accepts",
			"a partner connector says whose mail it takes");
	} else if (*by_default != NULL) {
		report_missing(model, owner, &connector->head, "accepts",
			"one on-premises connector may leave it out, and there is one already");
		diag_related(model->sink, &model->sink->items.items[model->sink->items.len - 1],
			(*by_default)->head.name_span, "this one");
	} else {
		*by_default = connector;
	}
}

static void
check_connector(Model *model, const ModelConnector *connector, const ModelConnector **by_default)
{
	Owner owner = {"connectors", NULL, connector->head.name};

	check_accepts(model, connector, by_default);
	if (connector->type.state == FIELD_SET && connector->type.value == MODEL_PARTNER &&
		connector->sender_domains.state == FIELD_ABSENT)
		report_missing(model, owner, &connector->head, "sender_domains",
			"a partner connector says whose domains it is for");
}

/* `exchange`, for inbound also `on-premises`, or the name of a gateway. */
static void
check_direction(Model *model, Owner owner, const FieldText *field, bool on_premises)
{
	FieldItem item = {.text = field->text, .span = field->span};
	ModelRef ref;

	if (field->state != FIELD_SET || STR_EQ(field->text, "exchange") ||
		(on_premises && STR_EQ(field->text, "on-premises")))
		return;
	ref = model_find_sender(model, field->text);
	if (ref.kind == MODEL_KIND_NONE)
		report_unresolved(model, owner, &item,
			on_premises ? "`exchange`, `on-premises` or a gateway"
				    : "`exchange` or a gateway");
	else if (ref.kind != MODEL_KIND_GATEWAY)
		report_wrong_kind(model, owner, &item, ref, "a gateway");
}

static void
check_domain(Model *model, const ModelDomain *domain)
{
	Owner owner = {"domains", "inbound", domain->head.name};
	uint32_t i;

	check_direction(model, owner, &domain->inbound, true);
	owner.key = "spf/also";
	for (i = 0; i < domain->spf.also.len; i++) {
		const FieldItem *item = &domain->spf.also.items[i];
		ModelRef ref = model_find_sender(model, item->text);
		NetPrefix prefix;

		if (ref.kind == MODEL_KIND_EGRESS ||
			net_prefix_parse(item->text, &prefix) == NET_ADDRESS_OK)
			continue;
		if (ref.kind == MODEL_KIND_NONE)
			report_unresolved(model, owner, item, "an egress object or an address");
		else
			report_wrong_kind(
				model, owner, item, ref, "an egress object or an address");
	}
}

void
model_resolve(Model *model)
{
	const ModelConnector *by_default = NULL;
	Owner tenant = {"tenant", NULL, STR("outbound")};
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
	for (i = 0; i < model->domains_len; i++)
		check_domain(model, &model->domains[i]);
	tenant.key = "outbound";
	check_direction(model, tenant, &model->spec->tenant.outbound, false);
}
