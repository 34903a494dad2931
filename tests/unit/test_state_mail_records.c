/* DMARC and DKIM records: their text, their order among those of SPF, and what they refuse. */
#include "test_state_case.h"

static Str
record_text(const StateCase *c, size_t index)
{
	const StateRecord *record;

	assert_true(index < c->state->records.len);
	record = &c->state->records.items[index];
	return str_format(c->spec.arena, STR_FMT " %u " STR_FMT " " STR_FMT, STR_ARG(record->name),
		(unsigned)record->ttl, STR_ARG(record->type), STR_ARG(record->value));
}

static void
texts(void **state)
{
	StateCase c = state_case(STR(SPEC_HEAD
		"domains:\n"
		"  contoso.com:\n"
		"    sends: never\n"
		"    dkim: { s2: T2.Contoso.onmicrosoft.com., s1: t1.contoso.onmicrosoft.com }\n"
		"    dmarc: { policy: quarantine, rua: ['mailto:a@contoso.com', "
		"'mailto:b@example.net!5m'] }\n"
		"  contoso.net: { spf: { manage: off }, dmarc: { policy: reject } }\n"
		"  a.contoso.com: { sends: never, spf: { ttl: 60 } }\n"));

	(void)state;
	assert_no_findings(&c.spec);
	assert_int_equal(c.state->records.len, 6);
	assert_str(record_text(&c, 0), "a.contoso.com 60 TXT v=spf1 -all");
	assert_str(record_text(&c, 1), "contoso.com 3600 TXT v=spf1 -all");
	assert_str(record_text(&c, 2), "_dmarc.contoso.com 3600 TXT v=DMARC1; p=quarantine; "
				       "rua=mailto:a@contoso.com,mailto:b@example.net!5m");
	assert_str(record_text(&c, 3),
		"s1._domainkey.contoso.com 3600 CNAME t1.contoso.onmicrosoft.com.");
	assert_str(record_text(&c, 4),
		"s2._domainkey.contoso.com 3600 CNAME t2.contoso.onmicrosoft.com.");
	assert_str(record_text(&c, 5), "_dmarc.contoso.net 3600 TXT v=DMARC1; p=reject");
	state_case_end(&c);
}

/* Names that are none were reported: nothing is made of them. */
static void
names_that_are_none(void **state)
{
	StateCase c = state_case(STR(SPEC_HEAD
		"domains: { contoso.com: { spf: { manage: off }, dkim: { 'a b': t.example.net, "
		"s1: 'v=DKIM1; p=', s2: \"t\\\"\\\\.example.net\" } } }\n"));

	(void)state;
	assert_int_equal(c.state->records.len, 0);
	state_case_end(&c);
}

/* Whatever a domain states, records stand by domain and kind, and prices know theirs. */
static void
check_order(const StateCase *c)
{
	const StateRecord *records = c->state->records.items;
	size_t i, spf = 0;

	for (i = 0; i < c->state->records.len; i++) {
		int order = i == 0 ? -1 : str_compare(records[i - 1].domain, records[i].domain);

		assert_true(order < 0 || (order == 0 && records[i - 1].kind <= records[i].kind));
		if (records[i].kind != STATE_RECORD_SPF)
			continue;
		assert_true(spf < c->state->prices.len);
		assert_int_equal(c->state->prices.items[spf].record, i);
		assert_true(str_equal(c->state->prices.items[spf].domain, records[i].domain));
		spf++;
	}
	assert_int_equal(spf, c->state->prices.len);
}

static void
order(void **state)
{
	Random random = {77};
	int i, j;

	(void)state;
	for (i = 0; i < 300; i++) {
		Arena *arena = arena_create();
		Buf text = buf_make(arena);
		size_t wanted = 0;
		StateCase c;

		buf_lit(&text, SPEC_HEAD "domains:\n");
		for (j = 0; j < 6; j++) {
			bool spf = random_below(&random, 2) == 0;
			bool dmarc = random_below(&random, 2) == 0;
			bool dkim = random_below(&random, 2) == 0;

			buf_printf(&text, "  %c%zu.example.net: { accepted: %s",
				(char)('a' + j * 7 % 5),
				random_below(&random, 1000) * 10 + (size_t)j,
				random_below(&random, 2) == 0 ? "true" : "false");
			buf_lit(&text, spf ? "" : ", spf: { manage: off }");
			buf_lit(&text, dmarc ? ", dmarc: { policy: none }" : "");
			buf_lit(&text, dkim ? ", dkim: { s: t.example.net }" : "");
			buf_lit(&text, " }\n");
			wanted += (size_t)spf + (size_t)dmarc + (size_t)dkim;
		}
		c = state_case(buf_text(&text));
		assert_int_equal(c.state->records.len, wanted);
		check_order(&c);
		state_case_end(&c);
		arena_destroy(arena);
	}
}

static void
report_addresses(void **state)
{
	static const struct {
		const char *uri;
		const char *problem; /* a part of it; NULL: none */
	} rows[] = {
		{"mailto:dmarc@contoso.com", NULL},
		{"MailTo:dmarc@contoso.com", NULL},
		{"mailto:dmarc@contoso.com!10", NULL},
		{"mailto:dmarc@contoso.com!10t", NULL},
		{"mailto:a%2Cb@contoso.com", NULL},
		{"", "mailto:"},
		{"mailto", "mailto:"},
		{"dmarc@contoso.com", "mailto:"},
		{"https://contoso.com/report", "mailto:"},
		{"mailto:", "no mail address"},
		{"mailto:@contoso.com", "no mail address"},
		{"mailto:dmarc", "no mail address"},
		{"mailto:dmarc@", "not a domain name"},
		{"mailto:dmarc@con_toso.com", "not a domain name"},
		{"mailto:dmarc@contoso.com!", "no size"},
		{"mailto:dmarc@contoso.com!m", "no size"},
		{"mailto:dmarc@contoso.com!10mb", "no size"},
		{"mailto:dmarc@contoso.com!10x", "no size"},
		{"mailto:a@contoso.com,mailto:b@contoso.com", "item of its own"},
		{"mailto:a@contoso.com; p=none", "item of its own"},
		{"mailto:a@contoso.com;p=none", "item of its own"},
		{"mailto:a b@contoso.com", "printable ASCII"},
		{"mailto:\xc3\xa4@contoso.com", "printable ASCII"},
	};
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		const char *problem = state_report_uri_problem(arena, str_from(rows[i].uri));

		if ((problem == NULL) != (rows[i].problem == NULL) ||
			(problem != NULL && strstr(problem, rows[i].problem) == NULL))
			fail_msg("%s: %s", rows[i].uri, problem == NULL ? "taken" : problem);
	}
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(names_that_are_none),
		cmocka_unit_test(order),
		cmocka_unit_test(report_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
