/* What src/base/log.h promises. */
#include "log.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <event2/event.h>

static char folder[] = "/tmp/picket-log-XXXXXX";
static char path[64], old_path[64];

static int
make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/log", folder);
	snprintf(old_path, sizeof(old_path), "%s/log.1", folder);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	log_to_file(NULL);
	unlink(path);
	unlink(old_path);
	return rmdir(folder);
}

static int
start_afresh(void **state)
{
	(void)state;
	log_to_file(NULL);
	unlink(path);
	unlink(old_path);
	log_start("", LOG_INFO);
	return log_to_file(path) ? 0 : -1;
}

/* All that a file holds. */
static const char *
content(const char *of)
{
	static char text[8192];
	FILE *file = fopen(of, "r");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	return text;
}

static void
a_command_line_tool_says_its_name(void **state)
{
	(void)state;
	log_error("a.lua:%d: no such option", 7);
	assert_string_equal(content(path), "picket: a.lua:7: no such option\n");
}

static void
errors_are_said_elsewhere_too(void **state)
{
	char said[64];
	int ends[2];
	ssize_t len;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	log_errors_to(ends[1]);
	log_warn("a warning");
	log_error("an\nerror");
	log_errors_to(-1);
	log_error("another");
	close(ends[1]);
	len = read(ends[0], said, sizeof(said));
	assert_int_equal(len, 9);
	assert_memory_equal(said, "an error\n", 9);
	close(ends[0]);
}

static void
each_line_is_a_message(void **state)
{
	(void)state;
	log_lines(LOG_ERROR, "no: ", "a.lua:1: x\n\nb.lua:2: y\n");
	log_lines(LOG_ERROR, "no: ", "");
	assert_string_equal(
	    content(path), "picket: no: a.lua:1: x\npicket: no: b.lua:2: y\n");
}

static void
a_process_says_when_who_and_how_bad(void **state)
{
	const char *text;

	(void)state;
	log_start("proxy/0", LOG_INFO);
	log_warn("worker %s is down", "w1");
	text = content(path);
	assert_int_equal(text[23], 'Z');
	assert_string_equal(text + 24, " proxy/0 warn: worker w1 is down\n");
}

static void
lines_below_the_level_are_not_written(void **state)
{
	(void)state;
	log_debug("hidden");
	log_set_level(LOG_ERROR);
	log_warn("hidden");
	assert_string_equal(content(path), "");
	log_set_level(LOG_DEBUG);
	log_debug("shown");
	assert_string_equal(content(path), "picket: shown\n");
}

/* Whoever waited for room would be ended by the alarm. */
static void
a_pipe_that_nobody_reads_stops_nobody(void **state)
{
	int ends[2], standard_error = dup(STDERR_FILENO);

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_to_file(NULL);
	log_start("proxy/0", LOG_INFO);
	alarm(20);
	for (int i = 0; i < 5000; i++)
		log_info("line %d", i);
	alarm(0);
	dup2(standard_error, STDERR_FILENO);
	close(standard_error);
	close(ends[0]);
	close(ends[1]);
}

static void
a_pipe_without_a_reader_is_opened_all_the_same(void **state)
{
	char text[64];
	int reader;

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(20);
	assert_true(log_is_writable(path));
	assert_true(log_to_file(path));
	alarm(0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	log_info("first");
	assert_int_equal(read(reader, text, sizeof(text)), 14);
	assert_memory_equal(text, "picket: first\n", 14);
	close(reader);
}

static void
a_pipe_keeps_what_is_said_between_two_readers(void **state)
{
	char text[64];
	int reader;

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(log_to_file(path));
	close(reader);
	log_info("first");
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_equal(read(reader, text, sizeof(text)), 14);
	close(reader);
}

static void
what_libevent_says_is_a_line_like_others(void **state)
{
	struct event *event = event_new(NULL, -1, 0, NULL, NULL);

	(void)state;
	event_add(event, NULL);
	assert_memory_equal(content(path), "picket: event_add", 17);
	event_free(event);
}

static void
control_characters_cannot_forge_a_line(void **state)
{
	(void)state;
	log_info("%s", "a\nb\r\033[2J\x7f");
	assert_string_equal(content(path), "picket: a b  [2J \n");
}

static void
a_long_line_is_cut_and_still_ends(void **state)
{
	char message[5000];
	const char *text;
	size_t len;

	(void)state;
	memset(message, 'x', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	log_info("%s", message);
	log_info("next");
	text = content(path);
	len = strcspn(text, "\n");
	assert_in_range(len, 1000, 4000);
	assert_string_equal(text + len, "\npicket: next\n");
}

static void
opening_again_follows_a_renamed_file(void **state)
{
	(void)state;
	log_info("one");
	assert_int_equal(rename(path, old_path), 0);
	log_info("two");
	assert_true(log_to_file(path));
	log_info("three");
	assert_string_equal(content(old_path), "picket: one\npicket: two\n");
	assert_string_equal(content(path), "picket: three\n");
}

static void
a_file_that_cannot_be_opened_leaves_the_old_one(void **state)
{
	(void)state;
	assert_false(log_to_file("/nonexistent/log"));
	log_info("still here");
	assert_string_equal(content(path),
	    "picket: cannot open the log file /nonexistent/log: "
	    "No such file or directory\n"
	    "picket: still here\n");
}

static void
errno_survives(void **state)
{
	(void)state;
	errno = ENOTCONN;
	log_info("something");
	assert_int_equal(errno, ENOTCONN);
}

static void
fatal_says_why_and_exits_with_1(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		fatal("cannot listen on %s", "here");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_string_equal(content(path), "picket: cannot listen on here\n");
}

#define TEST(name) cmocka_unit_test_setup(name, start_afresh)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_command_line_tool_says_its_name),
	    TEST(errors_are_said_elsewhere_too),
	    TEST(each_line_is_a_message),
	    TEST(a_process_says_when_who_and_how_bad),
	    TEST(lines_below_the_level_are_not_written),
	    TEST(a_pipe_that_nobody_reads_stops_nobody),
	    TEST(a_pipe_without_a_reader_is_opened_all_the_same),
	    TEST(a_pipe_keeps_what_is_said_between_two_readers),
	    TEST(what_libevent_says_is_a_line_like_others),
	    TEST(control_characters_cannot_forge_a_line),
	    TEST(a_long_line_is_cut_and_still_ends),
	    TEST(opening_again_follows_a_renamed_file),
	    TEST(a_file_that_cannot_be_opened_leaves_the_old_one),
	    TEST(errno_survives),
	    TEST(fatal_says_why_and_exits_with_1),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
