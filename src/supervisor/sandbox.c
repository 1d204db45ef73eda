/* System call filters, with libseccomp.  [children while they start] */
#include "sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "log.h"

/* Names, since not every machine has every call. */
static const char *const calls[] = {
    /* memory; LuaJIT makes its code executable with mprotect */
    "brk", "madvise", "mmap", "mprotect", "mremap", "munmap",
    /* time, and the watchdog of the policy */
    "clock_getres", "clock_gettime", "clock_nanosleep", "getitimer",
    "gettimeofday", "nanosleep", "setitimer", "time", "timer_create",
    "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime",
    /* signals to itself: abort() */
    "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
    "rt_sigreturn", "rt_sigtimedwait", "sigaltstack", "signalfd4", "tgkill",
    /* descriptors */
    "close", "close_range", "dup", "dup2", "dup3", "epoll_create",
    "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "eventfd2", "fcntl", "fstat", "fsync", "ioctl", "lseek", "pipe", "pipe2",
    "poll", "ppoll", "pread64", "pselect6", "pwrite64", "read", "readv",
    "select", "timerfd_create", "timerfd_settime", "write", "writev",
    /* files: logs, and what a failing policy leaves behind */
    "access", "faccessat", "faccessat2", "getcwd", "lstat", "mkdir", "mkdirat",
    "newfstatat", "open", "openat", "readlink", "readlinkat", "rename",
    "renameat", "renameat2", "stat", "statfs", "fstatfs", "statx", "umask",
    "unlink", "unlinkat",
    /* sockets; see also allow_sockets() */
    "accept", "accept4", "connect", "getpeername", "getsockname", "getsockopt",
    "recvfrom", "recvmmsg", "recvmsg", "sendmmsg", "sendmsg", "sendto",
    "setsockopt", "shutdown", "splice",
    /* itself */
    "exit", "exit_group", "futex", "getegid", "geteuid", "getgid", "getpid",
    "getppid", "getrandom", "getrlimit", "getrusage", "gettid", "getuid",
    "membarrier", "prctl", "rseq", "sched_getaffinity", "sched_yield",
    "set_robust_list", "set_tid_address", "sysinfo", "uname", NULL};

/* Loaders, generations, lookups, and a stop without a supervisor. */
static const char *const control_calls[] = {"bind", "chdir", "clone", "clone3",
    "fallocate", "fork", "ftruncate", "getdents64", "kill", "memfd_create",
    "prlimit64", "setrlimit", "socketpair", "vfork", "wait4", "waitid", NULL};

static bool
allow_all(scmp_filter_ctx filter, const char *const *names)
{
	for (; *names != NULL; names++) {
		int call = seccomp_syscall_resolve_name(*names);

		if (call != __NR_SCMP_ERROR &&
		    seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) != 0 &&
		    call >= 0)
			return false;
	}
	return true;
}

/* Of the families that it uses, and no netlink, packet or raw sockets. */
static bool
allow_sockets(scmp_filter_ctx filter)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6};

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket),
			1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i])) != 0)
			return false;
	return true;
}

/* Limits may be read. */
static bool
allow_limits(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1,
		   SCMP_A2(SCMP_CMP_EQ, 0)) == 0;
}

static bool
load(enum process_kind kind)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool loaded;

	if (filter == NULL)
		return false;
	loaded = allow_all(filter, calls) && allow_sockets(filter) &&
		 allow_limits(filter) &&
		 (kind != PROCESS_CONTROL ||
		     allow_all(filter, control_calls)) &&
		 seccomp_load(filter) == 0;
	seccomp_release(filter);
	return loaded;
}

/* Sanitizers make calls of their own. */
static bool
is_instrumented(void)
{
#ifdef __SANITIZE_ADDRESS__
	return true;
#else
	return false;
#endif
}

void
sandbox_enter(enum process_kind kind, bool filter)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		log_warn("cannot give up new privileges: %m");
	if (filter && !is_instrumented() && !load(kind))
		log_warn("cannot filter system calls; going on without");
}
