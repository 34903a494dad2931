/*
 * The program: arguments in, streams and an exit status out. The only room that prints, exits, or
 * asks for clock, environment and terminal.
 */
#ifndef CLI_CLI_INT_H
#define CLI_CLI_INT_H

#include "emit/emit.h"
#include "import/import.h"
#include "report/report.h"
#include "rules/rules.h"
#include "view/view.h"

/* Exit statuses, by precedence: bug, bad command line, input or output, findings, difference. */
enum {
	CLI_CLEAN = 0,
	CLI_FINDINGS = 1,
	CLI_DIFFERENCE = 2,
	CLI_USAGE = 3,
	CLI_IO = 4,
	CLI_BUG = 70,
};

typedef enum CliCommandId {
#define COMMAND(enumerator, name, arguments, function, summary, least, most) CLI_##enumerator,
#include "cli/commands.def"
#undef COMMAND
	CLI_COMMANDS
} CliCommandId;

typedef enum CliColor { CLI_COLOR_AUTO, CLI_COLOR_ALWAYS, CLI_COLOR_NEVER } CliColor;

/* The form of a result; findings have ReportFormat besides. */
typedef enum CliResultForm { CLI_HUMAN, CLI_JSON, CLI_MARKDOWN } CliResultForm;

/* One `--format NAME[:FILE]`. */
typedef struct CliFormat {
	Str name, file; /* file absent: the stream */
} CliFormat;

/* What the command line says, after checks. Zero is the default of all but `command` and
 * `max_diagnostics`, which cli_parse() sets. */
typedef struct CliOptions {
	CliCommandId command;
	StrVec arguments;
	VEC(CliFormat) formats;
	CliColor color;
	bool has_language, fail_never, list, version, help, has_today, has_ip, has_max;
	DiagLanguage language;
	DiagSeverity fail_on;
	int32_t today;
	size_t max_diagnostics;
	bool has_select, write_baseline, show_waived;
	bool selected[DIAG_CODES], ignored[DIAG_CODES];
	Str import_root, stdin_filename, output, baseline, live, organization;
	bool detailed_exitcode, before_apply;
	PlanOptions plan_options;
	NetPrefix ip;
	Str ip_text;
	bool ip_is_loose;                    /* in a form that no spec may have */
	Str lock, helo, mail_from, receiver; /* absent: not given */
	Str error_text;                      /* absent: not given */
	bool closed_world;
	bool lock_check, lock_diff, lock_refresh;
	bool has_resolver;
	NetPrefix resolver;
	uint16_t resolver_port;    /* 0: the usual one */
	unsigned timeout, retries; /* milliseconds of the first try; further tries */
	SpfVoids voids;
} CliOptions;

/* One run of the program. Everything lives in the arena until the end. */
typedef struct Cli {
	Arena *arena;
	Io *io;
	SourceSet *sources;
	DiagSink *sink;
	CliOptions options;
	DiagPolicy *policy;          /* NULL until something is said about findings */
	const ConnectorExport *live; /* NULL: without a live state */
	ViewLock lock;               /* of the spec that was loaded last; no path: none */
	int status;                  /* of what went wrong besides findings */
	bool broken[3];              /* streams that took less than all: nothing more goes there */
} Cli;

typedef int (*CliCommand)(Cli *cli);

typedef struct CliCommandRow {
	const char *name, *arguments, *summary;
	CliCommand function;
	size_t least, most;
} CliCommandRow;

/* Indexed by CliCommandId. */
extern const CliCommandRow cli_commands[];

/* Fills the options, or says on standard error what is wrong and gives false. */
bool cli_parse(Cli *cli, int argc, char **argv);
/* Of the command that was given, or of the whole program. */
void cli_print_help(Cli *cli, bool with_command);
void cli_print_version(Cli *cli);

/* --- output ----------------------------------------------------------------------------------- */

/* Writes to a stream; a closed pipe is quiet, any other failure makes the status 4. After either
 * nothing more is written there: what comes would stand behind half a text. */
void cli_print(Cli *cli, OsStream stream, Str text);
/* One sentence on standard error, with the program's name before it. */
void cli_complain(Cli *cli, const char *format, ...) BASE_PRINTF(2, 3);
/* A word that is none of a few names: "unknown command `x`; did you mean ...", or the nearest of
 * them and where all are. */
void cli_unknown(Cli *cli, const char *what, Str word, const StrVec *known, const char *where);
/* What the system refused for a path: complains, and makes the status 4. */
void cli_io_error(Cli *cli, const char *step, Str path, IoStatus status);
/* Prints the findings in every format asked for; human ones go to `stream`. */
void cli_report(Cli *cli, const DiagVerdict *verdict, OsStream stream, Str looked_at);
/*
 * Prints the result of a command that has one, in every form asked for, with the findings of what
 * it was made from. JSON holds them; a form that only findings have is printed where it was asked
 * for; else they go to standard error, for people. The result is for people where no form of it was
 * asked for and standard output is free.
 */
typedef Str (*CliResult)(Cli *cli, CliResultForm form, const void *context);
void cli_print_result(
	Cli *cli, CliResult make, const void *context, const DiagVerdict *verdict, Str looked_at);
/* The exit status of a verdict, with what else went wrong. */
int cli_exit_status(const Cli *cli, const DiagVerdict *verdict);
/* The same of a command that can find a difference: it is a status with --detailed-exitcode. */
int cli_difference_status(const Cli *cli, const DiagVerdict *verdict, bool difference);
/* --color first, then the environment, then whether the stream is a terminal. */
bool cli_wants_color(const Cli *cli, OsStream stream);
/* The first --format that is JSON or Markdown; without one, text for people. */
CliResultForm cli_result_form(const Cli *cli);

/* --- locks ------------------------------------------------------------------------------------ */

/*
 * --lock, or the lock beside the spec of that argument; absent where there is no such place, since
 * the spec comes from standard input.
 */
Str cli_lock_path(Cli *cli, Str spec);
/* Reads the lock of a path, `-` being standard input; false after a complaint with its place. */
bool cli_read_lock(Cli *cli, Str path, DnsLock **ret_lock);
/* Reads --lock, or the lock of the current folder; NULL after a complaint with its place. */
const DnsSource *cli_load_lock(Cli *cli);

/* The lock that a spec relies on: --lock, else mailflow.lock.json beside it, if there is one. */
typedef struct CliLock {
	const DnsSource *source; /* NULL: none */
	Str path, text;
	Str resolved_at;
	Span span;   /* of that */
	bool failed; /* after a complaint */
} CliLock;

void cli_find_lock(Cli *cli, Str spec, CliLock *ret_lock);
/* That of the spec that was loaded last, or NULL. */
const ViewLock *cli_view_lock(const Cli *cli);

/* Replaces a file in one step, which is on the disk when it returns, or writes into a pipe or
 * device; false after a complaint. */
bool cli_write_file(Cli *cli, Str path, Str text);
/* The same for what tells of a run: it may not take the place of what that run has read. It can be
 * had again, and is not waited for. */
bool cli_write_report(Cli *cli, Str path, Str text);
/* Where the files that this run has read are, without links; nothing of it may be replaced. */
void cli_find_inputs(Cli *cli, Map *ret_inputs);
/* Complains that the path is one of them; gives false. */
bool cli_refuse_input(Cli *cli, Str path);

/* --- which findings count --------------------------------------------------------------------- */

/* The flags of the same names; false after a complaint. Lists of codes, names, and begins of codes:
 * CP4, CP41. */
bool cli_select(Cli *cli, Str list);
bool cli_ignore(Cli *cli, Str list);
bool cli_severity(Cli *cli, Str value);
/* Flags of `lock`; false after a complaint. */
bool cli_resolver(Cli *cli, Str value);
bool cli_timeout(Cli *cli, Str value);
bool cli_retries(Cli *cli, Str value);
/* Before a verdict: takes the flags together and reads the baseline; false after a complaint. */
bool cli_begin_policy(Cli *cli);
/* Writes what stands to the baseline, which holds it from then on. */
void cli_write_baseline(Cli *cli);

/* --- inputs ----------------------------------------------------------------------------------- */

/* An input that a path on the command line names; `-` is standard input, which is but one. */
IoStatus cli_read_input(Cli *cli, Str path, size_t limit, Str *ret_text);
/* What it is called in messages. */
Str cli_input_name(Str path);

/* --- specs ------------------------------------------------------------------------------------ */

/* A file over DOC_MAX_FILE is a finding about it, without a place in it. */
void cli_report_too_big(Cli *cli, Str path, const char *help);
/* Reads a spec, or standard input for `-`; NULL when it cannot be read. */
Model *cli_load_model(Cli *cli, Str path);
/* The same, and runs the rules; NULL when it cannot be read. */
Plan *cli_load(Cli *cli, Str path);
/* Says which parts of a spec were read, but not evaluated. */
void cli_tell_unevaluated(Cli *cli, const Plan *plan);
/* Reads --live; false after a complaint (status 4), or after findings about the export. */
bool cli_read_live(Cli *cli);
/* The plan of a spec's state: against the live state, where there is one of this tenant. */
Plan *cli_plan_state(Cli *cli, const State *state);
/* How the spec of that argument is read, and what it names. */
ModelOptions cli_model_options(const Cli *cli, Str path);
/* Reports why a spec could not be read; the exit status. */
int cli_unread(Cli *cli);
/* Days since 1970-01-01, UTC: --today, else SOURCE_DATE_EPOCH, else the clock. */
int32_t cli_today(const Cli *cli);
/* "3 relay hosts, 1 connector" */
Str cli_looked_at(Cli *cli, const Plan *plan);

/*
 * The plan as JSON and every file but plan.json, with the templates of the user; false when one of
 * those is refused, which is then a finding. `path` is the argument that the plan was made from.
 */
bool cli_render(Cli *cli, Str path, const Plan *plan, const DiagVerdict *verdict, Json **ret_json,
	EmitFiles *ret_files);
/* Whether the spec names a folder of templates. */
bool cli_has_templates(const Plan *plan);
/* The same with plan.json, which lists the others, at the end. */
bool cli_render_all(Cli *cli, const Plan *plan, const DiagVerdict *verdict, EmitFiles *ret_files);
/* Puts them into the folder of -o, all or none; false after a complaint. */
bool cli_publish(Cli *cli, const EmitFiles *files);
/* -o as it is shown: without a slash at its end. */
Str cli_output_folder(const Cli *cli);

/* The commands; each gives the exit status. */
int cli_init(Cli *cli);
int cli_check(Cli *cli);
int cli_build(Cli *cli);
int cli_plan(Cli *cli);
int cli_import(Cli *cli);
int cli_lock(Cli *cli);
int cli_explain(Cli *cli);
/* A line of an answer in the language of the run, as plain text. */
Str cli_line_text(Cli *cli, const RulesLine *line);
/* `explain --error TEXT [SPEC]` */
int cli_explain_error(Cli *cli);
int cli_schema(Cli *cli);
int cli_spf(Cli *cli);

#endif
