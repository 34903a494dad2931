/* Check, render everything in memory, write all or none. */
#include "cli/cli_int.h"

typedef VEC(EmitTemplate) Templates;

/* The endings tell how text is escaped. Other files in the folder (a README) are left alone. */
static bool
is_template(Str name)
{
	return str_ends(name, STR(".md.mustache")) || str_ends(name, STR(".html.mustache")) ||
	       str_ends(name, STR(".csv.mustache"));
}

static bool
read_template(Cli *cli, const FieldText *folder, Str dir, Str name, Templates *templates)
{
	EmitTemplate *template = VEC_ADD(cli->arena, templates);
	IoStatus status;

	template->path = path_join(cli->arena, dir, name);
	template->name = str_slice(name, 0, name.len - STR(".mustache").len);
	/* DOC_MAX_SCALAR * 16 is 1 MiB: far above any page that a person writes. */
	status = cli->io->read(
		cli->io, cli->arena, template->path, DOC_MAX_SCALAR * 16, &template->text);
	if (status == IO_OK && utf8_valid_until(template->text) == template->text.len)
		return true;
	diag_report(cli->sink, DIAG_IMPORT_FAILED, folder->span,
		"cannot read the template `" STR_FMT "`: %s", STR_ARG(template->path),
		status == IO_OK ? "not UTF-8" : io_status_text(status));
	return false;
}

/* The user's templates: NAME.md.mustache makes, or replaces, the output NAME.md. */
static bool
read_templates(Cli *cli, const Model *model, Templates *templates)
{
	const FieldText *folder = &model->spec->documents.templates;
	ModelOptions options = {.io = cli->io, .import_root = cli->options.import_root};
	Str dir;
	StrVec names = {0};
	IoStatus status;
	bool good = true;
	size_t i;

	if (folder->state != FIELD_SET)
		return true;
	dir = path_join(cli->arena, path_dir(model->files.items[0].path), folder->text);
	/* A spec of somebody else must not read any folder of the machine: as for imports. */
	status = model_is_inside_root(cli->arena, &options, model->files.items[0].path, dir)
			 ? cli->io->list(cli->io, cli->arena, dir, &names)
			 : IO_NOT_PERMITTED;
	if (status != IO_OK) {
		Diag *diag = diag_report(cli->sink, DIAG_IMPORT_FAILED, folder->span,
			"cannot read the folder of templates `" STR_FMT "`: %s",
			STR_ARG(folder->text),
			status == IO_NOT_PERMITTED ? "it is not readable, or lies outside the "
						     "import root"
						   : io_status_text(status));

		diag_path(diag, STR("documents/templates"));
		return false;
	}
	/* Goes on after a bad one, so that one run tells of all. */
	for (i = 0; i < names.len; i++) {
		if (is_template(names.items[i]))
			good = read_template(cli, folder, dir, names.items[i], templates) && good;
	}
	return good;
}

/* A mistake in a template of the user is a finding in that file. */
static void
report_template(Cli *cli, const Templates *templates, const EmitError *error)
{
	Span span = {0};
	size_t i;

	for (i = 0; i < templates->len; i++) {
		if (!str_equal(templates->items[i].path, error->name))
			continue;
		span.file = source_add(
			cli->sources, templates->items[i].path, templates->items[i].text);
		span.start = (uint32_t)error->offset;
		span.end = span.start + 1;
	}
	/* No template of the user has that name: the mistake stands in one of ours. */
	if (span.file == 0)
		panic("template " STR_FMT ": " STR_FMT, STR_ARG(error->name),
			STR_ARG(error->message));
	diag_report(cli->sink, DIAG_BAD_VALUE, span, "in a template: " STR_FMT,
		STR_ARG(error->message));
}

/* All files in memory. plan.json comes last: it lists the hash of every other file, and once it is
 * published the rest is there. */
static bool
render(Cli *cli, const Plan *plan, const DiagVerdict *verdict, EmitFiles *ret_files)
{
	ViewInput input = {.plan = plan,
		.verdict = verdict,
		.language = cli->options.language,
		.version = STR(CONNPLAN_VERSION)};
	Json *json = view_plan(cli->arena, &input);
	EmitInput emit = {.plan = json, .document = view_document(cli->arena, &input, json)};
	Templates templates = {0};
	EmitError error;
	size_t i;

	if (!read_templates(cli, plan->model, &templates))
		return false;
	emit.templates = templates.items;
	emit.templates_len = templates.len;
	if (!emit_files(cli->arena, &emit, ret_files, &error)) {
		report_template(cli, &templates, &error);
		return false;
	}
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

/* One path a line and nothing else on standard output, so that it can be piped on. */
static void
print_files(Cli *cli, const EmitFiles *files)
{
	Buf list = buf_make(cli->arena);
	Str dir = cli->options.output;
	size_t i;

	while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
		dir.len--;
	for (i = 0; i < files->len; i++) {
		buf_str(&list, dir);
		buf_char(&list, '/');
		buf_str(&list, files->items[i].path);
		buf_char(&list, '\n');
	}
	cli_print(cli, OS_STDOUT, buf_text(&list));
}

/* What an interrupted run says is its exit status, set in main(); there is no sentence. */
static void
publish(Cli *cli, const EmitFiles *files)
{
	EmitTarget target = {.io = cli->io, .dir = cli->options.output, .stop = asked_to_stop};
	EmitTrouble trouble = {.step = "cannot write", .path = cli->options.output};
	IoStatus status = emit_publish(cli->arena, &target, files, &trouble);

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
	good = !verdict.failed && render(cli, plan, &verdict, &files);
	/* A template may have brought findings of its own. */
	verdict = diag_verdict(cli->sink);
	/* Before publishing: findings are told even where the disk then refuses a file. */
	cli_report(cli, &verdict, OS_STDERR, cli_looked_at(cli, plan));
	if (good)
		publish(cli, &files);
	return cli_exit_status(cli, &verdict);
}
