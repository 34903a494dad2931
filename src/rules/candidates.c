/* What of a spec a message of the service may be about. */
#include "rules/rules_int.h"

typedef struct Search {
	RuleFacts facts;
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

/* The first route of a host that no connector of the kind asked for identifies. */
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

static void
search_direct_send(Search *search, const ModelRelayHost *host, const ModelHostInfo *info)
{
	if (info->method == MODEL_METHOD_DIRECT_SEND)
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
rules_error_candidates(Arena *arena, const RuleInput *input, const RulesError *error)
{
	RulesCandidates found = {0};
	Search search = {.found = &found};

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
