/*
 * One question to one worker: is it well?  [control]
 */
#ifndef PROBE_H
#define PROBE_H

#include <event2/event.h>
#include "address.h"
#include "config.h"

struct probe_question {
	enum health_kind kind;
	char path[256]; /* HTTP: what is asked for */
	int status;     /* HTTP: what is expected; 0: any below 400 */
	uint64_t timeout_us;
};

struct probe;

/* The `failure` that says nothing of the worker: there was no socket to ask
 * with. */
extern const char probe_unasked[];

/* `failure` is why it is not well, NULL when it is.  Called once, from the loop
 * and never from probe_start(); then free the probe. */
typedef void probe_call(void *arg, const char *failure);

struct probe *probe_start(struct event_base *, const struct address *,
    const struct probe_question *, probe_call *, void *arg);
void probe_free(struct probe *); /* NULL is allowed */

#endif
