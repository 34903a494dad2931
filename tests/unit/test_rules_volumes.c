/* What mailboxes are to submit: random specs against sums that are made the plain way. */
#include "test_rules_case.h"

#include <stdio.h>
#include <strings.h>

#define HOSTS 6

static const char *const mailboxes[] = {
	"", "hr@contoso.com", "HR@Contoso.com", "pay@contoso.com", "Pay@contoso.com"};

typedef struct Host {
	bool submits;
	unsigned mailbox;
	int minute, day; /* -1: not stated */
} Host;

static Host
random_host(Random *random)
{
	Host host = {.submits = random_below(random, 5) > 0,
		.mailbox = (unsigned)random_below(random, BASE_COUNT(mailboxes)),
		.minute = -1,
		.day = -1};

	if (random_below(random, 4) > 0)
		host.minute = (int)random_below(random, 26);
	if (random_below(random, 4) > 0)
		host.day = (int)random_below(random, 9) * 1000;
	return host;
}

static void
write_host(Buf *buf, size_t number, const Host *host)
{
	const char *between = "";

	buf_printf(buf, "  h%zu: { method: %s, auth: oauth", number,
		host->submits ? "submission" : "hve");
	if (mailboxes[host->mailbox][0] != 0)
		buf_printf(buf, ", mailbox: %s", mailboxes[host->mailbox]);
	buf_lit(buf, ", volume: {");
	if (host->minute >= 0) {
		buf_printf(buf, " messages_per_minute: %d", host->minute);
		between = ",";
	}
	if (host->day >= 0)
		buf_printf(buf, "%s recipients_per_day: %d", between, host->day);
	buf_lit(buf, " } }\n");
}

static bool
same_mailbox(const Host *hosts, size_t a, size_t b)
{
	const char *one = mailboxes[hosts[a].mailbox], *other = mailboxes[hosts[b].mailbox];

	return a == b || (one[0] != 0 && strcasecmp(one, other) == 0);
}

/* Adds to the findings wanted what the mailbox of one host earns, at its first host alone. */
static void
want(const Host *hosts, size_t number, bool day, int limit, size_t wanted[2])
{
	int sum = 0;
	size_t i;

	for (i = 0; i < HOSTS; i++) {
		int volume = day ? hosts[i].day : hosts[i].minute;

		if (!hosts[i].submits || !same_mailbox(hosts, number, i))
			continue;
		if (i < number)
			return;
		sum += volume > 0 ? volume : 0;
	}
	if (sum > limit)
		wanted[0]++;
	else if (10 * sum >= 8 * limit)
		wanted[1]++;
}

static void
check_random(Random *random)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	Host hosts[HOSTS];
	size_t wanted[2] = {0, 0}, i;
	Case c;

	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN "relay_hosts:\n");
	for (i = 0; i < HOSTS; i++) {
		hosts[i] = random_host(random);
		write_host(&text, i, &hosts[i]);
	}
	for (i = 0; i < HOSTS; i++) {
		if (!hosts[i].submits)
			continue;
		want(hosts, i, false, 30, wanted);
		want(hosts, i, true, 10000, wanted);
	}
	c = case_check(buf_text(&text));
	if (case_count(&c, DIAG_SUBMISSION_LIMIT) != wanted[0] ||
		case_count(&c, DIAG_SUBMISSION_LIMIT_NEAR) != wanted[1])
		fail_msg("%zu and %zu are wanted of\n" STR_FMT, wanted[0], wanted[1],
			STR_ARG(buf_text(&text)));
	case_end(&c);
	arena_destroy(arena);
}

static void
sums_of_mailboxes(void **state)
{
	Random random = {20261201};
	int i;

	(void)state;
	for (i = 0; i < 2000; i++)
		check_random(&random);
}

/* No sum comes round to a small number. */
static void
volumes_without_end(void **state)
{
	Case c = case_check(STR(SPEC_HEAD SPEC_DOMAIN
		"relay_hosts:\n"
		"  a: { method: submission, auth: oauth, mailbox: a@contoso.com,\n"
		"    volume: { messages_per_minute: 9223372036854775807 } }\n"
		"  b: { method: submission, auth: oauth, mailbox: a@contoso.com,\n"
		"    volume: { messages_per_minute: 9223372036854775807 } }\n"
		"  c: { method: submission, auth: oauth, mailbox: a@contoso.com,\n"
		"    volume: { messages_per_minute: 2 } }\n"));

	(void)state;
	assert_contains(case_find(&c, DIAG_SUBMISSION_LIMIT, 0)->message,
		"18,446,744,073,709,551,615 messages a minute");
	case_end(&c);
}

/* Each of them is shown as far as there is room, and counted. */
static void
many_hosts_of_one_mailbox(void **state)
{
	Arena *arena = arena_create();
	Buf text = buf_make(arena);
	const Diag *diag;
	Case c;
	int i;

	(void)state;
	buf_lit(&text, SPEC_HEAD SPEC_DOMAIN "relay_hosts:\n");
	for (i = 0; i < 20000; i++)
		buf_printf(&text,
			"  h%d: { method: submission, auth: oauth, mailbox: a@contoso.com, volume: "
			"{ "
			"recipients_per_day: 1 } }\n",
			i);
	c = case_check(buf_text(&text));
	assert_int_equal(case_count(&c, DIAG_SUBMISSION_LIMIT), 1);
	diag = case_find(&c, DIAG_SUBMISSION_LIMIT, 0);
	assert_int_equal(diag->related_len, DIAG_RELATED_MAX);
	assert_contains(diag->message, "20,000 recipients a day");
	assert_contains(diag->notes[0], "20,000 relay hosts");
	case_end(&c);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_of_mailboxes),
		cmocka_unit_test(volumes_without_end),
		cmocka_unit_test(many_hosts_of_one_mailbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
