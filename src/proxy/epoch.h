/*
 * A generation at work in one proxy: its configuration and its loaded policy.
 * [proxies]
 *
 * A reload makes a new epoch beside the old one; requests hold the one they
 * began with, and the last of them frees it.
 */
#ifndef EPOCH_H
#define EPOCH_H

#include "generation.h"
#include "policy.h"

struct epoch {
	struct generation *generation;
	const struct config *config;
	struct policy *policy; /* NULL when it is retired */
	uint32_t number;
	int holders;
};

/* Held once, by the caller; NULL with the reason in `error`.  The descriptor
 * is closed. */
struct epoch *epoch_new(int fd, uint32_t number, struct worker_table *,
    policy_header_call *request_header, policy_header_call *answer_header,
    uint64_t seed, char *error, size_t error_size);
struct epoch *epoch_hold(struct epoch *);
void epoch_release(struct epoch *); /* NULL is allowed */

/* It picks no more: its policy goes now, for a holder may be a tunnel of days.
 * NULL is allowed. */
void epoch_retire(struct epoch *);

#endif
