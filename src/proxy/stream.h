/*
 * A connected socket in the event loop: tells when bytes can be read, sends
 * bytes, and keeps what the peer does not take yet.  [proxies]
 *
 * Plain libevent events rather than bufferevents: in the usual case a send
 * takes everything, so there is no buffer, no copy and no write event; the read
 * event is added once and stays.  What is kept is bounded by back-pressure:
 * after STREAM_WAITING the caller stops producing until on_drained().
 *
 * A stream begins edge-triggered, which spares the kernel a second look at the
 * socket after each read: enough as long as one read brings a whole message.
 * An edge tells of what is new and not of what is left, so at the first doubt
 * (a full read, an end, a send that does not take all, a part of a message) the
 * stream is level-triggered for good.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include "loop.h"

struct stream;
struct stream_output;

struct stream_calls {
	/* Bytes, or the end, can be read: call stream_read(). */
	void (*on_readable)(struct stream *);
	/* All that was kept is sent; also: a connection was made. */
	void (*on_drained)(struct stream *);
	/* Sending what was kept or posted, or connecting, failed; so many
	 * bytes were not sent. */
	void (*on_broken)(struct stream *, int error, size_t unsent);
	/* The peer did not take all of what was posted: the rest is kept, as
	 * if WAITING had been said.  NULL: nobody asks. */
	void (*on_kept)(struct stream *);
};

/* Embedded in a client or an upstream; an idle one costs no more than this. */
struct stream {
	struct event read;
	struct stream_output *output; /* NULL: nothing is kept */
	const struct stream_calls *calls;
	struct loop *loop;
	int fd;     /* -1: closed */
	short edge; /* what libevent is told beside EV_READ; 0: level */
	bool reading;
	int8_t posted; /* its place among the loop's; -1: nothing is posted */
};

enum stream_result { STREAM_SENT, STREAM_WAITING, STREAM_BROKEN };

/* Starts reading.  The socket is the stream's from now on. */
void stream_open(
    struct stream *, struct loop *, int fd, const struct stream_calls *);

/* The same for a socket that is being connected: on_drained() when it is. */
void stream_open_connecting(
    struct stream *, struct loop *, int fd, const struct stream_calls *);

/* Closes the socket and drops what was kept or posted.  Not its memory. */
void stream_close(struct stream *);

/* Reads into the loop's input, `max` bytes at most: as read(2), where -1 with
 * EAGAIN means nothing yet. */
ssize_t stream_read(struct stream *, size_t max);

/* Sends all, or keeps the rest and says WAITING.
 *
 * A small message that begins in loop->output is posted: SENT as well, but it
 * is unsent until the turn ends, or some events later, when it goes with
 * others. One behind the other they find the kernel's code for it in the
 * processor's cache, and the requests find ours: 2 % of what a small request
 * costs.  (Redis writes its replies so, before it sleeps.) */
enum stream_result stream_send(struct stream *, struct iovec *, int count);

/* Sends what is posted, now: before an end, and to keep the order. */
enum stream_result stream_flush(struct stream *);

/* Sends all that is posted: at the end of a turn, and before anything slow. */
void stream_send_posted(struct loop *);

bool stream_is_waiting(const struct stream *); /* something is kept */
size_t stream_unsent(const struct stream *);   /* how much, posted or kept */

/* What the peer has not taken yet, here and in the kernel: as long as this
 * moves, a slow peer is alive although no byte of ours is taken for a while (a
 * full socket is writable again when a third of it is free). */
size_t stream_backlog(const struct stream *);

void stream_pause(struct stream *); /* stop reading */
void stream_resume(struct stream *);

/* Level-triggered from now on, whatever was told before.  For whoever has read
 * a part of something, since a reset behind it would have no edge of its own;
 * for whoever wants to know that the peer is there though it owes nothing; and
 * after a send that failed: it may have taken the error from the edge. */
void stream_doubt(struct stream *);

/* While reading is paused nothing tells that the peer has left; this asks. */
bool stream_peer_left(const struct stream *);

/* The peer has taken of what is kept, or sent something where nothing is, and
 * the loop has not told it yet: after a turn that took long it may look late,
 * and is not. */
bool stream_has_news(const struct stream *);

#endif
