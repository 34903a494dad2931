/* The records of a domain beside SPF: DMARC (RFC 7489 section 6.3) and DKIM (RFC 6376 section 3.6).
 */
#include "state/state_int.h"

#define TTL 3600

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

typedef VEC(StateRecord) Records;

static bool
has_dmarc(const ModelDmarc *dmarc)
{
	return dmarc->head.state == FIELD_SET && dmarc->policy.state == FIELD_SET;
}

static void
add_dmarc(Arena *arena, const ModelDomain *domain, Records *records)
{
	const ModelDmarc *dmarc = &domain->dmarc;
	StateRecord *record = VEC_ADD(arena, records);
	Buf value = buf_make(arena);
	uint32_t i;

	buf_printf(&value, "v=DMARC1; p=%s", model_dmarc_policy_choices.texts[dmarc->policy.value]);
	for (i = 0; i < dmarc->rua.len; i++) {
		buf_lit(&value, i == 0 ? "; rua=" : ",");
		buf_str(&value, dmarc->rua.items[i].text);
	}
	*record = (StateRecord){.kind = STATE_RECORD_DMARC,
		.domain = domain->head.name,
		.name = str_format(arena, "_dmarc." STR_FMT, STR_ARG(domain->head.name)),
		.type = STR("TXT"),
		.ttl = TTL,
		.value = buf_text(&value)};
}

/* The targets are what the spec says: how Microsoft makes them from names has changed before. */
static void
add_dkim(Arena *arena, const ModelDomain *domain, const FieldPair *selector, Records *records)
{
	Str name, target;
	StateRecord *record;

	/* What is no name was reported, and nothing is written then. */
	if (state_dkim_name(arena, domain->head.name, selector->key, &name) != NET_NAME_OK ||
		net_name_parse(arena, selector->text, NET_NAME_DNS, &target) != NET_NAME_OK)
		return;
	record = VEC_ADD(arena, records);
	*record = (StateRecord){.kind = STATE_RECORD_DKIM,
		.domain = domain->head.name,
		.name = name,
		.type = STR("CNAME"),
		.ttl = TTL,
		.value = str_format(arena, STR_FMT ".", STR_ARG(target))};
}

static void
add_domain(Arena *arena, const ModelDomain *domain, Records *records)
{
	uint32_t i;

	if (domain->head.state != FIELD_SET)
		return;
	if (has_dmarc(&domain->dmarc))
		add_dmarc(arena, domain, records);
	for (i = 0; i < domain->dkim.len; i++)
		add_dkim(arena, domain, &domain->dkim.items[i], records);
}

/* The price of a domain is that of its final record, at its own name. Both are in the order of
 * domains. */
static void
take_spf(State *state, size_t index, size_t *price, Records *all)
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
	Records all = {0};
	size_t spf = 0, price = 0;
	uint32_t i;

	for (i = 0; i < model->domains_len; i++) {
		while (spf < state->records.len && str_compare(state->records.items[spf].domain,
							   model->domains[i].head.name) <= 0)
			take_spf(state, spf++, &price, &all);
		add_domain(model->arena, &model->domains[i], &all);
	}
	while (spf < state->records.len)
		take_spf(state, spf++, &price, &all);
	state->records.items = all.items;
	state->records.len = all.len;
	state->records.cap = all.cap;
}
