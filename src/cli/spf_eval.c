/* `spf eval`: the result for one message, and the way to it. */
#include "cli/spf_int.h"

static Json *
texts_json(Arena *arena, const StrVec *texts)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < texts->len; i++)
		json_push(arena, list, json_text(arena, cli_spf_text(arena, texts->items[i])));
	return list;
}

static Json *
answer_json(Arena *arena, const SpfAnswer *answer)
{
	Json *object = json_object(arena);

	json_set(arena, object, STR("format"), json_text(arena, STR("connplan-spf-eval")));
	json_set(arena, object, STR("version"), json_number(arena, 1));
	json_set(arena, object, STR("diagnostics"), json_list(arena));
	json_set(arena, object, STR("result"),
		json_text(arena, str_from(spf_result_text(answer->result))));
	json_set(arena, object, STR("term"), json_text(arena, cli_spf_text(arena, answer->term)));
	json_set(arena, object, STR("path"), texts_json(arena, &answer->path));
	json_set(arena, object, STR("explanation"),
		json_text(arena, cli_spf_text(arena, answer->explanation)));
	json_set(arena, object, STR("reason"),
		json_text(arena, cli_spf_text(arena, answer->reason)));
	json_set(arena, object, STR("lookups"), json_number(arena, answer->lookups));
	json_set(arena, object, STR("voids"), json_number(arena, answer->voids));
	return object;
}

/* --- for people ------------------------------------------------------------------------------- */

/* What one step came to: "match: pass", "no match", "permerror". */
static void
add_outcome(Buf *text, const SpfStep *step)
{
	if (step->matched)
		buf_printf(text, "match: %s", spf_result_text(step->result));
	else if (step->ended)
		buf_lit(text, spf_result_text(step->result));
	else
		buf_lit(text, "no match");
}

static void
add_term(Buf *text, const SpfStep *step)
{
	size_t start = text->len;

	buf_repeat(text, ' ', 2 + 4 * (size_t)step->depth);
	cli_spf_show(text, step->text);
	if (step->terms > 1)
		buf_printf(text, " and %zu more", step->terms - 1);
	buf_repeat(text, ' ', text->len - start < 54 ? 54 - (text->len - start) : 2);
	add_outcome(text, step);
	if (step->counted)
		buf_printf(text, ", look-up %u", step->lookups);
	buf_char(text, '\n');
}

static void
add_steps(Buf *text, const SpfAnswer *answer)
{
	size_t i;

	for (i = 0; i < answer->steps.len; i++) {
		const SpfStep *step = &answer->steps.items[i];

		if (step->domain.ptr == NULL) {
			add_term(text, step);
			continue;
		}
		buf_repeat(text, ' ', 4 * (size_t)step->depth);
		cli_spf_show(text, step->domain);
		buf_lit(text, ": ");
		cli_spf_show(text, step->text.len > 0 ? step->text : STR("no record"));
		buf_char(text, '\n');
	}
}

static void
add_way(Buf *text, const SpfAnswer *answer)
{
	size_t i;

	for (i = 0; i < answer->path.len; i++) {
		buf_lit(text, i > 0 ? " > " : "");
		cli_spf_show(text, answer->path.items[i]);
	}
	if (answer->term.ptr == NULL)
		return;
	buf_lit(text, " > ");
	cli_spf_show(text, answer->term);
}

static void
add_line(Buf *text, const char *label, Str value)
{
	if (value.len == 0)
		return;
	buf_lit(text, label);
	cli_spf_show(text, value);
	buf_char(text, '\n');
}

static void
answer_text(Cli *cli, const SpfAnswer *answer, Buf *text)
{
	Str ip = net_prefix_text(cli->arena, cli->options.ip);

	buf_printf(text, "%s: " STR_FMT " by ", spf_result_text(answer->result), STR_ARG(ip));
	add_way(text, answer);
	buf_char(text, '\n');
	add_line(text, "because: ", answer->reason);
	add_line(text, "explanation: ", answer->explanation);
	buf_printf(text, "look-ups: %u of %d; without an answer: %u of %d\n", answer->lookups,
		SPF_LOOKUPS_MAX, answer->voids, SPF_VOIDS_MAX);
	if (answer->steps.len > 0)
		buf_char(text, '\n');
	add_steps(text, answer);
}

int
cli_spf_eval(Cli *cli, const DnsSource *source)
{
	SpfRequest request = {.ip = cli->options.ip,
		.helo = cli->options.helo,
		.mail_from = cli->options.mail_from,
		.receiver = cli->options.receiver,
		.time = (int64_t)cli_today(cli) * 86400,
		.voids = cli->options.voids,
		.want_steps = cli_result_form(cli) != CLI_JSON};
	SpfCache *cache = spf_cache(cli->arena, source);
	Buf text = buf_make(cli->arena);
	SpfAnswer answer;

	spf_evaluate(cli->arena, cache, &request, &answer);
	spf_cache_close(cache);
	answer_text(cli, &answer, &text);
	return cli_spf_print(cli, answer_json(cli->arena, &answer), &text);
}
