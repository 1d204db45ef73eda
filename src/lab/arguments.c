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

/* Says which option it was that getopt_long() did not take. */
static void
complain(const struct arguments *arguments, int option, char **argv)
{
	const char *word = argv[optind - 1];
	char letter[] = {'-', (char)optopt, '\0'};

	if (option == ':')
		log_error("%s: %s wants a value", arguments->command, word);
	else /* of "-xy" the first letter, as long as that is being read */
		log_error("%s: unknown option \"%s\"", arguments->command,
		    optopt >= ' ' && optopt < ARGUMENT_HELP ? letter : word);
}

int
arguments_take(
    const struct arguments *arguments, int argc, char **argv, void *into)
{
	int option;

	opterr = 0;
	while ((option = getopt_long(
		    argc, argv, ":", arguments->options, NULL)) != -1) {
		if (option == ARGUMENT_HELP) {
			fputs(arguments->usage, stdout);
			return 0;
		}
		if (option == '?' || option == ':')
			complain(arguments, option, argv);
		else if (arguments->take(into, option, optarg))
			continue;
		return arguments_refuse(arguments, NULL);
	}
	if (optind == argc)
		return -1;
	log_error(
	    "%s: unexpected argument \"%s\"", arguments->command, argv[optind]);
	return arguments_refuse(arguments, NULL);
}
