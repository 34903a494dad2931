/* The records of a domain beside SPF: DMARC (RFC 7489 section 6.3) and DKIM (RFC 6376 section 3.6).
 */
#include "state/state_int.h"

/* --- what may stand in them ------------------------------------------------------------------- */

/* `!10m` behind an address: how large a report may be. */
static Str
without_size(Str address)
{
	size_t at = str_find_char(address, '!', 0), digits = at + 1;

	while (digits < address.len && address.ptr[digits] >= '0' && address.ptr[digits] <= '9')
		digits++;
	if (digits == at + 1 || digits + 1 < address.len)
		return address;
	if (digits < address.len && str_find_char(STR("kmgt"), address.ptr[digits], 0) == 4)
		return address;
	return str_slice(address, 0, at);
}

const char *
state_report_uri_problem(Arena *arena, Str uri)
{
	Str scheme = STR("mailto:"), address, name;
	size_t i, at;

	for (i = 0; i < uri.len; i++) {
		if (uri.ptr[i] <= 0x20 || uri.ptr[i] > 0x7e)
			return "it holds a character that is not printable ASCII";
		if (uri.ptr[i] == ',' || uri.ptr[i] == ';')
			return "it holds `,` or `;`; each address is an item of its own";
	}
	if (uri.len < scheme.len || !str_equal_nocase(str_slice(uri, 0, scheme.len), scheme))
		return "it does not begin with `mailto:`";
	address = without_size(str_slice(uri, scheme.len, uri.len));
	at = str_find_char(address, '@', 0);
	if (at == 0 || at >= address.len)
		return "there is no mail address behind `mailto:`";
	if (str_find_char(address, '!', 0) < address.len)
		return "behind `!` stands no size, such as `!10m`";
	if (net_name_parse(arena, str_slice(address, at + 1, address.len), NET_NAME_HOST, &name) !=
		NET_NAME_OK)
		return "what stands behind `@` is not a domain name";
	return NULL;
}

NetNameError
state_dkim_name(Arena *arena, Str domain, Str selector, Str *ret_name)
{
	Str name = str_format(
		arena, STR_FMT "._domainkey." STR_FMT, STR_ARG(selector), STR_ARG(domain));

	return net_name_parse(arena, name, NET_NAME_DNS, ret_name);
}

/* --- records ---------------------------------------------------------------------------------- */

void
state_add_previous(
	const State *state, const StateRecord *wanted, const StrVec *texts, StateRecordVec *records)
{
	const DnsAnswer *alias = state_answer(state, wanted->name, DNS_CNAME);
	const DnsAnswer *answer = state_answer(state, wanted->name, DNS_TXT);
	StateRecord record = *wanted;
	Arena *arena = state->model->arena;
	size_t i;

	record.phase = STATE_PHASE_PREVIOUS;
	if (alias->status == DNS_OK)
		answer = alias;
	if (answer->has_ttl)
		record.ttl = answer->ttl;
	for (i = 0; alias->status != DNS_OK && i < texts->len; i++) {
		record.value = texts->items[i];
		VEC_PUSH(arena, records, record);
	}
	if (alias->status != DNS_OK || texts->len == 0)
		return;
	record.type = STR("CNAME");
	record.value = str_format(arena, STR_FMT ".", STR_ARG(alias->names.items[0]));
	VEC_PUSH(arena, records, record);
}

static bool
has_dmarc(const ModelDmarc *dmarc)
{
	return dmarc->head.state == FIELD_SET && dmarc->policy.state == FIELD_SET;
}

/* RFC 7489 section 6.6.3: a record that does not begin so is none of DMARC's. */
static bool
is_dmarc(Str text)
{
	return str_starts(text, STR("v=DMARC1"));
}

/* Puts what is published before what is to come, if that is something else. */
static void
add_with_previous(const State *state, StateRecord *record, StateRecordVec *records)
{
	const DnsAnswer *answer = state_answer(state, record->name, DNS_TXT);
	Arena *arena = state->model->arena;
	StrVec texts = {0};
	size_t i;

	for (i = 0; answer->status == DNS_OK && i < answer->texts.len; i++) {
		if (is_dmarc(answer->texts.items[i]))
			VEC_PUSH(arena, &texts, answer->texts.items[i]);
	}
	record->stands = texts.len == 1 && str_equal(texts.items[0], record->value);
	if (!record->stands)
		state_add_previous(state, record, &texts, records);
	VEC_PUSH(arena, records, *record);
}

static void
add_dmarc(const State *state, const ModelDomain *domain, StateRecordVec *records)
{
	const ModelDmarc *dmarc = &domain->dmarc;
	Arena *arena = state->model->arena;
	Buf value = buf_make(arena);
	StateRecord record;
	uint32_t i;

	buf_printf(&value, "v=DMARC1; p=%s", model_dmarc_policy_choices.texts[dmarc->policy.value]);
	for (i = 0; i < dmarc->rua.len; i++) {
		buf_lit(&value, i == 0 ? "; rua=" : ",");
		buf_str(&value, dmarc->rua.items[i].text);
	}
	record = (StateRecord){.kind = STATE_RECORD_DMARC,
		.phase = STATE_PHASE_FINAL,
		.domain = domain->head.name,
		.name = str_format(arena, "_dmarc." STR_FMT, STR_ARG(domain->head.name)),
		.type = STR("TXT"),
		.ttl = STATE_TTL,
		.value = buf_text(&value)};
	add_with_previous(state, &record, records);
}

/* A selector of ours is an alias; what else stands at its name leads elsewhere. */
static void
add_previous_alias(const State *state, StateRecord *wanted, StateRecordVec *records)
{
	const DnsAnswer *alias = state_answer(state, wanted->name, DNS_CNAME);
	Arena *arena = state->model->arena;
	StateRecord record = *wanted;

	if (alias->status != DNS_OK)
		return;
	record.phase = STATE_PHASE_PREVIOUS;
	record.value = str_format(arena, STR_FMT ".", STR_ARG(alias->names.items[0]));
	if (alias->has_ttl)
		record.ttl = alias->ttl;
	wanted->stands = str_equal_nocase(record.value, wanted->value);
	if (!wanted->stands)
		VEC_PUSH(arena, records, record);
}

/* The targets are what the spec says: how Microsoft makes them from names has changed before. */
static void
add_dkim(const State *state, const ModelDomain *domain, const FieldPair *selector,
	StateRecordVec *records)
{
	Arena *arena = state->model->arena;
	StateRecord record;
	Str name, target;

	/* What is no name was reported, and nothing is written then. */
	if (state_dkim_name(arena, domain->head.name, selector->key, &name) != NET_NAME_OK ||
		net_name_parse(arena, selector->text, NET_NAME_DNS, &target) != NET_NAME_OK)
		return;
	record = (StateRecord){.kind = STATE_RECORD_DKIM,
		.phase = STATE_PHASE_FINAL,
		.domain = domain->head.name,
		.name = name,
		.type = STR("CNAME"),
		.ttl = STATE_TTL,
		.value = str_format(arena, STR_FMT ".", STR_ARG(target))};
	add_previous_alias(state, &record, records);
	VEC_PUSH(arena, records, record);
}

static void
add_domain(const State *state, const ModelDomain *domain, StateRecordVec *records)
{
	uint32_t i;

	if (domain->head.state != FIELD_SET)
		return;
	if (has_dmarc(&domain->dmarc))
		add_dmarc(state, domain, records);
	for (i = 0; i < domain->dkim.len; i++)
		add_dkim(state, domain, &domain->dkim.items[i], records);
}

/* The price of a domain is that of its final record, at its own name. Both are in the order of
 * domains. */
static void
take_spf(State *state, size_t index, size_t *price, StateRecordVec *all)
{
	const StateRecord *record = &state->records.items[index];

	if (record->phase == STATE_PHASE_FINAL && str_equal(record->name, record->domain)) {
		while (!str_equal(state->prices.items[*price].domain, record->domain))
			(*price)++;
		state->prices.items[*price].record = (uint32_t)all->len;
	}
	VEC_PUSH(state->model->arena, all, *record);
}

/* SPF records stand there already, in the order of domains: each goes before the others of its
 * domain. */
void
state_add_mail_records(State *state)
{
	const Model *model = state->model;
	StateRecordVec all = {0};
	size_t spf = 0, price = 0;
	uint32_t i;

	for (i = 0; i < model->domains_len; i++) {
		while (spf < state->records.len && str_compare(state->records.items[spf].domain,
							   model->domains[i].head.name) <= 0)
			take_spf(state, spf++, &price, &all);
		add_domain(state, &model->domains[i], &all);
	}
	while (spf < state->records.len)
		take_spf(state, spf++, &price, &all);
	state->records.items = all.items;
	state->records.len = all.len;
	state->records.cap = all.cap;
}
