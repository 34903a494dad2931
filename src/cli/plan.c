/* What must change in the tenant. */
#include "cli/cli_int.h"

typedef struct Planned {
	const Plan *plan;
	const DiagVerdict *verdict;
} Planned;

/* The plan as plan.json has it, with the findings as every result has them. */
static Str
json_result(Cli *cli, const Planned *planned)
{
	ViewInput input = {.plan = planned->plan,
		.verdict = planned->verdict,
		.language = cli->options.language,
		.version = STR(CONNPLAN_VERSION),
		.lock = cli_view_lock(cli)};
	Json *json = view_plan(cli->arena, &input);
	Buf text = buf_make(cli->arena);

	json_set(cli->arena, json, STR("diagnostics"),
		report_diagnostics(cli->arena, planned->verdict, cli->sources));
	json_write_pretty(&text, json);
	return buf_text(&text);
}

static Str
make_result(Cli *cli, CliResultForm form, const void *context)
{
	const Planned *planned = context;
	Buf text = buf_make(cli->arena);

	if (form == CLI_JSON)
		return json_result(cli, planned);
	view_difference(&text, planned->plan, form == CLI_MARKDOWN);
	return buf_text(&text);
}

/* Withheld while an error stands, and where the tenant's state is not known. */
static bool
render(Cli *cli, const Plan *plan, const DiagVerdict *verdict, EmitFiles *ret_files)
{
	if (cli->options.output.ptr == NULL || plan->before == NULL || verdict->failed)
		return false;
	return cli_render_all(cli, plan, verdict, ret_files);
}

/* Standard output belongs to the result. */
static void
publish(Cli *cli, const EmitFiles *files)
{
	if (cli_publish(cli, files))
		cli_complain(cli, "wrote %zu files into `" STR_FMT "`", files->len,
			STR_ARG(cli_output_folder(cli)));
}

int
cli_plan(Cli *cli)
{
	EmitFiles files = {0};
	DiagVerdict verdict;
	Planned planned;
	Plan *plan;
	bool good;

	if (cli->options.live.ptr == NULL) {
		cli_complain(cli, "plan wants the tenant's state: --live EXPORT");
		return CLI_USAGE;
	}
	cli_read_live(cli);
	plan = cli_load(cli, cli->options.arguments.items[0]);
	if (plan == NULL)
		return cli_unread(cli);
	verdict = diag_verdict(cli->sink);
	cli_tell_unevaluated(cli, plan);
	good = render(cli, plan, &verdict, &files);
	/* A template may have brought findings of its own. */
	verdict = diag_verdict(cli->sink);
	planned = (Planned){plan, &verdict};
	/* Without a tenant to compare with there is nothing to show. */
	if (plan->before != NULL)
		cli_print_result(cli, make_result, &planned, &verdict, cli_looked_at(cli, plan));
	else
		cli_report(cli, &verdict, OS_STDERR, cli_looked_at(cli, plan));
	if (good)
		publish(cli, &files);
	return cli_difference_status(cli, &verdict, plan->differences > 0);
}
