/*
 * The life of a request.  [proxies]
 *
 * A request is dead once request_bury() was called; its memory is used again
 * after the turn.  The client and the upstream are asked to close or end, never
 * freed from here.
 */
#include "request_internal.h"

#include <assert.h>
#include "clock.h"
#include "conduct.h"
#include "error_answer.h"
#include "log.h"
#include "request_id.h"
#include "xmalloc.h"

static const char *const state_names[REQUEST_STATES] = {
    "reading",
    "queued",
    "connecting",
    "sending",
    "waiting",
    "streaming",
    "tunnel",
    "dead",
};

void
request_enter(struct request *req, enum request_state next)
{
	assert(req->state != REQUEST_DEAD);
	log_debug("request %.*s: %s", (int)req->id.len, req->id.at,
	    state_names[next]);
	req->state = next;
	req->entered_us = clock_now_us();
	list_move(&req->link, &req->requests->by_state[next]);
	if (next == REQUEST_TUNNEL)
		list_remove(&req->in_all); /* may last as long as it likes */
}

void
request_touch(struct request *req)
{
	req->entered_us = clock_now_us();
	list_move(&req->link, &req->requests->by_state[req->state]);
}

/* --- birth --- */

static struct request *
request_take(struct requests *set)
{
	struct request *req = list_first(&set->spare, struct request, link);

	if (req == NULL)
		return xmalloc(sizeof(*req));
	list_remove(&req->link);
	set->spare_count--;
	return req;
}

/* X-Request-Id: the client's, or one of our own where that is empty. */
static void
request_name(struct request *req, const struct head *head)
{
	const struct field *field = head_find_id(head, FIELD_X_REQUEST_ID);

	if (field != NULL && head_value(head, field).len > 0) {
		req->id = head_value(head, field);
		return;
	}
	request_id_make(&req->requests->loop->last_id, req->made_id);
	req->id = (struct text){req->made_id, REQUEST_ID};
	req->has_made_id = true;
}

struct request *
request_blank(struct requests *set, struct client *client)
{
	struct request *req = request_take(set);

	memset(req, 0, offsetof(struct request, inline_held));
	link_init(&req->link);
	link_init(&req->in_all);
	link_init(&req->hedge_link);
	req->requests = set;
	req->client = client;
	req->epoch = epoch_hold(set->epoch);
	req->slot = req->last_slot = -1;
	req->held = req->inline_held;
	req->held_all = true;
	req->start_us = clock_now_us();
	waiter_init(&req->waiter, 0);
	return req;
}

struct request *
request_new(
    struct requests *set, struct client *client, const struct head *head)
{
	struct request *req = request_blank(set, client);

	req->up.framing = head->framing;
	req->up_length = head->content_length;
	request_name(req, head);
	list_append(&set->all, &req->in_all);
	set->counters->requests_active++;
	budget_earn(&set->budget);
	client_set_owner(client, req);
	return req;
}

/* --- the end --- */

bool
status_is_failure(int status)
{
	return status >= 502 && status <= 504;
}

static void
count_status(struct counters *counters, int status)
{
	counters->responses_2xx += status >= 200 && status < 300;
	counters->responses_3xx += status >= 300 && status < 400;
	counters->responses_4xx += status >= 400 && status < 500;
	counters->responses_5xx += status >= 500;
}

static void
request_log(struct request *req, const char *worker)
{
	const struct head *head = client_head(req->client);
	struct access_entry entry = {
	    .method = head_method(head),
	    .path = head_path(head),
	    .func = req->func,
	    .worker = {worker, strlen(worker)},
	    .client = client_peer(req->client),
	    .request_id = req->id,
	    .status = req->status,
	    .attempts = req->attempts,
	    .generation = req->epoch->number,
	    .bytes_in = req->bytes_in,
	    .bytes_out = req->bytes_out,
	    .queue_us = req->queued_us,
	    .pick_us = req->pick_ns / 1000,
	    .total_us = clock_now_us() - req->start_us,
	    .error = req->error,
	};

	if (req->head_us != 0)
		entry.first_byte_us = req->head_us - req->start_us;
	access_log_write(req->requests->log, &entry);
}

/* Takes the request out of everything; the client is dealt with by the caller,
 * before or after. */
static void
request_bury(struct request *req)
{
	struct requests *set = req->requests;
	int slot = req->last_slot;

	request_leave_queue(req);
	hedge_drop(req, req->error);
	attempt_end(req, req->error);
	set->counters->requests_active--;
	count_status(set->counters, req->status);
	histogram_add(
	    &set->counters->request_time, clock_now_us() - req->start_us);
	if (access_log_is_on(set->log))
		request_log(
		    req, slot == -1 || req->attempts == 0
			     ? ""
			     : worker_identity(set->workers, slot)->name);
	request_drop_held(req);
	list_remove(&req->in_all);
	req->state = REQUEST_DEAD;
	list_move(&req->link, &set->by_state[REQUEST_DEAD]);
}

/* The packages and the function are warm on this worker from now on. */
static void
remember_use(struct request *req)
{
	struct requests *set = req->requests;
	const struct generation *generation = set->epoch->generation;
	int function = request_function(req);

	worker_warm(set->workers, req->slot, req->waiter.func_hash);
	if (function == -1)
		return;
	for (int i = generation_package_count(generation, function) - 1; i >= 0;
	     i--)
		worker_warm(set->workers, req->slot,
		    generation_package_hash(generation, function, i));
}

void
request_complete(struct request *req)
{
	struct client *client = req->client;
	bool keep = req->keep;

	if (req->status < 500 && req->status != 429)
		remember_use(req);
	if (!status_is_failure(req->status) && req->status != 429) {
		worker_did_well(req->requests->workers, req->slot);
		conduct_did_well(
		    req->requests->workers, req->slot, req->waiter.func_hash);
	}
	attempt_end(req, NULL);
	request_bury(req);
	client_end(client, keep);
}

void
request_fail(struct request *req, int status, const char *reason)
{
	struct client *client = req->client;
	struct error_answer answer = {
	    .status = status,
	    .reason = reason,
	    .request_id = req->id,
	    .minor = client_head(client)->minor,
	    .keep = client_may_keep(client),
	    .head_only = client_head(client)->method == METHOD_HEAD,
	};
	struct iovec iov = {.iov_base = req->requests->loop->output};

	req->error = reason;
	if (req->responding) {
		request_bury(req);
		client_cut(client);
		return;
	}
	req->status = status;
	iov.iov_len = error_answer_write(
	    &answer, iov.iov_base, &req->bytes_out);
	request_bury(req);
	if (client_send(client, &iov, 1) != STREAM_BROKEN)
		client_end(client, answer.keep);
}

void
request_abandon(struct request *req)
{
	req->error = "the client left";
	req->status = req->responding ? req->status : 499;
	request_bury(req);
}
