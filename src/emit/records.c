/* Zone files and the table of the summary: formats with few rules, written directly. */
#include "emit/emit_int.h"

static void
zone_record(Buf *zone, Str name, Str ttl, const char *type)
{
	buf_str(zone, name);
	buf_lit(zone, ".\t");
	buf_str(zone, ttl);
	buf_printf(zone, "\tIN\t%s\t", type);
}

/* The plan has a character for each octet. */
static Str
octets_of(Arena *arena, Str text)
{
	Buf octets = buf_make(arena);
	size_t at = 0;

	while (at < text.len)
		buf_char(&octets, (char)(unsigned char)utf8_next(text, &at));
	return buf_text(&octets);
}

/* A text has strings, which are escaped; the value of any other type is a name, checked as one. */
static void
zone_line(EmitContext *context, Buf *zone, const Json *record)
{
	const Json *strings = json_get(record, STR("strings"));
	size_t i;

	zone_record(zone, json_get_text(record, STR("name")), json_get(record, STR("ttl"))->text,
		str_c(context->arena, json_get_text(record, STR("type"))));
	if (strings->items.len == 0)
		buf_str(zone, json_get_text(record, STR("value")));
	for (i = 0; i < strings->items.len; i++) {
		buf_lit(zone, i == 0 ? "" : " ");
		text_zone(zone, octets_of(context->arena, strings->items.items[i]->text));
	}
	buf_char(zone, '\n');
}

/* A string of the document by its whole key; templates reach for it by dots. */
static Str
document_string(const Json *document, Str key)
{
	size_t dot = str_find_char(key, '.', 0);
	const Json *text = json_get(document, STR("text"));

	return json_get_text(
		json_get(text, str_slice(key, 0, dot)), str_slice(key, dot + 1, key.len));
}

/* A string of the document above the records: whoever gets the file is not whoever wrote the spec.
 */
static void
zone_comment(Buf *zone, const Json *document, Str key)
{
	buf_lit(zone, "; ");
	buf_str(zone, document_string(document, key));
	buf_char(zone, '\n');
}

/*
 * What a zone file's name may have before its end: file systems take names of 255 octets, and tools
 * put something behind them. A domain may have 253.
 */
#define STEM_MAX 235

/*
 * A domain's name as that of a file. Of one that is too long the beginning, and a SHA-256 of the
 * whole: behind a character that no domain has, so that no two domains have one file.
 */
static Str
zone_stem(Arena *arena, Str domain)
{
	Str hash;

	if (domain.len <= STEM_MAX)
		return domain;
	hash = sha256_hex(arena, domain);
	return str_format(arena, STR_FMT "~" STR_FMT,
		STR_ARG(str_slice(domain, 0, STEM_MAX - 1 - hash.len)), STR_ARG(hash));
}

/* Whose name does not tell the domain says it on its first line. */
static void
zone_domain(Buf *zone, const Json *document, Str domain)
{
	if (domain.len <= STEM_MAX)
		return;
	zone_comment(zone, document, STR("zone.shortened"));
	buf_printf(zone, "; " STR_FMT "\n", STR_ARG(domain));
}

typedef struct ZonePhase {
	const char *phase, *folder;
} ZonePhase;

/* The records of one domain that belong to one phase. */
static void
zone_file(EmitContext *context, const EmitRow *row, const Json *const *records, size_t len,
	const ZonePhase *phase)
{
	Str domain = json_get_text(records[0], STR("domain"));
	Buf zone = buf_make(context->arena);
	size_t start, i;

	zone_domain(&zone, context->input->document, domain);
	start = zone.len;
	for (i = 0; i < len; i++) {
		if (str_equal(json_get_text(records[i], STR("phase")), str_from(phase->phase)))
			zone_line(context, &zone, records[i]);
	}
	if (zone.len == start)
		return;
	emit_add(context,
		str_format(context->arena, "%s/%s/" STR_FMT ".zone", row->path, phase->folder,
			STR_ARG(zone_stem(context->arena, domain))),
		buf_text(&zone));
}

/* One file for each domain and phase: what to publish first, what in the end, what was there. */
void
emit_zones(EmitContext *context, const EmitRow *row)
{
	static const ZonePhase phases[] = {
		{"add", "1-add"}, {"final", "2-final"}, {"previous", "previous"}};
	const Json *records = json_get(context->input->plan, STR("records"));
	size_t i = 0, end, p;

	for (; i < records->items.len; i = end) {
		Str domain = json_get_text(records->items.items[i], STR("domain"));

		for (end = i + 1;
			end < records->items.len &&
			str_equal(json_get_text(records->items.items[end], STR("domain")), domain);
			end++)
			;
		for (p = 0; p < BASE_COUNT(phases); p++)
			zone_file(context, row, (const Json *const *)&records->items.items[i],
				end - i, &phases[p]);
	}
}

static void
pointer_lines(Buf *zone, const Json *pointer)
{
	const Json *records = json_get(pointer, STR("records"));
	size_t i;

	for (i = 0; i < records->items.len; i++) {
		zone_record(zone, records->items.items[i]->text, STR("3600"), "PTR");
		buf_str(zone, json_get_text(pointer, STR("name")));
		buf_lit(zone, ".\n");
	}
}

void
emit_pointers(EmitContext *context, const EmitRow *row)
{
	const Json *pointers = json_get(context->input->plan, STR("ptr"));
	Buf zone = buf_make(context->arena);
	Arena *scratch = arena_create();
	size_t i;

	for (i = 0; i < json_len(pointers); i++) {
		ArenaMark mark = arena_mark(scratch);

		if (i == 0)
			zone_comment(&zone, context->input->document, STR("ptr.request"));
		pointer_lines(&zone, json_item(scratch, pointers, i));
		arena_reset(scratch, mark);
	}
	arena_destroy(scratch);
	if (zone.len > 0)
		emit_add(context, str_from(row->path), buf_text(&zone));
}

static void
csv_line(Buf *csv, const Str *cells, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		buf_lit(csv, i > 0 ? "," : "");
		text_csv(csv, cells[i]);
	}
	buf_lit(csv, "\r\n");
}

/* The rows of a table, or the addresses below it, which are rows too. */
static void
csv_rows(Arena *scratch, Buf *csv, const Json *table, const char *list, const char *second)
{
	const Json *rows = json_get(table, str_from(list));
	size_t i;

	for (i = 0; i < rows->items.len; i++) {
		ArenaMark mark = arena_mark(scratch);
		const Json *row = json_item(scratch, rows, i);
		Str cells[4] = {json_get_text(table, STR("title")), json_get_text(row, STR("item")),
			json_get_text(row, str_from(second)), json_get_text(row, STR("notes"))};

		csv_line(csv, cells, 4);
		arena_reset(scratch, mark);
	}
}

static void
csv_tables(Buf *csv, const Json *tables, const char *second)
{
	Arena *scratch = arena_create();
	size_t i;

	for (i = 0; i < tables->items.len; i++) {
		ArenaMark mark = arena_mark(scratch);
		const Json *table = json_item(scratch, tables, i);

		csv_rows(scratch, csv, table, "rows", second);
		csv_rows(scratch, csv, table, "addresses", second);
		arena_reset(scratch, mark);
	}
	arena_destroy(scratch);
}

/* UTF-8 with a byte order mark and CRLF: so Excel reads every language. */
void
emit_summary_csv(EmitContext *context, const EmitRow *row)
{
	const Json *document = context->input->document;
	const Json *summary = json_get(document, STR("summary"));
	Buf csv = buf_make(context->arena);
	Str heads[4] = {document_string(document, STR("summary.heading")),
		document_string(document, STR("summary.item")),
		document_string(document, STR("summary.setting")),
		document_string(document, STR("summary.notes"))};

	buf_lit(&csv, "\xef\xbb\xbf");
	csv_line(&csv, heads, 4);
	csv_tables(&csv, json_get(summary, STR("connectors")), "setting");
	csv_tables(&csv, json_get(summary, STR("hosts")), "setting");
	csv_tables(&csv, json_get(summary, STR("spf")), "value");
	emit_add(context, str_from(row->path), buf_text(&csv));
}
