/* Hosts that sign in with a password, while basic authentication is on its way out. */
#include "rules/rules_int.h"

static Str
end_text(const RuleFacts *facts, const NetRetirement *row)
{
	return str_format(facts->arena,
		row->meaning == NET_RETIREMENT_REMOVED ? "removed on " STR_FMT
						       : "off by default from " STR_FMT " on",
		STR_ARG(row->date));
}

/* "off by default from 2026-12-31 on and removed on 2028-09-30" */
static Str
ends_text(const RuleFacts *facts, const NetRetirement *rows, size_t len)
{
	Buf text = buf_make(facts->arena);
	size_t i;

	for (i = 0; i < len; i++) {
		buf_lit(&text, i > 0 ? " and " : "");
		buf_str(&text, end_text(facts, &rows[i]));
	}
	return buf_text(&text);
}

/* Who says so, and how sure that is. */
static void
note_evidence(DiagSink *sink, Diag *diag, const NetRetirement *rows, size_t len)
{
	bool removal = false;
	size_t i;

	for (i = 0; i < len; i++) {
		removal = removal || rows[i].meaning == NET_RETIREMENT_REMOVED;
		diag_note(sink, diag, STR_FMT ": %s " STR_FMT ", " STR_FMT, STR_ARG(rows[i].date),
			rows[i].documented ? "announced" : "reported", STR_ARG(rows[i].as_of),
			STR_ARG(rows[i].source));
	}
	if (!removal)
		diag_note(sink, diag,
			"until it is removed, at a day not announced yet, an administrator can "
			"switch it on again");
}

/* The row of a removal that lies before today; else NULL. A date is itself the last valid day. */
static const NetRetirement *
find_removal(const RuleFacts *facts, const NetRetirement *rows, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (rows[i].meaning == NET_RETIREMENT_REMOVED && rows[i].days < facts->input->today)
			return &rows[i];
	}
	return NULL;
}

static void
report_basic(const RuleFacts *facts, uint32_t host, DiagSink *sink)
{
	const ModelRelayHost *object = &facts->model->hosts[host];
	const char *method = rules_method_text(facts->model->host_infos[host].method);
	size_t len;
	const NetRetirement *rows = net_basic_retirements(str_from(method), &len);
	const NetRetirement *removal = find_removal(facts, rows, len);
	Diag *diag;

	if (len == 0)
		return;
	diag = diag_report(sink, removal != NULL ? DIAG_BASIC_AUTH_GONE : DIAG_BASIC_AUTH,
		object->auth.span,
		"`" STR_FMT
		"` signs in with a password, and basic authentication for `%s` %s " STR_FMT,
		STR_ARG(object->head.name), method, removal != NULL ? "was" : "is",
		STR_ARG(removal != NULL ? end_text(facts, removal) : ends_text(facts, rows, len)));
	diag_path(diag, rules_path(facts, MODEL_KIND_HOST, object->head.name, "auth", (Str){0}));
	diag_label(sink, diag, removal != NULL ? "refused" : "basic authentication");
	note_evidence(sink, diag, removal != NULL ? removal : rows, removal != NULL ? 1 : len);
	diag_help(sink, diag,
		"let it sign in with OAuth, or relay it through an on-premises connector or a "
		"gateway of yours, which need no password");
}

/* The dates are data: src/data/retirements.csv, with the announcements behind them. */
void
check_basic_auth(const RuleFacts *facts, DiagSink *sink)
{
	const Model *model = facts->model;
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++) {
		const FieldChoice *auth = &model->hosts[i].auth;

		if (auth->state == FIELD_SET && auth->value == MODEL_AUTH_BASIC &&
			model->hosts[i].method.state == FIELD_SET)
			report_basic(facts, i, sink);
	}
}
