/*
 * The memory of one Lua state: one mapping, from which all its blocks are cut.
 * [proxies, loader]
 *
 * The mapping is the state's limit, and it is given back as a whole, whatever
 * the state was doing when it was abandoned.  Nothing here is shared with
 * malloc(), so a state that is left in the middle of an allocation leaves
 * nothing else in disorder.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena;

/* NULL when there is no memory.  A page costs nothing before it is used. */
struct arena *arena_new(size_t size);
void arena_free(struct arena *);

/* A lua_Alloc whose context is the arena: makes, moves and (new size 0) drops a
 * block.  NULL when the arena has no such place left; the old block is then as
 * it was.  Making one smaller never fails. */
void *arena_allocate(
    void *arena, void *block, size_t old_size, size_t new_size);

/* Bytes in blocks, with what it takes to keep them. */
size_t arena_used(const struct arena *);
size_t arena_size(const struct arena *);

#endif
