/* The options of the lab's commands.  [lab] */
#include "arguments.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "log.h"

bool
argument_number(const char *option, const char *text, double least, double most,
    double *number)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= least && value <= most)) {
		log_error("--%s must be a number from %g to %g, not \"%s\"",
		    option, least, most, text);
		return false;
	}
	*number = value;
	return true;
}

int
arguments_refuse(const struct arguments *arguments, const char *why)
{
	if (why != NULL)
		log_error("%s: %s", arguments->command, why);
	fputs(arguments->usage, stderr);
	return 2;
}

int
arguments_take(
    const struct arguments *arguments, int argc, char **argv, void *into)
{
	int option;

	while ((option = getopt_long(
		    argc, argv, "", arguments->options, NULL)) != -1) {
		if (option == ARGUMENT_HELP) {
			fputs(arguments->usage, stdout);
			return 0;
		}
		/* '?': getopt_long() has said what it does not know */
		if (option == '?' || !arguments->take(into, option, optarg))
			return arguments_refuse(arguments, NULL);
	}
	if (optind == argc)
		return -1;
	log_error(
	    "%s: unexpected argument \"%s\"", arguments->command, argv[optind]);
	return arguments_refuse(arguments, NULL);
}
