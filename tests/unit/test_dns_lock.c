/* The lock: what is refused and where, what an absent name means, aliases. */
#include "test_base_random.h"

#include "dns/dns.h"

#define HEAD "{\"format\":\"connplan-lock\",\"version\":1,\"names\":{"
#define TAIL "}}"

static DnsLock *
read_names(Arena *arena, const char *names)
{
	DnsLock *lock = NULL;
	DnsLockError error = {0};
	Str text = str_format(arena, HEAD "%s" TAIL, names);

	if (!dns_lock_read(arena, text, &lock, &error))
		fail_msg("%s: offset %zu: " STR_FMT, names, error.offset, STR_ARG(error.message));
	return lock;
}

typedef struct Refusal {
	const char *text;
	const char *at; /* the offset is where this begins, the last time */
	const char *message;
} Refusal;

#define ANSWER(rest) HEAD "\"x.example.com\":{" rest "}" TAIL
#define NO_DATA      "an answer that is ok has a list `data`; without records it is nodata"
#define NO_LOCK      "this is no lock: `format` is not `connplan-lock`"
#define NO_STATUS    "`status` must be ok, nodata, nxdomain, servfail or timeout"
#define NO_TTL       "`ttl` must be a number of seconds, below 2^31"
#define NO_PAIR      "MX holds pairs: a preference from 0 to 65535, and a host"
#define NO_NAME      " holds names of visible ASCII characters, with a backslash before any of \"();@$"
#define NO_TIME      "`resolved_at` must be a time in UTC such as 2026-11-20T06:00:00Z"
#define NO_OCTETS    "a character-string holds characters from U+0000 to U+00FF, one an octet"

static const Refusal refusals[] = {
	{"{\"format\":", "", "the end where a value is expected"},
	{"[]", "[", NO_LOCK},
	{"{}", "{", NO_LOCK},
	{"{\"format\":\"connplan-plan\",\"version\":1,\"names\":{}}", "{\"format", NO_LOCK},
	{"{\"format\":\"connplan-lock\",\"names\":{}}", "{\"format",
		"`version` must be a whole number"},
	{"{\"format\":\"connplan-lock\",\"version\":\"1\",\"names\":{}}", "\"1\"",
		"`version` must be a whole number"},
	{"{\"format\":\"connplan-lock\",\"version\":2,\"names\":{}}", "2",
		"version 2 of the lock is not known here; this program reads version 1"},
	{"{\"format\":\"connplan-lock\",\"version\":1}", "{", "`names` must be an object of names"},
	{"{\"format\":\"connplan-lock\",\"version\":1,\"names\":[]}", "[",
		"`names` must be an object of names"},
	{HEAD "\"x\":[]" TAIL, "[", "a name holds an object of record types"},
	{HEAD "\"x.\":{},\"X\":{}" TAIL, "{}}", "`x` stands here twice: names have no case"},
	{ANSWER("\"A\":[]"), "[", "an answer is an object with a `status`"},
	{ANSWER("\"A\":{}"), "{}", NO_STATUS},
	{ANSWER("\"A\":{\"status\":\"OK\"}"), "\"OK\"", NO_STATUS},
	{ANSWER("\"A\":{\"status\":1}"), "1}}", NO_STATUS},
	{ANSWER("\"A\":{\"status\":\"ok\"}"), "{\"status", NO_DATA},
	{ANSWER("\"A\":{\"status\":\"ok\",\"data\":[]}"), "[", NO_DATA},
	{ANSWER("\"A\":{\"status\":\"ok\",\"data\":\"1\"}"), "\"1\"", NO_DATA},
	{ANSWER("\"A\":{\"status\":\"nodata\",\"data\":[]}"), "[",
		"only an answer that is ok has `data`"},
	{ANSWER("\"A\":{\"status\":\"ok\",\"ttl\":-1,\"data\":[\"192.0.2.1\"]}"), "-1", NO_TTL},
	{ANSWER("\"A\":{\"status\":\"ok\",\"ttl\":2147483648,\"data\":[\"192.0.2.1\"]}"),
		"2147483648", NO_TTL},
	{ANSWER("\"A\":{\"status\":\"ok\",\"data\":[\"192.0.2.1\",\"::1\"]}"), "\"::1",
		"A holds IPv4 addresses"},
	{ANSWER("\"A\":{\"status\":\"ok\",\"data\":[\"192.0.2.0/24\"]}"), "\"192",
		"A holds IPv4 addresses"},
	{ANSWER("\"AAAA\":{\"status\":\"ok\",\"data\":[\"192.0.2.1\"]}"), "\"192",
		"AAAA holds IPv6 addresses"},
	{ANSWER("\"AAAA\":{\"status\":\"ok\",\"data\":[7]}"), "7", "AAAA holds IPv6 addresses"},
	{ANSWER("\"MX\":{\"status\":\"ok\",\"data\":[\"mx\"]}"), "\"mx\"",
		"MX holds pairs: [preference, host]"},
	{ANSWER("\"MX\":{\"status\":\"ok\",\"data\":[[65536,\"mx\"]]}"), "[65536", NO_PAIR},
	{ANSWER("\"MX\":{\"status\":\"ok\",\"data\":[[1,2]]}"), "[1,2", NO_PAIR},
	{ANSWER("\"PTR\":{\"status\":\"ok\",\"data\":[1]}"), "1]", "PTR holds names"},
	{ANSWER("\"CNAME\":{\"status\":\"ok\",\"data\":[\"a\",\"b\"]}"), "[\"a",
		"a name is the alias of one other"},
	{ANSWER("\"CNAME\":{\"status\":\"ok\",\"data\":[\"a b.example\"]}"), "\"a b",
		"CNAME" NO_NAME},
	{ANSWER("\"CNAME\":{\"status\":\"ok\",\"data\":[\"a.\\nb\"]}"), "\"a.", "CNAME" NO_NAME},
	{ANSWER("\"CNAME\":{\"status\":\"ok\",\"data\":[\"a;b\"]}"), "\"a;", "CNAME" NO_NAME},
	{ANSWER("\"PTR\":{\"status\":\"ok\",\"data\":[\"a\\\"b\"]}"), "\"a\\", "PTR" NO_NAME},
	{ANSWER("\"PTR\":{\"status\":\"ok\",\"data\":[\"a\\\\\"]}"), "\"a\\", "PTR" NO_NAME},
	{ANSWER("\"PTR\":{\"status\":\"ok\",\"data\":[\"a\\\\12\"]}"), "\"a\\", "PTR" NO_NAME},
	{ANSWER("\"PTR\":{\"status\":\"ok\",\"data\":[\"\\u00e9.example\"]}"), "\"\\u00e9",
		"PTR" NO_NAME},
	{ANSWER("\"MX\":{\"status\":\"ok\",\"data\":[[1,\"$a\"]]}"), "\"$a", "MX" NO_NAME},
	{"{\"format\":\"connplan-lock\",\"version\":1,\"resolved_at\":1,\"names\":{}}", "1,\"names",
		NO_TIME},
	{"{\"format\":\"connplan-lock\",\"version\":1,\"resolved_at\":\"2020-13-45T99:00:00Z\","
	 "\"names\":{}}",
		"\"2020", NO_TIME},
	{"{\"format\":\"connplan-lock\",\"version\":1,\"resolved_at\":\"2026-11-20T06:00:00+09:"
	 "00\",\"names\":{}}",
		"\"2026", NO_TIME},
	{ANSWER("\"TXT\":{\"status\":\"ok\",\"data\":[\"v=spf1\"]}"),
		"\"v=", "a TXT record is a list of character-strings"},
	{ANSWER("\"TXT\":{\"status\":\"ok\",\"data\":[[\"\\u0100\"]]}"), "[\"\\u0100", NO_OCTETS},
	{ANSWER("\"TXT\":{\"status\":\"ok\",\"data\":[[1]]}"), "[1", NO_OCTETS},
};

/* Where `part` stands the last time in the text, or its end. */
static size_t
last_of(const char *text, const char *part)
{
	const char *found = NULL, *at;

	for (at = text; *part != '\0' && (at = strstr(at, part)) != NULL; at++)
		found = at;
	return found == NULL ? strlen(text) : (size_t)(found - text);
}

static void
refuses_with_place(void **state)
{
	Arena *arena = arena_create();
	DnsLockError error;
	DnsLock *lock;
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(refusals); i++) {
		const Refusal *row = &refusals[i];

		error = (DnsLockError){0};
		if (dns_lock_read(arena, str_from(row->text), &lock, &error))
			fail_msg("%s is taken", row->text);
		if (!str_equal(error.message, str_from(row->message)) ||
			error.offset != last_of(row->text, row->at))
			fail_msg("%s: offset %zu: " STR_FMT, row->text, error.offset,
				STR_ARG(error.message));
	}
	arena_destroy(arena);
}

static DnsStatus
status_of(const DnsLock *lock, bool closed, const char *name, DnsType type)
{
	return dns_ask(dns_lock_source(lock, closed), str_from(name), type)->status;
}

/* Absent is not asked; only in a closed world it is a statement, and the name's other answers say
 * which one. */
static void
absent_is_not_the_same_as_none(void **state)
{
	Arena *arena = arena_create();
	DnsLock *lock = read_names(arena, "\"a.example.com\":{\"A\":{\"status\":\"nodata\"}},"
					  "\"b.example.com\":{\"TXT\":{\"status\":\"nxdomain\"}},"
					  "\"c.example.com\":{\"MX\":{\"status\":\"servfail\"}}");

	(void)state;
	assert_int_equal(dns_lock_len(lock), 3);
	assert_int_equal(status_of(lock, false, "a.example.com", DNS_A), DNS_NODATA);
	assert_int_equal(status_of(lock, false, "a.example.com", DNS_AAAA), DNS_NOT_ASKED);
	assert_int_equal(status_of(lock, true, "a.example.com", DNS_AAAA), DNS_NODATA);
	assert_int_equal(status_of(lock, false, "b.example.com", DNS_TXT), DNS_NXDOMAIN);
	assert_int_equal(status_of(lock, false, "b.example.com", DNS_A), DNS_NOT_ASKED);
	assert_int_equal(status_of(lock, true, "b.example.com", DNS_A), DNS_NXDOMAIN);
	assert_int_equal(status_of(lock, true, "c.example.com", DNS_MX), DNS_SERVFAIL);
	assert_int_equal(status_of(lock, false, "d.example.com", DNS_A), DNS_NOT_ASKED);
	assert_int_equal(status_of(lock, true, "d.example.com", DNS_A), DNS_NXDOMAIN);
	arena_destroy(arena);
}

/* A chain of `len` aliases, n0 to n<len>, which has an address. */
static DnsLock *
chain(Arena *arena, unsigned len)
{
	Buf names = buf_make(arena);
	unsigned i;

	for (i = 0; i < len; i++)
		buf_printf(&names, "\"n%u\":{\"CNAME\":{\"status\":\"ok\",\"data\":[\"N%u.\"]}},",
			i, i + 1);
	buf_printf(&names, "\"n%u\":{\"A\":{\"status\":\"ok\",\"data\":[\"192.0.2.1\"]}}", len);
	return read_names(arena, str_c(arena, buf_text(&names)));
}

static void
aliases_are_followed_eight_steps(void **state)
{
	Arena *arena = arena_create();
	DnsLock *lock;

	(void)state;
	assert_int_equal(status_of(chain(arena, 8), false, "n0", DNS_A), DNS_OK);
	assert_int_equal(status_of(chain(arena, 9), false, "n0", DNS_A), DNS_NODATA);
	assert_int_equal(status_of(chain(arena, 9), false, "n1", DNS_A), DNS_OK);
	lock = read_names(arena, "\"x\":{\"CNAME\":{\"status\":\"ok\",\"data\":[\"y\"]}},"
				 "\"y\":{\"CNAME\":{\"status\":\"ok\",\"data\":[\"x\"]}},"
				 "\"z\":{\"CNAME\":{\"status\":\"ok\",\"data\":[\"nowhere\"]}}");
	assert_int_equal(status_of(lock, false, "x", DNS_A), DNS_NODATA);
	assert_int_equal(status_of(lock, false, "x", DNS_CNAME), DNS_OK);
	assert_int_equal(status_of(lock, false, "z", DNS_TXT), DNS_NOT_ASKED);
	assert_int_equal(status_of(lock, true, "z", DNS_TXT), DNS_NXDOMAIN);
	arena_destroy(arena);
}

static void
records_are_as_they_were_answered(void **state)
{
	Arena *arena = arena_create();
	DnsLock *lock = read_names(arena,
		"\"Example.COM.\":{\"TXT\":{\"status\":\"ok\",\"ttl\":300,"
		"\"data\":[[\"v=spf1 a\",\"\\u0000\\u00ff b\"],[]]},"
		"\"MX\":{\"status\":\"ok\",\"data\":[[20,\"MX.Example.com.\"],[0,\".\"]]},"
		"\"SOA\":{\"anything\":1}}");
	const DnsSource *source = dns_lock_source(lock, false);
	const DnsAnswer *txt = dns_ask(source, STR("example.com"), DNS_TXT);
	const DnsAnswer *mx = dns_ask(source, STR("example.com"), DNS_MX);

	(void)state;
	assert_int_equal(txt->ttl, 300);
	assert_int_equal(txt->texts.len, 2);
	assert_true(str_equal(txt->texts.items[0], STR("v=spf1 a\0\xff b")));
	assert_int_equal(txt->texts.items[1].len, 0);
	assert_false(mx->has_ttl);
	assert_int_equal(mx->exchanges.items[0].preference, 20);
	assert_true(STR_EQ(mx->exchanges.items[0].host, "mx.example.com"));
	assert_int_equal(mx->exchanges.items[1].host.len, 0);
	arena_destroy(arena);
}

static void
a_string_has_255_octets(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	DnsLockError error;
	DnsLock *lock;
	unsigned len;

	(void)state;
	for (len = 255; len <= 256; len++) {
		text.len = 0;
		buf_lit(&text, HEAD "\"x\":{\"TXT\":{\"status\":\"ok\",\"data\":[[\"");
		/* Two bytes of UTF-8 are one octet. */
		buf_lit(&text, "\xc3\xa9");
		buf_repeat(&text, 'a', len - 1);
		buf_lit(&text, "\"]]}}" TAIL);
		assert_int_equal(dns_lock_read(arena, buf_text(&text), &lock, &error), len == 255);
	}
	arena_destroy(arena);
}

/* 16 bits count what a record holds, the byte before each string with it: 255 times 256, and 255.
 */
static void
a_record_has_65535_octets(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	DnsLockError error;
	DnsLock *lock;
	unsigned i, len;

	(void)state;
	for (len = 254; len <= 255; len++) {
		text.len = 0;
		buf_lit(&text, HEAD "\"x\":{\"TXT\":{\"status\":\"ok\",\"data\":[[");
		for (i = 0; i < 256; i++) {
			buf_lit(&text, i == 0 ? "\"" : ",\"");
			buf_repeat(&text, 'a', i == 0 ? len : 255);
			buf_char(&text, '"');
		}
		buf_lit(&text, "]]}}" TAIL);
		assert_int_equal(dns_lock_read(arena, buf_text(&text), &lock, &error), len == 254);
	}
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_with_place),
		cmocka_unit_test(absent_is_not_the_same_as_none),
		cmocka_unit_test(aliases_are_followed_eight_steps),
		cmocka_unit_test(records_are_as_they_were_answered),
		cmocka_unit_test(a_string_has_255_octets),
		cmocka_unit_test(a_record_has_65535_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
