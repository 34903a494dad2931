/*
 * resolve, private: what both the reader of messages and the sender of questions know.
 */
#ifndef RESOLVE_RESOLVE_INT_H
#define RESOLVE_RESOLVE_INT_H

#include "dns/resolve/resolve.h"

#define RESOLVE_LABEL_MAX 63

/* As messages have it: MX is 15. */
int resolve_type_number(DnsType type);
/*
 * A name as messages have it, lower-case, without its final zero. False where it cannot be asked
 * for: empty or long labels, and escapes, which c-ares would take for something else.
 */
bool resolve_name_octets(Arena *arena, Str text, Str *ret_name);

#endif
