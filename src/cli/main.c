/* Start and end of the process: what is set up once, and how the exit status is made. */
#include "cli/cli_int.h"

#include <stdio.h>
#include <stdlib.h>

const CliCommandRow cli_commands[] = {
#define COMMAND(enumerator, name, arguments, function, summary, least, most)                       \
	[CLI_##enumerator] = {name, arguments, summary, function, least, most},
#include "cli/commands.def"
#undef COMMAND
};

/* Nothing can be relied on any more: no arena, no Io, and no handlers at exit. */
static void
on_panic(const char *sentence)
{
	fprintf(stderr,
		"connplan: %s\nconnplan: this is a fault of the program or the machine, not of "
		"your "
		"spec\n",
		sentence);
	_Exit(CLI_BUG);
}

static int
run(Cli *cli, int argc, char **argv)
{
	if (!cli_parse(cli, argc, argv))
		return CLI_USAGE;
	if (cli->options.version) {
		cli_print_version(cli);
		return cli->status;
	}
	if (cli->options.help) {
		cli_print_help(cli, cli->options.command != CLI_COMMANDS);
		return cli->status;
	}
	return cli_commands[cli->options.command].function(cli);
}

int
main(int argc, char **argv)
{
	Cli cli = {0};
	int status;

	panic_set_handler(on_panic);
	/* A spec made on purpose must not slow the hash tables down; no output depends on it. */
	map_seed(os_random());
	os_watch_signals();
	cli.arena = arena_create();
	cli.io = io_system(cli.arena);
	cli.sources = source_set(cli.arena);
	cli.sink = diag_sink(cli.arena, cli.sources);
	status = run(&cli, argc, argv);
	/* As shells report a program that a signal ended. */
	if (os_signal() != 0)
		status = 128 + os_signal();
	arena_destroy(cli.arena);
	return status;
}
