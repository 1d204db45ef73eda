/*
 * The subcommands of the program.  [the process that the user started]
 *
 * Each gets its own arguments, argv[0] being its name, and returns the exit
 * code: 0 done, 1 the input was bad or the other side said no, 2 wrong usage.
 */
#ifndef COMMAND_H
#define COMMAND_H

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *arguments; /* "[-c FILE]" */
	const char *summary;   /* what it does, in a few words */
};

int command_run(int argc, char **argv);
int command_check(int argc, char **argv);
int command_steer(int argc, char **argv); /* all that talk to a gateway */

enum { COMMAND_DONE, COMMAND_FAILED, COMMAND_USAGE };

/* The configuration when none is named. */
#define COMMAND_CONFIG "scheduler.lua"

/* The value of `-c FILE` where nothing else is allowed; NULL, having said why,
 * when something is.  `--help` prints what the command is for and exits. */
const char *command_config(int argc, char **argv, const char *help);

#endif
