/*
 * The time, read at most once in a turn of the event loop.  [every process]
 *
 * The monotonic clock in microseconds, for deadlines and durations; it is the
 * same clock in every process.  Whoever runs the loop calls clock_turn() at
 * the start of each turn.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

extern uint64_t clock_cached_us; /* 0: not yet read in this turn */

uint64_t clock_read_us(void); /* reads the clock, whatever the turn */

static inline void
clock_turn(void)
{
	clock_cached_us = 0;
}

/* The time of this turn. */
static inline uint64_t
clock_now_us(void)
{
	if (clock_cached_us == 0)
		clock_cached_us = clock_read_us();
	return clock_cached_us;
}

/* For after something slow within a turn. */
static inline void
clock_advance(uint64_t us)
{
	clock_cached_us = clock_now_us() + us;
}

/* 2026-01-31T12:00:00.123Z, now, by the wall clock. */
#define CLOCK_TEXT 25
void clock_text(char text[CLOCK_TEXT]);

#endif
