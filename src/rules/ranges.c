/* What becomes of a range on a connector: it is split, it is too wide, or it is Microsoft's. */
#include "rules/rules_int.h"

/* Past this many pieces of one range a reviewer must see it. */
#define MANY_PIECES 64

/* One address of an egress object or host, and who holds it. */
typedef struct Range {
	const RuleFacts *facts;
	const RuleList *list;
	uint32_t element;
	const RuleUse *use;
	NetPrefix network;
	DiagSink *sink;
} Range;

static Diag *
report_range(const Range *range, DiagCode code, Str what)
{
	const RuleFacts *facts = range->facts;
	Str text = rules_prefix_text(facts, range->network);
	Str place = rules_place_text(facts, range->list);
	Diag *diag = diag_report(range->sink, code, range->list->list->items[range->element].span,
		"`" STR_FMT "` " STR_FMT " " STR_FMT, STR_ARG(text), STR_ARG(place), STR_ARG(what));

	diag_path(diag, rules_element_path(facts, range->list, range->element));
	return diag;
}

/* The connectors that hold a range: "connector `Relay` and 2 more". */
static Str
holders_text(const Range *range)
{
	Str name = rules_connector_name(range->facts, range->use->writer);
	Str more = rules_more(range->facts, range->use->writers - 1);

	return str_format(range->facts->arena, "connector `" STR_FMT "`" STR_FMT, STR_ARG(name),
		STR_ARG(more));
}

#define TAKES "Exchange Online takes single addresses and networks from /24 to /32"

/* Microsoft Learn, New-InboundConnector, parameter SenderIPAddresses: /24 to /32. */
static void
report_split(const Range *range, uint64_t pieces)
{
	const RuleFacts *facts = range->facts;
	bool many = pieces > MANY_PIECES;
	Str count = rules_number(facts, pieces), holders = holders_text(range);
	Diag *diag = report_range(range, many ? DIAG_MANY_RANGES : DIAG_SPLIT_RANGE,
		str_format(facts->arena, "is written as " STR_FMT " × /24 to " STR_FMT,
			STR_ARG(count), STR_ARG(holders)));

	diag_label(range->sink, diag, "wider than /24");
	diag_note(range->sink, diag, TAKES ": a wider one is split, and holds the same addresses");
	diag_help(range->sink, diag, "%s",
		many ? "name the part of it that really sends, or identify by certificate"
		     : "nothing has to be done; if only a part of it sends, name that part");
}

static void
report_too_wide(const Range *range, uint64_t pieces)
{
	const RuleFacts *facts = range->facts;
	Str count = rules_number(facts, pieces), holders = holders_text(range);
	Diag *diag = report_range(range, DIAG_TOO_MANY_RANGES,
		str_format(facts->arena,
			"would make " STR_FMT " entries on " STR_FMT ", more than 1,024",
			STR_ARG(count), STR_ARG(holders)));

	diag_label(range->sink, diag, "over 1,024 × /24: not written");
	diag_note(range->sink, diag, TAKES "; a connector of this width tells nobody apart");
	diag_help(range->sink, diag,
		"check the prefix length, then name the addresses that send, or identify by "
		"certificate");
}

/* Reported by users; the ranges are Microsoft's published Microsoft 365 endpoints. */
static void
report_microsoft(const Range *range, const NetSet *common)
{
	const RuleFacts *facts = range->facts;
	NetPrefixVec parts = {0};
	Str connector = rules_connector_name(facts, range->use->on_premises), what;
	Diag *diag;

	net_set_cover(facts->scratch, common, &parts);
	what = str_format(facts->arena, "holds `" STR_FMT "`, Exchange Online's own",
		STR_ARG(rules_prefix_text(facts, parts.items[0])));
	if (net_prefix_compare(parts.items[0], range->network) == 0)
		what = STR("is Exchange Online's own");
	diag = report_range(range, DIAG_MICROSOFT_ADDRESS,
		str_format(facts->arena,
			STR_FMT ": on-premises connector `" STR_FMT
				"` would relay mail of every tenant as yours",
			STR_ARG(what), STR_ARG(connector)));
	diag_label(range->sink, diag, "every tenant sends from here");
	if (range->use->routes > 0)
		diag_note(range->sink, diag, "route: " STR_FMT,
			STR_ARG(model_route_text(facts->scratch, facts->model,
				&facts->model->routes.items[range->use->route])));
	diag_help(range->sink, diag,
		"name the address that your own last hop has when it connects to Exchange Online");
}

static void
check_range(const Range *range)
{
	const NetSet *microsoft = &range->facts->microsoft;
	NetRange4 bounds = {(uint32_t)net_prefix_first(range->network),
		(uint32_t)net_prefix_last(range->network)};
	NetSet set = {.ip4 = {.items = &bounds, .len = 1, .cap = 1}}, common;
	uint64_t pieces = net_split_count(range->network, CONNECTOR_MIN_LENGTH);

	if (pieces > STATE_MAX_PIECES) {
		report_too_wide(range, pieces);
		return;
	}
	if (range->use->on_premises != STATE_NONE && net_set_overlaps(&set, microsoft)) {
		common = net_set_intersect(range->facts->scratch, &set, microsoft);
		report_microsoft(range, &common);
	}
	if (pieces > 1)
		report_split(range, pieces);
}

static void
visit_ranges(const RuleFacts *facts, const RuleList *list, DiagSink *sink)
{
	Range range = {.facts = facts, .list = list, .use = list->use, .sink = sink};

	if (list->use->writer == STATE_NONE)
		return;
	for (; range.element < list->list->len && !diag_is_full(sink); range.element++) {
		NetPrefix prefix = list->list->items[range.element].prefix;

		/* One cause, one finding: what is not public was reported for that. */
		if (prefix.family == NET_IP6 ||
			(rules_class_fails(facts, list->use->worst) &&
				rules_class_fails(facts, net_classify(prefix).net_class)))
			continue;
		range.network = net_prefix_network(prefix);
		check_range(&range);
	}
}

void
check_connector_ranges(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_end(facts, visit_ranges, sink);
}
