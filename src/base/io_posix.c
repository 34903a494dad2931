/* Io over the machine's files. */
#include "base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 4096

static IoStatus
status_of(int error)
{
	switch (error) {
	case 0: return IO_OK;
	case ENOENT:
	case ELOOP: return IO_NOT_FOUND;
	case ENOTDIR: return IO_NOT_A_FOLDER;
	case ENAMETOOLONG: return IO_NAME_TOO_LONG;
	case EACCES:
	case EPERM:
	case EROFS: return IO_NOT_PERMITTED;
	case EISDIR:
	case ENXIO: /* a socket */
	case ENODEV: return IO_NOT_A_FILE;
	case ENOSPC:
	case EDQUOT:
	case EFBIG: return IO_NO_SPACE;
	case EEXIST:
	case ENOTEMPTY: return IO_EXISTS;
	case EINVAL:
	case ENOSYS: return IO_UNSUPPORTED;
	case EPIPE: return IO_CLOSED;
	case EINTR: return IO_INTERRUPTED;
	default: return IO_FAILED;
	}
}

/* A terminated copy in the caller's buffer, or why no file can have the path. */
static IoStatus
path_c(Str path, char ret_path[PATH_BYTES])
{
	if (path.len >= PATH_BYTES)
		return IO_NAME_TOO_LONG;
	if (path.len > 0 && memchr(path.ptr, 0, path.len) != NULL)
		return IO_NOT_FOUND;
	if (path.len > 0)
		memcpy(ret_path, path.ptr, path.len);
	ret_path[path.len] = 0;
	return IO_OK;
}

/* Whether a call that the system broke off is worth another try: not once we were told to stop. */
static bool
is_broken_off(void)
{
	return errno == EINTR && os_signal() == 0;
}

static IoStatus
read_descriptor(int fd, Arena *arena, size_t size, Str *ret_bytes)
{
	char *bytes = arena_alloc(arena, size + 1);
	size_t len = 0;

	while (len < size) {
		ssize_t got = read(fd, bytes + len, size - len);

		if (got < 0 && is_broken_off())
			continue;
		if (got < 0)
			return status_of(errno);
		if (got == 0)
			break;
		len += (size_t)got;
	}
	*ret_bytes = (Str){bytes, len};
	return IO_OK;
}

/*
 * A regular file, open for reading, and its size; -1 and 0 where the status is no good one.
 * O_NONBLOCK: a pipe in the place of a file would make open() wait for a writer that never comes.
 */
static IoStatus
open_file(Str path, int *ret_fd, uint64_t *ret_size)
{
	char name[PATH_BYTES];
	struct stat info;
	IoStatus status;
	int fd;

	*ret_fd = -1;
	*ret_size = 0;
	status = path_c(path, name);
	if (status != IO_OK)
		return status;
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return status_of(errno);
	status = fstat(fd, &info) != 0 ? status_of(errno) : IO_OK;
	if (status == IO_OK && !S_ISREG(info.st_mode))
		status = IO_NOT_A_FILE;
	if (status != IO_OK) {
		close(fd);
		return status;
	}
	*ret_fd = fd;
	*ret_size = (uint64_t)info.st_size;
	return IO_OK;
}

static IoStatus
posix_read(Io *io, Arena *arena, Str path, size_t limit, Str *ret_bytes)
{
	uint64_t size;
	IoStatus status;
	int fd;

	(void)io;
	status = open_file(path, &fd, &size);
	if (status != IO_OK)
		return status;
	status = size > limit ? IO_TOO_BIG : read_descriptor(fd, arena, (size_t)size, ret_bytes);
	close(fd);
	return status;
}

static IoStatus
posix_read_part(Io *io, Arena *arena, Str path, uint64_t from, size_t len, IoPart *ret_part)
{
	uint64_t size, left;
	IoStatus status;
	int fd;

	(void)io;
	status = open_file(path, &fd, &size);
	if (status != IO_OK)
		return status;
	/* No offset behind the end, so that it fits into what lseek() takes. */
	left = from < size ? size - from : 0;
	if (lseek(fd, (off_t)(size - left), SEEK_SET) < 0)
		status = status_of(errno);
	else
		status = read_descriptor(
			fd, arena, len < left ? len : (size_t)left, &ret_part->bytes);
	ret_part->size = size;
	close(fd);
	return status;
}

static IoStatus
posix_list(Io *io, Arena *arena, Str path, StrVec *ret_names)
{
	char name[PATH_BYTES];
	struct dirent *entry;
	IoStatus status;
	DIR *dir;

	(void)io;
	status = path_c(path, name);
	if (status != IO_OK)
		return status;
	dir = opendir(name);
	if (dir == NULL)
		return status_of(errno);
	*ret_names = (StrVec){0};
	errno = 0;
	while ((entry = readdir(dir)) != NULL) {
		Str found = str_from(entry->d_name);

		if (!STR_EQ(found, ".") && !STR_EQ(found, ".."))
			VEC_PUSH(arena, ret_names, str_copy(arena, found));
		errno = 0;
	}
	status = status_of(errno);
	closedir(dir);
	strvec_sort(ret_names);
	return status;
}

static IoStatus
posix_resolve(Io *io, Arena *arena, Str path, Str *ret_path)
{
	char name[PATH_BYTES];
	IoStatus status = path_c(path, name);
	char *real;

	(void)io;
	if (status != IO_OK)
		return status;
	real = realpath(name, NULL);
	if (real == NULL)
		return status_of(errno);
	*ret_path = str_copy(arena, str_from(real));
	free(real);
	return IO_OK;
}

static IoStatus
posix_kind(Io *io, Str path, IoKind *ret_kind)
{
	char name[PATH_BYTES];
	IoStatus status = path_c(path, name);
	struct stat info;

	(void)io;
	*ret_kind = IO_KIND_NONE;
	if (status != IO_OK)
		return status;
	if (lstat(name, &info) != 0)
		return errno == ENOENT || errno == ENOTDIR ? IO_OK : status_of(errno);
	if (S_ISREG(info.st_mode))
		*ret_kind = IO_KIND_FILE;
	else if (S_ISDIR(info.st_mode))
		*ret_kind = IO_KIND_DIR;
	else
		*ret_kind = S_ISLNK(info.st_mode) ? IO_KIND_LINK : IO_KIND_OTHER;
	return IO_OK;
}

static IoStatus
write_descriptor(int fd, Str bytes)
{
	size_t done = 0;

	while (done < bytes.len) {
		ssize_t put = write(fd, bytes.ptr + done, bytes.len - done);

		if (put < 0 && is_broken_off())
			continue;
		if (put < 0)
			return status_of(errno);
		done += (size_t)put;
	}
	return IO_OK;
}

static IoStatus
put_into_descriptor(void *fd, Str part)
{
	return write_descriptor(*(const int *)fd, part);
}

/* O_EXCL and O_NOFOLLOW: what stands there, or is put there meanwhile, is never written through. */
static IoStatus
posix_write_parts(Io *io, Str path, IoMake *make, void *context)
{
	char name[PATH_BYTES];
	IoStatus status;
	int fd;

	(void)io;
	status = path_c(path, name);
	if (status != IO_OK)
		return status;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return status_of(errno);
	status = make(context, put_into_descriptor, &fd);
	if (close(fd) != 0 && status == IO_OK)
		status = status_of(errno);
	return status;
}

static IoStatus
give_whole(void *bytes, IoPut *put, void *sink)
{
	return put(sink, *(const Str *)bytes);
}

static IoStatus
posix_write(Io *io, Str path, Str bytes)
{
	return posix_write_parts(io, path, give_whole, &bytes);
}

static IoStatus
posix_make_dir(Io *io, Str path)
{
	char name[PATH_BYTES];
	IoStatus status = path_c(path, name);

	(void)io;
	if (status != IO_OK)
		return status;
	return mkdir(name, 0755) == 0 ? IO_OK : status_of(errno);
}

/* RENAME_EXCHANGE is Linux's; file systems without it say EINVAL, which is IO_UNSUPPORTED. */
static IoStatus
rename_with(Str from, Str to, unsigned int flags)
{
	char old_name[PATH_BYTES], new_name[PATH_BYTES];
	IoStatus status = path_c(from, old_name);

	if (status == IO_OK)
		status = path_c(to, new_name);
	if (status != IO_OK)
		return status;
	return renameat2(AT_FDCWD, old_name, AT_FDCWD, new_name, flags) == 0 ? IO_OK
									     : status_of(errno);
}

/* Who made a file of ours readable for few wants that of the next one, too. */
static void
take_over_mode(Str from, Str to)
{
	char new_file[PATH_BYTES], old_file[PATH_BYTES];
	struct stat new_info, old_info;
	int fd;

	if (path_c(from, new_file) != IO_OK || path_c(to, old_file) != IO_OK ||
		lstat(old_file, &old_info) != 0 || !S_ISREG(old_info.st_mode))
		return;
	fd = open(new_file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return;
	if (fstat(fd, &new_info) == 0 && S_ISREG(new_info.st_mode))
		(void)fchmod(fd, old_info.st_mode & 0777);
	close(fd);
}

static IoStatus
posix_rename(Io *io, Str from, Str to)
{
	(void)io;
	take_over_mode(from, to);
	return rename_with(from, to, 0);
}

static IoStatus
posix_exchange(Io *io, Str a, Str b)
{
	(void)io;
	return rename_with(a, b, RENAME_EXCHANGE);
}

static IoStatus
posix_remove_file(Io *io, Str path)
{
	char name[PATH_BYTES];
	IoStatus status = path_c(path, name);

	(void)io;
	if (status != IO_OK)
		return status;
	return unlink(name) == 0 ? IO_OK : status_of(errno);
}

static IoStatus
posix_remove_dir(Io *io, Str path)
{
	char name[PATH_BYTES];
	IoStatus status = path_c(path, name);

	(void)io;
	if (status != IO_OK)
		return status;
	return rmdir(name) == 0 ? IO_OK : status_of(errno);
}

static IoStatus
posix_sync_dir(Io *io, Str path)
{
	char name[PATH_BYTES];
	IoStatus status;
	int fd;

	(void)io;
	status = path_c(path, name);
	if (status != IO_OK)
		return status;
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return status_of(errno);
	/* Some file systems cannot be synced alone; what they can do is done. */
	status = syncfs(fd) == 0 || errno == EINVAL ? IO_OK : status_of(errno);
	close(fd);
	return status;
}

Io *
io_system(Arena *arena)
{
	Io *io = ARENA_NEW(arena, Io);

	*io = (Io){
		.read = posix_read,
		.read_part = posix_read_part,
		.list = posix_list,
		.resolve = posix_resolve,
		.kind = posix_kind,
		.write = posix_write,
		.write_parts = posix_write_parts,
		.make_dir = posix_make_dir,
		.rename = posix_rename,
		.exchange = posix_exchange,
		.remove_file = posix_remove_file,
		.remove_dir = posix_remove_dir,
		.sync_dir = posix_sync_dir,
	};
	return io;
}

IoStatus
os_write_stream(OsStream stream, Str bytes)
{
	return write_descriptor((int)stream, bytes);
}

IoStatus
os_write_device(Str path, Str bytes)
{
	char name[PATH_BYTES];
	struct stat info;
	IoStatus status;
	int fd;

	if (path_c(path, name) != IO_OK || stat(name, &info) != 0)
		return IO_NOT_FOUND;
	if (S_ISBLK(info.st_mode) || S_ISSOCK(info.st_mode))
		return IO_NOT_A_FILE;
	if (!S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode))
		return IO_NOT_FOUND;
	do
		fd = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	while (fd < 0 && is_broken_off());
	if (fd < 0)
		return status_of(errno);
	status = write_descriptor(fd, bytes);
	if (close(fd) != 0 && status == IO_OK)
		status = status_of(errno);
	return status;
}

IoStatus
os_read_stream(OsStream stream, Arena *arena, size_t limit, Str *ret_bytes)
{
	Buf buf = buf_make(arena);
	char block[65536];

	while (buf.len <= limit) {
		ssize_t got = read((int)stream, block, sizeof(block));

		if (got < 0 && is_broken_off())
			continue;
		if (got < 0)
			return status_of(errno);
		if (got == 0)
			break;
		buf_bytes(&buf, block, (size_t)got);
	}
	*ret_bytes = buf_text(&buf);
	return buf.len > limit ? IO_TOO_BIG : IO_OK;
}
