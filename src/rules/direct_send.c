/* Mail that comes to the tenant as any stranger's would: without sign-in, without a connector. */
#include "rules/rules_int.h"

/* The routes of one host that nothing identifies. */
typedef struct Strangers {
	const ModelRoute *first;
	uint32_t len;
} Strangers;

/* Whether a connector takes the mail of a route, so that it is not direct send at all. */
typedef bool (*IsTaken)(const StateMatch *match);

static bool
takes_on_premises(const StateMatch *match)
{
	return match->on_premises != STATE_NONE;
}

static bool
takes_any(const StateMatch *match)
{
	return match->on_premises != STATE_NONE || match->partner != STATE_NONE;
}

bool
rules_may_be_direct(const ModelHostInfo *info)
{
	return !info->broken && (info->method == MODEL_METHOD_DIRECT_SEND ||
					(info->method == MODEL_METHOD_CONNECTOR &&
						info->recipients == MODEL_RECIPIENTS_INTERNAL));
}

static Strangers
find_strangers(const RuleFacts *facts, uint32_t host, IsTaken is_taken)
{
	const ModelHostInfo *info = &facts->model->host_infos[host];
	Strangers strangers = {0};
	uint32_t i;

	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		const ModelRoute *route = &facts->model->routes.items[i];

		if (is_taken(&facts->state->matches[i]) || rules_miss_is_explained(facts, route))
			continue;
		if (strangers.len++ == 0)
			strangers.first = route;
	}
	return strangers;
}

static void
note_route(const RuleFacts *facts, const Strangers *strangers, DiagSink *sink, Diag *diag)
{
	diag_note(sink, diag, "route: " STR_FMT STR_FMT,
		STR_ARG(model_route_text(facts->scratch, facts->model, strangers->first)),
		STR_ARG(rules_more(facts, strangers->len - 1)));
}

/* --- CP604 ------------------------------------------------------------------------------------ */

/* Microsoft Learn, how to set up a device or application to send mail with Microsoft 365. */
static void
check_outside(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	Strangers strangers = find_strangers(facts, host, takes_on_premises);
	Diag *diag;

	if (facts->model->host_infos[host].recipients == MODEL_RECIPIENTS_INTERNAL ||
		strangers.len == 0)
		return;
	diag = diag_report(sink, DIAG_DIRECT_SEND_EXTERNAL, object->recipients.span,
		"mail of `" STR_FMT
		"` to outside recipients is refused with 550 5.7.64: direct send reaches the "
		"tenant's own people alone",
		STR_ARG(object->head.name));
	diag_path(diag,
		rules_path(facts, MODEL_KIND_HOST, object->head.name, "recipients", (Str){0}));
	diag_label(sink, diag, "not by `method: direct-send`");
	note_route(facts, &strangers, sink, diag);
	diag_help(sink, diag,
		"say `method: connector` and accept it on an on-premises connector, or let it sign "
		"in with `method: submission`; if it writes to the tenant's own people alone, say "
		"`recipients: internal`");
}

/* --- CP605 ------------------------------------------------------------------------------------ */

static const FieldItem *
find_accepted_sender(const RuleFacts *facts, const ModelRelayHost *host)
{
	uint32_t i;

	for (i = 0; i < host->sends_as.len; i++) {
		if (model_domain_is_accepted(facts->model, host->sends_as.items[i].text))
			return &host->sends_as.items[i];
	}
	return NULL;
}

static Str
shown_text(const RuleFacts *facts, const ModelRoute *route)
{
	const FieldPrefixes *addresses = model_route_addresses(facts->model, route);

	if (addresses->len == 0)
		return STR("what its last hop shows");
	return str_format(facts->arena, "`" STR_FMT "`" STR_FMT,
		STR_ARG(rules_prefix_text(facts, addresses->items[0].prefix)),
		STR_ARG(rules_more(facts, addresses->len - 1)));
}

/* Microsoft Learn, Set-OrganizationConfig, RejectDirectSend: mail from an accepted domain that no
 * connector matches. */
static void
check_rejected(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	const FieldItem *sender = find_accepted_sender(facts, object);
	Strangers strangers = find_strangers(facts, host, takes_any);
	Diag *diag;

	if (sender == NULL || strangers.len == 0 ||
		facts->model->host_infos[host].recipients == MODEL_RECIPIENTS_EXTERNAL)
		return;
	diag = diag_report(sink, DIAG_DIRECT_SEND_REJECTED,
		object->method.state == FIELD_SET ? object->method.span : object->head.name_span,
		"mail of `" STR_FMT "` as `" STR_FMT
		"` is refused with 550 5.7.68: the tenant rejects direct send, and no connector "
		"matches " STR_FMT,
		STR_ARG(object->head.name), STR_ARG(sender->text),
		STR_ARG(shown_text(facts, strangers.first)));
	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, object->head.name, "method", (Str){0}));
	diag_label(sink, diag, "rejected");
	diag_related(sink, diag, facts->model->spec->tenant.reject_direct_send.span,
		"the tenant rejects it");
	note_route(facts, &strangers, sink, diag);
	diag_help(sink, diag,
		facts->model->host_infos[host].method == MODEL_METHOD_CONNECTOR
			? "accept it on an on-premises connector, or let it sign in with `method: "
			  "submission`"
			: "say `method: connector` and accept it on an on-premises connector, or "
			  "let it sign in with `method: submission`");
}

void
check_direct_send(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	bool rejects = rules_is_on(&model->spec->tenant.reject_direct_send);
	uint32_t i;

	/* What a connector takes is not direct send: each of them must be known. */
	if (!facts->connectors_known)
		return;
	for (i = 0; i < model->hosts_len; i++) {
		const ModelHostInfo *info = &model->host_infos[i];

		if (info->method == MODEL_METHOD_DIRECT_SEND && !info->broken)
			check_outside(facts, i, sink);
		if (rejects && rules_may_be_direct(info))
			check_rejected(facts, i, sink);
	}
}

/* --- CP610 ------------------------------------------------------------------------------------ */

/* Senders that enabled partner connectors are for. */
typedef struct Partners {
	bool all;
	Map names, parents; /* `contoso.com`, and the part behind `*.` */
} Partners;

static Partners
find_partners(const RuleFacts *facts)
{
	Partners partners = {0};
	size_t i;
	uint32_t j;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		if (connector->type != MODEL_PARTNER || !connector->enabled)
			continue;
		for (j = 0; j < connector->spec->sender_domains.len; j++) {
			Str sender = connector->spec->sender_domains.items[j].text;

			if (STR_EQ(sender, "*"))
				partners.all = true;
			else if (str_starts(sender, STR("*.")))
				map_add(facts->scratch, &partners.parents,
					str_slice(sender, 2, sender.len), 0);
			else
				map_add(facts->scratch, &partners.names, sender, 0);
		}
	}
	return partners;
}

static bool
has_partner(const Partners *partners, Str domain)
{
	size_t dot;

	if (partners->all || map_find(&partners->names, domain) != MAP_NONE)
		return true;
	while ((dot = str_find_char(domain, '.', 0)) < domain.len) {
		domain = str_slice(domain, dot + 1, domain.len);
		if (map_find(&partners->parents, domain) != MAP_NONE)
			return true;
	}
	return false;
}

/* Whether mail for the domain comes straight to Exchange Online, and others may send as it. */
static const FieldItem *
find_third_party(const RuleFacts *facts, const ModelDomain *domain)
{
	const FieldText *inbound = &domain->inbound;
	uint32_t i;

	if (domain->head.state != FIELD_SET || inbound->state == FIELD_BAD ||
		(inbound->state == FIELD_SET && !STR_EQ(inbound->text, "exchange")) ||
		!model_domain_is_accepted(facts->model, domain->head.name))
		return NULL;
	for (i = 0; i < domain->spf.includes.len; i++) {
		/* Exchange Online's own includes are no third party. */
		if (!net_is_service_include(domain->spf.includes.items[i].text))
			return &domain->spf.includes.items[i];
	}
	return NULL;
}

static void
report_third_party(
	const RuleFacts *facts, const ModelDomain *domain, const FieldItem *include, DiagSink *sink)
{
	const FieldItems *includes = &domain->spf.includes;
	Str value = rules_is_list(includes->span, include->span) ? include->text : (Str){0};
	Diag *diag = diag_report(sink, DIAG_REJECT_HITS_THIRD_PARTY, include->span,
		"the tenant rejects direct send: what the senders behind `" STR_FMT
		"` write to it as `" STR_FMT "` is refused with 550 5.7.68",
		STR_ARG(include->text), STR_ARG(domain->head.name));

	diag_path(diag,
		rules_path(facts, MODEL_KIND_DOMAIN, domain->head.name, "spf/includes", value));
	diag_label(sink, diag, "no partner connector takes their mail");
	diag_related(sink, diag, facts->model->spec->tenant.reject_direct_send.span,
		"the tenant rejects it");
	diag_help(sink, diag,
		"if the service writes to the tenant's own people, add a partner connector for "
		"`" STR_FMT "` with its certificate or addresses; if it never does, waive this",
		STR_ARG(domain->head.name));
}

/* Follows from the conditions of RejectDirectSend: one finding for a domain. */
void
check_third_parties(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Partners partners;
	uint32_t i;

	if (!rules_is_on(&model->spec->tenant.reject_direct_send) || !model->usable ||
		!facts->connectors_known)
		return;
	partners = find_partners(facts);
	for (i = 0; i < model->domains_len; i++) {
		const FieldItem *include = find_third_party(facts, &model->domains[i]);

		if (include != NULL && !has_partner(&partners, model->domains[i].head.name))
			report_third_party(facts, &model->domains[i], include, sink);
	}
}
