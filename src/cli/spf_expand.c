/* `spf expand`: the result of every address of the Internet, for one domain. */
#include "cli/spf_int.h"

/* As many networks of one result people read; all of them are in the JSON. */
#define NETWORKS_SHOWN 64

/* The order in which results are told: what counts most stands first. */
static const SpfResult order[] = {SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_NEUTRAL, SPF_NONE,
	SPF_PERMERROR, SPF_TEMPERROR, SPF_UNDETERMINED};

/* The addresses of one family alone. */
static NetSet
family_of(const NetSet *set, NetFamily family)
{
	NetSet part = {0};

	if (family == NET_IP4)
		part.ip4 = set->ip4;
	else
		part.ip6 = set->ip6;
	return part;
}

/* The exact minimal list: whoever reads it gets the set back, and nothing beside it. */
static Json *
networks_json(Arena *arena, const NetSet *set)
{
	Json *list = json_list(arena);
	NetPrefixVec cover;
	size_t i;

	net_set_cover(arena, set, &cover);
	for (i = 0; i < cover.len; i++)
		json_push(arena, list, json_text(arena, net_prefix_text(arena, cover.items[i])));
	return list;
}

/* Every result is there, also one that no address has: readers need not ask. */
static Json *
family_json(Arena *arena, const SpfExpansion *expansion, NetFamily family)
{
	Json *object = json_object(arena);
	size_t i;

	for (i = 0; i < BASE_COUNT(order); i++) {
		NetSet set = family_of(&expansion->results[order[i]], family);

		json_set(arena, object, str_from(spf_result_text(order[i])),
			networks_json(arena, &set));
	}
	return object;
}

static void
set_families(Arena *arena, Json *object, const NetSet *set)
{
	NetSet ip4 = family_of(set, NET_IP4), ip6 = family_of(set, NET_IP6);

	json_set(arena, object, STR("ip4"), networks_json(arena, &ip4));
	json_set(arena, object, STR("ip6"), networks_json(arena, &ip6));
}

/* As texts: a number of JSON ends where IPv6 begins. */
static Json *
authorized_json(Arena *arena, const SpfExpansion *expansion)
{
	const NetSet *pass = &expansion->results[SPF_PASS];
	Json *object = json_object(arena);

	json_set(arena, object, STR("ip4"),
		json_text(arena, net_bits_decimal(arena, net_set_count4(pass))));
	json_set(arena, object, STR("ip6"),
		json_text(arena, net_bits_decimal(arena, net_set_count6(pass))));
	return object;
}

static Json *
terms_json(Arena *arena, const SpfExpansion *expansion)
{
	Json *list = json_list(arena);
	size_t i;

	for (i = 0; i < expansion->terms.len; i++) {
		const SpfShare *share = &expansion->terms.items[i];
		Json *object = json_object(arena);

		json_set(arena, object, STR("term"), json_text(arena, share->term));
		json_set(arena, object, STR("pass"), networks_json(arena, &share->pass));
		json_push(arena, list, object);
	}
	return list;
}

/* Paths hold the terms alone: the domain is a member of its own. */
static Json *
causes_json(Arena *arena, const SpfExpansion *expansion)
{
	Json *list = json_list(arena);
	size_t i, j;

	for (i = 0; i < expansion->causes.len; i++) {
		const SpfCause *cause = &expansion->causes.items[i];
		Json *object = json_object(arena), *path = json_list(arena);

		for (j = 0; j < cause->path.len; j++)
			json_push(arena, path, json_text(arena, cause->path.items[j]));
		json_set(arena, object, STR("term"), json_text(arena, cause->term));
		json_set(arena, object, STR("path"), path);
		json_set(arena, object, STR("reason"),
			json_text(arena, cli_spf_text(arena, cause->reason)));
		set_families(arena, object, &cause->addresses);
		json_push(arena, list, object);
	}
	return list;
}

static Json *
possible_json(Arena *arena, const SpfExpansion *expansion)
{
	Json *list = json_list(arena);
	size_t i, j;

	for (i = 0; i < expansion->possible.len; i++) {
		const SpfPossible *possible = &expansion->possible.items[i];
		Json *object = json_object(arena), *results = json_list(arena);

		for (j = 0; j < BASE_COUNT(order); j++) {
			if ((possible->results & 1u << order[j]) != 0)
				json_push(arena, results,
					json_text(arena, str_from(spf_result_text(order[j]))));
		}
		json_set(arena, object, STR("results"), results);
		set_families(arena, object, &possible->addresses);
		json_push(arena, list, object);
	}
	return list;
}

static Json *
worst_json(Arena *arena, unsigned worst)
{
	Json *object = json_object(arena);

	json_set(arena, object, STR("worst"), json_number(arena, worst));
	return object;
}

static Json *
expansion_json(Cli *cli, Str domain, const SpfExpansion *expansion)
{
	Arena *arena = cli->arena;
	Json *object = json_object(arena);

	json_set(arena, object, STR("format"), json_text(arena, STR("connplan-spf-expand")));
	json_set(arena, object, STR("version"), json_number(arena, 1));
	json_set(arena, object, STR("diagnostics"), json_list(arena));
	json_set(arena, object, STR("domain"), json_text(arena, domain));
	json_set(arena, object, STR("ip4"), family_json(arena, expansion, NET_IP4));
	json_set(arena, object, STR("ip6"), family_json(arena, expansion, NET_IP6));
	json_set(arena, object, STR("authorized"), authorized_json(arena, expansion));
	json_set(arena, object, STR("lookups"), worst_json(arena, expansion->worst_lookups));
	json_set(arena, object, STR("voids"), worst_json(arena, expansion->worst_voids));
	json_set(arena, object, STR("terms"), terms_json(arena, expansion));
	json_set(arena, object, STR("causes"), causes_json(arena, expansion));
	json_set(arena, object, STR("possible"), possible_json(arena, expansion));
	json_set(arena, object, STR("reason"),
		json_text(arena, cli_spf_text(arena, expansion->reason)));
	return object;
}

/* --- for people ------------------------------------------------------------------------------- */

static Str
count_text(Arena *arena, const NetSet *set, NetFamily family)
{
	NetBits count = family == NET_IP4 ? net_set_count4(set) : net_set_count6(set);

	return str_format(arena, STR_FMT " %s", STR_ARG(net_bits_thousands(arena, count)),
		count == 1 ? "address" : "addresses");
}

/* "4 addresses of IPv4, 2 addresses of IPv6", or "nothing". */
static void
add_counts(Buf *text, const NetSet *set)
{
	unsigned family, told = 0;

	for (family = NET_IP4; family <= NET_IP6; family++) {
		NetSet part = family_of(set, (NetFamily)family);

		if (net_set_is_empty(&part))
			continue;
		buf_printf(text, "%s" STR_FMT " of IPv%c", told++ > 0 ? ", " : "",
			STR_ARG(count_text(text->arena, &part, (NetFamily)family)),
			family == NET_IP4 ? '4' : '6');
	}
	buf_lit(text, told == 0 ? "nothing" : "");
}

static void
add_networks(Buf *text, const NetSet *set)
{
	NetPrefixVec cover;
	size_t i;

	net_set_cover(text->arena, set, &cover);
	for (i = 0; i < cover.len && i < NETWORKS_SHOWN; i++) {
		buf_lit(text, "    ");
		net_prefix_write(text, cover.items[i]);
		buf_char(text, '\n');
	}
	if (cover.len > NETWORKS_SHOWN)
		buf_printf(text, "    and %zu network%s more; --format json has them all\n",
			cover.len - NETWORKS_SHOWN, cover.len == NETWORKS_SHOWN + 1 ? "" : "s");
}

/* What is left over by all other results is told as that: its networks are of no use to people. */
static void
add_family(Buf *text, const SpfExpansion *expansion, NetFamily family)
{
	NetBits half = (NetBits)1 << (net_family_bits(family) - 1);
	size_t i;

	buf_printf(text, "\nIPv%c\n", family == NET_IP4 ? '4' : '6');
	for (i = 0; i < BASE_COUNT(order); i++) {
		NetSet set = family_of(&expansion->results[order[i]], family);
		bool rest =
			(family == NET_IP4 ? net_set_count4(&set) : net_set_count6(&set)) >= half;

		if (net_set_is_empty(&set))
			continue;
		buf_printf(text, "  %s: " STR_FMT "%s\n", spf_result_text(order[i]),
			STR_ARG(count_text(text->arena, &set, family)),
			rest ? " (all that is not listed)" : "");
		if (!rest)
			add_networks(text, &set);
	}
}

/* A term that brings nothing is told, too: it may be one to remove. */
static void
add_terms(Buf *text, const SpfExpansion *expansion)
{
	size_t i;

	buf_lit(text, expansion->terms.len > 0 ? "\nWhat passes by each term\n" : "");
	for (i = 0; i < expansion->terms.len; i++) {
		const SpfShare *share = &expansion->terms.items[i];

		buf_lit(text, "  ");
		cli_spf_show(text, share->term);
		buf_lit(text, ": ");
		add_counts(text, &share->pass);
		buf_char(text, '\n');
	}
}

static void
add_causes(Buf *text, const SpfExpansion *expansion)
{
	size_t i, j;

	buf_lit(text, expansion->causes.len > 0 ? "\nWhy addresses are undetermined\n" : "");
	for (i = 0; i < expansion->causes.len; i++) {
		const SpfCause *cause = &expansion->causes.items[i];

		buf_lit(text, "  ");
		for (j = 0; j < cause->path.len; j++) {
			cli_spf_show(text, cause->path.items[j]);
			buf_lit(text, " > ");
		}
		cli_spf_show(
			text, cause->term.ptr != NULL ? cause->term : STR("the record itself"));
		buf_lit(text, ": ");
		cli_spf_show(text, cause->reason);
		buf_lit(text, " (");
		add_counts(text, &cause->addresses);
		buf_lit(text, ")\n");
	}
}

static void
expansion_text(Str domain, const SpfExpansion *expansion, Buf *text)
{
	cli_spf_show(text, domain);
	buf_lit(text, ": ");
	cli_spf_show(text, expansion->record.len > 0 ? expansion->record : STR("no record"));
	buf_char(text, '\n');
	if (expansion->reason.len > 0) {
		buf_lit(text, "because: ");
		cli_spf_show(text, expansion->reason);
		buf_char(text, '\n');
	}
	buf_printf(text, "look-ups of the worst way: %u of %d; without an answer: %u of %d%s\n",
		expansion->worst_lookups, SPF_LOOKUPS_MAX, expansion->worst_voids, SPF_VOIDS_MAX,
		net_set_is_empty(&expansion->results[SPF_UNDETERMINED])
			? ""
			: "; what is not known may take more");
	add_family(text, expansion, NET_IP4);
	add_family(text, expansion, NET_IP6);
	add_terms(text, expansion);
	add_causes(text, expansion);
}

int
cli_spf_expand(Cli *cli, const DnsSource *source)
{
	SpfScope scope = {.domain = cli->options.arguments.items[1],
		.helo = cli->options.helo,
		.mail_from = cli->options.mail_from,
		.voids = cli->options.voids};
	SpfCache *cache = spf_cache(cli->arena, source);
	Buf text = buf_make(cli->arena);
	SpfExpansion expansion;

	spf_expand(cli->arena, cache, &scope, &expansion);
	spf_cache_close(cache);
	expansion_text(scope.domain, &expansion, &text);
	return cli_spf_print(cli, expansion_json(cli, scope.domain, &expansion), &text);
}
