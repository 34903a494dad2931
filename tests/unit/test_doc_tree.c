/*
 * Generated trees, written as YAML in every style and read back. The writer remembers what it wrote
 * where the reader must agree: texts, kinds, plainness, anchors, what merge keys amount to, and the
 * bytes that each node's span covers.
 */
#include "test_doc_case.h"

#include <stdio.h>

typedef struct Tree Tree;

typedef struct Pair {
	Tree *key, *value; /* no key: a merge key, whose value is a map or a list of maps */
} Pair;

struct Tree {
	DocKind kind;
	const Tree *alias_of;
	const char *anchor;
	Str text;
	bool plain;    /* as it was written */
	bool one_line; /* written plain, on one line */
	bool flow;
	VEC(Tree *) items;
	VEC(Pair) pairs;
};

typedef struct World {
	Arena *arena;
	Random random;
	VEC(Tree *) finished; /* what an alias may stand for */
	unsigned anchors;
} World;

static size_t
below(World *world, size_t end)
{
	return random_below(&world->random, end);
}

/* --- generating ------------------------------------------------------------------------------ */

static Str
some_text(World *world)
{
	static const char *const alphabets[] = {"abcXYZ019_-./ ", "a:#'\"\\{}[],&*!|>%@` \t?-",
		"ab\n", "a\xc3\xa9", "0123456789", "nul~"};
	Str text = random_text(
		&world->random, world->arena, alphabets[below(world, BASE_COUNT(alphabets))], 9);

	/* A code point of two bytes must not be cut: it comes whole or not at all. */
	if (utf8_valid_until(text) < text.len)
		return STR("r\xc3\xa9seau \xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x93\xae");
	return text;
}

static Tree *generate(World *world, unsigned depth);

static Tree *
alias_to(World *world, const Tree *target)
{
	Tree *tree = ARENA_NEW(world->arena, Tree);

	tree->kind = target->kind;
	tree->alias_of = target;
	return tree;
}

static Tree *
anchored(World *world, Tree *tree)
{
	if (tree->anchor == NULL)
		tree->anchor =
			str_c(world->arena, str_format(world->arena, "%c%u",
						    'a' + (int)below(world, 26), world->anchors++));
	return tree;
}

/* A finished tree of the kind, or NULL. */
static Tree *
finished_one(World *world, bool want_map)
{
	size_t tries;

	for (tries = 0; world->finished.len > 0 && tries < 8; tries++) {
		Tree *tree = world->finished.items[below(world, world->finished.len)];

		if (!want_map || tree->kind == DOC_MAP)
			return anchored(world, tree);
	}
	return NULL;
}

static bool
has_key(const Tree *map, Str text)
{
	size_t i;

	for (i = 0; i < map->pairs.len; i++) {
		if (map->pairs.items[i].key != NULL &&
			str_equal(map->pairs.items[i].key->text, text))
			return true;
	}
	return false;
}

/* `<<` stands for one map, or for a list of maps. */
static void
add_merge(World *world, Tree *map)
{
	Tree *first = finished_one(world, true), *list, *more;

	if (first == NULL)
		return;
	list = ARENA_NEW(world->arena, Tree);
	list->kind = DOC_LIST;
	VEC_PUSH(world->arena, &list->items, alias_to(world, first));
	while (below(world, 2) == 0 && (more = finished_one(world, true)) != NULL)
		VEC_PUSH(world->arena, &list->items, alias_to(world, more));
	if (list->items.len == 1 && below(world, 2) == 0)
		list = list->items.items[0];
	VEC_PUSH(world->arena, &map->pairs, ((Pair){NULL, list}));
}

static void
fill_map(World *world, Tree *map, unsigned depth)
{
	size_t wanted = below(world, below(world, 6) == 0 ? 40 : 5);
	bool merge = below(world, 4) == 0;

	while (map->pairs.len < wanted) {
		Tree *key = ARENA_NEW(world->arena, Tree);
		Pair pair = {key, NULL};

		if (merge && below(world, 3) == 0) {
			merge = false;
			add_merge(world, map);
			continue;
		}
		key->text = some_text(world);
		if (has_key(map, key->text) || STR_EQ(key->text, "<<"))
			key->text = str_format(world->arena, "k%zu", map->pairs.len);
		pair.value = generate(world, depth + 1);
		VEC_PUSH(world->arena, &map->pairs, pair);
	}
}

static Tree *
generate(World *world, unsigned depth)
{
	Tree *tree = below(world, 8) == 0 ? finished_one(world, false) : NULL;
	size_t len;

	if (tree != NULL)
		return alias_to(world, tree);
	tree = ARENA_NEW(world->arena, Tree);
	tree->kind = depth > 4 ? DOC_SCALAR : (DocKind)below(world, 3);
	if (depth == 0)
		tree->kind = DOC_MAP;
	if (tree->kind == DOC_SCALAR)
		tree->text = some_text(world);
	if (tree->kind == DOC_MAP)
		fill_map(world, tree, depth);
	for (len = tree->kind == DOC_LIST ? below(world, 5) : 0; tree->items.len < len;)
		VEC_PUSH(world->arena, &tree->items, generate(world, depth + 1));
	VEC_PUSH(world->arena, &world->finished, tree);
	return tree;
}

/* --- writing --------------------------------------------------------------------------------- */

typedef struct Pen {
	World *world;
	Buf buf;
} Pen;

static bool
one_of(char byte, const char *set)
{
	return byte != 0 && strchr(set, byte) != NULL;
}

/* Far fewer texts than YAML takes plain, but certainly among them. */
static bool
may_be_plain(Str text)
{
	size_t i;

	if (text.len == 0 || one_of(text.ptr[0], " -?.") || text.ptr[text.len - 1] == ' ')
		return false;
	for (i = 0; i < text.len; i++) {
		if (one_of(text.ptr[i], ":#'\"\\{}[],&*!|>%@`\t\n?"))
			return false;
	}
	return true;
}

static bool
may_be_single(Str text)
{
	return str_find_char(text, '\n', 0) == text.len && str_find_char(text, '\t', 0) == text.len;
}

/* Literal blocks keep their lines; a first line that begins with a blank would need a digit. */
static bool
may_be_literal(Str text)
{
	return text.len > 1 && text.ptr[0] != ' ' && text.ptr[0] != '\t' && text.ptr[0] != '\n' &&
	       text.ptr[text.len - 1] != '\n' && text.ptr[text.len - 1] != ' ';
}

static void
write_single(Buf *buf, Str text)
{
	size_t i;

	buf_char(buf, '\'');
	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'')
			buf_char(buf, '\'');
		buf_char(buf, text.ptr[i]);
	}
	buf_char(buf, '\'');
}

static void
write_double(Pen *pen, Str text)
{
	size_t at = 0;

	buf_char(&pen->buf, '"');
	while (at < text.len) {
		size_t start = at;
		uint32_t code_point = utf8_next(text, &at);

		if (code_point == '"' || code_point == '\\')
			buf_printf(&pen->buf, "\\%c", (int)code_point);
		else if (code_point < 0x20)
			buf_printf(&pen->buf, "\\x%02x", (unsigned)code_point);
		else if (code_point >= 0x80 && below(pen->world, 4) == 0)
			buf_printf(&pen->buf, "\\U%08x", (unsigned)code_point);
		else
			buf_str(&pen->buf, str_slice(text, start, at));
	}
	buf_char(&pen->buf, '"');
}

static void
write_literal(Pen *pen, Str text, size_t indent)
{
	Str line;

	buf_lit(&pen->buf, "|-");
	while (str_next_line(&text, &line)) {
		buf_char(&pen->buf, '\n');
		if (line.len > 0)
			buf_repeat(&pen->buf, ' ', indent + 2);
		buf_str(&pen->buf, line);
	}
}

/* `block`: at the end of a line of a block, where a literal or nothing may stand. */
static void
write_scalar(Pen *pen, Tree *tree, size_t indent, bool block)
{
	size_t style = below(pen->world, 4);

	if (style == 0 && block && may_be_literal(tree->text)) {
		write_literal(pen, tree->text, indent);
	} else if (style < 2 && may_be_plain(tree->text)) {
		tree->plain = tree->one_line = true;
		buf_str(&pen->buf, tree->text);
	} else if (style < 2 && block && tree->text.len == 0) {
		tree->plain = tree->one_line = true;
	} else if (style < 3 && may_be_single(tree->text)) {
		write_single(&pen->buf, tree->text);
	} else {
		write_double(pen, tree->text);
	}
}

static void
write_anchor(Pen *pen, const Tree *tree)
{
	if (tree->anchor != NULL)
		buf_printf(&pen->buf, "&%s ", tree->anchor);
}

static void
write_blanks(Pen *pen)
{
	buf_repeat(&pen->buf, ' ', below(pen->world, 3));
}

static void
write_flow(Pen *pen, Tree *tree)
{
	size_t len = tree->kind == DOC_LIST ? tree->items.len : tree->pairs.len, i;

	if (tree->alias_of != NULL) {
		buf_printf(&pen->buf, "*%s ", tree->alias_of->anchor);
		return;
	}
	write_anchor(pen, tree);
	if (tree->kind == DOC_SCALAR) {
		write_scalar(pen, tree, 0, false);
		return;
	}
	tree->flow = true;
	buf_char(&pen->buf, tree->kind == DOC_LIST ? '[' : '{');
	for (i = 0; i < len; i++) {
		buf_lit(&pen->buf, i > 0 ? ", " : "");
		write_blanks(pen);
		if (tree->kind == DOC_MAP) {
			Pair pair = tree->pairs.items[i];

			if (pair.key == NULL)
				buf_lit(&pen->buf, "<<");
			else
				write_scalar(pen, pair.key, 0, false);
			buf_lit(&pen->buf, " : ");
			write_flow(pen, pair.value);
		} else {
			write_flow(pen, tree->items.items[i]);
		}
		write_blanks(pen);
	}
	buf_char(&pen->buf, tree->kind == DOC_LIST ? ']' : '}');
}

static void
write_line_end(Pen *pen)
{
	static const char *const ends[] = {
		"\n", "\n", "\n", "\n", "\n\n", " # c\xc3\xa9\n", "\n# c\n"};

	buf_lit(&pen->buf, ends[below(pen->world, BASE_COUNT(ends))]);
}

static void write_block(Pen *pen, Tree *tree, size_t indent);

/* What stands behind `key:` or `-`, up to the end of its last line. */
static void
write_entry(Pen *pen, Tree *tree, size_t indent)
{
	size_t len = tree->kind == DOC_LIST ? tree->items.len : tree->pairs.len;
	bool literal;

	buf_char(&pen->buf, ' ');
	if (tree->alias_of == NULL && tree->kind == DOC_SCALAR) {
		size_t start;

		write_anchor(pen, tree);
		start = pen->buf.len;
		write_scalar(pen, tree, indent, true);
		literal = pen->buf.len > start && pen->buf.data[start] == '|';
		if (literal)
			buf_char(&pen->buf, '\n');
		else
			write_line_end(pen);
	} else if (tree->alias_of != NULL || len == 0 || below(pen->world, 3) == 0) {
		write_flow(pen, tree);
		write_line_end(pen);
	} else {
		write_anchor(pen, tree);
		write_line_end(pen);
		/* A list may stand at its key's own indentation. */
		write_block(pen, tree, indent + 1 + below(pen->world, 3));
	}
}

static void
write_block(Pen *pen, Tree *tree, size_t indent)
{
	size_t i;

	for (i = 0; i < tree->items.len; i++) {
		buf_repeat(&pen->buf, ' ', indent);
		buf_char(&pen->buf, '-');
		write_entry(pen, tree->items.items[i], indent);
	}
	for (i = 0; i < tree->pairs.len; i++) {
		Pair pair = tree->pairs.items[i];

		buf_repeat(&pen->buf, ' ', indent);
		if (pair.key == NULL)
			buf_lit(&pen->buf, "<<");
		else
			write_scalar(pen, pair.key, indent, false);
		buf_char(&pen->buf, ':');
		write_entry(pen, pair.value, indent);
	}
}

static Str
in_crlf(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	Str line;

	while (str_next_line(&text, &line)) {
		buf_str(&buf, line);
		buf_lit(&buf, "\r\n");
	}
	return buf_text(&buf);
}

static Str
write_document(World *world, Tree *root)
{
	Pen pen = {.world = world, .buf = buf_make(world->arena)};
	Str text;

	if (below(world, 4) == 0)
		buf_lit(&pen.buf, "---\n");
	if (root->pairs.len == 0 || below(world, 6) == 0) {
		write_flow(&pen, root);
		write_line_end(&pen);
	} else {
		write_block(&pen, root, 0);
	}
	if (below(world, 8) == 0)
		buf_lit(&pen.buf, "...\n");
	text = buf_text(&pen.buf);
	if (below(world, 3) == 0)
		text = in_crlf(world->arena, text);
	if (below(world, 3) == 0)
		text = str_format(world->arena, "\xef\xbb\xbf" STR_FMT, STR_ARG(text));
	return text;
}

/* --- comparing ------------------------------------------------------------------------------- */

static const Tree *
resolved(const Tree *tree)
{
	return tree->alias_of == NULL ? tree : tree->alias_of;
}

typedef VEC(Pair) PairVec;

static void expected_pairs(Arena *arena, const Tree *map, PairVec *ret_pairs);

static void
add_expected(Arena *arena, Pair pair, PairVec *pairs)
{
	size_t i;

	for (i = 0; i < pairs->len; i++) {
		if (str_equal(pairs->items[i].key->text, pair.key->text))
			return;
	}
	VEC_PUSH(arena, pairs, pair);
}

static void
add_merged(Arena *arena, const Tree *map, PairVec *pairs)
{
	PairVec merged = {0};
	size_t i;

	expected_pairs(arena, map, &merged);
	for (i = 0; i < merged.len; i++)
		add_expected(arena, merged.items[i], pairs);
}

/* Own keys first, then those of the merged maps, the first map winning. */
static void
expected_pairs(Arena *arena, const Tree *map, PairVec *ret_pairs)
{
	size_t i, j;

	map = resolved(map);
	for (i = 0; i < map->pairs.len; i++) {
		if (map->pairs.items[i].key != NULL)
			VEC_PUSH(arena, ret_pairs, map->pairs.items[i]);
	}
	for (i = 0; i < map->pairs.len; i++) {
		const Tree *merge = map->pairs.items[i].value;

		if (map->pairs.items[i].key != NULL)
			continue;
		if (resolved(merge)->kind == DOC_MAP)
			add_merged(arena, merge, ret_pairs);
		for (j = 0; j < merge->items.len; j++)
			add_merged(arena, merge->items.items[j], ret_pairs);
	}
}

/* The bytes that a node says it comes from. */
static Str
covered(const DocCase *c, const DocNode *node)
{
	assert_true(node->span.start <= node->span.end && node->span.end <= c->text.len);
	return str_slice(c->text, node->span.start, node->span.end);
}

static void
check_scalar(const DocCase *c, const Tree *tree, const DocNode *node)
{
	Str bytes = covered(c, node);

	if (!str_equal(doc_text(node), tree->text))
		fail_msg("`" STR_FMT "` became `" STR_FMT "`", STR_ARG(tree->text),
			STR_ARG(doc_text(node)));
	assert_int_equal(node->plain, tree->plain);
	if (tree->one_line && tree->anchor == NULL)
		assert_true(str_equal(bytes, tree->text));
	else if (tree->one_line)
		assert_true(str_ends(bytes, tree->text));
	else
		assert_true(
			one_of(bytes.ptr[bytes.len - 1], "'\"") ||
			str_ends(bytes, str_slice(tree->text, tree->text.len - 1, tree->text.len)));
}

static void check_node(DocCase *c, const Tree *tree, const DocNode *node);

static void
check_container(const DocCase *c, const Tree *tree, const DocNode *node)
{
	Str bytes = covered(c, node);

	if (tree->flow) {
		assert_true(one_of(bytes.ptr[bytes.len - 1], "]}"));
		assert_true(tree->anchor != NULL || one_of(bytes.ptr[0], "[{"));
		return;
	}
	assert_true(bytes.len > 0);
	assert_false(one_of(bytes.ptr[bytes.len - 1], "\r\n"));
	if (tree->kind == DOC_LIST && tree->anchor == NULL)
		assert_int_equal(bytes.ptr[0], '-');
	if (tree->kind == DOC_LIST && tree->items.items[tree->items.len - 1]->alias_of == NULL)
		assert_int_equal(node->span.end, doc_item(node, node->count - 1)->span.end);
}

static void
check_map(DocCase *c, const Tree *tree, const DocNode *node)
{
	PairVec pairs = {0};
	size_t i;

	expected_pairs(c->arena, tree, &pairs);
	assert_int_equal(node->count, pairs.len);
	for (i = 0; i < pairs.len; i++) {
		check_node(c, pairs.items[i].key, doc_key(node, i));
		check_node(c, pairs.items[i].value, doc_value(node, i));
		assert_ptr_equal(doc_find(node, pairs.items[i].key->text), doc_value(node, i));
	}
}

static void
check_node(DocCase *c, const Tree *tree, const DocNode *node)
{
	size_t i;

	tree = resolved(tree);
	assert_int_equal(node->kind, tree->kind);
	if (tree->kind == DOC_SCALAR) {
		check_scalar(c, tree, node);
		return;
	}
	check_container(c, tree, node);
	if (tree->kind == DOC_MAP) {
		check_map(c, tree, node);
		return;
	}
	assert_int_equal(node->count, tree->items.len);
	for (i = 0; i < tree->items.len; i++)
		check_node(c, tree->items.items[i], doc_item(node, i));
}

static void
trees_read_back(void **state)
{
	Random random = {77};
	size_t round;

	(void)state;
	for (round = 0; round < 1500; round++) {
		World world = {.arena = arena_create(), .random = {random_next(&random) | 1}};
		Tree *root = generate(&world, 0);
		DocCase c = doc_case(write_document(&world, root));

		if (!c.good || c.sink->items.len > 0)
			fail_msg("round %zu: " STR_FMT " in\n" STR_FMT, round,
				STR_ARG(c.sink->items.items[0].message), STR_ARG(c.text));
		check_node(&c, root, &c.root);
		doc_case_end(&c);
		arena_destroy(world.arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
