/*
 * import: a tenant's export becomes a spec that reads as if it were written by hand.
 *
 * Law: a plan of that spec against the same export has 0 differences. What a key can say is said;
 * of the managed properties those with a default value are left out. What no key can say stands
 * under `unmanaged` of its connector, and a connector whose identity cannot be said (a name with a
 * control character, an IPv6 address) is left out with a comment that tells so: nothing is guessed.
 * The order of the export does not count.
 *
 * Ownership: the arena that is handed in. Failure: none; an export that is `broken` must not be
 * handed in.
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "connector/connector.h"
#include "model/model.h"
#include "spf/spf.h"

/* The text of a spec. `dns`: what the domains publish; NULL: nobody knows. */
Str import_spec(Arena *arena, const ConnectorExport *export, const DnsSource *dns);

#endif
