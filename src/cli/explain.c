/* A rule in words, the list of rules, or where an address comes from. */
#include "cli/cli_int.h"

static const char *
waiver_key(DiagCode code)
{
	return diag_code_waivable(code) ? "explain.waivable" : "explain.not_waivable";
}

static Str
string(Cli *cli, const char *key)
{
	return view_string(cli->options.language, str_from(key));
}

/* A heading and its text; the terminal gets the text set in by two blanks, Markdown as it is. */
static void
section(Cli *cli, Buf *text, const char *key, Str body, bool markdown)
{
	Str line;

	buf_printf(text, "\n%s" STR_FMT "\n%s", markdown ? "## " : "", STR_ARG(string(cli, key)),
		markdown ? "\n" : "");
	while (str_next_line(&body, &line)) {
		buf_lit(text, markdown || line.len == 0 ? "" : "  ");
		buf_str(text, line);
		buf_char(text, '\n');
	}
}

/* Only Markdown needs the fence: the terminal shows YAML as it stands. */
static void
example(Cli *cli, Buf *text, const char *key, Str yaml, bool markdown)
{
	Buf fenced = buf_make(cli->arena);

	if (markdown)
		buf_lit(&fenced, "```yaml\n");
	buf_str(&fenced, yaml);
	if (markdown)
		buf_lit(&fenced, "```\n");
	section(cli, text, key, buf_text(&fenced), markdown);
}

/* "documented; RFC 7208": the kind of evidence in the language of the text, then the source. */
static Str
evidence(Cli *cli, Str source)
{
	size_t semicolon = str_find_char(source, ';', 0);
	Str kind = str_slice(source, 0, semicolon);
	Str rest = semicolon < source.len ? str_trim(str_slice(source, semicolon + 1, source.len))
					  : (Str){0};
	const char *key = STR_EQ(kind, "documented") ? "explain.documented"
			  : STR_EQ(kind, "reported") ? "explain.reported"
						     : "explain.ours";

	return rest.len == 0 ? string(cli, key)
			     : str_format(cli->arena, STR_FMT "; " STR_FMT,
				       STR_ARG(string(cli, key)), STR_ARG(rest));
}

/* No text of a user is in it, only prose of our own files: nothing needs escaping. */
static Str
explain_text(Cli *cli, DiagCode code, bool markdown)
{
	DiagProse prose = diag_prose(code, cli->options.language);
	Buf text = buf_make(cli->arena);

	buf_printf(&text, "%s%s %s: " STR_FMT "\n\n", markdown ? "# " : "", diag_code_text(code),
		diag_code_name(code), STR_ARG(prose.title));
	buf_printf(&text, STR_FMT ": %s. " STR_FMT "\n", STR_ARG(string(cli, "explain.severity")),
		diag_severity_text(diag_code_severity(code)),
		STR_ARG(string(cli, waiver_key(code))));
	buf_printf(&text, STR_FMT ": " STR_FMT "\n", STR_ARG(string(cli, "explain.help")),
		STR_ARG(prose.help));
	section(cli, &text, "explain.why", prose.why, markdown);
	section(cli, &text, "explain.todo", prose.what_to_do, markdown);
	example(cli, &text, "explain.fires", prose.fires, markdown);
	example(cli, &text, "explain.not_fires", prose.quiet, markdown);
	buf_printf(&text, "\n" STR_FMT ": " STR_FMT " (" STR_FMT ")\n",
		STR_ARG(string(cli, "explain.source")), STR_ARG(evidence(cli, prose.source)),
		STR_ARG(prose.date));
	return buf_text(&text);
}

/* The keys are promised by version 1. `diagnostics` is in every JSON result, empty here, so that
 * one reader serves all of them. */
static Json *
explain_json(Cli *cli, DiagCode code)
{
	Arena *arena = cli->arena;
	DiagProse prose = diag_prose(code, cli->options.language);
	Json *object = json_object(arena);

	json_set(arena, object, STR("format"), json_text(arena, STR("connplan-explain")));
	json_set(arena, object, STR("version"), json_number(arena, 1));
	json_set(arena, object, STR("code"), json_text(arena, str_from(diag_code_text(code))));
	json_set(arena, object, STR("name"), json_text(arena, str_from(diag_code_name(code))));
	json_set(arena, object, STR("severity"),
		json_text(arena, str_from(diag_severity_text(diag_code_severity(code)))));
	json_set(arena, object, STR("waivable"), json_bool(arena, diag_code_waivable(code)));
	json_set(arena, object, STR("title"), json_text(arena, prose.title));
	json_set(arena, object, STR("help"), json_text(arena, prose.help));
	json_set(arena, object, STR("why"), json_text(arena, prose.why));
	json_set(arena, object, STR("what_to_do"), json_text(arena, prose.what_to_do));
	json_set(arena, object, STR("fires"), json_text(arena, prose.fires));
	json_set(arena, object, STR("quiet"), json_text(arena, prose.quiet));
	json_set(arena, object, STR("source"), json_text(arena, prose.source));
	json_set(arena, object, STR("date"), json_text(arena, prose.date));
	json_set(arena, object, STR("diagnostics"), json_list(arena));
	return object;
}

static int
explain_code(Cli *cli, DiagCode code)
{
	CliResultForm form = cli_result_form(cli);
	Buf text = buf_make(cli->arena);

	if (form == CLI_JSON)
		json_write_pretty(&text, explain_json(cli, code));
	else
		buf_str(&text, explain_text(cli, code, form == CLI_MARKDOWN));
	cli_print(cli, OS_STDOUT, buf_text(&text));
	return cli->status;
}

/* One line a rule; as Markdown the page of all rules. */
static int
explain_list(Cli *cli)
{
	bool markdown = cli_result_form(cli) == CLI_MARKDOWN;
	Buf text = buf_make(cli->arena);
	size_t i;

	if (markdown)
		buf_lit(&text,
			"# Rules\n\nGenerated by `connplan explain --list --format markdown`; "
			"`connplan explain CODE` says more.\n\n"
			"| code | name | severity | meaning | what to do |\n"
			"| --- | --- | --- | --- | --- |\n");
	for (i = 0; i < DIAG_CODES; i++) {
		DiagCode code = (DiagCode)i;
		DiagProse prose = diag_prose(code, cli->options.language);

		buf_printf(&text, markdown ? "| %s | %s | %s | " : "%s %s %s\n",
			diag_code_text(code), diag_code_name(code),
			diag_severity_text(diag_code_severity(code)));
		/* On a terminal the list is an index; `explain CODE` has the words. */
		if (!markdown)
			continue;
		text_markdown(&text, prose.title);
		buf_lit(&text, " | ");
		text_markdown(&text, prose.help);
		buf_lit(&text, " |\n");
	}
	cli_print(cli, OS_STDOUT, buf_text(&text));
	return cli->status;
}

/* The text in lines, for people; `places` is what a script asks for: 0 is "not in the spec". */
static Json *
address_json(Cli *cli, const DiagVerdict *verdict, size_t places, Str text)
{
	Arena *arena = cli->arena;
	Json *object = json_object(arena), *lines = json_list(arena);
	Str line;

	while (str_next_line(&text, &line))
		json_push(arena, lines, json_text(arena, line));
	json_set(arena, object, STR("format"), json_text(arena, STR("connplan-explain-address")));
	json_set(arena, object, STR("version"), json_number(arena, 1));
	json_set(arena, object, STR("address"),
		json_text(arena, net_prefix_text(arena, cli->options.ip)));
	json_set(arena, object, STR("places"), json_number(arena, (int64_t)places));
	json_set(arena, object, STR("lines"), lines);
	json_set(arena, object, STR("diagnostics"),
		report_diagnostics(arena, verdict, cli->sources));
	return object;
}

static int
explain_address(Cli *cli, Str path)
{
	Plan *plan = cli_load(cli, path);
	RuleInput input = {.plan = plan, .today = cli_today(cli)};
	DiagVerdict verdict;
	Buf text = buf_make(cli->arena), json = buf_make(cli->arena);
	size_t places;

	if (plan == NULL)
		return cli_unread(cli);
	input.model = plan->model;
	input.state = plan->after;
	verdict = diag_verdict(cli->sink);
	places = rules_explain_address(&input, cli->options.ip, &text);
	if (cli_result_form(cli) == CLI_JSON)
		json_write_pretty(&json, address_json(cli, &verdict, places, buf_text(&text)));
	cli_print(cli, OS_STDOUT,
		cli_result_form(cli) == CLI_JSON ? buf_text(&json) : buf_text(&text));
	/* What is wrong with the spec as a whole is for `check`; only what kept it from being read.
	 */
	if (!plan->model->usable)
		cli_report(cli, &verdict, OS_STDERR, cli_looked_at(cli, plan));
	return plan->model->usable ? cli->status : CLI_FINDINGS;
}

/* Rules are known by number and by name: a slip in either is near to one of them. */
static int
unknown_code(Cli *cli, Str word)
{
	Str known[2 * DIAG_CODES], nearest;
	size_t i;

	for (i = 0; i < DIAG_CODES; i++) {
		known[2 * i] = str_from(diag_code_text((DiagCode)i));
		known[2 * i + 1] = str_from(diag_code_name((DiagCode)i));
	}
	nearest = str_nearest(word, known, BASE_COUNT(known));
	if (nearest.ptr != NULL)
		cli_complain(cli, "no rule `" STR_FMT "`; did you mean `" STR_FMT "`?",
			STR_ARG(word), STR_ARG(nearest));
	else
		cli_complain(cli,
			"no rule `" STR_FMT "`; connplan explain --list shows all, and a spec "
			"wants --ip ADDR",
			STR_ARG(word));
	return CLI_USAGE;
}

int
cli_explain(Cli *cli)
{
	DiagCode code;
	Str word;

	if (cli->options.list)
		return explain_list(cli);
	if (cli->options.error_text.ptr != NULL)
		return cli_explain_error(cli);
	if (cli->options.arguments.len == 0) {
		cli_complain(cli, "usage: connplan explain CODE | SPEC --ip ADDR | --error TEXT "
				  "[SPEC] | --list");
		return CLI_USAGE;
	}
	word = cli->options.arguments.items[0];
	/* The address decides what the argument is: with it a spec, without it a rule. */
	if (cli->options.has_ip)
		return explain_address(cli, word);
	if (diag_code_find(word, &code))
		return explain_code(cli, code);
	return unknown_code(cli, word);
}
