/*
 * Buckets of durations.  [every process]
 *
 * Values below 8 have a bucket each.  From there on every power of two is cut
 * into 8 equal buckets: its exponent chooses the group, the three bits after
 * the highest one the place in it.
 */
#include "histogram.h"

enum { PRECISION_BITS = 3, PER_GROUP = 1 << PRECISION_BITS };

int
histogram_bucket(uint64_t us)
{
	int shift, bucket;

	if (us < PER_GROUP)
		return (int)us;
	shift = 63 - __builtin_clzll(us) - PRECISION_BITS;
	bucket = (shift + 1) * PER_GROUP + (int)(us >> shift) - PER_GROUP;
	return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

uint64_t
histogram_upper_us(int bucket)
{
	int group = bucket / PER_GROUP;
	uint64_t place = (uint64_t)(bucket % PER_GROUP);

	if (group == 0)
		return place;
	return ((PER_GROUP + place + 1) << (group - 1)) - 1;
}

void
histogram_add(struct histogram *histogram, uint64_t us)
{
	histogram->count++;
	histogram->sum_us += us;
	histogram->buckets[histogram_bucket(us)]++;
}

void
histogram_merge(struct histogram *histogram, const struct histogram *from)
{
	histogram->count += from->count;
	histogram->sum_us += from->sum_us;
	for (int i = 0; i < HISTOGRAM_BUCKETS; i++)
		histogram->buckets[i] += from->buckets[i];
}

/* Counts the buckets rather than trust `count`: another process may be between
 * writing the one and the other. */
uint64_t
histogram_quantile(const struct histogram *histogram, double share)
{
	uint64_t total = 0, seen = 0;
	int i, last = 0;

	for (i = 0; i < HISTOGRAM_BUCKETS; i++)
		total += histogram->buckets[i];
	for (i = 0; i < HISTOGRAM_BUCKETS; i++) {
		if (histogram->buckets[i] == 0)
			continue;
		last = i;
		seen += histogram->buckets[i];
		if ((double)seen >= share * (double)total)
			break;
	}
	return histogram_upper_us(last);
}
