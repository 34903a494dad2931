/* What people read on a connector: its name and comment. */
#include "rules/rules_int.h"

/* --- CP411 ------------------------------------------------------------------------------------ */

#define ALIKE_BUT_FOR "blanks around it, or the form of its letters"

/* Whether the tenant holds one of its own for this connector of the spec. */
static bool
stands_live(const RuleFacts *facts, uint32_t index)
{
	const Plan *plan = facts->input->plan;

	return plan->before != NULL && plan->connectors.items[index].before != NULL;
}

/*
 * Reported by users: names are compared without regard to case. What else a directory takes for one
 * name is not documented; no two should look alike, unless the tenant shows that it holds both.
 */
static void
check_name(const RuleFacts *facts, Map *names, uint32_t index, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index], *first;
	Str key = str_fold_alike(facts->scratch, connector->name);
	uint32_t known = map_add(facts->scratch, names, key, index);
	bool same;
	Diag *diag;

	if (known == MAP_NONE)
		return;
	first = &facts->state->connectors.items[known];
	same = str_equal_fold(facts->scratch, first->name, connector->name);
	if (!same && stands_live(facts, known) && stands_live(facts, index))
		return;
	diag = diag_report(sink, DIAG_NAME_COLLISION, connector->span,
		"connectors `" STR_FMT "` and `" STR_FMT "` %s", STR_ARG(first->name),
		STR_ARG(connector->name),
		same ? "have one name to Exchange Online, which does not look at case"
		     : "have names that look alike");
	diag_path(diag, rules_connector_path(facts, connector, NULL));
	diag_label(sink, diag, "the same name, but for %s", same ? "case" : ALIKE_BUT_FOR);
	diag_related(sink, diag, first->span, "the other one");
	diag_note(sink, diag, "%s",
		same ? "the second one would be refused, or overwrite the first"
		     : "whether Exchange Online keeps such names apart is not documented, and "
		       "people cannot");
	diag_help(sink, diag, "give one of them a name that says what it is for");
}

/* One connector of the tenant cannot become two: both would write over it, and one be missing. */
static void
check_former_name(const RuleFacts *facts, Map *former, uint32_t index, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index], *first;
	uint32_t known;
	Diag *diag;

	if (connector->spec == NULL || connector->spec->was.state != FIELD_SET)
		return;
	known = map_add(
		facts->scratch, former, str_fold(facts->scratch, connector->spec->was.text), index);
	if (known == MAP_NONE)
		return;
	first = &facts->state->connectors.items[known];
	diag = diag_report(sink, DIAG_NAME_COLLISION, connector->spec->was.span,
		"connectors `" STR_FMT "` and `" STR_FMT "` both were `" STR_FMT
		"`: one connector cannot become two",
		STR_ARG(first->name), STR_ARG(connector->name), STR_ARG(connector->spec->was.text));
	diag_path(diag, rules_connector_path(facts, connector, "was"));
	diag_label(sink, diag, "the same former name");
	diag_related(sink, diag, first->spec->was.span, "the other one");
	diag_help(sink, diag, "keep `was` on the one that it is to become; the other is made anew");
}

/*
 * A connector that would be made anew beside the tenant's own of nearly the same name: a name that
 * was typed or pasted in another form. With --prune the tenant's would even go.
 */
static void
check_live_names(const RuleFacts *facts, const Map *names, DiagSink *sink)
{
	const Plan *plan = facts->input->plan;
	size_t i;

	for (i = 0; plan->before != NULL && i < plan->others.len; i++) {
		const StateConnector *live = plan->others.items[i].before, *wanted;
		uint32_t index = map_find(names, str_fold_alike(facts->scratch, live->name));
		Diag *diag;

		if (index == MAP_NONE || stands_live(facts, index))
			continue;
		wanted = &facts->state->connectors.items[index];
		diag = diag_report(sink, DIAG_NAME_COLLISION, wanted->span,
			"connector `" STR_FMT "` is not the tenant's `" STR_FMT
			"`, but looks like it",
			STR_ARG(wanted->name), STR_ARG(live->name));
		diag_path(diag, rules_connector_path(facts, wanted, NULL));
		diag_label(sink, diag, "the same name, but for " ALIKE_BUT_FOR);
		diag_related(sink, diag, live->span, "in the export");
		diag_note(sink, diag, "the plan would make a second one beside it, or be refused");
		diag_help(sink, diag,
			"copy the name from the export; if it is to be renamed, write the "
			"tenant's name as `was`");
	}
}

/* --- CP417 ------------------------------------------------------------------------------------ */

/* Reported by users; no page of Microsoft's names a limit. */
#define COMMENT_MAX 1024

/* As the service counts: in UTF-16 units. */
static size_t
count_units(Str text)
{
	size_t at = 0, units = 0;

	while (at < text.len)
		units += utf8_next(text, &at) > 0xffff ? 2 : 1;
	return units;
}

static void
check_comment(const RuleFacts *facts, const StateConnector *connector, DiagSink *sink)
{
	const FieldText *comment;
	size_t units;
	Diag *diag;

	/* A text of so few octets has no more units. */
	if (connector->spec == NULL || connector->spec->comment.text.len <= COMMENT_MAX)
		return;
	comment = &connector->spec->comment;
	units = count_units(comment->text);
	if (units <= COMMENT_MAX)
		return;
	diag = diag_report(sink, DIAG_COMMENT_TOO_LONG, comment->span,
		"the comment of connector `" STR_FMT "` has " STR_FMT
		" characters: Exchange Online is reported to refuse more than 1,024",
		STR_ARG(connector->name), STR_ARG(rules_number(facts, units)));
	diag_path(diag, rules_connector_path(facts, connector, "comment"));
	diag_label(sink, diag, "too long");
	diag_help(sink, diag,
		"keep what it is for, who owns it and where the spec is; the rest belongs into the "
		"change request");
}

void
check_names_and_comments(const RuleFacts *facts, DiagSink *sink)
{
	Map names = {0}, former = {0};
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		check_name(facts, &names, i, sink);
		check_former_name(facts, &former, i, sink);
		check_comment(facts, &facts->state->connectors.items[i], sink);
	}
	check_live_names(facts, &names, sink);
}
