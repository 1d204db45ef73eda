/*
 * How long answers take, by function.  [proxies]
 *
 * A function's entry lies where its hash says.  Two that meet there fight for
 * it: each time that the one who has it is asked for, the other has to come
 * that much more often.
 */
#include "usual.h"

#include <stdlib.h>
#include <string.h>

#include "histogram.h"
#include "xmalloc.h"

#define FUNCTIONS 512
/* So many answers are known before anything is said of them. */
#define KNOWN_MIN 16
/* At so many all are halved, so that the young count more. */
#define KNOWN_MAX 1024
/* How often another may come before the entry is its own. */
#define PATIENCE 8

struct answers {
	uint32_t func_hash;
	uint16_t known;
	uint16_t strangers; /* who came since it was asked for */
	uint16_t buckets[HISTOGRAM_BUCKETS];
};

struct usual {
	struct answers all;
	struct answers by_function[FUNCTIONS];
};

struct usual *
usual_new(void)
{
	return xcalloc(1, sizeof(struct usual));
}

void
usual_free(struct usual *usual)
{
	free(usual);
}

static void
add(struct answers *answers, uint64_t us)
{
	answers->buckets[histogram_bucket(us)]++;
	if (++answers->known < KNOWN_MAX)
		return;
	answers->known = 0;
	for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		answers->buckets[i] /= 2;
		answers->known += answers->buckets[i];
	}
}

void
usual_add(struct usual *usual, uint32_t func_hash, uint64_t us)
{
	struct answers *own = &usual->by_function[func_hash % FUNCTIONS];

	add(&usual->all, us);
	if (own->func_hash == func_hash) {
		own->strangers = 0;
	} else if (own->known == 0 || ++own->strangers > PATIENCE) {
		memset(own, 0, sizeof(*own));
		own->func_hash = func_hash;
	} else {
		return;
	}
	add(own, us);
}

int
usual_bucket(struct usual *usual, uint32_t func_hash, double share)
{
	const struct answers *known = &usual
					   ->by_function[func_hash % FUNCTIONS];
	int seen = 0, bucket = -1;

	if (known->func_hash != func_hash || known->known < KNOWN_MIN)
		known = &usual->all;
	if (known->known < KNOWN_MIN)
		return -1;
	while (seen < share * known->known)
		seen += known->buckets[++bucket];
	return bucket;
}
