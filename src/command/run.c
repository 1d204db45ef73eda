/* picket run and picket check: those that read a configuration.  [command] */
#include "command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "generation.h"
#include "loader.h"
#include "log.h"
#include "supervisor.h"

static const char run_help[] =
    "usage: picket run [-c FILE]\n"
    "\n"
    "Runs a gateway in the foreground.\n"
    "\n"
    "  -c, --config FILE   the configuration; by default " COMMAND_CONFIG "\n"
    "\n"
    "SIGHUP reads the configuration, the policy and the registry again, "
    "SIGTERM\n"
    "and Ctrl-C finish what is in flight and stop (a second one stops at "
    "once),\n"
    "SIGUSR1 opens the logs again, SIGUSR2 starts the program anew (picket "
    "upgrade).\n";

static const char check_help[] =
    "usage: picket check [-c FILE]\n"
    "\n"
    "Loads the configuration and all it names, tries the policy on made-up\n"
    "requests, and says what is wrong: file, line, and what to do.\n"
    "\n"
    "  -c, --config FILE   the configuration; by default " COMMAND_CONFIG "\n";

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

const char *
command_config(int argc, char **argv, const char *help)
{
	const char *config = COMMAND_CONFIG;
	char letter[] = "-?";
	int option;

	optind = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":c:h", options, NULL)) != -1)
		switch (option) {
		case 'c':
			config = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			exit(COMMAND_DONE);
		case ':':
			log_error("%s: %s wants a value; see picket %s --help",
			    argv[0], argv[optind - 1], argv[0]);
			return NULL;
		default:
			/* of "-xc" getopt_long() is still at the x */
			letter[1] = (char)optopt;
			log_error("%s: unknown option \"%s\"; see picket %s "
				  "--help",
			    argv[0],
			    optopt == 0 || strchr("ch", optopt) != NULL
				? argv[optind - 1]
				: letter,
			    argv[0]);
			return NULL;
		}
	if (optind == argc)
		return config;
	log_error(
	    "%s: unexpected argument \"%s\"; a configuration is named with "
	    "-c FILE",
	    argv[0], argv[optind]);
	return NULL;
}

int
command_run(int argc, char **argv)
{
	const char *config = command_config(argc, argv, run_help);

	return config ? supervisor_run(config) : COMMAND_USAGE;
}

/* What was found, for somebody who wonders whether all was read. */
static void
print_summary(const char *path, int fd)
{
	const char *reason;
	struct generation *generation = generation_open(fd, &reason);
	const struct config *config;

	if (generation == NULL)
		fatal("%s: %s", path, reason);
	config = generation_config(generation);
	printf("%s is good: policy %s, workers: %d, ", path,
	    config->policy_name, generation_worker_count(generation));
	if (config->has_registry)
		printf(
		    "functions: %d\n", generation_function_count(generation));
	else
		printf("no registry\n");
	generation_close(generation);
}

int
command_check(int argc, char **argv)
{
	const char *path = command_config(argc, argv, check_help);
	char report[LOADER_ERROR];
	int fd;

	if (path == NULL)
		return COMMAND_USAGE;
	fd = loader_run(path, report);
	log_lines(LOG_ERROR, "", report);
	if (fd == -1)
		return COMMAND_FAILED;
	print_summary(path, fd);
	close(fd);
	return COMMAND_DONE;
}
