/* What src/control/discovery.h promises, with a name server played here. */
#include "discovery.h"

#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <arpa/inet.h>

#include "fixture.h"
#include "health.h"
#include "membership.h"

static struct control control;
static struct config config;
static struct evdns_server_port *server;
static const char *known; /* the address of every name; NULL: no such name */
static int slot, server_fd, found;
static char missing[256];

/* In place of control.c and health.c. */
void
control_changed(struct control *changed)
{
	(void)changed;
}

void
health_on_address(struct health *health, int found_slot)
{
	(void)health;
	assert_int_equal(found_slot, slot);
	found++;
}

void
health_on_no_address(struct health *health, int lost_slot, const char *reason)
{
	(void)health;
	assert_int_equal(lost_slot, slot);
	snprintf(missing, sizeof(missing), "%s", reason);
}

static void
server_on_question(struct evdns_server_request *request, void *arg)
{
	struct in_addr in;

	(void)arg;
	if (known == NULL) {
		evdns_server_request_respond(request, DNS_ERR_NOTEXIST);
		return;
	}
	inet_pton(AF_INET, known, &in);
	if (request->questions[0]->type == EVDNS_TYPE_A)
		evdns_server_request_add_a_reply(
		    request, request->questions[0]->name, 1, &in, 1);
	evdns_server_request_respond(request, 0);
}

static int
make(void **state)
{
	struct sockaddr_in in = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);

	(void)state;
	found = 0;
	missing[0] = '\0';
	server_fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(server_fd, (void *)&in, len), 0);
	getsockname(server_fd, (void *)&in, &len);
	memset(&config, 0, sizeof(config));
	config.dns.interval_us = 1000;
	snprintf(config.dns.servers, sizeof(config.dns.servers), "127.0.0.1:%d",
	    ntohs(in.sin_port));
	control.config = &config;
	control.base = event_base_new();
	server = evdns_add_server_port_with_base(
	    control.base, server_fd, 0, server_on_question, NULL);
	control.table = worker_table_new(2, 1);
	control.discovery = discovery_new(&control);
	discovery_configure(control.discovery, &config);
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	discovery_free(control.discovery);
	evdns_close_server_port(server);
	close(server_fd);
	event_base_free(control.base);
	return 0;
}

static void
add_worker(const char *host)
{
	struct listed_worker worker = fixture_worker("w", host, 8080);

	slot = membership_add(control.table, &worker, true);
	discovery_look(control.discovery);
}

static bool
is_found(void)
{
	return found > 0;
}

static bool
is_missing(void)
{
	return missing[0] != '\0';
}

static void
assert_address(const char *expected)
{
	struct address address;
	char text[ADDRESS_TEXT];

	assert_true(worker_address(control.table, slot, &address));
	address_text(&address, text);
	assert_string_equal(text, expected);
}

static void
a_name_becomes_an_address_with_the_worker_s_port(void **state)
{
	(void)state;
	known = "10.1.2.3";
	add_worker("worker.example.");
	fixture_run(control.base, is_found);
	assert_address("10.1.2.3:8080");
}

static void
a_name_that_moves_is_followed(void **state)
{
	(void)state;
	known = "10.1.2.3";
	add_worker("worker.example.");
	fixture_run(control.base, is_found);
	known = "10.3.2.1";
	found = 0;
	fixture_run(control.base, is_found);
	assert_address("10.3.2.1:8080");
}

static void
a_name_that_does_not_exist_has_a_reason(void **state)
{
	struct address address;

	(void)state;
	known = NULL;
	add_worker("worker.example.");
	fixture_run(control.base, is_missing);
	assert_non_null(strstr(missing, "worker.example"));
	assert_false(worker_address(control.table, slot, &address));
}

static void
the_hosts_file_is_read(void **state)
{
	(void)state;
	known = NULL;
	add_worker("localhost");
	fixture_run(control.base, is_found);
	assert_address("127.0.0.1:8080");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_name_becomes_an_address_with_the_worker_s_port),
	    TEST(a_name_that_moves_is_followed),
	    TEST(a_name_that_does_not_exist_has_a_reason),
	    TEST(the_hosts_file_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
