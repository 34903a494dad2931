/*
 * The summary: one table a connector and one a host that sends by other means, as a list of rows of
 * three plain texts; below them SPF and the findings that stand.
 */
#include "view/view_int.h"

#include "text/text.h"

/* More addresses than this are counted instead of listed. */
#define LISTED_ADDRESSES 24

Json *
summary_notes(SummaryTable *table)
{
	return json_list(table->arena);
}

void
summary_note(SummaryTable *table, Json *notes, const char *key)
{
	json_push(table->arena, notes,
		json_text(table->arena, view_string(table->language, str_from(key))));
}

void
summary_note_with(SummaryTable *table, Json *notes, const char *key, const char *name, Str value)
{
	json_push(table->arena, notes,
		json_text(table->arena,
			view_string_with(table->arena, table->language, key, name, value)));
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

/* Escaped here and marked as rendered, since a template cannot choose between text and code. */
static Json *
in_markdown(Arena *arena, Str text, TextEscape escape)
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

	SET(row, "markdown", in_markdown(arena, setting, escape));
	SET(row, "item", json_text(arena, view_string(table->language, str_from(item))));
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

	return host->state == FIELD_SET ? host->text
					: view_string(table->language, STR("value.not_set"));
}

Str
summary_addresses(SummaryTable *table, const NetPrefixVec *prefixes)
{
	Buf buf = buf_make(table->arena);
	size_t i;

	if (prefixes->len > LISTED_ADDRESSES) {
		Str count = str_format(table->arena, "%zu", prefixes->len);

		return view_string_with(
			table->arena, table->language, "value.ip_addresses", "count", count);
	}
	for (i = 0; i < prefixes->len; i++) {
		buf_lit(&buf, i > 0 ? ", " : "");
		net_prefix_write(&buf, prefixes->items[i]);
	}
	return prefixes->len == 0 ? view_string(table->language, STR("value.none"))
				  : buf_text(&buf);
}

void
summary_note_reach(SummaryTable *table, Json *notes, NetPrefix prefix)
{
	NetVerdict verdict = net_classify(prefix);

	switch (verdict.net_class) {
	case NET_CLASS_GLOBAL: summary_note(table, notes, "note.reachable"); break;
	case NET_CLASS_DOCUMENTATION: summary_note(table, notes, "note.documentation"); break;
	case NET_CLASS_SPECIAL:
		summary_note_with(
			table, notes, "note.special_purpose", "name", verdict.block->name);
		break;
	case NET_CLASS_NOT_GLOBAL:
	case NET_CLASS_REFUSED:
		summary_note_with(
			table, notes, "note.not_reachable", "reason", verdict.block->name);
		break;
	}
}

/* --- SPF
 * ---------------------------------------------------------------------------------------------- */

/* Two columns: a record needs no notes. */
static void
spf_row(SummaryTable *table, const char *item, Str value, TextEscape escape)
{
	Arena *arena = table->arena;
	Json *row = json_object(arena);

	SET(row, "item", json_text(arena, view_string(table->language, str_from(item))));
	SET(row, "value", json_text(arena, value));
	SET(row, "markdown", in_markdown(arena, value, escape));
	json_push(arena, table->rows, row);
}

/* Includes are not known without DNS: then the counts are lower bounds, and say so. */
static Str
spf_addresses(SummaryTable *table, const StatePrice *price)
{
	Arena *arena = table->arena;
	Str four = net_bits_decimal(arena, net_set_count4(&price->own));
	Str six = net_bits_decimal(arena, net_set_count6(&price->own));
	Str text = view_string_with(arena, table->language, "spf.addresses_ip4", "count", four);

	text = str_format(arena, STR_FMT "; " STR_FMT, STR_ARG(text),
		STR_ARG(view_string_with(
			arena, table->language, "spf.addresses_ip6", "count", six)));
	if (price->lookup_terms == 0)
		return text;
	return str_format(arena, STR_FMT "; + " STR_FMT, STR_ARG(text),
		STR_ARG(view_string(table->language, STR("spf.unknown"))));
}

/* A look-up may lead to more of them, unknown without DNS: then the count is a lower bound. The
 * limit of 10 is from RFC 7208, section 4.6.4. */
static Str
spf_lookups(SummaryTable *table, unsigned lookups)
{
	Str text = view_string_with(table->arena, table->language, "spf.lookups_of", "count",
		str_format(table->arena, lookups > 0 ? "≥ %u" : "%u", lookups));
	size_t at = str_find(text, STR("{limit}"));

	return str_format(table->arena, STR_FMT "10" STR_FMT, STR_ARG(str_slice(text, 0, at)),
		STR_ARG(str_slice(text, at + 7, text.len)));
}

static Json *
spf_table(Arena *arena, const void *context, size_t index)
{
	const ViewInput *input = context;
	const State *state = input->plan->after;
	const StatePrice *price = &state->prices.items[index];
	const StateRecord *record = &state->records.items[price->record];
	SummaryTable table = {arena, input->language, input->plan->model, json_list(arena)};
	Json *object = json_object(arena);

	spf_row(&table, "spf.record", record->value, text_markdown_cell_code);
	/* Nobody stated how strict the record ends; a reader must see that it is our choice. */
	if (record->all_assumed)
		spf_row(&table, "notice.assumed",
			view_string(table.language, STR("spf.all_softfail")), text_markdown);
	spf_row(&table, "spf.lookups", spf_lookups(&table, price->lookup_terms), text_markdown);
	spf_row(&table, "spf.addresses_authorized", spf_addresses(&table, price), text_markdown);
	/* Octets of the value itself, before it is cut into strings. */
	spf_row(&table, "spf.octets", str_format(arena, "%zu", record->value.len), text_markdown);
	SET(object, "title",
		json_text(arena, view_string_with(arena, input->language, "heading.spf_domain",
					 "domain", record->domain)));
	SET(object, "rows", table.rows);
	return object;
}

/* --- the other records
 * ---------------------------------------------------------------------------------- */

/* Null where there are none: then the heading is left out too. */
static Json *
mail_records(Arena *arena, const ViewInput *input)
{
	const State *state = input->plan->after;
	Json *object = json_object(arena), *rows = json_list(arena);
	size_t i;

	for (i = 0; i < state->records.len; i++) {
		const StateRecord *record = &state->records.items[i];
		Json *row = json_object(arena);

		if (record->kind == STATE_RECORD_SPF)
			continue;
		SET(row, "name", json_text(arena, record->name));
		SET(row, "type", json_text(arena, record->type));
		SET(row, "value", json_text(arena, record->value));
		SET(row, "markdown", in_markdown(arena, record->value, text_markdown_cell_code));
		json_push(arena, rows, row);
	}
	SET(object, "rows", rows);
	return rows->items.len > 0 ? object : json_null(arena);
}

/* Whether there is something to ask for; the list itself is the plan's. */
static bool
wants_pointers(const Model *model)
{
	uint32_t i;

	for (i = 0; i < model->egress_len; i++) {
		if (model->egress[i].ptr.len > 0)
			return true;
	}
	return false;
}

/* --- findings and notices
 * ------------------------------------------------------------------------------- */

/* Titles in the language of the document; messages are English in every language. A list of what is
 * wrong, or of what was not checked. */
static Json *
findings(Arena *arena, const ViewInput *input, bool not_checked)
{
	static const char *const keys[DIAG_SEVERITIES] = {
		[DIAG_SEVERITY_ERROR] = "severity.error",
		[DIAG_SEVERITY_WARNING] = "severity.warning",
		[DIAG_SEVERITY_NOT_CHECKED] = "severity.not_checked",
		[DIAG_SEVERITY_INFO] = "severity.info",
	};
	const Diag **sorted = view_findings(arena, input->verdict);
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < input->verdict->len; i++) {
		const Diag *diag = sorted[i];
		Json *item = json_object(arena);

		if ((diag->severity == DIAG_SEVERITY_NOT_CHECKED) != not_checked)
			continue;
		SET(item, "severity",
			json_text(arena,
				view_string(input->language, str_from(keys[diag->severity]))));
		SET(item, "code", json_text(arena, str_from(diag_code_text(diag->code))));
		SET(item, "title", json_text(arena, diag_prose(diag->code, input->language).title));
		SET(item, "path", json_text(arena, diag->path.ptr == NULL ? STR("") : diag->path));
		SET(item, "message", json_text(arena, diag->message));
		json_push(arena, list, item);
	}
	return list;
}

/* What a reader must know before believing the tables: a sample, or an assumption. */
static Json *
notices(Arena *arena, const ViewInput *input)
{
	const Model *model = input->plan->model;
	Json *list = json_list(arena);
	SummaryTable table = {arena, input->language, model, NULL};

	if (model->spec->sample.state == FIELD_SET && model->spec->sample.on)
		summary_note(&table, list, "notice.sample");
	if (model->spec->tenant.reject_direct_send.state == FIELD_ABSENT)
		summary_note(&table, list, "notice.assumed_direct_send");
	return list;
}

/* What no rule can know in this run, said where a reader looks for it. */
static Json *
unknowns(Arena *arena, const ViewInput *input)
{
	Json *list = json_list(arena);
	SummaryTable table = {arena, input->language, input->plan->model, NULL};
	size_t i;

	summary_note(&table, list, "notice.no_live");
	for (i = 0; i < input->plan->after->prices.len; i++) {
		if (input->plan->after->prices.items[i].lookup_terms == 0)
			continue;
		summary_note(&table, list, "notice.no_lock");
		break;
	}
	return list;
}

/* A host that relays through a connector is a source in the connector's table. */
static bool
has_own_table(ModelMethod method)
{
	return method != MODEL_METHOD_CONNECTOR;
}

/* The hosts with a table, as far as the tables are concerned. */
typedef struct SummaryHosts {
	const ViewInput *input;
	VEC(uint32_t) hosts;
} SummaryHosts;

static Json *
host_table(Arena *arena, const void *context, size_t index)
{
	const SummaryHosts *tables = context;
	const ViewInput *input = tables->input;
	SummaryTable table = {arena, input->language, input->plan->model, NULL};

	return summary_host(&table, tables->hosts.items[index]);
}

static Json *
host_tables(Arena *arena, const ViewInput *input)
{
	const Model *model = input->plan->model;
	SummaryHosts *tables = ARENA_NEW(arena, SummaryHosts);
	uint32_t i;

	tables->input = input;
	for (i = 0; i < model->hosts_len; i++) {
		if (has_own_table(model->host_infos[i].method))
			VEC_PUSH(arena, &tables->hosts, i);
	}
	return json_list_on_demand(arena, tables->hosts.len, host_table, tables);
}

/* Connectors and hosts come in the order of their names, as in the plan. */
Json *
view_summary(Arena *arena, const ViewInput *input)
{
	const State *state = input->plan->after;
	SummaryTable table = {arena, input->language, input->plan->model, NULL};
	Json *summary = json_object(arena), *connectors = json_list(arena);
	Str tenant = table.model->spec->tenant.name.text;
	size_t i;

	for (i = 0; i < state->connectors.len; i++)
		json_push(
			arena, connectors, summary_connector(&table, &state->connectors.items[i]));
	SET(summary, "title",
		json_text(arena, view_string_with(arena, input->language, "summary.title", "tenant",
					 tenant)));
	SET(summary, "notices", notices(arena, input));
	SET(summary, "connectors", connectors);
	SET(summary, "hosts", host_tables(arena, input));
	SET(summary, "spf", json_list_on_demand(arena, state->prices.len, spf_table, input));
	SET(summary, "mail_records", mail_records(arena, input));
	SET(summary, "ptr", json_bool(arena, wants_pointers(table.model)));
	SET(summary, "findings", findings(arena, input, false));
	SET(summary, "not_checked", findings(arena, input, true));
	SET(summary, "unknowns", unknowns(arena, input));
	return summary;
}

/* The plan's members are shared, not copied: the document is thrown away before the plan. */
Json *
view_document(Arena *arena, const ViewInput *input, const Json *plan)
{
	Json *document = json_object(arena);
	size_t i;

	for (i = 0; i < plan->members.len; i++)
		json_set(arena, document, plan->members.items[i].key, plan->members.items[i].value);
	SET(document, "text", view_strings(arena, input->language));
	SET(document, "summary", view_summary(arena, input));
	return document;
}
