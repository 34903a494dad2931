/* What the formats made of JSON share: texts, and long lists written in parts. */
#include "report/report_int.h"

#include "text/text.h"

/* So many findings share one scratch arena. */
#define BATCH 256

Json *
report_text(Arena *arena, Str value)
{
	Buf buf;

	if (utf8_valid_until(value) == value.len)
		return json_text(arena, value);
	buf = buf_make(arena);
	while (value.len > 0) {
		size_t valid = utf8_valid_until(value);

		buf_str(&buf, str_slice(value, 0, valid));
		if (valid < value.len) {
			buf_code_point(&buf, 0xfffd);
			valid++;
		}
		value = str_slice(value, valid, value.len);
	}
	return json_text(arena, buf_text(&buf));
}

/* A `#` stands inside strings alone; by its number no log takes it for the mark of a command. */
static void
write_line(Buf *out, Str line)
{
	size_t done = 0, at;

	for (at = str_find_char(line, '#', 0); at < line.len;
		at = str_find_char(line, '#', at + 1)) {
		if (!text_is_log_mark(line, at))
			continue;
		buf_str(out, str_slice(line, done, at));
		buf_lit(out, "\\u0023");
		done = at + 1;
	}
	buf_str(out, str_slice(line, done, line.len));
}

/* A value some levels down, on lines of its own. */
static void
write_indented(Buf *out, Arena *arena, const Json *value, size_t blanks)
{
	Buf lines = buf_make(arena);
	Str rest, line;

	json_write_pretty(&lines, value);
	rest = buf_text(&lines);
	while (str_next_line(&rest, &line)) {
		buf_char(out, '\n');
		buf_repeat(out, ' ', blanks);
		write_line(out, line);
	}
}

size_t
report_all(const Report *report)
{
	return report->verdict->len + report->verdict->waived;
}

void
report_list(Buf *out, const Report *report, size_t len, ReportMake make, size_t blanks)
{
	Arena *arena = arena_create();
	size_t i;

	buf_char(out, '[');
	for (i = 0; i < len; i++) {
		if (i % BATCH == BATCH - 1) {
			arena_destroy(arena);
			arena = arena_create();
		}
		if (i > 0)
			buf_char(out, ',');
		write_indented(
			out, arena, make(arena, report, &report->verdict->items[i]), blanks + 2);
	}
	arena_destroy(arena);
	if (len > 0) {
		buf_char(out, '\n');
		buf_repeat(out, ' ', blanks);
	}
	buf_char(out, ']');
}
