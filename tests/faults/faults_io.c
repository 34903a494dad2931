/*
 * Preloaded into the program: its k-th call about files fails, with an error that such a call has
 * in life. Environment as for faults_memory.c; a write that fails has written half.
 */
#include "faults/faults.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

int
open(const char *path, int flags, ...)
{
	static int (*true_open)(const char *, int, ...);
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if ((flags & O_CREAT) != 0)
		mode = va_arg(args, mode_t);
	va_end(args);
	if (fault_now((flags & O_CREAT) != 0 ? ENOSPC : EACCES))
		return -1;
	FAULT_TRUE(true_open, "open");
	return true_open(path, flags, mode);
}

ssize_t
read(int fd, void *bytes, size_t size)
{
	static ssize_t (*true_read)(int, void *, size_t);

	if (fault_now(EIO))
		return -1;
	FAULT_TRUE(true_read, "read");
	return true_read(fd, bytes, size);
}

ssize_t
write(int fd, const void *bytes, size_t size)
{
	static ssize_t (*true_write)(int, const void *, size_t);

	FAULT_TRUE(true_write, "write");
	if (fault_now(ENOSPC)) {
		(void)!true_write(fd, bytes, size / 2);
		errno = ENOSPC;
		return -1;
	}
	return true_write(fd, bytes, size);
}

#define FAULTY(type, name, error, failure, parameters, ...)                                        \
	type name parameters                                                                       \
	{                                                                                          \
		static type(*true_call) parameters;                                                \
                                                                                                   \
		if (fault_now(error))                                                              \
			return failure;                                                            \
		FAULT_TRUE(true_call, #name);                                                      \
		return true_call(__VA_ARGS__);                                                     \
	}

FAULTY(int, fstat, EIO, -1, (int fd, struct stat *info), fd, info)
FAULTY(int, lstat, EACCES, -1, (const char *path, struct stat *info), path, info)
FAULTY(int, mkdir, ENOSPC, -1, (const char *path, mode_t mode), path, mode)
FAULTY(DIR *, opendir, EACCES, NULL, (const char *path), path)
FAULTY(struct dirent *, readdir, EIO, NULL, (DIR * dir), dir)
FAULTY(char *, realpath, EACCES, NULL, (const char *path, char *real), path, real)
FAULTY(int, renameat2, EIO, -1,
	(int from_fd, const char *from, int to_fd, const char *to, unsigned flags), from_fd, from,
	to_fd, to, flags)
FAULTY(int, rename, EIO, -1, (const char *from, const char *to), from, to)
FAULTY(int, rmdir, EACCES, -1, (const char *path), path)
FAULTY(int, unlink, EACCES, -1, (const char *path), path)
FAULTY(int, syncfs, EIO, -1, (int fd), fd)
