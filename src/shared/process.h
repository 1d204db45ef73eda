/*
 * The processes of one gateway: a row each in shared memory, made before the
 * forks.  [every process]
 *
 * Row 0 is control, rows 1 to N are the proxies.  A row's words are written by
 * its process; pid and state by the supervisor, or by control when that is
 * dead.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "address.h"
#include "config.h"
#include "counters.h"

enum process_kind { PROCESS_CONTROL, PROCESS_PROXY };
enum process_state { PROCESS_GONE, PROCESS_RUNNING, PROCESS_STOPPING };

#define PROCESS_ERROR 256

struct process {
	int32_t kind;
	int32_t number;      /* of its kind, from 0: "proxy/0" */
	pid_t pid;           /* supervisor */
	int32_t state;       /* supervisor */
	uint32_t restarts;   /* supervisor */
	uint32_t upgrading;  /* supervisor, of control: 1 from when the workers
			      * are told to a successor */
	uint64_t started_us; /* supervisor */
	uint64_t heartbeat_us;    /* when it last did its rounds */
	uint64_t policy_calls;    /* into Lua: a sign of life, too */
	uint32_t generation;      /* that it works with; at first, supervisor */
	uint32_t queued;          /* requests waiting in this proxy now */
	uint64_t queued_since_us; /* when the oldest of them came; 0: none */
	uint64_t policy_errors, policy_losses; /* of the current policy */
	uint64_t policy_failing_since_us;      /* its first error; 0: none */
	uint64_t policy_quarantined;      /* 1: it is not called any more */
	char policy_error[PROCESS_ERROR]; /* the last one */
	struct counters counters;
} __attribute__((aligned(64)));

/* Everything that all processes share; fixed when the gateway starts.  Only
 * workers and processes point to shared memory: the rest is each process' own
 * copy, as it was when the process was forked. */
struct gateway {
	struct worker_table *workers;
	struct process *processes; /* shared: [0] control, [1..] proxies */
	int process_count;
	int *wake; /* an eventfd per proxy: a place may be free for it */

	/* Listening sockets, those of proxy 0 first, as many for each as there
	 * are addresses; -1 for what another process listens on. */
	int *listeners;
	int listener_count; /* per proxy; more than addresses where a gateway
			     * of more proxies was replaced */
	int address_count;
	struct address *listen; /* as bound: a port 0 has become one */
	struct address admin;   /* likewise; len 0: none */

	uint32_t generation;         /* the current one's number, from 1 */
	const struct config *config; /* that the gateway started with */
	const char *config_path;
	uint64_t started_us;
};

struct gateway *gateway_new(int worker_max, int proxies);
/* For tests: a gateway lives as long as its processes. */
void gateway_free(struct gateway *);

/* Whoever has requests in its queue looks whether a place came free. */
void gateway_wake(const struct gateway *);

/* What the row said of a process that has died: its queue would otherwise fill
 * that of the others.  What it counted stays, for metrics do not run back. */
void process_clear(struct process *);

const char *process_name(const struct process *, char text[24]);

#endif
