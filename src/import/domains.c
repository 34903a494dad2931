/* Accepted domains, and those that connectors are bound to. */
#include "import/import_int.h"

typedef struct Row {
	Str name, type; /* DomainType, where it is told */
	bool with_subdomains, listed;
} Row;

typedef VEC(Row) Rows;

/* The names in the order of bytes; of one that stands twice all that is said. */
static int
row_order(const void *a, const void *b, void *context)
{
	const Row *left = a, *right = b;
	int order = str_compare(left->name, right->name);

	(void)context;
	if (order == 0)
		order = (int)right->listed - (int)left->listed;
	if (order == 0)
		order = (int)right->with_subdomains - (int)left->with_subdomains;
	return order != 0 ? order : str_compare(left->type, right->type);
}

static void
add_row(Importer *importer, Rows *rows, Row row)
{
	if (net_name_parse(importer->arena, row.name, NET_NAME_HOST, &row.name) == NET_NAME_OK)
		VEC_PUSH(importer->arena, rows, row);
}

static void
collect_rows(Importer *importer, Rows *rows)
{
	const ConnectorExport *export = importer->export;
	size_t i, j, len = 0;

	for (i = 0; i < export->domains.len; i++) {
		const ConnectorDomain *domain = &export->domains.items[i];

		add_row(importer, rows,
			(Row){domain->name, domain->type, domain->with_subdomains, true});
	}
	for (i = 0; i < importer->rows.len; i++) {
		const StrVec *list = &importer->rows.items[i]
					      .live->record.values[CONNECTOR_ACCEPTED_DOMAINS]
					      .list;

		for (j = 0; j < list->len; j++)
			add_row(importer, rows, (Row){.name = list->items[j]});
	}
	base_sort(rows->items, rows->len, sizeof(Row), row_order, NULL);
	for (i = 0; i < rows->len; i++) {
		if (len == 0 || !str_equal(rows->items[len - 1].name, rows->items[i].name))
			rows->items[len++] = rows->items[i];
	}
	rows->len = len;
}

/* Whether a domain above it is accepted with its subdomains. */
static bool
is_below_accepted(const Map *wide, Str name)
{
	size_t dot;

	for (dot = str_find_char(name, '.', 0); dot < name.len; dot = str_find_char(name, '.', 0)) {
		name = str_slice(name, dot + 1, name.len);
		if (map_find(wide, name) != MAP_NONE)
			return true;
	}
	return false;
}

static void
make_domain(Importer *importer, const Map *wide, const Row *row, ModelDomain *domain)
{
	Buf note = buf_make(importer->arena);

	domain->head.name = row->name;
	domain->head.state = FIELD_SET;
	if (row->with_subdomains) {
		import_set_choice(&domain->accepted, MODEL_ACCEPTED_WITH_SUBDOMAINS);
	} else if (!row->listed && importer->export->domains.len > 0 &&
		   !is_below_accepted(wide, row->name)) {
		import_set_choice(&domain->accepted, MODEL_NOT_ACCEPTED);
		buf_lit(&note, "Connectors are bound to it, but the tenant does not accept it.\n");
	}
	if (str_equal_nocase(row->type, STR("InternalRelay")) ||
		str_equal_nocase(row->type, STR("ExternalRelay"))) {
		text_yaml(&note, row->type);
		buf_lit(&note,
			": mailboxes elsewhere. Where does MX point? Say it as `inbound`.\n");
	}
	domain->spf.head.state = FIELD_SET;
	import_set_choice(&domain->spf.manage, MODEL_SPF_OFF);
	import_note(importer, domain, &note);
}

void
import_domains(Importer *importer)
{
	FieldObjects *objects = &importer->spec->domains;
	Buf note = buf_make(importer->arena);
	ModelDomain *domains;
	Rows rows = {0};
	Map wide = {0};
	size_t i;

	collect_rows(importer, &rows);
	for (i = 0; i < rows.len; i++) {
		if (rows.items[i].with_subdomains)
			map_add(importer->arena, &wide, rows.items[i].name, 0);
	}
	if (rows.len == 0)
		return;
	domains = ARENA_ARRAY(importer->arena, ModelDomain, rows.len);
	for (i = 0; i < rows.len; i++)
		make_domain(importer, &wide, &rows.items[i], &domains[i]);
	objects->items = domains;
	objects->len = (uint32_t)rows.len;
	objects->state = FIELD_SET;
	buf_char(&note, '\n');
	if (importer->dns == NULL)
		buf_lit(&note,
			"`off`, since nobody looked at what they publish: `import --lock` does.\n");
	import_note(importer, objects, &note);
}
