/* Findings only. All specs share one sink, so that one report and one exit status cover them. */
#include "cli/cli_int.h"

/* What `build` would refuse of a spec that is good otherwise; the files are forgotten. */
static void
check_templates(Cli *cli, Str path, const Plan *plan)
{
	DiagVerdict verdict;
	EmitFiles files = {0};
	Json *json;

	if (plan == NULL || !cli_has_templates(plan))
		return;
	verdict = diag_verdict(cli->sink);
	if (!verdict.failed)
		(void)cli_render(cli, path, plan, &verdict, &json, &files);
}

int
cli_check(Cli *cli)
{
	size_t len = cli->options.arguments.len, i;
	Plan **plans = ARENA_ARRAY(cli->arena, Plan *, len);
	Buf looked_at = buf_make(cli->arena);
	DiagVerdict verdict;

	for (i = 0; i < len; i++) {
		plans[i] = cli_load(cli, cli->options.arguments.items[i]);
		/* Why is a complaint or a finding; the other specs are checked all the same. */
		if (plans[i] == NULL)
			continue;
		buf_lit(&looked_at, looked_at.len > 0 ? "; " : "");
		buf_str(&looked_at, cli_looked_at(cli, plans[i]));
	}
	for (i = 0; i < len; i++)
		check_templates(cli, cli->options.arguments.items[i], plans[i]);
	verdict = diag_verdict(cli->sink);
	/* "No problems" would be a lie about a spec that could not be read. */
	if (verdict.len > 0 || looked_at.len > 0)
		cli_report(cli, &verdict, OS_STDOUT, buf_text(&looked_at));
	return cli_exit_status(cli, &verdict);
}
