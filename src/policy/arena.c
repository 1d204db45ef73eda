/*
 * Two-level segregated fit: every call takes the same few steps, and a free
 * block is at once joined with its free neighbours.  [proxies, loader]
 *
 *     M. Masmano, I. Ripoll, A. Crespo and J. Real, "TLSF: a new dynamic memory
 *     allocator for real-time systems", 2004
 *
 * Blocks follow one another without gaps.  A block begins with its size, whose
 * low bits say whether it and the one before it are free; a free block ends
 * with its size as well, by which the next one finds its beginning.
 *
 *     size|flags | the caller's bytes, or: next, previous ... size | size|flags
 *
 * Free blocks are in lists by size: 32 lists for each power of two, and lists
 * of a single size each below 512 bytes.
 */
#include "arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum {
	GRAIN = 16, /* sizes are multiples of this */
	SMALLEST = 32,
	SMALL_BITS = 9,
	SMALL = 1 << SMALL_BITS, /* from here on a list has several sizes */
	MINOR_BITS = 5,
	MINORS = 1 << MINOR_BITS,
	MAJORS = 32 - SMALL_BITS /* sizes below 2^31 */
};

#define IS_FREE ((size_t)1)
#define PREVIOUS_IS_FREE ((size_t)2)
#define FLAGS (IS_FREE | PREVIOUS_IS_FREE)
#define HEADER sizeof(size_t)

struct block {
	size_t size_and_flags;
	struct block *next, *previous; /* in its list, when it is free */
};

struct arena {
	size_t size; /* of the mapping, this struct included */
	size_t used;
	uint32_t majors;         /* bit by bit: has a list that is not empty */
	uint32_t minors[MAJORS]; /* likewise, the list */
	struct block *lists[MAJORS][MINORS];
};

static size_t
size_of(const struct block *block)
{
	return block->size_and_flags & ~FLAGS;
}

static struct block *
after(const struct block *block)
{
	return (void *)((char *)block + size_of(block));
}

static struct block *
before(const struct block *block)
{
	size_t size = ((const size_t *)(const void *)block)[-1];

	return (void *)((char *)block - size);
}

static struct block *
block_of(void *bytes)
{
	return (void *)((char *)bytes - HEADER);
}

static size_t
size_for(size_t bytes)
{
	size_t size = (bytes + HEADER + GRAIN - 1) & ~(size_t)(GRAIN - 1);

	return size < SMALLEST ? SMALLEST : size;
}

/* --- the lists --- */

struct place {
	int major, minor;
};

static int
highest_bit(size_t size)
{
	return 63 - __builtin_clzll(size);
}

/* The list that a free block of this size is in. */
static struct place
place_of(size_t size)
{
	int bit;

	if (size < SMALL)
		return (struct place){0, (int)(size / GRAIN)};
	bit = highest_bit(size);
	return (struct place){
	    bit - SMALL_BITS + 1, (int)(size >> (bit - MINOR_BITS)) - MINORS};
}

static void
insert(struct arena *arena, struct block *block)
{
	struct place at = place_of(size_of(block));
	struct block **list = &arena->lists[at.major][at.minor];

	block->next = *list;
	block->previous = NULL;
	if (*list != NULL)
		(*list)->previous = block;
	*list = block;
	arena->majors |= 1u << at.major;
	arena->minors[at.major] |= 1u << at.minor;
}

static void
take_out(struct arena *arena, struct block *block)
{
	struct place at = place_of(size_of(block));

	if (block->next != NULL)
		block->next->previous = block->previous;
	if (block->previous != NULL) {
		block->previous->next = block->next;
		return;
	}
	arena->lists[at.major][at.minor] = block->next;
	if (block->next != NULL)
		return;
	arena->minors[at.major] &= ~(1u << at.minor);
	if (arena->minors[at.major] == 0)
		arena->majors &= ~(1u << at.major);
}

/* The first block of the first list all of whose blocks are large enough. */
static struct block *
find(struct arena *arena, size_t size)
{
	struct place at;
	uint32_t lists;

	if (size >= SMALL)
		size += ((size_t)1 << (highest_bit(size) - MINOR_BITS)) - 1;
	at = place_of(size);
	if (at.major >= MAJORS)
		return NULL;
	lists = arena->minors[at.major] & ~0u << at.minor;
	if (lists == 0) {
		uint32_t larger = at.major + 1 < MAJORS
				      ? arena->majors & ~0u << (at.major + 1)
				      : 0;

		if (larger == 0)
			return NULL;
		at.major = __builtin_ctz(larger);
		lists = arena->minors[at.major];
	}
	return arena->lists[at.major][__builtin_ctz(lists)];
}

/* --- the blocks --- */

/* Makes a block of these bytes free, and joins it with its neighbours. */
static void
release(struct arena *arena, struct block *block)
{
	size_t size = size_of(block);
	struct block *next = after(block);

	if (block->size_and_flags & PREVIOUS_IS_FREE) {
		block = before(block);
		take_out(arena, block);
		size += size_of(block);
	}
	if (next->size_and_flags & IS_FREE) {
		take_out(arena, next);
		size += size_of(next);
		next = after(next);
	}
	/* What is before it is in use, or would have been joined. */
	block->size_and_flags = size | IS_FREE;
	((size_t *)(void *)next)[-1] = size;
	next->size_and_flags |= PREVIOUS_IS_FREE;
	insert(arena, block);
}

/* Cuts a used block to this size; the rest becomes free. */
static void
cut(struct arena *arena, struct block *block, size_t size)
{
	size_t rest = size_of(block) - size;
	struct block *tail;

	if (rest < SMALLEST)
		return;
	block->size_and_flags = size | (block->size_and_flags & FLAGS);
	tail = after(block);
	tail->size_and_flags = rest;
	release(arena, tail);
}

static void *
make(struct arena *arena, size_t bytes)
{
	size_t size = size_for(bytes);
	struct block *block = find(arena, size);

	if (block == NULL)
		return NULL;
	take_out(arena, block);
	block->size_and_flags &= ~IS_FREE;
	after(block)->size_and_flags &= ~PREVIOUS_IS_FREE;
	cut(arena, block, size);
	arena->used += size_of(block);
	return (char *)block + HEADER;
}

static void
drop(struct arena *arena, void *bytes)
{
	struct block *block = block_of(bytes);

	arena->used -= size_of(block);
	release(arena, block);
}

/* Takes the free block behind it as well, if that is enough. */
static bool
extend(struct arena *arena, struct block *block, size_t size)
{
	struct block *next = after(block);

	if (!(next->size_and_flags & IS_FREE) ||
	    size_of(block) + size_of(next) < size)
		return false;
	take_out(arena, next);
	block->size_and_flags += size_of(next);
	after(block)->size_and_flags &= ~PREVIOUS_IS_FREE;
	return true;
}

static void *
resize(struct arena *arena, void *bytes, size_t old_size, size_t new_size)
{
	struct block *block = block_of(bytes);
	size_t size = size_for(new_size), had = size_of(block);
	void *moved;

	if (size <= had || extend(arena, block, size)) {
		cut(arena, block, size);
		arena->used += size_of(block) - had;
		return bytes;
	}
	moved = make(arena, new_size);
	if (moved == NULL)
		return NULL;
	memcpy(moved, bytes, old_size < new_size ? old_size : new_size);
	drop(arena, bytes);
	return moved;
}

void *
arena_allocate(void *context, void *block, size_t old_size, size_t new_size)
{
	struct arena *arena = context;

	if (new_size > arena->size)
		return NULL;
	if (block == NULL)
		return new_size > 0 ? make(arena, new_size) : NULL;
	if (new_size > 0)
		return resize(arena, block, old_size, new_size);
	drop(arena, block);
	return NULL;
}

/* --- the whole --- */

/* One free block between this struct and a last block, of no bytes, which is
 * never free: so every other one has a next. */
static void
lay_out(struct arena *arena)
{
	size_t begin = (sizeof(*arena) + GRAIN - 1) & ~(size_t)(GRAIN - 1);
	size_t bytes = (arena->size - begin) & ~(size_t)(GRAIN - 1);
	struct block *block, *last;

	/* The caller's bytes are then at multiples of GRAIN. */
	block = (void *)((char *)arena + begin + GRAIN - HEADER);
	block->size_and_flags = bytes - 2 * GRAIN;
	last = after(block);
	last->size_and_flags = 0;
	release(arena, block);
}

struct arena *
arena_new(size_t size)
{
	struct arena *arena;

	assert(size > sizeof(*arena) + 4 * SMALLEST && size < (size_t)1 << 31);
	arena = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (arena == MAP_FAILED)
		return NULL;
	arena->size = size;
	lay_out(arena);
	return arena;
}

void
arena_free(struct arena *arena)
{
	if (arena != NULL)
		munmap(arena, arena->size);
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}

size_t
arena_size(const struct arena *arena)
{
	return arena->size;
}
