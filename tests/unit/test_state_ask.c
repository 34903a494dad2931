/* Which DNS answers a spec relies on: what each key of the spec asks for. */
#include "test_state_case.h"

#define LOCK                                                                                       \
	"{\"format\":\"connplan-lock\",\"version\":1,\"names\":{"                                  \
	"\"vendor.example\":{\"TXT\":{\"status\":\"ok\",\"data\":[[\"v=spf1 "                      \
	"a:out.vendor.example -all\"]]}},"                                                         \
	"\"_spf1.leaves.example\":{\"TXT\":{\"status\":\"ok\",\"data\":[[\"v=spf1 -all\"]]}},"     \
	"\"contoso.net\":{\"MX\":{\"status\":\"nodata\"}},"                                        \
	"\"16.100.51.198.in-addr.arpa\":{\"PTR\":{\"status\":\"ok\",\"data\":[\"out.contoso.com\"" \
	"]}}}}"
#define ALWAYS                                                                                     \
	"TXT:contoso.com MX:contoso.com TXT:_dmarc.contoso.com TXT:spf.protection.outlook.com "    \
	"TXT:_spf1.contoso.com"

typedef struct AskRow {
	const char *spec;  /* below SPEC_HEAD */
	const char *asked; /* in the order of DNS type and name; a leading `+`: beside ALWAYS */
} AskRow;

#define DOMAIN  "domains: {contoso.com: {}}\n"
#define KEYS(k) "domains: {contoso.com: {" k "}}\n"
#define HOST(k)                                                                                    \
	DOMAIN "relay_hosts: {h: {address: 10.1.1.1, sends_as: contoso.com, egress: e, " k "}}\n"

static const AskRow rows[] = {
	{"", ""},
	{DOMAIN, "+"},
	{KEYS("spf: {includes: vendor.example}"),
		"+ TXT:vendor.example A:out.vendor.example AAAA:out.vendor.example"},
	{KEYS("spf: {flatten: x.example}"), "+ TXT:x.example"},
	{KEYS("spf: {terms: ['exists:x.example', 'exists:%{i}.x.example', ptr, mx]}"),
		"+ A:x.example"},
	{KEYS("dkim: {s1: s1.contoso.onmicrosoft.com}"), "+ CNAME:s1._domainkey.contoso.com"},
	{"domains: {contoso.net: {sends: never}}",
		"TXT:contoso.net MX:contoso.net A:contoso.net AAAA:contoso.net "
		"TXT:_dmarc.contoso.net TXT:spf.protection.outlook.com"},
	{"tenant: {cloud: china}\n" DOMAIN, "TXT:contoso.com MX:contoso.com TXT:_dmarc.contoso.com "
					    "TXT:_spf1.contoso.com "
					    "TXT:spf.protection.partner.outlook.cn"},
	/* Leaves of a record that was split, as far as there are some. */
	{"domains: {leaves.example: {}}\n",
		"TXT:leaves.example MX:leaves.example TXT:_dmarc.leaves.example "
		"TXT:_spf1.leaves.example TXT:_spf2.leaves.example TXT:spf.protection.outlook.com"},
	{"domains: {leaves.example: {spf: {split: never}}}\n",
		"TXT:leaves.example MX:leaves.example TXT:_dmarc.leaves.example "
		"TXT:spf.protection.outlook.com"},
	{"domains: {leaves.example: {spf: {manage: check}}}\n",
		"TXT:leaves.example MX:leaves.example TXT:_dmarc.leaves.example "
		"TXT:spf.protection.outlook.com"},
	{DOMAIN "relay_hosts: {h: {method: submission, auth: oauth, mailbox: a@x.example}}\n",
		"+ TXT:x.example MX:x.example"},
	{DOMAIN "expect: [{ip: 192.0.2.1, as: x.example, spf: none}]\n", "+ TXT:x.example"},
	{DOMAIN "egress: {e: {addresses: 203.0.113.0/30}}\n"
		"gateways: {g: {egress: e, shared: true, spf: ['a:x.example', 'a:x.example']}}\n",
		"+ A:x.example AAAA:x.example"},
	{"domains: {contoso.com: {}, contoso.org: {}}\n"
	 "egress: {e: {addresses: 203.0.113.0/30}}\n"
	 "gateways: {g: {egress: e, spf: ['a:x.%{d}']}}\n",
		"+ TXT:contoso.org MX:contoso.org TXT:_dmarc.contoso.org TXT:_spf1.contoso.org "
		"A:x.contoso.com "
		"AAAA:x.contoso.com A:x.contoso.org AAAA:x.contoso.org"},
	/* Reverse names: of our own addresses that somebody sees, and not of whole networks. */
	{HOST("") "egress: {e: {addresses: 198.51.100.16/31}}\n",
		"+ PTR:16.100.51.198.in-addr.arpa PTR:17.100.51.198.in-addr.arpa "
		"A:out.contoso.com"},
	{HOST("") "egress: {e: {addresses: 198.51.100.17, ptr: out.contoso.com}}\n",
		"+ PTR:17.100.51.198.in-addr.arpa A:out.contoso.com AAAA:out.contoso.com"},
	{HOST("") "egress: {e: {addresses: 198.51.100.0/23}}\n", "+"},
	{HOST("") "egress: {e: {addresses: 10.1.2.3}}\n", "+"},
	{HOST("") "egress: {e: {addresses: 198.51.100.17, shared: true}}\n", "+"},
	{HOST("") "egress: {e: {addresses: 198.51.100.17, dynamic: true}}\n", "+"},
	{HOST("method: hve, auth: oauth") "egress: {e: {addresses: 198.51.100.17}}\n", "+"},
	{DOMAIN "egress: {e: {addresses: 198.51.100.17}}\n", "+"},
	{"domains: {contoso.com: {}}\n"
	 "relay_hosts: {h: {address: 198.51.100.17, sends_as: contoso.com}}\n",
		"+ PTR:17.100.51.198.in-addr.arpa"},
};

static int
text_order(const void *a, const void *b, void *context)
{
	(void)context;
	return str_compare(*(const Str *)a, *(const Str *)b);
}

static Str
sorted(Arena *arena, StrVec *words)
{
	Buf buf = buf_make(arena);
	size_t i;

	base_sort(words->items, words->len, sizeof(Str), text_order, NULL);
	for (i = 0; i < words->len; i++)
		buf_printf(&buf, STR_FMT "\n", STR_ARG(words->items[i]));
	return buf_text(&buf);
}

static void
add_words(Arena *arena, StrVec *words, Str text)
{
	while (text.len > 0) {
		size_t end = str_find_char(text, ' ', 0);

		if (end > 0)
			VEC_PUSH(arena, words, str_slice(text, 0, end));
		text = str_slice(text, end < text.len ? end + 1 : end, text.len);
	}
}

static Str
wanted_of(Arena *arena, const char *asked)
{
	StrVec words = {0};

	if (asked[0] == '+')
		add_words(arena, &words, STR(ALWAYS));
	add_words(arena, &words, str_from(asked[0] == '+' ? asked + 1 : asked));
	return sorted(arena, &words);
}

static const DnsSource *
lock_source(Arena *arena)
{
	DnsLockError error;
	DnsLock *lock;

	assert_true(dns_lock_read(arena, STR(LOCK), &lock, &error));
	return dns_lock_source(lock, false);
}

static void
each_key_asks_for_its_names(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		Arena *arena = arena_create();
		bool own_tenant = strncmp(rows[i].spec, "tenant", 6) == 0;
		ModelCase c = model_case_text(str_format(arena, "%s%s",
			own_tenant ? "version: 1\nsample: true\n" : SPEC_HEAD, rows[i].spec));
		DnsQuestionVec questions = {0};
		StrVec asked = {0};

		assert_true(
			state_ask(c.model, dns_recorder(arena, lock_source(arena), &questions)));
		for (j = 0; j < questions.len; j++)
			VEC_PUSH(arena, &asked,
				str_format(arena, "%s:" STR_FMT,
					dns_type_text(questions.items[j].type),
					STR_ARG(questions.items[j].name)));
		if (!str_equal(sorted(arena, &asked), wanted_of(arena, rows[i].asked)))
			fail_msg("%s\n" STR_FMT, rows[i].spec, STR_ARG(sorted(arena, &asked)));
		model_case_end(&c);
		arena_destroy(arena);
	}
}

/* A gateway's term that stands in the record of every domain: a product. */
static void
a_spec_that_names_too_much_is_told(void **state)
{
	Arena *arena = arena_create();
	Buf spec = buf_make(arena);
	DnsQuestionVec questions = {0};
	ModelCase c;
	unsigned i;

	(void)state;
	buf_lit(&spec, SPEC_HEAD "egress: {e: {addresses: 203.0.113.1}}\ndomains:\n");
	for (i = 0; i < 1000; i++)
		buf_printf(&spec, "  d%u.example: {}\n", i);
	buf_lit(&spec, "gateways:\n");
	for (i = 0; i < 250; i++)
		buf_printf(&spec, "  g%u: {egress: e, spf: ['a:x%u.%%{d}']}\n", i, i);
	c = model_case_text(buf_text(&spec));
	assert_false(state_ask(c.model, dns_recorder(arena, lock_source(arena), &questions)));
	assert_in_range(questions.len, 200000, 450000);
	model_case_end(&c);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_asks_for_its_names),
		cmocka_unit_test(a_spec_that_names_too_much_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
