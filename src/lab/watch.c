/* The lab's timer.  [lab] */
#include "watch.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lab_lua.h"
#include "log.h"
#include "terminal.h"

/* A call ends after one to two of them.  By its defaults, the gateway lets no
 * call go on for longer than one. */
#define LIMIT_S 1
#define LIMIT_TEXT "1 s"

/* As lua/lib/lab/watch.lua makes it. */
struct watched {
	const char *place; /* NULL: no function runs */
	double calls;
};

static volatile const struct watched *watched;
static double seen; /* the number of the call that ran at the last tick */
static bool has_bar;

static void
say(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) == -1)
		_exit(1); /* nobody listens */
}

static void
watch_on_tick(int number)
{
	const char *place = watched->place;

	(void)number;
	if (place == NULL || watched->calls != seen) {
		seen = place == NULL ? 0 : watched->calls;
		return;
	}
	if (has_bar)
		say("\r\033[K");
	say("picket: ");
	say(place);
	say(" did not return within " LIMIT_TEXT "\n");
	_exit(1);
}

/* Of the thread's time: while there is a timer on the process', Linux tells
 * that time to the millisecond only, and the lab could not measure a pick. */
static void
start_timer(void)
{
	struct sigaction action = {
	    .sa_handler = watch_on_tick, .sa_flags = SA_RESTART};
	struct sigevent event = {
	    .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGVTALRM};
	const struct itimerspec limit = {{LIMIT_S, 0}, {LIMIT_S, 0}};
	timer_t timer;

	if (sigaction(SIGVTALRM, &action, NULL) == -1 ||
	    timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) == -1 ||
	    timer_settime(timer, 0, &limit, NULL) == -1)
		fatal("cannot watch policies: %m");
}

void
watch_start(lua_State *L)
{
	lab_lua_push_function(L, "lab.watch", "memory");
	lab_lua_call(L, 0, 1);
	watched = lua_topointer(L, -1);
	lua_pop(L, 1);
	has_bar = terminal_columns() > 0;
	start_timer();
}
