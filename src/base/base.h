/*
 * base: what every room stands on. Memory, strings, containers, the operating system.
 *
 * Ownership: everything lives in an Arena and dies with it; nothing here is freed one by one.
 * Failure: running out of memory, and a broken promise of our own, end the program through
 * panic(). What the environment refuses (a file, a disk) comes back as an IoStatus.
 * Everything the operating system gives stays behind this header (io_posix.c, os_posix.c).
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define BASE_COUNT(array)        (sizeof(array) / sizeof((array)[0]))

/* --- panic: the channel for our own mistakes -------------------------------------------------- */

/* Called once with a sentence; must not return. The default writes it and exits with 70. */
typedef void (*PanicHandler)(const char *sentence);
void panic_set_handler(PanicHandler handler);
_Noreturn void panic(const char *format, ...) BASE_PRINTF(1, 2);

#define ASSERT(condition)                                                                          \
	((condition) ? (void)0 : panic("%s:%d: %s does not hold", __FILE__, __LINE__, #condition))

/* --- arena ------------------------------------------------------------------------------------ */

typedef struct Arena Arena;

Arena *arena_create(void);
void arena_destroy(Arena *arena);
/* Zeroed memory, aligned for any object; never NULL. */
void *arena_alloc(Arena *arena, size_t size);
/*
 * Grows a block; in place when it is the newest one, without a copy when it is large and alone in
 * its chunk, else by copy. The new part is zeroed.
 */
void *arena_grow(Arena *arena, void *block, size_t old_size, size_t new_size);
/*
 * A place to go back to: arena_reset takes back all that was handed out since, for what is made,
 * used and forgotten many times. Blocks from before must not have grown in between; places are gone
 * back to in the opposite order, or left out.
 */
typedef struct ArenaMark {
	void *chunk;
	char *next;
	size_t used;
} ArenaMark;

ArenaMark arena_mark(const Arena *arena);
void arena_reset(Arena *arena, ArenaMark mark);
/* Bytes handed out so far. */
size_t arena_used(const Arena *arena);
/* For tests: the k-th request for memory from the system fails (0: none does). */
void arena_fail_at(size_t k);

#define ARENA_NEW(arena, Type)        ((Type *)arena_alloc((arena), sizeof(Type)))
#define ARENA_ARRAY(arena, Type, len) ((Type *)arena_array((arena), (len), sizeof(Type)))
void *arena_array(Arena *arena, size_t len, size_t item_size);

/* --- strings ---------------------------------------------------------------------------------- */

/* Bytes somewhere else: pointer and length, not terminated. An absent text has a NULL pointer. */
typedef struct Str {
	const char *ptr;
	size_t len;
} Str;

#define STR(literal) ((Str){("" literal), sizeof(literal) - 1})
#define STR_CONST(literal)                                                                         \
	{                                                                                          \
		("" literal), sizeof(literal) - 1                                                  \
	}
#define STR_FMT           "%.*s"
#define STR_ARG(text)     (int)(text).len, ((text).ptr ? (text).ptr : "")
#define STR_EQ(text, lit) str_equal((text), STR(lit))

Str str_from(const char *text);
/* An absent text equals an empty one; copies of an absent text are absent. */
bool str_equal(Str a, Str b);
/* By bytes, shorter first where one is the beginning of the other: <0, 0, >0. */
int str_compare(Str a, Str b);
/* Without regard to the case of ASCII letters. */
bool str_equal_nocase(Str a, Str b);
bool str_starts(Str text, Str prefix);
bool str_ends(Str text, Str suffix);
Str str_slice(Str text, size_t from, size_t to);
/* Index of the first such byte at or after `from`, or text.len. */
size_t str_find_char(Str text, char byte, size_t from);
/* Index of the first occurrence, or text.len. */
size_t str_find(Str text, Str part);
Str str_trim(Str text);
Str str_copy(Arena *arena, Str text);
/* The text itself where nothing is to be changed. */
Str str_lower(Arena *arena, Str text);
/*
 * What a name is told apart by where letters of every script count without case: two are one to
 * PowerShell and .NET (OrdinalIgnoreCase) iff these are equal. To compare with, not to show.
 */
Str str_fold(Arena *arena, Str text);
bool str_equal_fold(Arena *scratch, Str a, Str b);
/*
 * What two texts have in common that look alike: the same letters whatever their case, width and
 * composition (NFKC), and without blanks around them. Equal wherever str_fold is.
 */
Str str_fold_alike(Arena *arena, Str text);
Str str_format(Arena *arena, const char *format, ...) BASE_PRINTF(2, 3);
Str str_vformat(Arena *arena, const char *format, va_list args) BASE_PRINTF(2, 0);
/* Takes the next line, without its LF or CRLF, off *rest; false at the end. */
bool str_next_line(Str *rest, Str *ret_line);
/* Terminated copy, for the C library. */
const char *str_c(Arena *arena, Str text);
/*
 * The candidate nearest to `text` by edit distance (without regard to the case of ASCII letters),
 * the first of several; absent if none is near enough for a suggestion. Costs time for every
 * candidate: a caller with many wrong names asks for the first few of them only.
 */
Str str_nearest(Str text, const Str *candidates, size_t len);
/* The same, however far away it is; candidates are short names of our own. */
Str str_closest(Str text, const Str *candidates, size_t len);

/* --- vectors: VEC(Type) is a struct with items, len, cap -------------------------------------- */

#define VEC(Type)                                                                                  \
	struct {                                                                                   \
		Type *items;                                                                       \
		size_t len, cap;                                                                   \
	}
/* Appends one zeroed item and gives its address. */
#define VEC_ADD(arena, vec)                                                                        \
	((vec)->items = vec_reserve(                                                               \
		 (arena), (vec)->items, (vec)->len, &(vec)->cap, sizeof(*(vec)->items)),           \
		&(vec)->items[(vec)->len++])
#define VEC_PUSH(arena, vec, value) (*VEC_ADD((arena), (vec)) = (value))
/* Room for just so many items more, if there is none. */
#define VEC_ROOM(arena, vec, more)                                                                 \
	((vec)->items = vec_room(                                                                  \
		 (arena), (vec)->items, (vec)->len + (more), &(vec)->cap, sizeof(*(vec)->items)))
void *vec_reserve(Arena *arena, void *items, size_t len, size_t *cap, size_t item_size);
void *vec_room(Arena *arena, void *items, size_t len, size_t *cap, size_t item_size);

typedef VEC(Str) StrVec;
void strvec_sort(StrVec *vec);

/* Stable merge sort of `len` items by a total order; `context` is handed through. */
typedef int (*SortCompare)(const void *a, const void *b, void *context);
void base_sort(void *items, size_t len, size_t item_size, SortCompare compare, void *context);

/* --- hash map from text to a number ----------------------------------------------------------- */

#define MAP_NONE UINT32_MAX

/* Keys are not copied. The order of the table never reaches any output. */
typedef struct Map {
	struct MapSlot *slots;
	size_t cap, len;
} Map;

/* The seed of every map made after the call; the program sets a random one. */
void map_seed(uint64_t seed);
uint64_t base_hash(const void *bytes, size_t len);
/* Puts `value` (not MAP_NONE) under `key` unless there is one: gives the value that stood there, or
 * MAP_NONE. */
uint32_t map_add(Arena *arena, Map *map, Str key, uint32_t value);
uint32_t map_find(const Map *map, Str key);
/* Makes an empty map large enough for `len` keys. */
void map_reserve(Arena *arena, Map *map, size_t len);

/* --- growing text ----------------------------------------------------------------------------- */

/* Past `limit` (0: none) bytes it takes no more and `failed` stays true. */
typedef struct Buf {
	Arena *arena;
	char *data;
	size_t len, cap, limit;
	bool failed;
} Buf;

Buf buf_make(Arena *arena);
void buf_bytes(Buf *buf, const void *bytes, size_t len);
void buf_str(Buf *buf, Str text);
void buf_lit(Buf *buf, const char *text);
void buf_char(Buf *buf, char byte);
void buf_repeat(Buf *buf, char byte, size_t times);
void buf_number(Buf *buf, uint64_t number);
void buf_printf(Buf *buf, const char *format, ...) BASE_PRINTF(2, 3);
/* One code point as UTF-8. */
void buf_code_point(Buf *buf, uint32_t code_point);
Str buf_text(const Buf *buf);

/* --- files that were embedded at build time --------------------------------------------------- */

typedef struct Embedded {
	const char *name; /* path below the repository */
	const unsigned char *bytes;
	size_t len;
} Embedded;

/* The file of that name, or an absent text. */
Str embedded_find(const Embedded *files, size_t len, Str name);

/* --- numbers ---------------------------------------------------------------------------------- */

/* A decimal number without sign, blanks or leading zeros, at most `max`. */
bool base_parse_number(Str text, uint64_t max, uint64_t *ret_number);

/* --- dates ------------------------------------------------------------------------------------ */

/* Days since 1970-01-01 of the first and the last date that `YYYY-MM-DD` can say. */
#define DATE_FIRST (-719162) /* 0001-01-01 */
#define DATE_LAST  2932896   /* 9999-12-31 */

/* From a proleptic Gregorian `YYYY-MM-DD`. */
bool date_parse(Str text, int32_t *ret_days);
Str date_format(Arena *arena, int32_t days);
/* From `2026-12-05T22:00+09:00` as in RFC 3339, but that the seconds may be left out: seconds since
 * 1970-01-01 in UTC. */
bool time_parse(Str text, int64_t *ret_seconds);

/* --- Io: the only way to files ---------------------------------------------------------------- */

typedef enum IoStatus {
	IO_OK,
	IO_NOT_FOUND,
	IO_NOT_A_FOLDER,  /* of the path, a part that is none */
	IO_NAME_TOO_LONG, /* the path, or a name in it */
	IO_NOT_PERMITTED,
	IO_NOT_A_FILE,
	IO_TOO_BIG,
	IO_NO_SPACE,
	IO_EXISTS,
	IO_UNSUPPORTED,
	IO_CLOSED,      /* the reader of a pipe has gone */
	IO_INTERRUPTED, /* the user asked to stop */
	IO_FAILED,
} IoStatus;

/* "no such file" and the like: a clause without a full stop. */
const char *io_status_text(IoStatus status);
/* Whether the path leads to nothing, and why does not matter to a caller who can do without. */
bool io_is_absent(IoStatus status);

typedef enum IoKind { IO_KIND_NONE, IO_KIND_FILE, IO_KIND_DIR, IO_KIND_LINK, IO_KIND_OTHER } IoKind;

/*
 * Paths are bytes with `/`. Every member may fail; a failed call has changed nothing, but that
 * `write` may leave a partial file under the name it was given, never under another.
 */
typedef struct Io Io;

/* Takes a part of a file. */
typedef IoStatus IoPut(void *sink, Str part);
/* Gives a file part by part; after a status that is not IO_OK no more, and returns that. */
typedef IoStatus IoMake(void *context, IoPut *put, void *sink);

/* Some bytes of a file, and how many the whole file has. */
typedef struct IoPart {
	Str bytes;
	uint64_t size;
} IoPart;

struct Io {
	/* The whole file; IO_TOO_BIG before reading when it is larger than `limit`. */
	IoStatus (*read)(Io *io, Arena *arena, Str path, size_t limit, Str *ret_bytes);
	/* At most `len` bytes from an offset on, less at the end, of a file of any size. */
	IoStatus (*read_part)(
		Io *io, Arena *arena, Str path, uint64_t from, size_t len, IoPart *ret_part);
	/* Names in a folder, without `.` and `..`, sorted by bytes. */
	IoStatus (*list)(Io *io, Arena *arena, Str path, StrVec *ret_names);
	/* The path without links, `.` and `..`. */
	IoStatus (*resolve)(Io *io, Arena *arena, Str path, Str *ret_path);
	/* What stands there; links are not followed. */
	IoStatus (*kind)(Io *io, Str path, IoKind *ret_kind);
	/* A new file with these bytes; IO_EXISTS if there is one. sync_dir brings it to the disk.
	 */
	IoStatus (*write)(Io *io, Str path, Str bytes);
	/* The same of what `make` gives part by part. The file is opened once: by its name a second
	 * time it might be another's. */
	IoStatus (*write_parts)(Io *io, Str path, IoMake *make, void *context);
	IoStatus (*make_dir)(Io *io, Str path);
	/* Replaces what stands at `to` in one step; a file keeps the permissions of the old one. */
	IoStatus (*rename)(Io *io, Str from, Str to);
	/* Swaps two names in one step, or IO_UNSUPPORTED. */
	IoStatus (*exchange)(Io *io, Str a, Str b);
	IoStatus (*remove_file)(Io *io, Str path);
	IoStatus (*remove_dir)(Io *io, Str path);
	/* All that was written below the folder, and its names, is on the disk when it returns: one
	 * call for many files, where a sync for each would take longer than all else. */
	IoStatus (*sync_dir)(Io *io, Str path);
};

/* The machine's files. */
Io *io_system(Arena *arena);
/* Files that live in an arena; for tests, fuzzing and embedding. The current folder is `/`. */
Io *io_memory(Arena *arena);
/* A file and the folders above it, whatever was there. */
void io_memory_put(Io *memory, Str path, Str bytes);
/* Hands everything to `inner`, but fails every call from the k-th on, as a killed process would. */
Io *io_stopping(Arena *arena, Io *inner, size_t k);
/* How many calls a stopping Io has seen. */
size_t io_stopping_calls(const Io *stopping);

/* --- SHA-256 ---------------------------------------------------------------------------------- */

/* 64 lower-case hexadecimal digits. */
Str sha256_hex(Arena *arena, Str bytes);
/* The same of a file of any size, which is read in parts. */
IoStatus sha256_file(Arena *arena, Io *io, Str path, Str *ret_hex);
/* The same of bytes that come in parts, until the digits are asked for, once. */
typedef struct Sha256 Sha256;
Sha256 *sha256_start(Arena *arena);
void sha256_add(Sha256 *sha256, Str part);
Str sha256_end(Arena *arena, Sha256 *sha256);

/* --- paths ------------------------------------------------------------------------------------ */

/* Path text: `dir/name`, the folder of a path ("." if none), the last name of a path. */
Str path_join(Arena *arena, Str dir, Str name);
/* Without `.` and `NAME/..`: the same file unless a NAME is a link. */
Str path_tidy(Arena *arena, Str path);
Str path_dir(Str path);
Str path_name(Str path);
bool path_is_absolute(Str path);

/* --- the process; for cli alone --------------------------------------------------------------- */

typedef enum OsStream { OS_STDIN = 0, OS_STDOUT = 1, OS_STDERR = 2 } OsStream;

/* Reads a stream to its end; IO_TOO_BIG past `limit`, IO_INTERRUPTED when a watched signal came. */
IoStatus os_read_stream(OsStream stream, Arena *arena, size_t limit, Str *ret_bytes);
/* Writes all of it; IO_CLOSED when the other end of a pipe has gone, else as above. */
IoStatus os_write_stream(OsStream stream, Str bytes);
/* Writes to the pipe, terminal or other character device that stands at `path` or where a link
 * there leads: none of them may be renamed over. IO_NOT_FOUND when it is a plain file, a folder or
 * nothing; IO_NOT_A_FILE when it is a disk or a socket. */
IoStatus os_write_device(Str path, Str bytes);
bool os_is_terminal(OsStream stream);
/* The value of an environment variable; absent if unset. */
Str os_environment(const char *name);
/* Today's date in UTC, days since 1970-01-01. */
int32_t os_today(void);
/* Seconds since 1970-01-01. */
uint64_t os_now(void);
uint64_t os_random(void);
/* From now on SIGINT, SIGTERM and SIGHUP set a flag; SIGPIPE is ignored. */
void os_watch_signals(void);
/* The number of the signal that came, or 0. */
int os_signal(void);

#endif
