/* The grammar of RFC 7208 section 12: what is taken, and what is refused and where. */
#include "test_base_random.h"

#include "spf/spf.h"

static const char *const good[] = {
	"v=spf1",
	"v=spf1 ",
	"V=SpF1   -ALL  ",
	"v=spf1 a/0 a//0 a/32//128 mx/24 A:Example.COM/24//64 a:%{d}/8",
	"v=spf1 a:foo:bar/baz.example.com a:example.xn--zckzah a:example.com.",
	"v=spf1 ip4:192.0.2.77/24 ip4:0.0.0.0/0 IP4:255.255.255.255",
	"v=spf1 ip6:::/0 ip6:2001:DB8::1 ip6:::ffff:192.0.2.0/120 ip6:::1.1.1.1/128",
	"v=spf1 exists:%{ir}.%{v}.%{l1r-}.lp._spf.%{d2} exists:a%%b%_c%-d.example.com",
	"v=spf1 exists:%{S0123456789R.-+,/_=}.x.example.com exists:x.%{H}",
	"v=spf1 ptr ptr:example.com ?include:_spf.example.com",
	"v=spf1 moo.cow-far_out=man:dog/cat%{d}%% x= default=+",
	"v=spf1 redirect=_spf.%{d} exp=%{l}._exp.example.com",
	"v=spf1 a.b=c +a -mx ~ptr ?exists:a.b",
};

typedef struct Refusal {
	const char *record, *term, *message; /* an absent term: the place is the beginning */
} Refusal;

#define NO_NAME   "no mechanism has this name"
#define NO_LENGTH "this mechanism takes no prefix length like that"
#define NO_LABEL  "the domain does not end in a top-level label"
#define EMPTY     "the domain is empty"
#define WANTS     "this mechanism wants a domain"
#define NO_IP4    "`ip4` wants four numbers, and a length of at most 32"
#define NO_IP6    "`ip6` wants an IPv6 address, and a length of at most 128"
#define NO_MACRO  "`%` begins no macro; it is written `%%`"
#define CHARACTER "a character that is not visible ASCII"
#define TWICE     "this modifier stands here twice"

static const Refusal refusals[] = {
	{"v=spf10", NULL, "the record does not begin `v=spf1`"},
	{" v=spf1", NULL, "the record does not begin `v=spf1`"},
	{"v=spf1\t-all", NULL, "the record does not begin `v=spf1`"},
	{"v=spf1 -all moo", "moo", NO_NAME},
	{"v=spf1 =all", "=all", NO_NAME},
	{"v=spf1 1up=foo", "1up=foo", NO_NAME},
	{"v=spf1 + a", "+", NO_NAME},
	{"v=spf1 --all", "--all", NO_NAME},
	{"v=spf1 -all.", "-all.", NO_NAME},
	{"v=spf1 redirect:a.example.com", "redirect:a.example.com", NO_NAME},
	{"v=spf1 -redirect=a.example.com", "-redirect=a.example.com", NO_NAME},
	{"v=spf1 a\t-all", "a\t-all", NO_NAME},
	{"v=spf1 moo.cow/far_out=man", "moo.cow/far_out=man", NO_NAME},
	{"v=spf1 all:x.example.com", "all:x.example.com", "`all` takes no argument"},
	{"v=spf1 all/8", "all/8", NO_LENGTH},
	{"v=spf1 ptr/0", "ptr/0", NO_LENGTH},
	{"v=spf1 a/08", "a/08", NO_LENGTH},
	{"v=spf1 a/24/64", "a/24/64", "an IPv4 prefix length is at most 32"},
	{"v=spf1 a/33", "a/33", "an IPv4 prefix length is at most 32"},
	{"v=spf1 mx//129", "mx//129", "an IPv6 prefix length is at most 128"},
	{"v=spf1 a/", "a/", NO_LENGTH},
	{"v=spf1 a:", "a:", EMPTY},
	{"v=spf1 mx:/24", "mx:/24", EMPTY},
	{"v=spf1 include", "include", WANTS},
	{"v=spf1 exists", "exists", WANTS},
	{"v=spf1 exists:a.example.com/24", "exists:a.example.com/24", NO_LABEL},
	{"v=spf1 include:a.example.com/24", "include:a.example.com/24", NO_LABEL},
	{"v=spf1 a:museum", "a:museum", NO_LABEL},
	{"v=spf1 a:museum.", "a:museum.", NO_LABEL},
	{"v=spf1 a:192.0.2.1", "a:192.0.2.1", NO_LABEL},
	{"v=spf1 a:example.-com", "a:example.-com", NO_LABEL},
	{"v=spf1 a:example.com-", "a:example.com-", NO_LABEL},
	{"v=spf1 a:example.com:8080", "a:example.com:8080", NO_LABEL},
	{"v=spf1 a:%{d}com", "a:%{d}com", NO_LABEL},
	{"v=spf1 ip4", "ip4", NO_IP4},
	{"v=spf1 ip4:192.0.2", "ip4:192.0.2", NO_IP4},
	{"v=spf1 ip4:192.0.2.01", "ip4:192.0.2.01", NO_IP4},
	{"v=spf1 ip4:192.0.2.1/33", "ip4:192.0.2.1/33", NO_IP4},
	{"v=spf1 ip4:192.0.2.1/032", "ip4:192.0.2.1/032", NO_IP4},
	{"v=spf1 ip4:192.0.2.1//32", "ip4:192.0.2.1//32", NO_IP4},
	{"v=spf1 ip4:192.0.2.1:25", "ip4:192.0.2.1:25", NO_IP4},
	{"v=spf1 ip4:2001:db8::1", "ip4:2001:db8::1", NO_IP4},
	{"v=spf1 ip6:192.0.2.1", "ip6:192.0.2.1", NO_IP6},
	{"v=spf1 ip6:2001:db8::/129", "ip6:2001:db8::/129", NO_IP6},
	{"v=spf1 ip6:2001:db8:://32", "ip6:2001:db8:://32", NO_IP6},
	{"v=spf1 ip6::2001::db8", "ip6::2001::db8", NO_IP6},
	{"v=spf1 a:%(d).example.com", "a:%(d).example.com", NO_MACRO},
	{"v=spf1 foo=%abc", "foo=%abc", NO_MACRO},
	{"v=spf1 foo=50%", "foo=50%", NO_MACRO},
	{"v=spf1 a:%{d", "a:%{d", "a macro is not closed by `}`"},
	{"v=spf1 a:%{d*}", "a:%{d*}", "a macro is not closed by `}`"},
	{"v=spf1 a:%{}", "a:%{}", "no macro has this letter"},
	{"v=spf1 a:%{x}", "a:%{x}", "no macro has this letter"},
	{"v=spf1 a:%{d0}", "a:%{d0}", "a macro cannot keep 0 parts"},
	{"v=spf1 exp=%{r}", "exp=%{r}", "the macros c, r and t are for explanations alone"},
	{"v=spf1 x=%{T}", "x=%{T}", "the macros c, r and t are for explanations alone"},
	{"v=spf1 a:\xc3\xa9.example.com", "a:\xc3\xa9.example.com", CHARACTER},
	{"v=spf1 x=\x7f", "x=\x7f", CHARACTER},
	{"v=spf1 exp=a.example.com EXP=b.example.com", "EXP=b.example.com", TWICE},
	{"v=spf1 redirect=a.example.com all redirect=a.example.com", NULL, TWICE},
	{"v=spf1 redirect=", "redirect=", EMPTY},
	{"v=spf1 exp=-all", "exp=-all", NO_LABEL},
};

static void
takes_the_grammar(void **state)
{
	Arena *arena = arena_create();
	SpfRecord *record;
	SpfProblem problem;
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(good); i++) {
		if (!spf_parse(arena, str_from(good[i]), &record, &problem))
			fail_msg("%s: " STR_FMT, good[i], STR_ARG(problem.message));
	}
	arena_destroy(arena);
}

static void
refuses_with_place(void **state)
{
	Arena *arena = arena_create();
	SpfRecord *record;
	SpfProblem problem;
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(refusals); i++) {
		const Refusal *row = &refusals[i];
		Str text = str_from(row->record);

		if (spf_parse(arena, text, &record, &problem))
			fail_msg("%s is taken", row->record);
		if (!str_equal(problem.message, str_from(row->message)))
			fail_msg("%s: " STR_FMT, row->record, STR_ARG(problem.message));
		if (row->term != NULL)
			assert_true(str_equal(
				str_slice(text, problem.start, problem.end), str_from(row->term)));
	}
	arena_destroy(arena);
}

/* A record that is taken is its terms, one after another. */
static void
terms_keep_their_text(void **state)
{
	Arena *arena = arena_create();
	Str text = STR("v=spf1  ~a:x.example.com/24//64 ?ip4:192.0.2.1/31 Redirect=y.example.com ");
	SpfRecord *record;
	SpfProblem problem;

	(void)state;
	assert_true(spf_parse(arena, text, &record, &problem));
	assert_int_equal(record->len, 3);
	assert_int_equal(record->terms[0].kind, SPF_TERM_A);
	assert_int_equal(record->terms[0].qualifier, SPF_SOFTFAIL);
	assert_int_equal(record->terms[0].ip4_len, 24);
	assert_int_equal(record->terms[0].ip6_len, 64);
	assert_true(STR_EQ(record->terms[0].text, "~a:x.example.com/24//64"));
	assert_int_equal(record->terms[1].qualifier, SPF_NEUTRAL);
	assert_int_equal(record->terms[1].prefix.len, 31);
	assert_ptr_equal(record->redirect, &record->terms[2]);
	assert_null(record->exp);
	arena_destroy(arena);
}

/* Whatever the octets are, the answer is yes, or a place inside the text. */
static void
any_octets_are_judged(void **state)
{
	Random random = {7};
	unsigned taken = 0, i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		Arena *arena = arena_create();
		Str rest = random_text(&random, arena, "a %{}dlr-:/.0129=mxptip46+~?\x80\n", 24);
		Str text = str_format(arena, "v=spf1 " STR_FMT, STR_ARG(rest));
		SpfRecord *record;
		SpfProblem problem;

		if (spf_parse(arena, text, &record, &problem))
			taken++;
		else
			assert_true(problem.start <= problem.end && problem.end <= text.len &&
				    problem.message.len > 0);
		arena_destroy(arena);
	}
	/* Else the letters above make nothing but nonsense, and this test little sense. */
	assert_in_range(taken, 200, 19000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_grammar),
		cmocka_unit_test(refuses_with_place),
		cmocka_unit_test(terms_keep_their_text),
		cmocka_unit_test(any_octets_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
