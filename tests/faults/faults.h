/* Counting calls and failing one of them; for the two preloaded libraries of this folder. */
#ifndef FAULTS_FAULTS_H
#define FAULTS_FAULTS_H

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static size_t fault_calls, fault_at;
static bool fault_armed;

/* dlsym gives data pointers; POSIX says that they may be functions. */
#define FAULT_TRUE(function, name)                                                                 \
	do {                                                                                       \
		if ((function) == NULL)                                                            \
			*(void **)&(function) = dlsym(RTLD_NEXT, name);                            \
	} while (0)

/* Whether this call is the one that fails; errno is set then. What the loader does is not counted.
 */
static bool
fault_now(int error)
{
	if (!fault_armed || ++fault_calls != fault_at)
		return false;
	errno = error;
	return true;
}

__attribute__((constructor)) static void
fault_begin(void)
{
	const char *at = getenv("FAULT_AT");

	fault_at = at != NULL ? strtoul(at, NULL, 10) : 0;
	fault_armed = true;
}

__attribute__((destructor)) static void
fault_end(void)
{
	const char *path = getenv("FAULT_COUNT");
	FILE *file;

	fault_armed = false;
	file = path != NULL ? fopen(path, "w") : NULL;
	if (file == NULL)
		return;
	fprintf(file, "%zu\n", fault_calls);
	fclose(file);
}

#endif
