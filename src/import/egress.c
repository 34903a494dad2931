/* From the addresses of all connectors to egress objects with names. */
#include "import/import_int.h"

/* --- groups ----------------------------------------------------------------------------------- */

typedef struct Entry {
	NetPrefix prefix;
	uint32_t row;
} Entry;

static int
entry_order(const void *a, const void *b, void *context)
{
	const Entry *left = a, *right = b;
	int order = net_prefix_compare(left->prefix, right->prefix);

	(void)context;
	return order != 0 ? order : (left->row > right->row) - (left->row < right->row);
}

/* All entries of all rows, sorted; their number. */
static size_t
list_entries(const Importer *importer, Arena *scratch, Entry **ret_entries)
{
	VEC(Entry) entries = {0};
	uint32_t i;
	size_t j;

	for (i = 0; i < importer->rows.len; i++) {
		const NetPrefixVec *addresses = &importer->rows.items[i].addresses;

		for (j = 0; j < addresses->len; j++)
			VEC_PUSH(scratch, &entries, ((Entry){addresses->items[j], i}));
	}
	base_sort(entries.items, entries.len, sizeof(Entry), entry_order, NULL);
	*ret_entries = entries.items;
	return entries.len;
}

/* The group of exactly these holders; a new one where there is none. */
static ImportGroup *
group_of(Importer *importer, Map *groups, const Entry *entries, size_t len)
{
	uint32_t *holders = ARENA_ARRAY(importer->arena, uint32_t, len), found;
	ImportGroup *group;
	size_t i;

	for (i = 0; i < len; i++)
		holders[i] = entries[i].row;
	found = map_add(importer->arena, groups,
		(Str){(const char *)holders, len * sizeof(*holders)},
		(uint32_t)importer->groups.len);
	if (found != MAP_NONE)
		return &importer->groups.items[found];
	group = VEC_ADD(importer->arena, &importer->groups);
	group->holders = holders;
	group->holders_len = len;
	return group;
}

static int
group_order(const void *a, const void *b, void *context)
{
	const ImportGroup *left = a, *right = b;
	size_t i;

	(void)context;
	for (i = 0; i < left->holders_len && i < right->holders_len; i++) {
		if (left->holders[i] != right->holders[i])
			return left->holders[i] < right->holders[i] ? -1 : 1;
	}
	return (left->holders_len > right->holders_len) - (left->holders_len < right->holders_len);
}

/*
 * Each address belongs to one group: that of the connectors which hold it. Two connectors with one
 * list share one object; of lists that overlap, the common part is an object of its own.
 */
static void
make_groups(Importer *importer)
{
	Arena *scratch = arena_create();
	Map groups = {0};
	Entry *entries;
	size_t len = list_entries(importer, scratch, &entries), from, to, j;
	uint32_t i;

	for (from = 0; from < len; from = to) {
		ImportGroup *group;

		for (to = from + 1; to < len && net_prefix_compare(entries[to].prefix,
							entries[from].prefix) == 0;)
			to++;
		group = group_of(importer, &groups, &entries[from], to - from);
		VEC_PUSH(importer->arena, &group->prefixes, entries[from].prefix);
	}
	arena_destroy(scratch);
	base_sort(importer->groups.items, importer->groups.len, sizeof(ImportGroup), group_order,
		NULL);
	for (i = 0; i < importer->groups.len; i++) {
		const ImportGroup *group = &importer->groups.items[i];

		for (j = 0; j < group->holders_len; j++)
			VEC_PUSH(importer->arena, &importer->rows.items[group->holders[j]].groups,
				i);
	}
}

/* --- names ------------------------------------------------------------------------------------ */

/* Code points of a connector's name that go into the name of an egress object. */
#define NAME_LENGTH 40

static bool
is_blank_character(uint32_t c)
{
	return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

/* "Relay for ERP" becomes relay-for-erp; letters of other scripts stay. */
static void
write_words(Buf *buf, Str name)
{
	size_t start = buf->len, at = 0, count = 0;

	while (at < name.len && count < NAME_LENGTH) {
		uint32_t c = utf8_next(name, &at);
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			      (c >= '0' && c <= '9') || (c >= 0x80 && !is_blank_character(c));

		if (utf8_is_control(c) || utf8_is_line_separator(c) || utf8_is_invisible(c))
			continue;
		if (!letter && (buf->len == start || buf->data[buf->len - 1] == '-'))
			continue;
		if (letter && c < 0x80)
			c |= c >= 'A' && c <= 'Z' ? 0x20 : 0;
		buf_code_point(buf, letter ? c : '-');
		count++;
	}
	while (buf->len > start && buf->data[buf->len - 1] == '-')
		buf->len--;
}

/* A word of YAML (`no`), or one that has a meaning of its own where names stand. */
static bool
is_awkward(Arena *arena, Str name)
{
	Buf written = buf_make(arena);

	text_yaml(&written, name);
	return written.len != name.len || STR_EQ(name, "route") || STR_EQ(name, "none") ||
	       STR_EQ(name, "exchange") || STR_EQ(name, "on-premises");
}

static void
write_holder(Importer *importer, Buf *buf, uint32_t row)
{
	const ConnectorLive *live = importer->rows.items[row].live;

	/* The wizard's names are mostly the digits of an id. */
	if (connector_is_hybrid_wizards(live))
		buf_lit(buf, "hybrid");
	else
		write_words(buf, live->record.name);
}

static Str
name_base(Importer *importer, const ImportGroup *group)
{
	Buf buf = buf_make(importer->arena);

	write_holder(importer, &buf, group->holders[0]);
	if (group->holders_len == 2) {
		buf_lit(&buf, "-and-");
		write_holder(importer, &buf, group->holders[1]);
	} else if (group->holders_len > 2) {
		buf_printf(&buf, "-and-%zu-more", group->holders_len - 1);
	}
	if (buf.len == 0)
		buf_lit(&buf, "egress");
	else if (is_awkward(importer->arena, buf_text(&buf)))
		buf_lit(&buf, "-egress");
	return buf_text(&buf);
}

/* The second of a name is `name-2`. */
static void
name_groups(Importer *importer)
{
	uint32_t *next = ARENA_ARRAY(importer->arena, uint32_t, importer->groups.len);
	Map names = {0};
	uint32_t i;

	for (i = 0; i < importer->groups.len; i++) {
		Str base = name_base(importer, &importer->groups.items[i]), name = base;
		uint32_t first = map_add(importer->arena, &names, base, i);

		next[i] = 2;
		if (first != MAP_NONE)
			do
				name = str_format(importer->arena, STR_FMT "-%u", STR_ARG(base),
					(unsigned)next[first]++);
			while (map_add(importer->arena, &names, name, i) != MAP_NONE);
		importer->groups.items[i].name = name;
	}
}

/* --- objects ---------------------------------------------------------------------------------- */

/* Whether partner connectors alone hold it: then it is the partners', or a filter's. */
static bool
is_others(const Importer *importer, const ImportGroup *group)
{
	size_t i;

	for (i = 0; i < group->holders_len; i++) {
		if (!import_is_partner(importer->rows.items[group->holders[i]].live))
			return false;
	}
	return true;
}

/* What Exchange refuses by now, but holds since it was typed. */
static void
note_classes(const ImportGroup *group, Buf *note)
{
	size_t i, told = 0;

	for (i = 0; i < group->prefixes.len; i++) {
		NetVerdict verdict = net_classify(group->prefixes.items[i]);

		if (verdict.net_class == NET_CLASS_GLOBAL ||
			verdict.net_class == NET_CLASS_DOCUMENTATION)
			continue;
		if (told++ == 3) {
			buf_lit(note, "There are more of them.\n");
			return;
		}
		net_prefix_write(note, group->prefixes.items[i]);
		buf_printf(note, " is %s (" STR_FMT ")%s\n",
			verdict.net_class == NET_CLASS_SPECIAL ? "special" : "no public address",
			STR_ARG(verdict.block->name),
			verdict.net_class == NET_CLASS_REFUSED
				? ": Exchange refuses it by now. Which one does it see?"
				: ". Which one does Exchange see?");
	}
}

/* Two enabled on-premises connectors for one address: CP203 tells it with every check. */
static void
note_holders(const Importer *importer, const ImportGroup *group, Buf *note)
{
	size_t i;

	if (group->holders_len < 2)
		return;
	buf_lit(note, "Of ");
	for (i = 0; i < group->holders_len && i < 5; i++) {
		buf_lit(note, i == 0 ? "" : ", ");
		text_yaml(note, importer->rows.items[group->holders[i]].live->record.name);
	}
	if (group->holders_len > 5)
		buf_printf(note, " and %zu more", group->holders_len - 5);
	buf_lit(note, ": one connector for each address is enough.\n");
}

static void
make_object(Importer *importer, const ImportGroup *group, ModelEgress *egress)
{
	FieldPrefixes *addresses = &egress->addresses;
	Buf note = buf_make(importer->arena), shared = buf_make(importer->arena);
	size_t i;

	egress->head.name = group->name;
	egress->head.state = FIELD_SET;
	addresses->items = ARENA_ARRAY(importer->arena, FieldPrefix, group->prefixes.len);
	addresses->len = (uint32_t)group->prefixes.len;
	addresses->state = FIELD_SET;
	for (i = 0; i < group->prefixes.len; i++)
		addresses->items[i].prefix = group->prefixes.items[i];
	note_holders(importer, group, &note);
	note_classes(group, &note);
	import_note(importer, egress, &note);
	if (!is_others(importer, group))
		return;
	import_set_flag(&egress->shared, true);
	buf_lit(&shared, "Others may send from here: remove it if we alone do.\n");
	import_note(importer, &egress->shared, &shared);
}

void
import_egress(Importer *importer)
{
	FieldObjects *objects = &importer->spec->egress;
	Buf gap = buf_make(importer->arena);
	ModelEgress *egress;
	size_t i;

	make_groups(importer);
	name_groups(importer);
	if (importer->groups.len == 0)
		return;
	egress = ARENA_ARRAY(importer->arena, ModelEgress, importer->groups.len);
	for (i = 0; i < importer->groups.len; i++)
		make_object(importer, &importer->groups.items[i], &egress[i]);
	objects->items = egress;
	objects->len = (uint32_t)importer->groups.len;
	objects->state = FIELD_SET;
	buf_lit(&gap, "\n");
	import_note(importer, objects, &gap);
}
