/*
 * Mail that reaches Exchange Online over IPv6 as any stranger's would: it is taken only from an
 * address with a reverse name, and only if SPF or DKIM of the sender passes; else 554 5.7.1
 * (Microsoft Learn, support for anonymous inbound email over IPv6).
 */
#include "rules/spf_int.h"

/* As many addresses of one prefix as `connplan lock` asks for. */
#define ADDRESSES_MAX 256

/* The routes of one host that are refused for one reason. */
typedef struct Refused {
	const ModelRoute *first;
	uint32_t len;
	NetSet addresses; /* of the first */
} Refused;

/* What was worked out for one host, or one egress object, holds for all that leave there. */
typedef struct Known {
	RuleNames names;
	NetSet **egress; /* whose addresses have no reverse name; nothing before the first one */
} Known;

static void
add_refused(Refused *refused, const ModelRoute *route, NetSet addresses)
{
	if (!net_set_is_empty(&addresses) && refused->len++ == 0)
		*refused = (Refused){route, 1, addresses};
}

static Diag *
report_refused(const RuleFacts *facts, const Refused *refused, Str why, DiagSink *sink)
{
	const FieldObject *head = &facts->model->hosts[refused->first->host].head;
	Diag *diag = diag_report(sink, DIAG_IPV6_ANONYMOUS, head->name_span,
		"mail of `" STR_FMT "` from " STR_FMT
		" is refused with 554 5.7.1: over IPv6 Exchange Online takes direct send only "
		"from addresses " STR_FMT,
		STR_ARG(head->name), STR_ARG(rules_set_text(facts, &refused->addresses)),
		STR_ARG(why));

	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, head->name, NULL, (Str){0}));
	diag_note(sink, diag, "route: " STR_FMT STR_FMT,
		STR_ARG(model_route_text(facts->scratch, facts->model, refused->first)),
		STR_ARG(rules_more(facts, refused->len - 1)));
	return diag;
}

/* --- reverse names ---------------------------------------------------------------------------- */

static bool
has_stated_name(const FieldPairs *ptr, NetPrefix address)
{
	uint32_t i;

	for (i = 0; i < ptr->len; i++) {
		NetPrefix key;

		if (ptr->items[i].key.ptr == NULL ||
			(net_prefix_parse(ptr->items[i].key, &key) == NET_ADDRESS_OK &&
				net_prefix_contains(key, address)))
			return true;
	}
	return false;
}

/* Of a network that is too wide to be asked for its first address stands for all. */
static void
add_nameless(const RuleFacts *facts, const ModelEgress *egress, NetPrefix prefix, NetSet *nameless)
{
	NetPrefixVec single = {0};
	size_t i;

	if (net_split_count(prefix, 128) <= ADDRESSES_MAX)
		net_split(facts->scratch, prefix, 128, &single);
	else
		VEC_PUSH(facts->scratch, &single, net_prefix_address(prefix));
	for (i = 0; i < single.len; i++) {
		Str name = net_reverse_name(facts->scratch, single.items[i]);

		if (!(egress != NULL && has_stated_name(&egress->ptr, single.items[i])) &&
			state_answer(facts->state, name, DNS_PTR)->status != DNS_OK)
			net_set_add(facts->scratch, nameless, single.items[i]);
	}
}

/* The names of a pool that others use, or that changes, are its owner's, and in no lock. */
static NetSet
find_nameless(const RuleFacts *facts, const ModelRoute *route)
{
	const FieldPrefixes *addresses = model_route_addresses(facts->model, route);
	const ModelEgress *egress =
		route->egress == MODEL_SELF ? NULL : &facts->model->egress[route->egress];
	NetSet nameless = {0};
	uint32_t i;

	if (egress != NULL && (egress->ptr.state == FIELD_BAD || rules_is_on(&egress->dynamic) ||
				      model_route_is_shared(facts->model, route)))
		return nameless;
	for (i = 0; i < addresses->len; i++) {
		if (addresses->items[i].prefix.family == NET_IP6)
			add_nameless(facts, egress, net_prefix_network(addresses->items[i].prefix),
				&nameless);
	}
	net_set_normalise(&nameless);
	return nameless;
}

static NetSet
nameless_of(const RuleFacts *facts, Known *known, const ModelRoute *route)
{
	NetSet **nameless;

	if (route->egress == MODEL_SELF)
		return find_nameless(facts, route);
	if (known->egress == NULL)
		known->egress = ARENA_ARRAY(facts->scratch, NetSet *, facts->model->egress_len);
	nameless = &known->egress[route->egress];
	if (*nameless == NULL) {
		*nameless = ARENA_NEW(facts->scratch, NetSet);
		**nameless = find_nameless(facts, route);
	}
	return **nameless;
}

static void
report_nameless(const RuleFacts *facts, const Refused *refused, DiagSink *sink)
{
	Diag *diag = report_refused(facts, refused, STR("with a reverse name"), sink);

	diag_label(sink, diag, "no PTR record");
	diag_note(sink, diag, "%s",
		state_has_lock(facts->state) ? "the spec states no `ptr`, and the lock has none"
					     : "the spec states no `ptr`, and there is no lock");
	diag_help(sink, diag,
		"state the name as `ptr` of the egress and ask for the records of `dns/ptr.zone`; "
		"where it is published, run `connplan lock SPEC`; or hand over by IPv4 or a "
		"connector");
}

/* --- SPF -------------------------------------------------------------------------------------- */

static void
report_sender(
	const RuleFacts *facts, const Refused *refused, const FieldItem *sender, DiagSink *sink)
{
	const ModelRelayHost *host = &facts->model->hosts[refused->first->host];
	Str value = rules_is_list(host->sends_as.span, sender->span) ? sender->text : (Str){0};
	Diag *diag = report_refused(facts, refused,
		str_format(facts->arena,
			"that SPF of the sender lets pass, and `" STR_FMT "` does "
			"not",
			STR_ARG(sender->text)),
		sink);

	diag->span = sender->span;
	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, host->head.name, "sends_as", value));
	diag_label(sink, diag, "SPF does not pass");
	diag_help(sink, diag,
		"let the SPF record of `" STR_FMT
		"` hold these addresses, or sign with DKIM of that domain and waive this",
		STR_ARG(sender->text));
}

/* --- both ------------------------------------------------------------------------------------- */

/* Most hosts have nothing but IPv4: for them nothing is worked out. */
static bool
may_come_over_ip6(const RuleFacts *facts, const ModelHostInfo *info)
{
	uint32_t i, j;

	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		const FieldPrefixes *addresses =
			model_route_addresses(facts->model, &facts->model->routes.items[i]);

		for (j = 0; j < addresses->len; j++) {
			if (addresses->items[j].prefix.family == NET_IP6)
				return true;
		}
	}
	return false;
}

/* Whether the mail of a route comes as a stranger's: no connector takes it, by which ever way. */
static bool
is_anonymous(const RuleFacts *facts, uint32_t number)
{
	const StateMatch *match = &facts->state->matches[number];

	return match->on_premises == STATE_NONE && match->partner == STATE_NONE &&
	       !rules_route_failed(facts, &facts->model->routes.items[number]);
}

static void
check_host(const RuleFacts *facts, Known *known, uint32_t host, DiagSink *sink)
{
	const ModelHostInfo *info = &facts->model->host_infos[host];
	const FieldItems *sends_as = &facts->model->hosts[host].sends_as;
	Refused nameless = {0}, *unpassed = ARENA_ARRAY(facts->scratch, Refused, sends_as->len);
	uint32_t i, j;

	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		const ModelRoute *route = &facts->model->routes.items[i];

		if (!is_anonymous(facts, i))
			continue;
		add_refused(&nameless, route, nameless_of(facts, known, route));
		for (j = 0; j < sends_as->len; j++)
			add_refused(&unpassed[j], route,
				rules_spf_refused(facts, &known->names, sends_as->items[j].text,
					model_route_addresses(facts->model, route),
					RULE_FAMILY_IP6));
	}
	if (nameless.len > 0)
		report_nameless(facts, &nameless, sink);
	for (j = 0; j < sends_as->len; j++) {
		if (unpassed[j].len > 0)
			report_sender(facts, &unpassed[j], &sends_as->items[j], sink);
	}
}

void
check_anonymous_ip6(const RuleFacts *facts, DiagSink *sink)
{
	const FieldFlag *ip6 = &facts->model->spec->tenant.ipv6;
	Known known = {0};
	uint32_t i;

	/* Without AAAA records of the accepted domains nobody comes over IPv6. */
	if ((ip6->state == FIELD_SET && !ip6->on) || ip6->state == FIELD_BAD ||
		!facts->connectors_known)
		return;
	for (i = 0; i < facts->model->hosts_len && !diag_is_full(sink); i++) {
		const ModelHostInfo *info = &facts->model->host_infos[i];

		if (info->method == MODEL_METHOD_DIRECT_SEND && !info->broken &&
			may_come_over_ip6(facts, info))
			check_host(facts, &known, i, sink);
	}
}
