/* What src/base/xmalloc.h promises. */
#include "xmalloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
memory_is_given_even_for_a_size_of_nothing(void **state)
{
	void *memory = xmalloc(0);

	(void)state;
	assert_non_null(memory);
	memory = xrealloc(memory, 0);
	assert_non_null(memory);
	free(memory);
	memory = xcalloc(0, 8);
	assert_non_null(memory);
	free(memory);
}

static void
xcalloc_clears(void **state)
{
	char *memory = xcalloc(100, 3);

	(void)state;
	for (int i = 0; i < 300; i++)
		assert_int_equal(memory[i], 0);
	free(memory);
}

static void
texts_are_copied_and_formatted(void **state)
{
	char *copy = xstrdup("copy");
	char *formatted = xasprintf("%s of %d", copy, 7);

	(void)state;
	assert_string_equal(copy, "copy");
	assert_string_equal(formatted, "copy of 7");
	free(copy);
	free(formatted);
}

/* What the process says on standard error goes to a pipe, and so back here. */
static void
a_process_without_memory_says_so_and_ends(void **state)
{
	int said[2], status;
	char text[1000];
	volatile size_t too_much = SIZE_MAX / 2;
	ssize_t len;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(said), 0);
	pid = fork();
	if (pid == 0) {
		dup2(said[1], STDERR_FILENO);
		xmalloc(too_much);
		_exit(0);
	}
	close(said[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	len = read(said[0], text, sizeof(text) - 1);
	assert_true(len > 0);
	text[len] = '\0';
	close(said[0]);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	/* A sanitizer puts a warning of its own before it. */
	assert_non_null(strstr(text, "picket: out of memory\n"));
}

static void
a_path_that_leads_nowhere_stays_as_it_is(void **state)
{
	char *path = xrealpath("/proc/../tmp/.");

	(void)state;
	assert_string_equal(path, "/tmp");
	free(path);
	path = xrealpath("/no/such/../file");
	assert_string_equal(path, "/no/such/../file");
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_is_given_even_for_a_size_of_nothing),
	    cmocka_unit_test(xcalloc_clears),
	    cmocka_unit_test(texts_are_copied_and_formatted),
	    cmocka_unit_test(a_path_that_leads_nowhere_stays_as_it_is),
	    cmocka_unit_test(a_process_without_memory_says_so_and_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
