/*
 * GET /metrics: the same in Prometheus' text format.  [control]
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
#ifndef METRICS_H
#define METRICS_H

#include <event2/buffer.h>
#include "process.h"

void metrics_write(struct evbuffer *, const struct gateway *);

/* One counter, added up over the proxies. */
double metrics_sum(const struct gateway *, const struct counter_row *);

#endif
