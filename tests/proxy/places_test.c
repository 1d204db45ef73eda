/* Proves src/proxy/places.c: the queue, and whose turn it is. */
#include "peers.h"

static const char always_first
    [] = "return { pick = function(_, workers) return workers[1] end }";

/* Serves /run/yes, and nobody else. */
static const char
    only_yes[] = "return { pick = function(request, workers)\n"
		 "    if request.func == 'yes' and workers[1]:is_free() then\n"
		 "        return workers[1]\n"
		 "    end\n"
		 "end }";

static void
those_whom_nobody_suits_hold_up_no_others(void **state)
{
	int clients[42], call;

	(void)state;
	site_open(only_yes, 1, 1);
	clients[0] = site_ask("GET /run/yes HTTP/1.1\r\nHost: h\r\n\r\n");
	call = site_call(0);
	for (int i = 1; i < 41; i++)
		clients[i] = site_ask(
		    "GET /run/no HTTP/1.1\r\nHost: h\r\n\r\n");
	clients[41] = site_ask("GET /run/yes HTTP/1.1\r\nHost: h\r\n\r\n");
	site_turns();
	assert_int_equal(site.row->queued, 41);
	hear(call, "\r\n\r\n");
	site_answer(call, clients[0]);
	site_pass(SECOND / 10);
	hear(call, "\r\n\r\n");
	site_answer(call, clients[41]);
}

/* Ours is the older one, but waits for another worker. */
static void
a_place_that_is_of_no_use_here_wakes_other_proxies(void **state)
{
	int client, call;
	uint64_t count;

	(void)state;
	site_open("return { pick = function(request, workers)\n"
		  "    return workers[request.func == 'one' and 1 or 2]\n"
		  "end }",
	    2, 1);
	site_ask("GET /run/one HTTP/1.1\r\nHost: h\r\n\r\n");
	site_call(0);
	client = site_ask("GET /run/two HTTP/1.1\r\nHost: h\r\n\r\n");
	call = site_call(1);
	site_ask("GET /run/one HTTP/1.1\r\nHost: h\r\n\r\n");
	site_turns();
	assert_int_equal(site.row->queued, 1);
	site_other_proxy_waits(precedence_ticket(site.gateway->workers));
	hear(call, "\r\n\r\n");
	site_answer(call, client);
	assert_int_equal(read(site.gateway->wake[1], &count, 8), 8);
}

static void
the_time_in_the_queue_counts_when_it_was_in_vain(void **state)
{
	int other;

	(void)state;
	site.config.timeouts_us.queue = SECOND;
	site_open(site_first_free, 1, 1);
	site_ask(GET);
	site_call(0);
	other = site_ask(GET);
	site_turns();
	site_pass(SECOND);
	hear(other, " 503 ");
	assert_int_equal(site.row->counters.queue_time.count, 1);
}

/* The first pick names a worker as free of which another proxy has just taken
 * the last place; the second one knows. */
static void
a_place_that_another_proxy_took_is_no_reason_to_wait(void **state)
{
	int client, call;

	(void)state;
	site_open("local picks = 0\n"
		  "return { pick = function(_, workers)\n"
		  "    picks = picks + 1\n"
		  "    return workers[picks < 3 and 1 or 2]\n"
		  "end }",
	    2, 1);
	site_ask(GET);
	site_call(0);
	client = site_ask(GET);
	call = site_call(1);
	site_answer(call, client);
}

static void
who_waits_for_a_removed_worker_goes_elsewhere(void **state)
{
	int clients[2], calls[2];

	(void)state;
	site_open(always_first, 2, 1);
	for (int i = 0; i < 2; i++)
		clients[i] = site_ask(GET);
	calls[0] = site_call(0);
	site_turns();
	assert_int_equal(site.row->queued, 1);
	site_remove(0);
	calls[1] = site_call(1);
	site_answer(calls[1], clients[1]);
	site_answer(calls[0], clients[0]); /* it finishes what it has */
}

static void
without_a_worker_nobody_waits(void **state)
{
	int client, other, call;

	(void)state;
	site_open(site_first_free, 1, 1);
	client = site_ask(GET);
	call = site_call(0);
	other = site_ask(GET);
	site_turns();
	site_set_state(0, WORKER_DOWN);
	hear(other, " 503 ");
	say(other, GET);
	hear(other, " 503 ");
	site_set_state(0, WORKER_UP);
	site_answer(call, client);
}

/* --- over all proxies --- */

static bool
was_woken(int proxy)
{
	uint64_t count;

	return read(site.gateway->wake[proxy], &count, sizeof(count)) ==
	       sizeof(count);
}

static void
a_place_is_left_to_somebody_older_in_another_proxy(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 1);
	site_other_proxy_waits(precedence_ticket(site.gateway->workers));
	client = site_ask(GET);
	site_no_call(0);
	assert_int_equal(site.row->queued, 1);
	assert_true(was_woken(1));
	site_other_proxy_waits(0); /* it went elsewhere, and says so */
	requests_wake(site.requests);
	call = site_call(0);
	site_answer(call, client);
}

static void
a_place_is_not_left_to_somebody_younger(void **state)
{
	int clients[2], call;

	(void)state;
	site_open(site_first_free, 1, 1);
	clients[0] = site_ask(GET);
	call = site_call(0);
	clients[1] = site_ask(GET);
	site_turns();
	site_other_proxy_waits(precedence_ticket(site.gateway->workers));
	site_answer(call, clients[0]);
	hear(call, "\r\n\r\n");
	assert_false(was_woken(1));
	site_answer(call, clients[1]);
	assert_true(was_woken(1));
}

static void
a_place_that_was_declined_elsewhere_is_free_for_all(void **state)
{
	struct worker_table *table;
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 1);
	table = site.gateway->workers;
	site_other_proxy_waits(precedence_ticket(table));
	precedence_decline(table, site.workers[0].slot, 1, PRECEDENCE_NONE,
	    precedence_opened(table, site.workers[0].slot));
	client = site_ask(GET);
	call = site_call(0);
	site_answer(call, client);
}

static void
a_place_is_not_kept_for_a_proxy_that_stands_still(void **state)
{
	int client, call;

	(void)state;
	site_open(site_first_free, 1, 1);
	site_other_proxy_waits(precedence_ticket(site.gateway->workers));
	client = site_ask(GET);
	site_no_call(0);
	site_pass(SECOND);
	call = site_call(0);
	site_answer(call, client);
}

static void
a_woken_proxy_without_use_for_a_place_passes_it_on(void **state)
{
	(void)state;
	site_open(site_first_free, 1, 1);
	site_other_proxy_waits(precedence_ticket(site.gateway->workers));
	requests_wake(site.requests);
	assert_true(was_woken(1));
}

static void
allow_one_socket(void)
{
	struct rlimit one;

	site_allow_sockets(true);
	getrlimit(RLIMIT_NOFILE, &one);
	one.rlim_cur = (rlim_t)dup(site.workers[0].listener);
	close((int)one.rlim_cur++);
	setrlimit(RLIMIT_NOFILE, &one);
}

/* Each tick it is tried again, in vain. */
static void
who_waits_for_a_socket_waits_no_longer_than_others(void **state)
{
	int client;

	(void)state;
	site.config.timeouts_us.queue = 10 * SECOND;
	site_open(site_first_free, 1, 0);
	client = site_client();
	site_allow_sockets(false);
	say(client, GET);
	for (int i = 0; i < 4; i++)
		site_pass(2 * SECOND);
	hear_nothing(client);
	assert_int_equal(site.row->queued, 1);
	site_pass(2 * SECOND);
	site_allow_sockets(true);
	hear(client, " 503 ");
}

static void
say_get(int client, const char *function)
{
	char text[64];

	snprintf(text, sizeof(text), "GET /run/%s HTTP/1.1\r\nHost: h\r\n\r\n",
	    function);
	say(client, text);
}

static void
those_who_wait_for_sockets_get_them_in_turn(void **state)
{
	static const char *const functions[] = {"one", "two", "three"};
	int clients[3], call;
	uint64_t picks;

	(void)state;
	site_open(site_first_free, 1, 0);
	for (int i = 0; i < 3; i++)
		clients[i] = site_client();
	site_allow_sockets(false);
	for (int i = 0; i < 3; i++)
		say_get(clients[i], functions[i]);
	assert_int_equal(site.row->queued, 3);
	picks = site.row->counters.picks;
	site_pass(SECOND / 10);
	assert_int_equal(site.row->counters.picks, picks + 1);
	allow_one_socket();
	site_pass(SECOND / 10);
	assert_int_equal(site.row->queued, 2);
	site_allow_sockets(true);
	site_pass(SECOND / 10);
	for (int i = 0; i < 3; i++) {
		call = site_call(0);
		hear(call, functions[i]);
		site_answer(call, clients[i]);
	}
}

enum { FILLING = 8 };

static const char *
backlog_path(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/tmp/places_test_%d", (int)getpid());
	return path;
}

static void
end_filling(const int filling[FILLING])
{
	for (int i = 0; i < FILLING && filling[i] != -1; i++)
		close(filling[i]);
	unlink(backlog_path());
}

/* This worker is now a Unix socket whose backlog is full. */
static void
fill_backlog(int worker, int filling[FILLING])
{
	struct address address;
	const char *reason;
	char text[80];

	snprintf(text, sizeof(text), "unix:%s", backlog_path());
	assert_true(address_parse(&address, text, &reason));
	close(site.workers[worker].listener);
	site.workers[worker].listener = net_listen(&address, false);
	assert_int_equal(listen(site.workers[worker].listener, 1), 0);
	for (int i = 0; i < FILLING; i++)
		filling[i] = net_connect(&address);
	assert_int_equal(filling[FILLING - 1], -1);
	worker_set_address(
	    site.gateway->workers, site.workers[worker].slot, &address);
}

static void
who_waits_for_a_socket_holds_up_none_for_another_worker(void **state)
{
	int clients[2], filling[FILLING], call;

	(void)state;
	site_open("return { pick = function(request, workers)\n"
		  "    return workers[request.func == 'one' and 1 or 2]\n"
		  "end }",
	    2, 0);
	clients[0] = site_client();
	clients[1] = site_client();
	site_allow_sockets(false);
	say_get(clients[0], "one");
	say_get(clients[1], "two");
	assert_int_equal(site.row->queued, 2);
	site_allow_sockets(true);
	fill_backlog(0, filling);
	site_pass(SECOND / 10);
	assert_int_equal(site.row->queued, 1);
	call = site_call(1);
	site_answer(call, clients[1]);
	site_hang_up(clients[0]);
	site_turns();
	end_filling(filling);
}

#define MANY 400
#define SMALL_STACK (256 * 1024)

/* Each fails at once, and its client has sent another one ahead. */
static void
those_who_fail_one_after_the_other_do_not_nest(void **state)
{
	struct address nowhere = {.len = 0};
	struct rlimit before, small;
	int clients[MANY], call;

	(void)state;
	site_open(site_first_free, 1, 1);
	for (int i = 0; i < MANY; i++)
		clients[i] = site_ask(GET GET);
	call = site_call(0);
	assert_int_equal(site.row->queued, MANY - 1);
	worker_set_address(
	    site.gateway->workers, site.workers[0].slot, &nowhere);
	getrlimit(RLIMIT_STACK, &before);
	small = before;
	small.rlim_cur = SMALL_STACK;
	setrlimit(RLIMIT_STACK, &small);
	site_hang_up(call);
	for (int i = 0; i < MANY; i++)
		assert_non_null(strstr(hear(clients[i], "}\n"), " 502 "));
	setrlimit(RLIMIT_STACK, &before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    site_test(those_whom_nobody_suits_hold_up_no_others),
	    site_test(a_place_that_is_of_no_use_here_wakes_other_proxies),
	    site_test(the_time_in_the_queue_counts_when_it_was_in_vain),
	    site_test(a_place_that_another_proxy_took_is_no_reason_to_wait),
	    site_test(who_waits_for_a_removed_worker_goes_elsewhere),
	    site_test(without_a_worker_nobody_waits),
	    site_test(those_who_fail_one_after_the_other_do_not_nest),
	    site_test(who_waits_for_a_socket_waits_no_longer_than_others),
	    site_test(those_who_wait_for_sockets_get_them_in_turn),
	    site_test(who_waits_for_a_socket_holds_up_none_for_another_worker),
	    site_test(a_place_is_left_to_somebody_older_in_another_proxy),
	    site_test(a_place_is_not_left_to_somebody_younger),
	    site_test(a_place_that_was_declined_elsewhere_is_free_for_all),
	    site_test(a_place_is_not_kept_for_a_proxy_that_stands_still),
	    site_test(a_woken_proxy_without_use_for_a_place_passes_it_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
