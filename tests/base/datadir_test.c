/* What src/base/datadir.h promises. */
#include "datadir.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xmalloc.h"

/*
 * An installed tree, a build tree whose policies are a link, and a program
 * that stands alone.
 */
static const char *const folders[] = {"usr", "usr/bin", "usr/share",
    "usr/share/picket", "usr/share/picket/policies", "source", "build",
    "build/share", "build/share/picket", "alone"};
enum { FOLDERS = sizeof(folders) / sizeof(folders[0]) };

static char root[] = "/tmp/picket-datadir-XXXXXX";

static char *
below_root(const char *path)
{
	return xasprintf("%s/%s", root, path);
}

static int
make_trees(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL || chdir(root) == -1)
		return -1;
	for (int i = 0; i < FOLDERS; i++)
		if (mkdir(folders[i], 0700) == -1)
			return -1;
	return symlink("../../../source", "build/share/picket/policies");
}

static int
remove_trees(void **state)
{
	(void)state;
	unlink("build/share/picket/policies");
	for (int i = FOLDERS - 1; i >= 0; i--)
		rmdir(folders[i]);
	return chdir("/") == -1 || rmdir(root) == -1;
}

static void
assert_found(const char *given, const char *program, const char *expected)
{
	char *path = below_root(program);
	char *wanted = expected[0] == '/' ? xstrdup(expected)
					  : below_root(expected);
	char *found = datadir_search(given, path);

	assert_string_equal(found, wanted);
	free(found);
	free(wanted);
	free(path);
}

static void
an_installed_program_finds_its_prefix(void **state)
{
	(void)state;
	assert_found(NULL, "usr/bin/picket", "usr/share/picket");
	assert_found("", "usr/bin/picket", "usr/share/picket");
}

static void
a_program_in_the_build_tree_finds_the_links(void **state)
{
	(void)state;
	assert_found(NULL, "build/picket", "build/share/picket");
}

static void
the_variable_comes_first(void **state)
{
	(void)state;
	assert_found("/nonexistent", "usr/bin/picket", "/nonexistent");
	assert_found("alone", "usr/bin/picket", "alone");
}

static void
a_program_elsewhere_looks_where_picket_is_installed(void **state)
{
	char *program = below_root("alone/picket");
	char *found = datadir_search(NULL, program);

	(void)state;
	assert_int_equal(found[0], '/');
	assert_null(strstr(found, root));
	free(found);
	free(program);
}

/* The paths below are links in a build tree; a message should name the file
 * that people edit. */
static void
folders_are_named_without_links(void **state)
{
	char *build = below_root("build/share/picket");
	char *source = below_root("source");
	char *lib = below_root("build/share/picket/lib");

	(void)state;
	setenv("PICKET_DATADIR", build, 1);
	assert_string_equal(datadir(), build);
	assert_string_equal(datadir_policies(), source);
	assert_string_equal(datadir_lib(), lib);
	free(build);
	free(source);
	free(lib);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_installed_program_finds_its_prefix),
	    cmocka_unit_test(a_program_in_the_build_tree_finds_the_links),
	    cmocka_unit_test(the_variable_comes_first),
	    cmocka_unit_test(
		a_program_elsewhere_looks_where_picket_is_installed),
	    cmocka_unit_test(folders_are_named_without_links),
	};

	return cmocka_run_group_tests(tests, make_trees, remove_trees);
}
