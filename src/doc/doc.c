/* From libyaml's events to the tree. */
#include "doc/doc_int.h"

#include <string.h>

Str
doc_text(const DocNode *node)
{
	ASSERT(node->kind == DOC_SCALAR);
	return (Str){node->text, node->count};
}

const DocNode *
doc_item(const DocNode *list, size_t index)
{
	ASSERT(list->kind == DOC_LIST && index < list->count);
	return &list->items[index];
}

const DocNode *
doc_key(const DocNode *map, size_t index)
{
	ASSERT(map->kind == DOC_MAP && index < map->count);
	return &map->items[2 * index];
}

const DocNode *
doc_value(const DocNode *map, size_t index)
{
	ASSERT(map->kind == DOC_MAP && index < map->count);
	return &map->items[2 * index + 1];
}

/* A node that is no map simply holds no key: callers need not ask first. */
const DocNode *
doc_find(const DocNode *map, Str key)
{
	size_t i;

	for (i = 0; map->kind == DOC_MAP && i < map->count; i++) {
		if (str_equal(doc_text(doc_key(map, i)), key))
			return doc_value(map, i);
	}
	return NULL;
}

/* A quoted "null" is a text: only plain scalars have a type by their look (YAML 1.2, 10.3.2). */
bool
doc_is_null(const DocNode *node)
{
	Str text;

	if (node->kind != DOC_SCALAR || !node->plain)
		return false;
	text = doc_text(node);
	return text.len == 0 || STR_EQ(text, "~") || STR_EQ(text, "null") || STR_EQ(text, "Null") ||
	       STR_EQ(text, "NULL");
}

/* libyaml counts code points; so does this cursor, in either direction from where it stands. */
static uint32_t
byte_offset(DocReader *reader, size_t index)
{
	if (reader->is_ascii)
		return (uint32_t)(reader->start + index);
	while (reader->cursor_index < index && reader->cursor_byte < reader->text.len) {
		reader->cursor_byte++;
		while (reader->cursor_byte < reader->text.len &&
			((unsigned char)reader->text.ptr[reader->cursor_byte] & 0xc0) == 0x80)
			reader->cursor_byte++;
		reader->cursor_index++;
	}
	while (reader->cursor_index > index) {
		reader->cursor_byte--;
		while (((unsigned char)reader->text.ptr[reader->cursor_byte] & 0xc0) == 0x80)
			reader->cursor_byte--;
		reader->cursor_index--;
	}
	return (uint32_t)reader->cursor_byte;
}

Span
doc_span(DocReader *reader, yaml_mark_t start, yaml_mark_t end)
{
	/* The order in which an initializer calls is open, and the cursor wants the start first. */
	uint32_t from = byte_offset(reader, start.index);

	return (Span){reader->file, from, byte_offset(reader, end.index)};
}

/* RFC 6901; most parts hold nothing to escape and are copied at once. */
static void
write_pointer_part(Buf *buf, Str part)
{
	size_t done = 0, at;

	for (at = 0; at < part.len; at++) {
		if (part.ptr[at] != '/' && part.ptr[at] != '~')
			continue;
		buf_str(buf, str_slice(part, done, at));
		buf_lit(buf, part.ptr[at] == '/' ? "~1" : "~0");
		done = at + 1;
	}
	buf_str(buf, str_slice(part, done, part.len));
}

Str
doc_path(Arena *arena, const Str *parts, size_t len)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < len; i++) {
		if (i > 0)
			buf_char(&buf, '/');
		write_pointer_part(&buf, parts[i]);
	}
	return buf_text(&buf);
}

/* The way to what is being read: keys, and indexes in lists. */
static Str
current_path(const DocReader *reader, const DocNode *key)
{
	Str parts[DOC_MAX_DEPTH + 1];
	size_t i, len = 0;

	for (i = 0; i < reader->depth; i++) {
		const DocOpen *open = &reader->open[i];
		size_t end = i + 1 < reader->depth ? open[1].first : reader->pending.len;
		size_t count = end - open->first;

		if (open->kind == DOC_LIST)
			parts[len++] = str_format(reader->scratch, "%zu", count);
		else if (count % 2 == 1 && reader->pending.items[end - 1].kind == DOC_SCALAR)
			parts[len++] = doc_text(&reader->pending.items[end - 1]);
	}
	if (key != NULL)
		parts[len++] = doc_text(key);
	return len == 0 ? (Str){0} : doc_path(reader->sink->arena, parts, len);
}

Diag *
doc_report(DocReader *reader, DiagCode code, Span span, const DocNode *key, const char *format, ...)
{
	va_list args;
	Str message;
	Diag *diag;

	va_start(args, format);
	message = str_vformat(reader->scratch, format, args);
	va_end(args);
	diag = diag_report(reader->sink, code, span, STR_FMT, STR_ARG(message));
	diag_path(diag, current_path(reader, key));
	return diag;
}

bool
doc_fail(DocReader *reader)
{
	reader->failed = true;
	return false;
}

/* --- the stack of open containers ------------------------------------------------------------ */

/* Outermost nodes are the root; all others wait in `pending` until their container ends. */
static void
push_node(DocReader *reader, DocNode node)
{
	if (reader->depth == 0) {
		reader->root = node;
		reader->has_root = true;
		return;
	}
	VEC_PUSH(reader->scratch, &reader->pending, node);
}

static Str
anchor_text(const yaml_char_t *anchor)
{
	return str_from((const char *)anchor);
}

/* Notes the finished node under its anchor, with what using it again would add. */
static void
keep_anchor(DocReader *reader, Str anchor, DocNode node, DocSize before)
{
	uint32_t index;
	DocAnchor *kept;

	if (anchor.ptr == NULL)
		return;
	/* YAML 1.2, 7.1: an anchor may be set again, and an alias means the latest before it. */
	index = map_find(&reader->anchor_names, anchor);
	if (index == MAP_NONE) {
		index = (uint32_t)reader->anchors.len;
		map_add(reader->scratch, &reader->anchor_names, str_copy(reader->scratch, anchor),
			index);
		(void)VEC_ADD(reader->scratch, &reader->anchors);
	}
	kept = &reader->anchors.items[index];
	kept->node = node;
	kept->open = false;
	kept->size.nodes = reader->size.nodes - before.nodes;
	kept->size.bytes = reader->size.bytes - before.bytes;
}

/* An anchor whose node is not finished: an alias to it would hold itself. */
static void
open_anchor(DocReader *reader, Str anchor)
{
	uint32_t index;

	if (anchor.ptr == NULL)
		return;
	keep_anchor(reader, anchor, (DocNode){0}, reader->size);
	index = map_find(&reader->anchor_names, anchor);
	reader->anchors.items[index].open = true;
}

/* The copy is shallow, so memory stays small; but whoever walks the tree meets every node again.
 * Sizes of anchors count the aliases inside, and that is what stops nested ones from exploding. */
static bool
count_alias(DocReader *reader, DocSize size, Span span)
{
	Diag *diag;

	reader->aliased.nodes += size.nodes;
	reader->aliased.bytes += size.bytes;
	reader->size.nodes += size.nodes;
	reader->size.bytes += size.bytes;
	if (reader->aliased.nodes <= DOC_MAX_ALIAS_NODES &&
		reader->aliased.bytes <= DOC_MAX_ALIAS_BYTES)
		return true;
	diag = doc_report(reader, DIAG_INPUT_LIMIT, span, NULL,
		"aliases add more than %d nodes or %d MiB", (int)DOC_MAX_ALIAS_NODES,
		(int)(DOC_MAX_ALIAS_BYTES >> 20));
	diag_help(reader->sink, diag, "use fewer aliases, or aliases to smaller values");
	return doc_fail(reader);
}

static bool
on_alias(DocReader *reader, const yaml_event_t *event)
{
	Str name = anchor_text(event->data.alias.anchor);
	Span span = doc_span(reader, event->start_mark, event->end_mark);
	uint32_t index = map_find(&reader->anchor_names, name);
	const DocAnchor *anchor;

	if (index == MAP_NONE || reader->anchors.items[index].open) {
		Diag *diag = doc_report(reader, DIAG_YAML_SYNTAX, span, NULL,
			index == MAP_NONE ? "alias `*" STR_FMT "` has no anchor"
					  : "alias `*" STR_FMT "` stands inside its own anchor",
			STR_ARG(name));

		diag_help(reader->sink, diag, "put `&" STR_FMT "` on an earlier, finished value",
			STR_ARG(name));
		return doc_fail(reader);
	}
	anchor = &reader->anchors.items[index];
	reader->last_end = span.end;
	if (!count_alias(reader, anchor->size, span))
		return false;
	push_node(reader, anchor->node);
	return true;
}

/* The tags of the YAML 1.2 core schema, and `!`, which says nothing of a type. */
static bool
is_core_tag(Str tag)
{
	static const char *const core[] = {"!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map",
		"tag:yaml.org,2002:seq", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float",
		"tag:yaml.org,2002:bool", "tag:yaml.org,2002:null"};
	size_t i;

	for (i = 0; i < BASE_COUNT(core); i++) {
		if (str_equal(tag, str_from(core[i])))
			return true;
	}
	return false;
}

/* The type of a value comes from its field: an allowed tag changes no more than `plain`. */
static bool
check_tag(DocReader *reader, const yaml_char_t *tag, const yaml_event_t *event)
{
	Str text = str_from((const char *)tag);
	Diag *diag;

	if (text.ptr == NULL || is_core_tag(text))
		return true;
	diag = doc_report(reader, DIAG_YAML_SYNTAX,
		doc_span(reader, event->start_mark, event->end_mark), NULL,
		"custom tag `" STR_FMT "` is not allowed", STR_ARG(text));
	diag_help(reader->sink, diag, "remove the tag; the type of a value comes from its key");
	return doc_fail(reader);
}

/*
 * The text where it stands in the source, if it stands there unchanged (behind a quote, perhaps);
 * else a copy that outlives the tree.
 */
static const char *
scalar_text(DocReader *reader, const yaml_event_t *event, Span span)
{
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length, at = span.start;

	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		at++;
	if (at + len <= reader->text.len && memcmp(reader->text.ptr + at, value, len) == 0)
		return reader->text.ptr + at;
	return str_copy(reader->sink->arena, (Str){value, len}).ptr;
}

/* The offset before the line end that `end` stands behind, blank lines passed over; else `end`. */
static uint32_t
before_line_end(Str text, uint32_t end)
{
	uint32_t at = end;

	while (at > 0 && (text.ptr[at - 1] == ' ' || text.ptr[at - 1] == '\t'))
		at--;
	if (at == 0 || text.ptr[at - 1] != '\n')
		return end;
	return at > 1 && text.ptr[at - 2] == '\r' ? at - 2 : at - 1;
}

/* libyaml ends a block scalar behind the line ends that follow it. */
static Span
scalar_span(DocReader *reader, const yaml_event_t *event)
{
	Span span = doc_span(reader, event->start_mark, event->end_mark);
	uint32_t end = span.end;

	if (event->data.scalar.style != YAML_LITERAL_SCALAR_STYLE &&
		event->data.scalar.style != YAML_FOLDED_SCALAR_STYLE)
		return span;
	do {
		span.end = end;
		end = before_line_end(reader->text, span.end);
	} while (end < span.end && end > span.start);
	return span;
}

static bool
check_length(DocReader *reader, size_t len, Span span)
{
	Diag *diag;

	if (len <= DOC_MAX_SCALAR)
		return true;
	diag = doc_report(reader, DIAG_INPUT_LIMIT, span, NULL,
		"a text of %zu bytes is longer than %d KiB", len, (int)(DOC_MAX_SCALAR >> 10));
	diag_help(reader->sink, diag, "shorten it");
	return doc_fail(reader);
}

static bool
check_number(DocReader *reader, Span span)
{
	Diag *diag;

	if (reader->size.nodes - reader->aliased.nodes < DOC_MAX_NODES)
		return true;
	diag = doc_report(reader, DIAG_INPUT_LIMIT, span, NULL,
		"more than %d values and keys in one file", (int)DOC_MAX_NODES);
	diag_help(reader->sink, diag, "divide the file, and import the parts");
	return doc_fail(reader);
}

static bool
on_scalar(DocReader *reader, const yaml_event_t *event)
{
	DocSize before = reader->size;
	Span span = scalar_span(reader, event);
	DocNode node = {.kind = DOC_SCALAR, .span = span};

	if (!check_tag(reader, event->data.scalar.tag, event) || !check_number(reader, span) ||
		!check_length(reader, event->data.scalar.length, span))
		return false;
	node.plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		     event->data.scalar.tag == NULL;
	node.count = event->data.scalar.length & DOC_COUNT_MASK;
	node.text = scalar_text(reader, event, span);
	reader->last_end = span.end;
	reader->size.nodes++;
	reader->size.bytes += node.count;
	keep_anchor(reader, anchor_text(event->data.scalar.anchor), node, before);
	push_node(reader, node);
	return true;
}

static bool
check_depth(DocReader *reader, Span span)
{
	Diag *diag;

	if (reader->depth < DOC_MAX_DEPTH)
		return true;
	diag = diag_report(reader->sink, DIAG_INPUT_LIMIT, span, "nested deeper than %d levels",
		DOC_MAX_DEPTH);
	diag_help(reader->sink, diag, "a spec needs no more than ten; look for a missing bracket");
	return doc_fail(reader);
}

static bool
on_start(DocReader *reader, const yaml_event_t *event, DocKind kind)
{
	bool map = kind == DOC_MAP;
	const yaml_char_t *tag =
		map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
	Str anchor = anchor_text(
		map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor);
	Span span = doc_span(reader, event->start_mark, event->end_mark);
	DocOpen *open;

	if (!check_tag(reader, tag, event) || !check_number(reader, span) ||
		!check_depth(reader, span))
		return false;
	open = &reader->open[reader->depth++];
	open->kind = kind;
	open->span = span;
	open->first = reader->pending.len;
	open->before = reader->size;
	/* The event, and the name with it, is gone before the container ends. */
	open->anchor = anchor.ptr == NULL ? anchor : str_copy(reader->scratch, anchor);
	open_anchor(reader, open->anchor);
	reader->size.nodes++;
	return true;
}

/* A block has no closing character: it ends with the last thing in it. */
static void
end_container(DocReader *reader, const yaml_event_t *event, DocNode *node)
{
	Span end = doc_span(reader, event->start_mark, event->end_mark);

	if (end.end > end.start &&
		(reader->text.ptr[end.end - 1] == ']' || reader->text.ptr[end.end - 1] == '}'))
		reader->last_end = end.end;
	node->span.end = reader->last_end;
}

/* The children leave `pending` as one array, allocated once, when their number is known. */
static bool
on_end(DocReader *reader, const yaml_event_t *event)
{
	DocOpen *open = &reader->open[reader->depth - 1];
	DocNode node = {.kind = (unsigned)open->kind & 3u, .span = open->span};
	size_t len;

	end_container(reader, event, &node);
	if (open->kind == DOC_MAP && !doc_finish_map(reader, open))
		return doc_fail(reader);
	len = reader->pending.len - open->first;
	node.count = (open->kind == DOC_MAP ? len / 2 : len) & DOC_COUNT_MASK;
	if (len > 0) {
		node.items = ARENA_ARRAY(reader->arena, DocNode, len);
		memcpy(node.items, &reader->pending.items[open->first], len * sizeof(DocNode));
	}
	reader->pending.len = open->first;
	reader->depth--;
	keep_anchor(reader, open->anchor, node, open->before);
	push_node(reader, node);
	return true;
}

/* libyaml hands over any number of documents; the tree has one root and would keep the last. */
static bool
on_document(DocReader *reader, const yaml_event_t *event)
{
	Diag *diag;

	if (reader->documents++ == 0)
		return true;
	diag = diag_report(reader->sink, DIAG_YAML_SYNTAX,
		doc_span(reader, event->start_mark, event->end_mark),
		"a second document begins here; a spec is one document");
	diag_help(reader->sink, diag, "remove the `---` or `...` line, or import the other file");
	return doc_fail(reader);
}

bool
doc_take_event(DocReader *reader, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT: return true;
	case YAML_DOCUMENT_START_EVENT: return on_document(reader, event);
	case YAML_ALIAS_EVENT: return on_alias(reader, event);
	case YAML_SCALAR_EVENT: return on_scalar(reader, event);
	case YAML_SEQUENCE_START_EVENT: return on_start(reader, event, DOC_LIST);
	case YAML_MAPPING_START_EVENT: return on_start(reader, event, DOC_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: return on_end(reader, event);
	}
	return true;
}
