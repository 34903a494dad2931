/* The SPF engine by itself: one message, or all addresses of a domain. */
#include "cli/spf_int.h"

Str
cli_spf_text(Arena *arena, Str octets)
{
	Buf buf = buf_make(arena);
	size_t i;

	if (octets.ptr == NULL || utf8_valid_until(octets) == octets.len)
		return octets;
	for (i = 0; i < octets.len; i++)
		buf_code_point(&buf, (unsigned char)octets.ptr[i]);
	return buf_text(&buf);
}

void
cli_spf_show(Buf *text, Str octets)
{
	text_terminal(text, cli_spf_text(text->arena, octets));
}

typedef struct SpfForms {
	const Json *json;
	const Buf *text;
} SpfForms;

static Str
spf_result(Cli *cli, CliResultForm form, const void *context)
{
	const SpfForms *result = context;
	Buf out = buf_make(cli->arena);

	switch (form) {
	case CLI_JSON: json_write_pretty(&out, result->json); break;
	case CLI_HUMAN: buf_str(&out, buf_text(result->text)); break;
	case CLI_MARKDOWN:
		buf_lit(&out, "```text\n");
		buf_str(&out, buf_text(result->text));
		buf_lit(&out, "```\n");
		break;
	}
	return buf_text(&out);
}

int
cli_spf_print(Cli *cli, const Json *json, const Buf *text)
{
	SpfForms result = {json, text};
	DiagVerdict none = {0};

	cli_print_result(cli, spf_result, &result, &none, (Str){0});
	return cli->status;
}

static int
usage(Cli *cli, const char *what)
{
	cli_complain(cli, "usage: connplan spf %s", what);
	return CLI_USAGE;
}

/* Who sends is the domain of either identity: one of them has to be there. */
static int
eval(Cli *cli)
{
	const char *how = "eval --ip ADDR --helo NAME --mail-from ADDR [--lock FILE] "
			  "[--closed-world]";
	const CliOptions *options = &cli->options;
	const DnsSource *source;

	if (options->arguments.len != 1 || !options->has_ip)
		return usage(cli, how);
	if (options->mail_from.len == 0 && options->helo.len == 0) {
		cli_complain(cli, "a sender is wanted: --mail-from ADDR, or --helo NAME for the "
				  "null sender");
		return CLI_USAGE;
	}
	if (!net_prefix_is_single(options->ip)) {
		cli_complain(cli, "--ip: one client is one address; `spf expand` looks at all");
		return CLI_USAGE;
	}
	source = cli_load_lock(cli);
	return source == NULL ? cli->status : cli_spf_eval(cli, source);
}

int
cli_spf(Cli *cli)
{
	Str word = cli->options.arguments.items[0];
	StrVec known = {0};

	if (STR_EQ(word, "eval"))
		return eval(cli);
	VEC_PUSH(cli->arena, &known, STR("eval"));
	VEC_PUSH(cli->arena, &known, STR("expand"));
	cli_unknown(cli, "spf: unknown word", word, &known, "and it takes eval or expand");
	return CLI_USAGE;
}
