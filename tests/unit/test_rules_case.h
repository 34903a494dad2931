/* A spec in memory and what the rules say of it. */
#ifndef TEST_RULES_CASE_H
#define TEST_RULES_CASE_H

#include "test_base_random.h"

#include "rules/rules.h"

#include <stdlib.h>

typedef struct Case {
	Arena *arena;
	DiagSink *sink;
	RuleInput input;
	DiagVerdict verdict;
} Case;

static inline Case
case_load(Str text)
{
	Case c = {.arena = arena_create()};
	ModelOptions options = {.io = io_memory(c.arena), .no_imports = true};
	Model *model;

	c.sink = diag_sink(c.arena, source_set(c.arena));
	model = model_load_text(c.arena, c.sink, &options, STR("mailflow.yaml"), text);
	c.input.model = model;
	c.input.state = state_of_spec(model);
	c.input.plan = plan_build(c.input.state);
	return c;
}

static inline Case
case_check(Str text)
{
	Case c = case_load(text);

	rules_run(&c.input, c.sink);
	c.verdict = diag_verdict(c.sink);
	return c;
}

static inline void
case_end(Case *c)
{
	arena_destroy(c->arena);
}

static inline size_t
case_count(const Case *c, DiagCode code)
{
	size_t count = 0, i;

	for (i = 0; i < c->verdict.len; i++)
		count += c->verdict.items[i].code == code;
	return count;
}

/* The n-th finding of a code, from 0. */
static inline const Diag *
case_find(const Case *c, DiagCode code, size_t n)
{
	size_t i;

	for (i = 0; i < c->verdict.len; i++) {
		if (c->verdict.items[i].code == code && n-- == 0)
			return &c->verdict.items[i];
	}
	fail_msg("no such finding of %s", diag_code_text(code));
	abort(); /* not reached: a failure leaves the test */
}

/* Whether a finding of the code stands at a path. */
static inline bool
case_has(const Case *c, DiagCode code, Str path)
{
	size_t i;

	for (i = 0; i < c->verdict.len; i++) {
		if (c->verdict.items[i].code == code && str_equal(c->verdict.items[i].path, path))
			return true;
	}
	return false;
}

static inline void
assert_contains(Str text, const char *part)
{
	if (str_find(text, str_from(part)) == text.len)
		fail_msg("`%s` is not in `" STR_FMT "`", part, STR_ARG(text));
}

/* What most specs of these tests begin with. */
#define SPEC_HEAD                                                                                  \
	"version: 1\nsample: true\n"                                                               \
	"tenant: { name: Contoso, mx_host: contoso-com.mail.protection.outlook.com }\n"
#define SPEC_DOMAIN                                                                                \
	"domains: { contoso.com: { spf: { manage: off }, dmarc: { policy: reject }, "              \
	"dkim: { s1: s1.contoso.onmicrosoft.com } } }\n"

#endif
