/*
 * The supervisor's children: control and the proxies.  [supervisor]
 *
 * A child is started, lives, and is reaped; what a dead proxy held is given
 * back before its successor starts.  A child that stands still is killed.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <stdbool.h>
#include <stdint.h>
#include "channel.h"
#include "process.h"
#include "standstill.h"

struct child {
	struct process *row;
	int channel;           /* -1: it does not run */
	bool is_forgotten;     /* a dead proxy's places are given back */
	uint64_t start_at_us;  /* when it is started; UINT64_MAX: never */
	unsigned quick_deaths; /* in a row */
	struct standstill still;
};

/* What the supervisor knows; made in supervisor.c. */
struct supervisor {
	struct gateway *gateway;
	struct child *children; /* by row: control, then the proxies */
	int signals;            /* a signalfd */
	int successor;          /* what an upgrade started; -1: nothing */
	pid_t successor_pid;
	char successor_says[MESSAGE_TEXT]; /* why it cannot start */
	char program[CONFIG_PATH];         /* where it lies, for upgrades */
	int admin;                         /* listening socket; -1: none */
	struct generation *first;          /* that the gateway started with */
	int generation;                    /* the current one's descriptor */
	int pending;                       /* that proxies prepare; -1: none */
	uint32_t pending_number;           /* of the last reload; 0: not yet */
	uint64_t drain_us;                 /* how long a drain may take */
	char log_file[CONFIG_PATH];        /* "": standard error */
	bool is_ready;                     /* every child has run */
	bool is_activated;                 /* systemd opened the sockets */
	bool is_replaced;       /* the sockets are another gateway's now */
	uint64_t proxies_by_us; /* start them then, checked workers or not */
	bool is_stopping;
	bool is_told_to_stop; /* a second time means at once */
	uint64_t kill_at_us;  /* when stopping: what still runs is killed */
};

void children_start(struct supervisor *);

/* One that has died, by row; -1: none, or no more.  It is to be buried. */
int children_next_dead(struct supervisor *, int *status);
void children_bury(struct supervisor *, int row, int status, uint64_t now_us);

/* Starts what is due, kills what stands still. */
void children_tick(struct supervisor *, uint64_t now_us);

bool children_have_run(const struct supervisor *); /* each at least once */
int children_alive(const struct supervisor *, enum process_kind);
void children_kill(struct supervisor *);

/* A proxy that cannot be told is killed: its successor needs no telling.
 * (Except of MEMBERSHIP, which a proxy sees for itself in time.) */
void children_tell_proxies(struct supervisor *, const struct message *, int fd);
void children_tell_control(struct supervisor *, const struct message *);

#endif
