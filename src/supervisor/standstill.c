/* Heartbeats judged.  [supervisor] */
#include "standstill.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LATE_US = STANDSTILL_US / 5 };

void
standstill_begin(struct standstill *still, uint64_t now_us)
{
	*still = (struct standstill){.looked_us = now_us};
}

static uint64_t
at_most(uint64_t us, uint64_t limit_us)
{
	return us < limit_us ? us : limit_us;
}

/* The first second is taken as it comes: nothing is asked of those in time. */
bool
standstill_is_late(struct standstill *still, uint64_t beat, uint64_t now_us)
{
	if (beat != still->beat) {
		standstill_begin(still, now_us);
		still->beat = beat;
		return false;
	}
	if (still->counted_us >= LATE_US)
		return true;
	still->counted_us += at_most(
	    now_us - still->looked_us, LATE_US - still->counted_us);
	still->looked_us = now_us;
	return false;
}

bool
standstill_judge(
    struct standstill *still, const struct standing *standing, uint64_t now_us)
{
	uint64_t passed_us = at_most(now_us - still->looked_us, LATE_US);
	uint64_t used_us = standing->cpu_us - still->cpu_us;
	bool is_first = still->cpu_us == 0;

	still->looked_us = now_us;
	still->cpu_us = standing->cpu_us;
	switch (standing->state) {
	case 'R':
		still->counted_us += is_first ? 0 : at_most(used_us, passed_us);
		break;
	case 'D': /* which no signal would end either */
	case 't':
		break;
	default:
		still->counted_us += passed_us;
	}
	return still->counted_us > STANDSTILL_US;
}

/* The third field and those of user and system time, counted from behind the
 * name, which may hold anything: proc(5). */
static bool
parse(const char *text, struct standing *standing)
{
	const char *after = strrchr(text, ')');
	unsigned long user, system;

	if (after == NULL ||
	    sscanf(after + 1,
		" %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
		&standing->state, &user, &system) != 3)
		return false;
	standing->cpu_us = (user + system) * 1000000 /
			   (uint64_t)sysconf(_SC_CLK_TCK);
	return true;
}

struct standing
standstill_read(pid_t pid)
{
	struct standing standing = {.state = '?'};
	char path[32], text[1024];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return standing;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return standing;
	text[len] = '\0';
	if (!parse(text, &standing))
		standing = (struct standing){.state = '?'};
	return standing;
}
