/* Reads the lock for commands that work on DNS answers. */
#include "cli/cli_int.h"

#define DEFAULT_LOCK STR("mailflow.lock.json")

/* A place in a file that is no spec: a complaint, since it is no finding about the spec either. */
static void
complain_at(Cli *cli, Str path, Str text, const DnsLockError *error)
{
	uint32_t file = source_add(cli->sources, path, text);
	Position position = source_position(cli->sources, file, (uint32_t)error->offset);

	cli_complain(cli, STR_FMT ":%u:%u: " STR_FMT, STR_ARG(path), position.line, position.column,
		STR_ARG(error->message));
	cli->status = CLI_IO;
}

Str
cli_lock_path(Cli *cli, Str spec)
{
	if (cli->options.lock.ptr != NULL)
		return cli->options.lock;
	if (STR_EQ(spec, "-"))
		spec = cli->options.stdin_filename;
	if (spec.ptr == NULL)
		return (Str){0};
	return path_join(cli->arena, path_dir(spec), DEFAULT_LOCK);
}

bool
cli_read_lock(Cli *cli, Str path, DnsLock **ret_lock)
{
	bool is_stdin = STR_EQ(path, "-");
	DnsLockError error;
	IoStatus status;
	Str text;

	if (is_stdin)
		status = os_read_stream(OS_STDIN, cli->arena, DNS_LOCK_MAX, &text);
	else
		status = cli->io->read(cli->io, cli->arena, path, DNS_LOCK_MAX, &text);
	if (is_stdin)
		path = STR("<stdin>");
	if (status != IO_OK) {
		cli_io_error(cli, "cannot read", path, status);
		return false;
	}
	if (!dns_lock_read(cli->arena, text, ret_lock, &error)) {
		complain_at(cli, path, text, &error);
		return false;
	}
	return true;
}

const DnsSource *
cli_load_lock(Cli *cli)
{
	Str path = cli->options.lock.ptr != NULL ? cli->options.lock : DEFAULT_LOCK;
	DnsLock *lock;

	return cli_read_lock(cli, path, &lock) ? dns_lock_source(lock, cli->options.closed_world)
					       : NULL;
}
