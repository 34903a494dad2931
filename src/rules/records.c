/* The records of DNS beside SPF: DMARC, DKIM and reverse names. */
#include "rules/rules_int.h"

static Str
domain_path(const RuleFacts *facts, const ModelDomain *domain, const char *key, Str value)
{
	return rules_path(facts, MODEL_KIND_DOMAIN, domain->head.name, key, value);
}

/* --- CP006 for DMARC and DKIM ----------------------------------------------------------------- */

static void
check_report_addresses(const RuleFacts *facts, const ModelDomain *domain, DiagSink *sink)
{
	const FieldItems *rua = &domain->dmarc.rua;
	uint32_t i;

	for (i = 0; i < rua->len; i++) {
		const FieldItem *item = &rua->items[i];
		const char *problem = state_report_uri_problem(facts->scratch, item->text);
		Diag *diag;

		if (problem == NULL)
			continue;
		diag = diag_report(sink, DIAG_BAD_VALUE, item->span,
			"`" STR_FMT "` is no address for DMARC reports: %s", STR_ARG(item->text),
			problem);
		diag_path(diag,
			domain_path(facts, domain, "dmarc/rua",
				rules_is_list(rua->span, item->span) ? item->text : (Str){0}));
		diag_help(sink, diag, "write it as `mailto:dmarc@contoso.com`");
	}
}

static void
report_dkim(const RuleFacts *facts, const ModelDomain *domain, const FieldPair *pair,
	NetNameError error, bool target, DiagSink *sink)
{
	Str text = target ? pair->text : pair->key;
	Diag *diag = diag_report(sink, DIAG_BAD_VALUE, target ? pair->span : pair->key_span,
		"`" STR_FMT "` is no %s: %s", STR_ARG(text),
		target ? "target of a DKIM record" : "DKIM selector", net_name_reason(error));

	diag_path(diag, domain_path(facts, domain, "dkim", pair->key));
	diag_help(sink, diag, "%s",
		target ? "copy the name that `Get-DkimSigningConfig` prints as "
			 "`Selector1CNAME`, `Selector2CNAME`"
		       : "write the selector alone, such as `selector1`: `._domainkey` and the "
			 "domain are added");
}

static void
check_selectors(const RuleFacts *facts, const ModelDomain *domain, DiagSink *sink)
{
	uint32_t i;

	for (i = 0; i < domain->dkim.len; i++) {
		const FieldPair *pair = &domain->dkim.items[i];
		Str name;
		NetNameError error =
			state_dkim_name(facts->scratch, domain->head.name, pair->key, &name);

		if (error != NET_NAME_OK) {
			report_dkim(facts, domain, pair, error, false, sink);
			continue;
		}
		error = net_name_parse(facts->scratch, pair->text, NET_NAME_DNS, &name);
		if (error != NET_NAME_OK)
			report_dkim(facts, domain, pair, error, true, sink);
	}
}

/* --- CP501 CP505 CP507 ------------------------------------------------------------------------ */

bool
rules_is_accepted_sender(const ModelDomain *domain)
{
	return domain->accepted.state != FIELD_BAD && domain->sends.state != FIELD_BAD &&
	       !(domain->accepted.state == FIELD_SET &&
		       domain->accepted.value == MODEL_NOT_ACCEPTED) &&
	       !(domain->sends.state == FIELD_SET && domain->sends.value == MODEL_SENDS_NEVER);
}

/* RFC 7489 section 6.6.3: without a record of its own, that of the organisational domain counts. */
static bool
has_policy(const Model *model, Str name)
{
	for (;;) {
		const ModelDomain *domain = model_find_domain(model, name);
		size_t dot = str_find_char(name, '.', 0);

		if (domain != NULL && domain->dmarc.head.state != FIELD_ABSENT)
			return true;
		if (dot == name.len)
			return false;
		name = str_slice(name, dot + 1, name.len);
	}
}

static Diag *
report_missing(const RuleFacts *facts, DiagCode code, const ModelDomain *domain, const char *what,
	DiagSink *sink)
{
	Diag *diag = diag_report(sink, code, domain->head.name_span,
		"mail is sent as `" STR_FMT "`, and the spec states no %s",
		STR_ARG(domain->head.name), what);

	diag_path(diag, domain_path(facts, domain, NULL, (Str){0}));
	return diag;
}

static void
report_no_dmarc(const RuleFacts *facts, const ModelDomain *domain, DiagSink *sink)
{
	Diag *diag = report_missing(facts, DIAG_NO_DMARC, domain, "DMARC policy for it", sink);

	diag_label(sink, diag, "no `dmarc`");
	diag_help(sink, diag,
		"add `dmarc: { policy: none, rua: [mailto:…] }` to begin with, or state the record "
		"as it is published");
}

/* Microsoft signs the initial domain itself; all others need keys of their own. */
static void
report_no_dkim(const RuleFacts *facts, const ModelDomain *domain, DiagSink *sink)
{
	Diag *diag = report_missing(facts, DIAG_NO_DKIM, domain, "DKIM keys of its own", sink);

	diag_label(sink, diag, "no `dkim`");
	diag_help(sink, diag,
		"turn DKIM on for the domain, and state the CNAME targets that "
		"`Get-DkimSigningConfig -Identity " STR_FMT "` prints",
		STR_ARG(domain->head.name));
}

static void
report_none(const RuleFacts *facts, const ModelDomain *domain, DiagSink *sink)
{
	const FieldChoice *policy = &domain->dmarc.policy;
	Diag *diag = diag_report(sink, DIAG_DMARC_NONE, policy->span,
		"the DMARC policy of `" STR_FMT
		"` asks receivers for nothing: whoever pretends to be it is delivered",
		STR_ARG(domain->head.name));

	diag_path(diag, domain_path(facts, domain, "dmarc/policy", (Str){0}));
	diag_label(sink, diag, "reports alone");
	diag_help(sink, diag,
		"once the reports show that all senders of yours pass, say `quarantine`, then "
		"`reject`; until then waive this with a date");
}

void
check_domain_records(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	uint32_t i;

	for (i = 0; i < model->domains_len; i++) {
		const ModelDomain *domain = &model->domains[i];
		const FieldChoice *policy = &domain->dmarc.policy;

		if (domain->head.state != FIELD_SET && domain->head.state != FIELD_NULL)
			continue;
		check_report_addresses(facts, domain, sink);
		check_selectors(facts, domain, sink);
		if (policy->state == FIELD_SET && policy->value == MODEL_DMARC_NONE)
			report_none(facts, domain, sink);
		if (!rules_is_accepted_sender(domain))
			continue;
		if (!has_policy(model, domain->head.name))
			report_no_dmarc(facts, domain, sink);
		if (domain->dkim.state == FIELD_ABSENT &&
			!str_ends(domain->head.name, STR(".onmicrosoft.com")))
			report_no_dkim(facts, domain, sink);
	}
}
