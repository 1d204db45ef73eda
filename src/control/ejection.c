/* Who fails what it is given.  [control] */
#include "ejection.h"

#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "conduct.h"
#include "log.h"
#include "xmalloc.h"

enum { LOOK_US = 50000 };

struct ejection {
	struct event *timer;
};

/* The workers that the checks hold for good, in the states that they have. */
struct tally {
	int serving, ejected;
};

static struct tally
count(struct worker_table *table)
{
	struct tally tally = {0};

	for (int slot = 0; slot < worker_max(table); slot++) {
		const struct worker *worker = worker_at(table, slot);

		tally.serving += worker_is_available(worker);
		tally.ejected += worker->state == WORKER_EJECTED;
	}
	return tally;
}

/* --- coming back --- */

static void
bring_back(struct worker_table *table, int slot)
{
	const struct worker_identity *identity = worker_identity(table, slot);
	uint64_t out_us = clock_now_us() - identity->changed_us;

	log_info("worker %s is tried again; it was ejected for %.3g s",
	    identity->name, (double)out_us / 1e6);
	worker_set_state(table, slot, WORKER_UP, "");
}

static bool
bring_back_due(struct worker_table *table, bool all)
{
	bool changed = false;

	for (int slot = 0; slot < worker_max(table); slot++) {
		const struct worker_identity *identity = worker_identity(
		    table, slot);

		if (worker_at(table, slot)->state != WORKER_EJECTED)
			continue;
		if (!all && clock_now_us() - identity->changed_us <
				identity->ejected_for_us)
			continue;
		bring_back(table, slot);
		changed = true;
	}
	return changed;
}

/* --- going --- */

static bool
one_more_may_go(struct tally tally, double share)
{
	int workers = tally.serving + tally.ejected;

	if (tally.serving < 2)
		return false;
	return tally.ejected == 0 || tally.ejected + 1 <= share * workers;
}

/* Twice the last time, or the first time again for a worker that has served
 * long since. */
static uint64_t
next_time(const struct worker_identity *identity, const struct config *config)
{
	uint64_t served_us = clock_now_us() - identity->changed_us;
	uint64_t max_us = config->ejection.max_time_us;
	uint64_t time_us = identity->ejected_for_us * 2;

	if (time_us == 0 || served_us >= max_us)
		time_us = config->ejection.time_us;
	return time_us < max_us ? time_us : max_us;
}

static void
eject(struct worker_table *table, int slot, int failures,
    const struct config *config)
{
	struct worker_identity *identity = worker_identity(table, slot);
	char reason[WORKER_REASON];

	identity->ejected_for_us = next_time(identity, config);
	identity->ejections++;
	snprintf(
	    reason, sizeof(reason), "%d attempts failed in a row", failures);
	log_warn("worker %s is ejected for %.3g s: %s", identity->name,
	    (double)identity->ejected_for_us / 1e6, reason);
	worker_set_state(table, slot, WORKER_EJECTED, reason);
}

static bool
eject_failing(struct worker_table *table, const struct config *config)
{
	struct tally tally = count(table);
	bool changed = false;

	for (int slot = 0; slot < worker_max(table); slot++) {
		const struct worker *worker = worker_at(table, slot);
		int failures = __atomic_load_n(
		    &worker->failures, __ATOMIC_RELAXED);

		if (failures < config->ejection.failures ||
		    !worker_is_available(worker) ||
		    conduct_is_excused(table, slot, config->ejection.time_us) ||
		    !one_more_may_go(tally, config->ejection.share))
			continue;
		eject(table, slot, failures, config);
		tally.serving--;
		tally.ejected++;
		changed = true;
	}
	return changed;
}

/* --- all of it --- */

bool
ejection_look(struct worker_table *table, const struct config *config)
{
	bool is_off = config->ejection.failures == 0;
	bool changed = bring_back_due(table, is_off);

	if (!is_off && eject_failing(table, config))
		changed = true;
	if (count(table).serving == 0 && bring_back_due(table, true))
		changed = true;
	return changed;
}

static void
ejection_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;

	(void)fd;
	(void)what;
	if (ejection_look(control->table, control->config))
		control_changed(control);
}

struct ejection *
ejection_new(struct control *control)
{
	struct ejection *ejection = xcalloc(1, sizeof(*ejection));
	struct timeval interval = {0, LOOK_US};

	ejection->timer = event_new(
	    control->base, -1, EV_PERSIST, ejection_on_timer, control);
	event_add(ejection->timer, &interval);
	return ejection;
}

void
ejection_free(struct ejection *ejection)
{
	event_free(ejection->timer);
	free(ejection);
}
