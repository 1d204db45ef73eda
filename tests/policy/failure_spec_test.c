#include "failure_spec.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "fixture.h"
#include "log.h"
#include "subject.h"

static char folder[64];

static int
make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/picket-specs-XXXXXX");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

/* Calls `each` for every file's path; returns how many there are. */
static int
for_each(void (*each)(const char *path))
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(dir)) != NULL) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		count++;
		path = xasprintf("%s/%s", folder, entry->d_name);
		if (each != NULL)
			each(path);
		free(path);
	}
	closedir(dir);
	return count;
}

static void
remove_file(const char *path)
{
	unlink(path);
}

static int
remove_folder(void **state)
{
	(void)state;
	for_each(remove_file);
	return rmdir(folder);
}

static char text[65536];

static void
read_file(const char *path)
{
	size_t len;
	char *content = fixture_read(path, &len);

	snprintf(text, sizeof(text), "%s", content);
	free(content);
}

/* A subject whose failing picks are written. */
static void
load_source(struct subject *subject, const char *source)
{
	memset(subject, 0, sizeof(*subject));
	fixture_failure_specs = folder;
	subject->generation = fixture_generation(source, "{ }", MEMORY);
	fixture_failure_specs = "";
	subject->table = fixture_workers(WORKERS);
	subject->policy = policy_new(subject->generation, subject->table,
	    fixture_header, fixture_header, 42, subject->error,
	    sizeof(subject->error));
	assert_non_null(subject->policy);
	fixture_request(subject->policy, "thumb", 0);
}

static void
a_spec_has_what_the_pick_was_given(void **state)
{
	static const char *const parts[] = {
	    "--     test.lua:2: no",
	    "require(\"gateway.replay\")",
	    "policy = \"somewhere/test.lua\"",
	    "options = { }",
	    "name = \"w1\", ",
	    "inflight = 7, ",
	    "func = \"thumb\", ",
	    "packages = { \"numpy\", \"pillow\", },",
	    "[\"X-One\"] = \"",
	    "tried = true },",
	    "random = { ",
	};
	struct subject subject;

	(void)state;
	load_source(&subject,
	    "return { pick = function(r, w) local a = r:header('X-One')\n"
	    "error('no') end }");
	worker_at(subject.table, 1)->inflight = 7;
	policy_tried(subject.policy)[2] = 1;
	policy_pick(subject.policy);
	assert_int_equal(for_each(read_file), 1);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		assert_contains(text, parts[i]);
	assert_null(strstr(text, " \n"));
	unload(&subject);
}

static void
a_spec_can_be_run_from_anywhere(void **state)
{
	char whole[sizeof(folder)], *command;
	struct subject subject;

	(void)state;
	strcpy(whole, folder);
	/* a relative path, from wherever this runs */
	snprintf(
	    folder, sizeof(folder), "../../../../../../../../../..%s", whole);
	load_source(&subject, "return { pick = function() error('no') end }");
	policy_pick(subject.policy);
	assert_int_equal(for_each(read_file), 1);
	command = xasprintf(" '%s/test-", whole);
	assert_contains(text, command);
	free(command);
	unload(&subject);
}

static void
the_same_failure_is_written_once(void **state)
{
	static const char source[] = "return { pick = function(r)\nerror(r."
				     "attempt) end }";
	struct subject subject, other;

	(void)state;
	load_source(&subject, source);
	for (int i = 1; i < 5; i++) {
		policy_request(subject.policy)->attempt = i;
		policy_pick(subject.policy);
	}
	unload(&subject);
	load_source(&other, source);
	policy_pick(other.policy);
	assert_int_equal(for_each(NULL), 1);
	assert_int_equal(policy_stats(other.policy)->errors, 1);
	unload(&other);
}

static void
another_text_of_the_policy_fails_anew(void **state)
{
	struct subject subject, other;

	(void)state;
	load_source(&subject, "return { pick = function() error('a') end }");
	policy_pick(subject.policy);
	load_source(&other, "return { pick = function() error('b') end }");
	policy_pick(other.policy);
	assert_int_equal(for_each(NULL), 2);
	unload(&subject);
	unload(&other);
}

static void
there_is_an_end_to_them(void **state)
{
	char source[4096] = "return { pick = function(r)\n";
	struct subject subject;

	(void)state;
	for (int i = 1; i <= 2 * FAILURE_SPECS; i++) {
		size_t used = strlen(source);

		snprintf(source + used, sizeof(source) - used,
		    "if r.attempt == %d then error('x') end\n", i);
	}
	strcat(source, "end }");
	load_source(&subject, source);
	for (int i = 1; i <= 2 * FAILURE_SPECS; i++) {
		policy_request(subject.policy)->attempt = i;
		policy_pick(subject.policy);
	}
	assert_int_equal(for_each(NULL), FAILURE_SPECS);
	unload(&subject);
}

/* A message may quote the client, who must not write code. */
static void
a_message_stays_in_its_comment(void **state)
{
	struct subject subject;

	(void)state;
	load_source(&subject, "return { pick = function()\n"
			      "error('x\\nos.exit(0)\\r\\nos.exit(0)') end }");
	policy_pick(subject.policy);
	assert_int_equal(for_each(read_file), 1);
	assert_contains(text, "test.lua:2: x os.exit(0)  os.exit(0)\n-- Run");
	unload(&subject);
}

static void
a_text_of_any_bytes_stays_in_its_quotes(void **state)
{
	struct subject subject;

	(void)state;
	load_source(&subject, "return { pick = function() error('x') end }");
	policy_request(subject.policy)->path = "/\"\\\n]]";
	policy_request(subject.policy)->path_len = 6;
	policy_pick(subject.policy);
	assert_int_equal(for_each(read_file), 1);
	assert_contains(text, "path = \"/\\\"\\\\\\010]]\",\n");
	unload(&subject);
}

static void
a_folder_that_is_gone_disturbs_nothing(void **state)
{
	struct subject subject;

	(void)state;
	load_source(&subject, "return { pick = function() error('x') end }");
	rmdir(folder);
	assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	assert_int_equal(policy_pick(subject.policy), POLICY_FAILED);
	mkdir(folder, 0700);
	unload(&subject);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_spec_has_what_the_pick_was_given),
	    TEST(a_spec_can_be_run_from_anywhere),
	    TEST(the_same_failure_is_written_once),
	    TEST(another_text_of_the_policy_fails_anew),
	    TEST(there_is_an_end_to_them),
	    TEST(a_message_stays_in_its_comment),
	    TEST(a_text_of_any_bytes_stays_in_its_quotes),
	    TEST(a_folder_that_is_gone_disturbs_nothing),
	};

	log_set_level(LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
