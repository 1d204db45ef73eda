/* GET /metrics.  [control] */
#include "metrics.h"

#include <stdio.h>
#include <string.h>
#include "json.h"
#include "membership.h"
#include "worker.h"

/* Upper bounds of the buckets, in seconds. */
static const double bounds[] = {
    0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300};
#define BOUNDS (sizeof(bounds) / sizeof(bounds[0]))

double
metrics_sum(const struct gateway *gateway, const struct counter_row *row)
{
	double sum = 0;

	for (int i = 1; i < gateway->process_count; i++) {
		const struct process *p = &gateway->processes[i];

		if (strcmp(row->name, "requests_queued") == 0)
			sum += p->queued;
		else
			sum += *(const uint64_t *)((const char *)&p->counters +
						   row->offset);
	}
	return sum;
}

static void
write_header(
    struct evbuffer *out, const char *name, const char *type, const char *help)
{
	evbuffer_add_printf(out, "# HELP picket_%s %s\n# TYPE picket_%s %s\n",
	    name, help, name, type);
}

static void
write_counters(struct evbuffer *out, const struct gateway *gateway)
{
	char name[80];

	for (int i = 0; i < counter_row_count; i++) {
		const struct counter_row *row = &counter_rows[i];
		bool is_count = row->type == COUNTER_COUNT;

		snprintf(name, sizeof(name), "%s%s", row->name,
		    is_count ? "_total" : "");
		write_header(
		    out, name, is_count ? "counter" : "gauge", row->help);
		evbuffer_add_printf(
		    out, "picket_%s %.0f\n", name, metrics_sum(gateway, row));
	}
}

static void
write_gateway(struct evbuffer *out, const struct gateway *gateway)
{
	char name[24];

	write_header(out, "info", "gauge", "1; the version is a label.");
	evbuffer_add_printf(
	    out, "picket_info{version=\"%s\"} 1\n", PICKET_VERSION);
	write_header(out, "generation", "gauge",
	    "The last reload that was taken, 1 after the start.");
	evbuffer_add_printf(out, "picket_generation %u\n", gateway->generation);
	write_header(out, "process_restarts_total", "counter",
	    "Times that the process died and was replaced.");
	for (int i = 0; i < gateway->process_count; i++) {
		const struct process *p = &gateway->processes[i];

		evbuffer_add_printf(out,
		    "picket_process_restarts_total{process=\"%s\"} %u\n",
		    process_name(p, name), p->restarts);
	}
}

/* `per_second`: how many of the histogram's units are a second. */
static void
write_histogram(struct evbuffer *out, const struct gateway *gateway,
    const char *name, const char *help, size_t offset, double per_second)
{
	struct histogram sum = {0};
	uint64_t count = 0;
	int bucket = 0;

	for (int i = 1; i < gateway->process_count; i++)
		histogram_merge(&sum,
		    (const struct histogram
			    *)((const char *)&gateway->processes[i].counters +
			       offset));
	write_header(out, name, "histogram", help);
	for (size_t i = 0; i < BOUNDS; i++) {
		while (bucket < HISTOGRAM_BUCKETS &&
		       histogram_upper_us(bucket) <= bounds[i] * per_second)
			count += sum.buckets[bucket++];
		evbuffer_add_printf(out, "picket_%s_bucket{le=\"%g\"} %.0f\n",
		    name, bounds[i], (double)count);
	}
	evbuffer_add_printf(out,
	    "picket_%s_bucket{le=\"+Inf\"} %.0f\npicket_%s_sum %.9g\n"
	    "picket_%s_count %.0f\n",
	    name, (double)sum.count, name, sum.sum_us / per_second, name,
	    (double)sum.count);
}

/* A label's value: backslash, quote and line feed are escaped. */
static void
write_label(struct evbuffer *out, const char *text)
{
	while (*text != '\0') {
		size_t len = json_character(text);

		if (len == 0)
			evbuffer_add(out, JSON_REPLACEMENT, 3);
		else if (*text == '\n')
			evbuffer_add(out, "\\n", 2);
		else if (*text == '"' || *text == '\\')
			evbuffer_add_printf(out, "\\%c", *text);
		else
			evbuffer_add(out, text, len);
		text += len == 0 ? 1 : len;
	}
}

/* What proxies say of their policy as it is now: a reload begins anew. */
static const struct {
	const char *name, *help;
	size_t offset;
} policy_metrics[] = {
    {"policy_errors", "Calls of the current policy that failed.",
	offsetof(struct process, policy_errors)},
    {"policy_losses", "Lua states that the current policy has lost.",
	offsetof(struct process, policy_losses)},
    {"policy_quarantined", "Proxies that do not call it any more.",
	offsetof(struct process, policy_quarantined)},
};

static void
write_policy(struct evbuffer *out, const struct gateway *gateway)
{
	size_t count = sizeof(policy_metrics) / sizeof(policy_metrics[0]);

	for (size_t i = 0; i < count; i++) {
		double sum = 0;

		for (int p = 1; p < gateway->process_count; p++)
			sum += *(const uint64_t *)((const char *)&gateway
						       ->processes[p] +
						   policy_metrics[i].offset);
		write_header(out, policy_metrics[i].name, "gauge",
		    policy_metrics[i].help);
		evbuffer_add_printf(
		    out, "picket_%s %.0f\n", policy_metrics[i].name, sum);
	}
}

static double
worker_up(struct worker_table *table, int slot)
{
	return worker_is_available(worker_at(table, slot));
}

static double
worker_inflight(struct worker_table *table, int slot)
{
	return worker_at(table, slot)->inflight;
}

static double
worker_weight(struct worker_table *table, int slot)
{
	return worker_at(table, slot)->weight;
}

static double
worker_ejections(struct worker_table *table, int slot)
{
	return (double)worker_identity(table, slot)->ejections;
}

static double
worker_latency_s(struct worker_table *table, int slot)
{
	return worker_at(table, slot)->latency_ms / 1000;
}

static const struct {
	const char *name, *type, *help;
	double (*value)(struct worker_table *, int slot);
} worker_metrics[] = {
    {"worker_up", "gauge", "1 when the worker takes requests.", worker_up},
    {"worker_inflight", "gauge", "Requests that the worker has now.",
	worker_inflight},
    {"worker_weight", "gauge", "The worker's weight, as it holds now.",
	worker_weight},
    {"worker_latency_seconds", "gauge",
	"Moving average of the time to an answer's head.", worker_latency_s},
    {"worker_served_total", "counter", "Attempts that the worker answered.",
	worker_served},
    {"worker_failed_total", "counter",
	"Attempts that failed there, 502, 503 and 504 included.",
	worker_failed},
    {"worker_ejections_total", "counter",
	"Times that the worker was left out for failing.", worker_ejections},
};

static void
write_workers(struct evbuffer *out, struct worker_table *table)
{
	size_t count = sizeof(worker_metrics) / sizeof(worker_metrics[0]);

	for (size_t i = 0; i < count; i++) {
		write_header(out, worker_metrics[i].name,
		    worker_metrics[i].type, worker_metrics[i].help);
		for (int slot = 0; slot < worker_max(table); slot++) {
			if (!membership_is_member(worker_at(table, slot)))
				continue;
			evbuffer_add_printf(
			    out, "picket_%s{worker=\"", worker_metrics[i].name);
			write_label(out, worker_identity(table, slot)->name);
			evbuffer_add_printf(out, "\"} %.9g\n",
			    worker_metrics[i].value(table, slot));
		}
	}
}

void
metrics_write(struct evbuffer *out, const struct gateway *gateway)
{
	write_gateway(out, gateway);
	write_counters(out, gateway);
	write_policy(out, gateway);
	write_histogram(out, gateway, "request_seconds",
	    "Time from a request's head to the end of its answer.",
	    offsetof(struct counters, request_time), 1e6);
	write_histogram(out, gateway, "queue_seconds",
	    "Time that requests waited for a worker.",
	    offsetof(struct counters, queue_time), 1e6);
	write_histogram(out, gateway, "pick_seconds",
	    "Time of the policy's pick, sampled.",
	    offsetof(struct counters, pick_time), 1e9);
	write_workers(out, gateway->workers);
}
