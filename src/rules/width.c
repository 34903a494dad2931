/* How many addresses a connector lets in, and which it does not see. */
#include "rules/rules_int.h"

/* The place of a connector; of what it came from where no spec names it. */
static Diag *
report_connector(const RuleFacts *facts, DiagCode code, uint32_t index, Str what, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	bool implied = connector->spec == NULL && connector->sources.len > 0;
	Diag *diag = diag_report(sink, code,
		implied ? connector->sources.items[0].span : connector->span,
		"connector `" STR_FMT "` " STR_FMT, STR_ARG(connector->name), STR_ARG(what));

	diag_path(diag, implied ? rules_accept_path(facts, index, &connector->sources.items[0])
				: rules_connector_path(facts, connector, NULL));
	return diag;
}

/* --- CP207 ------------------------------------------------------------------------------------ */

/* More than a /24 is seldom all mail servers. */
#define WIDE_RELAY 256

/* The range that brings most of the addresses. */
static const StateAddress *
widest(const StateConnector *connector)
{
	const StateAddress *found = &connector->addresses.items[0];
	size_t i;

	for (i = 1; i < connector->addresses.len; i++) {
		if (connector->addresses.items[i].split_from.len < found->split_from.len)
			found = &connector->addresses.items[i];
	}
	return found;
}

static void
check_wide(const RuleFacts *facts, uint32_t index, uint64_t count, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	const StateAddress *address;
	Diag *diag;

	if (connector->type != MODEL_ON_PREMISES || count <= WIDE_RELAY)
		return;
	diag = report_connector(facts, DIAG_WIDE_RELAY, index,
		str_format(facts->arena,
			"lets " STR_FMT
			" addresses relay: whatever connects from one of them can send as you to "
			"anybody",
			STR_ARG(rules_number(facts, count))),
		sink);
	address = widest(connector);
	diag_label(sink, diag, "more than 256 addresses");
	diag_related(sink, diag, address->span, "the widest of them: `" STR_FMT "`",
		STR_ARG(rules_prefix_text(facts, address->split_from)));
	diag_help(sink, diag,
		"name the addresses of the servers, or of the NAT before them, or identify the "
		"connector by certificate");
}

/* --- CP208 ------------------------------------------------------------------------------------ */

static void
check_max_sources(
	const RuleFacts *facts, const StateConnector *connector, uint64_t count, DiagSink *sink)
{
	const FieldNumber *max;
	Diag *diag;

	if (connector->spec == NULL || connector->spec->max_sources.state != FIELD_SET ||
		count <= connector->spec->max_sources.number)
		return;
	max = &connector->spec->max_sources;
	diag = diag_report(sink, DIAG_MAX_SOURCES, max->span,
		"connector `" STR_FMT "` holds " STR_FMT " address%s, more than its `max_sources` "
		"of " STR_FMT,
		STR_ARG(connector->name), STR_ARG(rules_number(facts, count)),
		count == 1 ? "" : "es", STR_ARG(rules_number(facts, max->number)));
	diag_path(diag, rules_connector_path(facts, connector, "max_sources"));
	diag_label(sink, diag, "the limit that the spec sets");
	diag_related(sink, diag, connector->spec->accepts.span, "what it accepts");
	diag_help(sink, diag,
		"take out what does not belong there; if all of it does, raise `max_sources` in "
		"the same change, so that a reviewer sees both");
}

/* --- CP111 ------------------------------------------------------------------------------------ */

/* Whether nothing but an IPv4 address tells the connector's mail. */
static bool
sees_ip4_alone(const StateConnector *connector)
{
	if (connector->ip6.len == 0 || connector->addresses.len == 0)
		return false;
	if (connector->type == MODEL_PARTNER)
		return connector->record.values[CONNECTOR_RESTRICT_ADDRESSES].on &&
		       !connector->record.values[CONNECTOR_RESTRICT_CERTIFICATE].on;
	return !connector->by_certificate;
}

static const FieldPrefix *
find_ip6(const RuleFacts *facts, const StateConnector *connector, const StateSource *source)
{
	const FieldPrefixes *addresses = state_source_addresses(facts->model, source);
	uint32_t i;

	if (addresses == NULL || !state_source_is_written(connector, source) ||
		rules_class_fails(facts, rules_use_of(facts, source->host, source->egress)->worst))
		return NULL;
	for (i = 0; i < addresses->len; i++) {
		if (addresses->items[i].prefix.family == NET_IP6)
			return &addresses->items[i];
	}
	return NULL;
}

static void
report_dual_stack(const RuleFacts *facts, uint32_t index, const StateSource *source,
	const FieldPrefix *address, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	Str text = rules_prefix_text(facts, address->prefix);
	Diag *diag = diag_report(sink, DIAG_DUAL_STACK_SOURCE, source->span,
		"connector `" STR_FMT
		"` holds IPv4 addresses alone, but its mail can come from `" STR_FMT
		"`: over IPv6 it %s",
		STR_ARG(connector->name), STR_ARG(text),
		connector->type == MODEL_PARTNER ? "is refused by the restriction"
						 : "matches no connector");

	diag_path(diag, rules_accept_path(facts, index, source));
	diag_label(sink, diag, "has IPv6 as well");
	diag_related(sink, diag, address->span, "the IPv6 address");
	diag_note(sink, diag, "route: " STR_FMT,
		STR_ARG(state_source_text(facts->scratch, facts->model, source)));
	diag_note(sink, diag, "accepted domains receive over IPv6 by default since 2024-10");
	diag_help(sink, diag,
		"identify it by certificate, which counts over both, or let the last hop connect "
		"over IPv4 alone, or run Disable-IPv6ForAcceptedDomain and say `ipv6: false` "
		"under `tenant`");
}

/* Microsoft Learn, IPv6 for accepted domains. */
static void
check_dual_stack(const RuleFacts *facts, uint32_t index, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index];
	const FieldFlag *ipv6 = &facts->model->spec->tenant.ipv6;
	size_t i;

	if (!sees_ip4_alone(connector) || (ipv6->state != FIELD_ABSENT && !rules_is_on(ipv6)))
		return;
	for (i = 0; i < connector->sources.len; i++) {
		const StateSource *source = &connector->sources.items[i];
		const FieldPrefix *address = find_ip6(facts, connector, source);

		if (address == NULL)
			continue;
		report_dual_stack(facts, index, source, address, sink);
		return;
	}
}

void
check_width(const RuleFacts *facts, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		const StateConnector *connector = &facts->state->connectors.items[i];
		uint64_t count = net_set_count4(&connector->set);

		if (connector->broken)
			continue;
		check_max_sources(facts, connector, count, sink);
		if (!connector->enabled)
			continue;
		check_wide(facts, i, count, sink);
		check_dual_stack(facts, i, sink);
	}
}
