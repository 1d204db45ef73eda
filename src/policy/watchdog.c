/*
 * The timer, and the jump.  [proxies, loader]
 *
 * Only one call runs at a time, so all of this is one set of variables.  A
 * timer is not inherited by a forked child, which makes its own.
 */
#include "watchdog.h"

#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

static timer_t timer;
static pid_t timer_owner; /* 0: there is no timer yet */
static double timer_ms;

static sigjmp_buf way_out;
static volatile sig_atomic_t is_running, is_held;
static volatile unsigned running, seen; /* numbers of calls */

static void
on_tick(int signal_number)
{
	(void)signal_number;
	if (!is_running || is_held)
		return;
	if (seen == running)
		siglongjmp(way_out, 1);
	seen = running;
}

static void
make_timer(void)
{
	struct sigaction action = {
	    .sa_handler = on_tick, .sa_flags = SA_RESTART};
	struct sigevent event = {
	    .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGVTALRM};

	if (sigaction(SIGVTALRM, &action, NULL) == -1 ||
	    timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == -1)
		fatal("cannot make a timer for policies: %m");
	timer_owner = getpid();
	timer_ms = 0;
}

static void
set_timer(double ms)
{
	struct itimerspec spec;

	spec.it_interval.tv_sec = (time_t)(ms / 1000);
	spec.it_interval.tv_nsec = (long)((ms -
					      (double)spec.it_interval.tv_sec *
						  1000) *
					  1e6);
	spec.it_value = spec.it_interval;
	timer_settime(timer, 0, &spec, NULL);
	timer_ms = ms;
}

void
watchdog_start(void)
{
	if (timer_owner != getpid())
		make_timer();
}

/* The jump leaves the signal blocked, as it is while its handler runs. */
static void
unblock(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGVTALRM);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* Not to save the signal mask at every call saves a system call. */
bool
watchdog_call(double limit_ms, void (*function)(void *), void *context)
{
	if (limit_ms != timer_ms)
		set_timer(limit_ms);
	if (sigsetjmp(way_out, 0) != 0) {
		is_running = 0;
		unblock();
		return false;
	}
	running = running + 1;
	atomic_signal_fence(memory_order_seq_cst);
	is_running = 1;
	function(context);
	is_running = 0;
	return true;
}

void
watchdog_hold(void)
{
	is_held = 1;
	atomic_signal_fence(memory_order_seq_cst);
}

void
watchdog_release(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	is_held = 0;
}
