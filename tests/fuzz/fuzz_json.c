/* JSON: what is read is written as a text that is read as the same. */
#include "json/json.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	Str text = str_copy(arena, (Str){(const char *)data, size});
	Json *value, *again;
	JsonError error;
	Buf written = buf_make(arena);

	if (json_read(arena, text, &value, &error)) {
		json_write_pretty(&written, value);
		ASSERT(json_read(arena, buf_text(&written), &again, &error));
		ASSERT(json_equal(value, again));
	} else {
		ASSERT(error.offset <= text.len && error.message.len > 0);
	}
	arena_destroy(arena);
	return 0;
}
