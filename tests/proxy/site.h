/*
 * One proxy's requests in this process, for tests: clients and workers are real
 * sockets, in the hands of the test.  Time stands still unless a test moves
 * clock_cached_us, so nothing expires by itself.
 *
 * Whatever a test waits for is waited for by turning the event loop; a test
 * that waits in vain fails after a while.
 *
 * A test reads as what is done in turn: a client asks (site_ask), a worker is
 * called (site_call) and hears it, it answers (site_answer).  The test need not
 * close these connections; one that it does close, it closes by site_hang_up.
 */
#ifndef SITE_H
#define SITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
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
#define SITE_PATIENCE_US (5 * SECOND)

#define GET "GET /run/f HTTP/1.1\r\nHost: h\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define UPGRADE                                                                \
	"GET /run/f HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"            \
	"Upgrade: x\r\n\r\n"
#define SWITCH                                                                 \
	"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"          \
	"Upgrade: x\r\n\r\n"

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

static inline struct epoch *
site_epoch(const char *policy, uint32_t number)
{
	struct generation_writer *writer = generation_writer_new();
	int fd = generation_file();
	char error[256];
	struct epoch *epoch;

	*generation_writer_config(writer) = site.config;
	generation_write_policy(
	    writer, "test.lua", policy, strlen(policy), "{}");
	fixture_add_modules(writer, "gateway");
	fixture_add_modules(writer, "picket");
	assert_true(generation_write_out(writer, fd));
	generation_writer_free(writer);
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

/* One more turn for something that must come. */
static inline void
site_wait(uint64_t *since_us)
{
	site_turn();
	if (*since_us == 0)
		*since_us = clock_read_us();
	if (clock_read_us() - *since_us > SITE_PATIENCE_US)
		fail_msg("it did not come");
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

/* --- peers --- */

/* Closes with a reset. */
static inline void
site_reset(int fd)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	site_hang_up(fd);
}

static inline void
site_unblock(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* A client that has connected.  Its kernel takes little ahead of it, and so it
 * matters soon how much it reads. */
static inline int
site_client(void)
{
	struct address address, peer;
	int listener = site_listen(&address), size = 65536, fd, accepted;

	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	assert_int_equal(connect(fd, &address.any, address.len), 0);
	accepted = net_accept(listener, &peer);
	assert_int_not_equal(accepted, -1);
	close(listener);
	site_unblock(fd);
	requests_accept(site.requests, accepted, &peer);
	return site_keep(fd);
}

/* Sends what a client or a worker has to say. */
static inline void
site_send(int fd, const char *data, size_t len)
{
	uint64_t since_us = 0;

	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n > 0) {
			data += n;
			len -= n;
		} else if (errno != EAGAIN) {
			fail_msg("write: %s", strerror(errno));
		}
		site_wait(&since_us);
	}
}

static inline void
say(int fd, const char *text)
{
	site_send(fd, text, strlen(text));
}

/* All that comes until `last` has come; the text is good until the next call
 * but seven. */
static inline const char *
hear(int fd, const char *last)
{
	static char texts[8][1 << 17];
	static int turn;
	char *text = texts[turn++ % 8];
	uint64_t since_us = 0;
	size_t len = 0;

	text[0] = '\0';
	while (strstr(text, last) == NULL) {
		ssize_t n = read(fd, text + len, (1 << 17) - 1 - len);

		if (n == 0 || (n == -1 && errno != EAGAIN))
			fail_msg("\"%s\" did not come, but \"%s\" and the end",
			    last, text);
		len += n > 0 ? n : 0;
		text[len] = '\0';
		site_wait(&since_us);
	}
	return text;
}

/* Reads `len` bytes, whatever they are. */
static inline void
hear_bytes(int fd, size_t len)
{
	static char bytes[1 << 16];
	uint64_t since_us = 0;

	while (len > 0) {
		ssize_t n = read(
		    fd, bytes, len < sizeof(bytes) ? len : sizeof(bytes));

		assert_int_not_equal(n, 0);
		if (n == -1)
			assert_int_equal(errno, EAGAIN);
		len -= n > 0 ? n : 0;
		site_wait(&since_us);
	}
}

/* Writes this again and again, as if it were one endless text, until nothing
 * takes it any more; at most `most` bytes.  Returns how many it was. */
static inline size_t
site_flood(int fd, const char *text, size_t len, size_t most)
{
	size_t sent = 0;
	int idle = 0;

	while (idle < 100 && sent < most) {
		size_t at = sent % len;
		size_t want = most - sent < len - at ? most - sent : len - at;
		ssize_t n = write(fd, text + at, want);

		idle = n > 0 ? 0 : idle + 1;
		sent += n > 0 ? n : 0;
		site_turn();
	}
	return sent;
}

/* Reads to the end: 0 for an orderly one, else the errno of a broken one. */
static inline int
hear_end(int fd)
{
	static char bytes[1 << 16];
	uint64_t since_us = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n == -1 && errno != EAGAIN)
			return errno;
		site_wait(&since_us);
	}
	return 0;
}

static inline void
hear_nothing(int fd)
{
	char byte;

	site_turns();
	assert_int_equal(read(fd, &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
}

/* The next connection that this worker is asked on. */
static inline int
site_call(int worker)
{
	struct address peer;
	uint64_t since_us = 0;
	int fd;

	while ((fd = net_accept(site.workers[worker].listener, &peer)) == -1)
		site_wait(&since_us);
	return site_keep(fd);
}

/* Nobody else connects to this worker. */
static inline void
site_no_call(int worker)
{
	struct address peer;

	site_turns();
	assert_int_equal(net_accept(site.workers[worker].listener, &peer), -1);
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

/* A new client that asks this. */
static inline int
site_ask(const char *request)
{
	int client = site_client();

	say(client, request);
	return client;
}

/* The worker answers on this connection, and the client hears it. */
static inline void
site_answer(int call, int client)
{
	say(call, OK);
	hear(client, "ok");
}

/* Has a request answered, so that this worker's connection, which is returned,
 * is kept for the next. */
static inline int
site_kept_call(int client, int worker)
{
	int call;

	say(client, GET);
	call = site_call(worker);
	hear(call, "\r\n\r\n");
	say(call, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept");
	hear(client, "kept");
	return call;
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
