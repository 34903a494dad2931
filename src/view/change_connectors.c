/* What a change request says of connectors: what is set on each, and who sends through it. */
#include "view/change_int.h"

/* --- words ------------------------------------------------------------------------------------ */

static const char *
action_key(PlanAction action)
{
	switch (action) {
	case PLAN_CREATE: return "action.create";
	case PLAN_UPDATE: return "action.update";
	case PLAN_RENAME: return "action.rename";
	case PLAN_REMOVE: return "action.remove";
	case PLAN_UNCHANGED: return "action.unchanged";
	case PLAN_UNMANAGED: return "action.unmanaged";
	case PLAN_UNKNOWN: break;
	}
	return "action.unknown";
}

static bool
is_touched(const PlanConnector *connector)
{
	return connector->action != PLAN_UNCHANGED && connector->action != PLAN_UNMANAGED;
}

static Str
name_of(const PlanConnector *connector)
{
	return connector->after != NULL ? connector->after->name : connector->before->name;
}

/* --- who sends through it --------------------------------------------------------------------- */

/* More ways than this behind one address are counted; plan.json has them all. */
#define LISTED_WAYS 6

typedef struct Senders {
	const ViewInput *input;
	const StateConnector *connector;
} Senders;

static bool
has_text(const StrVec *texts, Str text)
{
	size_t i;

	for (i = 0; i < texts->len; i++) {
		if (str_equal(texts->items[i], text))
			return true;
	}
	return false;
}

static Str
joined(Arena *arena, const StrVec *texts, const char *between)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < texts->len; i++) {
		buf_lit(&buf, i > 0 ? between : "");
		buf_str(&buf, texts->items[i]);
	}
	return buf_text(&buf);
}

/* A row of what is seen, the ways of mail that lead there, and who answers for them. */
static Json *
sender_row(Arena *arena, const Senders *senders, Str address, const uint32_t *sources, uint32_t len)
{
	const Model *model = senders->input->plan->model;
	SummaryTable table = {arena, senders->input->language, model, NULL, NULL};
	StrVec ways = {0}, owners = {0};
	Json *row = json_object(arena);
	uint32_t i;

	for (i = 0; i < len && i < LISTED_WAYS; i++) {
		const StateSource *source = &senders->connector->sources.items[sources[i]];
		Str owner = view_source_owner(model, source);

		VEC_PUSH(arena, &ways, state_source_text(arena, model, source));
		if (owner.len > 0 && !has_text(&owners, owner))
			VEC_PUSH(arena, &owners, owner);
	}
	if (len > LISTED_WAYS)
		VEC_PUSH(arena, &ways, str_format(arena, "(+%u)", (unsigned)(len - LISTED_WAYS)));
	SET(row, "address", json_text(arena, address));
	SET(row, "ways", json_text(arena, joined(arena, &ways, "; ")));
	SET(row, "owner",
		json_text(arena, change_or_not_stated(&table, joined(arena, &owners, ", "))));
	return row;
}

/* An entry of SenderIPAddresses. */
static Json *
address_row(Arena *arena, const void *context, size_t index)
{
	const Senders *senders = context;
	const StateAddress *address = &senders->connector->addresses.items[index];

	return sender_row(arena, senders, net_prefix_text(arena, address->range), address->sources,
		address->sources_len);
}

/* By certificate: what presents it, and from where. */
static Json *
source_row(Arena *arena, const void *context, size_t index)
{
	const Senders *senders = context;
	const Model *model = senders->input->plan->model;
	const FieldPrefixes *addresses =
		state_source_addresses(model, &senders->connector->sources.items[index]);
	uint32_t source = (uint32_t)index, i;
	Buf buf = buf_make(arena);

	for (i = 0; addresses != NULL && i < addresses->len; i++) {
		buf_lit(&buf, i > 0 ? ", " : "");
		net_prefix_write(&buf, addresses->items[i].prefix);
	}
	if (buf.len == 0)
		buf_str(&buf, view_string(senders->input->language, STR("value.unknown")));
	return sender_row(arena, senders, buf_text(&buf), &source, 1);
}

/* Made on demand, as there may be a hundred thousand. */
static Json *
senders_of(Arena *arena, const ViewInput *input, const StateConnector *connector, size_t *ret_len)
{
	bool by_address = connector->by_address && connector->addresses.len > 0;
	Senders *senders = ARENA_NEW(arena, Senders);

	senders->input = input;
	senders->connector = connector;
	*ret_len = by_address ? connector->addresses.len : connector->sources.len;
	return json_list_on_demand(arena, *ret_len, by_address ? address_row : source_row, senders);
}

/* --- what is set ------------------------------------------------------------------------------ */

/* More values than this are counted; the table of senders, or plan.json, has them all. */
#define LISTED_VALUES 24

static void
add_values(Buf *buf, const char *sign, const StrVec *list)
{
	size_t i;

	for (i = 0; i < list->len && i < LISTED_VALUES; i++) {
		buf_lit(buf, buf->len > 0 ? ", " : "");
		buf_lit(buf, sign);
		buf_str(buf, list->items[i]);
	}
	if (list->len > LISTED_VALUES)
		buf_printf(
			buf, ", … (%s%zu)", *sign != '\0' ? sign : "+", list->len - LISTED_VALUES);
}

/* As it stands in Exchange; an empty list and an absent text are said to be empty. */
static Str
value_text(SummaryTable *table, ConnectorProperty property, const ConnectorValue *value)
{
	Buf buf = buf_make(table->arena);

	switch (connector_property_kind(property)) {
	case CONNECTOR_KIND_FLAG: return value->on ? STR("True") : STR("False");
	case CONNECTOR_KIND_TEXT: buf_str(&buf, value->text); break;
	case CONNECTOR_KIND_TEXTS:
	case CONNECTOR_KIND_DOMAINS:
	case CONNECTOR_KIND_ADDRESSES: add_values(&buf, "", &value->list); break;
	}
	return buf.len > 0 ? buf_text(&buf) : summary_text(table, "value.empty");
}

static Json *
property_row(SummaryTable *table, ConnectorProperty property, Str value)
{
	Arena *arena = table->arena;
	Json *row = json_object(arena);

	SET(row, "name", json_text(arena, str_from(connector_property_name(property))));
	SET(row, "value", json_text(arena, value));
	SET(row, "before", json_text(arena, STR("")));
	SET(row, "difference", json_text(arena, STR("")));
	/* Overwritten where it is not known whether the connector is there already. */
	SET(row, "existing", json_text(arena, STR("")));
	return row;
}

/* Every property: a new connector is written whole; of one that is there, what the spec states. */
static Json *
whole_rows(SummaryTable *table, const PlanConnector *planned)
{
	const ConnectorRecord *record =
		planned->after != NULL ? &planned->final : &planned->before->record;
	Json *rows = json_list(table->arena);
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		ConnectorProperty property = (ConnectorProperty)i;
		bool stated = planned->after != NULL && planned->after->record.values[i].stated;
		Json *row = property_row(
			table, property, value_text(table, property, &record->values[i]));

		json_set(table->arena, row, STR("existing"),
			json_text(table->arena,
				summary_text(table,
					stated ? "change.is_set" : "change.stays_as_it_is")));
		json_push(table->arena, rows, row);
	}
	return rows;
}

/* Of a connector that is there: what becomes different. */
static Json *
changed_rows(SummaryTable *table, const PlanConnector *planned)
{
	Json *rows = json_list(table->arena);
	Arena *arena = table->arena;
	size_t i;

	for (i = 0; i < planned->changes.len; i++) {
		const PlanChange *change = &planned->changes.items[i];
		Buf difference = buf_make(arena);
		Json *row = property_row(table, change->property,
			value_text(table, change->property, change->after));

		SET(row, "before",
			json_text(arena, value_text(table, change->property, change->before)));
		add_values(&difference, "+ ", &change->added);
		add_values(&difference, "− ", &change->removed);
		SET(row, "difference", json_text(arena, buf_text(&difference)));
		json_push(arena, rows, row);
	}
	return rows;
}

/* --- one connector ---------------------------------------------------------------------------- */

static Json *
connector_facts(SummaryTable *table, const PlanConnector *planned)
{
	const ModelConnector *spec = planned->after == NULL ? NULL : planned->after->spec;
	Json *facts = json_list(table->arena);
	Str action = summary_text(table, action_key(planned->action));

	if (planned->was.len > 0)
		action = str_format(table->arena, STR_FMT "; " STR_FMT, STR_ARG(action),
			STR_ARG(summary_text_with(
				table, "action.renamed_from", "name", planned->was)));
	change_fact(table, facts, "label.action", action);
	if (planned->after == NULL)
		return facts;
	change_fact(table, facts, "label.purpose",
		summary_text(table, summary_purpose(planned->after->purpose)));
	change_fact(
		table, facts, "label.owner", spec == NULL ? (Str){0} : change_text(&spec->owner));
	change_fact(
		table, facts, "label.ticket", spec == NULL ? (Str){0} : change_text(&spec->ticket));
	if (spec != NULL && spec->expires.state == FIELD_SET)
		change_fact(table, facts, "label.expires",
			date_format(table->arena, spec->expires.days));
	return facts;
}

static Json *
connector_json(SummaryTable *table, const ViewInput *input, const PlanConnector *planned)
{
	Json *item = json_object(table->arena), *senders = json_list(table->arena);
	Arena *arena = table->arena;
	bool changed = planned->after != NULL && planned->before != NULL;
	size_t len = 0;

	if (planned->after != NULL)
		senders = senders_of(arena, input, planned->after, &len);
	SET(item, "title",
		json_text(arena,
			summary_text_with(table, "summary.connector", "name", name_of(planned))));
	SET(item, "facts", connector_facts(table, planned));
	SET(item, "is_changed", json_bool(arena, changed));
	SET(item, "is_unknown", json_bool(arena, planned->action == PLAN_UNKNOWN));
	SET(item, "is_removed", json_bool(arena, planned->after == NULL));
	SET(item, "is_created", json_bool(arena, planned->action == PLAN_CREATE));
	SET(item, "properties",
		changed ? changed_rows(table, planned) : whole_rows(table, planned));
	SET(item, "by_certificate",
		json_bool(arena,
			planned->after != NULL && !(planned->after->by_address &&
							  planned->after->addresses.len > 0)));
	SET(item, "has_senders", json_bool(arena, len > 0));
	SET(item, "senders", senders);
	return item;
}

Json *
change_connectors(SummaryTable *table, const ViewInput *input)
{
	const Plan *plan = input->plan;
	Json *list = json_list(table->arena);
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		if (is_touched(&plan->connectors.items[i]))
			json_push(table->arena, list,
				connector_json(table, input, &plan->connectors.items[i]));
	}
	for (i = 0; i < plan->others.len; i++) {
		if (is_touched(&plan->others.items[i]))
			json_push(table->arena, list,
				connector_json(table, input, &plan->others.items[i]));
	}
	return list;
}

/* --- all of them ------------------------------------------------------------------------------ */

Json *
change_left_alone(SummaryTable *table, const Plan *plan)
{
	Json *texts = json_list(table->arena);
	size_t i;

	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *connector = &plan->connectors.items[i];

		if (!is_touched(connector))
			summary_note_with(table, texts,
				connector->action == PLAN_UNCHANGED ? "change.left_unchanged"
								    : "change.left_unmanaged",
				"name", name_of(connector));
	}
	for (i = 0; i < plan->others.len; i++) {
		if (!is_touched(&plan->others.items[i]))
			summary_note_with(table, texts, "change.left_not_in_spec", "name",
				name_of(&plan->others.items[i]));
	}
	return texts;
}

static size_t
count_action(const Plan *plan, PlanAction action)
{
	size_t count = 0, i;

	for (i = 0; i < plan->connectors.len; i++)
		count += plan->connectors.items[i].action == action;
	for (i = 0; i < plan->others.len; i++)
		count += plan->others.items[i].action == action;
	return count;
}

Json *
change_counts(SummaryTable *table, const Plan *plan)
{
	static const struct {
		PlanAction action;
		const char *key;
	} counts[] = {
		{PLAN_CREATE, "change.connectors_added"},
		{PLAN_UPDATE, "change.connectors_updated"},
		{PLAN_RENAME, "change.connectors_renamed"},
		{PLAN_REMOVE, "change.connectors_removed"},
		{PLAN_UNCHANGED, "change.connectors_unchanged"},
	};
	Json *texts = json_list(table->arena);
	size_t i;

	for (i = 0; plan->before != NULL && i < BASE_COUNT(counts); i++)
		summary_note_with(table, texts, counts[i].key, "count",
			net_bits_thousands(table->arena, count_action(plan, counts[i].action)));
	return texts;
}

/* --- the calls, in their order ---------------------------------------------------------------- */

static Json *
call_text(Arena *arena, const void *context, size_t index)
{
	static const char *const commands[] = {
		[PLAN_NEW] = "New-InboundConnector",
		[PLAN_SET] = "Set-InboundConnector",
		[PLAN_REMOVE_CALL] = "Remove-InboundConnector",
	};
	const ViewInput *input = context;
	const PlanCall *call = &input->plan->calls.items[index];
	ViewValue values[] = {
		{"command", str_from(commands[call->command])}, {"name", name_of(call->connector)}};

	return json_text(arena, view_string_filled(arena, input->language,
					call->phase == PLAN_PHASE_REMOVE ? "change.call_removes"
									 : "change.call_adds",
					values, BASE_COUNT(values)));
}

Json *
change_calls(Arena *arena, const ViewInput *input)
{
	return json_list_on_demand(arena, input->plan->calls.len, call_text, input);
}
