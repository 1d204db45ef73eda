/*
 * Ends calls into Lua that do not return.  [proxies, loader]
 *
 * A compiled loop looks at nothing that could be set from outside, so it is
 * left by a jump out of a signal handler.  What the call was doing is then half
 * done: the caller gives up all that it may have touched.
 *
 * The signal (SIGVTALRM) comes from a timer on this process' processor time.
 * It does not tick while the process waits or is not scheduled, so a busy
 * machine makes no call look stuck, and costs nothing for a call that returns:
 * the handler looks which call is running, and leaves it if that was running at
 * the tick before as well.  A call thus ends after one to two limits, and some
 * milliseconds more when it is busy in other libraries than LuaJIT.
 *
 * Nested coroutines and string.gsub() with callbacks take of the C stack, which
 * LuaJIT does not watch: running off its end (SIGSEGV) is left in the same way.
 */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <stdint.h>

/* Before the first call in a process; again in a child. */
void watchdog_start(void);

/* Where calls are counted from now on, for others to see that they go by. */
void watchdog_count_in(volatile uint64_t *calls);

enum watchdog_end {
	WATCHDOG_RETURNED,
	WATCHDOG_OUT_OF_TIME,
	WATCHDOG_OUT_OF_STACK
};

/* Runs function(context), and tells whether it returned or was cut short. */
enum watchdog_end watchdog_call(
    double limit_ms, void (*function)(void *context), void *context);

/* Between these the call is not cut short: around what others rely on, such as
 * writing to the log. */
void watchdog_hold(void);
void watchdog_release(void);

#endif
