/*
 * Simulated OpenLambda workers that answer real requests.  [picket worker]
 *
 * One process is one machine: its workers, one for each port, share its cores.
 * lua/lib/lab/live_worker.lua decides when each request is done; this module
 * speaks HTTP for it as a worker does:
 *
 *     /run/FUNC, /runLambda/FUNC   the function's answer, 500 when there is no
 *                                  such function, 429 when its queue is full
 *     GET /status                  "ready"
 *     GET /stats                   what it did so far, JSON
 *     POST /reset                  forget packages and sandboxes, as if new
 *
 * A request that the client gave up is run to its end, as OpenLambda does.  A
 * worker that its model lets crash closes its connections and its port, and
 * listens there again when it is back.
 */
#ifndef LIVE_WORKER_H
#define LIVE_WORKER_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#define LIVE_WORKER_PORTS 64

struct live_worker_options {
	const char *host; /* an IP address */
	int ports[LIVE_WORKER_PORTS];
	int port_count;
	const char *model;
	const char *registry; /* NULL: any function, without packages */
	double time_scale;    /* how much faster than the model's time */
	double seed;
};

struct live_worker;

/* Reads the files and listens; NULL, having said why, when it cannot. */
struct live_worker *live_worker_new(
    struct event_base *, const struct live_worker_options *);
void live_worker_free(struct live_worker *);

/* The port that the worker of this index listens on. */
int live_worker_port(const struct live_worker *, int index);

/* As OpenLambda does on SIGTERM: first the sandboxes die, so that all requests
 * end with 502, then it listens no more.  Ends the loop once all is sent. */
void live_worker_stop(struct live_worker *);

#endif
