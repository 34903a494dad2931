/* Streams, formats, colours, exit status. */
#include "cli/cli_int.h"

#include <string.h>

void
cli_print(Cli *cli, OsStream stream, Str text)
{
	IoStatus status = cli->broken[stream] ? IO_CLOSED : os_write_stream(stream, text);

	cli->broken[stream] = status != IO_OK;
	/* `connplan ... | head` has seen enough: no failure. */
	if (status == IO_OK || status == IO_CLOSED)
		return;
	cli->status = CLI_IO;
	if (stream != OS_STDERR)
		cli_complain(cli, "cannot write the output: %s", io_status_text(status));
}

void
cli_complain(Cli *cli, const char *format, ...)
{
	Buf text = buf_make(cli->arena);
	IoStatus status;
	va_list args;

	buf_lit(&text, "connplan: ");
	va_start(args, format);
	/* Words of the command line may hold control characters that drive a terminal. */
	text_terminal(&text, str_vformat(cli->arena, format, args));
	va_end(args);
	buf_char(&text, '\n');
	if (cli->broken[OS_STDERR])
		return;
	status = os_write_stream(OS_STDERR, buf_text(&text));
	cli->broken[OS_STDERR] = status != IO_OK;
	/* Nobody is left to be told that this cannot be told, but for the exit status. */
	if (status != IO_OK && status != IO_CLOSED && cli->status == CLI_CLEAN)
		cli->status = CLI_IO;
}

void
cli_unknown(Cli *cli, const char *what, Str word, const StrVec *known, const char *where)
{
	Str near = str_nearest(word, known->items, known->len);
	Str closest = str_closest(word, known->items, known->len);

	if (near.ptr != NULL)
		cli_complain(cli, "%s `" STR_FMT "`; did you mean `" STR_FMT "`?", what,
			STR_ARG(word), STR_ARG(near));
	else
		cli_complain(cli, "%s `" STR_FMT "`; the nearest is `" STR_FMT "`, %s", what,
			STR_ARG(word), STR_ARG(closest), where);
}

void
cli_io_error(Cli *cli, const char *step, Str path, IoStatus status)
{
	cli_complain(cli, "%s `" STR_FMT "`: %s", step, STR_ARG(path), io_status_text(status));
	cli->status = CLI_IO;
}

/* "0" switches off, as CLICOLOR_FORCE has it. NO_COLOR differs: any text that is not empty counts
 * (no-color.org). */
static bool
is_set(const char *name)
{
	Str value = os_environment(name);

	return value.len > 0 && !STR_EQ(value, "0");
}

bool
cli_wants_color(const Cli *cli, OsStream stream)
{
	if (cli->options.color != CLI_COLOR_AUTO)
		return cli->options.color == CLI_COLOR_ALWAYS;
	if (os_environment("NO_COLOR").len > 0)
		return false;
	if (is_set("CLICOLOR_FORCE") || is_set("FORCE_COLOR"))
		return true;
	return os_is_terminal(stream);
}

/* What cannot be had again is on the disk before it takes the place of what was there. */
static IoStatus
replace_file(Cli *cli, Str path, Str text, bool lasting)
{
	Str beside = str_format(cli->arena, STR_FMT ".connplan-tmp", STR_ARG(path));
	IoStatus status;

	/* What a killed run left; a write takes only a new name. */
	(void)cli->io->remove_file(cli->io, beside);
	status = cli->io->write(cli->io, beside, text);
	if (status == IO_OK && lasting)
		status = cli->io->sync_dir(cli->io, path_dir(path));
	if (status == IO_OK)
		status = cli->io->rename(cli->io, beside, path);
	if (status != IO_OK)
		(void)cli->io->remove_file(cli->io, beside);
	else if (lasting)
		(void)cli->io->sync_dir(cli->io, path_dir(path));
	return status;
}

/*
 * A file is replaced in one step, a link to a file too: in a pull request it may lead anywhere. The
 * names of our own streams are links to whatever they were redirected to, and mean the stream.
 */
static IoStatus
write_to(Cli *cli, Str path, Str text, bool lasting)
{
	IoStatus status;

	if (STR_EQ(path, "/dev/stdout"))
		return os_write_stream(OS_STDOUT, text);
	if (STR_EQ(path, "/dev/stderr"))
		return os_write_stream(OS_STDERR, text);
	status = os_write_device(path, text);
	return status == IO_NOT_FOUND ? replace_file(cli, path, text, lasting) : status;
}

static bool
write_file(Cli *cli, Str path, Str text, bool lasting)
{
	IoStatus status = write_to(cli, path, text, lasting);

	if (status == IO_CLOSED)
		return true;
	if (status != IO_OK)
		cli_io_error(cli, "cannot write", path, status);
	return status == IO_OK;
}

bool
cli_write_file(Cli *cli, Str path, Str text)
{
	return write_file(cli, path, text, true);
}

void
cli_find_inputs(Cli *cli, Map *ret_inputs)
{
	size_t i;

	*ret_inputs = (Map){0};
	for (i = 0; i < cli->sources->files.len; i++) {
		Str place;

		if (cli->io->resolve(cli->io, cli->arena, cli->sources->files.items[i].path,
			    &place) == IO_OK)
			map_add(cli->arena, ret_inputs, place, 1);
	}
}

bool
cli_refuse_input(Cli *cli, Str path)
{
	cli_complain(cli, "cannot write `" STR_FMT "`: it was read as an input of this run",
		STR_ARG(path));
	cli->status = CLI_IO;
	return false;
}

/* A link to an input is no input: it is the link that would be replaced. */
static bool
is_input(Cli *cli, Str path)
{
	Map inputs;
	IoKind kind;
	Str place;

	if (cli->io->kind(cli->io, path, &kind) != IO_OK || kind != IO_KIND_FILE ||
		cli->io->resolve(cli->io, cli->arena, path, &place) != IO_OK)
		return false;
	cli_find_inputs(cli, &inputs);
	return map_find(&inputs, place) != MAP_NONE;
}

bool
cli_write_report(Cli *cli, Str path, Str text)
{
	return is_input(cli, path) ? cli_refuse_input(cli, path)
				   : write_file(cli, path, text, false);
}

static void
report_one(Cli *cli, const DiagVerdict *verdict, const CliFormat *format, OsStream stream,
	Str looked_at)
{
	/* A file is never coloured: who reads it is no terminal. */
	ReportOptions options = {.color = format->file.ptr == NULL && cli_wants_color(cli, stream),
		.language = cli->options.language,
		.max_diagnostics = cli->options.max_diagnostics,
		.show_waived = cli->options.show_waived,
		.looked_at = looked_at};
	Buf text = buf_make(cli->arena);
	ReportFormat known;

	if (!report_format_find(format->name, &known))
		panic("a format that the command line does not take");
	report_write(&text, known, verdict, cli->sources, &options);
	if (format->file.ptr != NULL)
		(void)cli_write_report(cli, format->file, buf_text(&text));
	else
		cli_print(cli, stream, buf_text(&text));
}

void
cli_report(Cli *cli, const DiagVerdict *verdict, OsStream stream, Str looked_at)
{
	static const CliFormat human = {.name = STR_CONST("human")};
	size_t i;

	if (cli->options.formats.len == 0)
		report_one(cli, verdict, &human, stream, looked_at);
	for (i = 0; i < cli->options.formats.len; i++)
		report_one(cli, verdict, &cli->options.formats.items[i], stream, looked_at);
}

/* False for a form that only findings have. */
static bool
find_result_form(Str name, CliResultForm *ret_form)
{
	if (STR_EQ(name, "json") || STR_EQ(name, "json-v1"))
		*ret_form = CLI_JSON;
	else if (STR_EQ(name, "markdown"))
		*ret_form = CLI_MARKDOWN;
	else if (STR_EQ(name, "human"))
		*ret_form = CLI_HUMAN;
	else
		return false;
	return true;
}

void
cli_print_result(
	Cli *cli, CliResult make, const void *context, const DiagVerdict *verdict, Str looked_at)
{
	static const CliFormat human = {.name = STR_CONST("human")};
	bool is_silent = true, has_findings = false;
	CliResultForm form;
	size_t i;

	for (i = 0; i < cli->options.formats.len; i++) {
		const CliFormat *format = &cli->options.formats.items[i];
		bool is_result = find_result_form(format->name, &form);

		if (!is_result)
			report_one(cli, verdict, format, OS_STDOUT, looked_at);
		else if (format->file.ptr != NULL)
			(void)cli_write_report(cli, format->file, make(cli, form, context));
		else
			cli_print(cli, OS_STDOUT, make(cli, form, context));
		/* Whoever asked for the result in a file has it. */
		is_silent = is_silent && !is_result && format->file.ptr != NULL;
		has_findings = has_findings || !is_result || form == CLI_JSON;
	}
	if (is_silent)
		cli_print(cli, OS_STDOUT, make(cli, CLI_HUMAN, context));
	if (!has_findings && verdict->len > 0)
		report_one(cli, verdict, &human, OS_STDERR, looked_at);
}

/* --before-apply: what today's plan needs is not published yet (CP318), so that mail would fail. */
static bool
is_too_early(const Cli *cli, const DiagVerdict *verdict)
{
	size_t i;

	for (i = 0; cli->options.before_apply && i < verdict->len; i++) {
		if (verdict->items[i].code == DIAG_SPF_PUBLISHED_GAP)
			return true;
	}
	return false;
}

/* Trouble with files comes before findings: an incomplete answer must not look like one. */
int
cli_exit_status(const Cli *cli, const DiagVerdict *verdict)
{
	if (cli->status != CLI_CLEAN)
		return cli->status;
	if (!cli->options.fail_never &&
		(diag_at_least(verdict, cli->options.fail_on) || is_too_early(cli, verdict)))
		return CLI_FINDINGS;
	return CLI_CLEAN;
}

int
cli_difference_status(const Cli *cli, const DiagVerdict *verdict, bool difference)
{
	int status = cli_exit_status(cli, verdict);

	/* Findings are worse news than a difference. */
	if (status == CLI_CLEAN && difference && cli->options.detailed_exitcode)
		return CLI_DIFFERENCE;
	return status;
}

CliResultForm
cli_result_form(const Cli *cli)
{
	size_t i;

	CliResultForm form = CLI_HUMAN;

	for (i = 0; i < cli->options.formats.len && form == CLI_HUMAN; i++)
		(void)find_result_form(cli->options.formats.items[i].name, &form);
	return form;
}
