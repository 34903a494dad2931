/* Reverse names that say nothing but which address it is: the mark of a line that nobody set up for
 * mail (M3AAWG, Sender Best Common Practices; RFC 7372 section 3.1 on what receivers refuse). */
#include "rules/reverse_int.h"

#include <string.h>

/* Words of a label by which providers name lines whose address changes. */
static const char *const words[] = {
	"adsl", "dhcp", "dialup", "dsl", "dyn", "dynamic", "dynamicip", "ppp", "pppoe"};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
has_word(Str name)
{
	size_t start = 0, i;

	while (start < name.len) {
		size_t end = start;

		while (end < name.len && name.ptr[end] >= 'a' && name.ptr[end] <= 'z')
			end++;
		for (i = 0; i < BASE_COUNT(words); i++) {
			if (str_equal(str_slice(name, start, end), str_from(words[i])))
				return true;
		}
		start = end + 1;
	}
	return false;
}

/* --- IPv4 ------------------------------------------------------------------------------------- */

/* The last numbers that were read, the newest last. */
typedef struct Numbers {
	unsigned last[4];
	size_t len;
} Numbers;

static bool
is_address(const Numbers *numbers, const unsigned octets[4])
{
	bool forward = numbers->len >= 4, backward = forward;
	size_t i;

	for (i = 0; i < 4; i++) {
		forward = forward && numbers->last[i] == octets[i];
		backward = backward && numbers->last[i] == octets[3 - i];
	}
	return forward || backward;
}

static void
take_number(Numbers *numbers, unsigned number)
{
	memmove(numbers->last, numbers->last + 1, 3 * sizeof(*numbers->last));
	numbers->last[3] = number;
	numbers->len++;
}

/* A run of twelve digits is four numbers of three; any other run is one. */
static void
take_digits(Numbers *numbers, Str digits)
{
	size_t step = digits.len == 12 ? 3 : digits.len, start, i;

	for (start = 0; start < digits.len; start += step) {
		unsigned number = 0;

		for (i = start; i < start + step && number < 1000; i++)
			number = number * 10 + (unsigned)(digits.ptr[i] - '0');
		take_number(numbers, number);
	}
}

/* "198-51-100-7", "7.100.51.198", "198051100007" */
static bool
holds_octets(Str name, NetPrefix address)
{
	uint32_t bits = (uint32_t)address.lo;
	unsigned octets[4] = {bits >> 24, bits >> 16 & 255, bits >> 8 & 255, bits & 255};
	Numbers numbers = {0};
	size_t at = 0, end;

	while (at < name.len) {
		if (!is_digit(name.ptr[at])) {
			at++;
			continue;
		}
		for (end = at; end < name.len && is_digit(name.ptr[end]);)
			end++;
		take_digits(&numbers, str_slice(name, at, end));
		if (is_address(&numbers, octets))
			return true;
		at = end;
	}
	return false;
}

/* --- both ------------------------------------------------------------------------------------- */

/* All hexadecimal digits of the address one after another, with or without marks between. */
static bool
holds_nibbles(Arena *scratch, Str name, NetPrefix address)
{
	Buf packed = buf_make(scratch);
	Str digits;
	size_t i;

	for (i = 0; i < name.len; i++) {
		if (name.ptr[i] != '-' && name.ptr[i] != '_' && name.ptr[i] != '.')
			buf_char(&packed, name.ptr[i]);
	}
	if (address.family == NET_IP4)
		digits = str_format(scratch, "%08lx", (unsigned long)address.lo);
	else
		digits = str_format(scratch, "%016llx%016llx", (unsigned long long)address.hi,
			(unsigned long long)address.lo);
	return str_find(buf_text(&packed), digits) < packed.len;
}

bool
rules_name_is_generic(Arena *scratch, Str name, NetPrefix address)
{
	Str lower = str_lower(scratch, name);

	return has_word(lower) || holds_nibbles(scratch, lower, address) ||
	       (address.family == NET_IP4 && holds_octets(lower, address));
}
