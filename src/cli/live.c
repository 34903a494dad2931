/* The live state: the export behind --live. */
#include "cli/cli_int.h"

/* With a place, and what would have been one. */
static void
refuse(Cli *cli, Str path, const ConnectorExportError *error)
{
	Position position = source_position(cli->sources, error->span.file, error->span.start);

	cli_complain(cli, STR_FMT ":%u:%u: not an export of inbound connectors: " STR_FMT,
		STR_ARG(path), (unsigned)position.line, (unsigned)position.column,
		STR_ARG(error->message));
	cli_complain(cli, "export with export.ps1, which `connplan init` writes, or with "
			  "Get-InboundConnector -ResultSize Unlimited | ConvertTo-Json -Depth 5");
	cli->status = CLI_IO;
}

bool
cli_read_live(Cli *cli)
{
	Str path = cli_input_name(cli->options.live), bytes;
	ConnectorExportError error = {0};
	ConnectorExport *export;
	IoStatus status = cli_read_input(cli, cli->options.live, DOC_MAX_FILE, &bytes);

	if (status == IO_TOO_BIG)
		cli_report_too_big(cli, path,
			"some 2,000 connectors with long lists fit in: export again, inbound "
			"connectors alone");
	else if (status != IO_OK)
		cli_io_error(cli, "cannot read", path, status);
	if (status != IO_OK)
		return false;
	if (!connector_export_read(cli->sink, path, bytes, &export, &error)) {
		refuse(cli, path, &error);
		return false;
	}
	cli->live = export;
	/* Of a connector that could not be read nobody knows what a change would do to it. */
	return !export->broken;
}

/* Whether the export is of the tenant that the spec means. */
static bool
is_of_tenant(Cli *cli, const Model *model)
{
	const FieldText *own = &model->spec->tenant.organization;
	Str wanted = own->state == FIELD_SET ? own->text : STR("");

	if (wanted.len == 0 || connector_export_is_of(cli->live, wanted) != CONNECTOR_NO)
		return true;
	cli_complain(cli,
		"`" STR_FMT "` is an export of the organization `" STR_FMT "`, not of `" STR_FMT
		"`",
		STR_ARG(cli->live->path), STR_ARG(cli->live->organization), STR_ARG(wanted));
	cli->status = CLI_IO;
	return false;
}

Plan *
cli_plan_state(Cli *cli, const State *state)
{
	if (cli->live == NULL || cli->live->broken || !is_of_tenant(cli, state->model))
		return plan_build(state);
	return plan_compare(
		state_of_live(state->model->arena, cli->live), state, &cli->options.plan_options);
}
