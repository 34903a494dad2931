/* `connplan lock`: the only command that asks the network, and writes down what it heard. */
#include "cli/lock_int.h"

/* SOURCE_DATE_EPOCH, else the clock: when the answers moved. */
static Str
now_text(Cli *cli)
{
	Str epoch = os_environment("SOURCE_DATE_EPOCH");
	uint64_t now;
	unsigned second;

	if (!base_parse_number(epoch, (uint64_t)DATE_LAST * 86400, &now))
		now = os_now();
	second = (unsigned)(now % 86400);
	return str_format(cli->arena, STR_FMT "T%02u:%02u:%02uZ",
		STR_ARG(date_format(cli->arena, (int32_t)(now / 86400))), second / 3600,
		second / 60 % 60, second % 60);
}

/* The lock as it was; an empty one where there is none. False after a complaint. */
static bool
read_old(LockRun *run)
{
	IoKind kind = IO_KIND_NONE;
	Cli *cli = run->cli;

	run->old = dns_lock_new(cli->arena);
	run->is_new = cli->io->kind(cli->io, run->path, &kind) == IO_OK && kind == IO_KIND_NONE;
	return run->is_new || cli_read_lock(cli, run->path, &run->old);
}

/* What its parts pass, before and after, as sets: a list may change and let in the same. */
static void
compare_policy(LockRun *run, SpfCache *before, SpfCache *after, Str domain)
{
	Arena *arena = run->cli->arena;
	SpfScope scope = {.domain = domain};
	SpfExpansion old, new;
	LockEffect effect = {.domain = domain};

	spf_expand(arena, before, &scope, &old);
	spf_expand(arena, after, &scope, &new);
	effect.more = net_set_subtract(arena, &new.results[SPF_PASS], &old.results[SPF_PASS]);
	effect.fewer = net_set_subtract(arena, &old.results[SPF_PASS], &new.results[SPF_PASS]);
	if (!net_set_is_empty(&effect.more) || !net_set_is_empty(&effect.fewer))
		VEC_PUSH(arena, &run->effects, effect);
}

/* The names that the spec itself speaks of: what their records lead to is part of them. */
static void
compare_policies(LockRun *run)
{
	Arena *arena = run->cli->arena;
	SpfCache *before = spf_cache(arena, dns_lock_source(run->old, false));
	SpfCache *after = spf_cache(arena, dns_lock_source(run->lock, false));
	StrVec roots = {0};
	size_t i;

	state_policies(arena, run->model, &roots);
	for (i = 0; i < roots.len; i++)
		compare_policy(run, before, after, roots.items[i]);
	spf_cache_close(before);
	spf_cache_close(after);
}

/* The result names each; this is for whoever looks at errors alone. */
static void
complain_failures(LockRun *run)
{
	Cli *cli = run->cli;
	size_t kept = 0, i;

	if (run->failures.len == 0)
		return;
	for (i = 0; i < run->failures.len; i++)
		kept += run->failures.items[i].kept;
	if (run->is_lost)
		cli_complain(cli, "nobody answers any more at " STR_FMT, STR_ARG(run->resolver));
	cli_complain(cli, "%zu question%s without an answer: %zu keep%s the old one, %zu ha%s none",
		run->failures.len, run->failures.len == 1 ? " is" : "s are", kept,
		kept == 1 ? "s" : "", run->failures.len - kept,
		run->failures.len - kept == 1 ? "s" : "ve");
	cli->status = CLI_IO;
}

/* Only what moved is worth a new date, and a file in a commit. */
static void
write_lock(LockRun *run)
{
	bool moves = run->is_new || run->changes.len > 0 || run->cli->options.lock_refresh;
	Buf text = buf_make(run->cli->arena);

	run->resolved_at = moves ? now_text(run->cli) : dns_lock_resolved_at(run->old);
	if (!moves || run->cli->options.lock_check)
		return;
	dns_lock_write(run->cli->arena, run->lock, run->resolved_at, run->resolver, &text);
	run->is_written = cli_write_file(run->cli, run->path, buf_text(&text));
}

/* All answers are there, or known to be missing. The file is written before anything is told. */
static int
finish(LockRun *run)
{
	Cli *cli = run->cli;

	if (!cli->options.lock_refresh)
		dns_lock_keep_ttls(run->lock, run->old);
	dns_lock_compare(cli->arena, run->old, run->lock, &run->changes);
	if (!run->is_new && run->changes.len > 0)
		compare_policies(run);
	write_lock(run);
	if (run->is_cut)
		cli_complain(cli, "the spec relies on more than %u answers: the rest is left out",
			STATE_MAX_QUESTIONS);
	complain_failures(run);
	cli_print_result(cli, cli_lock_result, run, run->verdict, run->path);
	return cli_difference_status(
		cli, run->verdict, run->cli->options.lock_check && run->changes.len > 0);
}

/* With a name missing nobody knows what is needed: what is there would be lost. */
static bool
is_readable(LockRun *run)
{
	if (run->model->usable && !run->verdict->failed)
		return true;
	cli_report(run->cli, run->verdict, OS_STDERR, (Str){0});
	return false;
}

int
cli_lock(Cli *cli)
{
	Str spec = cli->options.arguments.items[0];
	LockRun run = {.cli = cli, .lock = dns_lock_new(cli->arena)};
	DiagVerdict verdict;

	if (cli->options.lock_check && cli->options.lock_refresh) {
		cli_complain(cli, "--check writes nothing, and --refresh writes always");
		return CLI_USAGE;
	}
	run.path = cli_lock_path(cli, spec);
	if (run.path.ptr == NULL || STR_EQ(run.path, "-")) {
		cli_complain(cli, "lock wants the name of the file it writes: --lock FILE");
		return CLI_USAGE;
	}
	run.model = cli_load_model(cli, spec);
	if (run.model == NULL)
		return cli_unread(cli);
	verdict = diag_verdict(cli->sink);
	run.verdict = &verdict;
	if (!is_readable(&run) || !read_old(&run) || !cli_lock_ask(&run))
		return cli_exit_status(cli, &verdict);
	return finish(&run);
}
