/* What must change in the tenant. */
#include "cli/cli_int.h"

static bool
is_result(const CliFormat *format)
{
	return STR_EQ(format->name, "human") || STR_EQ(format->name, "markdown") ||
	       str_starts(format->name, STR("json"));
}

/* The plan as plan.json has it, with the findings as every result has them. */
static Str
json_result(Cli *cli, const Plan *plan, const DiagVerdict *verdict)
{
	ViewInput input = {.plan = plan,
		.verdict = verdict,
		.language = cli->options.language,
		.version = STR(CONNPLAN_VERSION)};
	Json *json = view_plan(cli->arena, &input);
	Buf text = buf_make(cli->arena);

	json_set(cli->arena, json, STR("diagnostics"),
		report_diagnostics(cli->arena, verdict, cli->sources));
	json_write_pretty(&text, json);
	return buf_text(&text);
}

static void
print_result(Cli *cli, const Plan *plan, const DiagVerdict *verdict, const CliFormat *format)
{
	Buf text = buf_make(cli->arena);

	if (str_starts(format->name, STR("json")))
		buf_str(&text, json_result(cli, plan, verdict));
	else
		view_difference(&text, plan, STR_EQ(format->name, "markdown"));
	cli_print_to(cli, format->file, buf_text(&text));
}

/* Findings in a format that is theirs alone; `human` has them on standard error beside the result.
 */
static void
report_findings(Cli *cli, const DiagVerdict *verdict, const CliFormat *format, Str looked_at)
{
	CliOptions all = cli->options;

	cli->options.formats.len = 0;
	VEC_PUSH(cli->arena, &cli->options.formats, *format);
	cli_report(cli, verdict, is_result(format) ? OS_STDERR : OS_STDOUT, looked_at);
	cli->options = all;
}

static void
print_all(Cli *cli, const Plan *plan, const DiagVerdict *verdict)
{
	static const CliFormat human = {.name = STR_CONST("human")};
	Str looked_at = cli_looked_at(cli, plan);
	size_t len = cli->options.formats.len, i;

	for (i = 0; i < (len > 0 ? len : 1); i++) {
		const CliFormat *format = len > 0 ? &cli->options.formats.items[i] : &human;

		if (is_result(format) && plan->before != NULL)
			print_result(cli, plan, verdict, format);
		if (!is_result(format))
			report_findings(cli, verdict, format, looked_at);
		else if (STR_EQ(format->name, "human") && format->file.ptr == NULL)
			report_findings(cli, verdict, format, looked_at);
	}
}

int
cli_plan(Cli *cli)
{
	DiagVerdict verdict;
	Plan *plan;

	if (cli->options.live.ptr == NULL) {
		cli_complain(cli, "plan wants the tenant's state: --live EXPORT");
		return CLI_USAGE;
	}
	cli_read_live(cli);
	plan = cli_load(cli, cli->options.arguments.items[0]);
	if (plan == NULL)
		return cli_unread(cli);
	verdict = diag_verdict(cli->sink);
	print_all(cli, plan, &verdict);
	return cli_difference_status(cli, &verdict, plan->differences > 0);
}
