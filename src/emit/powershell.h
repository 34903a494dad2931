/*
 * The data literal of a script: a Json value as a PowerShell expression that only holds data.
 *
 * Objects are hash tables with their keys sorted by bytes, one a line; lists are `@(...)` and stay
 * lists, with one element and inside each other too; texts are the literals of text_powershell. A
 * number that is no integer of 64 bits is written as the text of its digits. LF line ends.
 *
 * The keys of one object must differ in more than the case of ASCII letters, since hash tables of
 * PowerShell do not tell case: an assertion. Names that users chose belong into lists.
 */
#ifndef EMIT_POWERSHELL_H
#define EMIT_POWERSHELL_H

#include "text/text.h"
#include "json/json.h"

/* `indent` counts levels of four blanks that the line has on which the literal begins. */
void emit_powershell_literal(Buf *buf, const Json *value, unsigned indent);

#endif
