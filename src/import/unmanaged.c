/* What has no key: kept as text, so that nothing of the export gets lost. */
#include "import/import_int.h"

/*
 * What the directory keeps of every object: who and when, not how mail flows. ConnectorSource and
 * Guid are the connector's own, and read elsewhere.
 */
static const Str bookkeeping[] = {STR_CONST("AdminDisplayName"), STR_CONST("DistinguishedName"),
	STR_CONST("ExchangeObjectId"), STR_CONST("ExchangeVersion"), STR_CONST("Guid"),
	STR_CONST("Id"), STR_CONST("Identity"), STR_CONST("ImmutableId"), STR_CONST("IsValid"),
	STR_CONST("Name"), STR_CONST("NameHashGuid"), STR_CONST("ObjectCategory"),
	STR_CONST("ObjectClass"), STR_CONST("ObjectState"), STR_CONST("OrganizationId"),
	STR_CONST("OrganizationalUnitRoot"), STR_CONST("OrganizationalUnitRootInternal"),
	STR_CONST("OriginatingServer"), STR_CONST("PSComputerName"),
	STR_CONST("PSShowComputerName"), STR_CONST("PSSourceJobInstanceId"),
	STR_CONST("RunspaceId"), STR_CONST("WhenChanged"), STR_CONST("WhenChangedUTC"),
	STR_CONST("WhenCreated"), STR_CONST("WhenCreatedUTC")};

static bool
is_bookkeeping(Str name)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(bookkeeping); i++) {
		if (str_equal(name, bookkeeping[i]))
			return true;
	}
	return false;
}

/* Whether the spec says a managed property of the live connector, or need not say it. */
static bool
is_said(const ConnectorLive *live, const ModelConnector *connector, ConnectorProperty property)
{
	const ConnectorValue *value = &live->record.values[property];

	if (property == CONNECTOR_COMMENT)
		return value->text.len == 0 || connector->comment.state == FIELD_SET;
	if (property == CONNECTOR_SKIP)
		return value->list.len == 0 ||
		       connector->enhanced_filtering.skip.state == FIELD_SET;
	if (property == CONNECTOR_USERS)
		return value->list.len == 0 ||
		       connector->enhanced_filtering.users.state == FIELD_SET;
	return true;
}

/* Nothing, off, and lists of nothing are what a property is that nobody set. */
static bool
is_unset(const Json *value)
{
	switch (value->kind) {
	case JSON_NULL: return true;
	case JSON_BOOL: return !value->truth;
	case JSON_TEXT: return value->text.len == 0;
	case JSON_NUMBER: return false;
	case JSON_LIST: return value->items.len == 0;
	case JSON_OBJECT: break;
	}
	/* `{"value": [], "Count": 0}` */
	return json_len(json_get(value, STR("value"))) == 0 &&
	       json_get(value, STR("Count")) != NULL;
}

/* ConnectorSource: `managed: false` says one of its values, and two are what everybody has. */
static bool
is_kept(const ConnectorLive *live, const ModelConnector *connector, const JsonMember *member)
{
	ConnectorProperty property;

	if (connector_property_find(member->key, &property))
		return !is_said(live, connector, property);
	if (STR_EQ(member->key, "ConnectorSource"))
		return live->source.len > 0 && !STR_EQ(live->source, "Default") &&
		       !connector_is_hybrid_wizards(live);
	return !is_bookkeeping(member->key) && !is_unset(member->value);
}

/* A JSON text with every character by number that a text of a spec cannot hold. */
static void
write_quoted(Buf *buf, Str text)
{
	size_t at = 0;

	buf_char(buf, '"');
	while (at < text.len) {
		uint32_t c = utf8_next(text, &at);

		if (c == '"' || c == '\\')
			buf_printf(buf, "\\%c", (char)c);
		else if (utf8_is_control(c) || utf8_is_line_separator(c))
			buf_printf(buf, "\\u%04x", (unsigned)c);
		else
			buf_code_point(buf, c);
	}
	buf_char(buf, '"');
}

/* The text itself where it can stand, else quoted; one that looks quoted is, too. */
static Str
plain_or_quoted(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);

	if (import_text_problem(text, false) == NULL && !str_starts(text, STR("\"")))
		return text;
	write_quoted(&buf, text);
	return buf_text(&buf);
}

/* Texts as they are, all else as JSON, whose own controls are in texts alone and escaped there. */
static void
write_json(Buf *buf, const Json *value)
{
	const JsonMember *members;
	size_t i, len = json_len(value);

	if (value->kind == JSON_LIST) {
		for (i = 0; i < len; i++) {
			buf_lit(buf, i == 0 ? "[" : ",");
			write_json(buf, value->items.items[i]);
		}
		buf_lit(buf, len == 0 ? "[]" : "]");
	} else if (value->kind == JSON_OBJECT) {
		members = json_sorted_members(buf->arena, value);
		for (i = 0; i < len; i++) {
			buf_lit(buf, i == 0 ? "{" : ",");
			write_quoted(buf, members[i].key);
			buf_char(buf, ':');
			write_json(buf, members[i].value);
		}
		buf_lit(buf, len == 0 ? "{}" : "}");
	} else if (value->kind == JSON_TEXT) {
		write_quoted(buf, value->text);
	} else {
		json_write_canonical(buf, value);
	}
}

static Str
value_text(Arena *arena, const Json *value)
{
	Buf buf = buf_make(arena);

	if (value->kind == JSON_TEXT)
		return plain_or_quoted(arena, value->text);
	write_json(&buf, value);
	return buf_text(&buf);
}

/* A list of ours is a set: its order in the export does not count. */
static Str
member_text(Arena *arena, const ConnectorLive *live, const JsonMember *member)
{
	ConnectorProperty property;

	if (!connector_property_find(member->key, &property) || property == CONNECTOR_COMMENT)
		return value_text(arena, member->value);
	return value_text(
		arena, connector_value_json(arena, property, &live->record.values[property]));
}

void
import_unmanaged(Importer *importer, const ConnectorLive *live, ModelConnector *connector)
{
	FieldPairs *pairs = &connector->unmanaged;
	const JsonMember *members = json_sorted_members(importer->arena, live->object);
	size_t len = json_len(live->object), i;
	Buf note = buf_make(importer->arena);

	pairs->items = ARENA_ARRAY(importer->arena, FieldPair, len);
	for (i = 0; i < len; i++) {
		FieldPair *pair = &pairs->items[pairs->len];

		if (!is_kept(live, connector, &members[i]))
			continue;
		pair->key = plain_or_quoted(importer->arena, members[i].key);
		pair->text = member_text(importer->arena, live, &members[i]);
		if (pair->text.len > DOC_MAX_SCALAR)
			pair->text = STR("(longer than a text of a spec can be)");
		pairs->len += pair->key.len <= DOC_MAX_SCALAR;
	}
	if (pairs->len == 0)
		return;
	pairs->state = FIELD_SET;
	buf_lit(&note, "No key says these; they are kept here and never written.\n");
	import_note(importer, pairs, &note);
}
