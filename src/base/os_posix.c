/* Clock, environment, terminal, signals: for cli alone. */
#include "base/base.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

bool
os_is_terminal(OsStream stream)
{
	return isatty((int)stream) == 1;
}

Str
os_environment(const char *name)
{
	return str_from(getenv(name));
}

/* A day of UTC, not of a time zone: two machines that check the same spec must agree. */
int32_t
os_today(void)
{
	time_t days = time(NULL) / 86400;

	/* A clock that was never set, or set to nonsense, must still give a date. */
	if (days < DATE_FIRST)
		return DATE_FIRST;
	return days > DATE_LAST ? DATE_LAST : (int32_t)days;
}

uint64_t
os_now(void)
{
	time_t now = time(NULL);

	return now < 0 ? 0 : (uint64_t)now;
}

uint64_t
os_random(void)
{
	uint64_t number;

	/* Only the order inside hash tables depends on it: the clock will do where this fails. */
	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		number = (uint64_t)time(NULL) * 0x9e3779b97f4a7c15u;
	return number;
}

static volatile sig_atomic_t last_signal;

/* Only notes it: the work in hand asks between two files whether to stop. */
static void
remember_signal(int number)
{
	last_signal = number;
}

/* A signal that the parent ignores (nohup, a background job) stays ignored. */
static void
watch_signal(int number)
{
	struct sigaction action = {.sa_handler = remember_signal}, old;

	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

void
os_watch_signals(void)
{
	watch_signal(SIGINT);
	watch_signal(SIGTERM);
	watch_signal(SIGHUP);
	signal(SIGPIPE, SIG_IGN);
}

int
os_signal(void)
{
	return (int)last_signal;
}
