/*
 * What commands have made of the workers, told to the gateway that replaces
 * this one.  [supervisor]
 *
 * A memory file with a line for each worker, of which the reader takes the
 * fields that it knows: the other side may be another version.
 *
 *     url=http://h:1  name=w1  host=h  port=1  capacity=8  weight=2  listed=1
 *     draining=1
 *
 * (with tabs between them, and in one line.)  `listed` is the weight in the
 * configuration, and is not there for a worker that was added.
 */
#ifndef CARRY_OVER_H
#define CARRY_OVER_H

#include "generation.h"
#include "worker.h"

/* A memory file, from its beginning; -1: there is none. */
int carry_over_write(struct worker_table *, const struct generation *);

/* Brings a table that was made from the new configuration to what commands had
 * made of the old one, unless the configuration has changed in that point.
 * Closes the file; -1 is none. */
void carry_over_read(int file, struct worker_table *);

#endif
