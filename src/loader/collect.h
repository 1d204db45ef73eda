/*
 * Everything a generation is made of, from the files it comes from.  [loader]
 */
#ifndef COLLECT_H
#define COLLECT_H

#include <stdbool.h>
#include "generation_writer.h"
#include "loader.h"
#include "places.h"

/* Called before each step that may take long or never end, with a name for it
 * ("conf/scheduler.lua"). */
typedef void collect_step_call(const char *step);

/* Runs the configuration at `path` and puts all it means into the writer, and
 * where its options stand into `places`. */
bool collect(const char *path, struct generation_writer *, collect_step_call *,
    char places[PLACES], char error[LOADER_ERROR]);

#endif
