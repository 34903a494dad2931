/* What single addresses are: host bits, and the classes of the special-purpose registries. */
#include "rules/classes_int.h"

/* --- CP102 ------------------------------------------------------------------------------------ */

static void
report_host_bits(const RuleFacts *facts, const RuleList *list, uint32_t element, DiagSink *sink)
{
	const FieldPrefix *item = &list->list->items[element];
	NetPrefix network = net_prefix_network(item->prefix);
	Str text = rules_prefix_text(facts, item->prefix), place = rules_place_text(facts, list);
	Diag *diag = diag_report(sink, DIAG_HOST_BITS_SET, item->span,
		"`" STR_FMT "` " STR_FMT " has bits set past /%u: write `" STR_FMT
		"` for the network, or `" STR_FMT "` for the one address",
		STR_ARG(text), STR_ARG(place), (unsigned)network.len,
		STR_ARG(rules_prefix_text(facts, network)),
		STR_ARG(rules_prefix_text(facts, net_prefix_address(item->prefix))));

	diag_path(diag, rules_element_path(facts, list, element));
	diag_label(sink, diag, "network or single address?");
	diag_help(sink, diag,
		"ask which of them is meant: tools differ in what they make of it, and the "
		"network lets all its addresses in");
}

static void
visit_host_bits(const RuleFacts *facts, const RuleList *list, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < list->list->len && !diag_is_full(sink); i++) {
		if (net_prefix_has_host_bits(list->list->items[i].prefix))
			report_host_bits(facts, list, i, sink);
	}
}

/* RFC 4632 section 3.1: the bits past the length of a network are zero. */
void
check_host_bits(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_list(facts, visit_host_bits, sink);
}

/* --- CP103 CP104 CP105 CP110 ------------------------------------------------------------------ */

static void
check_list(const RuleFacts *facts, const RuleList *list, RulePlace place, DiagSink *sink)
{
	RuleHolding holding = {.place = place, .name = list->owner, .use = list->use};
	uint32_t i;

	for (i = 0; i < list->list->len && !diag_is_full(sink); i++) {
		const FieldPrefix *item = &list->list->items[i];
		NetVerdict verdict = net_classify(item->prefix);

		if (verdict.net_class == NET_CLASS_GLOBAL)
			continue;
		holding.network = net_prefix_network(item->prefix);
		holding.span = item->span;
		holding.path = rules_element_path(facts, list, i);
		holding.text = rules_prefix_text(facts, item->prefix);
		holding.owner = rules_place_text(facts, list);
		rules_report_class(facts, &holding, &verdict, sink);
	}
}

/* The worst class is known: the common list of public addresses costs nothing here. */
static void
visit_end(const RuleFacts *facts, const RuleList *list, DiagSink *sink)
{
	if (list->use->worst != NET_CLASS_GLOBAL)
		check_list(facts, list,
			list->kind == MODEL_KIND_HOST ? RULE_PLACE_HOST : RULE_PLACE_EGRESS, sink);
}

/* The network of an `ip4:` or `ip6:` term; false for every other one, and for a bad one (CP101). */
static bool
parse_ip_term(Str term, NetPrefix *ret_prefix)
{
	NetFamily family;
	Str text;

	return spf_term_address(term, &text, &family) &&
	       net_prefix_parse(text, ret_prefix) == NET_ADDRESS_OK && ret_prefix->family == family;
}

/* An element of a list of texts whose address is in one of the registries. */
static void
report_text(const RuleFacts *facts, const RuleTexts *texts, uint32_t element, RuleHolding holding,
	const NetVerdict *verdict, DiagSink *sink)
{
	holding.span = texts->items->items[element].span;
	holding.text = texts->items->items[element].text;
	holding.path = rules_text_path(facts, texts, element);
	holding.owner = str_format(facts->arena, "in %s%s `" STR_FMT "`",
		holding.place == RULE_PLACE_SKIP    ? "the skip list of "
		: texts->kind == MODEL_KIND_GATEWAY ? "the SPF terms of "
						    : "",
		rules_noun(texts->kind), STR_ARG(texts->owner));
	rules_report_class(facts, &holding, verdict, sink);
}

static void
visit_terms(const RuleFacts *facts, const RuleTexts *texts, DiagSink *sink)
{
	RuleHolding holding = {.place = RULE_PLACE_SPF};
	uint32_t i;

	for (i = 0; i < texts->items->len && !diag_is_full(sink); i++) {
		NetVerdict verdict;
		NetPrefix prefix;

		if (!parse_ip_term(texts->items->items[i].text, &prefix))
			continue;
		verdict = net_classify(prefix);
		holding.network = net_prefix_network(prefix);
		if (verdict.net_class != NET_CLASS_GLOBAL)
			report_text(facts, texts, i, holding, &verdict, sink);
	}
}

static void
visit_also(const RuleFacts *facts, const RuleList *list, DiagSink *sink)
{
	check_list(facts, list, RULE_PLACE_SPF, sink);
}

/* The worst of a range that need not be a prefix: each of its pieces is judged. */
static NetVerdict
classify_range(Arena *scratch, NetRange range, RuleHolding *holding)
{
	NetSet set = {0};
	NetPrefixVec pieces = {0};
	NetVerdict worst = {0};
	size_t i;

	net_set_add_range(scratch, &set, range);
	net_set_cover(scratch, &set, &pieces);
	for (i = 0; i < pieces.len; i++) {
		NetVerdict verdict = net_classify(pieces.items[i]);

		if (i > 0 && verdict.net_class <= worst.net_class)
			continue;
		worst = verdict;
		holding->network = pieces.items[i];
	}
	holding->pieces = pieces.len > 1;
	return worst;
}

static void
visit_skip(const RuleFacts *facts, const RuleTexts *texts, DiagSink *sink)
{
	RuleHolding holding = {.place = RULE_PLACE_SKIP};
	uint32_t i;

	for (i = 0; i < texts->items->len && !diag_is_full(sink); i++) {
		NetVerdict verdict;
		NetRange range;

		if (net_range_parse(texts->items->items[i].text, &range) != NET_ADDRESS_OK)
			continue;
		verdict = classify_range(facts->scratch, range, &holding);
		if (verdict.net_class != NET_CLASS_GLOBAL)
			report_text(facts, texts, i, holding, &verdict, sink);
	}
}

/*
 * IANA special-purpose registries; RFC 1918, RFC 1122, RFC 3927, RFC 791 for what the service
 * refuses. A connector's addresses are those of egress objects and hosts: each is told where it is
 * written, once.
 */
void
check_address_classes(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_end(facts, visit_end, sink);
	rules_each_also(facts, visit_also, sink);
	rules_each_terms(facts, visit_terms, sink);
	rules_each_skip(facts, visit_skip, sink); /* EFSkipIPs: Enhanced Filtering for Connectors */
}
