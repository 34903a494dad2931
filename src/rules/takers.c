/* CP423: senders whose mail every connector that identifies them leaves aside; CP007 for the
 * domains that connectors are bound to. */
#include "rules/rules_int.h"

typedef VEC(uint32_t) Numbers;

/* Which enabled on-premises connectors take the senders of which domain. */
typedef struct Takers {
	const RuleFacts *facts;
	Map limits;            /* connector and domain, see limit_key() */
	Map domains;           /* what a connector is limited to → number in `lists` */
	VEC(Numbers) lists;    /* connectors */
	NetSet open;           /* addresses of those without a limit */
	Map open_certificates; /* and what they take by certificate */
	uint64_t questions;
} Takers;

static bool
is_limited(const StateConnector *connector)
{
	return connector->spec != NULL && connector->spec->accepted_domains.len > 0;
}

static Str
limit_key(const Takers *takers, uint32_t connector, Str domain)
{
	return str_format(
		takers->facts->scratch, "%u " STR_FMT, (unsigned)connector, STR_ARG(domain));
}

static void
add_domain(Takers *takers, uint32_t connector, Str domain)
{
	Arena *scratch = takers->facts->scratch;
	uint32_t number = (uint32_t)takers->lists.len;
	uint32_t known = map_add(scratch, &takers->domains, domain, number);

	if (known == MAP_NONE)
		(void)VEC_ADD(scratch, &takers->lists);
	else
		number = known;
	VEC_PUSH(scratch, &takers->lists.items[number], connector);
	map_add(scratch, &takers->limits, limit_key(takers, connector, domain), 1);
}

/* An accepted domain that stands for its subdomains does so on a connector as well. */
static void
add_limited(Takers *takers, uint32_t index)
{
	const FieldItems *domains =
		&takers->facts->state->connectors.items[index].spec->accepted_domains;
	uint32_t i;

	for (i = 0; i < domains->len; i++) {
		Str name = domains->items[i].text;
		const ModelDomain *domain = model_find_domain(takers->facts->model, name);

		add_domain(takers, index, name);
		if (domain != NULL && domain->accepted.state == FIELD_SET &&
			domain->accepted.value == MODEL_ACCEPTED_WITH_SUBDOMAINS)
			add_domain(takers, index,
				str_format(takers->facts->scratch, "*." STR_FMT, STR_ARG(name)));
	}
}

static void
add_open(Takers *takers, const StateConnector *connector)
{
	Arena *scratch = takers->facts->scratch;

	net_set_add_all(scratch, &takers->open, &connector->set);
	if (connector->by_certificate && connector->certificate.ptr != NULL)
		map_add(scratch, &takers->open_certificates,
			str_lower(scratch, connector->certificate), 1);
}

static void
find_takers(Takers *takers)
{
	uint32_t i;

	for (i = 0; i < takers->facts->state->connectors.len; i++) {
		const StateConnector *connector = &takers->facts->state->connectors.items[i];

		if (!connector->enabled || connector->type != MODEL_ON_PREMISES)
			continue;
		if (is_limited(connector))
			add_limited(takers, i);
		else
			add_open(takers, connector);
	}
	net_set_normalise(&takers->open);
}

static bool
holds_addresses(const NetSet *set, const FieldPrefixes *addresses)
{
	bool any = false;
	uint32_t i;

	for (i = 0; i < addresses->len; i++) {
		if (addresses->items[i].prefix.family != NET_IP4)
			continue;
		any = true;
		if (!net_set_contains(set, net_prefix_network(addresses->items[i].prefix)))
			return false;
	}
	return any;
}

/* Looks at the name that a domain goes by in `domains` and `limits`. */
typedef bool (*TakersVisit)(Takers *takers, uint32_t route, Str name, NetSet *left);

/* The domain itself, then `*.parent` for its parents, until one is what is looked for. */
static bool
each_name(Takers *takers, uint32_t route, Str domain, TakersVisit visit, NetSet *left)
{
	Str rest = domain, name = domain;
	size_t dot;

	for (;;) {
		if (visit(takers, route, name, left))
			return true;
		dot = str_find_char(rest, '.', 0);
		if (dot == rest.len)
			return false;
		rest = str_slice(rest, dot + 1, rest.len);
		name = str_format(takers->facts->scratch, "*." STR_FMT, STR_ARG(rest));
	}
}

static const ModelRoute *
route_of(const Takers *takers, uint32_t number)
{
	return &takers->facts->model->routes.items[number];
}

static bool
visit_match(Takers *takers, uint32_t route, Str name, NetSet *left)
{
	const StateMatch *match = &takers->facts->state->matches[route];

	(void)left;
	return map_find(&takers->limits, limit_key(takers, match->on_premises, name)) != MAP_NONE;
}

/* Whether the connector that was found for a route takes the domain: nearly always so. */
static bool
match_takes(Takers *takers, uint32_t route, Str domain)
{
	const StateMatch *match = &takers->facts->state->matches[route];
	const StateConnector *connector =
		&takers->facts->state->connectors.items[match->on_premises];

	return (match->by_certificate ||
		       holds_addresses(&connector->set, model_route_addresses(takers->facts->model,
								route_of(takers, route)))) &&
	       each_name(takers, route, domain, visit_match, NULL);
}

static bool
takes_certificate(const StateConnector *connector, Str certificate)
{
	return certificate.ptr != NULL && connector->by_certificate &&
	       connector->certificate.ptr != NULL &&
	       state_certificate_matches(connector->certificate, certificate);
}

/* Takes away from the addresses those of every connector for this name. */
static bool
visit_takers(Takers *takers, uint32_t route, Str name, NetSet *left)
{
	Str certificate = model_route_certificate(takers->facts->model, route_of(takers, route));
	uint32_t number = map_find(&takers->domains, name);
	size_t i;

	for (i = 0; number != MAP_NONE && i < takers->lists.items[number].len; i++) {
		const StateConnector *connector =
			&takers->facts->state->connectors
				 .items[takers->lists.items[number].items[i]];

		takers->questions += 1 + connector->set.ip4.len;
		if (takes_certificate(connector, certificate))
			return true;
		*left = net_set_subtract(takers->facts->scratch, left, &connector->set);
		if (net_set_is_empty(left))
			return true;
	}
	return false;
}

/* Under no limit, or by connectors that together hold all addresses for this domain. */
static bool
others_take(Takers *takers, uint32_t route, Str domain)
{
	const Model *model = takers->facts->model;
	const FieldPrefixes *addresses = model_route_addresses(model, route_of(takers, route));
	Str certificate = model_route_certificate(model, route_of(takers, route));
	NetSet left = {0};
	uint32_t i;

	if (holds_addresses(&takers->open, addresses) ||
		(certificate.ptr != NULL && rules_certificate_is_taken(takers->facts,
						    &takers->open_certificates, certificate)))
		return true;
	for (i = 0; i < addresses->len; i++) {
		if (addresses->items[i].prefix.family == NET_IP4)
			net_set_add(takers->facts->scratch, &left, addresses->items[i].prefix);
	}
	net_set_normalise(&left);
	left = net_set_subtract(takers->facts->scratch, &left, &takers->open);
	return each_name(takers, route, domain, visit_takers, &left);
}

/* The connector that was found for a route, or the limited one that holds the rest of it. */
static const StateConnector *
limited_holder(Takers *takers, uint32_t number)
{
	const StateConnector *connectors = takers->facts->state->connectors.items;
	const FieldPrefixes *addresses =
		model_route_addresses(takers->facts->model, route_of(takers, number));
	uint32_t found = takers->facts->state->matches[number].on_premises, i, j;

	for (i = 0; i < takers->facts->state->connectors.len && !is_limited(&connectors[found]);
		i++) {
		takers->questions += addresses->len;
		for (j = 0; j < addresses->len; j++) {
			NetSet set =
				net_set_of(takers->facts->scratch, &addresses->items[j].prefix, 1);

			if (connectors[i].enabled && connectors[i].type == MODEL_ON_PREMISES &&
				net_set_overlaps(&connectors[i].set, &set))
				found = i;
		}
	}
	return &connectors[found];
}

static void
report_outside(Takers *takers, uint32_t number, const FieldItem *domain, DiagSink *sink)
{
	const RuleFacts *facts = takers->facts;
	const ModelRoute *route = route_of(takers, number);
	const ModelRelayHost *host = &facts->model->hosts[route->host];
	const StateConnector *connector = limited_holder(takers, number);
	Str value = rules_is_list(host->sends_as.span, domain->span) ? domain->text : (Str){0};
	Diag *diag = diag_report(sink, DIAG_SENDER_OUTSIDE_CONNECTOR, domain->span,
		"`" STR_FMT "` sends as `" STR_FMT
		"`, outside `accepted_domains` of connector `" STR_FMT
		"`, and no other connector takes it: mail to outside recipients is "
		"refused with 550 5.7.64",
		STR_ARG(host->head.name), STR_ARG(domain->text), STR_ARG(connector->name));

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, host->head.name, "sends_as", value));
	diag_label(sink, diag, "outside `accepted_domains`");
	if (is_limited(connector))
		diag_related(
			sink, diag, connector->spec->accepted_domains.span, "only these senders");
	diag_note(sink, diag, "route: " STR_FMT,
		STR_ARG(model_route_text(facts->scratch, facts->model, route)));
	diag_help(sink, diag,
		"add `" STR_FMT "` to `accepted_domains` of `" STR_FMT
		"`, or accept the host on a connector for that domain",
		STR_ARG(domain->text), STR_ARG(connector->name));
}

/* A domain that only a certificate could make up for is CP413 where it does not. */
static bool
was_reported(const RuleFacts *facts, uint32_t number, Str domain)
{
	Str certificate =
		model_route_certificate(facts->model, &facts->model->routes.items[number]);

	return !model_domain_is_accepted(facts->model, domain) &&
	       !(facts->state->matches[number].by_certificate &&
		       rules_certificate_is_accepted(facts, certificate));
}

/* The first route on which a domain of a host is left aside is told. */
static void
check_sender(Takers *takers, const ModelHostInfo *info, const FieldItem *domain, DiagSink *sink)
{
	const RuleFacts *facts = takers->facts;
	uint32_t i;

	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		if (facts->state->matches[i].on_premises == STATE_NONE ||
			takers->questions > RULES_MAX_QUESTIONS ||
			was_reported(facts, i, domain->text) ||
			match_takes(takers, i, domain->text) ||
			others_take(takers, i, domain->text))
			continue;
		report_outside(takers, i, domain, sink);
		return;
	}
}

/* A list of domains that could not be read may hold any. */
static bool
limits_are_known(const Model *model, bool *ret_any)
{
	uint32_t i;

	*ret_any = false;
	for (i = 0; i < model->connectors_len; i++) {
		if (model->connectors[i].accepted_domains.state == FIELD_BAD)
			return false;
		*ret_any = *ret_any || model->connectors[i].accepted_domains.len > 0;
	}
	return true;
}

/* Microsoft Learn, New-InboundConnector, AssociatedAcceptedDomains. */
void
check_sender_limits(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Takers takers = {.facts = facts};
	bool any;
	uint32_t i, j;

	if (!facts->connectors_known || !limits_are_known(model, &any) || !any)
		return;
	find_takers(&takers);
	for (i = 0; i < model->hosts_len; i++) {
		const ModelHostInfo *info = &model->host_infos[i];
		const FieldItems *domains = &model->hosts[i].sends_as;

		for (j = 0; rules_sends_outside(info) && j < domains->len; j++)
			check_sender(&takers, info, &domains->items[j], sink);
	}
	if (takers.questions > RULES_MAX_QUESTIONS)
		rules_report_limit(facts, sink);
}

/* --- CP007, of domains ------------------------------------------------------------------------ */

static void
report_not_accepted(const RuleFacts *facts, const StateConnector *connector, const FieldItem *item,
	DiagSink *sink)
{
	const ModelDomain *domain = model_find_domain(facts->model, item->text);
	Str nearest = domain == NULL ? rules_nearest_domain(facts, item->text) : (Str){0};
	Diag *diag = diag_report(sink, DIAG_UNRESOLVED_NAME, item->span,
		"`" STR_FMT
		"` is no accepted domain of the tenant: Exchange Online refuses it on connector "
		"`" STR_FMT "`",
		STR_ARG(item->text), STR_ARG(connector->name));

	diag_path(diag, rules_path(facts, MODEL_KIND_CONNECTOR, connector->name, "accepted_domains",
				item->text));
	diag_label(sink, diag, domain == NULL ? "not under `domains`" : "`accepted: false`");
	if (domain != NULL)
		diag_related(sink, diag, domain->accepted.span, "not accepted");
	if (nearest.ptr != NULL)
		diag_help(sink, diag, "did you mean `" STR_FMT "`?", STR_ARG(nearest));
	else
		diag_help(sink, diag,
			"take it out, or state the domain as accepted if the tenant has it");
}

/* The export of the tenant, if it tells the accepted domains; raw ones do not. */
static const ConnectorExport *
live_domains(const RuleFacts *facts, Map *names)
{
	const Plan *plan = facts->input->plan;
	const ConnectorExport *export = plan->before == NULL ? NULL : plan->before->export;
	size_t i;

	if (export == NULL || export->domains.len == 0)
		return NULL;
	for (i = 0; i < export->domains.len; i++) {
		Str text = export->domains.items[i].name, name;

		/* As the spec has them, in A-labels. */
		if (net_name_parse(facts->scratch, text, NET_NAME_HOST, &name) != NET_NAME_OK)
			name = str_lower(facts->scratch, text);
		map_add(facts->scratch, names, name, 0);
	}
	return export;
}

/* The spec takes it for accepted, the tenant's own list does not hold it. */
static void
report_not_live(const RuleFacts *facts, const StateConnector *connector, const FieldItem *item,
	const ConnectorExport *export, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_UNRESOLVED_NAME, item->span,
		"`" STR_FMT
		"` is not among the accepted domains of the export: Exchange Online refuses it on "
		"connector `" STR_FMT "`",
		STR_ARG(item->text), STR_ARG(connector->name));

	diag_path(diag, rules_path(facts, MODEL_KIND_CONNECTOR, connector->name, "accepted_domains",
				item->text));
	diag_label(sink, diag, "the tenant does not have it");
	diag_related(sink, diag, export->span, "the export");
	diag_help(sink, diag, "take it out, or add the domain to the tenant and export it again");
}

/* Microsoft Learn, New-InboundConnector, AssociatedAcceptedDomains. */
void
check_accepted_domains(const RuleFacts *facts, DiagSink *sink)
{
	const State *state = facts->state;
	Map live = {0};
	const ConnectorExport *export = live_domains(facts, &live);
	uint32_t j;
	size_t i;

	for (i = 0; i < state->connectors.len; i++) {
		const StateConnector *connector = &state->connectors.items[i];
		const FieldItems *list;

		if (connector->spec == NULL)
			continue;
		list = &connector->spec->accepted_domains;
		for (j = 0; j < list->len; j++) {
			const FieldItem *item = &list->items[j];

			if (!model_domain_is_accepted(facts->model, item->text))
				report_not_accepted(facts, connector, item, sink);
			else if (export != NULL && map_find(&live, item->text) == MAP_NONE &&
				 model_find_domain(facts->model, item->text) != NULL)
				report_not_live(facts, connector, item, export, sink);
		}
	}
}
