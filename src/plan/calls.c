/* What a call is given. The same as Get-PlanArgument in templates/powershell/changes.ps1. */
#include "plan/plan_int.h"

#define BIT(property) (1u << CONNECTOR_##property)

/* Exchange judges a certificate beside RequireTls, and a partner's addresses beside their flag. */
static uint32_t
set_properties(Arena *arena, const ConnectorRecord *from, const ConnectorRecord *to)
{
	uint32_t given = plan_record_difference(arena, from, to);
	bool certificate = to->values[CONNECTOR_CERTIFICATE].text.len > 0;

	if ((given & BIT(CERTIFICATE)) != 0 || ((given & BIT(REQUIRE_TLS)) != 0 && certificate))
		given |= BIT(CERTIFICATE) | BIT(REQUIRE_TLS);
	if (!plan_is_on_premises(to) &&
		(given & (BIT(SENDER_ADDRESSES) | BIT(RESTRICT_ADDRESSES))) != 0)
		given |= BIT(SENDER_ADDRESSES) | BIT(RESTRICT_ADDRESSES);
	return given;
}

uint32_t
plan_call_properties(Arena *scratch, const PlanCall *call)
{
	switch (call->command) {
	case PLAN_NEW: return (1u << CONNECTOR_PROPERTIES) - 1; /* defaults are not reliable */
	case PLAN_SET: return set_properties(scratch, call->from, call->to);
	case PLAN_REMOVE_CALL: break;
	}
	return 0;
}
