/* All findings: which of them count, sorted and counted. */
#include "diag/diag.h"

#define FINGERPRINT_DIGITS 16

Str
diag_fingerprint(Arena *arena, const Diag *diag)
{
	Str all = str_format(arena, "%s\x1f" STR_FMT "\x1f" STR_FMT, diag_code_text(diag->code),
		STR_ARG(diag->path), STR_ARG(diag->message));

	return str_slice(sha256_hex(arena, all), 0, FINGERPRINT_DIGITS);
}

Str
diag_baseline_key(Arena *arena, Str file, Str fingerprint)
{
	return str_format(arena, STR_FMT "\x1f" STR_FMT, STR_ARG(file), STR_ARG(fingerprint));
}

/* --- order ------------------------------------------------------------------------------------ */

static int
compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* By place, then code, then text; the order of reporting never decides between different ones. */
static int
diag_order(const void *left, const void *right, void *context)
{
	const Diag *a = left, *b = right;
	int order;

	(void)context;
	if ((order = compare_numbers((uint32_t)a->lift, (uint32_t)b->lift)) != 0)
		return order;
	if ((order = compare_numbers(a->span.file, b->span.file)) != 0)
		return order;
	if ((order = compare_numbers(a->span.start, b->span.start)) != 0)
		return order;
	if ((order = compare_numbers((uint32_t)a->code, (uint32_t)b->code)) != 0)
		return order;
	if ((order = compare_numbers(a->span.end, b->span.end)) != 0)
		return order;
	if ((order = str_compare(a->message, b->message)) != 0)
		return order;
	return str_compare(a->path, b->path);
}

/* --- what lifts a finding --------------------------------------------------------------------- */

/* For one verdict: waivers by what they cover, and memory for a question at a time. */
typedef struct Lifter {
	DiagSink *sink;
	Arena *scratch;
	Map waivers; /* waiver_key() → the first such waiver in the sink */
} Lifter;

static Str
waiver_key(Arena *arena, uint32_t scope, DiagCode code, Str at)
{
	return str_format(arena, "%u %s " STR_FMT, scope, diag_code_text(code), STR_ARG(at));
}

static void
index_waivers(Lifter *lifter)
{
	const DiagSink *sink = lifter->sink;
	size_t i;

	for (i = 0; i < sink->waivers.len; i++) {
		DiagWaiver *waiver = sink->waivers.items[i];

		waiver->used = false;
		map_add(lifter->scratch, &lifter->waivers,
			waiver_key(lifter->scratch, waiver->scope, waiver->code, waiver->at),
			(uint32_t)i);
	}
}

/* The waiver of the nearest object around the finding's path, itself first; NULL: none. */
static DiagWaiver *
waiver_of(Lifter *lifter, const Diag *diag)
{
	Str at = diag->path;

	while (at.len > 0) {
		ArenaMark mark = arena_mark(lifter->scratch);
		Str key = waiver_key(lifter->scratch, diag->scope, diag->code, at);
		uint32_t found = map_find(&lifter->waivers, key);

		arena_reset(lifter->scratch, mark);
		if (found != MAP_NONE)
			return lifter->sink->waivers.items[found];
		do
			at.len--;
		while (at.len > 0 && at.ptr[at.len] != '/');
	}
	return NULL;
}

static bool
is_in_baseline(Lifter *lifter, const Diag *diag)
{
	const Map *baseline = lifter->sink->policy->baseline;
	ArenaMark mark = arena_mark(lifter->scratch);
	Str file = {0};
	bool found;

	if (baseline == NULL)
		return false;
	if (span_is_set(diag->span))
		file = source_file(lifter->sink->sources, diag->span.file)->path;
	found = map_find(baseline, diag_baseline_key(lifter->scratch, file,
					   diag_fingerprint(lifter->scratch, diag))) != MAP_NONE;
	arena_reset(lifter->scratch, mark);
	return found;
}

static void
lift(Lifter *lifter, Diag *diag)
{
	const DiagPolicy *policy = lifter->sink->policy;
	DiagWaiver *waiver = NULL;

	diag->lift = DIAG_STANDS;
	if (!diag_code_waivable(diag->code))
		return;
	if (lifter->waivers.len > 0)
		waiver = waiver_of(lifter, diag);
	if (waiver != NULL) {
		diag->lift = DIAG_WAIVED;
		diag->waiver = waiver;
		waiver->used = true;
	} else if (policy != NULL && is_in_baseline(lifter, diag)) {
		diag->lift = DIAG_BASELINE;
	} else if (policy != NULL && policy->ignored[diag->code]) {
		diag->lift = DIAG_NOT_SELECTED;
	}
}

/* --- CP803 ------------------------------------------------------------------------------------ */

/* A bit for the family of a code: of CP412 the 4. */
static unsigned
family_bit(DiagCode code)
{
	return 1u << (diag_code_text(code)[2] - '0');
}

/*
 * For each spec the families of which nobody knows whether they found everything: with an error
 * that nothing lifts other rules were silent about the same cause; and what was not checked may be
 * there.
 */
static unsigned *
unknown_families(const Lifter *lifter)
{
	const DiagSink *sink = lifter->sink;
	unsigned *families = ARENA_ARRAY(lifter->scratch, unsigned, (size_t)sink->scope + 1);
	size_t i;

	for (i = 0; i < sink->items.len; i++) {
		const Diag *diag = &sink->items.items[i];
		unsigned family = family_bit(diag->code);

		if (diag->severity == DIAG_SEVERITY_NOT_CHECKED)
			families[diag->scope] |= family;
		else if (!diag_code_waivable(diag->code) &&
			 family != family_bit(DIAG_WAIVER_EXPIRED))
			families[diag->scope] = ~0u;
	}
	return families;
}

/* Where the findings of a code stand that nothing lifts. */
typedef struct Places {
	size_t count;
	Str first;
	uint32_t scope;
} Places;

static Places *
places_by_code(const Lifter *lifter)
{
	const DiagSink *sink = lifter->sink;
	Places *places = ARENA_ARRAY(lifter->scratch, Places, DIAG_CODES);
	size_t i;

	for (i = 0; i < sink->items.len; i++) {
		const Diag *diag = &sink->items.items[i];

		if (diag->lift != DIAG_STANDS || diag->path.len == 0)
			continue;
		if (places[diag->code].count++ == 0) {
			places[diag->code].first = diag->path;
			places[diag->code].scope = diag->scope;
		}
	}
	return places;
}

/* Where the rule stands once, that is most likely what `at` was to name. */
static void
report_unused(DiagSink *sink, DiagWaiver *waiver, const Places *places)
{
	bool meant = places->count == 1 && places->scope == waiver->scope;
	Diag *diag = diag_report(sink, DIAG_WAIVER_UNUSED, waiver->span,
		"the waiver covers nothing: %s was not found at `" STR_FMT "`",
		diag_code_text(waiver->code), STR_ARG(waiver->at));

	diag_path(diag, waiver->path);
	diag_label(sink, diag, "nothing to accept");
	if (meant)
		diag_help(sink, diag, "did you mean `at: " STR_FMT "`? else delete the waiver",
			STR_ARG(places->first));
	else
		diag_help(sink, diag, "the cause is gone, or was never there: delete the waiver");
	diag->scope = waiver->scope;
	waiver->told = true;
}

static void
report_unused_waivers(Lifter *lifter)
{
	DiagSink *sink = lifter->sink;
	const unsigned *families = unknown_families(lifter);
	const Places *places = places_by_code(lifter);
	size_t from = sink->items.len, i;

	for (i = 0; i < sink->waivers.len; i++) {
		DiagWaiver *waiver = sink->waivers.items[i];

		/* A waiver of this very finding is not asked: its use is known only afterwards. */
		if (!waiver->used && !waiver->told && waiver->code != DIAG_WAIVER_UNUSED &&
			(families[waiver->scope] & family_bit(waiver->code)) == 0)
			report_unused(sink, waiver, &places[waiver->code]);
	}
	for (i = from; i < sink->items.len; i++)
		lift(lifter, &sink->items.items[i]);
}

/* --- the verdict ------------------------------------------------------------------------------ */

static void
lift_all(DiagSink *sink)
{
	Lifter lifter = {.sink = sink, .scratch = arena_create()};
	size_t i;

	index_waivers(&lifter);
	for (i = 0; i < sink->items.len; i++)
		lift(&lifter, &sink->items.items[i]);
	report_unused_waivers(&lifter);
	arena_destroy(lifter.scratch);
}

static void
set_level(const DiagPolicy *policy, Diag *diag)
{
	if (policy != NULL && policy->has_level[diag->code])
		diag->severity = policy->levels[diag->code];
}

DiagVerdict
diag_verdict(DiagSink *sink)
{
	DiagVerdict verdict = {0};
	size_t kept = 0, i;

	lift_all(sink);
	base_sort(sink->items.items, sink->items.len, sizeof(Diag), diag_order, NULL);
	verdict.items = sink->items.items;
	for (i = 0; i < sink->items.len; i++) {
		Diag *diag = &sink->items.items[i];

		if (kept > 0 && diag_order(&verdict.items[kept - 1], diag, NULL) == 0)
			continue;
		set_level(sink->policy, diag);
		verdict.items[kept++] = *diag;
		verdict.len += diag->lift == DIAG_STANDS;
		verdict.waived += diag->lift == DIAG_WAIVED || diag->lift == DIAG_BASELINE;
		if (diag->lift == DIAG_STANDS)
			verdict.counts[diag->severity]++;
	}
	sink->items.len = kept;
	verdict.failed = verdict.counts[DIAG_SEVERITY_ERROR] > 0;
	return verdict;
}

DiagVerdict
diag_verdict_undated(Arena *arena, const DiagVerdict *verdict)
{
	DiagVerdict undated = {.items = ARENA_ARRAY(arena, Diag, verdict->len)};
	size_t i;

	for (i = 0; i < verdict->len; i++) {
		const Diag *diag = &verdict->items[i];

		if (diag_code_is_dated(diag->code))
			continue;
		undated.items[undated.len++] = *diag;
		undated.counts[diag->severity]++;
	}
	undated.failed = undated.counts[DIAG_SEVERITY_ERROR] > 0;
	return undated;
}

bool
diag_at_least(const DiagVerdict *verdict, DiagSeverity threshold)
{
	size_t i;

	for (i = 0; i <= (size_t)threshold; i++) {
		if (verdict->counts[i] > 0)
			return true;
	}
	return false;
}
