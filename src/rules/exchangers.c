/* Where mail for the domains arrives, by the MX records that the lock has. */
#include "rules/spf_int.h"

/* RFC 7505: one MX record for the root says that the name takes no mail. */
static bool
is_null(const DnsAnswer *answer)
{
	return answer->status == DNS_OK && answer->exchanges.len == 1 &&
	       answer->exchanges.items[0].host.len == 0;
}

static bool
is_empty(const DnsAnswer *answer)
{
	return answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN;
}

/* "10 `mail.contoso.com`, 20 `mx.example.net`" */
static Str
exchanges_text(const RuleFacts *facts, const DnsExchangeVec *exchanges)
{
	Buf text = buf_make(facts->arena);
	size_t i;

	for (i = 0; i < exchanges->len; i++)
		buf_printf(&text, "%s%u `" STR_FMT "`", i > 0 ? ", " : "",
			(unsigned)exchanges->items[i].preference,
			STR_ARG(rules_octets_text(facts, exchanges->items[i].host)));
	return buf_text(&text);
}

/* --- CP428 ------------------------------------------------------------------------------------ */

static bool
expects_exchange(const ModelDomain *domain)
{
	return domain->inbound.state != FIELD_SET || STR_EQ(domain->inbound.text, "exchange");
}

static Diag *
report_differs(const RuleFacts *facts, const ModelDomain *domain, Str why, DiagSink *sink)
{
	bool stated = domain->inbound.state == FIELD_SET;
	Diag *diag = diag_report(sink, DIAG_MX_DIFFERS,
		stated ? domain->inbound.span : domain->head.name_span,
		"the MX record of `" STR_FMT "` and `inbound: " STR_FMT "`%s disagree: " STR_FMT,
		STR_ARG(domain->head.name),
		STR_ARG(stated ? domain->inbound.text : STR("exchange")),
		stated ? "" : ", the default,", STR_ARG(why));

	diag_path(diag, rules_path(facts, MODEL_KIND_DOMAIN, domain->head.name,
				stated ? "inbound" : NULL, (Str){0}));
	diag_help(sink, diag,
		"state as `inbound` where the MX record points, or correct the record and refresh "
		"the lock: which connectors must take Internet mail follows from it");
	return diag;
}

/* Every host counts: senders may turn to any of them. */
static void
check_exchanges(const RuleFacts *facts, const ModelDomain *domain, const DnsExchangeVec *exchanges,
	DiagSink *sink)
{
	const DnsExchange *first = NULL;
	size_t wrong = 0, i;
	Diag *diag;

	for (i = 0; i < exchanges->len; i++) {
		if (rules_is_mx_host(facts->model, exchanges->items[i].host) ==
			expects_exchange(domain))
			continue;
		if (wrong++ == 0)
			first = &exchanges->items[i];
	}
	if (first == NULL)
		return;
	diag = report_differs(facts, domain,
		str_format(facts->arena, "`" STR_FMT "`" STR_FMT " %s Exchange Online",
			STR_ARG(rules_octets_text(facts, first->host)),
			STR_ARG(rules_more(facts, wrong - 1)),
			expects_exchange(domain) ? (wrong > 1 ? "are not" : "is not")
						 : (wrong > 1 ? "are" : "is")),
		sink);
	diag_note(
		sink, diag, "MX in the lock: " STR_FMT, STR_ARG(exchanges_text(facts, exchanges)));
}

/* RFC 5321 section 5.1: without MX the name's own address takes mail. */
static void
check_no_exchange(const RuleFacts *facts, const ModelDomain *domain, DiagSink *sink)
{
	bool own = state_answer(facts->state, domain->head.name, DNS_A)->status == DNS_OK ||
		   state_answer(facts->state, domain->head.name, DNS_AAAA)->status == DNS_OK;

	if (own && expects_exchange(domain))
		report_differs(facts, domain,
			STR("there is none, so that mail goes to the address of the name itself"),
			sink);
	else if (!own && domain->inbound.state == FIELD_SET)
		report_differs(
			facts, domain, STR("there is none, and nothing takes its mail"), sink);
}

static void
check_inbound(const RuleFacts *facts, const ModelDomain *domain, DiagSink *sink)
{
	const DnsAnswer *answer = state_answer(facts->state, domain->head.name, DNS_MX);

	if (domain->head.state == FIELD_BAD || domain->inbound.state == FIELD_BAD ||
		domain->accepted.state == FIELD_BAD)
		return;
	if (domain->inbound.state != FIELD_SET &&
		!model_domain_is_accepted(facts->model, domain->head.name))
		return;
	if (is_null(answer) && domain->inbound.state == FIELD_SET)
		report_differs(facts, domain, STR("it says that the domain takes no mail"), sink);
	else if (answer->status == DNS_OK && !is_null(answer))
		check_exchanges(facts, domain, &answer->exchanges, sink);
	else if (is_empty(answer))
		check_no_exchange(facts, domain, sink);
}

/* --- CP429 ------------------------------------------------------------------------------------ */

/* Names that were looked at, each once: at the domain, else where a host first says it. */
typedef struct Senders {
	const RuleFacts *facts;
	DiagSink *sink;
	Map seen;
} Senders;

/* Why nothing can be returned to the name; NULL: it can, or nobody knows. */
static const char *
dead_end(const State *state, Str name)
{
	const DnsAnswer *answer = state_answer(state, name, DNS_MX);

	if (is_null(answer))
		return "its MX record says that it takes no mail";
	if (!is_empty(answer) || !is_empty(state_answer(state, name, DNS_A)) ||
		!is_empty(state_answer(state, name, DNS_AAAA)))
		return NULL;
	return answer->status == DNS_NXDOMAIN ? "the name does not exist"
					      : "it has neither MX nor A nor AAAA records";
}

static void
check_sender(Senders *senders, Str name, Span span, Str path)
{
	const char *why;
	Diag *diag;

	if (map_add(senders->facts->scratch, &senders->seen, name, 0) != MAP_NONE)
		return;
	why = dead_end(senders->facts->state, name);
	if (why == NULL)
		return;
	diag = diag_report(senders->sink, DIAG_SENDER_WITHOUT_MX, span,
		"mail is sent as `" STR_FMT "`, but nothing takes what is returned to it: %s",
		STR_ARG(name), why);
	diag_path(diag, path);
	diag_help(senders->sink, diag,
		"give the domain an MX record, or send as a domain that has one: many receivers "
		"refuse a sender that cannot be answered, and bounces are lost");
}

static void
check_host_senders(Senders *senders, const ModelRelayHost *host)
{
	const RuleFacts *facts = senders->facts;
	Str mailbox = host->mailbox.text, name;
	size_t at = str_find_char(mailbox, '@', 0);
	uint32_t i;

	for (i = 0; i < host->sends_as.len; i++) {
		const FieldItem *item = &host->sends_as.items[i];

		check_sender(senders, item->text, item->span,
			rules_path(facts, MODEL_KIND_HOST, host->head.name, "sends_as",
				rules_is_list(host->sends_as.span, item->span) ? item->text
									       : (Str){0}));
	}
	if (host->sends_as.state == FIELD_ABSENT && at < mailbox.len &&
		net_name_parse(facts->scratch, str_slice(mailbox, at + 1, mailbox.len),
			NET_NAME_HOST, &name) == NET_NAME_OK)
		check_sender(senders, name, host->mailbox.span,
			rules_path(facts, MODEL_KIND_HOST, host->head.name, "mailbox", (Str){0}));
}

void
check_mail_exchangers(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	Senders senders = {.facts = facts, .sink = sink};
	uint32_t i;

	if (!state_has_lock(facts->state))
		return;
	for (i = 0; i < model->domains_len; i++) {
		const ModelDomain *domain = &model->domains[i];

		check_inbound(facts, domain, sink);
		if (domain->head.state != FIELD_BAD && rules_is_accepted_sender(domain))
			check_sender(&senders, domain->head.name, domain->head.name_span,
				rules_path(facts, MODEL_KIND_DOMAIN, domain->head.name, NULL,
					(Str){0}));
	}
	for (i = 0; i < model->hosts_len && !diag_is_full(sink); i++)
		check_host_senders(&senders, &model->hosts[i]);
}
