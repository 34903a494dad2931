/* CP010: a spec that is short and asks for more than can be worked out. */
#include "rules/rules_int.h"

static const char *
limit_text(StateLimitKind kind)
{
	switch (kind) {
	case STATE_LIMIT_SOURCES:
		return "connectors accept more than 500,000 sources, each counted with every "
		       "connector";
	case STATE_LIMIT_ADDRESSES: return "connectors would hold more than 500,000 entries";
	case STATE_LIMIT_RECORDS:
		return "the SPF records of all domains would hold more than 500,000 terms";
	}
	return "";
}

static const char *
limit_help(StateLimitKind kind)
{
	switch (kind) {
	case STATE_LIMIT_SOURCES:
	case STATE_LIMIT_ADDRESSES:
		return "accept on each connector only what uses it, or identify it by certificate";
	case STATE_LIMIT_RECORDS:
		return "let each domain be sent by the hosts that do, and each host leave through "
		       "the egress that it uses";
	}
	return "";
}

void
check_limits(const RuleFacts *facts, DiagSink *sink)
{
	size_t i;

	for (i = 0; i < facts->state->limits.len; i++) {
		const StateLimit *limit = &facts->state->limits.items[i];
		Diag *diag = diag_report(
			sink, DIAG_INPUT_LIMIT, limit->span, "%s", limit_text(limit->kind));

		diag_path(diag, limit->path);
		diag_label(sink, diag, "here it is too much");
		diag_help(sink, diag, "%s", limit_help(limit->kind));
	}
}
