/* Texts without regard to the case of their letters, in any script; the tables are libunistring's.
 */
#include "base/base.h"

#include <stdlib.h>
#include <unicase.h>
#include <unistr.h>

static bool
is_ascii(Str text)
{
	size_t i = 0;

	while (i < text.len && (unsigned char)text.ptr[i] < 0x80)
		i++;
	return i == text.len;
}

/* .NET leaves these two alone, though Unicode gives them the capitals I and S. */
#define DOTLESS_I 0x131
#define LONG_S    0x17f

static ucs4_t
capital(ucs4_t letter)
{
	return letter == DOTLESS_I || letter == LONG_S ? letter : uc_toupper(letter);
}

/* What is no UTF-8 stays as it is: two texts must not become one by their mistakes. */
Str
str_fold(Arena *arena, Str text)
{
	const uint8_t *bytes = (const uint8_t *)text.ptr;
	Buf folded;
	size_t i, len;

	if (is_ascii(text))
		return str_lower(arena, text);
	folded = buf_make(arena);
	for (i = 0; i < text.len; i += len) {
		ucs4_t letter;
		int step = u8_mbtoucr(&letter, bytes + i, text.len - i);

		len = step > 0 ? (size_t)step : 1;
		if (step > 0)
			buf_code_point(&folded, capital(letter));
		else
			buf_char(&folded, text.ptr[i]);
	}
	return str_lower(arena, buf_text(&folded));
}

bool
str_equal_fold(Arena *scratch, Str a, Str b)
{
	return str_equal(a, b) || str_equal(str_fold(scratch, a), str_fold(scratch, b));
}

Str
str_fold_alike(Arena *arena, Str text)
{
	const uint8_t *bytes = (const uint8_t *)text.ptr;
	size_t len = 0;
	uint8_t *folded;
	Str copy;

	if (is_ascii(text) || u8_check(bytes, text.len) != NULL)
		return str_trim(str_fold(arena, text));
	folded = u8_casefold(bytes, text.len, NULL, UNINORM_NFKC, NULL, &len);
	if (folded == NULL)
		panic("out of memory");
	copy = str_copy(arena, (Str){(const char *)folded, len});
	free(folded);
	return str_trim(copy);
}
