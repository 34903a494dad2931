/*
 * An Io whose files live in an arena. It answers as the machine's files do, status for status, so
 * that what works here works there: folders must exist, only empty ones can be removed or replaced.
 * The current folder is `/`; there are no links.
 */
#include "base/base.h"

typedef struct MemoryEntry {
	Str path, bytes; /* the path absolute, without `.` and `..` */
	IoKind kind;
} MemoryEntry;

typedef struct MemoryIo {
	Io io;
	Arena *arena;
	VEC(MemoryEntry) entries;
} MemoryIo;

static MemoryIo *
memory_of(Io *io)
{
	return (MemoryIo *)(void *)io;
}

/* Takes the next name off a path; false at the end. */
static bool
next_name(Str *rest, Str *ret_name)
{
	size_t start = 0, end;

	while (start < rest->len && rest->ptr[start] == '/')
		start++;
	end = str_find_char(*rest, '/', start);
	*ret_name = str_slice(*rest, start, end);
	*rest = str_slice(*rest, end, rest->len);
	return ret_name->len > 0;
}

/* The path from `/` without `.` and `..`; absent for one that no file can have. */
static Str
absolute(MemoryIo *memory, Str path)
{
	Buf buf = buf_make(memory->arena);
	Str rest = path, name;

	if (path.len == 0 || str_find_char(path, '\0', 0) < path.len)
		return (Str){0};
	while (next_name(&rest, &name)) {
		if (STR_EQ(name, ".."))
			buf.len = buf.len == 0 ? 0 : path_dir(buf_text(&buf)).len;
		else if (!STR_EQ(name, "."))
			buf_printf(&buf, "/" STR_FMT, STR_ARG(name));
		/* The folder of `/a` is `/`, which stands here as nothing. */
		if (buf.len == 1)
			buf.len = 0;
	}
	return buf.len == 0 ? STR("/") : buf_text(&buf);
}

static MemoryEntry *
find(MemoryIo *memory, Str path)
{
	size_t i;

	for (i = 0; i < memory->entries.len; i++) {
		if (str_equal(memory->entries.items[i].path, path))
			return &memory->entries.items[i];
	}
	return NULL;
}

static IoKind
kind_of(MemoryIo *memory, Str path)
{
	MemoryEntry *entry = find(memory, path);

	return entry == NULL ? IO_KIND_NONE : entry->kind;
}

static void
add(MemoryIo *memory, Str path, Str bytes, IoKind kind)
{
	*VEC_ADD(memory->arena, &memory->entries) = (MemoryEntry){
		.path = path,
		.bytes = str_copy(memory->arena, bytes),
		.kind = kind,
	};
}

static void
take_out(MemoryIo *memory, MemoryEntry *entry)
{
	*entry = memory->entries.items[--memory->entries.len];
}

/* Whether the path lies somewhere below the folder. */
static bool
is_below(Str path, Str dir)
{
	return path.len > dir.len && str_starts(path, dir) && path.ptr[dir.len] == '/';
}

static bool
is_empty(MemoryIo *memory, Str dir)
{
	size_t i;

	for (i = 0; i < memory->entries.len; i++) {
		if (is_below(memory->entries.items[i].path, dir))
			return false;
	}
	return true;
}

void
io_memory_put(Io *io, Str path, Str bytes)
{
	MemoryIo *memory = memory_of(io);
	Str place = absolute(memory, path), dir;
	MemoryEntry *entry = find(memory, place);

	ASSERT(place.len > 1);
	if (entry != NULL) {
		entry->bytes = str_copy(memory->arena, bytes);
		return;
	}
	for (dir = path_dir(place); kind_of(memory, dir) == IO_KIND_NONE; dir = path_dir(dir))
		add(memory, dir, STR(""), IO_KIND_DIR);
	add(memory, place, bytes, IO_KIND_FILE);
}

/* Why nothing stands at a place: a file lies on the way to it, or no more than that. */
static IoStatus
absence(MemoryIo *memory, Str place)
{
	Str dir = path_dir(place);

	while (dir.len > 1 && kind_of(memory, dir) == IO_KIND_NONE)
		dir = path_dir(dir);
	return dir.len > 1 && kind_of(memory, dir) != IO_KIND_DIR ? IO_NOT_A_FOLDER : IO_NOT_FOUND;
}

/* Whether a folder stands there, and if not, why. */
static IoStatus
dir_status(MemoryIo *memory, Str place)
{
	IoKind kind = kind_of(memory, place);

	if (kind == IO_KIND_NONE)
		return absence(memory, place);
	return kind == IO_KIND_DIR ? IO_OK : IO_NOT_A_FOLDER;
}

static IoStatus
memory_read(Io *io, Arena *arena, Str path, size_t limit, Str *ret_bytes)
{
	MemoryIo *memory = memory_of(io);
	Str place = absolute(memory, path);
	MemoryEntry *entry = find(memory, place);

	(void)arena;
	if (entry == NULL)
		return absence(memory, place);
	if (entry->kind != IO_KIND_FILE)
		return IO_NOT_A_FILE;
	if (entry->bytes.len > limit)
		return IO_TOO_BIG;
	*ret_bytes = entry->bytes;
	return IO_OK;
}

static IoStatus
memory_read_part(Io *io, Arena *arena, Str path, uint64_t from, size_t len, IoPart *ret_part)
{
	Str bytes = {0};
	IoStatus status = memory_read(io, arena, path, SIZE_MAX, &bytes);
	size_t start, left;

	if (status != IO_OK)
		return status;
	ret_part->size = bytes.len;
	start = from < bytes.len ? (size_t)from : bytes.len;
	left = bytes.len - start;
	ret_part->bytes = str_slice(bytes, start, start + (len < left ? len : left));
	return IO_OK;
}

static IoStatus
memory_list(Io *io, Arena *arena, Str path, StrVec *ret_names)
{
	MemoryIo *memory = memory_of(io);
	Str dir = absolute(memory, path);
	IoStatus status = dir_status(memory, dir);
	size_t i;

	if (status != IO_OK)
		return status;
	*ret_names = (StrVec){0};
	for (i = 0; i < memory->entries.len; i++) {
		Str found = memory->entries.items[i].path;

		if (found.len > 1 && str_equal(path_dir(found), dir))
			VEC_PUSH(arena, ret_names, path_name(found));
	}
	strvec_sort(ret_names);
	return IO_OK;
}

static IoStatus
memory_resolve(Io *io, Arena *arena, Str path, Str *ret_path)
{
	MemoryIo *memory = memory_of(io);
	Str place = absolute(memory, path);

	if (kind_of(memory, place) == IO_KIND_NONE)
		return absence(memory, place);
	*ret_path = str_copy(arena, place);
	return IO_OK;
}

static IoStatus
memory_kind(Io *io, Str path, IoKind *ret_kind)
{
	*ret_kind = kind_of(memory_of(io), absolute(memory_of(io), path));
	return IO_OK;
}

/* What stands in the way of a new entry, if anything does. */
static IoStatus
may_add(MemoryIo *memory, Str place)
{
	if (place.len == 0)
		return IO_NOT_FOUND;
	if (kind_of(memory, place) != IO_KIND_NONE)
		return IO_EXISTS;
	return dir_status(memory, path_dir(place));
}

static IoStatus
memory_write(Io *io, Str path, Str bytes)
{
	MemoryIo *memory = memory_of(io);
	Str place = absolute(memory, path);
	IoStatus status = may_add(memory, place);

	if (status == IO_OK)
		add(memory, place, bytes, IO_KIND_FILE);
	return status;
}

static IoStatus
put_into_buf(void *buf, Str part)
{
	buf_str(buf, part);
	return IO_OK;
}

static IoStatus
memory_write_parts(Io *io, Str path, IoMake *make, void *context)
{
	MemoryIo *memory = memory_of(io);
	IoStatus status = may_add(memory, absolute(memory, path)), made;
	Buf buf = buf_make(memory->arena);

	if (status != IO_OK)
		return status;
	made = make(context, put_into_buf, &buf);
	status = memory_write(io, path, buf_text(&buf));
	return made == IO_OK ? status : made;
}

static IoStatus
memory_make_dir(Io *io, Str path)
{
	MemoryIo *memory = memory_of(io);
	Str place = absolute(memory, path);
	IoStatus status = may_add(memory, place);

	if (status == IO_OK)
		add(memory, place, STR(""), IO_KIND_DIR);
	return status;
}

/* Gives the entry, and all that lies below it, another name. */
static void
move(MemoryIo *memory, Str from, Str to)
{
	size_t i;

	for (i = 0; i < memory->entries.len; i++) {
		MemoryEntry *entry = &memory->entries.items[i];

		if (str_equal(entry->path, from) || is_below(entry->path, from))
			entry->path = str_format(memory->arena, STR_FMT STR_FMT, STR_ARG(to),
				STR_ARG(str_slice(entry->path, from.len, entry->path.len)));
	}
}

/* What stands in the way of replacing `to`, which is there, by `from`. */
static IoStatus
may_replace(MemoryIo *memory, Str from, Str to)
{
	bool from_dir = kind_of(memory, from) == IO_KIND_DIR;
	bool to_dir = kind_of(memory, to) == IO_KIND_DIR;

	if (from_dir != to_dir)
		return from_dir ? IO_NOT_A_FOLDER : IO_NOT_A_FILE;
	return to_dir && !is_empty(memory, to) ? IO_EXISTS : IO_OK;
}

static IoStatus
memory_rename(Io *io, Str from_path, Str to_path)
{
	MemoryIo *memory = memory_of(io);
	Str from = absolute(memory, from_path), to = absolute(memory, to_path);
	MemoryEntry *replaced = find(memory, to);
	IoStatus status;

	if (from.len == 0 || to.len == 0)
		return IO_NOT_FOUND;
	status = dir_status(memory, path_dir(from));
	if (status == IO_OK)
		status = dir_status(memory, path_dir(to));
	if (status != IO_OK)
		return status;
	if (kind_of(memory, from) == IO_KIND_NONE)
		return IO_NOT_FOUND;
	if (from.len == 1 || to.len == 1)
		return IO_FAILED;
	if (str_equal(from, to))
		return IO_OK;
	if (is_below(to, from))
		return IO_UNSUPPORTED;
	if (is_below(from, to))
		return IO_EXISTS;
	if (replaced != NULL) {
		status = may_replace(memory, from, to);
		if (status != IO_OK)
			return status;
		take_out(memory, replaced);
	}
	move(memory, from, to);
	return IO_OK;
}

static IoStatus
memory_exchange(Io *io, Str a_path, Str b_path)
{
	MemoryIo *memory = memory_of(io);
	Str a = absolute(memory, a_path), b = absolute(memory, b_path);
	Str aside = STR("aside"); /* without a slash in front, hence no path of ours */
	IoStatus status;

	if (a.len == 0 || b.len == 0)
		return IO_NOT_FOUND;
	status = dir_status(memory, path_dir(a));
	if (status == IO_OK)
		status = dir_status(memory, path_dir(b));
	if (status != IO_OK)
		return status;
	if (kind_of(memory, a) == IO_KIND_NONE || kind_of(memory, b) == IO_KIND_NONE)
		return IO_NOT_FOUND;
	if (a.len == 1 || b.len == 1)
		return IO_FAILED;
	if (is_below(a, b) || is_below(b, a))
		return IO_UNSUPPORTED;
	move(memory, a, aside);
	move(memory, b, a);
	move(memory, aside, b);
	return IO_OK;
}

static IoStatus
memory_remove_file(Io *io, Str path)
{
	MemoryIo *memory = memory_of(io);
	Str place = absolute(memory, path);
	MemoryEntry *entry = find(memory, place);

	if (entry == NULL)
		return absence(memory, place);
	if (entry->kind == IO_KIND_DIR)
		return IO_NOT_A_FILE;
	take_out(memory, entry);
	return IO_OK;
}

static IoStatus
memory_remove_dir(Io *io, Str path)
{
	MemoryIo *memory = memory_of(io);
	Str place = absolute(memory, path);
	MemoryEntry *entry = find(memory, place);
	IoStatus status = dir_status(memory, place);

	if (status != IO_OK)
		return status;
	if (entry->path.len == 1)
		return IO_FAILED;
	if (!is_empty(memory, entry->path))
		return IO_EXISTS;
	take_out(memory, entry);
	return IO_OK;
}

static IoStatus
memory_sync_dir(Io *io, Str path)
{
	MemoryIo *memory = memory_of(io);

	return dir_status(memory, absolute(memory, path));
}

Io *
io_memory(Arena *arena)
{
	MemoryIo *memory = ARENA_NEW(arena, MemoryIo);

	memory->arena = arena;
	add(memory, STR("/"), STR(""), IO_KIND_DIR);
	memory->io = (Io){
		.read = memory_read,
		.read_part = memory_read_part,
		.list = memory_list,
		.resolve = memory_resolve,
		.kind = memory_kind,
		.write = memory_write,
		.write_parts = memory_write_parts,
		.make_dir = memory_make_dir,
		.rename = memory_rename,
		.exchange = memory_exchange,
		.remove_file = memory_remove_file,
		.remove_dir = memory_remove_dir,
		.sync_dir = memory_sync_dir,
	};
	return &memory->io;
}
