/*
 * The trial of a policy, on a worker table of its own.  [loader]
 *
 * Its table is made for the process that tries and stays until it ends.  As in
 * a gateway that starts, no worker is up yet when the policy is loaded.
 */
#include "trial.h"

#include <stdio.h>
#include <string.h>

#include "mistake.h"
#include "policy.h"
#include "worker.h"

enum { MADE_UP_WORKERS = 3, FUNCTIONS = 8, TRIAL_SEED = 1 };

struct trial {
	const struct generation *generation;
	struct worker_table *table;
	struct policy *policy;
	int workers;      /* rows 0 to workers - 1 */
	int functions;    /* registered ones that are tried */
	bool are_idle;    /* all workers are up, and have little to do */
	char without[64]; /* a function for which nobody was picked then */
	double now_ms;
};

/* --- the table --- */

static void
add_worker(
    struct worker_table *table, const struct listed_worker *listed, int number)
{
	struct listed_worker made_up = {
	    .weight = 1, .capacity = WORKER_CAPACITY_ANY, .port = number};

	if (listed == NULL) {
		snprintf(
		    made_up.name, sizeof(made_up.name), "made-up %d", number);
		snprintf(made_up.url, sizeof(made_up.url),
		    "http://made-up.invalid:%d", number);
		listed = &made_up;
	}
	worker_add(table, listed->name, listed->url, listed->host, listed->port,
	    listed->weight, listed->capacity, true);
}

static struct worker_table *
make_table(const struct generation *generation, int *workers)
{
	int listed = generation_worker_count(generation);
	struct worker_table *table;

	*workers = listed > 0 ? listed : MADE_UP_WORKERS;
	table = worker_table_new(*workers, 1);
	for (int i = 0; i < *workers; i++)
		add_worker(table,
		    listed > 0 ? generation_worker(generation, i) : NULL,
		    i + 1);
	worker_publish(table);
	return table;
}

/* Only the first `count` workers are up from now on. */
static void
set_up(struct trial *trial, int count)
{
	for (int slot = 0; slot < trial->workers; slot++)
		worker_set_state(trial->table, slot,
		    slot < count ? WORKER_UP : WORKER_DOWN, "");
	worker_publish(trial->table);
	policy_changed(trial->policy);
}

/* So many requests at each worker; a worker that is full has its capacity. */
static void
set_load(struct trial *trial, int full_from, int full_to)
{
	for (int slot = 0; slot < trial->workers; slot++) {
		struct worker *worker = worker_at(trial->table, slot);
		bool full = slot >= full_from && slot < full_to;

		/* not in their order, for who would sort them */
		worker->inflight = full ? worker->capacity
					: (trial->workers - slot) % 3;
		if (!full && worker->inflight >= worker->capacity)
			worker->inflight = worker->capacity - 1;
	}
}

/* --- one request --- */

static int32_t
no_header(void *owner, const char *name, int32_t name_len, const char **value)
{
	(void)owner, (void)name, (void)name_len, (void)value;
	return -1;
}

/* Of several lengths, for policies that calculate with a name. */
static const char *const made_up[] = {"made-up", "f", "resize", "thumbnail"};
enum { MADE_UP = sizeof(made_up) / sizeof(*made_up) };

/* Request `number`: registered functions first, then those. */
static void
describe(struct trial *trial, int number, int attempt)
{
	int count = generation_function_count(trial->generation);
	int kind = number % (trial->functions + MADE_UP);
	struct request_view *view = policy_request(trial->policy);

	memset(view, 0, sizeof(*view));
	view->function = -1;
	if (kind >= trial->functions) {
		view->func = made_up[kind - trial->functions];
	} else {
		view->function = (int32_t)((int64_t)kind * count /
					   trial->functions);
		view->func = generation_function_name(
		    trial->generation, view->function);
	}
	view->path = "/run/made-up?trial=1";
	view->method = "POST";
	view->client = number % 2 == 0 ? "127.0.0.1" : "2001:db8::1";
	view->func_len = (int32_t)strlen(view->func);
	view->path_len = (int32_t)strlen(view->path);
	view->method_len = (int32_t)strlen(view->method);
	view->client_len = (int32_t)strlen(view->client);
	view->attempt = attempt;
	view->body_length = number % 3 - 1;
	view->now = trial->now_ms;
	view->owner = trial;
	trial->now_ms += 7;
}

static void
end_attempt(struct trial *trial, int slot, int number)
{
	struct outcome_view *outcome = policy_outcome(trial->policy);

	if (!policy_wants_done(trial->policy))
		return;
	*outcome = (struct outcome_view){
	    .slot = slot, .status = 200, .latency_ms = 1.5, .owner = trial};
	if (number % 4 == 3)
		*outcome = (struct outcome_view){
		    .slot = slot, .error = "connect", .latency_ms = 0};
	policy_done(trial->policy);
}

static void
pick_once(struct trial *trial, int number, int attempt)
{
	int slot;

	describe(trial, number, attempt);
	slot = policy_pick(trial->policy);
	if (slot == POLICY_NONE && trial->are_idle && attempt == 1 &&
	    trial->without[0] == '\0')
		snprintf(trial->without, sizeof(trial->without), "%s",
		    policy_request(trial->policy)->func);
	if (slot < 0)
		return;
	end_attempt(trial, slot, number);
	/* Two of three requests are tried again: if all were, a policy that
	 * takes turns between two would have the same one for each first. */
	if (attempt > 1 || number % 3 == 2)
		return;
	policy_tried(trial->policy)[slot] = 1;
	pick_once(trial, number, attempt + 1);
	policy_tried(trial->policy)[slot] = 0;
}

static bool
is_well(const struct trial *trial)
{
	return policy_stats(trial->policy)->errors == 0;
}

static bool
pick_all(struct trial *trial)
{
	for (int number = 0; number < 2 * (trial->functions + MADE_UP);
	     number++)
		if (is_well(trial))
			pick_once(trial, number, 1);
	return is_well(trial);
}

/* --- all of it --- */

static const char *
run_scenes(struct trial *trial)
{
	int all = trial->workers;

	policy_be_quiet(trial->policy);
	set_load(trial, 0, 0);
	set_up(trial, all);
	trial->are_idle = true;
	pick_all(trial);
	trial->are_idle = false;
	set_load(trial, 0, all / 2); /* some are full */
	pick_all(trial);
	set_load(trial, 0, all);
	pick_all(trial);
	set_load(trial, 0, 0);
	set_up(trial, 1);
	pick_all(trial);
	set_up(trial, 0);
	pick_all(trial);
	set_up(trial, all);
	pick_all(trial);
	if (policy_tick_us(trial->policy) > 0)
		policy_tick(trial->policy, trial->now_ms);
	if (!is_well(trial))
		return policy_stats(trial->policy)->last_error;
	return policy_check_workers(trial->policy);
}

/* --- what to say of it --- */

/* "options of NAME: KEY ..." or with "KEY", as picket.options says it. */
static void
say_of_options(const char *places, const char *message, char *report)
{
	const char *key = strstr(message, ": "), *place;
	char option[256];
	size_t len;

	key = key != NULL ? key + 2 : message;
	key += *key == '"';
	snprintf(option, sizeof(option), "policy.%.*s",
	    (int)strcspn(key, " \""), key);
	place = places_find(places, option, &len);
	snprintf(report, LOADER_ERROR, "%.*s: %s", (int)len, place, message);
}

/* Messages begin with the short name of the policy's file: gives the path. */
static void
say(const struct generation *generation, const char *message, char *report)
{
	const char *path = generation_policy_path(generation);
	const char *slash = strrchr(path, '/');
	const char *file = slash != NULL ? slash + 1 : path;
	size_t len = strlen(file);

	if (strncmp(message, file, len) == 0 && message[len] == ':')
		snprintf(report, LOADER_ERROR, "%.*s%s", (int)(file - path),
		    path, message);
	else
		snprintf(report, LOADER_ERROR, "%s: %s", path, message);
}

/* A policy may decide by a header that no made-up request has. */
static void
say_of_nobody(
    const struct generation *generation, const char *function, char *report)
{
	char text[256];

	snprintf(text, sizeof(text),
	    "warning: pick returned nil for the function \"%s\", although all "
	    "workers were free; such requests would wait",
	    function);
	say(generation, text, report);
}

bool
trial_run(const struct generation *generation, const char *places,
    char report[LOADER_ERROR])
{
	struct trial trial = {.generation = generation, .now_ms = 1000};
	int count = generation_function_count(generation);
	char doubt[LOADER_ERROR / 2];
	const char *wrong;

	trial.functions = count < FUNCTIONS ? count : FUNCTIONS;
	trial.table = make_table(generation, &trial.workers);
	trial.policy = policy_new(generation, trial.table, no_header, no_header,
	    TRIAL_SEED, doubt, sizeof(doubt));
	wrong = trial.policy == NULL ? doubt : run_scenes(&trial);
	report[0] = '\0';
	if (wrong != NULL && mistake_is_of_options(wrong))
		say_of_options(places, wrong, report);
	else if (wrong != NULL)
		say(generation, wrong, report);
	else if (doubt[0] != '\0')
		say(generation, doubt, report);
	else if (trial.without[0] != '\0')
		say_of_nobody(generation, trial.without, report);
	policy_free(trial.policy);
	return wrong == NULL;
}
