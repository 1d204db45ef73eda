/*
 * What all connections of one proxy share: the event loop, the memory in which
 * bytes lie for the length of one callback or one turn, spare parsers, and the
 * counters.  [proxies]
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <event2/event.h>
#include "counters.h"
#include "parsers.h"

/* One read takes this much at most: large enough that the system calls of a
 * 1 MiB body cost little, small enough to stay in the second-level cache. */
#define LOOP_INPUT (128 * 1024)
/* The first read of a request, and so the most of a body that is held for one
 * that waits in the queue. */
#define LOOP_FIRST_INPUT (16 * 1024)
/* A head of the largest size, rewritten. */
#define LOOP_OUTPUT (80 * 1024)

/* So many messages at most are sent together, and none waits for more events
 * than this; see stream_send(). */
#define LOOP_POSTED 16
/* A larger one is sent at once. */
#define LOOP_POSTED_BYTES 4096

struct stream;

struct posted {
	struct stream *stream; /* NULL: was sent earlier, or is not wanted */
	char *bytes;
	size_t len;
};

struct loop {
	struct event_base *base;
	struct counters *counters;
	struct parsers *parsers;
	char *input;      /* what was just read; the next read overwrites it */
	char *output;     /* a head about to be sent: LOOP_OUTPUT bytes */
	char *outputs;    /* the memory for it, posted ones first */
	uint64_t last_id; /* of a request, see request_id.h */
	/* The last pick that was measured was: no message waits for the next.
	 */
	bool picks_are_slow;
	int posted_count, posted_age; /* the age in events */
	struct posted posted[LOOP_POSTED];
};

struct loop *loop_new(struct counters *);
void loop_free(struct loop *);

#endif
