/* The children's lives.  [supervisor, and each child's first moments] */
#include "children.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "back_off.h"
#include "clock.h"
#include "control.h"
#include "inherit.h"
#include "log.h"
#include "notify.h"
#include "privileges.h"
#include "proxy.h"
#include "sandbox.h"
#include "title.h"
#include "worker.h"
#include "xmalloc.h"

/* Proxies start when control has checked the workers, so that the first request
 * finds them; but they wait no longer than this. */
enum { CHECKING_US = 2000000 };

static const char *
child_name(const struct child *child)
{
	static char text[24];

	return process_name(child->row, text);
}

/* --- in the child --- */

static void
close_if_open(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/* What is not this child's to hold: a copy kept by mistake would keep a dead
 * process' connections open. */
static void
close_others(struct supervisor *s, const struct process *row)
{
	struct gateway *gateway = s->gateway;
	int per_proxy = gateway->listener_count;
	int sockets = (gateway->process_count - 1) * per_proxy;

	for (int i = 0; i < gateway->process_count; i++)
		close_if_open(&s->children[i].channel);
	close_if_open(&s->signals);
	close_if_open(&s->successor);
	close_if_open(&s->pending);
	inherit_close();
	if (row->kind == PROCESS_PROXY)
		close_if_open(&s->admin);
	for (int i = 0; i < sockets; i++)
		if (row->kind != PROCESS_PROXY || i / per_proxy != row->number)
			close_if_open(&gateway->listeners[i]);
}

/* The terminal and the service manager signal every process; what they mean
 * reaches a child as a message, once the supervisor has understood it. */
static void
ignore_signals(void)
{
	static const int ignored[] = {
	    SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
run_child(struct supervisor *s, struct child *child, int channel)
{
	struct process *row = child->row;
	const char *name = child_name(child);
	int status;

	ignore_signals();
	close_others(s, row);
	title_set("picket: %s", name);
	log_start(name, log_level);
	if (!privileges_drop(s->gateway->config->user))
		exit(1);
	sandbox_enter(
	    (enum process_kind)row->kind, s->gateway->config->sandbox);
	if (row->kind == PROCESS_CONTROL)
		status = control_run(
		    s->gateway, channel, s->generation, s->admin);
	else
		status = proxy_run(
		    s->gateway, row->number, channel, s->generation);
	exit(status);
}

/* --- starting --- */

static void
send_pending(struct supervisor *s, struct child *child)
{
	struct message prepare = {
	    .type = MESSAGE_PREPARE, .generation = s->pending_number};

	if (s->pending != -1 && child->row->kind == PROCESS_PROXY)
		channel_send(child->channel, &prepare, s->pending);
}

static void
adopt(struct child *child, pid_t pid, int channel, uint64_t now_us)
{
	struct process *row = child->row;

	child->channel = channel;
	child->start_at_us = UINT64_MAX;
	standstill_begin(&child->still, now_us);
	row->pid = pid;
	row->started_us = now_us;
	row->state = PROCESS_RUNNING;
}

static void
start_later(struct child *child, uint64_t now_us)
{
	uint64_t delay_us = back_off_us(child->quick_deaths);

	child->start_at_us = now_us + delay_us;
	if (delay_us > 0)
		log_info("%s starts again in %g s", child_name(child),
		    (double)delay_us / 1e6);
}

static void
child_start(struct supervisor *s, struct child *child)
{
	uint64_t now_us = clock_now_us(); /* no later than the turn's */
	int ends[2] = {-1, -1};
	pid_t pid = -1;

	child->row->generation = s->gateway->generation;
	if (channel_pair(ends))
		pid = fork();
	if (pid == 0) {
		close(ends[0]);
		run_child(s, child, ends[1]);
	}
	close_if_open(&ends[1]);
	if (pid == -1) {
		log_error("cannot start %s: %m", child_name(child));
		close_if_open(&ends[0]);
		child->quick_deaths++;
		start_later(child, now_us);
		return;
	}
	adopt(child, pid, ends[0], now_us);
	send_pending(s, child);
}

void
children_start(struct supervisor *s)
{
	struct gateway *gateway = s->gateway;

	s->children = xcalloc(
	    (size_t)gateway->process_count, sizeof(*s->children));
	for (int i = 0; i < gateway->process_count; i++) {
		s->children[i].row = &gateway->processes[i];
		s->children[i].channel = -1;
		s->children[i].is_forgotten = true;
	}
	s->proxies_by_us = clock_now_us() + CHECKING_US;
	child_start(s, &s->children[0]);
}

/* --- dying --- */

static void
forget(struct supervisor *s, struct child *child)
{
	if (child->row->kind == PROCESS_PROXY &&
	    !worker_forget_proxy(s->gateway->workers, child->row->number))
		return; /* again at the next tick */
	child->is_forgotten = true;
	gateway_wake(s->gateway);
}

static void
say_death(const struct child *child, int status, char text[MESSAGE_TEXT])
{
	int len = snprintf(text, MESSAGE_TEXT, "%s (process %d) ",
	    child_name(child), (int)child->row->pid);
	size_t size = MESSAGE_TEXT - (size_t)len;

	if (WIFSIGNALED(status))
		snprintf(text + len, size, "was killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(text + len, size, "exited with status %d",
		    WEXITSTATUS(status));
}

/* A generation that control offered dies with it, unless it is the current one
 * by now. */
static void
abort_for_control(struct supervisor *s)
{
	struct message abort = {
	    .type = MESSAGE_ABORT, .generation = s->pending_number};
	bool has_swapped = s->pending_number == s->gateway->generation;

	notify_reloaded(has_swapped ? NULL : "control has died");
	if (s->pending == -1)
		return;
	close_if_open(&s->pending);
	children_tell_proxies(s, &abort, -1);
}

/* It may be the new generation that it died of. */
static void
refuse_for_proxy(struct supervisor *s, int row, const char *death)
{
	struct message refused = {.type = MESSAGE_REFUSED,
	    .process = row,
	    .generation = s->pending_number};

	if (s->pending == -1)
		return;
	snprintf(refused.text, sizeof(refused.text),
	    "%.512s while the reload was prepared", death);
	children_tell_control(s, &refused);
}

void
children_bury(struct supervisor *s, int index, int status, uint64_t now_us)
{
	struct child *child = &s->children[index];
	struct process *row = child->row;
	char death[MESSAGE_TEXT];

	say_death(child, status, death);
	log_write(s->is_stopping ? LOG_DEBUG : LOG_ERROR, "%s", death);
	close_if_open(&child->channel);
	row->state = PROCESS_GONE;
	row->pid = 0;
	process_clear(row);
	child->is_forgotten = false;
	forget(s, child);
	if (row->kind == PROCESS_CONTROL)
		abort_for_control(s);
	else
		refuse_for_proxy(s, index, death);
	if (s->is_stopping)
		return;
	row->restarts++;
	if (now_us - row->started_us < BACK_OFF_QUICK_US)
		child->quick_deaths++;
	else
		child->quick_deaths = 0;
	start_later(child, now_us);
}

int
children_next_dead(struct supervisor *s, int *status)
{
	pid_t pid;

	while ((pid = waitpid(-1, status, WNOHANG)) > 0)
		for (int i = 0; i < s->gateway->process_count; i++)
			if (s->children[i].row->pid == pid)
				return i;
	return -1;
}

/* --- watching --- */

static void
watch_heartbeat(struct child *child, uint64_t now_us)
{
	pid_t pid = child->row->pid;
	uint64_t beat = __atomic_load_n(
			    &child->row->heartbeat_us, __ATOMIC_RELAXED) +
			__atomic_load_n(
			    &child->row->policy_calls, __ATOMIC_RELAXED);
	struct standing standing;

	if (!standstill_is_late(&child->still, beat, now_us))
		return;
	standing = standstill_read(pid);
	if (!standstill_judge(&child->still, &standing, now_us))
		return;
	log_error("%s (process %d) stands still (state %c); replacing it",
	    child_name(child), (int)pid, standing.state);
	kill(pid, SIGKILL);
	standstill_begin(&child->still, now_us);
}

static bool
may_start(
    const struct supervisor *s, const struct child *child, uint64_t now_us)
{
	bool has_checked = s->is_ready || now_us >= s->proxies_by_us ||
			   s->gateway->processes[0].heartbeat_us != 0;

	return child->is_forgotten && !s->is_stopping &&
	       child->start_at_us <= now_us &&
	       (has_checked || child->row->kind == PROCESS_CONTROL);
}

void
children_tick(struct supervisor *s, uint64_t now_us)
{
	for (int i = 0; i < s->gateway->process_count; i++) {
		struct child *child = &s->children[i];

		if (!child->is_forgotten)
			forget(s, child);
		if (child->row->pid != 0)
			watch_heartbeat(child, now_us);
		else if (may_start(s, child, now_us))
			child_start(s, child);
	}
}

bool
children_have_run(const struct supervisor *s)
{
	for (int i = 0; i < s->gateway->process_count; i++)
		if (s->gateway->processes[i].heartbeat_us == 0)
			return false;
	return true;
}

int
children_alive(const struct supervisor *s, enum process_kind kind)
{
	int alive = 0;

	for (int i = 0; i < s->gateway->process_count; i++)
		if (s->children[i].row->kind == (int32_t)kind &&
		    s->children[i].row->pid != 0)
			alive++;
	return alive;
}

void
children_kill(struct supervisor *s)
{
	for (int i = 0; i < s->gateway->process_count; i++)
		if (s->children[i].row->pid != 0)
			kill(s->children[i].row->pid, SIGKILL);
}

/* --- telling --- */

void
children_tell_control(struct supervisor *s, const struct message *message)
{
	if (s->children[0].channel != -1 &&
	    !channel_send(s->children[0].channel, message, -1))
		log_warn("control does not read its messages");
}

void
children_tell_proxies(
    struct supervisor *s, const struct message *message, int fd)
{
	for (int i = 1; i < s->gateway->process_count; i++) {
		struct child *child = &s->children[i];

		if (child->channel == -1 ||
		    channel_send(child->channel, message, fd) ||
		    errno == EPIPE || errno == ECONNRESET || /* it dies */
		    message->type == MESSAGE_MEMBERSHIP)
			continue;
		log_error("%s does not read its messages; replacing it",
		    child_name(child));
		kill(child->row->pid, SIGKILL);
	}
}
