/* Log lines, each written with one write(2), so that the lines of several
 * processes never mix.  [every process] */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <event2/event.h>

#include "clock.h"

#define LINE_MAX_BYTES 2048 /* longer is cut; a pipe keeps 4096 together */
#define PROCESS_MAX_BYTES 32

enum log_level log_level = LOG_INFO;

static const char *const level_name[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARN] = "warn",
    [LOG_ERROR] = "error",
};

static char process_name[PROCESS_MAX_BYTES]; /* empty before log_start() */
static int errors_fd = -1;
static int log_fd = STDERR_FILENO;

static void
log_on_libevent(int severity, const char *message)
{
	static const enum log_level levels[] = {
	    [EVENT_LOG_DEBUG] = LOG_DEBUG,
	    [EVENT_LOG_MSG] = LOG_INFO,
	    [EVENT_LOG_WARN] = LOG_WARN,
	    [EVENT_LOG_ERR] = LOG_ERROR,
	};

	log_write(levels[severity], "%s", message);
}

void
log_start(const char *process, enum log_level level)
{
	snprintf(process_name, sizeof(process_name), "%s", process);
	event_set_log_callback(log_on_libevent);
	log_set_level(level);
}

void
log_set_level(enum log_level level)
{
	log_level = level;
}

static bool
is_pipe(const char *path)
{
	struct stat file;

	return stat(path, &file) == 0 && S_ISFIFO(file.st_mode);
}

/* A pipe is opened as by one who might read it: else it cannot be opened before
 * somebody reads it, and what is in it is lost when nobody does for a while. */
int
log_open(const char *path)
{
	const int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK;
	int fd = is_pipe(path) ? open(path, O_RDWR | flags) : -1;

	return fd != -1 ? fd : open(path, O_WRONLY | flags, 0640);
}

bool
log_is_writable(const char *path)
{
	int fd = log_open(path);

	if (fd == -1)
		return false;
	close(fd);
	return true;
}

bool
log_to_file(const char *path)
{
	int fd = STDERR_FILENO;

	if (path != NULL) {
		fd = log_open(path);
		if (fd == -1) {
			log_error("cannot open the log file %s: %s", path,
			    strerror(errno));
			return false;
		}
	}
	if (log_fd != STDERR_FILENO)
		close(log_fd);
	log_fd = fd;
	return true;
}

static size_t
write_prefix(char *line, size_t size, enum log_level level)
{
	char now[CLOCK_TEXT];

	if (process_name[0] == '\0')
		return (size_t)snprintf(line, size, "picket: ");
	clock_text(now);
	return (size_t)snprintf(
	    line, size, "%s %s %s: ", now, process_name, level_name[level]);
}

/* Messages quote what clients and workers sent: a control character could
 * forge a line or talk to a terminal, so each becomes a space. */
static void
blank_controls(char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
}

/* A pipe that nobody empties must not stop a process that serves: what finds no
 * room there is lost. */
static bool
has_room(void)
{
	struct pollfd log = {.fd = log_fd, .events = POLLOUT};

	return process_name[0] == '\0' || poll(&log, 1, 0) != 0;
}

static void
write_line(enum log_level level, const char *format, va_list args)
{
	int saved_errno = errno;
	char line[LINE_MAX_BYTES];
	size_t prefix_len = write_prefix(line, sizeof(line), level);
	size_t len = prefix_len;
	ssize_t written;

	errno = saved_errno; /* for %m */
	if (!has_room())
		return;
	vsnprintf(line + len, sizeof(line) - len, format, args);
	blank_controls(line + len);
	len = strlen(line);
	if (len == sizeof(line) - 1)
		len--;
	line[len++] = '\n';
	do
		written = write(log_fd, line, len);
	while (written == -1 && errno == EINTR);
	if (level == LOG_ERROR && errors_fd != -1 &&
	    write(errors_fd, line + prefix_len, len - prefix_len) == -1)
		errors_fd = -1;
	errno = saved_errno;
}

void
log_write(enum log_level level, const char *format, ...)
{
	va_list args;

	if (level < log_level)
		return;
	va_start(args, format);
	write_line(level, format, args);
	va_end(args);
}

void
log_errors_to(int fd)
{
	errors_fd = fd;
}

void
log_lines(enum log_level level, const char *before, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		if (len > 0)
			log_write(level, "%s%.*s", before, (int)len, text);
		text += len + (text[len] == '\n');
	}
}

void
fatal(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_ERROR, format, args);
	va_end(args);
	exit(1);
}
