/* The search for picket's own files.  [supervisor, loader] */
#include "datadir.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xmalloc.h"

#ifndef PICKET_DATADIR
#error "PICKET_DATADIR is the data directory that picket is installed with"
#endif

/* The path without links, if that can be said. */
static char *
resolved(char *path)
{
	char *real = xrealpath(path);

	free(path);
	return real;
}

static bool
holds_policies(const char *dir)
{
	char *policies = xasprintf("%s/policies", dir);
	struct stat status;
	bool holds = stat(policies, &status) == 0 && S_ISDIR(status.st_mode);

	free(policies);
	return holds;
}

char *
datadir_search(const char *given, const char *program)
{
	static const char *const places[] = {"share/picket", "../share/picket"};
	const char *slash = strrchr(program, '/');

	if (given != NULL && given[0] != '\0')
		return resolved(xstrdup(given));
	for (size_t i = 0; slash != NULL && i < 2; i++) {
		char *dir = xasprintf(
		    "%.*s/%s", (int)(slash - program), program, places[i]);

		if (holds_policies(dir))
			return resolved(dir);
		free(dir);
	}
	return xstrdup(PICKET_DATADIR);
}

const char *
datadir(void)
{
	static char *found;
	char program[PATH_MAX];
	ssize_t len;

	if (found != NULL)
		return found;
	len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	program[len > 0 ? len : 0] = '\0';
	found = datadir_search(getenv("PICKET_DATADIR"), program);
	return found;
}

const char *
datadir_policies(void)
{
	static char *found;

	if (found == NULL)
		found = resolved(xasprintf("%s/policies", datadir()));
	return found;
}

const char *
datadir_lib(void)
{
	static char *found;

	if (found == NULL)
		found = resolved(xasprintf("%s/lib", datadir()));
	return found;
}

const char *
datadir_fault(void)
{
	static char *fault;

	if (access(datadir_lib(), R_OK) == 0)
		return NULL;
	if (fault == NULL)
		fault = xasprintf(
		    "picket's own files are not in %s (%s); install it with "
		    "\"cmake --install build\", or name their folder in "
		    "PICKET_DATADIR",
		    datadir(), strerror(errno));
	return fault;
}
