/* A domain name: the normal form is accepted as itself. */
#include "net/net.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(Arena *arena, Str text, NetNameKind kind)
{
	Str name, again;

	if (net_name_parse(arena, text, kind, &name) != NET_NAME_OK)
		return;
	ASSERT(name.len > 0 && name.len <= 253);
	ASSERT(net_name_parse(arena, name, kind, &again) == NET_NAME_OK);
	ASSERT(str_equal(name, again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	Str text = str_copy(arena, (Str){(const char *)data, size});

	check(arena, text, NET_NAME_HOST);
	check(arena, text, NET_NAME_DNS);
	arena_destroy(arena);
	return 0;
}
