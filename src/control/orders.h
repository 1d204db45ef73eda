/*
 * What is ordered of the workers: the JSON bodies of POST /workers/..., read
 * and checked by lua/lib/gateway/orders.lua as the configuration would be.
 * [control]
 */
#ifndef ORDERS_H
#define ORDERS_H

#include <stdbool.h>
#include <stddef.h>
#include "address.h"
#include "generation.h"

#define ORDER_ERROR 1024

struct order {
	char which[256];             /* name or url; for all but "add" */
	double weight;               /* for "weight" */
	struct listed_worker worker; /* for "add" */
};

/* Opens a Lua state for them: reads files, so at the start.  What listens on
 * these addresses is no worker. */
struct orders *orders_new(const struct address *listen, int count);
void orders_free(struct orders *);

/* `kind`: "add", "choose" or "weight".  False with what is wrong. */
bool orders_read(struct orders *, const char *kind, const char *text,
    size_t len, struct order *, char error[ORDER_ERROR]);

#endif
