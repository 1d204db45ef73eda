/* Making log files and giving them away.  [supervisor] */
#include "log_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "privileges.h"

/* 0, or why a process of this user cannot write there.  The only way to know
 * is to be one. */
static int
try_as(const char *user, const char *path)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		if (!privileges_drop(user))
			_exit(EPERM);
		_exit(log_is_writable(path) ? 0 : errno);
	}
	if (pid == -1)
		return errno;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
}

/* A descriptor of a file that was not there before. */
static int
make(const char *path)
{
	struct open_how how = {
	    .flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    .mode = 0640,
	    .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static bool
make_for(const char *user, const char *path)
{
	struct passwd *entry = getpwnam(user);
	int fd = entry != NULL ? make(path) : -1;
	bool is_given;

	if (fd == -1)
		return false;
	is_given = fchown(fd, entry->pw_uid, entry->pw_gid) == 0;
	close(fd);
	return is_given;
}

static bool
prepare(const struct config *config, const char *option, const char *path,
    char error[LOG_FILES_ERROR])
{
	const char *user = config->user;
	bool becomes_user = user[0] != '\0' && geteuid() == 0;
	int reason = try_as(user, path);
	bool is_made = false;

	if (reason == EACCES && becomes_user && make_for(user, path)) {
		is_made = true;
		reason = try_as(user, path);
	}
	if (reason == 0)
		return true;
	if (is_made)
		unlink(path);
	snprintf(error, LOG_FILES_ERROR, "%s: %s: %s%s cannot write %s: %s%s",
	    config->file, option, becomes_user ? "user " : "this user",
	    becomes_user ? user : "", path, strerror(reason),
	    becomes_user ? "; give it to that user, or name another" : "");
	return false;
}

bool
log_files_prepare(const struct config *config, char error[LOG_FILES_ERROR])
{
	const char *file = config->log.file, *access = config->log.access_file;

	if (file[0] != '\0' && !prepare(config, "log.file", file, error))
		return false;
	return config->log.access == ACCESS_OFF || access[0] == '\0' ||
	       prepare(config, "log.access_file", access, error);
}
