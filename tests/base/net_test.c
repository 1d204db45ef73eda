/* What src/base/net.h promises. */
#include "net.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/picket-net-XXXXXX";
static char socket_path[64];

static struct address
address(const char *text)
{
	struct address parsed;
	const char *reason;

	assert_true(address_parse(&parsed, text, &reason));
	return parsed;
}

static struct address
unix_address(void)
{
	char text[ADDRESS_TEXT];

	snprintf(text, sizeof(text), "unix:%s", socket_path);
	return address(text);
}

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(socket_path, sizeof(socket_path), "%s/socket", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int
remove_socket(void **state)
{
	(void)state;
	unlink(socket_path);
	return 0;
}

static void
wait_for(int fd, short events)
{
	struct pollfd pollfd = {.fd = fd, .events = events};

	assert_int_equal(poll(&pollfd, 1, 10000), 1);
}

static int
tcp_nodelay(int fd)
{
	int value = 0;
	socklen_t len = sizeof(value);

	getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len);
	return value;
}

static void
assert_ready_for_the_loop(int fd)
{
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

/* Listens, connects, accepts and sends one byte each way. */
static void
talk(const struct address *listen_on, struct address *peer, bool is_tcp)
{
	int listener, there, here;
	struct address at;
	char byte;

	listener = net_listen(listen_on, false);
	assert_ready_for_the_loop(listener);
	assert_true(net_local_address(listener, &at));
	there = net_connect(&at);
	assert_ready_for_the_loop(there);
	wait_for(there, POLLOUT);
	assert_int_equal(net_error(there), 0);
	wait_for(listener, POLLIN);
	here = net_accept(listener, peer);
	assert_ready_for_the_loop(here);

	assert_int_equal(tcp_nodelay(here) != 0, is_tcp);
	assert_int_equal(tcp_nodelay(there) != 0, is_tcp);

	assert_int_equal(write(here, "a", 1), 1);
	wait_for(there, POLLIN);
	assert_int_equal(read(there, &byte, 1), 1);
	assert_int_equal(write(there, "b", 1), 1);
	wait_for(here, POLLIN);
	assert_int_equal(read(here, &byte, 1), 1);
	close(here);
	close(there);
	close(listener);
}

static void
ipv4_peers_talk_without_delay(void **state)
{
	struct address any_port = address("127.0.0.1:0"), peer;
	char host[ADDRESS_TEXT];

	(void)state;
	talk(&any_port, &peer, true);
	address_host(&peer, host);
	assert_string_equal(host, "127.0.0.1");
}

static void
ipv6_peers_talk_without_delay(void **state)
{
	struct address any_port = address("[::1]:0"), peer;
	char host[ADDRESS_TEXT];
	int probe = net_listen(&any_port, false);

	(void)state;
	if (probe == -1)
		skip(); /* a machine without IPv6 */
	close(probe);
	talk(&any_port, &peer, true);
	address_host(&peer, host);
	assert_string_equal(host, "::1");
}

static void
unix_peers_talk(void **state)
{
	struct address at = unix_address(), peer;
	char text[ADDRESS_TEXT];

	(void)state;
	talk(&at, &peer, false);
	address_text(&peer, text);
	assert_string_equal(text, "unix:");
}

static void
nothing_to_accept_is_eagain(void **state)
{
	struct address any_port = address("127.0.0.1:0"), peer;
	int listener = net_listen(&any_port, false);

	(void)state;
	assert_int_equal(net_accept(listener, &peer), -1);
	assert_int_equal(errno, EAGAIN);
	close(listener);
}

static void
several_listen_at_one_address_only_when_shared(void **state)
{
	struct address at = address("127.0.0.1:0");
	int first = net_listen(&at, true), second;

	(void)state;
	assert_true(net_local_address(first, &at));
	second = net_listen(&at, true);
	assert_true(second >= 0);
	assert_int_equal(net_listen(&at, false), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(first);
	close(second);
}

static void
ipv6_leaves_the_port_to_ipv4_too(void **state)
{
	struct address in6 = address("[::]:0"), in = address("0.0.0.0:0");
	int first = net_listen(&in6, false), second;

	(void)state;
	if (first == -1)
		skip();
	assert_true(net_local_address(first, &in6));
	in.in.sin_port = in6.in6.sin6_port;
	second = net_listen(&in, false);
	assert_true(second >= 0);
	close(first);
	close(second);
}

/* The port was free a moment ago, and nobody listens there now. */
static void
a_refused_connection_is_an_error_of_the_socket(void **state)
{
	struct address at = address("127.0.0.1:0");
	int fd = net_listen(&at, false);

	(void)state;
	assert_true(net_local_address(fd, &at));
	close(fd);
	fd = net_connect(&at);
	if (fd == -1) {
		assert_int_equal(errno, ECONNREFUSED);
		return;
	}
	wait_for(fd, POLLOUT);
	assert_int_equal(net_error(fd), ECONNREFUSED);
	assert_int_equal(net_error(fd), 0);
	close(fd);
}

static void
a_unix_socket_in_use_is_not_replaced(void **state)
{
	struct address at = unix_address();
	int listener = net_listen(&at, false), there;

	(void)state;
	assert_int_equal(net_listen(&at, false), -1);
	assert_int_equal(errno, EADDRINUSE);
	there = net_connect(&at);
	assert_true(there >= 0);
	close(there);
	close(listener);
}

static void
a_unix_socket_left_over_is_replaced(void **state)
{
	struct address at = unix_address();
	int listener = net_listen(&at, false), there;

	(void)state;
	close(listener);
	assert_int_equal(access(socket_path, F_OK), 0);
	listener = net_listen(&at, false);
	assert_true(listener >= 0);
	there = net_connect(&at);
	assert_true(there >= 0);
	close(there);
	close(listener);
}

static void
a_file_that_is_no_socket_is_not_replaced(void **state)
{
	struct address at = unix_address();
	int file = open(socket_path, O_CREAT | O_WRONLY, 0600);

	(void)state;
	close(file);
	assert_int_equal(net_listen(&at, false), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(access(socket_path, F_OK), 0);
}

static void
a_socket_that_is_none_has_no_address(void **state)
{
	struct address at;

	(void)state;
	assert_false(net_local_address(-1, &at));
	assert_int_equal(at.len, 0);
	assert_int_equal(net_error(-1), EBADF);
}

#define TEST(name) cmocka_unit_test_teardown(name, remove_socket)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(ipv4_peers_talk_without_delay),
	    TEST(ipv6_peers_talk_without_delay),
	    TEST(unix_peers_talk),
	    TEST(nothing_to_accept_is_eagain),
	    TEST(several_listen_at_one_address_only_when_shared),
	    TEST(ipv6_leaves_the_port_to_ipv4_too),
	    TEST(a_refused_connection_is_an_error_of_the_socket),
	    TEST(a_unix_socket_in_use_is_not_replaced),
	    TEST(a_unix_socket_left_over_is_replaced),
	    TEST(a_file_that_is_no_socket_is_not_replaced),
	    TEST(a_socket_that_is_none_has_no_address),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
