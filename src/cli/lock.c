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

/* Beside the spec; a spec from a stream stands nowhere, unless it is told where. */
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

/* The lock of a text; false after a complaint. */
static bool
parse_lock(Cli *cli, Str path, Str text, DnsLock **ret_lock)
{
	DnsLockError error;

	if (dns_lock_read(cli->arena, text, ret_lock, &error))
		return true;
	complain_at(cli, path, text, &error);
	return false;
}

bool
cli_read_lock(Cli *cli, Str path, DnsLock **ret_lock)
{
	Str text;
	IoStatus status = cli_read_input(cli, path, DNS_LOCK_MAX, &text);

	path = cli_input_name(path);
	if (status != IO_OK) {
		cli_io_error(cli, "cannot read", path, status);
		return false;
	}
	return parse_lock(cli, path, text, ret_lock);
}

const DnsSource *
cli_load_lock(Cli *cli)
{
	Str path = cli->options.lock.ptr != NULL ? cli->options.lock : DEFAULT_LOCK;
	DnsLock *lock;

	return cli_read_lock(cli, path, &lock) ? dns_lock_source(lock, cli->options.closed_world)
					       : NULL;
}

/* --- of a spec -------------------------------------------------------------------------------- */

static Span
resolved_at_span(Cli *cli, Str path, Str text)
{
	uint32_t file = source_add(cli->sources, path, text);
	size_t start, end;

	if (!json_locate(cli->arena, text, STR("resolved_at"), &start, &end))
		start = end = 0;
	return (Span){file, (uint32_t)start, (uint32_t)end};
}

void
cli_find_lock(Cli *cli, Str spec, CliLock *ret_lock)
{
	Str path = cli_lock_path(cli, spec), text;
	DnsLock *lock;
	IoStatus status;

	*ret_lock = (CliLock){0};
	if (path.ptr == NULL)
		return;
	status = cli_read_input(cli, path, DNS_LOCK_MAX, &text);
	path = cli_input_name(path);
	if (io_is_absent(status) && cli->options.lock.ptr == NULL)
		return;
	ret_lock->failed = true;
	if (status != IO_OK) {
		cli_io_error(cli, "cannot read", path, status);
		return;
	}
	if (!parse_lock(cli, path, text, &lock))
		return;
	ret_lock->failed = false;
	ret_lock->path = path;
	ret_lock->text = text;
	ret_lock->source = dns_lock_source(lock, false);
	ret_lock->resolved_at = dns_lock_resolved_at(lock);
	ret_lock->span = resolved_at_span(cli, path, text);
}

const ViewLock *
cli_view_lock(const Cli *cli)
{
	return cli->lock.path.ptr == NULL ? NULL : &cli->lock;
}
