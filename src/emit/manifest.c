/* plan.json as the list of files that a run wrote, which is what a later run needs of it. */
#include "emit/emit_int.h"

#define HEAD "{\n  \"format\": \"connplan-plan\",\n"
#define LAST "  \"outputs\": ["
#define TAIL "]\n}\n"

/* Where the last line begins that is a member of the whole, or the end of the text. */
static size_t
last_member(Str text)
{
	size_t end = text.len;

	while (end > 0) {
		size_t start = end;

		while (start > 0 && text.ptr[start - 1] != '\n')
			start--;
		if (str_starts(str_slice(text, start, text.len), STR("  \"")))
			return start;
		end = start > 0 ? start - 1 : 0;
	}
	return text.len;
}

/* How much of the end is looked at first, and how many times more each further time. */
#define END_FIRST ((size_t)64 << 10)
#define END_MORE  8

typedef enum Found { FOUND_NOTHING, FOUND_LIST, FOUND_OTHER } Found;

/* The list in the end of a text that json_write_pretty() wrote; nothing: it begins before. */
static Found
find_list(Str end, bool is_whole, Str *ret_list)
{
	size_t at = last_member(end);

	if (!str_ends(end, STR(TAIL)))
		return FOUND_OTHER;
	/* What looks like the begin of a line may be the middle of one. */
	if (at == end.len || (at == 0 && !is_whole))
		return is_whole ? FOUND_OTHER : FOUND_NOTHING;
	if (!str_starts(str_slice(end, at, end.len), STR(LAST)))
		return FOUND_OTHER;
	*ret_list = str_slice(end, at + STR(LAST).len - 1, end.len - STR(TAIL).len + 1);
	return FOUND_LIST;
}

/*
 * As it was written, the list is the last member and stands on lines of its own, so that of a
 * hundred megabytes only the end is read. False: it is not there, or not as we write it.
 */
static bool
list_as_written(Arena *arena, Io *io, Str path, Str *ret_list)
{
	Found found = FOUND_NOTHING;
	size_t len = END_FIRST;
	IoPart part;

	if (io->read_part(io, arena, path, 0, STR(HEAD).len, &part) != IO_OK ||
		!STR_EQ(part.bytes, HEAD) || part.size > EMIT_MAX_OLD_FILE)
		return false;
	for (; found == FOUND_NOTHING; len *= END_MORE) {
		uint64_t from = part.size > len ? part.size - len : 0;

		if (io->read_part(io, arena, path, from, len, &part) != IO_OK)
			return false;
		found = find_list(part.bytes, part.bytes.len == part.size, ret_list);
	}
	return found == FOUND_LIST;
}

/* The same of any JSON, which somebody may have laid out anew. */
static Json *
list_of_any(Arena *arena, Str text)
{
	Json *format, *outputs;
	JsonError error;

	if (!json_read_at(arena, text, STR("format"), &format, &error) || format == NULL ||
		format->kind != JSON_TEXT || !STR_EQ(format->text, "connplan-plan") ||
		!json_read_at(arena, text, STR("outputs"), &outputs, &error))
		return NULL;
	return outputs;
}

/* A file that is there but cannot be read may list what has to go: that is no absence. */
static IoStatus
read_text(Arena *arena, Io *io, Str path, Str *ret_text)
{
	IoStatus status = io->read(io, arena, path, EMIT_MAX_OLD_FILE, ret_text);
	bool absent = io_is_absent(status) || status == IO_NOT_A_FILE || status == IO_TOO_BIG;

	if (status != IO_OK)
		*ret_text = STR("");
	return absent ? IO_OK : status;
}

IoStatus
emit_manifest_outputs(Arena *arena, Io *io, Str path, const Json **ret_outputs)
{
	Arena *scratch = arena_create();
	Json *outputs = NULL;
	JsonError error;
	IoStatus status = IO_OK;
	Str text, list;

	if (!list_as_written(scratch, io, path, &list) ||
		!json_read(arena, list, &outputs, &error)) {
		status = read_text(scratch, io, path, &text);
		outputs = list_of_any(arena, text);
	}
	arena_destroy(scratch);
	*ret_outputs = outputs != NULL && outputs->kind == JSON_LIST ? outputs : NULL;
	return status;
}
