/*
 * The calls of a change, and their order. The law: what was accepted before and is accepted
 * afterwards is accepted after every single call in between. An address, a certificate or a sender
 * domain on an on-premises connector lets mail in, so the first phase brings each connector to the
 * union of what it is and what it is to be. Not every union can be said to Exchange: a connector
 * has one certificate, a certificate needs TLS, a type is one or the other. What adds one such
 * thing by taking another (an exchange) opens the last phase, and takes nothing else; the rest of
 * that phase only takes away. A partner connector refuses, it does not let in: its scope and
 * restrictions are tightened in the last phase, in one call. The same as in connectors.body.ps1.
 */
#include "plan/plan_int.h"

/* What an exchange gives and takes, as far as other exchanges can depend on it. */
typedef struct Exchange {
	const PlanConnector *connector;
	const ConnectorRecord *from, *to;
	bool gives_all; /* the type moves: other mail than before is let in at once */
	Str gives_certificate, takes_certificate;
	NetSet gives, takes; /* addresses whose mail comes without TLS */
	uint32_t waits_for;  /* how many others have to go first */
	bool done;
} Exchange;

typedef struct Phases {
	Plan *plan;
	Arena *arena, *scratch;
	VEC(Exchange) exchanges;
	const ConnectorRecord **now; /* where each of Plan.connectors stands */
} Phases;

static Str
certificate_of(const ConnectorRecord *record)
{
	return record->values[CONNECTOR_CERTIFICATE].text;
}

/* Whether a connector with certificate `wide` takes what one with `narrow` takes. */
static bool
covers(Str wide, Str narrow)
{
	return narrow.len == 0 || (wide.len > 0 && state_certificate_matches(wide, narrow));
}

static const ConnectorRecord *
keep(Phases *phases, ConnectorRecord record)
{
	ConnectorRecord *kept = ARENA_NEW(phases->arena, ConnectorRecord);

	*kept = record;
	return kept;
}

/* --- the union -------------------------------------------------------------------------------- */

static void
join(Phases *phases, ConnectorRecord *record, const ConnectorRecord *with,
	ConnectorProperty property)
{
	const StrVec *list = &record->values[property].list, *other = &with->values[property].list;
	StrVec joined = {0}, added, removed;
	size_t i;

	connector_list_difference(phases->arena, property, list, other, &added, &removed);
	if (added.len == 0)
		return;
	for (i = 0; i < list->len; i++)
		VEC_PUSH(phases->arena, &joined, list->items[i]);
	for (i = 0; i < added.len; i++)
		VEC_PUSH(phases->arena, &joined, added.items[i]);
	connector_normalise(property, &joined);
	record->values[property].list = joined;
}

static void
union_on_premises(Phases *phases, ConnectorRecord *record, const ConnectorRecord *before)
{
	StrVec *accepted = &record->values[CONNECTOR_ACCEPTED_DOMAINS].list;

	join(phases, record, before, CONNECTOR_SENDER_DOMAINS);
	if (accepted->len > 0 && before->values[CONNECTOR_ACCEPTED_DOMAINS].list.len > 0)
		join(phases, record, before, CONNECTOR_ACCEPTED_DOMAINS);
	else
		*accepted = (StrVec){0}; /* none: senders of every domain */
	/* Without effect on this type, but refused while what they name is not there yet. */
	if (record->values[CONNECTOR_SENDER_ADDRESSES].list.len == 0)
		record->values[CONNECTOR_RESTRICT_ADDRESSES].on = false;
	if (certificate_of(record).len == 0)
		record->values[CONNECTOR_RESTRICT_CERTIFICATE].on = false;
}

static void
union_partner(ConnectorRecord *record, const ConnectorRecord *before)
{
	static const ConnectorProperty restrictions[] = {
		CONNECTOR_RESTRICT_ADDRESSES, CONNECTOR_RESTRICT_CERTIFICATE};
	bool tightens = false;
	size_t i;

	record->values[CONNECTOR_SENDER_DOMAINS] = before->values[CONNECTOR_SENDER_DOMAINS];
	record->values[CONNECTOR_ACCEPTED_DOMAINS] = before->values[CONNECTOR_ACCEPTED_DOMAINS];
	for (i = 0; i < BASE_COUNT(restrictions); i++)
		tightens = tightens || (plan_flag(record, restrictions[i]) &&
					       !plan_flag(before, restrictions[i]));
	/* One restriction for another: lifting the old one early would let everybody in. */
	for (i = 0; tightens && i < BASE_COUNT(restrictions); i++)
		record->values[restrictions[i]] = before->values[restrictions[i]];
}

/* Where the first phase ends for a connector. */
static ConnectorRecord
union_record(Phases *phases, const ConnectorRecord *before, const ConnectorRecord *final)
{
	ConnectorRecord record = *final;
	bool both_tls, had_certificate = certificate_of(before).len > 0;

	if (!plan_flag(before, CONNECTOR_ENABLED))
		return record;
	if (!plan_flag(final, CONNECTOR_ENABLED) ||
		plan_is_on_premises(before) != plan_is_on_premises(final)) {
		record = *before;
		record.name = final->name;
		return record;
	}
	join(phases, &record, before, CONNECTOR_SENDER_ADDRESSES);
	both_tls = plan_flag(before, CONNECTOR_REQUIRE_TLS) &&
		   (plan_flag(final, CONNECTOR_REQUIRE_TLS) || had_certificate);
	record.values[CONNECTOR_REQUIRE_TLS].on = both_tls;
	if (!both_tls || !covers(certificate_of(final), certificate_of(before)))
		record.values[CONNECTOR_CERTIFICATE] = before->values[CONNECTOR_CERTIFICATE];
	if (plan_is_on_premises(final))
		union_on_premises(phases, &record, before);
	else
		union_partner(&record, before);
	return record;
}

/* --- exchanges -------------------------------------------------------------------------------- */

static NetSet
addresses_of(Phases *phases, const ConnectorRecord *record)
{
	const StrVec *list = &record->values[CONNECTOR_SENDER_ADDRESSES].list;
	NetSet set = {0};
	NetPrefix prefix;
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (net_prefix_parse(list->items[i], &prefix) == NET_ADDRESS_OK)
			net_set_add(phases->scratch, &set, prefix);
	}
	net_set_normalise(&set);
	return set;
}

/* From a partner connector: everything that it lets in is new. */
static bool
exchange_of_type(Phases *phases, Exchange *exchange, const ConnectorRecord *final)
{
	exchange->gives_all = true;
	exchange->gives = addresses_of(phases, final);
	exchange->gives_certificate = certificate_of(final);
	return true;
}

/* Whether the step from the union to the end gives anything; else it only takes. */
static bool
find_exchange(Phases *phases, const ConnectorRecord *from, const ConnectorRecord *final,
	Exchange *exchange)
{
	bool tls_before = plan_flag(from, CONNECTOR_REQUIRE_TLS);
	bool tls_after = plan_flag(final, CONNECTOR_REQUIRE_TLS);

	if (!plan_flag(final, CONNECTOR_ENABLED) || !plan_is_on_premises(final))
		return false;
	if (!plan_is_on_premises(from))
		return exchange_of_type(phases, exchange, final);
	if (!covers(certificate_of(from), certificate_of(final)))
		exchange->gives_certificate = certificate_of(final);
	if (tls_before && !tls_after)
		exchange->gives = addresses_of(phases, final);
	if (exchange->gives_certificate.len == 0 && net_set_is_empty(&exchange->gives))
		return false;
	if (!covers(certificate_of(final), certificate_of(from)))
		exchange->takes_certificate = certificate_of(from);
	if (tls_after && !tls_before)
		exchange->takes = addresses_of(phases, from);
	return true;
}

/* The new certificate, TLS or type, with all the old addresses and scopes. */
static ConnectorRecord
exchange_record(const ConnectorRecord *from, const ConnectorRecord *final)
{
	static const ConnectorProperty kept[] = {
		CONNECTOR_SENDER_ADDRESSES, CONNECTOR_SENDER_DOMAINS, CONNECTOR_ACCEPTED_DOMAINS};
	ConnectorRecord record = *final;
	size_t i;

	for (i = 0; plan_is_on_premises(from) && i < BASE_COUNT(kept); i++)
		record.values[kept[i]] = from->values[kept[i]];
	return record;
}

/* Whether what the giver gives is what the taker takes, so that it has to go first. */
static bool
depends(const Exchange *giver, const Exchange *taker)
{
	Str given = giver->gives_certificate, taken = taker->takes_certificate;

	if (giver->gives_all)
		return true;
	if (given.len > 0 && taken.len > 0 && (covers(given, taken) || covers(taken, given)))
		return true;
	return net_set_overlaps(&giver->gives, &taker->takes);
}

static bool
takes_anything(const Exchange *exchange)
{
	return exchange->takes_certificate.len > 0 || !net_set_is_empty(&exchange->takes);
}

static void
add_call(Phases *phases, PlanPhase phase, const PlanConnector *connector,
	const ConnectorRecord *from, const ConnectorRecord *to)
{
	PlanCall call = {phase, from == NULL ? PLAN_NEW : PLAN_SET, connector, from, to};

	if (to == NULL)
		call.command = PLAN_REMOVE_CALL;
	VEC_PUSH(phases->arena, &phases->plan->calls, call);
}

/* A call, if there is anything to do. */
static void
add_step(Phases *phases, PlanPhase phase, size_t index, const ConnectorRecord *to)
{
	const PlanConnector *connector = &phases->plan->connectors.items[index];
	const ConnectorRecord *from = phases->now[index];

	if (plan_record_difference(phases->scratch, from, to) == 0 &&
		str_equal_fold(phases->scratch, from->name, to->name))
		return;
	add_call(phases, phase, connector, from, to);
	phases->now[index] = to;
}

static void
count_waits(Phases *phases)
{
	size_t i, j;

	for (i = 0; i < phases->exchanges.len; i++) {
		Exchange *taker = &phases->exchanges.items[i];

		for (j = 0; takes_anything(taker) && j < phases->exchanges.len; j++)
			taker->waits_for += i != j && depends(&phases->exchanges.items[j], taker);
	}
}

static void
make_exchange(Phases *phases, Exchange *exchange)
{
	size_t index = (size_t)(exchange->connector - phases->plan->connectors.items), i;

	add_step(phases, PLAN_PHASE_REMOVE, index, exchange->to);
	exchange->done = true;
	for (i = 0; i < phases->exchanges.len; i++) {
		Exchange *other = &phases->exchanges.items[i];

		if (!other->done && takes_anything(other) && depends(exchange, other))
			other->waits_for--;
	}
}

/* Givers before takers. Where they wait for each other, the first that is left opens the circle. */
static void
order_exchanges(Phases *phases)
{
	size_t left = phases->exchanges.len, i;

	count_waits(phases);
	while (left > 0) {
		Exchange *next = NULL;

		for (i = 0; i < phases->exchanges.len; i++) {
			Exchange *exchange = &phases->exchanges.items[i];

			if (!exchange->done && exchange->waits_for == 0) {
				make_exchange(phases, exchange);
				left--;
				next = exchange;
			}
		}
		if (next == NULL) {
			phases->plan->has_gap = true;
			for (i = 0; phases->exchanges.items[i].done;)
				i++;
			phases->exchanges.items[i].waits_for = 0;
		}
	}
}

/* --- the phases ------------------------------------------------------------------------------- */

static bool
is_changed(const PlanConnector *connector)
{
	return connector->action == PLAN_UPDATE || connector->action == PLAN_RENAME;
}

static void
add_phase(Phases *phases)
{
	const Plan *plan = phases->plan;
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		if (plan->connectors.items[i].action == PLAN_CREATE)
			add_call(phases, PLAN_PHASE_ADD, &plan->connectors.items[i], NULL,
				&plan->connectors.items[i].final);
	}
	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *connector = &plan->connectors.items[i];

		if (!is_changed(connector))
			continue;
		phases->now[i] = &connector->before->record;
		add_step(phases, PLAN_PHASE_ADD, i,
			keep(phases, union_record(phases, phases->now[i], &connector->final)));
	}
}

static void
exchange_phase(Phases *phases)
{
	const Plan *plan = phases->plan;
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *connector = &plan->connectors.items[i];
		Exchange exchange = {.connector = connector, .from = phases->now[i]};

		if (!is_changed(connector) ||
			!find_exchange(phases, exchange.from, &connector->final, &exchange))
			continue;
		exchange.to = keep(phases, exchange_record(exchange.from, &connector->final));
		VEC_PUSH(phases->scratch, &phases->exchanges, exchange);
	}
	order_exchanges(phases);
}

/* One that is enabled is disabled now; a later run removes it. */
static void
add_removal(Phases *phases, const PlanConnector *connector)
{
	const ConnectorRecord *before = &connector->before->record;
	ConnectorRecord disabled = *before;

	disabled.values[CONNECTOR_ENABLED].on = false;
	add_call(phases, PLAN_PHASE_REMOVE, connector, before,
		plan_flag(before, CONNECTOR_ENABLED) ? keep(phases, disabled) : NULL);
}

static void
remove_phase(Phases *phases)
{
	const Plan *plan = phases->plan;
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		if (is_changed(&plan->connectors.items[i]))
			add_step(phases, PLAN_PHASE_REMOVE, i, &plan->connectors.items[i].final);
	}
	for (i = 0; i < plan->others.len; i++) {
		if (plan->others.items[i].action == PLAN_REMOVE)
			add_removal(phases, &plan->others.items[i]);
	}
}

void
plan_order_calls(Plan *plan)
{
	Phases phases = {.plan = plan, .arena = plan->model->arena, .scratch = arena_create()};

	phases.now = (const ConnectorRecord **)arena_array(
		phases.scratch, plan->connectors.len + 1, sizeof(*phases.now));
	add_phase(&phases);
	exchange_phase(&phases);
	remove_phase(&phases);
	arena_destroy(phases.scratch);
}
