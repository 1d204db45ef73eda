/*
 * What the parts of the control process share.  [control]
 */
#ifndef CONTROL_STATE_H
#define CONTROL_STATE_H

#include <event2/event.h>
#include "channel.h"
#include "generation.h"
#include "process.h"
#include "worker.h"

struct control {
	struct event_base *base;
	struct gateway *gateway;
	struct worker_table *table;
	int channel;      /* to the supervisor */
	pid_t supervisor; /* 0: it is gone */

	struct generation *generation; /* the current one */
	const struct config *config;   /* in it */

	struct discovery *discovery;
	struct health *health;
	struct ejection *ejection;
	struct reload *reload;
	struct admin *admin;
	struct event *changed; /* active when the table has changed */
	unsigned upgrades_failed;
	char upgrade_error[MESSAGE_TEXT]; /* of the last that failed */
	bool stops_alone; /* there is no supervisor to stop the gateway */
};

/* How a worker is has changed: proxies hear of it when the turn is over. */
void control_changed(struct control *);

/* Who is a worker has changed: they hear of it now, checks begin and end. */
void control_sync(struct control *);

/* Has another program take over; false when there is no supervisor. */
bool control_upgrade(struct control *);

/* Has the gateway stopped: by the supervisor, while there is one. */
void control_stop(struct control *);

#endif
