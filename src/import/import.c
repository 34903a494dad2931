/* From an export to the text of a spec. */
#include "import/import_int.h"

void
import_note(Importer *importer, const void *at, const Buf *text)
{
	if (text->len > 0)
		VEC_PUSH(importer->arena, &importer->notes, ((SchemaNote){at, buf_text(text)}));
}

/* --- fields ----------------------------------------------------------------------------------- */

void
import_set_text(FieldText *field, Str text)
{
	field->text = text;
	field->state = FIELD_SET;
}

void
import_set_flag(FieldFlag *field, bool on)
{
	field->on = on;
	field->state = FIELD_SET;
}

void
import_set_choice(FieldChoice *field, unsigned value)
{
	field->value = (uint8_t)value;
	field->state = FIELD_SET;
}

void
import_set_items(Importer *importer, FieldItems *field, const StrVec *texts)
{
	size_t i;

	field->items = ARENA_ARRAY(importer->arena, FieldItem, texts->len);
	for (i = 0; i < texts->len; i++)
		field->items[i] = (FieldItem){.text = texts->items[i], .cost = 1};
	field->len = (uint32_t)texts->len;
	field->state = FIELD_SET;
}

/* --- rows ------------------------------------------------------------------------------------- */

static int
row_order(const void *a, const void *b, void *context)
{
	const ImportRow *left = a, *right = b;

	(void)context;
	return str_compare(left->live->record.name, right->live->record.name);
}

/* As Exchange does, a network stands for the addresses in it: they need no entry of their own. */
static void
collect_addresses(Importer *importer, ImportRow *row)
{
	const StrVec *list = &row->live->record.values[CONNECTOR_SENDER_ADDRESSES].list;
	NetPrefix prefix;
	size_t i;

	for (i = 0; i < list->len; i++) {
		const NetPrefixVec *kept = &row->addresses;

		if (net_prefix_parse(list->items[i], &prefix) == NET_ADDRESS_OK &&
			(kept->len == 0 ||
				!net_prefix_contains(kept->items[kept->len - 1], prefix)))
			VEC_PUSH(importer->arena, &row->addresses, prefix);
	}
}

static void
collect_rows(Importer *importer)
{
	const ConnectorExport *export = importer->export;
	VEC(ImportRow) all = {0};
	size_t i;

	for (i = 0; i < export->connectors.len; i++)
		VEC_PUSH(
			importer->arena, &all, ((ImportRow){.live = &export->connectors.items[i]}));
	base_sort(all.items, all.len, sizeof(ImportRow), row_order, NULL);
	for (i = 0; i < all.len; i++) {
		const ConnectorLive *live = all.items[i].live;
		const char *why = import_connector_problem(importer->arena, live);

		if (why == NULL) {
			collect_addresses(importer, &all.items[i]);
			VEC_PUSH(importer->arena, &importer->rows, all.items[i]);
			continue;
		}
		buf_lit(&importer->left_out, "  ");
		text_yaml(&importer->left_out, live->record.name);
		buf_printf(&importer->left_out, ": %s\n", why);
	}
}

/* --- the tenant ------------------------------------------------------------------------------- */

/* `contoso` of contoso.onmicrosoft.com. */
static Str
company_of(Str organization)
{
	return str_slice(organization, 0, str_find_char(organization, '.', 0));
}

static void
choose_cloud(Importer *importer, Str organization)
{
	ModelTenant *tenant = &importer->spec->tenant;
	Buf note = buf_make(importer->arena);
	Str lower = str_lower(importer->arena, organization);

	if (str_ends(lower, STR(".onmschina.cn"))) {
		import_set_choice(&tenant->cloud, MODEL_CLOUD_CHINA);
	} else if (str_ends(lower, STR(".onmicrosoft.us"))) {
		import_set_choice(&tenant->cloud, MODEL_CLOUD_GCC_HIGH);
		buf_lit(&note, "Or `dod`: the name of the tenant is the same in both.\n");
	}
	import_note(importer, &tenant->cloud, &note);
}

static void
import_tenant(Importer *importer)
{
	const ConnectorExport *export = importer->export;
	ModelTenant *tenant = &importer->spec->tenant;
	Buf note = buf_make(importer->arena), gap = buf_make(importer->arena);
	Str organization = export->organization, company = company_of(organization);
	bool sayable = organization.len > 0 && import_text_problem(organization, false) == NULL;

	tenant->head.state = FIELD_SET;
	buf_lit(&gap, "\n");
	import_note(importer, &importer->spec->tenant, &gap);
	buf_lit(&note, "The company's name, as documents should have it. An export does not tell "
		       "`mx_host`,\nwhere devices hand mail over: add it with the first relay "
		       "host.\n");
	import_note(importer, &tenant->name, &note);
	import_set_text(&tenant->name, sayable && company.len > 0 ? company : STR("Tenant"));
	if (sayable) {
		import_set_text(&tenant->organization, organization);
		choose_cloud(importer, organization);
	}
	if (export->reject_direct_send != CONNECTOR_UNTOLD)
		import_set_flag(
			&tenant->reject_direct_send, export->reject_direct_send == CONNECTOR_YES);
	if (export->smtp_auth_disabled == CONNECTOR_YES)
		import_set_choice(&tenant->smtp_auth, MODEL_DISABLED);
}

/* --- the whole -------------------------------------------------------------------------------- */

/* Addresses for documentation, and none that is anybody's: no real tenant. */
static bool
is_sample(const Importer *importer)
{
	bool any = false;
	size_t i, j;

	for (i = 0; i < importer->groups.len; i++) {
		const NetPrefixVec *prefixes = &importer->groups.items[i].prefixes;

		for (j = 0; j < prefixes->len; j++) {
			NetClass class = net_classify(prefixes->items[j]).net_class;

			if (class == NET_CLASS_GLOBAL)
				return false;
			any = any || class == NET_CLASS_DOCUMENTATION;
		}
	}
	return any;
}

static void
import_head(Importer *importer)
{
	const ConnectorExport *export = importer->export;
	ModelSpec *spec = importer->spec;
	Buf note = buf_make(importer->arena), sample = buf_make(importer->arena);

	buf_lit(&note, "The inbound connectors of ");
	if (export->organization.len > 0)
		text_yaml(&note, export->organization);
	else
		buf_lit(&note, "a tenant");
	if (export->has_date) {
		buf_lit(&note, " on ");
		buf_str(&note, date_format(importer->arena, export->exported_on));
	}
	buf_lit(&note, ",\nas `connplan import` found them. No export tells the relay hosts: add "
		       "them under `relay_hosts`,\nand name them in `accepts` in place of the "
		       "egress that they leave through. Until then nothing\nis proved of their "
		       "mail.\n");
	import_note(importer, &spec->version, &note);
	spec->version.number = 1;
	spec->version.state = FIELD_SET;
	if (!is_sample(importer))
		return;
	buf_lit(&sample,
		"Only documentation addresses: no real tenant. Scripts refuse to apply.\n");
	import_note(importer, &spec->sample, &sample);
	import_set_flag(&spec->sample, true);
}

Str
import_spec(Arena *arena, const ConnectorExport *export, const DnsSource *dns)
{
	Importer importer = {.arena = arena,
		.export = export,
		.dns = dns,
		.spec = ARENA_NEW(arena, ModelSpec),
		.left_out = buf_make(arena)};
	Buf text = buf_make(arena);

	ASSERT(!export->broken);
	collect_rows(&importer);
	import_egress(&importer);
	import_head(&importer);
	import_tenant(&importer);
	import_domains(&importer);
	import_connectors(&importer);
	schema_encode(arena, &text, &model_spec_table, importer.spec, &importer.notes);
	return buf_text(&text);
}
