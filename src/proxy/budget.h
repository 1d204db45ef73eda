/*
 * The retry budget: retries and hedges stay under a share of the requests, so
 * that workers in trouble are not given more load.  [proxies]
 *
 * Each request earns a share of a retry, each retry costs one; as Finagle's
 * RetryBudget, with a small reserve so that little traffic may be retried.  A
 * share of 0 allows none, whatever is saved.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>

struct budget {
	double share; /* of a retry, that one request earns */
	double saved;
};

#define BUDGET_RESERVE 10.0 /* retries that a proxy starts with */
#define BUDGET_MAX 100.0    /* the most that quiet times save up */

static inline void
budget_earn(struct budget *budget)
{
	budget->saved += budget->share;
	if (budget->saved > BUDGET_MAX)
		budget->saved = BUDGET_MAX;
}

static inline bool
budget_spend(struct budget *budget)
{
	if (budget->share == 0 || budget->saved < 1)
		return false;
	budget->saved -= 1;
	return true;
}

/* What was spent was not used. */
static inline void
budget_refund(struct budget *budget)
{
	budget->saved += 1;
}

#endif
