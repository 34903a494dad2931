/* Waivers by themselves: complete, in time, of a rule that can be waived (CP801 CP802 CP804 CP806).
 * What each of them lifts is the verdict's. */
#include "rules/rules_int.h"

typedef struct Waiver {
	const RuleFacts *facts;
	const ModelWaiver *spec;
	Str path;
	DiagCode code; /* once it is known */
} Waiver;

static Diag *
report(const Waiver *waiver, DiagCode code, Span span, Str message, DiagSink *sink)
{
	Diag *diag = diag_report(sink, code, span, STR_FMT, STR_ARG(message));

	diag_path(diag, waiver->path);
	return diag;
}

/* Nothing under a key, or nothing but blanks, says no more than no key. */
static bool
is_missing(FieldState state, Str text)
{
	return state == FIELD_ABSENT || state == FIELD_NULL ||
	       (state == FIELD_SET && str_trim(text).len == 0);
}

/* `connectors`, where `connectors/NAME` would be one object. */
static bool
is_section(Str at)
{
	size_t slash = str_find_char(at, '/', 0);

	return slash + 1 >= at.len;
}

static void
add_fault(Buf *faults, const char *fault)
{
	buf_printf(faults, "%s%s", faults->len > 0 ? ", " : "", fault);
}

/* --- CP801 ------------------------------------------------------------------------------------ */

/* Everything that is missing is one finding: it has one cause. */
static bool
check_complete(const Waiver *waiver, DiagSink *sink)
{
	const ModelWaiver *spec = waiver->spec;
	Buf faults = buf_make(waiver->facts->arena);
	Span span = spec->head.span;
	Str message;
	Diag *diag;

	if (is_missing(spec->reason.state, spec->reason.text))
		add_fault(&faults, "no `reason`");
	if (is_missing(spec->until.state, STR("date")))
		add_fault(&faults, "no `until`");
	if (is_missing(spec->at.state, spec->at.text)) {
		add_fault(&faults, "no `at`");
	} else if (spec->at.state == FIELD_SET && is_section(spec->at.text)) {
		add_fault(&faults, "a whole section in `at`");
		span = spec->at.span;
	}
	if (faults.len == 0)
		return true;
	message = str_format(waiver->facts->arena,
		"the waiver of %s has " STR_FMT ": it has no effect", diag_code_text(waiver->code),
		STR_ARG(buf_text(&faults)));
	diag = report(waiver, DIAG_WAIVER_INCOMPLETE, span, message, sink);
	diag_label(sink, diag, "incomplete");
	diag_help(sink, diag,
		"a waiver has a `reason`, the last day on which it holds as `until`, and the path "
		"of one object as `at`, such as `connectors/NAME`");
	return false;
}

/* --- CP804, and CP006 for what is no rule ----------------------------------------------------- */

static void
report_unknown_rule(const Waiver *waiver, DiagSink *sink)
{
	const FieldText *rule = &waiver->spec->rule;
	Str known[DIAG_CODES], nearest, message;
	Diag *diag;
	size_t i;

	for (i = 0; i < DIAG_CODES; i++)
		known[i] = str_from(diag_code_text((DiagCode)i));
	nearest = str_nearest(rule->text, known, DIAG_CODES);
	message = str_format(
		waiver->facts->arena, "there is no rule `" STR_FMT "`", STR_ARG(rule->text));
	diag = report(waiver, DIAG_BAD_VALUE, rule->span, message, sink);
	diag_path(diag, str_format(waiver->facts->arena, STR_FMT "/rule", STR_ARG(waiver->path)));
	if (nearest.ptr != NULL)
		diag_help(sink, diag, "did you mean `" STR_FMT "`?", STR_ARG(nearest));
	else
		diag_help(sink, diag, "`connplan explain --list` names every rule");
}

/* A code of the book that this version does not check stands for itself: it finds nothing. */
static bool
find_rule(Waiver *waiver, DiagSink *sink)
{
	const FieldText *rule = &waiver->spec->rule;
	Str message;
	Diag *diag;

	if (!diag_code_find(rule->text, &waiver->code)) {
		if (!diag_code_is_in_book(rule->text))
			report_unknown_rule(waiver, sink);
		return false;
	}
	if (diag_code_waivable(waiver->code))
		return true;
	message = str_format(waiver->facts->arena, "%s (%s) cannot be waived",
		diag_code_text(waiver->code), diag_code_name(waiver->code));
	diag = report(waiver, DIAG_NOT_WAIVABLE, rule->span, message, sink);
	diag_label(sink, diag, "cannot be waived");
	return false;
}

/* --- CP802 CP806 ------------------------------------------------------------------------------ */

/* The last day is itself a valid one. */
static bool
check_in_time(const Waiver *waiver, DiagSink *sink)
{
	const FieldDate *until = &waiver->spec->until;
	Arena *arena = waiver->facts->arena;
	int32_t left = until->days - waiver->facts->input->today;
	Str message;
	Diag *diag;

	if (left > RULES_SOON_DAYS)
		return true;
	if (left < 0) {
		message = str_format(arena,
			"the waiver of %s was valid until " STR_FMT
			": what it covered counts again",
			diag_code_text(waiver->code), STR_ARG(date_format(arena, until->days)));
		diag = report(waiver, DIAG_WAIVER_EXPIRED, until->span, message, sink);
		diag_label(sink, diag, "past");
		return false;
	}
	message = str_format(arena, "the waiver of %s ends " STR_FMT, diag_code_text(waiver->code),
		STR_ARG(rules_days_left(waiver->facts, left)));
	diag = report(waiver, DIAG_WAIVER_ENDS_SOON, until->span, message, sink);
	diag_label(sink, diag, "soon");
	return true;
}

/* What could not be read has been reported, and nobody knows what it would have waived. */
static bool
is_readable(const ModelWaiver *waiver)
{
	return waiver->head.state != FIELD_BAD && waiver->rule.state == FIELD_SET &&
	       waiver->at.state != FIELD_BAD && waiver->reason.state != FIELD_BAD &&
	       waiver->until.state != FIELD_BAD && waiver->ticket.state != FIELD_BAD;
}

/* The numbers in paths count over all files of the spec, as those of expectations do. */
void
check_waivers(const RuleFacts *facts, DiagSink *sink)
{
	const ModelSpec *spec = facts->model->spec;
	const ModelWaiver *waivers = spec->waivers.items;
	uint32_t i;

	for (i = 0; i < spec->waivers.len; i++) {
		Waiver waiver = {.facts = facts, .spec = &waivers[i]};
		DiagWaiver own;

		waiver.path = str_format(facts->arena, "waivers/%u", (unsigned)i);
		if (!is_readable(waiver.spec) || !find_rule(&waiver, sink) ||
			!check_complete(&waiver, sink) || !check_in_time(&waiver, sink))
			continue;
		own = (DiagWaiver){.code = waiver.code,
			.span = waiver.spec->rule.span,
			.path = waiver.path,
			.at = waiver.spec->at.text,
			.reason = waiver.spec->reason.text,
			.ticket = waiver.spec->ticket.text,
			.until = waiver.spec->until.days};
		diag_waive(sink, &own);
	}
}
