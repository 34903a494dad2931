/* From a path on the command line to a plan with its findings. */
#include "cli/cli_int.h"

int32_t
cli_today(const Cli *cli)
{
	Str epoch = os_environment("SOURCE_DATE_EPOCH");
	uint64_t seconds;

	if (cli->options.has_today)
		return cli->options.today;
	if (base_parse_number(epoch, (uint64_t)INT32_MAX * 86400, &seconds))
		return (int32_t)(seconds / 86400);
	return os_today();
}

static Plan *
plan_of(Cli *cli, const Model *model)
{
	State *state = state_of_spec(model);
	Plan *plan = plan_build(state);
	RuleInput input = {.model = model, .state = state, .plan = plan, .today = cli_today(cli)};

	/* With a file missing nobody knows what a rule would say. */
	if (model->usable)
		rules_run(&input, cli->sink);
	return plan;
}

static Model *
load_stdin(Cli *cli, const ModelOptions *options)
{
	ModelOptions own = *options;
	Str text, name = cli->options.stdin_filename;
	IoStatus status = os_read_stream(OS_STDIN, cli->arena, DOC_MAX_FILE, &text);

	if (status != IO_OK) {
		cli_io_error(cli, "cannot read", STR("standard input"), status);
		return NULL;
	}
	own.no_imports = name.ptr == NULL;
	return model_load_text(
		cli->arena, cli->sink, &own, name.ptr == NULL ? STR("<stdin>") : name, text);
}

Plan *
cli_load(Cli *cli, Str path)
{
	ModelOptions options = {.io = cli->io, .import_root = cli->options.import_root};
	Model *model = NULL;
	IoStatus status;

	if (STR_EQ(path, "-")) {
		model = load_stdin(cli, &options);
	} else {
		status = model_load(cli->arena, cli->sink, &options, path, &model);
		if (status != IO_OK)
			cli_io_error(cli, "cannot read", path, status);
	}
	if (model == NULL)
		return NULL;
	if (!cli->options.has_language)
		cli->options.language = view_language(model);
	return plan_of(cli, model);
}

static void
add_count(Buf *buf, size_t count, const char *one, const char *many)
{
	if (count == 0)
		return;
	buf_printf(buf, "%s%zu %s", buf->len > 0 ? ", " : "", count, count == 1 ? one : many);
}

Str
cli_looked_at(Cli *cli, const Plan *plan)
{
	const Model *model = plan->model;
	Buf counts = buf_make(cli->arena);

	add_count(&counts, model->hosts_len, "relay host", "relay hosts");
	add_count(&counts, model->gateways_len, "gateway", "gateways");
	add_count(&counts, model->egress_len, "egress object", "egress objects");
	add_count(&counts, plan->connectors.len, "connector", "connectors");
	add_count(&counts, model->domains_len, "domain", "domains");
	return str_format(cli->arena, STR_FMT ": " STR_FMT, STR_ARG(model->files.items[0].path),
		STR_ARG(counts.len > 0 ? buf_text(&counts) : STR("nothing in it")));
}
