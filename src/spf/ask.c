/*
 * All that evaluation may ask for. An address can leave an included record at its first term, so
 * that the least it has used is one look-up for each term before; what lies behind the tenth on the
 * cheapest way is reached by nobody.
 */
#include "spf/spf_int.h"

typedef struct Asker {
	SpfCache *cache;
	Str sender_domain; /* %{o} */
} Asker;

static void ask_rule(const Asker *asker, const SpfPolicy *policy, SpfRule *rule, unsigned used);

static void
ask_policy(const Asker *asker, SpfPolicy *policy, unsigned used)
{
	size_t i;

	if (policy->found != SPF_FOUND_RECORD)
		return;
	/* Loops end here, and what was reached before as cheaply. */
	if (policy->turn == asker->cache->turn && policy->asked <= used)
		return;
	policy->turn = asker->cache->turn;
	policy->asked = (uint8_t)used;
	for (i = 0; i < policy->len && used < SPF_LOOKUPS_MAX; i++) {
		if (spf_terms[policy->rules[i].terms->kind].counts)
			ask_rule(asker, policy, &policy->rules[i], ++used);
	}
	if (policy->redirect != NULL && used < SPF_LOOKUPS_MAX)
		ask_rule(asker, policy, policy->redirect, used + 1);
}

/* The name that a term asks for; false where it depends on more than the domains. */
static bool
target_of(const Asker *asker, const SpfPolicy *policy, const SpfRule *rule, Str *ret_name)
{
	const SpfTerm *term = rule->terms;
	SpfIdentity identity = {.domain = policy->name, .sender_domain = asker->sender_domain};
	uint32_t known = spf_macro_letter('d') | spf_macro_letter('o');
	Arena *arena = asker->cache->arena;
	Buf name = buf_make(arena);

	if (rule->fixed) {
		*ret_name = rule->target;
		return true;
	}
	if (term->kind == SPF_TERM_PTR || (term->domain->letters & ~known) != 0)
		return false;
	spf_macro_expand(&name, term->domain, &identity);
	*ret_name = name.failed ? (Str){0} : spf_name_form(arena, buf_text(&name));
	return true;
}

static void
ask_hosts(SpfCache *cache, SpfRule *rule, Str name)
{
	NetFamily family;
	SpfEffect effect;

	for (family = NET_IP4; family <= NET_IP6; family++) {
		if (rule->fixed)
			(void)spf_rule_effect(cache, rule, family);
		else
			spf_effect(cache->arena, cache, rule->terms, name, family, &effect);
	}
}

/* `used` counts this term, too. */
static void
ask_rule(const Asker *asker, const SpfPolicy *policy, SpfRule *rule, unsigned used)
{
	SpfTermKind kind = rule->terms->kind;
	Str name;

	if (!target_of(asker, policy, rule, &name))
		return;
	if (kind == SPF_TERM_INCLUDE || kind == SPF_TERM_REDIRECT)
		ask_policy(asker, spf_policy(asker->cache, name), used);
	else
		ask_hosts(asker->cache, rule, name);
}

void
spf_ask_record(SpfCache *cache, Str domain)
{
	Asker asker = {cache, domain};

	cache->turn++;
	ask_policy(&asker, spf_policy(cache, domain), 0);
}

void
spf_ask_term(SpfCache *cache, Str domain, Str term)
{
	Asker asker = {cache, domain};
	Str text = str_format(cache->arena, "v=spf1 " STR_FMT, STR_ARG(term));

	cache->turn++;
	ask_policy(&asker, spf_policy_of_text(cache, domain, text), 0);
}

void
spf_ask_client(SpfCache *cache, NetPrefix ip)
{
	SpfNames names;

	spf_validated_names(cache->arena, cache, ip, &names);
}
