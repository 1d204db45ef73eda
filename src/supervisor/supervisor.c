/*
 * The supervisor's life: start, one loop over signals and messages, stop.
 * [supervisor]
 *
 * A stop goes in two steps: the proxies finish what they have, then control,
 * which answers questions until then, ends as well.
 */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "carry_over.h"
#include "children.h"
#include "clock.h"
#include "descriptors.h"
#include "generation.h"
#include "listeners.h"
#include "loader.h"
#include "log.h"
#include "log_files.h"
#include "membership.h"
#include "privileges.h"
#include "hub.h"
#include "inherit.h"
#include "notify.h"
#include "title.h"
#include "upgrade.h"
#include "worker.h"
#include "xmalloc.h"

enum { TICK_MS = 100, TICK_STARTING_MS = 5 };
enum { KILL_GRACE_US = 2000000 }; /* for what a drain does not end */

/* --- start --- */

static struct generation *
load(const char *path, int *fd)
{
	char report[LOADER_ERROR];
	const char *reason;
	struct generation *generation;

	*fd = loader_run(path, report);
	log_lines(LOG_ERROR, "", report);
	if (*fd == -1)
		exit(1);
	generation = generation_open(*fd, &reason);
	if (generation == NULL)
		fatal("%s: %s", path, reason);
	return generation;
}

static int
catch_signals(void)
{
	static const int caught[] = {
	    SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD};
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd == -1)
		fatal("cannot wait for signals: %m");
	return fd;
}

/* By its name, under which an upgrade finds another program. */
static void
find_program(struct supervisor *s)
{
	ssize_t len = readlink(
	    "/proc/self/exe", s->program, sizeof(s->program) - 1);

	if (len == -1)
		fatal("cannot find this program: %m");
	s->program[len] = '\0';
}

static void
check_user(const struct config *config)
{
	char line[16] = "";

	if (privileges_may_become(config->user))
		return;
	if (config->user_line > 0)
		snprintf(line, sizeof(line), ":%d", config->user_line);
	fatal("%s%s: user: only root can become %s; start picket as root, or "
	      "leave user out",
	    config->file, line, config->user);
}

static void
set_up(struct supervisor *s, const char *path)
{
	char error[LOG_FILES_ERROR];
	const struct config *config;

	find_program(s);
	inherit_read();
	s->first = load(path, &s->generation);
	config = generation_config(s->first);
	check_user(config);
	if (!log_files_prepare(config, error))
		fatal("%s", error);
	descriptors_raise();
	s->gateway = gateway_new(config->limits.workers, config->processes);
	s->gateway->generation = 1;
	s->gateway->config = config;
	s->gateway->config_path = path;
	s->is_activated = !inherit_replaces() && inherit_has_any();
	s->admin = listeners_open(s->gateway, config);
	s->pending = -1;
	s->successor = -1;
	log_start("supervisor", (enum log_level)config->log.level);
	hub_follow(s, config);
	descriptors_check(s->gateway, config);
	membership_apply(s->gateway->workers, s->first, NULL);
	worker_set_generation(s->gateway->workers, 1);
	carry_over_read(inherit_take_workers(), s->gateway->workers);
}

/* --- stop --- */

/* Do the files of Unix sockets go with this gateway? */
static bool
owns_files(const struct supervisor *s)
{
	return !s->is_replaced && !s->is_activated;
}

static void
begin_stop(struct supervisor *s, uint64_t now_us)
{
	struct message drain = {.type = MESSAGE_DRAIN};

	log_info("stopping: requests have %g s to finish",
	    (double)s->drain_us / 1e6);
	if (!s->is_replaced)
		notify("STOPPING=1");
	s->is_stopping = true;
	s->kill_at_us = now_us + s->drain_us + KILL_GRACE_US;
	listeners_close(s->gateway, owns_files(s));
	for (int i = 1; i < s->gateway->process_count; i++)
		if (s->gateway->processes[i].pid != 0)
			s->gateway->processes[i].state = PROCESS_STOPPING;
	children_tell_proxies(s, &drain, -1);
}

static void
on_stop(struct supervisor *s, uint64_t now_us)
{
	if (s->is_told_to_stop) {
		log_warn("stopping at once");
		children_kill(s);
	} else if (s->is_stopping) {
		log_info("stopping already, as another gateway serves");
	} else {
		upgrade_give_up(s);
		begin_stop(s, now_us);
	}
	s->is_told_to_stop = true;
}

/* When the proxies have ended, control may; at once when another gateway serves
 * the admin address. */
static void
advance_stop(struct supervisor *s, uint64_t now_us)
{
	struct process *control = &s->gateway->processes[0];
	struct message drain = {.type = MESSAGE_DRAIN};
	bool are_done = children_alive(s, PROCESS_PROXY) == 0;

	if ((are_done || s->is_replaced) && control->state == PROCESS_RUNNING) {
		control->state = PROCESS_STOPPING;
		if (are_done)
			s->kill_at_us = now_us + KILL_GRACE_US;
		children_tell_control(s, &drain);
	}
	if (now_us >= s->kill_at_us) {
		log_warn("some did not finish in time; ending them");
		children_kill(s);
		s->kill_at_us = UINT64_MAX;
	}
}

/* --- the loop --- */

static void
on_signal(struct supervisor *s, int number, uint64_t now_us)
{
	struct message message = {.type = MESSAGE_RELOAD};

	switch (number) {
	case SIGCHLD:
		if (hub_reap(s, now_us))
			on_stop(s, now_us);
		break;
	case SIGHUP:
		children_tell_control(s, &message);
		break;
	case SIGUSR1:
		hub_reopen(s);
		break;
	case SIGUSR2:
		upgrade_begin(s);
		break;
	case SIGINT:
	case SIGTERM:
		on_stop(s, now_us);
		break;
	}
}

static void
read_signals(struct supervisor *s, uint64_t now_us)
{
	struct signalfd_siginfo signal;

	while (read(s->signals, &signal, sizeof(signal)) == sizeof(signal))
		on_signal(s, (int)signal.ssi_signo, now_us);
}

static void
announce_ready(struct supervisor *s)
{
	struct gateway *gateway = s->gateway;
	char text[ADDRESS_TEXT], list[512] = "";
	int workers = membership_count(gateway->workers);

	for (int i = 0; i < gateway->address_count; i++) {
		size_t len = strlen(list);

		address_text(&gateway->listen[i], text);
		snprintf(list + len, sizeof(list) - len, "%s%s",
		    i == 0 ? "" : " and ", text);
	}
	log_info("listening on %s, %d worker%s, policy %s", list, workers,
	    workers == 1 ? "" : "s", gateway->config->policy_name);
	s->is_ready = true;
	inherit_say_ready();
	notify("READY=1\nMAINPID=%d", (int)getpid());
}

static int
tick_ms(const struct supervisor *s)
{
	return s->is_ready && !s->is_stopping ? TICK_MS : TICK_STARTING_MS;
}

/* Children may die and start while messages are read, so each channel is
 * polled and read by its row. */
static void
turn(struct supervisor *s, struct pollfd *polled)
{
	int count = s->gateway->process_count;
	uint64_t now_us;

	for (int i = 0; i < count; i++)
		polled[i] = (struct pollfd){
		    .fd = s->children[i].channel, .events = POLLIN};
	polled[count] = (struct pollfd){.fd = s->signals, .events = POLLIN};
	polled[count + 1] = (struct pollfd){
	    .fd = s->successor, .events = POLLIN};
	if (poll(polled, (nfds_t)count + 2, tick_ms(s)) == -1 && errno != EINTR)
		fatal("cannot wait: %m");
	clock_turn();
	now_us = clock_now_us();
	for (int i = 0; i < count; i++)
		if (polled[i].revents != 0 && hub_read(s, i))
			on_stop(s, now_us);
	if (polled[count + 1].revents != 0 && upgrade_read(s)) {
		s->is_replaced = true;
		begin_stop(s, now_us);
	}
	read_signals(s, now_us);
	children_tick(s, now_us);
	if (!s->is_ready && children_have_run(s))
		announce_ready(s);
	if (s->is_stopping)
		advance_stop(s, now_us);
}

int
supervisor_run(const char *config_path)
{
	static struct supervisor s; /* the children inherit all of it */
	struct pollfd *polled;

	set_up(&s, config_path);
	title_set("picket: supervisor");
	s.signals = catch_signals();
	clock_turn();
	children_start(&s);
	polled = xcalloc((size_t)s.gateway->process_count + 2, sizeof(*polled));
	while (!s.is_stopping || children_alive(&s, PROCESS_PROXY) > 0 ||
	       children_alive(&s, PROCESS_CONTROL) > 0)
		turn(&s, polled);
	if (address_is_unix(&s.gateway->admin) && owns_files(&s))
		unlink(s.gateway->admin.un.sun_path);
	log_info("stopped");
	free(polled);
	return 0;
}
