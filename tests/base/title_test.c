/* What `ps` shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "title.h"

/* Arguments and environment as the kernel lays them out. */
static char memory[] = "picket\0run\0A=1\0B=2";
static char *arguments[] = {memory, memory + 7, NULL};
static char *variables[] = {memory + 11, memory + 15, NULL};
extern char **environ;

static void
the_title_fills_the_room_of_arguments_and_environment(void **state)
{
	char **before = environ;

	(void)state;
	environ = variables;
	title_init(2, arguments);
	assert_string_equal(getenv("A"), "1");
	title_set("picket: %s", "a name longer than the room");
	assert_memory_equal(memory, "picket: a name lon", sizeof(memory));
	title_set("short");
	assert_memory_equal(
	    memory, "short\0\0\0\0\0\0\0\0\0\0\0\0\0", sizeof(memory));
	assert_string_equal(getenv("B"), "2");
	free(environ[0]); /* with the others, in one piece */
	free(environ);
	environ = before;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		the_title_fills_the_room_of_arguments_and_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
