/*
 * The DNS side of a change request: which records stand when, what each step publishes and looks
 * at, how long the records of before are still in use, and whom the last step may cost mail.
 *
 * A domain whose published record differs goes in two steps, by way of a record for the transition;
 * any other has its final records at once.
 */
#include "view/change_int.h"

/* Domains that are named with what they lose; the findings have all of them. */
#define LISTED_RISKS 24

/* --- phases ----------------------------------------------------------------------------------- */

/* A record to publish. */
typedef struct DnsItem {
	const StateRecord *record;
	bool in_two_steps; /* its domain has a record for the transition */
	bool is_afterwards;
	uint32_t old_ttl; /* of what it replaces */
} DnsItem;

struct ChangeDns {
	const State *state;
	VEC(DnsItem) items; /* in the order of the records */
	bool has_previous, has_transition, has_direct;
};

/* What a record replaces has this time to live; a name of which nobody knows is given ours. */
static uint32_t
old_ttl(const State *state, const Map *previous, const Map *transition, const StateRecord *record)
{
	uint32_t index =
		record->phase == STATE_PHASE_FINAL ? map_find(transition, record->name) : MAP_NONE;

	if (index == MAP_NONE)
		index = map_find(previous, record->name);
	if (index != MAP_NONE)
		return state->records.items[index].ttl;
	/* A part of a split record is asked for by the root alone, which is published after it. */
	if (record->kind == STATE_RECORD_SPF && !str_equal(record->name, record->domain))
		return 0;
	return record->ttl;
}

/* By name, those of one phase. */
static Map
index_phase(Arena *arena, const State *state, StatePhase phase, bool by_domain)
{
	Map map = {0};
	size_t i;

	for (i = 0; i < state->records.len; i++) {
		const StateRecord *record = &state->records.items[i];

		if (record->phase == phase)
			map_add(arena, &map, by_domain ? record->domain : record->name,
				(uint32_t)i);
	}
	return map;
}

ChangeDns *
change_dns(Arena *arena, const State *state)
{
	ChangeDns *dns = ARENA_NEW(arena, ChangeDns);
	Map previous = index_phase(arena, state, STATE_PHASE_PREVIOUS, false);
	Map transition = index_phase(arena, state, STATE_PHASE_ADD, false);
	Map moving = index_phase(arena, state, STATE_PHASE_ADD, true);
	size_t i;

	dns->state = state;
	for (i = 0; i < state->records.len; i++) {
		const StateRecord *record = &state->records.items[i];
		DnsItem item = {.record = record};

		if (record->phase == STATE_PHASE_PREVIOUS) {
			dns->has_previous = true;
			continue;
		}
		item.in_two_steps = map_find(&moving, record->domain) != MAP_NONE;
		item.is_afterwards = item.in_two_steps && record->phase == STATE_PHASE_FINAL;
		item.old_ttl = old_ttl(state, &previous, &transition, record);
		dns->has_transition |= item.in_two_steps;
		dns->has_direct |= !item.in_two_steps;
		VEC_PUSH(arena, &dns->items, item);
	}
	return dns;
}

bool
change_dns_is_empty(const ChangeDns *dns)
{
	return dns->items.len == 0;
}

bool
change_dns_has_previous(const ChangeDns *dns)
{
	return dns->has_previous;
}

bool
change_dns_has_transition(const ChangeDns *dns)
{
	return dns->has_transition;
}

bool
change_dns_has_direct(const ChangeDns *dns)
{
	return dns->has_direct;
}

/* --- commands --------------------------------------------------------------------------------- */

/* More records than this are asked for by way of plan.json, which has them all. */
#define LISTED_RECORDS 24

static bool
is_shown(const DnsItem *item, ChangeDnsStage stage)
{
	switch (stage) {
	case CHANGE_DNS_AHEAD: return !item->is_afterwards;
	case CHANGE_DNS_AFTERWARDS: return item->is_afterwards;
	case CHANGE_DNS_ALL: break;
	}
	return true;
}

/* The same choice, made by PowerShell. */
static Str
many_commands(Arena *arena, ChangeDnsStage stage)
{
	static const char *const chosen[] = {
		[CHANGE_DNS_ALL] = "$_.phase -ne 'previous'",
		/* PowerShell's -and and -or bind alike. */
		[CHANGE_DNS_AHEAD] = "$_.phase -eq 'add' -or\n"
				     "        ($_.phase -eq 'final' -and $moving -notcontains "
				     "$_.domain)",
		[CHANGE_DNS_AFTERWARDS] = "$_.phase -eq 'final' -and $moving -contains $_.domain",
	};

	return str_format(arena,
		"$records = (Get-Content -Raw -Encoding UTF8 -LiteralPath .\\plan.json | "
		"ConvertFrom-Json).records\n"
		"$moving = @($records | Where-Object phase -eq 'add' | ForEach-Object domain)\n"
		"$records | Where-Object {\n        %s\n    } | Sort-Object name, type -Unique |\n"
		"    ForEach-Object { Resolve-DnsName -Name $_.name -Type $_.type }",
		chosen[stage]);
}

Str
change_dns_commands(Arena *arena, const ChangeDns *dns, ChangeDnsStage stage)
{
	Buf commands = buf_make(arena);
	Map shown = {0};
	size_t i;

	for (i = 0; i < dns->items.len && shown.len <= LISTED_RECORDS; i++) {
		const StateRecord *record = dns->items.items[i].record;

		if (!is_shown(&dns->items.items[i], stage) ||
			map_add(arena, &shown, record->name, 1) != MAP_NONE)
			continue;
		buf_lit(&commands, commands.len > 0 ? "\n" : "");
		buf_lit(&commands, "Resolve-DnsName -Name ");
		text_powershell(&commands, record->name);
		buf_printf(&commands, " -Type " STR_FMT, STR_ARG(record->type));
	}
	return shown.len > LISTED_RECORDS ? many_commands(arena, stage) : buf_text(&commands);
}

/* Names of a list in a text; the table has all of them. */
#define LISTED_NAMES 8

Str
change_dns_published(Arena *arena, const ChangeDns *dns, ChangeDnsStage stage)
{
	Buf names = buf_make(arena);
	size_t found = 0, i;

	for (i = 0; i < dns->items.len; i++) {
		const DnsItem *item = &dns->items.items[i];

		if (!is_shown(item, stage) || !item->record->stands)
			continue;
		if (found++ >= LISTED_NAMES)
			continue;
		buf_lit(&names, names.len > 0 ? ", " : "");
		buf_str(&names, item->record->name);
	}
	if (found > LISTED_NAMES)
		buf_printf(&names, ", … (+%zu)", found - LISTED_NAMES);
	return buf_text(&names);
}

Str
change_dns_wait(Arena *arena, const ChangeDns *dns, ChangeDnsStage stage)
{
	uint32_t longest = 0;
	size_t i;

	for (i = 0; i < dns->items.len; i++) {
		const DnsItem *item = &dns->items.items[i];

		if (is_shown(item, stage) && item->old_ttl > longest)
			longest = item->old_ttl;
	}
	return str_format(arena, "%u", (unsigned)longest);
}

/* --- the table -------------------------------------------------------------------------------- */

static const char *
phase_key(StatePhase phase)
{
	switch (phase) {
	case STATE_PHASE_PREVIOUS: return "phase.previous";
	case STATE_PHASE_ADD: return "phase.add";
	case STATE_PHASE_FINAL: break;
	}
	return "phase.final";
}

static Json *
record_row(Arena *arena, const void *context, size_t index)
{
	const ViewInput *input = context;
	const StateRecord *record = &input->plan->after->records.items[index];
	Json *row = json_object(arena);

	SET(row, "name", view_rendered(arena, record->name, text_markdown_cell_code));
	SET(row, "type", json_text(arena, record->type));
	SET(row, "phase",
		json_text(arena, view_string(input->language, str_from(phase_key(record->phase)))));
	SET(row, "ttl", json_number(arena, record->ttl));
	SET(row, "value",
		view_rendered(arena, view_octets(arena, record->value), text_markdown_cell_code));
	return row;
}

Json *
change_records(Arena *arena, const ViewInput *input)
{
	return json_list_on_demand(arena, input->plan->after->records.len, record_row, input);
}

/* --- what the final records cost -------------------------------------------------------------- */

/* Notes under construction. */
typedef struct Risks {
	SummaryTable *table;
	Json *notes; /* NULL: only counted */
	size_t found;
	bool is_unknown; /* of some name nobody knows what it publishes */
} Risks;

static void
add_risk(Risks *risks, const char *key, const ViewValue *values, size_t len)
{
	Arena *arena = risks->table->arena;

	if (risks->found++ < LISTED_RISKS && risks->notes != NULL)
		json_push(arena, risks->notes,
			json_text(arena, view_string_filled(
						 arena, risks->table->language, key, values, len)));
}

/* Who passes today and will not; whom receivers will be asked to refuse, and are not today. */
static void
add_spf_risks(Risks *risks, const State *state, StateSpf *spf)
{
	const SpfExpansion *before = state_spf_published(state, spf);
	const SpfExpansion *after;
	Arena *scratch;
	NetSet kept, lost, refused;

	risks->is_unknown |= before == NULL;
	if (before == NULL || spf->published.is_ours)
		return;
	after = state_spf_sets(state, spf);
	scratch = arena_create();
	kept = net_set_union(scratch, &after->results[SPF_PASS], &after->results[SPF_UNDETERMINED]);
	lost = net_set_subtract(scratch, &before->results[SPF_PASS], &kept);
	refused = net_set_subtract(scratch, &after->results[SPF_FAIL], &before->results[SPF_FAIL]);
	refused = net_set_subtract(scratch, &refused, &lost);
	if (!net_set_is_empty(&lost)) {
		ViewValue values[] = {{"domain", summary_domain(risks->table, spf->domain)},
			{"addresses", summary_counts(risks->table, &lost)}};

		add_risk(risks, "step.final_loses", values, BASE_COUNT(values));
	}
	if (!net_set_is_empty(&refused)) {
		ViewValue domain = {"domain", summary_domain(risks->table, spf->domain)};

		add_risk(risks, "step.final_fails", &domain, 1);
	}
	arena_destroy(scratch);
}

/* RFC 7489 section 6.3: what `p` asks for; 0 where there is no policy. */
static unsigned
dmarc_strictness(Str text)
{
	size_t start = 0;

	while (start <= text.len) {
		size_t end = str_find_char(text, ';', start);
		Str tag = str_trim(str_slice(text, start, end));
		size_t sign = str_find_char(tag, '=', 0);

		if (sign < tag.len && STR_EQ(str_trim(str_slice(tag, 0, sign)), "p")) {
			Str policy = str_trim(str_slice(tag, sign + 1, tag.len));

			return str_equal_nocase(policy, STR("reject"))       ? 2
			       : str_equal_nocase(policy, STR("quarantine")) ? 1
									     : 0;
		}
		start = end + 1;
	}
	return 0;
}

static void
add_dmarc_risk(Risks *risks, const State *state, const StateRecord *record)
{
	const DnsAnswer *answer = state_answer(state, record->name, DNS_TXT);
	ViewValue name = {"name", summary_domain(risks->table, record->name)};
	unsigned before = 0;
	size_t i;

	if (answer->status == DNS_NOT_ASKED) {
		risks->is_unknown = true;
		return;
	}
	for (i = 0; answer->status == DNS_OK && i < answer->texts.len; i++) {
		if (dmarc_strictness(answer->texts.items[i]) > before)
			before = dmarc_strictness(answer->texts.items[i]);
	}
	if (dmarc_strictness(record->value) > before)
		add_risk(risks, "step.final_dmarc", &name, 1);
}

static bool
is_of_stage(Str domain, const Map *moving, ChangeDnsStage stage)
{
	if (stage == CHANGE_DNS_ALL)
		return true;
	return (map_find(moving, domain) != MAP_NONE) == (stage == CHANGE_DNS_AFTERWARDS);
}

ChangeDnsRisk
change_dns_risks(SummaryTable *table, const ChangeDns *dns, ChangeDnsStage stage, Json *notes)
{
	const State *state = dns->state;
	Map moving = index_phase(table->arena, state, STATE_PHASE_ADD, true);
	Risks risks = {table, notes, 0, false};
	size_t i;

	for (i = 0; i < state->spf.len; i++) {
		StateSpf *spf = &state->spf.items[i];

		if (!spf->is_checked && is_of_stage(spf->domain, &moving, stage))
			add_spf_risks(&risks, state, spf);
	}
	for (i = 0; i < dns->items.len; i++) {
		const StateRecord *record = dns->items.items[i].record;

		if (record->kind == STATE_RECORD_DMARC &&
			is_of_stage(record->domain, &moving, stage))
			add_dmarc_risk(&risks, state, record);
	}
	if (risks.found > LISTED_RISKS && notes != NULL)
		summary_note_with(table, notes, "step.final_more", "count",
			net_bits_thousands(table->arena, risks.found - LISTED_RISKS));
	if (risks.found > 0)
		return CHANGE_DNS_COSTS;
	return risks.is_unknown ? CHANGE_DNS_UNKNOWN : CHANGE_DNS_FREE;
}
