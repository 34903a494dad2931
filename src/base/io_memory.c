/* An Io whose files live in an arena, and one that stops working at a chosen call. */
#include "base/base.h"

typedef struct MemoryEntry {
	Str path, bytes;
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

static MemoryEntry *
memory_find(MemoryIo *memory, Str path)
{
	size_t i;

	for (i = 0; i < memory->entries.len; i++) {
		MemoryEntry *entry = &memory->entries.items[i];

		if (entry->kind != IO_KIND_NONE && str_equal(entry->path, path))
			return entry;
	}
	return NULL;
}

static void
memory_add(MemoryIo *memory, Str path, Str bytes, IoKind kind)
{
	MemoryEntry *entry = VEC_ADD(memory->arena, &memory->entries);

	entry->path = str_copy(memory->arena, path);
	entry->bytes = str_copy(memory->arena, bytes);
	entry->kind = kind;
}

void
io_memory_put(Io *io, Str path, Str bytes)
{
	MemoryEntry *entry = memory_find(memory_of(io), path);

	if (entry != NULL)
		entry->bytes = str_copy(memory_of(io)->arena, bytes);
	else
		memory_add(memory_of(io), path, bytes, IO_KIND_FILE);
}

static IoStatus
memory_read(Io *io, Arena *arena, Str path, size_t limit, Str *ret_bytes)
{
	MemoryEntry *entry = memory_find(memory_of(io), path);

	(void)arena;
	if (entry == NULL)
		return IO_NOT_FOUND;
	if (entry->kind != IO_KIND_FILE)
		return IO_NOT_A_FILE;
	if (entry->bytes.len > limit)
		return IO_TOO_BIG;
	*ret_bytes = entry->bytes;
	return IO_OK;
}

/* Whether the path lies right inside the folder; its last name then. */
static bool
memory_child(Str path, Str dir, Str *ret_name)
{
	if (!str_equal(path_dir(path), dir))
		return false;
	*ret_name = path_name(path);
	return true;
}

static IoStatus
memory_list(Io *io, Arena *arena, Str path, StrVec *ret_names)
{
	MemoryIo *memory = memory_of(io);
	size_t i;
	Str name;

	*ret_names = (StrVec){0};
	for (i = 0; i < memory->entries.len; i++) {
		MemoryEntry *entry = &memory->entries.items[i];

		if (entry->kind != IO_KIND_NONE && memory_child(entry->path, path, &name))
			VEC_PUSH(arena, ret_names, name);
	}
	strvec_sort(ret_names);
	return IO_OK;
}

static IoStatus
memory_resolve(Io *io, Arena *arena, Str path, Str *ret_path)
{
	(void)io;
	*ret_path = str_copy(arena, path);
	return IO_OK;
}

static IoStatus
memory_kind(Io *io, Str path, IoKind *ret_kind)
{
	MemoryEntry *entry = memory_find(memory_of(io), path);

	*ret_kind = entry == NULL ? IO_KIND_NONE : entry->kind;
	return IO_OK;
}

static IoStatus
memory_write(Io *io, Str path, Str bytes)
{
	if (memory_find(memory_of(io), path) != NULL)
		return IO_EXISTS;
	memory_add(memory_of(io), path, bytes, IO_KIND_FILE);
	return IO_OK;
}

static IoStatus
memory_make_dir(Io *io, Str path)
{
	if (memory_find(memory_of(io), path) != NULL)
		return IO_EXISTS;
	memory_add(memory_of(io), path, STR(""), IO_KIND_DIR);
	return IO_OK;
}

/* Renames the entry and all that lies below it. */
static void
memory_move(MemoryIo *memory, Str from, Str to)
{
	Str inside = str_format(memory->arena, STR_FMT "/", STR_ARG(from));
	size_t i;

	for (i = 0; i < memory->entries.len; i++) {
		MemoryEntry *entry = &memory->entries.items[i];

		if (str_equal(entry->path, from))
			entry->path = str_copy(memory->arena, to);
		else if (str_starts(entry->path, inside))
			entry->path = str_format(memory->arena, STR_FMT "/" STR_FMT, STR_ARG(to),
				STR_ARG(str_slice(entry->path, inside.len, entry->path.len)));
	}
}

static IoStatus
memory_rename(Io *io, Str from, Str to)
{
	MemoryEntry *old = memory_find(memory_of(io), to);

	if (memory_find(memory_of(io), from) == NULL)
		return IO_NOT_FOUND;
	if (old != NULL)
		old->kind = IO_KIND_NONE;
	memory_move(memory_of(io), from, to);
	return IO_OK;
}

static IoStatus
memory_exchange(Io *io, Str a, Str b)
{
	MemoryIo *memory = memory_of(io);
	Str aside = STR("\001aside");

	if (memory_find(memory, a) == NULL || memory_find(memory, b) == NULL)
		return IO_NOT_FOUND;
	memory_move(memory, a, aside);
	memory_move(memory, b, a);
	memory_move(memory, aside, b);
	return IO_OK;
}

static IoStatus
memory_remove_file(Io *io, Str path)
{
	MemoryEntry *entry = memory_find(memory_of(io), path);

	if (entry == NULL)
		return IO_NOT_FOUND;
	if (entry->kind == IO_KIND_DIR)
		return IO_NOT_A_FILE;
	entry->kind = IO_KIND_NONE;
	return IO_OK;
}

static IoStatus
memory_remove_dir(Io *io, Str path)
{
	MemoryIo *memory = memory_of(io);
	MemoryEntry *entry = memory_find(memory, path);
	size_t i;
	Str name;

	if (entry == NULL)
		return IO_NOT_FOUND;
	for (i = 0; i < memory->entries.len; i++) {
		if (memory->entries.items[i].kind != IO_KIND_NONE &&
			memory_child(memory->entries.items[i].path, path, &name))
			return IO_EXISTS;
	}
	entry->kind = IO_KIND_NONE;
	return IO_OK;
}

static IoStatus
memory_sync_dir(Io *io, Str path)
{
	(void)io;
	(void)path;
	return IO_OK;
}

Io *
io_memory(Arena *arena)
{
	MemoryIo *memory = ARENA_NEW(arena, MemoryIo);

	memory->arena = arena;
	memory->io = (Io){
		.read = memory_read,
		.list = memory_list,
		.resolve = memory_resolve,
		.kind = memory_kind,
		.write = memory_write,
		.make_dir = memory_make_dir,
		.rename = memory_rename,
		.exchange = memory_exchange,
		.remove_file = memory_remove_file,
		.remove_dir = memory_remove_dir,
		.sync_dir = memory_sync_dir,
	};
	return &memory->io;
}

typedef struct StoppingIo {
	Io io;
	Io *inner;
	size_t calls, stop_at;
} StoppingIo;

/* The Io behind, or NULL once the chosen call is reached. */
static Io *
stopping_next(Io *io)
{
	StoppingIo *stopping = (StoppingIo *)(void *)io;

	return ++stopping->calls >= stopping->stop_at ? NULL : stopping->inner;
}

size_t
io_stopping_calls(const Io *io)
{
	return ((const StoppingIo *)(const void *)io)->calls;
}

static IoStatus
stopping_read(Io *io, Arena *arena, Str path, size_t limit, Str *ret_bytes)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->read(inner, arena, path, limit, ret_bytes);
}

static IoStatus
stopping_list(Io *io, Arena *arena, Str path, StrVec *ret_names)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->list(inner, arena, path, ret_names);
}

static IoStatus
stopping_resolve(Io *io, Arena *arena, Str path, Str *ret_path)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->resolve(inner, arena, path, ret_path);
}

static IoStatus
stopping_kind(Io *io, Str path, IoKind *ret_kind)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->kind(inner, path, ret_kind);
}

/* A write that is stopped half way leaves half a file behind. */
static IoStatus
stopping_write(Io *io, Str path, Str bytes)
{
	StoppingIo *stopping = (StoppingIo *)(void *)io;
	bool first = stopping->calls + 1 == stopping->stop_at;
	Io *inner = stopping_next(io);

	if (inner != NULL)
		return inner->write(inner, path, bytes);
	if (first)
		stopping->inner->write(stopping->inner, path, str_slice(bytes, 0, bytes.len / 2));
	return IO_FAILED;
}

static IoStatus
stopping_make_dir(Io *io, Str path)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->make_dir(inner, path);
}

static IoStatus
stopping_rename(Io *io, Str from, Str to)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->rename(inner, from, to);
}

static IoStatus
stopping_exchange(Io *io, Str a, Str b)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->exchange(inner, a, b);
}

static IoStatus
stopping_remove_file(Io *io, Str path)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->remove_file(inner, path);
}

static IoStatus
stopping_remove_dir(Io *io, Str path)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->remove_dir(inner, path);
}

static IoStatus
stopping_sync_dir(Io *io, Str path)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED : inner->sync_dir(inner, path);
}

Io *
io_stopping(Arena *arena, Io *inner, size_t k)
{
	StoppingIo *stopping = ARENA_NEW(arena, StoppingIo);

	stopping->inner = inner;
	stopping->stop_at = k;
	stopping->io = (Io){
		.read = stopping_read,
		.list = stopping_list,
		.resolve = stopping_resolve,
		.kind = stopping_kind,
		.write = stopping_write,
		.make_dir = stopping_make_dir,
		.rename = stopping_rename,
		.exchange = stopping_exchange,
		.remove_file = stopping_remove_file,
		.remove_dir = stopping_remove_dir,
		.sync_dir = stopping_sync_dir,
	};
	return &stopping->io;
}
