/* An address in its place, and what its class means there (CP103 CP104 CP105 CP110). */
#ifndef RULES_CLASSES_INT_H
#define RULES_CLASSES_INT_H

#include "rules/rules_int.h"

typedef enum RulePlace {
	RULE_PLACE_EGRESS,
	RULE_PLACE_HOST,
	RULE_PLACE_SPF,
	RULE_PLACE_SKIP
} RulePlace;

typedef struct RuleHolding {
	RulePlace place;
	Str owner;          /* "in egress `office`" */
	Str name;           /* of the egress object or host */
	const RuleUse *use; /* of those two alone */
	Str path, text;     /* the address as it is written */
	Span span;
	NetPrefix network; /* what was judged */
	bool pieces;       /* it is one piece of what is written */
} RuleHolding;

/* "private (RFC 1918)": can follow "is" and "which is". */
Str rules_class_text(const RuleFacts *facts, const NetBlock *block);
/* The registry's "RFC1918" as people write it. */
Str rules_rfc_text(const RuleFacts *facts, const NetBlock *block);
void rules_report_class(const RuleFacts *facts, const RuleHolding *holding,
	const NetVerdict *verdict, DiagSink *sink);

#endif
