/* A starter: a spec that checks clean, its schema for editors, and the script that exports a
 * tenant. */
#include "cli/cli_int.h"

static Str
starter_spec(Cli *cli)
{
	Buf text = buf_make(cli->arena);

	model_starter(cli->arena, &text);
	return buf_text(&text);
}

static Str
starter_schema(Cli *cli)
{
	Buf text = buf_make(cli->arena);

	json_write_pretty(&text, model_json_schema(cli->arena));
	return buf_text(&text);
}

/* Says what it did; a file that is there already stays as it is. */
static void
write_starter(Cli *cli, Str dir, Str name, Str bytes)
{
	Str path = path_join(cli->arena, dir, name), line;
	IoStatus status = cli->io->write(cli->io, path, bytes);

	if (status != IO_OK && status != IO_EXISTS) {
		/* The file is ours: one that was there before gives IO_EXISTS. */
		(void)cli->io->remove_file(cli->io, path);
		cli_io_error(cli, "cannot write", path, status);
		return;
	}
	line = str_format(
		cli->arena, "%s " STR_FMT "\n", status == IO_OK ? "wrote" : "kept", STR_ARG(path));
	cli_print(cli, OS_STDOUT, line);
}

/* Parents first. What is there already, folder or not, is left: if it is no folder, the first write
 * into it fails with a sentence of its own. */
static IoStatus
make_folder(Cli *cli, Str dir)
{
	IoKind kind;
	IoStatus status = cli->io->kind(cli->io, dir, &kind);

	if (status != IO_OK || kind != IO_KIND_NONE || STR_EQ(dir, ".") || STR_EQ(dir, "/"))
		return status;
	status = make_folder(cli, path_dir(dir));
	return status == IO_OK ? cli->io->make_dir(cli->io, dir) : status;
}

int
cli_init(Cli *cli)
{
	Str dir = cli->options.arguments.len > 0 ? cli->options.arguments.items[0] : STR(".");
	EmitFile script = emit_export_script(cli->arena);
	IoStatus status;

	/* With `a/` path_dir() would give `a` itself as its parent. */
	while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
		dir.len--;
	status = make_folder(cli, dir);
	if (status != IO_OK) {
		cli_io_error(cli, "cannot make", dir, status);
		return CLI_IO;
	}
	write_starter(cli, dir, STR("mailflow.yaml"), starter_spec(cli));
	write_starter(cli, dir, STR("mailflow.schema.json"), starter_schema(cli));
	write_starter(cli, dir, script.path, script.bytes);
	return cli->status;
}
