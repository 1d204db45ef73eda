/*
 * How long answers take, by function: what is slow for one is quick for
 * another.  [proxies]
 *
 * The functions that are asked for most are remembered, the others share what
 * is known of all.  Young answers count more than old ones.
 */
#ifndef USUAL_H
#define USUAL_H

#include <stdint.h>

struct usual;

struct usual *usual_new(void);
void usual_free(struct usual *);

/* One answer of this function took so long. */
void usual_add(struct usual *, uint32_t func_hash, uint64_t us);

/* The histogram's bucket in which this share (0 to 1) of the answers is
 * reached; -1 while too little is known. */
int usual_bucket(struct usual *, uint32_t func_hash, double share);

#endif
