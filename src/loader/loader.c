/*
 * Loads a configuration, here or in a child.  [loader]
 *
 *     parent                          child
 *     makes the memory file, forks -> runs scheduler.lua, reads the registry,
 *     waits for the end of the        writes and seals the memory file, tries
 *     pipe, then for the child     <- the policy; reports on the pipe
 *
 * Status 0: the file is a generation, and the report says what is doubtful.
 */
#include "loader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect.h"
#include "generation.h"
#include "log.h"
#include "surroundings.h"
#include "trial.h"
#include "xmalloc.h"

int loader_step_ms = 10000;

struct loader {
	char *path;
	pid_t pid;
	int file; /* for the generation */
	int pipe; /* the report */
};

/* --- loading --- */

static char overdue[512]; /* what to say when the step at hand is */
static bool is_child;     /* whose steps may not take forever */

static void
set_alarm(int ms)
{
	struct itimerval timer = {.it_value = {ms / 1000, ms % 1000 * 1000}};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void
begin_step(const char *step)
{
	snprintf(overdue, sizeof(overdue),
	    "%s: it did not come to an end within %g s", step,
	    loader_step_ms / 1000.0);
	if (is_child)
		set_alarm(loader_step_ms);
}

static bool
write_generation(
    const char *path, int file, char places[PLACES], char error[LOADER_ERROR])
{
	struct generation_writer *writer = generation_writer_new();
	bool written = collect(path, writer, begin_step, places, error);

	if (written && !generation_write_out(writer, file)) {
		snprintf(error, LOADER_ERROR,
		    "%s: cannot write what it means:"
		    " %s",
		    path, strerror(errno));
		written = false;
	}
	generation_writer_free(writer);
	return written;
}

static void
warn(char report[LOADER_ERROR], const char *places, const char *option,
    const char *text)
{
	size_t len, used = strlen(report);
	const char *place = places_find(places, option, &len);

	snprintf(report + used, LOADER_ERROR - used, "%s%.*s: warning: %s",
	    used > 0 ? "\n" : "", (int)len, place, text);
}

static void
say_what_is_doubtful(const struct generation *generation, const char *places,
    char report[LOADER_ERROR])
{
	const struct config *config = generation_config(generation);

	if (config->has_registry && !config->forward_unknown &&
	    generation_function_count(generation) == 0)
		warn(report, places, "registry",
		    "registry has no functions, so every request would be "
		    "answered 404");
	if (config->log.access == ACCESS_OFF &&
	    config->log.access_file[0] != '\0')
		warn(report, places, "log.access_file",
		    "log.access_file stays empty, for log.access is false; "
		    "write access = \"text\" or \"json\" as well");
}

/* As a proxy will do it. */
static bool
try_generation(int file, const char *places, char report[LOADER_ERROR])
{
	const char *reason;
	struct generation *generation = generation_open(file, &reason);
	bool good;

	if (generation == NULL) {
		snprintf(report, LOADER_ERROR,
		    "cannot read what was just written: %s", reason);
		return false;
	}
	begin_step(generation_policy_path(generation));
	good = trial_run(generation, places, report);
	if (good)
		say_what_is_doubtful(generation, places, report);
	generation_close(generation);
	return good;
}

static bool
load_into(
    const char *path, int file, char places[PLACES], char report[LOADER_ERROR])
{
	bool good = write_generation(path, file, places, report) &&
		    try_generation(file, places, report);

	alarm(0);
	return good;
}

int
loader_load(const char *path, char report[LOADER_ERROR])
{
	char places[PLACES] = "";
	int file = generation_file();

	if (file == -1) {
		snprintf(report, LOADER_ERROR, "cannot make a memory file: %s",
		    strerror(errno));
		return -1;
	}
	if (load_into(path, file, places, report))
		return file;
	close(file);
	return -1;
}

/* --- the child --- */

static int report_pipe = -1;

static void
write_report(const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t written = write(report_pipe, text, len);

		if (written <= 0)
			return;
		text += written;
		len -= (size_t)written;
	}
}

/* Only write() and what needs no memory: the script may be anywhere. */
static void
on_alarm(int signal_number)
{
	(void)signal_number;
	write_report(overdue);
	_exit(1);
}

/* A child of a server begins as if it had been started by a shell: the
 * handlers that it inherited would write into the parent's event loop. */
static void
forget_parent(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	log_errors_to(-1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "picket loader");
}

/* Leaves the standard ones, `file` and the pipe, and no others. */
static void
close_others(int file)
{
	unsigned low = (unsigned)(file < report_pipe ? file : report_pipe);
	unsigned high = (unsigned)(file < report_pipe ? report_pipe : file);

	if (low > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0u, 0);
}

static bool
fits(int file, const char *places, char report[LOADER_ERROR])
{
	const char *reason;
	struct generation *generation = generation_open(file, &reason);
	bool fits = surroundings_fit(
	    generation_config(generation), places, report);

	generation_close(generation);
	return fits;
}

static void
run_child(const char *path, int file, int pipe_end)
{
	char report[LOADER_ERROR] = "", places[PLACES] = "";
	bool good;

	report_pipe = pipe_end;
	forget_parent();
	close_others(file);
	signal(SIGALRM, on_alarm);
	is_child = true;
	good = load_into(path, file, places, report) &&
	       fits(file, places, report);
	write_report(report);
	_exit(good ? 0 : 1);
}

/* --- the parent --- */

struct loader *
loader_start(const char *path)
{
	struct loader *loader = xcalloc(1, sizeof(*loader));
	int ends[2] = {-1, -1};

	loader->path = xstrdup(path);
	loader->pipe = -1;
	loader->file = generation_file();
	if (loader->file == -1 || pipe2(ends, O_CLOEXEC) == -1)
		goto fail;
	loader->pipe = ends[0];
	loader->pid = fork();
	if (loader->pid == 0)
		run_child(path, loader->file, ends[1]);
	close(ends[1]);
	if (loader->pid == -1)
		goto fail;
	return loader;
fail:
	loader_abandon(loader);
	return NULL;
}

int
loader_fd(const struct loader *loader)
{
	return loader->pipe;
}

/* Up to the end, which comes when the child is gone. */
static void
read_report(int fd, char report[LOADER_ERROR])
{
	size_t used = 0;

	while (used < LOADER_ERROR - 1) {
		ssize_t got = read(fd, report + used, LOADER_ERROR - 1 - used);

		if (got == -1 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	report[used] = '\0';
}

static void
say_how_it_ended(
    const struct loader *loader, int status, char report[LOADER_ERROR])
{
	if (WIFSIGNALED(status))
		snprintf(report, LOADER_ERROR,
		    "%s: the process that loads it crashed: %s", loader->path,
		    strsignal(WTERMSIG(status)));
	else
		snprintf(report, LOADER_ERROR,
		    "%s: it ended the process that loads it, with status %d",
		    loader->path, WEXITSTATUS(status));
}

static int
wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return status;
}

/* A script may also end its process with success. */
static bool
is_generation(int file)
{
	const char *reason;
	struct generation *generation = generation_open(file, &reason);

	generation_close(generation);
	return generation != NULL;
}

int
loader_finish(struct loader *loader, char report[LOADER_ERROR])
{
	int file = loader->file, status;

	read_report(loader->pipe, report);
	status = wait_for(loader->pid);
	if (status != 0 || !is_generation(file)) {
		if (report[0] == '\0')
			say_how_it_ended(loader, status, report);
		close(file);
		file = -1;
	}
	close(loader->pipe);
	free(loader->path);
	free(loader);
	return file;
}

void
loader_abandon(struct loader *loader)
{
	if (loader == NULL)
		return;
	if (loader->pid > 0) {
		kill(loader->pid, SIGKILL);
		wait_for(loader->pid);
	}
	if (loader->pipe != -1)
		close(loader->pipe);
	if (loader->file != -1)
		close(loader->file);
	free(loader->path);
	free(loader);
}

int
loader_run(const char *path, char report[LOADER_ERROR])
{
	struct loader *loader = loader_start(path);

	if (loader == NULL) {
		snprintf(report, LOADER_ERROR,
		    "%s: cannot start a process"
		    " to load it: %s",
		    path, strerror(errno));
		return -1;
	}
	return loader_finish(loader, report);
}
