/*
 * The bytes of a request and of its answer, passed on as they come.  [proxies]
 *
 * Back-pressure: when the receiving side keeps bytes (STREAM_WAITING), the
 * sending side is not read until it has drained.
 */
#include "request_internal.h"

#include <stdlib.h>
#include "clock.h"
#include "xmalloc.h"

void
request_hold(struct request *req, const char *data, size_t len)
{
	size_t needed = req->held_len + len;

	if (len == 0)
		return;
	if (needed > HELD_INLINE && req->held == req->inline_held) {
		req->held = xmalloc(needed);
		memcpy(req->held, req->inline_held, req->held_len);
	} else if (needed > HELD_INLINE) {
		req->held = xrealloc(req->held, needed);
	}
	memcpy(req->held + req->held_len, data, len);
	req->held_len = needed;
}

void
request_drop_held(struct request *req)
{
	if (req->held != req->inline_held)
		free(req->held);
	req->held = req->inline_held;
	req->held_len = 0;
}

/* For a client of HTTP/1.0 that names none. */
static struct text
worker_host(const struct request *req)
{
	const char *host = worker_authority(req->requests->workers, req->slot);

	return (struct text){host, strlen(host)};
}

static size_t
write_request_head(struct request *req, const struct head *head)
{
	char path[HEAD_BYTES_MAX + CONFIG_PREFIX];
	struct rewrite rewrite = {
	    .path = route_forward(req->route, head_path(head), path),
	    .query = head_query(head),
	    .client = client_peer(req->client),
	    .framing = req->up.framing,
	    .content_length = req->up_length,
	    .upgrade = head->upgrade,
	    .drop_expect = req->drop_expect,
	};

	if (req->has_made_id)
		rewrite.request_id = req->id;
	if (head->host_len == 0)
		rewrite.host = worker_host(req);
	return head_write_request(
	    head, &rewrite, req->requests->loop->output, LOOP_OUTPUT);
}

/* The worker does not take the body as fast as the client sends it. */
static void
hold_up_client(struct request *req)
{
	client_pause(req->client);
	req->backlog = upstream_backlog(req->upstream);
}

/* The client does not take the answer as fast as the worker sends it. */
static void
hold_up_worker(struct request *req)
{
	upstream_pause(req->upstream);
	req->backlog = client_backlog(req->client);
}

void
relay_request(struct request *req)
{
	struct iovec iov[1 + FRAME_PIECES];
	int count = 1;
	enum stream_result result;

	iov[0].iov_base = req->requests->loop->output;
	iov[0].iov_len = write_request_head(req, client_head(req->client));
	count += frame_pieces(
	    &req->up, req->held, req->held_len, req->input_done, iov + 1);
	result = upstream_send(req->upstream, iov, count);
	req->upload_over = result == STREAM_BROKEN;
	req->sent_us = clock_now_us();
	if (req->input_done) {
		request_enter(req, REQUEST_WAITING);
		hedge_plan(req);
		return;
	}
	request_enter(req, REQUEST_SENDING);
	if (result == STREAM_WAITING)
		hold_up_client(req);
	else
		client_resume(req->client);
}

void
relay_upload(struct request *req, char *data, size_t len, bool done)
{
	struct iovec iov[FRAME_PIECES];
	int count = frame_pieces(&req->up, data, len, done, iov);

	if (len > 0 && req->held_all) {
		req->held_all = false;
		request_drop_held(req);
	}
	request_touch(req);
	if (!req->upload_over && count > 0) {
		switch (upstream_send(req->upstream, iov, count)) {
		case STREAM_SENT:
			break;
		case STREAM_WAITING:
			if (!done)
				hold_up_client(req);
			break;
		case STREAM_BROKEN:
			/* an answer may still come: reading will tell */
			req->upload_over = true;
			break;
		}
	}
	if (done && req->state == REQUEST_SENDING)
		request_enter(req, REQUEST_WAITING);
}

/* How the answer's body goes to the client. */
static enum framing
answer_framing(const struct head *answer, const struct head *asked)
{
	bool is_open_ended = answer->framing == FRAMING_CHUNKED ||
			     answer->framing == FRAMING_TO_CLOSE;

	if (!is_open_ended)
		return answer->framing;
	return asked->minor == 0 ? FRAMING_TO_CLOSE : FRAMING_CHUNKED;
}

/* Sends to the client; what does not go at once holds up the worker. */
static void
send_down(struct request *req, struct iovec *iov, int count, bool done)
{
	switch (client_send(req->client, iov, count)) {
	case STREAM_SENT:
		break;
	case STREAM_WAITING:
		if (!done)
			hold_up_worker(req);
		break;
	case STREAM_BROKEN:
		request_abandon(req);
		return;
	}
	if (done)
		request_complete(req);
}

/* A worker that answers before it has the whole body may well close without
 * reading the rest, and the reset would meet the next request.  What it has, is
 * asked of the kernel, but not for bodies that surely fit in its socket. */
static bool
answer_is_early(const struct request *req)
{
	return !req->input_done || (req->bytes_in > LOOP_FIRST_INPUT &&
				       upstream_backlog(req->upstream) > 0);
}

void
relay_answer(struct request *req, const struct head *head, char *data,
    size_t len, bool done)
{
	const struct head *asked = client_head(req->client);
	bool is_tunnel = head->status == 101;
	struct iovec iov[1 + FRAME_PIECES];
	struct rewrite rewrite = {
	    .framing = is_tunnel ? FRAMING_NONE : answer_framing(head, asked),
	    .content_length = head->content_length,
	    .keep_content_length = head->has_content_length,
	    .minor = asked->minor,
	    .upgrade = is_tunnel,
	};
	int count = 1;

	if (is_tunnel)
		req->up.framing = FRAMING_TO_CLOSE;
	req->down.framing = is_tunnel ? FRAMING_TO_CLOSE : rewrite.framing;
	req->keep = client_may_keep(req->client) && req->input_done &&
		    rewrite.framing != FRAMING_TO_CLOSE;
	rewrite.keep_alive = req->keep;
	iov[0].iov_base = req->requests->loop->output;
	iov[0].iov_len = head_write_response(
	    head, &rewrite, iov[0].iov_base, LOOP_OUTPUT);
	count += frame_pieces(&req->down, data, len, done, iov + 1);
	req->status = head->status;
	req->was_early = answer_is_early(req);
	req->responding = true;
	req->bytes_out += len;
	if (!done)
		request_enter(
		    req, is_tunnel ? REQUEST_TUNNEL : REQUEST_STREAMING);
	send_down(req, iov, count, done);
}

void
relay_interim(struct request *req, const struct head *head)
{
	struct rewrite rewrite = {.minor = 1, .keep_alive = true};
	struct iovec iov = {.iov_base = req->requests->loop->output};

	if (client_head(req->client)->minor == 0)
		return; /* knows nothing of them */
	iov.iov_len = head_write_response(
	    head, &rewrite, iov.iov_base, LOOP_OUTPUT);
	send_down(req, &iov, 1, false);
}

void
relay_download(struct request *req, char *data, size_t len, bool done)
{
	struct iovec iov[FRAME_PIECES];
	int count = frame_pieces(&req->down, data, len, done, iov);

	req->bytes_out += len;
	request_touch(req);
	if (count > 0)
		send_down(req, iov, count, done);
	else if (done)
		request_complete(req);
}
