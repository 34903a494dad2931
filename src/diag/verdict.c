/* All findings, sorted and counted. */
#include "diag/diag.h"

#define FINGERPRINT_DIGITS 16

Str
diag_fingerprint(Arena *arena, const Diag *diag)
{
	Str all = str_format(arena, "%s\x1f" STR_FMT "\x1f" STR_FMT, diag_code_text(diag->code),
		STR_ARG(diag->path), STR_ARG(diag->message));

	return str_slice(sha256_hex(arena, all), 0, FINGERPRINT_DIGITS);
}

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

DiagVerdict
diag_verdict(DiagSink *sink)
{
	DiagVerdict verdict = {0};
	size_t i;

	base_sort(sink->items.items, sink->items.len, sizeof(Diag), diag_order, NULL);
	verdict.items = sink->items.items;
	for (i = 0; i < sink->items.len; i++) {
		Diag *diag = &sink->items.items[i];

		if (verdict.len > 0 && diag_order(&verdict.items[verdict.len - 1], diag, NULL) == 0)
			continue;
		verdict.items[verdict.len++] = *diag;
		verdict.counts[diag->severity]++;
	}
	sink->items.len = verdict.len;
	verdict.failed = verdict.counts[DIAG_SEVERITY_ERROR] > 0;
	return verdict;
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
