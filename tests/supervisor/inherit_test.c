/* What src/supervisor/inherit.h and notify.h promise. */
#include "inherit.h"

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
#include "notify.h"

static struct address address;
static int listener;

static int
make(void **state)
{
	const char *reason;

	(void)state;
	assert_true(address_parse(&address, "127.0.0.1:0", &reason));
	listener = net_listen(&address, true);
	assert_true(net_local_address(listener, &address));
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	close(listener);
	return 0;
}

/* In a child that was given the socket: does this hold? */
static bool
holds_with(const char *pid, const char *count, bool (*check)(void))
{
	char own[16];
	int status;
	pid_t child = fork();

	if (child == 0) {
		snprintf(own, sizeof(own), "%d", (int)getpid());
		dup2(listener, 3);
		setenv("LISTEN_PID", pid != NULL ? pid : own, 1);
		setenv("LISTEN_FDS", count, 1);
		inherit_read();
		_exit(check() ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
is_taken_once(void)
{
	return inherit_has_any() && inherit_take(&address) == 3 &&
	       inherit_take(&address) == -1;
}

static bool
is_passed_on_to_nobody(void)
{
	return (fcntl(3, F_GETFD) & FD_CLOEXEC) != 0 &&
	       getenv("LISTEN_FDS") == NULL && getenv("LISTEN_PID") == NULL;
}

static bool
is_closed_in_the_end(void)
{
	inherit_end();
	return fcntl(3, F_GETFD) == -1;
}

static bool
is_none(void)
{
	return !inherit_has_any() && !inherit_replaces();
}

static void
a_socket_is_taken_once_by_its_address(void **state)
{
	(void)state;
	assert_true(holds_with(NULL, "1", is_taken_once));
}

static void
a_socket_is_passed_on_to_nobody_unasked(void **state)
{
	(void)state;
	assert_true(holds_with(NULL, "1", is_passed_on_to_nobody));
}

static void
what_nobody_takes_is_closed(void **state)
{
	(void)state;
	assert_true(holds_with(NULL, "1", is_closed_in_the_end));
}

static void
what_is_for_another_process_is_left_alone(void **state)
{
	(void)state;
	assert_true(holds_with("1", "1", is_none));
	assert_true(holds_with(NULL, "0", is_none));
	assert_true(holds_with(NULL, "many", is_none));
}

static void
the_service_manager_gets_a_datagram(void **state)
{
	char directory[] = "/tmp/picket-notify-test-XXXXXX", text[64];
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int manager = socket(AF_UNIX, SOCK_DGRAM, 0);
	ssize_t len;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(to.sun_path, sizeof(to.sun_path), "%s/n", directory);
	assert_int_equal(bind(manager, (struct sockaddr *)&to, sizeof(to)), 0);
	setenv("NOTIFY_SOCKET", to.sun_path, 1);
	notify("MAINPID=%d", 42);
	len = recv(manager, text, sizeof(text), MSG_DONTWAIT);
	assert_int_equal(len, strlen("MAINPID=42"));
	assert_memory_equal(text, "MAINPID=42", (size_t)len);
	unsetenv("NOTIFY_SOCKET");
	notify("READY=1");
	assert_int_equal(recv(manager, text, sizeof(text), MSG_DONTWAIT), -1);
	close(manager);
	unlink(to.sun_path);
	rmdir(directory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_socket_is_taken_once_by_its_address),
	    TEST(a_socket_is_passed_on_to_nobody_unasked),
	    TEST(what_nobody_takes_is_closed),
	    TEST(what_is_for_another_process_is_left_alone),
	    TEST(the_service_manager_gets_a_datagram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
