/* The streams, the clock, the signals of the process. */
#include "test_base_random.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Puts another file in the place of a stream; gives what stood there. */
static int
replace(OsStream stream, int fd)
{
	int old = dup((int)stream);

	assert_true(old >= 0 && dup2(fd, (int)stream) >= 0);
	close(fd);
	return old;
}

static void
put_back(OsStream stream, int old)
{
	assert_true(dup2(old, (int)stream) >= 0);
	close(old);
}

static IoStatus
read_back(Arena *arena, Str bytes, size_t limit, Str *ret_bytes)
{
	IoStatus status;
	int ends[2], old;

	assert_int_equal(pipe(ends), 0);
	old = replace(OS_STDOUT, ends[1]);
	status = os_write_stream(OS_STDOUT, bytes);
	put_back(OS_STDOUT, old);
	assert_int_equal(status, IO_OK);
	old = replace(OS_STDIN, ends[0]);
	status = os_read_stream(OS_STDIN, arena, limit, ret_bytes);
	put_back(OS_STDIN, old);
	return status;
}

static void
a_stream_is_read_to_its_end(void **state)
{
	Arena *arena = arena_create();
	Str sent = str_format(arena, "%30000d|", 5), got;

	(void)state;
	assert_int_equal(read_back(arena, sent, sent.len, &got), IO_OK);
	assert_true(str_equal(got, sent));
	assert_int_equal(read_back(arena, sent, sent.len - 1, &got), IO_TOO_BIG);
	assert_int_equal(read_back(arena, STR(""), 0, &got), IO_OK);
	assert_int_equal(got.len, 0);
	arena_destroy(arena);
}

static IoStatus
write_to(int fd)
{
	int old = replace(OS_STDOUT, fd);
	IoStatus status = os_write_stream(OS_STDOUT, STR("text"));

	put_back(OS_STDOUT, old);
	return status;
}

static void
refused_output_is_told(void **state)
{
	int ends[2];

	(void)state;
	os_watch_signals();
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(write_to(ends[1]), IO_CLOSED);
	assert_int_equal(write_to(open("/dev/full", O_WRONLY)), IO_NO_SPACE);
	assert_int_equal(write_to(open("/dev/null", O_RDONLY)), IO_FAILED);
}

static void
a_signal_is_remembered_and_ends_waiting(void **state)
{
	struct itimerspec soon = {.it_value.tv_nsec = 20000000};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGTERM};
	Arena *arena = arena_create();
	timer_t timer;
	int ends[2], old;
	Str text;

	(void)state;
	os_watch_signals();
	assert_int_equal(os_signal(), 0);
	assert_int_equal(pipe(ends), 0);
	old = replace(OS_STDIN, ends[0]);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	assert_int_equal(timer_settime(timer, 0, &soon, NULL), 0);
	/* Nobody will ever write, and the other end stays open. */
	assert_int_equal(os_read_stream(OS_STDIN, arena, 10, &text), IO_INTERRUPTED);
	assert_int_equal(os_signal(), SIGTERM);
	timer_delete(timer);
	put_back(OS_STDIN, old);
	close(ends[1]);
	arena_destroy(arena);
}

static void
an_ignored_signal_stays_ignored(void **state)
{
	struct sigaction now;

	(void)state;
	signal(SIGINT, SIG_IGN);
	os_watch_signals();
	assert_int_equal(sigaction(SIGINT, NULL, &now), 0);
	assert_true(now.sa_handler == SIG_IGN);
}

static void
clock_and_environment(void **state)
{
	Arena *arena = arena_create();
	char expected[11];
	time_t now = time(NULL);
	struct tm parts;

	(void)state;
	gmtime_r(&now, &parts);
	strftime(expected, sizeof(expected), "%Y-%m-%d", &parts);
	assert_str(date_format(arena, os_today()), expected);
	assert_int_equal(setenv("CONNPLAN_TEST", "a=b", 1), 0);
	assert_str(os_environment("CONNPLAN_TEST"), "a=b");
	assert_int_equal(unsetenv("CONNPLAN_TEST"), 0);
	assert_null(os_environment("CONNPLAN_TEST").ptr);
	assert_true(os_random() != os_random());
	arena_destroy(arena);
}

static void
a_pipe_is_no_terminal(void **state)
{
	int ends[2], old;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	old = replace(OS_STDIN, ends[0]);
	assert_false(os_is_terminal(OS_STDIN));
	put_back(OS_STDIN, old);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_is_read_to_its_end),
		cmocka_unit_test(refused_output_is_told),
		cmocka_unit_test(a_signal_is_remembered_and_ends_waiting),
		cmocka_unit_test(an_ignored_signal_stays_ignored),
		cmocka_unit_test(clock_and_environment),
		cmocka_unit_test(a_pipe_is_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
