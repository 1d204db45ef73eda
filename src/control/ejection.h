/*
 * Workers that fail what they are given are left out for a while.  [control]
 *
 *     UP --- `failures` failed attempts in a row --->  EJECTED
 *     EJECTED --- its time is over --->                UP
 *
 * The proxies count: a row of failures is one word of the worker, which all of
 * them add to, and which the first good answer sets to 0.  Control looks at it
 * twenty times a second.
 *
 * A row that is one function's alone ejects nobody who serves others meanwhile
 * (conduct.h): wherever that function went, it would take the worker along.
 *
 * It is only a share of the workers, and never the last that serve: when all
 * fail, the trouble is elsewhere, and when all others have gone down, one that
 * is ejected may still be better than none.
 */
#ifndef EJECTION_H
#define EJECTION_H

#include "control_state.h"

struct ejection *ejection_new(struct control *);
void ejection_free(struct ejection *);

/* Ejects who has failed and brings back whose time is over; true when the
 * table has changed. */
bool ejection_look(struct worker_table *, const struct config *);

#endif
