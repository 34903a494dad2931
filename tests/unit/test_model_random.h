/*
 * Documents that are generated from the field tables of the language, so that no key can be
 * forgotten in a test.
 */
#ifndef TEST_MODEL_RANDOM_H
#define TEST_MODEL_RANDOM_H

#include "test_base_random.h"

#include "schema/schema.h"
#include "text/text.h"

typedef struct Pen {
	Arena *arena;
	Random random;
	Buf buf;
	Map seen; /* keys that stood in a document */
} Pen;

static inline size_t
below(Pen *pen, size_t end)
{
	return random_below(&pen->random, end);
}

/* Text of any script and all that some reader might take for more than text. */
static inline Str
hostile_text(Pen *pen, bool free_text)
{
	static const char *const pieces[] = {"a", "B", "0", " ", "'", "\"", "\\", "#", ": ", ":",
		" #", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "$(x)",
		"<b>", "---", "null", "true", "~", "1e3", "0042", "2026-12-05", "\xc3\xa9",
		"\xe6\x9d\xb1", "\xf0\x9f\x93\xae", "\xe2\x80\x99", "\xe2\x80\xae", "\xc2\xa0",
		"\xc2\xad", "/", "~1", "<<", "=", "\n", "\t", "\xe2\x80\xa8"};
	size_t kinds = free_text ? BASE_COUNT(pieces) : BASE_COUNT(pieces) - 3;
	size_t len = 1 + below(pen, 6);
	Buf buf = buf_make(pen->arena);

	while (len-- > 0)
		buf_lit(&buf, pieces[below(pen, kinds)]);
	return buf_text(&buf);
}

static inline Str
some_domain(Pen *pen, bool dns)
{
	static const char *const names[] = {"contoso.com", "CONTOSO.net", "a.b.example.org",
		"xn--fsq.example", "\xe6\x9d\xb1\xe4\xba\xac.example", "m\xc3\xbcsli.example",
		"1.example", "a-b.example", "_spf.example.com", "selector1._domainkey.contoso.com"};

	return str_from(names[below(pen, BASE_COUNT(names) - (dns ? 0 : 2))]);
}

static inline Str
some_prefix(Pen *pen)
{
	bool six = below(pen, 3) == 0;
	NetBits bits = (NetBits)random_next(&pen->random) << 64 | random_next(&pen->random);
	unsigned len = (unsigned)below(pen, six ? 129 : 33);

	if (!six)
		bits &= UINT32_MAX;
	return net_prefix_text(pen->arena, net_prefix_of(six ? NET_IP6 : NET_IP4, bits, len));
}

static inline Str
some_time(Pen *pen)
{
	Str date = date_format(pen->arena, (int32_t)below(pen, 40000));

	return str_format(pen->arena, STR_FMT "T%02zu:%02zu%s%s", STR_ARG(date), below(pen, 24),
		below(pen, 60), below(pen, 2) == 0 ? ":07" : "",
		below(pen, 2) == 0 ? "Z" : "-04:30");
}

static inline void
write_scalar(Pen *pen, const Field *field)
{
	uint64_t number, span;

	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_TEXTS:
	case FIELD_REFERENCE:
	case FIELD_REFERENCES:
	case FIELD_TEXT_MAP: text_yaml(&pen->buf, hostile_text(pen, false)); return;
	case FIELD_FREE_TEXT:
	case FIELD_FREE_TEXTS: text_yaml(&pen->buf, hostile_text(pen, true)); return;
	case FIELD_DOMAIN:
	case FIELD_DOMAINS:
	case FIELD_NAMES_BY_ADDRESS: text_yaml(&pen->buf, some_domain(pen, false)); return;
	case FIELD_DNS_NAMES: text_yaml(&pen->buf, some_domain(pen, true)); return;
	case FIELD_TIME: text_yaml(&pen->buf, some_time(pen)); return;
	case FIELD_DATE:
		buf_str(&pen->buf, date_format(pen->arena, (int32_t)below(pen, 2932896)));
		return;
	case FIELD_FLAG: buf_lit(&pen->buf, below(pen, 2) == 0 ? "true" : "false"); return;
	case FIELD_NUMBER:
		span = (field->max == 0 ? INT64_MAX : field->max) - field->min;
		number = random_next(&pen->random) >> below(pen, 64);
		buf_number(&pen->buf, field->min + (number > span ? span : number));
		return;
	case FIELD_CHOICE:
	case FIELD_CHOICES:
		buf_lit(&pen->buf, field->choices->texts[below(pen, field->choices->len)]);
		return;
	case FIELD_PREFIXES: buf_str(&pen->buf, some_prefix(pen)); return;
	case FIELD_SENDER_DOMAINS:
		if (below(pen, 3) == 0)
			buf_lit(&pen->buf, "'*'");
		else
			text_yaml(&pen->buf, some_domain(pen, false));
		return;
	case FIELD_OBJECT:
	case FIELD_OBJECT_MAP:
	case FIELD_OBJECT_LIST: break;
	}
	fail_msg("`%s` is no scalar", field->key);
}

static inline void
write_item(Pen *pen, const Field *field)
{
	if (field->kind != FIELD_SENDER_DOMAINS || below(pen, 3) > 0) {
		write_scalar(pen, field);
		return;
	}
	buf_printf(&pen->buf, "{cost: %zu, domain: ", 1 + below(pen, 100));
	write_scalar(pen, field);
	buf_char(&pen->buf, '}');
}

/* The first of several choices excludes the others. */
static inline void
write_choices(Pen *pen, const Field *field)
{
	size_t i;

	buf_char(&pen->buf, '[');
	for (i = 1; i < field->choices->len; i++) {
		if (below(pen, 2) == 0)
			buf_printf(&pen->buf, "%s, ", field->choices->texts[i]);
	}
	buf_char(&pen->buf, ']');
}

static inline void
write_list(Pen *pen, const Field *field)
{
	size_t len = below(pen, 4), i;

	if ((field->flags & FIELD_NOT_EMPTY) != 0)
		len++;
	if (len == 1 && below(pen, 2) == 0) {
		write_item(pen, field);
		return;
	}
	buf_char(&pen->buf, '[');
	for (i = 0; i < len; i++) {
		write_item(pen, field);
		buf_lit(&pen->buf, ", ");
	}
	buf_char(&pen->buf, ']');
}

static inline void
write_key(Pen *pen, Str key)
{
	text_yaml(&pen->buf, key);
	buf_lit(&pen->buf, " : ");
}

/* A name may be longer than what libyaml takes for a key without being told. */
static inline Str
some_name(Pen *pen, size_t number)
{
	Str text = hostile_text(pen, false);
	Buf buf = buf_make(pen->arena);

	buf_str(&buf, text);
	if (below(pen, 20) == 0)
		buf_repeat(&buf, 'x', 1200);
	buf_number(&buf, number);
	return buf_text(&buf);
}

static inline void
write_pairs(Pen *pen, const Field *field)
{
	size_t len = below(pen, 4), i;

	if (field->kind == FIELD_NAMES_BY_ADDRESS && below(pen, 2) == 0) {
		write_scalar(pen, field);
		return;
	}
	buf_char(&pen->buf, '{');
	for (i = 0; i < len; i++) {
		buf_lit(&pen->buf, "? ");
		if (field->kind == FIELD_NAMES_BY_ADDRESS)
			write_key(pen, str_format(pen->arena, "2001:DB8::%zu", i));
		else
			write_key(pen, some_name(pen, i));
		write_scalar(pen, field);
		buf_lit(&pen->buf, ", ");
	}
	buf_char(&pen->buf, '}');
}

static inline void write_object(Pen *pen, const FieldTable *table);

static inline void
write_objects(Pen *pen, const Field *field)
{
	bool map = field->kind == FIELD_OBJECT_MAP;
	size_t len = below(pen, 4), i;

	if (map && len == 0 && below(pen, 2) == 0)
		return;
	buf_char(&pen->buf, map ? '{' : '[');
	for (i = 0; i < len; i++) {
		if (map) {
			buf_lit(&pen->buf, "? ");
			write_key(pen, some_name(pen, i));
		}
		write_object(pen, field->table);
		buf_lit(&pen->buf, ", ");
	}
	buf_char(&pen->buf, map ? '}' : ']');
}

static inline void
write_value(Pen *pen, const Field *field)
{
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_FREE_TEXT:
	case FIELD_DOMAIN:
	case FIELD_REFERENCE:
	case FIELD_TIME:
	case FIELD_FLAG:
	case FIELD_NUMBER:
	case FIELD_DATE:
	case FIELD_CHOICE: write_scalar(pen, field); return;
	case FIELD_CHOICES: write_choices(pen, field); return;
	case FIELD_TEXTS:
	case FIELD_FREE_TEXTS:
	case FIELD_REFERENCES:
	case FIELD_DOMAINS:
	case FIELD_DNS_NAMES:
	case FIELD_SENDER_DOMAINS:
	case FIELD_PREFIXES: write_list(pen, field); return;
	case FIELD_TEXT_MAP:
	case FIELD_NAMES_BY_ADDRESS: write_pairs(pen, field); return;
	case FIELD_OBJECT: write_object(pen, field->table); return;
	case FIELD_OBJECT_MAP:
	case FIELD_OBJECT_LIST: write_objects(pen, field); return;
	}
}

static inline bool
has_required(const FieldTable *table)
{
	size_t i;

	for (i = 0; i < table->len; i++) {
		if ((table->fields[i].flags & FIELD_REQUIRED) != 0)
			return true;
	}
	return false;
}

/* Any order of keys, and where nothing is required sometimes nothing at all. */
static inline void
write_object(Pen *pen, const FieldTable *table)
{
	size_t start = below(pen, table->len), i;

	if (!has_required(table) && below(pen, 6) == 0)
		return;
	buf_char(&pen->buf, '{');
	for (i = 0; i < table->len; i++) {
		const Field *field = &table->fields[(start + i) % table->len];

		if ((field->flags & FIELD_REQUIRED) == 0 && below(pen, 3) > 0)
			continue;
		map_add(pen->arena, &pen->seen, str_from(field->key), 0);
		write_key(pen, str_from(field->key));
		write_value(pen, field);
		buf_lit(&pen->buf, ", ");
	}
	buf_char(&pen->buf, '}');
}

#endif
