/* What src/supervisor/sandbox.h promises. */
#include "sandbox.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#ifdef __SANITIZE_ADDRESS__
enum { IS_FILTERED = 0 };
#else
enum { IS_FILTERED = 1 };
#endif

/* Does this fail with EPERM for such a process? */
static bool
is_refused(enum process_kind kind, bool filter, bool (*call)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		sandbox_enter(kind, filter);
		errno = 0;
		_exit(!call() && errno == EPERM);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) != 0;
}

static bool
runs_a_program(void)
{
	return execl("/bin/true", "true", NULL) != -1;
}

static bool
opens_a_raw_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) != -1;
}

static bool
raises_a_limit(void)
{
	struct rlimit files = {10, 10};

	return setrlimit(RLIMIT_NOFILE, &files) == 0;
}

static bool
forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid != -1;
}

static bool
signals_another(void)
{
	return kill(getppid(), 0) == 0;
}

static bool
listens(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET};

	return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&any,
		   sizeof(any)) == 0;
}

static bool
makes_code_and_sockets(void)
{
	struct rlimit files;
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 &&
	       socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0) != -1 &&
	       getrlimit(RLIMIT_NOFILE, &files) == 0;
}

static void
nobody_runs_programs_or_opens_raw_sockets(void **state)
{
	(void)state;
	for (int kind = PROCESS_CONTROL; kind <= PROCESS_PROXY; kind++)
		if (IS_FILTERED) {
			assert_true(is_refused(kind, true, runs_a_program));
			assert_true(is_refused(kind, true, opens_a_raw_socket));
		}
}

static void
a_proxy_starts_no_process_listens_nowhere_and_signals_nobody(void **state)
{
	(void)state;
	if (!IS_FILTERED)
		return;
	assert_true(is_refused(PROCESS_PROXY, true, forks));
	assert_true(is_refused(PROCESS_PROXY, true, listens));
	assert_true(is_refused(PROCESS_PROXY, true, signals_another));
	assert_true(is_refused(PROCESS_PROXY, true, raises_a_limit));
}

static void
control_starts_loaders_and_signals(void **state)
{
	(void)state;
	assert_false(is_refused(PROCESS_CONTROL, true, forks));
	assert_false(is_refused(PROCESS_CONTROL, true, signals_another));
}

static void
what_is_needed_is_left(void **state)
{
	(void)state;
	assert_false(is_refused(PROCESS_PROXY, true, makes_code_and_sockets));
	assert_false(is_refused(PROCESS_CONTROL, true, makes_code_and_sockets));
}

static void
without_a_filter_all_is_left(void **state)
{
	(void)state;
	assert_false(is_refused(PROCESS_PROXY, false, forks));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobody_runs_programs_or_opens_raw_sockets),
	    cmocka_unit_test(
		a_proxy_starts_no_process_listens_nowhere_and_signals_nobody),
	    cmocka_unit_test(control_starts_loaders_and_signals),
	    cmocka_unit_test(what_is_needed_is_left),
	    cmocka_unit_test(without_a_filter_all_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
