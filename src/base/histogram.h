/*
 * Durations, counted in buckets of at most 1/8 relative width, from 1 us to
 * over an hour.  Plain words, so that it can lie in shared memory with one
 * process writing it and others reading.  [every process]
 *
 * Log-linear buckets as in HdrHistogram (Gil Tene), with three bits of
 * precision.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS 248

struct histogram {
	uint64_t count;
	uint64_t sum_us;
	uint32_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *, uint64_t us);

/* Adds what `from` counted. */
void histogram_merge(struct histogram *, const struct histogram *from);

/* The value below which this share (0 to 1) lies, in us; 0 when empty. */
uint64_t histogram_quantile(const struct histogram *, double share);

/* The bucket of a value, and the largest value that falls in it, in us. */
int histogram_bucket(uint64_t us);
uint64_t histogram_upper_us(int bucket);

#endif
