/*
 * Who is up.  [control]
 *
 *     STARTING --- first check ---> UP or DOWN
 *     UP   --- `fall` failed checks in a row --->  DOWN
 *     DOWN --- `rise` good checks in a row --->    UP
 *
 * An ejected worker (ejection.h) goes DOWN like one that is UP.
 *
 * Every worker has a check of its own with its own timer.  While a worker is
 * not steadily up, it is checked four times as often.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include "control_state.h"

struct health *health_new(struct control *);
void health_free(struct health *);

/* Rows were added or removed. */
void health_sync(struct health *);

/* Checks every worker now: the settings may have changed. */
void health_restart(struct health *);

/* This worker's address became known or changed. */
void health_on_address(struct health *, int slot);

/* It has no address, for this reason. */
void health_on_no_address(struct health *, int slot, const char *reason);

#endif
