/*
 * The options of the lab's commands.  [lab]
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <stdbool.h>

/* A number from `least` to `most`; false, having said why, for anything else.
 * `option` is its name for the message. */
bool argument_number(const char *option, const char *text, double least,
    double most, double *number);

#endif
