/*
 * The summary: one table a connector and one a host that sends by other means, as a list of rows of
 * three plain texts; below them SPF and the findings that stand.
 */
#include "view/view_int.h"

/* --- SPF -------------------------------------------------------------------------------------- */

/* Two columns: a record needs no notes. */
static void
spf_row(SummaryTable *table, const char *item, Str value, TextEscape escape)
{
	Arena *arena = table->arena;
	Json *row = json_object(arena);

	SET(row, "item", json_text(arena, view_string(table->language, str_from(item))));
	SET(row, "value", json_text(arena, value));
	SET(row, "markdown", view_rendered(arena, value, escape));
	json_push(arena, table->rows, row);
}

Str
view_networks(Arena *arena, const NetSet *set)
{
	NetPrefixVec cover = {0};
	Buf text = buf_make(arena);
	size_t i;

	net_set_cover(arena, set, &cover);
	for (i = 0; i < cover.len && i < SUMMARY_ADDRESSES; i++) {
		buf_lit(&text, i > 0 ? ", " : "");
		net_prefix_write(&text, cover.items[i]);
	}
	if (i < cover.len)
		buf_lit(&text, ", …");
	return buf_text(&text);
}

Str
view_octets(Arena *arena, Str octets)
{
	Buf text = buf_make(arena);
	size_t i;

	for (i = 0; i < octets.len; i++)
		buf_char(
			&text, octets.ptr[i] >= 0x20 && octets.ptr[i] < 0x7f ? octets.ptr[i] : '?');
	return buf_text(&text);
}

/* Nobody reads 25 digits: IPv6 is counted in networks of /64, as it is handed out. */
static Str
count6_text(Arena *arena, NetBits count)
{
	NetBits networks = count >> 64, rest = count & UINT64_MAX;

	if (networks == 0)
		return net_bits_thousands(arena, count);
	return str_format(arena, STR_FMT " × /64%s" STR_FMT,
		STR_ARG(net_bits_thousands(arena, networks)), rest > 0 ? " + " : "",
		STR_ARG(rest > 0 ? net_bits_thousands(arena, rest) : STR("")));
}

Str
summary_counts(SummaryTable *table, const NetSet *set)
{
	Arena *arena = table->arena;
	Str four = net_bits_thousands(arena, net_set_count4(set));
	Str six = count6_text(arena, net_set_count6(set));

	return str_format(arena, STR_FMT "; " STR_FMT,
		STR_ARG(view_string_with(
			arena, table->language, "spf.addresses_ip4", "count", four)),
		STR_ARG(view_string_with(
			arena, table->language, "spf.addresses_ip6", "count", six)));
}

/* Where not every answer is known the counts are lower bounds, and say so. */
static Str
spf_addresses(SummaryTable *table, const State *state, const SpfExpansion *sets)
{
	Str text = summary_counts(table, &sets->results[SPF_PASS]);

	if (view_spf_is_known(sets))
		return text;
	return str_format(table->arena, STR_FMT "; + " STR_FMT, STR_ARG(text),
		STR_ARG(view_string(table->language,
			state_has_lock(state) ? STR("spf.undetermined") : STR("spf.unknown"))));
}

/* A look-up may lead to more of them, unknown without DNS: then the count is a lower bound. The
 * limit of 10 is from RFC 7208, section 4.6.4. */
static Str
spf_lookups(SummaryTable *table, const StatePrice *price, const SpfExpansion *sets)
{
	bool known = view_spf_is_known(sets);
	unsigned lookups = known ? sets->worst_lookups : price->lookup_terms;
	ViewValue values[] = {
		{"count", str_format(table->arena, "%u", lookups)}, {"limit", STR("10")}};

	return view_string_filled(table->arena, table->language,
		known || lookups == 0 ? "spf.lookups_of" : "spf.lookups_at_least", values,
		BASE_COUNT(values));
}

/* Names of one term; more are counted, and plan.json has them all. */
#define LISTED_NAMES 8

static Str
names_text(SummaryTable *table, const StrVec *names)
{
	Buf text = buf_make(table->arena);
	size_t i;

	for (i = 0; i < names->len && i < LISTED_NAMES; i++) {
		buf_lit(&text, i > 0 ? ", " : "");
		buf_str(&text, names->items[i]);
	}
	if (names->len > LISTED_NAMES) {
		ViewValue values[] = {{"names", buf_text(&text)},
			{"count", net_bits_thousands(table->arena, names->len - LISTED_NAMES)}};

		return view_string_filled(table->arena, table->language, "spf.names_more", values,
			BASE_COUNT(values));
	}
	return buf_text(&text);
}

/* What one term brings, and thanks to whom. */
static void
spf_term_row(SummaryTable *table, const State *state, const StateSpf *spf, const SpfShare *share)
{
	Arena *arena = table->arena;
	Buf text = buf_make(arena);
	StrVec names;

	view_term_names(arena, state, spf, share, &names);
	buf_str(&text, view_octets(arena, share->term));
	buf_lit(&text, " → ");
	buf_str(&text, summary_counts(table, &share->pass));
	if (names.len > 0)
		buf_printf(&text, " (" STR_FMT ")", STR_ARG(names_text(table, &names)));
	spf_row(table, "spf.term_adds", buf_text(&text), text_markdown);
}

static void
spf_term_rows(
	SummaryTable *table, const State *state, const StateSpf *spf, const SpfExpansion *sets)
{
	size_t i;

	for (i = 0; i < sets->terms.len && i < SUMMARY_ADDRESSES; i++) {
		if (!net_set_is_empty(&sets->terms.items[i].pass))
			spf_term_row(table, state, spf, &sets->terms.items[i]);
	}
}

/* The records below a record that was split. */
static void
spf_split_row(SummaryTable *table, const StateSpf *spf)
{
	Buf names = buf_make(table->arena);
	size_t i;

	if (spf->records.len < 2)
		return;
	for (i = 0; i + 1 < spf->records.len; i++) {
		buf_lit(&names, i > 0 ? ", " : "");
		buf_str(&names, spf->records.items[i].name);
	}
	spf_row(table, "spf.term", summary_text_with(table, "spf.split", "names", buf_text(&names)),
		text_markdown);
}

/* What was replaced, and what that trades away. */
static void
spf_flat_rows(SummaryTable *table, const StateSpf *spf)
{
	size_t i;

	for (i = 0; i < spf->flats.len; i++) {
		const StateFlat *flat = &spf->flats.items[i];

		if (flat->is_done)
			spf_row(table, "spf.term",
				summary_text_with(table, "spf.flattened", "name",
					spf->spec->spf.flatten.items[flat->index].text),
				text_markdown);
	}
}

/* Addresses of ours that an include of others passes as well. */
static void
spf_kept_rows(SummaryTable *table, const State *state, const StateSpf *spf)
{
	Str head = STR("include:");
	Arena *scratch = arena_create();
	size_t i;

	for (i = 0; i < spf->composed.terms.len && !spf->is_checked; i++) {
		Str term = spf->composed.terms.items[i];
		SpfExpansion sets;
		NetSet both;
		ViewValue values[2];

		if (!str_starts(term, head) || str_find_char(term, '%', 0) < term.len)
			continue;
		values[0] = (ViewValue){"name", str_slice(term, head.len, term.len)};
		state_expand_name(state, scratch, values[0].value, &sets);
		both = net_set_intersect(
			scratch, &spf->composed.addresses, &sets.results[SPF_PASS]);
		values[1] = (ViewValue){"addresses", view_networks(table->arena, &both)};
		if (!net_set_is_empty(&both))
			spf_row(table, "spf.term",
				view_string_filled(table->arena, table->language, "spf.kept",
					values, BASE_COUNT(values)),
				text_markdown);
	}
	arena_destroy(scratch);
}

static Json *
spf_table(Arena *arena, const void *context, size_t index)
{
	const ViewInput *input = context;
	const State *state = input->plan->after;
	const StatePrice *price = &state->prices.items[index];
	StateSpf *spf = &state->spf.items[price->spf];
	const SpfExpansion *sets = state_spf_sets(state, spf);
	SummaryTable table = {arena, input->language, input->plan->model, NULL, NULL};
	Json *object =
		summary_table(&table, "heading.spf_domain", summary_domain(&table, spf->domain));
	Str record = view_octets(arena, state_spf_text(spf));

	spf_row(&table, "spf.record", record, text_markdown_cell_code);
	spf_split_row(&table, spf);
	spf_flat_rows(&table, spf);
	if (state_has_lock(state))
		spf_kept_rows(&table, state, spf);
	if (spf->is_checked)
		spf_row(&table, "spf.term", summary_text(&table, "spf.check_only"), text_markdown);
	/* Nobody stated how strict the record ends; a reader must see that it is our choice. */
	if (spf->is_assumed)
		spf_row(&table, "spf.all", summary_text(&table, "spf.all_assumed"), text_markdown);
	spf_row(&table, "spf.lookups", spf_lookups(&table, price, sets), text_markdown);
	spf_row(&table, "spf.addresses_authorized", spf_addresses(&table, state, sets),
		text_markdown);
	spf_term_rows(&table, state, spf, sets);
	/* Octets of the value itself, before it is cut into strings. */
	spf_row(&table, "spf.octets", net_bits_thousands(arena, record.len), text_markdown);
	return object;
}

/* --- the other records ------------------------------------------------------------------------ */

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

		if (record->kind == STATE_RECORD_SPF || record->phase != STATE_PHASE_FINAL)
			continue;
		SET(row, "name", json_text(arena, record->name));
		SET(row, "type", json_text(arena, record->type));
		SET(row, "value", json_text(arena, record->value));
		SET(row, "markdown", view_rendered(arena, record->value, text_markdown_cell_code));
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

/* --- findings and notices --------------------------------------------------------------------- */

static bool
has_value(const StrVec *values, Str value)
{
	size_t i;

	for (i = 0; i < values->len; i++) {
		if (str_equal(values->items[i], value))
			return true;
	}
	return false;
}

/* What a message names: the values in its back-quotes, each once. */
static Str
values_of(Arena *arena, Str message)
{
	Buf buf = buf_make(arena);
	StrVec values = {0};
	size_t at = str_find_char(message, '`', 0);

	while (at < message.len) {
		size_t end = str_find_char(message, '`', at + 1);
		Str value = str_slice(message, at + 1, end);

		if (end < message.len && !has_value(&values, value)) {
			buf_lit(&buf, values.len > 0 ? ", " : "");
			buf_str(&buf, value);
			VEC_PUSH(arena, &values, value);
		}
		at = end < message.len ? str_find_char(message, '`', end + 1) : end;
	}
	return buf_text(&buf);
}

/*
 * Messages are English. A document in another language has the title, the place and what the
 * message names instead; what to do stands in the change request.
 */
static Str
finding_text(Arena *arena, DiagLanguage language, const Diag *diag)
{
	ViewValue values[] = {{"path", diag->path}, {"values", values_of(arena, diag->message)}};

	if (language == DIAG_EN)
		return diag->message;
	if (diag->path.len == 0 && values[1].value.len == 0)
		return view_string(language, STR("finding.messages"));
	if (diag->path.len == 0)
		return view_string_with(
			arena, language, "finding.values", "values", values[1].value);
	if (values[1].value.len == 0)
		return view_string_with(arena, language, "finding.place", "path", diag->path);
	return view_string_filled(
		arena, language, "finding.place_values", values, BASE_COUNT(values));
}

static void
set_message(Json *item, Arena *arena, Str message)
{
	SET(item, "message", json_text(arena, message));
	SET(item, "markdown", view_rendered(arena, message, text_markdown_marked));
}

Json *
view_finding(Arena *arena, DiagLanguage language, const Diag *diag)
{
	static const char *const keys[DIAG_SEVERITIES] = {
		[DIAG_SEVERITY_ERROR] = "severity.error",
		[DIAG_SEVERITY_WARNING] = "severity.warning",
		[DIAG_SEVERITY_NOT_CHECKED] = "severity.not_checked",
		[DIAG_SEVERITY_INFO] = "severity.info",
	};
	Json *item = json_object(arena);

	SET(item, "severity",
		json_text(arena, view_string(language, str_from(keys[diag->severity]))));
	SET(item, "code", json_text(arena, str_from(diag_code_text(diag->code))));
	SET(item, "title", json_text(arena, diag_prose(diag->code, language).title));
	SET(item, "path", json_text(arena, diag->path.ptr == NULL ? STR("") : diag->path));
	set_message(item, arena, finding_text(arena, language, diag));
	return item;
}

/* Where the messages are that a document in another language leaves out. */
static Json *
findings_note(Arena *arena, const ViewInput *input)
{
	if (input->language == DIAG_EN || input->verdict->len == 0)
		return json_null(arena);
	return json_text(arena, view_string(input->language, STR("finding.messages")));
}

static Json *
findings(Arena *arena, const ViewInput *input)
{
	const Diag **sorted = view_findings(arena, input->verdict);
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < input->verdict->len; i++) {
		if (sorted[i]->severity != DIAG_SEVERITY_NOT_CHECKED)
			json_push(arena, list, view_finding(arena, input->language, sorted[i]));
	}
	return list;
}

/* An item without a finding has null for what only a finding has. */
static Json *
not_checked(Arena *arena, const ViewInput *input)
{
	Json *list = json_list(arena);
	UncheckedVec unchecked = {0};
	size_t i;

	view_unchecked(arena, input, input->language, &unchecked);
	for (i = 0; i < unchecked.len; i++) {
		const Unchecked *one = &unchecked.items[i];
		Json *item = json_object(arena);

		if (one->diag != NULL) {
			json_push(arena, list, view_finding(arena, input->language, one->diag));
			continue;
		}
		SET(item, "severity",
			json_text(
				arena, view_string(input->language, STR("severity.not_checked"))));
		SET(item, "code", json_null(arena));
		SET(item, "title", json_null(arena));
		SET(item, "path", json_text(arena, one->path.ptr == NULL ? STR("") : one->path));
		set_message(item, arena, one->message);
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
	SummaryTable table = {arena, input->language, model, NULL, NULL};

	if (model->spec->sample.state == FIELD_SET && model->spec->sample.on)
		summary_note(&table, list, "notice.sample");
	if (model->spec->tenant.reject_direct_send.state == FIELD_ABSENT)
		summary_note(&table, list, "notice.assumed_direct_send");
	if (input->lock != NULL && input->lock->resolved_at.len > 0)
		summary_note_with(&table, list, "notice.lock", "time", input->lock->resolved_at);
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
	SummaryTable table = {arena, input->language, input->plan->model, NULL, NULL};

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
		if (has_own_table(model->host_infos[i].method) ||
			state_takes_none(input->plan->after, i))
			VEC_PUSH(arena, &tables->hosts, i);
	}
	return json_list_on_demand(arena, tables->hosts.len, host_table, tables);
}

/* Connectors and hosts come in the order of their names, as in the plan. */
Json *
view_summary(Arena *arena, const ViewInput *input)
{
	const State *state = input->plan->after;
	SummaryTable table = {arena, input->language, input->plan->model, NULL, NULL};
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
	SET(summary, "findings", findings(arena, input));
	SET(summary, "findings_note", findings_note(arena, input));
	SET(summary, "not_checked", not_checked(arena, input));
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
	SET(document, "change_request", view_change(arena, input, plan));
	return document;
}
