/* Places: never more than the capacity, none lost, whoever dies when. */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "worker.h"
#include "worker_table.h"

enum { ROWS = 3, PROXIES = 3, KILLS = 60 };

static struct worker_table *table;

static int
make_table(void **state)
{
	(void)state;
	table = worker_table_new(ROWS, PROXIES);
	for (int i = 0; i < ROWS; i++)
		worker_add(table, "w", (char[]){(char)('a' + i), '\0'}, "w", 80,
		    1, i + 1, true);
	return 0;
}

static int
inflight(int slot)
{
	return worker_at(table, slot)->inflight;
}

static void
a_worker_of_capacity_1_is_never_given_two(void **state)
{
	(void)state;
	assert_true(worker_claim(table, 0, 0));
	assert_false(worker_claim(table, 0, 0));
	assert_false(worker_claim(table, 0, 1));
	worker_release(table, 0, 0);
	assert_true(worker_claim(table, 0, 1));
	assert_int_equal(inflight(0), 1);
}

static void
a_lowered_capacity_admits_nobody_until_it_has_room(void **state)
{
	(void)state;
	assert_true(worker_claim(table, 1, 0));
	assert_true(worker_claim(table, 1, 0));
	worker_at(table, 1)->capacity = 1;
	worker_release(table, 1, 0);
	assert_false(worker_claim(table, 1, 1));
	worker_release(table, 1, 0);
	assert_true(worker_claim(table, 1, 1));
}

static void
a_dead_proxy_gives_back_what_it_held_and_no_more(void **state)
{
	(void)state;
	assert_true(worker_claim(table, 1, 0));
	assert_true(worker_claim(table, 1, 1));
	assert_true(worker_claim(table, 2, 0));
	assert_true(worker_forget_proxy(table, 0));
	assert_int_equal(inflight(1), 1);
	assert_int_equal(inflight(2), 0);
	assert_int_equal(worker_share(table, 1, 0)->inflight, 0);
	worker_release(table, 1, 1);
	assert_int_equal(inflight(1), 0);
}

/* As a proxy leaves its records when it is killed between them. */
static void
die_amid(int proxy, int slot, int32_t inflight_written, int32_t share_written)
{
	table->claimants[proxy].slot = slot;
	table->claimants[proxy].sequence++;
	worker_at(table, slot)->inflight += inflight_written;
	worker_share(table, slot, proxy)->inflight += share_written;
}

static void
death_at_any_point_of_a_claim_or_release_leaks_nothing(void **state)
{
	static const int32_t written[][2] = {
	    {0, 0}, {1, 0}, {1, 1}, {0, -1}, {-1, -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++) {
		assert_true(worker_claim(table, 2, 0));
		assert_true(worker_claim(table, 2, 1));
		die_amid(0, 2, written[i][0], written[i][1]);
		assert_true(worker_forget_proxy(table, 0));
		assert_int_equal(inflight(2), 1);
		worker_release(table, 2, 1);
		assert_int_equal(inflight(2), 0);
	}
}

static void
two_that_die_amid_claims_are_settled_when_both_are_known_dead(void **state)
{
	(void)state;
	assert_true(worker_claim(table, 2, 2));
	die_amid(0, 2, 1, 0);
	die_amid(1, 2, 1, 0);
	assert_false(worker_forget_proxy(table, 0));
	assert_int_equal(inflight(2), 3);
	assert_true(worker_forget_proxy(table, 1));
	assert_true(worker_forget_proxy(table, 0));
	assert_int_equal(inflight(2), 1);
	worker_release(table, 2, 2);
	assert_int_equal(inflight(2), 0);
}

/* Claims and releases at random, as fast as it can, until killed. */
static void
churn(int proxy, unsigned int seed)
{
	int held[ROWS] = {0};

	for (;;) {
		int slot = rand_r(&seed) % ROWS;

		if (held[slot] > 0 && rand_r(&seed) % 2 == 0) {
			worker_release(table, slot, proxy);
			held[slot]--;
		} else if (worker_claim(table, slot, proxy)) {
			held[slot]++;
		}
		if (inflight(slot) > slot + 1)
			_exit(1);
	}
}

static pid_t
start_proxy(int proxy, unsigned int seed)
{
	pid_t pid = fork();

	if (pid == 0)
		churn(proxy, seed);
	return pid;
}

/* Waits until it has done some work, then kills it wherever it is. */
static void
kill_at_work(int proxy, pid_t pid)
{
	uint32_t *sequence = &table->claimants[proxy].sequence;
	uint32_t before = shared_load(sequence);
	int status;

	while (shared_load(sequence) - before < 1000)
		sched_yield();
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status));
}

static void
killing_proxies_at_work_leaves_the_counts_exact(void **state)
{
	pid_t pids[PROXIES];

	(void)state;
	for (int proxy = 0; proxy < PROXIES; proxy++)
		pids[proxy] = start_proxy(proxy, (unsigned int)proxy);
	for (int i = 0; i < KILLS; i++) {
		int proxy = i % PROXIES;

		kill_at_work(proxy, pids[proxy]);
		while (!worker_forget_proxy(table, proxy))
			;
		pids[proxy] = start_proxy(proxy, (unsigned int)i);
	}
	for (int proxy = 0; proxy < PROXIES; proxy++) {
		kill_at_work(proxy, pids[proxy]);
		while (!worker_forget_proxy(table, proxy))
			;
	}
	for (int slot = 0; slot < ROWS; slot++)
		assert_int_equal(inflight(slot), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, make_table)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_worker_of_capacity_1_is_never_given_two),
	    TEST(a_lowered_capacity_admits_nobody_until_it_has_room),
	    TEST(a_dead_proxy_gives_back_what_it_held_and_no_more),
	    TEST(death_at_any_point_of_a_claim_or_release_leaks_nothing),
	    TEST(two_that_die_amid_claims_are_settled_when_both_are_known_dead),
	    TEST(killing_proxies_at_work_leaves_the_counts_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
