/* Values whose grammar no kind of field has, and values that must fit each other. */
#include "model/model_int.h"

#include <string.h>

#define LOCAL_PART_MAX 64 /* RFC 5321 section 4.5.3.1.1 */

/* RFC 5321, Dot-string: what a sign-in name has before the `@`. */
static const char *
local_part_problem(Str local)
{
	size_t i;

	if (local.len == 0)
		return "nothing stands before the `@`";
	if (local.len > LOCAL_PART_MAX)
		return "more than 64 octets stand before the `@`";
	for (i = 0; i < local.len; i++) {
		char byte = local.ptr[i];
		bool last = i + 1 == local.len;

		if (byte == '.' && (i == 0 || last || local.ptr[i + 1] == '.'))
			return "a dot begins it, ends it, or follows another";
		if (byte <= ' ' || byte > '~' || strchr("\"(),:;<>@[\\]", byte) != NULL)
			return "letters, digits and `.!#$%&'*+-/=?^_{|}~` stand before the `@`";
	}
	return NULL;
}

static const char *
mailbox_problem(Arena *arena, Str address)
{
	size_t at = str_find_char(address, '@', 0);
	const char *problem;
	Str domain;
	NetNameError error;

	if (at == address.len)
		return "an address has an `@`";
	problem = local_part_problem(str_slice(address, 0, at));
	if (problem != NULL)
		return problem;
	error = net_name_parse(
		arena, str_slice(address, at + 1, address.len), NET_NAME_HOST, &domain);
	return error == NET_NAME_OK ? NULL : net_name_reason(error);
}

/* A name inside the network may have one label. */
static const char *
server_problem(Arena *arena, Str server)
{
	NetPrefix address;
	Str name;
	NetNameError error = net_name_parse(arena, server, NET_NAME_HOST, &name);

	if (error == NET_NAME_OK || error == NET_NAME_SINGLE_LABEL ||
		(str_find_char(server, '/', 0) == server.len &&
			net_prefix_parse(server, &address) == NET_ADDRESS_OK))
		return NULL;
	return net_name_reason(error);
}

static void
check_text(Model *model, const ModelOwner *owner, const FieldText *text, const char *what,
	const char *(*problem_of)(Arena *, Str), const char *example)
{
	const char *problem =
		text->state == FIELD_SET ? problem_of(model->arena, text->text) : NULL;
	Diag *diag;

	if (problem == NULL)
		return;
	diag = model_report(model, DIAG_BAD_VALUE, owner, text->span, "`" STR_FMT "` is no %s: %s",
		STR_ARG(text->text), what, problem);
	diag_help(model->sink, diag, "write it like %s", example);
}

static void
check_host(Model *model, const ModelRelayHost *host)
{
	ModelOwner mailbox = {"relay_hosts", "mailbox", host->head.name};
	ModelOwner server = {"relay_hosts", "server", host->head.name};

	check_text(model, &mailbox, &host->mailbox, "mail address", mailbox_problem,
		"device@contoso.com");
	check_text(model, &server, &host->server, "host name", server_problem,
		"contoso-com.mail.protection.outlook.com");
}

static void
check_window(Model *model, const ModelWindow *window)
{
	static const ModelOwner owner = {"change", "window/end", {0}};
	int64_t start, end;
	Diag *diag;

	if (window->start.state != FIELD_SET || window->end.state != FIELD_SET ||
		!time_parse(window->start.text, &start) || !time_parse(window->end.text, &end) ||
		start < end)
		return;
	diag = model_report(model, DIAG_BAD_VALUE, &owner, window->end.span,
		"the window ends before it begins");
	diag_related(model->sink, diag, window->start.span, "begins here");
	diag_help(model->sink, diag, "state an `end` that is later; mind the offsets from UTC");
}

void
model_check_values(Model *model)
{
	uint32_t i;

	for (i = 0; i < model->hosts_len; i++)
		check_host(model, &model->hosts[i]);
	check_window(model, &model->spec->change.window);
}
