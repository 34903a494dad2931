/* Ranges of IPv4 addresses, 32 bits. */
#define RANGE       NetRange4
#define VECTOR      NetRange4Vec
#define NUMBER      uint32_t
#define NUMBER_MAX  UINT32_MAX
#define NUMBER_BITS 32u
#define FAMILY      NET_IP4
#define FN(name)    NET_RANGES4(name)
#include "net/ranges_int.h"
