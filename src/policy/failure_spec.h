/*
 * Failing picks, written out as busted specs that fail in the same way.
 * [proxies]
 *
 * A spec has what the policy was given: its options, the workers with their
 * fields, the request with the headers that it looked at, and the state of
 * math.random; lua/lib/gateway/replay.lua picks with that again.  Each proxy
 * writes at most FAILURE_SPECS of them for one generation, and none twice: the
 * name is made of the policy's text, the line, and how it failed.
 */
#ifndef FAILURE_SPEC_H
#define FAILURE_SPEC_H

#include <stdint.h>
#include "generation.h"
#include "worker.h"

enum { FAILURE_SPECS = 16 };

struct failure_specs;

/* NULL when the generation's configuration wants none.  Both outlive it. */
struct failure_specs *failure_specs_new(
    const struct generation *, struct worker_table *);
void failure_specs_free(struct failure_specs *);

/* A pick begins; `random` is the state of math.random, of four words. */
void failure_specs_begin(struct failure_specs *, const int32_t *random);

/* It looks at a header. */
void failure_specs_note(
    struct failure_specs *, const char *header, int32_t len);

/* It has failed. */
struct failure {
	const char *message;  /* "mine.lua:3: ..." */
	const char *kind;     /* a word: "error", "time", ... */
	double seed;          /* of the instance */
	const uint8_t *tried; /* by slot */
	const struct request_view *request;
	int32_t (*header)(void *owner, const char *name, int32_t name_len,
	    const char **value);
};
void failure_specs_write(struct failure_specs *, const struct failure *);

#endif
