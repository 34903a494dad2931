/* From a template's text to its nodes. Each text is walked once. */
#include "emit/mustache_int.h"

#include <string.h>

/* One tag: `{{#name}}` has the kind `#`, the content `name`; an interpolation has the kind NUL. */
typedef struct Tag {
	char kind;
	Str content;
	size_t start, end;
	bool standalone; /* it has a line to itself, which goes with it */
	Str indent;      /* the blanks before a standalone tag */
	size_t line_end;
} Tag;

typedef struct Parser {
	Arena *arena;
	MustacheTemplate *template;
	MustachePartials partials;
	Map *names; /* of partials, to their units */
	MustacheError *error;
	Unit *unit;
	Str text;
	Str open, close; /* the delimiters */
	size_t at;       /* all before is done */
	bool at_line_start;
	bool begins_line; /* the next node is the first on its line */
	VEC(uint32_t) sections;
} Parser;

static Position
position_of(Str text, size_t offset)
{
	Position position = {1, 1};
	size_t start = 0, i;

	for (i = 0; i < offset; i++) {
		if (text.ptr[i] == '\n') {
			position.line++;
			start = i + 1;
		}
	}
	position.column += (uint32_t)utf8_count(str_slice(text, start, offset));
	return position;
}

bool
mustache_refuse(MustacheError *error, const Unit *unit, size_t offset, Str message)
{
	*error = (MustacheError){.name = unit->source.name,
		.offset = offset,
		.position = position_of(unit->source.text, offset),
		.message = message};
	return false;
}

static bool
refuse(Parser *parser, size_t offset, Str message)
{
	return mustache_refuse(parser->error, parser->unit, offset, message);
}

/* The same with what to do about it. */
static bool
refuse_help(Parser *parser, size_t offset, Str message, Str help)
{
	(void)refuse(parser, offset, message);
	parser->error->help = help;
	return false;
}

/* --- tags ------------------------------------------------------------------------------------- */

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool
is_space(char byte)
{
	return is_blank(byte) || byte == '\n' || byte == '\r';
}

static size_t
find_from(Str text, Str part, size_t from)
{
	return from + str_find(str_slice(text, from, text.len), part);
}

/* What ends a tag of this kind: `=}}`, `}}}` or `}}`. */
static Str
closing_of(const Parser *parser, char kind)
{
	if (kind == '=' || kind == '{')
		return str_format(parser->arena, "%c" STR_FMT, kind == '=' ? '=' : '}',
			STR_ARG(parser->close));
	return parser->close;
}

/*
 * Whether only blanks stand beside a tag on its line. Then the line disappears with it, but for an
 * interpolation, which is text.
 */
static void
judge_line(const Parser *parser, Tag *tag)
{
	Str text = parser->text;
	size_t start = tag->start, end = tag->end;

	while (start > parser->at && is_blank(text.ptr[start - 1]))
		start--;
	while (end < text.len && is_blank(text.ptr[end]))
		end++;
	tag->indent = str_slice(text, start, tag->start);
	tag->line_end = end;
	if (end < text.len) {
		end += text.ptr[end] == '\r' && end + 1 < text.len;
		tag->line_end = end + 1;
	}
	tag->standalone =
		tag->kind != '\0' && tag->kind != '&' && tag->kind != '{' &&
		(start > parser->at ? text.ptr[start - 1] == '\n' : parser->at_line_start) &&
		(end == text.len || text.ptr[end] == '\n');
}

/* The tag that begins at `start`. */
static bool
read_tag(Parser *parser, size_t start, Tag *ret_tag)
{
	Str text = parser->text, closing;
	size_t at = start + parser->open.len, end;

	*ret_tag = (Tag){.start = start};
	while (at < text.len && is_space(text.ptr[at]))
		at++;
	if (at < text.len && text.ptr[at] != '\0' && strchr("#^/>!&={", text.ptr[at]) != NULL)
		ret_tag->kind = text.ptr[at++];
	closing = closing_of(parser, ret_tag->kind);
	end = find_from(text, closing, at);
	if (end == text.len)
		return refuse(parser, start,
			str_format(parser->arena, "a tag without `" STR_FMT "`", STR_ARG(closing)));
	ret_tag->content = str_trim(str_slice(text, at, end));
	ret_tag->end = end + closing.len;
	judge_line(parser, ret_tag);
	return true;
}

/* --- nodes ------------------------------------------------------------------------------------ */

static Node *
add_node(Parser *parser, NodeKind kind, size_t offset)
{
	Node *node = VEC_ADD(parser->arena, &parser->unit->nodes);

	node->kind = kind;
	node->offset = offset;
	node->begins_line = parser->begins_line;
	parser->begins_line = false;
	return node;
}

/* One node a line, so that an indentation finds the beginning of each. */
static void
add_text(Parser *parser, size_t from, size_t to)
{
	while (from < to) {
		size_t end = str_find_char(str_slice(parser->text, 0, to), '\n', from);
		Node *node = add_node(parser, NODE_TEXT, from);

		end += end < to;
		node->text = str_slice(parser->text, from, end);
		parser->begins_line = parser->text.ptr[end - 1] == '\n';
		from = end;
	}
}

static bool
check_name(Parser *parser, const Tag *tag, Str name)
{
	size_t i;

	if (name.len == 0)
		return refuse(parser, tag->start, STR("a tag without a name"));
	if (str_find(name, parser->open) < name.len)
		return refuse(parser, tag->start, STR("a tag that is not closed before the next"));
	for (i = 0; i < name.len; i++) {
		if (is_space(name.ptr[i]))
			return refuse(parser, tag->start, STR("a name with a blank inside"));
	}
	if (name.ptr[0] == '<' || name.ptr[0] == '$' || name.ptr[0] == '*')
		return refuse(parser, tag->start,
			STR("inheritance (`<`, `$`) and dynamic names (`*`) are not supported"));
	return true;
}

static bool
split_name(Parser *parser, const Tag *tag, NodeName *ret_name)
{
	size_t from = 0, point;

	if (!check_name(parser, tag, tag->content))
		return false;
	ret_name->whole = tag->content;
	if (STR_EQ(tag->content, "."))
		return true;
	for (; from <= tag->content.len; from = point + 1) {
		point = str_find_char(tag->content, '.', from);
		if (point == from)
			return refuse(parser, tag->start, STR("a name with an empty part"));
		VEC_PUSH(parser->arena, &ret_name->parts, str_slice(tag->content, from, point));
	}
	return true;
}

static bool
add_value(Parser *parser, const Tag *tag)
{
	Node *node = add_node(parser, tag->kind == '\0' ? NODE_VALUE : NODE_RAW, tag->start);

	return split_name(parser, tag, &node->name);
}

static bool
open_section(Parser *parser, const Tag *tag)
{
	NodeKind kind = tag->kind == '#' ? NODE_SECTION : NODE_INVERTED;
	Node *node;

	if (parser->sections.len == MUSTACHE_DEPTH_MAX)
		return refuse(parser, tag->start, STR("more than 200 sections inside each other"));
	VEC_PUSH(parser->arena, &parser->sections, (uint32_t)parser->unit->nodes.len);
	node = add_node(parser, kind, tag->start);
	return split_name(parser, tag, &node->name);
}

static bool
close_section(Parser *parser, const Tag *tag)
{
	Node *node;

	if (parser->sections.len == 0)
		return refuse_help(parser, tag->start,
			str_format(parser->arena, "no section `" STR_FMT "` is open here",
				STR_ARG(tag->content)),
			str_format(parser->arena, "open it before with `{{#" STR_FMT "}}`",
				STR_ARG(tag->content)));
	node = &parser->unit->nodes.items[parser->sections.items[parser->sections.len - 1]];
	if (!str_equal(node->name.whole, tag->content))
		return refuse_help(parser, tag->start,
			str_format(parser->arena, "`" STR_FMT "` ends the section `" STR_FMT "`",
				STR_ARG(tag->content), STR_ARG(node->name.whole)),
			str_format(parser->arena, "write `{{/" STR_FMT "}}` here, or before it",
				STR_ARG(node->name.whole)));
	/* The indentation before an inline end belongs to the section, like all before the tag. */
	if (parser->begins_line && !tag->standalone) {
		size_t index = (size_t)(node - parser->unit->nodes.items);

		add_node(parser, NODE_TEXT, tag->start);
		node = &parser->unit->nodes.items[index];
	}
	node->end = (uint32_t)parser->unit->nodes.len;
	parser->sections.len--;
	return true;
}

/* The number of the unit of a partial; a new one waits for its turn to be parsed. */
static bool
find_unit(Parser *parser, const Tag *tag, uint32_t *ret_unit)
{
	MustacheSource source;
	Unit *unit;

	*ret_unit = map_find(parser->names, tag->content);
	if (*ret_unit != MAP_NONE)
		return true;
	if (parser->partials.find == NULL ||
		!parser->partials.find(parser->partials.context, tag->content, &source))
		return refuse_help(parser, tag->start,
			str_format(parser->arena, "no partial is named `" STR_FMT "`",
				STR_ARG(tag->content)),
			STR("a partial is another template of the folder, by its name without "
			    "`.mustache`"));
	*ret_unit = (uint32_t)parser->template->units.len;
	unit = ARENA_NEW(parser->arena, Unit);
	unit->source = source;
	VEC_PUSH(parser->arena, &parser->template->units, unit);
	map_add(parser->arena, parser->names, tag->content, *ret_unit);
	return true;
}

static bool
add_partial(Parser *parser, const Tag *tag)
{
	Node *node;

	if (!check_name(parser, tag, tag->content))
		return false;
	node = add_node(parser, NODE_PARTIAL, tag->start);
	node->text = tag->standalone ? tag->indent : (Str){0};
	node->name.whole = tag->content;
	return find_unit(parser, tag, &node->end);
}

static bool
set_delimiters(Parser *parser, const Tag *tag)
{
	size_t end = 0, next;

	while (end < tag->content.len && !is_space(tag->content.ptr[end]))
		end++;
	next = end;
	while (next < tag->content.len && is_space(tag->content.ptr[next]))
		next++;
	parser->open = str_slice(tag->content, 0, end);
	parser->close = str_slice(tag->content, next, tag->content.len);
	if (parser->open.len == 0 || parser->close.len == 0 ||
		str_find_char(tag->content, '=', 0) < tag->content.len)
		return refuse(parser, tag->start,
			STR("delimiters are two words without `=`, as in `{{=<% %>=}}`"));
	for (; next < tag->content.len; next++) {
		if (is_space(tag->content.ptr[next]))
			return refuse(parser, tag->start, STR("more than two delimiters"));
	}
	return true;
}

static bool
add_tag(Parser *parser, const Tag *tag)
{
	switch (tag->kind) {
	case '!': return true;
	case '=': return set_delimiters(parser, tag);
	case '#':
	case '^': return open_section(parser, tag);
	case '/': return close_section(parser, tag);
	case '>': return add_partial(parser, tag);
	}
	return add_value(parser, tag);
}

/* --- texts ------------------------------------------------------------------------------------ */

/* The text up to a tag, and the tag. */
static bool
parse_tag(Parser *parser, size_t start)
{
	Tag tag;

	if (!read_tag(parser, start, &tag))
		return false;
	add_text(parser, parser->at, tag.standalone ? start - tag.indent.len : start);
	/* A line that disappears has no indentation; that of a partial is on the partial's lines.
	 */
	if (tag.standalone)
		parser->begins_line = false;
	if (!add_tag(parser, &tag))
		return false;
	if (tag.standalone)
		parser->begins_line = true;
	parser->at = tag.standalone ? tag.line_end : tag.end;
	parser->at_line_start = tag.standalone;
	return true;
}

static bool
parse_unit(Parser *parser, Unit *unit)
{
	size_t valid = utf8_valid_until(unit->source.text), start;

	parser->unit = unit;
	parser->text = unit->source.text;
	parser->open = STR("{{");
	parser->close = STR("}}");
	parser->at = 0;
	parser->at_line_start = true;
	parser->begins_line = true;
	ASSERT(parser->text.len < UINT32_MAX);
	if (valid < parser->text.len)
		return refuse(parser, valid, STR("bytes that are not UTF-8"));
	while ((start = find_from(parser->text, parser->open, parser->at)) < parser->text.len) {
		if (!parse_tag(parser, start))
			return false;
	}
	add_text(parser, parser->at, parser->text.len);
	if (parser->sections.len > 0) {
		uint32_t last = parser->sections.items[parser->sections.len - 1];
		const Node *node = &unit->nodes.items[last];

		return refuse_help(parser, node->offset,
			str_format(parser->arena, "the section `" STR_FMT "` has no end",
				STR_ARG(node->name.whole)),
			str_format(parser->arena, "write `{{/" STR_FMT "}}` where it ends",
				STR_ARG(node->name.whole)));
	}
	return true;
}

bool
mustache_parse(Arena *arena, MustacheSource source, MustachePartials partials,
	const MustacheTemplate **ret_template, MustacheError *ret_error)
{
	MustacheTemplate *template = ARENA_NEW(arena, MustacheTemplate);
	Map names = {0};
	Parser parser = {.arena = arena,
		.template = template,
		.partials = partials,
		.names = &names,
		.error = ret_error};
	size_t i;

	VEC_PUSH(arena, &template->units, ARENA_NEW(arena, Unit));
	template->units.items[0]->source = source;
	for (i = 0; i < template->units.len; i++) {
		if (!parse_unit(&parser, template->units.items[i]))
			return false;
	}
	*ret_template = template;
	return true;
}
