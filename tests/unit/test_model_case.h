/* A spec whose files live in memory, and what was found in it. */
#ifndef TEST_MODEL_CASE_H
#define TEST_MODEL_CASE_H

#include "test_base_random.h"

#include "model/model.h"

#include <stdlib.h>
#include <time.h>

typedef struct ModelCase {
	Arena *arena;
	Io *io;
	DiagSink *sink;
	ModelOptions options;
	Model *model;
	IoStatus status;
} ModelCase;

static inline ModelCase
model_case(void)
{
	ModelCase c = {.arena = arena_create()};

	c.io = io_memory(c.arena);
	c.options.io = c.io;
	c.sink = diag_sink(c.arena, source_set(c.arena));
	return c;
}

static inline void
model_case_load(ModelCase *c, const char *path)
{
	c->status = model_load(c->arena, c->sink, &c->options, str_from(path), &c->model);
}

/* One file, no imports. */
static inline ModelCase
model_case_text(Str text)
{
	ModelCase c = model_case();

	c.options.no_imports = true;
	c.model = model_load_text(
		c.arena, c.sink, &c.options, STR("mailflow.yaml"), str_copy(c.arena, text));
	return c;
}

static inline void
model_case_end(ModelCase *c)
{
	arena_destroy(c->arena);
}

static inline size_t
model_case_count(const ModelCase *c, DiagCode code)
{
	size_t count = 0, i;

	for (i = 0; i < c->sink->items.len; i++)
		count += c->sink->items.items[i].code == code;
	return count;
}

/* The n-th finding, from 0, of a code; the test fails where there is none. */
static inline const Diag *
model_case_find(const ModelCase *c, DiagCode code, size_t n)
{
	size_t i;

	for (i = 0; i < c->sink->items.len; i++) {
		if (c->sink->items.items[i].code == code && n-- == 0)
			return &c->sink->items.items[i];
	}
	fail_msg("no such finding of %s", diag_code_text(code));
	abort(); /* fail_msg does not come back, which the compiler cannot know */
}

static inline void
assert_no_findings(const ModelCase *c)
{
	const Diag *first = c->sink->items.items;

	if (c->sink->items.len > 0)
		fail_msg("%s at " STR_FMT ": " STR_FMT, diag_code_text(first->code),
			STR_ARG(first->path), STR_ARG(first->message));
}

static inline void
assert_contains(Str text, const char *part)
{
	if (str_find(text, str_from(part)) == text.len)
		fail_msg("`%s` is not in `" STR_FMT "`", part, STR_ARG(text));
}

/* Seconds of this process so far. */
static inline double
seconds_used(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* What most specs of these tests begin with. */
#define SPEC_HEAD                                                                                  \
	"version: 1\nsample: true\n"                                                               \
	"tenant: { name: Contoso, mx_host: contoso-com.mail.protection.outlook.com }\n"

#endif
