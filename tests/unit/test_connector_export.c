/* Exports: every shape and encoding that is one, and that everything else is refused with a place.
 */
#include "test_base_random.h"

#include "connector/connector.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Case {
	Arena *arena;
	DiagSink *sink;
	ConnectorExport *export;
	ConnectorExportError error;
	bool good;
} Case;

static Case
read_case(Str bytes)
{
	Case c = {.arena = arena_create()};

	c.sink = diag_sink(c.arena, source_set(c.arena));
	c.good = connector_export_read(c.sink, STR("live.json"), bytes, &c.export, &c.error);
	return c;
}

static Str
file_text(Arena *arena, const char *name)
{
	Str path = str_format(arena, "%s/tests/live/exports/%s", TEST_ROOT, name), text;
	Io *io = io_system(arena);

	assert_int_equal(io->read(io, arena, path, 1 << 20, &text), IO_OK);
	return text;
}

#define CONNECTOR                                                                                  \
	"{\"Name\": \"HQ relay\", \"ConnectorType\": \"OnPremises\", \"Enabled\": true, "          \
	"\"SenderIPAddresses\": [\"198.51.100.17/28\", \"198.51.100.10\", null, \"\"], "           \
	"\"SenderDomains\": [\"SMTP:Contoso.com;1\"], \"Guid\": \"g\", \"RequireTls\": true}"

/* --- shapes ----------------------------------------------------------------------------------- */

typedef struct Shape {
	const char *text;
	size_t connectors;
} Shape;

static void
shapes(void **state)
{
	static const Shape known[] = {
		{"", 0},
		{" \r\n", 0},
		{"\xef\xbb\xbf", 0},
		{"[]", 0},
		{"[null]", 0},
		{"[null, " CONNECTOR "]", 1},
		{CONNECTOR, 1},
		{"\xef\xbb\xbf[" CONNECTOR "]", 1},
		{"{\"value\": [" CONNECTOR "], \"Count\": 1}", 1},
		{"{\"value\": [], \"Count\": 0}", 0},
		{"{\"format\": \"connplan-export\", \"version\": 1, \"InboundConnector\": []}", 0},
		{"{\"format\": \"connplan-export\", \"version\": 1, \"InboundConnector\": "
		 "{\"value\": [" CONNECTOR "], \"Count\": 1}}",
			1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(known); i++) {
		Case c = read_case(str_from(known[i].text));

		if (!c.good)
			fail_msg("%s: " STR_FMT, known[i].text, STR_ARG(c.error.message));
		assert_int_equal(c.export->connectors.len, known[i].connectors);
		assert_false(c.export->broken);
		assert_int_equal(c.sink->items.len, 0);
		assert_int_equal(c.export->fingerprint.len, 64);
		arena_destroy(c.arena);
	}
}

typedef struct Refused {
	const char *text;
	unsigned line, column;
} Refused;

static void
what_is_no_export(void **state)
{
	static const Refused others[] = {
		{"null", 1, 1},
		{"true", 1, 1},
		{"{}", 1, 1},
		{"\n  {\"a\": 1}", 2, 3},
		{"[" CONNECTOR ",\n  1]", 2, 3},
		{"[[]]", 1, 2},
		{"[" CONNECTOR, 1, 214},
		{"<Objs Version=\"1.1.0.1\">", 1, 1},
		{"Name : HQ relay", 1, 1},
		{"{\"Name\": \"a spec\"}", 1, 1},
		{"{\"value\": [" CONNECTOR "]}", 1, 1},
		{"{\"format\": \"connplan-export\",\n \"version\": 2, \"InboundConnector\": []}", 2,
			13},
		{"{\"format\": \"connplan-export\", \"version\": 1}", 1, 1},
		{"{\"format\": \"connplan-export\", \"version\": 1, \"InboundConnector\":\n7}", 2,
			1},
		{"[]\xff", 1, 3},
		{"\xfe\xff", 1, 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(others); i++) {
		Case c = read_case(str_from(others[i].text));
		Position position;

		if (c.good)
			fail_msg("%s: taken", others[i].text);
		position = source_position(c.sink->sources, c.error.span.file, c.error.span.start);
		if (position.line != others[i].line || position.column != others[i].column)
			fail_msg("%s: %u:%u", others[i].text, (unsigned)position.line,
				(unsigned)position.column);
		assert_true(c.error.message.len > 0);
		arena_destroy(c.arena);
	}
}

/* --- encodings -------------------------------------------------------------------------------- */

static void
add_unit(Buf *buf, uint32_t unit)
{
	buf_char(buf, (char)(unit & 0xff));
	buf_char(buf, (char)(unit >> 8));
}

static Str
to_utf16(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	size_t at = 0;

	add_unit(&buf, 0xfeff);
	while (at < text.len) {
		uint32_t code_point = utf8_next(text, &at);

		if (code_point >= 0x10000) {
			add_unit(&buf, 0xd800 + ((code_point - 0x10000) >> 10));
			code_point = 0xdc00 + ((code_point - 0x10000) & 0x3ff);
		}
		add_unit(&buf, code_point);
	}
	return buf_text(&buf);
}

/* The same bytes as UTF-16 read the same, whatever stands in names. */
static void
utf16_is_utf8(void **state)
{
	static const char *const names[] = {"HQ", "\xe6\x9d\xb1\xe4\xba\xac",
		"\xf0\x9f\x93\xa7 mail", "\xee\x80\x80", "\xc3\xa4"};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(names); i++) {
		Arena *arena = arena_create();
		Str text = str_format(arena,
			"[{\"Name\": \"%s\", \"ConnectorType\": \"Partner\", \"Enabled\": false}]",
			names[i]);
		Case plain = read_case(text), wide = read_case(to_utf16(arena, text));

		assert_true(plain.good && wide.good);
		assert_str(wide.export->connectors.items[0].record.name, names[i]);
		assert_true(str_equal(plain.export->fingerprint, wide.export->fingerprint));
		assert_int_equal(plain.export->connectors.items[0].span.start,
			wide.export->connectors.items[0].span.start);
		arena_destroy(plain.arena);
		arena_destroy(wide.arena);
		arena_destroy(arena);
	}
}

static void
broken_utf16(void **state)
{
	static const Str texts[] = {
		STR_CONST("\xff\xfe[\0]"),          /* an odd byte */
		STR_CONST("\xff\xfe\x00\xd8"),      /* half a pair */
		STR_CONST("\xff\xfe\x00\xdc[\0]\0") /* its other half first */
	};
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(texts); i++) {
		Case c = read_case(texts[i]);

		assert_false(c.good);
		arena_destroy(c.arena);
	}
}

/* --- values ----------------------------------------------------------------------------------- */

static void
values_are_normal(void **state)
{
	Case c = read_case(STR("[" CONNECTOR "]"));
	const ConnectorLive *live = &c.export->connectors.items[0];
	const ConnectorValue *values = live->record.values;

	(void)state;
	assert_str(live->record.name, "HQ relay");
	assert_str(live->guid, "g");
	assert_int_equal(values[CONNECTOR_SENDER_ADDRESSES].list.len, 2);
	assert_str(values[CONNECTOR_SENDER_ADDRESSES].list.items[0], "198.51.100.10");
	assert_str(values[CONNECTOR_SENDER_ADDRESSES].list.items[1], "198.51.100.16/28");
	assert_str(values[CONNECTOR_SENDER_DOMAINS].list.items[0], "smtp:contoso.com;1");
	assert_true(values[CONNECTOR_REQUIRE_TLS].on && values[CONNECTOR_REQUIRE_TLS].stated);
	assert_false(values[CONNECTOR_HYBRID].on || values[CONNECTOR_HYBRID].stated);
	assert_true(c.export->is_raw && !c.export->has_date);
	arena_destroy(c.arena);
}

/* All members of the format of our own. */
static void
own_format(void **state)
{
	Case c = read_case(STR(
		"{\"format\": \"connplan-export\", \"version\": 1, "
		"\"exported_at\": \"2026-11-20T23:30:00-01:00\", \"organization\": \"Contoso\", "
		"\"InboundConnector\": [], \"AcceptedDomain\": [{\"DomainName\": \"contoso.com\", "
		"\"DomainType\": \"InternalRelay\", \"MatchSubDomains\": true}], "
		"\"OrganizationConfig\": {\"Name\": \"Contoso\", "
		"\"ExternalDirectoryOrganizationId\": \"00000000-0000-4000-8000-00000000000A\", "
		"\"RejectDirectSend\": true}, \"TransportConfig\": "
		"{\"SmtpClientAuthenticationDisabled\": false}}"));
	const ConnectorExport *export = c.export;
	Str date;

	(void)state;
	assert_true(c.good && !export->broken && !export->is_raw && export->has_date);
	date = date_format(c.arena, export->exported_on);
	assert_str(date, "2026-11-21");
	assert_int_equal(export->domains.len, 1);
	assert_str(export->domains.items[0].type, "InternalRelay");
	assert_true(export->domains.items[0].with_subdomains);
	assert_int_equal(export->reject_direct_send, CONNECTOR_YES);
	assert_int_equal(export->smtp_auth_disabled, CONNECTOR_NO);
	assert_int_equal(connector_export_is_of(export, STR("contoso")), CONNECTOR_YES);
	assert_int_equal(connector_export_is_of(export, STR("fabrikam")), CONNECTOR_NO);
	assert_int_equal(
		connector_export_is_of(export, STR("00000000-0000-4000-8000-00000000000a")),
		CONNECTOR_YES);
	assert_int_equal(
		connector_export_is_of(export, STR("00000000-0000-4000-8000-00000000000b")),
		CONNECTOR_NO);
	arena_destroy(c.arena);
}

static void
dates(void **state)
{
	static const char *const good[] = {"2026-03-03T01:15:23Z", "2026-03-03T01:15:23.0000000Z",
		"2026-03-03T01:15:23", "2026-03-04T00:59:59+01:00", "2026-03-02T23:00:00-01:00",
		"/Date(1772500523000)/"};
	static const char *const bad[] = {"", "2026-03-03", "2026-13-03T01:15:23Z",
		"2026-03-03T24:00:00Z", "2026-03-03 01:15:23Z", "2026-03-03T01:15:23+1", "/Date()/",
		"/Date(-5)/", "/Date(1e3)/", "Date(1772500523000)", "/Date(99999999999999999999)/"};
	int32_t days, wanted;
	size_t i;

	(void)state;
	assert_true(date_parse(STR("2026-03-03"), &wanted));
	for (i = 0; i < BASE_COUNT(good); i++) {
		if (!connector_date_parse(str_from(good[i]), &days) || days != wanted)
			fail_msg("%s", good[i]);
	}
	for (i = 0; i < BASE_COUNT(bad); i++) {
		if (connector_date_parse(str_from(bad[i]), &days))
			fail_msg("%s is taken", bad[i]);
	}
}

/* --- wrong in a known shape ------------------------------------------------------------------- */

static void
each_wrong_type_is_a_finding(void **state)
{
	static const char *const wrong[] = {"7", "{}", "[[]]"};
	size_t i, j;

	(void)state;
	for (i = 0; i < CONNECTOR_PROPERTIES; i++) {
		for (j = 0; j < BASE_COUNT(wrong); j++) {
			Arena *arena = arena_create();
			const char *name = connector_property_name((ConnectorProperty)i);
			Str text = str_format(arena, "[\n{\"Name\": \"x\",\n\"%s\": %s%s%s}]", name,
				wrong[j],
				i == CONNECTOR_TYPE ? "" : ", \"ConnectorType\": \"Partner\"",
				i == CONNECTOR_ENABLED ? "" : ", \"Enabled\": true");
			Case c = read_case(text);

			assert_true(c.good && c.export->broken);
			assert_int_equal(c.sink->items.len, 1);
			assert_int_equal(c.sink->items.items[0].code, DIAG_WRONG_TYPE);
			assert_int_equal(
				source_position(c.sink->sources, c.sink->items.items[0].span.file,
					c.sink->items.items[0].span.start)
					.line,
				3);
			arena_destroy(c.arena);
			arena_destroy(arena);
		}
	}
}

/* A text cut or changed anywhere is an export or is refused; nothing reads past its end. */
static void
hostile_texts(void **state)
{
	static const char *const files[] = {
		"partner-42-properties.json", "ps51-outfile-utf16le-bom-crlf.json"};
	Random random = {11};
	size_t i, cut, round;

	(void)state;
	for (i = 0; i < BASE_COUNT(files); i++) {
		Arena *arena = arena_create();
		Str text = file_text(arena, files[i]);

		for (cut = 0; cut < text.len; cut += 7) {
			char *copy = malloc(cut + 1);
			Case c;

			memcpy(copy, text.ptr, cut);
			c = read_case((Str){copy, cut});
			assert_true(c.good == (cut == 0));
			arena_destroy(c.arena);
			free(copy);
		}
		for (round = 0; round < 500; round++) {
			char *copy = malloc(text.len);
			Case c;

			memcpy(copy, text.ptr, text.len);
			copy[random_below(&random, text.len)] = (char)random_below(&random, 256);
			c = read_case((Str){copy, text.len});
			assert_true(c.good || c.error.message.len > 0);
			arena_destroy(c.arena);
			free(copy);
		}
		arena_destroy(arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(what_is_no_export),
		cmocka_unit_test(utf16_is_utf8),
		cmocka_unit_test(broken_utf16),
		cmocka_unit_test(values_are_normal),
		cmocka_unit_test(own_format),
		cmocka_unit_test(dates),
		cmocka_unit_test(each_wrong_type_is_a_finding),
		cmocka_unit_test(hostile_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
