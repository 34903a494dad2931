/* CP109: what others show too, on a connector that relays for whoever shows it. */
#include "rules/rules_int.h"

/* The sources of one connector that are shared by the same object's word. */
typedef struct Group {
	uint32_t source, count; /* the first, and how many */
} Group;

typedef struct Groups {
	const RuleFacts *facts;
	uint32_t *gateways, *egress; /* which group speaks of them; STATE_NONE */
	uint32_t *shown;             /* of a gateway: the last connector told of its certificate */
	Group *list;
	uint32_t len;
} Groups;

/* The object that says `shared`: the gateway of the route, the egress, another gateway. */
static ModelRef
sharer_of(const RuleFacts *facts, const StateSource *source)
{
	const Model *model = facts->model;

	if (source->last_hop != MODEL_SELF &&
		rules_is_on(&model->gateways[source->last_hop].shared))
		return (ModelRef){MODEL_KIND_GATEWAY, source->last_hop};
	if (rules_is_on(&model->egress[source->egress].shared))
		return (ModelRef){MODEL_KIND_EGRESS, source->egress};
	return (ModelRef){MODEL_KIND_GATEWAY, model->sharers[source->egress]};
}

static uint32_t *
slot_of(const Groups *groups, const StateSource *source)
{
	ModelRef ref = sharer_of(groups->facts, source);

	return ref.kind == MODEL_KIND_GATEWAY ? &groups->gateways[ref.index]
					      : &groups->egress[ref.index];
}

static Span
shared_span(const Model *model, ModelRef ref)
{
	return ref.kind == MODEL_KIND_GATEWAY ? model->gateways[ref.index].shared.span
					      : model->egress[ref.index].shared.span;
}

static void
report_shared(const Groups *groups, uint32_t index, const Group *group, DiagSink *sink)
{
	const RuleFacts *facts = groups->facts;
	const StateConnector *connector = &facts->state->connectors.items[index];
	const StateSource *source = &connector->sources.items[group->source];
	ModelRef sharer = sharer_of(facts, source);
	Str object = str_format(facts->arena, "%s `" STR_FMT "`", rules_noun(sharer.kind),
		STR_ARG(model_ref_name(facts->model, sharer)));
	Diag *diag = diag_report(sink, DIAG_SHARED_SOURCE, source->span,
		"on-premises connector `" STR_FMT "` %s for everybody behind " STR_FMT
		": its addresses are shared",
		STR_ARG(connector->name), connector->managed ? "would relay" : "relays",
		STR_ARG(object));

	diag_path(diag, rules_accept_path(facts, index, source));
	diag_label(sink, diag, "leaves through shared addresses");
	diag_related(sink, diag, shared_span(facts->model, sharer), "others send from here too");
	diag_note(sink, diag, "route: " STR_FMT STR_FMT,
		STR_ARG(state_source_text(facts->scratch, facts->model, source)),
		STR_ARG(rules_more(facts, group->count - 1)));
	diag_note(sink, diag,
		"a partner connector is no way out: it takes mail to the tenant and never relays "
		"to outside recipients");
	diag_help(sink, diag,
		"there are four ways out:\n"
		"1. leave past " STR_FMT ", through an egress of your own\n"
		"2. let it deliver to the Internet itself: `method: internet` on the host, its SPF "
		"term under the gateway's `spf`\n"
		"3. identify the connector by a client certificate that is yours alone\n"
		"4. say `shared: false` if the addresses are in fact yours alone",
		STR_ARG(object));
}

static void
add_to_group(Groups *groups, const StateSource *source, uint32_t number)
{
	uint32_t *slot = slot_of(groups, source);

	if (*slot == STATE_NONE) {
		*slot = groups->len++;
		groups->list[*slot] = (Group){number, 0};
	}
	groups->list[*slot].count++;
}

/* The slots are left empty again: clearing them all would cost objects times connectors. */
static void
check_connector(Groups *groups, uint32_t index, DiagSink *sink)
{
	const StateConnector *connector = &groups->facts->state->connectors.items[index];
	uint32_t i;

	groups->list = ARENA_ARRAY(groups->facts->scratch, Group, connector->sources.len);
	groups->len = 0;
	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if (!state_source_is_written(connector, source))
			add_to_group(groups, source, i);
	}
	for (i = 0; i < groups->len; i++)
		report_shared(groups, index, &groups->list[i], sink);
	for (i = 0; i < groups->len; i++)
		*slot_of(groups, &connector->sources.items[groups->list[i].source]) = STATE_NONE;
}

/* --- certificates ----------------------------------------------------------------------------- */

static void
report_certificate(
	const RuleFacts *facts, uint32_t index, const StateSource *source, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	const ModelGateway *gateway = &facts->model->gateways[source->last_hop];
	Diag *diag = diag_report(sink, DIAG_SHARED_SOURCE, connector->spec->certificate.span,
		"on-premises connector `" STR_FMT "` %s for everybody behind gateway `" STR_FMT
		"`: all of them show its certificate",
		STR_ARG(connector->name), connector->managed ? "would relay" : "relays",
		STR_ARG(gateway->head.name));

	diag_path(diag, rules_connector_path(facts, connector, "certificate"));
	diag_label(sink, diag, "a certificate that is not yours alone");
	diag_related(sink, diag, gateway->shared.span, "others send from here too");
	diag_note(sink, diag, "route: " STR_FMT,
		STR_ARG(state_source_text(facts->scratch, facts->model, source)));
	diag_help(sink, diag,
		"let the gateway present a certificate that was issued to you, under an accepted "
		"domain (one that the service gave you, if the tenant has accepted it: add it to "
		"`domains`), or leave past it through an egress of your own");
}

/* Only the holder of an accepted domain gets a certificate under it: such a one is not shared. */
static bool
is_shown_by_others(
	const RuleFacts *facts, const StateConnector *connector, const StateSource *source)
{
	Str shown = state_source_certificate(facts->model, source);

	return source->last_hop != MODEL_SELF && shown.ptr != NULL &&
	       rules_is_on(&facts->model->gateways[source->last_hop].shared) &&
	       state_certificate_matches(connector->certificate, shown) &&
	       !rules_certificate_is_accepted(facts, shown);
}

static void
check_certificate(const Groups *groups, uint32_t index, DiagSink *sink)
{
	const StateConnector *connector = &groups->facts->state->connectors.items[index];
	uint32_t i;

	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];

		if (!is_shown_by_others(groups->facts, connector, source) ||
			groups->shown[source->last_hop] == index)
			continue;
		groups->shown[source->last_hop] = index;
		report_certificate(groups->facts, index, source, sink);
	}
}

static uint32_t *
empty_slots(Arena *scratch, uint32_t len)
{
	uint32_t *slots = ARENA_ARRAY(scratch, uint32_t, len), i;

	for (i = 0; i < len; i++)
		slots[i] = STATE_NONE;
	return slots;
}

/*
 * Whoever shows an address of an on-premises connector is the organization itself (Microsoft
 * Learn, connectors for relay). One finding for each connector and each object that is shared.
 */
void
check_shared_sources(const RuleFacts *facts, DiagSink *sink)
{
	Groups groups = {.facts = facts};
	uint32_t i;

	groups.gateways = empty_slots(facts->scratch, facts->model->gateways_len);
	groups.egress = empty_slots(facts->scratch, facts->model->egress_len);
	groups.shown = empty_slots(facts->scratch, facts->model->gateways_len);
	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];

		if (connector->spec != NULL && connector->spec->type.state != FIELD_SET)
			continue;
		if (connector->by_address)
			check_connector(&groups, i, sink);
		else if (connector->spec != NULL && connector->by_certificate &&
			 connector->type != MODEL_PARTNER)
			check_certificate(&groups, i, sink);
	}
}
