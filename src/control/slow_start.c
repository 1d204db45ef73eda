/* Workers that come up get little at first.  [control] */
#include "slow_start.h"

#include "clock.h"
#include "membership.h"

enum { STEPS = 10 };

/* The share of its weight after so long. */
static double
ramp_after(uint64_t up_us, uint64_t slow_start_us)
{
	if (up_us >= slow_start_us)
		return 1;
	return (double)(1 + up_us * STEPS / slow_start_us) / STEPS;
}

bool
slow_start_look(struct worker_table *table, const struct config *config)
{
	uint64_t slow_start_us = config->health.slow_start_us;
	bool changed = false;

	for (int slot = 0; slot < worker_max(table); slot++) {
		const struct worker *worker = worker_at(table, slot);
		const struct worker_identity *identity = worker_identity(
		    table, slot);
		bool is_up = worker->state == WORKER_UP;
		uint64_t up_us = is_up ? clock_now_us() - identity->changed_us
				       : 0;
		double ramp = ramp_after(up_us, slow_start_us);

		if (!membership_is_member(worker))
			continue;
		if (is_up && ramp <= identity->ramp)
			continue; /* it only rises, whatever a reload says */
		changed = changed || ramp != identity->ramp;
		worker_set_ramp(table, slot, ramp);
	}
	return changed;
}
