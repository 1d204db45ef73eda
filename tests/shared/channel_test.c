/* Packets and descriptors between processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "channel.h"

static int ends[2];

static int
make_pair(void **state)
{
	(void)state;
	return channel_pair(ends) ? 0 : -1;
}

static int
close_pair(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static void
a_message_arrives_whole(void **state)
{
	struct message sent = {.type = MESSAGE_REFUSED,
	    .process = 2,
	    .generation = 7,
	    .text = "because"};
	struct message got;
	int fd;

	(void)state;
	assert_true(channel_send(ends[0], &sent, -1));
	assert_int_equal(channel_receive(ends[1], &got, &fd), 1);
	assert_memory_equal(&sent, &got, sizeof(got));
	assert_int_equal(fd, -1);
	assert_int_equal(channel_receive(ends[1], &got, &fd), 0);
}

static void
a_text_of_full_length_stays_terminated(void **state)
{
	struct message sent = {.type = MESSAGE_REFUSED};
	struct message got;
	int fd;

	(void)state;
	memset(sent.text, 'x', sizeof(sent.text));
	assert_true(channel_send(ends[0], &sent, -1));
	assert_int_equal(channel_receive(ends[1], &got, &fd), 1);
	assert_int_equal(strlen(got.text), MESSAGE_TEXT - 1);
}

static void
a_descriptor_travels_along(void **state)
{
	struct message sent = {.type = MESSAGE_PREPARE}, got;
	int pipe_ends[2], fd;
	char byte;

	(void)state;
	assert_int_equal(pipe(pipe_ends), 0);
	assert_true(channel_send(ends[0], &sent, pipe_ends[1]));
	assert_int_equal(channel_receive(ends[1], &got, &fd), 1);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(read(pipe_ends[0], &byte, 1), 1);
	close(fd);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

static void
a_closed_channel_is_told_from_an_empty_one(void **state)
{
	struct message message = {.type = MESSAGE_STOP}, got;
	int fd;

	(void)state;
	assert_int_equal(channel_receive(ends[1], &got, &fd), 0);
	close(ends[0]);
	ends[0] = -1;
	assert_int_equal(channel_receive(ends[1], &got, &fd), -1);
	assert_false(channel_send(ends[1], &message, -1));
}

static void
sending_to_one_who_does_not_read_fails_and_does_not_block(void **state)
{
	struct message message = {.type = MESSAGE_MEMBERSHIP}, got;
	int sent = 0, fd;

	(void)state;
	while (channel_send(ends[0], &message, -1))
		sent++;
	assert_true(sent > 0);
	while (channel_receive(ends[1], &got, &fd) == 1)
		sent--;
	assert_int_equal(sent, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_pair, close_pair)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_message_arrives_whole),
	    TEST(a_text_of_full_length_stays_terminated),
	    TEST(a_descriptor_travels_along),
	    TEST(a_closed_channel_is_told_from_an_empty_one),
	    TEST(sending_to_one_who_does_not_read_fails_and_does_not_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
