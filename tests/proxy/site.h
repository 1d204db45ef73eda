/*
 * One proxy's requests in this process, for tests, with its workers; peers.h
 * has those who talk to it.  Time stands still unless a test moves
 * clock_cached_us, so nothing expires by itself.
 */
#ifndef SITE_H
#define SITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../policy/fixture.h"
#include "clock.h"
#include "net.h"
#include "precedence.h"
#include "process.h"
#include "request_internal.h"

#define SITE_WORKERS 3
#define SITE_PEERS 2048
#define SECOND 1000000ull

static const char
    site_first_free[] = "local policy = {}\n"
			"function policy.pick(_, workers)\n"
			"    for _, worker in ipairs(workers) do\n"
			"        if worker:is_free() then return worker end\n"
			"    end\n"
			"end\n"
			"return policy\n";

struct site_worker {
	int listener;
	int slot;
	struct address address;
};

static struct {
	struct loop *loop;
	struct gateway *gateway;
	struct requests *requests;
	struct process *row;
	struct site_worker workers[SITE_WORKERS];
	bool is_peer[SITE_PEERS]; /* by descriptor: a client, or a call */
	struct config config; /* of the next generation; tests may change it */
} site;

static inline void
site_default_config(void)
{
	struct config *config = &site.config;
	const uint64_t long_us = 1000 * SECOND;

	memset(config, 0, sizeof(*config));
	config->route_count = 1;
	strcpy(config->routes[0].prefix, "/run/");
	strcpy(config->routes[0].forward, "/run/");
	config->routes[0].prefix_len = config->routes[0].forward_len = 5;
	config->timeouts_us.head = config->timeouts_us.body = long_us;
	config->timeouts_us.idle = config->timeouts_us.connect = long_us;
	config->timeouts_us.first_byte = long_us;
	config->timeouts_us.between_bytes = long_us;
	config->timeouts_us.total = 100 * long_us;
	config->timeouts_us.queue = config->timeouts_us.tunnel = long_us;
	config->timeouts_us.upstream_idle = long_us;
	config->limits.head_bytes = config->limits.response_head_bytes = 32768;
	config->limits.headers = 100;
	config->limits.uri_bytes = 8192;
	config->limits.idle_per_worker = 8;
	config->queue.size = 100000;
	config->retry.attempts = 3;
	config->retry.budget = 1;
	config->policy_limits.memory_bytes = 64 << 20;
	config->policy_limits.time_ms = 1000;
	config->warm_for = 300;
}

/* --- a generation, and the workers --- */

/* A generation of site.config with this policy, as its file. */
static inline int
site_generation(const char *policy)
{
	struct generation_writer *writer = generation_writer_new();
	int fd = generation_file();

	*generation_writer_config(writer) = site.config;
	generation_write_policy(
	    writer, "test.lua", policy, strlen(policy), "{}");
	fixture_add_modules(writer, "gateway");
	fixture_add_modules(writer, "picket");
	assert_true(generation_write_out(writer, fd));
	generation_writer_free(writer);
	return fd;
}

static inline struct epoch *
site_epoch(const char *policy, uint32_t number)
{
	int fd = site_generation(policy);
	char error[256];
	struct epoch *epoch;

	epoch = epoch_new(fd, number, site.gateway->workers, request_header,
	    request_answer_header, 1, error, sizeof(error));
	if (epoch == NULL)
		fail_msg("%s", error);
	return epoch;
}

static inline int
site_listen(struct address *address)
{
	const char *reason;
	int listener;

	assert_true(address_parse(address, "127.0.0.1:0", &reason));
	listener = net_listen(address, false);
	assert_int_not_equal(listener, -1);
	assert_true(net_local_address(listener, address));
	return listener;
}

static inline void
site_add_worker(int i, int capacity)
{
	struct site_worker *worker = &site.workers[i];
	struct worker_table *table = site.gateway->workers;
	char name[8];

	snprintf(name, sizeof(name), "w%d", i);
	worker->listener = site_listen(&worker->address);
	worker->slot = worker_add(table, name, name, "127.0.0.1", 1, 1,
	    capacity > 0 ? capacity : WORKER_CAPACITY_ANY, true);
	worker_set_address(table, worker->slot, &worker->address);
	worker_set_state(table, worker->slot, WORKER_UP, "");
	worker_publish(table);
}

/* Whether this process may open another descriptor. */
static inline void
site_allow_sockets(bool allowed)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = allowed ? limit.rlim_max : 0;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Somebody waits for any worker in another proxy, with this ticket; 0: nobody
 * does any more. */
static inline void
site_other_proxy_waits(uint64_t ticket)
{
	struct process *row = &site.gateway->processes[2];

	row->queued = ticket != 0;
	row->heartbeat_us = clock_now_us();
	precedence_tell_any(site.gateway->workers, 1, ticket);
}

/* --- clients and calls --- */

static inline int
site_keep(int fd)
{
	assert_in_range(fd, 0, SITE_PEERS - 1);
	site.is_peer[fd] = true;
	return fd;
}

static inline void
site_hang_up(int fd)
{
	assert_true(site.is_peer[fd]);
	site.is_peer[fd] = false;
	close(fd);
}

/* --- its life --- */

static inline void
site_open(const char *policy, int workers, int capacity)
{
	signal(SIGPIPE, SIG_IGN);
	clock_cached_us = 1000 * SECOND;
	if (site.gateway == NULL)
		site.gateway = gateway_new(8, 2); /* once: it cannot be freed */
	site.row = &site.gateway->processes[1];
	site.loop = loop_new(&site.row->counters);
	site.requests = requests_new(site.loop, site.gateway, 0);
	for (int i = 0; i < workers; i++)
		site_add_worker(i, capacity);
	requests_swap(site.requests, site_epoch(policy, 1));
}

static inline void
site_remove_workers(void)
{
	struct worker_table *table = site.gateway->workers;

	for (int i = 0; i < worker_max(table); i++) {
		assert_int_equal(worker_at(table, i)->inflight, 0);
		assert_int_equal(worker_share(table, i, 0)->inflight, 0);
		if (worker_at(table, i)->state != WORKER_FREE)
			worker_remove(table, i);
	}
	worker_publish(table);
	worker_take_note(table, 0, worker_membership(table));
	worker_sweep(table);
	for (int i = 0; i < SITE_WORKERS; i++)
		if (site.workers[i].listener > 0)
			close(site.workers[i].listener);
	memset(site.workers, 0, sizeof(site.workers));
}

/* Ends everything; whatever happened, nothing may be held any more. */
static inline void
site_close(void)
{
	assert_int_equal(site.row->counters.connections_open,
	    requests_client_count(site.requests));
	requests_drain(site.requests);
	requests_free(site.requests);
	loop_free(site.loop);
	site_remove_workers();
	assert_int_equal(site.row->counters.requests_active, 0);
	assert_int_equal(site.row->queued, 0);
	memset(&site.row->counters, 0, sizeof(site.row->counters));
	site.row->queued_since_us = 0;
	site_other_proxy_waits(0);
	memset(&site.gateway->processes[2], 0, sizeof(struct process));
	for (int fd = 0; fd < SITE_PEERS; fd++)
		if (site.is_peer[fd])
			site_hang_up(fd);
}

/* One turn, as the proxy makes it; the clock is the test's. */
static inline void
site_turn(void)
{
	event_base_loop(site.loop->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	requests_finish_turn(site.requests);
}

/* As many as it takes until nothing moves any more, and some. */
static inline void
site_turns(void)
{
	for (int i = 0; i < 50; i++)
		site_turn();
}

/* Time goes by, and what is late is looked for. */
static inline void
site_pass(uint64_t us)
{
	clock_cached_us += us;
	requests_expire(site.requests);
	site_turns();
}

/* What control does to a worker, and this proxy has noticed. */
static inline void
site_set_state(int worker, enum worker_state next)
{
	struct worker_table *table = site.gateway->workers;

	worker_set_state(table, site.workers[worker].slot, next, "");
	worker_publish(table);
	site_turns();
}

static inline void
site_remove(int worker)
{
	struct worker_table *table = site.gateway->workers;

	worker_remove(table, site.workers[worker].slot);
	worker_publish(table);
	site_turns();
}

static inline int
site_inflight(int worker)
{
	return worker_at(site.gateway->workers, site.workers[worker].slot)
	    ->inflight;
}

static inline int
site_failed(int worker)
{
	return worker_failed(site.gateway->workers, site.workers[worker].slot);
}

/* --- tests --- */

static inline int
site_set_up(void **state)
{
	(void)state;
	site_default_config();
	return 0;
}

static inline int
site_tear_down(void **state)
{
	(void)state;
	site_close();
	return 0;
}

#define site_test(name)                                                        \
	cmocka_unit_test_setup_teardown(name, site_set_up, site_tear_down)

#endif
