/* What of a spec a message of the service may be about. */
#include "rules/rules_int.h"

typedef struct Search {
	RuleFacts facts;
	const NetPrefixVec *quoted; /* addresses of the message */
	RulesCandidates *found;
} Search;

static void
add_candidate(Search *search, ModelKind kind, const FieldObject *head, const char *why, Str name)
{
	RulesCandidate candidate = {.kind = kind,
		.object = head->name,
		.path = rules_path(&search->facts, kind, head->name, NULL, (Str){0}),
		.span = head->name_span,
		.name = name,
		.why = why};

	VEC_PUSH(search->facts.arena, search->found, candidate);
}

/* Whether some route of a host is identified by no connector. */
static bool
is_anonymous(const Search *search, const ModelHostInfo *info)
{
	uint32_t i;

	for (i = info->first_route; i < info->first_route + info->routes_len; i++) {
		const StateMatch *match = &search->facts.state->matches[i];

		if (match->on_premises == STATE_NONE && match->partner == STATE_NONE)
			return true;
	}
	return false;
}

typedef void (*HostSearch)(Search *search, const ModelRelayHost *host, const ModelHostInfo *info);

/* Relay hangs on what Exchange Online sees: an address or a certificate that has changed. */
static void
search_relay(Search *search, const ModelRelayHost *host, const ModelHostInfo *info)
{
	uint32_t taker = STATE_NONE;

	if (info->method != MODEL_METHOD_CONNECTOR || info->recipients == MODEL_RECIPIENTS_INTERNAL)
		return;
	if (info->routes_len > 0)
		taker = search->facts.state->matches[info->first_route].on_premises;
	if (taker == STATE_NONE)
		add_candidate(
			search, MODEL_KIND_HOST, &host->head, "reply.why_relay_untaken", (Str){0});
	else
		add_candidate(search, MODEL_KIND_HOST, &host->head, "reply.why_relay",
			rules_connector_name(&search->facts, taker));
}

static bool
is_quoted(const Search *search, NetPrefix prefix)
{
	size_t i;

	for (i = 0; i < search->quoted->len; i++) {
		if (net_prefix_contains(search->quoted->items[i], prefix) ||
			net_prefix_contains(prefix, search->quoted->items[i]))
			return true;
	}
	return search->quoted->len == 0;
}

/* Whether somebody can have typed the host's own address, and the service refuse it. */
static bool
has_reserved(const Search *search, const FieldPrefixes *list)
{
	uint32_t i;

	for (i = 0; i < list->len; i++) {
		NetPrefix prefix = list->items[i].prefix;

		if (net_classify(prefix).net_class > NET_CLASS_DOCUMENTATION &&
			is_quoted(search, prefix))
			return true;
	}
	return false;
}

/* Where the host itself is what the service sees, CP103 has said so. */
static void
search_reserved(Search *search, const ModelRelayHost *host, const ModelHostInfo *info)
{
	const Model *model = search->facts.model;
	const ModelRoute *route = &model->routes.items[info->first_route];
	const FieldPrefixes *shown;

	if (info->method != MODEL_METHOD_CONNECTOR || info->broken || info->routes_len == 0 ||
		route->egress == MODEL_SELF)
		return;
	shown = model_route_addresses(model, route);
	if (shown->len > 0 &&
		(has_reserved(search, &host->address) || has_reserved(search, &host->addresses)))
		add_candidate(search, MODEL_KIND_HOST, &host->head, "reply.why_reserved",
			rules_prefix_text(&search->facts, shown->items[0].prefix));
}

static void
search_direct_send(Search *search, const ModelRelayHost *host, const ModelHostInfo *info)
{
	if (info->method == MODEL_METHOD_DIRECT_SEND ||
		(rules_may_be_direct(info) && is_anonymous(search, info)))
		add_candidate(
			search, MODEL_KIND_HOST, &host->head, "reply.why_direct_send", (Str){0});
}

static void
search_sign_in(Search *search, const ModelRelayHost *host, const ModelHostInfo *info)
{
	if (!rules_signs_in(info->method))
		return;
	add_candidate(search, MODEL_KIND_HOST, &host->head,
		host->mailbox.state == FIELD_SET ? "reply.why_signs_in" : "reply.why_signs_in_as",
		host->mailbox.text);
}

static void
search_anonymous(Search *search, const ModelRelayHost *host, const ModelHostInfo *info)
{
	if ((info->method == MODEL_METHOD_CONNECTOR || info->method == MODEL_METHOD_DIRECT_SEND) &&
		is_anonymous(search, info))
		add_candidate(
			search, MODEL_KIND_HOST, &host->head, "reply.why_anonymous", (Str){0});
}

static void
each_host(Search *search, HostSearch visit)
{
	const Model *model = search->facts.model;
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++)
		visit(search, &model->hosts[i], &model->host_infos[i]);
}

static void
search_restricting(Search *search)
{
	const State *state = search->facts.state;
	size_t i;

	for (i = 0; i < state->connectors.len; i++) {
		const StateConnector *connector = &state->connectors.items[i];
		const FieldChoice *restricts;

		if (connector->spec == NULL || connector->type != MODEL_PARTNER ||
			!connector->enabled)
			continue;
		restricts = &connector->spec->restrict_to;
		if (restricts->state == FIELD_SET && (restricts->set & ~1u) != 0)
			add_candidate(search, MODEL_KIND_CONNECTOR, &connector->spec->head,
				"reply.why_restricting", (Str){0});
	}
	each_host(search, search_direct_send);
}

static void
search_ip6(Search *search)
{
	const Model *model = search->facts.model;
	uint32_t i, j;

	for (i = 0; i < model->egress_len; i++) {
		const FieldPrefixes *addresses = &model->egress[i].addresses;

		for (j = 0; j < addresses->len && addresses->items[j].prefix.family != NET_IP6;)
			j++;
		if (j < addresses->len)
			add_candidate(search, MODEL_KIND_EGRESS, &model->egress[i].head,
				"reply.why_ipv6",
				rules_prefix_text(&search->facts, addresses->items[j].prefix));
	}
}

/* By the word of the table. */
static void
search_for(Search *search, Str candidates)
{
	static const struct {
		const char *word;
		HostSearch visit;
	} by_host[] = {
		{"reserved", search_reserved},
		{"relay", search_relay},
		{"direct-send", search_direct_send},
		{"sign-in", search_sign_in},
		{"anonymous", search_anonymous},
	};
	size_t i;

	for (i = 0; i < BASE_COUNT(by_host); i++) {
		if (str_equal(candidates, str_from(by_host[i].word))) {
			each_host(search, by_host[i].visit);
			return;
		}
	}
	if (STR_EQ(candidates, "restricting"))
		search_restricting(search);
	else if (STR_EQ(candidates, "ipv6"))
		search_ip6(search);
	else
		ASSERT(candidates.len == 0);
}

RulesCandidates
rules_error_candidates(
	Arena *arena, const RuleInput *input, const RulesError *error, const NetPrefixVec *quoted)
{
	RulesCandidates found = {0};
	Search search = {.quoted = quoted, .found = &found};

	search.facts = (RuleFacts){.input = input,
		.model = input->model,
		.state = input->state,
		.arena = arena,
		.scratch = arena_create(),
		.sample = rules_is_sample(input->model)};
	search_for(&search, error->candidates);
	arena_destroy(search.facts.scratch);
	return found;
}
