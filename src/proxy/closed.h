/*
 * Functions that are closed at a worker for a moment, because it has answered
 * 429 for them: it is full of this function, and fit for all others.  [proxies]
 *
 * The youngest are remembered.  All stay for the same time, so the oldest goes
 * first.  A slot that holds another worker by now is avoided in vain, for a
 * moment.
 */
#ifndef CLOSED_H
#define CLOSED_H

#include <stdint.h>

#define CLOSED_MAX 256

struct closed;

struct closed *closed_new(void);
void closed_free(struct closed *);

void closed_add(
    struct closed *, uint32_t func_hash, int slot, uint64_t until_us);

/* Sets the bytes of the workers, by slot, where this function is closed;
 * returns how many there are.  Value 0 takes back what another value did. */
int closed_mark(
    struct closed *, uint32_t func_hash, uint8_t *by_slot, uint8_t value);

#endif
