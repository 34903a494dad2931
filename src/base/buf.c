#include "base/base.h"

#include <stdio.h>
#include <string.h>

#define BUF_FIRST 256u

Buf
buf_make(Arena *arena)
{
	return (Buf){.arena = arena};
}

/* Whether `more` bytes may still come; remembers a refusal. */
static bool
buf_admits(Buf *buf, size_t more)
{
	bool fits = buf->limit == 0 || (buf->len <= buf->limit && more <= buf->limit - buf->len);

	if (fits && !buf->failed)
		return true;
	buf->failed = true;
	return false;
}

static void
buf_extend(Buf *buf, size_t more)
{
	size_t cap = buf->cap == 0 ? BUF_FIRST : buf->cap;

	if (more > SIZE_MAX / 4 - buf->len)
		panic("out of memory (%zu bytes were asked for)", more);
	while (cap < buf->len + more)
		cap *= 2;
	buf->data = arena_grow(buf->arena, buf->data, buf->cap, cap);
	buf->cap = cap;
}

/* Room for `more` bytes behind the text; small, so that it goes into what calls it. */
static inline void
buf_reserve(Buf *buf, size_t more)
{
	if (more > buf->cap - buf->len)
		buf_extend(buf, more);
}

void
buf_bytes(Buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !buf_admits(buf, len))
		return;
	buf_reserve(buf, len);
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
}

void
buf_str(Buf *buf, Str text)
{
	buf_bytes(buf, text.ptr, text.len);
}

void
buf_lit(Buf *buf, const char *text)
{
	buf_bytes(buf, text, strlen(text));
}

void
buf_char(Buf *buf, char byte)
{
	if (!buf_admits(buf, 1))
		return;
	buf_reserve(buf, 1);
	buf->data[buf->len++] = byte;
}

void
buf_repeat(Buf *buf, char byte, size_t times)
{
	if (times == 0 || !buf_admits(buf, times))
		return;
	buf_reserve(buf, times);
	memset(buf->data + buf->len, byte, times);
	buf->len += times;
}

/* Without printf: millions of numbers are written in a large build. */
void
buf_number(Buf *buf, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	buf_bytes(buf, digits + at, sizeof(digits) - at);
}

void
buf_printf(Buf *buf, const char *format, ...)
{
	va_list args, again;
	size_t room;
	int len;

	if (buf->failed)
		return;
	/* Most texts fit at the first try. */
	if (buf->cap == 0)
		buf_reserve(buf, 1);
	room = buf->cap - buf->len;
	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(buf->data + buf->len, room, format, again);
	va_end(again);
	ASSERT(len >= 0);
	if ((size_t)len >= room && buf_admits(buf, (size_t)len)) {
		/* One more, for the terminator that vsnprintf insists on. */
		buf_reserve(buf, (size_t)len + 1);
		vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
	}
	va_end(args);
	if (buf_admits(buf, (size_t)len))
		buf->len += (size_t)len;
}

/* The caller gives code points that exist: surrogates and what lies past U+10FFFF are not looked
 * for. */
void
buf_code_point(Buf *buf, uint32_t code_point)
{
	unsigned char out[4];

	ASSERT(code_point <= 0x10ffff);
	if (code_point < 0x80) {
		buf_char(buf, (char)code_point);
	} else if (code_point < 0x800) {
		out[0] = (unsigned char)(0xc0 | code_point >> 6);
		out[1] = (unsigned char)(0x80 | (code_point & 0x3f));
		buf_bytes(buf, out, 2);
	} else if (code_point < 0x10000) {
		out[0] = (unsigned char)(0xe0 | code_point >> 12);
		out[1] = (unsigned char)(0x80 | (code_point >> 6 & 0x3f));
		out[2] = (unsigned char)(0x80 | (code_point & 0x3f));
		buf_bytes(buf, out, 3);
	} else {
		out[0] = (unsigned char)(0xf0 | code_point >> 18);
		out[1] = (unsigned char)(0x80 | (code_point >> 12 & 0x3f));
		out[2] = (unsigned char)(0x80 | (code_point >> 6 & 0x3f));
		out[3] = (unsigned char)(0x80 | (code_point & 0x3f));
		buf_bytes(buf, out, 4);
	}
}

Str
buf_text(const Buf *buf)
{
	return (Str){buf->data == NULL ? "" : buf->data, buf->len};
}

/* Linear: a room embeds some dozens of files, and asks for each once or twice. */
Str
embedded_find(const Embedded *files, size_t len, Str name)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (str_equal(str_from(files[i].name), name))
			return (Str){(const char *)files[i].bytes, files[i].len};
	}
	return (Str){0};
}
