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

/* The specs of one run, one behind the other, as documents of one YAML stream. */
static Str
specs(Cli *cli, Str shown)
{
	Buf text = buf_make(cli->arena);
	Str spec;
	bool first = true;

	while (diag_next_spec(&shown, &spec)) {
		buf_lit(&text, first ? "" : "---\n");
		buf_str(&text, spec);
		first = false;
	}
	return buf_text(&text);
}

/* Only Markdown needs the fences: the terminal shows YAML as it stands. */
static void
example(Cli *cli, Buf *text, const char *key, Str shown, bool markdown)
{
	section(cli, text, key, markdown ? shown : specs(cli, shown), markdown);
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

/* The word of the documents for it. */
static Str
severity_word(Cli *cli, DiagSeverity severity)
{
	switch (severity) {
	case DIAG_SEVERITY_ERROR: return string(cli, "severity.error");
	case DIAG_SEVERITY_WARNING: return string(cli, "severity.warning");
	case DIAG_SEVERITY_INFO: return string(cli, "severity.info");
	case DIAG_SEVERITY_NOT_CHECKED: return string(cli, "severity.not_checked");
	}
	panic("no such severity: %d", (int)severity);
}

/* No text of a user is in it, only prose of our own files: nothing needs escaping. */
static Str
explain_text(Cli *cli, DiagCode code, bool markdown)
{
	DiagProse prose = diag_prose(code, cli->options.language);
	Buf text = buf_make(cli->arena);

	buf_printf(&text, "%s%s %s: " STR_FMT "\n\n", markdown ? "# " : "", diag_code_text(code),
		diag_code_name(code), STR_ARG(prose.title));
	buf_printf(&text, STR_FMT "%s" STR_FMT "\n",
		STR_ARG(view_string_with(cli->arena, cli->options.language, "explain.severity",
			"severity", severity_word(cli, diag_code_severity(code)))),
		cli->options.language == DIAG_JA ? "" : " ",
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

/* What is short enough to stand in a list of all rules. */
static void
set_rule(Cli *cli, Json *object, DiagCode code)
{
	Arena *arena = cli->arena;
	DiagProse prose = diag_prose(code, cli->options.language);

	json_set(arena, object, STR("code"), json_text(arena, str_from(diag_code_text(code))));
	json_set(arena, object, STR("name"), json_text(arena, str_from(diag_code_name(code))));
	json_set(arena, object, STR("severity"),
		json_text(arena, str_from(diag_severity_text(diag_code_severity(code)))));
	json_set(arena, object, STR("waivable"), json_bool(arena, diag_code_waivable(code)));
	json_set(arena, object, STR("title"), json_text(arena, prose.title));
	json_set(arena, object, STR("help"), json_text(arena, prose.help));
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
	set_rule(cli, object, code);
	json_set(arena, object, STR("why"), json_text(arena, prose.why));
	json_set(arena, object, STR("what_to_do"), json_text(arena, prose.what_to_do));
	json_set(arena, object, STR("fires"), json_text(arena, specs(cli, prose.fires)));
	json_set(arena, object, STR("quiet"), json_text(arena, specs(cli, prose.quiet)));
	json_set(arena, object, STR("source"), json_text(arena, prose.source));
	json_set(arena, object, STR("date"), json_text(arena, prose.date));
	json_set(arena, object, STR("diagnostics"), json_list(arena));
	return object;
}

static Str
code_result(Cli *cli, CliResultForm form, const void *context)
{
	const DiagCode *code = context;
	Buf text = buf_make(cli->arena);

	if (form != CLI_JSON)
		return explain_text(cli, *code, form == CLI_MARKDOWN);
	json_write_pretty(&text, explain_json(cli, *code));
	return buf_text(&text);
}

static int
explain_code(Cli *cli, DiagCode code)
{
	DiagVerdict none = {0};

	cli_print_result(cli, code_result, &code, &none, (Str){0});
	return cli->status;
}

static Str
list_json(Cli *cli)
{
	Arena *arena = cli->arena;
	Json *object = json_object(arena), *rules = json_list(arena);
	Buf text = buf_make(arena);
	size_t i;

	for (i = 0; i < DIAG_CODES; i++) {
		Json *rule = json_object(arena);

		set_rule(cli, rule, (DiagCode)i);
		json_push(arena, rules, rule);
	}
	json_set(arena, object, STR("format"), json_text(arena, STR("connplan-explain-list")));
	json_set(arena, object, STR("version"), json_number(arena, 1));
	json_set(arena, object, STR("rules"), rules);
	json_set(arena, object, STR("diagnostics"), json_list(arena));
	json_write_pretty(&text, object);
	return buf_text(&text);
}

/* One line a rule; as Markdown the page of all rules. */
static Str
list_result(Cli *cli, CliResultForm form, const void *context)
{
	bool markdown = form == CLI_MARKDOWN;
	Buf text = buf_make(cli->arena);
	size_t i;

	(void)context;
	if (form == CLI_JSON)
		return list_json(cli);
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
		text_markdown_marked(&text, prose.title);
		buf_lit(&text, " | ");
		text_markdown_marked(&text, prose.help);
		buf_lit(&text, " |\n");
	}
	return buf_text(&text);
}

Str
cli_line_text(Cli *cli, const RulesLine *line)
{
	ViewValue values[RULES_VALUES_MAX];
	size_t i;

	for (i = 0; i < line->len; i++) {
		const RulesValue *value = &line->values[i];

		values[i] = (ViewValue){
			value->name, value->key == NULL ? value->text : string(cli, value->key)};
	}
	return view_string_filled(cli->arena, cli->options.language, line->key, values, line->len);
}

typedef struct AddressResult {
	const DiagVerdict *verdict;
	size_t places;
	RulesLines lines;
} AddressResult;

/* The text in lines, for people; `places` is what a script asks for: 0 is "not in the spec". */
static Json *
address_json(Cli *cli, const AddressResult *result)
{
	Arena *arena = cli->arena;
	Json *object = json_object(arena), *lines = json_list(arena);
	size_t i;

	for (i = 0; i < result->lines.len; i++) {
		const RulesLine *line = &result->lines.items[i];

		json_push(arena, lines,
			json_text(arena, str_format(arena, "%s" STR_FMT, line->inner ? "  " : "",
						 STR_ARG(cli_line_text(cli, line)))));
	}
	json_set(arena, object, STR("format"), json_text(arena, STR("connplan-explain-address")));
	json_set(arena, object, STR("version"), json_number(arena, 1));
	json_set(arena, object, STR("address"),
		json_text(arena, net_prefix_text(arena, cli->options.ip)));
	json_set(arena, object, STR("places"), json_number(arena, (int64_t)result->places));
	json_set(arena, object, STR("lines"), lines);
	json_set(arena, object, STR("diagnostics"),
		report_diagnostics(arena, result->verdict, cli->sources));
	return object;
}

static Str
address_result(Cli *cli, CliResultForm form, const void *context)
{
	const AddressResult *result = context;
	Buf out = buf_make(cli->arena);
	size_t i;

	if (form == CLI_JSON) {
		json_write_pretty(&out, address_json(cli, result));
		return buf_text(&out);
	}
	/* A line that is set in belongs to the one above it; names are the user's text. */
	for (i = 0; i < result->lines.len; i++) {
		const RulesLine *line = &result->lines.items[i];
		Str text = cli_line_text(cli, line);

		buf_lit(&out, line->inner ? "  " : "");
		buf_lit(&out, form == CLI_MARKDOWN ? "- " : "");
		if (form == CLI_MARKDOWN)
			text_markdown(&out, text);
		else
			text_terminal(&out, text);
		buf_char(&out, '\n');
	}
	return buf_text(&out);
}

/* The answer stands even while the spec has errors: often they are why somebody asks. */
static int
explain_address(Cli *cli, Str path)
{
	Plan *plan = cli_load(cli, path);
	RuleInput input = {.plan = plan, .today = cli_today(cli)};
	DiagVerdict verdict;
	AddressResult result = {.verdict = &verdict};

	if (plan == NULL)
		return cli_unread(cli);
	input.model = plan->model;
	input.state = plan->after;
	verdict = diag_verdict(cli->sink);
	result.places = rules_explain_address(cli->arena, &input, cli->options.ip, &result.lines);
	cli_print_result(cli, address_result, &result, &verdict, cli_looked_at(cli, plan));
	return cli_exit_status(cli, &verdict);
}

static int
unknown_code(Cli *cli, Str word)
{
	StrVec known = {0};
	size_t i;

	for (i = 0; i < DIAG_CODES; i++) {
		VEC_PUSH(cli->arena, &known, str_from(diag_code_text((DiagCode)i)));
		VEC_PUSH(cli->arena, &known, str_from(diag_code_name((DiagCode)i)));
	}
	cli_unknown(cli, "no rule", word, &known,
		"and connplan explain --list shows all; a spec wants --ip ADDR");
	return CLI_USAGE;
}

int
cli_explain(Cli *cli)
{
	DiagCode code;
	Str word;

	if (cli->options.list) {
		DiagVerdict none = {0};

		cli_print_result(cli, list_result, NULL, &none, (Str){0});
		return cli->status;
	}
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
