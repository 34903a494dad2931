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

int32_t
os_today(void)
{
	return (int32_t)(time(NULL) / 86400);
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

static void
remember_signal(int number)
{
	last_signal = number;
}

void
os_watch_signals(void)
{
	struct sigaction action = {.sa_handler = remember_signal};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int
os_signal(void)
{
	return (int)last_signal;
}
