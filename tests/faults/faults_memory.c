/*
 * Preloaded into the program: its k-th request for memory fails, whoever makes it, the program, the
 * C library or another library. Environment: FAULT_AT the k, FAULT_COUNT a file that takes the
 * number of requests when the program ends in good order.
 */
#include "faults/faults.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t len, size_t size);
extern void *__libc_realloc(void *block, size_t size);

void *
malloc(size_t size)
{
	return fault_now(ENOMEM) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t len, size_t size)
{
	return fault_now(ENOMEM) ? NULL : __libc_calloc(len, size);
}

void *
realloc(void *block, size_t size)
{
	return fault_now(ENOMEM) ? NULL : __libc_realloc(block, size);
}

void *
mmap(void *start, size_t size, int protection, int flags, int fd, off_t offset)
{
	static void *(*true_mmap)(void *, size_t, int, int, int, off_t);

	if (fault_now(ENOMEM))
		return MAP_FAILED;
	FAULT_TRUE(true_mmap, "mmap");
	return true_mmap(start, size, protection, flags, fd, offset);
}
