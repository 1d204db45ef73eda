/*
 * The control process: one loop over the admin address, health checks, lookups
 * and the supervisor's messages.  It never blocks.  [control]
 *
 * It keeps nothing that matters to itself: who is a worker and how it is lies
 * in the shared table, so a successor goes on where this one ended.
 */
#include "control.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "admin.h"
#include "channel.h"
#include "clock.h"
#include "control_state.h"
#include "discovery.h"
#include "ejection.h"
#include "health.h"
#include "log.h"
#include "membership.h"
#include "reload.h"
#include "slow_start.h"

enum { TICK_US = 250000, OPEN_TICK_US = 5000 };

/* The admin address is served when every worker has been checked once, so that
 * who waits for it finds the workers up; but it never waits longer than this.
 */
enum { OPEN_MAX_US = 1000000 };

struct life {
	struct control control;
	struct event *message, *tick, *term;
	int admin; /* the socket, while it is not served yet; -1: none */
	uint64_t open_by_us;
	bool done;
};

/* --- for the other parts --- */

/* False when there is no supervisor any more. */
static bool
tell(struct control *control, enum message_type type)
{
	struct message message = {.type = (int32_t)type};

	return channel_send(control->channel, &message, -1);
}

static void
publish(struct control *control)
{
	slow_start_look(control->table, control->config);
	worker_publish(control->table);
	tell(control, MESSAGE_MEMBERSHIP);
}

void
control_changed(struct control *control)
{
	event_active(control->changed, EV_TIMEOUT, 0);
}

static void
control_on_changed(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	publish(arg);
}

void
control_sync(struct control *control)
{
	publish(control);
	health_sync(control->health);
	discovery_look(control->discovery);
}

/* Sends a signal to each proxy; returns how many there were to get it. */
static int
signal_proxies(const struct gateway *gateway, int number)
{
	int reached = 0;

	for (int i = 1; i < gateway->process_count; i++) {
		pid_t pid = gateway->processes[i].pid;

		if (pid > 0 && kill(pid, number) == 0)
			reached++;
	}
	return reached;
}

bool
control_upgrade(struct control *control)
{
	return tell(control, MESSAGE_UPGRADE);
}

void
control_stop(struct control *control)
{
	if (tell(control, MESSAGE_STOP))
		return;
	control->stops_alone = true;
	signal_proxies(control->gateway, SIGTERM);
}

/* --- generations --- */

static void
apply_log(const struct config *config)
{
	log_set_level((enum log_level)config->log.level);
	log_to_file(config->log.file[0] != '\0' ? config->log.file : NULL);
}

static void
control_on_swap(void *arg, struct generation *generation)
{
	struct control *control = arg;

	generation_close(control->generation);
	control->generation = generation;
	control->config = generation_config(generation);
	apply_log(control->config);
	control_sync(control);
	discovery_configure(control->discovery, control->config);
	health_restart(control->health);
}

/* --- the supervisor --- */

static void
hear(struct life *life, const struct message *message)
{
	switch ((enum message_type)message->type) {
	case MESSAGE_RELOAD:
		reload_ask(life->control.reload, NULL, NULL);
		break;
	case MESSAGE_PREPARED:
	case MESSAGE_REFUSED:
		reload_hear(life->control.reload, message);
		break;
	case MESSAGE_UPGRADE:
		life->control.upgrades_failed++;
		snprintf(life->control.upgrade_error,
		    sizeof(life->control.upgrade_error), "%s", message->text);
		break;
	case MESSAGE_REOPEN:
		apply_log(life->control.config);
		break;
	case MESSAGE_DRAIN:
		life->done = true;
		break;
	default:
		log_warn("the supervisor sent message %d", message->type);
	}
}

static void
control_on_term(evutil_socket_t number, short what, void *arg)
{
	struct life *life = arg;

	(void)number;
	(void)what;
	life->done = true;
}

/* Without a supervisor this process serves on, until it is told to end. */
static void
serve_alone(struct life *life)
{
	log_error("the supervisor is gone; serving on without reloads");
	life->control.supervisor = 0;
	life->control.gateway->processes[0].upgrading = 0;
	event_del(life->message);
	life->term = evsignal_new(
	    life->control.base, SIGTERM, control_on_term, life);
	event_add(life->term, NULL);
}

/* While there is a supervisor, it does this. */
static void
forget_dead_proxies(struct control *control)
{
	struct gateway *gateway = control->gateway;

	for (int i = 1; i < gateway->process_count; i++) {
		struct process *row = &gateway->processes[i];

		if (row->pid == 0 || kill(row->pid, 0) == 0 || errno != ESRCH)
			continue;
		if (!worker_forget_proxy(control->table, row->number))
			continue; /* again at the next tick */
		log_error("proxy/%d (process %d) is gone", row->number,
		    (int)row->pid);
		process_clear(row);
		row->state = PROCESS_GONE;
		row->pid = 0;
		gateway_wake(gateway);
	}
}

static void
control_on_message(evutil_socket_t channel, short what, void *arg)
{
	struct life *life = arg;
	struct message message;
	int fd, got;

	(void)what;
	while ((got = channel_receive(channel, &message, &fd)) == 1) {
		if (fd != -1)
			close(fd);
		hear(life, &message);
	}
	if (got == -1)
		serve_alone(life);
}

/* --- the clock --- */

static bool
all_are_checked(struct worker_table *table)
{
	for (int slot = 0; slot < worker_max(table); slot++)
		if (worker_at(table, slot)->state == WORKER_STARTING)
			return false;
	return true;
}

static void
open_admin(struct life *life, uint64_t now_us)
{
	struct control *control = &life->control;

	if (!all_are_checked(control->table) && now_us < life->open_by_us)
		return;
	control->admin = admin_new(control, life->admin);
	life->open_by_us = 0;
}

static void
arm_tick(struct life *life)
{
	struct timeval delay = {0, life->open_by_us ? OPEN_TICK_US : TICK_US};

	event_add(life->tick, &delay);
}

/* The first heartbeat says that this process serves. */
static void
control_on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct life *life = arg;
	uint64_t now_us = clock_now_us();

	(void)fd;
	(void)what;
	if (life->open_by_us != 0)
		open_admin(life, now_us);
	if (life->open_by_us == 0)
		life->control.gateway->processes[0].heartbeat_us = now_us;
	if (life->term != NULL)
		forget_dead_proxies(&life->control);
	worker_sweep(life->control.table);
	if (slow_start_look(life->control.table, life->control.config))
		control_changed(&life->control);
	/* Again: one that has not yet noticed that the supervisor is gone, or
	 * was stopped, ignores it. */
	if (life->control.stops_alone &&
	    signal_proxies(life->control.gateway, SIGTERM) == 0)
		life->done = true;
	arm_tick(life);
}

/* --- its life --- */

/* Rows whose address a predecessor was just writing when it died. */
static void
repair_addresses(struct worker_table *table)
{
	struct address address;

	for (int slot = 0; slot < worker_max(table); slot++)
		if (membership_is_member(worker_at(table, slot)) &&
		    membership_numeric(worker_identity(table, slot), &address))
			worker_set_address(table, slot, &address);
}

static void
begin(struct life *life, int generation)
{
	struct control *control = &life->control;
	const char *reason;

	control->supervisor = getppid();
	control->base = event_base_new();
	control->generation = generation_open(generation, &reason);
	if (control->base == NULL || control->generation == NULL)
		fatal("cannot begin: %s",
		    control->base == NULL ? "no event loop" : reason);
	control->config = generation_config(control->generation);
	apply_log(control->config);
	control->changed = event_new(
	    control->base, -1, 0, control_on_changed, control);
	control->discovery = discovery_new(control);
	discovery_configure(control->discovery, control->config);
	control->health = health_new(control);
	control->ejection = ejection_new(control);
	control->reload = reload_new(control->base, control->gateway,
	    control->channel, control_on_swap, control);
	life->message = event_new(control->base, control->channel,
	    EV_READ | EV_PERSIST, control_on_message, life);
	life->tick = evtimer_new(control->base, control_on_tick, life);
	event_add(life->message, NULL);
	event_active(life->tick, EV_TIMEOUT, 0);
	life->open_by_us = clock_now_us() + OPEN_MAX_US;
	reload_finish(control->gateway, control->generation);
	repair_addresses(control->table);
	control_sync(control);
}

static void
end(struct life *life)
{
	struct control *control = &life->control;

	reload_free(control->reload);
	admin_free(control->admin);
	ejection_free(control->ejection);
	health_free(control->health);
	discovery_free(control->discovery);
	event_free(control->changed);
	event_free(life->message);
	event_free(life->tick);
	if (life->term != NULL)
		event_free(life->term);
	event_base_free(control->base);
	generation_close(control->generation);
}

int
control_run(struct gateway *gateway, int channel, int generation, int admin)
{
	struct life life = {.admin = admin};

	life.control.gateway = gateway;
	life.control.table = gateway->workers;
	life.control.channel = channel;
	signal(SIGPIPE, SIG_IGN);
	begin(&life, generation);
	while (!life.done) {
		clock_turn();
		event_base_loop(life.control.base, EVLOOP_ONCE);
	}
	end(&life);
	return 0;
}
