/*
 * net_bench [--time] [--cover]: reads prefixes from standard input, one a line, normalises them as
 * one set and prints how many ranges and addresses it holds; --cover prints the exact cover first,
 * --time says on standard error how long normalising alone took. For comparing with `iprange`,
 * whole process against whole process.
 */
#include "net/net.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define INPUT_MAX ((size_t)1 << 30)

static double
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool
read_set(Arena *arena, NetSet *set)
{
	Str rest, line;
	NetPrefix prefix;

	if (os_read_stream(OS_STDIN, arena, INPUT_MAX, &rest) != IO_OK) {
		fprintf(stderr, "net_bench: standard input cannot be read\n");
		return false;
	}
	while (str_next_line(&rest, &line)) {
		NetAddressError error = net_prefix_parse(line, &prefix);

		if (error != NET_ADDRESS_OK) {
			fprintf(stderr, "net_bench: `" STR_FMT "`: " STR_FMT "\n", STR_ARG(line),
				STR_ARG(net_address_reason(arena, error, line)));
			return false;
		}
		net_set_add(arena, set, prefix);
	}
	return true;
}

static void
print_cover(Arena *arena, const NetSet *set)
{
	Buf buf = buf_make(arena);
	NetPrefixVec cover;
	size_t i;

	net_set_cover(arena, set, &cover);
	for (i = 0; i < cover.len; i++) {
		net_prefix_write(&buf, cover.items[i]);
		buf_char(&buf, '\n');
	}
	fwrite(buf_text(&buf).ptr, 1, buf.len, stdout);
}

int
main(int argc, char **argv)
{
	Arena *arena = arena_create();
	NetSet set = {0};
	double start;
	int i;

	if (!read_set(arena, &set))
		return 1;
	start = milliseconds();
	net_set_normalise(&set);
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--time") == 0)
			fprintf(stderr, "normalise: %.2f ms\n", milliseconds() - start);
		else if (strcmp(argv[i], "--cover") == 0)
			print_cover(arena, &set);
	}
	printf("%zu ranges, %" PRIu64 " IPv4 addresses, " STR_FMT " IPv6 addresses\n",
		set.ip4.len + set.ip6.len, net_set_count4(&set),
		STR_ARG(net_bits_decimal(arena, net_set_count6(&set))));
	arena_destroy(arena);
	return 0;
}
