/*
 * What a proxy counts, with the name and sentence that metrics, status and
 * manual print.  Each proxy writes its own, control adds them up.
 * [proxies, control]
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <stddef.h>
#include <stdint.h>
#include "histogram.h"

struct counters {
	uint64_t connections_accepted;
	uint64_t connections_open; /* gauge */
	uint64_t requests;
	uint64_t requests_active; /* gauge */
	uint64_t requests_queued; /* gauge */
	uint64_t queue_full;
	uint64_t queue_timeouts;
	uint64_t responses_2xx, responses_3xx, responses_4xx, responses_5xx;
	uint64_t client_errors; /* heads and bodies refused */
	uint64_t client_aborts;
	uint64_t retries;
	uint64_t retries_denied; /* by the budget */
	uint64_t hedges;
	uint64_t hedges_won; /* they answered first */
	uint64_t upstream_connects;
	uint64_t upstream_connect_failures;
	uint64_t upstream_reused;
	uint64_t upstream_timeouts;
	uint64_t upstream_broken;
	uint64_t picks;
	uint64_t pick_waits; /* picks that said to wait */
	uint64_t pick_errors;
	uint64_t pick_fallbacks;
	uint64_t bytes_in, bytes_out; /* to and from clients */
	struct histogram pick_time;   /* sampled */
	struct histogram queue_time;
	struct histogram request_time;
};

enum counter_type { COUNTER_COUNT, COUNTER_GAUGE };

struct counter_row {
	const char
	    *name; /* "picket_requests_total" without prefix: "requests" */
	enum counter_type type;
	size_t offset;
	const char *help;
};
extern const struct counter_row counter_rows[];
extern const int counter_row_count;

#endif
