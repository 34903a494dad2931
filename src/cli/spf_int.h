/*
 * cli, private: what the files of the command `spf` share.
 */
#ifndef CLI_SPF_INT_H
#define CLI_SPF_INT_H

#include "cli/cli_int.h"

/* Prints the JSON, or the text for people, as --format wants; the exit status. */
int cli_spf_print(Cli *cli, const Json *json, const Buf *text);
/* Octets of the DNS as text: as they are where they are UTF-8, else one character an octet. */
Str cli_spf_text(Arena *arena, Str octets);
/* The same for people: what drives a terminal is made visible. */
void cli_spf_show(Buf *text, Str octets);
int cli_spf_eval(Cli *cli, const DnsSource *source);
int cli_spf_expand(Cli *cli, const DnsSource *source);

#endif
