/* One connector of an export, property by property. Nothing is guessed: a wrong type is a finding.
 */
#include "connector/connector_int.h"

const Json *
connector_unwrap(const Json *value)
{
	/* Windows PowerShell writes some lists as an object with the list and its length. */
	if (value->kind == JSON_OBJECT && json_get(value, STR("Count")) != NULL &&
		json_get(value, STR("value")) != NULL)
		value = json_get(value, STR("value"));
	return value->kind == JSON_LIST ? value : NULL;
}

static const char *
kind_text(const Json *value)
{
	switch (value->kind) {
	case JSON_NULL: return "nothing";
	case JSON_BOOL: return "true or false";
	case JSON_NUMBER: return "a number";
	case JSON_TEXT: return "a text";
	case JSON_LIST: return "a list";
	case JSON_OBJECT: return "an object";
	}
	return "";
}

/* One connector while it is read. */
typedef struct Row {
	ExportReader *reader;
	const Json *object;
	size_t base; /* where it begins in the text */
	ConnectorLive *live;
} Row;

static void
report_type(const Row *row, Str member, const Json *value, const char *wanted)
{
	Diag *diag = connector_report(row->reader, DIAG_WRONG_TYPE, row->base, member,
		"`" STR_FMT "` is %s, not %s", STR_ARG(member), kind_text(value), wanted);

	diag_label(row->reader->sink, diag, "in the export of `" STR_FMT "`",
		STR_ARG(row->live->record.name));
}

static void
read_flag(const Row *row, Str name, const Json *json, ConnectorValue *value)
{
	if (json->kind == JSON_BOOL)
		value->on = json->truth;
	else
		report_type(row, name, json, "true or false");
}

static void
read_text(const Row *row, Str name, const Json *json, ConnectorValue *value)
{
	if (json->kind == JSON_TEXT)
		value->text = json->text;
	else
		report_type(row, name, json, "a text");
}

static void
read_list(const Row *row, Str name, const Json *json, ConnectorValue *value)
{
	const Json *list = connector_unwrap(json);
	size_t i;

	if (list == NULL) {
		/* An empty text is nothing; any other is what too small a -Depth makes of a list.
		 */
		if (json->kind != JSON_TEXT || json->text.len > 0)
			report_type(row, name, json, "a list");
		return;
	}
	for (i = 0; i < list->items.len; i++) {
		const Json *item = list->items.items[i];

		if (item->kind == JSON_TEXT)
			VEC_PUSH(row->reader->arena, &value->list, item->text);
		else if (item->kind != JSON_NULL)
			report_type(row, name, item, "a list of texts");
	}
}

static void
read_property(const Row *row, ConnectorProperty property)
{
	Str name = str_from(connector_property_name(property));
	const Json *json = json_get(row->object, name);
	ConnectorValue *value = &row->live->record.values[property];

	value->stated = json != NULL;
	if (json == NULL || json->kind == JSON_NULL)
		return;
	switch (connector_property_kind(property)) {
	case CONNECTOR_KIND_FLAG: read_flag(row, name, json, value); break;
	case CONNECTOR_KIND_TEXT: read_text(row, name, json, value); break;
	case CONNECTOR_KIND_TEXTS:
	case CONNECTOR_KIND_DOMAINS:
	case CONNECTOR_KIND_ADDRESSES: read_list(row, name, json, value); break;
	}
	connector_value_normalise(row->reader->arena, property, value);
}

/* A member that is a text or nothing. */
static Str
read_member(const Row *row, Str name)
{
	const Json *json = json_get(row->object, name);
	ConnectorValue value = {0};

	if (json != NULL && json->kind != JSON_NULL)
		read_text(row, name, json, &value);
	return value.text;
}

/* Two types are known, and a plan must know which: `Partner` never relays. */
static void
check_type(const Row *row)
{
	const Json *json = json_get(row->object, STR("ConnectorType"));
	Str text = row->live->record.values[CONNECTOR_TYPE].text;

	if (str_equal_nocase(text, STR("OnPremises")) || str_equal_nocase(text, STR("Partner")) ||
		(json != NULL && json->kind != JSON_NULL && json->kind != JSON_TEXT))
		return;
	if (text.len == 0)
		connector_report(row->reader, DIAG_MISSING_KEY, row->base, STR("ConnectorType"),
			"the connector `" STR_FMT "` has no ConnectorType",
			STR_ARG(row->live->record.name));
	else
		connector_report(row->reader, DIAG_BAD_VALUE, row->base, STR("ConnectorType"),
			"`" STR_FMT "` is no ConnectorType: OnPremises and Partner are known",
			STR_ARG(text));
}

static void
check_enabled(const Row *row)
{
	const Json *json = json_get(row->object, STR("Enabled"));

	if (json == NULL || json->kind == JSON_NULL)
		connector_report(row->reader, DIAG_MISSING_KEY, row->base, STR("Enabled"),
			"the export does not say whether `" STR_FMT "` is enabled",
			STR_ARG(row->live->record.name));
}

/* A name stands before each value in what is hashed: a long one costs as often as there are values.
 */
static void
check_name(const Row *row)
{
	Str name = row->live->record.name;

	if (name.len == 0)
		connector_report(row->reader, DIAG_MISSING_KEY, row->base, STR("Name"),
			"a connector of the export has no Name");
	else if (utf8_count(name) > CONNECTOR_MAX_NAME)
		connector_report(row->reader, DIAG_BAD_VALUE, row->base, STR("Name"),
			"a Name of %zu characters: Exchange takes 64, and more than %d are not "
			"read",
			utf8_count(name), CONNECTOR_MAX_NAME);
}

void
connector_read_live(ExportReader *reader, const Json *object, size_t index)
{
	Row row = {.reader = reader, .object = object};
	size_t i;

	row.live = VEC_ADD(reader->arena, &reader->export->connectors);
	row.live->object = object;
	row.base = reader->places == NULL ? connector_span(reader, 0, reader->pointer).start
					  : reader->places->items[index];
	row.live->record.name = read_member(&row, STR("Name"));
	row.live->span = connector_span(reader, row.base, STR("Name"));
	check_name(&row);
	row.live->guid = read_member(&row, STR("Guid"));
	row.live->source = read_member(&row, STR("ConnectorSource"));
	/* What the admin centre makes; the service prints both words for it. */
	if (str_equal_nocase(row.live->source, STR("AdminUI")))
		row.live->source = STR("Default");
	for (i = 0; i < CONNECTOR_PROPERTIES; i++)
		read_property(&row, (ConnectorProperty)i);
	check_type(&row);
	check_enabled(&row);
}
