/* Starting the gateway that replaces this one.  [supervisor] */
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "carry_over.h"
#include "inherit.h"
#include "log.h"
#include "notify.h"
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

	inherit_exec(argv, sockets, count, ready, write_workers(s));
	log_error("cannot start %s: %m", s->program);
	_exit(1);
}

void
upgrade_begin(struct supervisor *s)
{
	int ends[2];

	if (s->is_stopping || s->successor != -1) {
		log_warn("an upgrade or a stop is under way already");
		return;
	}
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1) {
		log_error("cannot upgrade: %m");
		return;
	}
	s->successor_pid = fork();
	if (s->successor_pid == 0)
		become_successor(s, ends[1]);
	close(ends[1]);
	if (s->successor_pid == -1) {
		log_error("cannot upgrade: %m");
		close(ends[0]);
		return;
	}
	s->successor = ends[0];
	log_info("upgrade: started %s as process %d", s->program,
	    (int)s->successor_pid);
}

bool
upgrade_read(struct supervisor *s)
{
	char byte;
	ssize_t len = read(s->successor, &byte, 1);

	if (len == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	close(s->successor);
	s->successor = -1;
	if (len == 1) {
		log_info("process %d has taken over", (int)s->successor_pid);
		notify("MAINPID=%d", (int)s->successor_pid);
		return true;
	}
	log_error("the new gateway did not start; this one goes on");
	return false;
}
