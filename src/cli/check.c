/* Findings only. All specs share one sink, so that one report and one exit status cover them. */
#include "cli/cli_int.h"

int
cli_check(Cli *cli)
{
	Buf looked_at = buf_make(cli->arena);
	DiagVerdict verdict;
	size_t i;

	if (cli->options.live.ptr != NULL) {
		if (cli->options.arguments.len > 1) {
			cli_complain(cli, "--live is the state of one tenant: it takes one spec");
			return CLI_USAGE;
		}
		cli_read_live(cli);
	}
	for (i = 0; i < cli->options.arguments.len; i++) {
		Plan *plan = cli_load(cli, cli->options.arguments.items[i]);

		/* Why is a complaint or a finding; the other specs are checked all the same. */
		if (plan == NULL)
			continue;
		buf_lit(&looked_at, looked_at.len > 0 ? "; " : "");
		buf_str(&looked_at, cli_looked_at(cli, plan));
	}
	verdict = diag_verdict(cli->sink);
	/* "No problems" would be a lie about a spec that could not be read. */
	if (verdict.len > 0 || looked_at.len > 0)
		cli_report(cli, &verdict, OS_STDOUT, buf_text(&looked_at));
	return cli_exit_status(cli, &verdict);
}
