/*
 * What is late: each state has a timeout, and whoever has been in it the
 * longest stands at the head of its list.  [proxies]
 */
#include "request_internal.h"

#include "clock.h"
#include "conduct.h"

/* A slow peer may take its time, one that takes nothing may not. */
static bool
has_moved(struct request *req, size_t backlog)
{
	if (backlog == req->backlog)
		return false;
	req->backlog = backlog;
	request_touch(req);
	return true;
}

static void
time_out_sending(struct request *req)
{
	if (!client_is_paused(req->client))
		request_fail(req, 408, "the body took too long");
	else if (!has_moved(req, upstream_backlog(req->upstream)))
		attempt_failed(req, false, 504,
		    "the worker took too long to read the body");
}

static void
time_out_streaming(struct request *req)
{
	if (!client_is_behind(req->client)) {
		req->requests->counters->upstream_timeouts++;
		attempt_failed(
		    req, false, 504, "the worker took too long to answer");
	} else if (!has_moved(req, client_backlog(req->client))) {
		request_fail(req, 504, "the client took too long to read");
	}
}

static void
request_time_out(struct request *req)
{
	struct counters *counters = req->requests->counters;

	switch (req->state) {
	case REQUEST_READING:
		request_fail(req, 408, "the body took too long");
		break;
	case REQUEST_QUEUED:
		counters->queue_timeouts++;
		request_fail(req, 503, "no place became free in time");
		break;
	case REQUEST_CONNECTING:
		counters->upstream_timeouts++;
		attempt_failed(
		    req, true, 504, "connecting to a worker took too long");
		break;
	case REQUEST_SENDING:
		time_out_sending(req);
		break;
	case REQUEST_STREAMING:
		time_out_streaming(req);
		break;
	case REQUEST_TUNNEL:
		req->error = "the tunnel was silent for too long";
		request_complete(req);
		break;
	default:
		counters->upstream_timeouts++;
		conduct_failed(
		    req->requests->workers, req->slot, req->waiter.func_hash);
		attempt_failed(
		    req, false, 504, "the worker took too long to answer");
		break;
	}
}

/* Whatever is slow about it, it is not the worker. */
static bool
waits_for_client(const struct request *req)
{
	switch (req->state) {
	case REQUEST_READING:
		return true;
	case REQUEST_SENDING:
		return !client_is_paused(req->client);
	case REQUEST_STREAMING:
		return client_is_behind(req->client);
	default:
		return false;
	}
}

static bool
has_news(const struct request *req)
{
	if (waits_for_client(req))
		return client_has_news(req->client);
	return upstream_has_news(req->upstream) ||
	       (req->state == REQUEST_TUNNEL && client_has_news(req->client));
}

static void
expire_state(struct requests *set, enum request_state state, uint64_t limit_us)
{
	struct request *req;

	while ((req = list_first(
		    &set->by_state[state], struct request, link)) != NULL &&
	       clock_now_us() - req->entered_us >= limit_us) {
		if (has_news(req))
			request_touch(req);
		else
			request_time_out(req);
	}
}

static void
expire_queue(struct requests *set, uint64_t limit_us)
{
	struct waiter *waiter;

	while ((waiter = admission_oldest(set->admission)) != NULL &&
	       clock_now_us() - waiter->since_us >= limit_us)
		request_time_out(list_entry(waiter, struct request, waiter));
}

static void
expire_all(struct requests *set, uint64_t limit_us)
{
	struct request *req;

	while ((req = list_first(&set->all, struct request, in_all)) != NULL &&
	       clock_now_us() - req->start_us >= limit_us) {
		if (req->slot != -1 && !waits_for_client(req))
			worker_count(
			    set->workers, req->slot, set->proxy, true, 0);
		request_fail(req, 504, "the request took too long in all");
	}
}

void
requests_expire(struct requests *set)
{
	const struct config *config = set->config;

	expire_state(set, REQUEST_READING, config->timeouts_us.body);
	expire_queue(set, config->timeouts_us.queue);
	expire_state(set, REQUEST_CONNECTING, config->timeouts_us.connect);
	expire_state(set, REQUEST_SENDING, config->timeouts_us.body);
	expire_state(set, REQUEST_WAITING, config->timeouts_us.first_byte);
	expire_state(set, REQUEST_STREAMING, config->timeouts_us.between_bytes);
	expire_state(set, REQUEST_TUNNEL, config->timeouts_us.tunnel);
	expire_all(set, config->timeouts_us.total);
	hedges_send(set);
	attempts_look_again(set);
	clients_expire(set->clients);
	pool_expire(set->pool);
	access_log_flush(set->log);
}
