/*
 * What the terms with look-ups do, as sets: `a`, `mx` and `exists` of a name, and the validated
 * names of a client for `ptr` and %{p}. RFC 7208 sections 5.3 to 5.5 and 5.7.
 */
#include "spf/spf_int.h"

#define EXCHANGES_MAX 10
#define NAMES_MAX     10

static DnsType
address_type(NetFamily family)
{
	return family == NET_IP4 ? DNS_A : DNS_AAAA;
}

void
spf_count_answer(const DnsAnswer *answer, SpfCount voids[2])
{
	bool empty = answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN;
	bool absent = answer->status == DNS_NXDOMAIN;
	bool unknown = answer->status == DNS_NOT_ASKED;
	SpfCount *strict = &voids[SPF_VOIDS_STRICT], *relaxed = &voids[SPF_VOIDS_RELAXED];

	strict->least = (uint8_t)(strict->least + empty);
	strict->most = (uint8_t)(strict->most + (empty || unknown));
	relaxed->least = (uint8_t)(relaxed->least + absent);
	relaxed->most = (uint8_t)(relaxed->most + (absent || unknown));
}

/* Hosts of an MX or PTR answer are not names of the record: only strict receivers count them. */
static void
count_host(const DnsAnswer *answer, SpfCount voids[2])
{
	SpfCount relaxed = voids[SPF_VOIDS_RELAXED];

	spf_count_answer(answer, voids);
	voids[SPF_VOIDS_RELAXED] = relaxed;
}

static Str
reason_of(Arena *arena, DnsType type, Str name, DnsStatus status)
{
	return str_format(arena, "%s of " STR_FMT ": %s", dns_type_text(type), STR_ARG(name),
		dns_status_text(status));
}

/* The first unknown answer is the one that is told. False: evaluation ends here. */
static bool
take_status(Arena *arena, SpfEffect *effect, DnsType type, Str name, DnsStatus status)
{
	switch (status) {
	case DNS_OK:
	case DNS_NODATA:
	case DNS_NXDOMAIN: return true;
	case DNS_NOT_ASKED:
		if (!effect->may_match)
			effect->reason = reason_of(arena, type, name, status);
		effect->may_match = true;
		return true;
	case DNS_SERVFAIL:
	case DNS_TIMEOUT:
		effect->error = true;
		effect->reason = reason_of(arena, type, name, status);
		return false;
	}
	return false;
}

static void
add_addresses(Arena *arena, const SpfTerm *term, const DnsAnswer *answer, SpfEffect *effect)
{
	size_t i;

	if (answer->status != DNS_OK)
		return;
	for (i = 0; i < answer->addresses.len; i++) {
		NetPrefix prefix = answer->addresses.items[i];

		prefix.len = prefix.family == NET_IP4 ? term->ip4_len : term->ip6_len;
		net_set_add(arena, &effect->matches, prefix);
	}
}

static void
effect_of_exists(Arena *arena, const SpfCache *cache, Str name, SpfEffect *effect)
{
	const DnsAnswer *answer = dns_ask(cache->source, name, DNS_A);

	spf_count_answer(answer, effect->voids);
	(void)take_status(arena, effect, DNS_A, name, answer->status);
	effect->everything = answer->status == DNS_OK;
}

static void
effect_of_a(Arena *arena, const SpfCache *cache, const SpfTerm *term, Str name, SpfEffect *effect,
	NetFamily family)
{
	DnsType type = address_type(family);
	const DnsAnswer *answer = dns_ask(cache->source, name, type);

	spf_count_answer(answer, effect->voids);
	(void)take_status(arena, effect, type, name, answer->status);
	add_addresses(arena, term, answer, effect);
}

/* False: an error ends the evaluation. */
static bool
add_exchange(Arena *arena, const SpfCache *cache, const SpfTerm *term, Str host, SpfEffect *effect,
	NetFamily family)
{
	DnsType type = address_type(family);
	const DnsAnswer *answer;

	/* RFC 7505: the root means that there is no host. What is no name has no addresses. */
	host = spf_name_form(arena, host);
	if (host.len == 0)
		return true;
	answer = dns_ask(cache->source, host, type);
	count_host(answer, effect->voids);
	add_addresses(arena, term, answer, effect);
	return take_status(arena, effect, type, host, answer->status);
}

/* All hosts are looked up before any address is compared, so that voids are the same for all. */
static void
effect_of_mx(Arena *arena, const SpfCache *cache, const SpfTerm *term, Str name, SpfEffect *effect,
	NetFamily family)
{
	const DnsAnswer *answer = dns_ask(cache->source, name, DNS_MX);
	size_t i;

	spf_count_answer(answer, effect->voids);
	if (!take_status(arena, effect, DNS_MX, name, answer->status))
		return;
	if (answer->status == DNS_NOT_ASKED)
		effect->voids[SPF_VOIDS_STRICT].most = EXCHANGES_MAX;
	if (answer->status != DNS_OK)
		return;
	effect->refused = answer->exchanges.len > EXCHANGES_MAX;
	if (effect->refused) {
		effect->reason = str_format(arena, STR_FMT " has %zu MX hosts, more than %d",
			STR_ARG(name), answer->exchanges.len, EXCHANGES_MAX);
		return;
	}
	for (i = 0; i < answer->exchanges.len; i++) {
		if (!add_exchange(
			    arena, cache, term, answer->exchanges.items[i].host, effect, family))
			return;
	}
}

void
spf_effect(Arena *arena, const SpfCache *cache, const SpfTerm *term, Str name, NetFamily family,
	SpfEffect *ret_effect)
{
	*ret_effect = (SpfEffect){0};
	/* Of a name that is none no query is made: it has no records. */
	if (name.ptr == NULL)
		return;
	if (term->kind == SPF_TERM_EXISTS)
		effect_of_exists(arena, cache, name, ret_effect);
	else if (term->kind == SPF_TERM_A)
		effect_of_a(arena, cache, term, name, ret_effect, family);
	else
		effect_of_mx(arena, cache, term, name, ret_effect, family);
	net_set_normalise(&ret_effect->matches);
}

const SpfEffect *
spf_rule_effect(SpfCache *cache, SpfRule *rule, NetFamily family)
{
	SpfEffect *effect;

	if (rule->effects[family] == NULL) {
		effect = ARENA_NEW(cache->arena, SpfEffect);
		spf_effect(cache->arena, cache, rule->terms, rule->target, family, effect);
		rule->effects[family] = effect;
	}
	return rule->effects[family];
}

/* --- the client's names ----------------------------------------------------------------------- */

static bool
holds(const DnsAnswer *answer, NetPrefix ip)
{
	size_t i;

	for (i = 0; answer->status == DNS_OK && i < answer->addresses.len; i++) {
		if (net_prefix_compare(answer->addresses.items[i], ip) == 0)
			return true;
	}
	return false;
}

/* A name counts if it leads back to the client. One whose look-up fails is skipped. */
void
spf_validated_names(Arena *arena, const SpfCache *cache, NetPrefix ip, SpfNames *ret_names)
{
	const DnsAnswer *reverse = dns_ask(cache->source, net_reverse_name(arena, ip), DNS_PTR);
	size_t i;

	*ret_names = (SpfNames){.unknown = reverse->status == DNS_NOT_ASKED};
	count_host(reverse, ret_names->voids);
	for (i = 0; reverse->status == DNS_OK && i < reverse->names.len && i < NAMES_MAX; i++) {
		Str name = spf_name_form(arena, reverse->names.items[i]);
		const DnsAnswer *forward;

		if (name.len == 0)
			continue;
		forward = dns_ask(cache->source, name, address_type((NetFamily)ip.family));
		count_host(forward, ret_names->voids);
		ret_names->unknown |= forward->status == DNS_NOT_ASKED;
		if (holds(forward, ip))
			VEC_PUSH(arena, &ret_names->names, name);
	}
	if (reverse->status == DNS_NOT_ASKED)
		ret_names->voids[SPF_VOIDS_STRICT].most = NAMES_MAX;
}

Str
spf_best_name(const SpfNames *names, Str domain)
{
	Str below = {0};
	size_t i;

	for (i = 0; i < names->names.len; i++) {
		Str name = names->names.items[i];

		if (str_equal(name, domain))
			return name;
		if (below.ptr == NULL && net_name_is_within(name, domain))
			below = name;
	}
	if (below.ptr != NULL)
		return below;
	return names->names.len > 0 ? names->names.items[0] : STR("unknown");
}
