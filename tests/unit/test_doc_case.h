/* A YAML text in memory, read into a tree. */
#ifndef TEST_DOC_CASE_H
#define TEST_DOC_CASE_H

#include "test_base_random.h"

#include "doc/doc.h"

#include <time.h>

typedef struct DocCase {
	Arena *arena;
	DiagSink *sink;
	Str text;
	DocNode root;
	bool good;
} DocCase;

static inline DocCase
doc_case(Str text)
{
	DocCase c = {.arena = arena_create()};
	SourceSet *sources = source_set(c.arena);
	uint32_t file;

	c.text = str_copy(c.arena, text);
	file = source_add(sources, STR("spec.yaml"), c.text);

	c.sink = diag_sink(c.arena, sources);
	c.good = doc_read(c.sink, c.arena, file, &c.root);
	return c;
}

static inline void
doc_case_end(DocCase *c)
{
	arena_destroy(c->arena);
}

/* Seconds of this process so far. */
static inline double
seconds_used(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

#endif
