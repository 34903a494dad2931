#include "base/base.h"

#include <stdio.h>
#include <string.h>

Str
str_from(const char *text)
{
	return text == NULL ? (Str){0} : (Str){text, strlen(text)};
}

bool
str_equal(Str a, Str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int
str_compare(Str a, Str b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static char
lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

bool
str_equal_nocase(Str a, Str b)
{
	size_t i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++) {
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	}
	return true;
}

/* An absent text has no bytes to compare: a prefix of none is at the start of every text. */
bool
str_starts(Str text, Str prefix)
{
	return text.len >= prefix.len && str_equal((Str){text.ptr, prefix.len}, prefix);
}

bool
str_ends(Str text, Str suffix)
{
	return text.len >= suffix.len &&
	       str_equal(str_slice(text, text.len - suffix.len, text.len), suffix);
}

Str
str_slice(Str text, size_t from, size_t to)
{
	ASSERT(from <= to && to <= text.len);
	/* An absent text has no address to add to. */
	return (Str){from > 0 ? text.ptr + from : text.ptr, to - from};
}

size_t
str_find_char(Str text, char byte, size_t from)
{
	const char *found;

	if (from >= text.len)
		return text.len;
	found = memchr(text.ptr + from, byte, text.len - from);
	return found == NULL ? text.len : (size_t)(found - text.ptr);
}

size_t
str_find(Str text, Str part)
{
	const char *found;

	if (text.len == 0 || part.len == 0)
		return 0;
	found = memmem(text.ptr, text.len, part.ptr, part.len);
	return found == NULL ? text.len : (size_t)(found - text.ptr);
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

Str
str_trim(Str text)
{
	while (text.len > 0 && is_blank(text.ptr[0])) {
		text.ptr++;
		text.len--;
	}
	while (text.len > 0 && is_blank(text.ptr[text.len - 1]))
		text.len--;
	return text;
}

/* The arena gives zeroed memory: the terminator is there already. */
const char *
str_c(Arena *arena, Str text)
{
	char *copy = arena_alloc(arena, text.len + 1);

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	return copy;
}

Str
str_copy(Arena *arena, Str text)
{
	return text.ptr == NULL ? text : (Str){str_c(arena, text), text.len};
}

static bool
has_upper(Str text)
{
	size_t i = 0;

	while (i < text.len && (text.ptr[i] < 'A' || text.ptr[i] > 'Z'))
		i++;
	return i < text.len;
}

Str
str_lower(Arena *arena, Str text)
{
	char *copy;
	size_t i;

	if (text.ptr == NULL || !has_upper(text))
		return text;
	copy = arena_alloc(arena, text.len + 1);
	for (i = 0; i < text.len; i++)
		copy[i] = lower(text.ptr[i]);
	return (Str){copy, text.len};
}

/* Most messages are shorter, and formatted once. */
#define FORMAT_TRY 256

Str
str_vformat(Arena *arena, const char *format, va_list args)
{
	char first_try[FORMAT_TRY], *text;
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(first_try, sizeof(first_try), format, again);
	va_end(again);
	ASSERT(len >= 0);
	text = arena_alloc(arena, (size_t)len + 1);
	if ((size_t)len < sizeof(first_try))
		memcpy(text, first_try, (size_t)len);
	else
		vsnprintf(text, (size_t)len + 1, format, args);
	return (Str){text, (size_t)len};
}

Str
str_format(Arena *arena, const char *format, ...)
{
	va_list args;
	Str text;

	va_start(args, format);
	text = str_vformat(arena, format, args);
	va_end(args);
	return text;
}

/* A last line without a line end is a line; an empty text has none. */
bool
str_next_line(Str *rest, Str *ret_line)
{
	size_t end;

	if (rest->len == 0)
		return false;
	end = str_find_char(*rest, '\n', 0);
	*ret_line = str_slice(*rest, 0, end);
	if (end < rest->len) {
		if (end > 0 && rest->ptr[end - 1] == '\r')
			ret_line->len--;
		end++;
	}
	*rest = str_slice(*rest, end, rest->len);
	return true;
}

#define NEAREST_MAX   64
#define NEAREST_REACH 4

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Whether the two letters before i and before j are the same two, swapped. */
static bool
is_swapped(Str a, size_t i, Str b, size_t j)
{
	return i > 1 && j > 1 && lower(a.ptr[i - 1]) == lower(b.ptr[j - 2]) &&
	       lower(a.ptr[i - 2]) == lower(b.ptr[j - 1]);
}

/* Edit distance with transpositions of neighbours, by three rows of the usual table. */
static size_t
edit_distance(Str a, Str b)
{
	size_t rows[3][NEAREST_MAX + 1];
	size_t *older = rows[0], *old = rows[1], *now = rows[2];
	size_t i, j;

	for (j = 0; j <= b.len; j++)
		old[j] = j;
	for (i = 1; i <= a.len; i++) {
		size_t *recycled = older;

		now[0] = i;
		for (j = 1; j <= b.len; j++) {
			size_t best = old[j - 1] + (lower(a.ptr[i - 1]) != lower(b.ptr[j - 1]));

			best = least(best, least(old[j], now[j - 1]) + 1);
			if (is_swapped(a, i, b, j))
				best = least(best, older[j - 2] + 1);
			now[j] = best;
		}
		older = old;
		old = now;
		now = recycled;
	}
	return old[b.len];
}

/* How far a suggestion may be away: a third of the letters, and never all of them. */
static size_t
nearest_reach(size_t len)
{
	if (len < 2)
		return 0;
	return len < 3 ? 1 : least(len / 3, NEAREST_REACH);
}

/*
 * A third of the letters may differ, at most four: further away a suggestion is a guess. Of equally
 * near ones the first wins, so that the order of a table decides, not that of a hash.
 */
Str
str_nearest(Str text, const Str *candidates, size_t len)
{
	Str best = {0};
	size_t reach = nearest_reach(text.len);
	size_t i;

	if (text.len == 0 || text.len > NEAREST_MAX)
		return best;
	for (i = 0; i < len; i++) {
		Str candidate = candidates[i];
		size_t distance;

		if (candidate.len > NEAREST_MAX || candidate.len + reach < text.len ||
			text.len + reach < candidate.len)
			continue;
		distance = edit_distance(text, candidate);
		if (distance < reach || (distance == reach && best.ptr == NULL)) {
			best = candidate;
			reach = distance;
		}
	}
	return best;
}

Str
str_closest(Str text, const Str *candidates, size_t len)
{
	Str head = str_slice(text, 0, least(text.len, NEAREST_MAX)), best = {0};
	size_t reach = SIZE_MAX, i;

	for (i = 0; i < len; i++) {
		size_t distance;

		ASSERT(candidates[i].len <= NEAREST_MAX);
		distance = edit_distance(head, candidates[i]);
		if (distance < reach) {
			best = candidates[i];
			reach = distance;
		}
	}
	return best;
}
