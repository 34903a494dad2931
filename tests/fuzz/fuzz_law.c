/*
 * The law of both evaluators: the input is a closed world of a few domains and hosts, and
 * addresses; each address has the result of the set that it lies in, the sets overlap nowhere and
 * leave nothing out.
 */
#include "spf/spf.h"

#include <stdint.h>

#define DOMAINS   4
#define TERMS_MAX 11
#define CLIENTS   6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Octets of the input, then zeros. */
typedef struct Dice {
	const uint8_t *data;
	size_t len, at;
} Dice;

static unsigned
roll(Dice *dice, unsigned sides)
{
	return dice->at < dice->len ? dice->data[dice->at++] % sides : 0;
}

static Str
domain_name(Arena *arena, unsigned number)
{
	return str_format(arena, "d%u.example.com", number);
}

static void
add_target(Buf *record, Dice *dice)
{
	static const char *const odd[] = {
		"%{d}", "n.example.net", "%{i}.c.example.com", "%{o}", "%{l}.example.com", "%{p}"};
	unsigned which = roll(dice, DOMAINS + 6);

	if (which < DOMAINS)
		buf_printf(record, ":d%u.example.com", which);
	else
		buf_printf(record, ":%s", odd[which - DOMAINS]);
}

static void
add_term(Buf *record, Dice *dice)
{
	static const char *const qualifiers[] = {"", "-", "~", "?"};
	unsigned kind = roll(dice, 9);

	buf_printf(record, " %s", qualifiers[roll(dice, 4)]);
	switch (kind) {
	case 0: buf_printf(record, "ip4:192.0.2.%u/%u", roll(dice, 256), roll(dice, 33)); return;
	case 1: buf_printf(record, "ip6:2001:db8::%x/%u", roll(dice, 256), roll(dice, 129)); return;
	case 2: buf_lit(record, "include"); break;
	case 3: buf_lit(record, "exists"); break;
	case 4: buf_lit(record, "mx"); break;
	case 5: buf_lit(record, "ptr"); break;
	case 6: buf_lit(record, "all"); return;
	default: buf_lit(record, "a"); break;
	}
	add_target(record, dice);
	if (kind == 4 || kind > 6)
		buf_printf(record, "/%u//%u", roll(dice, 33), roll(dice, 129));
}

static Str
make_record(Arena *arena, Dice *dice)
{
	unsigned terms = roll(dice, TERMS_MAX), i;
	Buf record = buf_make(arena);

	buf_lit(&record, "v=spf1");
	for (i = 0; i < terms; i++)
		add_term(&record, dice);
	if (roll(dice, 4) == 0)
		buf_printf(&record, " redirect=d%u.example.com", roll(dice, DOMAINS));
	return buf_text(&record);
}

static void
put(Arena *arena, DnsLock *lock, Str name, DnsType type, Json *item)
{
	Json *data = json_list(arena);

	json_push(arena, data, item);
	dns_lock_put(lock, name, type, dns_answer_json(arena, DNS_OK, 60, data));
}

static void
put_record(Arena *arena, DnsLock *lock, Str name, Str record)
{
	Json *strings = json_list(arena);
	StrVec parts = {0};
	size_t i;

	spf_strings(arena, record, &parts);
	for (i = 0; i < parts.len; i++)
		json_push(arena, strings, json_text(arena, parts.items[i]));
	put(arena, lock, name, DNS_TXT, strings);
}

/* Types in any mixture, errors among them; what is not there does not exist. */
static void
put_domain(Arena *arena, DnsLock *lock, Dice *dice, unsigned number)
{
	static const DnsStatus without[] = {DNS_NODATA, DNS_NXDOMAIN, DNS_SERVFAIL, DNS_TIMEOUT};
	Str name = domain_name(arena, number);
	unsigned types = roll(dice, 16);
	Json *pair;

	if (number == 0 || roll(dice, 16) > 0)
		put_record(arena, lock, name, make_record(arena, dice));
	else
		dns_lock_put(lock, name, DNS_TXT,
			dns_answer_json(arena, without[roll(dice, 4)], 0, NULL));
	if ((types & 1) != 0)
		put(arena, lock, name, DNS_A, json_format(arena, "192.0.2.%u", roll(dice, 256)));
	if ((types & 2) != 0)
		put(arena, lock, name, DNS_AAAA,
			json_format(arena, "2001:db8::%x", roll(dice, 256)));
	if ((types & 4) == 0)
		return;
	pair = json_list(arena);
	json_push(arena, pair, json_number(arena, roll(dice, 3)));
	json_push(arena, pair, json_text(arena, domain_name(arena, roll(dice, DOMAINS))));
	put(arena, lock, name, DNS_MX, pair);
}

static NetPrefix
make_client(Arena *arena, DnsLock *lock, Dice *dice)
{
	bool is_ip4 = roll(dice, 2) == 0;
	NetPrefix client =
		is_ip4 ? net_prefix_of(NET_IP4, 0xc0000200 + roll(dice, 256), 32)
		       : net_prefix_of(NET_IP6, (NetBits)0x20010db8 << 96 | roll(dice, 256), 128);

	if (roll(dice, 3) == 0)
		put(arena, lock, net_reverse_name(arena, client), DNS_PTR,
			json_text(arena, domain_name(arena, roll(dice, DOMAINS))));
	return client;
}

/* --- the law ---------------------------------------------------------------------------------- */

/* A bit for each result that the sets allow. */
static unsigned
allowed(const SpfExpansion *sets, NetPrefix ip)
{
	unsigned results = 0;
	size_t i;

	for (i = 0; i < SPF_UNDETERMINED; i++)
		results |= net_set_contains(&sets->results[i], ip) ? 1u << i : 0;
	for (i = 0; i < sets->possible.len; i++) {
		if (net_set_contains(&sets->possible.items[i].addresses, ip))
			results |= sets->possible.items[i].results;
	}
	return results;
}

static void
check_partition(Arena *arena, const SpfExpansion *sets)
{
	NetPrefix mapped = {.lo = (uint64_t)0xffff << 32, .family = NET_IP6, .len = 96};
	NetSet seen = net_set_of(arena, &mapped, 1), rest;
	size_t i;

	for (i = 0; i < SPF_RESULTS; i++) {
		ASSERT(!net_set_overlaps(&seen, &sets->results[i]));
		seen = net_set_union(arena, &seen, &sets->results[i]);
	}
	rest = net_set_complement(arena, &seen);
	ASSERT(net_set_is_empty(&rest));
}

static void
check_client(Arena *arena, SpfCache *cache, const SpfExpansion *sets, const SpfScope *scope,
	NetPrefix client)
{
	SpfRequest request = {.ip = client,
		.helo = scope->helo,
		.mail_from = scope->mail_from,
		.voids = scope->voids};
	SpfAnswer answer;

	spf_evaluate(arena, cache, &request, &answer);
	ASSERT(answer.result != SPF_UNDETERMINED);
	ASSERT((allowed(sets, client) & 1u << answer.result) != 0);
}

static void
check_world(Arena *arena, const DnsLock *lock, SpfVoids voids, const NetPrefix *clients)
{
	SpfScope scope = {.domain = STR("d0.example.com"),
		.helo = STR("mx.example.org"),
		.mail_from = STR("u@d0.example.com"),
		.voids = voids};
	SpfCache *cache = spf_cache(arena, dns_lock_source(lock, true));
	SpfExpansion sets;
	size_t i;

	spf_expand(arena, cache, &scope, &sets);
	check_partition(arena, &sets);
	for (i = 0; i < CLIENTS; i++)
		check_client(arena, cache, &sets, &scope, clients[i]);
	spf_cache_close(cache);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = arena_create();
	Dice dice = {data, size, 0};
	DnsLock *lock = dns_lock_new(arena), *read;
	Buf text = buf_make(arena);
	NetPrefix clients[CLIENTS];
	DnsLockError error;
	unsigned i;

	for (i = 0; i < CLIENTS; i++)
		clients[i] = make_client(arena, lock, &dice);
	for (i = 0; i < DOMAINS; i++)
		put_domain(arena, lock, &dice, i);
	/* As every command has it: the reader knows which clients have names. */
	dns_lock_write(arena, lock, STR("2026-12-01T00:00:00Z"), STR(""), &text);
	ASSERT(dns_lock_read(arena, buf_text(&text), &read, &error));
	check_world(arena, read, SPF_VOIDS_STRICT, clients);
	check_world(arena, read, SPF_VOIDS_RELAXED, clients);
	arena_destroy(arena);
	return 0;
}
