/* What evaluation may ask for: all that an address can reach with ten look-ups, and nothing else.
 */
#include "test_base_random.h"

#include "spf/spf.h"

#define HEAD "{\"format\":\"connplan-lock\",\"version\":1,\"names\":{"
#define TXT(name, record)                                                                          \
	"\"" name ".example.com\":{\"TXT\":{\"status\":\"ok\",\"data\":[[\"" record "\"]]}}"

typedef struct AskRow {
	const char *what, *names; /* of the lock */
	const char *asked;        /* names without .example.com, divided by blanks */
} AskRow;

static const AskRow rows[] = {
	{"terms of every kind",
		TXT("d", "v=spf1 ip4:192.0.2.1 include:i.example.com "
			 "a:a.example.com mx "
			 "exists:e.example.com redirect=r.example.com"),
		"TXT:d TXT:i A:a AAAA:a MX:d A:e TXT:r"},
	{"hosts of an answer",
		TXT("d", "v=spf1 mx:m.example.com") ",\"m.example.com\":{\"MX\":{"
						    "\"status\":\"ok\","
						    "\"data\":[[1,\"x.example."
						    "com\"],[2,\".\"]]}}",
		"TXT:d MX:m A:x AAAA:x"},
	{"behind all nothing is reached", TXT("d", "v=spf1 -all a redirect=r.example.com"),
		"TXT:d"},
	{"what hangs on the client or the sender leads nowhere",
		TXT("d", "v=spf1 ptr exists:%{i}.example.com a:%{l}.example.com "
			 "include:%{h}.example.com exp=x.example.com"),
		"TXT:d"},
	{"what hangs on domains is known",
		TXT("d", "v=spf1 include:i.example.com") "," TXT(
			"i", "v=spf1 a:%{d2}.x.example.com exists:%{o}.y.example.com"),
		"TXT:d TXT:i A:example.com.x AAAA:example.com.x A:d.example.com.y"},
	{"a loop ends", TXT("d", "v=spf1 include:d.example.com a:a.example.com"),
		"TXT:d A:a AAAA:a"},
	{"a broken record leads nowhere", TXT("d", "v=spf1 a:a.example.com moo"), "TXT:d"},
	{"the tenth term is reached, the eleventh is not",
		TXT("d", "v=spf1 exists:a.example.com exists:b.example.com "
			 "exists:c.example.com "
			 "exists:d.example.com exists:e.example.com "
			 "\",\"exists:f.example.com "
			 "exists:g.example.com exists:h.example.com "
			 "exists:i.example.com "
			 "include:j.example.com exists:k.example.com "
			 "redirect=l.example.com") "," TXT("j", "v=spf1 a:m.example.com"),
		"TXT:d A:a A:b A:c A:d A:e A:f A:g A:h A:i TXT:j"},
	{"a record reached by two ways counts from the shorter one",
		TXT("d", "v=spf1 include:i.example.com exists:a.example.com "
			 "exists:b.example.com "
			 "exists:c.example.com exists:e.example.com "
			 "include:j.example.com") "," TXT("i",
			"v=spf1 exists:a.example.com exists:a.example.com "
			"exists:a.example.com "
			"exists:a.example.com exists:a.example.com "
			"exists:a.example.com "
			"exists:a.example.com exists:a.example.com "
			"include:j.example.com") "," TXT("j",
			"v=spf1 exists:s.example.com exists:t.example.com"),
		"TXT:d TXT:i A:a TXT:j A:b A:c A:e A:s A:t"},
};

static void
add_name(Buf *buf, DnsQuestion question)
{
	Str tail = STR(".example.com"), name = question.name;

	assert_true(str_ends(name, tail));
	buf_printf(buf, "%s%s:" STR_FMT, buf->len > 0 ? " " : "", dns_type_text(question.type),
		STR_ARG(str_slice(name, 0, name.len - tail.len)));
}

static void
asks_for_what_can_be_reached(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		Arena *arena = arena_create();
		Str text = str_format(arena, HEAD "%s}}", rows[i].names);
		Buf asked = buf_make(arena);
		DnsQuestionVec questions = {0};
		DnsLockError error;
		DnsLock *lock;
		SpfCache *cache;

		if (!dns_lock_read(arena, text, &lock, &error))
			fail_msg("%s: " STR_FMT, rows[i].what, STR_ARG(error.message));
		cache = spf_cache(
			arena, dns_recorder(arena, dns_lock_source(lock, false), &questions));
		spf_ask_record(cache, STR("d.example.com"));
		spf_cache_close(cache);
		for (j = 0; j < questions.len; j++)
			add_name(&asked, questions.items[j]);
		if (!str_equal(buf_text(&asked), str_from(rows[i].asked)))
			fail_msg("%s: " STR_FMT, rows[i].what, STR_ARG(buf_text(&asked)));
		arena_destroy(arena);
	}
}

static void
asks_for_terms_and_clients(void **state)
{
	Arena *arena = arena_create();
	Str text = STR(HEAD "\"1.2.0.192.in-addr.arpa\":{\"PTR\":{\"status\":\"ok\",\"data\":"
			    "[\"h.example.com\"]}}}}");
	Buf asked = buf_make(arena);
	DnsQuestionVec questions = {0};
	DnsLockError error;
	DnsLock *lock;
	SpfCache *cache;
	size_t i;

	(void)state;
	assert_true(dns_lock_read(arena, text, &lock, &error));
	cache = spf_cache(arena, dns_recorder(arena, dns_lock_source(lock, false), &questions));
	spf_ask_term(cache, STR("d.example.com"), STR("mx"));
	spf_ask_term(cache, STR("d.example.com"), STR("a:%{d}.example.com"));
	spf_ask_term(cache, STR("d.example.com"), STR("moo"));
	spf_ask_term(cache, STR("d.example.com"), STR("mx"));
	spf_ask_client(cache, net_prefix_of(NET_IP4, 0xc0000201, 32));
	spf_cache_close(cache);
	for (i = 0; i < questions.len; i++)
		buf_printf(&asked, " %s:" STR_FMT, dns_type_text(questions.items[i].type),
			STR_ARG(questions.items[i].name));
	assert_true(STR_EQ(buf_text(&asked),
		" MX:d.example.com A:d.example.com.example.com AAAA:d.example.com.example.com "
		"PTR:1.2.0.192.in-addr.arpa A:h.example.com"));
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_what_can_be_reached),
		cmocka_unit_test(asks_for_terms_and_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
