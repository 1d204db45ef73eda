/* Who is up.  [control] */
#include "health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "membership.h"
#include "probe.h"
#include "xmalloc.h"

enum { HASTE = 4 }; /* how much shorter the interval is in times of doubt */

/* The checks of one worker. */
struct check {
	struct health *health;
	int slot;
	uint32_t version; /* of the row: another one, another worker */
	struct event *timer;
	struct probe *probe;            /* NULL: none under way */
	int good, bad;                  /* in a row */
	char no_address[WORKER_REASON]; /* why; "": it has one, or soon */
};

struct health {
	struct control *control;
	struct check **checks; /* by slot */
	unsigned seed;
};

static struct worker *
worker_of(const struct check *check)
{
	return worker_at(check->health->control->table, check->slot);
}

static struct worker_identity *
identity_of(const struct check *check)
{
	return worker_identity(check->health->control->table, check->slot);
}

/* --- states --- */

/* "; it was up for 3.2 s", or nothing for a worker that is new. */
static void
lasted_text(const struct check *check, char text[48])
{
	int state = worker_of(check)->state;
	const char *what = state == WORKER_UP        ? "up"
			   : state == WORKER_EJECTED ? "ejected"
						     : "down";
	double s = (double)(clock_now_us() - identity_of(check)->changed_us) /
		   1e6;

	text[0] = '\0';
	if (state == WORKER_STARTING)
		return;
	if (s < 120)
		snprintf(text, 48, "; it was %s for %.3g s", what, s);
	else if (s < 7200)
		snprintf(text, 48, "; it was %s for %.0f min", what, s / 60);
	else
		snprintf(text, 48, "; it was %s for %.0f h", what, s / 3600);
}

static void
set_state(struct check *check, enum worker_state state, const char *reason)
{
	struct control *control = check->health->control;
	const char *name = identity_of(check)->name;
	char lasted[48];

	if (state == WORKER_DOWN) {
		lasted_text(check, lasted);
		log_warn("worker %s is down: %s%s", name, reason, lasted);
	} else {
		lasted_text(check, lasted);
		log_info("worker %s is up%s", name, lasted);
	}
	worker_set_state(control->table, check->slot, state, reason);
	control_changed(control);
}

static void
count_good(struct check *check)
{
	const struct config *config = check->health->control->config;
	int state = worker_of(check)->state;
	bool is_enough = check->good + 1 >= config->health.rise ||
			 config->health.kind == HEALTH_NONE;

	check->bad = 0;
	check->good++;
	if (state == WORKER_STARTING || (state == WORKER_DOWN && is_enough))
		set_state(check, WORKER_UP, "");
}

static void
count_bad(struct check *check, const char *reason)
{
	const struct config *config = check->health->control->config;
	int state = worker_of(check)->state;

	check->good = 0;
	check->bad++;
	if (state == WORKER_STARTING ||
	    (state != WORKER_DOWN && check->bad >= config->health.fall))
		set_state(check, WORKER_DOWN, reason);
	else if (state == WORKER_DOWN)
		snprintf(
		    identity_of(check)->reason, WORKER_REASON, "%s", reason);
}

/* --- one worker's checks --- */

/* A tenth more or less each time, so that checks do not march in step. */
static void
schedule(struct check *check)
{
	const struct config *config = check->health->control->config;
	bool is_steady = worker_of(check)->state == WORKER_UP &&
			 check->bad == 0;
	double share = rand_r(&check->health->seed) / (double)RAND_MAX;
	double us = (double)config->health.interval_us * (0.9 + 0.2 * share);
	struct timeval delay;

	if (!is_steady)
		us /= HASTE;
	delay.tv_sec = (time_t)(us / 1e6);
	delay.tv_usec = (suseconds_t)(us - 1e6 * (double)delay.tv_sec);
	evtimer_add(check->timer, &delay);
}

static void
check_on_answer(void *arg, const char *failure)
{
	struct check *check = arg;

	if (failure == NULL)
		count_good(check);
	else if (failure != probe_unasked)
		count_bad(check, failure);
	probe_free(check->probe);
	check->probe = NULL;
	schedule(check);
}

static void
ask(struct check *check, const struct address *address)
{
	struct control *control = check->health->control;
	const struct config *config = control->config;
	bool is_openlambda = config->health.kind == HEALTH_OPENLAMBDA;
	struct probe_question question = {
	    .kind = (enum health_kind)config->health.kind,
	    .status = config->health.status,
	    .timeout_us = config->health.timeout_us,
	};

	snprintf(question.path, sizeof(question.path), "%s",
	    is_openlambda ? "/status" : config->health.path);
	check->probe = probe_start(
	    control->base, address, &question, check_on_answer, check);
}

static void
check_on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct check *check = arg;
	struct control *control = check->health->control;
	struct address address;

	(void)fd;
	(void)what;
	if (worker_address(control->table, check->slot, &address)) {
		if (control->config->health.kind != HEALTH_NONE) {
			ask(check, &address);
			return;
		}
		count_good(check);
	} else if (check->no_address[0] != '\0') {
		count_bad(check, check->no_address);
	}
	schedule(check);
}

/* Now, whatever was under way or planned. */
static void
check_restart(struct check *check)
{
	probe_free(check->probe);
	check->probe = NULL;
	event_active(check->timer, EV_TIMEOUT, 0);
}

static struct check *
check_new(struct health *health, int slot)
{
	struct check *check = xcalloc(1, sizeof(*check));

	check->health = health;
	check->slot = slot;
	check->version = worker_at(health->control->table, slot)->version;
	check->timer = evtimer_new(
	    health->control->base, check_on_timer, check);
	check_restart(check);
	return check;
}

static void
check_free(struct check *check)
{
	if (check == NULL)
		return;
	probe_free(check->probe);
	event_free(check->timer);
	free(check);
}

/* --- all of them --- */

void
health_sync(struct health *health)
{
	struct worker_table *table = health->control->table;

	for (int slot = 0; slot < worker_max(table); slot++) {
		struct worker *worker = worker_at(table, slot);
		struct check **check = &health->checks[slot];
		bool is_member = membership_is_member(worker);

		if (*check != NULL &&
		    (!is_member || (*check)->version != worker->version)) {
			check_free(*check);
			*check = NULL;
		}
		if (*check == NULL && is_member)
			*check = check_new(health, slot);
	}
}

void
health_restart(struct health *health)
{
	for (int i = 0; i < worker_max(health->control->table); i++)
		if (health->checks[i] != NULL)
			check_restart(health->checks[i]);
}

void
health_on_address(struct health *health, int slot)
{
	struct check *check = health->checks[slot];

	if (check == NULL)
		return;
	check->no_address[0] = '\0';
	check_restart(check);
}

void
health_on_no_address(struct health *health, int slot, const char *reason)
{
	struct check *check = health->checks[slot];

	if (check == NULL)
		return;
	snprintf(check->no_address, sizeof(check->no_address), "%s", reason);
	check_restart(check);
}

struct health *
health_new(struct control *control)
{
	struct health *health = xcalloc(1, sizeof(*health));

	health->control = control;
	health->checks = xcalloc(
	    (size_t)worker_max(control->table), sizeof(*health->checks));
	health->seed = (unsigned)clock_read_us();
	return health;
}

void
health_free(struct health *health)
{
	for (int i = 0; i < worker_max(health->control->table); i++)
		check_free(health->checks[i]);
	free(health->checks);
	free(health);
}
