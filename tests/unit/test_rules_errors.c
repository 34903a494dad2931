/* Answers of the service, known again in what people paste. */
#include "test_rules_case.h"

/* The keys of what is found, with blanks between. */
static Str
keys(Arena *arena, Str text)
{
	RulesErrors found = rules_find_errors(arena, text);
	Buf buf = buf_make(arena);
	size_t i;

	for (i = 0; i < found.len; i++) {
		buf_lit(&buf, i > 0 ? " " : "");
		buf_str(&buf, found.items[i]->key);
	}
	return buf_text(&buf);
}

typedef struct TextRow {
	const char *text, *keys;
} TextRow;

static const TextRow rows[] = {
	/* The reserved range, in the quotes of every console and mail program, and masked. */
	{"The IP range '10.1.1.30' contains reserved IP addresses.", "reserved"},
	{"The IP range \"10.1.1.30\" contains reserved IP addresses", "reserved"},
	{"The IP range \xe2\x80\x98"
	 "10.1.1.30\xe2\x80\x99 contains reserved IP addresses.",
		"reserved"},
	{"Error: The IP range `x.x.x.x` contains\r\n  reserved IP addresses.", "reserved"},
	{"Unable to create a connector. The IP range '***' contains reserved IP addresses.",
		"reserved"},
	{"THE IP RANGE [redacted] CONTAINS RESERVED IP ADDRESSES", "reserved"},
	{"> The IP range '' contains\n> reserved IP addresses.", "reserved"},
	{"The IP range '10.1.1.30' contains reserved=\r\n IP addresses.", "reserved"},
	{"contains\xc2\xa0reserved\xe3\x80\x80IP addresses", "reserved"},
	{"The IP range '10.1.1.30' is reserved for you", ""},
	/* Codes, wherever they stand. */
	{"550 5.7.64 TenantAttribution; Relay Access Denied", "relay_denied"},
	{"550 5.7.64", "relay_denied"},
	{"550-5.7.64 TenantAttribution", "relay_denied"},
	{"<mx.example.com #5.7.64 smtp;550>", "relay_denied"},
	{"Remote server returned '550 5.7.64'", "relay_denied"},
	{"(5.7.64)", "relay_denied"},
	{"status=5.7.64.", "relay_denied"},
	{"Relay  Access\tDenied", "relay_denied"},
	{"550 5.7.51 TenantInboundAttribution; There is a partner connector", "restricted"},
	{"had either the RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set",
		"restricted"},
	{"550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from "
	 "unauthorized sources",
		"direct_send"},
	{"530 5.7.57 Client not authenticated to send mail.", "not_signed_in"},
	{"530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
		"not_signed_in"},
	{"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
	 "Tenant. Visit https://aka.ms/smtp_auth_disabled",
		"smtp_auth_off"},
	{"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
	 "Mailbox.",
		"smtp_auth_off"},
	{"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "basic_off"},
	{"535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
		"sign_in_refused"},
	{"550 5.7.236 something", "onmicrosoft"},
	{"451 4.7.500 Server busy. Please try again later from [25.0.0.10]. (S77714)", "throttled"},
	{"451 4.7.699 (AS1) Access denied, please try again later", "throttled"},
	{"554 5.7.1 Service unavailable, sending IPv6 address [2001:db8::1] must have reverse DNS "
	 "record",
		"ipv6_name"},
	{"450 4.7.26 Service unavailable, message sent over IPv6 [2001:db8::1] must pass either "
	 "SPF "
	 "or DKIM validation",
		"ipv6_authentication"},
	{"450 4.7.25", "ipv6_name"},
	/* Alone it can only be that; with words of others it is theirs. */
	{" 554  5.7.1\n", "ipv6_refused"},
	{"554-5.7.1", "ipv6_refused"},
	/* Two in one text. */
	{"550 5.7.64 ... later 550 5.7.68", "relay_denied direct_send"},
	/* What is none. */
	{"", ""},
	{"550 5.1.1 User unknown", ""},
	{"554 5.7.1 Client host blocked", ""},
	{"554 5.7.10", ""},
	{"15.7.64", ""},
	{"5.7.641", ""},
	{"5.7.64.1", ""},
	{"1.5.7.64", ""},
	{"192.5.7.64", ""},
	{"5.7", ""},
	{"5.7.", ""},
	{"4.7.499 4.7.700 5.7.500", ""},
	{"550 5.7.26 This mail is unauthenticated", ""},
};

static void
texts(void **state)
{
	Arena *arena = arena_create();
	size_t i;

	(void)state;
	for (i = 0; i < BASE_COUNT(rows); i++) {
		Str found = keys(arena, str_from(rows[i].text));

		if (!str_equal(found, str_from(rows[i].keys)))
			fail_msg("%s: `" STR_FMT "`", rows[i].text, STR_ARG(found));
	}
	arena_destroy(arena);
}

/* Each row is met by its own words, and stays met whatever stands around them. */
static void
rows_meet_themselves(void **state)
{
	Arena *arena = arena_create();
	Random random = {5};
	size_t len, i, j;
	const RulesError *errors = rules_errors(&len);

	(void)state;
	assert_true(len > 10);
	for (i = 0; i < len; i++) {
		for (j = 0; j < 50; j++) {
			Str before = random_text(&random, arena, "ab'\"\n\t <>=[]\x01\xff", 20);
			Str after = random_text(&random, arena, "yz'\"\n\t <>=[]\x01\xff", 20);
			Str text = str_format(arena, STR_FMT " " STR_FMT " " STR_FMT,
				STR_ARG(before), STR_ARG(errors[i].says), STR_ARG(after));

			/* What is known only alone has nothing around it. */
			if (str_starts(errors[i].words, STR("=")))
				text = errors[i].says;

			if (!str_equal(keys(arena, text), errors[i].key))
				fail_msg(STR_FMT ": `" STR_FMT "`", STR_ARG(errors[i].key),
					STR_ARG(keys(arena, text)));
		}
	}
	arena_destroy(arena);
}

/* Any bytes are a text, of any length; what is in their midst is found. */
static void
hostile_texts(void **state)
{
	Arena *arena = arena_create();
	Random random = {9};
	size_t size = 1 << 20, i;
	char *bytes = arena_alloc(arena, size);
	static const char *const fills[] = {"5", ".", "5.", "5.7.", "=\n", "<", "\xc2", ":", "::1"};
	Str needle = STR(" 5.7.64 ");

	(void)state;
	for (i = 0; i < size; i++)
		bytes[i] = (char)random_below(&random, 256);
	(void)rules_find_errors(arena, (Str){bytes, size});
	assert_true(rules_find_addresses(arena, (Str){bytes, size}).len <= 8);
	for (i = 0; i < BASE_COUNT(fills); i++) {
		size_t len = strlen(fills[i]), at;

		for (at = 0; at + len <= size; at += len)
			memcpy(bytes + at, fills[i], len);
		memcpy(bytes + size / 2, needle.ptr, needle.len);
		assert_str(keys(arena, (Str){bytes, size}), "relay_denied");
		(void)rules_find_addresses(arena, (Str){bytes, size});
	}
	arena_destroy(arena);
}

static void
addresses(void **state)
{
	Arena *arena = arena_create();
	Str text =
		STR("from [25.0.0.10], '10.1.1.30' and again 25.0.0.10; 2001:db8::1. at 12:34:56 "
		    "5.7.64 10.0.0.0/8/ 300.1.1.1 x.x.x.x ::ffff:1.2.3.4 25.0.0.11.");
	static const char *const wanted[] = {
		"25.0.0.10", "10.1.1.30", "2001:db8::1", "10.0.0.0/8", "25.0.0.11"};
	NetPrefixVec found = rules_find_addresses(arena, text);
	size_t i;

	(void)state;
	assert_int_equal(found.len, BASE_COUNT(wanted));
	for (i = 0; i < found.len; i++)
		assert_str(net_prefix_text(arena, found.items[i]), wanted[i]);
	arena_destroy(arena);
}

#define WORLD                                                                                      \
	SPEC_HEAD SPEC_DOMAIN                                                                      \
		"egress: { a: { addresses: 25.0.0.1 }, b: { addresses: [25.0.0.2, '2001:db8::2'] " \
		"} }\n"                                                                            \
		"relay_hosts:\n"                                                                   \
		"  taken: { address: 10.1.1.1, egress: a, sends_as: contoso.com }\n"               \
		"  untaken: { address: 10.1.1.2, egress: b, sends_as: contoso.com }\n"             \
		"  inside: { address: 10.1.1.3, egress: b, sends_as: contoso.com, recipients: "    \
		"internal }\n"                                                                     \
		"  direct: { address: 10.1.1.4, egress: b, sends_as: contoso.com, method: "        \
		"direct-send }\n"                                                                  \
		"  past: { address: 10.1.1.5, egress: b, sends_as: contoso.com, method: internet " \
		"}\n"                                                                              \
		"  app: { method: submission, auth: oauth, mailbox: app@contoso.com }\n"           \
		"  pay: { method: hve, auth: oauth }\n"                                            \
		"connectors:\n"                                                                    \
		"  Relay: { type: on-premises, accepts: taken }\n"                                 \
		"  Free: { type: partner, sender_domains: '*', accepts: a }\n"                     \
		"  Off: { type: partner, sender_domains: '*', accepts: a, restrict_to: address, "  \
		"enabled: false }\n"                                                               \
		"  Bound: { type: partner, sender_domains: '*', accepts: a, restrict_to: address " \
		"}\n"

/* Who is a candidate, in the order of the spec: only where such mail can come from. */
static void
candidates(void **state)
{
	static const TextRow wanted[] = {
		{"reserved", "inside taken untaken"},
		{"relay_denied", "taken untaken"},
		{"restricted", "Bound direct inside"},
		{"direct_send", "direct inside"},
		{"not_signed_in", "app pay"},
		{"smtp_auth_off", "app pay"},
		{"basic_off", "app pay"},
		{"sign_in_refused", "app pay"},
		{"onmicrosoft", ""},
		{"throttled", "direct inside untaken"},
		{"ipv6_name", "b"},
		{"ipv6_authentication", "b"},
		{"ipv6_refused", "b"},
	};
	const NetPrefixVec nothing = {0};
	Case c = case_check(STR(WORLD));
	size_t len, i, j;
	const RulesError *errors = rules_errors(&len);

	(void)state;
	assert_int_equal(len, BASE_COUNT(wanted));
	for (i = 0; i < len; i++) {
		RulesCandidates found =
			rules_error_candidates(c.arena, &c.input, &errors[i], &nothing);
		Buf names = buf_make(c.arena);

		for (j = 0; j < found.len; j++) {
			buf_lit(&names, j > 0 ? " " : "");
			buf_str(&names, found.items[j].object);
			assert_true(span_is_set(found.items[j].span));
		}
		assert_str(errors[i].key, wanted[i].text);
		assert_str(buf_text(&names), wanted[i].keys);
	}
	case_end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(rows_meet_themselves),
		cmocka_unit_test(hostile_texts),
		cmocka_unit_test(addresses),
		cmocka_unit_test(candidates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
