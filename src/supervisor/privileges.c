/* Users.  [supervisor; children while they start] */
#include "privileges.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "log.h"

bool
privileges_may_become(const char *user)
{
	struct passwd *entry;

	if (user[0] == '\0' || geteuid() == 0)
		return true;
	entry = getpwnam(user);
	return entry != NULL && entry->pw_uid == geteuid();
}

bool
privileges_drop(const char *user)
{
	struct passwd *entry;

	if (user[0] == '\0' || geteuid() != 0)
		return true;
	entry = getpwnam(user);
	if (entry != NULL && initgroups(user, entry->pw_gid) == 0 &&
	    setgid(entry->pw_gid) == 0 && setuid(entry->pw_uid) == 0)
		return true;
	log_error("cannot become user %s: %m", user);
	return false;
}
