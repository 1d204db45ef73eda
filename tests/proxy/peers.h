/*
 * The clients and workers of a site, as sockets in the hands of the test.
 *
 * A test reads as what is done in turn: a client asks (site_ask), a worker is
 * called (site_call) and hears it, it answers (site_answer).  The test need not
 * close these connections; one that it does close, it closes by site_hang_up.
 *
 * Whatever a test waits for is waited for by turning the event loop; a test
 * that waits in vain fails after a while.
 */
#ifndef PEERS_H
#define PEERS_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "site.h"

#define PEERS_PATIENCE_US (5 * SECOND)

#define GET "GET /run/f HTTP/1.1\r\nHost: h\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
#define UPGRADE                                                                \
	"GET /run/f HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"            \
	"Upgrade: x\r\n\r\n"
#define SWITCH                                                                 \
	"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"          \
	"Upgrade: x\r\n\r\n"

/* One more turn for something that must come. */
static inline void
site_wait(uint64_t *since_us)
{
	site_turn();
	if (*since_us == 0)
		*since_us = clock_read_us();
	if (clock_read_us() - *since_us > PEERS_PATIENCE_US)
		fail_msg("it did not come");
}

/* Closes with a reset. */
static inline void
site_reset(int fd)
{
	struct linger reset = {.l_onoff = 1, .l_linger = 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	site_hang_up(fd);
}

static inline void
site_unblock(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* A client that has connected.  Its kernel takes little ahead of it, and so it
 * matters soon how much it reads. */
static inline int
site_client(void)
{
	struct address address, peer;
	int listener = site_listen(&address), size = 65536, fd, accepted;

	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	assert_int_equal(connect(fd, &address.any, address.len), 0);
	accepted = net_accept(listener, &peer);
	assert_int_not_equal(accepted, -1);
	close(listener);
	site_unblock(fd);
	requests_accept(site.requests, accepted, &peer);
	return site_keep(fd);
}

/* Sends what a client or a worker has to say. */
static inline void
site_send(int fd, const char *data, size_t len)
{
	uint64_t since_us = 0;

	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n > 0) {
			data += n;
			len -= n;
		} else if (errno != EAGAIN) {
			fail_msg("write: %s", strerror(errno));
		}
		site_wait(&since_us);
	}
}

static inline void
say(int fd, const char *text)
{
	site_send(fd, text, strlen(text));
}

/* As say(), but what comes next comes in the same turn. */
static inline void
say_at_once(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* All that comes until `last` has come; the text is good until the next call
 * but seven. */
static inline const char *
hear(int fd, const char *last)
{
	static char texts[8][1 << 17];
	static int turn;
	char *text = texts[turn++ % 8];
	uint64_t since_us = 0;
	size_t len = 0;

	text[0] = '\0';
	while (strstr(text, last) == NULL) {
		ssize_t n = read(fd, text + len, (1 << 17) - 1 - len);

		if (n == 0 || (n == -1 && errno != EAGAIN))
			fail_msg("\"%s\" did not come, but \"%s\" and the end",
			    last, text);
		len += n > 0 ? n : 0;
		text[len] = '\0';
		site_wait(&since_us);
	}
	return text;
}

/* Reads `len` bytes, whatever they are. */
static inline void
hear_bytes(int fd, size_t len)
{
	static char bytes[1 << 16];
	uint64_t since_us = 0;

	while (len > 0) {
		ssize_t n = read(
		    fd, bytes, len < sizeof(bytes) ? len : sizeof(bytes));

		assert_int_not_equal(n, 0);
		if (n == -1)
			assert_int_equal(errno, EAGAIN);
		len -= n > 0 ? n : 0;
		site_wait(&since_us);
	}
}

/* Writes this again and again, as if it were one endless text, until nothing
 * takes it any more; at most `most` bytes.  Returns how many it was. */
static inline size_t
site_flood(int fd, const char *text, size_t len, size_t most)
{
	size_t sent = 0;
	int idle = 0;

	while (idle < 100 && sent < most) {
		size_t at = sent % len;
		size_t want = most - sent < len - at ? most - sent : len - at;
		ssize_t n = write(fd, text + at, want);

		idle = n > 0 ? 0 : idle + 1;
		sent += n > 0 ? n : 0;
		site_turn();
	}
	return sent;
}

/* Reads to the end: 0 for an orderly one, else the errno of a broken one. */
static inline int
hear_end(int fd)
{
	static char bytes[1 << 16];
	uint64_t since_us = 0;
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) != 0) {
		if (n == -1 && errno != EAGAIN)
			return errno;
		site_wait(&since_us);
	}
	return 0;
}

static inline void
hear_nothing(int fd)
{
	char byte;

	site_turns();
	assert_int_equal(read(fd, &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
}

/* The next connection that this worker is asked on. */
static inline int
site_call(int worker)
{
	struct address peer;
	uint64_t since_us = 0;
	int fd;

	while ((fd = net_accept(site.workers[worker].listener, &peer)) == -1)
		site_wait(&since_us);
	return site_keep(fd);
}

/* Nobody else connects to this worker. */
static inline void
site_no_call(int worker)
{
	struct address peer;

	site_turns();
	assert_int_equal(net_accept(site.workers[worker].listener, &peer), -1);
}

/* A new client that asks this. */
static inline int
site_ask(const char *request)
{
	int client = site_client();

	say(client, request);
	return client;
}

/* The worker answers on this connection, and the client hears it. */
static inline void
site_answer(int call, int client)
{
	say(call, OK);
	hear(client, "ok");
}

/* Has a request answered, so that this worker's connection, which is returned,
 * is kept for the next. */
static inline int
site_kept_call(int client, int worker)
{
	int call;

	say(client, GET);
	call = site_call(worker);
	hear(call, "\r\n\r\n");
	say(call, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept");
	hear(client, "kept");
	return call;
}

#endif
