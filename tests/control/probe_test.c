/* What src/control/probe.h promises, against a worker played here. */
#include "probe.h"

#include <errno.h>
#include <sys/resource.h>

#include "fixture.h"
#include "net.h"

static struct event_base *base;
static struct address address;
static int listener, connection;
static struct event *arrival, *question;
static const char *reply; /* what the worker says; NULL: nothing */
static bool is_over, is_well, is_unasked;
static char failure[256];

static void
worker_on_question(evutil_socket_t fd, short what, void *arg)
{
	char text[1024];

	(void)what;
	(void)arg;
	if (read(fd, text, sizeof(text)) <= 0 || reply == NULL)
		return;
	assert_int_equal(write(fd, reply, strlen(reply)), strlen(reply));
	close(fd);
	connection = -1;
	event_del(question);
}

static void
worker_on_arrival(evutil_socket_t fd, short what, void *arg)
{
	struct address peer;

	(void)what;
	(void)arg;
	connection = net_accept(fd, &peer);
	question = event_new(
	    base, connection, EV_READ | EV_PERSIST, worker_on_question, NULL);
	event_add(question, NULL);
}

static int
make(void **state)
{
	const char *reason;

	(void)state;
	base = event_base_new();
	address_parse(&address, "127.0.0.1:0", &reason);
	listener = net_listen(&address, false);
	net_local_address(listener, &address);
	arrival = event_new(base, listener, EV_READ, worker_on_arrival, NULL);
	event_add(arrival, NULL);
	connection = -1;
	question = NULL;
	is_over = is_well = false;
	failure[0] = '\0';
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	if (question != NULL)
		event_free(question);
	if (connection != -1)
		close(connection);
	event_free(arrival);
	if (listener != -1)
		close(listener);
	event_base_free(base);
	return 0;
}

static void
on_over(void *arg, const char *why)
{
	(void)arg;
	assert_false(is_over);
	is_over = true;
	is_unasked = why == probe_unasked;
	is_well = why == NULL;
	if (why != NULL)
		snprintf(failure, sizeof(failure), "%s", why);
}

static bool
over(void)
{
	return is_over;
}

static void
ask(enum health_kind kind, int status, uint64_t timeout_us)
{
	struct probe_question asked = {.kind = kind,
	    .status = status,
	    .timeout_us = timeout_us,
	    .path = "/status"};
	struct probe *probe = probe_start(
	    base, &address, &asked, on_over, NULL);

	assert_false(is_over);
	fixture_run(base, over);
	probe_free(probe);
}

enum { LONG_US = 20000000, SHORT_US = 20000 };

static void
who_accepts_a_connection_is_well(void **state)
{
	(void)state;
	ask(HEALTH_TCP, 0, LONG_US);
	assert_true(is_well);
}

static void
who_listens_no_more_is_not(void **state)
{
	(void)state;
	event_del(arrival);
	close(listener);
	listener = -1;
	ask(HEALTH_TCP, 0, LONG_US);
	assert_non_null(strstr(failure, strerror(ECONNREFUSED)));
}

static void
who_does_not_answer_is_not(void **state)
{
	(void)state;
	reply = NULL;
	ask(HEALTH_HTTP, 200, SHORT_US);
	assert_non_null(strstr(failure, "no answer"));
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"

#define EARLY "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"

static void
an_answer_is_judged_by_the_kind_of_question(void **state)
{
	static const struct {
		const char *reply;
		enum health_kind kind;
		int status;
		bool is_well;
	} rows[] = {
	    {OK "ready\n", HEALTH_OPENLAMBDA, 0, true},
	    {"HTTP/1.0 200 OK\r\n\r\nready\n", HEALTH_OPENLAMBDA, 0, true},
	    {OK "sleepy", HEALTH_OPENLAMBDA, 0, false},
	    {"HTTP/1.1 503 No\r\nContent-Length: 5\r\n\r\nready",
		HEALTH_OPENLAMBDA, 0, false},
	    {OK, HEALTH_HTTP, 200, true},
	    {OK, HEALTH_HTTP, 204, false},
	    {"HTTP/1.1 399 Odd\r\nContent-Length: 0\r\n\r\n", HEALTH_HTTP, 0,
		true},
	    {"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n", HEALTH_HTTP, 0,
		false},
	    {"SSH-2.0-OpenSSH\r\n\r\n", HEALTH_HTTP, 0, false},
	    {"HTTP/1.1 200", HEALTH_HTTP, 200, false},
	    {"", HEALTH_HTTP, 200, false},
	    {EARLY OK, HEALTH_HTTP, 200, true},
	    {EARLY EARLY OK "ready\n", HEALTH_OPENLAMBDA, 0, true},
	    {EARLY "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", HEALTH_HTTP,
		0, false},
	    {EARLY, HEALTH_HTTP, 0, false},
	    {"HTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
		HEALTH_HTTP, 200, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		reply = rows[i].reply;
		ask(rows[i].kind, rows[i].status, LONG_US);
		if (is_well != rows[i].is_well)
			fail_msg("%s: %s", rows[i].reply, failure);
		unmake(state);
		make(state);
	}
}

static void
who_could_not_be_asked_is_not_blamed(void **state)
{
	struct rlimit before, none = {0};

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none.rlim_max = before.rlim_max;
	setrlimit(RLIMIT_NOFILE, &none);
	ask(HEALTH_TCP, 0, LONG_US);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_true(is_unasked);
}

enum { FILLING = 8 };
static int filling[FILLING];

/* A Unix socket whose backlog is full. */
static void
listen_with_a_full_backlog(void)
{
	char text[64];
	const char *reason;

	snprintf(text, sizeof(text), "unix:/tmp/probe_test_%d", (int)getpid());
	assert_true(address_parse(&address, text, &reason));
	event_del(arrival);
	close(listener);
	listener = net_listen(&address, false);
	assert_int_equal(listen(listener, 1), 0);
	for (int i = 0; i < FILLING; i++)
		filling[i] = net_connect(&address);
	assert_int_equal(errno, EAGAIN);
}

static void
end_filling(void)
{
	for (int i = 0; i < FILLING; i++)
		if (filling[i] != -1)
			close(filling[i]);
	unlink(address.un.sun_path);
}

static void
who_has_no_room_for_connections_is_not_well(void **state)
{
	(void)state;
	listen_with_a_full_backlog();
	ask(HEALTH_TCP, 0, 3 * SHORT_US);
	assert_non_null(strstr(failure, "no answer"));
	end_filling();
}

static void
accept_all(evutil_socket_t fd, short what, void *arg)
{
	struct address peer;
	int accepted;

	(void)fd;
	(void)what;
	(void)arg;
	while ((accepted = net_accept(listener, &peer)) != -1)
		close(accepted);
}

static void
who_makes_room_in_time_is_well(void **state)
{
	struct timeval at_once = {0, 0};

	(void)state;
	listen_with_a_full_backlog();
	event_base_once(base, -1, EV_TIMEOUT, accept_all, NULL, &at_once);
	ask(HEALTH_TCP, 0, LONG_US);
	assert_true(is_well);
	end_filling();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(who_accepts_a_connection_is_well),
	    TEST(who_listens_no_more_is_not),
	    TEST(who_does_not_answer_is_not),
	    TEST(an_answer_is_judged_by_the_kind_of_question),
	    TEST(who_could_not_be_asked_is_not_blamed),
	    TEST(who_has_no_room_for_connections_is_not_well),
	    TEST(who_makes_room_in_time_is_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
