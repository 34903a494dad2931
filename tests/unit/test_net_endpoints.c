/* Exchange Online's own names: exactly the rows of the table; and its limits. */
#include "test_net.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const clouds[] = {"worldwide", "gcc", "gcc-high", "dod", "china"};
static const char *const uses[] = {"mx", "submission", "hve", "spf"};

/* A row as the test itself reads it. */
typedef struct Row {
	char cloud[32], use[32], name[96], port[8], evidence[16], as_of[16], source[128];
} Row;

#define ROWS_MAX 64

static size_t
read_rows(Row rows[ROWS_MAX])
{
	FILE *file = fopen(TEST_ROOT "/src/data/endpoints.csv", "r");
	char line[512];
	size_t len = 0;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		Row *row = &rows[len];

		if (line[0] == '#' || strncmp(line, "cloud,", 6) == 0)
			continue;
		assert_true(len < ROWS_MAX);
		assert_int_equal(
			sscanf(line, "%31[^,],%31[^,],%95[^,],%7[^,],%15[^,],%15[^,],%127[^\n]",
				row->cloud, row->use, row->name, row->port, row->evidence,
				row->as_of, row->source),
			7);
		len++;
	}
	fclose(file);
	return len;
}

static const Row *
first_row(const Row *rows, size_t len, const char *cloud, const char *use)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (strcmp(rows[i].cloud, cloud) == 0 && strcmp(rows[i].use, use) == 0)
			return &rows[i];
	}
	return NULL;
}

/* Exactly the first row of every cloud and use; no row, no answer. */
static void
test_first_of_cloud(void **state)
{
	Row rows[ROWS_MAX];
	size_t len = read_rows(rows), i, k;

	(void)state;
	for (i = 0; i < BASE_COUNT(clouds); i++) {
		for (k = 0; k < BASE_COUNT(uses); k++) {
			const NetEndpoint *endpoint =
				net_endpoint(str_from(clouds[i]), (NetEndpointUse)k);
			const Row *row = first_row(rows, len, clouds[i], uses[k]);

			/* Only high volume email is not known everywhere. */
			assert_true(row != NULL || k == NET_ENDPOINT_HVE);
			assert_int_equal(endpoint != NULL, row != NULL);
			if (endpoint == NULL)
				continue;
			assert_true(str_equal(endpoint->name, str_from(row->name)));
			assert_true(str_equal(endpoint->as_of, str_from(row->as_of)));
			assert_int_equal(endpoint->port, atoi(row->port));
			assert_int_equal(
				endpoint->documented, strcmp(row->evidence, "documented") == 0);
		}
	}
	assert_null(net_endpoint(STR("gcc_high"), NET_ENDPOINT_MX));
	assert_null(net_endpoint((Str){0}, NET_ENDPOINT_MX));
}

static void
check_host(const char *host, const char *use)
{
	const NetEndpoint *endpoint = net_endpoint_of_host(str_from(host));

	if (use == NULL) {
		assert_null(endpoint);
		return;
	}
	assert_non_null(endpoint);
	assert_true(strcmp(uses[endpoint->use], use) == 0);
}

/* Every row is found again by its name, whatever the case and the final dot. */
static void
test_hosts(void **state)
{
	Row rows[ROWS_MAX];
	size_t len = read_rows(rows), i, k;

	(void)state;
	assert_true(len > 20);
	for (i = 0; i < len; i++) {
		const char *name = rows[i].name;
		char host[128];

		if (strcmp(rows[i].use, "spf") == 0)
			continue;
		snprintf(host, sizeof(host), "%s%s.", name[0] == '*' ? "Contoso-Com" : "",
			name[0] == '*' ? name + 1 : name);
		check_host(host, rows[i].use);
		host[strlen(host) - 1] = '\0';
		check_host(host, rows[i].use);
		for (k = 0; host[k] != '\0'; k++)
			host[k] = (char)(host[k] >= 'a' && host[k] <= 'z' ? host[k] - 32 : host[k]);
		check_host(host, rows[i].use);
		/* What an asterisk stands for is something. */
		if (name[0] == '*')
			check_host(name + 1, NULL);
	}
	check_host("smtp.hve.mx.microsoft", "hve");
	check_host("contoso-com.a-v1.mx.microsoft", "mx");
	check_host("smtp.office365.com.example", NULL);
	check_host("xsmtp.office365.com", NULL);
	check_host("spf.protection.outlook.com", NULL);
	check_host("mail.contoso.com", NULL);
	check_host("", NULL);
}

static void
test_includes(void **state)
{
	Row rows[ROWS_MAX];
	size_t len = read_rows(rows), i, spf = 0;

	(void)state;
	for (i = 0; i < len; i++) {
		if (strcmp(rows[i].use, "spf") != 0)
			continue;
		assert_true(net_is_service_include(str_from(rows[i].name)));
		spf++;
	}
	assert_int_equal(spf, BASE_COUNT(clouds));
	assert_true(net_is_service_include(STR("spf-a.protection.outlook.com")));
	assert_false(net_is_service_include(STR("outlook.com")));
	assert_false(net_is_service_include(STR("spf.xprotection.outlook.com")));
	assert_false(net_is_service_include(STR("_spf.vendor.example")));
	assert_false(net_is_service_include(STR("smtp.office365.com")));
}

static void
test_limits(void **state)
{
	(void)state;
	assert_int_equal(net_limit(NET_LIMIT_MESSAGES_PER_MINUTE), 30);
	assert_int_equal(net_limit(NET_LIMIT_RECIPIENTS_PER_DAY), 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_of_cloud),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_includes),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
