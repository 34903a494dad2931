/* From a path on the command line to a plan with its findings. */
#include "cli/cli_int.h"

int32_t
cli_today(const Cli *cli)
{
	Str epoch = os_environment("SOURCE_DATE_EPOCH");
	uint64_t seconds;

	if (cli->options.has_today)
		return cli->options.today;
	/* Seconds (reproducible-builds.org); the limit keeps the days in their type. */
	if (base_parse_number(epoch, (uint64_t)INT32_MAX * 86400, &seconds))
		return (int32_t)(seconds / 86400);
	return os_today();
}

IoStatus
cli_read_input(Cli *cli, Str path, size_t limit, Str *ret_text)
{
	if (STR_EQ(path, "-"))
		return os_read_stream(OS_STDIN, cli->arena, limit, ret_text);
	return cli->io->read(cli->io, cli->arena, path, limit, ret_text);
}

Str
cli_input_name(Str path)
{
	return STR_EQ(path, "-") ? STR("<stdin>") : path;
}

/* A plan is made even of a spec with a file missing: reports count what was looked at. */
static Plan *
plan_of(Cli *cli, Str path, const Model *model)
{
	RuleInput input = {.model = model, .today = cli_today(cli)};
	State *state;
	Plan *plan;
	CliLock lock;

	cli_find_lock(cli, path, &lock);
	cli->lock = (ViewLock){lock.path, lock.text, lock.resolved_at};
	state = state_with_dns(model, lock.source);
	plan = cli_plan_state(cli, state);
	input.state = state;
	input.plan = plan;
	input.resolved_at = lock.resolved_at;
	input.lock_span = lock.span;
	input.lock_failed = lock.failed;
	/* With a file missing nobody knows what a rule would say. */
	if (model->usable)
		rules_run(&input, cli->sink);
	return plan;
}

void
cli_report_too_big(Cli *cli, Str path, const char *help)
{
	Span span = {source_add(cli->sources, path, STR("")), 0, 0};
	Diag *diag = diag_report(cli->sink, DIAG_INPUT_LIMIT, span,
		"the file is larger than %d MiB", (int)(DOC_MAX_FILE >> 20));

	diag_help(cli->sink, diag, "%s", help);
}

/* Too big is a fault of the spec (findings); all else is what the system refused. */
static void
cannot_read(Cli *cli, Str path, IoStatus status)
{
	if (status == IO_TOO_BIG)
		cli_report_too_big(cli, path, "split it, and name the parts under `imports`");
	else
		cli_io_error(cli, "cannot read", path, status);
}

/* Without a name for it there is no folder that a path in the spec could be relative to. */
ModelOptions
cli_model_options(const Cli *cli, Str path)
{
	return (ModelOptions){.io = cli->io,
		.import_root = cli->options.import_root,
		.no_imports = STR_EQ(path, "-") && cli->options.stdin_filename.ptr == NULL};
}

static Model *
load_stdin(Cli *cli, const ModelOptions *options)
{
	Str text, name = cli->options.stdin_filename;
	IoStatus status = cli_read_input(cli, STR("-"), DOC_MAX_FILE, &text);

	if (status != IO_OK) {
		cannot_read(cli, STR("standard input"), status);
		return NULL;
	}
	return model_load_text(cli->arena, cli->sink, options,
		name.ptr == NULL ? cli_input_name(STR("-")) : name, text);
}

/* --organization stands for the spec's: in every comparison, and in the scripts. */
static void
stand_in_organization(const Cli *cli, Model *model)
{
	FieldText *organization = &model->spec->tenant.organization;

	if (cli->options.organization.len > 0)
		*organization = (FieldText){.text = cli->options.organization,
			.span = organization->span,
			.state = FIELD_SET};
}

Model *
cli_load_model(Cli *cli, Str path)
{
	ModelOptions options = cli_model_options(cli, path);
	Model *model = NULL;
	IoStatus status;

	diag_begin_spec(cli->sink);
	if (STR_EQ(path, "-")) {
		model = load_stdin(cli, &options);
	} else {
		status = model_load(cli->arena, cli->sink, &options, path, &model);
		if (status != IO_OK)
			cannot_read(cli, path, status);
	}
	if (model == NULL)
		return NULL;
	stand_in_organization(cli, model);
	/* --lang is stronger than the language that the spec asks for. */
	if (!cli->options.has_language)
		cli->options.language = view_language(model);
	return model;
}

Plan *
cli_load(Cli *cli, Str path)
{
	const Model *model = cli_load_model(cli, path);

	return model == NULL ? NULL : plan_of(cli, path, model);
}

/* What there is none of is not worth a word. */
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

/* On standard error: it is no finding, and no format of findings has a place for it. */
void
cli_tell_unevaluated(Cli *cli, const Plan *plan)
{
	StrVec sentences = {0};
	size_t i;

	view_unevaluated(cli->arena, plan->after, DIAG_EN, &sentences);
	for (i = 0; i < sentences.len; i++)
		cli_complain(cli, STR_FMT ": not checked: " STR_FMT,
			STR_ARG(plan->model->files.items[0].path), STR_ARG(sentences.items[i]));
}

/* Nothing was looked at, so that no count stands in the report. */
int
cli_unread(Cli *cli)
{
	DiagVerdict verdict = diag_verdict(cli->sink);

	if (verdict.len > 0)
		cli_report(cli, &verdict, OS_STDERR, (Str){0});
	return cli_exit_status(cli, &verdict);
}
