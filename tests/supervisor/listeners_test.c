/* What src/supervisor/listeners.h promises. */
#include "listeners.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "net.h"

enum { PROXIES = 3 };

static struct config config;
static struct gateway *gateway;
static char directory[] = "/tmp/picket-listeners-test-XXXXXX";

static int
make(void **state)
{
	(void)state;
	memset(&config, 0, sizeof(config));
	snprintf(config.file, sizeof(config.file), "scheduler.lua");
	gateway = gateway_new(1, PROXIES);
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	gateway_free(gateway);
	return 0;
}

static void
listen_on(const char *text)
{
	const char *reason;

	assert_true(address_parse(
	    &config.listen[config.listen_count++], text, &reason));
}

static bool
accepts(const struct address *address)
{
	int fd = socket(address->any.sa_family, SOCK_STREAM, 0);
	bool accepted = connect(fd, &address->any, address->len) == 0;

	close(fd);
	return accepted;
}

static void
each_proxy_has_a_socket_for_each_address(void **state)
{
	struct address address;

	(void)state;
	listen_on("127.0.0.1:0");
	listen_on("127.0.0.1:0");
	assert_int_equal(listeners_open(gateway, &config), -1);
	assert_int_equal(gateway->listener_count, 2);
	for (int i = 0; i < 2 * PROXIES; i++) {
		assert_true(net_local_address(gateway->listeners[i], &address));
		assert_true(address_equal(&address, &gateway->listen[i % 2]));
		for (int j = 0; j < i; j++)
			assert_int_not_equal(
			    gateway->listeners[i], gateway->listeners[j]);
	}
	assert_int_not_equal(gateway->listen[0].in.sin_port, 0);
	listeners_close(gateway, true);
	assert_false(accepts(&gateway->listen[0]));
}

static void
a_unix_socket_is_shared_and_its_file_goes_in_the_end(void **state)
{
	char text[ADDRESS_TEXT];

	(void)state;
	snprintf(text, sizeof(text), "unix:%s/a.sock", directory);
	listen_on(text);
	listeners_open(gateway, &config);
	for (int i = 1; i < PROXIES; i++)
		assert_int_not_equal(
		    gateway->listeners[0], gateway->listeners[i]);
	assert_true(accepts(&config.listen[0]));
	listeners_close(gateway, true);
	assert_int_equal(access(text + strlen("unix:"), F_OK), -1);
}

static void
the_admin_socket_has_a_port_of_its_own(void **state)
{
	const char *reason;
	int admin;

	(void)state;
	listen_on("127.0.0.1:0");
	address_parse(&config.admin, "127.0.0.1:0", &reason);
	admin = listeners_open(gateway, &config);
	assert_int_not_equal(admin, -1);
	assert_int_not_equal(gateway->admin.in.sin_port, 0);
	assert_true(accepts(&gateway->admin));
	close(admin);
	listeners_close(gateway, true);
}

/* What it says on standard error, and how it exits. */
static int
exit_of_opening(char *text, size_t size)
{
	int ends[2], status;
	ssize_t len;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		listeners_open(gateway, &config);
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	len = read(ends[0], text, size - 1);
	text[len > 0 ? len : 0] = '\0';
	close(ends[0]);
	return WEXITSTATUS(status);
}

/* Another gateway's sockets could be shared: they must not be. */
static void
an_address_in_use_is_fatal_and_named(void **state)
{
	const char *reason;
	char text[512], name[ADDRESS_TEXT];
	int other;

	(void)state;
	listen_on("127.0.0.1:0");
	address_parse(&config.listen[0], "127.0.0.1:0", &reason);
	other = net_listen(&config.listen[0], true);
	net_local_address(other, &config.listen[0]);
	address_text(&config.listen[0], name);
	assert_int_equal(exit_of_opening(text, sizeof(text)), 1);
	assert_non_null(strstr(text, name));
	assert_non_null(strstr(text, "scheduler.lua"));
	close(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(each_proxy_has_a_socket_for_each_address),
	    TEST(a_unix_socket_is_shared_and_its_file_goes_in_the_end),
	    TEST(the_admin_socket_has_a_port_of_its_own),
	    TEST(an_address_in_use_is_fatal_and_named),
	};
	int failed;

	if (mkdtemp(directory) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(directory);
	return failed;
}
