/*
 * Make before break: what was accepted before and is accepted afterwards is accepted after every
 * single call in between. Random tenants, random plans, and a model of what Exchange lets in.
 */
#include "test_base_random.h"

#include "plan/plan.h"

#define CONNECTORS_MAX 4

/* --- random records that Exchange takes ------------------------------------------------------- */

static const char *const addresses[] = {
	"198.51.100.1", "198.51.100.2", "198.51.100.3", "203.0.113.0/30"};
static const char *const certificates[] = {
	"", "", "*.contoso.com", "a.contoso.com", "b.contoso.com", "mail.contoso.net"};
static const char *const domains[] = {"smtp:*;1", "smtp:contoso.com;1", "smtp:contoso.net;1"};
static const char *const accepted[] = {"contoso.com", "contoso.net"};

#define PICK(random, table) str_from((table)[random_below((random), BASE_COUNT(table))])

static void
random_list(Random *random, Arena *arena, const char *const *table, size_t len, StrVec *list)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (random_below(random, 2) == 0)
			VEC_PUSH(arena, list, str_from(table[i]));
	}
}

static bool
chance(Random *random, size_t one_in)
{
	return random_below(random, one_in) == 0;
}

/* What the service would refuse; see connector-rules in the reference of its cmdlets. */
static bool
is_taken(const ConnectorRecord *record)
{
	const ConnectorValue *values = record->values;
	bool on_premises = STR_EQ(values[CONNECTOR_TYPE].text, "OnPremises");
	bool has_addresses = values[CONNECTOR_SENDER_ADDRESSES].list.len > 0;
	bool has_certificate = values[CONNECTOR_CERTIFICATE].text.len > 0;

	return values[CONNECTOR_SENDER_DOMAINS].list.len > 0 &&
	       (!has_certificate || values[CONNECTOR_REQUIRE_TLS].on) &&
	       (!on_premises || has_addresses || has_certificate) &&
	       (!values[CONNECTOR_RESTRICT_ADDRESSES].on || has_addresses) &&
	       (!values[CONNECTOR_RESTRICT_CERTIFICATE].on || has_certificate) &&
	       (!values[CONNECTOR_HYBRID].on || on_premises) &&
	       (!values[CONNECTOR_INTERNAL].on || (on_premises && !values[CONNECTOR_HYBRID].on));
}

static ConnectorRecord
random_record(Random *random, Arena *arena)
{
	ConnectorRecord record = {0};
	ConnectorValue *values = record.values;
	bool partner = chance(random, 4);
	size_t i;

	values[CONNECTOR_TYPE].text = partner ? STR("Partner") : STR("OnPremises");
	values[CONNECTOR_ENABLED].on = !chance(random, 5);
	random_list(random, arena, addresses, BASE_COUNT(addresses),
		&values[CONNECTOR_SENDER_ADDRESSES].list);
	values[CONNECTOR_CERTIFICATE].text = PICK(random, certificates);
	values[CONNECTOR_REQUIRE_TLS].on =
		values[CONNECTOR_CERTIFICATE].text.len > 0 || chance(random, 2);
	VEC_PUSH(arena, &values[CONNECTOR_SENDER_DOMAINS].list, PICK(random, domains));
	if (!partner && chance(random, 3))
		random_list(random, arena, accepted, BASE_COUNT(accepted),
			&values[CONNECTOR_ACCEPTED_DOMAINS].list);
	values[CONNECTOR_RESTRICT_ADDRESSES].on = partner && chance(random, 2);
	values[CONNECTOR_RESTRICT_CERTIFICATE].on = partner && chance(random, 3);
	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		connector_value_normalise(arena, (ConnectorProperty)i, &values[i]);
		values[i].stated = !chance(random, 4);
	}
	values[CONNECTOR_TYPE].stated = true;
	return is_taken(&record) ? record : random_record(random, arena);
}

/* --- the model of the service ----------------------------------------------------------------- */

typedef struct Message {
	Str address, certificate; /* no certificate: empty */
	Str sender;               /* the domain */
	bool tls;
} Message;

static bool
holds_address(const ConnectorRecord *record, Str address)
{
	const StrVec *list = &record->values[CONNECTOR_SENDER_ADDRESSES].list;
	NetPrefix one, network;
	size_t i;

	assert_int_equal(net_prefix_parse(address, &one), NET_ADDRESS_OK);
	for (i = 0; i < list->len; i++) {
		assert_int_equal(net_prefix_parse(list->items[i], &network), NET_ADDRESS_OK);
		if (net_prefix_contains(network, one))
			return true;
	}
	return false;
}

static bool
presents(const ConnectorRecord *record, const Message *message)
{
	Str name = record->values[CONNECTOR_CERTIFICATE].text;

	return name.len > 0 && message->certificate.len > 0 &&
	       state_certificate_matches(name, message->certificate);
}

static bool
lists_sender(const ConnectorRecord *record, const Message *message)
{
	const StrVec *list = &record->values[CONNECTOR_SENDER_DOMAINS].list;
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (STR_EQ(list->items[i], "smtp:*;1") ||
			str_find(list->items[i], message->sender) < list->items[i].len)
			return true;
	}
	return false;
}

static bool
accepts_sender(const ConnectorRecord *record, const Message *message)
{
	const StrVec *list = &record->values[CONNECTOR_ACCEPTED_DOMAINS].list;
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (str_equal(list->items[i], message->sender))
			return true;
	}
	return list->len == 0;
}

static bool
is_on_premises(const ConnectorRecord *record)
{
	return STR_EQ(record->values[CONNECTOR_TYPE].text, "OnPremises");
}

/* Whether an on-premises connector takes it for our own. */
static bool
relays(const ConnectorRecord *record, const Message *message)
{
	const ConnectorValue *values = record->values;

	return values[CONNECTOR_ENABLED].on && is_on_premises(record) &&
	       (message->tls || !values[CONNECTOR_REQUIRE_TLS].on) &&
	       lists_sender(record, message) && accepts_sender(record, message) &&
	       (holds_address(record, message->address) || presents(record, message));
}

/* Whether a partner connector turns it away. */
static bool
refuses(const ConnectorRecord *record, const Message *message)
{
	const ConnectorValue *values = record->values;

	if (!values[CONNECTOR_ENABLED].on || is_on_premises(record) ||
		!lists_sender(record, message))
		return false;
	return (values[CONNECTOR_RESTRICT_ADDRESSES].on &&
		       !holds_address(record, message->address)) ||
	       (values[CONNECTOR_RESTRICT_CERTIFICATE].on && !presents(record, message));
}

typedef struct Tenant {
	const ConnectorRecord *records[2 * CONNECTORS_MAX]; /* NULL: there is none */
	const PlanConnector *owners[2 * CONNECTORS_MAX];
	size_t len;
} Tenant;

static bool
tenant_relays(const Tenant *tenant, const Message *message)
{
	size_t i;

	for (i = 0; i < tenant->len; i++) {
		if (tenant->records[i] != NULL && relays(tenant->records[i], message))
			return true;
	}
	return false;
}

static bool
tenant_refuses(const Tenant *tenant, const Message *message)
{
	size_t i;

	for (i = 0; i < tenant->len; i++) {
		if (tenant->records[i] != NULL && refuses(tenant->records[i], message))
			return true;
	}
	return false;
}

/* --- one plan --------------------------------------------------------------------------------- */

static State *
random_state(Random *random, Arena *arena, const Model *model, const char *prefix)
{
	State *state = ARENA_NEW(arena, State);
	size_t len = random_below(random, CONNECTORS_MAX) + 1, i;

	state->model = model;
	for (i = 0; i < len; i++) {
		StateConnector *connector = VEC_ADD(arena, &state->connectors);

		connector->name = str_format(arena, "%s%zu", prefix, i);
		connector->managed = true;
		connector->record = random_record(random, arena);
		connector->record.name = connector->name;
		connector->enabled = connector->record.values[CONNECTOR_ENABLED].on;
	}
	return state;
}

static Tenant
tenant_before(const Plan *plan)
{
	Tenant tenant = {0};
	size_t i;

	for (i = 0; i < plan->connectors.len + plan->others.len; i++) {
		const PlanConnector *one = i < plan->connectors.len
						   ? &plan->connectors.items[i]
						   : &plan->others.items[i - plan->connectors.len];

		tenant.owners[tenant.len] = one;
		tenant.records[tenant.len++] = one->before == NULL ? NULL : &one->before->record;
	}
	return tenant;
}

static void
make_call(Tenant *tenant, const PlanCall *call)
{
	size_t i = 0;

	while (tenant->owners[i] != call->connector)
		i++;
	assert_ptr_equal(tenant->records[i], call->from);
	tenant->records[i] = call->to;
	if (call->to != NULL)
		assert_true(is_taken(call->to));
}

static Message
random_message(Random *random)
{
	static const char *const singles[] = {
		"198.51.100.1", "198.51.100.2", "198.51.100.3", "203.0.113.1", "192.0.2.1"};
	static const char *const names[] = {
		"", "", "a.contoso.com", "b.contoso.com", "mail.contoso.net"};
	static const char *const senders[] = {"contoso.com", "contoso.net", "vendor.example"};
	Message message = {PICK(random, singles), PICK(random, names), PICK(random, senders), true};

	message.tls = message.certificate.len > 0 || chance(random, 2);
	return message;
}

/* Follows the calls; the number of messages that the law had something to say about. */
static size_t
check_message(const Plan *plan, const Message *message)
{
	Tenant before = tenant_before(plan), after = before, now = before;
	bool relayed, passed;
	size_t i;

	for (i = 0; i < plan->calls.len; i++)
		make_call(&after, &plan->calls.items[i]);
	relayed = tenant_relays(&before, message) && tenant_relays(&after, message);
	passed = !tenant_refuses(&before, message) && !tenant_refuses(&after, message);
	for (i = 0; i < plan->calls.len; i++) {
		make_call(&now, &plan->calls.items[i]);
		if (relayed)
			assert_true(tenant_relays(&now, message));
		if (passed)
			assert_false(tenant_refuses(&now, message));
	}
	return relayed && plan->calls.len > 0;
}

static void
reaches_its_end(const Plan *plan, Arena *arena)
{
	Tenant now = tenant_before(plan);
	size_t i, k;

	for (i = 0; i < plan->calls.len; i++) {
		make_call(&now, &plan->calls.items[i]);
		/* The first phase comes whole before the last. */
		assert_true(i == 0 || plan->calls.items[i].phase >= plan->calls.items[i - 1].phase);
	}
	for (i = 0; i < plan->connectors.len; i++) {
		for (k = 0; k < CONNECTOR_PROPERTIES; k++)
			assert_true(connector_value_equal(arena, (ConnectorProperty)k,
				&now.records[i]->values[k],
				&plan->connectors.items[i].final.values[k]));
	}
}

static void
make_before_break(void **state)
{
	Random random = {2026};
	size_t round, i, told = 0, gaps = 0;

	(void)state;
	for (round = 0; round < 4000; round++) {
		Arena *arena = arena_create();
		Model *model = ARENA_NEW(arena, Model);
		PlanOptions options = {.strict = chance(&random, 3), .prune = chance(&random, 2)};
		State *before, *after;
		Plan *plan;

		model->arena = arena;
		before = random_state(&random, arena, NULL, "c");
		after = random_state(&random, arena, model, chance(&random, 8) ? "d" : "c");
		plan = plan_compare(before, after, &options);
		reaches_its_end(plan, arena);
		gaps += plan->has_gap;
		for (i = 0; i < 40 && !plan->has_gap; i++) {
			Message message = random_message(&random);

			told += check_message(plan, &message);
		}
		arena_destroy(arena);
	}
	/* The law was asked often, and there was mostly an order. */
	assert_true(told > 5000);
	assert_true(gaps < 400);
}

/* What is stated is what it becomes, or the service would refuse it; a second plan finds nothing.
 */
static void
a_second_plan_is_empty(void **state)
{
	Random random = {77};
	size_t round, i;

	(void)state;
	for (round = 0; round < 3000; round++) {
		Arena *arena = arena_create();
		Model *model = ARENA_NEW(arena, Model);
		PlanOptions options = {.strict = chance(&random, 2)};
		State *before, *after, *then;
		Plan *plan;

		model->arena = arena;
		before = random_state(&random, arena, NULL, "c");
		after = random_state(&random, arena, model, "c");
		plan = plan_compare(before, after, &options);
		then = ARENA_NEW(arena, State);
		for (i = 0; i < plan->connectors.len; i++) {
			StateConnector *connector = VEC_ADD(arena, &then->connectors);

			connector->name = plan->connectors.items[i].final.name;
			connector->managed = true;
			connector->record = plan->connectors.items[i].final;
			assert_true(is_taken(&connector->record));
		}
		plan = plan_compare(then, after, &options);
		assert_int_equal(plan->differences, 0);
		assert_int_equal(plan->calls.len, 0);
		assert_int_equal(plan->compared_connectors, after->connectors.len);
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(make_before_break),
		cmocka_unit_test(a_second_plan_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
