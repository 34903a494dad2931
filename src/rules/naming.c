/* What people read on a connector: its name and comment. */
#include "rules/rules_int.h"

/* --- CP411 ------------------------------------------------------------------------------------ */

/* Reported by users: names are compared without regard to case. */
static void
check_name(const RuleFacts *facts, Map *names, uint32_t index, DiagSink *sink)
{
	const StateConnector *connector = &facts->state->connectors.items[index], *first;
	uint32_t known =
		map_add(facts->scratch, names, str_lower(facts->scratch, connector->name), index);
	Diag *diag;

	if (known == MAP_NONE)
		return;
	first = &facts->state->connectors.items[known];
	diag = diag_report(sink, DIAG_NAME_COLLISION, connector->span,
		"connectors `" STR_FMT "` and `" STR_FMT
		"` have one name to Exchange Online, which does not look at case",
		STR_ARG(first->name), STR_ARG(connector->name));
	diag_path(diag, rules_connector_path(facts, connector, NULL));
	diag_label(sink, diag, "the same name, but for case");
	diag_related(sink, diag, first->span, "the other one");
	diag_note(sink, diag, "the second one would be refused, or overwrite the first");
	diag_help(sink, diag, "give one of them a name that says what it is for");
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
	Map names = {0};
	uint32_t i;

	for (i = 0; i < facts->state->connectors.len; i++) {
		check_name(facts, &names, i, sink);
		check_comment(facts, &facts->state->connectors.items[i], sink);
	}
}
