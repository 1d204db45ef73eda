/*
 * How long the successor of a process waits: not at all, unless one after the
 * other dies as soon as it has started.  [supervisor]
 */
#ifndef BACK_OFF_H
#define BACK_OFF_H

#include <stdint.h>

/* Deaths within this time of the start are quick. */
enum { BACK_OFF_QUICK_US = 1000000 };

/* After so many quick deaths in a row: 0, 100 ms, 200 ms, ... 5 s. */
uint64_t back_off_us(unsigned quick_deaths);

#endif
