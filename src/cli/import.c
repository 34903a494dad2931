/* An existing tenant becomes a spec, which is proved before anybody sees it. */
#include "cli/cli_int.h"

/* Limits are findings of the reader, and data of the state: a rule would tell of those. */
static bool
is_too_large(Cli *cli, const DiagSink *sink, const State *state)
{
	size_t i;

	for (i = 0; i < sink->items.len; i++) {
		if (sink->items.items[i].code == DIAG_INPUT_LIMIT)
			break;
	}
	if (i == sink->items.len && state->limits.len == 0)
		return false;
	cli_complain(cli, "`" STR_FMT "` holds more than one spec can: nothing was written",
		STR_ARG(cli->live->path));
	cli->status = CLI_IO;
	return true;
}

/*
 * The law: the spec reads without an error, and a plan against the export has no difference. Only
 * the limits of a spec are no mistake of ours.
 */
static const Model *
prove(Cli *cli, Str text)
{
	DiagSink *sink = diag_sink(cli->arena, cli->sources);
	ModelOptions options = {.io = cli->io, .no_imports = true};
	const PlanOptions plan_options = {0};
	Model *model = model_load_text(cli->arena, sink, &options, STR("<import>"), text);
	State *state = state_of_spec(model);
	const Plan *plan = plan_compare(state_of_live(cli->arena, cli->live), state, &plan_options);

	if (is_too_large(cli, sink, state))
		return NULL;
	ASSERT(!diag_has_errors(sink, 0));
	ASSERT(plan->differences == 0);
	return model;
}

/* Says what it did, and what it could not do. */
static void
write_spec(Cli *cli, Str text, Str counts)
{
	Str path = cli->options.output;
	IoStatus status = cli->io->write(cli->io, path, text);

	if (status == IO_EXISTS) {
		cli_complain(cli,
			"`" STR_FMT "` is there already, and `import` overwrites nothing: name "
			"another file with -o and compare the two, or move that one away",
			STR_ARG(path));
		cli->status = CLI_IO;
	} else if (status != IO_OK) {
		/* The file is ours: one that was there before gives IO_EXISTS. */
		(void)cli->io->remove_file(cli->io, path);
		cli_io_error(cli, "cannot write", path, status);
	} else {
		cli_print(cli, OS_STDOUT,
			str_format(cli->arena, "wrote " STR_FMT ": " STR_FMT "\n", STR_ARG(path),
				STR_ARG(counts)));
	}
}

/* "1 connector", "2 connectors" */
static Str
count(Cli *cli, size_t number, const char *thing)
{
	return str_format(cli->arena, "%zu %s%s", number, thing, number == 1 ? "" : "s");
}

int
cli_import(Cli *cli)
{
	const DnsSource *dns = NULL;
	const Model *model;
	size_t left_out;
	Str text;

	if (cli->options.live.ptr == NULL) {
		cli_complain(cli, "import wants the tenant's state: --live EXPORT");
		return CLI_USAGE;
	}
	/* Of an export that is wrong in a place nothing is imported: a plan would not take it. */
	if (!cli_read_live(cli))
		return cli_unread(cli);
	/* No lock by default: beside a spec that is not there yet none can stand. */
	if (cli->options.lock.ptr != NULL) {
		dns = cli_load_lock(cli);
		if (dns == NULL)
			return cli->status;
	}
	text = import_spec(cli->arena, cli->live, dns);
	model = prove(cli, text);
	if (model == NULL)
		return cli->status;
	/* Found by counting, so that what the comments say and what is said here agree. */
	left_out = cli->live->connectors.len - model->connectors_len;
	if (left_out > 0)
		cli_complain(cli, STR_FMT " cannot be said in a spec: see its comments",
			STR_ARG(count(cli, left_out, "connector")));
	if (cli->options.output.ptr == NULL)
		cli_print(cli, OS_STDOUT, text);
	else
		write_spec(cli, text,
			str_format(cli->arena, STR_FMT ", " STR_FMT ", " STR_FMT,
				STR_ARG(count(cli, model->connectors_len, "connector")),
				STR_ARG(count(cli, model->egress_len, "egress object")),
				STR_ARG(count(cli, model->domains_len, "domain"))));
	return cli->status;
}
