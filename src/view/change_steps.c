/* The numbered steps of a change, its checks and the way back, each with its exact commands. */
#include "view/change_int.h"

/* A list of steps under construction. */
typedef struct Steps {
	SummaryTable *table;
	const Plan *plan;
	Json *list;
	bool sample; /* the scripts refuse to apply: those that change run with -WhatIf */
} Steps;

/* Every member is there, null where the step has none: templates ask for all. */
static Json *
add_step(Steps *steps, const char *title, const char *stage)
{
	Arena *arena = steps->table->arena;
	Json *step = json_object(arena);

	SET(step, "number", json_number(arena, (int64_t)steps->list->items.len + 1));
	SET(step, "title", json_text(arena, summary_text(steps->table, title)));
	SET(step, "stage",
		stage == NULL ? json_null(arena)
			      : json_text(arena, summary_text(steps->table, stage)));
	SET(step, "details", json_list(arena));
	SET(step, "command", json_null(arena));
	SET(step, "expected", json_null(arena));
	json_push(arena, steps->list, step);
	return step;
}

static void
add_detail(Steps *steps, Json *step, const char *key)
{
	summary_note(steps->table, json_get(step, STR("details")), key);
}

static void
add_detail_with(Steps *steps, Json *step, const char *key, const char *name, Str value)
{
	summary_note_with(steps->table, json_get(step, STR("details")), key, name, value);
}

static void
set_expected(Steps *steps, Json *step, const char *key)
{
	Arena *arena = steps->table->arena;

	SET(step, "expected", json_text(arena, summary_text(steps->table, key)));
}

static void
set_command(Steps *steps, Json *step, Str command)
{
	Arena *arena = steps->table->arena;

	SET(step, "command", view_rendered(arena, command, text_markdown_block));
}

static bool
names_organization(const Steps *steps)
{
	return steps->table->model->spec->tenant.organization.state == FIELD_SET;
}

/* A script of the output folder with what it asks for, and what it ends with. */
static void
set_script(Steps *steps, Json *step, const char *script, const char *arguments)
{
	set_command(steps, step,
		str_format(steps->table->arena, ".\\%s%s%s\n$LASTEXITCODE", script,
			names_organization(steps) ? "" : " -Organization $Organization",
			arguments));
}

/* Whether a script has anything to do; without the live state it has to look. */
static bool
changes_connectors(const Plan *plan)
{
	size_t i;

	if (plan->before != NULL)
		return plan->calls.len > 0;
	for (i = 0; i < plan->connectors.len; i++) {
		if (plan->connectors.items[i].after->managed)
			return true;
	}
	return false;
}

/* The first backup that connectors.ps1 writes: that of the state before all of its runs. */
static Str
backup_name(Arena *arena, Str plan_hash)
{
	return str_format(arena, "backup-" STR_FMT "-1.json", STR_ARG(plan_hash));
}

/* --- before the change
 * ----------------------------------------------------------------------------- */

/* Connect-ExchangeOnline asks for the cloud; scripts stop in any other than the plan's. */
static const char *
connect_command(const Model *model)
{
	static const char *const commands[] = {
		[MODEL_CLOUD_WORLDWIDE] = "Connect-ExchangeOnline",
		[MODEL_CLOUD_GCC] = "Connect-ExchangeOnline",
		[MODEL_CLOUD_GCC_HIGH] =
			"Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovGCCHigh",
		[MODEL_CLOUD_DOD] = "Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovDoD",
		[MODEL_CLOUD_CHINA] = "Connect-ExchangeOnline -ExchangeEnvironmentName O365China",
	};
	const FieldChoice *cloud = &model->spec->tenant.cloud;

	return commands[cloud->state == FIELD_SET ? cloud->value : 0];
}

static void
add_connect(Steps *steps)
{
	Json *step = add_step(steps, "step.connect", "stage.ahead");

	add_detail(steps, step, "step.connect_detail");
	if (names_organization(steps)) {
		set_command(steps, step, str_from(connect_command(steps->table->model)));
		return;
	}
	add_detail(steps, step, "step.connect_organization");
	set_command(steps, step,
		str_format(steps->table->arena,
			"%s\nGet-OrganizationConfig | Format-List Name, "
			"ExternalDirectoryOrganizationId\n"
			"$Organization = Read-Host -Prompt 'Organization'",
			connect_command(steps->table->model)));
}

static void
add_preparation(Steps *steps, const Json *plan)
{
	Str hash = json_get_text(plan, STR("plan_hash"));
	Json *step;

	add_connect(steps);
	step = add_step(steps, "step.hash", "stage.ahead");
	set_command(steps, step,
		str_format(steps->table->arena,
			"Select-String -LiteralPath .\\connectors.ps1, .\\verify.ps1 -SimpleMatch "
			"'" STR_FMT "' | Format-Table Filename, LineNumber",
			STR_ARG(hash)));
	set_expected(steps, step, "step.hash_expected");
	step = add_step(steps, "step.export", "stage.ahead");
	set_script(steps, step, "export.ps1", " -Path .\\before-change.json");
	set_expected(steps, step, "step.export_expected");
	if (json_len(json_get(plan, STR("ptr"))) > 0) {
		step = add_step(steps, "step.ptr", "stage.ahead");
		add_detail(steps, step, "step.ptr_detail");
	}
}

/* --- DNS
 * ------------------------------------------------------------------------------------------ */

/* More records than this are asked for by way of plan.json, which has them all. */
#define LISTED_RECORDS 24

static Str
resolve_commands(Arena *arena, const State *state)
{
	Buf commands = buf_make(arena);
	size_t i;

	if (state->records.len > LISTED_RECORDS)
		return STR("(Get-Content -Raw -Encoding UTF8 -LiteralPath .\\plan.json | "
			   "ConvertFrom-Json).records |\n"
			   "    ForEach-Object { Resolve-DnsName -Name $_.name -Type $_.type }");
	for (i = 0; i < state->records.len; i++) {
		const StateRecord *record = &state->records.items[i];

		buf_lit(&commands, i > 0 ? "\n" : "");
		buf_lit(&commands, "Resolve-DnsName -Name ");
		text_powershell(&commands, record->name);
		buf_printf(&commands, " -Type " STR_FMT, STR_ARG(record->type));
	}
	return buf_text(&commands);
}

/* Before a record of that phase is used by anybody, this time has to pass. */
static Str
longest_ttl(Arena *arena, const State *state)
{
	uint32_t longest = 0;
	size_t i;

	for (i = 0; i < state->records.len; i++) {
		if (state->records.items[i].ttl > longest)
			longest = state->records.items[i].ttl;
	}
	return str_format(arena, "%u", (unsigned)longest);
}

/* Whether the plan has records for a phase of the change, as it does where it knows what is
 * published. */
static bool
has_phase(Arena *arena, const Json *plan, const char *phase)
{
	const Json *records = json_get(plan, STR("records"));
	size_t i;

	for (i = 0; i < json_len(records); i++) {
		const Json *record = json_item(arena, records, i);

		if (str_equal(json_get_text(record, STR("phase")), str_from(phase)))
			return true;
	}
	return false;
}

static void
add_wait(Steps *steps, const char *stage)
{
	Json *step = add_step(steps, "step.wait_ttl", stage);

	add_detail_with(steps, step, "step.wait_ttl_detail", "seconds",
		longest_ttl(steps->table->arena, steps->plan->after));
}

/* What is published, a wait until nobody holds what was there before, and a look at it. */
static void
add_publishing(Steps *steps, const char *title, const char *detail, const char *stage)
{
	Json *step = add_step(steps, title, stage);

	add_detail(steps, step, detail);
	add_wait(steps, stage);
	step = add_step(steps, "step.records_after", stage);
	set_command(steps, step, resolve_commands(steps->table->arena, steps->plan->after));
	set_expected(steps, step, "step.records_after_expected");
}

/* In two steps where the plan holds records for the transition: then the last comes at the end. */
static void
add_records(Steps *steps, const Json *plan)
{
	Arena *arena = steps->table->arena;
	Json *step;

	if (steps->plan->after->records.len == 0)
		return;
	step = add_step(steps, "step.records_before", "stage.ahead");
	set_command(steps, step, resolve_commands(arena, steps->plan->after));
	set_expected(steps, step, "step.records_before_expected");
	if (has_phase(arena, plan, "add"))
		add_publishing(steps, "step.publish_add", "step.publish_add_detail", "stage.ahead");
	else
		add_publishing(steps, "step.publish", "step.publish_detail", "stage.ahead");
}

static void
add_final_records(Steps *steps, const Json *plan)
{
	if (has_phase(steps->table->arena, plan, "add"))
		add_publishing(
			steps, "step.publish", "step.publish_after_detail", "stage.afterwards");
}

/* --- the change and its checks
 * --------------------------------------------------------------------- */

static bool
takes_away(const Plan *plan)
{
	size_t i;

	for (i = 0; i < plan->calls.len; i++) {
		if (plan->calls.items[i].phase == PLAN_PHASE_REMOVE)
			return true;
	}
	return plan->before == NULL;
}

static void
add_change(Steps *steps, Str plan_hash)
{
	Json *step;

	if (!changes_connectors(steps->plan))
		return;
	step = add_step(steps, "step.whatif", "stage.window");
	set_script(steps, step, "connectors.ps1", " -WhatIf");
	set_expected(steps, step, "step.whatif_expected");
	step = add_step(steps, "step.apply", "stage.window");
	if (steps->sample) {
		add_detail(steps, step, "step.apply_sample");
		set_script(steps, step, "connectors.ps1", " -WaitMinutes 60 -WhatIf");
		set_expected(steps, step, "step.whatif_expected");
	} else {
		add_detail_with(steps, step, "step.apply_detail", "file",
			backup_name(steps->table->arena, plan_hash));
		if (takes_away(steps->plan))
			add_detail(steps, step, "step.apply_wait");
		if (steps->plan->has_gap)
			add_detail(steps, step, "step.apply_gap");
		add_detail(steps, step, "step.apply_again");
		set_script(steps, step, "connectors.ps1", " -WaitMinutes 60");
		set_expected(steps, step, "step.apply_expected");
	}
}

static void
add_checks(Steps *steps)
{
	Json *step;

	if (steps->plan->connectors.len > 0) {
		step = add_step(steps, "step.verify", "stage.window");
		set_script(steps, step, "verify.ps1", "");
		set_expected(
			steps, step, steps->sample ? "step.verify_sample" : "step.verify_expected");
	}
	if (steps->table->model->hosts_len == 0)
		return;
	step = add_step(steps, "step.test", "stage.window");
	add_detail(steps, step, "step.test_detail");
	set_command(steps, step,
		STR("Get-MessageTraceV2 -StartDate (Get-Date).AddHours(-1) -EndDate (Get-Date) |\n"
		    "    Format-Table Received, SenderAddress, RecipientAddress, Status, FromIP"));
	set_expected(steps, step, "step.test_expected");
}

static Steps
make_steps(SummaryTable *table, const Plan *plan)
{
	const FieldFlag *sample = &table->model->spec->sample;

	return (Steps){
		table, plan, json_list(table->arena), sample->state == FIELD_SET && sample->on};
}

Json *
change_steps(SummaryTable *table, const ViewInput *input, const Json *plan)
{
	Steps steps = make_steps(table, input->plan);

	add_preparation(&steps, plan);
	add_records(&steps, plan);
	add_change(&steps, json_get_text(plan, STR("plan_hash")));
	add_checks(&steps);
	add_final_records(&steps, plan);
	return steps.list;
}

/* --- test mails
 * ---------------------------------------------------------------------------------- */

/* Through which connector the mail of a host is taken, by its first route. */
static Str
expected_way(Arena *arena, const ViewInput *input, uint32_t host)
{
	const State *state = input->plan->after;
	const ModelHostInfo *info = &state->model->host_infos[host];
	const StateMatch *match;
	uint32_t connector;

	if (info->method != MODEL_METHOD_CONNECTOR || info->routes_len == 0)
		return view_string(input->language, str_from(summary_method(info->method)));
	match = &state->matches[info->first_route];
	connector = match->on_premises != STATE_NONE ? match->on_premises : match->partner;
	if (connector == STATE_NONE)
		return view_string(input->language, STR("test.no_connector"));
	return view_string_with(arena, input->language, "summary.connector", "name",
		state->connectors.items[connector].name);
}

static Json *
test_row(Arena *arena, const void *context, size_t index)
{
	const ViewInput *input = context;
	const Model *model = input->plan->model;
	const ModelRelayHost *host = &model->hosts[index];
	SummaryTable table = {arena, input->language, model, NULL, NULL};
	Str sender = summary_senders(&table, &host->sends_as);
	Json *row = json_object(arena);

	if (sender.len == 0)
		sender = change_text(&host->mailbox);
	SET(row, "host", json_text(arena, host->head.name));
	SET(row, "owner",
		json_text(arena, change_or_not_stated(&table, change_text(&host->owner))));
	SET(row, "sender", json_text(arena, change_or_not_stated(&table, sender)));
	SET(row, "recipients",
		json_text(arena, summary_text(&table,
					 summary_recipients(model->host_infos[index].recipients))));
	SET(row, "expected", json_text(arena, expected_way(arena, input, (uint32_t)index)));
	return row;
}

Json *
change_tests(SummaryTable *table, const ViewInput *input)
{
	return json_list_on_demand(table->arena, input->plan->model->hosts_len, test_row, input);
}

/* --- the way back
 * -------------------------------------------------------------------------------- */

/* The connectors that the script may have written, with the names that the backup knows. */
static void
write_written(Buf *buf, const Plan *plan)
{
	size_t i;

	buf_lit(buf, "$written = @(\n");
	for (i = 0; i < plan->connectors.len; i++) {
		const PlanConnector *planned = &plan->connectors.items[i];

		if (!planned->after->managed)
			continue;
		buf_lit(buf, "    @{ Name = ");
		text_powershell(buf, planned->after->name);
		if (planned->was.len > 0) {
			buf_lit(buf, "; Was = ");
			text_powershell(buf, planned->was);
		}
		buf_lit(buf, " }\n");
	}
	buf_lit(buf, ")\n$properties = ");
	for (i = 0; i < CONNECTOR_PROPERTIES; i++)
		buf_printf(buf, "%s'%s'", i == 0 ? "" : (i % 4 == 0 ? ",\n    " : ", "),
			connector_property_name((ConnectorProperty)i));
	buf_char(buf, '\n');
}

/*
 * Connectors that were there get every property of the backup; only then those that the change made
 * are switched off, so that no mail is refused in between. Nothing is removed, and nothing is lost.
 */
static const char backout_runtime[] =
	"$found = @(foreach ($one in $written) {\n"
	"    $old = @($backup.InboundConnector | Where-Object Name -eq $one.Name)\n"
	"    if ($old.Count -eq 0 -and $null -ne $one.Was) {\n"
	"        $old = @($backup.InboundConnector | Where-Object Name -eq $one.Was)\n"
	"    }\n"
	"    @{ Name = $one.Name; Old = $old }\n"
	"})\n"
	"foreach ($one in $found | Where-Object { $_.Old.Count -eq 1 }) {\n"
	"    $values = @{ Identity = [string]$one.Old[0].Guid; Name = $one.Old[0].Name }\n"
	"    foreach ($property in $properties) {\n"
	"        $values[$property] = if (@($one.Old[0].$property).Count -gt 0) { "
	"$one.Old[0].$property }\n"
	"    }\n"
	"    Set-InboundConnector @values -ErrorAction Stop\n"
	"}\n"
	"foreach ($one in $found | Where-Object { $_.Old.Count -eq 0 }) {\n"
	"    if (@(Get-InboundConnector | Where-Object Name -eq $one.Name).Count -eq 1) {\n"
	"        Set-InboundConnector -Identity $one.Name -Enabled $false -ErrorAction Stop\n"
	"    }\n"
	"}";

static Str
backout_commands(Arena *arena, const Plan *plan, Str plan_hash)
{
	Buf buf = buf_make(arena);

	buf_printf(&buf,
		"$backup = Get-Content -Raw -Encoding UTF8 -LiteralPath .\\" STR_FMT
		" | ConvertFrom-Json\n",
		STR_ARG(backup_name(arena, plan_hash)));
	write_written(&buf, plan);
	buf_lit(&buf, backout_runtime);
	return buf_text(&buf);
}

static void
add_connectors_back(Steps *steps, const Json *plan)
{
	Json *step = add_step(steps, "step.back_connectors", NULL);
	Arena *arena = steps->table->arena;

	if (steps->plan->before != NULL) {
		add_detail(steps, step, "step.back_rollback");
		set_script(steps, step, "rollback.ps1", "");
		set_expected(steps, step, "step.back_rollback_expected");
		return;
	}
	add_detail(steps, step, "step.back_backup");
	set_command(steps, step,
		backout_commands(arena, steps->plan, json_get_text(plan, STR("plan_hash"))));
	set_expected(steps, step, "step.back_backup_expected");
}

Json *
change_backout(SummaryTable *table, const ViewInput *input, const Json *plan)
{
	Steps steps = make_steps(table, input->plan);
	Json *step;

	if (changes_connectors(input->plan))
		add_connectors_back(&steps, plan);
	if (input->plan->after->records.len > 0) {
		step = add_step(&steps, "step.back_records", NULL);
		add_detail(&steps, step,
			has_phase(table->arena, plan, "previous") ? "step.back_records_previous"
								  : "step.back_records_noted");
		add_detail(&steps, step, "step.back_records_detail");
	}
	if (input->plan->model->hosts_len > 0) {
		step = add_step(&steps, "step.back_test", NULL);
		set_expected(&steps, step, "step.back_test_expected");
	}
	return steps.list;
}
