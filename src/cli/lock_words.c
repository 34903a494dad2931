/* What changed in an answer, in words and addresses. */
#include "cli/lock_int.h"

#define MINUS     "\u2212"
#define NAMED_MAX 3 /* items that are named; the others are counted */

/* --- items ------------------------------------------------------------------------------------ */

static void
add_terms(Arena *arena, Str record, StrVec *items)
{
	size_t start = 0;

	while (start < record.len) {
		size_t end = str_find_char(record, ' ', start);

		if (end > start)
			VEC_PUSH(arena, items, str_lower(arena, str_slice(record, start, end)));
		start = end + 1;
	}
}

/* The strings of a record make one text; of an SPF record every term is an item. */
static void
add_text(Arena *arena, const Json *record, StrVec *items)
{
	Buf text = buf_make(arena);
	size_t i;

	for (i = 0; i < json_len(record); i++)
		buf_str(&text, record->items.items[i]->text);
	if (spf_is_record(buf_text(&text)))
		add_terms(arena, buf_text(&text), items);
	else
		VEC_PUSH(arena, items,
			str_format(arena, "\"" STR_FMT "\"", STR_ARG(buf_text(&text))));
}

/* All items of an answer, sorted; none of one that has no records. */
static void
collect_items(Arena *arena, const Json *answer, DnsType type, StrVec *ret_items)
{
	const Json *data = json_get(answer, STR("data"));
	size_t i;

	*ret_items = (StrVec){0};
	for (i = 0; i < json_len(data); i++) {
		const Json *record = data->items.items[i];

		if (type == DNS_TXT)
			add_text(arena, record, ret_items);
		else if (type == DNS_MX)
			VEC_PUSH(arena, ret_items,
				str_format(arena, STR_FMT " " STR_FMT,
					STR_ARG(record->items.items[0]->text),
					STR_ARG(record->items.items[1]->text)));
		else
			VEC_PUSH(arena, ret_items, record->text);
	}
	strvec_sort(ret_items);
}

/* Both are sorted: one pass. An item that stands twice counts twice. */
static void
subtract(Arena *arena, const StrVec *a, const StrVec *b, StrVec *ret_rest)
{
	size_t i = 0, j = 0;

	*ret_rest = (StrVec){0};
	while (i < a->len) {
		int order = j < b->len ? str_compare(a->items[i], b->items[j]) : -1;

		if (order < 0)
			VEC_PUSH(arena, ret_rest, a->items[i]);
		i += order <= 0;
		j += order >= 0;
	}
}

void
cli_lock_items(Arena *arena, const DnsChange *change, LockItems *ret_items)
{
	StrVec before, after;

	collect_items(arena, change->before, change->question.type, &before);
	collect_items(arena, change->after, change->question.type, &after);
	subtract(arena, &after, &before, &ret_items->added);
	subtract(arena, &before, &after, &ret_items->removed);
}

/* --- words ------------------------------------------------------------------------------------ */

/* `ip4:192.0.2.0/24`, as a term that lets addresses in. */
static bool
is_network(Str item, NetPrefix *ret_prefix)
{
	NetFamily family;
	Str address;

	if (item.len > 0 && (item.ptr[0] == '-' || item.ptr[0] == '~' || item.ptr[0] == '?'))
		return false;
	return spf_term_address(item, &address, &family) &&
	       net_prefix_parse(address, ret_prefix) == NET_ADDRESS_OK &&
	       ret_prefix->family == family;
}

static void
add_word(Buf *words, const char *sign, Str word)
{
	buf_printf(words, "%s%s" STR_FMT, words->len > 0 ? ", " : "", sign, STR_ARG(word));
}

/* "+2 /24, +1 IPv6 /48": the widest first. */
static void
add_networks(Buf *words, const char *sign, const StrVec *items)
{
	unsigned counts[2][129] = {{0}}, family, len;
	NetPrefix prefix;
	size_t i;

	for (i = 0; i < items->len; i++) {
		if (is_network(items->items[i], &prefix))
			counts[prefix.family][prefix.len]++;
	}
	for (family = NET_IP4; family <= NET_IP6; family++) {
		for (len = 0; len <= 128; len++) {
			if (counts[family][len] > 0)
				add_word(words, sign,
					str_format(words->arena, "%u %s/%u", counts[family][len],
						family == NET_IP6 ? "IPv6 " : "", len));
		}
	}
}

/* What is no network stands there by itself: mostly an include or a host. */
static void
add_others(Buf *words, const char *sign, const StrVec *items)
{
	size_t named = 0, left = 0, i;
	NetPrefix prefix;

	for (i = 0; i < items->len; i++) {
		if (is_network(items->items[i], &prefix))
			continue;
		if (named++ < NAMED_MAX)
			add_word(words, sign, items->items[i]);
		else
			left++;
	}
	if (left > 0)
		add_word(words, sign, str_format(words->arena, "%zu more", left));
}

/* What the terms of the record itself let in, without where its includes lead. */
static NetSet
networks_of(Arena *arena, const Json *answer, DnsType type)
{
	NetSet set = {0};
	NetPrefix prefix;
	StrVec items;
	size_t i;

	collect_items(arena, answer, type, &items);
	for (i = 0; i < items.len; i++) {
		if (is_network(items.items[i], &prefix))
			net_set_add(arena, &set, prefix);
	}
	net_set_normalise(&set);
	return set;
}

/* The balance; as many more as fewer are others in their place. */
static void
add_count(Buf *words, const char *family, NetBits more, NetBits fewer)
{
	NetBits number = more > fewer ? more - fewer : fewer - more;

	if (more == 0 && fewer == 0)
		return;
	buf_printf(words, "; " STR_FMT " %saddress%s ",
		STR_ARG(net_bits_grouped(words->arena, number > 0 ? number : more)), family,
		(number > 0 ? number : more) == 1 ? "" : "es");
	buf_lit(words, number == 0 ? "replaced" : more > fewer ? "more" : "fewer");
}

static void
add_addresses(Arena *arena, Buf *words, const DnsChange *change)
{
	NetSet before = networks_of(arena, change->before, change->question.type);
	NetSet after = networks_of(arena, change->after, change->question.type);
	NetSet more = net_set_subtract(arena, &after, &before);
	NetSet fewer = net_set_subtract(arena, &before, &after);

	if (net_set_is_empty(&before) && net_set_is_empty(&after))
		return;
	if (net_set_equal(&before, &after)) {
		buf_lit(words, "; the same addresses");
		return;
	}
	add_count(words, "", net_set_count4(&more), net_set_count4(&fewer));
	add_count(words, "IPv6 ", net_set_count6(&more), net_set_count6(&fewer));
}

static Str
status_of(const Json *answer)
{
	return json_get_text(answer, STR("status"));
}

Str
cli_lock_words(Arena *arena, const DnsChange *change)
{
	Buf words = buf_make(arena);
	LockItems items;

	if (change->before == NULL || change->after == NULL)
		return change->after == NULL ? STR("not needed any more") : STR("new");
	cli_lock_items(arena, change, &items);
	add_networks(&words, "+", &items.added);
	add_networks(&words, MINUS, &items.removed);
	add_others(&words, "+", &items.added);
	add_others(&words, MINUS, &items.removed);
	if (!str_equal(status_of(change->before), status_of(change->after)))
		buf_printf(&words, "%s" STR_FMT " before, " STR_FMT " now",
			words.len > 0 ? "; " : "", STR_ARG(status_of(change->before)),
			STR_ARG(status_of(change->after)));
	else if (words.len == 0)
		buf_lit(&words, "the same, in another order or cut otherwise");
	add_addresses(arena, &words, change);
	return buf_text(&words);
}

/* Here both sides are told, and no balance: these are addresses that may send. */
static void
add_effect(Buf *words, const char *family, NetBits count, const char *what)
{
	if (count > 0)
		buf_printf(words, "%s" STR_FMT " %s address%s %s", words->len > 0 ? ", " : "",
			STR_ARG(net_bits_grouped(words->arena, count)), family,
			count == 1 ? "" : "es", what);
}

Str
cli_lock_effect_words(Arena *arena, const LockEffect *effect)
{
	Buf words = buf_make(arena);

	add_effect(&words, "IPv4", net_set_count4(&effect->more), "more");
	add_effect(&words, "IPv4", net_set_count4(&effect->fewer), "fewer");
	add_effect(&words, "IPv6", net_set_count6(&effect->more), "more");
	add_effect(&words, "IPv6", net_set_count6(&effect->fewer), "fewer");
	return buf_text(&words);
}
