/*
 * What the files of the request module share: requests.c (all of them),
 * request.c (the life of one), intake.c (what its client does), choice.c (which
 * worker), places.c (a place there, at once or in its turn), attempt.c (going
 * there, and elsewhere), hedge.c (two attempts at once), outcome.c (what the
 * worker does), relay.c (the bytes), expiry.c (what is late).  Nobody else
 * includes this.
 */
#ifndef REQUEST_INTERNAL_H
#define REQUEST_INTERNAL_H

#include "access_log.h"
#include "admission.h"
#include "budget.h"
#include "client.h"
#include "closed.h"
#include "epoch.h"
#include "frame.h"
#include "pool.h"
#include "request.h"
#include "request_id.h"
#include "route.h"
#include "upstream.h"

enum request_state {
	REQUEST_READING,    /* a small chunked body, to know its length */
	REQUEST_QUEUED,     /* no worker has a place for it now */
	REQUEST_CONNECTING, /* to the worker that was picked */
	REQUEST_SENDING,    /* its body is still coming and going */
	REQUEST_WAITING,    /* all is sent: for the head of the answer */
	REQUEST_STREAMING,  /* the answer's head was passed on */
	REQUEST_TUNNEL,     /* upgraded: bytes both ways */
	REQUEST_DEAD,
	REQUEST_STATES
};

/* Attempts of one request, whatever the configuration says. */
#define ATTEMPTS_MAX 16
/* A body that is held lies in the request itself up to this size. */
#define HELD_INLINE 1024
/* A chunked body up to this size is sent on with a Content-Length: an
 * OpenLambda function sees an empty body otherwise. */
#define COLLECT_MAX (64 * 1024)

struct request {
	struct link link;       /* in the list of its state */
	struct link in_all;     /* among all, by age */
	struct link hedge_link; /* among those that may be hedged */
	struct request *hedge;  /* its own second attempt; NULL: none */
	struct request *helped; /* whose second attempt this is */
	struct waiter waiter;
	struct requests *requests;
	struct epoch *epoch; /* held: the routes it was routed by */
	struct client *client;
	struct upstream *upstream;
	const struct route *route;
	struct text func;
	struct frame up, down; /* to the worker, to the client */
	uint64_t up_length;    /* the body's, for FRAMING_LENGTH */

	/* The first bytes of the body, as long as they may have to be sent
	 * again; `held_all` while nothing after them was sent. */
	char *held;
	size_t held_len;
	bool held_all;

	uint8_t state; /* enum request_state */
	uint8_t attempts;
	uint8_t tried_count;
	bool input_done;  /* the client's body is complete */
	bool upload_over; /* the worker takes no more of it */
	bool was_early;   /* the answer came before the worker had all of it */
	bool drop_expect; /* its 100 was sent by us */
	bool responding;  /* the client has the answer's head */
	bool keep;        /* the client was told that it may stay */
	int slot;         /* where it holds a place; -1: nowhere */
	int last_slot;    /* where it was last, or is; -1: nowhere */
	uint32_t address; /* address_seen of that worker when it came there */
	int tried[ATTEMPTS_MAX];
	int status;         /* of the answer, ours or the worker's */
	const char *error;  /* why it failed; NULL: it did not */
	uint32_t picked_in; /* the epoch whose policy chose the worker */
	int function;       /* the registry's number, see request_function() */
	uint32_t function_in; /* the epoch whose registry says so; 0: none */

	uint64_t start_us, entered_us, queued_us, pick_ns;
	uint64_t sent_us, head_us; /* of this attempt; 0: not yet */
	uint64_t bytes_in;
	size_t bytes_out;
	size_t backlog; /* of the peer that holds it up, when last looked at */
	struct text id;
	bool has_made_id; /* the client gave none */
	char made_id[REQUEST_ID];
	char inline_held[HELD_INLINE];
};

struct requests {
	struct loop *loop;
	struct gateway *gateway;
	struct worker_table *workers;
	struct process *row;
	struct counters *counters;
	int proxy;
	struct clients *clients;
	struct upstreams *upstreams;
	struct pool *pool;
	struct admission *admission;
	struct access_log *log;
	struct epoch *epoch;         /* that picks now */
	const struct config *config; /* its */
	struct budget budget;
	struct closed *closed;
	struct hedges *hedges;
	struct list by_state[REQUEST_STATES];
	struct list all;
	struct list spare;
	int spare_count;
	uint32_t membership; /* of the worker table, as noticed */
	int available;       /* workers that may be chosen */
	/* By slot: which address the pool is for, as the table counts them; odd
	 * for none. */
	uint32_t *address_seen;
	int *freed, freed_count; /* slots that are to be looked at */
	bool *is_freed;
	bool *is_short; /* by slot: no socket was left for it, in this round */
	bool is_dispatching; /* attempts_dispatch() is up the stack */
	uint32_t pick_count;
};

/* --- requests.c --- */

/* What control has said by now of who is a worker holds from here on. */
void requests_see_workers(struct requests *);

/* --- request.c --- */

/* One that nothing is known of but whose it is. */
struct request *request_blank(struct requests *, struct client *);

/* A request whose head has just come. */
struct request *request_new(
    struct requests *, struct client *, const struct head *);

void request_enter(struct request *, enum request_state);

/* Something has moved: the state's timeout begins anew. */
void request_touch(struct request *);

/* Says why and ends: with an error answer, or by cutting the connection when
 * an answer has begun. */
void request_fail(struct request *, int status, const char *reason);

/* The answer is complete, and so is the request. */
void request_complete(struct request *);

/* The client has left. */
void request_abandon(struct request *);

/* A worker that is full or in trouble says so with these; a function's own 500
 * is no failure of the worker. */
bool status_is_failure(int status);

/* --- intake.c, outcome.c --- */

/* What clients and upstreams call. */
extern const struct client_calls request_client_calls;
extern const struct upstream_calls request_upstream_calls;

/* --- choice.c --- */

/* What the policy says: a slot, or less than 0 for none. */
int request_pick(struct request *);

/* The registry's number for its function; -1: none. */
int request_function(struct request *);

/* The request as the policy sees it. */
void request_describe(struct request *, struct request_view *);

/* --- places.c --- */

/* Picks a worker and goes there, or waits. */
void request_schedule(struct request *);

/* Waits for this worker, or for any. */
void request_wait(struct request *, int slot);

/* No socket is left for the place that was claimed at this worker: gives it
 * back, and waits until there may be one. */
void request_postpone(struct request *, int slot);

/* Waits no longer, whatever the reason. */
void request_leave_queue(struct request *);

/* A place at this worker was given back: it is somebody's turn. */
void place_given_back(struct requests *, int slot);

/* Gives free places at this worker to those who wait, oldest first, as long as
 * they wait here; then the proxy is woken where they do. */
void attempts_hand_out(struct requests *, int slot);

/* Hands out the places that are to be looked at in this turn. */
void attempts_dispatch(struct requests *);

/* Picks again for everybody who waits: what they wait for may have changed.  Of
 * those who wait for a socket, until there is none for one of them. */
void attempts_pick_again(struct requests *);

/* The same when somebody waits although a worker has a place: those beyond
 * ASK_MAX, and those who waited for a proxy that stands still. */
void attempts_look_again(struct requests *);

/* --- attempt.c --- */

/* Goes to the worker at which a place was claimed, and waits no longer.  False:
 * no socket is left to go there, and all is as it was. */
bool attempt_begin(struct request *, int slot);

/* This attempt ended without an answer that the client could get. `may_repeat`:
 * the worker has not seen it, or its method is idempotent.  Goes elsewhere, or
 * fails with this status. */
void attempt_failed(
    struct request *, bool may_repeat, int status, const char *reason);

/* The same where the worker is not to blame. */
void attempt_lost(
    struct request *, bool may_repeat, int status, const char *reason);

/* As above for an answer that would be passed on: true when it went elsewhere
 * instead. */
bool attempt_elsewhere(struct request *, const char *reason);

/* The kept connection had been closed before the worker took anything: makes a
 * new one to the same worker, which is no further attempt. */
void attempt_reconnect(struct request *);

/* The same after the worker took the request, as a retry, when there is no
 * other worker; false: not here. */
bool attempt_again(struct request *);

/* Gives the place back and closes the upstream or keeps it for others; tells
 * the policy. */
void attempt_end(struct request *, const char *error);

/* --- hedge.c --- */

struct hedges *hedges_new(struct requests *);
void hedges_free(struct hedges *); /* NULL is allowed */

/* Its first attempt was sent: a second may follow, unless it ends before. */
void hedge_plan(struct request *);

/* An attempt was answered after so long. */
void hedge_note(struct request *, uint64_t us);

/* Sends the second attempts that are due. */
void hedges_send(struct requests *);

/* This attempt has failed.  True: its request goes on with the other one. */
bool hedge_goes_on(struct request *, const char *error);

/* This attempt's answer is the one: gives the other one up.  The request that
 * the answer is for. */
struct request *hedge_settle(struct request *);

/* The request ends: so does its hedge, if it has one, and none follows. */
void hedge_drop(struct request *, const char *error);

/* --- relay.c --- */

/* Sends the head and what is held of the body. */
void relay_request(struct request *);
/* Sends more of the body. */
void relay_upload(struct request *, char *data, size_t len, bool done);
/* Sends the answer's head and first bytes. */
void relay_answer(
    struct request *, const struct head *, char *data, size_t len, bool done);
void relay_interim(struct request *, const struct head *);
void relay_download(struct request *, char *data, size_t len, bool done);

void request_hold(struct request *, const char *data, size_t len);
void request_drop_held(struct request *);

#endif
