/* What all connections of one proxy share.  [proxies] */
#include "loop.h"

#include <stdlib.h>
#include <sys/random.h>
#include "log.h"
#include "xmalloc.h"

struct loop *
loop_new(struct counters *counters)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	struct event_config *config = event_config_new();

	if (config == NULL)
		fatal("cannot make an event loop");
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	event_config_require_features(
	    config, EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	if (loop->base == NULL)
		fatal("cannot make an event loop on epoll; does the "
		      "environment forbid it (EVENT_NOEPOLL)?");
	loop->counters = counters;
	loop->parsers = parsers_new();
	if (getrandom(&loop->last_id, sizeof(loop->last_id), 0) == -1)
		fatal("cannot read random numbers");
	loop->input = xmalloc(LOOP_INPUT);
	loop->outputs = xmalloc(LOOP_POSTED * LOOP_POSTED_BYTES + LOOP_OUTPUT);
	loop->output = loop->outputs;
	return loop;
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	event_base_free(loop->base);
	parsers_free(loop->parsers);
	free(loop->input);
	free(loop->outputs);
	free(loop);
}
