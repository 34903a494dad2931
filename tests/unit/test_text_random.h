/*
 * Generated texts for laws about escaping: any valid UTF-8, with far more of what is special
 * somewhere than chance would give. The seed is fixed, so a failure can be looked at again.
 */
#ifndef TEST_TEXT_RANDOM_H
#define TEST_TEXT_RANDOM_H

#include "source/source.h"

static uint64_t random_state = 0x853c49e6748fea9bu;

static inline uint32_t
random_below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)((random_state >> 32) * limit >> 32);
}

/* A code point of any plane; never half of a surrogate pair. */
static inline uint32_t
random_code_point(void)
{
	static const uint32_t special[] = {0x2018, 0x2019, 0x201a, 0x201b, 0x2028, 0x2029, 0x202e,
		0x2066, 0x200b, 0x200d, 0xfeff, 0x00ad, 0x0085, 0x009b, 0x00a0, 0x3000, 0xf8ff,
		0xfffd, 0xfffe, 0xffff, 0xff1d, 0xff0b, 0xff0d, 0xff20, 0xe0041, 0x1f600, 0x10ffff,
		0x10fffe, 0xd7ff, 0xe000, 0x7f, 0x80, 0x7ff, 0x800, 0x10000};
	uint32_t c;

	switch (random_below(8)) {
	case 0: return special[random_below(BASE_COUNT(special))];
	case 1: return random_below(0x20);
	case 2: return 0x80 + random_below(0x20);
	case 3: c = random_below(0x110000); return c >= 0xd800 && c <= 0xdfff ? 0xfffd : c;
	default: return 0x20 + random_below(0x5f);
	}
}

/* Pieces that mean something in one of the languages. */
static inline Str
random_piece(void)
{
	static const Str pieces[] = {STR_CONST("http://"), STR_CONST("www."),
		STR_CONST("a@b.example"), STR_CONST("```"), STR_CONST("~~~"), STR_CONST("1. "),
		STR_CONST("- "), STR_CONST("---"), STR_CONST("# "), STR_CONST("## "),
		STR_CONST("[x](y)"), STR_CONST("[^1]"), STR_CONST("![a]"), STR_CONST("&lt;"),
		STR_CONST("&#39;"), STR_CONST("</script>"), STR_CONST("<!--"), STR_CONST("]]>"),
		STR_CONST("| --- |"), STR_CONST("\r\n"), STR_CONST("\n"), STR_CONST("    "),
		STR_CONST("\t"), STR_CONST("$("), STR_CONST("`\""), STR_CONST("''"),
		STR_CONST("'; Exit #"), STR_CONST("\\"), STR_CONST("\\032"), STR_CONST("%0A"),
		STR_CONST("%"), STR_CONST("::error::"), STR_CONST(": "), STR_CONST(" #"),
		STR_CONST("null"), STR_CONST("yes"), STR_CONST("1_000"), STR_CONST("0x1f"),
		STR_CONST("1e3"), STR_CONST("12:30"), STR_CONST("2026-12-05"), STR_CONST("~"),
		STR_CONST("..."), STR_CONST("<<"), STR_CONST("=1+1"), STR_CONST("\",\""),
		STR_CONST("\\u0000"), STR_CONST("\x1b[31m"), STR_CONST("198.51.100.10"),
		STR_CONST("2001:db8::1"), STR_CONST("**a**"), STR_CONST("_b_"), STR_CONST("{{x}}"),
		STR_CONST("erp01"), STR_CONST("=="), STR_CONST("+ "), STR_CONST(" "),
		STR_CONST("\0a"), STR_CONST("##vso[task.x]"), STR_CONST("##[group]"),
		STR_CONST("##VSO["), STR_CONST("%AZP25"), STR_CONST("%3B"), STR_CONST("%5D;")};

	return pieces[random_below(BASE_COUNT(pieces))];
}

static inline Str
random_text(Arena *arena)
{
	Buf buf = buf_make(arena);
	uint32_t len = random_below(random_below(4) == 0 ? 40 : 6);

	while (len-- > 0) {
		if (random_below(3) == 0)
			buf_str(&buf, random_piece());
		else
			buf_code_point(&buf, random_code_point());
	}
	return buf_text(&buf);
}

/* A text in a form for the message of a failed law. */
static inline const char *
shown(Arena *arena, Str text)
{
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];

		if (byte >= 0x20 && byte < 0x7f)
			buf_char(&buf, (char)byte);
		else
			buf_printf(&buf, "<%02x>", byte);
	}
	return str_c(arena, buf_text(&buf));
}

/* Checks a law many times, with an arena that is new now and then: each one costs a mapping. */
static inline void
for_trials(size_t times, void (*check)(Arena *arena))
{
	Arena *arena = arena_create();
	size_t i;

	for (i = 1; i <= times; i++) {
		check(arena);
		if (i % 64 == 0) {
			arena_destroy(arena);
			arena = arena_create();
		}
	}
	arena_destroy(arena);
}

/* The same for a law about one text. */
static inline void
for_random_texts(size_t times, void (*check)(Arena *arena, Str text))
{
	Arena *arena = arena_create();
	size_t i;

	for (i = 1; i <= times; i++) {
		check(arena, random_text(arena));
		if (i % 64 == 0) {
			arena_destroy(arena);
			arena = arena_create();
		}
	}
	arena_destroy(arena);
}

#endif
