/*
 * Workers for the benchmark: as little work as a worker can do.  [benchmark]
 *
 *     bench_workers [-w] COUNT
 *
 * Listens on COUNT free ports of the loopback interface and prints them, one a
 * line.  A request is read to the end of its body; one whose path has "/large"
 * in it is answered with 1 MiB, any other with 64 bytes.  All of them are one
 * loop, for they share a CPU with the load anyway.  Requests are not pipelined.
 * -w: sleep while there is nothing to do, see peer.h.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "log.h"
#include "message.h"
#include "net.h"
#include "peer.h"
#include "xmalloc.h"

#define SMALL 64
#define LARGE (1 << 20)
#define HEAD_MAX 8192
#define EVENTS 64

struct connection {
	int fd;
	bool listens;
	char head[HEAD_MAX];
	size_t head_len;
	size_t body_left; /* of the request */
	bool in_body;
	const char *out;
	size_t out_left;
};

struct answer {
	char *text;
	size_t len;
};

static struct answer small, large;
static char discarded[256 * 1024];
static int epoll;

static void
answer_make(struct answer *answer, size_t body_len)
{
	char *head = xasprintf("HTTP/1.1 200 OK\r\n"
			       "Server: bench\r\n"
			       "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
			       "Content-Type: text/plain\r\n"
			       "Content-Length: %zu\r\n\r\n",
	    body_len);
	size_t head_len = strlen(head);

	answer->len = head_len + body_len;
	answer->text = xmalloc(answer->len);
	memcpy(answer->text, head, head_len);
	memset(answer->text + head_len, 'x', body_len);
	free(head);
}

/* Edge-triggered: everything is read and written until it would block. */
static void
connection_open(int fd, bool listens)
{
	struct connection *c = xcalloc(1, sizeof(*c));
	struct epoll_event event = {
	    .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};

	c->fd = fd;
	c->listens = listens;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		fatal("epoll_ctl: %s", strerror(errno));
}

static void
connection_close(struct connection *c)
{
	close(c->fd);
	free(c);
}

static void
accept_all(struct connection *listener)
{
	struct address peer;
	int fd;

	while ((fd = net_accept(listener->fd, &peer)) != -1)
		connection_open(fd, false);
}

static void
begin_answer(struct connection *c)
{
	const char *path_end = memchr(c->head, '\r', c->head_len);
	bool is_large = memmem(c->head, path_end - c->head, "/large", 6) !=
			NULL;
	const struct answer *answer = is_large ? &large : &small;

	c->out = answer->text;
	c->out_left = answer->len;
	c->head_len = 0;
	c->in_body = false;
}

/* Reads into the head or past the body; -1: closed. */
static ssize_t
read_some(struct connection *c, size_t *room)
{
	char *to = c->in_body ? discarded : c->head + c->head_len;

	*room = c->in_body ? sizeof(discarded) : HEAD_MAX - c->head_len;
	return recv(c->fd, to, *room, 0);
}

static void
take_bytes(struct connection *c, size_t len)
{
	struct message message;

	if (c->in_body) {
		c->body_left -= len < c->body_left ? len : c->body_left;
	} else {
		c->head_len += len;
		if (!message_scan(&message, c->head, c->head_len))
			return;
		c->in_body = true;
		c->body_left = message.head_len + message.body_len -
			       c->head_len;
	}
	if (c->body_left == 0)
		begin_answer(c);
}

static bool
read_request(struct connection *c)
{
	size_t room;
	ssize_t len;

	do {
		len = read_some(c, &room);
		if (len == 0 || (len == -1 && errno != EAGAIN))
			return false;
		if (len > 0)
			take_bytes(c, len);
	} while (len == (ssize_t)room);
	return true;
}

static bool
write_answer(struct connection *c)
{
	ssize_t len;

	while (c->out_left > 0) {
		len = send(c->fd, c->out, c->out_left, MSG_NOSIGNAL);
		if (len == -1)
			return errno == EAGAIN;
		c->out += len;
		c->out_left -= len;
	}
	return true;
}

static void
on_ready(struct connection *c, uint32_t events)
{
	if (c->listens)
		accept_all(c);
	else if (((events & EPOLLIN) && !read_request(c)) || !write_answer(c))
		connection_close(c);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[EVENTS];
	int count;

	peer_sleeps = argc == 3 && strcmp(argv[1], "-w") == 0;
	count = argc == 2 + peer_sleeps ? atoi(argv[argc - 1]) : 0;
	if (count < 1) {
		fprintf(stderr, "usage: bench_workers [-w] COUNT\n");
		return 2;
	}
	answer_make(&small, SMALL);
	answer_make(&large, LARGE);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	while (count-- > 0)
		connection_open(listen_anywhere(), true);
	for (;;) {
		int ready = peer_wait(epoll, events, EVENTS);

		for (int i = 0; i < ready; i++)
			on_ready(events[i].data.ptr, events[i].events);
	}
}
