/* The shapes of an export: which text is one, and where its connectors stand. */
#include "connector/connector_int.h"

/* --- findings and places ---------------------------------------------------------------------- */

Span
connector_span(const ExportReader *reader, size_t base, Str pointer)
{
	ArenaMark mark = arena_mark(reader->scratch);
	size_t start = 0, end = 0;
	Str rest = str_slice(reader->text, base, reader->text.len);
	Span span = {reader->file, (uint32_t)base, (uint32_t)base + 1};

	if (json_locate(reader->scratch, rest, pointer, &start, &end)) {
		span.start = (uint32_t)(base + start);
		span.end = (uint32_t)(base + end);
	}
	arena_reset(reader->scratch, mark);
	return span;
}

Diag *
connector_report(
	ExportReader *reader, DiagCode code, size_t base, Str member, const char *format, ...)
{
	va_list args;
	Diag *diag;
	Str message;

	va_start(args, format);
	message = str_vformat(reader->arena, format, args);
	va_end(args);
	diag = diag_report(reader->sink, code, connector_span(reader, base, member), STR_FMT,
		STR_ARG(message));
	diag_help(reader->sink, diag,
		"export again with export.ps1, or with `Get-InboundConnector -ResultSize Unlimited "
		"| ConvertTo-Json -Depth 5`");
	reader->export->broken = true;
	return diag;
}

static bool
refuse(const ExportReader *reader, size_t start, Str message, ConnectorExportError *ret_error)
{
	ret_error->span = (Span){reader->file, (uint32_t)start, (uint32_t)start};
	ret_error->message = message;
	return false;
}

/* --- dates ------------------------------------------------------------------------------------ */

/* Milliseconds since 1970; Windows PowerShell writes so. */
static bool
parse_ticks(Str text, int32_t *ret_days)
{
	bool negative;
	uint64_t number;
	Str digits;

	if (!str_starts(text, STR("/Date(")) || !str_ends(text, STR(")/")))
		return false;
	digits = str_slice(text, STR("/Date(").len, text.len - STR(")/").len);
	negative = str_starts(digits, STR("-"));
	digits = str_slice(digits, negative, digits.len);
	if (!base_parse_number(digits, (uint64_t)DATE_LAST * 86400000, &number) || negative)
		return false;
	*ret_days = (int32_t)(number / 86400000);
	return true;
}

/* Two digits at `at`; past `max` or no digits: false. */
static bool
two_digits(Str text, size_t at, int max, int *ret_number)
{
	if (at + 2 > text.len || text.ptr[at] < '0' || text.ptr[at] > '9' ||
		text.ptr[at + 1] < '0' || text.ptr[at + 1] > '9')
		return false;
	*ret_number = (text.ptr[at] - '0') * 10 + text.ptr[at + 1] - '0';
	return *ret_number <= max;
}

/* `Z`, nothing (both UTC), `+09:00`: minutes east of Greenwich. */
static bool
parse_offset(Str text, int *ret_minutes)
{
	int hours, minutes;

	*ret_minutes = 0;
	if (text.len == 0 || STR_EQ(text, "Z"))
		return true;
	if (text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':' ||
		!two_digits(text, 1, 14, &hours) || !two_digits(text, 4, 59, &minutes))
		return false;
	*ret_minutes = (hours * 60 + minutes) * (text.ptr[0] == '-' ? -1 : 1);
	return true;
}

static bool
parse_iso(Str text, int32_t *ret_days)
{
	int hour, minute, second, offset, day_minutes;
	size_t at = STR("2026-11-20T08:00:00").len;

	if (text.len < at || !date_parse(str_slice(text, 0, 10), ret_days) || text.ptr[10] != 'T' ||
		text.ptr[13] != ':' || text.ptr[16] != ':' || !two_digits(text, 11, 23, &hour) ||
		!two_digits(text, 14, 59, &minute) || !two_digits(text, 17, 60, &second))
		return false;
	if (at < text.len && text.ptr[at] == '.') {
		for (at++; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';)
			at++;
	}
	if (!parse_offset(str_slice(text, at, text.len), &offset))
		return false;
	day_minutes = hour * 60 + minute - offset;
	*ret_days += (day_minutes >= 24 * 60) - (day_minutes < 0);
	return true;
}

bool
connector_date_parse(Str text, int32_t *ret_days)
{
	return parse_iso(text, ret_days) || parse_ticks(text, ret_days);
}

/* --- our own format --------------------------------------------------------------------------- */

/* A text, or nothing, of an object that begins at `base`. */
static Str
optional_text(ExportReader *reader, size_t base, const Json *object, Str key)
{
	const Json *value = json_get(object, key);

	if (value == NULL || value->kind == JSON_NULL)
		return (Str){0};
	if (value->kind == JSON_TEXT)
		return value->text;
	connector_report(
		reader, DIAG_WRONG_TYPE, base, key, "`" STR_FMT "` is not a text", STR_ARG(key));
	return (Str){0};
}

static ConnectorAnswer
optional_flag(ExportReader *reader, size_t base, const Json *object, Str key)
{
	const Json *value = json_get(object, key);

	if (value == NULL || value->kind == JSON_NULL)
		return CONNECTOR_UNTOLD;
	if (value->kind == JSON_BOOL)
		return value->truth ? CONNECTOR_YES : CONNECTOR_NO;
	connector_report(reader, DIAG_WRONG_TYPE, base, key, "`" STR_FMT "` is not true or false",
		STR_ARG(key));
	return CONNECTOR_UNTOLD;
}

static void
read_date(ExportReader *reader, const Json *top)
{
	ConnectorExport *export = reader->export;

	export->exported_at = optional_text(reader, 0, top, STR("exported_at"));
	export->exported_span = connector_span(reader, 0, STR("exported_at"));
	if (export->exported_at.len == 0)
		return;
	export->has_date = connector_date_parse(export->exported_at, &export->exported_on);
	if (!export->has_date)
		connector_report(reader, DIAG_BAD_VALUE, 0, STR("exported_at"),
			"`" STR_FMT "` is not a date and time such as 2026-11-20T08:00:00Z",
			STR_ARG(export->exported_at));
}

/* A place of the sections beside the connectors. */
static size_t
base_of(const ExportReader *reader, Str pointer)
{
	return connector_span(reader, 0, pointer).start;
}

static void
read_domain(ExportReader *reader, const Json *row, size_t base)
{
	ConnectorDomain domain = {0};

	if (row->kind != JSON_OBJECT) {
		connector_report(reader, DIAG_WRONG_TYPE, base, STR(""),
			"an accepted domain is not an object");
		return;
	}
	domain.name = optional_text(reader, base, row, STR("DomainName"));
	domain.type = optional_text(reader, base, row, STR("DomainType"));
	domain.with_subdomains =
		optional_flag(reader, base, row, STR("MatchSubDomains")) == CONNECTOR_YES;
	if (domain.name.len > 0)
		VEC_PUSH(reader->arena, &reader->export->domains, domain);
}

static void
read_domains(ExportReader *reader, const Json *top)
{
	const Json *list = json_get(top, STR("AcceptedDomain"));
	JsonPlaces places = {0};
	size_t i;

	if (list == NULL || list->kind == JSON_NULL)
		return;
	if (list->kind != JSON_LIST) {
		connector_report(reader, DIAG_WRONG_TYPE, 0, STR("AcceptedDomain"),
			"`AcceptedDomain` is not a list");
		return;
	}
	json_locate_items(reader->arena, reader->text, STR("AcceptedDomain"), &places);
	for (i = 0; i < list->items.len; i++)
		read_domain(reader, list->items.items[i], places.items[i]);
}

static void
read_settings(ExportReader *reader, const Json *top)
{
	ConnectorExport *export = reader->export;
	const Json *organization = json_get(top, STR("OrganizationConfig"));
	const Json *transport = json_get(top, STR("TransportConfig"));
	size_t base = base_of(reader, STR("OrganizationConfig"));

	export->organization = optional_text(reader, 0, top, STR("organization"));
	if (export->organization.len == 0)
		export->organization = optional_text(reader, base, organization, STR("Name"));
	export->organization_id =
		optional_text(reader, base, organization, STR("ExternalDirectoryOrganizationId"));
	export->reject_direct_send =
		optional_flag(reader, base, organization, STR("RejectDirectSend"));
	export->smtp_auth_disabled = optional_flag(reader, base_of(reader, STR("TransportConfig")),
		transport, STR("SmtpClientAuthenticationDisabled"));
}

/* --- shapes ----------------------------------------------------------------------------------- */

/* The connectors as JSON, null ones left out; false: something else stands among them. */
static bool
read_list(ExportReader *reader, const Json *list, ConnectorExportError *ret_error)
{
	VEC(const Json *) objects = {0};
	JsonPlaces *places = ARENA_NEW(reader->arena, JsonPlaces);
	size_t i;

	json_locate_items(reader->arena, reader->text, reader->pointer, places);
	reader->places = places;
	for (i = 0; i < list->items.len; i++) {
		const Json *item = list->items.items[i];

		if (item->kind != JSON_NULL && item->kind != JSON_OBJECT)
			return refuse(reader, places->items[i],
				STR("a list of connectors holds something else here"), ret_error);
		/* `[null]`: what no connector at all may be written as. */
		if (item->kind == JSON_NULL)
			continue;
		connector_read_live(reader, item, i);
		VEC_PUSH(reader->arena, &objects, item);
	}
	if (!reader->export->broken)
		reader->export->fingerprint =
			connector_fingerprint(reader->arena, objects.items, objects.len);
	return true;
}

static bool
read_bare(ExportReader *reader, const Json *object)
{
	reader->places = NULL;
	connector_read_live(reader, object, 0);
	if (!reader->export->broken)
		reader->export->fingerprint = connector_fingerprint(reader->arena, &object, 1);
	return true;
}

/* What a connector alone looks like: it has a name, and at least one property that it must have. */
static bool
is_connector(const Json *object)
{
	return json_get(object, STR("Name")) != NULL &&
	       (json_get(object, STR("ConnectorType")) != NULL ||
		       json_get(object, STR("SenderDomains")) != NULL);
}

static bool
read_own(ExportReader *reader, const Json *top, ConnectorExportError *ret_error)
{
	const Json *version = json_get(top, STR("version"));
	const Json *connectors = json_get(top, STR("InboundConnector"));

	if (version == NULL ||
		!(version->kind == JSON_NUMBER && version->is_integer && version->number == 1))
		return refuse(reader, base_of(reader, STR("version")),
			STR("a connplan-export of another version than 1"), ret_error);
	if (connectors == NULL || connector_unwrap(connectors) == NULL)
		return refuse(reader, base_of(reader, STR("InboundConnector")),
			STR("a connplan-export without a list `InboundConnector`"), ret_error);
	reader->export->is_raw = false;
	read_date(reader, top);
	read_settings(reader, top);
	read_domains(reader, top);
	reader->pointer = connectors->kind == JSON_LIST ? STR("InboundConnector")
							: STR("InboundConnector/value");
	return read_list(reader, connector_unwrap(connectors), ret_error);
}

static bool
read_shape(ExportReader *reader, const Json *top, ConnectorExportError *ret_error)
{
	size_t start = base_of(reader, STR(""));

	if (top->kind == JSON_LIST)
		return read_list(reader, top, ret_error);
	if (STR_EQ(json_get_text(top, STR("format")), "connplan-export"))
		return read_own(reader, top, ret_error);
	if (is_connector(top))
		return read_bare(reader, top);
	if (top->kind == JSON_OBJECT && connector_unwrap(top) != NULL) {
		reader->pointer = STR("value");
		return read_list(reader, connector_unwrap(top), ret_error);
	}
	return refuse(reader, start, STR("JSON, but no inbound connectors"), ret_error);
}

/* CP411: the service does not tell such names apart, and a plan finds connectors by name. */
static void
check_names(ExportReader *reader)
{
	ConnectorExport *export = reader->export;
	Map names = {0};
	size_t i;

	for (i = 0; i < export->connectors.len; i++) {
		const ConnectorLive *live = &export->connectors.items[i];
		Str key = str_fold(reader->arena, live->record.name);
		uint32_t other =
			key.len == 0 ? MAP_NONE : map_add(reader->arena, &names, key, (uint32_t)i);
		Diag *diag;

		if (other == MAP_NONE)
			continue;
		diag = diag_report(reader->sink, DIAG_NAME_COLLISION, live->span,
			"the export has two connectors of the name `" STR_FMT "`",
			STR_ARG(live->record.name));
		diag_related(
			reader->sink, diag, export->connectors.items[other].span, "the other one");
		diag_help(reader->sink, diag,
			"a tenant has each name once: export again, or rename one in the tenant");
		export->broken = true;
	}
}

static bool
is_blank(Str text)
{
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.len);
	return str_trim(text).len == 0;
}

static bool
read_text(ExportReader *reader, ConnectorExportError *ret_error)
{
	JsonError error;
	Json *top;

	if (is_blank(reader->text)) {
		reader->export->fingerprint = connector_fingerprint(reader->arena, NULL, 0);
		return true;
	}
	if (!json_read(reader->arena, reader->text, &top, &error))
		return refuse(reader, error.offset,
			str_format(reader->arena, "not JSON: " STR_FMT, STR_ARG(error.message)),
			ret_error);
	if (!read_shape(reader, top, ret_error))
		return false;
	check_names(reader);
	return true;
}

bool
connector_export_read(DiagSink *sink, Str path, Str bytes, ConnectorExport **ret_export,
	ConnectorExportError *ret_error)
{
	ExportReader reader = {.sink = sink, .arena = sink->arena, .scratch = arena_create()};
	const char *why = NULL;
	bool good = connector_decode(sink->arena, bytes, &reader.text, &why);

	reader.file = source_add(sink->sources, path, reader.text);
	reader.export = *ret_export = ARENA_NEW(sink->arena, ConnectorExport);
	reader.export->path = path;
	reader.export->span = (Span){reader.file, 0, 0};
	reader.export->is_raw = true;
	good = good ? read_text(&reader, ret_error)
		    : refuse(&reader, reader.text.len, str_from(why), ret_error);
	arena_destroy(reader.scratch);
	return good;
}

/* --- questions -------------------------------------------------------------------------------- */

bool
connector_is_hybrid_wizards(const ConnectorLive *live)
{
	return str_equal_nocase(live->source, STR("HybridWizard"));
}

/* 8-4-4-4-12 hexadecimal digits. */
static bool
is_guid(Str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		char byte = text.ptr[i];
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen ? byte != '-'
			   : !((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
				     (byte >= 'A' && byte <= 'F')))
			return false;
	}
	return text.len == 36;
}

ConnectorAnswer
connector_export_is_of(const ConnectorExport *export, Str organization)
{
	Str actual = is_guid(organization) ? export->organization_id : export->organization;

	if (actual.len == 0)
		return CONNECTOR_UNTOLD;
	return str_equal_nocase(actual, organization) ? CONNECTOR_YES : CONNECTOR_NO;
}
