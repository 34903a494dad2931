/* Hosts that sign in: whether they may, how, and whom such mail reaches. */
#include "rules/rules_int.h"

static Str
host_path(const RuleFacts *facts, uint32_t host, const char *key)
{
	return rules_path(
		facts, MODEL_KIND_HOST, facts->model->hosts[host].head.name, key, (Str){0});
}

/* --- CP607 ------------------------------------------------------------------------------------ */

/* Microsoft Learn, manage high volume emails for Microsoft 365: internal recipients alone. */
static void
check_hve(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	Diag *diag;

	if (facts->model->host_infos[host].recipients == MODEL_RECIPIENTS_INTERNAL)
		return;
	diag = diag_report(sink, DIAG_HVE_EXTERNAL, object->recipients.span,
		"mail of `" STR_FMT
		"` to outside recipients is not delivered: High Volume Email reaches the tenant's "
		"own people alone",
		STR_ARG(object->head.name));
	diag_path(diag, host_path(facts, host, "recipients"));
	diag_label(sink, diag, "not by `method: hve`");
	diag_help(sink, diag,
		"say `recipients: internal` if it writes to the tenant's own people alone; else "
		"send "
		"the rest as a host of its own, by `connector` or `submission`");
}

/* --- CP608 ------------------------------------------------------------------------------------ */

static bool
is_disabled(const FieldChoice *choice)
{
	return choice->state == FIELD_SET && choice->value == MODEL_DISABLED;
}

/* Microsoft Learn, SMTP AUTH client submission: the mailbox's setting overrides the tenant's. */
static void
check_smtp_auth(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	const FieldChoice *tenant = &facts->model->spec->tenant.smtp_auth;
	bool own = is_disabled(&object->mailbox_smtp_auth);
	Diag *diag;

	if (object->mailbox_smtp_auth.state != FIELD_ABSENT ? !own : !is_disabled(tenant))
		return;
	diag = diag_report(sink, DIAG_SMTP_AUTH_OFF,
		own ? object->mailbox_smtp_auth.span : object->head.name_span,
		"`" STR_FMT "` cannot sign in: SMTP AUTH is disabled for %s",
		STR_ARG(object->head.name),
		own ? "its mailbox" : "the tenant, and nothing says that its mailbox is excepted");
	diag_path(diag, host_path(facts, host, own ? "mailbox_smtp_auth" : NULL));
	diag_label(sink, diag, "refused with 535 5.7.139");
	if (!own)
		diag_related(sink, diag, tenant->span, "disabled here");
	diag_help(sink, diag,
		"enable it for this mailbox alone (`Set-CASMailbox MAILBOX "
		"-SmtpClientAuthenticationDisabled $false`) and say `mailbox_smtp_auth: enabled`, "
		"or relay through a connector");
}

/* --- CP609 ------------------------------------------------------------------------------------ */

static bool
is_initial_domain(Str domain)
{
	return str_ends(domain, STR(".onmicrosoft.com"));
}

/* Exchange team, limiting onmicrosoft domain usage, 2025-08: 100 outside recipients a day. */
static void
report_onmicrosoft(
	const RuleFacts *facts, uint32_t host, const FieldItem *sender, Str path, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	Diag *diag = diag_report(sink, DIAG_ONMICROSOFT_SENDER, sender->span,
		"`" STR_FMT "` writes to outside recipients as `" STR_FMT
		"`: Exchange Online takes 100 of them a day for the whole tenant",
		STR_ARG(object->head.name), STR_ARG(sender->text));

	diag_path(diag, path);
	diag_label(sink, diag, "past the limit refused with 550 5.7.236");
	diag_help(sink, diag,
		"send as a domain of your own; if it writes to the tenant's own people alone, say "
		"`recipients: internal`");
}

/* Who signs in and says nothing else sends as the mailbox's domain. */
static void
check_mailbox_sender(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const FieldText *mailbox = &facts->model->hosts[host].mailbox;
	Str text = str_lower(facts->arena, mailbox->text);
	size_t at = str_find_char(text, '@', 0);
	FieldItem sender = {.span = mailbox->span};

	if (at >= text.len)
		return;
	sender.text = str_slice(text, at + 1, text.len);
	if (is_initial_domain(sender.text))
		report_onmicrosoft(facts, host, &sender, host_path(facts, host, "mailbox"), sink);
}

static void
check_senders(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const FieldItems *sends_as = &facts->model->hosts[host].sends_as;
	uint32_t i;

	for (i = 0; i < sends_as->len; i++) {
		const FieldItem *sender = &sends_as->items[i];
		Str name = facts->model->hosts[host].head.name, value = {0};

		/* What the tenant does not accept is refused outright: CP413. */
		if (!is_initial_domain(sender->text) ||
			!model_domain_is_accepted(facts->model, sender->text))
			continue;
		if (rules_is_list(sends_as->span, sender->span))
			value = sender->text;
		report_onmicrosoft(facts, host, sender,
			rules_path(facts, MODEL_KIND_HOST, name, "sends_as", value), sink);
	}
}

/* Only what leaves through Exchange Online counts. */
static void
check_onmicrosoft(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const ModelHostInfo *info = &facts->model->host_infos[host];

	if (info->recipients == MODEL_RECIPIENTS_INTERNAL ||
		facts->model->hosts[host].recipients.state == FIELD_BAD)
		return;
	if (info->method == MODEL_METHOD_SUBMISSION &&
		facts->model->hosts[host].sends_as.state == FIELD_ABSENT)
		check_mailbox_sender(facts, host, sink);
	else if (info->method == MODEL_METHOD_SUBMISSION || info->method == MODEL_METHOD_CONNECTOR)
		check_senders(facts, host, sink);
}

void
check_submission(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++) {
		switch (model->host_infos[i].method) {
		case MODEL_METHOD_HVE: check_hve(facts, i, sink); break;
		case MODEL_METHOD_SUBMISSION: check_smtp_auth(facts, i, sink); break;
		case MODEL_METHOD_CONNECTOR:
		case MODEL_METHOD_DIRECT_SEND:
		case MODEL_METHOD_INTERNET: break;
		}
		check_onmicrosoft(facts, i, sink);
	}
}
