/*
 * Asks the kernel, as the user that the gateway will be.  [loader]
 *
 * A log that is not there can be made by root, who may be our parent, wherever
 * its folder is; see supervisor/log_files.
 */
#include "surroundings.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "places.h"
#include "xmalloc.h"

/* False where only root could be the configuration's user: then nothing can be
 * said. */
static bool
become(const char *user)
{
	struct passwd *entry = getpwnam(user);

	if (entry == NULL)
		return false;
	if (geteuid() == 0 &&
	    (initgroups(user, entry->pw_gid) != 0 ||
		setgid(entry->pw_gid) != 0 || setuid(entry->pw_uid) != 0))
		return false;
	return geteuid() == entry->pw_uid;
}

/* Whoever loaded it could read it, so nothing else is told than who may not. */
static bool
fits_file(const struct config *config, const char *places, const char *option,
    char report[LOADER_ERROR])
{
	size_t len, place_len;
	const char *found = places_path(places, option, &len);
	const char *place = places_find(places, option, &place_len);
	char *path;
	bool fits;

	if (found == NULL)
		return true;
	path = xasprintf("%.*s", (int)len, found);
	fits = access(path, R_OK) == 0 || errno != EACCES;
	if (!fits)
		snprintf(report, LOADER_ERROR,
		    "%.*s: %s: user %s cannot read %s: %s; let that user read "
		    "it, or put it elsewhere",
		    (int)place_len, place, option, config->user, path,
		    strerror(EACCES));
	free(path);
	return fits;
}

/* As reloads will. */
static bool
fits_files(
    const struct config *config, const char *places, char report[LOADER_ERROR])
{
	static const char *const options[] = {
	    "user", "policy", "registry", "admin.token_file"};

	if (config->user[0] == '\0')
		return true;
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (!fits_file(config, places, options[i], report))
			return false;
	return true;
}

/* 0, or why a log cannot be written. */
static int
try_log(const char *path, bool may_be_made)
{
	struct stat there;
	char *copy;
	int reason;

	if (stat(path, &there) == 0 && S_ISDIR(there.st_mode))
		return EISDIR;
	if (access(path, W_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return errno;
	copy = xstrdup(path);
	reason = access(dirname(copy), W_OK | X_OK) == 0 ? 0 : errno;
	free(copy);
	return reason == EACCES && may_be_made ? 0 : reason;
}

static bool
say(const struct config *config, const char *places, const char *option,
    const char *path, int reason, char report[LOADER_ERROR])
{
	bool has_user = config->user[0] != '\0';
	size_t len;
	const char *place = places_find(places, option, &len);
	const char *remedy = reason == ENOENT   ? "make its folder first"
			     : reason == EISDIR ? "name a file in it"
			     : has_user
				 ? "give it to that user, or name another"
				 : "name another";

	if (reason == 0)
		return true;
	snprintf(report, LOADER_ERROR, "%.*s: %s: %s%s cannot write %s: %s; %s",
	    (int)len, place, option, has_user ? "user " : "this user",
	    config->user, path, strerror(reason), remedy);
	return false;
}

static bool
fits_log(const struct config *config, const char *places, const char *option,
    const char *path, char report[LOADER_ERROR])
{
	if (path[0] == '\0')
		return true;
	return say(config, places, option, path,
	    try_log(path, config->user[0] != '\0'), report);
}

bool
surroundings_fit(
    const struct config *config, const char *places, char report[LOADER_ERROR])
{
	const char *specs = config->policy_limits.failure_specs;
	const char *access_file = config->log.access == ACCESS_OFF
				      ? ""
				      : config->log.access_file;
	int reason = 0;

	if (config->user[0] != '\0' && !become(config->user))
		return true;
	if (!fits_files(config, places, report))
		return false;
	if (specs[0] != '\0' && access(specs, W_OK | X_OK) == -1)
		reason = errno;
	return say(config, places, "policy_limits.failure_specs", specs, reason,
		   report) &&
	       fits_log(config, places, "log.file", config->log.file, report) &&
	       fits_log(config, places, "log.access_file", access_file, report);
}
