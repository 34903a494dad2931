/*
 * Round by round: the spec is walked over the answers that are known, what it asks for and nobody
 * has answered yet is asked, until nothing is left.
 */
#include "cli/lock_int.h"

/* A line on a terminal that is written over. */
typedef struct Progress {
	Cli *cli;
	size_t known; /* answers of the rounds before */
	bool shown;
} Progress;

static bool
go_on(void *context, size_t done, size_t len)
{
	Progress *progress = context;
	Cli *cli = progress->cli;

	if (os_is_terminal(OS_STDERR)) {
		cli_print(cli, OS_STDERR,
			str_format(cli->arena, "\r%zu of %zu answers\033[K", progress->known + done,
				progress->known + len));
		progress->shown = true;
	}
	return os_signal() == 0;
}

static void
clear_progress(Progress *progress)
{
	if (progress->shown)
		cli_print(progress->cli, OS_STDERR, STR("\r\033[K"));
	progress->shown = false;
}

/* --- what is to be asked ---------------------------------------------------------------------- */

/* The names at the end of aliases, each once. */
static void
find_missing(LockRun *run, DnsQuestionVec *ret_missing)
{
	Arena *arena = run->cli->arena;
	Map seen[DNS_TYPES] = {{0}};
	size_t i;

	*ret_missing = (DnsQuestionVec){0};
	for (i = 0; i < run->questions.len; i++) {
		DnsQuestion question = run->questions.items[i];
		Str name;

		if (dns_lock_lacks(run->lock, question, &name) &&
			map_add(arena, &seen[question.type], name, 0) == MAP_NONE)
			VEC_PUSH(arena, ret_missing, ((DnsQuestion){name, question.type}));
	}
}

/* Anew in each round: an answer may lead to names that nobody knew of. */
static void
walk_spec(LockRun *run)
{
	Arena *arena = run->cli->arena;
	const DnsSource *known = dns_lock_source(run->lock, false);

	run->questions = (DnsQuestionVec){0};
	if (!state_ask(run->model, dns_recorder(arena, known, &run->questions)))
		run->is_cut = true;
}

/* --- what comes back -------------------------------------------------------------------------- */

/* The first that was said of a name stands: servers that contradict themselves end nowhere. */
static void
put_once(LockRun *run, Str name, DnsType type, Json *answer)
{
	if (dns_lock_json(run->lock, name, type) == NULL)
		dns_lock_put(run->lock, name, type, answer);
}

/* Aliases are answers of their own: two names that share one are asked for once. */
static void
put_alias(LockRun *run, const ResolveAlias *alias)
{
	Arena *arena = run->cli->arena;
	Json *data = json_list(arena);

	json_push(arena, data, json_text(arena, alias->target));
	put_once(run, alias->name, DNS_CNAME, dns_answer_json(arena, DNS_OK, alias->ttl, data));
}

/* An answer to build on, and no failure that was written down. */
static bool
is_answer(const Json *answer)
{
	Str status = json_get_text(answer, STR("status"));

	return status.len > 0 && !STR_EQ(status, "servfail") && !STR_EQ(status, "timeout");
}

/* What the old lock has of the name, be it an alias that leads on. */
static bool
keep_old(LockRun *run, DnsQuestion question)
{
	Json *answer = dns_lock_json(run->old, question.name, question.type);
	Json *alias = dns_lock_json(run->old, question.name, DNS_CNAME);

	if (is_answer(answer))
		put_once(run, question.name, question.type, answer);
	else if (alias != NULL && STR_EQ(json_get_text(alias, STR("status")), "ok"))
		put_once(run, question.name, DNS_CNAME, alias);
	else
		return false;
	return true;
}

/* Told in any case, be there something to go on with or not. */
static void
take_failure(LockRun *run, DnsQuestion question, const ResolveReply *reply)
{
	Arena *arena = run->cli->arena;
	LockFailure failure = {question, reply->reason, keep_old(run, question)};

	if (!failure.kept)
		put_once(run, question.name, question.type,
			dns_answer_json(arena, reply->status, 0, NULL));
	VEC_PUSH(arena, &run->failures, failure);
}

/* The status is that of the last name; what was said of those before are aliases. */
static void
take_reply(LockRun *run, DnsQuestion question, const ResolveReply *reply)
{
	size_t i;

	if (reply->status == DNS_SERVFAIL || reply->status == DNS_TIMEOUT) {
		take_failure(run, question, reply);
		return;
	}
	for (i = 0; i < reply->aliases.len; i++)
		put_alias(run, &reply->aliases.items[i]);
	if (!reply->is_open)
		put_once(run, reply->name, question.type,
			dns_answer_json(run->cli->arena, reply->status, reply->ttl, reply->data));
}

static bool
ask_rounds(LockRun *run, Resolver *resolver, Progress *progress)
{
	Arena *arena = run->cli->arena;
	DnsQuestionVec missing;
	size_t i;

	for (;;) {
		ResolveReply *replies;

		walk_spec(run);
		find_missing(run, &missing);
		if (missing.len == 0)
			return true;
		replies = ARENA_ARRAY(arena, ResolveReply, missing.len);
		if (!resolve_ask(resolver, missing.items, missing.len, replies))
			return false;
		progress->known += missing.len;
		for (i = 0; i < missing.len; i++)
			take_reply(run, missing.items[i], &replies[i]);
	}
}

bool
cli_lock_ask(LockRun *run)
{
	const CliOptions *options = &run->cli->options;
	Progress progress = {.cli = run->cli};
	ResolveOptions resolve = {.server = options->resolver,
		.has_server = options->has_resolver,
		.port = options->resolver_port,
		.milliseconds = options->timeout,
		.tries = options->retries + 1,
		.go_on = go_on,
		.context = &progress};
	Resolver *resolver;
	bool finished;
	Str problem;

	resolver = resolve_open(run->cli->arena, &resolve, &problem);
	if (resolver == NULL) {
		cli_complain(run->cli, "no resolver can be asked: " STR_FMT, STR_ARG(problem));
		run->cli->status = CLI_IO;
		return false;
	}
	run->resolver = resolve_servers(resolver);
	finished = ask_rounds(run, resolver, &progress);
	run->is_lost = resolve_is_lost(resolver);
	clear_progress(&progress);
	resolve_close(resolver);
	return finished;
}
