/* GET /status.  [control] */
#include "status.h"

#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "json.h"
#include "membership.h"
#include "metrics.h"
#include "xmalloc.h"

const char *
status_of_worker(const struct worker *worker)
{
	if (worker->state == WORKER_REMOVED)
		return "removed";
	if (worker->draining)
		return "draining";
	switch (worker->state) {
	case WORKER_UP:
		return "up";
	case WORKER_DOWN:
		return "down";
	case WORKER_EJECTED:
		return "ejected";
	default:
		return "starting";
	}
}

static void
write_process(struct json *json, const char *kind, int number, pid_t pid,
    uint32_t generation, uint32_t restarts)
{
	json_open(json, NULL, '{');
	json_text(json, "kind", kind);
	json_number(json, "number", number);
	json_number(json, "pid", pid);
	json_number(json, "generation", generation);
	json_number(json, "restarts", restarts);
	json_close(json, '}');
}

/* The supervisor first, which is whom signals are for. */
static void
write_processes(struct json *json, const struct control *control)
{
	const struct gateway *gateway = control->gateway;

	json_open(json, "processes", '[');
	if (control->supervisor != 0)
		write_process(json, "supervisor", 0, control->supervisor,
		    gateway->generation, 0);
	for (int i = 0; i < gateway->process_count; i++) {
		const struct process *p = &gateway->processes[i];

		write_process(json,
		    p->kind == PROCESS_CONTROL ? "control" : "proxy", p->number,
		    p->pid, p->generation, p->restarts);
	}
	json_close(json, ']');
}

static void
write_quantiles(
    struct json *json, const char *name, const struct histogram *histogram)
{
	json_open(json, name, '{');
	json_number(json, "count", histogram->count);
	json_number(json, "p50", histogram_quantile(histogram, 0.5) / 1000.0);
	json_number(json, "p90", histogram_quantile(histogram, 0.9) / 1000.0);
	json_number(json, "p99", histogram_quantile(histogram, 0.99) / 1000.0);
	json_close(json, '}');
}

static double
returns_in_s(const struct worker_identity *identity)
{
	double left_us = (double)(identity->changed_us +
				  identity->ejected_for_us) -
			 (double)clock_now_us();

	return left_us > 0 ? left_us / 1e6 : 0;
}

static void
write_worker(struct json *json, struct worker_table *table, int slot)
{
	const struct worker *worker = worker_at(table, slot);
	const struct worker_identity *identity = worker_identity(table, slot);
	struct histogram latency;
	char address[ADDRESS_TEXT];

	worker_latency(table, slot, &latency);
	address_text(&identity->address, address);
	json_open(json, NULL, '{');
	json_text(json, "name", identity->name);
	json_text(json, "url", identity->url);
	json_text(json, "address", address);
	json_text(json, "state", status_of_worker(worker));
	json_text(json, "reason", identity->reason);
	json_number(
	    json, "since_s", (clock_now_us() - identity->changed_us) / 1e6);
	if (worker->state == WORKER_EJECTED)
		json_number(json, "returns_in_s", returns_in_s(identity));
	json_number(json, "ejections", identity->ejections);
	json_bool(json, "from_config", identity->from_config);
	json_number(json, "inflight", worker->inflight);
	if (worker->capacity == WORKER_CAPACITY_ANY)
		json_null(json, "capacity");
	else
		json_number(json, "capacity", worker->capacity);
	json_number(json, "weight", identity->weight);
	json_number(json, "effective_weight", worker->weight);
	json_number(json, "served", worker_served(table, slot));
	json_number(json, "failed", worker_failed(table, slot));
	json_number(json, "latency_ms", worker->latency_ms);
	json_number(json, "utilization", worker->utilization);
	write_quantiles(json, "latency", &latency);
	json_close(json, '}');
}

/* Those that were removed are told of as long as they have requests. */
static void
write_workers(struct json *json, struct worker_table *table)
{
	json_open(json, "workers", '[');
	for (int i = 0; i < worker_max(table); i++) {
		const struct worker *worker = worker_at(table, i);

		if (membership_is_member(worker) ||
		    (worker->state == WORKER_REMOVED && worker->inflight > 0))
			write_worker(json, table, i);
	}
	json_close(json, ']');
}

static void
write_policy(struct json *json, const struct gateway *gateway,
    const struct generation *generation)
{
	double errors = 0, losses = 0, fallbacks = 0, quarantined = 0;
	uint64_t since_us = 0;
	const char *last_error = "";

	for (int i = 1; i < gateway->process_count; i++) {
		const struct process *p = &gateway->processes[i];

		errors += p->policy_errors;
		losses += p->policy_losses;
		fallbacks += p->counters.pick_fallbacks;
		quarantined += p->policy_quarantined;
		if (p->policy_error[0] != '\0')
			last_error = p->policy_error;
		if (since_us == 0 || (p->policy_failing_since_us != 0 &&
					 p->policy_failing_since_us < since_us))
			since_us = p->policy_failing_since_us;
	}
	json_open(json, "policy", '{');
	json_text(json, "name", generation_config(generation)->policy_name);
	json_text(json, "file", generation_policy_path(generation));
	json_number(json, "generation", gateway->generation);
	json_number(json, "errors", errors);
	json_number(json, "fallbacks", fallbacks);
	json_number(json, "losses", losses);
	json_number(json, "quarantined", quarantined);
	if (since_us != 0)
		json_number(json, "since_s", (clock_now_us() - since_us) / 1e6);
	json_text(json, "last_error", last_error);
	json_close(json, '}');
}

static void
write_queue(struct json *json, const struct gateway *gateway,
    const struct config *config)
{
	uint64_t since_us = UINT64_MAX;
	double waiting = 0;

	for (int i = 1; i < gateway->process_count; i++) {
		const struct process *p = &gateway->processes[i];

		waiting += p->queued;
		if (p->queued_since_us != 0 && p->queued_since_us < since_us)
			since_us = p->queued_since_us;
	}
	json_open(json, "queue", '{');
	json_number(json, "waiting", waiting);
	json_number(json, "size", config->queue.size);
	json_number(json, "oldest_ms",
	    since_us == UINT64_MAX ? 0 : (clock_now_us() - since_us) / 1000.0);
	json_close(json, '}');
}

/* The counters of all proxies, added up. */
static void
write_counters(struct json *json, const struct gateway *gateway)
{
	struct histogram times = {0};

	json_open(json, "counters", '{');
	for (int row = 0; row < counter_row_count; row++)
		json_number(json, counter_rows[row].name,
		    metrics_sum(gateway, &counter_rows[row]));
	json_close(json, '}');
	for (int i = 1; i < gateway->process_count; i++)
		histogram_merge(
		    &times, &gateway->processes[i].counters.request_time);
	write_quantiles(json, "request_ms", &times);
}

static void
write_upgrade(struct json *json, const struct control *control)
{
	json_open(json, "upgrade", '{');
	json_number(json, "failed", control->upgrades_failed);
	json_text(json, "last_error", control->upgrade_error);
	json_close(json, '}');
}

/* Absolute, where this process may look. */
static void
write_config_path(struct json *json, const struct gateway *gateway)
{
	char *path = xrealpath(gateway->config_path);

	json_text(json, "config", path);
	free(path);
}

void
status_write(struct evbuffer *out, const struct control *control)
{
	const struct gateway *gateway = control->gateway;
	struct json json = {.out = out};
	char text[ADDRESS_TEXT];

	json_open(&json, NULL, '{');
	json_text(&json, "version", PICKET_VERSION);
	write_config_path(&json, gateway);
	json_open(&json, "listen", '[');
	for (int i = 0; i < gateway->address_count; i++) {
		address_text(&gateway->listen[i], text);
		json_text(&json, NULL, text);
	}
	json_close(&json, ']');
	json_number(
	    &json, "uptime_s", (clock_now_us() - gateway->started_us) / 1e6);
	write_processes(&json, control);
	write_upgrade(&json, control);
	write_policy(&json, gateway, control->generation);
	write_queue(&json, gateway, control->config);
	write_workers(&json, gateway->workers);
	write_counters(&json, gateway);
	json_close(&json, '}');
	evbuffer_add(out, "\n", 1);
}
