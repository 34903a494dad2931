/* Text of an address: what is accepted prints as a text that is accepted as the same. */
#include "net/net.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	Str text = str_copy(arena, (Str){(const char *)data, size});
	NetPrefix prefix, again;
	NetAddressError error = net_prefix_parse(text, &prefix);

	if (error == NET_ADDRESS_OK) {
		Str printed = net_prefix_text(arena, prefix);

		ASSERT(net_prefix_parse(printed, &again) == NET_ADDRESS_OK);
		ASSERT(net_prefix_compare(prefix, again) == 0);
		(void)net_classify(prefix);
	} else {
		ASSERT(net_address_reason(arena, error, text).len > 0);
	}
	arena_destroy(arena);
	return 0;
}
