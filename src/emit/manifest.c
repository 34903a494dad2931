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

/*
 * As json_write_pretty() writes it, the list is the last member and stands on lines of its own, so
 * that of a hundred megabytes only the end is looked at.
 */
static bool
list_as_written(Str text, Str *ret_list)
{
	size_t at;

	if (!str_starts(text, STR(HEAD)) || !str_ends(text, STR(TAIL)))
		return false;
	at = last_member(text);
	if (!str_starts(str_slice(text, at, text.len), STR(LAST)))
		return false;
	*ret_list = str_slice(text, at + STR(LAST).len - 1, text.len - STR(TAIL).len + 1);
	return true;
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
	bool absent = status == IO_NOT_FOUND || status == IO_NOT_A_FILE || status == IO_TOO_BIG;

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
	Str text, list;
	IoStatus status = read_text(scratch, io, path, &text);

	if (!list_as_written(text, &list) || !json_read(arena, list, &outputs, &error))
		outputs = list_of_any(arena, text);
	arena_destroy(scratch);
	*ret_outputs = outputs != NULL && outputs->kind == JSON_LIST ? outputs : NULL;
	return status;
}
