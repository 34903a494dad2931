/* From live connectors to those of a spec. */
#include "import/import_int.h"

static const ConnectorValue *
value_of(const ConnectorLive *live, ConnectorProperty property)
{
	return &live->record.values[property];
}

static bool
is_on(const ConnectorLive *live, ConnectorProperty property)
{
	return value_of(live, property)->on;
}

/* --- who sends -------------------------------------------------------------------------------- */

static void
choose_accepts(Importer *importer, const ImportRow *row, ModelConnector *connector)
{
	StrVec names = {0};
	size_t i;

	for (i = 0; i < row->groups.len; i++)
		VEC_PUSH(
			importer->arena, &names, importer->groups.items[row->groups.items[i]].name);
	import_set_items(importer, &connector->accepts, &names);
}

/* By address alone is the default. Of a partner both count as they are given. */
static void
choose_identity(const ImportRow *row, ModelConnector *connector)
{
	Str certificate = value_of(row->live, CONNECTOR_CERTIFICATE)->text;

	if (certificate.len == 0)
		return;
	import_set_text(&connector->certificate, certificate);
	if (!import_is_partner(row->live))
		import_set_choice(&connector->identify_by,
			row->addresses.len > 0 ? MODEL_BY_EITHER : MODEL_BY_CERTIFICATE);
}

/* `*` is the default of an on-premises connector. */
static void
choose_senders(Importer *importer, const ConnectorLive *live, ModelConnector *connector)
{
	const StrVec *list = &value_of(live, CONNECTOR_SENDER_DOMAINS)->list;
	FieldItems *senders = &connector->sender_domains;
	size_t i;

	if (list->len == 0 ||
		(!import_is_partner(live) && list->len == 1 && STR_EQ(list->items[0], "smtp:*;1")))
		return;
	senders->items = ARENA_ARRAY(importer->arena, FieldItem, list->len);
	for (i = 0; i < list->len; i++)
		(void)import_sender_domain(importer->arena, list->items[i], &senders->items[i]);
	senders->len = (uint32_t)list->len;
	senders->state = FIELD_SET;
}

/* Each once, whatever its case. */
static void
choose_accepted_domains(Importer *importer, const ConnectorLive *live, ModelConnector *connector)
{
	const StrVec *list = &value_of(live, CONNECTOR_ACCEPTED_DOMAINS)->list;
	StrVec names = {0};
	Map known = {0};
	size_t i;

	for (i = 0; i < list->len; i++) {
		Str name = str_lower(importer->arena, list->items[i]);

		if (map_add(importer->arena, &known, name, 0) == MAP_NONE)
			VEC_PUSH(importer->arena, &names, name);
	}
	strvec_sort(&names);
	if (names.len > 0)
		import_set_items(importer, &connector->accepted_domains, &names);
}

/* --- what is done with it --------------------------------------------------------------------- */

static void
choose_restriction(const ConnectorLive *live, ModelConnector *connector)
{
	unsigned set = 0;

	if (is_on(live, CONNECTOR_RESTRICT_ADDRESSES))
		set |= 1u << MODEL_RESTRICT_ADDRESS;
	if (is_on(live, CONNECTOR_RESTRICT_CERTIFICATE))
		set |= 1u << MODEL_RESTRICT_CERTIFICATE;
	if (set == 0)
		return;
	connector->restrict_to.set = (uint8_t)set;
	connector->restrict_to.state = FIELD_SET;
}

/* All of a list, or none: half of it would be another list. */
static bool
can_say(ConnectorProperty property, const StrVec *list)
{
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (property == CONNECTOR_SKIP ? !import_is_skip_entry(list->items[i])
					       : import_text_problem(list->items[i], false) != NULL)
			return false;
	}
	return true;
}

static void
choose_filtering(Importer *importer, const ConnectorLive *live, ModelConnector *connector)
{
	ModelEnhancedFiltering *filtering = &connector->enhanced_filtering;
	const StrVec *skip = &value_of(live, CONNECTOR_SKIP)->list;
	const StrVec *users = &value_of(live, CONNECTOR_USERS)->list;

	if (is_on(live, CONNECTOR_SKIP_LAST))
		import_set_flag(&filtering->skip_last, true);
	if (skip->len > 0 && can_say(CONNECTOR_SKIP, skip))
		import_set_items(importer, &filtering->skip, skip);
	if (users->len > 0 && can_say(CONNECTOR_USERS, users))
		import_set_items(importer, &filtering->users, users);
	if (filtering->skip_last.state == FIELD_SET || filtering->skip.state == FIELD_SET ||
		filtering->users.state == FIELD_SET)
		filtering->head.state = FIELD_SET;
}

/* Always said: what is true by default hangs on whoever sends. */
static void
choose_tls(Importer *importer, const ConnectorLive *live, ModelConnector *connector)
{
	Buf note = buf_make(importer->arena);

	import_set_flag(&connector->require_tls, is_on(live, CONNECTOR_REQUIRE_TLS));
	if (!value_of(live, CONNECTOR_REQUIRE_TLS)->stated)
		buf_lit(&note, "The export does not say: look it up.\n");
	import_note(importer, &connector->require_tls, &note);
}

static void
choose_flags(const ConnectorLive *live, ModelConnector *connector)
{
	Str comment = value_of(live, CONNECTOR_COMMENT)->text;

	if (is_on(live, CONNECTOR_HYBRID))
		import_set_flag(&connector->hybrid, true);
	if (is_on(live, CONNECTOR_INTERNAL))
		import_set_flag(&connector->treat_as_internal, true);
	if (!is_on(live, CONNECTOR_ENABLED))
		import_set_flag(&connector->enabled, false);
	if (connector_is_hybrid_wizards(live))
		import_set_flag(&connector->managed, false);
	if (comment.len > 0 && import_text_problem(comment, true) == NULL)
		import_set_text(&connector->comment, comment);
}

/* --- what to decide --------------------------------------------------------------------------- */

static void
note_decisions(Importer *importer, const ImportRow *row, const ModelConnector *connector)
{
	Buf note = buf_make(importer->arena);
	bool wizard = connector_is_hybrid_wizards(row->live);

	if (wizard)
		buf_lit(&note, "Made by the Hybrid wizard: counts in every proof, and is never "
			       "written.\n");
	if (connector->enabled.state == FIELD_SET)
		buf_lit(&note, "Disabled in the tenant. Does anything need it?\n");
	if (connector->hybrid.state == FIELD_SET && !wizard)
		buf_lit(&note, "CloudServicesMailEnabled is for hybrid servers: say `purpose: "
			       "hybrid`, say\n`purpose: add-on` for a service that keeps the "
			       "headers, or turn it off.\n");
	if (row->addresses.len == 0 && connector->certificate.state == FIELD_ABSENT &&
		!import_is_partner(row->live))
		buf_lit(&note, "Nothing tells who sends: it takes no mail.\n");
	import_note(importer, connector, &note);
}

static void
make_connector(Importer *importer, const ImportRow *row, ModelConnector *connector)
{
	const ConnectorLive *live = row->live;

	connector->head.name = live->record.name;
	connector->head.state = FIELD_SET;
	import_set_choice(
		&connector->type, import_is_partner(live) ? MODEL_PARTNER : MODEL_ON_PREMISES);
	if (connector_is_hybrid_wizards(live) && !import_is_partner(live))
		import_set_choice(&connector->purpose, MODEL_PURPOSE_HYBRID);
	choose_accepts(importer, row, connector);
	choose_identity(row, connector);
	choose_tls(importer, live, connector);
	choose_accepted_domains(importer, live, connector);
	choose_senders(importer, live, connector);
	choose_restriction(live, connector);
	choose_filtering(importer, live, connector);
	choose_flags(live, connector);
	import_unmanaged(importer, live, connector);
	note_decisions(importer, row, connector);
}

void
import_connectors(Importer *importer)
{
	FieldObjects *objects = &importer->spec->connectors;
	ModelConnector *connectors =
		ARENA_ARRAY(importer->arena, ModelConnector, importer->rows.len);
	Buf note = buf_make(importer->arena);
	size_t i;

	for (i = 0; i < importer->rows.len; i++)
		make_connector(importer, &importer->rows.items[i], &connectors[i]);
	objects->items = connectors;
	objects->len = (uint32_t)importer->rows.len;
	/* Without the key a spec has a connector for its hosts. */
	objects->state = FIELD_SET;
	buf_char(&note, '\n');
	if (importer->left_out.len > 0) {
		buf_lit(&note, "Not here, since a spec cannot say them. `plan` leaves them alone "
			       "(CP705), `plan --prune`\nwould remove them:\n");
		buf_str(&note, buf_text(&importer->left_out));
	}
	import_note(importer, objects, &note);
}
