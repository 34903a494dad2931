/*
 * The change request: what a change manager decides on, as lists of plain texts and of rendered
 * cells. Nothing is left to be typed: what the spec does not say is said to be missing.
 */
#include "view/change_int.h"

/* --- facts ------------------------------------------------------------------------------------ */

Str
change_text(const FieldText *field)
{
	return field->state == FIELD_SET ? field->text : (Str){0};
}

Str
change_or_not_stated(SummaryTable *table, Str value)
{
	return value.len > 0 ? value : summary_text(table, "value.not_stated");
}

void
change_fact(SummaryTable *table, Json *facts, const char *item, Str value)
{
	Json *fact = json_object(table->arena);
	Arena *arena = table->arena;

	SET(fact, "item", json_text(arena, summary_text(table, item)));
	SET(fact, "value", json_text(arena, change_or_not_stated(table, value)));
	json_push(arena, facts, fact);
}

/* Whoever reads that something is missing has to know where it could be written. */
static Str
or_missing(SummaryTable *table, Str value, const char *key)
{
	if (value.len > 0)
		return value;
	return summary_text_with(table, "value.not_stated_key", "key", str_from(key));
}

void
change_stated(
	SummaryTable *table, Json *facts, const char *item, const FieldText *field, const char *key)
{
	change_fact(table, facts, item, or_missing(table, change_text(field), key));
}

static Str
reviewers_text(SummaryTable *table, const FieldItems *reviewers)
{
	Buf buf = buf_make(table->arena);
	uint32_t i;

	for (i = 0; i < reviewers->len; i++) {
		buf_lit(&buf, i > 0 ? ", " : "");
		buf_str(&buf, reviewers->items[i].text);
	}
	return buf_text(&buf);
}

/* "2026-12-05T22:00+09:00 – 2026-12-05T23:00+09:00" */
static Str
window_text(SummaryTable *table, const ModelWindow *window)
{
	if (window->start.state != FIELD_SET || window->end.state != FIELD_SET)
		return (Str){0};
	return str_format(table->arena, STR_FMT " – " STR_FMT, STR_ARG(window->start.text),
		STR_ARG(window->end.text));
}

static void
tenant_facts(SummaryTable *table, Json *facts)
{
	const ModelTenant *tenant = &table->model->spec->tenant;
	/* Worldwide, the first, is the default. */
	uint32_t cloud = tenant->cloud.state == FIELD_SET ? (uint32_t)tenant->cloud.value : 0;

	change_fact(table, facts, "label.tenant", tenant->name.text);
	change_stated(
		table, facts, "label.organization", &tenant->organization, "tenant.organization");
	change_fact(table, facts, "label.cloud", str_from(model_cloud_choices.texts[cloud]));
}

static Json *
change_facts(SummaryTable *table, const ViewInput *input, Str plan_hash)
{
	const ModelChange *change = &table->model->spec->change;
	const Plan *plan = input->plan;
	Json *facts = json_list(table->arena);

	change_stated(table, facts, "change.id", &change->id, "change.id");
	change_stated(table, facts, "change.name", &change->title, "change.title");
	change_stated(table, facts, "change.requester", &change->requester, "change.requester");
	change_fact(table, facts, "change.reviewers",
		or_missing(table, reviewers_text(table, &change->reviewers), "change.reviewers"));
	change_fact(table, facts, "change.window",
		or_missing(table, window_text(table, &change->window), "change.window"));
	change_stated(table, facts, "change.reason", &change->reason, "change.reason");
	change_stated(table, facts, "change.risk", &change->risk, "change.risk");
	tenant_facts(table, facts);
	change_fact(table, facts, "change.live",
		plan->before == NULL ? summary_text(table, "change.live_none")
				     : summary_text_with(table, "change.live_fingerprint",
					       "fingerprint", plan->before->export->fingerprint));
	if (input->lock != NULL)
		change_fact(table, facts, "change.lock", input->lock->resolved_at);
	change_fact(table, facts, "change.plan_hash", plan_hash);
	return facts;
}

/* "CHG-1042 Relay for ERP", as much of it as there is; else what the change is about. */
static Str
change_title(SummaryTable *table)
{
	const ModelChange *change = &table->model->spec->change;
	Str id = change_text(&change->id), title = change_text(&change->title);

	if (title.len == 0)
		title = summary_text_with(
			table, "change.untitled", "tenant", table->model->spec->tenant.name.text);
	if (id.len == 0)
		return title;
	return str_format(table->arena, STR_FMT " " STR_FMT, STR_ARG(id), STR_ARG(title));
}

/* --- purpose ---------------------------------------------------------------------------------- */

/* What each connector is for, from the spec itself: it is there even where no reason is stated. */
static Json *
connector_purposes(SummaryTable *table, const State *state)
{
	Json *texts = json_list(table->arena);
	size_t i;

	for (i = 0; i < state->connectors.len; i++) {
		const StateConnector *connector = &state->connectors.items[i];
		Str comment =
			connector->spec == NULL ? (Str){0} : change_text(&connector->spec->comment);
		ViewValue values[] = {{"name", connector->name},
			{"purpose", summary_text(table, summary_purpose(connector->purpose))},
			{"comment", comment}};

		json_push(table->arena, texts,
			json_text(table->arena,
				view_string_filled(table->arena, table->language,
					comment.len > 0 ? "change.connector_purpose_comment"
							: "change.connector_purpose",
					values, comment.len > 0 ? 3 : 2)));
	}
	return texts;
}

/* The hosts that no connector is there for. */
typedef struct Others {
	const ViewInput *input;
	VEC(uint32_t) hosts;
} Others;

static Json *
other_purpose(Arena *arena, const void *context, size_t index)
{
	const Others *others = context;
	const Model *model = others->input->plan->model;
	uint32_t host = others->hosts.items[index];
	SummaryTable table = {arena, others->input->language, model, NULL, NULL};
	ViewValue values[] = {{"name", model->hosts[host].head.name},
		{"method", summary_text(&table, summary_method(model->host_infos[host].method))}};

	return json_text(arena, view_string_filled(arena, table.language, "change.host_purpose",
					values, BASE_COUNT(values)));
}

static Json *
host_purposes(SummaryTable *table, const ViewInput *input)
{
	Others *others = ARENA_NEW(table->arena, Others);
	uint32_t i;

	others->input = input;
	for (i = 0; i < table->model->hosts_len; i++) {
		if (table->model->host_infos[i].method != MODEL_METHOD_CONNECTOR)
			VEC_PUSH(table->arena, &others->hosts, i);
	}
	return json_list_on_demand(table->arena, others->hosts.len, other_purpose, others);
}

/* --- what it lets in -------------------------------------------------------------------------- */

static void
price_note(SummaryTable *table, Json *texts, const char *key, const NetSet *set)
{
	summary_note_with(
		table, texts, key, "count", net_bits_thousands(table->arena, net_set_count4(set)));
}

/* A certificate lets in whoever holds it, from any address. */
static void
relay_certificate(SummaryTable *table, Json *texts, const PlanConnector *connector)
{
	Str certificate = plan_relay_certificate(connector);

	if (certificate.len > 0)
		summary_note_with(table, texts, "price.relay_certificate", "name",
			summary_domain(table, certificate));
}

static void
relay_price(SummaryTable *table, Json *texts, const Plan *plan)
{
	NetSet more, fewer;
	size_t i;

	price_note(table, texts, "price.relay_total", &plan->relay_after);
	for (i = 0; i < plan->connectors.len; i++)
		relay_certificate(table, texts, &plan->connectors.items[i]);
	for (i = 0; i < plan->others.len; i++)
		relay_certificate(table, texts, &plan->others.items[i]);
	if (plan->before == NULL)
		return;
	more = net_set_subtract(table->arena, &plan->relay_after, &plan->relay_before);
	fewer = net_set_subtract(table->arena, &plan->relay_before, &plan->relay_after);
	price_note(table, texts, "price.relay_added", &more);
	price_note(table, texts, "price.relay_removed", &fewer);
}

static Json *
price_texts(SummaryTable *table, const Plan *plan)
{
	Json *texts = json_list(table->arena);
	Arena *arena = table->arena;
	size_t i;

	relay_price(table, texts, plan);
	for (i = 0; i < plan->after->prices.len; i++) {
		const StatePrice *price = &plan->after->prices.items[i];
		const SpfExpansion *sets =
			state_spf_sets(plan->after, &plan->after->spf.items[price->spf]);
		bool known = view_spf_is_known(sets);
		const NetSet *counted = known ? &sets->results[SPF_PASS] : &price->own;
		ViewValue values[] = {{"domain", summary_domain(table, price->domain)},
			{"count", net_bits_thousands(arena, net_set_count4(counted))}};
		Str text = view_string_filled(arena, table->language,
			known ? "price.spf_total" : "price.spf_own", values, BASE_COUNT(values));

		json_push(arena, texts, json_text(arena, text));
	}
	return texts;
}

/* --- findings and waivers --------------------------------------------------------------------- */

/* One part of a path, with `~1` and `~0` as what they stand for. */
static Str
path_part(Arena *arena, Str *rest)
{
	size_t end = str_find_char(*rest, '/', 0), i;
	Str part = str_slice(*rest, 0, end);
	Buf buf = buf_make(arena);

	for (i = 0; i < part.len; i++) {
		if (part.ptr[i] == '~' && i + 1 < part.len)
			buf_char(&buf, part.ptr[++i] == '1' ? '/' : '~');
		else
			buf_char(&buf, part.ptr[i]);
	}
	*rest = str_slice(*rest, end < rest->len ? end + 1 : end, rest->len);
	return buf_text(&buf);
}

static Str
connector_owner(const Model *model, Str name)
{
	uint32_t low = 0, high = model->connectors_len;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = str_compare(model->connectors[middle].head.name, name);

		if (order == 0)
			return change_text(&model->connectors[middle].owner);
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (Str){0};
}

/* Who answers for the object at a path such as `egress/nat-tokyo/addresses`; else absent. */
static Str
owner_at(Arena *arena, const Model *model, Str path)
{
	Str section = path_part(arena, &path), name = path_part(arena, &path);
	ModelRef ref;

	if (STR_EQ(section, "connectors"))
		return connector_owner(model, name);
	if (!STR_EQ(section, "egress") && !STR_EQ(section, "relay_hosts"))
		return (Str){0};
	ref = model_find_sender(model, name);
	if (ref.kind == MODEL_KIND_EGRESS)
		return change_text(&model->egress[ref.index].owner);
	return ref.kind == MODEL_KIND_HOST ? change_text(&model->hosts[ref.index].owner) : (Str){0};
}

static Json *
waiver_row(SummaryTable *table, const ModelWaiver *waiver)
{
	Str at = change_text(&waiver->at), title = STR("");
	Json *row = json_object(table->arena);
	Arena *arena = table->arena;
	DiagCode code;

	if (diag_code_find(waiver->rule.text, &code))
		title = diag_prose(code, table->language).title;
	SET(row, "rule", json_text(arena, waiver->rule.text));
	SET(row, "title", json_text(arena, title));
	SET(row, "at", json_text(arena, change_or_not_stated(table, at)));
	SET(row, "reason",
		json_text(arena, change_or_not_stated(table, change_text(&waiver->reason))));
	SET(row, "owner",
		json_text(arena, change_or_not_stated(table, owner_at(arena, table->model, at))));
	SET(row, "until",
		json_text(arena,
			change_or_not_stated(table, waiver->until.state == FIELD_SET
							    ? date_format(arena, waiver->until.days)
							    : (Str){0})));
	SET(row, "ticket",
		json_text(arena, change_or_not_stated(table, change_text(&waiver->ticket))));
	return row;
}

static Json *
waiver_rows(SummaryTable *table)
{
	const FieldObjects *waivers = &table->model->spec->waivers;
	const ModelWaiver *items = waivers->items;
	Json *rows = json_list(table->arena);
	uint32_t i;

	for (i = 0; i < waivers->len; i++)
		json_push(table->arena, rows, waiver_row(table, &items[i]));
	return rows;
}

/* The findings of the summary, with who answers for the place and what there is to do. */
static Json *
finding_rows(SummaryTable *table, const ViewInput *input)
{
	const Diag **sorted = view_findings(table->arena, input->verdict);
	Json *rows = json_list(table->arena);
	Arena *arena = table->arena;
	size_t i;

	for (i = 0; i < input->verdict->len; i++) {
		const Diag *diag = sorted[i];
		Json *row;
		Str help;

		if (diag->severity == DIAG_SEVERITY_NOT_CHECKED)
			continue;
		help = diag_prose(diag->code, table->language).help;
		row = view_finding(arena, table->language, diag);
		SET(row, "owner",
			json_text(arena, change_or_not_stated(table,
						 owner_at(arena, table->model, diag->path))));
		SET(row, "help", json_text(arena, help));
		SET(row, "help_markdown", view_rendered(arena, help, text_markdown_marked));
		json_push(arena, rows, row);
	}
	return rows;
}

/* --- approval --------------------------------------------------------------------------------- */

static void
add_approver(SummaryTable *table, Json *rows, const char *role, Str name)
{
	Json *row = json_object(table->arena);
	Arena *arena = table->arena;

	SET(row, "role", json_text(arena, summary_text(table, role)));
	SET(row, "name", json_text(arena, name.ptr == NULL ? STR("") : name));
	json_push(arena, rows, row);
}

/* Whom the spec names stands there; the others write their names when they sign. */
static Json *
approval_rows(SummaryTable *table)
{
	const ModelChange *change = &table->model->spec->change;
	Json *rows = json_list(table->arena);
	uint32_t i;

	add_approver(table, rows, "change.requester", change_text(&change->requester));
	for (i = 0; i < change->reviewers.len; i++)
		add_approver(table, rows, "change.reviewer", change->reviewers.items[i].text);
	if (change->reviewers.len == 0)
		add_approver(table, rows, "change.reviewer", (Str){0});
	add_approver(table, rows, "change.approver", (Str){0});
	add_approver(table, rows, "change.implementer", (Str){0});
	return rows;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* A list, and whether it has anything: a template cannot ask before it writes a heading. */
static void
set_list(Arena *arena, Json *object, const char *key, Json *list)
{
	json_set(arena, object, str_from(key), list);
	json_set(arena, object, str_format(arena, "has_%s", key),
		json_bool(arena, json_len(list) > 0));
}

static void
set_what_changes(SummaryTable *table, const ViewInput *input, Json *request)
{
	Arena *arena = table->arena;

	set_list(arena, request, "counts", change_counts(table, input->plan));
	set_list(arena, request, "connectors", change_connectors(table, input));
	set_list(arena, request, "calls", change_calls(arena, input));
	set_list(arena, request, "left_alone", change_left_alone(table, input->plan));
	set_list(arena, request, "records", change_records(arena, input));
	set_list(arena, request, "price", price_texts(table, input->plan));
}

Json *
view_change(Arena *arena, const ViewInput *input, const Json *plan)
{
	SummaryTable table = {arena, input->language, input->plan->model, NULL, NULL};
	const ModelChange *change = &table.model->spec->change;
	Json *request = json_object(arena);

	SET(request, "title",
		json_text(arena,
			summary_text_with(&table, "change.title", "title", change_title(&table))));
	SET(request, "facts", change_facts(&table, input, json_get_text(plan, STR("plan_hash"))));
	SET(request, "reason",
		json_text(
			arena, or_missing(&table, change_text(&change->reason), "change.reason")));
	set_list(arena, request, "connector_purposes",
		connector_purposes(&table, input->plan->after));
	set_list(arena, request, "host_purposes", host_purposes(&table, input));
	set_what_changes(&table, input, request);
	set_list(arena, request, "ptr", json_get(plan, STR("ptr")));
	set_list(arena, request, "tests", change_tests(&table, input));
	set_list(arena, request, "connector_tests", change_connector_tests(&table, input));
	SET(request, "steps", change_steps(&table, input, request, plan));
	SET(request, "backout", change_backout(&table, input, request, plan));
	set_list(arena, request, "findings", finding_rows(&table, input));
	set_list(arena, request, "waivers", waiver_rows(&table));
	SET(request, "approval", approval_rows(&table));
	return request;
}
