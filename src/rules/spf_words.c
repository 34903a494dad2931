/* Words, sets and notes of the rules on SPF. */
#include "rules/spf_int.h"

/* --- which records ---------------------------------------------------------------------------- */

/* A term that breaks the grammar by itself has been told at its own place. */
static bool
has_bad_term(const RuleFacts *facts, const StateSpf *spf)
{
	SpfRecord *record;
	SpfProblem problem;
	size_t i;

	for (i = 0; i < spf->recipe.terms.len; i++) {
		Str term = spf->recipe.terms.items[i];
		Str text = str_format(facts->scratch, "v=spf1 " STR_FMT, STR_ARG(term));

		if (spf_term_problem(term) != NULL ||
			!spf_parse(facts->scratch, text, &record, &problem))
			return true;
	}
	return false;
}

void
rules_find_failed_spf(RuleFacts *facts)
{
	size_t i;

	facts->spf_failed = ARENA_ARRAY(facts->scratch, bool, facts->state->spf.len);
	facts->spf_plain = ARENA_ARRAY(facts->scratch, RulePlain, facts->state->spf.len);
	for (i = 0; i < facts->state->spf.len; i++) {
		const StateSpf *spf = &facts->state->spf.items[i];

		facts->spf_failed[i] = !spf->is_checked && has_bad_term(facts, spf);
	}
}

void
rules_each_spf(const RuleFacts *facts, RuleVisitSpf visit, DiagSink *sink)
{
	size_t i;

	for (i = 0; i < facts->state->spf.len && !diag_is_full(sink); i++) {
		ArenaMark mark = arena_mark(facts->scratch);

		if (!facts->spf_failed[i])
			visit(facts, &facts->state->spf.items[i], sink);
		arena_reset(facts->scratch, mark);
	}
}

bool
rules_spf_is_sound(const StateSpf *spf)
{
	return spf->records.len > 0;
}

static bool
has_only_includes(const StateSpf *spf)
{
	size_t i;

	for (i = 0; i < spf->recipe.terms.len; i++) {
		if (!str_starts(spf->recipe.terms.items[i], STR("include:")))
			return false;
	}
	return true;
}

/* Own addresses and includes alone, far from the limit: whether the addresses pass is one question,
 * and no term has to be looked at by itself. */
static bool
is_plain(const StateSpf *spf)
{
	return !spf->is_checked && !spf->never && spf->records.len == 1 && has_only_includes(spf) &&
	       spf_lookup_terms(state_spf_text(spf)) + 2 <= SPF_LOOKUPS_MAX;
}

static bool
names_demands(const RuleFacts *facts, const StateSpf *spf)
{
	uint32_t i, j;

	for (i = 0; i < spf->ways.len; i++) {
		StateWay way = state_way(facts->model, spf->ways.items[i]);

		for (j = 0; way.demand != STATE_DEMAND_NONE && j < way.addresses->len; j++) {
			if (!net_set_contains(&spf->composed.addresses,
				    net_prefix_network(way.addresses->items[j].prefix)))
				return false;
		}
	}
	return true;
}

/* The text itself is evaluated before it is believed, as far as its first include: what others
 * publish is not known here, and no later term takes a pass back (RFC 7208 section 4.6.2). Of terms
 * that all pass the order is nothing, and the union is the result. */
static bool
passes_as_meant(const RuleFacts *facts, const StateSpf *spf)
{
	Str text = state_spf_text(spf);
	ArenaMark mark = arena_mark(facts->scratch);
	NetSet pass = {0};
	SpfRecord *record;
	SpfProblem problem;
	bool as_meant;
	size_t i;

	text = str_slice(text, 0, str_find(text, STR(" include:")));
	as_meant = spf_parse(facts->scratch, text, &record, &problem);
	for (i = 0; as_meant && i < record->len; i++) {
		const SpfTerm *term = &record->terms[i];

		if (term->kind == SPF_TERM_ALL)
			break;
		as_meant = (term->kind == SPF_TERM_IP4 || term->kind == SPF_TERM_IP6) &&
			   term->qualifier == SPF_PASS;
		net_set_add(facts->scratch, &pass, term->prefix);
	}
	net_set_normalise(&pass);
	as_meant = as_meant && net_set_equal(&pass, &spf->composed.addresses);
	arena_reset(facts->scratch, mark);
	return as_meant;
}

bool
rules_spf_is_plain(const RuleFacts *facts, const StateSpf *spf)
{
	RulePlain *plain = &facts->spf_plain[spf - facts->state->spf.items];

	if (*plain == RULE_PLAIN_UNKNOWN)
		*plain = !state_has_lock(facts->state) && is_plain(spf) &&
					 names_demands(facts, spf) && passes_as_meant(facts, spf)
				 ? RULE_PLAIN
				 : RULE_PLAIN_NOT;
	return *plain == RULE_PLAIN;
}

const SpfExpansion *
rules_spf_sets(const RuleFacts *facts, StateSpf *spf)
{
	if (spf->sets == NULL && rules_spf_is_plain(facts, spf))
		return NULL;
	return rules_spf_is_sound(spf) ? state_spf_sets(facts->state, spf) : NULL;
}

/* --- sets ------------------------------------------------------------------------------------- */

/* Past so many they stay undetermined. */
#define CLIENTS_MAX 4096u

NetSet
rules_spf_clients(const RuleFacts *facts, const StateSpf *spf, const NetSet *addresses,
	bool (*holds)(unsigned results))
{
	NetSet found = {0};
	NetPrefixVec cover = {0}, single = {0};
	size_t i;

	if (net_set_count4(addresses) + net_set_count6(addresses) > CLIENTS_MAX ||
		!state_has_lock(facts->state))
		return found;
	net_set_cover(facts->scratch, addresses, &cover);
	for (i = 0; i < cover.len; i++)
		net_split(facts->scratch, cover.items[i],
			net_family_bits((NetFamily)cover.items[i].family), &single);
	for (i = 0; i < single.len; i++) {
		if (holds(state_spf_client(facts->state, spf, single.items[i])))
			net_set_add(facts->scratch, &found, single.items[i]);
	}
	net_set_normalise(&found);
	return found;
}

/* Addresses that were reported, or that change, are nobody's to cover. */
bool
rules_way_is_demanded(const RuleFacts *facts, const StateWay *way)
{
	const RuleUse *use;

	if (way->demand == STATE_DEMAND_NONE || way->addresses->len == 0)
		return false;
	use = way->egress != MODEL_SELF ? &facts->egress[way->egress] : &facts->hosts[way->host];
	return !rules_class_fails(facts, use->worst);
}

NetSet
rules_spf_needed(const RuleFacts *facts, const StateSpf *spf)
{
	NetSet needed = {0};
	uint32_t i, j;

	for (i = 0; i < spf->ways.len; i++) {
		StateWay way = state_way(facts->model, spf->ways.items[i]);

		for (j = 0; rules_way_is_demanded(facts, &way) && j < way.addresses->len; j++)
			net_set_add(facts->scratch, &needed, way.addresses->items[j].prefix);
	}
	if (spf->through_exchange)
		net_set_add_all(facts->scratch, &needed, state_cloud_pass(facts->state));
	net_set_normalise(&needed);
	return needed;
}

static const NetSet *
passing_as(const RuleFacts *facts, RuleNames *names, Str name)
{
	uint32_t found = map_find(&names->index, name);
	SpfExpansion sets;

	if (found != MAP_NONE)
		return &names->passing.items[found];
	state_expand_name(facts->state, facts->scratch, name, &sets);
	map_add(facts->scratch, &names->index, name, (uint32_t)names->passing.len);
	VEC_PUSH(facts->scratch, &names->passing, spf_may_pass(facts->scratch, &sets));
	return &names->passing.items[names->passing.len - 1];
}

/* Only what is not held as a whole is worth a set: most is. Of many that are not, the later ones
 * are taken as they stand, with what of them passes. */
static NetSet
refused_by(const RuleFacts *facts, RuleNames *names, Str name, const FieldPrefixes *addresses,
	RuleFamily family)
{
	NetSet rest = {0};
	const NetSet *passing;
	uint32_t i;

	for (i = 0; i < addresses->len; i++) {
		NetPrefix prefix = net_prefix_network(addresses->items[i].prefix);

		if ((family == RULE_FAMILY_BOTH || prefix.family == NET_IP6) &&
			!net_set_contains(passing_as(facts, names, name), prefix))
			net_set_add(facts->scratch, &rest, prefix);
	}
	if (net_set_is_empty(&rest))
		return rest;
	passing = passing_as(facts, names, name);
	net_set_normalise(&rest);
	if (*facts->witness_steps > RULES_MAX_QUESTIONS)
		return rest;
	*facts->witness_steps += passing->ip4.len + passing->ip6.len;
	return net_set_subtract(facts->scratch, &rest, passing);
}

NetSet
rules_spf_refused(const RuleFacts *facts, RuleNames *names, Str name,
	const FieldPrefixes *addresses, RuleFamily family)
{
	Str key = str_format(facts->scratch, "%p %d " STR_FMT, (const void *)addresses, (int)family,
		STR_ARG(name));
	uint32_t found = map_find(&names->asked, key);

	if (found != MAP_NONE)
		return names->refused.items[found];
	map_add(facts->scratch, &names->asked, key, (uint32_t)names->refused.len);
	VEC_PUSH(
		facts->scratch, &names->refused, refused_by(facts, names, name, addresses, family));
	return names->refused.items[names->refused.len - 1];
}

NetPrefix
rules_first_address(const RuleFacts *facts, const NetSet *set)
{
	NetPrefixVec cover = {0};

	net_set_cover(facts->scratch, set, &cover);
	return net_prefix_address(cover.items[0]);
}

/* --- words ------------------------------------------------------------------------------------ */

Diag *
rules_spf_report(const RuleFacts *facts, const StateSpf *spf, DiagCode code, DiagSink *sink,
	const char *format, ...)
{
	Diag *diag;
	va_list args;
	Str message;

	va_start(args, format);
	message = str_vformat(facts->arena, format, args);
	va_end(args);
	diag = diag_report(sink, code, spf->span, STR_FMT, STR_ARG(message));
	diag_path(diag, spf->path);
	return diag;
}

/* The networks of a set: the first, between `quote`s, and how many more. */
static Str
set_text(const RuleFacts *facts, const NetSet *set, const char *quote)
{
	NetPrefixVec cover = {0};
	Buf text = buf_make(facts->arena);

	net_set_cover(facts->scratch, set, &cover);
	if (cover.len == 0)
		return STR("nothing");
	buf_printf(&text, "%s" STR_FMT "%s", quote,
		STR_ARG(rules_prefix_text(facts, cover.items[0])), quote);
	if (cover.len > 1)
		buf_printf(&text, " and " STR_FMT " more network%s",
			STR_ARG(rules_number(facts, cover.len - 1)), cover.len == 2 ? "" : "s");
	return buf_text(&text);
}

Str
rules_set_text(const RuleFacts *facts, const NetSet *set)
{
	return set_text(facts, set, "`");
}

Str
rules_set_route_text(const RuleFacts *facts, const NetSet *set)
{
	return set_text(facts, set, "");
}

Str
rules_count_text(const RuleFacts *facts, const NetSet *set)
{
	uint64_t four = net_set_count4(set);
	NetBits six = net_set_count6(set);
	Buf text = buf_make(facts->arena);

	if (four > 0 || six == 0)
		buf_printf(&text, STR_FMT " IPv4 address%s", STR_ARG(rules_number(facts, four)),
			four == 1 ? "" : "es");
	if (six > 0)
		buf_printf(&text, "%s" STR_FMT " IPv6 address%s", four > 0 ? " and " : "",
			STR_ARG(net_bits_thousands(facts->arena, six)), six == 1 ? "" : "es");
	return buf_text(&text);
}

bool
rules_is_single(const NetSet *set)
{
	return net_set_count4(set) + net_set_count6(set) == 1;
}

bool
rules_is_several(const RuleFacts *facts, const NetSet *set)
{
	NetPrefixVec cover = {0};

	net_set_cover(facts->scratch, set, &cover);
	return cover.len > 1;
}

Str
rules_octets_text(const RuleFacts *facts, Str octets)
{
	Buf text = buf_make(facts->arena);
	size_t i;

	for (i = 0; i < octets.len; i++)
		buf_char(
			&text, octets.ptr[i] >= 0x20 && octets.ptr[i] < 0x7f ? octets.ptr[i] : '?');
	return buf_text(&text);
}

Str
rules_way_text(const RuleFacts *facts, const SpfCause *cause)
{
	Buf text = buf_make(facts->arena);
	size_t i;

	for (i = 0; i < cause->path.len; i++) {
		buf_lit(&text, i > 0 ? " > " : "");
		buf_str(&text, rules_octets_text(facts, cause->path.items[i]));
	}
	if (cause->term.ptr != NULL) {
		buf_lit(&text, cause->path.len > 0 ? " > " : "");
		buf_str(&text, rules_octets_text(facts, cause->term));
	}
	return buf_text(&text);
}

/* --- notes ------------------------------------------------------------------------------------ */

/* Columns of a record that fit beside the words of a note. */
#define WINDOW 84u

/* Where a term stands in a record, as a word of it; record.len: nowhere. */
static size_t
find_word(Str record, Str term)
{
	size_t start = 0;

	while (start < record.len) {
		size_t end = str_find_char(record, ' ', start);

		if (str_equal(str_slice(record, start, end), term))
			return start;
		start = end + 1;
	}
	return record.len;
}

/* The record, as far as it fits, and a line below it with the term underlined. */
static Str
underlined(const RuleFacts *facts, Str record, size_t start, size_t len)
{
	Buf text = buf_make(facts->arena);
	size_t from = start + len > WINDOW ? start + len - WINDOW : 0;
	size_t to = from + WINDOW < record.len ? from + WINDOW : record.len;

	if (from > start)
		from = start;
	while (from > 0 && record.ptr[from - 1] != ' ')
		from--;
	while (to < record.len && record.ptr[to] != ' ')
		to++;
	buf_lit(&text, from > 0 ? "... " : "");
	buf_str(&text, rules_octets_text(facts, str_slice(record, from, to)));
	buf_lit(&text, to < record.len ? " ...\n" : "\n");
	buf_repeat(&text, ' ', start - from + (from > 0 ? 4 : 0));
	buf_repeat(&text, '^', len > 0 ? len : 1);
	return buf_text(&text);
}

SpfResult
rules_note_decision(
	const RuleFacts *facts, const StateSpf *spf, NetPrefix address, Diag *diag, DiagSink *sink)
{
	Str record = state_spf_text(spf), term;
	SpfAnswer answer;
	size_t at;

	state_spf_evaluate(facts->state, facts->scratch, spf, address, &answer);
	/* In the record of the domain itself the term that led to the deciding one counts. */
	term = answer.path.len > 1 ? answer.path.items[1] : answer.term;
	at = term.ptr == NULL ? record.len : find_word(record, term);
	if (at < record.len)
		diag_note(sink, diag, STR_FMT " %s by this term",
			STR_ARG(underlined(facts, record, at, term.len)),
			spf_result_text(answer.result));
	else
		diag_note(sink, diag, STR_FMT "\nno term matches: %s",
			STR_ARG(rules_octets_text(facts, record)), spf_result_text(answer.result));
	return answer.result;
}

/* As many lines as a reader follows. */
#define STEPS_MAX 40u

void
rules_note_tree(
	const RuleFacts *facts, const StateSpf *spf, NetPrefix address, Diag *diag, DiagSink *sink)
{
	Buf text = buf_make(facts->arena);
	SpfAnswer answer;
	size_t told = 0, i;

	state_spf_evaluate(facts->state, facts->scratch, spf, address, &answer);
	buf_lit(&text, "look-ups on the way of ");
	net_prefix_write(&text, address);
	for (i = 0; i < answer.steps.len && told < STEPS_MAX; i++) {
		const SpfStep *step = &answer.steps.items[i];

		if (!step->counted)
			continue;
		told++;
		buf_printf(&text, "\n%2u  ", step->lookups);
		buf_repeat(&text, ' ', 2 * (size_t)step->depth);
		buf_str(&text, rules_octets_text(facts, step->text));
		if (step->voids > 0)
			buf_printf(&text, " (%u without an answer so far)", step->voids);
	}
	diag_note(sink, diag, STR_FMT, STR_ARG(buf_text(&text)));
}

Str
rules_record_text(const RuleFacts *facts, const StateSpf *spf, const NetSet *more, Str cloud)
{
	SpfRecipe recipe = spf->is_checked ? spf->recipe : spf->composed;
	const FieldChoice *split = &spf->spec->spf.split;
	SpfLayout layout = {.domain = spf->domain,
		.split = split->state != FIELD_SET || split->value != MODEL_SPLIT_NEVER,
		.leaf_max = spf_leaf_plain(spf->domain)};
	Buf text = buf_make(facts->arena);
	SpfNamedVec records = {0};
	size_t i;

	if (more != NULL)
		recipe.addresses = net_set_union(facts->scratch, &recipe.addresses, more);
	if (cloud.ptr != NULL)
		recipe.cloud_include = cloud;
	spf_lay_out(facts->scratch, &recipe, &layout, &records);
	/* Of several the names stand before them: each is to be published. */
	for (i = 0; i < records.len; i++) {
		buf_lit(&text, i > 0 ? "\n" : "");
		if (records.len > 1)
			buf_printf(&text, STR_FMT ": ", STR_ARG(records.items[i].name));
		buf_printf(&text, "`" STR_FMT "`",
			STR_ARG(rules_octets_text(facts, records.items[i].text)));
	}
	return buf_text(&text);
}

/* What the published record asks others for, and ours does not: the spec does not declare it. */
static void
note_left_out(const RuleFacts *facts, const StateSpf *spf, Str ours, Diag *diag, DiagSink *sink)
{
	Buf terms = buf_make(facts->arena);
	SpfRecord *record;
	SpfProblem problem;
	size_t i;

	if (!spf_parse(facts->scratch, state_spf_text(spf), &record, &problem))
		return;
	for (i = 0; i < record->len; i++) {
		const SpfTerm *term = &record->terms[i];
		bool plus = str_starts(term->text, STR("+"));
		Str text = str_slice(term->text, plus, term->text.len);

		/* Our text ends in `all`: each of its terms has a blank on both sides. */
		if (term->domain == NULL ||
			str_find(ours, str_format(facts->scratch, " " STR_FMT " ",
					       STR_ARG(str_lower(facts->scratch, text)))) <
				ours.len)
			continue;
		buf_printf(&terms, "%s`" STR_FMT "`", terms.len > 0 ? ", " : "",
			STR_ARG(rules_octets_text(facts, text)));
	}
	if (terms.len > 0)
		diag_note(sink, diag,
			"the record below leaves out what the spec does not declare: " STR_FMT,
			STR_ARG(buf_text(&terms)));
}

void
rules_help_record(const RuleFacts *facts, const StateSpf *spf, Diag *diag, DiagSink *sink)
{
	Str text = rules_record_text(facts, spf, NULL, (Str){0});

	note_left_out(facts, spf, text, diag, sink);
	diag_help(sink, diag, "publish, or let `manage: compose` do so:%s" STR_FMT,
		str_find_char(text, '\n', 0) < text.len ? "\n" : " ", STR_ARG(text));
}
