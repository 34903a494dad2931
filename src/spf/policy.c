/*
 * What a domain publishes, looked up and parsed once, and cut into rules: address terms of one
 * qualifier that follow each other are one set, which is searched instead of walked.
 */
#include "spf/spf_int.h"

SpfCache *
spf_cache(Arena *arena, const DnsSource *source)
{
	SpfCache *cache = ARENA_NEW(arena, SpfCache);

	cache->arena = arena;
	cache->source = source;
	return cache;
}

void
spf_cache_close(SpfCache *cache)
{
	if (cache->scratch != NULL)
		arena_destroy(cache->scratch);
	cache->scratch = NULL;
}

/* --- rules ------------------------------------------------------------------------------------ */

static bool
is_address(const SpfTerm *term)
{
	return term->kind == SPF_TERM_IP4 || term->kind == SPF_TERM_IP6;
}

/* How many terms from here on make one rule. Modifiers between address terms end it: that keeps the
 * terms of a rule side by side. */
static size_t
run_length(const SpfRecord *record, size_t from)
{
	const SpfTerm *first = &record->terms[from];
	size_t end = from + 1;

	while (is_address(first) && end < record->len && is_address(&record->terms[end]) &&
		record->terms[end].qualifier == first->qualifier)
		end++;
	return end - from;
}

/* Only the domain itself is known beforehand, and it is part of the policy. */
static bool
is_fixed(const SpfTerm *term)
{
	return term->kind != SPF_TERM_PTR &&
	       (term->domain == NULL || (term->domain->letters & ~spf_macro_letter('d')) == 0);
}

static Str
fixed_target(SpfCache *cache, const SpfTerm *term, Str domain)
{
	SpfIdentity identity = {.domain = domain};
	Buf name = buf_make(cache->arena);

	if (term->domain == NULL)
		return domain;
	spf_macro_expand(&name, term->domain, &identity);
	return name.failed ? (Str){0} : spf_name_form(cache->arena, buf_text(&name));
}

static void
init_rule(SpfCache *cache, const SpfPolicy *policy, const SpfTerm *terms, size_t len, SpfRule *rule)
{
	size_t i;

	rule->terms = terms;
	rule->len = len;
	if (is_address(terms)) {
		for (i = 0; i < len; i++)
			net_set_add(cache->arena, &rule->set, terms[i].prefix);
		net_set_normalise(&rule->set);
		return;
	}
	rule->fixed = is_fixed(terms);
	if (rule->fixed)
		rule->target = fixed_target(cache, terms, policy->name);
}

static void
make_rules(SpfCache *cache, SpfPolicy *policy)
{
	const SpfRecord *record = policy->record;
	bool ended = false;
	size_t i, len;

	policy->rules = ARENA_ARRAY(cache->arena, SpfRule, record->len);
	for (i = 0; i < record->len && !ended; i += len) {
		const SpfTerm *term = &record->terms[i];

		len = run_length(record, i);
		if (spf_terms[term->kind].is_modifier)
			continue;
		init_rule(cache, policy, term, len, &policy->rules[policy->len++]);
		ended = term->kind == SPF_TERM_ALL;
	}
	/* Section 6.1: beside `all`, wherever that stands, redirect is ignored. */
	if (record->redirect != NULL && !ended) {
		policy->redirect = ARENA_NEW(cache->arena, SpfRule);
		init_rule(cache, policy, record->redirect, 1, policy->redirect);
	}
}

/* --- selecting the record, sections 4.4 and 4.5 ----------------------------------------------- */

static void
conclude(SpfPolicy *policy, SpfFound found, Str reason)
{
	policy->found = found;
	policy->reason = reason;
}

static void
parse_policy(SpfCache *cache, SpfPolicy *policy)
{
	SpfRecord *record;
	SpfProblem problem;
	Buf reason;

	if (spf_parse(cache->arena, policy->text, &record, &problem)) {
		policy->found = SPF_FOUND_RECORD;
		policy->record = record;
		make_rules(cache, policy);
		return;
	}
	/* Any octet may stand there, NUL among them, where a format would end. */
	reason = buf_make(cache->arena);
	buf_lit(&reason, "the record of ");
	buf_str(&reason, policy->name);
	buf_lit(&reason, " is broken at `");
	buf_str(&reason, str_slice(policy->text, problem.start, problem.end));
	buf_lit(&reason, "`: ");
	buf_str(&reason, problem.message);
	conclude(policy, SPF_FOUND_BROKEN, buf_text(&reason));
}

static void
select_record(SpfCache *cache, SpfPolicy *policy, const DnsAnswer *answer)
{
	size_t count = 0, i;

	for (i = 0; i < answer->texts.len; i++) {
		if (!spf_is_record(answer->texts.items[i]))
			continue;
		policy->text = answer->texts.items[i];
		count++;
	}
	if (count == 1)
		parse_policy(cache, policy);
	else if (count == 0)
		conclude(policy, SPF_FOUND_NONE,
			str_format(
				cache->arena, STR_FMT " has no SPF record", STR_ARG(policy->name)));
	else
		conclude(policy, SPF_FOUND_BROKEN,
			str_format(cache->arena, STR_FMT " has %zu SPF records",
				STR_ARG(policy->name), count));
}

static void
look_up(SpfCache *cache, SpfPolicy *policy)
{
	const DnsAnswer *answer = dns_ask(cache->source, policy->name, DNS_TXT);

	spf_count_answer(answer, policy->voids);
	switch (answer->status) {
	case DNS_OK: select_record(cache, policy, answer); return;
	case DNS_NODATA:
	case DNS_NXDOMAIN: policy->found = SPF_FOUND_NONE; break;
	case DNS_SERVFAIL:
	case DNS_TIMEOUT: policy->found = SPF_FOUND_ERROR; break;
	case DNS_NOT_ASKED: policy->found = SPF_FOUND_UNKNOWN; break;
	}
	policy->reason = str_format(cache->arena, "TXT of " STR_FMT ": %s", STR_ARG(policy->name),
		dns_status_text(answer->status));
}

/* Names that are none share one policy: of them no query is made. */
static SpfPolicy *
make_policy(SpfCache *cache, Str name)
{
	SpfPolicy *policy = ARENA_NEW(cache->arena, SpfPolicy);

	policy->name = str_copy(cache->arena, name);
	if (spf_name_is_domain(name))
		look_up(cache, policy);
	else
		conclude(policy, SPF_FOUND_NONE,
			str_format(cache->arena, "`" STR_FMT "` is not a domain", STR_ARG(name)));
	map_add(cache->arena, &cache->index, policy->name, (uint32_t)cache->policies.len);
	VEC_PUSH(cache->arena, &cache->policies, policy);
	return policy;
}

SpfPolicy *
spf_policy(SpfCache *cache, Str name)
{
	uint32_t index = map_find(&cache->index, name);

	return index == MAP_NONE ? make_policy(cache, name) : cache->policies.items[index];
}

SpfPolicy *
spf_policy_of_text(SpfCache *cache, Str name, Str text)
{
	SpfPolicy *policy = ARENA_NEW(cache->arena, SpfPolicy);

	policy->name = name;
	policy->text = text;
	parse_policy(cache, policy);
	return policy;
}

SpfPolicy *
spf_rule_policy(SpfCache *cache, SpfRule *rule)
{
	if (rule->policy == NULL)
		rule->policy = spf_policy(cache, rule->target);
	return rule->policy;
}
