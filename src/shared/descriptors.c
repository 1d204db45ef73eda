/* Clients and the descriptors they need.  [supervisor, proxies] */
#include "descriptors.h"

#include <limits.h>
#include <sys/resource.h>
#include "log.h"

/* Beside listeners and eventfds: logs, the loop, a generation being read, the
 * channel, signals, and some for libraries. */
enum { OWN = 32 };

void
descriptors_raise(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return;
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) == -1)
		log_warn("cannot raise the number of open files: %m");
}

static unsigned long
limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1 ||
	    files.rlim_cur == RLIM_INFINITY)
		return ULONG_MAX;
	return files.rlim_cur;
}

int
descriptors_fit(unsigned long files, int own)
{
	unsigned long clients;

	if (files < (unsigned long)own + 4)
		return 1;
	clients = (files - (unsigned long)own) / 2;
	return clients < INT_MAX ? (int)clients : INT_MAX;
}

static int
fit(const struct gateway *gateway)
{
	return descriptors_fit(
	    limit(), OWN + gateway->process_count + gateway->listener_count);
}

static int
wanted(const struct gateway *gateway, const struct config *config)
{
	int proxies = gateway->process_count - 1;

	return (config->limits.connections + proxies - 1) / proxies;
}

int
descriptors_clients(const struct gateway *gateway, const struct config *config)
{
	int want = wanted(gateway, config), have = fit(gateway);

	return want < have ? want : have;
}

void
descriptors_check(const struct gateway *gateway, const struct config *config)
{
	int proxies = gateway->process_count - 1;
	int want = wanted(gateway, config), have = fit(gateway);

	if (want <= have)
		return;
	log_warn("limits.connections is %d, but with %lu open files to a "
		 "process only %lld fit; allow more (ulimit -n, LimitNOFILE=), "
		 "or run more processes",
	    config->limits.connections, limit(), (long long)have * proxies);
}
