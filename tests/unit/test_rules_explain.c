/* Where an address stands in a spec. */
#include "test_rules_case.h"
#include "view/view.h"

#define SPEC                                                                                       \
	SPEC_HEAD                                                                                  \
	"domains: { contoso.com: {} }\n"                                                           \
	"egress:\n"                                                                                \
	"  nat: { addresses: 198.51.100.16/30, owner: netops@contoso.com, site: Tokyo DC1 }\n"     \
	"  wide: { addresses: 192.0.2.0/23 }\n"                                                    \
	"gateways:\n"                                                                              \
	"  hq: { clients: 10.1.0.0/16, egress: nat }\n"                                            \
	"relay_hosts:\n"                                                                           \
	"  erp01: { address: 10.1.1.30, via: hq, sends_as: contoso.com, owner: erp@contoso.com "   \
	"}\n"                                                                                      \
	"  erp02: { address: 10.1.1.31, egress: wide, sends_as: contoso.com }\n"                   \
	"  direct: { address: 198.51.100.99, sends_as: contoso.com, method: direct-send }\n"

/* The lines in English, each with its values; one that is set in by two blanks. */
static Str
in_english(Arena *arena, const RulesLines *lines)
{
	Buf out = buf_make(arena);
	size_t i, j;

	for (i = 0; i < lines->len; i++) {
		const RulesLine *line = &lines->items[i];
		ViewValue values[RULES_VALUES_MAX];

		for (j = 0; j < line->len; j++) {
			const RulesValue *value = &line->values[j];

			values[j] = (ViewValue){value->name,
				value->key == NULL ? value->text
						   : view_string(DIAG_EN, str_from(value->key))};
		}
		buf_lit(&out, line->inner ? "  " : "");
		buf_str(&out, view_string_filled(arena, DIAG_EN, line->key, values, line->len));
		buf_char(&out, '\n');
	}
	return buf_text(&out);
}

static void
assert_explained(Str spec, const char *address, size_t places, const char *expected)
{
	Case c = case_load(spec);
	RulesLines lines = {0};
	NetPrefix prefix;

	assert_int_equal(net_prefix_parse(str_from(address), &prefix), NET_ADDRESS_OK);
	assert_int_equal(rules_explain_address(c.arena, &c.input, prefix, &lines), places);
	assert_str(in_english(c.arena, &lines), expected);
	case_end(&c);
}

#define TO " \xe2\x86\x92 "

static void
a_private_address(void **state)
{
	(void)state;
	assert_explained(STR(SPEC), "10.1.1.30", 2,
		"10.1.1.30 is private (RFC 1918): Exchange Online never sees it, only the address "
		"behind it\n"
		"relay host `erp01` (connector): 10.1.1.30\n"
		"  owner: erp@contoso.com\n"
		"  route: erp01" TO "hq" TO "nat" TO "198.51.100.16/30, taken by connector `Relay "
		"for Contoso`\n"
		"gateway `hq`: among its clients, in 10.1.0.0/16\n"
		"mail from it leaves through\n"
		"  egress `nat`: 198.51.100.16/30\n");
}

static void
a_public_address(void **state)
{
	(void)state;
	assert_explained(STR(SPEC), "198.51.100.17", 3,
		"198.51.100.17 is a documentation address (RFC 5737)\n"
		"egress `nat`: 198.51.100.16/30\n"
		"  site: Tokyo DC1\n"
		"  owner: netops@contoso.com\n"
		"  route: erp01" TO "hq" TO "nat" TO "198.51.100.16/30, taken by connector `Relay "
		"for Contoso`\n"
		"connector `Relay for Contoso` (on-premises): entry 198.51.100.16/30\n"
		"  for erp01" TO "hq" TO "nat, owner erp@contoso.com\n"
		"the SPF record of `contoso.com`: ip4:198.51.100.16/30\n");
}

static void
an_entry_that_was_split(void **state)
{
	(void)state;
	assert_explained(STR(SPEC), "192.0.3.7", 3,
		"192.0.3.7 is public: it can be what Exchange Online sees\n"
		"egress `wide`: 192.0.2.0/23\n"
		"  route: erp02" TO "wide" TO "192.0.2.0/23, taken by connector `Relay for "
		"Contoso`\n"
		"connector `Relay for Contoso` (on-premises): entry 192.0.3.0/24\n"
		"  split from 192.0.2.0/23\n"
		"  for erp02" TO "wide\n"
		"the SPF record of `contoso.com`: ip4:192.0.2.0/23\n");
}

static void
an_address_of_its_own(void **state)
{
	(void)state;
	assert_explained(STR(SPEC), "198.51.100.99", 2,
		"198.51.100.99 is a documentation address (RFC 5737)\n"
		"relay host `direct` (direct-send): 198.51.100.99\n"
		"  route: direct" TO "198.51.100.99\n"
		"the SPF record of `contoso.com`: ip4:198.51.100.99\n"
		"mail from it is shown to the next hop as it is: no NAT or gateway is named behind "
		"it\n");
}

static void
nowhere(void **state)
{
	(void)state;
	assert_explained(STR(SPEC), "25.1.1.1", 0,
		"25.1.1.1 is public: it can be what Exchange Online sees\n"
		"no place in the spec holds it\n");
	assert_explained(STR("version: 1\ntenant: { name: Contoso }\n"), "0.0.0.0/0", 0,
		"0.0.0.0/0 holds 0.0.0.0/8\n"
		"0.0.0.0/8 is reserved (This network, RFC 791): Exchange "
		"Online never sees it, only the address behind it\n"
		"no place in the spec holds it\n");
}

static void
many_are_counted(void **state)
{
	Arena *arena = arena_create();
	Buf spec = buf_make(arena);
	RulesLines lines = {0};
	NetPrefix prefix;
	Case c;
	int i;

	(void)state;
	buf_lit(&spec, SPEC_HEAD SPEC_DOMAIN "egress: { nat: { addresses: 198.51.100.1 } }\n"
					     "relay_hosts:\n");
	for (i = 0; i < 40; i++)
		buf_printf(&spec,
			"  h%02d: { address: 10.0.0.%d, egress: nat, sends_as: contoso.com }\n", i,
			i);
	c = case_load(buf_text(&spec));
	net_prefix_parse(STR("198.51.100.1"), &prefix);
	assert_int_equal(rules_explain_address(c.arena, &c.input, prefix, &lines), 2);
	assert_contains(in_english(c.arena, &lines), "  and 39 more routes\n");
	assert_contains(in_english(c.arena, &lines), "  for h09" TO "nat\n  and 30 more\n");
	case_end(&c);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_private_address),
		cmocka_unit_test(a_public_address),
		cmocka_unit_test(an_entry_that_was_split),
		cmocka_unit_test(an_address_of_its_own),
		cmocka_unit_test(nowhere),
		cmocka_unit_test(many_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
