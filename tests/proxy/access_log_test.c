/* Proves src/proxy/access_log.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "access_log.h"

static char folder[] = "/tmp/access_log_test_XXXXXX";
static char path[128], moved[128];
static char content[200000];
static struct access_log *log_;
static struct config config;

static const struct access_entry entry = {
    .method = {"POST", 4},
    .path = {"/run/f\"\n", 8},
    .func = {"f", 1},
    .worker = {"w1", 2},
    .client = {"203.0.113.7", 11},
    .request_id = {"id1", 3},
    .status = 200,
    .attempts = 2,
    .generation = 7,
    .bytes_in = 10,
    .bytes_out = 20,
    .queue_us = 30,
    .pick_us = 1,
    .first_byte_us = 40,
    .total_us = 50,
};

static int
set_up(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "%s/access.log", folder);
	snprintf(moved, sizeof(moved), "%s/access.log.1", folder);
	unlink(path);
	unlink(moved);
	log_ = access_log_new();
	snprintf(
	    config.log.access_file, sizeof(config.log.access_file), "%s", path);
	return 0;
}

static const char *
read_file(const char *name)
{
	FILE *file = fopen(name, "r");

	assert_non_null(file);
	content[fread(content, 1, sizeof(content) - 1, file)] = '\0';
	fclose(file);
	return content;
}

static void
start(enum access_format format)
{
	config.log.access = format;
	access_log_configure(log_, &config);
}

static void
a_line_of_text_has_every_field(void **state)
{
	const char *line;

	(void)state;
	start(ACCESS_TEXT);
	access_log_write(log_, &entry);
	access_log_free(log_);
	line = read_file(path);
	assert_string_equal(line + strcspn(line, " "),
	    " 203.0.113.7 POST /run/f\\u0022\\u000a 200 f w1 2 10 20 30 1 "
	    "40 50 7 id1\n");
}

static void
json_stays_json_whatever_a_peer_wrote(void **state)
{
	const char *line;

	(void)state;
	start(ACCESS_JSON);
	access_log_write(log_, &entry);
	access_log_free(log_);
	line = read_file(path);
	assert_string_equal(strstr(line, ",\"client\""),
	    ",\"client\":\"203.0.113.7\",\"method\":\"POST\","
	    "\"path\":\"/run/f\\u0022\\u000a\",\"status\":200,"
	    "\"function\":\"f\",\"worker\":\"w1\",\"attempts\":2,"
	    "\"bytes_in\":10,\"bytes_out\":20,\"queue_us\":30,\"pick_us\":1,"
	    "\"first_byte_us\":40,\"total_us\":50,\"generation\":7,"
	    "\"request_id\":\"id1\"}\n");
}

static void
the_longest_texts_fit(void **state)
{
	static char text[60000];
	struct access_entry longest = entry;

	(void)state;
	memset(text, '\n', sizeof(text));
	longest.method = longest.path = longest.func = longest.worker =
	    longest.client = longest.request_id = (struct text){
		text, sizeof(text)};
	start(ACCESS_JSON);
	for (int i = 0; i < 5; i++)
		access_log_write(log_, &longest);
	access_log_free(log_);
	read_file(path);
	assert_int_equal(content[strlen(content) - 1], '\n');
	assert_string_equal(content + strlen(content) - 2, "}\n");
}

static void
lines_after_a_reopen_go_to_a_new_file(void **state)
{
	(void)state;
	start(ACCESS_TEXT);
	access_log_write(log_, &entry);
	access_log_reopen(log_);
	assert_int_equal(rename(path, moved), 0);
	access_log_reopen(log_);
	access_log_write(log_, &entry);
	access_log_write(log_, &entry);
	access_log_free(log_);
	read_file(moved);
	assert_ptr_equal(strchr(content, '\n') + 1, content + strlen(content));
	read_file(path);
	assert_ptr_not_equal(
	    strchr(content, '\n') + 1, content + strlen(content));
}

static void
nothing_is_written_when_it_is_off(void **state)
{
	struct stat st;

	(void)state;
	start(ACCESS_OFF);
	assert_false(access_log_is_on(log_));
	access_log_write(log_, &entry);
	access_log_free(log_);
	assert_int_equal(stat(path, &st), -1);
}

static void
a_pipe_that_nobody_reads_loses_lines_and_holds_up_nobody(void **state)
{
	struct stat st;
	int reader;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_not_equal(reader, -1);
	start(ACCESS_JSON);
	for (int i = 0; i < 20000; i++) /* far more than a pipe holds */
		access_log_write(log_, &entry);
	access_log_free(log_);
	assert_int_equal(stat(path, &st), 0);
	content[read(reader, content, 8192)] = '\0';
	assert_int_equal(content[0], '{');
	close(reader);
}

static void
a_pipe_keeps_lines_for_who_reads_it_later(void **state)
{
	int reader;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	start(ACCESS_JSON);
	access_log_write(log_, &entry);
	access_log_reopen(log_);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_int_not_equal(reader, -1);
	access_log_write(log_, &entry);
	access_log_free(log_);
	content[read(reader, content, 8192)] = '\0';
	assert_int_equal(content[0], '{');
	close(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_line_of_text_has_every_field, set_up),
	    cmocka_unit_test_setup(
		json_stays_json_whatever_a_peer_wrote, set_up),
	    cmocka_unit_test_setup(the_longest_texts_fit, set_up),
	    cmocka_unit_test_setup(
		lines_after_a_reopen_go_to_a_new_file, set_up),
	    cmocka_unit_test_setup(nothing_is_written_when_it_is_off, set_up),
	    cmocka_unit_test_setup(
		a_pipe_that_nobody_reads_loses_lines_and_holds_up_nobody,
		set_up),
	    cmocka_unit_test_setup(
		a_pipe_keeps_lines_for_who_reads_it_later, set_up),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	unlink(moved);
	rmdir(folder);
	return failed;
}
