/* Which addresses mail leaves from and somebody looks at: what the rules on reverse names share. */
#ifndef RULES_REVERSE_INT_H
#define RULES_REVERSE_INT_H

#include "rules/rules_int.h"

/* The first route that ends at each egress object, or at each host that is its own, and shows its
 * addresses to somebody; numbers, or STATE_NONE. In the scratch arena. */
typedef struct RuleLeaving {
	uint32_t *egress, *hosts;
	bool *outbound; /* of egress objects: the tenant's own mail leaves there */
} RuleLeaving;

RuleLeaving rules_find_leaving(const RuleFacts *facts);

/* Names that a provider makes from the address itself, or that say so in a word. */
bool rules_name_is_generic(Arena *scratch, Str name, NetPrefix address);

#endif
