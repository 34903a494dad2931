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

const DnsSource *
cli_load_lock(Cli *cli)
{
	Str path = cli->options.lock.ptr != NULL ? cli->options.lock : DEFAULT_LOCK, text;
	bool is_stdin = STR_EQ(path, "-");
	DnsLockError error;
	DnsLock *lock;
	IoStatus status;

	if (is_stdin)
		status = os_read_stream(OS_STDIN, cli->arena, DNS_LOCK_MAX, &text);
	else
		status = cli->io->read(cli->io, cli->arena, path, DNS_LOCK_MAX, &text);
	if (is_stdin)
		path = STR("<stdin>");
	if (status != IO_OK) {
		cli_io_error(cli, "cannot read", path, status);
		return NULL;
	}
	if (!dns_lock_read(cli->arena, text, &lock, &error)) {
		complain_at(cli, path, text, &error);
		return NULL;
	}
	return dns_lock_source(lock, cli->options.closed_world);
}
