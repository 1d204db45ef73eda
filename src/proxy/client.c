/*
 * Clients: connections that bring requests, one after the other.  [proxies]
 *
 * A dead client stays in memory until the turn is over, since callers up the
 * stack may still hold it.  `parser` is there exactly from the first byte of a
 * request until client_end().
 */
#include "client_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "clock.h"
#include "error_answer.h"
#include "request_id.h"
#include "xmalloc.h"

/* Requests sent ahead: no more than this is read before the client waits. */
#define PIPELINE_MAX LOOP_FIRST_INPUT
static void client_on_readable(struct stream *);
static void client_on_drained(struct stream *);
static void client_on_broken(struct stream *, int error, size_t unsent);
static void client_on_kept(struct stream *);

const struct stream_calls client_stream_calls = {
    .on_readable = client_on_readable,
    .on_drained = client_on_drained,
    .on_broken = client_on_broken,
    .on_kept = client_on_kept,
};

static struct client *
client_of(struct stream *stream)
{
	return (struct client *)stream; /* its first member */
}

void
client_enter(struct client *client, enum client_state state)
{
	client->state = state;
	client->since_us = clock_now_us();
	list_move(&client->link, &client->clients->by_state[state]);
}

void
client_give_parser(struct client *client)
{
	parsers_give(client->clients->loop->parsers, client->parser);
	client->parser = NULL;
}

void
client_die(struct client *client)
{
	if (client->state == CLIENT_DEAD)
		return;
	stream_flush(&client->stream);
	stream_close(&client->stream);
	client->clients->count--;
	client->clients->loop->counters->connections_open--;
	client_enter(client, CLIENT_DEAD);
}

/* The client is gone in mid-request: whoever answers it hears of it. */
void
client_leave(struct client *client)
{
	bool busy = client->head_given;
	bool lost = stream_flush(&client->stream) == STREAM_BROKEN;

	client_die(client);
	client->clients->loop->counters->client_aborts += busy || lost;
	if (busy) {
		client->head_given = false;
		client->clients->calls->on_gone(client);
	}
}

/* Closes, but keeps its ears open for a while, so that what was sent is not
 * lost to a reset. */
static void
client_linger(struct client *client)
{
	shutdown(client->stream.fd, SHUT_WR);
	client_enter(client, CLIENT_LINGER);
	stream_resume(&client->stream);
}

/* Nothing is unread and nothing more will come, so closing resets nothing. */
static bool
client_has_said_all(const struct client *client)
{
	return client->says_close && client->body.done &&
	       client->ahead_len == 0;
}

static void client_next(struct client *);

static void
client_flush(struct client *client)
{
	client_enter(client, CLIENT_FLUSH);
	client->backlog = stream_backlog(&client->stream);
}

/* The answer is complete: what comes next comes when the client has it, or when
 * it is posted, unless that is the end. */
static void
client_finish(struct client *client)
{
	if (client->closing)
		stream_flush(&client->stream);
	if (stream_is_waiting(&client->stream))
		client_flush(client);
	else
		client_next(client);
}

/* Refuses what cannot be handed up; the connection ends with it. */
void
client_refuse(struct client *client, int status, const char *reason)
{
	struct counters *counters = client->clients->loop->counters;
	char id[REQUEST_ID];
	struct client_refusal refusal = {.status = status,
	    .reason = reason,
	    .request_id = {id, REQUEST_ID},
	    .since_us = client->state == CLIENT_HEAD ? client->since_us
						     : clock_now_us()};
	struct error_answer answer = {.status = status,
	    .reason = reason,
	    .request_id = refusal.request_id};
	struct iovec iov = {.iov_base = client->clients->loop->output};

	request_id_make(&client->clients->loop->last_id, id);
	iov.iov_len = error_answer_write(
	    &answer, iov.iov_base, &refusal.body_len);
	counters->client_errors++;
	counters->responses_4xx += status < 500;
	counters->responses_5xx += status >= 500;
	counters->bytes_out += iov.iov_len;
	client->closing = true;
	client->clients->calls->on_refused(client, &refusal);
	if (stream_send(&client->stream, &iov, 1) == STREAM_BROKEN)
		client_die(client);
	else
		client_finish(client);
}

/* --- reading --- */

/* Keeps bytes that belong to the requests after this one. */
static void
client_keep_ahead(struct client *client, const char *data, size_t len)
{
	if (len == 0)
		return;
	client->ahead = xrealloc(client->ahead, client->ahead_len + len);
	memcpy(client->ahead + client->ahead_len, data, len);
	client->ahead_len += len;
	if (client->ahead_len >= PIPELINE_MAX)
		stream_pause(&client->stream);
}

static void
client_bad_body(struct client *client, int status, const char *reason)
{
	client->clients->loop->counters->client_errors++;
	client->clients->calls->on_bad_body(client, status, reason);
}

/* The body's next bytes; what comes after its end is kept for later. */
static void
client_feed_body(struct client *client, char *data, size_t len)
{
	const struct client_calls *calls = client->clients->calls;
	size_t used;
	ssize_t n;

	if (client->body.done) {
		client_keep_ahead(client, data, len);
		return;
	}
	n = body_decode(&client->body, data, len, &used);
	if (n == -1) {
		client_bad_body(client, 400, body_reason(&client->body));
		return;
	}
	client_keep_ahead(client, data + used, len - used);
	if (n > 0 || client->body.done)
		calls->on_body(client, data, n, client->body.done);
}

/* A complete head: hands it up with as much of the body as came along. */
static void
client_begin(struct client *client, char *data, size_t len)
{
	const struct head *head = parser_head(client->parser);
	size_t used;
	ssize_t n;

	client_enter(client, CLIENT_BUSY);
	client->says_close = !head->keep_alive;
	/* what follows a CONNECT is for a tunnel */
	client->closing = client->says_close || client->clients->draining ||
			  head->method == METHOD_CONNECT;
	body_start(&client->body, head);
	n = body_decode(&client->body, data, len, &used);
	if (n == -1) {
		client_refuse(client, 400, body_reason(&client->body));
		return;
	}
	client_keep_ahead(client, data + used, len - used);
	client->head_given = true;
	client->clients->loop->counters->requests++;
	client->clients->calls->on_request(
	    client, head, data, n, client->body.done);
}

/* Bytes of a head, the first or further ones. */
static void
client_feed_head(struct client *client, char *data, size_t len)
{
	struct clients *clients = client->clients;
	size_t used;

	if (client->parser == NULL)
		client->parser = parsers_take(
		    clients->loop->parsers, PARSER_REQUEST, &clients->limits);
	switch (parser_feed(client->parser, data, len, &used)) {
	case PARSER_MORE:
		/* Empty lines, as some send behind a body, begin no head. */
		if (client->state == CLIENT_IDLE &&
		    !parser_is_empty(client->parser))
			client_enter(client, CLIENT_HEAD);
		break;
	case PARSER_HEAD:
		client_begin(client, data + used, len - used);
		break;
	case PARSER_FAILED:
		client_refuse(client, parser_status(client->parser),
		    parser_reason(client->parser));
		break;
	}
}

static void
client_feed(struct client *client, char *data, size_t len)
{
	switch (client->state) {
	case CLIENT_IDLE:
	case CLIENT_HEAD:
		client_feed_head(client, data, len);
		break;
	case CLIENT_BUSY:
		client_feed_body(client, data, len);
		break;
	case CLIENT_FLUSH:
		if (!client->closing)
			client_keep_ahead(client, data, len);
		break;
	default:
		break;
	}
}

/* Requests that were sent ahead, one answered after the other.  A loop here,
 * not a call from client_end(): a thousand refused ones must not nest. */
static void
client_feed_ahead(struct client *client)
{
	while (client->state == CLIENT_IDLE && client->ahead_len > 0) {
		char *data = client->ahead;
		size_t len = client->ahead_len;

		client->ahead = NULL;
		client->ahead_len = 0;
		client->is_fed = true;
		client_feed(client, data, len);
		client->is_fed = false;
		free(data);
	}
	if (client->state < CLIENT_LINGER && !client->paused &&
	    client->ahead_len < PIPELINE_MAX)
		stream_resume(&client->stream);
}

static void
client_on_end(struct client *client, ssize_t n)
{
	if (n == -1 && errno == EAGAIN)
		return;
	client_leave(client);
}

/* All that it has sent belongs to a request that is whole. */
static bool
client_owes_nothing(const struct client *client)
{
	return client->ahead_len == 0 &&
	       (client->state == CLIENT_BUSY ? client->body.done
					     : client->parser == NULL);
}

static void
client_on_readable(struct stream *stream)
{
	struct client *client = client_of(stream);
	bool is_body = client->state == CLIENT_BUSY && !client->body.done;
	ssize_t n = stream_read(
	    stream, is_body ? LOOP_INPUT : LOOP_FIRST_INPUT);

	if (n <= 0) {
		client_on_end(client, n);
		return;
	}
	stream->loop->counters->bytes_in += n;
	client->is_fed = true;
	client_feed(client, stream->loop->input, n);
	client->is_fed = false;
	if (client->ahead_len > 0)
		client_feed_ahead(client);
	if (!client_owes_nothing(client))
		stream_doubt(stream);
}

static void
client_on_drained(struct stream *stream)
{
	struct client *client = client_of(stream);

	if (client->state == CLIENT_FLUSH)
		client_next(client);
	else if (client->head_given)
		client->clients->calls->on_drained(client);
}

static void
client_on_broken(struct stream *stream, int error, size_t unsent)
{
	struct client *client = client_of(stream);

	(void)error;
	(void)unsent;
	if (!client->head_given)
		client->clients->loop->counters->client_aborts++;
	client_leave(client);
}

/* It was taken for answered. */
static void
client_on_kept(struct stream *stream)
{
	struct client *client = client_of(stream);

	if (client->state == CLIENT_IDLE)
		client_flush(client);
}

/* --- while a request is being answered --- */

void *
client_owner(const struct client *client)
{
	return client->owner;
}

void *
client_context(const struct client *client)
{
	return client->clients->context;
}

void
client_set_owner(struct client *client, void *owner)
{
	client->owner = owner;
}

struct text
client_peer(const struct client *client)
{
	return (struct text){client->peer, client->peer_len};
}

const struct head *
client_head(const struct client *client)
{
	return parser_head(client->parser);
}

enum stream_result
client_send(struct client *client, struct iovec *iov, int count)
{
	enum stream_result result;
	size_t len = 0;

	for (int i = 0; i < count; i++)
		len += iov[i].iov_len;
	client->clients->loop->counters->bytes_out += len;
	result = stream_send(&client->stream, iov, count);
	if (result == STREAM_BROKEN) {
		client->head_given = false;
		client->clients->loop->counters->client_aborts++;
		client_die(client);
	}
	return result;
}

bool
client_has_news(const struct client *client)
{
	return stream_has_news(&client->stream);
}

size_t
client_backlog(const struct client *client)
{
	return stream_backlog(&client->stream);
}

bool
client_is_behind(const struct client *client)
{
	return stream_is_waiting(&client->stream);
}

void
client_pause(struct client *client)
{
	client->paused = true;
	stream_pause(&client->stream);
}

void
client_resume(struct client *client)
{
	client->paused = false;
	if (client->ahead_len < PIPELINE_MAX)
		stream_resume(&client->stream);
}

bool
client_is_paused(const struct client *client)
{
	return client->paused;
}

void
client_tunnel(struct client *client)
{
	char *data = client->ahead;
	size_t len = client->ahead_len;

	client->tunnel = true;
	client->closing = true;
	client->body = (struct body){.framing = FRAMING_TO_CLOSE};
	client->ahead = NULL;
	client->ahead_len = 0;
	if (len > 0)
		client->clients->calls->on_body(client, data, len, false);
	free(data);
	if (client->state == CLIENT_BUSY && !client->paused)
		stream_resume(&client->stream);
}

bool
client_may_keep(const struct client *client)
{
	return !client->closing && !client->clients->draining &&
	       client->body.done;
}

/* The client has the answer: the next request, or the end. */
static void
client_next(struct client *client)
{
	if (client->closing) {
		if (client_has_said_all(client))
			client_die(client);
		else
			client_linger(client);
		return;
	}
	client_give_parser(client);
	client->served = true;
	client_enter(client, CLIENT_IDLE);
	if (!client->is_fed)
		client_feed_ahead(client);
}

void
client_end(struct client *client, bool keep)
{
	client->head_given = false;
	client->owner = NULL;
	if (client->state == CLIENT_DEAD)
		return;
	client->paused = false;
	if (!keep || !client->body.done)
		client->closing = true;
	client_finish(client);
}

void
client_cut(struct client *client)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	client->head_given = false;
	if (client->state == CLIENT_DEAD)
		return;
	/* a reset, which no client takes for the end of an answer */
	setsockopt(
	    client->stream.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	client_die(client);
}
