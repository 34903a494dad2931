/*
 * What a connector becomes. Exchange judges some properties together (a certificate needs
 * RequireTls, a restriction needs what it restricts to, internal trust excludes hybrid): where the
 * live value of one that is not stated would be refused beside a stated one, the spec's value of
 * both is taken. The same as Get-PlanFinalState in connectors.body.ps1.
 */
#include "plan/plan_int.h"

#define BIT(property) (1u << CONNECTOR_##property)
/* Each round can move a conflict to a neighbour; there are fewer rounds than couplings. */
#define ROUNDS 6

static bool
has_text(const ConnectorRecord *record, ConnectorProperty property)
{
	return record->values[property].text.len > 0;
}

static bool
has_items(const ConnectorRecord *record, ConnectorProperty property)
{
	return record->values[property].list.len > 0;
}

/* What concerns certificate and addresses. */
static uint32_t
coupled_identity(const ConnectorRecord *record)
{
	bool certificate = has_text(record, CONNECTOR_CERTIFICATE);
	bool addresses = has_items(record, CONNECTOR_SENDER_ADDRESSES);
	uint32_t coupled = 0;

	if (certificate && !plan_flag(record, CONNECTOR_REQUIRE_TLS))
		coupled |= BIT(CERTIFICATE) | BIT(REQUIRE_TLS);
	if (plan_flag(record, CONNECTOR_RESTRICT_ADDRESSES) && !addresses)
		coupled |= BIT(SENDER_ADDRESSES) | BIT(RESTRICT_ADDRESSES);
	if (plan_flag(record, CONNECTOR_RESTRICT_CERTIFICATE) && !certificate)
		coupled |= BIT(CERTIFICATE) | BIT(REQUIRE_TLS) | BIT(RESTRICT_CERTIFICATE);
	if (plan_is_on_premises(record) && !addresses && !certificate)
		coupled |= BIT(TYPE) | BIT(SENDER_ADDRESSES) | BIT(CERTIFICATE) | BIT(REQUIRE_TLS);
	return coupled;
}

/* What concerns the type. */
static uint32_t
coupled_type(const ConnectorRecord *record, bool type_moves)
{
	bool on_premises = plan_is_on_premises(record);
	bool hybrid = plan_flag(record, CONNECTOR_HYBRID);
	uint32_t coupled = 0;

	if (plan_flag(record, CONNECTOR_INTERNAL) && (hybrid || !on_premises))
		coupled |= BIT(INTERNAL) | BIT(HYBRID) | BIT(TYPE);
	if (hybrid && !on_premises)
		coupled |= BIT(HYBRID) | BIT(TYPE);
	if (type_moves && on_premises)
		coupled |= BIT(RESTRICT_ADDRESSES) | BIT(RESTRICT_CERTIFICATE);
	return coupled;
}

uint32_t
plan_record_difference(Arena *arena, const ConnectorRecord *a, const ConnectorRecord *b)
{
	uint32_t different = 0;
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		if (!connector_value_equal(
			    arena, (ConnectorProperty)i, &a->values[i], &b->values[i]))
			different |= 1u << i;
	}
	return different;
}

static void
take_values(ConnectorRecord *record, const ConnectorRecord *from, uint32_t properties)
{
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		if ((properties & 1u << i) != 0)
			record->values[i] = from->values[i];
	}
}

static uint32_t
stated_properties(const ConnectorRecord *record)
{
	uint32_t stated = 0;
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++)
		stated |= record->values[i].stated ? 1u << i : 0;
	return stated;
}

ConnectorRecord
plan_final_record(
	Arena *arena, const ConnectorRecord *before, const ConnectorRecord *wanted, bool strict)
{
	uint32_t stated = strict ? UINT32_MAX : stated_properties(wanted);
	ConnectorRecord final = *before;
	bool type_moves;
	unsigned round;

	final.name = wanted->name;
	take_values(&final, wanted, stated);
	type_moves = !connector_value_equal(arena, CONNECTOR_TYPE, &final.values[CONNECTOR_TYPE],
		&before->values[CONNECTOR_TYPE]);
	for (round = 0; round < ROUNDS; round++) {
		uint32_t coupled = coupled_identity(&final) | coupled_type(&final, type_moves);

		/* Where the plan's own values are the conflict, nothing is left to take. */
		coupled &= ~stated & plan_record_difference(arena, &final, wanted);
		if (coupled == 0)
			break;
		take_values(&final, wanted, coupled);
	}
	return final;
}
