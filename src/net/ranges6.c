/* Ranges of IPv6 addresses, 128 bits. */
#define RANGE       NetRange6
#define VECTOR      NetRange6Vec
#define NUMBER      NetBits
#define NUMBER_MAX  (~(NetBits)0)
#define NUMBER_BITS 128u
#define FAMILY      NET_IP6
#define FN(name)    NET_RANGES6(name)
#include "net/ranges_int.h"
