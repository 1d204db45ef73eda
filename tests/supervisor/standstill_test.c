/* Who stands still, by made-up rounds and by real processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "standstill.h"

enum { ROUND_US = 100000, START_US = 7000000 };

static struct standstill still;
static struct standing standing;
static uint64_t now_us, beat_us;

static int
set_up(void **state)
{
	(void)state;
	now_us = START_US;
	beat_us = 0;
	standing = (struct standing){.state = 'S', .cpu_us = 1000000};
	standstill_begin(&still, now_us);
	return 0;
}

/* A look after so long, of which the process had so much of a CPU. */
static bool
look(uint64_t passed_us, uint64_t used_us)
{
	now_us += passed_us;
	standing.cpu_us += used_us;
	return standstill_is_late(&still, beat_us, now_us) &&
	       standstill_judge(&still, &standing, now_us);
}

/* How long it takes to be found, looked at ten times a second; 0: for ever, or
 * at least for ten minutes. */
static uint64_t
found_after_us(uint64_t used_each_round_us)
{
	for (uint64_t us = ROUND_US; us < 600000000; us += ROUND_US)
		if (look(ROUND_US, used_each_round_us))
			return us;
	return 0;
}

static void
who_beats_never_stands_still(void **state)
{
	(void)state;
	standing.state = 'T';
	for (int i = 0; i < 1000; i++) {
		beat_us = now_us;
		assert_false(look(ROUND_US, ROUND_US));
	}
}

static void
who_was_stopped_stands_still(void **state)
{
	(void)state;
	standing.state = 'T';
	assert_in_range(found_after_us(0), STANDSTILL_US, 6000000);
}

static void
who_sleeps_through_its_rounds_stands_still(void **state)
{
	(void)state;
	assert_in_range(found_after_us(0), STANDSTILL_US, 6000000);
}

static void
who_spins_stands_still(void **state)
{
	(void)state;
	standing.state = 'R';
	assert_in_range(found_after_us(ROUND_US), STANDSTILL_US, 6000000);
}

static void
who_spins_on_a_busy_machine_is_found_later(void **state)
{
	(void)state;
	standing.state = 'R';
	assert_in_range(
	    found_after_us(ROUND_US / 10), 30000000, 10 * STANDSTILL_US);
}

static void
who_gets_no_cpu_does_not_stand_still(void **state)
{
	(void)state;
	standing.state = 'R';
	assert_int_equal(found_after_us(0), 0);
}

static void
who_waits_for_a_disk_or_a_debugger_does_not_stand_still(void **state)
{
	(void)state;
	standing.state = 'D';
	assert_int_equal(found_after_us(0), 0);
	standing.state = 't';
	assert_int_equal(found_after_us(0), 0);
}

static void
one_beat_makes_up_for_all(void **state)
{
	(void)state;
	standing.state = 'T';
	for (int i = 0; i < 48; i++)
		assert_false(look(ROUND_US, 0));
	beat_us = now_us;
	assert_in_range(found_after_us(0), STANDSTILL_US, 6000000);
}

static void
time_that_nobody_had_does_not_count(void **state)
{
	(void)state;
	standing.state = 'T';
	assert_false(look(3600000000u, 0));
	assert_false(look(3600000000u, 0));
	beat_us = now_us;
	assert_false(look(ROUND_US, 0));
}

static pid_t
fork_one_that_spins(void)
{
	pid_t pid = fork();

	for (volatile uint64_t rounds = 0; pid == 0; rounds++)
		;
	assert_int_not_equal(pid, -1);
	return pid;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
the_kernel_tells_who_spins(void **state)
{
	pid_t pid = fork_one_that_spins();
	uint64_t before_us = standstill_read(pid).cpu_us;

	(void)state;
	while (standstill_read(pid).cpu_us <= before_us)
		usleep(1000);
	assert_int_equal(standstill_read(pid).state, 'R');
	end(pid);
}

static void
the_kernel_tells_who_was_stopped(void **state)
{
	pid_t pid = fork_one_that_spins();
	int status;

	(void)state;
	kill(pid, SIGSTOP);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_int_equal(standstill_read(pid).state, 'T');
	end(pid);
	assert_int_equal(standstill_read(pid).state, '?');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(who_beats_never_stands_still, set_up),
	    cmocka_unit_test_setup(who_was_stopped_stands_still, set_up),
	    cmocka_unit_test_setup(
		who_sleeps_through_its_rounds_stands_still, set_up),
	    cmocka_unit_test_setup(who_spins_stands_still, set_up),
	    cmocka_unit_test_setup(
		who_spins_on_a_busy_machine_is_found_later, set_up),
	    cmocka_unit_test_setup(
		who_gets_no_cpu_does_not_stand_still, set_up),
	    cmocka_unit_test_setup(
		who_waits_for_a_disk_or_a_debugger_does_not_stand_still,
		set_up),
	    cmocka_unit_test_setup(one_beat_makes_up_for_all, set_up),
	    cmocka_unit_test_setup(time_that_nobody_had_does_not_count, set_up),
	    cmocka_unit_test(the_kernel_tells_who_spins),
	    cmocka_unit_test(the_kernel_tells_who_was_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
