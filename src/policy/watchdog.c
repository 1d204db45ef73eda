/*
 * The timer, and the jump.  [proxies, loader]
 *
 * Only one call runs at a time, so all of this is one set of variables.  A
 * timer is not inherited by a forked child, which makes its own.
 *
 * The jump is made only from LuaJIT's code and from what it has compiled.  From
 * anywhere else it could leave a lock behind: raising an error goes through the
 * unwinder, which has one for the whole process.  A call that is elsewhere when
 * its time is over is looked at again soon.
 */
#include "watchdog.h"

#include <dlfcn.h>
#include <link.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <lua.h>

#include "log.h"

enum { OTHERS_MAX = 64, AGAIN_MS = 1 };
/* For the handlers, since the stack may be what has run out. */
enum { HANDLER_STACK = 64 * 1024 };
/* A fault this near to the stack pointer is the stack's end. */
enum { NEAR = 128 * 1024 };

static timer_t timer;
static pid_t timer_owner; /* 0: there is no timer yet */
static double timer_ms;

static sigjmp_buf way_out;
static volatile sig_atomic_t is_running, is_held;
static volatile uint64_t own_count, *calls = &own_count;
static volatile uint64_t seen; /* of these, at the last tick */
static volatile enum watchdog_end cut_by;
static struct sigaction fault_before;

/* Where the code of everything but LuaJIT lies. */
static struct {
	uintptr_t begin, end;
} others[OTHERS_MAX];
static int other_count;

/* --- where the program is --- */

static uintptr_t
program_counter(const ucontext_t *context)
{
#if defined(__x86_64__)
	return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return (uintptr_t)context->uc_mcontext.pc;
#else
#error "say where the program counter of this processor is"
#endif
}

static uintptr_t
stack_pointer(const ucontext_t *context)
{
#if defined(__x86_64__)
	return (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
	return (uintptr_t)context->uc_mcontext.sp;
#endif
}

static bool
holds(const struct dl_phdr_info *object, const ElfW(Phdr) * segment,
    uintptr_t address)
{
	uintptr_t begin = object->dlpi_addr + segment->p_vaddr;

	return address >= begin && address < begin + segment->p_memsz;
}

static int
note_object(struct dl_phdr_info *object, size_t size, void *context)
{
	uintptr_t luajit = *(uintptr_t *)context;

	(void)size;
	for (int i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_LOAD &&
		    holds(object, &object->dlpi_phdr[i], luajit))
			return 0;
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &object->dlpi_phdr[i];

		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
			continue;
		if (other_count == OTHERS_MAX)
			fatal("more than %d libraries", OTHERS_MAX);
		others[other_count].begin = object->dlpi_addr +
					    segment->p_vaddr;
		others[other_count].end = others[other_count].begin +
					  segment->p_memsz;
		other_count++;
	}
	return 0;
}

/* In a program that is not position-independent, &lua_pcall is an address of
 * the program itself; the next object that has one is the library, if it is
 * one. */
static void
note_others(void)
{
	uintptr_t luajit = (uintptr_t)dlsym(RTLD_NEXT, "lua_pcall");

	if (luajit == 0)
		luajit = (uintptr_t)lua_pcall;
	other_count = 0;
	dl_iterate_phdr(note_object, &luajit);
}

static bool
is_elsewhere(uintptr_t address)
{
	for (int i = 0; i < other_count; i++)
		if (address >= others[i].begin && address < others[i].end)
			return true;
	return false;
}

/* --- the timer --- */

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

static void __attribute__((noreturn)) leave(enum watchdog_end end)
{
	cut_by = end;
	siglongjmp(way_out, 1);
}

static void
on_tick(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number, (void)info;
	if (!is_running)
		return;
	if (seen != *calls) {
		seen = *calls;
		return;
	}
	if (!is_held && !is_elsewhere(program_counter(context)))
		leave(WATCHDOG_OUT_OF_TIME);
	if (timer_ms != AGAIN_MS)
		set_timer(AGAIN_MS);
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

static bool
is_stack_end(const siginfo_t *info, const ucontext_t *context)
{
	uintptr_t fault = (uintptr_t)info->si_addr;
	uintptr_t stack = stack_pointer(context);

	return fault + NEAR > stack && fault < stack + NEAR;
}

/* Any other fault happens again when this returns, as if it were not here; one
 * that somebody sent (its code is not positive) does not by itself. */
static void
on_fault(int signal_number, siginfo_t *info, void *context)
{
	bool is_sent = info->si_code <= 0;

	if (is_running && !is_sent && is_stack_end(info, context))
		leave(WATCHDOG_OUT_OF_STACK);
	sigaction(signal_number, &fault_before, NULL);
	if (is_sent)
		raise(signal_number);
}

static void
catch_stack_end(void)
{
	static char memory[HANDLER_STACK];
	struct sigaction action = {.sa_sigaction = on_fault,
			     .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER},
			 before;
	stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};

	if (sigaltstack(&stack, NULL) == -1 ||
	    sigaction(SIGSEGV, &action, &before) == -1)
		fatal("cannot watch the stack of policies: %m");
	if (before.sa_sigaction != on_fault) /* the parent's */
		fault_before = before;
}

static void
make_timer(void)
{
	struct sigaction action = {.sa_sigaction = on_tick,
	    .sa_flags = SA_RESTART | SA_SIGINFO | SA_ONSTACK};
	struct sigevent event = {
	    .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGVTALRM};

	if (sigaction(SIGVTALRM, &action, NULL) == -1 ||
	    timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == -1)
		fatal("cannot make a timer for policies: %m");
	catch_stack_end();
	timer_owner = getpid();
	timer_ms = 0;
	note_others();
	unblock();
}

void
watchdog_start(void)
{
	if (timer_owner != getpid())
		make_timer();
}

void
watchdog_count_in(volatile uint64_t *where)
{
	calls = where;
}

/* Not to save the signal mask at every call saves a system call. */
enum watchdog_end
watchdog_call(double limit_ms, void (*function)(void *), void *context)
{
	if (limit_ms != timer_ms)
		set_timer(limit_ms);
	if (sigsetjmp(way_out, 0) != 0) {
		is_running = 0;
		is_held = 0;
		unblock();
		return cut_by;
	}
	*calls = *calls + 1;
	atomic_signal_fence(memory_order_seq_cst);
	is_running = 1;
	function(context);
	is_running = 0;
	return WATCHDOG_RETURNED;
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
