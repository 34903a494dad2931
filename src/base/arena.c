/*
 * A bump allocator. The first chunk is small, so that a small spec touches little memory; later
 * ones are large, aligned for huge pages, because page faults are half the cost of a large check.
 * Memory comes zeroed from the system, so nothing is cleared but what is used twice: what
 * arena_reset takes back, and a few chunks of arenas that are gone, kept for the next ones: the
 * system clears a huge page for whoever writes the first byte of it.
 */
#include "base/base.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#	define ARENA_GUARDED 1
#elif defined(__has_feature)
#	if __has_feature(address_sanitizer)
#		define ARENA_GUARDED 1
#	endif
#endif

/*
 * Under the address sanitizer what was not handed out is forbidden, with a gap between blocks. That
 * takes time for every byte of a chunk, so chunks are smaller.
 */
#ifdef ARENA_GUARDED
#	include <sanitizer/asan_interface.h>
#	define ARENA_GAP         16u
#	define ARENA_FIRST_CHUNK ((size_t)16 << 10)
#	define ARENA_NEXT_CHUNK  ((size_t)256 << 10)
#else
#	define ASAN_POISON_MEMORY_REGION(start, size)   ((void)(start), (void)(size))
#	define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#	define ARENA_GAP                                0u
#	define ARENA_FIRST_CHUNK                        ((size_t)128 << 10)
#	define ARENA_NEXT_CHUNK                         ((size_t)8 << 20)
#endif

#define ARENA_ALIGN       16u
#define ARENA_HUGE_PAGE   ((size_t)2 << 20)
#define ARENA_KEPT        4u
#define ARENA_KEPT_LARGE  2u
#define ARENA_CLEARED_MAX ARENA_HUGE_PAGE
#define ARENA_MAX         (SIZE_MAX / 4)

typedef struct Chunk {
	_Alignas(ARENA_ALIGN) struct Chunk *previous;
	size_t size;
	char *left; /* what was handed out ends here, once there is a newer chunk */
} Chunk;

struct Arena {
	_Alignas(ARENA_ALIGN) Chunk *chunk;
	char *next, *end;
	size_t used;
};

static size_t fail_at;
static size_t requests;

/* Heap checkers see each chunk as a block of their own when it comes from the C library. */
#if defined(ARENA_GUARDED) || defined(CONNPLAN_CHECKED)
static void *
chunk_map(size_t size)
{
	return calloc(1, size);
}

static void
chunk_unmap(Chunk *chunk)
{
	free(chunk);
}

/* A checked arena copies, so that what still points to the old place is found out. */
static Chunk *
chunk_extend(Chunk *chunk, size_t size)
{
	(void)chunk;
	(void)size;
	return NULL;
}

static bool
chunk_keep(Chunk *chunk, size_t size, size_t used)
{
	(void)chunk;
	(void)size;
	(void)used;
	return false;
}

static Chunk *
chunk_kept(size_t size)
{
	(void)size;
	return NULL;
}

static void
forget_kept(void)
{
}
#else
#	ifndef MAP_POPULATE
#		define MAP_POPULATE 0
#	endif

/* A small chunk gets its pages at once: one by one they cost more than the work done in them. */
static void *
chunk_map(size_t size)
{
	bool huge = size >= ARENA_HUGE_PAGE;
	size_t slack = huge ? ARENA_HUGE_PAGE : 0;
	char *map, *start;
	size_t before;

	map = mmap(NULL, size + slack, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | (huge ? 0 : MAP_POPULATE), -1, 0);
	if (map == MAP_FAILED)
		return NULL;
	if (!huge)
		return map;
	before = (ARENA_HUGE_PAGE - (uintptr_t)map % ARENA_HUGE_PAGE) % ARENA_HUGE_PAGE;
	start = map + before;
	if (before > 0)
		munmap(map, before);
	if (slack > before)
		munmap(start + size, slack - before);
#	ifdef MADV_HUGEPAGE
	madvise(start, size, MADV_HUGEPAGE);
#	endif
	return start;
}

static void
chunk_unmap(Chunk *chunk)
{
	munmap(chunk, chunk->size);
}

/* Moves the pages of a chunk to where there is room for more of them; NULL: it stays. */
static Chunk *
chunk_extend(Chunk *chunk, size_t size)
{
#	ifdef MREMAP_FIXED
	void *to = chunk_map(size);

	/* To a place of our choice, since only an aligned one keeps the huge pages. */
	if (to != NULL && mremap(chunk, chunk->size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to)
		return to;
	if (to != NULL)
		munmap(to, size);
#	else
	(void)chunk;
	(void)size;
#	endif
	return NULL;
}

/* Chunks of one size that nobody has any more: scratch arenas come and go by the thousand, some of
 * them inside each other. */
typedef struct Kept {
	size_t size, max;
	Chunk *chunks[ARENA_KEPT];
	size_t len;
} Kept;

static Kept kept[] = {
	{.size = ARENA_FIRST_CHUNK, .max = ARENA_KEPT},
	{.size = ARENA_NEXT_CHUNK, .max = ARENA_KEPT_LARGE},
};

static Kept *
kept_of(size_t size)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(kept); i++) {
		if (kept[i].size == size)
			return &kept[i];
	}
	return NULL;
}

/* Keeps a chunk of which so many bytes were in use. False: there are enough, or to clear it would
 * take longer than to get a new one. */
static bool
chunk_keep(Chunk *chunk, size_t size, size_t used)
{
	Kept *chunks = kept_of(size);

	if (chunks == NULL || chunks->len == chunks->max || used > ARENA_CLEARED_MAX)
		return false;
	chunk->left = (char *)chunk + used;
	chunks->chunks[chunks->len++] = chunk;
	return true;
}

static Chunk *
chunk_kept(size_t size)
{
	Kept *chunks = kept_of(size);
	Chunk *chunk;

	if (chunks == NULL || chunks->len == 0)
		return NULL;
	/* Cleared here, since nobody may ask for it again. */
	chunk = chunks->chunks[--chunks->len];
	memset(chunk, 0, (size_t)(chunk->left - (char *)chunk));
	chunk->size = size;
	return chunk;
}

static void
forget_kept(void)
{
	size_t i;

	for (i = 0; i < BASE_COUNT(kept); i++) {
		while (kept[i].len > 0)
			chunk_unmap(kept[i].chunks[--kept[i].len]);
	}
}
#endif

void
arena_fail_at(size_t k)
{
	forget_kept();
	fail_at = k;
	requests = 0;
}

static Chunk *
chunk_new(size_t size)
{
	Chunk *chunk = chunk_kept(size);

	if (chunk != NULL)
		return chunk;
	chunk = ++requests == fail_at ? NULL : chunk_map(size);
	if (chunk == NULL)
		panic("out of memory (%zu bytes were asked for)", size);
	chunk->size = size;
	return chunk;
}

/* Makes what stands behind `first` in the chunk the room that is handed out next. */
static void
arena_use(Arena *arena, Chunk *chunk, void *first)
{
	arena->chunk = chunk;
	arena->next = first;
	arena->end = (char *)chunk + chunk->size;
	ASAN_POISON_MEMORY_REGION(arena->next, (size_t)(arena->end - arena->next));
}

Arena *
arena_create(void)
{
	Chunk *chunk = chunk_new(ARENA_FIRST_CHUNK);
	Arena *arena;

	arena = (Arena *)(void *)(chunk + 1);
	arena_use(arena, chunk, arena + 1);
	return arena;
}

/* What was handed out of it ends at `left`. */
static void
chunk_release(Chunk *chunk, const char *left)
{
	size_t size = chunk->size;

	ASAN_UNPOISON_MEMORY_REGION(chunk, size);
	if (!chunk_keep(chunk, size, (size_t)(left - (char *)chunk)))
		chunk_unmap(chunk);
}

void
arena_destroy(Arena *arena)
{
	Chunk *chunk = arena->chunk;
	const char *left = arena->next;

	/* The arena itself stands in its first chunk, which is the last in this list. */
	while (chunk != NULL) {
		Chunk *previous = chunk->previous;

		chunk_release(chunk, left);
		chunk = previous;
		left = previous == NULL ? NULL : previous->left;
	}
}

/* The size of a chunk for a block that takes up `room`. */
static size_t
chunk_size_for(size_t room)
{
	if (room + sizeof(Chunk) <= ARENA_NEXT_CHUNK)
		return ARENA_NEXT_CHUNK;
	return (room + sizeof(Chunk) + ARENA_HUGE_PAGE - 1) & ~(ARENA_HUGE_PAGE - 1);
}

static void
arena_add_chunk(Arena *arena, size_t room)
{
	Chunk *chunk = chunk_new(chunk_size_for(room));

	arena->chunk->left = arena->next;
	chunk->previous = arena->chunk;
	arena_use(arena, chunk, chunk + 1);
}

/* What a block of that size takes up. */
static size_t
room_of(size_t size)
{
	if (size > ARENA_MAX)
		panic("out of memory (%zu bytes were asked for)", size);
	return (size + ARENA_GAP + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

void *
arena_alloc(Arena *arena, size_t size)
{
	size_t room = room_of(size);
	char *block;

	if (room > (size_t)(arena->end - arena->next))
		arena_add_chunk(arena, room);
	block = arena->next;
	arena->next += room;
	arena->used += room - ARENA_GAP;
	ASAN_UNPOISON_MEMORY_REGION(block, size);
	return block;
}

void *
arena_array(Arena *arena, size_t len, size_t item_size)
{
	if (len > ARENA_MAX / item_size)
		panic("out of memory (%zu items were asked for)", len);
	return arena_alloc(arena, len * item_size);
}

/*
 * Makes room behind a block that has a large chunk for itself: growing by copy would leave as much
 * garbage behind as there is text in the end. False: nothing was changed.
 */
static bool
extend_alone(Arena *arena, const void *block, size_t new_room)
{
	Chunk *chunk = arena->chunk, *moved;
	size_t next = (size_t)(arena->next - (char *)chunk);

	if (block != chunk + 1 || chunk->size < ARENA_NEXT_CHUNK)
		return false;
	moved = chunk_extend(chunk, chunk_size_for(new_room));
	if (moved == NULL)
		return false;
	moved->size = chunk_size_for(new_room);
	arena_use(arena, moved, (char *)moved + next);
	return true;
}

void *
arena_grow(Arena *arena, void *block, size_t old_size, size_t new_size)
{
	size_t old_room = room_of(old_size), new_room = room_of(new_size);
	bool newest = block != NULL && (char *)block + old_room == arena->next;
	void *moved;

	ASSERT(new_size >= old_size);
	if (newest && new_room - old_room > (size_t)(arena->end - arena->next)) {
		newest = extend_alone(arena, block, new_room);
		block = newest ? arena->chunk + 1 : block;
	}
	if (newest) {
		arena->next += new_room - old_room;
		arena->used += new_room - old_room;
		ASAN_UNPOISON_MEMORY_REGION(block, new_size);
		return block;
	}
	moved = arena_alloc(arena, new_size);
	if (block != NULL && old_size > 0)
		memcpy(moved, block, old_size);
	return moved;
}

ArenaMark
arena_mark(const Arena *arena)
{
	return (ArenaMark){arena->chunk, arena->next, arena->used};
}

void
arena_reset(Arena *arena, ArenaMark mark)
{
	while (arena->chunk != mark.chunk) {
		Chunk *chunk = arena->chunk;
		const char *left = arena->next;

		arena->chunk = chunk->previous;
		arena->next = chunk->previous->left;
		arena->end = (char *)chunk->previous + chunk->previous->size;
		chunk_release(chunk, left);
	}
	ASAN_UNPOISON_MEMORY_REGION(mark.next, (size_t)(arena->next - mark.next));
	memset(mark.next, 0, (size_t)(arena->next - mark.next));
	arena->next = mark.next;
	arena->used = mark.used;
	ASAN_POISON_MEMORY_REGION(arena->next, (size_t)(arena->end - arena->next));
}

size_t
arena_used(const Arena *arena)
{
	return arena->used;
}
