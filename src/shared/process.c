/* What the processes of one gateway share, made before they are forked.
 * [supervisor] */
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "worker.h"
#include "xmalloc.h"

static struct process *
share_rows(int count)
{
	size_t size = (size_t)count * sizeof(struct process);
	struct process *rows = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (rows == MAP_FAILED)
		fatal("cannot share %zu bytes of memory: %m", size);
	return rows;
}

struct gateway *
gateway_new(int worker_max, int proxies)
{
	struct gateway *gateway = xcalloc(1, sizeof(*gateway));

	gateway->workers = worker_table_new(worker_max, proxies);
	gateway->process_count = proxies + 1;
	gateway->processes = share_rows(gateway->process_count);
	gateway->processes[0].kind = PROCESS_CONTROL;
	gateway->wake = xcalloc((size_t)proxies, sizeof(*gateway->wake));
	for (int i = 0; i < proxies; i++) {
		gateway->processes[i + 1].kind = PROCESS_PROXY;
		gateway->processes[i + 1].number = i;
		gateway->wake[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (gateway->wake[i] == -1)
			fatal("cannot make an eventfd: %m");
	}
	gateway->started_us = clock_read_us();
	return gateway;
}

void
gateway_free(struct gateway *gateway)
{
	for (int i = 0; i < gateway->process_count - 1; i++)
		close(gateway->wake[i]);
	munmap(gateway->processes,
	    (size_t)gateway->process_count * sizeof(struct process));
	free(gateway->wake);
	free(gateway->listen);
	free(gateway->listeners);
	free(gateway);
}

void
gateway_wake(const struct gateway *gateway)
{
	uint64_t one = 1;

	for (int i = 0; i < gateway->process_count - 1; i++)
		if (write(gateway->wake[i], &one, sizeof(one)) == -1)
			log_debug("cannot wake proxy/%d: %m", i);
}

void
process_clear(struct process *row)
{
	row->heartbeat_us = 0;
	row->generation = 0;
	row->queued = 0;
	row->queued_since_us = 0;
	row->policy_quarantined = 0;
	row->counters.connections_open = 0;
	row->counters.requests_active = 0;
	row->counters.requests_queued = 0;
}

const char *
process_name(const struct process *process, char text[24])
{
	if (process->kind == PROCESS_CONTROL)
		return "control";
	snprintf(text, 24, "proxy/%d", process->number);
	return text;
}
