/* CP116: addresses of a mail service that many customers share, without a word about that. */
#include "rules/rules_int.h"

/* The addresses of one list that lie in such a range. */
typedef struct Found {
	uint32_t element, count; /* the first, and how many */
	const NetVendorRange *vendor;
} Found;

static Found
find_vendor(const FieldPrefixes *list)
{
	Found found = {0};
	uint32_t i;

	for (i = 0; i < list->len; i++) {
		const NetVendorRange *vendor =
			net_vendor_range(net_prefix_network(list->items[i].prefix));

		if (vendor == NULL)
			continue;
		if (found.count++ == 0) {
			found.element = i;
			found.vendor = vendor;
		}
	}
	return found;
}

static void
report_vendor(const RuleFacts *facts, const RuleList *list, const Found *found, DiagSink *sink)
{
	const FieldPrefix *item = &list->list->items[found->element];
	bool host = list->kind == MODEL_KIND_HOST;
	Str text = rules_prefix_text(facts, item->prefix), place = rules_place_text(facts, list);
	Diag *diag = diag_report(sink, DIAG_LOOKS_SHARED, item->span,
		"`" STR_FMT "` " STR_FMT " is reported to belong to " STR_FMT
		", which many customers share, but nothing says whether it is `shared`",
		STR_ARG(text), STR_ARG(place), STR_ARG(found->vendor->service));

	diag_path(diag, rules_element_path(facts, list, found->element));
	diag_label(sink, diag, "a mail service's range");
	diag_note(sink, diag,
		"the range `" STR_FMT "` is known from public reports of " STR_FMT
		", not from the vendor",
		STR_ARG(rules_prefix_text(facts, found->vendor->range)),
		STR_ARG(found->vendor->as_of));
	if (found->count > 1)
		diag_note(sink, diag, "more addresses of this list in such a range: " STR_FMT,
			STR_ARG(rules_number(facts, found->count - 1)));
	diag_help(sink, diag,
		"%sask the vendor whether it is yours alone, and write the answer: `shared: true`, "
		"or "
		"`shared: false`",
		host ? "define it under `egress`, and set `egress: NAME` on the host; " : "");
}

/* Whether somebody said that others send from an egress object too, or that none do. */
static bool
is_stated(const RuleFacts *facts, const RuleList *list)
{
	return list->kind == MODEL_KIND_EGRESS &&
	       (facts->model->egress[list->index].shared.state != FIELD_ABSENT ||
		       facts->model->sharers[list->index] != MODEL_SELF);
}

/* A host's own address counts where it is what the Internet sees. */
static void
visit_vendor(const RuleFacts *facts, const RuleList *list, DiagSink *sink)
{
	Found found;

	if (list->kind == MODEL_KIND_HOST && list->use->routes == 0)
		return;
	found = find_vendor(list->list);
	if (found.count > 0 && !is_stated(facts, list))
		report_vendor(facts, list, &found, sink);
}

void
check_vendor_ranges(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_end(facts, visit_vendor, sink);
}
