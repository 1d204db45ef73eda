/*
 * The access log.  [proxies]
 *
 *     2026-01-31T12:00:00.123Z 203.0.113.7 POST /run/f 200 f w1 1 12 340 0 1
 * 1830 1902 3 9f...
 *
 * What clients and configuration wrote is escaped: a line stays a line, and
 * JSON stays JSON.  A pipe that nobody reads loses lines; it holds up no
 * request.
 */
#include "access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "clock.h"
#include "log.h"
#include "xmalloc.h"

#define BUFFER (128 * 1024)
/* A text is cut here.  No entry is longer than seven texts, each byte of them
 * six when escaped, and the numbers between. */
#define TEXT_MAX 1024
#define ENTRY_MAX (7 * 6 * TEXT_MAX + 1024)
#define FLUSH_US 1000000

struct access_log {
	enum access_format format;
	char path[CONFIG_PATH];
	int fd;
	bool is_file; /* writing to it does not wait */
	size_t len;
	uint64_t flushed_us;
	char buffer[BUFFER];
};

struct access_log *
access_log_new(void)
{
	struct access_log *log = xcalloc(1, sizeof(*log));

	log->fd = -1;
	return log;
}

static void
open_file(struct access_log *log)
{
	int fd = log->path[0] == '\0' ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
				      : log_open(log->path);
	struct stat stat;

	if (fd == -1) {
		log_error("cannot open the access log %s: %s", log->path,
		    strerror(errno));
		return;
	}
	if (log->fd != -1)
		close(log->fd);
	log->fd = fd;
	log->is_file = fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode);
}

/* How much may be written now without waiting: of what is no file as many whole
 * lines as a pipe takes in one piece, so that proxies do not mix theirs. */
static size_t
writable_now(const struct access_log *log, const char *from, size_t len)
{
	struct pollfd p = {.fd = log->fd, .events = POLLOUT};
	const char *end;

	if (log->is_file)
		return len;
	if (poll(&p, 1, 0) != 1 || (p.revents & POLLOUT) == 0)
		return 0;
	if (len > PIPE_BUF)
		len = PIPE_BUF;
	end = memrchr(from, '\n', len);
	return end != NULL ? (size_t)(end + 1 - from) : len;
}

static void
write_out(struct access_log *log)
{
	size_t done = 0, piece;

	while (done < log->len && log->fd != -1) {
		ssize_t n;

		piece = writable_now(log, log->buffer + done, log->len - done);
		if (piece == 0)
			break;
		n = write(log->fd, log->buffer + done, piece);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			log_error("cannot write to the access log %s: %s",
			    log->path, strerror(errno));
			break;
		}
		done += n;
	}
	log->len = 0;
	log->flushed_us = clock_now_us();
}

void
access_log_free(struct access_log *log)
{
	if (log == NULL)
		return;
	write_out(log);
	if (log->fd != -1)
		close(log->fd);
	free(log);
}

void
access_log_configure(struct access_log *log, const struct config *config)
{
	write_out(log);
	log->format = config->log.access;
	if (log->format == ACCESS_OFF) {
		if (log->fd != -1)
			close(log->fd);
		log->fd = -1;
		log->path[0] = '\0';
		return;
	}
	if (strcmp(log->path, config->log.access_file) == 0 && log->fd != -1)
		return;
	snprintf(log->path, sizeof(log->path), "%s", config->log.access_file);
	open_file(log);
}

bool
access_log_is_on(const struct access_log *log)
{
	return log->format != ACCESS_OFF;
}

void
access_log_flush(struct access_log *log)
{
	if (log->len > 0 && clock_now_us() - log->flushed_us >= FLUSH_US)
		write_out(log);
}

void
access_log_reopen(struct access_log *log)
{
	if (log->format == ACCESS_OFF)
		return;
	write_out(log);
	open_file(log);
}

/* --- one line --- */

static void
put(struct access_log *log, const char *text)
{
	size_t len = strlen(text);

	memcpy(log->buffer + log->len, text, len);
	log->len += len;
}

static void
put_number(struct access_log *log, const char *before, uint64_t number)
{
	char text[64];

	snprintf(
	    text, sizeof(text), "%s%llu", before, (unsigned long long)number);
	put(log, text);
}

/* A text that a peer wrote: what would end the line or the string is written
 * as in JSON. */
static void
put_text(struct access_log *log, struct text text)
{
	char escape[8];

	if (text.len > TEXT_MAX)
		text.len = TEXT_MAX;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = text.at[i];

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
			log->buffer[log->len++] = c;
			continue;
		}
		snprintf(escape, sizeof(escape), "\\u%04x", c);
		put(log, escape);
	}
}

static void
put_word(struct access_log *log, struct text text)
{
	put(log, " ");
	put_text(log, text.len > 0 ? text : TEXT("-"));
}

static void
write_text(
    struct access_log *log, const struct access_entry *e, const char *now)
{
	put(log, now);
	put_word(log, e->client);
	put_word(log, e->method);
	put_word(log, e->path);
	put_number(log, " ", e->status);
	put_word(log, e->func);
	put_word(log, e->worker);
	put_number(log, " ", e->attempts);
	put_number(log, " ", e->bytes_in);
	put_number(log, " ", e->bytes_out);
	put_number(log, " ", e->queue_us);
	put_number(log, " ", e->pick_us);
	put_number(log, " ", e->first_byte_us);
	put_number(log, " ", e->total_us);
	put_number(log, " ", e->generation);
	put_word(log, e->request_id);
	put(log, "\n");
}

static void
put_member(struct access_log *log, const char *before, struct text text)
{
	put(log, before);
	put_text(log, text);
	put(log, "\"");
}

static void
write_json(
    struct access_log *log, const struct access_entry *e, const char *now)
{
	put_member(log, "{\"time\":\"", (struct text){now, strlen(now)});
	put_member(log, ",\"client\":\"", e->client);
	put_member(log, ",\"method\":\"", e->method);
	put_member(log, ",\"path\":\"", e->path);
	put_number(log, ",\"status\":", e->status);
	put_member(log, ",\"function\":\"", e->func);
	put_member(log, ",\"worker\":\"", e->worker);
	put_number(log, ",\"attempts\":", e->attempts);
	put_number(log, ",\"bytes_in\":", e->bytes_in);
	put_number(log, ",\"bytes_out\":", e->bytes_out);
	put_number(log, ",\"queue_us\":", e->queue_us);
	put_number(log, ",\"pick_us\":", e->pick_us);
	put_number(log, ",\"first_byte_us\":", e->first_byte_us);
	put_number(log, ",\"total_us\":", e->total_us);
	put_number(log, ",\"generation\":", e->generation);
	put_member(log, ",\"request_id\":\"", e->request_id);
	if (e->error != NULL)
		put_member(log, ",\"error\":\"",
		    (struct text){e->error, strlen(e->error)});
	put(log, "}\n");
}

void
access_log_write(struct access_log *log, const struct access_entry *entry)
{
	char now[CLOCK_TEXT];

	if (log->fd == -1)
		return;
	if (log->len + ENTRY_MAX > BUFFER)
		write_out(log);
	clock_text(now);
	if (log->format == ACCESS_JSON)
		write_json(log, entry, now);
	else
		write_text(log, entry, now);
}
