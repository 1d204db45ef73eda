/*
 * What the runtime may ask the gateway for while a policy runs: the functions
 * of struct policy_host.  [proxies, loader]
 */
#ifndef HOST_H
#define HOST_H

#include "generation.h"
#include "worker.h"

/* The member `policy` of struct policy_host points here. */
struct host {
	const struct generation *generation;
	struct worker_table *table;
};

/* Fills in all functions except those for headers. */
void host_fill(struct policy_host *, struct host *);

#endif
