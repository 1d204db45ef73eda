/* A generation at work in one proxy.  [proxies] */
#include "epoch.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "xmalloc.h"

struct epoch *
epoch_new(int fd, uint32_t number, struct worker_table *workers,
    policy_header_call *request_header, policy_header_call *answer_header,
    uint64_t seed, char *error, size_t error_size)
{
	struct epoch *epoch = xcalloc(1, sizeof(*epoch));
	const char *reason = "";

	epoch->holders = 1;
	epoch->number = number;
	epoch->generation = generation_open(fd, &reason);
	close(fd);
	if (epoch->generation == NULL) {
		snprintf(error, error_size, "%s", reason);
		goto fail;
	}
	epoch->config = generation_config(epoch->generation);
	epoch->policy = policy_new(epoch->generation, workers, request_header,
	    answer_header, seed, error, error_size);
	if (epoch->policy == NULL)
		goto fail;
	return epoch;
fail:
	epoch_release(epoch);
	return NULL;
}

struct epoch *
epoch_hold(struct epoch *epoch)
{
	epoch->holders++;
	return epoch;
}

void
epoch_retire(struct epoch *epoch)
{
	if (epoch == NULL)
		return;
	policy_free(epoch->policy);
	epoch->policy = NULL;
}

void
epoch_release(struct epoch *epoch)
{
	if (epoch == NULL || --epoch->holders > 0)
		return;
	policy_free(epoch->policy);
	generation_close(epoch->generation);
	free(epoch);
}
