/* What src/control/reload.h promises.  The supervisor and two proxies are
 * played here. */
#include "reload.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "fixture.h"
#include "log.h"
#include "membership.h"

static char path[] = "/tmp/picket-reload-test-XXXXXX";
static struct gateway *gateway;
static struct event_base *base;
static struct reload *reload;
static struct config started;
static int ends[2]; /* control's, the supervisor's */
static struct generation *current;
static int outcomes, successes;
static int beginnings, endings; /* as the supervisor hears */
static char last_reason[MESSAGE_TEXT];
static char outcome[4096];

static void
configure(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
on_swap(void *arg, struct generation *generation)
{
	(void)arg;
	generation_close(current);
	current = generation;
}

static void
on_end(void *arg, bool ok, const char *text)
{
	(void)arg;
	outcomes++;
	successes += ok;
	snprintf(outcome, sizeof(outcome), "%s", text);
}

static int
make(void **state)
{
	(void)state;
	gateway = gateway_new(4, 2);
	gateway->config = &started;
	gateway->config_path = path;
	gateway->generation = 1;
	worker_set_generation(gateway->workers, 1);
	for (int i = 0; i < 3; i++) {
		gateway->processes[i].pid = 100 + i;
		gateway->processes[i].state = PROCESS_RUNNING;
		gateway->processes[i].generation = 1;
	}
	assert_true(channel_pair(ends));
	base = event_base_new();
	reload = reload_new(base, gateway, ends[0], on_swap, NULL);
	outcomes = successes = 0;
	beginnings = endings = 0;
	outcome[0] = '\0';
	configure("return { workers = { 'http://127.0.0.1:1' } }");
	return 0;
}

static int
unmake(void **state)
{
	(void)state;
	reload_free(reload);
	gateway_free(gateway);
	generation_close(current);
	current = NULL;
	event_base_free(base);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* --- the others --- */

static struct message heard;

/* What is only for the service manager is counted. */
static bool
is_counted(void)
{
	if (heard.type == MESSAGE_RELOADING) {
		beginnings++;
		return true;
	}
	if (heard.type != MESSAGE_RELOADED)
		return false;
	endings++;
	snprintf(last_reason, sizeof(last_reason), "%s", heard.text);
	return true;
}

static bool
is_heard(void)
{
	int fd;

	do {
		if (channel_receive(ends[1], &heard, &fd) != 1)
			return false;
		if (fd != -1)
			close(fd);
	} while (is_counted());
	return true;
}

static void
hear(enum message_type type)
{
	fixture_run(base, is_heard);
	assert_int_equal(heard.type, type);
}

static void
answer(enum message_type type, int row, const char *text)
{
	struct message message = {.type = (int32_t)type,
	    .process = row,
	    .generation = heard.generation};

	snprintf(message.text, sizeof(message.text), "%s", text);
	reload_hear(reload, &message);
}

static void
swap_everywhere(void)
{
	gateway->processes[1].generation = heard.generation;
	gateway->processes[2].generation = heard.generation;
}

static int awaited;

static bool
is_over(void)
{
	return outcomes >= awaited;
}

static void
wait_for(int count)
{
	awaited = count;
	fixture_run(base, is_over);
}

static void
reload_well(void)
{
	hear(MESSAGE_PREPARE);
	answer(MESSAGE_PREPARED, 1, "");
	answer(MESSAGE_PREPARED, 2, "");
	hear(MESSAGE_SWAP);
	swap_everywhere();
}

/* --- the promises --- */

static void
a_reload_changes_all_when_all_are_prepared(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	assert_int_equal(heard.generation, 2);
	answer(MESSAGE_PREPARED, 1, "");
	assert_null(current);
	assert_int_equal(worker_find(gateway->workers, "127.0.0.1:1"), -1);
	answer(MESSAGE_PREPARED, 2, "");
	hear(MESSAGE_SWAP);
	swap_everywhere();
	wait_for(1);
	assert_int_equal(successes, 1);
	assert_int_equal(gateway->generation, 2);
	assert_non_null(current);
	assert_int_not_equal(worker_find(gateway->workers, "127.0.0.1:1"), -1);
}

static void
one_refusal_changes_nothing(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	answer(MESSAGE_PREPARED, 1, "");
	answer(MESSAGE_REFUSED, 2, "mine.lua:3: no");
	hear(MESSAGE_ABORT);
	wait_for(1);
	assert_int_equal(successes, 0);
	assert_string_equal(outcome, "mine.lua:3: no");
	assert_int_equal(gateway->generation, 1);
	assert_null(current);
	assert_int_equal(worker_find(gateway->workers, "127.0.0.1:1"), -1);
}

static void
a_bad_file_is_offered_to_nobody(void **state)
{
	(void)state;
	configure("return { wrokers = {} }");
	reload_ask(reload, on_end, NULL);
	wait_for(1);
	assert_int_equal(successes, 0);
	assert_non_null(strstr(outcome, "wrokers"));
	assert_false(is_heard());
}

static void
bury(int row)
{
	gateway->processes[row].pid = 0;
	gateway->processes[row].state = PROCESS_GONE;
}

static void
a_proxy_that_is_dead_is_not_waited_for(void **state)
{
	(void)state;
	bury(2);
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	answer(MESSAGE_PREPARED, 1, "");
	hear(MESSAGE_SWAP);
	swap_everywhere();
	wait_for(1);
	assert_int_equal(successes, 1);
}

static int looks;

static bool
has_looked_often(void)
{
	return ++looks > 20;
}

/* The supervisor's word for it comes later than the death is seen. */
static void
a_proxy_that_dies_while_it_prepares_has_refused(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	answer(MESSAGE_PREPARED, 1, "");
	bury(2);
	looks = 0;
	fixture_run(base, has_looked_often);
	assert_int_equal(gateway->generation, 1);
	answer(MESSAGE_REFUSED, 2, "it died");
	hear(MESSAGE_ABORT);
	wait_for(1);
	assert_string_equal(outcome, "it died");
	assert_int_equal(gateway->generation, 1);
}

static void
a_proxy_that_starts_meanwhile_is_waited_for(void **state)
{
	(void)state;
	bury(2);
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	gateway->processes[2].pid = 200;
	answer(MESSAGE_PREPARED, 1, "");
	answer(MESSAGE_REFUSED, 2, "no");
	hear(MESSAGE_ABORT);
	wait_for(1);
	assert_string_equal(outcome, "no");
	assert_int_equal(gateway->generation, 1);
}

static void
who_asks_meanwhile_gets_a_reload_of_their_own(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	reload_ask(reload, on_end, NULL);
	reload_ask(reload, on_end, NULL);
	answer(MESSAGE_PREPARED, 1, "");
	answer(MESSAGE_PREPARED, 2, "");
	hear(MESSAGE_SWAP);
	swap_everywhere();
	wait_for(1);
	assert_int_equal(outcomes, 1);
	reload_well();
	wait_for(3);
	assert_int_equal(gateway->generation, 3);
	assert_int_equal(successes, 3);
}

static void
more_workers_than_there_is_room_for_are_refused(void **state)
{
	(void)state;
	configure("local w = {} for i = 1, 5 do w[i] = 'http://h:' .. i end "
		  "return { workers = w }");
	reload_ask(reload, on_end, NULL);
	wait_for(1);
	assert_int_equal(successes, 0);
	assert_non_null(strstr(outcome, "limits.workers"));
}

static void
add_by_command(const char *name, int port)
{
	struct listed_worker worker = fixture_worker(name, "127.0.0.1", port);

	membership_add(gateway->workers, &worker, false);
}

static void
a_name_that_a_command_gave_to_another_url_is_refused(void **state)
{
	char expected[512];

	(void)state;
	configure("return { workers = "
		  "{ { url = 'http://127.0.0.1:1', name = 'x' } } }");
	add_by_command("x", 2);
	reload_ask(reload, on_end, NULL);
	wait_for(1);
	assert_int_equal(successes, 0);
	snprintf(expected, sizeof(expected),
	    "%s: the worker \"x\" has the url http://127.0.0.1:1 here, but one "
	    "of that name with the url http://127.0.0.1:2 was added by "
	    "command; give this one another name, or take the other away with "
	    "\"picket workers remove x\"",
	    path);
	assert_string_equal(outcome, expected);
}

/* All have prepared it, and what has come meanwhile forbids it. */
static void
prepare_in_vain(void)
{
	answer(MESSAGE_PREPARED, 1, "");
	answer(MESSAGE_PREPARED, 2, "");
	hear(MESSAGE_ABORT);
	wait_for(1);
	assert_int_equal(successes, 0);
	assert_int_equal(gateway->generation, 1);
}

static void
a_name_that_a_command_gives_while_it_is_prepared_is_refused(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	add_by_command("127.0.0.1:1", 2);
	prepare_in_vain();
	assert_non_null(strstr(outcome, "picket workers remove 127.0.0.1:1"));
}

static void
workers_added_while_it_is_prepared_may_take_the_room(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	for (int i = 0; i < 4; i++) {
		char name[] = {'a' + i, '\0'};

		add_by_command(name, i + 2);
	}
	prepare_in_vain();
	assert_non_null(strstr(outcome, "limits.workers"));
}

static void
options_that_only_a_start_reads_are_told(void **state)
{
	(void)state;
	configure("return { processes = 3 }");
	reload_ask(reload, on_end, NULL);
	reload_well();
	wait_for(1);
	assert_int_equal(successes, 1);
	assert_string_equal(outcome,
	    "changed, and read by a start only: listen, admin.listen, "
	    "processes, sandbox, limits.workers; \"picket upgrade\" makes a "
	    "start");
}

static void
an_answer_to_an_earlier_question_is_none(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	heard.generation--;
	answer(MESSAGE_REFUSED, 1, "late");
	heard.generation++;
	answer(MESSAGE_PREPARED, 1, "");
	answer(MESSAGE_PREPARED, 2, "");
	hear(MESSAGE_SWAP);
	swap_everywhere();
	wait_for(1);
	assert_int_equal(successes, 1);
}

static void
the_end_of_control_answers_who_waits(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	reload_ask(reload, on_end, NULL);
	reload_free(reload);
	reload = NULL;
	assert_int_equal(outcomes, 2);
	assert_int_equal(successes, 0);
}

static void
the_supervisor_hears_of_begin_and_end(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	assert_int_equal(beginnings, 1);
	assert_int_equal(endings, 0);
	answer(MESSAGE_PREPARED, 1, "");
	answer(MESSAGE_PREPARED, 2, "");
	hear(MESSAGE_SWAP);
	swap_everywhere();
	wait_for(1);
	assert_false(is_heard());
	assert_int_equal(endings, 1);
	assert_string_equal(last_reason, "");
	configure("return { wrokers = {} }");
	reload_ask(reload, on_end, NULL);
	wait_for(2);
	assert_false(is_heard());
	assert_int_equal(beginnings, 2);
	assert_int_equal(endings, 2);
	assert_non_null(strstr(last_reason, "wrokers"));
}

static bool
is_a_worker(const char *name)
{
	return worker_find(gateway->workers, name) != -1;
}

static void
nothing_changes_when_nobody_can_be_told_to_swap(void **state)
{
	(void)state;
	reload_ask(reload, on_end, NULL);
	hear(MESSAGE_PREPARE);
	answer(MESSAGE_PREPARED, 1, "");
	shutdown(ends[1], SHUT_RDWR);
	answer(MESSAGE_PREPARED, 2, "");
	wait_for(1);
	assert_int_equal(successes, 0);
	assert_int_equal(gateway->generation, 1);
	assert_null(current);
	assert_false(is_a_worker("127.0.0.1:1"));
}

/* Control died after it had said SWAP. */
static void
what_control_left_undone_is_finished_once(void **state)
{
	struct listed_worker worker = fixture_worker("new", "127.0.0.1", 2);
	struct generation *generation = fixture_generation(
	    generation_writer_new(), &worker, 1);

	(void)state;
	reload_finish(gateway, generation);
	assert_false(is_a_worker("new"));
	gateway->generation = 2;
	reload_finish(gateway, generation);
	assert_true(is_a_worker("new"));
	worker_remove(gateway->workers, worker_find(gateway->workers, "new"));
	reload_finish(gateway, generation);
	assert_false(is_a_worker("new"));
	generation_close(generation);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_reload_changes_all_when_all_are_prepared),
	    TEST(one_refusal_changes_nothing),
	    TEST(a_bad_file_is_offered_to_nobody),
	    TEST(a_proxy_that_is_dead_is_not_waited_for),
	    TEST(a_proxy_that_dies_while_it_prepares_has_refused),
	    TEST(a_proxy_that_starts_meanwhile_is_waited_for),
	    TEST(who_asks_meanwhile_gets_a_reload_of_their_own),
	    TEST(more_workers_than_there_is_room_for_are_refused),
	    TEST(a_name_that_a_command_gave_to_another_url_is_refused),
	    TEST(a_name_that_a_command_gives_while_it_is_prepared_is_refused),
	    TEST(workers_added_while_it_is_prepared_may_take_the_room),
	    TEST(options_that_only_a_start_reads_are_told),
	    TEST(an_answer_to_an_earlier_question_is_none),
	    TEST(the_end_of_control_answers_who_waits),
	    TEST(the_supervisor_hears_of_begin_and_end),
	    TEST(nothing_changes_when_nobody_can_be_told_to_swap),
	    TEST(what_control_left_undone_is_finished_once),
	};
	int failed;

	setenv("PICKET_DATADIR", "lua", 0);
	close(mkstemp(path));
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
