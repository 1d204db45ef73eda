/* Users.  [supervisor; children while they start] */
#include "privileges.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "log.h"

bool
privileges_check(const char *user, const char **reason)
{
	struct passwd *entry;

	if (user[0] == '\0')
		return true;
	entry = getpwnam(user);
	if (entry == NULL)
		*reason = "there is no such user";
	else if (geteuid() != 0 && geteuid() != entry->pw_uid)
		*reason = "only root can become another user";
	else
		return true;
	return false;
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
