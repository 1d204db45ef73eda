/* Starting the gateway that replaces this one.  [supervisor] */
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "carry_over.h"
#include "inherit.h"
#include "log.h"
#include "notify.h"
#include "worker.h"
#include "xmalloc.h"

/* A socket that several proxies share is passed on once. */
static int
add_socket(int *sockets, int count, int fd)
{
	struct stat one, other;

	if (fd == -1 || fstat(fd, &one) == -1)
		return count;
	for (int i = 0; i < count; i++)
		if (fstat(sockets[i], &other) == 0 &&
		    one.st_ino == other.st_ino)
			return count;
	sockets[count] = fd;
	return count + 1;
}

static int
gather(const struct supervisor *s, int *sockets)
{
	const struct gateway *gateway = s->gateway;
	int listeners = (gateway->process_count - 1) * gateway->listener_count;
	int count = 0;

	for (int i = 0; i < listeners; i++)
		count = add_socket(sockets, count, gateway->listeners[i]);
	return add_socket(sockets, count, s->admin);
}

static int
write_workers(const struct supervisor *s)
{
	const char *reason;
	struct generation *now = generation_open(s->generation, &reason);
	int file = -1;

	if (now != NULL)
		file = carry_over_write(s->gateway->workers, now);
	generation_close(now);
	return file;
}

/* In the child. */
static void __attribute__((noreturn))
become_successor(struct supervisor *s, int ready)
{
	const struct gateway *gateway = s->gateway;
	int most = (gateway->process_count - 1) * gateway->listener_count + 1;
	int *sockets = xcalloc((size_t)most, sizeof(*sockets));
	int count = gather(s, sockets);
	char *argv[] = {s->program, xstrdup("run"), xstrdup("-c"),
	    xstrdup(gateway->config_path), NULL};

	log_errors_to(ready);
	inherit_exec(argv, sockets, count, ready, write_workers(s));
	log_error("cannot start %s: %m", s->program);
	_exit(1);
}

/* Control tells those who ask. */
static void
fail(struct supervisor *s, const char *reason)
{
	struct message message = {.type = MESSAGE_UPGRADE};

	snprintf(message.text, sizeof(message.text), "%s", reason);
	children_tell_control(s, &message);
}

/* What commands would make of the workers now, the successor would not know. */
static void
refuse_orders(struct supervisor *s, bool refuse)
{
	__atomic_store_n(
	    &s->gateway->processes[0].upgrading, refuse, __ATOMIC_RELAXED);
}

static bool
start_successor(struct supervisor *s)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
		return false;
	refuse_orders(s, true);
	s->successor_pid = fork();
	if (s->successor_pid == 0)
		become_successor(s, ends[1]);
	close(ends[1]);
	if (s->successor_pid == -1) {
		refuse_orders(s, false);
		close(ends[0]);
		return false;
	}
	s->successor = ends[0];
	s->successor_says[0] = '\0';
	return true;
}

/* The workers are not yet those of the current generation, or soon will be
 * others: a successor would take the difference for commands. */
static bool
reloads(const struct supervisor *s)
{
	return s->pending != -1 ||
	       worker_generation(s->gateway->workers) != s->gateway->generation;
}

void
upgrade_begin(struct supervisor *s)
{
	static const char
	    busy[] = "an upgrade, a reload or a stop is under way already";

	if (s->is_stopping || s->successor != -1 || reloads(s)) {
		log_warn("%s", busy);
		fail(s, busy);
	} else if (!start_successor(s)) {
		log_error("cannot upgrade: %m");
		fail(s, strerror(errno));
	} else {
		log_info("upgrade: started %s as process %d", s->program,
		    (int)s->successor_pid);
	}
}

/* Adds what there is to read: true when the successor serves. */
static bool
hear_successor(struct supervisor *s, bool *is_gone)
{
	char bytes[256];
	ssize_t len;

	while ((len = read(s->successor, bytes, sizeof(bytes) - 1)) > 0) {
		size_t said = strlen(s->successor_says);

		if (memchr(bytes, '\0', (size_t)len) != NULL)
			return true;
		bytes[len] = '\0';
		snprintf(s->successor_says + said,
		    sizeof(s->successor_says) - said, "%s", bytes);
	}
	*is_gone = len == 0 || (errno != EAGAIN && errno != EINTR);
	return false;
}

bool
upgrade_read(struct supervisor *s)
{
	bool is_gone = false, serves = hear_successor(s, &is_gone);

	if (!serves && !is_gone)
		return false;
	close(s->successor);
	s->successor = -1;
	if (serves) {
		log_info("process %d has taken over", (int)s->successor_pid);
		notify("MAINPID=%d", (int)s->successor_pid);
		return true;
	}
	refuse_orders(s, false);
	log_error("the new gateway did not start; this one goes on");
	fail(s, s->successor_says[0] != '\0' ? s->successor_says
					     : "it ended without saying why");
	return false;
}

void
upgrade_give_up(struct supervisor *s)
{
	if (s->successor == -1)
		return;
	log_info("upgrade: given up; ending process %d", (int)s->successor_pid);
	kill(s->successor_pid, SIGTERM);
	close(s->successor);
	s->successor = -1;
}
