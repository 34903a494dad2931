/* An Io that stops working at a chosen call, as a killed process would. */
#include "base/base.h"

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
stopping_read_part(Io *io, Arena *arena, Str path, uint64_t from, size_t len, IoPart *ret_part)
{
	Io *inner = stopping_next(io);

	return inner == NULL ? IO_FAILED
			     : inner->read_part(inner, arena, path, from, len, ret_part);
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
	size_t call = ++stopping->calls;

	if (call < stopping->stop_at)
		return stopping->inner->write(stopping->inner, path, bytes);
	if (call == stopping->stop_at)
		stopping->inner->write(stopping->inner, path, str_slice(bytes, 0, bytes.len / 2));
	return IO_FAILED;
}

static IoStatus
put_into_buf(void *buf, Str part)
{
	buf_str(buf, part);
	return IO_OK;
}

static IoStatus
stopping_write_parts(Io *io, Str path, IoMake *make, void *context)
{
	Arena *arena = arena_create();
	Buf buf = buf_make(arena);
	IoStatus status = make(context, put_into_buf, &buf);

	if (status == IO_OK)
		status = stopping_write(io, path, buf_text(&buf));
	arena_destroy(arena);
	return status;
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
		.read_part = stopping_read_part,
		.list = stopping_list,
		.resolve = stopping_resolve,
		.kind = stopping_kind,
		.write = stopping_write,
		.write_parts = stopping_write_parts,
		.make_dir = stopping_make_dir,
		.rename = stopping_rename,
		.exchange = stopping_exchange,
		.remove_file = stopping_remove_file,
		.remove_dir = stopping_remove_dir,
		.sync_dir = stopping_sync_dir,
	};
	return &stopping->io;
}
