/*
 * A pasted answer of the service: what it means, which rules guard against it, and what of a spec
 * it may be about. The pasted text itself is never printed: it may hold anything.
 */
#include "cli/cli_int.h"

/* Of one kind no more lines than this are shown. */
#define SHOWN 10
/* Of a text on standard input; a bounce with its message is far smaller. */
#define TEXT_MAX ((size_t)16 << 20)

/* Where a candidate stands, and why it is one. */
typedef struct Clue {
	const char *code; /* of a finding; NULL: nothing is wrong with the object */
	Str path, message;
	Span span;
} Clue;

typedef VEC(Clue) Clues;

typedef struct Answer {
	Cli *cli;
	RulesErrors errors;
	NetPrefixVec addresses;
	const Plan *plan; /* NULL: no spec was given */
	RuleInput input;
	DiagVerdict verdict;
	bool markdown;
} Answer;

static Str
string(const Cli *cli, const char *key)
{
	return view_string(cli->options.language, str_from(key));
}

/* The strings of an answer: reply.NAME_means, reply.NAME_todo. */
static Str
reply_string(Cli *cli, const RulesError *error, const char *part)
{
	return view_string(cli->options.language,
		str_format(cli->arena, "reply." STR_FMT "_%s", STR_ARG(error->key), part));
}

/* Whether Microsoft documents the answer, or administrators report it, and since when it is known.
 */
static Str
evidence(Cli *cli, const RulesError *error)
{
	return str_format(cli->arena, STR_FMT "; " STR_FMT " (" STR_FMT ")",
		STR_ARG(string(cli, STR_EQ(error->evidence, "documented") ? "explain.documented"
									  : "explain.reported")),
		STR_ARG(error->source), STR_ARG(error->date));
}

/* --- clues ------------------------------------------------------------------------------------ */

/* Whether a rule of that code keeps this answer from being seen. */
static bool
guards(const RulesError *error, DiagCode code)
{
	size_t i;

	for (i = 0; i < error->rules_len; i++) {
		if (error->rules[i] == code)
			return true;
	}
	return false;
}

/* What the rules found comes first; an object of which they say nothing may still be it. */
static Clues
find_clues(const Answer *answer, const RulesError *error)
{
	Cli *cli = answer->cli;
	RulesCandidates candidates =
		rules_error_candidates(cli->arena, &answer->input, error, &answer->addresses);
	Clues clues = {0};
	size_t i;

	for (i = 0; i < answer->verdict.len; i++) {
		const Diag *diag = &answer->verdict.items[i];

		if (guards(error, diag->code))
			VEC_PUSH(cli->arena, &clues,
				((Clue){diag_code_text(diag->code), diag->path, diag->message,
					diag->span}));
	}
	for (i = 0; i < candidates.len; i++) {
		const RulesCandidate *one = &candidates.items[i];
		Str why = one->name.ptr == NULL
				  ? string(cli, one->why)
				  : view_string_with(cli->arena, cli->options.language, one->why,
					    "name", one->name);

		VEC_PUSH(cli->arena, &clues,
			((Clue){NULL, one->path,
				str_format(cli->arena, "`" STR_FMT "`: " STR_FMT,
					STR_ARG(one->object), STR_ARG(why)),
				one->span}));
	}
	return clues;
}

/* As in a finding: FILE:LINE:COLUMN. */
static Str
place_text(Cli *cli, Span span)
{
	const SourceFile *file;
	Position position;

	if (!span_is_set(span))
		return STR("");
	position = source_position(cli->sources, span.file, span.start);
	file = source_file(cli->sources, span.file);
	return str_format(cli->arena, STR_FMT ":%u:%u: ", STR_ARG(file->path),
		(unsigned)position.line, (unsigned)position.column);
}

/* --- text for people -------------------------------------------------------------------------- */

static void
heading(Buf *text, const Answer *answer, const char *level, Str title)
{
	buf_printf(text, "\n%s" STR_FMT "\n%s", answer->markdown ? level : "", STR_ARG(title),
		answer->markdown ? "\n" : "");
}

/* Words of the spec are among them. */
static void
item(Buf *text, const Answer *answer, Str words)
{
	buf_lit(text, answer->markdown ? "- " : "  ");
	if (answer->markdown)
		text_markdown(text, words);
	else
		text_terminal(text, words);
	buf_char(text, '\n');
}

static void
paragraph(Buf *text, const Answer *answer, const char *key, Str body)
{
	heading(text, answer, "### ", string(answer->cli, key));
	buf_printf(text, "%s" STR_FMT "\n", answer->markdown ? "" : "  ", STR_ARG(body));
}

/* The codes, each with its title: `explain CODE` has the rest. */
static void
write_rules(Buf *text, const Answer *answer, const RulesError *error)
{
	Cli *cli = answer->cli;
	size_t i;

	if (error->rules_len == 0)
		return;
	heading(text, answer, "### ", string(cli, "reply.guarded_by"));
	for (i = 0; i < error->rules_len; i++) {
		DiagCode code = error->rules[i];

		item(text, answer,
			str_format(cli->arena, "%s %s: " STR_FMT, diag_code_text(code),
				diag_code_name(code),
				STR_ARG(diag_prose(code, cli->options.language).title)));
	}
}

static void
write_clues(Buf *text, const Answer *answer, const RulesError *error)
{
	Cli *cli = answer->cli;
	Clues clues = find_clues(answer, error);
	size_t i;

	heading(text, answer, "### ", string(cli, "reply.candidates"));
	for (i = 0; i < clues.len && i < SHOWN; i++) {
		const Clue *clue = &clues.items[i];

		item(text, answer,
			str_format(cli->arena, STR_FMT "%s%s" STR_FMT,
				STR_ARG(place_text(cli, clue->span)),
				clue->code == NULL ? "" : clue->code,
				clue->code == NULL ? "" : ": ", STR_ARG(clue->message)));
	}
	if (clues.len > SHOWN)
		item(text, answer,
			view_string_with(cli->arena, cli->options.language, "reply.more", "count",
				str_format(cli->arena, "%zu", clues.len - SHOWN)));
	if (clues.len == 0)
		item(text, answer, string(cli, "reply.no_candidates"));
}

static void
write_error(Buf *text, const Answer *answer, const RulesError *error)
{
	Cli *cli = answer->cli;

	buf_printf(text, "%s%s" STR_FMT "\n", text->len > 0 ? "\n" : "",
		answer->markdown ? "## " : "", STR_ARG(error->says));
	paragraph(text, answer, "reply.meaning", reply_string(cli, error, "means"));
	paragraph(text, answer, "explain.todo", reply_string(cli, error, "todo"));
	write_rules(text, answer, error);
	if (answer->plan != NULL)
		write_clues(text, answer, error);
	buf_printf(text, "\n" STR_FMT ": " STR_FMT "\n", STR_ARG(string(cli, "explain.source")),
		STR_ARG(evidence(cli, error)));
}

/* Where an address of the text stands in the spec: often it names the object by itself. */
static void
write_addresses(Buf *text, const Answer *answer)
{
	Cli *cli = answer->cli;
	size_t i, j;

	if (answer->plan == NULL || answer->addresses.len == 0)
		return;
	buf_printf(text, "\n%s" STR_FMT "\n%s", answer->markdown ? "## " : "",
		STR_ARG(string(cli, "reply.addresses")), answer->markdown ? "\n" : "");
	for (i = 0; i < answer->addresses.len; i++) {
		RulesLines lines = {0};

		rules_explain_address(
			cli->arena, &answer->input, answer->addresses.items[i], &lines);
		for (j = 0; j < lines.len; j++) {
			buf_lit(text, lines.items[j].inner ? "  " : "");
			item(text, answer, cli_line_text(cli, &lines.items[j]));
		}
	}
}

/* What could have been pasted, for a text in which nothing was recognised. */
static void
write_known(Buf *text, const Answer *answer)
{
	Cli *cli = answer->cli;
	size_t len, i;
	const RulesError *errors = rules_errors(&len);

	buf_printf(text, STR_FMT "\n%s", STR_ARG(string(cli, "reply.unknown")),
		answer->markdown ? "\n" : "");
	for (i = 0; i < len; i++)
		item(text, answer, errors[i].says);
}

static Str
answer_text(const Answer *answer)
{
	Buf text = buf_make(answer->cli->arena);
	size_t i;

	for (i = 0; i < answer->errors.len; i++)
		write_error(&text, answer, answer->errors.items[i]);
	if (answer->errors.len == 0)
		write_known(&text, answer);
	write_addresses(&text, answer);
	return buf_text(&text);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static Json *
rules_json(Cli *cli, const RulesError *error)
{
	Arena *arena = cli->arena;
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < error->rules_len; i++) {
		Json *rule = json_object(arena);

		json_set(arena, rule, STR("code"),
			json_text(arena, str_from(diag_code_text(error->rules[i]))));
		json_set(arena, rule, STR("name"),
			json_text(arena, str_from(diag_code_name(error->rules[i]))));
		json_push(arena, list, rule);
	}
	return list;
}

/* All of them: a program has no screen to fill. */
static Json *
clues_json(const Answer *answer, const RulesError *error)
{
	Arena *arena = answer->cli->arena;
	Json *list = json_list(arena);
	Clues clues = {0};
	size_t i;

	if (answer->plan != NULL)
		clues = find_clues(answer, error);
	for (i = 0; i < clues.len; i++) {
		const Clue *clue = &clues.items[i];
		Json *one = json_object(arena);

		json_set(arena, one, STR("code"),
			clue->code == NULL ? json_null(arena)
					   : json_text(arena, str_from(clue->code)));
		json_set(arena, one, STR("path"), json_text(arena, clue->path));
		json_set(arena, one, STR("message"), json_text(arena, clue->message));
		json_push(arena, list, one);
	}
	return list;
}

static Json *
error_json(const Answer *answer, const RulesError *error)
{
	Cli *cli = answer->cli;
	Arena *arena = cli->arena;
	Json *object = json_object(arena);

	json_set(arena, object, STR("key"), json_text(arena, error->key));
	json_set(arena, object, STR("says"), json_text(arena, error->says));
	json_set(
		arena, object, STR("meaning"), json_text(arena, reply_string(cli, error, "means")));
	json_set(arena, object, STR("what_to_do"),
		json_text(arena, reply_string(cli, error, "todo")));
	json_set(arena, object, STR("rules"), rules_json(cli, error));
	json_set(arena, object, STR("evidence"), json_text(arena, error->evidence));
	json_set(arena, object, STR("source"), json_text(arena, error->source));
	json_set(arena, object, STR("date"), json_text(arena, error->date));
	json_set(arena, object, STR("candidates"), clues_json(answer, error));
	return object;
}

/* The keys are promised by version 1. */
static Json *
answer_json(const Answer *answer)
{
	Arena *arena = answer->cli->arena;
	Json *object = json_object(arena), *errors = json_list(arena), *texts = json_list(arena);
	size_t i;

	for (i = 0; i < answer->errors.len; i++)
		json_push(arena, errors, error_json(answer, answer->errors.items[i]));
	for (i = 0; i < answer->addresses.len; i++)
		json_push(arena, texts,
			json_text(arena, net_prefix_text(arena, answer->addresses.items[i])));
	json_set(arena, object, STR("format"), json_text(arena, STR("connplan-explain-error")));
	json_set(arena, object, STR("version"), json_number(arena, 1));
	json_set(arena, object, STR("known"), json_bool(arena, answer->errors.len > 0));
	json_set(arena, object, STR("errors"), errors);
	json_set(arena, object, STR("addresses"), texts);
	json_set(arena, object, STR("diagnostics"),
		report_diagnostics(arena, &answer->verdict, answer->cli->sources));
	return object;
}

/* --- the command ------------------------------------------------------------------------------ */

/* The text is an argument, or for `-` all of standard input: bounces have many lines. */
static bool
read_text(Cli *cli, Str *ret_text)
{
	IoStatus status;

	*ret_text = cli->options.error_text;
	if (!STR_EQ(*ret_text, "-"))
		return true;
	status = cli_read_input(cli, *ret_text, TEXT_MAX, ret_text);
	if (status != IO_OK)
		cli_io_error(cli, "cannot read", STR("standard input"), status);
	return status == IO_OK;
}

static Str
answer_result(Cli *cli, CliResultForm form, const void *context)
{
	Answer answer = *(const Answer *)context;
	Buf json = buf_make(cli->arena);

	answer.markdown = form == CLI_MARKDOWN;
	if (form != CLI_JSON)
		return answer_text(&answer);
	json_write_pretty(&json, answer_json(&answer));
	return buf_text(&json);
}

/* Status 1 for a text that holds no message known, as of a search that finds nothing. */
int
cli_explain_error(Cli *cli)
{
	Answer answer = {.cli = cli};
	Str text, looked_at = {0};

	if (!read_text(cli, &text))
		return cli->status;
	answer.errors = rules_find_errors(cli->arena, text);
	answer.addresses = rules_find_addresses(cli->arena, text);
	if (cli->options.arguments.len > 0) {
		answer.plan = cli_load(cli, cli->options.arguments.items[0]);
		if (answer.plan == NULL)
			return cli_unread(cli);
		answer.input = (RuleInput){.model = answer.plan->model,
			.state = answer.plan->after,
			.plan = answer.plan,
			.today = cli_today(cli)};
	}
	answer.verdict = diag_verdict(cli->sink);
	if (answer.plan != NULL)
		looked_at = cli_looked_at(cli, answer.plan);
	cli_print_result(cli, answer_result, &answer, &answer.verdict, looked_at);
	if (cli->status == CLI_CLEAN && answer.errors.len == 0)
		return CLI_FINDINGS;
	return cli_exit_status(cli, &answer.verdict);
}
