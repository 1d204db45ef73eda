/*
 * Which process stands still, and which has only not been given its turn.
 * [supervisor]
 *
 * A process that does its rounds writes the time into its row, some times a
 * second.  One that has many calls to make into a slow policy is long at a
 * round, but counts them there.  When both stop, the kernel knows why:
 *
 *     it runs      only what it has used of a CPU counts: one that spins is
 *                  found, one that a busy machine keeps waiting is not
 *     it sleeps, or was stopped      all the time counts
 *     it waits for a disk or a debugger      none of it counts
 *
 * Nor does time that this process itself was not given.
 */
#ifndef STANDSTILL_H
#define STANDSTILL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { STANDSTILL_US = 5000000 };

/* What the kernel says of a process. */
struct standing {
	char state;      /* as ps(1) shows it; '?': unknown */
	uint64_t cpu_us; /* used since its start */
};

struct standstill {
	uint64_t beat;       /* what it was when last looked at */
	uint64_t looked_us;  /* when that was */
	uint64_t counted_us; /* without a beat, of what counts */
	uint64_t cpu_us;     /* used when last looked at */
};

/* A process starts. */
void standstill_begin(struct standstill *, uint64_t now_us);

/* Is it late, so that it must be asked for how it stands?  Cheap.  `beat` is a
 * number that is another one whenever there was a sign of life. */
bool standstill_is_late(struct standstill *, uint64_t beat, uint64_t now_us);

/* True when it has stood still for too long. */
bool standstill_judge(
    struct standstill *, const struct standing *, uint64_t now_us);

/* Asks the kernel. */
struct standing standstill_read(pid_t);

#endif
