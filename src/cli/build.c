/* Check, render everything in memory, write all or none. */
#include "cli/cli_int.h"

/* One path a line and nothing else on standard output, so that it can be piped on. */
static void
print_files(Cli *cli, const EmitFiles *files)
{
	Buf list = buf_make(cli->arena);
	Str dir = cli_output_folder(cli);
	size_t i;

	for (i = 0; i < files->len; i++) {
		buf_str(&list, dir);
		buf_char(&list, '/');
		buf_str(&list, files->items[i].path);
		buf_char(&list, '\n');
	}
	cli_print(cli, OS_STDOUT, buf_text(&list));
}

/* For people alone, beside the findings: standard output is a list of files. */
static void
print_price(Cli *cli, const Plan *plan)
{
	Buf text = buf_make(cli->arena);

	if (cli->options.formats.len > 0)
		return;
	view_spf_price(&text, plan->after, false);
	cli_print(cli, OS_STDERR, buf_text(&text));
}

int
cli_build(Cli *cli)
{
	EmitFiles files = {0};
	DiagVerdict verdict;
	Plan *plan;
	bool good;

	if (cli->options.output.ptr == NULL) {
		cli_complain(cli, "build wants a folder for its outputs: -o DIR");
		return CLI_USAGE;
	}
	plan = cli_load(cli, cli->options.arguments.items[0]);
	if (plan == NULL)
		return cli_unread(cli);
	verdict = diag_verdict(cli->sink);
	cli_tell_unevaluated(cli, plan);
	good = !verdict.failed && cli->status == CLI_CLEAN &&
	       cli_render_all(cli, plan, &verdict, &files);
	/* A template may have brought findings of its own. */
	verdict = diag_verdict(cli->sink);
	/* Before publishing: findings are told even where the disk then refuses a file. */
	cli_report(cli, &verdict, OS_STDERR, cli_looked_at(cli, plan));
	if (good)
		print_price(cli, plan);
	if (good && cli_publish(cli, &files))
		print_files(cli, &files);
	return cli_exit_status(cli, &verdict);
}
