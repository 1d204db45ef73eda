/* Sockets passed on at exec.  [supervisor] */
#include "inherit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "net.h"
#include "xmalloc.h"

enum { FIRST = 3 }; /* SD_LISTEN_FDS_START of sd_listen_fds(3) */
enum { MOST = 4096 };

static int *sockets;
static int socket_count;
static int ready = -1, workers = -1;

/* A number from the environment, which is then without it; -1: none. */
static int
take_variable(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long number;

	if (text == NULL)
		return -1;
	number = strtol(text, &end, 10);
	if (end == text || *end != '\0' || number < 0 || number > INT32_MAX)
		number = -1;
	unsetenv(name);
	return (int)number;
}

static bool
is_listening(int fd)
{
	int listening = 0;
	socklen_t len = sizeof(listening);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) ==
		   0 &&
	       listening;
}

void
inherit_read(void)
{
	int pid = take_variable("LISTEN_PID");
	int count = take_variable("LISTEN_FDS");

	ready = take_variable("PICKET_READY_FD");
	workers = take_variable("PICKET_WORKERS_FD");
	unsetenv("LISTEN_FDNAMES");
	if (ready != -1 && fcntl(ready, F_SETFD, FD_CLOEXEC) == -1)
		ready = -1;
	log_errors_to(ready);
	if (workers != -1 && fcntl(workers, F_SETFD, FD_CLOEXEC) == -1)
		workers = -1;
	if (pid != getpid() || count <= 0 || count > MOST)
		return;
	sockets = xcalloc((size_t)count, sizeof(*sockets));
	for (int fd = FIRST; fd < FIRST + count; fd++) {
		if (!is_listening(fd)) {
			log_warn("descriptor %d is no listening socket", fd);
			continue;
		}
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		sockets[socket_count++] = fd;
	}
}

bool
inherit_has_any(void)
{
	return socket_count > 0;
}

int
inherit_take(const struct address *address)
{
	struct address own;

	for (int i = 0; i < socket_count; i++) {
		int fd = sockets[i];

		if (fd == -1 || !net_local_address(fd, &own) ||
		    !address_equal(&own, address))
			continue;
		sockets[i] = -1;
		return fd;
	}
	return -1;
}

bool
inherit_has_port_of(const struct address *address)
{
	struct address own;

	for (int i = 0; i < socket_count; i++)
		if (sockets[i] != -1 && net_local_address(sockets[i], &own) &&
		    !address_is_unix(&own) && !address_is_unix(address) &&
		    own.in.sin_port == address->in.sin_port)
			return true;
	return false;
}

void
inherit_end(void)
{
	char text[ADDRESS_TEXT];
	struct address own;

	for (int i = 0; i < socket_count; i++) {
		if (sockets[i] == -1)
			continue;
		net_local_address(sockets[i], &own);
		address_text(&own, text);
		log_warn("given a socket for %s, which neither listen nor "
			 "admin names; closing it",
		    text);
		close(sockets[i]);
	}
	free(sockets);
	sockets = NULL;
	socket_count = 0;
}

int
inherit_take_workers(void)
{
	int fd = workers;

	workers = -1;
	return fd;
}

bool
inherit_replaces(void)
{
	return ready != -1;
}

void
inherit_close(void)
{
	if (ready != -1)
		close(ready);
	ready = -1;
	log_errors_to(-1);
}

void
inherit_say_ready(void)
{
	if (ready == -1)
		return;
	if (write(ready, "", 1) != 1)
		log_warn("cannot tell the old gateway to go: %m");
	inherit_close();
}

static void
set_variable(const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	setenv(name, text, 1);
}

/* All are first moved out of the way of where they go. */
static bool
place(const int *given, int count)
{
	int beyond = FIRST + count;
	int *moved = xcalloc((size_t)count, sizeof(*moved));
	bool all = true;

	for (int i = 0; i < count; i++) {
		moved[i] = fcntl(given[i], F_DUPFD_CLOEXEC, beyond);
		all = all && moved[i] != -1;
	}
	for (int i = 0; all && i < count; i++)
		all = dup2(moved[i], FIRST + i) != -1;
	free(moved);
	return all;
}

void
inherit_exec(char *const argv[], const int *given, int count, int pipe_end,
    int workers_file)
{
	int *all = xcalloc((size_t)count + 2, sizeof(*all)), extra = 1;
	sigset_t none;

	for (int i = 0; i < count; i++)
		all[i] = given[i];
	all[count] = pipe_end;
	if (workers_file != -1)
		all[count + extra++] = workers_file;
	if (place(all, count + extra)) {
		set_variable("LISTEN_PID", getpid());
		set_variable("LISTEN_FDS", count);
		set_variable("PICKET_READY_FD", FIRST + count);
		if (workers_file != -1)
			set_variable("PICKET_WORKERS_FD", FIRST + count + 1);
		signal(SIGPIPE, SIG_DFL);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execv(argv[0], argv);
	}
	free(all);
}
