/*
 * An upstream: one connection to a worker, which answers one request at a time.
 * [proxies]
 *
 *     CONNECTING -> IDLE -> BUSY -> IDLE ...  -> DEAD
 *
 * It sends what it is given and reads the answer; who asked is an owner with a
 * table of calls.  What it calls back about is over when upstream_close() was
 * called: a dead upstream stays silent and is freed at the end of the turn.
 */
#ifndef UPSTREAM_H
#define UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>
#include "address.h"
#include "config.h"
#include "head.h"
#include "list.h"
#include "loop.h"
#include "stream.h"

struct upstream;
struct upstreams;

/* Why there will be no (or no complete) answer. */
enum upstream_failure {
	UPSTREAM_REFUSED,     /* it could not connect */
	UPSTREAM_UNDELIVERED, /* closed before it took a byte of the request */
	UPSTREAM_RESET,       /* unanswered; it may have read all, or nothing */
	UPSTREAM_CLOSED,      /* closed before the answer's end */
	UPSTREAM_BAD_HEAD,    /* its answer is no HTTP; see upstream_reason() */
	UPSTREAM_BAD_BODY,
};

struct upstream_calls {
	void (*on_connected)(void *owner);
	/* A head (1xx too, several may come) and what came with it of the body.
	 * `done`: that is all.  After a 101 the body is all that comes. */
	void (*on_head)(void *owner, const struct head *, char *data,
	    size_t len, bool done);
	void (*on_body)(void *owner, char *data, size_t len, bool done);
	void (*on_drained)(void *owner);
	void (*on_failed)(void *owner, enum upstream_failure);
	/* Nobody owns it, and the worker closed it or spoke unasked. */
	void (*on_idle_end)(struct upstream *);
};

struct upstreams *upstreams_new(
    struct loop *, const struct upstream_calls *, void *context);
void upstreams_free(struct upstreams *); /* after closing each */
void upstreams_configure(struct upstreams *, const struct config *);
void upstreams_sweep(struct upstreams *); /* frees the dead */

/* A connection being made for this owner; NULL when it fails at once. */
struct upstream *upstream_connect(
    struct upstreams *, int slot, const struct address *, void *owner);
void upstream_close(struct upstream *);

/* Its worker, and its place among the idle ones. */
int upstream_slot(const struct upstream *);
void *upstream_context(const struct upstream *); /* of upstreams_new() */
struct link *upstream_link(struct upstream *);
struct upstream *upstream_of_link(struct link *);
uint64_t upstream_idle_since_us(const struct upstream *);

/* Ready for a request of this method, owned from now on. */
void upstream_begin(struct upstream *, void *owner, enum method);

/* From now on it is another one's, amid the request. */
void upstream_set_owner(struct upstream *, void *owner);

/* The answer is complete and the worker keeps the connection: it may be used
 * again, and is nobody's from now on. */
bool upstream_may_keep(const struct upstream *);
void upstream_end(struct upstream *);

/* BROKEN is not the end: an answer may have come before; wait for it. */
enum stream_result upstream_send(struct upstream *, struct iovec *, int count);

/* What the worker has not taken yet, see stream_backlog(). */
size_t upstream_backlog(const struct upstream *);
bool upstream_has_news(const struct upstream *); /* see stream_has_news() */

/* The head of the answer, as long as the answer is not over; NULL before. */
const struct head *upstream_answer(const struct upstream *);

void upstream_pause(struct upstream *);
void upstream_resume(struct upstream *);

bool upstream_is_used(const struct upstream *); /* has answered before */
const char *upstream_reason(const struct upstream *);

#endif
