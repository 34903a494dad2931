/* What all tables of the summary are made of: rows, notes, addresses. */
#include "view/view_int.h"

Json *
summary_table(SummaryTable *table, const char *title, Str name)
{
	Arena *arena = table->arena;

	table->object = json_object(arena);
	table->rows = json_list(arena);
	SET(table->object, "title",
		json_text(arena, summary_text_with(table, title, "name", name)));
	SET(table->object, "rows", table->rows);
	/* Always there, since templates ask for them. */
	SET(table->object, "has_addresses", json_bool(arena, false));
	SET(table->object, "addresses", json_list(arena));
	return table->object;
}

Str
summary_text(SummaryTable *table, const char *key)
{
	return view_string(table->language, str_from(key));
}

Str
summary_text_with(SummaryTable *table, const char *key, const char *name, Str value)
{
	return view_string_with(table->arena, table->language, key, name, value);
}

Json *
summary_notes(SummaryTable *table)
{
	return json_list(table->arena);
}

void
summary_note(SummaryTable *table, Json *notes, const char *key)
{
	json_push(table->arena, notes, json_text(table->arena, summary_text(table, key)));
}

void
summary_note_with(SummaryTable *table, Json *notes, const char *key, const char *name, Str value)
{
	json_push(table->arena, notes,
		json_text(table->arena, summary_text_with(table, key, name, value)));
}

/* The notes of a row as one text: a cell holds no list. */
static Str
joined(Arena *arena, const Json *texts)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < texts->items.len; i++) {
		buf_lit(&buf, i > 0 ? "; " : "");
		buf_str(&buf, texts->items.items[i]->text);
	}
	return buf_text(&buf);
}

/* Escaped here, since a template cannot choose between text and code. */
Json *
view_rendered(Arena *arena, Str text, TextEscape escape)
{
	Buf rendered = buf_make(arena);

	escape(&rendered, text);
	return json_rendered(arena, buf_text(&rendered));
}

/* `markdown` is for the built-in template; `setting` stays plain for those of users, which may make
 * HTML or CSV of it. */
static void
add_row(SummaryTable *table, const char *item, Str setting, TextEscape escape, Json *notes)
{
	Arena *arena = table->arena;
	Json *row = json_object(arena);

	SET(row, "markdown", view_rendered(arena, setting, escape));
	SET(row, "item", json_text(arena, summary_text(table, item)));
	SET(row, "setting", json_text(arena, setting));
	SET(row, "notes", json_text(arena, joined(arena, notes)));
	json_push(arena, table->rows, row);
}

void
summary_row(SummaryTable *table, const char *item, Str setting, Json *notes)
{
	add_row(table, item, setting, text_markdown, notes);
}

void
summary_command_row(SummaryTable *table, const char *item, Str command, Json *notes)
{
	add_row(table, item, command, text_markdown_cell_code, notes);
}

Str
summary_mx_host(SummaryTable *table)
{
	const FieldText *host = &table->model->spec->tenant.mx_host;

	return host->state == FIELD_SET ? summary_domain(table, host->text)
					: summary_text(table, "value.not_set");
}

Str
summary_domain(SummaryTable *table, Str name)
{
	Str unicode = net_name_unicode(table->arena, name);

	if (str_equal(unicode, name))
		return name;
	return str_format(table->arena, STR_FMT " (" STR_FMT ")", STR_ARG(unicode), STR_ARG(name));
}

Str
summary_senders(SummaryTable *table, const FieldItems *domains)
{
	Buf buf = buf_make(table->arena);
	uint32_t i;

	for (i = 0; i < domains->len; i++) {
		buf_lit(&buf, i > 0 ? ", " : "");
		buf_str(&buf, summary_domain(table, domains->items[i].text));
	}
	return buf_text(&buf);
}

const char *
summary_method(ModelMethod method)
{
	switch (method) {
	case MODEL_METHOD_CONNECTOR: break;
	case MODEL_METHOD_SUBMISSION: return "method.submission";
	case MODEL_METHOD_DIRECT_SEND: return "method.direct_send";
	case MODEL_METHOD_HVE: return "method.hve";
	case MODEL_METHOD_INTERNET: return "method.internet";
	}
	return "method.connector";
}

const char *
summary_recipients(ModelRecipients recipients)
{
	switch (recipients) {
	case MODEL_RECIPIENTS_ANY: break;
	case MODEL_RECIPIENTS_INTERNAL: return "recipients.internal";
	case MODEL_RECIPIENTS_EXTERNAL: return "recipients.external";
	}
	return "recipients.any";
}

const char *
summary_purpose(ModelPurpose purpose)
{
	switch (purpose) {
	case MODEL_PURPOSE_RELAY: break;
	case MODEL_PURPOSE_HYBRID: return "purpose.hybrid";
	case MODEL_PURPOSE_INBOUND_GATEWAY: return "purpose.inbound_gateway";
	case MODEL_PURPOSE_PARTNER: return "purpose.partner";
	case MODEL_PURPOSE_ADD_ON: return "purpose.add_on";
	}
	return "purpose.relay";
}

/* --- addresses -------------------------------------------------------------------------------- */

void
summary_add_egress(SummaryTable *table, SummarySource *source, uint32_t egress)
{
	const ModelEgress *object = &table->model->egress[egress];
	size_t i;

	if (object->dynamic.state != FIELD_SET || !object->dynamic.on)
		return;
	for (i = 0; i < source->dynamic.len; i++) {
		if (str_equal(source->dynamic.items[i], object->head.name))
			return;
	}
	VEC_PUSH(table->arena, &source->dynamic, object->head.name);
}

/* What a block of the registries is for, in words; of rare ones the registry's own name. */
static Str
block_text(SummaryTable *table, Str name)
{
	static const char *const texts[][2] = {
		{"This network", "reason.this_network"},
		{"This host on this network", "reason.this_network"},
		{"Private-Use", "reason.private"},
		{"Shared Address Space", "reason.carrier_nat"},
		{"Loopback", "reason.loopback"},
		{"Loopback Address", "reason.loopback"},
		{"Link Local", "reason.link_local"},
		{"Link-Local Unicast", "reason.link_local"},
		{"Benchmarking", "reason.benchmarking"},
		{"Multicast", "reason.multicast"},
		{"Reserved", "reason.reserved"},
		{"IPv4-mapped Address", "reason.mapped"},
		{"Unique-Local", "reason.unique_local"},
	};
	size_t i;

	for (i = 0; i < BASE_COUNT(texts); i++) {
		if (str_equal(name, str_from(texts[i][0])))
			return summary_text(table, texts[i][1]);
	}
	return name;
}

void
summary_note_reaches(SummaryTable *table, Json *notes, const SummarySource *source)
{
	static const char *const keys[] = {
		[NET_CLASS_GLOBAL] = "note.reachable",
		[NET_CLASS_SPECIAL] = "note.special_purpose",
		[NET_CLASS_DOCUMENTATION] = "note.documentation",
		[NET_CLASS_NOT_GLOBAL] = "note.not_reachable",
		[NET_CLASS_REFUSED] = "note.not_reachable",
	};
	unsigned said = 0;
	size_t i;

	for (i = 0; i < source->ranges.len; i++) {
		NetVerdict verdict = net_classify(source->ranges.items[i].range);
		const char *key = keys[verdict.net_class];

		if ((said & 1u << verdict.net_class) != 0)
			continue;
		said |= 1u << verdict.net_class;
		if (verdict.net_class == NET_CLASS_GLOBAL ||
			verdict.net_class == NET_CLASS_DOCUMENTATION)
			summary_note(table, notes, key);
		else
			summary_note_with(
				table, notes, key, "block", block_text(table, verdict.block->name));
	}
}

/* What a range becomes on a connector, "198.51.0.0/19 → 32 × /24". */
static Str
split_text(SummaryTable *table, const SummaryRange *range)
{
	return str_format(table->arena, STR_FMT " → %zu × /%d",
		STR_ARG(net_prefix_text(table->arena, range->range)), range->pieces,
		CONNECTOR_MIN_LENGTH);
}

static Str
listed_addresses(SummaryTable *table, const SummarySource *source)
{
	Buf buf = buf_make(table->arena);
	size_t i;

	for (i = 0; i < source->ranges.len; i++) {
		buf_lit(&buf, buf.len > 0 ? ", " : "");
		net_prefix_write(&buf, source->ranges.items[i].range);
	}
	for (i = 0; i < source->dynamic.len; i++) {
		buf_lit(&buf, buf.len > 0 ? ", " : "");
		buf_str(&buf, summary_text_with(
				      table, "value.dynamic", "name", source->dynamic.items[i]));
	}
	return buf.len == 0 ? summary_text(table, "value.none") : buf_text(&buf);
}

/* The list below a table. */
typedef struct AddressList {
	DiagLanguage language;
	const SummarySource *source;
} AddressList;

/* Made on demand, as there may be a hundred thousand; with the members of a row. */
static Json *
address_item(Arena *arena, const void *context, size_t index)
{
	const AddressList *list = context;
	const SummaryRange *range = &list->source->ranges.items[index];
	SummaryTable table = {arena, list->language, NULL, NULL, NULL};
	Json *item = json_object(arena);
	Str address = net_prefix_text(arena, range->range);

	SET(item, "item", json_text(arena, summary_text(&table, "item.source")));
	SET(item, "setting", json_text(arena, address));
	SET(item, "notes",
		json_text(arena, range->pieces > 0 ? split_text(&table, range) : STR("")));
	SET(item, "text",
		json_text(arena, range->pieces > 0 ? split_text(&table, range) : address));
	return item;
}

/* Keeps a copy of the ranges: the list is made when it is written. */
static void
list_addresses(SummaryTable *table, const SummarySource *source)
{
	AddressList *list = ARENA_NEW(table->arena, AddressList);
	SummarySource *kept = ARENA_NEW(table->arena, SummarySource);

	*kept = *source;
	list->language = table->language;
	list->source = kept;
	json_set(table->arena, table->object, STR("has_addresses"), json_bool(table->arena, true));
	json_set(table->arena, table->object, STR("addresses"),
		json_list_on_demand(table->arena, source->ranges.len, address_item, list));
}

void
summary_source_row(SummaryTable *table, const SummarySource *source, Json *notes)
{
	Str count = net_bits_thousands(table->arena, source->ranges.len);
	size_t i;

	if (source->ranges.len > SUMMARY_ADDRESSES) {
		list_addresses(table, source);
		summary_row(table, "item.source",
			summary_text_with(table, "value.addresses_below", "count", count), notes);
		return;
	}
	for (i = 0; i < source->ranges.len; i++) {
		if (source->ranges.items[i].pieces > 0)
			json_push(table->arena, notes,
				json_text(
					table->arena, split_text(table, &source->ranges.items[i])));
	}
	summary_row(table, "item.source", listed_addresses(table, source), notes);
}
