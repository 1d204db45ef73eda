/* The options of the lab's commands.  [lab] */
#include "arguments.h"

#include <math.h>
#include <stdlib.h>
#include "log.h"

bool
argument_number(const char *option, const char *text, double least, double most,
    double *number)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= least && value <= most)) {
		log_error("--%s must be a number from %g to %g, not %s", option,
		    least, most, text);
		return false;
	}
	*number = value;
	return true;
}
