/*
 * The options of the lab's commands.  [lab]
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <getopt.h>
#include <stdbool.h>

/* A number from `least` to `most`; false, having said why, for anything else.
 * `option` is its name for the message. */
bool argument_number(const char *option, const char *text, double least,
    double most, double *number);

/* What a command understands. */
struct arguments {
	const char *command;          /* its name, for messages */
	const char *usage;            /* the whole text for --help */
	const struct option *options; /* that of --help has ARGUMENT_HELP */
	/* One option; false, having said why, when its value is wrong. */
	bool (*take)(void *into, int option, char *value);
};

#define ARGUMENT_HELP 1000

/* Takes all options in.  -1: go on; else the code to exit with, everything
 * said. */
int arguments_take(const struct arguments *, int argc, char **argv, void *into);

/* Says what is wrong with them and how to use the command: the exit code. */
int arguments_refuse(const struct arguments *, const char *why);

#endif
