/* Check, render everything in memory, write all or none. */
#include "cli/cli_int.h"

/* All files in memory. plan.json comes last: it lists the hash of every other file, and once it is
 * published the rest is there. */
static bool
render(Cli *cli, const Plan *plan, const DiagVerdict *verdict, EmitFiles *ret_files)
{
	Json *json;
	size_t i;

	if (!cli_render(cli, cli->options.arguments.items[0], plan, verdict, &json, ret_files))
		return false;
	for (i = 0; i < ret_files->len; i++)
		view_add_output(cli->arena, json, ret_files->items[i].path,
			sha256_hex(cli->arena, ret_files->items[i].bytes));
	VEC_PUSH(cli->arena, ret_files, emit_plan(cli->arena, json));
	return true;
}

/* For publishing, which knows no signals. */
static bool
asked_to_stop(void)
{
	return os_signal() != 0;
}

static Str
output_folder(const Cli *cli)
{
	Str dir = cli->options.output;

	while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
		dir.len--;
	return dir;
}

/* One path a line and nothing else on standard output, so that it can be piped on. */
static void
print_files(Cli *cli, const EmitFiles *files)
{
	Buf list = buf_make(cli->arena);
	Str dir = output_folder(cli);
	size_t i;

	for (i = 0; i < files->len; i++) {
		buf_str(&list, dir);
		buf_char(&list, '/');
		buf_str(&list, files->items[i].path);
		buf_char(&list, '\n');
	}
	cli_print(cli, OS_STDOUT, buf_text(&list));
}

/* Git may have it, or nobody: whoever edited a file that is made from the spec has to know. */
static void
tell_losses(Cli *cli, const EmitLosses *losses)
{
	size_t i;

	for (i = 0; i < losses->len; i++) {
		const EmitLoss *loss = &losses->items[i];

		cli_complain(cli, "%s `" STR_FMT "`, %s", loss->how,
			STR_ARG(path_join(cli->arena, output_folder(cli), loss->path)), loss->what);
	}
}

/* What an interrupted run says is its exit status, set in main(); there is no sentence. */
static void
publish(Cli *cli, const EmitFiles *files)
{
	EmitLosses losses = {0};
	EmitTarget target = {.io = cli->io,
		.dir = cli->options.output,
		.stop = asked_to_stop,
		.losses = &losses};
	EmitTrouble trouble = {.step = "cannot write", .path = cli->options.output};
	IoStatus status = emit_publish(cli->arena, &target, files, &trouble);

	tell_losses(cli, &losses);
	if (status == IO_OK)
		print_files(cli, files);
	else if (status != IO_INTERRUPTED)
		cli_io_error(cli, trouble.step, trouble.path, status);
	else
		cli->status = CLI_IO;
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
	good = !verdict.failed && cli->status == CLI_CLEAN && render(cli, plan, &verdict, &files);
	/* A template may have brought findings of its own. */
	verdict = diag_verdict(cli->sink);
	/* Before publishing: findings are told even where the disk then refuses a file. */
	cli_report(cli, &verdict, OS_STDERR, cli_looked_at(cli, plan));
	if (good)
		publish(cli, &files);
	return cli_exit_status(cli, &verdict);
}
