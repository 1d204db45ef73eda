/*
 * All the requests of one proxy, with the clients and upstreams they join, and
 * what happens to all of them at once.  [proxies]
 */
#include "request_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include "clock.h"
#include "log.h"
#include "xmalloc.h"

/* Freed requests kept for the next ones. */
#define SPARE_MAX 1024

/* --- what the policies ask --- */

static int32_t
header_value(
    const struct head *head, const char *name, int32_t len, const char **value)
{
	const struct field *field;
	struct text text;

	if (head == NULL)
		return -1;
	field = head_find(head, (struct text){name, len});
	if (field == NULL)
		return -1;
	text = head_value(head, field);
	*value = text.at;
	return text.len;
}

int32_t
request_header(void *owner, const char *name, int32_t len, const char **value)
{
	struct request *req = owner;

	if (req == NULL)
		return -1;
	return header_value(client_head(req->client), name, len, value);
}

int32_t
request_answer_header(
    void *owner, const char *name, int32_t len, const char **value)
{
	return header_value(owner, name, len, value);
}

struct requests *
requests_new(struct loop *loop, struct gateway *gateway, int proxy)
{
	struct requests *set = xcalloc(1, sizeof(*set));
	int workers = worker_max(gateway->workers);

	set->loop = loop;
	set->gateway = gateway;
	set->workers = gateway->workers;
	set->row = &gateway->processes[1 + proxy];
	set->counters = loop->counters;
	set->proxy = proxy;
	set->clients = clients_new(loop, &request_client_calls, set);
	set->upstreams = upstreams_new(loop, &request_upstream_calls, set);
	set->pool = pool_new(workers);
	set->admission = admission_new(gateway, proxy);
	set->closed = closed_new();
	set->hedges = hedges_new(set);
	set->log = access_log_new();
	set->budget.saved = BUDGET_RESERVE;
	/* rows removed before now are none of ours: they may be freed */
	worker_take_note(set->workers, proxy, worker_membership(set->workers));
	set->address_seen = xcalloc(workers, sizeof(*set->address_seen));
	set->freed = xcalloc(workers, sizeof(*set->freed));
	set->is_freed = xcalloc(workers, sizeof(*set->is_freed));
	set->is_short = xcalloc(workers, sizeof(*set->is_short));
	for (int i = 0; i < REQUEST_STATES; i++)
		list_init(&set->by_state[i]);
	list_init(&set->all);
	list_init(&set->spare);
	return set;
}

static void
requests_sweep(struct requests *set)
{
	struct request *req;

	list_each (req, &set->by_state[REQUEST_DEAD], link) {
		epoch_release(req->epoch);
		list_remove(&req->link);
		if (set->spare_count < SPARE_MAX) {
			list_prepend(&set->spare, &req->link);
			set->spare_count++;
		} else {
			free(req);
		}
	}
}

void
requests_free(struct requests *set)
{
	struct request *req;

	if (set == NULL)
		return;
	for (int state = 0; state < REQUEST_DEAD; state++)
		while ((req = list_first(
			    &set->by_state[state], struct request, link)))
			request_fail(req->helped != NULL ? req->helped : req,
			    503, "the gateway stops");
	stream_send_posted(set->loop);
	requests_sweep(set);
	list_each (req, &set->spare, link)
		free(req);
	access_log_free(set->log);
	clients_free(set->clients);
	pool_free(set->pool);
	upstreams_free(set->upstreams);
	admission_free(set->admission);
	closed_free(set->closed);
	hedges_free(set->hedges);
	epoch_release(set->epoch);
	free(set->address_seen);
	free(set->freed);
	free(set->is_freed);
	free(set->is_short);
	free(set);
}

static void
publish_policy_stats(struct requests *set)
{
	const struct policy_stats *stats = policy_stats(set->epoch->policy);

	set->row->policy_errors = stats->errors;
	set->row->policy_losses = stats->losses;
	set->row->policy_failing_since_us = stats->first_us;
	set->row->policy_quarantined = stats->is_quarantined;
	snprintf(set->row->policy_error, sizeof(set->row->policy_error), "%s",
	    stats->last_error);
}

void
requests_swap(struct requests *set, struct epoch *epoch)
{
	struct epoch *old = set->epoch;

	set->epoch = epoch;
	set->config = epoch->config;
	set->row->generation = epoch->number;
	set->budget.share = set->config->retry.budget;
	clients_configure(set->clients, set->config);
	upstreams_configure(set->upstreams, set->config);
	pool_configure(set->pool, set->config->limits.idle_per_worker,
	    set->config->timeouts_us.upstream_idle);
	admission_configure(set->admission, set->config);
	access_log_configure(set->log, set->config);
	epoch_retire(old);
	epoch_release(old);
	publish_policy_stats(set);
	requests_notice_workers(set);
}

void
requests_accept(struct requests *set, int fd, const struct address *peer)
{
	client_open(set->clients, fd, peer);
}

int
requests_client_count(const struct requests *set)
{
	return clients_count(set->clients);
}

/* Which address connections in the pool must lead to; odd: none, it is gone. */
static uint32_t
address_of(struct requests *set, int slot)
{
	const struct worker *worker = worker_at(set->workers, slot);
	uint32_t version = worker_identity(set->workers, slot)->address_version;

	if (worker->state == WORKER_REMOVED || worker->state == WORKER_FREE)
		return version | 1;
	return version;
}

void
requests_notice_workers(struct requests *set)
{
	set->membership = worker_membership(set->workers);
	set->available = 0;
	for (int i = 0; i < worker_max(set->workers); i++) {
		const struct worker *worker = worker_at(set->workers, i);
		uint32_t address = address_of(set, i);

		set->available += worker_is_available(worker);
		if (address != set->address_seen[i])
			pool_purge(set->pool, i);
		set->address_seen[i] = address;
	}
	policy_changed(set->epoch->policy);
	worker_take_note(set->workers, set->proxy, set->membership);
	attempts_pick_again(set);
}

void
requests_see_workers(struct requests *set)
{
	if (worker_membership(set->workers) != set->membership)
		requests_notice_workers(set);
}

void
requests_wake(struct requests *set)
{
	requests_see_workers(set);
	if (admission_is_idle(set->admission))
		return;
	for (int i = 0; i < worker_max(set->workers); i++)
		attempts_hand_out(set, i);
}

void
requests_tick_policy(struct requests *set)
{
	stream_send_posted(set->loop);
	policy_tick(set->epoch->policy, clock_now_us() / 1000.0);
	attempts_look_again(set);
}

void
requests_finish_turn(struct requests *set)
{
	requests_see_workers(set);
	/* a client that is found gone may free a place, for which one waits */
	while (set->freed_count > 0 || set->loop->posted_count > 0) {
		attempts_dispatch(set);
		stream_send_posted(set->loop);
	}
	requests_sweep(set);
	clients_sweep(set->clients);
	upstreams_sweep(set->upstreams);
	if (set->row->policy_errors != policy_stats(set->epoch->policy)->errors)
		publish_policy_stats(set);
}

void
requests_drain(struct requests *set)
{
	clients_drain(set->clients);
}

void
requests_reopen_log(struct requests *set)
{
	access_log_reopen(set->log);
}
