/*
 * The least a proxy can do: epoll, recv and send.  [benchmark]
 *
 *     bench_relay WORKER...        e.g. 127.0.0.1:9081 127.0.0.1:9082
 *
 * Listens on a free port of the loopback interface and prints it.  Each client
 * connection is tied to a worker connection, the workers in turn, and bytes go
 * from one to the other unread.  When the client leaves, its worker connection
 * is kept for the next client: this holds as long as clients leave between two
 * requests, which is what the load does.
 *
 * It is the floor to measure proxies against, not a proxy.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "list.h"
#include "log.h"
#include "net.h"
#include "peer.h"
#include "xmalloc.h"

#define BUFFER (64 * 1024)
#define EVENTS 64

struct worker {
	struct address address;
	struct list idle; /* newest first */
};

/* One end of a pair.  What came in at one side goes out at the other. */
struct side {
	struct link link;      /* among the idle or the dead */
	struct side *other;    /* NULL: an idle worker connection, or dead */
	struct worker *worker; /* NULL: a client */
	int fd;
	char *rest; /* what this side could not send yet */
	size_t rest_at, rest_len;
};

static struct worker *workers;
static int worker_count;
static struct list dead; /* until the turn is over */
static int epoll;

static void
watch(int fd, void *data)
{
	struct epoll_event event = {
	    .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = data};

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		fatal("epoll_ctl: %s", strerror(errno));
}

static struct side *
side_open(int fd, struct worker *worker)
{
	struct side *side = xcalloc(1, sizeof(*side));

	link_init(&side->link);
	side->fd = fd;
	side->worker = worker;
	watch(fd, side);
	return side;
}

static void
side_close(struct side *side)
{
	close(side->fd);
	side->fd = -1;
	side->other = NULL;
	list_move(&side->link, &dead);
}

static void
sweep(void)
{
	struct side *side;

	list_each (side, &dead, link) {
		list_remove(&side->link);
		free(side->rest);
		free(side);
	}
}

static struct side *
worker_take(struct worker *worker)
{
	struct side *side = list_first(&worker->idle, struct side, link);
	int fd;

	if (side != NULL) {
		list_remove(&side->link);
		return side;
	}
	fd = net_connect(&worker->address);
	return fd == -1 ? NULL : side_open(fd, worker);
}

/* A client leaves: its worker connection waits for the next one. */
static void
pair_end(struct side *side)
{
	struct side *client = side->worker == NULL ? side : side->other;
	struct side *kept = client->other;

	side_close(client);
	if (side != client) {
		side_close(side);
		return;
	}
	kept->other = NULL;
	list_prepend(&kept->worker->idle, &kept->link);
}

static void
on_accept(int listener)
{
	static int turn;
	struct side *client, *worker;
	struct address peer;
	int fd;

	while ((fd = net_accept(listener, &peer)) != -1) {
		worker = worker_take(&workers[turn++ % worker_count]);
		if (worker == NULL) {
			close(fd);
			continue;
		}
		client = side_open(fd, NULL);
		client->other = worker;
		worker->other = client;
	}
}

/* Sends what it can and keeps the rest; false: the side is gone. */
static bool
side_send(struct side *side, const char *bytes, size_t len)
{
	ssize_t sent = send(side->fd, bytes, len, MSG_NOSIGNAL);

	if (sent == -1 && errno != EAGAIN)
		return false;
	if (sent == (ssize_t)len)
		return true;
	if (sent == -1)
		sent = 0;
	if (side->rest == NULL)
		side->rest = xmalloc(BUFFER);
	memcpy(side->rest, bytes + sent, len - sent);
	side->rest_at = 0;
	side->rest_len = len - sent;
	return true;
}

/* True when nothing is left to send. */
static bool
flush_rest(struct side *side)
{
	ssize_t sent;

	while (side->rest_len > 0) {
		sent = send(side->fd, side->rest + side->rest_at,
		    side->rest_len, MSG_NOSIGNAL);
		if (sent == -1)
			return false;
		side->rest_at += sent;
		side->rest_len -= sent;
	}
	return true;
}

/* A short read has emptied the socket: the next bytes are a new event. */
static bool
pump(struct side *from, struct side *to)
{
	static char buffer[BUFFER];
	ssize_t len = BUFFER;

	while (len == BUFFER && to->rest_len == 0) {
		len = recv(from->fd, buffer, BUFFER, 0);
		if (len == -1)
			return errno == EAGAIN;
		if (len == 0 || !side_send(to, buffer, len))
			return false;
	}
	return true;
}

static void
on_ready(struct side *side, uint32_t events)
{
	struct side *other = side->other;
	bool was_blocked = side->rest_len > 0;

	if (side->fd == -1)
		return;
	if (other == NULL) {
		if (events & EPOLLIN)
			side_close(side);
		return;
	}
	if (was_blocked && flush_rest(side) && !pump(other, side))
		pair_end(other);
	else if ((events & EPOLLIN) && !pump(side, other))
		pair_end(side);
}

static void
parse_workers(char **argv)
{
	const char *reason;

	workers = xcalloc(worker_count, sizeof(*workers));
	for (int i = 0; i < worker_count; i++) {
		list_init(&workers[i].idle);
		if (!address_parse(&workers[i].address, argv[i], &reason))
			fatal("%s: %s", argv[i], reason);
	}
}

int
main(int argc, char **argv)
{
	struct epoll_event events[EVENTS];
	int listener;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_relay WORKER...\n");
		return 2;
	}
	worker_count = argc - 1;
	parse_workers(argv + 1);
	list_init(&dead);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	listener = listen_anywhere();
	watch(listener, NULL);
	for (;;) {
		int ready = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < ready; i++) {
			if (events[i].data.ptr == NULL)
				on_accept(listener);
			else
				on_ready(events[i].data.ptr, events[i].events);
		}
		sweep();
	}
}
