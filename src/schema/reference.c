/* The reference page: one section a table, one row a key. */
#include "schema/schema_int.h"

#include "text/text.h"

/* Descriptions are prose: a bar would end the cell, a star would begin emphasis. */
static void
cell(Buf *buf, const char *text)
{
	text_markdown(buf, str_from(text));
}

/* Choices say more than the name of their kind; only a bounded number shows its bounds. */
static void
reference_values(Buf *buf, const Field *field)
{
	size_t i;

	if (field->choices == NULL) {
		cell(buf, schema_kinds[field->kind].name);
		if (field->table != NULL)
			buf_printf(buf, ", see %s", field->table->name);
		if (field->max > 0)
			buf_printf(buf, ", %llu to %llu", (unsigned long long)field->min,
				(unsigned long long)field->max);
		if (field->most > 0)
			buf_printf(buf, ", at most %zu", field->most);
		return;
	}
	for (i = 0; i < field->choices->len; i++) {
		buf_lit(buf, i > 0 ? ", " : "");
		text_markdown_code(buf, str_from(field->choices->texts[i]));
	}
}

static void
reference_row(Buf *buf, const Field *field)
{
	buf_printf(buf, "| `%s` | ", field->key);
	reference_values(buf, field);
	buf_lit(buf, " | ");
	if ((field->flags & FIELD_REQUIRED) != 0)
		buf_lit(buf, "required");
	else
		cell(buf, field->fallback == NULL ? "none" : field->fallback);
	buf_lit(buf, " | ");
	cell(buf, field->doc);
	buf_lit(buf, " |\n");
}

static bool
was_shown(const FieldTable *const *shown, size_t len, const FieldTable *table)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (shown[i] == table)
			return true;
	}
	return false;
}

/* Breadth first: the page goes from the top level inwards, and a table that several fields use is
 * shown once. */
void
schema_reference(Buf *buf, const FieldTable *root)
{
	const FieldTable *tables[64] = {root};
	size_t len = 1, at, i;

	for (at = 0; at < len; at++) {
		const FieldTable *table = tables[at];

		buf_printf(buf, "\n## %s\n\n%c%s.\n\n", table->name,
			table->title[0] >= 'a' && table->title[0] <= 'z' ? table->title[0] - 32
									 : table->title[0],
			table->title + 1);
		buf_lit(buf, "| key | value | default | meaning |\n| --- | --- | --- | --- |\n");
		for (i = 0; i < table->len; i++) {
			const FieldTable *inner = table->fields[i].table;

			reference_row(buf, &table->fields[i]);
			if (inner != NULL && !was_shown(tables, len, inner)) {
				ASSERT(len < BASE_COUNT(tables));
				tables[len++] = inner;
			}
		}
	}
}

/* Goes into every table as often as it is used; no table may hold itself. */
void
schema_keys(Arena *arena, const FieldTable *root, StrVec *ret_keys)
{
	size_t i, j;

	for (i = 0; i < root->len; i++) {
		Str key = str_from(root->fields[i].key);
		bool known = false;

		for (j = 0; j < ret_keys->len; j++)
			known = known || str_equal(ret_keys->items[j], key);
		if (!known)
			VEC_PUSH(arena, ret_keys, key);
		if (root->fields[i].table != NULL)
			schema_keys(arena, root->fields[i].table, ret_keys);
	}
}
