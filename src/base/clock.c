/* The monotonic clock, and the wall clock for log lines.  [every process] */
#include "clock.h"

#include <stdio.h>

uint64_t clock_cached_us;

uint64_t
clock_read_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void
clock_text(char text[CLOCK_TEXT])
{
	struct timespec now;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	len = strftime(text, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, CLOCK_TEXT - len, ".%03uZ",
	    (unsigned)(now.tv_nsec / 1000000) % 1000);
}
