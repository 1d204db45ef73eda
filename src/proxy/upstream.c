/*
 * An upstream: one connection to a worker.  [proxies]
 *
 * `parser` is there from the first byte of an answer until upstream_end() or
 * upstream_close(), since the head is asked for until then.
 */
#include "upstream.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include "body.h"
#include "clock.h"
#include "net.h"
#include "parser.h"
#include "xmalloc.h"

enum upstream_state {
	UPSTREAM_CONNECTING,
	UPSTREAM_IDLE, /* nobody's */
	UPSTREAM_HEAD, /* a request is with the worker */
	UPSTREAM_BODY, /* the answer's head has been handed up */
	UPSTREAM_DEAD,
};

struct upstream {
	struct stream stream;
	struct link link; /* among the idle of its worker, or the dead */
	struct upstreams *upstreams;
	void *owner;
	struct parser *parser; /* the answer's */
	uint64_t sent;         /* bytes of this request */
	uint64_t since_us;     /* idle */
	int slot;
	uint8_t state;  /* enum upstream_state */
	uint8_t method; /* enum method: of this request */
	bool keep;      /* the worker keeps the connection after this answer */
	bool used;      /* it answered before */
	bool is_unix;
	bool reset;     /* by the worker, without a close before */
	int send_error; /* of the first send that failed; 0: none */
	const char *reason;
	struct body body;
};

struct upstreams {
	struct loop *loop;
	const struct upstream_calls *calls;
	void *context;
	struct list dead;
	struct parser_limits limits;
};

static void upstream_on_readable(struct stream *);
static void upstream_on_drained(struct stream *);
static void upstream_on_broken(struct stream *, int error, size_t unsent);

static const struct stream_calls stream_calls = {
    .on_readable = upstream_on_readable,
    .on_drained = upstream_on_drained,
    .on_broken = upstream_on_broken,
};

static struct upstream *
upstream_of(struct stream *stream)
{
	return (struct upstream *)stream; /* its first member */
}

static void
upstream_take_parser(struct upstream *up)
{
	struct upstreams *upstreams = up->upstreams;

	up->parser = parsers_take(
	    upstreams->loop->parsers, PARSER_RESPONSE, &upstreams->limits);
	parser_expect(up->parser, up->method);
}

static void
upstream_give_parser(struct upstream *up)
{
	parsers_give(up->upstreams->loop->parsers, up->parser);
	up->parser = NULL;
}

/* Nothing of the request has left: it is posted, kept, or there is none. */
static bool
upstream_is_unsent(const struct upstream *up)
{
	return stream_unsent(&up->stream) >= up->sent;
}

/* Nothing of what was sent has reached the worker's socket: every byte is still
 * on our side, so the request may be sent again whatever its method.  A reset
 * acknowledges nothing, not even what the worker has read.  What a Unix socket
 * takes has reached the worker's, whose backlog counts whole buffers, also
 * those that were read in part. */
static bool
upstream_is_undelivered(const struct upstream *up)
{
	if (upstream_is_unsent(up))
		return true;
	return !up->reset && !up->is_unix &&
	       stream_backlog(&up->stream) >= up->sent;
}

static void
upstream_fail(struct upstream *up, enum upstream_failure failure)
{
	void *owner = up->owner;

	up->keep = false;
	if (owner != NULL)
		up->upstreams->calls->on_failed(owner, failure);
}

/* --- reading --- */

static void
upstream_feed_body(struct upstream *up, char *data, size_t len)
{
	size_t used;
	ssize_t n = body_decode(&up->body, data, len, &used);

	if (n == -1) {
		up->reason = body_reason(&up->body);
		upstream_fail(up, UPSTREAM_BAD_BODY);
		return;
	}
	if (used < len)
		up->keep = false; /* it says more than it was asked for */
	if (n > 0 || up->body.done)
		up->upstreams->calls->on_body(
		    up->owner, data, n, up->body.done);
}

/* A complete head.  After a 1xx another one follows. */
static void
upstream_head(
    struct upstream *up, const struct head *head, char *data, size_t len)
{
	const struct upstream_calls *calls = up->upstreams->calls;
	size_t used;
	ssize_t n;

	body_start(&up->body, head);
	if (head->status == 101)
		up->body = (struct body){.framing = FRAMING_TO_CLOSE};
	up->keep = head->keep_alive && head->status != 101;
	up->state = UPSTREAM_BODY;
	n = body_decode(&up->body, data, len, &used);
	if (n == -1) {
		up->reason = body_reason(&up->body);
		upstream_fail(up, UPSTREAM_BAD_HEAD);
		return;
	}
	if (used < len)
		up->keep = false;
	calls->on_head(up->owner, head, data, n, up->body.done);
}

static bool
head_is_interim(const struct head *head)
{
	return head->status < 200 && head->status != 101;
}

static void
upstream_feed_head(struct upstream *up, char *data, size_t len)
{
	while (up->state == UPSTREAM_HEAD && len > 0) {
		const struct head *head;
		size_t used;

		if (up->parser == NULL)
			upstream_take_parser(up);
		switch (parser_feed(up->parser, data, len, &used)) {
		case PARSER_MORE:
			return;
		case PARSER_FAILED:
			up->reason = parser_reason(up->parser);
			upstream_fail(up, UPSTREAM_BAD_HEAD);
			return;
		case PARSER_HEAD:
			break;
		}
		data += used;
		len -= used;
		head = parser_head(up->parser);
		if (!head_is_interim(head)) {
			upstream_head(up, head, data, len);
			return;
		}
		up->upstreams->calls->on_head(up->owner, head, data, 0, false);
		upstream_give_parser(up);
	}
}

/* A worker that closes with the request unread resets the connection, and so
 * may one that has read it; from here both look the same. */
static enum upstream_failure
why_unanswered(const struct upstream *up)
{
	if (up->parser != NULL && !parser_is_empty(up->parser))
		return UPSTREAM_CLOSED; /* amid its head */
	if (upstream_is_undelivered(up))
		return UPSTREAM_UNDELIVERED;
	return up->reset ? UPSTREAM_RESET : UPSTREAM_CLOSED;
}

/* The worker closed, or the connection broke. */
static void
upstream_on_end(struct upstream *up)
{
	switch (up->state) {
	case UPSTREAM_IDLE:
		up->upstreams->calls->on_idle_end(up);
		break;
	case UPSTREAM_HEAD:
		upstream_fail(up, why_unanswered(up));
		break;
	case UPSTREAM_BODY:
		up->keep = false;
		if (body_end(&up->body))
			up->upstreams->calls->on_body(up->owner, NULL, 0, true);
		else
			upstream_fail(up, UPSTREAM_CLOSED);
		break;
	default:
		break;
	}
}

/* The first one counts: after a reset, sending more says EPIPE.  What it means
 * for the request, reading tells. */
static void
note_send_error(struct upstream *up, int error)
{
	if (up->send_error == 0)
		up->send_error = error;
	stream_doubt(&up->stream);
}

/* Sending that learns of a reset takes it away from reading, which then sees an
 * orderly end.  EPIPE: that end came first. */
static bool
was_reset(const struct upstream *up)
{
	return up->send_error != 0 && up->send_error != EPIPE;
}

/* A request is with the worker, and its answer is not whole. */
static bool
is_owed_more(const struct upstream *up)
{
	return up->state == UPSTREAM_HEAD ||
	       (up->state == UPSTREAM_BODY && !up->body.done);
}

/* What a kept connection says before the request has left answers nobody; a new
 * one may say at once that it is refused. */
static bool
is_unasked(const struct upstream *up)
{
	return up->used && up->parser == NULL && up->sent > 0 &&
	       upstream_is_unsent(up);
}

static void
upstream_on_readable(struct stream *stream)
{
	struct upstream *up = upstream_of(stream);
	ssize_t n = stream_read(stream, LOOP_INPUT);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0) {
		up->reset = n == -1 || was_reset(up);
		if (up->reset)
			up->body.framing = FRAMING_LENGTH; /* no end of it */
		upstream_on_end(up);
		return;
	}
	switch (up->state) {
	case UPSTREAM_IDLE:
		up->upstreams->calls->on_idle_end(up);
		break;
	case UPSTREAM_HEAD:
		if (is_unasked(up))
			upstream_fail(up, UPSTREAM_UNDELIVERED);
		else
			upstream_feed_head(up, stream->loop->input, n);
		break;
	case UPSTREAM_BODY:
		upstream_feed_body(up, stream->loop->input, n);
		break;
	default:
		break;
	}
	if (is_owed_more(up))
		stream_doubt(stream);
}

static void
upstream_on_drained(struct stream *stream)
{
	struct upstream *up = upstream_of(stream);

	if (up->state == UPSTREAM_CONNECTING) {
		up->state = UPSTREAM_HEAD;
		up->upstreams->calls->on_connected(up->owner);
	} else if (up->owner != NULL) {
		up->upstreams->calls->on_drained(up->owner);
	}
}

static void
upstream_on_broken(struct stream *stream, int error, size_t unsent)
{
	struct upstream *up = upstream_of(stream);

	if (up->state == UPSTREAM_CONNECTING) {
		upstream_fail(up, UPSTREAM_REFUSED);
		return;
	}
	up->sent -= unsent;
	note_send_error(up, error); /* an answer may still be there */
	if (up->owner != NULL)
		up->upstreams->calls->on_drained(up->owner);
}

/* --- what the owner calls --- */

void
upstream_begin(struct upstream *up, void *owner, enum method method)
{
	up->owner = owner;
	up->method = method;
	up->sent = 0;
	up->reason = "";
	if (up->state == UPSTREAM_IDLE)
		up->state = UPSTREAM_HEAD;
}

void
upstream_set_owner(struct upstream *up, void *owner)
{
	up->owner = owner;
}

bool
upstream_may_keep(const struct upstream *up)
{
	return up->keep && up->state == UPSTREAM_BODY && up->body.done &&
	       up->send_error == 0 && stream_unsent(&up->stream) == 0;
}

void
upstream_end(struct upstream *up)
{
	upstream_give_parser(up);
	up->owner = NULL;
	up->used = true;
	up->state = UPSTREAM_IDLE;
	up->since_us = clock_now_us();
	stream_resume(&up->stream);
}

enum stream_result
upstream_send(struct upstream *up, struct iovec *iov, int count)
{
	size_t len = 0, posted = stream_unsent(&up->stream);
	enum stream_result result = stream_flush(&up->stream);

	if (result == STREAM_BROKEN) {
		up->sent -= posted;
		note_send_error(up, errno);
		return result;
	}
	for (int i = 0; i < count; i++)
		len += iov[i].iov_len;
	result = stream_send(&up->stream, iov, count);
	if (result == STREAM_BROKEN)
		note_send_error(up, errno);
	else
		up->sent += len;
	return result;
}

const struct head *
upstream_answer(const struct upstream *up)
{
	return up->state == UPSTREAM_BODY ? parser_head(up->parser) : NULL;
}

bool
upstream_has_news(const struct upstream *up)
{
	return stream_has_news(&up->stream);
}

size_t
upstream_backlog(const struct upstream *up)
{
	return stream_backlog(&up->stream);
}

void
upstream_pause(struct upstream *up)
{
	stream_pause(&up->stream);
}

void
upstream_resume(struct upstream *up)
{
	stream_resume(&up->stream);
}

int
upstream_slot(const struct upstream *up)
{
	return up->slot;
}

void *
upstream_context(const struct upstream *up)
{
	return up->upstreams->context;
}

struct link *
upstream_link(struct upstream *up)
{
	return &up->link;
}

struct upstream *
upstream_of_link(struct link *link)
{
	return list_entry(link, struct upstream, link);
}

uint64_t
upstream_idle_since_us(const struct upstream *up)
{
	return up->since_us;
}

bool
upstream_is_used(const struct upstream *up)
{
	return up->used;
}

const char *
upstream_reason(const struct upstream *up)
{
	return up->reason;
}

/* --- all of them --- */

struct upstreams *
upstreams_new(
    struct loop *loop, const struct upstream_calls *calls, void *context)
{
	struct upstreams *upstreams = xcalloc(1, sizeof(*upstreams));

	upstreams->loop = loop;
	upstreams->calls = calls;
	upstreams->context = context;
	list_init(&upstreams->dead);
	return upstreams;
}

void
upstreams_free(struct upstreams *upstreams)
{
	if (upstreams == NULL)
		return;
	upstreams_sweep(upstreams);
	free(upstreams);
}

void
upstreams_configure(struct upstreams *upstreams, const struct config *config)
{
	upstreams->limits.head_bytes = config->limits.response_head_bytes;
	upstreams->limits.headers = config->limits.headers;
	upstreams->limits.uri_bytes = config->limits.uri_bytes;
}

void
upstreams_sweep(struct upstreams *upstreams)
{
	struct upstream *up;

	list_each (up, &upstreams->dead, link) {
		list_remove(&up->link);
		free(up);
	}
}

struct upstream *
upstream_connect(struct upstreams *upstreams, int slot,
    const struct address *address, void *owner)
{
	struct upstream *up;
	int fd = net_connect(address);

	upstreams->loop->counters->upstream_connects++;
	if (fd == -1)
		return NULL;
	up = xcalloc(1, sizeof(*up));
	link_init(&up->link);
	up->upstreams = upstreams;
	up->slot = slot;
	up->is_unix = address_is_unix(address);
	up->state = UPSTREAM_CONNECTING;
	up->owner = owner;
	stream_open_connecting(&up->stream, upstreams->loop, fd, &stream_calls);
	return up;
}

void
upstream_close(struct upstream *up)
{
	if (up == NULL || up->state == UPSTREAM_DEAD)
		return;
	stream_close(&up->stream);
	upstream_give_parser(up);
	up->state = UPSTREAM_DEAD;
	up->owner = NULL;
	list_move(&up->link, &up->upstreams->dead);
}
