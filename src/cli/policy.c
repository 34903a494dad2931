/* What the command line says about findings: which count, how severe they are, what is known. */
#include "cli/cli_int.h"

/* A baseline of so many findings is no baseline any more. */
#define BASELINE_LIMIT ((size_t)64 << 20)

static DiagPolicy *
policy_of(Cli *cli)
{
	if (cli->policy == NULL)
		cli->policy = ARENA_NEW(cli->arena, DiagPolicy);
	return cli->policy;
}

/* --- lists of rules --------------------------------------------------------------------------- */

/* `CP4` and `CP41`: all rules whose code begins so. */
static bool
is_prefix(Str word)
{
	size_t i;

	if (word.len < 3 || word.len > 4 || !str_equal_nocase(str_slice(word, 0, 2), STR("CP")))
		return false;
	for (i = 2; i < word.len; i++) {
		if (word.ptr[i] < '0' || word.ptr[i] > '9')
			return false;
	}
	return true;
}

static void
unknown_rule(Cli *cli, const char *flag, Str word)
{
	Str what = str_format(cli->arena, "%s: no rule", flag);
	StrVec known = {0};
	size_t i;

	for (i = 0; i < DIAG_CODES; i++) {
		VEC_PUSH(cli->arena, &known, str_from(diag_code_text((DiagCode)i)));
		VEC_PUSH(cli->arena, &known, str_from(diag_code_name((DiagCode)i)));
	}
	cli_unknown(cli, str_c(cli->arena, what), word, &known,
		"and connplan explain --list shows all");
}

/* Marks the rules that a word stands for: one by code or name, or several by the begin of a code.
 */
static bool
mark_rules(Cli *cli, const char *flag, Str word, bool marked[DIAG_CODES])
{
	bool found = false;
	DiagCode code;
	size_t i;

	if (diag_code_find(word, &code)) {
		marked[code] = true;
		return true;
	}
	for (i = 0; i < DIAG_CODES && is_prefix(word); i++) {
		Str text = str_from(diag_code_text((DiagCode)i));

		if (str_equal_nocase(str_slice(text, 0, word.len), word))
			marked[i] = found = true;
	}
	if (!found)
		unknown_rule(cli, flag, word);
	return found;
}

static bool
mark_list(Cli *cli, const char *flag, Str list, bool marked[DIAG_CODES])
{
	size_t at = 0;

	while (at <= list.len) {
		size_t comma = str_find_char(list, ',', at);

		if (!mark_rules(cli, flag, str_trim(str_slice(list, at, comma)), marked))
			return false;
		at = comma + 1;
	}
	return true;
}

/* The verdict keeps what no waiver can lift, whatever the two say. */
bool
cli_select(Cli *cli, Str list)
{
	return mark_list(cli, "--select", list, cli->options.selected) &&
	       (cli->options.has_select = true);
}

bool
cli_ignore(Cli *cli, Str list)
{
	return mark_list(cli, "--ignore", list, cli->options.ignored);
}

bool
cli_severity(Cli *cli, Str value)
{
	DiagPolicy *policy = policy_of(cli);
	size_t equals = str_find_char(value, '=', 0);
	Str word = str_slice(value, 0, equals), text;
	DiagSeverity level;
	DiagCode code;

	if (!diag_code_find(word, &code)) {
		unknown_rule(cli, "--severity", word);
		return false;
	}
	text = equals < value.len ? str_slice(value, equals + 1, value.len) : (Str){0};
	if (!diag_severity_find(text, &level)) {
		cli_complain(cli,
			"--severity: `" STR_FMT "` has no level; write %s=error, warning, "
			"not-checked or info",
			STR_ARG(value), diag_code_text(code));
		return false;
	}
	if (!diag_code_waivable(code) && level != DIAG_SEVERITY_ERROR) {
		cli_complain(cli, "--severity: %s cannot be waived, and stays an error",
			diag_code_text(code));
		return false;
	}
	policy->has_level[code] = true;
	policy->levels[code] = level;
	return true;
}

/* --- the baseline ----------------------------------------------------------------------------- */

static Str
place_of(Cli *cli, const Diag *diag)
{
	return span_is_set(diag->span) ? source_file(cli->sources, diag->span.file)->path : STR("");
}

/* False where an item has not what a baseline needs. */
static bool
add_known(Cli *cli, Map *known, const Json *item)
{
	const Json *print = json_get(item, STR("fingerprint"));
	Str key;

	if (print == NULL || print->kind != JSON_TEXT)
		return false;
	key = diag_baseline_key(cli->arena, json_get_text(item, STR("file")), print->text);
	map_add(cli->arena, known, key, 0);
	return true;
}

static bool
malformed(Cli *cli, Str text, size_t offset, Str why)
{
	Str path = cli_input_name(cli->options.baseline);
	Position place = source_position(
		cli->sources, source_add(cli->sources, path, text), (uint32_t)offset);

	cli_complain(cli, STR_FMT ":%u:%u: not a baseline: " STR_FMT, STR_ARG(path), place.line,
		place.column, STR_ARG(why));
	cli->status = CLI_IO;
	return false;
}

static bool
read_findings(Cli *cli, Str text, const Json *value, Map *known)
{
	const Json *list = json_get(value, STR("findings")), *version;
	size_t start = 0, end = 0, i;

	version = json_get(value, STR("version"));
	if (!STR_EQ(json_get_text(value, STR("format")), "connplan-baseline"))
		return malformed(cli, text, 0, STR("`format` is not `connplan-baseline`"));
	if (version == NULL || !version->is_integer || version->number != 1)
		return malformed(cli, text, 0, STR("`version` is not 1"));
	if (list == NULL || list->kind != JSON_LIST)
		return malformed(cli, text, 0, STR("`findings` is not a list"));
	for (i = 0; i < json_len(list); i++) {
		Str pointer = str_format(cli->arena, "findings/%zu", i);

		if (add_known(cli, known, list->items.items[i]))
			continue;
		(void)json_locate(cli->arena, text, pointer, &start, &end);
		return malformed(cli, text, start, STR("an item without `fingerprint`"));
	}
	return true;
}

static void
read_baseline(Cli *cli)
{
	Map *known = ARENA_NEW(cli->arena, Map);
	IoStatus status;
	JsonError error;
	Json *value;
	Str text;

	status = cli_read_input(cli, cli->options.baseline, BASELINE_LIMIT, &text);
	if (status != IO_OK) {
		cli_io_error(cli, "cannot read", cli_input_name(cli->options.baseline), status);
	} else if (!json_read(cli->arena, text, &value, &error)) {
		(void)malformed(cli, text, error.offset, error.message);
	} else if (read_findings(cli, text, value, known)) {
		policy_of(cli)->baseline = known;
	}
}

static Json *
baseline_item(Cli *cli, const Diag *diag)
{
	Json *item = json_object(cli->arena);
	Arena *arena = cli->arena;

	json_set(arena, item, STR("code"), json_format(arena, "%s", diag_code_text(diag->code)));
	json_set(arena, item, STR("file"), json_text(arena, place_of(cli, diag)));
	json_set(arena, item, STR("path"), json_text(arena, diag->path));
	json_set(arena, item, STR("message"), json_text(arena, diag->message));
	json_set(arena, item, STR("fingerprint"), json_text(arena, diag_fingerprint(arena, diag)));
	return item;
}

void
cli_write_baseline(Cli *cli)
{
	DiagVerdict verdict = diag_verdict(cli->sink);
	Json *baseline = json_object(cli->arena), *findings = json_list(cli->arena);
	Map *known = ARENA_NEW(cli->arena, Map);
	Buf text = buf_make(cli->arena);
	size_t i;

	for (i = 0; i < verdict.len; i++) {
		const Diag *diag = &verdict.items[i];
		Json *item = baseline_item(cli, diag);

		if (!diag_code_waivable(diag->code))
			continue;
		json_push(cli->arena, findings, item);
		(void)add_known(cli, known, item);
	}
	json_set(cli->arena, baseline, STR("format"),
		json_text(cli->arena, STR("connplan-baseline")));
	json_set(cli->arena, baseline, STR("version"), json_number(cli->arena, 1));
	json_set(cli->arena, baseline, STR("findings"), findings);
	json_write_pretty(&text, baseline);
	if (cli_write_report(cli, cli->options.baseline, buf_text(&text)))
		policy_of(cli)->baseline = known;
	cli->sink->policy = cli->policy;
}

/* --- all of it -------------------------------------------------------------------------------- */

bool
cli_begin_policy(Cli *cli)
{
	const CliOptions *options = &cli->options;
	DiagPolicy *policy = policy_of(cli);
	size_t i;

	for (i = 0; i < DIAG_CODES; i++)
		policy->ignored[i] =
			options->ignored[i] || (options->has_select && !options->selected[i]);
	if (options->write_baseline &&
		(options->baseline.ptr == NULL || STR_EQ(options->baseline, "-"))) {
		cli_complain(cli, "--write-baseline wants the file's name: --baseline FILE");
		cli->status = CLI_USAGE;
		return false;
	}
	/* The one that is to be written holds what stands now, whatever an older one says. Without
	 * one that cannot be read the specs are checked all the same: the status tells. */
	if (options->baseline.ptr != NULL && !options->write_baseline)
		read_baseline(cli);
	cli->sink->policy = policy;
	return true;
}
