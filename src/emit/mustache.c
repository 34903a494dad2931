/* Rendering: a walk over the nodes. Scopes and indentations are lists on the stack. */
#include "emit/mustache_int.h"

typedef struct Scope {
	const Json *value;
	const struct Scope *outer;
} Scope;

typedef struct Indent {
	Str blanks;
	const struct Indent *outer;
} Indent;

/* What is the same for all nodes of a section's body or of a partial. */
typedef struct Place {
	const Unit *unit;
	const Scope *scope;
	const Indent *indent;
} Place;

typedef struct Renderer {
	const MustacheTemplate *template;
	TextEscape escape;
	Buf *out;
	Arena *scratch; /* for the items of lists that are made on demand */
	MustacheError *error;
	unsigned depth;
	uint32_t steps;
} Renderer;

static bool render_nodes(Renderer *renderer, const Place *place, size_t from, size_t to);

static bool
refuse(Renderer *renderer, const Place *place, const Node *node, const char *clause)
{
	return mustache_refuse(renderer->error, place->unit, node->offset,
		str_format(renderer->out->arena, "`" STR_FMT "` %s", STR_ARG(node->name.whole),
			clause));
}

static bool
refuse_limit(Renderer *renderer, const Place *place, const Node *node, const char *clause)
{
	return mustache_refuse(renderer->error, place->unit, node->offset, str_from(clause));
}

/* The value that a name means, or NULL. Only the first part is looked for in outer scopes. */
static const Json *
look_up(const NodeName *name, const Scope *scope)
{
	const Json *value = NULL;
	size_t i;

	if (name->parts.len == 0)
		return scope->value;
	for (; scope != NULL && value == NULL; scope = scope->outer)
		value = json_get(scope->value, name->parts.items[0]);
	for (i = 1; i < name->parts.len && value != NULL && value->kind != JSON_NULL; i++)
		value = json_get(value, name->parts.items[i]);
	return value;
}

static void
add_keys(Arena *arena, const Json *object, StrVec *keys)
{
	size_t i;

	for (i = 0; object->kind == JSON_OBJECT && i < object->members.len; i++)
		VEC_PUSH(arena, keys, object->members.items[i].key);
}

/* The members that the first part of a name that means nothing could have meant; gives that part.
 */
static Str
members_in_reach(Arena *arena, const NodeName *name, const Scope *scope, StrVec *ret_keys)
{
	const Json *value = NULL, *next;
	const Scope *outer;
	size_t i;

	for (outer = scope; outer != NULL && value == NULL; outer = outer->outer)
		value = json_get(outer->value, name->parts.items[0]);
	if (value == NULL) {
		for (; scope != NULL; scope = scope->outer)
			add_keys(arena, scope->value, ret_keys);
		return name->parts.items[0];
	}
	for (i = 1; (next = json_get(value, name->parts.items[i])) != NULL; i++)
		value = next;
	add_keys(arena, value, ret_keys);
	return name->parts.items[i];
}

/* A slip gets the nearest member; all else the list of what can stand there. */
static bool
refuse_unknown(Renderer *renderer, const Place *place, const Node *node)
{
	Arena *arena = renderer->out->arena;
	StrVec keys = {0};
	Str part = members_in_reach(arena, &node->name, place->scope, &keys), nearest;
	Buf help = buf_make(arena);
	size_t i;

	nearest = str_nearest(part, keys.items, keys.len);
	if (nearest.ptr != NULL)
		buf_printf(&help, "did you mean `" STR_FMT "`?", STR_ARG(nearest));
	else
		buf_lit(&help,
			keys.len > 0 ? "what can stand here: " : "nothing stands below a text");
	for (i = 0; nearest.ptr == NULL && i < keys.len; i++)
		buf_printf(&help, "%s`" STR_FMT "`", i > 0 ? ", " : "", STR_ARG(keys.items[i]));
	(void)refuse(renderer, place, node, "names nothing here");
	renderer->error->help = buf_text(&help);
	return false;
}

static bool
refuse_help(Renderer *renderer, const Place *place, const Node *node, const char *clause,
	const char *help)
{
	Str name = node->name.whole;

	(void)refuse(renderer, place, node, clause);
	renderer->error->help =
		str_format(renderer->out->arena, "%s `{{#" STR_FMT "}}`", help, STR_ARG(name));
	return false;
}

static void
write_indent(Buf *out, const Indent *indent)
{
	if (indent == NULL)
		return;
	write_indent(out, indent->outer);
	buf_str(out, indent->blanks);
}

/* --- values ----------------------------------------------------------------------------------- */

static Str
value_text(const Json *value)
{
	if (value->kind == JSON_NULL)
		return STR("");
	if (value->kind == JSON_BOOL)
		return value->truth ? STR("true") : STR("false");
	return value->text;
}

static bool
refuse_raw(Renderer *renderer, const Place *place, const Node *node)
{
	(void)refuse(renderer, place, node, "may not stand without escaping");
	renderer->error->help = str_format(renderer->out->arena,
		"write `{{" STR_FMT "}}`, which is escaped for the language of the file",
		STR_ARG(node->name.whole));
	return false;
}

static bool
render_value(Renderer *renderer, const Place *place, const Node *node)
{
	const Json *value = look_up(&node->name, place->scope);

	if (value == NULL)
		return refuse_unknown(renderer, place, node);
	if (value->kind == JSON_LIST)
		return refuse_help(renderer, place, node, "is a list, not a text",
			"go through its items with");
	if (value->kind == JSON_OBJECT)
		return refuse_help(renderer, place, node, "is an object, not a text",
			"name one of its members, or open it with");
	if (node->kind == NODE_RAW && !value->rendered && value->kind != JSON_NULL)
		return refuse_raw(renderer, place, node);
	if (value->rendered)
		buf_str(renderer->out, value_text(value));
	else
		renderer->escape(renderer->out, value_text(value));
	return true;
}

/* --- sections and partials -------------------------------------------------------------------- */

static bool
is_true(const Json *value)
{
	switch (value->kind) {
	case JSON_NULL: return false;
	case JSON_BOOL: return value->truth;
	case JSON_NUMBER: return !value->is_integer || value->number != 0;
	case JSON_TEXT: return value->text.len > 0;
	case JSON_LIST: return value->items.len > 0;
	case JSON_OBJECT: return true;
	}
	return false;
}

static bool
render_nested(Renderer *renderer, const Place *place, size_t from, size_t to)
{
	bool good;

	renderer->depth++;
	good = render_nodes(renderer, place, from, to);
	renderer->depth--;
	return good;
}

/* The body of a section with one more scope. */
static bool
render_body(Renderer *renderer, const Place *place, const Node *node, const Json *value)
{
	Scope scope = {value, place->scope};
	Place inner = {place->unit, &scope, place->indent};
	size_t from = (size_t)(node - place->unit->nodes.items) + 1;

	return render_nested(renderer, &inner, from, node->end);
}

static bool
render_section(Renderer *renderer, const Place *place, const Node *node)
{
	const Json *value = look_up(&node->name, place->scope);
	bool good = true;
	size_t i;

	if (value == NULL)
		return refuse_unknown(renderer, place, node);
	if (!is_true(value))
		return true;
	if (value->kind != JSON_LIST)
		return render_body(renderer, place, node, value);
	for (i = 0; i < value->items.len && good; i++) {
		ArenaMark mark = arena_mark(renderer->scratch);

		good = render_body(renderer, place, node, json_item(renderer->scratch, value, i));
		arena_reset(renderer->scratch, mark);
	}
	return good;
}

static bool
render_inverted(Renderer *renderer, const Place *place, const Node *node)
{
	const Json *value = look_up(&node->name, place->scope);
	size_t from = (size_t)(node - place->unit->nodes.items) + 1;

	if (value == NULL)
		return refuse_unknown(renderer, place, node);
	return is_true(value) || render_nested(renderer, place, from, node->end);
}

static bool
render_partial(Renderer *renderer, const Place *place, const Node *node)
{
	const Unit *unit = renderer->template->units.items[node->end];
	Indent indent = {node->text, place->indent};
	Place inner = {unit, place->scope, node->text.ptr == NULL ? NULL : &indent};

	return render_nested(renderer, &inner, 0, unit->nodes.len);
}

/* --- nodes ------------------------------------------------------------------------------------ */

static bool
render_node(Renderer *renderer, const Place *place, const Node *node)
{
	if (renderer->depth > MUSTACHE_DEPTH_MAX)
		return refuse_limit(renderer, place, node,
			"more than 200 sections and partials inside each other");
	if (renderer->steps++ == MUSTACHE_STEPS_MAX)
		return refuse_limit(renderer, place, node, "more steps than one document may take");
	if (node->begins_line)
		write_indent(renderer->out, place->indent);
	switch (node->kind) {
	case NODE_TEXT: buf_str(renderer->out, node->text); return true;
	case NODE_VALUE:
	case NODE_RAW: return render_value(renderer, place, node);
	case NODE_SECTION: return render_section(renderer, place, node);
	case NODE_INVERTED: return render_inverted(renderer, place, node);
	case NODE_PARTIAL: return render_partial(renderer, place, node);
	}
	return false;
}

static bool
render_nodes(Renderer *renderer, const Place *place, size_t from, size_t to)
{
	while (from < to) {
		const Node *node = &place->unit->nodes.items[from];
		bool has_body = node->kind == NODE_SECTION || node->kind == NODE_INVERTED;

		if (!render_node(renderer, place, node))
			return false;
		if (renderer->out->failed)
			return refuse_limit(renderer, place, node, "more output than is allowed");
		from = has_body ? node->end : from + 1;
	}
	return true;
}

bool
mustache_render(const MustacheTemplate *template, const Json *view, TextEscape escape, Buf *out,
	MustacheError *ret_error)
{
	Renderer renderer = {.template = template,
		.escape = escape,
		.out = out,
		.scratch = arena_create(),
		.error = ret_error};
	Scope scope = {view, NULL};
	Place place = {template->units.items[0], &scope, NULL};
	bool good = render_nodes(&renderer, &place, 0, place.unit->nodes.len);

	arena_destroy(renderer.scratch);
	return good;
}
