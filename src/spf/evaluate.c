/*
 * check_host() for one address: walks the rules of a policy. Nothing is allocated on the way unless
 * a name has to be made or the steps are wanted.
 */
#include "spf/spf_int.h"

/* The domain, ten look-ups, and the one too many. */
#define TRAIL_MAX (SPF_LOOKUPS_MAX + 1)

#define NO_NAME STR("the lock lacks names of the client")

typedef struct Check {
	Arena *arena;
	SpfCache *cache;
	const SpfRequest *request;
	SpfAnswer *answer;
	SpfIdentity identity;
	unsigned lookups, voids;
	unsigned includes; /* how many records deep; exp counts in the outermost alone */
	bool unknown;      /* an answer that is not known stopped the walk */
	/* The terms that led here, and those that led to what was decided last. */
	const SpfTerm *trail[TRAIL_MAX], *decided_trail[TRAIL_MAX];
	size_t trail_len, decided_len;
	const SpfTerm *decided;
	const SpfPolicy *explaining; /* whose exp counts */
} Check;

static SpfResult check_policy(Check *check, SpfPolicy *policy);

/* --- what is told of the way ------------------------------------------------------------------ */

static SpfResult
decide(Check *check, const SpfTerm *term, SpfResult result)
{
	size_t i;

	check->decided = term;
	check->decided_len = check->trail_len;
	for (i = 0; i < check->trail_len; i++)
		check->decided_trail[i] = check->trail[i];
	return result;
}

static SpfResult
decide_why(Check *check, const SpfTerm *term, SpfResult result, Str reason)
{
	check->answer->reason = reason;
	return decide(check, term, result);
}

static SpfResult
give_up(Check *check, const SpfTerm *term, Str reason)
{
	check->unknown = true;
	return decide_why(check, term, SPF_UNDETERMINED, reason);
}

/* Its index, or SIZE_MAX where no steps are wanted. */
static size_t
add_step(Check *check, Str text, size_t terms)
{
	SpfAnswer *answer = check->answer;

	if (!check->request->want_steps)
		return SIZE_MAX;
	*VEC_ADD(check->arena, &answer->steps) = (SpfStep){.depth = check->includes,
		.text = text,
		.terms = terms,
		.lookups = check->lookups,
		.voids = check->voids};
	return answer->steps.len - 1;
}

static void
add_domain_step(Check *check, const SpfPolicy *policy)
{
	size_t step = add_step(check, policy->text, 1);

	if (step != SIZE_MAX)
		check->answer->steps.items[step].domain = policy->name;
}

/* Steps move when further ones are added: a step is found by its index when it has ended. */
static void
end_step(Check *check, size_t index, bool matched, SpfResult result)
{
	SpfStep *step;

	if (index == SIZE_MAX)
		return;
	step = &check->answer->steps.items[index];
	step->matched = matched;
	step->ended = matched || result == SPF_TEMPERROR || result == SPF_PERMERROR ||
		      result == SPF_UNDETERMINED;
	step->result = result;
}

/* --- limits (section 4.6.4) ------------------------------------------------------------------- */

/* Each gives true where the limit ends the evaluation; `unknown` says which answer is not known. */
static bool
count_lookup(Check *check, const SpfTerm *term, SpfResult *ret_result)
{
	if (++check->lookups <= SPF_LOOKUPS_MAX)
		return false;
	*ret_result = decide_why(
		check, term, SPF_PERMERROR, STR("more than 10 terms that need look-ups"));
	return true;
}

static bool
count_voids(Check *check, const SpfTerm *term, const SpfCount voids[2], Str unknown,
	SpfResult *ret_result)
{
	SpfCount count = voids[check->request->voids];

	if (check->voids + count.most <= SPF_VOIDS_MAX && count.least == count.most) {
		check->voids += count.least;
		return false;
	}
	if (check->voids + count.least > SPF_VOIDS_MAX) {
		check->voids = SPF_VOIDS_MAX + 1;
		*ret_result = decide_why(
			check, term, SPF_PERMERROR, STR("more than 2 look-ups without an answer"));
		return true;
	}
	*ret_result = give_up(check, term, unknown);
	return true;
}

/* --- names ------------------------------------------------------------------------------------ */

/* The name that a term with macros asks for. True where the look-ups for %{p} end the evaluation.
 */
static bool
expand_target(Check *check, const SpfTerm *term, Str *ret_name, SpfResult *ret_result)
{
	Arena *scratch = check->cache->scratch;
	Buf name = buf_make(scratch);
	SpfNames names;

	if (spf_macro_has(term->domain, "p")) {
		spf_validated_names(scratch, check->cache, check->identity.ip, &names);
		if (count_voids(check, term, names.voids, NO_NAME, ret_result))
			return true;
		if (names.unknown) {
			*ret_result = give_up(check, term, NO_NAME);
			return true;
		}
		check->identity.validated = spf_best_name(&names, check->identity.domain);
	}
	spf_macro_expand(&name, term->domain, &check->identity);
	*ret_name = name.failed ? (Str){0} : spf_name_form(scratch, buf_text(&name));
	return false;
}

/* --- terms: true where a term ends the evaluation of its record, and how ---------------------- */

static bool
check_addresses(Check *check, const SpfRule *rule, SpfResult *ret_result)
{
	size_t at = 0;

	if (!net_set_contains(&rule->set, check->identity.ip)) {
		(void)add_step(check, rule->terms->text, rule->len);
		return false;
	}
	while (!net_prefix_contains(rule->terms[at].prefix, check->identity.ip))
		at++;
	if (at > 0)
		(void)add_step(check, rule->terms->text, at);
	*ret_result = decide(check, &rule->terms[at], rule->terms->qualifier);
	end_step(check, add_step(check, rule->terms[at].text, 1), true, *ret_result);
	return true;
}

static bool
apply_effect(Check *check, const SpfTerm *term, const SpfEffect *effect, SpfResult *ret_result)
{
	if (count_voids(check, term, effect->voids, effect->reason, ret_result))
		return true;
	if (effect->error)
		*ret_result = decide_why(check, term, SPF_TEMPERROR, effect->reason);
	else if (effect->refused)
		*ret_result = decide_why(check, term, SPF_PERMERROR, effect->reason);
	else if (effect->may_match)
		*ret_result = give_up(check, term, effect->reason);
	else if (effect->everything || net_set_contains(&effect->matches, check->identity.ip))
		*ret_result = decide(check, term, term->qualifier);
	else
		return false;
	return true;
}

static bool
check_hosts(Check *check, SpfRule *rule, SpfResult *ret_result)
{
	NetFamily family = (NetFamily)check->identity.ip.family;
	SpfEffect effect;
	Str name;

	if (rule->fixed)
		return apply_effect(check, rule->terms, spf_rule_effect(check->cache, rule, family),
			ret_result);
	if (expand_target(check, rule->terms, &name, ret_result))
		return true;
	spf_effect(check->cache->scratch, check->cache, rule->terms, name, family, &effect);
	if (effect.reason.ptr != NULL)
		effect.reason = str_copy(check->arena, effect.reason);
	return apply_effect(check, rule->terms, &effect, ret_result);
}

static bool
check_ptr(Check *check, const SpfTerm *term, SpfResult *ret_result)
{
	Str target = check->identity.domain;
	SpfNames names;
	size_t i;

	if (term->domain != NULL && expand_target(check, term, &target, ret_result))
		return true;
	spf_validated_names(check->cache->scratch, check->cache, check->identity.ip, &names);
	if (count_voids(check, term, names.voids, NO_NAME, ret_result))
		return true;
	for (i = 0; target.ptr != NULL && i < names.names.len; i++) {
		if (net_name_is_within(names.names.items[i], target)) {
			*ret_result = decide(check, term, term->qualifier);
			return true;
		}
	}
	if (!names.unknown)
		return false;
	*ret_result = give_up(check, term, NO_NAME);
	return true;
}

/* The policy behind include or redirect. True where finding it ends the evaluation. */
static bool
find_target(Check *check, SpfRule *rule, SpfPolicy **ret_policy, SpfResult *ret_result)
{
	Str name;

	if (rule->fixed) {
		*ret_policy = spf_rule_policy(check->cache, rule);
	} else {
		if (expand_target(check, rule->terms, &name, ret_result))
			return true;
		*ret_policy = spf_policy(check->cache, name);
	}
	if (count_voids(
		    check, rule->terms, (*ret_policy)->voids, (*ret_policy)->reason, ret_result))
		return true;
	if ((*ret_policy)->found != SPF_FOUND_NONE)
		return false;
	*ret_result = decide_why(check, rule->terms, SPF_PERMERROR, (*ret_policy)->reason);
	return true;
}

/* Evaluates what another domain publishes, with the trail and %{d} of that. */
static SpfResult
check_other(Check *check, const SpfTerm *term, SpfPolicy *policy)
{
	Str domain = check->identity.domain;
	SpfResult result;

	check->trail[check->trail_len++] = term;
	result = check_policy(check, policy);
	check->trail_len--;
	check->identity.domain = domain;
	return result;
}

/* Section 5.2: only a pass is a match; what is no answer at all ends the evaluation. */
static bool
check_include(Check *check, SpfRule *rule, SpfResult *ret_result)
{
	SpfPolicy *policy;
	SpfResult result;

	if (find_target(check, rule, &policy, ret_result))
		return true;
	check->includes++;
	result = check_other(check, rule->terms, policy);
	check->includes--;
	*ret_result = result == SPF_PASS ? rule->terms->qualifier : result;
	return result == SPF_PASS || result == SPF_TEMPERROR || result == SPF_PERMERROR ||
	       result == SPF_UNDETERMINED;
}

static bool
check_lookup(Check *check, SpfRule *rule, SpfResult *ret_result)
{
	switch (rule->terms->kind) {
	case SPF_TERM_INCLUDE: return check_include(check, rule, ret_result);
	case SPF_TERM_PTR: return check_ptr(check, rule->terms, ret_result);
	case SPF_TERM_A:
	case SPF_TERM_MX:
	case SPF_TERM_EXISTS: return check_hosts(check, rule, ret_result);
	case SPF_TERM_ALL:
	case SPF_TERM_IP4:
	case SPF_TERM_IP6:
	case SPF_TERM_REDIRECT:
	case SPF_TERM_EXP:
	case SPF_TERM_UNKNOWN:
	case SPF_TERMS: break;
	}
	*ret_result = decide(check, rule->terms, rule->terms->qualifier);
	return true;
}

static bool
check_rule(Check *check, SpfRule *rule, SpfResult *ret_result)
{
	bool counts = spf_terms[rule->terms->kind].counts, ended;
	size_t step;

	if (rule->set.ip4.len + rule->set.ip6.len > 0)
		return check_addresses(check, rule, ret_result);
	ended = counts && count_lookup(check, rule->terms, ret_result);
	step = add_step(check, rule->terms->text, 1);
	if (step != SIZE_MAX)
		check->answer->steps.items[step].counted = counts;
	*ret_result = ended ? *ret_result : SPF_NEUTRAL;
	ended = ended || check_lookup(check, rule, ret_result);
	end_step(check, step,
		ended && *ret_result != SPF_TEMPERROR && *ret_result != SPF_PERMERROR &&
			*ret_result != SPF_UNDETERMINED,
		*ret_result);
	return ended;
}

/* --- records ---------------------------------------------------------------------------------- */

/* Section 6.1: the result of the other record, as if it had been asked for. */
static SpfResult
check_redirect(Check *check, SpfRule *rule)
{
	SpfPolicy *policy;
	SpfResult result;
	size_t step;
	bool ended = count_lookup(check, rule->terms, &result);

	step = add_step(check, rule->terms->text, 1);
	if (step != SIZE_MAX)
		check->answer->steps.items[step].counted = true;
	if (!ended && !find_target(check, rule, &policy, &result))
		result = check_other(check, rule->terms, policy);
	end_step(check, step, true, result);
	return result;
}

static SpfResult
check_rules(Check *check, SpfPolicy *policy)
{
	SpfResult result;
	size_t i;

	for (i = 0; i < policy->len; i++) {
		if (check_rule(check, &policy->rules[i], &result))
			return result;
	}
	if (policy->redirect != NULL)
		return check_redirect(check, policy->redirect);
	return decide(check, NULL, SPF_NEUTRAL);
}

static SpfResult
check_policy(Check *check, SpfPolicy *policy)
{
	add_domain_step(check, policy);
	check->identity.domain = policy->name;
	if (check->includes == 0)
		check->explaining = policy;
	switch (policy->found) {
	case SPF_FOUND_NONE: return decide_why(check, NULL, SPF_NONE, policy->reason);
	case SPF_FOUND_BROKEN: return decide_why(check, NULL, SPF_PERMERROR, policy->reason);
	case SPF_FOUND_ERROR: return decide_why(check, NULL, SPF_TEMPERROR, policy->reason);
	case SPF_FOUND_UNKNOWN: return give_up(check, NULL, policy->reason);
	case SPF_FOUND_RECORD: break;
	}
	return check_rules(check, policy);
}

/* --- explanations (section 6.2) --------------------------------------------------------------- */

/* Look-ups for an explanation do not count. */
static void
set_validated(Check *check, const SpfMacro *macro)
{
	SpfNames names;

	if (!spf_macro_has(macro, "p"))
		return;
	spf_validated_names(check->arena, check->cache, check->identity.ip, &names);
	check->identity.validated = spf_best_name(&names, check->identity.domain);
}

static Str
expanded(Check *check, const SpfMacro *macro)
{
	Buf text = buf_make(check->arena);

	set_validated(check, macro);
	spf_macro_expand(&text, macro, &check->identity);
	return text.failed ? (Str){0} : buf_text(&text);
}

/* Whatever goes wrong, it is as if there were no exp. */
static Str
explain(Check *check)
{
	const SpfPolicy *policy = check->explaining;
	const DnsAnswer *answer;
	const SpfMacro *macro;
	const char *problem;
	Str name;

	if (policy->record == NULL || policy->record->exp == NULL)
		return (Str){0};
	check->identity.domain = policy->name;
	name = spf_name_form(check->arena, expanded(check, policy->record->exp->domain));
	if (name.len == 0)
		return (Str){0};
	answer = dns_ask(check->cache->source, name, DNS_TXT);
	if (answer->status != DNS_OK || answer->texts.len != 1)
		return (Str){0};
	macro = spf_macro_parse(check->arena, answer->texts.items[0], SPF_IN_TEXT, &problem);
	return macro == NULL ? (Str){0} : expanded(check, macro);
}

/* --- initial processing (section 4.3) --------------------------------------------------------- */

/* Section 5: such a client is one of IPv4. */
NetPrefix
spf_client(NetPrefix ip)
{
	if (ip.family == NET_IP6 && ip.hi == 0 && ip.lo >> 32 == 0xffff)
		return net_prefix_of(NET_IP4, (NetBits)(uint32_t)ip.lo, 32);
	return ip;
}

/* The part behind the last `@` is the domain: a quoted local part may hold others. */
void
spf_identity_set_sender(SpfIdentity *identity, Str mail_from, Str helo)
{
	size_t at = mail_from.len;

	while (at > 0 && mail_from.ptr[at - 1] != '@')
		at--;
	identity->local = at > 1 ? str_slice(mail_from, 0, at - 1) : STR("postmaster");
	identity->sender_domain =
		mail_from.len == 0 ? helo : str_slice(mail_from, at, mail_from.len);
}

Str
spf_initial_domain(Arena *arena, Str text)
{
	Str name = {0};
	size_t longest = str_ends(text, STR(".")) ? SPF_NAME_MAX + 1 : SPF_NAME_MAX;

	/* A name that is too long is none here; only expanded ones are cut. */
	if (text.len > 0 && text.len <= longest && text.ptr[0] != '[')
		name = spf_name_form(arena, text);
	return spf_name_is_domain(name) ? name : (Str){0};
}

static void
tell_way(Check *check, SpfAnswer *answer, Str domain)
{
	size_t i;

	VEC_PUSH(check->arena, &answer->path, domain);
	for (i = 0; i < check->decided_len; i++)
		VEC_PUSH(check->arena, &answer->path, check->decided_trail[i]->text);
	if (check->decided != NULL)
		answer->term = check->decided->text;
	if (answer->result != SPF_NONE && answer->result != SPF_TEMPERROR &&
		answer->result != SPF_PERMERROR && answer->result != SPF_UNDETERMINED)
		answer->reason = (Str){0};
	answer->lookups = check->lookups;
	answer->voids = check->voids;
}

/* What stopped the walk may not matter: all ways can end in one result. */
static SpfResult
despite_unknown(Check *check, Str domain)
{
	unsigned results = spf_possible_results(check->arena, check->cache, check->request, domain);

	if ((results & (results - 1)) != 0)
		return SPF_UNDETERMINED;
	check->decided = NULL;
	check->decided_len = 0;
	return (SpfResult)__builtin_ctz(results);
}

void
spf_evaluate(Arena *arena, SpfCache *cache, const SpfRequest *request, SpfAnswer *ret_answer)
{
	Check check = {.arena = arena, .cache = cache, .request = request, .answer = ret_answer};
	ArenaMark mark;
	Str domain;

	if (cache->scratch == NULL)
		cache->scratch = arena_create();
	mark = arena_mark(cache->scratch);
	*ret_answer = (SpfAnswer){0};
	check.identity = (SpfIdentity){.helo = request->helo,
		.receiver = request->receiver,
		.ip = spf_client(request->ip),
		.time = request->time};
	spf_identity_set_sender(&check.identity, request->mail_from, request->helo);
	domain = spf_initial_domain(cache->scratch, check.identity.sender_domain);
	if (domain.ptr == NULL) {
		ret_answer->reason = STR("the sender has no domain that can be asked for");
	} else {
		ret_answer->result = check_policy(&check, spf_policy(cache, domain));
		if (check.unknown)
			ret_answer->result = despite_unknown(&check, domain);
		if (ret_answer->result == SPF_FAIL)
			ret_answer->explanation = explain(&check);
	}
	tell_way(&check, ret_answer, check.identity.sender_domain);
	arena_reset(cache->scratch, mark);
}
