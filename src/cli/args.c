/* The command line: flags on either side of the command, nearest names for what is unknown. */
#include "cli/cli_int.h"

/* Reads one flag's value; false after a complaint. */
typedef bool (*FlagReader)(Cli *cli, Str value);

/* What becomes of a flag: a switch is set, a text kept, anything else read by a function. */
typedef enum FlagKind { FLAG_SWITCH, FLAG_ONCE, FLAG_TEXT, FLAG_READ } FlagKind;

/* One row of flags.def, which says what the columns mean. */
typedef struct FlagRow {
	const char *name, *letter, *value;
	FlagKind kind;
	size_t member;   /* offset in CliOptions of a bool or Str, unless the kind is FLAG_READ */
	FlagReader read; /* of FLAG_READ alone */
	unsigned commands;
	const char *meaning;
} FlagRow;

/* Sets of commands, one bit each: which commands a flag belongs to. */
#define ON(command) (1u << CLI_##command)
#define ALL         ((1u << CLI_COMMANDS) - 1)
/* Those whose arguments are specs. */
#define OF_SPECS (ON(CHECK) | ON(BUILD) | ON(PLAN) | ON(LOCK) | ON(EXPLAIN))

/* A mistyped word gets the nearest name; one that is like none gets the whole list. */
static bool
choose(Cli *cli, const char *flag, Str value, const char *const *names, size_t len,
	size_t *ret_index)
{
	StrVec known = {0};
	Buf list = buf_make(cli->arena);
	Str nearest;
	size_t i;

	for (i = 0; i < len; i++) {
		if (str_equal(value, str_from(names[i]))) {
			*ret_index = i;
			return true;
		}
		VEC_PUSH(cli->arena, &known, str_from(names[i]));
		buf_printf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
	}
	nearest = str_nearest(value, known.items, known.len);
	if (nearest.ptr != NULL)
		cli_complain(cli, "%s: `" STR_FMT "` is unknown; did you mean `" STR_FMT "`?", flag,
			STR_ARG(value), STR_ARG(nearest));
	else
		cli_complain(cli, "%s: `" STR_FMT "` is unknown; it takes " STR_FMT, flag,
			STR_ARG(value), STR_ARG(buf_text(&list)));
	return false;
}

/* A path or an address given twice is a slip more likely than a wish. Of the others with one value
 * the last counts, so that the default of an alias can be overridden. */
static bool
once(Cli *cli, const char *flag, bool given)
{
	if (given)
		cli_complain(cli, "%s is given twice", flag);
	return !given;
}

/* Of two reports in one file the first would be lost. */
static bool
is_taken(Cli *cli, Str file)
{
	size_t i;

	for (i = 0; i < cli->options.formats.len; i++) {
		if (str_equal(cli->options.formats.items[i].file, file))
			return true;
	}
	return false;
}

static bool
flag_format(Cli *cli, Str value)
{
	const char *names[REPORT_FORMATS];
	/* The first colon divides: a file's name may have more of them. */
	size_t colon = str_find_char(value, ':', 0), index, i;
	CliFormat format = {.name = str_slice(value, 0, colon)};
	ReportFormat known;

	if (colon < value.len) {
		format.file = str_slice(value, colon + 1, value.len);
		if (format.file.len == 0) {
			cli_complain(cli, "--format: `" STR_FMT "` names no file", STR_ARG(value));
			return false;
		}
		if (is_taken(cli, format.file)) {
			cli_complain(cli, "--format: two reports would go into `" STR_FMT "`",
				STR_ARG(format.file));
			return false;
		}
	}
	for (i = 0; i < REPORT_FORMATS; i++)
		names[i] = report_format_name((ReportFormat)i);
	if (!report_format_find(format.name, &known) &&
		!choose(cli, "--format", format.name, names, REPORT_FORMATS, &index))
		return false;
	VEC_PUSH(cli->arena, &cli->options.formats, format);
	return true;
}

static bool
flag_color(Cli *cli, Str value)
{
	static const char *const names[] = {"auto", "always", "never"};
	size_t index;

	if (!choose(cli, "--color", value, names, BASE_COUNT(names), &index))
		return false;
	cli->options.color = (CliColor)index;
	return true;
}

static bool
flag_language(Cli *cli, Str value)
{
	static const char *const names[] = {"en", "ja"};
	size_t index;

	if (!choose(cli, "--lang", value, names, BASE_COUNT(names), &index))
		return false;
	cli->options.language = (DiagLanguage)index;
	cli->options.has_language = true;
	return true;
}

static bool
flag_fail_on(Cli *cli, Str value)
{
	static const char *const names[] = {"error", "warning", "not-checked", "info", "never"};
	size_t index;

	if (!choose(cli, "--fail-on", value, names, BASE_COUNT(names), &index))
		return false;
	cli->options.fail_never = index == 4;
	/* The other four words are severities. `never` leaves the threshold as it is. */
	if (index < 4)
		(void)diag_severity_find(value, &cli->options.fail_on);
	return true;
}

static bool
flag_today(Cli *cli, Str value)
{
	cli->options.has_today = date_parse(value, &cli->options.today);
	if (!cli->options.has_today)
		cli_complain(cli, "--today: `" STR_FMT "` is not a date; write YYYY-MM-DD",
			STR_ARG(value));
	return cli->options.has_today;
}

/* 0 is taken too: it means all of them. */
static bool
flag_max_diagnostics(Cli *cli, Str value)
{
	uint64_t number;

	if (!base_parse_number(value, SIZE_MAX, &number)) {
		cli_complain(cli, "--max-diagnostics: `" STR_FMT "` is not a whole number",
			STR_ARG(value));
		return false;
	}
	cli->options.max_diagnostics = (size_t)number;
	cli->options.has_max = true;
	return true;
}

static bool
flag_output(Cli *cli, Str value)
{
	if (!once(cli, "-o", cli->options.output.ptr != NULL))
		return false;
	/* An unset variable in a script (`-o "$OUT"`) must not write into the root folder. */
	if (value.len == 0) {
		cli_complain(cli, "-o: the name is empty");
		return false;
	}
	cli->options.output = value;
	return true;
}

/* One address or a whole range: both are a prefix. What only a client's address may look like is
 * judged at the end, when the command is known. */
static bool
flag_ip(Cli *cli, Str value)
{
	NetAddressError error = net_prefix_parse(value, &cli->options.ip);

	if (!once(cli, "--ip", cli->options.has_ip))
		return false;
	cli->options.has_ip = true;
	cli->options.ip_text = value;
	cli->options.ip_is_loose = error != NET_ADDRESS_OK;
	if (error == NET_ADDRESS_OK || net_address_parse_rfc4291(value, &cli->options.ip))
		return true;
	cli_complain(cli, "--ip: `" STR_FMT "` is not an address: " STR_FMT, STR_ARG(value),
		STR_ARG(net_address_reason(cli->arena, error, value)));
	return false;
}

static bool
flag_voids(Cli *cli, Str value)
{
	static const char *const names[] = {"strict", "relaxed"};
	size_t index;

	if (!choose(cli, "--voids", value, names, BASE_COUNT(names), &index))
		return false;
	cli->options.voids = (SpfVoids)index;
	return true;
}

/* The place in this table numbers a flag in Words.used. */
static const FlagRow flags[] = {
#define MEMBER(name) offsetof(CliOptions, name)
#define SWITCH(name, letter, member, commands, meaning)                                            \
	{name, letter, NULL, FLAG_SWITCH, MEMBER(member), NULL, commands, meaning},
#define ONCE(name, value, member, commands, meaning)                                               \
	{name, "", value, FLAG_ONCE, MEMBER(member), NULL, commands, meaning},
#define TEXT(name, value, member, commands, meaning)                                               \
	{name, "", value, FLAG_TEXT, MEMBER(member), NULL, commands, meaning},
#define FLAG(name, letter, value, read, commands, meaning)                                         \
	{name, letter, value, FLAG_READ, 0, read, commands, meaning},
#include "cli/flags.def"
#undef FLAG
#undef TEXT
#undef ONCE
#undef SWITCH
#undef MEMBER
};

/* --- the walk over the arguments -------------------------------------------------------------- */

/* Names are matched whole: neither `-oDIR` nor a bundle such as `-ho` is a flag. */
static const FlagRow *
find_flag(Str name)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(flags); i++) {
		if (str_equal(name, str_from(flags[i].name)) ||
			(flags[i].letter[0] != 0 && str_equal(name, str_from(flags[i].letter))))
			return &flags[i];
	}
	return NULL;
}

/* Only long names are suggested: they say what the flag does. */
static bool
unknown_flag(Cli *cli, Str name)
{
	StrVec known = {0};
	size_t i;

	for (i = 0; i < BASE_COUNT(flags); i++)
		VEC_PUSH(cli->arena, &known, str_from(flags[i].name));
	cli_unknown(cli, "unknown flag", name, &known, "and connplan --help lists all");
	return false;
}

static bool
unknown_command(Cli *cli, Str name)
{
	StrVec known = {0};
	size_t i;

	for (i = 0; i < CLI_COMMANDS; i++)
		VEC_PUSH(cli->arena, &known, str_from(cli_commands[i].name));
	cli_unknown(cli, "unknown command", name, &known, "and connplan --help lists all");
	return false;
}

/* A word that is no flag: the command, then its arguments. */
static bool
take_word(Cli *cli, Str word)
{
	size_t i;

	if (cli->options.command != CLI_COMMANDS) {
		VEC_PUSH(cli->arena, &cli->options.arguments, word);
		return true;
	}
	for (i = 0; i < CLI_COMMANDS; i++) {
		if (str_equal(word, str_from(cli_commands[i].name))) {
			cli->options.command = (CliCommandId)i;
			return true;
		}
	}
	/* As a word it is what people type first; of a command that follows, its help. */
	if (STR_EQ(word, "help")) {
		cli->options.help = true;
		return true;
	}
	return unknown_command(cli, word);
}

/* The arguments as they came, and how far they are read. */
typedef struct Words {
	char **items;
	int len, at;
	unsigned used[BASE_COUNT(flags)]; /* which flags were given */
} Words;

static bool
set_flag(Cli *cli, const FlagRow *flag, bool again, Str value)
{
	void *member = (char *)&cli->options + flag->member;

	switch (flag->kind) {
	case FLAG_SWITCH: *(bool *)member = true; return true;
	case FLAG_ONCE:
		if (!once(cli, flag->name, again))
			return false;
		*(Str *)member = value;
		return true;
	case FLAG_TEXT: *(Str *)member = value; return true;
	case FLAG_READ: break;
	}
	return flag->read(cli, value);
}

/* `--name=value` or `--name value`; a short name takes its value from the next word alone. The next
 * word is the value even if it begins with a dash. */
static bool
take_flag(Cli *cli, Words *words, Str word)
{
	size_t equals = str_starts(word, STR("--")) ? str_find_char(word, '=', 0) : word.len;
	Str name = str_slice(word, 0, equals), value = {0};
	const FlagRow *flag = find_flag(name);
	bool again;

	if (flag == NULL)
		return unknown_flag(cli, name);
	again = words->used[flag - flags] != 0;
	words->used[flag - flags] = 1;
	if (flag->value == NULL) {
		if (equals < word.len) {
			cli_complain(cli, "%s takes no value", flag->name);
			return false;
		}
		return set_flag(cli, flag, again, value);
	}
	if (equals < word.len) {
		value = str_slice(word, equals + 1, word.len);
	} else if (words->at < words->len) {
		value = str_from(words->items[words->at++]);
	} else {
		cli_complain(cli, "%s wants a value: %s", flag->name, flag->value);
		return false;
	}
	return set_flag(cli, flag, again, value);
}

/* Only possible at the end: the command may stand behind its flags. */
static bool
check_flags_fit(Cli *cli, const Words *words)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(flags); i++) {
		if (words->used[i] != 0 && (flags[i].commands & 1u << cli->options.command) == 0) {
			cli_complain(cli, "%s is not a flag of `%s`", flags[i].name,
				cli_commands[cli->options.command].name);
			return false;
		}
	}
	return true;
}

/* A spec's addresses have one form; a mail server hands over others, too. */
static bool
check_address(Cli *cli)
{
	NetPrefix ignored;
	Str text = cli->options.ip_text;

	if (!cli->options.ip_is_loose || cli->options.command == CLI_SPF)
		return true;
	cli_complain(cli, "--ip: `" STR_FMT "` is not an address: " STR_FMT, STR_ARG(text),
		STR_ARG(net_address_reason(cli->arena, net_prefix_parse(text, &ignored), text)));
	return false;
}

static bool
check_arguments(Cli *cli)
{
	const CliCommandRow *command = &cli_commands[cli->options.command];
	size_t len = cli->options.arguments.len;

	if (len < command->least || len > command->most) {
		cli_complain(cli, "usage: connplan %s %s", command->name, command->arguments);
		return false;
	}
	return check_address(cli);
}

/* Where a path may be `-`, for standard input, beside the specs. */
static const struct Input {
	const char *flag;
	size_t member; /* offset in CliOptions */
	unsigned commands;
} inputs[] = {
	{"--live", offsetof(CliOptions, live), ALL},
	{"--lock", offsetof(CliOptions, lock), ALL & ~ON(LOCK)}, /* that one writes it */
	{"--baseline", offsetof(CliOptions, baseline), ALL},
	{"--error", offsetof(CliOptions, error_text), ALL},
};

/* Who reads a stream second finds it empty: a spec of nothing, or a tenant without connectors. */
static bool
claim_stdin(Cli *cli, const char *who, const char **first)
{
	if (*first == NULL) {
		*first = who;
		return true;
	}
	cli_complain(cli,
		"standard input is one input, and `-` stands for two: %s and %s; let one of them "
		"be a file",
		*first, who);
	return false;
}

static bool
check_stdin(Cli *cli)
{
	const CliOptions *options = &cli->options;
	unsigned command = 1u << options->command;
	const char *first = NULL;
	size_t i;

	for (i = 0; (command & OF_SPECS) != 0 && i < options->arguments.len; i++) {
		if (STR_EQ(options->arguments.items[i], "-") && !claim_stdin(cli, "a spec", &first))
			return false;
	}
	for (i = 0; i < BASE_COUNT(inputs); i++) {
		const Str *path = (const Str *)((const char *)options + inputs[i].member);

		if ((command & inputs[i].commands) != 0 && STR_EQ(*path, "-") &&
			!claim_stdin(cli, inputs[i].flag, &first))
			return false;
	}
	return true;
}

bool
cli_parse(Cli *cli, int argc, char **argv)
{
	Words words = {.items = argv, .len = argc, .at = 1};
	bool only_words = false;

	cli->options.command = CLI_COMMANDS;
	cli->options.max_diagnostics = 200;
	cli->options.timeout = 2000;
	cli->options.retries = 2;
	while (words.at < words.len) {
		Str word = str_from(words.items[words.at++]);

		/* After `--` a name may begin with a dash. */
		if (!only_words && STR_EQ(word, "--")) {
			only_words = true;
			continue;
		}
		/* A dash alone is standard input, thus a word. */
		if (!only_words && word.len > 1 && word.ptr[0] == '-'
				? !take_flag(cli, &words, word)
				: !take_word(cli, word))
			return false;
	}
	/* Answered before the rules of a command are asked: neither needs its arguments. */
	if (cli->options.version || cli->options.help)
		return true;
	if (cli->options.command == CLI_COMMANDS) {
		cli_print_help(cli, false);
		return false;
	}
	return check_flags_fit(cli, &words) && check_arguments(cli) && check_stdin(cli);
}

/* --- help ------------------------------------------------------------------------------------- */

/* Meanings stand in one column; a flag too long for it is followed by two blanks. Rows are ASCII,
 * so that bytes are columns. */
static void
help_flags(Buf *text, unsigned commands)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(flags); i++) {
		size_t start = text->len, width;

		if ((flags[i].commands & commands) == 0)
			continue;
		buf_printf(text, "  %s%s%s%s%s", flags[i].letter,
			flags[i].letter[0] != 0 ? ", " : "", flags[i].name,
			flags[i].value != NULL ? " " : "",
			flags[i].value != NULL ? flags[i].value : "");
		width = text->len - start;
		buf_repeat(text, ' ', width < 28 ? 28 - width : 2);
		buf_printf(text, "%s\n", flags[i].meaning);
	}
}

static void
help_commands(Buf *text)
{
	size_t i;

	buf_lit(text, "connplan compiles a mail-flow spec into Exchange Online connectors and SPF "
		      "records,\nand proves the change right first.\n\nCommands:\n");
	for (i = 0; i < CLI_COMMANDS; i++) {
		size_t start = text->len, width;

		buf_printf(text, "  %s %s", cli_commands[i].name, cli_commands[i].arguments);
		width = text->len - start;
		buf_repeat(text, ' ', width < 34 ? 34 - width : 2);
		buf_printf(text, "%s\n", cli_commands[i].summary);
	}
	buf_lit(text, "\nFlags (before or after the command):\n");
	help_flags(text, ALL);
	buf_lit(text,
		"\nExit status: 0 clean, 1 findings, 2 a difference (--detailed-exitcode), 3 bad "
		"command line, 4 input or output failed.\n`-` is standard input.\n");
}

/* Help that was asked for is a result; shown for a lack of a command it is a complaint. */
void
cli_print_help(Cli *cli, bool with_command)
{
	Buf text = buf_make(cli->arena);

	if (with_command) {
		const CliCommandRow *command = &cli_commands[cli->options.command];

		buf_printf(&text, "usage: connplan %s %s\n%s\n\nFlags:\n", command->name,
			command->arguments, command->summary);
		help_flags(&text, 1u << cli->options.command);
	} else {
		help_commands(&text);
	}
	cli_print(cli, cli->options.help ? OS_STDOUT : OS_STDERR, buf_text(&text));
}
