/*
 * What several unit tests need: numbers that look random and are the same in every run, and a way
 * to see a panic. Included before anything else.
 */
#ifndef TEST_BASE_RANDOM_H
#define TEST_BASE_RANDOM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

/* Any seed but zero; xorshift64*. */
typedef struct Random {
	uint64_t state;
} Random;

static inline uint64_t
random_next(Random *random)
{
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return random->state * 0x2545f4914f6cdd1du;
}

/* From 0 to below `end`. */
static inline size_t
random_below(Random *random, size_t end)
{
	return (size_t)((random_next(random) >> 16) % end);
}

/* Bytes of an alphabet, at most `max` of them. */
static inline Str
random_text(Random *random, Arena *arena, const char *alphabet, size_t max)
{
	size_t len = random_below(random, max + 1), letters = strlen(alphabet), i;
	char *text = arena_alloc(arena, len + 1);

	for (i = 0; i < len; i++)
		text[i] = alphabet[random_below(random, letters)];
	return (Str){text, len};
}

static jmp_buf panic_exit;
static char panic_sentence[512];

_Noreturn static inline void
panic_seen(const char *sentence)
{
	strncat(panic_sentence, sentence, sizeof(panic_sentence) - 1);
	longjmp(panic_exit, 1);
}

/* Whether the statement ends in a panic; what was said is in panic_sentence then. */
#define PANICS(statement)                                                                          \
	((bool)(panic_sentence[0] = 0, panic_set_handler(panic_seen),                              \
		setjmp(panic_exit) == 0 ? ((void)(statement), panic_set_handler(NULL), false)      \
					: (panic_set_handler(NULL), true)))

/* As assert_string_equal, for a Str. */
#define assert_str(text, expected)                                                                 \
	do {                                                                                       \
		Str assert_text = (text), assert_expected = str_from(expected);                    \
		if (!str_equal(assert_text, assert_expected))                                      \
			fail_msg("`" STR_FMT "` is not `" STR_FMT "`", STR_ARG(assert_text),       \
				STR_ARG(assert_expected));                                         \
	} while (0)

#endif
