/* The numbered steps of a change, its checks and the way back, each with its exact commands. */
#include "view/change_int.h"

/* A list of steps under construction. */
typedef struct Steps {
	SummaryTable *table;
	const Plan *plan;
	ChangeDns *dns;
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

/* --- before the change ------------------------------------------------------------------------ */

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
	if (changes_connectors(steps->plan)) {
		step = add_step(steps, "step.whatif", "stage.ahead");
		set_script(steps, step, "connectors.ps1", " -WhatIf");
		set_expected(steps, step, "step.whatif_expected");
	}
	if (json_len(json_get(plan, STR("ptr"))) > 0) {
		step = add_step(steps, "step.ptr", "stage.ahead");
		add_detail(steps, step, "step.ptr_detail");
	}
}

/* --- DNS -------------------------------------------------------------------------------------- */

static void
add_wait(Steps *steps, ChangeDnsStage stage)
{
	bool afterwards = stage == CHANGE_DNS_AFTERWARDS;
	Json *step =
		add_step(steps, "step.wait_ttl", afterwards ? "stage.afterwards" : "stage.ahead");

	add_detail_with(steps, step, afterwards ? "step.wait_final_detail" : "step.wait_ttl_detail",
		"seconds", change_dns_wait(steps->table->arena, steps->dns, stage));
}

/* A wait until nobody holds what was there before, and a look at what a stage published. */
static void
add_look(Steps *steps, ChangeDnsStage stage)
{
	bool in_two_steps = stage == CHANGE_DNS_AHEAD && change_dns_has_transition(steps->dns);
	Json *step;

	add_wait(steps, stage);
	step = add_step(steps, "step.records_after",
		stage == CHANGE_DNS_AFTERWARDS ? "stage.afterwards" : "stage.ahead");
	if (stage == CHANGE_DNS_AFTERWARDS)
		add_detail(steps, step, "step.records_leftover");
	set_command(steps, step, change_dns_commands(steps->table->arena, steps->dns, stage));
	set_expected(steps, step,
		in_two_steps ? "step.records_add_expected" : "step.records_after_expected");
}

/* Final records, with what they cost whom. */
static void
add_final(Steps *steps, const char *detail, ChangeDnsStage stage)
{
	Json *step = add_step(steps, "step.publish",
		stage == CHANGE_DNS_AFTERWARDS ? "stage.afterwards" : "stage.ahead");

	Str published = change_dns_published(steps->table->arena, steps->dns, stage);

	add_detail(steps, step, detail);
	add_detail(steps, step, "step.publish_kind");
	if (published.len > 0)
		add_detail_with(steps, step, "step.publish_known", "names", published);
	(void)change_dns_risks(steps->table, steps->dns, stage, json_get(step, STR("details")));
}

/* Domains with records for the transition go in two steps: their last comes at the end. */
static void
add_records(Steps *steps)
{
	Json *step;

	if (change_dns_is_empty(steps->dns))
		return;
	step = add_step(steps, "step.records_before", "stage.ahead");
	if (change_dns_has_previous(steps->dns))
		add_detail(steps, step, "step.records_before_lock");
	set_command(
		steps, step, change_dns_commands(steps->table->arena, steps->dns, CHANGE_DNS_ALL));
	set_expected(steps, step, "step.records_before_expected");
	if (change_dns_has_transition(steps->dns)) {
		step = add_step(steps, "step.publish_add", "stage.ahead");
		add_detail(steps, step, "step.publish_add_detail");
		add_detail(steps, step, "step.publish_kind");
	}
	if (change_dns_has_direct(steps->dns))
		add_final(steps,
			change_dns_has_transition(steps->dns) ? "step.publish_direct_detail"
							      : "step.publish_detail",
			CHANGE_DNS_AHEAD);
	add_look(steps, CHANGE_DNS_AHEAD);
}

static void
add_final_records(Steps *steps)
{
	if (!change_dns_has_transition(steps->dns))
		return;
	add_final(steps, "step.publish_after_detail", CHANGE_DNS_AFTERWARDS);
	add_look(steps, CHANGE_DNS_AFTERWARDS);
}

/* --- the change and its checks ---------------------------------------------------------------- */

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

/* Before a connector refuses all mail that does not come by it. */
static void
add_exchanges(Steps *steps)
{
	Str names = change_shut_out(steps->table->arena, steps->plan);
	Json *step;

	if (names.len == 0)
		return;
	step = add_step(steps, "step.exchanges", "stage.ahead");
	add_detail_with(steps, step, "step.exchanges_detail", "names", names);
	set_command(steps, step,
		STR("Get-AcceptedDomain | Where-Object DomainName -NotLike '*.onmicrosoft.com' |\n"
		    "    ForEach-Object { Resolve-DnsName -Name $_.DomainName -Type MX }"));
	set_expected(steps, step, "step.exchanges_expected");
}

static void
add_change(Steps *steps, Str plan_hash)
{
	Json *step;

	if (!changes_connectors(steps->plan))
		return;
	add_exchanges(steps);
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

static bool
has_tests(const Json *request)
{
	return json_len(json_get(request, STR("tests"))) > 0 ||
	       json_len(json_get(request, STR("connector_tests"))) > 0;
}

static void
add_checks(Steps *steps, const Json *request)
{
	Json *step;

	if (steps->plan->connectors.len > 0) {
		step = add_step(steps, "step.verify", "stage.window");
		set_script(steps, step, "verify.ps1", "");
		set_expected(
			steps, step, steps->sample ? "step.verify_sample" : "step.verify_expected");
	}
	if (!has_tests(request))
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

	return (Steps){table, plan, change_dns(table->arena, plan->after), json_list(table->arena),
		sample->state == FIELD_SET && sample->on};
}

Json *
change_steps(SummaryTable *table, const ViewInput *input, const Json *request, const Json *plan)
{
	Steps steps = make_steps(table, input->plan);

	add_preparation(&steps, plan);
	add_records(&steps);
	add_change(&steps, json_get_text(plan, STR("plan_hash")));
	add_checks(&steps, request);
	add_final_records(&steps);
	return steps.list;
}

/* --- the way back ----------------------------------------------------------------------------- */

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

/* Where nobody loses mail by the final records the way back from them may wait; else it is the way
 * to get that mail back. */
static void
add_records_back(Steps *steps, ChangeDnsRisk risk)
{
	static const char *const when[] = {
		[CHANGE_DNS_FREE] = "step.back_records_detail",
		[CHANGE_DNS_UNKNOWN] = "step.back_records_unknown",
		[CHANGE_DNS_COSTS] = "step.back_records_first",
	};
	Json *step = add_step(steps, "step.back_records", NULL);

	add_detail(steps, step, when[risk]);
	if (risk == CHANGE_DNS_COSTS && change_dns_has_transition(steps->dns))
		add_detail(steps, step, "step.back_records_transition");
	add_detail(steps, step,
		change_dns_has_previous(steps->dns) ? "step.back_records_previous"
						    : "step.back_records_noted");
	add_detail(steps, step, "step.publish_kind");
}

Json *
change_backout(SummaryTable *table, const ViewInput *input, const Json *request, const Json *plan)
{
	Steps steps = make_steps(table, input->plan);
	ChangeDnsRisk risk = change_dns_risks(table, steps.dns, CHANGE_DNS_ALL, NULL);
	bool has_records = !change_dns_is_empty(steps.dns);
	Json *step;

	if (has_records && risk == CHANGE_DNS_COSTS)
		add_records_back(&steps, risk);
	if (changes_connectors(input->plan))
		add_connectors_back(&steps, plan);
	if (has_records && risk != CHANGE_DNS_COSTS)
		add_records_back(&steps, risk);
	if (has_tests(request)) {
		step = add_step(&steps, "step.back_test", NULL);
		set_expected(&steps, step, "step.back_test_expected");
	}
	return steps.list;
}
