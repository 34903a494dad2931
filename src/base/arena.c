/*
 * A bump allocator. The first chunk is small, so that a small spec touches little memory; later
 * ones are large, aligned for huge pages, because page faults are half the cost of a large check.
 */
#include "base/base.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define ARENA_ALIGN       16u
#define ARENA_FIRST_CHUNK ((size_t)128 << 10)
#define ARENA_HUGE_PAGE   ((size_t)2 << 20)
#define ARENA_NEXT_CHUNK  ((size_t)8 << 20)

typedef struct Chunk {
	struct Chunk *previous;
	size_t size;
} Chunk;

struct Arena {
	Chunk *chunk;
	char *next, *end;
	size_t used;
};

static size_t fail_at;
static size_t requests;

void
arena_fail_at(size_t k)
{
	fail_at = k;
	requests = 0;
}

#if defined(__SANITIZE_ADDRESS__) || defined(CONNPLAN_CHECKED)
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
#else
static void *
chunk_map(size_t size)
{
	bool huge = size >= ARENA_HUGE_PAGE;
	size_t slack = huge ? ARENA_HUGE_PAGE : 0;
	char *map, *start;
	size_t before;

	map = mmap(NULL, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
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
	madvise(start, size, MADV_HUGEPAGE);
	return start;
}

static void
chunk_unmap(Chunk *chunk)
{
	munmap(chunk, chunk->size);
}
#endif

static Chunk *
chunk_new(size_t size)
{
	Chunk *chunk = ++requests == fail_at ? NULL : chunk_map(size);

	if (chunk == NULL)
		panic("out of memory (%zu bytes were asked for)", size);
	chunk->size = size;
	return chunk;
}

Arena *
arena_create(void)
{
	Chunk *chunk = chunk_new(ARENA_FIRST_CHUNK);
	Arena *arena = (Arena *)(void *)(chunk + 1);

	arena->chunk = chunk;
	arena->next = (char *)(arena + 1);
	arena->end = (char *)chunk + chunk->size;
	return arena;
}

void
arena_destroy(Arena *arena)
{
	Chunk *chunk = arena->chunk;

	/* The arena itself stands in its first chunk, which is the last in this list. */
	while (chunk != NULL) {
		Chunk *previous = chunk->previous;

		chunk_unmap(chunk);
		chunk = previous;
	}
}

static void
arena_add_chunk(Arena *arena, size_t size)
{
	size_t whole = ARENA_NEXT_CHUNK;
	Chunk *chunk;

	if (size > SIZE_MAX / 2)
		panic("out of memory (%zu bytes were asked for)", size);
	if (size + sizeof(Chunk) > whole)
		whole = (size + sizeof(Chunk) + ARENA_HUGE_PAGE - 1) & ~(ARENA_HUGE_PAGE - 1);
	chunk = chunk_new(whole);
	chunk->previous = arena->chunk;
	arena->chunk = chunk;
	arena->next = (char *)(chunk + 1);
	arena->end = (char *)chunk + whole;
}

void *
arena_alloc(Arena *arena, size_t size)
{
	size_t room = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	char *block;

	if (size > SIZE_MAX / 2 || room > (size_t)(arena->end - arena->next))
		arena_add_chunk(arena, size > SIZE_MAX / 2 ? size : room);
	block = arena->next;
	arena->next += room;
	arena->used += room;
	return block;
}

void *
arena_array(Arena *arena, size_t len, size_t item_size)
{
	if (len > SIZE_MAX / 2 / item_size)
		panic("out of memory (%zu items were asked for)", len);
	return arena_alloc(arena, len * item_size);
}

void *
arena_grow(Arena *arena, void *block, size_t old_size, size_t new_size)
{
	size_t old_room = (old_size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	size_t new_room = (new_size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	void *moved;

	ASSERT(new_size >= old_size);
	if (block != NULL && (char *)block + old_room == arena->next &&
		new_room - old_room <= (size_t)(arena->end - arena->next)) {
		arena->next += new_room - old_room;
		arena->used += new_room - old_room;
		return block;
	}
	moved = arena_alloc(arena, new_size);
	if (old_size > 0)
		memcpy(moved, block, old_size);
	return moved;
}

size_t
arena_used(const Arena *arena)
{
	return arena->used;
}
