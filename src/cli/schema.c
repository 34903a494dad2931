/* Schemas, and the versions of everything. */
#include "cli/cli_int.h"
#include "dns/resolve/resolve.h"

/* The files below schema/, put into the program by the build. */
extern const Embedded schemas_embedded[];
extern const size_t schemas_embedded_len;

/* Made from the tables that decode a spec, so that it cannot differ from what is accepted. As
 * Markdown it is the reference page. */
static bool
print_spec_schema(Cli *cli)
{
	Buf text = buf_make(cli->arena);

	if (cli_result_form(cli) == CLI_MARKDOWN)
		model_reference(&text);
	else
		json_write_pretty(&text, model_json_schema(cli->arena));
	cli_print(cli, OS_STDOUT, buf_text(&text));
	return true;
}

/* False for a name that no file has. */
static bool
print_embedded_schema(Cli *cli, Str name)
{
	Str path = str_format(cli->arena, "schema/" STR_FMT ".schema.json", STR_ARG(name));
	Str text = embedded_find(schemas_embedded, schemas_embedded_len, path);

	if (text.ptr == NULL)
		return false;
	cli_print(cli, OS_STDOUT, text);
	return true;
}

int
cli_schema(Cli *cli)
{
	static const char *const names[] = {
		"spec", "plan", "lock", "lock-result", "export", "diagnostics"};
	Str name = cli->options.arguments.items[0];
	StrVec known = {0};
	size_t i;

	if (STR_EQ(name, "spec") ? print_spec_schema(cli) : print_embedded_schema(cli, name))
		return cli->status;
	for (i = 0; i < BASE_COUNT(names); i++)
		VEC_PUSH(cli->arena, &known, str_from(names[i]));
	cli_unknown(cli, "no schema", name, &known,
		"and there are spec, plan, lock, lock-result, export and diagnostics");
	return CLI_USAGE;
}

/* What a result can depend on, for a report of a fault: formats, data, libraries. */
void
cli_print_version(Cli *cli)
{
	Str text = str_format(cli->arena,
		"connplan " CONNPLAN_VERSION "\n"
		"formats: spec 1, plan 1, lock 1, export 1, diagnostics 1, script 1\n"
		"data: " STR_FMT "\n"
		"libraries: libyaml %s, libcidr, cJSON %s, c-ares %s, libidn2 %s, libmd\n",
		STR_ARG(net_data_dates(cli->arena)), doc_library_version(), json_library_version(),
		resolve_library_version(), net_library_version());

	cli_print(cli, OS_STDOUT, text);
}
