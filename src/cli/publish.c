/* The outputs of `build` and `plan`: every file made, then into the folder, all or none. */
#include "cli/cli_int.h"

/* All files. plan.json comes last: it lists the hash of every other file, and once it is
 * published the rest is there. */
bool
cli_render_all(Cli *cli, const Plan *plan, const DiagVerdict *verdict, EmitFiles *ret_files)
{
	Json *json;
	size_t i;

	if (!cli_render(cli, cli->options.arguments.items[0], plan, verdict, &json, ret_files))
		return false;
	for (i = 0; i < ret_files->len; i++)
		view_add_output(cli->arena, json, ret_files->items[i].path,
			sha256_hex(cli->arena, ret_files->items[i].bytes));
	VEC_PUSH(cli->arena, ret_files, emit_plan(json));
	return true;
}

/* For publishing, which knows no signals. */
static bool
asked_to_stop(void)
{
	return os_signal() != 0;
}

Str
cli_output_folder(const Cli *cli)
{
	Str dir = cli->options.output;

	while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
		dir.len--;
	return dir;
}

/* Git may have it, or nobody: whoever edited a file that is made from the spec has to know. */
static void
tell_losses(Cli *cli, const EmitLosses *losses)
{
	size_t i;

	for (i = 0; i < losses->len; i++) {
		const EmitLoss *loss = &losses->items[i];

		cli_complain(cli, "%s `" STR_FMT "`, %s", loss->how,
			STR_ARG(path_join(cli->arena, cli_output_folder(cli), loss->path)),
			loss->what);
	}
}

/* Whether no output would replace what it is made of. */
static bool
may_publish(Cli *cli, const EmitFiles *files)
{
	Str dir = cli_output_folder(cli), place;
	Map inputs;
	size_t i;

	/* A folder that is still to be made holds no input. */
	if (cli->io->resolve(cli->io, cli->arena, dir, &place) != IO_OK)
		return true;
	cli_find_inputs(cli, &inputs);
	for (i = 0; i < files->len; i++) {
		Str path = files->items[i].path;

		if (map_find(&inputs, path_join(cli->arena, place, path)) != MAP_NONE)
			return cli_refuse_input(cli, path_join(cli->arena, dir, path));
	}
	return true;
}

/* What an interrupted run says is its exit status, set in main(); there is no sentence. */
bool
cli_publish(Cli *cli, const EmitFiles *files)
{
	EmitLosses losses = {0};
	EmitTarget target = {.io = cli->io,
		.dir = cli->options.output,
		.stop = asked_to_stop,
		.losses = &losses};
	EmitTrouble trouble = {.step = "cannot write", .path = cli->options.output};
	IoStatus status;

	if (!may_publish(cli, files))
		return false;
	status = emit_publish(cli->arena, &target, files, &trouble);
	tell_losses(cli, &losses);
	if (status == IO_INTERRUPTED)
		cli->status = CLI_IO;
	else if (status != IO_OK)
		cli_io_error(cli, trouble.step, trouble.path, status);
	return status == IO_OK;
}
