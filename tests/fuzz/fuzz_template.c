/* A template over a small view: it renders, or there is an error with a place. */
#include "emit/emit.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Json *
small_view(Arena *arena)
{
	Json *view = json_object(arena), *list = json_list(arena);
	size_t i;

	for (i = 0; i < 3; i++) {
		Json *item = json_object(arena);

		json_set(arena, item, STR("a"), json_text(arena, STR("<b>|`$(x)`")));
		json_push(arena, list, item);
	}
	json_set(arena, view, STR("a"), json_text(arena, STR("text")));
	json_set(arena, view, STR("list"), list);
	json_set(arena, view, STR("on"), json_bool(arena, true));
	return view;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	Str text = str_copy(arena, (Str){(const char *)data, size});
	MustacheSource source = {STR("fuzz"), text};
	MustachePartials none = {0};
	const MustacheTemplate *template;
	MustacheError error;
	Buf out = buf_make(arena);

	out.limit = 1u << 20;
	if (!mustache_parse(arena, source, none, &template, &error) ||
		!mustache_render(template, small_view(arena), text_html, &out, &error))
		ASSERT(error.offset <= text.len && error.message.len > 0);
	arena_destroy(arena);
	return 0;
}
