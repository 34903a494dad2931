/* plan.json, member by member. Every key is always there; null is "not stated". */
#include "view/view_int.h"

static Json *
text_or_null(Arena *arena, Str text)
{
	return text.len == 0 ? json_null(arena) : json_text(arena, text);
}

/* The value that the model works with, where the spec leaves a key out. */
static void
set_default(Arena *arena, Json *object, const char *key, const char *value)
{
	const Json *member = json_get(object, str_from(key));

	if (member == NULL || member->kind == JSON_NULL)
		json_set(arena, object, str_from(key), json_text(arena, str_from(value)));
}

/* The same for a flag; false in the spec is a statement and stays. */
static void
set_default_flag(Arena *arena, Json *object, const char *key, bool value)
{
	const Json *member = json_get(object, str_from(key));

	if (member == NULL || member->kind == JSON_NULL)
		json_set(arena, object, str_from(key), json_bool(arena, value));
}

/* The table that decodes a key of the spec shows it too, so that no field can be forgotten here. */
static const FieldTable *
table_of(const char *key)
{
	size_t i;

	for (i = 0; i < model_spec_table.len; i++) {
		if (str_equal(str_from(model_spec_table.fields[i].key), str_from(key)))
			return model_spec_table.fields[i].table;
	}
	panic("no table for `%s`", key);
}

/* Defaults stand in the plan as if written: a reader needs no table of them, and a default that
 * changes changes the hash. */
static Json *
tenant_json(Arena *arena, const Model *model)
{
	Json *tenant = schema_value(arena, table_of("tenant"), &model->spec->tenant);

	set_default(arena, tenant, "cloud", "worldwide");
	set_default(arena, tenant, "outbound", "exchange");
	set_default(arena, tenant, "smtp_auth", "enabled");
	set_default_flag(arena, tenant, "reject_direct_send", false);
	set_default_flag(arena, tenant, "ipv6", true);
	return tenant;
}

/* --- objects of the spec: there may be many, so each is made when it is written --------------- */

static Json *
domain_json(Arena *arena, const void *context, size_t index)
{
	const Model *model = context;
	Json *domain = schema_value(arena, table_of("domains"), &model->domains[index]);

	set_default(arena, domain, "accepted", "true");
	set_default(arena, domain, "sends", "any");
	set_default(arena, domain, "inbound", "exchange");
	/* `spf` is an object here even where the spec has none. */
	set_default(arena, json_get(domain, STR("spf")), "manage", "compose");
	return domain;
}

/* A host's defaults depend on its other fields: the model has worked them out. */
static Json *
host_json(Arena *arena, const void *context, size_t index)
{
	const Model *model = context;
	const ModelHostInfo *info = &model->host_infos[index];
	Json *host = schema_value(arena, table_of("relay_hosts"), &model->hosts[index]);

	set_default(arena, host, "method", model_method_choices.texts[info->method]);
	set_default(arena, host, "recipients", model_recipients_choices.texts[info->recipients]);
	set_default(arena, host, "tls", model_tls_choices.texts[info->tls]);
	return host;
}

static Json *
gateway_json(Arena *arena, const void *context, size_t index)
{
	const Model *model = context;
	Json *gateway = schema_value(arena, table_of("gateways"), &model->gateways[index]);

	set_default(arena, gateway, "kind", "other");
	set_default(arena, gateway, "tls", "required");
	set_default_flag(arena, gateway, "shared", false);
	set_default_flag(arena, gateway, "hybrid", false);
	return gateway;
}

static Json *
egress_json(Arena *arena, const void *context, size_t index)
{
	const Model *model = context;
	Json *egress = schema_value(arena, table_of("egress"), &model->egress[index]);

	set_default(arena, egress, "authorize", "auto");
	set_default_flag(arena, egress, "shared", false);
	set_default_flag(arena, egress, "dynamic", false);
	return egress;
}

static Json *
prefixes_json(Arena *arena, const FieldPrefixes *prefixes)
{
	Json *list = json_list(arena);
	uint32_t i;

	for (i = 0; i < prefixes->len; i++)
		json_push(arena, list,
			json_text(arena, net_prefix_text(arena, prefixes->items[i].prefix)));
	return list;
}

/* Null for `last_hop`: the host itself is it. Null for `egress`: the host's own address is seen. */
static Json *
route_json(Arena *arena, const void *context, size_t index)
{
	const Model *model = context;
	const ModelRoute *route = &model->routes.items[index];
	Json *item = json_object(arena);

	SET(item, "id", json_text(arena, model_route_id(arena, model, route)));
	SET(item, "host", json_text(arena, model->hosts[route->host].head.name));
	SET(item, "last_hop",
		route->last_hop == MODEL_SELF
			? json_null(arena)
			: json_text(arena, model->gateways[route->last_hop].head.name));
	SET(item, "egress",
		route->egress == MODEL_SELF
			? json_null(arena)
			: json_text(arena, model->egress[route->egress].head.name));
	SET(item, "ranges", prefixes_json(arena, model_route_addresses(model, route)));
	return item;
}

/* --- connectors ------------------------------------------------------------------------------- */

/* Every property, in the order of the scripts; `stated` tells the spec's values from the defaults
 * of Exchange, or from what the tenant holds anyway. `before` belongs to a live state, which a
 * build does not have. */
static Json *
properties_json(Arena *arena, const PlanConnector *connector)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		ConnectorProperty property = (ConnectorProperty)i;
		const ConnectorValue *value = &connector->final.values[i];
		Json *item = json_object(arena);

		SET(item, "name", json_text(arena, str_from(connector_property_name(property))));
		SET(item, "value", connector_value_json(arena, property, value));
		SET(item, "stated",
			json_bool(arena, connector->after != NULL &&
						 connector->after->record.values[i].stated));
		SET(item, "before",
			connector->before == NULL ? json_null(arena)
						  : connector_value_json(arena, property,
							    &connector->before->record.values[i]));
		json_push(arena, list, item);
	}
	return list;
}

/* The id of a route, or for a gateway or an egress object its name. */
static Json *
source_json(Arena *arena, const Model *model, const StateSource *source)
{
	if (source->route != STATE_NONE)
		return json_text(
			arena, model_route_id(arena, model, &model->routes.items[source->route]));
	return json_text(arena, state_source_text(arena, model, source));
}

static Json *
addresses_json(Arena *arena, const Model *model, const StateConnector *connector)
{
	Json *list = json_list(arena);
	size_t i;
	uint32_t j;

	for (i = 0; i < connector->addresses.len; i++) {
		const StateAddress *address = &connector->addresses.items[i];
		/* A range wider than /24 stands on a connector as several entries. */
		bool split = net_prefix_compare(address->range, address->split_from) != 0;
		Json *item = json_object(arena), *routes = json_list(arena);

		for (j = 0; j < address->sources_len; j++)
			json_push(arena, routes,
				source_json(arena, model,
					&connector->sources.items[address->sources[j]]));
		SET(item, "range", json_text(arena, net_prefix_text(arena, address->range)));
		SET(item, "split_from",
			split ? json_text(arena, net_prefix_text(arena, address->split_from))
			      : json_null(arena));
		SET(item, "routes", routes);
		json_push(arena, list, item);
	}
	return list;
}

/* The connector of the tenant that is meant, and what a script knows it by; null: there is none. */
static Json *
live_connector_json(Arena *arena, const StateConnector *before)
{
	Json *item = json_object(arena);

	if (before == NULL)
		return json_null(arena);
	SET(item, "name", json_text(arena, before->name));
	SET(item, "guid", text_or_null(arena, before->live->guid));
	SET(item, "source", text_or_null(arena, before->live->source));
	return item;
}

static Json *
connector_json(Arena *arena, const Plan *plan, const PlanConnector *connector)
{
	const StateConnector *side =
		connector->after != NULL ? connector->after : connector->before;
	Json *item = json_object(arena);

	SET(item, "name", json_text(arena, side->name));
	SET(item, "was", text_or_null(arena, connector->was));
	SET(item, "action", json_text(arena, str_from(plan_action_text(connector->action))));
	SET(item, "managed", json_bool(arena, side->managed));
	SET(item, "live", live_connector_json(arena, connector->before));
	SET(item, "properties", properties_json(arena, connector));
	SET(item, "addresses", addresses_json(arena, plan->model, side));
	return item;
}

/* By name, unmanaged ones too: proofs use them, no script writes them. Then what the tenant alone
 * has. */
static Json *
connectors_json(Arena *arena, const Plan *plan)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < plan->connectors.len; i++)
		json_push(arena, list, connector_json(arena, plan, &plan->connectors.items[i]));
	for (i = 0; i < plan->others.len; i++)
		json_push(arena, list, connector_json(arena, plan, &plan->others.items[i]));
	return list;
}

/* --- records, order, price -------------------------------------------------------------------- */

/* What somebody else published may be any octets: each is a character, as it is in the lock. */
static Json *
octets_json(Arena *arena, Str octets)
{
	Buf text = buf_make(arena);
	size_t i;

	for (i = 0; i < octets.len; i++) {
		unsigned char octet = (unsigned char)octets.ptr[i];

		if (octet >= 0x80)
			buf_char(&text, (char)(0xc0 | octet >> 6));
		buf_char(&text, octet >= 0x80 ? (char)(0x80 | (octet & 0x3f)) : (char)octet);
	}
	return json_text(arena, buf_text(&text));
}

static Json *
records_json(Arena *arena, const State *state)
{
	static const char *const phases[] = {
		[STATE_PHASE_FINAL] = "final",
		[STATE_PHASE_PREVIOUS] = "previous",
		[STATE_PHASE_ADD] = "add",
	};
	Json *list = json_list(arena);
	size_t i, j;

	for (i = 0; i < state->records.len; i++) {
		const StateRecord *record = &state->records.items[i];
		Json *item = json_object(arena), *strings = json_list(arena);
		StrVec cut = {0};

		/* DNS takes a long text as several strings, of at most 255 octets each. */
		if (STR_EQ(record->type, "TXT"))
			spf_strings(arena, record->value, &cut);
		for (j = 0; j < cut.len; j++)
			json_push(arena, strings, octets_json(arena, cut.items[j]));
		SET(item, "domain", json_text(arena, record->domain));
		SET(item, "name", json_text(arena, record->name));
		SET(item, "type", json_text(arena, record->type));
		SET(item, "ttl", json_number(arena, record->ttl));
		SET(item, "value", octets_json(arena, record->value));
		SET(item, "strings", strings);
		SET(item, "phase", json_text(arena, str_from(phases[record->phase])));
		json_push(arena, list, item);
	}
	return list;
}

static void
add_parameter(Arena *arena, Json *list, const char *name, Json *value)
{
	Json *item = json_object(arena);

	SET(item, "name", json_text(arena, str_from(name)));
	SET(item, "value", value);
	json_push(arena, list, item);
}

/* As the command takes them, Identity first. An empty list or text is null: it is cleared. */
static Json *
parameters_json(Arena *arena, const PlanCall *call)
{
	uint32_t given = plan_call_properties(arena, call), i;
	Json *list = json_list(arena);

	if (call->from != NULL)
		add_parameter(arena, list, "Identity", json_text(arena, call->from->name));
	if (call->to != NULL &&
		(call->from == NULL || !str_equal_fold(arena, call->from->name, call->to->name)))
		add_parameter(arena, list, "Name", json_text(arena, call->to->name));
	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		if ((given & 1u << i) != 0)
			add_parameter(arena, list, connector_property_name((ConnectorProperty)i),
				connector_value_json(
					arena, (ConnectorProperty)i, &call->to->values[i]));
	}
	return list;
}

static Json *
order_json(Arena *arena, const Plan *plan)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < plan->order.len; i++) {
		const PlanStep *step = &plan->order.items[i];
		Json *item = json_object(arena);

		SET(item, "phase", json_text(arena, str_from(plan_phase_text(step->phase))));
		SET(item, "object", json_text(arena, step->object));
		SET(item, "action", json_text(arena, str_from(plan_action_text(step->action))));
		SET(item, "command",
			step->call == NULL ? json_null(arena)
					   : json_text(arena, str_from(plan_command_text(
								      step->call->command))));
		SET(item, "parameters",
			step->call == NULL ? json_list(arena) : parameters_json(arena, step->call));
		json_push(arena, list, item);
	}
	return list;
}

/* --- findings and files ----------------------------------------------------------------------- */

/* Equal for two specs that differ only in where things stand. */
static int
finding_order(const void *left, const void *right, void *context)
{
	const Diag *a = *(const Diag *const *)left, *b = *(const Diag *const *)right;
	int order;

	(void)context;
	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	order = str_compare(a->path, b->path);
	return order != 0 ? order : str_compare(a->message, b->message);
}

/* Pointers into the verdict, which keeps the order of the files for the reports. */
const Diag **
view_findings(Arena *arena, const DiagVerdict *verdict)
{
	const Diag **sorted = ARENA_ARRAY(arena, const Diag *, verdict->len);
	size_t i;

	for (i = 0; i < verdict->len; i++)
		sorted[i] = &verdict->items[i];
	base_sort(sorted, verdict->len, sizeof(*sorted), finding_order, NULL);
	return sorted;
}

/* As the spec states them: whether one is past its last day is for the day of the check. */
static Json *
waivers_json(Arena *arena, const Model *model)
{
	const FieldTable *table = table_of("waivers");
	const ModelWaiver *waivers = model->spec->waivers.items;
	Json *list = json_list(arena);
	uint32_t i;

	for (i = 0; i < model->spec->waivers.len; i++)
		json_push(arena, list, schema_value(arena, table, &waivers[i]));
	return list;
}

static Json *
finding_json(Arena *arena, Str code, DiagSeverity severity, Str path, Str message)
{
	Json *item = json_object(arena);

	SET(item, "code", text_or_null(arena, code));
	SET(item, "severity", json_text(arena, str_from(diag_severity_text(severity))));
	SET(item, "path", text_or_null(arena, path));
	SET(item, "message", json_text(arena, message));
	return item;
}

static Json *
findings_json(Arena *arena, const DiagVerdict *verdict)
{
	Json *findings = json_list(arena);
	const Diag **sorted = view_findings(arena, verdict);
	size_t i;

	for (i = 0; i < verdict->len; i++) {
		const Diag *diag = sorted[i];

		if (diag->severity != DIAG_SEVERITY_NOT_CHECKED)
			json_push(arena, findings,
				finding_json(arena, str_from(diag_code_text(diag->code)),
					diag->severity, diag->path, diag->message));
	}
	return findings;
}

/* Stands apart: it is neither a fault nor a clean result. English, as all messages are. */
static Json *
not_checked_json(Arena *arena, const ViewInput *input)
{
	Json *list = json_list(arena);
	UncheckedVec unchecked = {0};
	size_t i;

	view_unchecked(arena, input, DIAG_EN, &unchecked);
	for (i = 0; i < unchecked.len; i++) {
		const Unchecked *one = &unchecked.items[i];
		Str code = one->diag == NULL ? (Str){0} : str_from(diag_code_text(one->diag->code));

		json_push(arena, list,
			finding_json(
				arena, code, DIAG_SEVERITY_NOT_CHECKED, one->path, one->message));
	}
	return list;
}

/* Paths below the folder of the spec, so that no machine's folder is in them. */
static void
add_input(Arena *arena, Json *list, Str dir, Str path, Str text)
{
	Json *item = json_object(arena);

	if (str_starts(path, dir) && path.len > dir.len && path.ptr[dir.len] == '/')
		path = str_slice(path, dir.len + 1, path.len);
	SET(item, "path", json_text(arena, path));
	SET(item, "sha256", json_text(arena, sha256_hex(arena, text)));
	json_push(arena, list, item);
}

static Json *
inputs_json(Arena *arena, const ViewInput *input)
{
	const Model *model = input->plan->model;
	Json *list = json_list(arena);
	Str dir = path_dir(model->files.items[0].path);
	size_t i;

	for (i = 0; i < model->files.len; i++) {
		const ModelFile *file = &model->files.items[i];

		add_input(arena, list, dir, file->path,
			source_file(model->sink->sources, file->source)->text);
	}
	if (input->lock != NULL)
		add_input(arena, list, dir, input->lock->path, input->lock->text);
	return list;
}

/* Members that may differ while the plan is the same. */
static bool
is_hashed(Str key)
{
	static const char *const left_out[] = {
		"plan_hash", "tool", "inputs", "outputs", "findings", "not_checked"};
	size_t i;

	for (i = 0; i < BASE_COUNT(left_out); i++) {
		if (str_equal(key, str_from(left_out[i])))
			return false;
	}
	return true;
}

/* The same tenant, exported on another day, is the same plan. */
static Json *
hashed_live(Arena *arena, const Json *live)
{
	Json *hashed = json_object(arena);
	size_t i;

	for (i = 0; i < live->members.len; i++) {
		if (!STR_EQ(live->members.items[i].key, "exported_at"))
			json_set(arena, hashed, live->members.items[i].key,
				live->members.items[i].value);
	}
	return hashed;
}

static bool
hash_part(void *context, Str part)
{
	sha256_add(context, part);
	return true;
}

/* SHA-256 of the canonical form, which no order of members and no white space can change. In parts,
 * as that form is as large as the plan. */
static Str
plan_hash(Arena *arena, const Json *plan)
{
	Arena *scratch = arena_create();
	Json *hashed = json_object(scratch);
	Sha256 *sha256 = sha256_start(scratch);
	size_t i;
	Str hash;

	for (i = 0; i < plan->members.len; i++) {
		if (is_hashed(plan->members.items[i].key))
			json_set(scratch, hashed, plan->members.items[i].key,
				plan->members.items[i].value);
	}
	if (json_get(hashed, STR("live"))->kind == JSON_OBJECT)
		json_set(scratch, hashed, STR("live"),
			hashed_live(scratch, json_get(hashed, STR("live"))));
	json_write_canonical_parts(hashed, hash_part, sha256);
	hash = sha256_end(arena, sha256);
	arena_destroy(scratch);
	return hash;
}

static Json *
tool_json(Arena *arena, const ViewInput *input)
{
	Json *tool = json_object(arena);

	SET(tool, "name", json_text(arena, STR("connplan")));
	SET(tool, "version", json_text(arena, input->version));
	return tool;
}

/* What the plan was made for, by which a script knows that the tenant still is. `strict`: what the
 * spec does not state is written, too. */
static Json *
live_json(Arena *arena, const Plan *plan)
{
	const ConnectorExport *export;
	Json *live = json_object(arena);

	if (plan->before == NULL)
		return json_null(arena);
	export = plan->before->export;
	SET(live, "fingerprint", json_text(arena, export->fingerprint));
	SET(live, "exported_at", text_or_null(arena, export->exported_at));
	SET(live, "organization", text_or_null(arena, export->organization));
	SET(live, "organization_id", text_or_null(arena, export->organization_id));
	SET(live, "strict", json_bool(arena, plan->options.strict));
	return live;
}

static void
set_objects(Arena *arena, Json *plan, const Model *model)
{
	SET(plan, "domains", json_list_on_demand(arena, model->domains_len, domain_json, model));
	SET(plan, "hosts", json_list_on_demand(arena, model->hosts_len, host_json, model));
	SET(plan, "gateways", json_list_on_demand(arena, model->gateways_len, gateway_json, model));
	SET(plan, "egress", json_list_on_demand(arena, model->egress_len, egress_json, model));
	SET(plan, "routes", json_list_on_demand(arena, model->routes.len, route_json, model));
}

Json *
view_plan(Arena *arena, const ViewInput *input)
{
	const Model *model = input->plan->model;
	Json *plan = json_object(arena);

	SET(plan, "format", json_text(arena, STR("connplan-plan")));
	SET(plan, "version", json_number(arena, 1));
	SET(plan, "tool", tool_json(arena, input));
	/* Keeps the place: members are written in the order in which they are first set. */
	SET(plan, "plan_hash", json_null(arena));
	SET(plan, "language", json_text(arena, input->language == DIAG_JA ? STR("ja") : STR("en")));
	SET(plan, "sample",
		json_bool(arena, model->spec->sample.state == FIELD_SET && model->spec->sample.on));
	SET(plan, "tenant", tenant_json(arena, model));
	SET(plan, "change", schema_value(arena, table_of("change"), &model->spec->change));
	SET(plan, "documents", schema_value(arena, table_of("documents"), &model->spec->documents));
	SET(plan, "live", live_json(arena, input->plan));
	set_objects(arena, plan, model);
	SET(plan, "connectors", connectors_json(arena, input->plan));
	SET(plan, "records", records_json(arena, input->plan->after));
	SET(plan, "ptr", view_pointers(arena, model));
	SET(plan, "order", order_json(arena, input->plan));
	SET(plan, "price", view_price(arena, input->plan));
	SET(plan, "findings", findings_json(arena, input->verdict));
	SET(plan, "waivers", waivers_json(arena, model));
	SET(plan, "not_checked", not_checked_json(arena, input));
	SET(plan, "inputs", inputs_json(arena, input));
	SET(plan, "outputs", json_list(arena));
	/* Last, when all that it covers is there. */
	SET(plan, "plan_hash", json_text(arena, plan_hash(arena, plan)));
	return plan;
}

void
view_add_output(Arena *arena, Json *plan, Str path, Str sha256)
{
	Json *item = json_object(arena);

	SET(item, "path", json_text(arena, path));
	SET(item, "sha256", json_text(arena, sha256));
	json_push(arena, json_get(plan, STR("outputs")), item);
}
