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

int
cli_print_result(Cli *cli, const Json *json, const Buf *text)
{
	Buf out = buf_make(cli->arena);

	switch (cli_result_form(cli)) {
	case CLI_JSON: json_write_pretty(&out, json); break;
	case CLI_HUMAN: buf_str(&out, buf_text(text)); break;
	case CLI_MARKDOWN:
		buf_lit(&out, "```text\n");
		buf_str(&out, buf_text(text));
		buf_lit(&out, "```\n");
		break;
	}
	cli_print(cli, OS_STDOUT, buf_text(&out));
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
	static const Str names[] = {STR_CONST("eval"), STR_CONST("expand")};
	Str word = cli->options.arguments.items[0], nearest;

	if (STR_EQ(word, "eval"))
		return eval(cli);
	nearest = str_nearest(word, names, BASE_COUNT(names));
	if (nearest.ptr != NULL)
		cli_complain(cli, "spf: `" STR_FMT "` is unknown; did you mean `" STR_FMT "`?",
			STR_ARG(word), STR_ARG(nearest));
	else
		cli_complain(cli, "spf: `" STR_FMT "` is unknown; it takes eval or expand",
			STR_ARG(word));
	return CLI_USAGE;
}
