/* The counters' names and sentences.  [control] */
#include "counters.h"

#define COUNT(member, help)                                                    \
	{                                                                      \
#member, COUNTER_COUNT, offsetof(struct counters, member),     \
		    help                                                       \
	}
#define GAUGE(member, help)                                                    \
	{                                                                      \
#member, COUNTER_GAUGE, offsetof(struct counters, member),     \
		    help                                                       \
	}

/* clang-format off: a row a line, or a sentence below its name. */
const struct counter_row counter_rows[] = {
    COUNT(connections_accepted, "Client connections accepted."),
    GAUGE(connections_open, "Client connections open now."),
    COUNT(requests, "Requests whose head was read."),
    GAUGE(requests_active, "Requests being worked on now."),
    GAUGE(requests_queued, "Requests waiting for a worker now."),
    COUNT(queue_full, "Requests answered 503 because the queue was full."),
    COUNT(
	queue_timeouts, "Requests answered 503 because they waited too long."),
    COUNT(responses_2xx, "Answers to clients with status 200 to 299."),
    COUNT(responses_3xx, "Answers to clients with status 300 to 399."),
    COUNT(responses_4xx, "Answers to clients with status 400 to 499."),
    COUNT(responses_5xx, "Answers to clients with status 500 to 599."),
    COUNT(client_errors, "Heads and bodies refused as malformed."),
    COUNT(client_aborts, "Requests whose client left before the answer."),
    COUNT(retries, "Attempts that followed a failed one."),
    COUNT(retries_denied, "Retries and hedges that the budget did not allow."),
    COUNT(hedges, "Second attempts beside a first that took long."),
    COUNT(hedges_won, "Second attempts that were answered first."),
    COUNT(upstream_connects, "Connections opened to workers."),
    COUNT(upstream_connect_failures,
	"Connections to workers that failed or timed out."),
    COUNT(upstream_reused, "Attempts on a kept connection."),
    COUNT(upstream_timeouts, "Attempts that a worker took too long for."),
    COUNT(upstream_broken,
	"Attempts that ended in a broken answer or a hang-up."),
    COUNT(picks, "Calls of the policy's pick."),
    COUNT(pick_waits, "Picks that said to wait."),
    COUNT(pick_errors, "Picks that failed."),
    COUNT(pick_fallbacks, "Picks made by the built-in fallback."),
    COUNT(bytes_in, "Bytes received from clients."),
    COUNT(bytes_out, "Bytes sent to clients."),
};
/* clang-format on */

const int counter_row_count = sizeof(counter_rows) / sizeof(counter_rows[0]);
