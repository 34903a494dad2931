/* A spec in memory and the state that it asks for. */
#ifndef TEST_STATE_CASE_H
#define TEST_STATE_CASE_H

#include "test_model_case.h"

#include "state/state.h"

typedef struct StateCase {
	ModelCase spec;
	State *state;
} StateCase;

static inline StateCase
state_case(Str text)
{
	StateCase c = {.spec = model_case_text(text)};

	c.state = state_of_spec(c.spec.model);
	return c;
}

static inline void
state_case_end(StateCase *c)
{
	model_case_end(&c->spec);
}

static inline const StateConnector *
state_case_connector(const StateCase *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->state->connectors.len; i++) {
		if (str_equal(c->state->connectors.items[i].name, str_from(name)))
			return &c->state->connectors.items[i];
	}
	fail_msg("no connector `%s`", name);
	abort();
}

/* A list with blanks between. */
static inline Str
state_case_list(const StateCase *c, const StateConnector *connector, ConnectorProperty property)
{
	const StrVec *list = &connector->record.values[property].list;
	Buf buf = buf_make(c->spec.arena);
	size_t i;

	for (i = 0; i < list->len; i++) {
		buf_lit(&buf, i > 0 ? " " : "");
		buf_str(&buf, list->items[i]);
	}
	return buf_text(&buf);
}

#endif
