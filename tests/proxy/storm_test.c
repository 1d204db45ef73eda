/*
 * Proves of the request path as a whole: whatever clients, workers, control and
 * time do, in whatever order, nothing is lost and everything ends.
 *
 * Each storm is a series of random steps from a seed, which a failure names.
 */
#include "log.h"
#include "peers.h"

#define CLIENTS 12
#define CALLS 40
#define STORMS 6
#define STEPS 2000

static uint64_t dice;
static int clients[CLIENTS], calls[CALLS]; /* -1: closed */

static unsigned
roll(unsigned sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (unsigned)(dice >> 20) % sides;
}

/* --- what is said --- */

#define ASK(line) line " HTTP/1.1\r\nHost: h\r\n"

static const char *const asked[] = {
    GET,
    ASK("GET /run/yes") "\r\n",
    ASK("HEAD /run/f") "\r\n",
    ASK("POST /run/f") "Content-Length: 5\r\n\r\nhello",
    ASK("PUT /run/yes") "Content-Length: 70000\r\n\r\n",
    ASK("POST /run/f") "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "0\r\n\r\n",
    "5\r\nhello\r\n",
    ASK("POST /run/f") "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    /* and what comes less often */
    ASK("POST /run/f") "Transfer-Encoding: chunked\r\n"
		       "Expect: 100-continue\r\n\r\n",
    "hello",
    "GET /run/f HTTP/1.0\r\n\r\n",
    "GET /run/f HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    ASK("GET /run/f") "Connection: upgrade\r\nUpgrade: x\r\n\r\n",
    ASK("POST /run/f") "Connection: upgrade\r\nUpgrade: x\r\n"
		       "Content-Length: 5\r\n\r\nhe",
    ASK("GET /run/f") "Connection: close\r\n\r\n",
    ASK("GET /nowhere") "\r\n",
    ASK("CONNECT h:1") "\r\n",
    ASK("POST /run/f") "Content-Length: 5\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n",
    "\r\n",
    "garbage\r\n\r\n",
};
#define ASKED_OFTEN 9

static const char *const answered[] = {
    OK,
    /* and what comes less often */
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe",
    "llo",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "0\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nto the end",
    "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\n\r\n",
    "HTTP/1.1 204 None\r\n\r\n",
    "HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n",
    "HTTP/1.1 429 Full\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switch\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    "garbage\r\n\r\n",
};
#define ANSWERED_OFTEN 1

static const char *const policies[] = {
    site_first_free,
    "return { pick = function(_, workers) return workers[1] end }",
    "return { pick = function(request, workers)\n"
    "    return request.func == 'yes' and workers[#workers] or nil\n"
    "end }",
    "return { pick = function() error('no') end }",
    "local n = 0\n"
    "return {\n"
    "    pick = function(_, workers)\n"
    "        n = n + 1\n"
    "        return workers[n % #workers + 1]\n"
    "    end,\n"
    "    done = function(_, worker, outcome) n = n + outcome.status end,\n"
    "}",
};

/* --- peers --- */

/* One that is open; NULL when none is. */
static int *
any_open(int *fds, int count)
{
	unsigned start = roll(count);

	for (int i = 0; i < count; i++)
		if (fds[(start + i) % count] != -1)
			return &fds[(start + i) % count];
	return NULL;
}

static void
keep(int *fds, int count, int fd)
{
	for (int i = 0; i < count; i++) {
		if (fds[i] == -1) {
			fds[i] = fd;
			return;
		}
	}
	site_hang_up(fd);
}

/* Most of the time all of it; now and then a piece, or more than the peer may
 * like.  Whether it is taken is all the same. */
static void
utter(int fd, const char *text)
{
	static char much[120000];
	size_t len = strlen(text);

	if (roll(25) == 0)
		len = roll(len + 1);
	if (send(fd, text, len, MSG_NOSIGNAL) >= 0 && roll(60) == 0 &&
	    send(fd, much, roll(sizeof(much)), MSG_NOSIGNAL) == -1)
		return;
}

static void
take_in(int *fd)
{
	static char bytes[1 << 16];
	ssize_t n;

	while ((n = read(*fd, bytes, sizeof(bytes))) > 0 && roll(4) > 0)
		;
	if (n == 0 || (n == -1 && errno != EAGAIN)) {
		site_hang_up(*fd);
		*fd = -1;
	}
}

static void
part(int *fd)
{
	if (roll(3) == 0) {
		shutdown(*fd, SHUT_WR);
		return;
	}
	if (roll(2) == 0)
		site_reset(*fd);
	else
		site_hang_up(*fd);
	*fd = -1;
}

static void
step_of_client(void)
{
	int *fd = any_open(clients, CLIENTS);

	if (fd == NULL || roll(6) == 0)
		keep(clients, CLIENTS, site_client());
	else if (roll(30) == 0)
		part(fd);
	else if (roll(3) == 0)
		take_in(fd);
	else if (roll(3) > 0)
		utter(*fd, asked[roll(ASKED_OFTEN)]);
	else
		utter(*fd, asked[roll(sizeof(asked) / sizeof(*asked))]);
}

static void
answer_call(void)
{
	int *fd = any_open(calls, CALLS);
	unsigned count = roll(3) > 0 ? ANSWERED_OFTEN
				     : sizeof(answered) / sizeof(*answered);

	if (fd == NULL)
		return;
	if (roll(4) > 0)
		take_in(fd);
	if (*fd != -1 && roll(12) == 0)
		part(fd);
	else if (*fd != -1)
		utter(*fd, answered[roll(count)]);
}

static void
step_of_worker(void)
{
	struct address peer;
	int fd;

	for (int i = 0; i < SITE_WORKERS; i++)
		if (site.workers[i].listener > 0 &&
		    (fd = net_accept(site.workers[i].listener, &peer)) != -1)
			keep(calls, CALLS, site_keep(fd));
	answer_call();
}

/* --- control --- */

static void
add_again(int i)
{
	struct worker_table *table = site.gateway->workers;

	worker_sweep(table);
	for (int slot = 0; slot < worker_max(table); slot++) {
		if (worker_at(table, slot)->state == WORKER_FREE) {
			site_add_worker(i, 1 + roll(3));
			return;
		}
	}
}

static void
step_of_control(void)
{
	struct worker_table *table = site.gateway->workers;
	int i = roll(SITE_WORKERS), slot = site.workers[i].slot;

	if (site.workers[i].listener == 0) {
		add_again(i);
		return;
	}
	switch (roll(6)) {
	case 0:
		worker_remove(table, slot);
		close(site.workers[i].listener);
		site.workers[i].listener = 0;
		break;
	case 1:
		worker_set_state(table, slot, WORKER_DOWN, "");
		break;
	case 2:
		worker_set_address(table, slot, &site.workers[i].address);
		break;
	case 3:
		worker_at(table, slot)->capacity = 1 + roll(3);
		break;
	default:
		worker_set_state(table, slot, WORKER_UP, "");
	}
	worker_publish(table);
	site_turn(); /* so that this proxy takes note */
}

static const char *
any_policy(void)
{
	return policies[roll(sizeof(policies) / sizeof(*policies))];
}

static void
step_of_reload(void)
{
	static uint32_t generation = 1;

	site.config.limits.body_bytes = roll(2) * 60000;
	site.config.hedging.percentile = roll(3) * 40;
	site.config.queue.size = roll(8);
	requests_swap(site.requests, site_epoch(any_policy(), ++generation));
}

/* --- the storm --- */

static void
step(void)
{
	unsigned kind = roll(100);

	if (kind < 45)
		step_of_client();
	else if (kind < 90)
		step_of_worker();
	else if (kind < 93)
		step_of_control();
	else if (kind < 94)
		step_of_reload();
	else if (kind < 95)
		requests_wake(site.requests);
	else if (kind < 96)
		requests_tick_policy(site.requests);
	else
		site_pass(roll(SECOND));
	if (roll(2) == 0)
		site_turn();
}

static void
set_timeouts(void)
{
	site.config.timeouts_us
	    .head = site.config.timeouts_us
			.body = site.config.timeouts_us
				    .between_bytes = site.config.timeouts_us
							 .first_byte = 20 *
								       SECOND;
	site.config.timeouts_us.queue = 10 * SECOND;
	site.config.timeouts_us.idle = 30 * SECOND;
	site.config.timeouts_us.upstream_idle = 15 * SECOND;
	site.config.timeouts_us.tunnel = 40 * SECOND;
	site.config.timeouts_us.total = 90 * SECOND;
	site.config.limits.idle_per_worker = 2;
	site.config.hedging.percentile = roll(2) * 50;
	site.config.hedging.min_delay_us = SECOND / 10;
}

static void
storm(uint64_t seed)
{
	dice = (seed + 1) * 0x9e3779b97f4a7c15;
	memset(clients, -1, sizeof(clients));
	memset(calls, -1, sizeof(calls));
	site_default_config();
	set_timeouts();
	site_open(any_policy(), 1 + roll(3), 1 + roll(3));
	for (int i = 0; i < STEPS; i++)
		step();
	if (roll(2) == 0)
		requests_drain(site.requests);
	for (int i = 0; i < 8; i++) /* longer than everything may take */
		site_pass(50 * SECOND);
	if (site.row->counters.requests_active != 0 ||
	    requests_client_count(site.requests) != 0)
		fail_msg("storm %d leaves something behind", (int)seed);
	site_close();
}

static void
nothing_is_left_after_a_storm(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR); /* one of the policies fails at each pick */
	for (int i = 0; i < STORMS; i++)
		storm(i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_left_after_a_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
