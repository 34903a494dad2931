/*
 * The SPF records: which addresses and terms each domain needs, by the table of who checks what.
 * A shared address is never an ip4: term of ours; the gateway's own `spf` terms stand for it.
 */
#include "state/state_int.h"

/* What a record may become is a product, of domains and of what each needs: past this many terms in
 * all records the rest is left out, and told. */
#define TERMS_MAX 500000u
/* The same for addresses that have to pass. */
#define DEMANDS_MAX 1000000u

typedef struct Composer {
	State *state;
	Arena *arena, *scratch;
	StateNeeds *needs;
	uint64_t terms, demands; /* of all records so far */
} Composer;

/* What one record is made from. */
typedef struct Draft {
	const StateNeed *need;
	NetSet addresses;
	StrVec terms;
} Draft;

static bool
never_sends(const StateNeed *need)
{
	return !need->is_below && need->spec->sends.state == FIELD_SET &&
	       need->spec->sends.value == MODEL_SENDS_NEVER;
}

/* Not the tenant's, and nobody sends as it: then it says of itself that it needs a record, or it
 * has none. */
static bool
is_foreign(const StateNeed *need)
{
	const ModelDomain *domain = need->spec;

	return !need->sends && domain->accepted.state == FIELD_SET &&
	       domain->accepted.value == MODEL_NOT_ACCEPTED &&
	       domain->spf.head.state == FIELD_ABSENT && !never_sends(need);
}

static bool
is_checked(const StateNeed *need)
{
	const FieldChoice *manage = &need->spec->spf.manage;

	return manage->state == FIELD_SET && manage->value == MODEL_SPF_CHECK;
}

/* Whether its record is one to compose, or to prove. */
static bool
is_managed(const StateNeed *need)
{
	const FieldChoice *manage = &need->spec->spf.manage;

	return need->spec->head.state != FIELD_BAD && !is_foreign(need) &&
	       (manage->state == FIELD_ABSENT || is_checked(need) ||
		       (manage->state == FIELD_SET && manage->value == MODEL_SPF_COMPOSE));
}

static void
add_prefixes(Composer *composer, Draft *draft, const FieldPrefixes *prefixes)
{
	uint32_t i;

	composer->terms += prefixes->len;
	for (i = 0; i < prefixes->len && composer->terms <= TERMS_MAX; i++)
		net_set_add(composer->arena, &draft->addresses,
			net_prefix_network(prefixes->items[i].prefix));
}

static void
add_texts(Composer *composer, Draft *draft, const FieldItems *items)
{
	uint32_t i;

	composer->terms += items->len;
	for (i = 0; i < items->len && composer->terms <= TERMS_MAX; i++)
		VEC_PUSH(composer->arena, &draft->terms, items->items[i].text);
}

static void
add_ways(Composer *composer, Draft *draft, const StateNumbers *ways)
{
	uint32_t i;

	for (i = 0; i < ways->len; i++) {
		StateWay way = state_way(composer->state->model, ways->items[i]);

		if (way.demand != STATE_DEMAND_NONE)
			composer->demands += way.addresses->len + 1;
		else if (way.terms != NULL)
			add_texts(composer, draft, way.terms);
		else
			add_prefixes(composer, draft, way.addresses);
	}
}

/* An egress object that stands there twice adds nothing the second time. */
static void
add_also(Composer *composer, Draft *draft)
{
	const Model *model = composer->state->model;
	const FieldItems *also = &draft->need->spec->spf.also;
	Map added = {0};
	uint32_t i;

	for (i = 0; i < also->len; i++) {
		ModelRef ref = model_find_sender(model, also->items[i].text);
		NetPrefix prefix;

		if (ref.kind == MODEL_KIND_EGRESS) {
			Str name = model->egress[ref.index].head.name;

			if (map_add(composer->scratch, &added, name, 1) == MAP_NONE)
				add_prefixes(composer, draft, &model->egress[ref.index].addresses);
		} else if (net_prefix_parse(also->items[i].text, &prefix) == NET_ADDRESS_OK) {
			composer->terms++;
			net_set_add(composer->arena, &draft->addresses, net_prefix_network(prefix));
		}
	}
}

Str
state_cloud_include(const Model *model)
{
	const NetEndpoint *include = net_endpoint(model_cloud(model), NET_ENDPOINT_SPF);

	/* Every cloud has a row: a test holds the table to it. */
	ASSERT(include != NULL);
	return include->name;
}

/* Mailboxes of an accepted domain send through Exchange Online; so do hosts that hand mail to it.
 * Of the domains below one, only those that a host sends as. */
static bool
sends_through_exchange(const Model *model, const StateNeed *need)
{
	return need->through_exchange ||
	       (!need->is_below && model_domain_is_accepted(model, need->domain));
}

/* What a domain says of its own mail holds for it alone, and not for the domains below it. */
static void
add_own_terms(Composer *composer, Draft *draft)
{
	const ModelSpf *spf = &draft->need->spec->spf;
	uint32_t i;

	add_also(composer, draft);
	composer->terms += spf->includes.len;
	for (i = 0; i < spf->includes.len; i++)
		VEC_PUSH(composer->arena, &draft->terms,
			str_format(composer->arena, "include:" STR_FMT,
				STR_ARG(spf->includes.items[i].text)));
	add_texts(composer, draft, &spf->terms);
}

static bool
wants_cloud_include(const Draft *draft, bool through_exchange)
{
	const FieldFlag *flag = &draft->need->spec->spf.exchange_online;

	return !draft->need->is_below && flag->state == FIELD_SET ? flag->on : through_exchange;
}

/* Demands that Exchange's addresses pass; a gateway's stand among the ways. */
static bool
needs_exchange(const StateNeed *need, const Draft *draft, bool through_exchange)
{
	return need->through_exchange || wants_cloud_include(draft, through_exchange);
}

/* False when the record would be too long, or what it needs cannot be worked out. */
static bool
fill_recipe(Composer *composer, Draft *draft, StateSpf *spf)
{
	const Model *model = composer->state->model;
	SpfRecipe *recipe = &spf->recipe;
	bool through_exchange = sends_through_exchange(model, draft->need);
	bool by_gateway = state_outbound_gateway(model) != MODEL_SELF;

	recipe->never = spf->never;
	through_exchange = spf->never ? draft->need->through_exchange : through_exchange;
	if (!state_find_ways(
		    composer->needs, draft->need, through_exchange && by_gateway, &spf->ways))
		return false;
	if (spf->never) {
		/* Whoever sends all the same is told that it does not pass. */
		spf->through_exchange = through_exchange && !by_gateway;
		composer->demands += spf->ways.len;
		return composer->demands <= DEMANDS_MAX;
	}
	add_ways(composer, draft, &spf->ways);
	if (!draft->need->is_below)
		add_own_terms(composer, draft);
	if (wants_cloud_include(draft, through_exchange && !by_gateway))
		recipe->cloud_include = state_cloud_include(model);
	spf->through_exchange = !by_gateway && needs_exchange(draft->need, draft, through_exchange);
	net_set_normalise(&draft->addresses);
	recipe->addresses = draft->addresses;
	recipe->terms = draft->terms;
	return composer->terms <= TERMS_MAX && composer->demands <= DEMANDS_MAX;
}

/* --- records of a domain ---------------------------------------------------------------------- */

static StateRecord
make_record(const StateSpf *spf, StatePhase phase, SpfNamed named)
{
	const FieldNumber *ttl = &spf->spec->spf.ttl;

	return (StateRecord){.phase = phase,
		.domain = spf->domain,
		.name = named.name,
		.type = STR("TXT"),
		.ttl = ttl->state == FIELD_SET ? (uint32_t)ttl->number : STATE_TTL,
		.value = named.text};
}

/* What stands there now is told only where something else is to come. */
static void
add_records(const Composer *composer, const StateSpf *spf)
{
	StateRecord wanted = make_record(spf, STATE_PHASE_FINAL, (SpfNamed){spf->domain, STR("")});
	Arena *arena = composer->arena;
	StateRecordVec all = {0};
	size_t i;

	if (!spf->published.is_ours)
		state_add_previous(composer->state, &wanted, &spf->published.records, &all);
	for (i = 0; i < spf->transition.len; i++)
		VEC_PUSH(arena, &all, make_record(spf, STATE_PHASE_ADD, spf->transition.items[i]));
	for (i = 0; i < spf->records.len; i++) {
		StateRecord record = make_record(spf, STATE_PHASE_FINAL, spf->records.items[i]);

		record.all_assumed = spf->is_assumed && i + 1 == spf->records.len;
		record.stands = state_spf_stands(composer->state, spf->records.items[i]);
		VEC_PUSH(arena, &all, record);
	}
	for (i = 0; i < all.len; i++)
		VEC_PUSH(arena, &composer->state->records, all.items[i]);
}

static void
add_price(const Composer *composer, const StateSpf *spf)
{
	StatePrice *price = VEC_ADD(composer->arena, &composer->state->prices);

	price->domain = spf->domain;
	price->record = STATE_NONE;
	price->spf = (uint32_t)composer->state->spf.len - 1;
	price->own = spf->recipe.addresses;
	price->lookup_terms = spf_lookup_terms(state_spf_text(spf));
}

/* A record that is checked is the one that stands there; where it is broken there is none to judge,
 * or one that cannot be told from others. */
static void
take_published(Composer *composer, StateSpf *spf)
{
	if (spf->published.records.len == 1)
		VEC_PUSH(composer->arena, &spf->records,
			((SpfNamed){spf->domain, spf->published.records.items[0]}));
}

static StateSpf
begin_spf(const Composer *composer, const StateNeed *need)
{
	return (StateSpf){.domain = need->domain,
		.span = need->span,
		.path = model_path(composer->state->model, "domains", need->spec->head.name, NULL),
		.spec = need->spec,
		.is_below = need->is_below,
		.is_checked = is_checked(need),
		.never = never_sends(need)};
}

static bool
compose_domain(Composer *composer, const StateNeed *need)
{
	State *state = composer->state;
	Draft draft = {.need = need};
	StateSpf spf = begin_spf(composer, need);

	if (!fill_recipe(composer, &draft, &spf)) {
		state_add_limit(state, STATE_LIMIT_RECORDS, need->span,
			need->is_below ? STR("domains") : spf.path);
		return false;
	}
	state_find_published(state, &spf);
	state_choose_all(state, &spf);
	if (spf.is_checked) {
		spf.is_assumed = false;
		take_published(composer, &spf);
	} else {
		state_lay_out(state, &spf);
		state_add_transition(state, &spf);
		add_records(composer, &spf);
	}
	VEC_PUSH(composer->arena, &state->spf, spf);
	if (spf.records.len > 0)
		add_price(composer, &spf);
	return true;
}

static int
need_order(const void *a, const void *b, void *context)
{
	const StateNeed *left = *(const StateNeed *const *)a;
	const StateNeed *right = *(const StateNeed *const *)b;

	(void)context;
	return str_compare(left->domain, right->domain);
}

void
state_compose_records(State *state)
{
	Arena *scratch = arena_create();
	Composer composer = {.state = state, .arena = state->model->arena, .scratch = scratch};
	const StateNeedVec *needs;
	const StateNeed **sorted;
	size_t i;

	composer.needs = state_collect_needs(state, scratch);
	needs = state_needs(composer.needs);
	sorted = ARENA_ARRAY(scratch, const StateNeed *, needs->len);
	/* None of them moves: they are large, and there may be many. */
	state->spf.items = ARENA_ARRAY(composer.arena, StateSpf, needs->len);
	state->spf.cap = needs->len;
	for (i = 0; i < needs->len; i++)
		sorted[i] = &needs->items[i];
	base_sort(sorted, needs->len, sizeof(*sorted), need_order, NULL);
	for (i = 0; i < needs->len; i++) {
		if (is_managed(sorted[i]) && !compose_domain(&composer, sorted[i]))
			break;
	}
	arena_destroy(scratch);
}
