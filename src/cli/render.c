/* From a plan to its files in memory, with the templates that the user has in a folder. */
#include "cli/cli_int.h"

/* Far above any page that a person writes, and any number of them. */
#define TEMPLATE_MAX  ((size_t)1 << 20)
#define TEMPLATES_MAX 100u

#define ENDING ".mustache"

typedef struct Templates {
	const FieldText *folder;
	const ModelOptions *options;
	Str spec_path, dir;
	VEC(EmitTemplate) items;
} Templates;

static Diag *
report(Cli *cli, const Templates *templates, DiagCode code, Str message)
{
	Diag *diag =
		diag_report(cli->sink, code, templates->folder->span, STR_FMT, STR_ARG(message));

	diag_path(diag, STR("documents/templates"));
	return diag;
}

static void
report_outside(Cli *cli, const Templates *templates, const char *what, Str path)
{
	Diag *diag = report(cli, templates, DIAG_IMPORT_FAILED,
		str_format(cli->arena,
			"cannot read the %s `" STR_FMT "`: it lies outside the import root", what,
			STR_ARG(path)));

	diag_help(cli->sink, diag, "move it, or name a wider root with --import-root");
}

/* As for imports: a spec of somebody else must not read any file of the machine, also not through
 * a link. */
static bool
locate(Cli *cli, const Templates *templates, const char *what, Str path, Str *ret_resolved)
{
	IoStatus status = cli->io->resolve(cli->io, cli->arena, path, ret_resolved);

	if (status != IO_OK) {
		report(cli, templates, DIAG_IMPORT_FAILED,
			str_format(cli->arena, "cannot read the %s `" STR_FMT "`: %s", what,
				STR_ARG(path), io_status_text(status)));
		return false;
	}
	if (model_is_inside_root(
		    cli->arena, templates->options, templates->spec_path, *ret_resolved))
		return true;
	report_outside(cli, templates, what, path);
	return false;
}

/* The name becomes that of an output, on every system. */
static bool
is_plain_name(Str name)
{
	size_t i;

	for (i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
			c != '.' && c != '_' && c != '-')
			return false;
	}
	return true;
}

/* The ending before `.mustache` tells how text is escaped. */
static bool
check_name(Cli *cli, const Templates *templates, Str name)
{
	Diag *diag;

	if (!is_plain_name(name)) {
		diag = report(cli, templates, DIAG_BAD_VALUE,
			str_format(cli->arena,
				"the template `" STR_FMT "` has a name that no output can have",
				STR_ARG(name)));
		diag_help(cli->sink, diag, "use ASCII letters, digits, `.`, `_` and `-`");
		return false;
	}
	if (str_ends(name, STR(".md" ENDING)) || str_ends(name, STR(".html" ENDING)) ||
		str_ends(name, STR(".csv" ENDING)))
		return true;
	diag = report(cli, templates, DIAG_BAD_VALUE,
		str_format(cli->arena, "the template `" STR_FMT "` makes a file of no known kind",
			STR_ARG(name)));
	diag_help(cli->sink, diag,
		"let its name end in `.md" ENDING "`, `.html" ENDING "` or `.csv" ENDING "`");
	return false;
}

static bool
read_template(Cli *cli, Templates *templates, Str name)
{
	EmitTemplate template = {.name = str_slice(name, 0, name.len - STR(ENDING).len),
		.path = path_join(cli->arena, templates->dir, name)};
	Str resolved;
	IoStatus status;

	if (!check_name(cli, templates, name) ||
		!locate(cli, templates, "template", template.path, &resolved))
		return false;
	/* By the path that was looked at: a link may point elsewhere by now. */
	status = cli->io->read(cli->io, cli->arena, resolved, TEMPLATE_MAX, &template.text);
	if (status == IO_OK && utf8_valid_until(template.text) == template.text.len) {
		VEC_PUSH(cli->arena, &templates->items, template);
		return true;
	}
	report(cli, templates, DIAG_IMPORT_FAILED,
		str_format(cli->arena, "cannot read the template `" STR_FMT "`: %s",
			STR_ARG(template.path),
			status == IO_TOO_BIG ? "larger than 1 MiB"
			: status == IO_OK    ? "it is not UTF-8"
					     : io_status_text(status)));
	return false;
}

/* As imports do, it passes by files that begin with a dot: editors leave such. */
static bool
is_template(Str name)
{
	return str_ends(name, STR(ENDING)) && name.ptr[0] != '.';
}

/* Goes on after a bad one, so that one run tells of all. Other files (a README) are left alone. */
static bool
read_listed(Cli *cli, Templates *templates, const StrVec *names)
{
	bool good = true;
	size_t i, count = 0;

	for (i = 0; i < names->len; i++) {
		if (!is_template(names->items[i]))
			continue;
		if (count++ == TEMPLATES_MAX) {
			report(cli, templates, DIAG_INPUT_LIMIT,
				STR("the folder holds more than 100 templates"));
			return false;
		}
		good = read_template(cli, templates, names->items[i]) && good;
	}
	if (count == 0) {
		Diag *diag = report(cli, templates, DIAG_IMPORT_FAILED,
			str_format(cli->arena, "no template is in the folder `" STR_FMT "`",
				STR_ARG(templates->folder->text)));

		diag_help(cli->sink, diag,
			"let the file that makes `NAME.md` be called `NAME.md" ENDING
			"`, or take `templates` out");
		return false;
	}
	return good;
}

/* The user's templates: NAME.md.mustache makes, or replaces, the output NAME.md. */
static bool
read_templates(Cli *cli, Templates *templates)
{
	Str resolved;
	StrVec names = {0};
	IoStatus status;

	if (templates->folder->state != FIELD_SET)
		return true;
	if (templates->options->no_imports) {
		report(cli, templates, DIAG_IMPORT_FAILED,
			STR("a spec from standard input stands in no folder, and has no "
			    "templates"));
		return false;
	}
	templates->dir =
		path_join(cli->arena, path_dir(templates->spec_path), templates->folder->text);
	if (!locate(cli, templates, "folder of templates", templates->dir, &resolved))
		return false;
	status = cli->io->list(cli->io, cli->arena, resolved, &names);
	if (status == IO_OK)
		return read_listed(cli, templates, &names);
	report(cli, templates, DIAG_IMPORT_FAILED,
		str_format(cli->arena, "cannot read the folder of templates `" STR_FMT "`: %s",
			STR_ARG(templates->folder->text), io_status_text(status)));
	return false;
}

/* What is marked in the template: the whole tag, where it has the usual end on its line. */
static Span
span_of_mistake(Cli *cli, Str path, Str text, size_t offset)
{
	Str rest = str_slice(text, offset, text.len), line = {0};
	size_t len;

	(void)str_next_line(&rest, &line);
	len = str_find(line, STR("}}"));
	return (Span){.file = source_add(cli->sources, path, text),
		.start = (uint32_t)offset,
		.end = (uint32_t)(offset + (len < line.len ? len + STR("}}").len : 1))};
}

/* A mistake is a finding in the file that it stands in; one in a template of ours that a user's
 * puts in a strange place is told about that. */
static void
report_template(Cli *cli, const Templates *templates, const EmitError *error)
{
	const EmitTemplate *place = error->template;
	Str message = error->what.message;
	size_t offset = 0, i;
	Diag *diag;

	for (i = 0; i < templates->items.len; i++) {
		if (str_equal(templates->items.items[i].path, error->what.name)) {
			place = &templates->items.items[i];
			offset = error->what.offset;
		}
	}
	if (!str_equal(place->path, error->what.name))
		message = str_format(cli->arena, "in the partial `" STR_FMT "`: " STR_FMT,
			STR_ARG(error->what.name), STR_ARG(message));
	diag = diag_report(cli->sink, DIAG_BAD_VALUE,
		span_of_mistake(cli, place->path, place->text, offset),
		"this template makes no document: " STR_FMT, STR_ARG(message));
	diag_path(diag, STR("documents/templates"));
	diag_help(cli->sink, diag, STR_FMT,
		STR_ARG(error->what.help.len > 0
				? error->what.help
				: STR("correct the tag; it is written as mustache(5) says")));
}

static bool
render(Cli *cli, const ViewInput *input, const Templates *templates, Json **ret_json,
	EmitFiles *ret_files)
{
	Json *json = view_plan(cli->arena, input);
	EmitInput emit = {.plan = json,
		.document = view_document(cli->arena, input, json),
		.templates = templates->items.items,
		.templates_len = templates->items.len};
	EmitErrors errors = {0};
	size_t i;

	*ret_json = json;
	if (emit_files(cli->arena, &emit, ret_files, &errors))
		return true;
	for (i = 0; i < errors.len; i++)
		report_template(cli, templates, &errors.items[i]);
	return false;
}

bool
cli_render(Cli *cli, Str path, const Plan *plan, const DiagVerdict *verdict, Json **ret_json,
	EmitFiles *ret_files)
{
	const Model *model = plan->model;
	ModelOptions options = cli_model_options(cli, path);
	Templates templates = {.folder = &model->spec->documents.templates,
		.options = &options,
		.spec_path = model->files.items[0].path};
	/* Tomorrow's build of the same spec writes the same bytes. */
	DiagVerdict undated = diag_verdict_undated(cli->arena, verdict);
	ViewInput input = {.plan = plan,
		.verdict = &undated,
		.language =
			cli->options.has_language ? cli->options.language : view_language(model),
		.version = STR(CONNPLAN_VERSION),
		.lock = cli_view_lock(cli)};

	return read_templates(cli, &templates) &&
	       render(cli, &input, &templates, ret_json, ret_files);
}

bool
cli_has_templates(const Plan *plan)
{
	return plan->model->spec->documents.templates.state == FIELD_SET;
}
