/* Addresses that are listed twice: in one list, and by two egress objects. */
#include "rules/sweep_int.h"

/* --- CP201 CP204 ------------------------------------------------------------------------------ */

/* Past this many findings of one list the rest is counted. */
#define TOLD_PER_LIST 10

typedef struct Pair {
	uint32_t outer, inner; /* elements */
	bool equal;
} Pair;

typedef struct Pairs {
	VEC(Pair) list;
} Pairs;

static void
report_pair(const RuleFacts *facts, const RuleList *list, const Pair *pair, uint64_t more,
	DiagSink *sink)
{
	const FieldPrefix *outer = &list->list->items[pair->outer];
	const FieldPrefix *inner = &list->list->items[pair->inner];
	Str text = rules_prefix_text(facts, inner->prefix), place = rules_place_text(facts, list);
	Diag *diag;

	if (pair->equal)
		diag = diag_report(sink, DIAG_DUPLICATE_ADDRESS, inner->span,
			"`" STR_FMT "` " STR_FMT " is listed more than once", STR_ARG(text),
			STR_ARG(place));
	else
		diag = diag_report(sink, DIAG_CONTAINED_RANGE, inner->span,
			"`" STR_FMT "` " STR_FMT " lies inside `" STR_FMT "` of the same list",
			STR_ARG(text), STR_ARG(place),
			STR_ARG(rules_prefix_text(facts, outer->prefix)));
	diag_path(diag, rules_element_path(facts, list, pair->inner));
	diag_label(sink, diag, pair->equal ? "again" : "adds nothing");
	diag_related(sink, diag, outer->span, pair->equal ? "first here" : "the wider one");
	if (more > 0)
		diag_note(sink, diag, STR_FMT " more in this list",
			STR_ARG(rules_number(facts, more)));
	diag_help(sink, diag, "%s",
		pair->equal ? "if it is a copy whose end was to be changed, change it; else remove "
			      "it"
			    : "remove it if the whole range sends; else remove the range");
}

/* A duplicate is told as one, and not as contained in something wider as well. */
static void
find_pairs(Arena *scratch, const SweepEntries *entries, Pairs *pairs)
{
	VEC(const SweepEntry *) around = {0};
	size_t i;

	for (i = 0; i < entries->len; i++) {
		const SweepEntry *entry = &entries->items[i], *outer;
		bool equal = false;

		while (around.len > 0 &&
			!net_prefix_contains(around.items[around.len - 1]->network, entry->network))
			around.len--;
		if (around.len > 0) {
			outer = around.items[around.len - 1];
			equal = net_prefix_compare(outer->network, entry->network) == 0;
			VEC_PUSH(scratch, &pairs->list,
				((Pair){outer->element, entry->element, equal}));
		}
		if (!equal)
			VEC_PUSH(scratch, &around, entry);
	}
}

static void
visit_repeated(const RuleFacts *facts, const RuleList *list, DiagSink *sink)
{
	SweepEntries entries = {0};
	Pairs pairs = {{0}};
	size_t told, i;
	uint32_t element;

	if (list->list->len < 2)
		return;
	for (element = 0; element < list->list->len; element++)
		VEC_PUSH(facts->scratch, &entries,
			((SweepEntry){net_prefix_network(list->list->items[element].prefix), 0,
				element}));
	rules_sweep_sort(&entries);
	find_pairs(facts->scratch, &entries, &pairs);
	told = pairs.list.len < TOLD_PER_LIST ? pairs.list.len : TOLD_PER_LIST;
	for (i = 0; i < told; i++)
		report_pair(facts, list, &pairs.list.items[i],
			i + 1 == told ? pairs.list.len - told : 0, sink);
}

void
check_repeated_addresses(const RuleFacts *facts, DiagSink *sink)
{
	rules_each_list(facts, visit_repeated, sink);
}

/* --- CP202 ------------------------------------------------------------------------------------ */

/* All addresses of all egress objects, in memory that is asked for once. */
static void
collect_egress(const RuleFacts *facts, SweepEntries *entries)
{
	const Model *model = facts->model;
	size_t total = 0;
	uint32_t i, j;

	for (i = 0; i < model->egress_len; i++)
		total += model->egress[i].addresses.len;
	entries->items = ARENA_ARRAY(facts->scratch, SweepEntry, total);
	entries->cap = total;
	for (i = 0; i < model->egress_len; i++) {
		const FieldPrefixes *list = &model->egress[i].addresses;

		for (j = 0; j < list->len; j++)
			entries->items[entries->len++] =
				(SweepEntry){net_prefix_network(list->items[j].prefix), i, j};
	}
}

static void
report_egress(const RuleFacts *facts, const Sweep *sweep, uint32_t egress, DiagSink *sink)
{
	const SweepOverlap *overlap = &sweep->overlaps[egress];
	const SweepEntry *mine = &sweep->entries.items[overlap->mine];
	const SweepEntry *other = &sweep->entries.items[overlap->other];
	const ModelEgress *object = &facts->model->egress[egress];
	const ModelEgress *second = &facts->model->egress[other->owner];
	RuleList list = {.kind = MODEL_KIND_EGRESS,
		.key = "addresses",
		.owner = object->head.name,
		.list = &object->addresses};
	NetPrefix common = mine->network.len > other->network.len ? mine->network : other->network;
	Str text = rules_prefix_text(facts, common);
	Diag *diag = diag_report(sink, DIAG_OVERLAPPING_EGRESS,
		object->addresses.items[mine->element].span,
		"egress `" STR_FMT "` and `" STR_FMT "` both hold `" STR_FMT
		"`: only one of them can say whose it is, until when, and who shares it",
		STR_ARG(object->head.name), STR_ARG(second->head.name), STR_ARG(text));

	diag_path(diag, rules_element_path(facts, &list, mine->element));
	diag_label(sink, diag, "also in `" STR_FMT "`", STR_ARG(second->head.name));
	diag_related(sink, diag, second->addresses.items[other->element].span,
		"egress `" STR_FMT "`", STR_ARG(second->head.name));
	if (overlap->count > 1)
		diag_note(sink, diag, STR_FMT " more overlaps of `" STR_FMT "`",
			STR_ARG(rules_number(facts, overlap->count - 1)),
			STR_ARG(object->head.name));
	diag_help(sink, diag,
		"keep it in one of them; where both ways are used, name both: `egress: [" STR_FMT
		", " STR_FMT "]`",
		STR_ARG(second->head.name), STR_ARG(object->head.name));
}

void
check_overlapping_egress(const RuleFacts *facts, DiagSink *sink)
{
	Sweep sweep = {.scratch = facts->scratch};
	uint32_t i;

	collect_egress(facts, &sweep.entries);
	rules_sweep(&sweep, facts->model->egress_len, UINT64_MAX);
	for (i = 0; i < facts->model->egress_len; i++) {
		if (sweep.overlaps[i].count > 0)
			report_egress(facts, &sweep, i, sink);
	}
}
