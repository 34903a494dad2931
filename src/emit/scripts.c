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

static bool
wants_bom(const Json *plan)
{
	return STR_EQ(json_get_text(json_get(plan, STR("documents")), STR("script_encoding")),
		"utf8-bom");
}

/* The properties of a connector as the runtime wants them: without `before`. */
static Json *
script_properties(Arena *arena, const Json *properties)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < properties->items.len; i++) {
		const Json *property = properties->items.items[i];
		Json *item = json_object(arena);

		json_set(arena, item, STR("Name"), json_get(property, STR("name")));
		json_set(arena, item, STR("Stated"), json_get(property, STR("stated")));
		json_set(arena, item, STR("Value"), json_get(property, STR("value")));
		json_push(arena, list, item);
	}
	return list;
}

static Json *
script_connectors(Arena *arena, const Json *connectors)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < connectors->items.len; i++) {
		const Json *connector = connectors->items.items[i];
		Json *item = json_object(arena);

		json_set(arena, item, STR("Action"), json_text(arena, STR("ensure")));
		json_set(arena, item, STR("Managed"), json_get(connector, STR("managed")));
		json_set(arena, item, STR("Name"), json_get(connector, STR("name")));
		json_set(arena, item, STR("Was"), json_get(connector, STR("was")));
		json_set(arena, item, STR("Properties"),
			script_properties(arena, json_get(connector, STR("properties"))));
		json_push(arena, list, item);
	}
	return list;
}

static Json *
script_data(Arena *arena, const Json *plan)
{
	Json *data = json_object(arena);
	const Json *tenant = json_get(plan, STR("tenant"));

	json_set(arena, data, STR("Cloud"), json_get(tenant, STR("cloud")));
	json_set(arena, data, STR("Connectors"),
		script_connectors(arena, json_get(plan, STR("connectors"))));
	json_set(arena, data, STR("Format"), json_text(arena, STR("connplan-script")));
	json_set(arena, data, STR("Organization"), json_get(tenant, STR("organization")));
	json_set(arena, data, STR("PlanHash"), json_get(plan, STR("plan_hash")));
	json_set(arena, data, STR("Sample"), json_get(plan, STR("sample")));
	json_set(arena, data, STR("TenantName"), json_get(tenant, STR("name")));
	json_set(arena, data, STR("Version"), json_number(arena, 1));
	return data;
}

static Str
script_part(Arena *arena, const char *name, const char *part)
{
	return emit_embedded_file(str_format(arena, "templates/powershell/%s%s", name, part));
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
	buf_str(&text, script_part(arena, name, ".body.ps1"));
	return buf_text(&text);
}

void
emit_script(EmitContext *context, const EmitRow *row)
{
	Arena *arena = context->arena;
	const Json *plan = context->input->plan;
	bool needs_plan = !STR_EQ(str_from(row->source), "export");
	Str text = script_text(arena, row->source, needs_plan ? script_data(arena, plan) : NULL);

	emit_add(context, str_from(row->path), emit_script_bytes(arena, text, wants_bom(plan)));
}

EmitFile
emit_export_script(Arena *arena)
{
	Str text = script_text(arena, "export", NULL);

	return (EmitFile){STR("export.ps1"), emit_script_bytes(arena, text, false)};
}

/* --- commands.ps1
 * --------------------------------------------------------------------------------------- */

/* ` -Name Value`; an empty value is what New gives by itself. */
static void
command_argument(Buf *text, const Json *property)
{
	const Json *value = json_get(property, STR("value"));
	size_t i;

	if (value->kind == JSON_NULL || (value->kind == JSON_LIST && value->items.len == 0))
		return;
	buf_lit(text, " -");
	buf_str(text, json_get_text(property, STR("name")));
	buf_char(text, ' ');
	if (value->kind == JSON_BOOL) {
		buf_lit(text, value->truth ? "$true" : "$false");
		return;
	}
	if (value->kind == JSON_TEXT) {
		text_powershell(text, value->text);
		return;
	}
	for (i = 0; i < value->items.len; i++) {
		buf_lit(text, i > 0 ? ", " : "");
		text_powershell(text, value->items.items[i]->text);
	}
}

static void
command_line(Buf *text, const Json *connector, bool sample)
{
	const Json *properties = json_get(connector, STR("properties"));
	size_t i;

	if (!json_is_true(json_get(connector, STR("managed"))))
		return;
	buf_lit(text, "New-InboundConnector -Name ");
	text_powershell(text, json_get_text(connector, STR("name")));
	for (i = 0; i < properties->items.len; i++)
		command_argument(text, properties->items.items[i]);
	buf_lit(text, sample ? " -WhatIf\n" : "\n");
}

void
emit_commands(EmitContext *context, const EmitRow *row)
{
	const Json *plan = context->input->plan;
	const Json *connectors = json_get(plan, STR("connectors"));
	bool sample = json_is_true(json_get(plan, STR("sample")));
	Buf text = buf_make(context->arena);
	size_t i;

	for (i = 0; i < connectors->items.len; i++)
		command_line(&text, connectors->items.items[i], sample);
	emit_add(context, str_from(row->path),
		emit_script_bytes(context->arena, buf_text(&text), wants_bom(plan)));
}
