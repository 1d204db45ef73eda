/*
 * Requests: what joins a client with a worker.  [proxies]
 *
 *     READING -> QUEUED -> CONNECTING -> SENDING -> WAITING -> STREAMING ->
 * DEAD ^           |            |          |           |
 *                  '-----------'------------'----------'        TUNNEL
 *                        a retry, when it is allowed
 *
 * Only this module knows both sides.  Each state is a list and has a timeout,
 * so that who is late stands at the head of its list.  A request holds at most
 * one place at a worker and one upstream, and gives both back on every way out;
 * one that is hedged has a second request beside it for that long.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include "epoch.h"
#include "loop.h"
#include "process.h"

struct requests;

/* All the requests, clients and upstreams of one proxy. */
struct requests *requests_new(struct loop *, struct gateway *, int proxy);
void requests_free(struct requests *);

/* From now on this epoch picks; the old one goes when its last request does.
 * The requests hold it. */
void requests_swap(struct requests *, struct epoch *);

/* Takes an accepted socket. */
void requests_accept(struct requests *, int fd, const struct address *peer);
int requests_client_count(const struct requests *);

/* The worker table changed: policies hear of it, who waits is picked for
 * again, connections to workers that are gone are closed. */
void requests_notice_workers(struct requests *);

/* Another proxy gave a place back. */
void requests_wake(struct requests *);

/* The policy's own tick came. */
void requests_tick_policy(struct requests *);

/* Ends what is late; several times in the shortest timeout. */
void requests_expire(struct requests *);

/* At the end of each turn: hands out places that were given back, frees what
 * ended. */
void requests_finish_turn(struct requests *);

/* No further requests: answers say so, idle clients are closed. */
void requests_drain(struct requests *);

void requests_reopen_log(struct requests *);

/* Who answers request:header() and outcome.headers for the policies. */
int32_t request_header(
    void *owner, const char *name, int32_t len, const char **value);
int32_t request_answer_header(
    void *owner, const char *name, int32_t len, const char **value);

#endif
