/* The result of `connplan lock`: for people, as Markdown, and as JSON. */
#include "cli/lock_int.h"

/* Failures and networks that are shown; all of them are in the JSON. */
#define SHOWN 20

/* A lock differs from none in all that it holds. */
static size_t
count_answers(const LockRun *run)
{
	DnsChangeVec all;
	DnsLock *none = dns_lock_new(run->cli->arena);

	dns_lock_compare(run->cli->arena, none, run->lock, &all);
	return all.len;
}

/* --- for people ------------------------------------------------------------------------------- */

/* Names and texts out of DNS are anybody's: each goes through what the form takes for text. */
typedef struct Writer {
	Buf text;
	bool is_markdown;
	void (*escape)(Buf *buf, Str text);
} Writer;

/* A bullet in Markdown; for people the level alone tells what belongs to what. */
static void
write_line(Writer *writer, size_t level, Str head, Str words)
{
	buf_repeat(&writer->text, ' ', 2 * level);
	if (writer->is_markdown)
		buf_lit(&writer->text, "- ");
	writer->escape(&writer->text, head);
	if (words.len > 0) {
		buf_lit(&writer->text, head.len > 0 ? ": " : "");
		writer->escape(&writer->text, words);
	}
	buf_char(&writer->text, '\n');
}

static Str
question_text(Arena *arena, DnsQuestion question)
{
	return str_format(
		arena, STR_FMT " %s", STR_ARG(question.name), dns_type_text(question.type));
}

static void
write_items(Writer *writer, Str sign, const StrVec *items)
{
	size_t i;

	for (i = 0; i < items->len; i++)
		write_line(writer, writer->is_markdown ? 1 : 2, (Str){0},
			str_format(writer->text.arena, STR_FMT " " STR_FMT, STR_ARG(sign),
				STR_ARG(items->items[i])));
}

/* What is new or not needed any more is counted; --diff shows it, too. */
static void
write_changes(Writer *writer, const LockRun *run)
{
	Arena *arena = writer->text.arena;
	bool all = run->cli->options.lock_diff;
	size_t i;

	for (i = 0; i < run->changes.len; i++) {
		const DnsChange *change = &run->changes.items[i];
		LockItems items;

		if (!all && (change->before == NULL || change->after == NULL))
			continue;
		write_line(writer, 0, question_text(arena, change->question),
			cli_lock_words(arena, change));
		cli_lock_items(arena, change, &items);
		if (all) {
			write_items(writer, STR("+"), &items.added);
			write_items(writer, STR("\u2212"), &items.removed);
		}
	}
}

/* As the fewest networks that hold exactly these addresses. */
static void
write_networks(Writer *writer, const char *sign, const NetSet *set)
{
	Arena *arena = writer->text.arena;
	NetPrefixVec cover;
	size_t i;

	net_set_cover(arena, set, &cover);
	for (i = 0; i < cover.len && i < SHOWN; i++)
		write_line(writer, writer->is_markdown ? 1 : 2, (Str){0},
			str_format(arena, "%s " STR_FMT, sign,
				STR_ARG(net_prefix_text(arena, cover.items[i]))));
	if (cover.len > SHOWN)
		write_line(writer, writer->is_markdown ? 1 : 2, (Str){0},
			str_format(arena, "%s %zu more networks", sign, cover.len - SHOWN));
}

static void
write_effects(Writer *writer, const LockRun *run)
{
	Arena *arena = writer->text.arena;
	size_t i;

	for (i = 0; i < run->effects.len; i++) {
		const LockEffect *effect = &run->effects.items[i];

		write_line(writer, 0,
			str_format(arena, "what passes by " STR_FMT, STR_ARG(effect->domain)),
			cli_lock_effect_words(arena, effect));
		if (run->cli->options.lock_diff) {
			write_networks(writer, "+", &effect->more);
			write_networks(writer, "\u2212", &effect->fewer);
		}
	}
}

/* Why, and what stands in the lock now. */
static void
write_failures(Writer *writer, const LockRun *run)
{
	Arena *arena = writer->text.arena;
	size_t i;

	for (i = 0; i < run->failures.len && i < SHOWN; i++) {
		const LockFailure *failure = &run->failures.items[i];

		write_line(writer, 0, question_text(arena, failure->question),
			str_format(arena, STR_FMT "; %s", STR_ARG(failure->reason),
				failure->kept ? "the old answer stays" : "there is no answer"));
	}
	if (run->failures.len > SHOWN)
		write_line(writer, 0,
			str_format(
				arena, "and %zu more without an answer", run->failures.len - SHOWN),
			(Str){0});
}

static void
add_part(Buf *parts, size_t count, const char *what)
{
	if (count > 0)
		buf_printf(parts, "%s%zu %s", parts->len > 0 ? ", " : "", count, what);
}

/* "3 answers differ, 1 new, 2 not needed any more" */
static Str
difference_text(Arena *arena, const LockRun *run)
{
	size_t changed = 0, new = 0, gone = 0, i;
	Buf parts = buf_make(arena);

	for (i = 0; i < run->changes.len; i++) {
		new += run->changes.items[i].before == NULL;
		gone += run->changes.items[i].after == NULL;
	}
	changed = run->changes.len - new - gone;
	add_part(&parts, changed, changed == 1 ? "answer differs" : "answers differ");
	add_part(&parts, new, "new");
	add_part(&parts, gone, "not needed any more");
	return parts.len > 0 ? buf_text(&parts) : STR("nothing differs");
}

static Str
summary_text(Arena *arena, const LockRun *run)
{
	size_t answers = count_answers(run), names = dns_lock_len(run->lock);

	return str_format(arena, "%zu answer%s for %zu name%s from " STR_FMT "; " STR_FMT "; %s",
		answers, answers == 1 ? "" : "s", names, names == 1 ? "" : "s",
		STR_ARG(run->resolver), STR_ARG(difference_text(arena, run)),
		run->is_written                ? "written"
		: run->cli->options.lock_check ? "not written, as --check asks"
					       : "not written");
}

/* What happened first, then what moved, then what that does, then what is missing. */
static Str
make_text(const LockRun *run, bool is_markdown)
{
	Arena *arena = run->cli->arena;
	Writer writer = {buf_make(arena), is_markdown, is_markdown ? text_markdown : text_terminal};

	write_line(&writer, 0, run->path, summary_text(arena, run));
	write_changes(&writer, run);
	write_effects(&writer, run);
	write_failures(&writer, run);
	return buf_text(&writer.text);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

static Json *
texts_json(Arena *arena, const StrVec *texts)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < texts->len; i++)
		json_push(arena, list, json_text(arena, texts->items[i]));
	return list;
}

static void
set_question(Arena *arena, Json *object, DnsQuestion question)
{
	json_set(arena, object, STR("name"), json_text(arena, question.name));
	json_set(
		arena, object, STR("type"), json_format(arena, "%s", dns_type_text(question.type)));
}

static Json *
change_json(Arena *arena, const DnsChange *change)
{
	Json *object = json_object(arena);
	LockItems items;

	cli_lock_items(arena, change, &items);
	set_question(arena, object, change->question);
	json_set(arena, object, STR("before"),
		json_text(arena, json_get_text(change->before, STR("status"))));
	json_set(arena, object, STR("after"),
		json_text(arena, json_get_text(change->after, STR("status"))));
	json_set(arena, object, STR("added"), texts_json(arena, &items.added));
	json_set(arena, object, STR("removed"), texts_json(arena, &items.removed));
	json_set(arena, object, STR("words"), json_text(arena, cli_lock_words(arena, change)));
	return object;
}

/* Counts are texts: a number of JSON ends where IPv6 begins. */
static Json *
set_json(Arena *arena, const NetSet *set)
{
	Json *object = json_object(arena), *networks = json_list(arena);
	NetPrefixVec cover;
	size_t i;

	net_set_cover(arena, set, &cover);
	for (i = 0; i < cover.len; i++)
		json_push(
			arena, networks, json_text(arena, net_prefix_text(arena, cover.items[i])));
	json_set(arena, object, STR("ip4"),
		json_text(arena, net_bits_decimal(arena, net_set_count4(set))));
	json_set(arena, object, STR("ip6"),
		json_text(arena, net_bits_decimal(arena, net_set_count6(set))));
	json_set(arena, object, STR("networks"), networks);
	return object;
}

static Json *
effect_json(Arena *arena, const LockEffect *effect)
{
	Json *object = json_object(arena);

	json_set(arena, object, STR("domain"), json_text(arena, effect->domain));
	json_set(arena, object, STR("more"), set_json(arena, &effect->more));
	json_set(arena, object, STR("fewer"), set_json(arena, &effect->fewer));
	return object;
}

/* `kept`: the answer of the old lock still stands. */
static Json *
failure_json(Arena *arena, const LockFailure *failure)
{
	Json *object = json_object(arena);

	set_question(arena, object, failure->question);
	json_set(arena, object, STR("reason"), json_text(arena, failure->reason));
	json_set(arena, object, STR("kept"), json_bool(arena, failure->kept));
	return object;
}

static void
set_lists(Arena *arena, Json *root, const LockRun *run)
{
	Json *changes = json_list(arena), *effects = json_list(arena), *failures = json_list(arena);
	size_t i;

	for (i = 0; i < run->changes.len; i++)
		json_push(arena, changes, change_json(arena, &run->changes.items[i]));
	for (i = 0; i < run->effects.len; i++)
		json_push(arena, effects, effect_json(arena, &run->effects.items[i]));
	for (i = 0; i < run->failures.len; i++)
		json_push(arena, failures, failure_json(arena, &run->failures.items[i]));
	json_set(arena, root, STR("changes"), changes);
	json_set(arena, root, STR("passes"), effects);
	json_set(arena, root, STR("failures"), failures);
}

/* The words of a change are in it: who makes a comment of it need not find them again. */
static Str
make_json(const LockRun *run)
{
	Arena *arena = run->cli->arena;
	Json *root = json_object(arena);
	Buf text = buf_make(arena);

	json_set(arena, root, STR("format"), json_text(arena, STR("connplan-lock-result")));
	json_set(arena, root, STR("version"), json_number(arena, 1));
	json_set(arena, root, STR("diagnostics"),
		report_diagnostics(arena, run->verdict, run->cli->sources));
	json_set(arena, root, STR("lock"), json_text(arena, run->path));
	json_set(arena, root, STR("written"), json_bool(arena, run->is_written));
	json_set(arena, root, STR("resolver"), json_text(arena, run->resolver));
	json_set(arena, root, STR("resolved_at"), json_text(arena, run->resolved_at));
	json_set(arena, root, STR("names"), json_number(arena, (int64_t)dns_lock_len(run->lock)));
	json_set(arena, root, STR("answers"), json_number(arena, (int64_t)count_answers(run)));
	set_lists(arena, root, run);
	json_write_pretty(&text, root);
	return buf_text(&text);
}

Str
cli_lock_result(Cli *cli, CliResultForm form, const void *context)
{
	(void)cli;
	return form == CLI_JSON ? make_json(context) : make_text(context, form == CLI_MARKDOWN);
}
