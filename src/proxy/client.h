/*
 * Clients: connections that bring requests, one after the other.  [proxies]
 *
 *     IDLE -> HEAD -> BUSY -> IDLE ...       LINGER -> DEAD
 *
 * A client reads heads and bodies and hands them up; what answers a request
 * calls client_send() and, when all is said, client_end().  A client that is
 * idle holds no buffer and no parser: it costs its struct and its socket.
 * Requests sent ahead (pipelining) wait until the one before is answered.
 *
 * All the clients of a proxy are a `struct clients`, with a list per state, so
 * that who is late stands at the head of a list.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include "address.h"
#include "body.h"
#include "config.h"
#include "head.h"
#include "loop.h"
#include "stream.h"

struct client;
struct clients;

/* Something came that is no request: it was answered so. */
struct client_refusal {
	int status; /* 400, 408, 414, 431, 501 or 505 */
	const char *reason;
	struct text request_id;
	size_t body_len;   /* of the answer */
	uint64_t since_us; /* when it began to come */
};

struct client_calls {
	/* A request came, and with it perhaps the first bytes of its body.  The
	 * head stays until client_end(), the bytes for this call. */
	void (*on_request)(struct client *, const struct head *, char *data,
	    size_t len, bool done);
	/* More of its body; `done`: that was all of it. */
	void (*on_body)(struct client *, char *data, size_t len, bool done);
	/* The body is malformed or too slow: answer with this status. */
	void (*on_bad_body)(struct client *, int status, const char *reason);
	/* A head, or the first of a body, was malformed, too long or too slow;
	 * nobody was asked.  The connection ends. */
	void (*on_refused)(struct client *, const struct client_refusal *);
	/* All that was sent has been taken. */
	void (*on_drained)(struct client *);
	/* The client left before its answer was complete; it is dead now. */
	void (*on_gone)(struct client *);
};

struct clients *clients_new(
    struct loop *, const struct client_calls *, void *context);
void clients_free(struct clients *);

/* Limits and timeouts of requests to come. */
void clients_configure(struct clients *, const struct config *);

int clients_count(const struct clients *); /* open, in whatever state */

/* Ends what is late, looks whether paused clients have left. */
void clients_expire(struct clients *);

/* Closes who stays idle, and each other one after an answer that says so. */
void clients_drain(struct clients *);

/* Frees the dead; at the end of a turn. */
void clients_sweep(struct clients *);

/* Takes an accepted socket. */
void client_open(struct clients *, int fd, const struct address *peer);

/* --- while a request is being answered --- */

/* Whoever answers it; NULL between requests. */
void *client_owner(const struct client *);
void *client_context(const struct client *); /* as given to clients_new() */
void client_set_owner(struct client *, void *);

struct text client_peer(const struct client *); /* address without port */
const struct head *client_head(const struct client *);

/* Sends bytes of the answer.  WAITING: produce no more until on_drained();
 * BROKEN: the client is gone, on_gone() is not called for it. */
enum stream_result client_send(struct client *, struct iovec *, int count);

/* What the client has not taken yet, see stream_backlog(). */
size_t client_backlog(const struct client *);
bool client_has_news(const struct client *);  /* see stream_has_news() */
bool client_is_behind(const struct client *); /* some of it is kept here */

/* Stops and resumes reading the request's body. */
void client_pause(struct client *);
void client_resume(struct client *);
bool client_is_paused(const struct client *);

/* From now on bytes are handed up as they come, as body: after a 101. */
void client_tunnel(struct client *);

/* The answer is complete.  The connection is kept if both sides allow it and
 * the request's body was read to its end; else it is closed once the client
 * has what was sent. */
void client_end(struct client *, bool keep);

/* Cuts the connection: an answer that cannot be completed. */
void client_cut(struct client *);

/* True when the connection may serve another request after this one. */
bool client_may_keep(const struct client *);

#endif
