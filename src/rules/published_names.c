/*
 * The reverse names of our sending addresses as the DNS gives them: whether they lead back, are the
 * ones that the spec states, and are more than the address in other words.
 */
#include "rules/reverse_int.h"
#include "rules/spf_int.h"

/* As many addresses of one prefix as `connplan lock` asks for. */
#define ADDRESSES_MAX 256

/* What is wrong with the name of one address; the first that holds. */
typedef enum Fault {
	FAULT_MISSING, /* the spec states a name, and the DNS has none */
	FAULT_OTHER,   /* the DNS has another */
	FAULT_FORWARD, /* the name does not lead back */
	FAULT_GENERIC,
	FAULT_NONE,
} Fault;

/* An egress object, or a host that is its own. */
typedef struct End {
	const FieldObject *head;
	const FieldPrefixes *addresses;
	const FieldPairs *ptr; /* NULL: a host states none */
	ModelKind kind;
	uint32_t route; /* or STATE_NONE */
} End;

/* Of one fault: the first address, its name, and how many there are. */
typedef struct Found {
	NetPrefix address;
	Str name, stated;
	size_t len;
} Found;

static Str
stated_name(const End *end, NetPrefix address)
{
	uint32_t i;

	for (i = 0; end->ptr != NULL && i < end->ptr->len; i++) {
		const FieldPair *pair = &end->ptr->items[i];
		NetPrefix key;

		if (pair->key.ptr == NULL)
			return pair->text;
		if (net_prefix_parse(pair->key, &key) == NET_ADDRESS_OK &&
			net_prefix_contains(key, address))
			return pair->text;
	}
	return (Str){0};
}

/* Whether the name has the address; where that is not known, it has. */
static bool
leads_back(const RuleFacts *facts, Str name, NetPrefix address)
{
	const DnsAnswer *answer = state_answer(facts->state, dns_name_form(facts->scratch, name),
		address.family == NET_IP4 ? DNS_A : DNS_AAAA);
	size_t i;

	if (answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN)
		return false;
	for (i = 0; answer->status == DNS_OK && i < answer->addresses.len; i++) {
		if (net_prefix_contains(answer->addresses.items[i], address))
			return true;
	}
	return answer->status != DNS_OK;
}

static bool
is_among(const StrVec *names, Str name)
{
	size_t i;

	for (i = 0; i < names->len; i++) {
		if (str_equal_nocase(names->items[i], name))
			return true;
	}
	return false;
}

/* One name of several that leads back, or is more than the address, is enough. */
static Fault
judge_names(const RuleFacts *facts, const StrVec *names, NetPrefix address)
{
	Fault fault = FAULT_FORWARD;
	size_t i;

	for (i = 0; i < names->len; i++) {
		if (!leads_back(facts, names->items[i], address))
			continue;
		if (!rules_name_is_generic(facts->scratch, names->items[i], address))
			return FAULT_NONE;
		fault = FAULT_GENERIC;
	}
	return fault;
}

static Fault
judge(const RuleFacts *facts, NetPrefix address, Str stated, Str *ret_name)
{
	const DnsAnswer *answer =
		state_answer(facts->state, net_reverse_name(facts->scratch, address), DNS_PTR);

	*ret_name = stated;
	if (answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN)
		return stated.ptr == NULL ? FAULT_NONE : FAULT_MISSING;
	if (answer->status != DNS_OK)
		return stated.ptr == NULL || leads_back(facts, stated, address) ? FAULT_NONE
										: FAULT_FORWARD;
	if (stated.ptr != NULL && is_among(&answer->names, stated))
		return judge_names(facts, &(StrVec){.items = &stated, .len = 1}, address);
	*ret_name = answer->names.items[0];
	return stated.ptr != NULL ? FAULT_OTHER : judge_names(facts, &answer->names, address);
}

/* --- reports ---------------------------------------------------------------------------------- */

static Str
clause_of(const RuleFacts *facts, Fault fault, const Found *found)
{
	Str name = rules_octets_text(facts, found->name);

	switch (fault) {
	case FAULT_MISSING:
		return str_format(facts->arena, "the spec states `" STR_FMT "`, the DNS has none",
			STR_ARG(name));
	case FAULT_OTHER:
		return str_format(facts->arena,
			"it is `" STR_FMT "`, the spec states `" STR_FMT "`", STR_ARG(name),
			STR_ARG(found->stated));
	case FAULT_FORWARD:
		return str_format(
			facts->arena, "`" STR_FMT "` does not lead back to it", STR_ARG(name));
	case FAULT_GENERIC:
		return str_format(facts->arena,
			"`" STR_FMT "` is a provider's general name, not that of a mail server",
			STR_ARG(name));
	case FAULT_NONE: break;
	}
	return (Str){0};
}

static const char *
help_of(Fault fault)
{
	switch (fault) {
	case FAULT_MISSING:
		return "ask for the records of `dns/ptr.zone`, usually the provider, then refresh "
		       "the lock";
	case FAULT_OTHER:
		return "ask for the records of `dns/ptr.zone`, or state the name that is published";
	case FAULT_FORWARD:
		return "publish an A or AAAA record of that name with the address: receivers look "
		       "the name up and compare";
	case FAULT_GENERIC:
		return "ask the provider for the name of your mail server instead, and state it "
		       "as `ptr`";
	case FAULT_NONE: break;
	}
	return "";
}

static void
report_fault(
	const RuleFacts *facts, const End *end, Fault fault, const Found *found, DiagSink *sink)
{
	bool stated = end->ptr != NULL && end->ptr->state == FIELD_SET;
	Diag *diag = diag_report(sink, DIAG_PTR_MISMATCH,
		stated ? end->ptr->span : end->head->name_span,
		"the reverse name of `" STR_FMT "`" STR_FMT " of %s `" STR_FMT "`: " STR_FMT,
		STR_ARG(rules_prefix_text(facts, found->address)),
		STR_ARG(rules_more(facts, found->len - 1)), rules_noun(end->kind),
		STR_ARG(end->head->name), STR_ARG(clause_of(facts, fault, found)));

	diag_path(diag,
		rules_path(facts, end->kind, end->head->name, stated ? "ptr" : NULL, (Str){0}));
	if (end->route != STATE_NONE)
		diag_note(sink, diag, "route: " STR_FMT,
			STR_ARG(model_route_text(facts->scratch, facts->model,
				&facts->model->routes.items[end->route])));
	diag_help(sink, diag, "%s", help_of(fault));
}

/* --- all addresses ---------------------------------------------------------------------------- */

static void
judge_prefix(const RuleFacts *facts, const End *end, NetPrefix prefix, Found found[FAULT_NONE])
{
	unsigned bits = net_family_bits((NetFamily)prefix.family);
	NetPrefixVec single = {0};
	size_t i;

	if (net_split_count(prefix, bits) > ADDRESSES_MAX)
		return;
	net_split(facts->scratch, prefix, bits, &single);
	for (i = 0; i < single.len; i++) {
		Str stated = stated_name(end, single.items[i]), name;
		Fault fault = judge(facts, single.items[i], stated, &name);

		if (fault != FAULT_NONE && found[fault].len++ == 0)
			found[fault] = (Found){single.items[i], name, stated, 1};
	}
}

static void
check_end(const RuleFacts *facts, const End *end, DiagSink *sink)
{
	ArenaMark mark = arena_mark(facts->scratch);
	Found found[FAULT_NONE] = {0};
	Fault fault;
	uint32_t i;

	for (i = 0; i < end->addresses->len; i++)
		judge_prefix(
			facts, end, net_prefix_network(end->addresses->items[i].prefix), found);
	for (fault = FAULT_MISSING; fault < FAULT_NONE; fault++) {
		if (found[fault].len > 0)
			report_fault(facts, end, fault, &found[fault], sink);
	}
	arena_reset(facts->scratch, mark);
}

static bool
is_ours(const RuleFacts *facts, uint32_t index)
{
	const ModelEgress *egress = &facts->model->egress[index];

	return egress->head.state == FIELD_SET && egress->ptr.state != FIELD_BAD &&
	       egress->shared.state != FIELD_BAD && !model_egress_is_shared(facts->model, index) &&
	       !rules_is_on(&egress->dynamic) &&
	       !rules_class_fails(facts, facts->egress[index].worst);
}

/* RFC 1912 section 2.1: what a PTR record names has an A record that leads back. */
void
check_published_names(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	RuleLeaving leaving;
	uint32_t i;

	if (!state_has_lock(facts->state))
		return;
	leaving = rules_find_leaving(facts);
	for (i = 0; i < model->egress_len && !diag_is_full(sink); i++) {
		const ModelEgress *egress = &model->egress[i];

		if ((leaving.egress[i] != STATE_NONE || leaving.outbound[i]) && is_ours(facts, i))
			check_end(facts,
				&(End){&egress->head, &egress->addresses, &egress->ptr,
					MODEL_KIND_EGRESS, leaving.egress[i]},
				sink);
	}
	for (i = 0; i < model->hosts_len && !diag_is_full(sink); i++) {
		const ModelRelayHost *host = &model->hosts[i];

		if (leaving.hosts[i] != STATE_NONE && !model->host_infos[i].broken &&
			!rules_class_fails(facts, facts->hosts[i].worst))
			check_end(facts,
				&(End){&host->head, model_host_addresses(host), NULL,
					MODEL_KIND_HOST, leaving.hosts[i]},
				sink);
	}
}
