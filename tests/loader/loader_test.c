#include "loader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "config.h"
#include "generation.h"
#include "xmalloc.h"

static char directory[] = "/tmp/picket-loader-test-XXXXXX";

/* Writes a file of that name, and returns its path. */
static char *
put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", directory, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return path;
}

static struct generation *
open_generation(int fd)
{
	const char *reason;
	struct generation *generation = generation_open(fd, &reason);

	close(fd);
	assert_non_null(generation);
	return generation;
}

static void
a_minimal_configuration_loads(void **state)
{
	char *path = put("minimal.lua",
	    "return { workers = { \"http://127.0.0.1:9081\" } }");
	char error[LOADER_ERROR] = "";
	int fd = loader_load(path, error);
	struct generation *generation;

	(void)state;
	assert_string_equal(error, "");
	generation = open_generation(fd);
	assert_string_equal(
	    generation_config(generation)->policy_name, "least_loaded");
	assert_int_equal(generation_worker_count(generation), 1);
	assert_string_equal(
	    generation_worker(generation, 0)->name, "127.0.0.1:9081");
	generation_close(generation);
	free(path);
}

static int
make_directory(void **state)
{
	(void)state;
	return mkdtemp(directory) == NULL ? -1 : 0;
}

static int
remove_directory(void **state)
{
	char *command = xasprintf("rm -r %s", directory);
	int status = system(command);

	(void)state;
	free(command);
	return status;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_minimal_configuration_loads),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
