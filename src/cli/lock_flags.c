/* Whom `connplan lock` asks, and how patiently. */
#include "cli/cli_int.h"

#define TIMEOUT_MAX 60 /* seconds */
#define RETRIES_MAX 10

static bool
refuse_resolver(Cli *cli, Str value, const char *why)
{
	cli_complain(cli,
		"--resolver: `" STR_FMT "` %s; write 192.0.2.53, 192.0.2.53:5353 or "
		"[2001:db8::53]:5353",
		STR_ARG(value), why);
	return false;
}

/* Takes the port off the end; false where what stands there is none. */
static bool
take_port(Str *address, uint16_t *ret_port)
{
	size_t colon = address->len, first = str_find_char(*address, ':', 0);
	uint64_t port;

	while (colon > 0 && address->ptr[colon - 1] != ':')
		colon--;
	*ret_port = 0;
	/* No colon, or an IPv6 address without brackets, which has no port. */
	if (colon == 0 || (address->ptr[0] != '[' && first + 1 != colon) ||
		address->ptr[address->len - 1] == ']')
		return true;
	if (!base_parse_number(str_slice(*address, colon, address->len), UINT16_MAX, &port) ||
		port == 0)
		return false;
	*ret_port = (uint16_t)port;
	*address = str_slice(*address, 0, colon - 1);
	return true;
}

/* A name would have to be asked for itself: by whom? */
bool
cli_resolver(Cli *cli, Str value)
{
	CliOptions *options = &cli->options;
	Str address = value;
	bool bracketed;

	if (value.len == 0)
		return refuse_resolver(cli, value, "is no address");
	if (!take_port(&address, &options->resolver_port))
		return refuse_resolver(cli, value, "has a port that is none");
	bracketed = address.len > 2 && address.ptr[0] == '[' && address.ptr[address.len - 1] == ']';
	if (bracketed)
		address = str_slice(address, 1, address.len - 1);
	if (net_prefix_parse(address, &options->resolver) != NET_ADDRESS_OK ||
		str_find_char(address, '/', 0) < address.len ||
		bracketed != (bracketed && options->resolver.family == NET_IP6))
		return refuse_resolver(cli, value, "is no address");
	options->has_resolver = true;
	return true;
}

/* "2", "0.25": milliseconds have three digits at most. */
static bool
parse_seconds(Str value, unsigned *ret_milliseconds)
{
	size_t dot = str_find_char(value, '.', 0), i;
	uint64_t seconds, part = 0;

	if (!base_parse_number(str_slice(value, 0, dot), TIMEOUT_MAX, &seconds))
		return false;
	if (dot < value.len && (value.len - dot < 2 || value.len - dot > 4))
		return false;
	for (i = dot + 1; i < dot + 4; i++) {
		char digit = i < value.len ? value.ptr[i] : '0';

		if (digit < '0' || digit > '9')
			return false;
		part = part * 10 + (unsigned)(digit - '0');
	}
	*ret_milliseconds = (unsigned)(seconds * 1000 + part);
	return *ret_milliseconds > 0 && *ret_milliseconds <= TIMEOUT_MAX * 1000;
}

bool
cli_timeout(Cli *cli, Str value)
{
	if (parse_seconds(value, &cli->options.timeout))
		return true;
	cli_complain(cli, "--timeout: `" STR_FMT "` is no number of seconds up to %d",
		STR_ARG(value), TIMEOUT_MAX);
	return false;
}

/* None is fine: a server on the same machine does not lose questions. */
bool
cli_retries(Cli *cli, Str value)
{
	uint64_t number;

	if (!base_parse_number(value, RETRIES_MAX, &number)) {
		cli_complain(cli, "--retries: `" STR_FMT "` is no whole number up to %d",
			STR_ARG(value), RETRIES_MAX);
		return false;
	}
	cli->options.retries = (unsigned)number;
	return true;
}
