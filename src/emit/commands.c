/*
 * commands.ps1: the change as plain commands, one a statement, for reading in a review and for
 * pasting by hand.
 */
#include "emit/emit_int.h"

/* ` -Name Value` */
static void
command_argument(Buf *text, Str name, const Json *value)
{
	size_t i;

	buf_lit(text, " -");
	buf_str(text, name);
	buf_char(text, ' ');
	if (value->kind == JSON_BOOL)
		buf_lit(text, value->truth ? "$true" : "$false");
	else if (value->kind == JSON_TEXT)
		text_powershell(text, value->text);
	else if (STR_EQ(name, "Comment"))
		buf_lit(text, "''");
	else if (value->kind == JSON_NULL || value->items.len == 0)
		buf_lit(text, "$null");
	for (i = 0; value->kind == JSON_LIST && i < value->items.len; i++) {
		buf_lit(text, i > 0 ? ", " : "");
		text_powershell(text, value->items.items[i]->text);
	}
}

static void
command_arguments(Buf *text, const Json *arguments, bool is_new)
{
	size_t i;

	for (i = 0; i < arguments->items.len; i++) {
		const Json *argument = arguments->items.items[i];
		const Json *value = json_get(argument, STR("value"));
		bool is_empty = value->kind == JSON_NULL ||
				(value->kind == JSON_LIST && value->items.len == 0);

		/* An empty value is what New gives by itself. */
		if (!is_new || !is_empty)
			command_argument(text, json_get_text(argument, STR("name")), value);
	}
}

static void
end_command(Buf *text, bool sample)
{
	buf_lit(text, sample ? " -WhatIf\n" : "\n");
}

/* Without a live state: everything is new. */
static void
new_commands(Buf *text, const Json *connectors, bool sample)
{
	size_t i;

	for (i = 0; i < connectors->items.len; i++) {
		const Json *connector = connectors->items.items[i];

		if (!json_is_true(json_get(connector, STR("managed"))))
			continue;
		buf_lit(text, "New-InboundConnector -Name ");
		text_powershell(text, json_get_text(connector, STR("name")));
		command_arguments(text, json_get(connector, STR("properties")), true);
		end_command(text, sample);
	}
}

/* The calls of the plan, in their order; steps without a command are records. */
static void
planned_commands(Buf *text, const Json *order, bool sample)
{
	size_t i;

	for (i = 0; i < order->items.len; i++) {
		const Json *step = order->items.items[i], *command = json_get(step, STR("command"));

		if (command->kind != JSON_TEXT)
			continue;
		buf_str(text, command->text);
		command_arguments(text, json_get(step, STR("parameters")),
			STR_EQ(command->text, "New-InboundConnector"));
		end_command(text, sample);
	}
}

void
emit_commands(EmitContext *context, const EmitRow *row)
{
	const Json *plan = context->input->plan;
	bool sample = json_is_true(json_get(plan, STR("sample")));
	Buf text = buf_make(context->arena);

	if (json_get(plan, STR("live"))->kind == JSON_OBJECT)
		planned_commands(&text, json_get(plan, STR("order")), sample);
	else
		new_commands(&text, json_get(plan, STR("connectors")), sample);
	emit_add(context, str_from(row->path),
		emit_script_bytes(context->arena, buf_text(&text), emit_wants_bom(plan)));
}
