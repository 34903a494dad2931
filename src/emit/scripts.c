/*
 * PowerShell: a fixed head, the data literal, what scripts share, a fixed body. The runtime is
 * reviewed as it stands in templates/powershell; only the literal differs between plans.
 */
#include "emit/emit_int.h"

extern const Embedded emit_embedded[];
extern const size_t emit_embedded_len;

Str
emit_embedded_file(Str path)
{
	Str text = embedded_find(emit_embedded, emit_embedded_len, path);

	if (text.ptr == NULL)
		panic("no embedded file `" STR_FMT "`", STR_ARG(path));
	return text;
}

static bool
is_ascii(Str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] >= 0x80)
			return false;
	}
	return true;
}

/* Windows PowerShell reads a file without a mark in the machine's code page. */
Str
emit_script_bytes(Arena *arena, Str text, bool bom)
{
	Buf bytes = buf_make(arena);
	Str line;

	if (bom || !is_ascii(text))
		buf_lit(&bytes, "\xef\xbb\xbf");
	while (str_next_line(&text, &line)) {
		buf_str(&bytes, line);
		buf_lit(&bytes, "\r\n");
	}
	return buf_text(&bytes);
}

bool
emit_wants_bom(const Json *plan)
{
	return STR_EQ(json_get_text(json_get(plan, STR("documents")), STR("script_encoding")),
		"utf8-bom");
}

/* --- the data literal ------------------------------------------------------------------------- */

/* The properties of a connector as the runtime wants them: without `before`. */
static Json *
script_properties(Arena *arena, const Json *properties, bool strict)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < properties->items.len; i++) {
		const Json *property = properties->items.items[i];
		Json *item = json_object(arena);

		json_set(arena, item, STR("Name"), json_get(property, STR("name")));
		json_set(arena, item, STR("Stated"),
			strict ? json_bool(arena, true) : json_get(property, STR("stated")));
		json_set(arena, item, STR("Value"), json_get(property, STR("value")));
		json_push(arena, list, item);
	}
	return list;
}

/* What a script does about a connector: `ensure` it, `remove` it, or `keep` it as it was seen. */
static Str
script_action(const Json *connector)
{
	Str action = json_get_text(connector, STR("action"));

	if (STR_EQ(action, "remove"))
		return action;
	return STR_EQ(action, "unchanged") ? STR("keep") : STR("ensure");
}

/* One that the tenant alone holds, and that is nobody's business here. */
static bool
is_stranger(const Json *connector)
{
	return json_is_true(json_get(connector, STR("managed"))) &&
	       STR_EQ(json_get_text(connector, STR("action")), "unmanaged");
}

static Json *
script_connectors(Arena *arena, const Json *connectors, bool strict)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < connectors->items.len; i++) {
		const Json *connector = connectors->items.items[i];
		Json *item = json_object(arena);

		if (is_stranger(connector))
			continue;
		json_set(arena, item, STR("Action"), json_text(arena, script_action(connector)));
		json_set(arena, item, STR("Managed"), json_get(connector, STR("managed")));
		json_set(arena, item, STR("Name"), json_get(connector, STR("name")));
		json_set(arena, item, STR("Was"), json_get(connector, STR("was")));
		json_set(arena, item, STR("Properties"),
			script_properties(arena, json_get(connector, STR("properties")), strict));
		json_push(arena, list, item);
	}
	return list;
}

/* A connector as Get-InboundConnector shows it, as far as we look. */
static Json *
script_live_connector(Arena *arena, const Json *connector)
{
	const Json *live = json_get(connector, STR("live"));
	const Json *properties = json_get(connector, STR("properties"));
	Json *item = json_object(arena);
	size_t i;

	json_set(arena, item, STR("Name"), json_get(live, STR("name")));
	json_set(arena, item, STR("Guid"), json_get(live, STR("guid")));
	json_set(arena, item, STR("ConnectorSource"), json_get(live, STR("source")));
	for (i = 0; i < properties->items.len; i++) {
		const Json *property = properties->items.items[i];

		json_set(arena, item, json_get_text(property, STR("name")),
			json_get(property, STR("before")));
	}
	return item;
}

/* The state that the plan was made for: what moved since is told from it, and a roll-back without
 * any backup goes back to it. */
static Json *
script_live(Arena *arena, const Json *plan)
{
	const Json *connectors = json_get(plan, STR("connectors"));
	Json *live = json_get(plan, STR("live"));
	Json *data = json_object(arena), *list = json_list(arena);
	size_t i;

	if (live->kind != JSON_OBJECT)
		return live;
	for (i = 0; i < connectors->items.len; i++) {
		const Json *connector = connectors->items.items[i];

		if (json_get(connector, STR("live"))->kind == JSON_OBJECT)
			json_push(arena, list, script_live_connector(arena, connector));
	}
	json_set(arena, data, STR("Connectors"), list);
	json_set(arena, data, STR("ExportedAt"), json_get(live, STR("exported_at")));
	json_set(arena, data, STR("Fingerprint"), json_get(live, STR("fingerprint")));
	return data;
}

/* verify.ps1 compares with the plan alone: it needs no state before. */
static Json *
script_data(Arena *arena, const Json *plan, bool with_live)
{
	Json *data = json_object(arena);
	const Json *tenant = json_get(plan, STR("tenant")), *live = json_get(plan, STR("live"));
	bool strict = live->kind == JSON_OBJECT && json_is_true(json_get(live, STR("strict")));

	json_set(arena, data, STR("Cloud"), json_get(tenant, STR("cloud")));
	json_set(arena, data, STR("Connectors"),
		script_connectors(arena, json_get(plan, STR("connectors")), strict));
	json_set(arena, data, STR("Format"), json_text(arena, STR("connplan-script")));
	if (with_live)
		json_set(arena, data, STR("Live"), script_live(arena, plan));
	json_set(arena, data, STR("Organization"), json_get(tenant, STR("organization")));
	json_set(arena, data, STR("PlanHash"), json_get(plan, STR("plan_hash")));
	json_set(arena, data, STR("Sample"), json_get(plan, STR("sample")));
	json_set(arena, data, STR("TenantName"), json_get(tenant, STR("name")));
	json_set(arena, data, STR("Version"), json_number(arena, 1));
	return data;
}

/* --- texts of scripts ------------------------------------------------------------------------- */

static Str
script_part(Arena *arena, const char *name, const char *part)
{
	return emit_embedded_file(str_format(arena, "templates/powershell/%s%s", name, part));
}

static bool
makes_changes(const char *name)
{
	return STR_EQ(str_from(name), "connectors") || STR_EQ(str_from(name), "rollback");
}

/* export.ps1 needs no plan. */
static Str
script_text(Arena *arena, const char *name, const Json *data)
{
	Buf text = buf_make(arena);

	buf_str(&text, script_part(arena, name, ".head.ps1"));
	if (data != NULL) {
		buf_lit(&text, "\n$Plan = ");
		emit_powershell_literal(&text, data, 0);
		buf_char(&text, '\n');
	}
	buf_char(&text, '\n');
	buf_str(&text, script_part(arena, "common", ".ps1"));
	buf_char(&text, '\n');
	if (makes_changes(name)) {
		buf_str(&text, script_part(arena, "changes", ".ps1"));
		buf_char(&text, '\n');
		buf_str(&text, script_part(arena, "moved", ".ps1"));
		buf_char(&text, '\n');
	}
	buf_str(&text, script_part(arena, name, ".body.ps1"));
	return buf_text(&text);
}

void
emit_script(EmitContext *context, const EmitRow *row)
{
	Arena *arena = context->arena;
	const Json *plan = context->input->plan;
	bool needs_plan = !STR_EQ(str_from(row->source), "export");
	Str text = script_text(arena, row->source,
		needs_plan ? script_data(arena, plan, makes_changes(row->source)) : NULL);

	emit_add(
		context, str_from(row->path), emit_script_bytes(arena, text, emit_wants_bom(plan)));
}

/* There is a way back only to a state that is known. */
void
emit_rollback(EmitContext *context, const EmitRow *row)
{
	if (json_get(context->input->plan, STR("live"))->kind == JSON_OBJECT)
		emit_script(context, row);
}

EmitFile
emit_export_script(Arena *arena)
{
	Str text = script_text(arena, "export", NULL);

	return (EmitFile){
		.path = STR("export.ps1"), .bytes = emit_script_bytes(arena, text, false)};
}
