/*
 * Log lines for people: to standard error, or to a file that can be reopened.
 * [every process]
 *
 *     2026-01-31T12:00:00.123Z proxy/0 warn: worker w1 is down: refused
 *
 * Before log_start() a message is written as `picket: message`, which is what
 * a command line tool says.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* From now on lines carry the time and this process' name ("proxy/0"), and what
 * libevent has to say is said here. */
void log_start(const char *process, enum log_level);
void log_set_level(enum log_level);

/* Lines go to this file from now on; NULL: standard error.  Called again with
 * the same path it reopens the file.  False: it cannot be opened (said on the
 * old place, which stays in use). */
bool log_to_file(const char *path);

/* Opens a log file or makes it, and waits for nobody: a pipe keeps what it can
 * for who reads it in time.  -1 with errno. */
int log_open(const char *path);

/* Could a log file be opened there?  Else errno tells why not. */
bool log_is_writable(const char *path);

extern enum log_level log_level; /* read by the macro below only */

#define log_debug(...)                                                         \
	do {                                                                   \
		if (log_level <= LOG_DEBUG)                                    \
			log_write(LOG_DEBUG, __VA_ARGS__);                     \
	} while (0)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_write(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)

/* Keeps errno.  Control characters in the message become spaces. */
void log_write(enum log_level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Errors are said on this descriptor, too, as bare lines; -1: no more. */
void log_errors_to(int fd);

/* A message for each line of a text that is not empty, after `before`. */
void log_lines(enum log_level, const char *before, const char *text);

/* Says why and exits with status 1: for what cannot start. */
void fatal(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

#endif
