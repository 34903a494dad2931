/* Objects past their last valid day, and those that will soon be (CP013 CP016 CP017). */
#include "rules/rules_int.h"

/* An object with `expires`, and what still lets it in. */
typedef struct Expiring {
	ModelKind kind;
	const FieldObject *head;
	const FieldDate *expires;
	const FieldText *owner;
	uint32_t index;
} Expiring;

/* What lets an expired object in. */
typedef struct Holder {
	bool held;
	uint32_t connector; /* or STATE_NONE */
	Str record;         /* the domain of an SPF record */
} Holder;

Str
rules_days_left(const RuleFacts *facts, int32_t left)
{
	Str date;

	if (left == 0)
		return STR("today");
	date = date_format(facts->arena, facts->input->today + left);
	return str_format(facts->arena, "in %d day%s, after " STR_FMT, (int)left,
		left == 1 ? "" : "s", STR_ARG(date));
}

/* --- what lets an object in ------------------------------------------------------------------- */

/* Whether mail of this source is told by the connector: by an address on it, or a certificate. */
static bool
identifies(const RuleFacts *facts, const StateConnector *connector, const StateSource *source)
{
	Str certificate;

	if (!connector->enabled)
		return false;
	if (connector->by_address && state_source_is_written(connector, source))
		return true;
	certificate = state_source_certificate(facts->model, source);
	return connector->by_certificate && certificate.len > 0 &&
	       state_certificate_matches(connector->certificate, certificate);
}

/*
 * For every host and egress object the first connector that lets it in, and what records hold: made
 * for the first object that has expired.
 */
typedef struct Doors {
	bool made;
	uint32_t *hosts, *egress;
	NetSet records;
} Doors;

/* Connectors come in the order of their names: the first one is the one that is told. */
static void
note_door(uint32_t *doors, uint32_t index, uint32_t connector)
{
	if (doors[index] == STATE_NONE)
		doors[index] = connector;
}

static uint32_t *
no_doors(const RuleFacts *facts, uint32_t len)
{
	uint32_t *doors = ARENA_ARRAY(facts->scratch, uint32_t, len), i;

	for (i = 0; i < len; i++)
		doors[i] = STATE_NONE;
	return doors;
}

static void
find_doors(const RuleFacts *facts, Doors *doors)
{
	size_t i, j;

	doors->made = true;
	doors->hosts = no_doors(facts, facts->model->hosts_len);
	doors->egress = no_doors(facts, facts->model->egress_len);
	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		for (j = 0; j < connector->sources.len; j++) {
			const StateSource *source = &connector->sources.items[j];

			if (!identifies(facts, connector, source))
				continue;
			if (source->host != STATE_NONE)
				note_door(doors->hosts, source->host, (uint32_t)i);
			if (source->egress != MODEL_SELF)
				note_door(doors->egress, source->egress, (uint32_t)i);
		}
	}
	for (i = 0; i < facts->state->prices.len; i++)
		net_set_add_all(
			facts->scratch, &doors->records, &facts->state->prices.items[i].own);
	net_set_normalise(&doors->records);
}

/* One address that is let in is enough: whoever gets it next could send as us. */
static bool
holds_one(const NetSet *set, const FieldPrefixes *addresses)
{
	uint32_t i;

	for (i = 0; i < addresses->len; i++) {
		if (net_set_contains(set, addresses->items[i].prefix))
			return true;
	}
	return false;
}

/* The first of our records that names one of the addresses. */
static Str
record_with(const RuleFacts *facts, const Doors *doors, const FieldPrefixes *addresses)
{
	size_t i;

	if (!holds_one(&doors->records, addresses))
		return (Str){0};
	for (i = 0; i < facts->state->prices.len; i++) {
		const StatePrice *price = &facts->state->prices.items[i];

		if (holds_one(&price->own, addresses))
			return price->domain;
	}
	return (Str){0};
}

/* Past the connectors a host is let in by what receivers, or the tenant, find in its SPF record. */
static Str
record_of_host(const RuleFacts *facts, const Doors *doors, uint32_t host)
{
	const ModelHostInfo *info = &facts->model->host_infos[host];
	Str domain = {0};
	uint32_t i;

	if (info->broken ||
		(info->method != MODEL_METHOD_DIRECT_SEND && info->method != MODEL_METHOD_INTERNET))
		return domain;
	for (i = 0; i < info->routes_len && domain.ptr == NULL; i++) {
		const ModelRoute *route = &facts->model->routes.items[info->first_route + i];

		domain = record_with(facts, doors, model_route_addresses(facts->model, route));
	}
	return domain;
}

/*
 * A connector that has expired lets in by itself, unless it is disabled; what it would accept has
 * dates of its own.
 */
static Holder
holder_of(const RuleFacts *facts, const Doors *doors, const Expiring *object)
{
	Holder holder = {false, STATE_NONE, {0}};

	if (object->kind == MODEL_KIND_HOST) {
		holder.connector = doors->hosts[object->index];
		holder.record = record_of_host(facts, doors, object->index);
	} else if (object->kind == MODEL_KIND_EGRESS) {
		holder.connector = doors->egress[object->index];
		holder.record =
			record_with(facts, doors, &facts->model->egress[object->index].addresses);
	} else {
		const FieldFlag *enabled = &facts->model->connectors[object->index].enabled;

		holder.held = enabled->state != FIELD_SET || enabled->on;
	}
	holder.held = holder.held || holder.connector != STATE_NONE || holder.record.ptr != NULL;
	return holder;
}

/* --- findings --------------------------------------------------------------------------------- */

/* The rest of the sentence: what has to change. */
static Str
still(const RuleFacts *facts, const Expiring *object, const Holder *holder)
{
	Str name;

	if (object->kind == MODEL_KIND_CONNECTOR)
		return STR("and it is still enabled");
	if (holder->connector == STATE_NONE)
		return str_format(facts->arena,
			"and the SPF record of `" STR_FMT "` still authorises it",
			STR_ARG(holder->record));
	name = rules_connector_name(facts, holder->connector);
	return str_format(
		facts->arena, "and connector `" STR_FMT "` still lets it in", STR_ARG(name));
}

/* Who answers for it, for a sentence. */
static Str
owner_of(const RuleFacts *facts, const Expiring *object)
{
	if (object->owner->state != FIELD_SET)
		return STR("its owner");
	return str_format(facts->arena, "`" STR_FMT "`", STR_ARG(object->owner->text));
}

static const char *
what_else(const Expiring *object, const Holder *holder)
{
	if (!holder->held)
		return "remove it";
	return object->kind == MODEL_KIND_CONNECTOR ? "say `enabled: false`"
						    : "take it out of what lets it in";
}

static void
report_expired(const RuleFacts *facts, const Expiring *object, const Holder *holder, DiagSink *sink)
{
	Str date = date_format(facts->arena, object->expires->days);
	Str more =
		holder->held ? still(facts, object, holder) : STR("but still stands in the spec");
	Diag *diag = diag_report(sink, holder->held ? DIAG_EXPIRED_IN_CONNECTOR : DIAG_EXPIRED,
		object->expires->span, "%s `" STR_FMT "` was valid until " STR_FMT ", " STR_FMT,
		rules_noun(object->kind), STR_ARG(object->head->name), STR_ARG(date),
		STR_ARG(more));

	diag_path(diag, rules_path(facts, object->kind, object->head->name, "expires", (Str){0}));
	diag_label(sink, diag, "past");
	diag_help(sink, diag, "ask " STR_FMT " for a new date, or %s",
		STR_ARG(owner_of(facts, object)), what_else(object, holder));
	if (holder->connector != STATE_NONE)
		diag_related(sink, diag, facts->state->connectors.items[holder->connector].span,
			"lets it in");
	if (holder->connector != STATE_NONE && holder->record.ptr != NULL)
		diag_note(sink, diag, "the SPF record of `" STR_FMT "` authorises it, too",
			STR_ARG(holder->record));
}

static void
report_soon(const RuleFacts *facts, const Expiring *object, int32_t left, DiagSink *sink)
{
	Diag *diag = diag_report(sink, DIAG_EXPIRES_SOON, object->expires->span,
		"%s `" STR_FMT "` expires " STR_FMT, rules_noun(object->kind),
		STR_ARG(object->head->name), STR_ARG(rules_days_left(facts, left)));

	diag_path(diag, rules_path(facts, object->kind, object->head->name, "expires", (Str){0}));
	diag_label(sink, diag, "soon");
	diag_help(sink, diag, "ask " STR_FMT " now for a new date, or prepare its removal",
		STR_ARG(owner_of(facts, object)));
}

/* The stated date is itself the last valid day: an object expires when it is past. */
static void
check_object(const RuleFacts *facts, Doors *doors, const Expiring *object, DiagSink *sink)
{
	int32_t left = object->expires->days - facts->input->today;

	if (object->expires->state != FIELD_SET || object->head->state == FIELD_BAD ||
		left > RULES_SOON_DAYS)
		return;
	if (left < 0) {
		Holder holder;

		if (!doors->made)
			find_doors(facts, doors);
		holder = holder_of(facts, doors, object);
		report_expired(facts, object, &holder, sink);
	} else {
		report_soon(facts, object, left, sink);
	}
}

void
check_expiry(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Doors doors = {0};
	uint32_t i;

	for (i = 0; i < model->egress_len; i++) {
		const ModelEgress *egress = &model->egress[i];
		Expiring object = {
			MODEL_KIND_EGRESS, &egress->head, &egress->expires, &egress->owner, i};

		check_object(facts, &doors, &object, sink);
	}
	for (i = 0; i < model->hosts_len; i++) {
		const ModelRelayHost *host = &model->hosts[i];
		Expiring object = {MODEL_KIND_HOST, &host->head, &host->expires, &host->owner, i};

		check_object(facts, &doors, &object, sink);
	}
	for (i = 0; i < model->connectors_len; i++) {
		const ModelConnector *connector = &model->connectors[i];
		Expiring object = {MODEL_KIND_CONNECTOR, &connector->head, &connector->expires,
			&connector->owner, i};

		check_object(facts, &doors, &object, sink);
	}
}
