/*
 * A policy in use: what it is asked, what it is told, and what becomes of it
 * when it fails.  [proxies, loader]
 *
 * A state that ran out of time or memory is replaced by a fresh one, loaded
 * from the generation.  A policy that keeps failing is put into quarantine: it
 * is not called again, so that every pick is POLICY_FAILED.
 */
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "failure_spec.h"
#include "host.h"
#include "log.h"
#include "script.h"
#include "xmalloc.h"

enum { LOG_INTERVAL_US = 1000000 };

/* What leads to quarantine: more states lost within a minute, or so many in
 * all, or so many calls that failed without a pick that did not. */
enum {
	LOSSES_PER_MINUTE = 3,
	LOSSES_IN_ALL = 10,
	FAILURES_IN_A_ROW = 100,
	MINUTE_US = 60000000
};

struct policy {
	struct script *script; /* NULL: in quarantine */
	struct policy_host view;
	struct host host;
	struct request_view request;
	struct outcome_view outcome;
	uint8_t *tried; /* by slot */
	int *available; /* slots, in order; for the fallback */
	int available_count;
	uint64_t seed;
	int32_t random[4];           /* the state of math.random */
	struct failure_specs *specs; /* NULL: none are written */
	policy_header_call *header;  /* for them */
	uint64_t tick_us;
	bool wants_done;
	bool is_quiet;
	struct policy_stats stats;
	uint64_t logged_us;  /* when an error was last logged */
	uint64_t suppressed; /* errors since then */
	int failures_in_a_row;
	uint64_t lost_us[LOSSES_PER_MINUTE]; /* when states were, in turn */
};

static void
list_available(struct policy *policy)
{
	struct worker_table *table = policy->host.table;

	policy->available_count = 0;
	for (int slot = 0; slot < worker_max(table); slot++)
		if (worker_is_available(worker_at(table, slot)))
			policy->available[policy->available_count++] = slot;
}

/* Whose pick or done is running. */
static struct policy *running;

static int32_t
note_header(void *owner, const char *name, int32_t name_len, const char **value)
{
	failure_specs_note(running->specs, name, name_len);
	return running->header(owner, name, name_len, value);
}

struct policy *
policy_new(const struct generation *generation, struct worker_table *table,
    policy_header_call *request_header, policy_header_call *answer_header,
    uint64_t seed, char *error, size_t error_size)
{
	struct policy *policy = xcalloc(1, sizeof(*policy));
	size_t workers = (size_t)worker_max(table);

	policy->host.generation = generation;
	policy->host.table = table;
	policy->seed = seed;
	policy->tried = xcalloc(workers, sizeof(*policy->tried));
	policy->available = xcalloc(workers, sizeof(*policy->available));
	policy->view.tried = policy->tried;
	policy->view.request = &policy->request;
	policy->view.outcome = &policy->outcome;
	policy->view.header = request_header;
	policy->view.answer_header = answer_header;
	policy->view.random = policy->random;
	policy->header = request_header;
	policy->specs = failure_specs_new(generation, table);
	if (policy->specs != NULL)
		policy->view.header = note_header;
	host_fill(&policy->view, &policy->host);
	list_available(policy);
	policy->script = script_new(
	    generation, &policy->view, seed, error, error_size);
	if (policy->script == NULL) {
		policy_free(policy);
		return NULL;
	}
	policy->tick_us = script_tick_us(policy->script);
	policy->wants_done = script_wants_done(policy->script);
	return policy;
}

void
policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	script_free(policy->script);
	failure_specs_free(policy->specs);
	free(policy->tried);
	free(policy->available);
	free(policy);
}

/* --- failing --- */

static void
log_failure(struct policy *policy)
{
	uint64_t now_us = clock_now_us();

	if (policy->is_quiet)
		return;
	if (policy->logged_us != 0 &&
	    now_us - policy->logged_us < LOG_INTERVAL_US) {
		policy->suppressed++;
		return;
	}
	if (policy->suppressed > 0)
		log_warn("policy: %s (and %llu errors before)",
		    policy->stats.last_error,
		    (unsigned long long)policy->suppressed);
	else
		log_warn("policy: %s", policy->stats.last_error);
	policy->logged_us = now_us;
	policy->suppressed = 0;
}

static void
quarantine(struct policy *policy)
{
	struct policy_stats *stats = &policy->stats;

	stats->is_quarantined = true;
	script_free(policy->script);
	policy->script = NULL;
	if (!policy->is_quiet)
		log_error("policy: it is not called any more until the next "
			  "reload, after %llu errors in %.1f s; the last: %s",
		    (unsigned long long)stats->errors,
		    (clock_now_us() - stats->first_us) / 1e6,
		    stats->last_error);
}

static bool
loses_too_often(struct policy *policy)
{
	uint64_t now_us = clock_now_us();
	uint64_t *lost_us = &policy->lost_us[policy->stats.losses %
					     LOSSES_PER_MINUTE];
	bool too_often = *lost_us != 0 && now_us - *lost_us < MINUTE_US;

	*lost_us = now_us;
	policy->stats.losses++;
	return too_often || policy->stats.losses >= LOSSES_IN_ALL;
}

/* The state is lost: goes on with a fresh one. */
static void
renew(struct policy *policy)
{
	struct policy_stats *stats = &policy->stats;
	char error[sizeof(stats->last_error)] = "";

	script_free(policy->script);
	policy->script = NULL;
	if (!loses_too_often(policy))
		policy->script = script_new(policy->host.generation,
		    &policy->view, policy->seed + stats->losses, error,
		    sizeof(error));
	if (policy->script != NULL)
		return;
	if (error[0] != '\0')
		memcpy(stats->last_error, error, sizeof(error));
	quarantine(policy);
}

static void
write_spec(struct policy *policy, enum script_end end)
{
	static const char *const kinds[] = {
	    [SCRIPT_RAISED] = "error",
	    [SCRIPT_OUT_OF_MEMORY] = "memory",
	    [SCRIPT_OUT_OF_TIME] = "time",
	    [SCRIPT_OUT_OF_STACK] = "stack",
	};
	struct failure failure = {
	    .message = script_error(policy->script),
	    .kind = kinds[end],
	    .seed = script_seed(policy->seed + policy->stats.losses),
	    .tried = policy->tried,
	    .request = &policy->request,
	    .header = policy->header,
	};

	if (!policy->is_quiet)
		failure_specs_write(policy->specs, &failure);
}

static void
note_failure(struct policy *policy, enum script_end end)
{
	struct policy_stats *stats = &policy->stats;

	if (stats->errors++ == 0)
		stats->first_us = clock_now_us();
	snprintf(stats->last_error, sizeof(stats->last_error), "%s",
	    script_error(policy->script));
	log_failure(policy);
	if (end != SCRIPT_RAISED)
		renew(policy);
	else if (++policy->failures_in_a_row >= FAILURES_IN_A_ROW)
		quarantine(policy);
}

/* --- calling --- */

static bool
call(struct policy *policy, enum script_function function, double argument,
    int *result)
{
	enum script_end end;

	if (policy->script == NULL)
		return false;
	end = script_call(policy->script, function, argument, result);
	if (end != SCRIPT_RETURNED) {
		if (function == SCRIPT_PICK && policy->specs != NULL)
			write_spec(policy, end);
		note_failure(policy, end);
		return false;
	}
	if (function == SCRIPT_PICK)
		policy->failures_in_a_row = 0;
	return true;
}

struct request_view *
policy_request(struct policy *policy)
{
	return &policy->request;
}

uint8_t *
policy_tried(struct policy *policy)
{
	return policy->tried;
}

int
policy_pick(struct policy *policy)
{
	int slot = POLICY_FAILED;

	if (policy->available_count == 0)
		return POLICY_NONE;
	if (policy->specs != NULL)
		failure_specs_begin(policy->specs, policy->random);
	running = policy;
	policy->view.has_request = 1;
	call(policy, SCRIPT_PICK, 0, &slot);
	policy->view.has_request = 0;
	/* It went down after the policy was last told: not its fault. */
	if (slot >= 0 &&
	    !worker_is_available(worker_at(policy->host.table, slot)))
		return policy_fallback(policy);
	return slot;
}

int
policy_fallback(struct policy *policy)
{
	int best = POLICY_NONE;
	double least = 0;

	for (int i = 0; i < policy->available_count; i++) {
		int slot = policy->available[i];
		const struct worker *worker = worker_at(
		    policy->host.table, slot);
		double load = worker->inflight / worker->weight;

		if (!worker_is_available(worker) || policy->tried[slot] ||
		    worker->inflight >= worker->capacity)
			continue;
		if (best == POLICY_NONE || load < least) {
			best = slot;
			least = load;
		}
	}
	return best;
}

void
policy_changed(struct policy *policy)
{
	list_available(policy);
	call(policy, SCRIPT_CHANGED, 0, NULL);
}

bool
policy_wants_done(const struct policy *policy)
{
	return policy->wants_done;
}

struct outcome_view *
policy_outcome(struct policy *policy)
{
	return &policy->outcome;
}

void
policy_done(struct policy *policy)
{
	running = policy;
	policy->view.has_request = 1;
	call(policy, SCRIPT_DONE, 0, NULL);
	policy->view.has_request = 0;
}

uint64_t
policy_tick_us(const struct policy *policy)
{
	return policy->tick_us;
}

void
policy_tick(struct policy *policy, double now_ms)
{
	call(policy, SCRIPT_TICK, now_ms, NULL);
}

/* --- looking --- */

const char *
policy_check_workers(struct policy *policy)
{
	return call(policy, SCRIPT_CHECK, 0, NULL) ? NULL
						   : policy->stats.last_error;
}

void
policy_be_quiet(struct policy *policy)
{
	policy->is_quiet = true;
}

const struct policy_stats *
policy_stats(const struct policy *policy)
{
	return &policy->stats;
}
