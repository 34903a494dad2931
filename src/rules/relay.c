/*
 * Whether mail that hosts hand over for outside recipients is relayed. Since 2023-11 two things
 * must hold, else 550 5.7.64 TenantAttribution; Relay Access Denied: an on-premises connector
 * identifies the last hop, and the sender's or the certificate's domain is accepted (Microsoft
 * Learn, relay through Exchange Online; message centre).
 */
#include "rules/rules_int.h"

/* The routes of one host that are refused for one reason. */
typedef struct Refused {
	const ModelRoute *route; /* the first; NULL: none */
	uint32_t number, count;  /* its number, and how many there are */
} Refused;

static void
add_refused(Refused *refused, const ModelRoute *route, uint32_t number)
{
	if (refused->count++ > 0)
		return;
	refused->route = route;
	refused->number = number;
}

bool
rules_sends_outside(const ModelHostInfo *info)
{
	return info->method == MODEL_METHOD_CONNECTOR && !info->broken &&
	       info->recipients != MODEL_RECIPIENTS_INTERNAL;
}

/*
 * Whether a finding about addresses or a connector explains already why no on-premises connector
 * identifies a route: a connector accepts what leaves there, but cannot hold it.
 */
bool
rules_miss_is_explained(const RuleFacts *facts, const ModelRoute *route)
{
	size_t number = (size_t)(route - facts->model->routes.items);
	const RuleUse *use = rules_use_of(facts, route->host, route->egress);
	const StateConnector *connectors = facts->state->connectors.items;
	const FieldPrefixes *addresses = model_route_addresses(facts->model, route);
	uint32_t i;

	if (rules_route_failed(facts, route) || facts->missing_routes[number] ||
		(route->last_hop != MODEL_SELF && facts->missing_gateways[route->last_hop]))
		return true;
	if (use->by_certificate != STATE_NONE &&
		facts->identities[use->by_certificate] != RULE_IDENTITY_GOOD)
		return true;
	if (use->by_address == STATE_NONE)
		return false;
	if (facts->identities[use->by_address] != RULE_IDENTITY_GOOD ||
		connectors[use->by_address].wide.len > 0)
		return true;
	if (route->egress != MODEL_SELF &&
		rules_is_on(&facts->model->egress[route->egress].dynamic))
		return true;
	/* Held back since it is shared (CP109); IPv6 is held back by every connector. */
	for (i = 0; i < addresses->len; i++) {
		if (addresses->items[i].prefix.family == NET_IP4)
			return true;
	}
	return false;
}

/* --- CP412 CP418 ------------------------------------------------------------------------------ */

static Diag *
report_refused(
	const RuleFacts *facts, DiagCode code, const Refused *refused, Str why, DiagSink *sink)
{
	const FieldObject *head = &facts->model->hosts[refused->route->host].head;
	Diag *diag = diag_report(sink, code, head->name_span,
		"mail of `" STR_FMT "` to outside recipients is refused with 550 5.7.64: " STR_FMT,
		STR_ARG(head->name), STR_ARG(why));

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, head->name, NULL, (Str){0}));
	diag_note(sink, diag, "route: " STR_FMT STR_FMT,
		STR_ARG(model_route_text(facts->scratch, facts->model, refused->route)),
		STR_ARG(rules_more(facts, refused->count - 1)));
	return diag;
}

/* "`198.51.100.11`", "`198.51.100.11` and 3 more", "its addresses" */
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

/* The connectors that come near: by certificate alone, or disabled. */
static void
note_near_misses(const RuleFacts *facts, const ModelRoute *route, DiagSink *sink, Diag *diag)
{
	const RuleUse *use = rules_use_of(facts, route->host, route->egress);
	Str presented = model_route_certificate(facts->model, route);

	if (use->by_certificate != STATE_NONE)
		diag_note(sink, diag,
			"connector `" STR_FMT "` takes it by certificate `" STR_FMT
			"` alone; the last hop presents %s" STR_FMT "%s",
			STR_ARG(rules_connector_name(facts, use->by_certificate)),
			STR_ARG(facts->state->connectors.items[use->by_certificate].certificate),
			presented.ptr == NULL ? "none" : "`", STR_ARG(presented),
			presented.ptr == NULL ? "" : "`");
	if (use->by_address != STATE_NONE)
		diag_note(sink, diag, "connector `" STR_FMT "` accepts it, but %s",
			STR_ARG(rules_connector_name(facts, use->by_address)),
			model_route_addresses(facts->model, route)->len > 0
				? "connectors take IPv4 alone"
				: "no address of it is known");
	if (use->disabled != STATE_NONE)
		diag_note(sink, diag, "connector `" STR_FMT "` accepts it, but is disabled",
			STR_ARG(rules_connector_name(facts, use->disabled)));
}

static void
report_not_accepted(const RuleFacts *facts, const Refused *refused, DiagSink *sink)
{
	const RuleUse *use = rules_use_of(facts, refused->route->host, refused->route->egress);
	Str shown = shown_text(facts, refused->route);
	Diag *diag = report_refused(facts, DIAG_RELAY_NOT_ACCEPTED, refused,
		str_format(facts->arena, "no enabled on-premises connector identifies " STR_FMT,
			STR_ARG(shown)),
		sink);

	diag_label(sink, diag, "accepted by no on-premises connector");
	note_near_misses(facts, refused->route, sink, diag);
	if (model_route_is_shared(facts->model, refused->route))
		diag_note(sink, diag,
			"its addresses are shared, so that no connector may hold them: "
			"`connplan explain CP109` has four ways out");
	diag_help(sink, diag,
		"%s; if it writes to the tenant's own people alone, say `recipients: internal`",
		use->disabled != STATE_NONE
			? "enable that connector, or accept it on another on-premises one"
			: "add it, its gateway or its egress to `accepts` of an enabled "
			  "on-premises connector");
}

static void
report_partner(const RuleFacts *facts, const Refused *refused, DiagSink *sink)
{
	const StateMatch *match = &facts->state->matches[refused->number];
	const StateConnector *connector = &facts->state->connectors.items[match->partner];
	Diag *diag = report_refused(facts, DIAG_PARTNER_CANNOT_RELAY, refused,
		str_format(facts->arena,
			"partner connector `" STR_FMT
			"` alone takes it, and partner connectors never relay",
			STR_ARG(connector->name)),
		sink);

	diag_label(sink, diag, "accepted by a partner connector alone");
	diag_related(sink, diag, connector->span, "takes mail to the tenant, not through it");
	diag_help(sink, diag,
		"accept it on an on-premises connector, if its address is yours alone; if it "
		"writes to the tenant's own people alone, say `recipients: internal`");
}

/* --- CP413 ------------------------------------------------------------------------------------ */

/* Whether only the sender's domain can make this identified route relay. */
static bool
needs_sender(const RuleFacts *facts, const ModelRoute *route, const StateMatch *match)
{
	return !match->by_certificate ||
	       !rules_certificate_is_accepted(facts, model_route_certificate(facts->model, route));
}

static void
report_sender(const RuleFacts *facts, const Refused *refused, uint32_t element, DiagSink *sink)
{
	const ModelRelayHost *host = &facts->model->hosts[refused->route->host];
	const FieldItem *domain = &host->sends_as.items[element];
	const StateMatch *match = &facts->state->matches[refused->number];
	Str value = rules_is_list(host->sends_as.span, domain->span) ? domain->text : (Str){0};
	const ModelDomain *object = model_find_domain(facts->model, domain->text);
	Str nearest;
	Diag *diag = report_refused(facts, DIAG_SENDER_NOT_ACCEPTED, refused,
		str_format(facts->arena, "it sends as `" STR_FMT "`, which is no accepted domain",
			STR_ARG(domain->text)),
		sink);

	diag->span = domain->span;
	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, host->head.name, "sends_as", value));
	diag_label(sink, diag, "not an accepted domain");
	if (object != NULL && object->accepted.state == FIELD_SET)
		diag_related(sink, diag, object->accepted.span, "said here");
	else if (object == NULL)
		diag_note(
			sink, diag, "`domains` does not name `" STR_FMT "`", STR_ARG(domain->text));
	diag_note(sink, diag, "connector `" STR_FMT "` identifies it %s",
		STR_ARG(rules_connector_name(facts, match->on_premises)),
		match->by_certificate ? "by a certificate under no accepted domain" : "by address");
	nearest = object == NULL ? rules_nearest_domain(facts, domain->text) : (Str){0};
	diag_help(sink, diag,
		STR_FMT "send as an accepted domain (the visible From may differ), add the domain "
			"to `domains` once the tenant has accepted it, or identify by a "
			"certificate under an accepted domain",
		STR_ARG(nearest.ptr == NULL
				? STR("")
				: str_format(facts->arena, "did you mean `" STR_FMT "`? Else ",
					  STR_ARG(nearest))));
}

static void
check_senders(const RuleFacts *facts, const Refused *refused, DiagSink *sink)
{
	const FieldItems *sends_as = &facts->model->hosts[refused->route->host].sends_as;
	uint32_t i;

	for (i = 0; i < sends_as->len && !diag_is_full(sink); i++) {
		if (!model_domain_is_accepted(facts->model, sends_as->items[i].text))
			report_sender(facts, refused, i, sink);
	}
}

/* --- all three -------------------------------------------------------------------------------- */

static void
check_host(const RuleFacts *facts, const ModelHostInfo *info, DiagSink *sink)
{
	Refused missing = {0}, partner = {0}, sender = {0};
	uint32_t i;

	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		const ModelRoute *route = &facts->model->routes.items[i];
		const StateMatch *match = &facts->state->matches[i];

		if (match->on_premises != STATE_NONE && needs_sender(facts, route, match))
			add_refused(&sender, route, i);
		if (match->on_premises != STATE_NONE || !facts->connectors_known ||
			rules_miss_is_explained(facts, route))
			continue;
		add_refused(match->partner != STATE_NONE ? &partner : &missing, route, i);
	}
	if (missing.count > 0)
		report_not_accepted(facts, &missing, sink);
	else if (partner.count > 0)
		report_partner(facts, &partner, sink);
	if (sender.count > 0)
		check_senders(facts, &sender, sink);
}

void
check_relay(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	uint32_t i;

	/* What a missing file defines, nobody knows. */
	for (i = 0; model->usable && i < model->hosts_len && !diag_is_full(sink); i++) {
		if (rules_sends_outside(&model->host_infos[i]))
			check_host(facts, &model->host_infos[i], sink);
	}
}
