/*
 * A closed-loop load: every connection sends a request, waits for the whole
 * answer and goes on.  [benchmark]
 *
 *     bench_load -a ADDRESS [-n CONNECTIONS] [-s SECONDS] [-p PATH]
 *                [-b BYTES] [-e BYTES] [-w] [-r | -c | -i TOTAL]
 *
 *     -b  send a POST with so many bytes instead of a GET
 *     -e  an answer's body has so many bytes
 *     -w  sleep while there is nothing to do, see peer.h
 *     -r  a new connection for each request: close when the answer is there
 *     -c  the same, and the request says Connection: close
 *     -i  open TOTAL connections, make one request on each, print "idle" and
 *         hold them until standard input ends
 *
 * Prints {"requests": N, "failed": N, "seconds": S}.  Why not wrk: the cost of
 * a request needs the exact number of requests, answers that are wrong must not
 * count as fast, and it shares its CPU with the workers, so it should be cheap.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "clock.h"
#include "log.h"
#include "message.h"
#include "net.h"
#include "peer.h"
#include "xmalloc.h"

#define BUFFER (256 * 1024)
#define HEAD_MAX 8192
#define EVENTS 64
#define SOURCES 64 /* addresses 127.0.0.1 to .64, 28,000 ports each */

enum load_after { LOAD_AGAIN, LOAD_RECONNECT, LOAD_HOLD };

struct connection {
	int fd;
	size_t out_at; /* of the request */
	char *head;    /* of the answer, until it is complete */
	size_t head_len;
	bool in_body, is_right;
	size_t body_left; /* of the answer */
};

static struct {
	struct address address;
	int connections;
	double seconds;
	const char *path;
	long long send_len; /* -1: GET */
	size_t expected_len;
	enum load_after after;
	bool says_close;
	int total;
} options = {.connections = 64,
    .seconds = 1,
    .path = "/run/small",
    .send_len = -1,
    .expected_len = 64};

static char *request;
static size_t request_len;
static unsigned long long answered, failed;
static int running, opened;
static uint64_t end_us;
static int epoll;

static void
request_make(void)
{
	size_t body_len = options.send_len == -1 ? 0 : options.send_len;
	char *length = options.send_len == -1
			   ? xstrdup("")
			   : xasprintf("Content-Length: %zu\r\n", body_len);
	char *head = xasprintf("%s %s HTTP/1.1\r\n"
			       "Host: gateway\r\n"
			       "User-Agent: bench\r\n"
			       "Accept: */*\r\n%s%s\r\n",
	    options.send_len == -1 ? "GET" : "POST", options.path, length,
	    options.says_close ? "Connection: close\r\n" : "");

	request_len = strlen(head) + body_len;
	request = xmalloc(request_len);
	memset(request, 'x', request_len);
	memcpy(request, head, strlen(head));
	free(head);
	free(length);
}

/* Closed connections hold their port for a minute, so vary the source. */
static int
connect_from_next_source(void)
{
	struct sockaddr_in source = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK + opened % SOURCES)};
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&source, sizeof(source)) == -1)
		fatal("bind: %s", strerror(errno));
	if (connect(fd, &options.address.any, options.address.len) == -1 &&
	    errno != EINPROGRESS)
		fatal("connect: %s", strerror(errno));
	return fd;
}

static void
connection_open(struct connection *c)
{
	struct epoll_event event = {
	    .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};

	c->fd = connect_from_next_source();
	c->out_at = c->head_len = 0;
	c->in_body = false;
	opened++;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) == -1)
		fatal("epoll_ctl: %s", strerror(errno));
}

static bool
send_request(struct connection *c)
{
	ssize_t len;

	while (c->out_at < request_len) {
		len = send(c->fd, request + c->out_at, request_len - c->out_at,
		    MSG_NOSIGNAL);
		if (len == -1)
			return errno == EAGAIN;
		c->out_at += len;
	}
	return true;
}

/* What comes after an answer; false: nothing, the connection is done. */
static bool
go_on(struct connection *c)
{
	if (options.after == LOAD_HOLD) {
		epoll_ctl(epoll, EPOLL_CTL_DEL, c->fd, NULL);
		if (opened >= options.total)
			return false;
		connection_open(c);
		return true;
	}
	if (clock_read_us() >= end_us) {
		close(c->fd);
		return false;
	}
	if (options.after == LOAD_RECONNECT) {
		close(c->fd);
		connection_open(c);
		return true;
	}
	c->out_at = c->head_len = 0;
	c->in_body = false;
	return send_request(c);
}

/* The bytes that belong to the head, 0 while it is incomplete. */
static size_t
take_head(struct connection *c, const char *bytes, size_t len)
{
	size_t before = c->head_len;
	struct message message;

	if (len > HEAD_MAX - before)
		len = HEAD_MAX - before;
	memcpy(c->head + before, bytes, len);
	c->head_len += len;
	if (!message_scan(&message, c->head, c->head_len))
		return 0;
	c->in_body = true;
	c->is_right = message.status == 200 &&
		      message.body_len == options.expected_len;
	c->body_left = message.body_len;
	return message.head_len - before;
}

/* False: this is not the answer that was expected. */
static bool
take_bytes(struct connection *c, const char *bytes, size_t len)
{
	if (!c->in_body) {
		len -= take_head(c, bytes, len);
		if (!c->in_body)
			return c->head_len < HEAD_MAX;
	}
	if (!c->is_right || len > c->body_left)
		return false;
	c->body_left -= len;
	return true;
}

/* Reads until the answer is complete or there is no more for now. */
static bool
read_answer(struct connection *c)
{
	static char buffer[BUFFER];
	ssize_t len = BUFFER;

	while (len == BUFFER) {
		len = recv(c->fd, buffer, BUFFER, 0);
		if (len == -1)
			return errno == EAGAIN;
		if (len == 0 || !take_bytes(c, buffer, len))
			return false;
		if (c->in_body && c->body_left == 0)
			return true;
	}
	return true;
}

static void
connection_fail(struct connection *c)
{
	failed++;
	close(c->fd);
	if (clock_read_us() >= end_us || failed > 1000)
		running--;
	else
		connection_open(c);
}

static void
on_ready(struct connection *c, uint32_t events)
{
	if (!send_request(c) || ((events & EPOLLIN) && !read_answer(c))) {
		connection_fail(c);
		return;
	}
	if (!c->in_body || c->body_left > 0)
		return;
	answered++;
	if (!go_on(c))
		running--;
}

static void
run(void)
{
	struct epoll_event events[EVENTS];

	while (running > 0) {
		int ready = peer_wait(epoll, events, EVENTS);

		for (int i = 0; i < ready; i++)
			on_ready(events[i].data.ptr, events[i].events);
	}
}

static void
start(void)
{
	struct connection *all = xcalloc(
	    options.connections, sizeof(struct connection));

	epoll = epoll_create1(EPOLL_CLOEXEC);
	running = options.connections;
	for (int i = 0; i < options.connections; i++) {
		all[i].head = xmalloc(HEAD_MAX);
		connection_open(&all[i]);
	}
}

static bool
parse_option(int option)
{
	const char *reason;

	switch (option) {
	case 'a':
		return address_parse(&options.address, optarg, &reason);
	case 'n':
		options.connections = atoi(optarg);
		return options.connections > 0;
	case 's':
		options.seconds = atof(optarg);
		return true;
	case 'p':
		options.path = optarg;
		return true;
	case 'b':
		options.send_len = atoll(optarg);
		return options.send_len >= 0;
	case 'e':
		options.expected_len = strtoull(optarg, NULL, 10);
		return true;
	case 'w':
		peer_sleeps = true;
		return true;
	case 'c':
		options.says_close = true;
		/* fallthrough */
	case 'r':
		options.after = LOAD_RECONNECT;
		return true;
	case 'i':
		options.after = LOAD_HOLD;
		options.total = atoi(optarg);
		return true;
	}
	return false;
}

static bool
parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "a:n:s:p:b:e:wrci:")) != -1)
		if (!parse_option(option))
			return false;
	return optind == argc && options.address.len > 0;
}

/* Until whoever started this closes our standard input. */
static void
hold(void)
{
	char byte;

	printf("idle\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
}

int
main(int argc, char **argv)
{
	uint64_t began_us;

	if (!parse_options(argc, argv)) {
		fprintf(stderr, "usage: see the head of bench/load.c\n");
		return 2;
	}
	request_make();
	began_us = clock_read_us();
	end_us = began_us + options.seconds * 1e6;
	start();
	run();
	if (options.after == LOAD_HOLD)
		hold();
	printf("{\"requests\": %llu, \"failed\": %llu, \"seconds\": %.6f}\n",
	    answered, failed, (clock_read_us() - began_us) / 1e6);
	return failed == 0 ? 0 : 1;
}
