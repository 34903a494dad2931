#include "rules/rules_int.h"
size_t
rules_explain_address(const RuleInput *input, NetPrefix address, Buf *out)
{
	(void)input;
	(void)address;
	(void)out;
	return 0;
}
