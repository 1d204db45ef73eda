/*
 * An open load: requests go out when they are due, whatever became of those
 * before.  [picket replay]
 *
 * A latency counts from when the request was due, not from when it was sent:
 * what waits because all connections are busy suffers from the target's
 * slowness as well (Gil Tene calls leaving that out coordinated omission).
 */
#ifndef LOAD_H
#define LOAD_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

/* Who says what to send and hears what came of it; times in ms since the
 * start. */
struct load_source {
	/* The next request: false after the last one.  `path` is the caller's
	 * to free. */
	bool (*next)(void *owner, double *due_ms, char **path);
	void (*sent)(void *owner);
	/* `number`: which request it was, counted from 1 in the order of
	 * next().  status 0: no answer. */
	void (*answered)(void *owner, uint64_t number, int status,
	    double latency_ms, bool is_cold, int installed);
	void *owner;
};

struct load_target {
	const char *host;
	uint16_t port;
	int connections; /* at most */
	int timeout_s;   /* for one request */
};

struct load;

/* Starts at once; the loop ends when all is answered. */
struct load *load_start(struct event_base *, const struct load_target *,
    const struct load_source *);
void load_free(struct load *);

#endif
